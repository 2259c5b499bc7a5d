"""UTF-16 and UTF-32 without a mark, told by what their bytes spell."""

from collections import Counter

WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")  # the longer first: its text is valid in the other, full of NULs

MOST_CONTROLS = 0.02  # of characters
LEAST_BREAKS = 0.01  # of characters, which part words or clauses in any script
MOST_OTHERS = 0.05  # of the letters, which may be of another script than the rest

_BREAKS = frozenset(" \n、。，")
_ANYWHERE = frozenset([0x20, 0x30, 0xFF])  # blocks of punctuation, and of forms as wide as ideographs


def wide_encoding(head: bytes) -> str | None:
    """The one in which the head of a file is text of a single script, parted by spaces or stops; None where there is none.

    Random bytes hold halves of surrogate pairs, and the other order of bytes makes of one script letters of many.
    """
    for name in WIDE:
        width = 4 if "32" in name else 2
        text = head[: len(head) // width * width].decode(name, "replace")
        if _is_text(text):
            return name
    return None


def _is_text(text: str) -> bool:
    inner = text.rstrip("\x00\ufffd")  # a head may end within a character
    bad = sum(character < " " and character not in "\t\n\r\f" for character in inner) + inner.count("\ufffd")
    if not inner or bad > MOST_CONTROLS * len(inner):
        return False
    if inner.isascii():
        return True
    if sum(map(_BREAKS.__contains__, inner)) < LEAST_BREAKS * len(inner):
        return False
    scripts = Counter(script for character in inner if (script := _script(character)) is not None)
    return scripts.total() - max(scripts.values(), default=0) <= MOST_OTHERS * scripts.total()


def _script(character: str) -> int | None:
    """A number for each script, by blocks of 256 characters; None for ASCII and for what stands in texts of several scripts."""
    block = ord(character) >> 8
    if character.isascii() or (block in _ANYWHERE and not character.isalpha()):
        return None
    if 0x30 <= block <= 0x9F:  # kana and ideographs
        return 0x30
    if 0xAC <= block <= 0xD7:  # Hangul
        return 0xAC
    return 0 if block in (0x00, 0x01, 0x02, 0x1E) else block
