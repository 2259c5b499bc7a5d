"""Which of the one-byte encodings for Latin letters a text is in, by whether its letters are those of one language.

The same byte is `à` in Western Europe and `ŕ` in Central Europe, and both are letters, so that shapes of letters do not tell: but
no language has `ŕ`, `ů` and `ę` together, and French has all that it would be instead. Western Europe is the commonest by far
(https://w3techs.com/technologies/overview/character_encoding) and holds English, so another one has to be clearly better.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

WESTERN = "cp1252"

_EVERYWHERE_IN_THE_WEST = "ªº¹²³¼½¾×÷£¥¢µ"

_WEST = "àâæçéèêëîïôœùûüÿ äöüßé áéíóúüñ¿¡ àçéèíïóòúü·l ãáâàçéêíóôõúü àèéìíîòóùú åäöéü æøåéèêóòô ëïéèöüáóí áæðéíóöþúý áéíóú"
_CENTRE = "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű ăâîşţ čćđšž"

ALPHABETS: Mapping[str, tuple[frozenset[str], ...]] = {
    encoding: tuple(frozenset(letters + letters.upper() + others) for letters in alphabets.split())
    for encoding, others, alphabets in (
        # French, German, Spanish, Catalan, Portuguese, Italian, Swedish and Finnish, Danish and Norwegian, Dutch, Icelandic, Irish
        (WESTERN, _EVERYWHERE_IN_THE_WEST, _WEST),
        # Polish, Czech, Slovak, Hungarian, Romanian, Croatian and Slovene
        ("cp1250", "", _CENTRE),
        ("cp1254", "", "çğıöşüâîûİ"),  # Turkish
        # Lithuanian, Latvian, Estonian
        ("cp1257", "", "ąčęėįšųūž āčēģīķļņšūž äöõüšž"),
        ("iso8859_2", "", _CENTRE),
        ("mac_roman", _EVERYWHERE_IN_THE_WEST + "“”‘’‚„–—…•†‡°§¶®©™´", _WEST),
    )
}
"""Letters beyond ASCII of the languages that each encoding is used for."""

CLEARLY = 2
"""So many times fewer letters must be foreign in another encoding than in the Western one."""


RARE = ("iso8859_2", "mac_roman")
MOST_FOREIGN = 0.1
"""Of what is beyond ASCII, in the encodings that are rarer than the others: they need to fit."""

_INSIDE_WORDS = frozenset("’‘–—…·´/×-\u00ad\u00a0")
"""Signs that stand between two letters; any other that does is a letter of another encoding."""


class _Place(NamedTuple):
    """A byte beyond ASCII, and what it stands between."""

    byte: int
    after_small: bool
    inside: bool


def latin_encoding(sample: bytes) -> str:
    """The encoding in which the fewest letters are foreign to the language that fits best."""
    places = Counter(_places(sample))
    foreign = {encoding: _foreign(places, encoding) for encoding in ALPHABETS}
    fitting = [encoding for encoding in ALPHABETS if encoding not in RARE or foreign[encoding] <= MOST_FOREIGN * places.total()]
    best = min(fitting, key=lambda encoding: foreign[encoding])  # of equal ones the first
    return best if foreign[best] * CLEARLY < foreign[WESTERN] else WESTERN


def _places(sample: bytes) -> Iterator[_Place]:
    for found in _BEYOND_ASCII.finditer(sample):
        place = found.start()
        before, after = sample[max(0, place - 1) : place], sample[place + 1 : place + 2]
        small = b"a" <= before <= b"z"
        yield _Place(sample[place], small, _is_letter(before) and _is_letter(after))


def _is_letter(byte: bytes) -> bool:
    return byte.isalpha() or byte >= b"\x80"


def _foreign(places: Mapping[_Place, int], encoding: str) -> int:
    """Letters that no one language of an encoding accounts for, and characters that do not stand where they do in text."""
    read = {place: bytes([place.byte]).decode(encoding, "replace") for place in places}
    odd = sum(places[place] for place, character in read.items() if _is_odd(place, character))
    told = {
        place: character
        for place, character in read.items()
        if (character.isalpha() or place.byte in _TELLING) and not _is_odd(place, character)
    }
    return odd + min(sum(places[place] for place, character in told.items() if character not in letters) for letters in ALPHABETS[encoding])


def _is_odd(place: _Place, character: str) -> bool:
    """Whether a character is a control, a capital after a small letter, or a sign within a word."""
    if character < "\xa0":
        return True
    if character.isalpha():
        return place.after_small and character.isupper()
    return place.inside and character not in _INSIDE_WORDS


_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_WINDOWS = [encoding for encoding in ALPHABETS if encoding.startswith("cp")]
_TELLING = frozenset(byte for byte in range(0x80, 0x100) if len({bytes([byte]).decode(each, "replace") for each in _WINDOWS}) > 1)
