"""Templates of wikitext that show numbers: measures with their conversion, values with their error, fractions, money.

`{{convert}}` follows Help:Convert of the English Wikipedia: the input is named in full, the output in brackets by its
symbol, rounded to the precision of the input or to two digits that count, whichever is finer.
"""

import math
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from curation.extract.arguments import Arguments
from curation.extract.tables import BAR, row_of
from curation.extract.units import Unit, convert, unit

UNKNOWN = "\ue004"
"""Around what stands in for a number that only the wiki can work out."""

_UNKNOWN = rf"[$£€¥]?{UNKNOWN}[^{UNKNOWN}\n]*{UNKNOWN}"
_IN_BRACKETS = re.compile(r"\s?\(([^()\n]*)\)")
_EQUIVALENT = re.compile(rf",?\s(?:or )?(?:about |approximately )?(?:the )?equivalent (?:of|to) (?:about )?{_UNKNOWN}(?: today| now)?,?")
_ROW = re.compile(r"^\|.*", re.MULTILINE)  # a column of such amounts would repeat the one that they are worked out of
_AMOUNTS = re.compile(rf"{_UNKNOWN}(?:\s?[-–]\s?{_UNKNOWN})*")
_CLAUSE = re.compile(r"[;,]\s")

_NUMBER = re.compile(r"[-+−–]? *\d[\d,]*(?:\.\d+)?|[-+−–]? *\.\d+", re.ASCII)
_MANY = re.compile(r"e(3|6|9|12)(?=[A-Za-z])")
_MULTIPLES = {"3": "thousand", "6": "million", "9": "billion", "12": "trillion"}
_RANGES = {
    "-": "–", "–": "–", "to": " to ", "to(-)": " to ", "to-": " to ", "and": " and ", "or": " or ", "x": " by ", "by": " by ", "×": " × ",
    "+/-": " ± ", "±": " ± ", "&ndash;": "–", "and(-)": " and ", "xx": " × ", "*": " × ", "(-)": "–", "to about": " to about ",
}  # fmt: skip
_US = {"metre": "meter", "litre": "liter"}
_TALL = 3  # metres; what is taller than people is given in feet alone
_MOST_DIGITS = 15  # what a float holds exactly; a longer number is shown and not converted


def converted(arguments: Arguments) -> str:
    """{{convert|5|km|mi}}: 5 kilometres (3.1 mi)."""
    given = [arguments[str(number)] for number in range(1, len(arguments) + 1) if str(number) in arguments]
    values, between, rest = _values(given)
    if not values or not rest:
        return " ".join(given[:2])
    return _Conversion(values, between, rest, arguments).text()


def _values(given: list[str]) -> tuple[list[str], list[str], list[str]]:
    """The numbers of a range, the words between them, and the arguments behind."""
    values, between = given[:1], []
    position = 1
    while position + 1 < len(given) and given[position] in _RANGES and _NUMBER.fullmatch(given[position + 1].strip()):
        between.append(_RANGES[given[position]])
        values.append(given[position + 1])
        position += 2
    return values, between, given[position:]


