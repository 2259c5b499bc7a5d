"""Speakers in one form: `Name: ` before the first words of a turn, nothing where nobody is named."""

import re
from collections import Counter
from collections.abc import Sequence

LONGEST_NAME = 60  # characters
LED_SHARE = 0.5  # of lines that a name leads where the program writes it before each

CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
BRACKETED_TIME = rf"\\?[\[(]\s*\\?{CLOCK}(?:\s*-+>?\s*{CLOCK})?\s*\\?[\])]"
_NAME = r"[^\W\d_][\w.'’\-]{0,30}(?:[ _](?!\(\d)[\w.'’()&\-]{1,30}){0,4}"
_LABEL = re.compile(rf"({_NAME})[ \u00a0]?:(?:[ \u00a0]+|$)")
_TO_WORDS = r"[ \t]*\n+(?=[^\s#>*`|-])"  # from a line of its own to a paragraph of prose
_TIMED = re.compile(rf"^[ \t]*({_NAME})(?:[ \t]*[–-])?(?:[ \t]*:[ \t]*|[ \t]+){CLOCK}[ \t]*:?(?:{_TO_WORDS}|[ \t]*$)", re.MULTILINE)
_LED = re.compile(
    rf"^[ \t]*+(?P<mark>>>++[ \t]*+)?(?P<bold>\*\*[ \t]*+)?"
    rf"(?P<time>{BRACKETED_TIME}[ \t]*+(?:[-–][ \t]*+)?)?(?:\*\*[ \t]*+)?(?P<name>{_NAME})"
    rf"(?P<tail>(?:[ \t]*+(?:\*\*|:|{BRACKETED_TIME}))*+)(?:(?P<words>{_TO_WORDS})|(?P<end>[ \t]*$)|[ \t]*)",
    re.MULTILINE,
)
_TIME = re.compile(BRACKETED_TIME)
_MARK = re.compile(r"^[ \t]*>>+[ \t]*(?=\w)", re.MULTILINE)
_ALONE = re.compile(rf"^({_NAME})[ \t]*:{_TO_WORDS}", re.MULTILINE)
_DIARISED = re.compile(r"(?:speaker|spk)[ _](\d{1,2}|[A-Z])", re.IGNORECASE)
_UNNAMED = frozenset(["UNKNOWN", "Unknown"])


def speaker_label(name: str) -> str:
    """A speaker as text names one: `Speaker 0` for what a recogniser calls `SPEAKER_00`; empty for one that it cannot tell."""
    name = " ".join(name.split()).rstrip(":")
    if found := _DIARISED.fullmatch(name):
        return f"Speaker {found.group(1).lstrip('0') or '0'}"
    return "" if name in _UNNAMED else name


def led_by(line: str) -> tuple[str, str]:
    """The name before a line's colon, empty where there is none, and the rest of the line."""
    found = _LABEL.match(line) if 0 < line.find(":") <= LONGEST_NAME else None
    return (found.group(1), line[found.end() :]) if found else ("", line)


def labels(lines: Sequence[str]) -> tuple[frozenset[str], bool]:
    """Names that lead lines of captions, and whether the program writes one before each line, not only at a turn.

    They are shaped like names, and in capitals or there more than once.
    """
    found = Counter(name for line in lines if (name := led_by(line)[0]) and _is_name(name))
    always = found.total() > LED_SHARE * len(lines) and len(found) < found.total()
    return frozenset(name for name, count in found.items() if always or count > 1 or _is_shouted(name)), always


def _is_name(name: str) -> bool:
    words = name.split(" ")
    return all(word[:1].isupper() or word[0] in "(&" for word in words)


def _is_shouted(name: str) -> bool:
    return name.isupper() and len(name) > 2


def one_form(text: str) -> str:
    """A written transcript whose labels have one form: bold ones, ones with a time, ones that stand alone on their line."""
    text = _MARK.sub(_paragraph, _LED.sub(_led, _TIMED.sub(_bare, text)))
    alone = Counter(found.group(1) for found in _ALONE.finditer(text))
    return _ALONE.sub(lambda found: f"{found.group(1)}: " if alone[found.group(1)] > 1 else found.group(), text)


def _led(found: re.Match[str]) -> str:
    """A line that a speaker's name leads: bold, with its time, after a mark of a new speaker, or as a recogniser calls one."""
    name, tail = found["name"], found["tail"]
    timed = _TIME.search(tail) is not None
    colon = ":" in _TIME.sub("", tail)
    is_label = colon and (timed or found["time"] or found["bold"] or found["mark"] or _DIARISED.fullmatch(name))
    is_alone = timed and _is_name(name) and (found["bold"] or found["words"] or found["end"] is not None)
    if not is_label and not is_alone:
        return found.group()
    return _paragraph(found) + _labelled(name)


def _paragraph(found: re.Match[str]) -> str:
    """What a turn begins with, for a paragraph of its own."""
    before = found.string[max(0, found.start() - 50) : found.start()].rstrip(" \t")[-2:]
    return "" if before in ("", "\n\n") else "\n"


def _bare(found: re.Match[str]) -> str:
    return _labelled(found.group(1))


def _labelled(name: str) -> str:
    label = speaker_label(name)
    return f"{label}: " if label else ""
