"""Units of the package siunitx, as they are printed: `m/s^2` for `\\metre\\per\\second\\squared` (https://ctan.org/pkg/siunitx)."""

import re
from collections.abc import Callable

QUANTITIES = {"SI": 1, "qty": 1, "SIrange": 2, "qtyrange": 2, "SIlist": 1, "qtylist": 1, "numrange": 2, "si": 0, "unit": 0}
"""Commands that hold a unit, with the numbers before it."""

_PREFIXES = {
    "quecto": "q", "ronto": "r", "yocto": "y", "zepto": "z", "atto": "a", "femto": "f", "pico": "p", "nano": "n", "micro": "µ",
    "milli": "m", "centi": "c", "deci": "d", "deca": "da", "deka": "da", "hecto": "h", "kilo": "k", "mega": "M", "giga": "G", "tera": "T",
    "peta": "P", "exa": "E", "zetta": "Z", "yotta": "Y", "kibi": "Ki", "mebi": "Mi", "gibi": "Gi", "tebi": "Ti",
}  # fmt: skip
_UNITS = {
    "ampere": "A", "candela": "cd", "kelvin": "K", "kilogram": "kg", "gram": "g", "metre": "m", "meter": "m", "mole": "mol", "second": "s",
    "becquerel": "Bq", "degreeCelsius": "°C", "celsius": "°C", "coulomb": "C", "farad": "F", "gray": "Gy", "hertz": "Hz", "henry": "H",
    "joule": "J", "katal": "kat", "lumen": "lm", "lux": "lx", "newton": "N", "ohm": "Ω", "pascal": "Pa", "radian": "rad", "siemens": "S",
    "sievert": "Sv", "steradian": "sr", "tesla": "T", "volt": "V", "watt": "W", "weber": "Wb", "astronomicalunit": "au", "bel": "B",
    "dalton": "Da", "day": "d", "decibel": "dB", "degree": "°", "electronvolt": "eV", "hectare": "ha", "hour": "h", "litre": "L",
    "liter": "L", "arcminute": "′", "arcsecond": "″", "minute": "min", "neper": "Np", "tonne": "t", "angstrom": "Å", "bar": "bar",
    "barn": "b", "byte": "B", "bit": "bit", "percent": "%", "parsec": "pc",
}  # fmt: skip
_POWERS = {"squared": "^2", "cubed": "^3", "square": "^2", "cubic": "^3", "tothe": "^"}
_NUMBER = re.compile(r"\s*([+-]?[\d.,]{0,40})(?:[eEdD]([+-]?\d{1,4}))?\s*")
_SIGNS_OF_ANGLE = "°′″"
_PIECE = re.compile(r"\\([A-Za-z]{1,30})|([^\\{}\s~]+)")


def unit(source: str) -> str:
    """A unit as it is printed, with what is no name of siunitx as it is written."""
    text = prefix = power = ""
    is_divisor = False
    for name, plain in _PIECE.findall(source):
        if name in _PREFIXES:
            prefix += _PREFIXES[name]
        elif name == "per":
            is_divisor = True
        elif name in ("square", "cubic"):
            power = _POWERS[name]
        elif name in _POWERS:
            text += _POWERS[name]
        else:
            between = "/" if is_divisor else "" if not text or text.endswith("^") else " "
            text += between + prefix + (_UNITS.get(name) or name or plain.replace(".", " ")) + power
            prefix = power = ""
            is_divisor = False
    return text


def number(source: str) -> str:
    """A number as siunitx prints it, `1.5 × 10^3` for `1.5e3`; several between semicolons as words list them; else as it is."""
    *first, last = [_number(part) for part in source.split(";")]
    return f"{', '.join(first)} and {last}" if first else last


def _number(source: str) -> str:
    found = _NUMBER.fullmatch(source)
    if not found or not found[2]:
        return source.strip()
    mantissa, power = found[1].strip(), f"10^{found[2].removeprefix('+')}"
    return f"{mantissa} × {power}" if mantissa.strip("+-") else f"{mantissa}{power}"


def angle(source: str) -> str:
    """An angle in degrees, or in degrees, minutes and seconds between semicolons; anything else as it is."""
    parts = [part.strip() for part in source.split(";")]
    if len(parts) > len(_SIGNS_OF_ANGLE) or not any(parts) or not all(_NUMBER.fullmatch(part) for part in parts):
        return source.strip()
    return "".join(_number(part) + sign for part, sign in zip(parts, _SIGNS_OF_ANGLE, strict=False) if part)


NUMBERS: dict[str, Callable[[str], str]] = {"num": number, "numlist": number, "ang": angle}
"""Commands that hold numbers alone."""


def quantity(numbers: list[str], printed: str) -> str:
    """Numbers with their unit; signs of degrees stand right behind them."""
    close = printed[:1] in _SIGNS_OF_ANGLE and printed[1:2] != "C"
    return f"{' to '.join(numbers)}{'' if close or not numbers else ' '}{printed}".rstrip()
