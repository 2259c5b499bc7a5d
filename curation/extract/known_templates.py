"""Templates that many wikis share, by name: what each shows of its arguments."""

from collections.abc import Callable

from curation.extract import dates, episodes, measures, quantities, quotations
from curation.extract.arguments import Arguments
from curation.extract.tables import BAR, row_of

Template = Callable[[Arguments], str]


def _argument(*names: str) -> Template:
    return lambda arguments: next((arguments[name] for name in names if arguments.get(name)), "")


def _last(arguments: Arguments) -> str:
    unnamed = [value for name, value in arguments.items() if name.isdigit()]
    return unnamed[-1] if unnamed else ""


def _constant(text: str) -> Template:
    return lambda _arguments: text


def _items(arguments: Arguments) -> str:
    values = [value for name, value in arguments.items() if name.isdigit() and value]
    if any("\n" in value for value in values):
        return "\n\n" + "\n".join(values) + "\n\n"
    return ", ".join(stripped for value in values if (stripped := value.lstrip("*").strip()))


def _columns(arguments: Arguments) -> str:
    named = [arguments[f"col{number}"] for number in range(1, 10) if arguments.get(f"col{number}")]
    content = "\n".join(named) or arguments.get("content") or _last(arguments)
    return f"\n\n{content}\n\n"


def _block(arguments: Arguments) -> str:
    return f"\n\n{_argument('text', 'content', '1')(arguments)}\n\n"


def _without_first(arguments: Arguments) -> Arguments:
    """The unnamed arguments behind the first, counted from 1 again, and the named ones."""
    return {str(int(name) - 1) if name.isdecimal() and len(name) < 4 else name: value for name, value in arguments.items() if name != "1"}


def _prefixed(prefix: str, suffix: str = "") -> Template:
    return lambda arguments: f"{prefix}{arguments.get('1', '')}{suffix}"


def _money(sign: str) -> Template:
    return lambda arguments: f"{sign}{measures.grouped(arguments.get('1', ''))}"


def _vessel(prefix: str) -> Template:
    return lambda arguments: f"{prefix} {arguments.get('1', '')}".strip()


def _joined(separator: str = "") -> Template:
    return lambda arguments: separator.join(value for name, value in arguments.items() if name.isdigit() and value)


def _or(text: str) -> Template:
    """The cells of comparison tables: {{yes}} is Yes, {{yes|since 2004}} is since 2004."""
    return lambda arguments: arguments.get("1") or text


def _raised(arguments: Arguments) -> str:
    """10{{sup|6}} must not become 106; the letters of 4{{sup|th}} may stand where they are."""
    raised = arguments.get("1", "")
    return raised if raised.isalpha() else f"^{raised}"


def _version(arguments: Arguments) -> str:
    """{{version|o|52.0}}: 52.0; the letter says how to colour it, and alone it is a key to the colours."""
    shown = _last(arguments)
    return shown if any(map(str.isdigit, shown)) else ""


def _plural(arguments: Arguments) -> str:
    """{{plural|3|axe|axes}}: 3 axes."""
    number, one = arguments.get("1", ""), arguments.get("2", "")
    return f"{number} {one if number == '1' else arguments.get('3') or f'{one}s'}".strip()


_FIRST = _argument("1")

