"""Letters and signs that LaTeX writes with commands."""

import unicodedata

ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323",
}  # fmt: skip
"""Accent commands and the combining character each stands for."""

LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å", "l": "ł", "L": "Ł",
    "i": "i", "j": "j",
}  # fmt: skip
"""Commands that are letters."""


def accented(command: str, letter: str) -> str:
    """A letter with its accent as one character where Unicode has it."""
    letter = letter.strip()
    return unicodedata.normalize("NFC", letter[:1] + ACCENTS[command]) + letter[1:] if letter else ""


def dingbat(number: str) -> str:
    """A sign of the font Zapf Dingbats by its number, as `ding` of the package pifont names it; empty where it has none.

    Unicode has them in the font's order (https://www.unicode.org/charts/PDF/U2700.pdf).
    """
    number = number.strip()
    code = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    return chr(0x26E0 + code) if 33 <= code <= 126 else chr(0x26C0 + code) if 161 <= code <= 254 and not 168 <= code <= 181 else ""
