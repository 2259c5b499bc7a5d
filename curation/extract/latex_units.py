"""Units of the package siunitx, as they are printed: `m/s^2` for `\\metre\\per\\second\\squared` (https://ctan.org/pkg/siunitx)."""

import re

QUANTITIES = {"SI": 1, "qty": 1, "SIrange": 2, "qtyrange": 2, "si": 0, "unit": 0}
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
