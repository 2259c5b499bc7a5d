"""What stands for a call of a template in the text of a page.

Without the wiki's own template pages no template can be expanded. Those that many wikis share are known by name: they
show words, names and numbers of the sentence around them, or furniture that is no part of the text. Of any other the
arguments decide: a template that is given sentences shows them, one that is given one short name in the midst of a line
shows that name, and one that is given named facts is a box.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from curation.extract import dates, measures, quotations
from curation.extract.furniture import is_furniture

Arguments = dict[str, str]
Template = Callable[[Arguments], str]

GUESS_START, GUESS_END = "\ue002", "\ue003"
"""Around a name that a template nobody knows was given: it stays where a line has more than such names."""

_LONGEST_GUESS = 80  # characters; names and numbers are shorter
_FEWEST_WORDS = 8  # of an argument that is taken for prose
_FACTS = 3  # named arguments; with as many a template is taken for a box
_TEXTS = ("text", "texte", "quote", "content", "dialogue", "line", "message", "body", "quotation")
_NAME = re.compile(r"\s*[\w -]{1,30}\s*")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"[.!?…。！？][\"'”’»)\]]*(?:\s|$)")
_LIST = re.compile(r"^[*#:;]", re.MULTILINE)
_PREFIX = re.compile(r"(?:template|msg|msgnw|subst|safesubst|vorlage|modèle|plantilla)\s*:\s*", re.IGNORECASE)
_QUALIFIER = re.compile(r"\s*\([^)]*\)$")
_GUESSED = re.compile(f"{GUESS_START}([^{GUESS_START}{GUESS_END}]*){GUESS_END}")
_GUESSES_ALONE = re.compile(rf"^[ \t*:#;]*(?:{GUESS_START}[^{GUESS_START}{GUESS_END}\n]*{GUESS_END}[ \t]*)+$", re.MULTILINE)


def expand(parts: list[str], title: str) -> str:
    """The text of a template call given as its parts between bars: name first."""
    name = parts[0].strip()
    if name.startswith("#") or ":" in name:
        called = _PREFIX.sub("", name, count=1)
        if called == name:
            return _function(name, parts[1:])
        name = called
    key = " ".join(name.replace("_", " ").lower().split())
    if key in ("pagename", "fullpagename", "basepagename", "subpagename"):
        return _QUALIFIER.sub("", title)
    template = _template(key)
    if template is None:
        return ""
    return template(_arguments(parts[1:]))


@lru_cache(maxsize=4096)
def _template(name: str) -> Template | None:
    """What shows a template of this name; None where it is furniture."""
    last = name.rpartition("/")[2].strip()  # wikis in many languages keep their templates in folders
    for known in (name, last):
        if template := TEMPLATES.get(known):
            return template
        if known.startswith("lang-"):
            return lambda arguments: quotations.language(known.removeprefix("lang-"), arguments)
        if known.startswith(("ipa-", "ipac-")):
            return quotations.pronounced if known.startswith("ipac-") else quotations.transcribed
        if known.startswith(("cite ", "vcite ")):
            return quotations.cited
        if is_furniture(known):
            return None
    if "dialog" in last or "conversation" in last:
        return quotations.dialogue
    return quotations.quote if "quote" in last or "quotation" in last else _guess


def _function(name: str, parts: list[str]) -> str:
    """A parser function: `{{#if:condition|then|else}}`, `{{lc:TEXT}}`. Only what needs no other page is worked out."""
    function, _, first = name.partition(":")
    function, first = function.strip().lower(), first.strip()
    if function == "#if":
        chosen = parts[:1] if first else parts[1:2]
        return "".join(chosen).strip()
    if function == "#ifeq":
        chosen = parts[1:2] if first == "".join(parts[:1]).strip() else parts[2:3]
        return "".join(chosen).strip()
    if function == "formatnum":
        return measures.grouped(first)
    if function == "plural" and len(parts) == 2:
        return parts[first not in ("1", "-1")].strip()
    change = {"lc": str.lower, "uc": str.upper}.get(function)
    if change is not None:
        return change(first)
    return first[:1].upper() + first[1:] if function == "ucfirst" else first if function in ("lcfirst", "fullurl") else ""


def _arguments(parts: list[str]) -> Arguments:
    """Arguments by name, unnamed ones by their position from 1."""
    arguments: Arguments = {}
    position = 0
    for part in parts:
        name, equals, value = part.partition("=")
        if equals and _NAME.fullmatch(name):
            arguments[name.strip().lower()] = value.strip()
        else:
            position += 1
            arguments[str(position)] = part.strip()
    return arguments


def _guess(arguments: Arguments) -> str:
    """What a template shows of which nothing is known but its arguments."""
    values = {name: value for name, value in arguments.items() if value}
    unnamed = [value for name, value in values.items() if name.isdecimal()]
    named = len(values) - len(unnamed)
    shown = [value for name, value in values.items() if name in _TEXTS]
    if shown and named < _FACTS + len(shown):
        return _block(without_marks(shown[0]))
    if named >= _FACTS and named > len(unnamed):
        return ""
    prose = [value for value in unnamed if _is_prose(value)]
    if prose:
        return _block("\n\n".join(map(without_marks, prose)))
    if len(unnamed) == 1 and not named and len(unnamed[0]) <= _LONGEST_GUESS and "\n" not in unnamed[0]:
        return f"{GUESS_START}{without_marks(unnamed[0])}{GUESS_END}"
    return ""


def _is_prose(value: str) -> bool:
    if "\n" in value and len(_LIST.findall(value)) > 1:
        return True
    return len(value) > _FEWEST_WORDS and len(_WORD.findall(value)) >= _FEWEST_WORDS and _SENTENCE.search(value) is not None


def _block(text: str) -> str:
    return f"\n\n{text}\n\n" if "\n" in text else text


def without_marks(text: str) -> str:
    """Keeps every name that was guessed."""
    return _GUESSED.sub(r"\1", text)


def settle(text: str) -> str:
    """Decides on the names that were guessed: those on lines of their own are boxes and go, all others stay."""
    if GUESS_START not in text:
        return text
    return without_marks(_GUESSES_ALONE.sub("", text))


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
            *("keypress", "key", "code", "mono", "tt", "unicode", "italic", "italics", "noitalic", "underline", "strike", "tlx", "tl"),
            *("num", "ship prefix", "linktext", "w", "wp", "smallcaps", "sc", "allcaps", "char", "bo", "i", "b", "c", "nastaliq"),
            *("center", "poemquote", "nihongo foot", "cs", "icon text", "section link", "anchored text", "nihongo2", "spoiler"),
            *("u", "user", "textbox", "bible", "isocode", "respell1", "hebrew", "nq", "linktext", "wikt", "grey", "gray", "big quote"),
            *("u-", "bibleref", "cyrl", "grc-transl", "polytonic", "poem", "verse", "midsize", "nonfree", "tick", "railgauge", "scroll"),
        ),
        _FIRST,
    ),
    **dict.fromkeys(("frac", "sfrac", "fraction", "tfrac"), measures.fraction),
    **dict.fromkeys(("birth date", "start date", "end date", "date", "dts", "film date", "release date", "death date"), dates.date),
    **dict.fromkeys(("birth date and age", "start date and age", "bda", "formatdate", "birth-date", "death-date"), dates.date),
    **dict.fromkeys(("birth year and age", "circa date", "dob"), dates.date),
    **dict.fromkeys(("death date and age", "dda"), dates.date_and_age),
    **dict.fromkeys(("hlist", "flatlist", "plainlist", "ubl", "unbulleted list", "plain list", "cslist", "vunblist", "flat list"), _items),
    **dict.fromkeys(("ublist", "collapsible list", "bulleted list", "blist"), _items),
    **dict.fromkeys(("columns-list", "column list", "div col content", "colist", "columns", "multicol"), _columns),
    **dict.fromkeys(("circa", "c.", "ca."), _prefixed("c. ")),
    **dict.fromkeys(("ndash", "spaced ndash", "snd", "spnd", "--", "en dash", "dash", "spaced en dash"), _constant(" – ")),
    **dict.fromkeys(("mdash", "spaced mdash", "em dash", "---", "mdashb"), _constant(" — ")),
    **dict.fromkeys(("nbsp", "space", "spaces", "thinsp", "pad", "zwsp", "nnbsp", "quad", "em space"), _constant(" ")),
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
    **dict.fromkeys(("usd", "us$", "us dollar"), _money("US$")),
    **dict.fromkeys(("gbp", "£"), _money("£")),
    **dict.fromkeys(("eur", "euro", "€"), _money("€")),
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
    "sup": _prefixed("^"),
    "sub": _prefixed("_"),
    "isbn": _prefixed("ISBN "),
    "url": _argument("2", "1"),
    "official website": _constant(""),
    "height": measures.height,
    "coord": measures.coordinates,
    "fs player": lambda arguments: f"\n{' | '.join(arguments.get(n, '') for n in ('no', 'pos', 'nat', 'name'))}\n",
    "sitename": _constant("the wiki"),
    "!": _constant("|"),
    "!!": _constant("||"),
    "=": _constant("="),
    "(": _constant("{"),
    ")": _constant("}"),
    "'": _constant("'"),
    '"': _prefixed("„", "“"),
    "·": _constant(" · "),
    "•": _constant(" • "),
    "'s": _constant("'s"),
}
"""By lower-case name: from the arguments of a call to the text that stands for it."""
