"""Personal data: what could lead to a person is replaced by the name of its kind, always the same for the same text.

False alarms cost text and misses cost trust; where a number might be anything, a word beside it has to say what it is.
What is kept for documentation (RFC 2606, 3849, 5737) or means no one machine stays as it is.
"""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

from curation.clean.characters import colons, dense_digits, dotted_digits, found_in
from curation.clean.edits import Edit
from curation.clean.top_domains import MEMBERS, is_top_domain

EMAIL, PHONE, IP = "<EMAIL>", "<PHONE>", "<IP>"
"""What stands in a text for what was taken out of it."""

LONGEST_LOCAL = 64  # characters before the @ (RFC 5321, 4.5.3.1.1)
WORD_BEFORE = 40  # characters before a number in which a word says what it is
LEAST_HIGH = 100  # of the highest number of an address that no word names: codes and versions mostly have two digits
LEAST_SIGNED = 32  # the same in a signature on a wiki: 86.13.2.11 (talk)

_LETTER = r"0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0dff"
"""Of scripts that part words by spaces: in any other a name begins where its ASCII letters do."""

_MAIL_HOST = re.compile(
    rf"@((?:[{_LETTER}](?:[{_LETTER}-]{{0,61}}[{_LETTER}])?\.){{1,8}}(xn--[a-z0-9-]{{2,59}}|[A-Za-z]{{2,24}}|[\u0370-\u0dff]{{2,24}}))"
    rf"(?![_@($]|[{_LETTER}]|\.[{_LETTER}]|-[{_LETTER}])(>?)"
)
_MAIL_LOCAL = re.compile(rf"(<|(?<![{_LETTER}_.%+/-]))((?:mailto:)?[{_LETTER}][{_LETTER}_.%+'-]*(?<![.'-]))\Z")
_LOGIN = re.compile(r"://[^\s/@]{0,64}:\Z")
_OF_PEOPLE = re.compile(r"mail|author|maint|contact|owner|from|user|login", re.IGNORECASE)
_OPERATOR = re.compile(r"(?:[-+*/%=]|\breturn)\s*\Z")
_LABEL, _OPEN, _CLOSE = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", r"\s?[\[({]\s?", r"\s?[\])}]\s?"
_DOT = rf"(?:\.|{_OPEN}(?:dot|punkt|\.){_CLOSE})"
_SPELT_HOST = re.compile(
    rf"{_OPEN}(?:at|@|ät){_CLOSE}((?:{_LABEL}{_DOT}){{1,5}}([A-Za-z]{{2,24}}))(?![\w@(]|\.[A-Za-z0-9]|-[A-Za-z0-9])", re.IGNORECASE
)
_SPELT_LOCAL = re.compile(rf"(?<![\w.%+/-])[A-Za-z0-9][\w+'-]*(?:{_DOT}[\w+'-]+){{0,4}}\Z", re.ASCII)
_FILE_ENDING = re.compile(r"png|jpe?g|gif|svg|webp|bmp|ico|s?css|m?js|[jt]sx?|json|x?html?|xml|md|txt|py|rb|go|rs|java|php|sh")
_NOBODY = re.compile(r"git|hg|svn|ssh|this|super|return|user(?:name)?|e?mail|you|your|foo|bar|xxx|test|no-?reply|someone|example")
_NO_HOST = re.compile(
    r"^(?:self|this|cls)\.|(?:^|\.)(?:\d+\.\d+\.[a-z]+|example\.(?:com|org|net|edu)|example|test|invalid|localhost|local|localdomain)$",
    re.IGNORECASE,
)

