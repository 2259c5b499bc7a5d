"""Words of scripts that part them by nothing: each run of letters counts as words of a typical length.

In Chinese and Japanese a word has about two letters, in Thai, Lao, Burmese and Khmer about four with their vowel signs. Where
exactly a word ends does not matter to a count, a mean length or the search for repetition.
"""

import re

SHORT_WORD, LONG_WORD = 2, 4  # characters

_IDEOGRAMS = "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_SOUTHERN = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1050-\u109d\u1780-\u17d3"
_WIDE = re.compile(f"[{_IDEOGRAMS}]+")
_RUN = re.compile(rf"(?:(?P<short>[{_IDEOGRAMS}]+)|[{_SOUTHERN}]+)(?P<rest>[^\w\s]*)")
_SHORT, _LONG = re.compile(f".{{1,{SHORT_WORD}}}", re.DOTALL), re.compile(f".{{1,{LONG_WORD}}}", re.DOTALL)


def parted(text: str) -> str:
    """The text with blanks between the words of such scripts; any other text as it is."""
    return text if text.isascii() else _RUN.sub(_parted, text)


def wide_letters(text: str) -> int:
    """How many letters are Chinese or Japanese: each takes the room of two others, and says as much."""
    return 0 if text.isascii() else sum(map(len, _WIDE.findall(text)))


def _parted(run: re.Match[str]) -> str:
    letters = run.group()[: run.start("rest") - run.start()]
    words = " ".join((_SHORT if run["short"] else _LONG).findall(letters)) + run["rest"]
    return words if run.string[run.end() : run.end() + 1].isspace() or run.end() == len(run.string) else words + " "
