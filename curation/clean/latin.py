"""Which of the one-byte encodings for Latin letters a text is in, by whether its letters are those of one language.

The same byte is `à` in Western Europe and `ŕ` in Central Europe, and both are letters, so that shapes of letters do not tell: but
no language has `ŕ`, `ů` and `ę` together, and French has all that it would be instead. Western Europe is the commonest by far
(https://w3techs.com/technologies/overview/character_encoding) and holds English, so another one has to be clearly better.
"""

from collections import Counter
from collections.abc import Mapping

WESTERN = "cp1252"

_EVERYWHERE_IN_THE_WEST = "ªº¹²³¼½¾×÷£¥¢"

ALPHABETS: Mapping[str, tuple[frozenset[str], ...]] = {
    encoding: tuple(frozenset(letters + letters.upper() + others) for letters in alphabets.split())
    for encoding, others, alphabets in (
        # French, German, Spanish, Catalan, Portuguese, Italian, Swedish and Finnish, Danish and Norwegian, Dutch, Icelandic, Irish
        (
            WESTERN,
            _EVERYWHERE_IN_THE_WEST,
            "àâæçéèêëîïôœùûüÿ äöüßé áéíóúüñ¿¡ àçéèíïóòúü·l ãáâàçéêíóôõúü àèéìíîòóùú åäöéü æøåéèêóòô ëïéèöüáóí áæðéíóöþúý áéíóú",
        ),
        # Polish, Czech, Slovak, Hungarian, Romanian, Croatian and Slovene
        ("cp1250", "", "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű ăâîşţ čćđšž"),
        ("cp1254", "", "çğıöşüâîûİ"),  # Turkish
        # Lithuanian, Latvian, Estonian
        ("cp1257", "", "ąčęėįšųūž āčēģīķļņšūž äöõüšž"),
    )
}
"""Letters beyond ASCII of the languages that each encoding is used for."""

CLEARLY = 2
"""So many times fewer letters must be foreign in another encoding than in the Western one."""


def latin_encoding(sample: bytes) -> str:
    """The encoding in which the fewest letters are foreign to the language that fits best."""
    counts = Counter(byte for byte in sample if byte >= 0x80)
    foreign = {encoding: _foreign(counts, encoding) for encoding in ALPHABETS}
    best = min(foreign, key=lambda encoding: foreign[encoding])  # of equal ones the first
    return best if foreign[best] * CLEARLY < foreign[WESTERN] else WESTERN


def _foreign(counts: Mapping[int, int], encoding: str) -> int:
    """Letters that no one language of an encoding accounts for, and other characters that are not the same in all encodings."""
    read = {byte: bytes([byte]).decode(encoding, "replace") for byte in counts}
    told = {byte: character for byte, character in read.items() if character.isalpha() or byte in _TELLING}
    return min(sum(counts[byte] for byte, character in told.items() if character not in letters) for letters in ALPHABETS[encoding])


_TELLING = frozenset(byte for byte in range(0x80, 0x100) if len({bytes([byte]).decode(each, "replace") for each in ALPHABETS}) > 1)