_SPACER = r"[-. \u00a0\u2010-\u2013]"
_NUMBER = re.compile(
    rf"(?<![\w.,/$€£#%=-])(?:(?P<plus>\+|\b00[ ]?)(?P<international>[1-9](?:{_SPACER}?\(0?\d{{0,4}}\)|{_SPACER}?\d){{6,14}})"
    r"|(?P<american>\([2-9]\d{2}\)[ ]?[2-9]\d{2}[-. ]\d{4}|(?:1[-. ])?[2-9]\d{2}(?P<gap>[-.])[2-9]\d{2}(?P=gap)\d{4})"
    rf"|(?P<national>(?:\(\d{{2,5}}\)|\d{{2,5}})(?:{_SPACER}{{0,2}}/?{_SPACER}?\d){{4,11}}))(?![\w%]|[-.,:/]\d)"
)
_PHONE_WORD = re.compile(
    r"\b(?:tele?(?:phone|fono?|foon|f)?|t[ée]l(?:[ée]phone)?|tel[ée]fono|tlf|phone|fax|mobile?|mobiltelefon|handy|rufnummer|m[óo]vil|celular"
    r"|cell(?:phone|ulare)?|gsm|whatsapp|hotline|dial)(?:\s+(?:us|no|nr|number|at|on))*\s*[.:#)]{0,2}\s*\(?\Z",
    re.IGNORECASE,
)
_NO_PHONE_WORD = re.compile(
    r"(?:\b(?:isbn|issn|doi|arxiv|oclc|pmid|id|serial|version|range|from|by|years?|pp?\.?|pages?)|==?|[+*/^-]|\[[\d\s,+-]*|\w\()[\s:.]*\Z",
    re.IGNORECASE,
)
_CALLING_CODE = re.compile(
    r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|21[12368]|2[2-69]\d|35\d|37\d|38\d|42\d|50\d|59\d|67\d|68\d|69[0-2]|80[08]|85[02356]|870|88[06]|96\d|97\d|99[2-68]"
)
"""Country codes that are assigned (ITU-T E.164)."""

_AMERICAN_CODE = re.compile(r"1(?![2-9]\d{2}[2-9]\d{6}\Z)")
_YEARS = re.compile(r"(?:1[0-9]|20)\d{2}(?:\D{1,3}(?:1[0-9]|20)\d{2}){1,3}")

_IPV4 = re.compile(r"(?<![\w.+/-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\w|/\d{3})")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){3,7}[0-9A-Fa-f]{0,4}(?![\w:]|\.\d)")
_IP_WORD = re.compile(
    r"\b(?:ips?|ipv4|address(?:es)?|hosts?|server|connect(?:ed|ion)?|ping|anonymous|user|dns|gateway|port)\b[^\n]{0,20}\Z", re.IGNORECASE
)
_VERSION_WORD = re.compile(
    r"\b(?:v|ver|versions?|release[ds]?|build|section|chapter|update[ds]?|firmware|driver|ios|android|windows|code|rev(?:ision)?|oid|fig(?:ure)?|table)\b"
    r"[^\n]{0,12}\Z",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"\s?\([^\W\d_]")
_PUBLIC_RESOLVERS = frozenset({"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9"})
_PUBLIC_IPV6 = 0b001  # first three bits of addresses in use (RFC 4291, 2.4)


def emails(text: str) -> Iterator[Edit]:
    """Addresses of e-mail, with the angle brackets around them; not those of machines, examples and version control."""
    if "@" not in text:
        return
    last = 0
    for host in _MAIL_HOST.finditer(text):
        local = _MAIL_LOCAL.search(text[max(last, host.start() - LONGEST_LOCAL - 10) : host.start()])
        if (
            local is None
            or _is_code(text, host.start() - len(local.group()), host.group(2))
            or _is_nobody(local.group(2).removeprefix("mailto:").lower(), host.group(1), host.group(2).lower())
        ):
            continue
        start, end = host.start() - len(local.group()), host.end()
        if not (local.group(1) and host.group(3)):
            start, end = start + len(local.group(1)), end - len(host.group(3))
        yield start, end, EMAIL
        last = end


def spelt_emails(text: str) -> Iterator[Edit]:
    """Addresses whose signs are spelt out between brackets: `ann [at] site [dot] org`."""
    last = 0
    for host in _SPELT_HOST.finditer(text) if re.search(r"[\[({]\s?(?:at|@|ät)\s?[\])}]", text, re.IGNORECASE) else ():
        before = text[max(last, host.start() - LONGEST_LOCAL) : host.start()]
        local = _SPELT_LOCAL.search(before)
        plain = re.sub(_DOT, ".", host.group(1), flags=re.IGNORECASE)
        if local is not None and not _is_nobody(local.group().lower(), plain, host.group(2).lower()):
            yield host.start() - len(local.group()), host.end(), EMAIL
            last = host.end()