class _Conversion:
    """One call of {{convert}}, its arguments read."""

    def __init__(self, values: list[str], between: list[str], rest: list[str], options: Arguments) -> None:
        self._values, self._between, self._options = values, between, options
        self._code, *self._rest = rest
        self._unit = unit(self._code)
        self._abbreviated = options.get("abbr", "out")

    def text(self) -> str:
        if self._unit is None:
            return self._unknown()
        source, outputs = self._input(self._unit), self._outputs(self._unit)
        display = self._options.get("disp", "")
        if not outputs:
            return source
        if display in ("out", "output only"):
            return outputs
        if display in ("number", "output number only"):
            return outputs.partition(" ")[0]
        if display in ("table", "tablecen"):
            return f"{source.partition(' ')[0]} | {outputs.partition(' ')[0]}"
        if display == "flip" or self._options.get("order") == "flip":
            source, outputs = outputs, source
        return f"{source} or {outputs}" if display == "or" else f"{source} ({outputs})"

    def _unknown(self) -> str:
        many = _MANY.match(self._code)
        name = f"{_MULTIPLES[many.group(1)]} {self._code[many.end() :]}" if many else self._code
        known = unit(self._code[many.end() :]) if many else None
        if known is not None and many is not None:
            name = f"{_MULTIPLES[many.group(1)]} {known.plural}"
        return f"{self._numbers(self._values)} {name}".strip()

    def _numbers(self, values: list[str]) -> str:
        parts = [grouped(values[0])]
        for word, value in zip(self._between, values[1:], strict=True):
            parts.extend((word, grouped(value)))
        return "".join(parts)

    def _input(self, source: Unit) -> str:
        numbers = self._numbers(self._values)
        if self._options.get("adj") in ("on", "mid") and self._abbreviated != "on":
            middle = self._rest[-1] if self._options["adj"] == "mid" and self._rest else ""
            return f"{numbers}-{self._spelled(source.name).replace(' ', '-')}{middle}"
        if self._abbreviated in ("on", "in") or (source.kind == "heat" and self._abbreviated != "off"):
            return f"{numbers} {source.symbol}"
        alone = numbers in ("1", "−1", "-1")
        return f"{numbers} {self._spelled(source.name if alone else source.plural)}"

    def _spelled(self, name: str) -> str:
        for british, american in _US.items() if self._options.get("sp") == "us" else ():
            name = name.replace(british, american)
        return name

    def _outputs(self, source: Unit) -> str:
        named = [argument for argument in self._rest[:1] if argument and not _NUMBER.fullmatch(argument)]
        codes = tuple(named[0].replace("ft in", "ftin").split()) if named else source.outputs
        if codes == ("ftin",) and not named and abs(_parsed(self._values[0]) or 0) >= _TALL:
            codes = ("ft",)
        return "; ".join(text for text in (self._output(source, code) for code in codes) if text)

    def _output(self, source: Unit, code: str) -> str:
        numbers = [_parsed(value) for value in self._values]
        if code == "ftin" and source.kind == "length":
            return _feet_and_inches(numbers, source, self._between)
        target = unit(code)
        if target is None or target.kind != source.kind or None in numbers:
            return ""
        texts = [self._rounded(value, source, target) for value in self._values]
        name = self._spelled(target.plural) if self._abbreviated in ("off", "in") else target.symbol
        return f"{self._numbers(texts)} {name}"

    def _rounded(self, value: str, source: Unit, target: Unit) -> str:
        number = _parsed(value) or 0.0
        result = convert(number, source, target)
        precision = next((int(text) for text in self._rest[1:] or self._rest if re.fullmatch(r"[-−]?\d{1,2}", text)), None)
        digits = self._options.get("sigfig", "")
        if digits.isdecimal() and len(digits) < 3:
            precision = int(digits) - 1 - _magnitude(result)
        elif precision is None:
            precision = _default_precision(value, result / number if number else 1.0, result, heat=source.kind == "heat")
        return rounded(result, precision)


def _feet_and_inches(numbers: list[float | None], source: Unit, between: list[str]) -> str:
    parts = []
    inch = unit("in")
    for word, number in zip(["", *between], numbers, strict=True):
        if number is None or inch is None:
            return ""
        feet, inches = divmod(int(rounded(convert(number, source, inch), 0).replace(",", "").replace("−", "-")), 12)
        parts.append(f"{word}{feet:,} ft {inches} in")
    return "".join(parts)


def _parsed(text: str) -> float | None:
    text = text.strip()
    if len(text) > _MOST_DIGITS or not _NUMBER.fullmatch(text):
        return None
    return float(text.replace(",", "").replace("−", "-").replace("–", "-").replace(" ", ""))


def _magnitude(number: float) -> int:
    return math.floor(math.log10(abs(number))) if number else 0


def _default_precision(given: str, factor: float, result: float, *, heat: bool) -> int:
    """Digits after the point (below zero: zeros before it), by Help:Convert, "Default rounding"."""
    digits = given.strip().replace(",", "")
    _, point, decimals = digits.partition(".")
    if heat:
        return len(decimals)
    of_input = len(decimals) if point else len(digits.rstrip("0")) - len(digits) if digits.strip("0-−") else 0
    return max(of_input - math.floor(math.log10(abs(factor) * 5 + 1e-12)), 1 - _magnitude(result))


def rounded(number: float, precision: int) -> str:
    """A number with so many digits after the point, halves away from zero, thousands apart."""
    try:
        value = Decimal(repr(number)).quantize(Decimal(1).scaleb(-precision), ROUND_HALF_UP)
    except InvalidOperation:
        return grouped(repr(number))
    return grouped(f"{value:f}" if precision > 0 else f"{int(value)}")