TEMPLATES: dict[str, Template] = {
    **dict.fromkeys(("convert", "cvt", "convertabbr"), measures.converted),
    **dict.fromkeys(("nihongo", "nihongo krt", "nihongo3", "nihongo title"), quotations.nihongo),
    **dict.fromkeys(("zh", "korean", "lang-zh", "zh-full", "ko-hhrm"), quotations.scripts),
    **dict.fromkeys(("lang", "transl", "transliteration", "script", "rtl-lang", "wikt-lang", "color", "font color", "colour"), _last),
    **dict.fromkeys(("resize", "font", "longitem", "colored link", "text color", "fgcolor", "querylink", "native name"), _last),
    **dict.fromkeys(("quote", "cquote", "blockquote", "quotation", "rquote", "bquote", "centered pull quote"), quotations.quote),
    **dict.fromkeys(("quote box", "quotebox", "pull quote"), quotations.quote_box),
    **dict.fromkeys(
        (
            *("nowrap", "nobr", "nobreak", "small", "smaller", "big", "larger", "abbr", "sic", "ill", "interlanguage link", "mvar"),
            *("math", "var", "em", "strong", "tooltip", "visible anchor", "vanchor", "flag", "flagcountry", "nobold", "tq", "talk quote"),
            *("code", "mono", "tt", "unicode", "italic", "italics", "noitalic", "underline", "strike", "tlx", "tl"),
            *("num", "ship prefix", "linktext", "w", "wp", "smallcaps", "sc", "allcaps", "char", "bo", "i", "b", "c", "nastaliq"),
            *("center", "poemquote", "nihongo foot", "cs", "icon text", "section link", "anchored text", "nihongo2", "spoiler"),
            *("u", "user", "textbox", "bible", "isocode", "respell1", "hebrew", "nq", "linktext", "wikt", "grey", "gray", "big quote"),
            *("u-", "bibleref", "cyrl", "grc-transl", "polytonic", "poem", "verse", "midsize", "nonfree", "railgauge", "scroll"),
        ),
        _FIRST,
    ),
    **dict.fromkeys(
        ("citation needed span", "cn span", "cnspan", "cns", "fact span", "clarify span", "clarify text", "clarifyspan"),
        _argument("1", "text"),
    ),
    **dict.fromkeys(("scroll box", "scrollbox"), _block),
    "langx": lambda arguments: quotations.language(arguments.get("1", "").lower(), _without_first(arguments)),
    **dict.fromkeys(("episode list", "episode list/sublist"), episodes.episode),
    **dict.fromkeys(("episode table", "episodes"), _argument("episodes")),
    **dict.fromkeys(("track listing", "tracklist", "tracklisting"), episodes.tracks),
    **dict.fromkeys(("frac", "sfrac", "fraction", "tfrac"), measures.fraction),
    **dict.fromkeys(("birth date", "start date", "end date", "date", "dts", "film date", "release date", "death date"), dates.date),
    **dict.fromkeys(("birth date and age", "start date and age", "bda", "formatdate", "birth-date", "death-date"), dates.date),
    **dict.fromkeys(("birth year and age", "circa date", "dob"), dates.date),
    **dict.fromkeys(("death date and age", "dda"), dates.date_and_age),
    **dict.fromkeys(("hlist", "flatlist", "plainlist", "ubl", "unbulleted list", "plain list", "cslist", "vunblist", "flat list"), _items),
    **dict.fromkeys(("ublist", "collapsible list", "bulleted list", "blist"), _items),
    **dict.fromkeys(("columns-list", "column list", "div col content", "colist", "columns", "multicol"), _columns),
    **dict.fromkeys(("circa", "c.", "ca."), dates.about),
    **{era: dates.of_era(era.upper()) for era in ("bce", "ce", "bc")},
    **dict.fromkeys(
        ("spaced ndash", "snd", "snds", "spnd", "--", "en dash", "dash", "spaced en dash", "ndash", "endash"), _constant(" – ")
    ),
    **dict.fromkeys(("mdash", "spaced mdash", "em dash", "emdash", "---", "mdashb"), _constant(" — ")),
    **dict.fromkeys(("nbsp", "space", "spaces", "thinsp", "pad", "zwsp", "nnbsp", "quad", "em space", "gap"), _constant(" ")),
    **dict.fromkeys(("br", "break", "crlf"), _constant("<br>")),
    **dict.fromkeys(("col-2", "col-3", "col-4", "col-5", "col-break", "multicol-break"), _constant("\n\n")),
    **dict.fromkeys(("tick", "check", "check mark", "checkmark", "tickmark"), _or("✓")),
    **dict.fromkeys(("cross", "x mark", "xmark", "crossmark"), _or("✗")),
    **{name: _vessel(name.upper()) for name in ("ss", "uss", "hms", "rms", "ms", "mv", "hmas", "hmcs", "css")},
    **dict.fromkeys(("citation", "cit", "literatur", "cita libro", "cita web", "ouvrage", "مرجع كتاب"), quotations.cited),
    **dict.fromkeys(("harvnb", "harvtxt", "harv", "harvcol", "harvcoltxt"), quotations.cited_shortly),
    **dict.fromkeys(("ipa", "ipa link", "ipablink", "ipalink"), _FIRST),
    **dict.fromkeys(("respell", "pronunciation respelling"), _joined("-")),
    **dict.fromkeys(("gaps", "chem", "chem2", "serif"), _joined()),
    **dict.fromkeys(("bartable", "tba"), _FIRST),
    **dict.fromkeys(("historical populations", "us census population", "historical population"), measures.populations),
    **dict.fromkeys(("angle bracket", "angbr", "angbr ipa"), _prefixed("⟨", "⟩")),
    **dict.fromkeys(("e", "x10^", "esp"), _prefixed("×10^")),
    **dict.fromkeys(("usd", "us dollar"), _money("US$")),
    "gbp": _money("£"),
    **dict.fromkeys(("eur", "euro"), _money("€")),
    **dict.fromkeys(("pop density", "population density"), quantities.population_density),
    **dict.fromkeys(("increase", "decrease", "steady", "increasenegative", "decreasepositive", "profit", "loss"), _FIRST),
    **dict.fromkeys(("key", "keypress", "keys", "kbd"), _joined("+")),
    **dict.fromkeys(("rating", "stars", "score"), _joined("/")),
    **dict.fromkeys(("nuclide", "nuclide2", "simplenuclide", "simplenuclide2"), _joined("-")),
    **dict.fromkeys(("radic", "sqrt", "root"), _prefixed("√")),
    **dict.fromkeys(("age", "age in years", "age in days", "inflation-year"), _constant(2 * measures.UNKNOWN)),
    **dict.fromkeys(("formatprice", "format price"), lambda arguments: measures.grouped(_FIRST(arguments))),
    "inflation": measures.inflated,
    **dict.fromkeys(("fl.", "floruit"), dates.flourished),
    **dict.fromkeys(("nts", "ntsh", "sort", "formatnum", "szám", "number", "currency"), lambda a: measures.grouped(_last(a))),
    **dict.fromkeys(("yes", "yes-no"), _or("Yes")),
    **dict.fromkeys(("no", "no2"), _or("No")),
    **dict.fromkeys(("legend", "legend0", "legend2", "farblegende"), lambda arguments: f"\n{arguments.get('2', '')}\n"),
    "n/a": _or("N/A"),
    "partial": _or("Partial"),
    "unknown": _or("Unknown"),
    "bar percent": lambda arguments: f"\n{arguments.get('1', '')}: {arguments.get('3', '')}%\n",
    "unité": lambda arguments: f"{measures.grouped(_FIRST(arguments))} {arguments.get('2', '')}".strip(),
    "lien": _argument("fr", "1", "texte", "trad"),
    "sortname": lambda arguments: f"{arguments.get('1', '')} {arguments.get('2', '')}".strip(),
    "sortkeyname": lambda arguments: f"{arguments.get('2', '')}, {arguments.get('1', '')}".strip(", "),
    "as of": dates.since,
    "reign": dates.reign,
    "marriage": dates.marriage,
    "ship": lambda arguments: f"{arguments.get('1', '')} {arguments.get('2', '')}".strip(),
    "val": measures.valued,
    "sup": _raised,
    "sub": lambda arguments: f"<sub>{arguments.get('1', '')}</sub>",
    "pi": _constant("π"),
    "unit": quantities.with_unit,
    "plural": _plural,
    "harvs": quotations.cited_in_words,
    "version": _version,
    "oldstyledate": dates.old_style,
    "isbn": _prefixed("ISBN "),
    "url": _argument("2", "1"),
    "official website": _constant(""),
    "height": measures.height,
    **dict.fromkeys(("coord", "coor", "coor d", "coor dm", "coor dms", "koördinate"), measures.coordinates),
    "fs player": lambda arguments: f"\n{row_of((arguments.get(n, '') for n in ('no', 'pos', 'nat', 'name')), BAR)}\n",
    "sitename": _constant("the wiki"),
    "!": _constant("|"),
    "!!": _constant("||"),
    "=": _constant("="),
    "(": _constant("{"),
    ")": _constant("}"),
    "'": _constant("'"),
    '"': _prefixed('"', '"'),
    "·": _constant(" · "),
    "•": _constant(" • "),
    "'s": _constant("'s"),
}
"""By lower-case name: from the arguments of a call to the text that stands for it."""
