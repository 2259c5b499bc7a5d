"""Templates of wikitext whose text belongs to the sentence around them; all others are left out.

Without the wiki's own template pages no template can be expanded. These few stand for words, names and numbers that
the sentence would lack.
"""

import re
from collections.abc import Callable

Arguments = dict[str, str]


def expand(parts: list[str], title: str) -> str:
    """The text of a template call given as its parts between bars: name first."""
    name = re.sub(r"[\s_]+", " ", parts[0]).strip().lower()
    if name in ("pagename", "fullpagename", "basepagename"):
        return re.sub(r"\s*\([^)]*\)$", "", title)
    arguments = _arguments(parts[1:])
    if template := TEMPLATES.get(name):
        return template(arguments)
    if name.startswith("lang-"):
        return arguments.get("1", "")
    return parts[0].partition(":")[2] if name.startswith(("lc:", "uc:", "ucfirst:", "formatnum:")) else ""


def _arguments(parts: list[str]) -> Arguments:
    """Arguments by name, unnamed ones by their position from 1."""
    arguments: Arguments = {}
    position = 0
    for part in parts:
        name, equals, value = part.partition("=")
        if equals and re.fullmatch(r"\s*[\w -]{1,30}\s*", name):
            arguments[name.strip().lower()] = value.strip()
        else:
            position += 1
            arguments[str(position)] = part.strip()
    return arguments


def _argument(*names: str) -> Callable[[Arguments], str]:
    return lambda arguments: next((arguments[name] for name in names if arguments.get(name)), "")


def _last(arguments: Arguments) -> str:
    unnamed = [value for name, value in arguments.items() if name.isdigit()]
    return unnamed[-1] if unnamed else ""


def _constant(text: str) -> Callable[[Arguments], str]:
    return lambda _arguments: text


def _convert(arguments: Arguments) -> str:
    """{{convert|5|km|mi}} is 5 km; {{convert|5|to|10|km}} is 5 to 10 km."""
    first, second = arguments.get("1", ""), arguments.get("2", "")
    if second in ("to", "-", "–", "and", "by", "x", "or", "to(-)"):
        return f"{first} {second} {arguments.get('3', '')} {arguments.get('4', '')}".strip()
    return f"{first} {second}".strip()


def _value(arguments: Arguments) -> str:
    """{{val|6.241|e=18|u=m}} is 6.241×10^18 m."""
    power = f"×10^{arguments['e']}" if arguments.get("e") else ""
    unit = _argument("u", "ul")(arguments)
    return f"{arguments.get('1', '')}{power} {unit}".strip()


def _nihongo(arguments: Arguments) -> str:
    inside = ", ".join(arguments[name] for name in ("2", "3") if arguments.get(name))
    return f"{arguments.get('1', '')} ({inside})".strip() if inside else arguments.get("1", "")


def _quote(arguments: Arguments) -> str:
    text = _argument("text", "quote", "1")(arguments)
    author = _argument("author", "sign", "2")(arguments)
    return f"\n\n{text}" + (f" ({author})" if author else "") + "\n\n"


def _fraction(arguments: Arguments) -> str:
    numbers = [arguments[name] for name in ("1", "2", "3") if arguments.get(name)]
    return {1: "1/{0}", 2: "{0}/{1}", 3: "{0} {1}/{2}"}.get(len(numbers), "").format(*numbers)


def _date(arguments: Arguments) -> str:
    return "-".join(arguments[name] for name in ("1", "2", "3") if arguments.get(name, "").isdigit())


def _items(arguments: Arguments) -> str:
    values = [value.lstrip("*").strip() for name, value in arguments.items() if name.isdigit()]
    return ", ".join(value for value in values if value)


def _prefixed(prefix: str, suffix: str = "") -> Callable[[Arguments], str]:
    return lambda arguments: f"{prefix}{arguments.get('1', '')}{suffix}"


def _vessel(prefix: str) -> Callable[[Arguments], str]:
    return lambda arguments: f"{prefix} {arguments.get('1', '')}".strip()


_FIRST = _argument("1")

TEMPLATES: dict[str, Callable[[Arguments], str]] = {
    **dict.fromkeys(("convert", "cvt", "convertabbr"), _convert),
    **dict.fromkeys(("nihongo", "nihongo2", "nihongo krt", "zh", "korean"), _nihongo),
    **dict.fromkeys(("lang", "transl", "transliteration", "tlx", "script", "rtl-lang", "wikt-lang", "color", "font color"), _last),
    **dict.fromkeys(("quote", "cquote", "blockquote", "quotation", "rquote", "bquote", "centered pull quote", "quote box"), _quote),
    **dict.fromkeys(
        (
            *("nowrap", "nobr", "nobreak", "small", "smaller", "big", "larger", "abbr", "sic", "ill", "interlanguage link", "mvar"),
            *("math", "var", "em", "strong", "tooltip", "visible anchor", "vanchor", "flag", "flagcountry"),
            *("keypress", "key", "code", "mono", "tt", "unicode", "italic", "italics", "noitalic", "underline", "strike"),
            *("gaps", "formatnum", "num", "ship prefix", "linktext", "w", "wp", "smallcaps", "sc", "allcaps", "char", "bo"),
            *("nts", "ntsh", "sort", "center", "poemquote", "nihongo foot", "cs", "icon text", "section link", "anchored text"),
        ),
        _FIRST,
    ),
    **dict.fromkeys(("frac", "sfrac", "fraction", "tfrac"), _fraction),
    **dict.fromkeys(("birth date", "birth date and age", "death date", "start date", "end date", "date", "dts"), _date),
    **dict.fromkeys(("hlist", "flatlist", "plainlist", "ubl", "unbulleted list", "plain list", "cslist"), _items),
    **dict.fromkeys(("circa", "c.", "ca."), _prefixed("c. ")),
    **dict.fromkeys(("ndash", "spaced ndash", "snd", "spnd", "--", "en dash"), _constant(" – ")),
    **dict.fromkeys(("mdash", "spaced mdash", "em dash", "---"), _constant(" — ")),
    **dict.fromkeys(("nbsp", "space", "spaces", "thinsp", "pad", "zwsp"), _constant(" ")),
    **{name: _vessel(name.upper()) for name in ("ss", "uss", "hms", "rms", "ms", "mv", "hmas", "hmcs", "css")},
    "sortname": lambda arguments: f"{arguments.get('1', '')} {arguments.get('2', '')}".strip(),
    "as of": _prefixed("As of "),
    "reign": lambda arguments: f"r. {arguments.get('1', '')}–{arguments.get('2', '')}",
    "ship": lambda arguments: f"{arguments.get('1', '')} {arguments.get('2', '')}".strip(),
    "val": _value,
    **dict.fromkeys(("e", "x10^", "esp"), _prefixed("×10^")),
    "sup": _prefixed("^"),
    "sub": _prefixed("_"),
    "usd": _prefixed("US$"),
    "us$": _prefixed("US$"),
    "gbp": _prefixed("£"),
    "height": lambda arguments: " ".join(f"{value} {name}" for name, value in arguments.items() if value and not name.isdigit()),
    "!": _constant("|"),
    "=": _constant("="),
    "'": _constant("'"),
    "·": _constant(" · "),
    "•": _constant(" • "),
    "angle bracket": lambda arguments: f"⟨{_FIRST(arguments)}⟩",
}
"""By lower-case name: from the arguments of a call to the text that stands for it."""