def grouped(text: str) -> str:
    """A number as Wikipedia writes it: thousands apart, a true minus; other text as it is."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return text
    whole, point, decimals = text.lstrip("+").replace(",", "").partition(".")
    sign = "−" if whole[:1] in ("-", "−", "–") and whole else ""
    whole = whole.lstrip("-−– ")
    return f"{sign}{int(whole):,}{point}{decimals}" if whole and len(whole) <= _MOST_DIGITS else f"{sign}{whole}{point}{decimals}"


def valued(arguments: Arguments) -> str:
    """{{val|6.241|e=18|u=m}}: 6.241×10^18 m."""
    error = f"±{arguments['2']}" if arguments.get("2") else ""
    power = f"×10^{arguments['e']}" if arguments.get("e") else ""
    name = next((arguments[key] for key in ("u", "ul") if arguments.get(key)), "")
    per = next((f"/{arguments[key]}" for key in ("up", "upl") if arguments.get(key)), "")
    return f"{arguments.get('p', '')}{grouped(arguments.get('1', ''))}{error}{power} {name}{per}".strip()


def inflated(arguments: Arguments) -> str:
    """{{Inflation|US|191,000|1914}}: an amount in the money of today, for which the amount of then stands in.

    Nothing where the call is a clause of its own, or asks how much one is worth, which is no amount.
    """
    amount = arguments.get("2", "")
    is_clause = arguments.get("fmt") == "eq" or amount == "1"
    return f"{UNKNOWN}{'' if is_clause else grouped(amount)}{UNKNOWN}"


def without_unknown(text: str) -> str:
    """Takes out clauses in brackets and asides about numbers that nobody here can work out; elsewhere what stands in stays."""
    if UNKNOWN not in text:
        return text
    text = _ROW.sub(lambda row: _AMOUNTS.sub("", row.group()), text)
    text = _IN_BRACKETS.sub(_known_clauses, text)
    return _EQUIVALENT.sub("", text).replace(UNKNOWN, "")


def _known_clauses(bracket: re.Match[str]) -> str:
    if UNKNOWN not in bracket.group(1):
        return bracket.group()
    clauses = [clause for clause in _CLAUSE.split(bracket.group(1)) if UNKNOWN not in clause]
    return f" ({', '.join(clauses)})" if clauses else ""


def coordinates(arguments: Arguments) -> str:
    """{{coord|51|30|N|0|7|W}}: 51°30′N 0°7′W; nothing where the page shows them beside its title alone."""
    if "title" in arguments.get("display", "") and "inline" not in arguments["display"] and arguments["display"] != "it":
        return ""
    given = [arguments[name] for name in map(str, range(1, 9)) if re.fullmatch(r"[-−\d.]{1,20}|[NSEWO]", arguments.get(name, ""))]
    if len(given) == 2:
        ends = ("N", "S"), ("E", "W")
        return " ".join(f"{number.lstrip('-−')}°{end[number[0] in '-−']}" for number, end in zip(given, ends, strict=True) if number)
    marks = iter("°′″")
    text = ""
    for part in given:
        if part in "NSEWO":
            text, marks = f"{text}{part} ", iter("°′″")
        else:
            text += part + next(marks, "")
    return text.strip()


def fraction(arguments: Arguments) -> str:
    """{{frac|1|2}}: 1/2."""
    numbers = [arguments[name] for name in ("1", "2", "3") if arguments.get(name)]
    return {1: "1/{0}", 2: "{0}/{1}", 3: "{0} {1}/{2}"}.get(len(numbers), "").format(*numbers)


def height(arguments: Arguments) -> str:
    """{{height|ft=5|in=11}}: 5 ft 11 in."""
    named = (f"{arguments[name]} {name}" for name in ("m", "cm", "ft", "in") if arguments.get(name))
    return " ".join(named)


def populations(arguments: Arguments) -> str:
    """The years and figures of a table of populations, a row each."""
    figures = [arguments[name] for name in sorted((n for n in arguments if n.isdecimal() and len(n) < 4), key=int)]
    pairs = list(zip(figures[::2], figures[1::2], strict=False))
    pairs += [(name, value) for name, value in arguments.items() if re.fullmatch(r"1\d{3}|20\d\d", name) and value]
    return "\n\n" + "\n".join(row_of((year, grouped(number)), BAR) for year, number in pairs) + "\n\n" if pairs else ""