def _is_nobody(local: str, host: str, top: str) -> bool:
    return not is_top_domain(top) or bool(_NOBODY.fullmatch(local) or _FILE_ENDING.fullmatch(top) or _NO_HOST.search(host))


def _is_code(text: str, start: int, top: str) -> bool:
    """Whether an at sign stands between a password and its server, or for a product of matrices: after it is a member's name."""
    before = text[max(0, start - LONGEST_LOCAL - 10) : start]
    expression = top.lower() in MEMBERS and _OPERATOR.search(before) is not None and _OF_PEOPLE.search(before) is None
    mixed = not (top.islower() or top.isupper() or top.istitle())
    return mixed or _LOGIN.search(before) is not None or expression


def phones(text: str) -> Iterator[Edit]:
    """Telephone numbers: with a calling code that is assigned, in the American form, or after a word such as Tel."""
    for found in found_in(text, dense_digits(text, 7, 18), _NUMBER):
        before = text[max(0, found.start() - WORD_BEFORE) : found.start()]
        digits = re.sub(r"\D", "", found.group())
        if _is_phone(found, digits, before):
            yield found.start(), found.end(), PHONE


def _is_phone(found: re.Match[str], digits: str, before: str) -> bool:
    named = _PHONE_WORD.search(before) is not None
    if not named and _NO_PHONE_WORD.search(before):
        return False
    if _YEARS.fullmatch(found.group()):
        return False
    if found["plus"]:
        code = digits if found["plus"] == "+" else digits.removeprefix("00")
        gaps = re.findall(r"\D", found["international"])
        if gaps == ["."]:  # a number with decimals
            return False
        plain = bool(gaps) or len(code) >= 10 if found["plus"] == "+" else _is_dialled(found["plus"], found["international"], before)
        return _CALLING_CODE.match(code) is not None and not _AMERICAN_CODE.match(code) and 8 <= len(code) <= 15 and (named or plain)
    if found["american"]:
        return True
    return named and 6 <= len(digits) <= 14


def _is_dialled(prefix: str, number: str, before: str) -> bool:
    """Whether a number after 00 is one to dial though no word says so: in groups, the last one long, and in no row of numbers."""
    groups = number.split(" ")
    return (
        prefix == "00 "
        and len(groups) >= 4
        and all(map(str.isdigit, groups))
        and len(groups[-1]) >= 4
        and not re.search(r"\d\s*\Z", before)
    )


def ip_addresses(text: str) -> Iterator[Edit]:
    """Addresses of single machines in the public network (versions and numbers of sections look alike, and stay)."""
    for found in found_in(text, dotted_digits(text), _IPV4):
        before = text[max(0, found.start() - WORD_BEFORE) : found.start()]
        if _is_public(found.group()) and _looks_like_address(found, before):
            yield found.start(), found.end(), IP


def ip6_addresses(text: str) -> Iterator[Edit]:
    """The same in the sixth version of the protocol."""
    for found in found_in(text, colons(text), _IPV6):
        if len([group for group in found.group().split(":") if group]) >= 4 and _is_public(found.group()):
            yield found.start(), found.end(), IP


def _is_public(written: str) -> bool:
    try:
        address: IPv4Address | IPv6Address = ip_address(written)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and int(address) >> 125 != _PUBLIC_IPV6:
        return False
    return address.is_global and not address.is_multicast and written not in _PUBLIC_RESOLVERS


def _looks_like_address(found: re.Match[str], before: str) -> bool:
    if _VERSION_WORD.search(before):
        return False
    numbers = [int(part) for part in found.group().split(".")]
    least = LEAST_SIGNED if _SIGNATURE.match(found.string, found.end()) else LEAST_HIGH
    return _IP_WORD.search(before) is not None or (numbers[0] >= 12 and max(numbers) >= least)
