"""Speech as text: marks of time and sound taken out, sentences joined into paragraphs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

PAUSE = 2.0  # seconds of silence that end a paragraph
LONG_PARAGRAPH = 900  # characters after which a paragraph ends at the next end of a sentence

_SOUND = re.compile(
    r"\\?[\[(]\s*(?:[a-z]+\s+)?(?:music|applause|laugh(?:ter|s|ing|ing)?|silence|inaudible|crosstalk|cross talk|cheers?|cheering|"
    r"unintelligible|sound|noise|video playing|video|pause|blank_audio|musique|applaudissements|rires|музыка|musik|música|"
    r"音乐|音楽|foreign|gasps?|sighs?|coughs?|clapping|beep|unclear|indistinct|chuckles?)\b[^\])]{0,40}[\])]",
    re.IGNORECASE,
)
_NOTES = re.compile(r"[♪♫]+")
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_BRACKETED_TIME = re.compile(rf"\\?[\[(]\s*{_CLOCK}(?:\s*-+>?\s*{_CLOCK})?\s*\\?[\])]:?")
_LEADING_TIME = re.compile(rf"^\s*[\[(]?{_CLOCK}[\])]?\s+(?=\S)")
_DIARISATION = re.compile(r"^(\*{0,2})\s*(?:SPEAKER|Speaker)[ _](\d{1,2}|[A-Z])\s*:?\s*\1:?\s*", re.MULTILINE)
_BREAK = re.compile(r"^[ \t]*(?:\*break\*?:.*|\*\*break:.*|\\?\[break\\?\].*|break:\s.*)$", re.IGNORECASE | re.MULTILINE)
_SPACES = re.compile(r"[ \t]{2,}")


@dataclass(frozen=True)
class Utterance:
    """Words that were spoken from one time to another, in seconds."""

    start: float
    end: float
    text: str
    turn: bool = False  # another speaker begins


def without_sounds(text: str) -> str:
    """Takes out what was heard but not said."""
    return _SPACES.sub(" ", _NOTES.sub("", _SOUND.sub("", text)))


def without_times(text: str) -> str:
    """Takes marks of time, labels of unnamed speakers and break lines out of a written transcript."""
    text = _BREAK.sub("", _BRACKETED_TIME.sub("", text))
    text = re.sub(r"^\*\*\s*(?=SPEAKER_)", "**", text, flags=re.MULTILINE)
    text = _DIARISATION.sub("", text)
    return "\n".join(line.strip(" ") if line.startswith(" ") else line for line in without_sounds(text).split("\n"))


def timed_lines(text: str) -> list[Utterance] | None:
    """The lines of a transcript that gives each line its time; None where most lines have none."""
    lines = [line for line in text.split("\n") if line.strip()]
    timed = [_LEADING_TIME.match(line) for line in lines]
    if not lines or sum(match is not None for match in timed) < 0.5 * len(lines):
        return None
    spoken = (line[match.end() :] if match else line for line, match in zip(lines, timed, strict=True))
    return [Utterance(0.0, 0.0, without_sounds(line).strip()) for line in spoken]


def paragraphs(utterances: Iterable[Utterance]) -> str:
    """Joins utterances; a paragraph ends at a pause, at a turn, or at the end of a sentence once it is long."""
    done: list[str] = []
    current: list[str] = []
    length = 0
    last_end: float | None = None
    for utterance in utterances:
        text = " ".join(utterance.text.split())
        if not any(map(str.isalnum, text)):
            continue
        pause = last_end is not None and utterance.start - last_end >= PAUSE
        full = length > LONG_PARAGRAPH and current[-1].endswith((".", "?", "!", "。", "？", "！"))
        if current and (pause or utterance.turn or full):
            done.append(" ".join(current))
            current, length = [], 0
        current.append(text)
        length += len(text) + 1
        last_end = utterance.end
    if current:
        done.append(" ".join(current))
    return "\n\n".join(done)
