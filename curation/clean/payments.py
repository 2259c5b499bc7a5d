"""Numbers that money goes by: payment cards and bank accounts. Both have check digits, so that little else is taken for one."""

import re
from collections.abc import Iterator

from curation.clean.characters import dense_digits, found_in
from curation.clean.edits import Edit

CARD, IBAN = "<CARD>", "<IBAN>"

WORD_BEFORE = 40  # characters before a number in which a word says what it is

_CARD = re.compile(r"(?<![\w.,/=#+-])(?:\d(?:[ -]?\d){12,18})(?![\w%]|[-.,/]\d)")
_CARD_FORM = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5}")
_CARD_WORD = re.compile(
    r"\b(?:cards?|visa|master ?card|amex|american express|discover|diners|jcb|maestro|cc|credit|debit|payment)\b", re.IGNORECASE
)

_ROW = re.compile(
    r"(?:\d[\s|;&]*|\b(?:rows?|matri(?:x|ces)|columns?|vectors?|arrays?|sequences?|series|figures)\b[^\n\d]{0,20})\Z", re.IGNORECASE
)
_ROW_GOES_ON = re.compile(r"[\s|;&]*\d")

_IBAN_HEAD = re.compile(r"(?<![A-Za-z0-9_])([A-Z]{2})[0-9]{2}(?= ?[A-Z0-9]{4})")
_IBAN_LENGTH = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU",
        31: "MT SC",
        32: "LC",
    }.items()
    for country in countries.split()
}
"""Characters of an account number by country (SWIFT, IBAN registry)."""


def cards(text: str) -> Iterator[Edit]:
    """Numbers of payment cards: of a known issuer, with the check digit right (ISO/IEC 7812-1, annex B), written in groups or named."""
    for found in found_in(text, dense_digits(text, 13, 18), _CARD):
        digits = re.sub(r"\D", "", found.group())
        if not (_is_issued(digits) and _check_digit_is_right(digits)):
            continue
        before = text[max(0, found.start() - WORD_BEFORE) : found.start()]
        named = _CARD_WORD.search(before) is not None
        in_row = _ROW.search(before) is not None or _ROW_GOES_ON.match(text, found.end()) is not None
        if (_CARD_FORM.fullmatch(found.group()) and (named or not in_row)) or (digits == found.group() and named):
            yield found.start(), found.end(), CARD


def _is_issued(digits: str) -> bool:
    head, length = int(digits[:4]), len(digits)
    visa = digits[0] == "4" and length in (13, 16, 19)
    master = length == 16 and (5100 <= head <= 5599 or 2221 <= head <= 2720)
    american = length == 15 and digits[:2] in ("34", "37")
    discover = length == 16 and (head == 6011 or 6440 <= head <= 6599)
    diners = length == 14 and (3000 <= head <= 3059 or digits[:2] in ("36", "38"))
    eastern = 16 <= length <= 19 and (3528 <= head <= 3589 or digits[:2] == "62")
    return visa or master or american or discover or diners or eastern


def _check_digit_is_right(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(doubled)) % 10 == 0


def ibans(text: str) -> Iterator[Edit]:
    """Numbers of bank accounts: as long as their country has them, with the check digits right (ISO 13616, ISO 7064 MOD 97-10)."""
    last = 0
    for head in found_in(text, dense_digits(text, 8, 14), _IBAN_HEAD):
        end = _end(text, head.start(), _IBAN_LENGTH.get(head[1], 0))
        written = text[head.start() : end].replace(" ", "")
        if head.start() >= last and end and int("".join(str(int(each, 36)) for each in written[4:] + written[:4])) % 97 == 1:
            yield head.start(), end, IBAN
            last = end


def _end(text: str, start: int, count: int) -> int:
    """Where so many capital letters and digits end, in groups of four or in one piece; 0 where other characters stand among them."""
    form = re.compile(
        rf"[A-Z0-9]{{{count}}}(?![A-Za-z0-9_])|(?:[A-Z0-9]{{4}} ){{{(count - 1) // 4}}}[A-Z0-9]{{{(count - 1) % 4 + 1}}}(?![A-Za-z0-9_])"
    )
    found = form.match(text, start) if count else None
    return found.end() if found else 0
