"""Templates of wikitext whose names are units or currencies, and numbers of people by area."""

import re

from curation.extract.arguments import Arguments
from curation.extract.elements import names
from curation.extract.measures import converted, grouped, rounded
from curation.extract.units import convert, unit

_NUMBER = re.compile(r"[-−–]?\d[\d,]{0,20}(?:\.\d{1,15})?|[-−–]?\.\d{1,15}", re.ASCII)
_CURRENCIES = names("sek nok dkk isk chf cny rmb inr rub aud cad nzd hkd sgd brl mxn krw zar pln czk huf thb php idr ils uah jpy twd")
_SIGN = re.compile(r"[a-z]{0,3}[$£¥€₠-₿฿﷼]")
_SHORTEST_NAME = 2  # letters; a template {{m}} or {{c}} may be anything
_WHOLE = 100  # people by unit of area, from which on fractions of them are not given


def named_quantity(name: str, arguments: Arguments) -> str:
    """{{lb|26455}}: 26,455 lb; {{m to ft|12}}: 12 metres (39 ft); {{SEK|400}}: SEK 400; {{A$|5}}: A$5.

    Nothing for another name. The name is given in lower case.
    """
    number = arguments.get("1", "")
    if _SIGN.fullmatch(name):
        return f"{name.upper()}{grouped(number)}"
    if len(name) < _SHORTEST_NAME or not _NUMBER.fullmatch(number):
        return ""
    if name in _CURRENCIES:
        return f"{name.upper()} {grouped(number)}"
    source, to, target = name.partition(" to ")
    if to and unit(source) is not None and unit(target) is not None:
        return converted({"1": number, "2": source, "3": target})
    known = unit(name)
    return f"{grouped(number)} {known.symbol}" if known is not None else ""


def with_unit(arguments: Arguments) -> str:
    """{{unit|33|kg|day}}: 33 kg/day."""
    number, units = arguments.get("1", ""), [arguments[name] for name in ("2", "3", "4") if arguments.get(name)]
    return f"{grouped(number)} {'/'.join(units)}".strip()


def population_density(arguments: Arguments) -> str:
    """{{pop density|1000|10|km2|sqmi}}: 100 inhabitants per square kilometre (259/sq mi)."""
    people, area, code, other = (arguments.get(name, "") for name in ("1", "2", "3", "4"))
    source = unit(code)
    if source is None or not (_NUMBER.fullmatch(people) and _NUMBER.fullmatch(area)) or not (size := _value(area)):
        return " ".join(filter(None, (people, area, code)))
    given = arguments.get("prec", "")
    precision = int(given) if given in tuple("0123") else None
    target = unit(other) or unit(source.outputs[0])
    shown = f"{_people(_value(people) / size, precision)} inhabitants per {source.name}"
    if target is None or target.kind != source.kind:
        return shown
    return f"{shown} ({_people(_value(people) / convert(size, source, target), precision)}/{target.symbol})"


def _value(number: str) -> float:
    return float(number.replace(",", "").replace("−", "-").replace("–", "-"))


def _people(number: float, precision: int | None) -> str:
    return rounded(number, precision if precision is not None else 0 if number >= _WHOLE else 1)
