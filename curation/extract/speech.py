"""Speech as text: marks of time and sound taken out, sentences joined into paragraphs."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from curation.extract.speakers import BRACKETED_TIME, CLOCK, one_form

PAUSE = 2.0  # seconds of silence that end a paragraph
LONG_PARAGRAPH = 900  # characters after which a paragraph ends at the next end of a sentence
LONGEST_PARAGRAPH = 1800  # characters of a paragraph whose sentences have no end; it is cut at its longest pause
SHORTEST_CUT = 500  # characters before such a cut

_HEARD = (
    r"music|applause|laugh(?:ter|s|ing)?|silence|inaudible|crosstalk|cross talk|cheers?|cheering|"
    r"unintelligible|sound|noise|video playing|video|pause|blank_audio|musique|applaudissements|rires|музыка|musik|música|"
    r"音乐|音楽|foreign|gasps?|sighs?|coughs?|clapping|beep|unclear|indistinct|chuckles?|phonetic|assumed spelling|jingle|"
    r"拍手|掌声|笑い?|笑声|rire|risas|aplausos|applaus|gelächter|смех|аплодисменты"
)
_CAPITALS = re.compile(r"\\?\(\s*[A-Z][A-Z' ,.-]{2,60}\)")
_LOUD = re.compile(
    r"\b(?:(?:BANG|BARK|BEEP|BREATH|BUZZ|CACKL|CHATTER|CHEER|CHIM|CHIRP|CHUCKL|CLAP|CLEAR|CLICK|COUGH|CRACKL|CRASH|CREAK|CRY|CRI|DRIP|"
    r"EXPLOD|GASP|GIGGL|GROAN|GROWL|GRUNT|HISS|HONK|HOWL|HUM|KNOCK|LAUGH|MEOW|MOAN|MOO|MUMBL|MURMUR|MUTTER|PLAY|POUND|RATTL|"
    r"REV|RING|ROAR|RUMBL|RUSTL|SCOFF|SCREAM|SCREECH|SHATTER|SHOUT|SHRIEK|SIGH|SING|SIZZL|SLAM|SNEEZ|SNIFF|SNIFFL|SNOR|SOB|SPEAK|SPLASH|"
    r"SQUEAK|SQUEAL|STUTTER|THUD|TICK|TOLL|WAIL|WEEP|WHEEZ|WHIMPER|WHINN|WHIR|WHISPER|WHISTL|WHOOP|YAWN|YELL|YELP)[A-Z]?(?:S|ES|ED|ING)|"
    r"APPLAUSE|APPLAUDS|APPLAUDING|CHATTER|CROSSTALK|DOORS?|EXPLOSIONS?|FOOTSTEPS|GUNFIRE|GUNSHOTS?|INAUDIBLE|INDISTINCT|LAUGHTER|MUSIC|"
    r"NOISES?|SILENCE|SIRENS?|STATIC|THUNDER|UNINTELLIGIBLE)\b"
)
_HOW = (
    r"play(?:s|ing)|continues?|continuing|fad(?:es?|ing)|stops?|starts?|ends?|begins?|swells?|in|out|off|over|on|up|down|from|the|of|and|et|"
    r"und|y|e|amp|at|background|distance|audience|crowd|room|hall|stage|softly|loudly|quietly|briefly|both|all|together|speech|talk|language|"
    r"voices?|speakers?|track|clip|effects?|audio|words?"
)
_SOUND = re.compile(
    rf"\\?[\[(]\s*(?:[a-z]+\s+)?(?:{_HEARD})(?![^\W_])(?:[^\w\])(\[]|\d|(?<!\w)(?:{_HOW}|{_HEARD})(?!\w)){{0,40}}[\])]", re.IGNORECASE
)
"""A note on what is heard, where and how; a bracket that goes on with other words says something."""
_ONLY_SOUND = re.compile(
    r"\[\s*[^\W\d_][^\[\]\s]*(?:\s[^\[\]\s]+){0,3}\s*\]|\(\s*[^\W\d_]+(?:\s[^\W\d_]+){0,3}\s*\)|\*[^\W\d_][^*\n]{0,40}\*"
)
_NOTES = re.compile(r"[♪♫]+")
_BRACKETED_TIME = re.compile(rf"{BRACKETED_TIME}:?")
LEADING_TIME = re.compile(rf"^\s*[\[(]?{CLOCK}[\])]?(?:\s+(?=\S)|\s*$)")
_BREAK = re.compile(r"^[ \t]*(?:\*break\*?:.*|\*\*break(?::|\*\*).*|\\?\[break\\?\].*|break:\s.*)$", re.IGNORECASE | re.MULTILINE)
_SPACES = re.compile(r"[ \t]{2,}")
ENDS = (".", "?", "!", "。", "？", "！", ".\"", "?\"", "!\"", "…")  # fmt: skip
_CHINESE = re.compile(r"[\u3400-\u9fff]")  # put no spaces between words, and breaks lines within them
_JAPANESE = re.compile(r"[\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff]")  # the same, where it writes full stops; else a space is one
_WIDE_MARKS = "、。，．：；？！）」』”…"


class Utterance(NamedTuple):
    """Words that were spoken from one time to another, in seconds."""

    start: float
    end: float
    text: str
    turn: bool = False  # another speaker begins
    speaker: str = ""  # who speaks, where the transcript says so for each utterance


def without_sounds(text: str) -> str:
    """Takes out what was heard but not said."""
    if "[" in text or "(" in text:
        text = _CAPITALS.sub(_unless_heard, _SOUND.sub("", text))
    return _SPACES.sub(" ", _NOTES.sub("", text))


def _unless_heard(note: re.Match[str]) -> str:
    """A note in capitals, unless it says what is heard: (DOOR SLAMS), but not (NASA)."""
    return "" if _LOUD.search(note.group()) else note.group()


def is_sound(line: str) -> bool:
    """Whether a line of captions is a note in brackets on what is heard: at most four words, in round ones without capitals."""
    found = _ONLY_SOUND.fullmatch(line) if line[:1] in ("[", "(", "*") else None
    return found is not None and (line[0] == "[" or line == line.lower() or line == line.upper())


def without_times(text: str) -> str:
    """Takes marks of time and break lines out of a written transcript; labels of speakers get one form."""
    text = _BRACKETED_TIME.sub("", one_form(_BREAK.sub("", text)))
    return "\n".join(line.strip(" ") for line in without_sounds(text).split("\n"))


def paragraphs(utterances: Iterable[Utterance]) -> str:
    """Joins utterances; a paragraph ends at a pause, at a turn, or at the end of a sentence once it is long.

    One that grows too long without such an end is cut at its longest pause. A speaker's name stands once a turn.
    """
    done: list[str] = []
    current: list[tuple[str, float]] = []  # words, and the seconds of silence before them
    length = 0
    speaker = ""
    last_end: float | None = None
    for utterance in utterances:
        text = " ".join(utterance.text.split())
        if not any(map(str.isalnum, text)):
            continue
        pause = 0.0 if last_end is None else utterance.start - last_end
        changes = utterance.speaker not in ("", speaker)
        full = length > LONG_PARAGRAPH and current[-1][0].endswith(ENDS)
        if current and (pause >= PAUSE or utterance.turn or changes or full):
            done.append(_joined(current))
            current, length = [], 0
        elif length > LONGEST_PARAGRAPH:
            cut = _longest_pause(current)
            done.append(_joined(current[:cut]))
            current = current[cut:]
            length = sum(len(words) + 1 for words, _ in current)
        if changes:
            speaker = utterance.speaker
            text = f"{speaker}: {text}"
        current.append((text, pause))
        length += len(text) + 1
        last_end = utterance.end
    if current:
        done.append(_joined(current))
    return "\n\n".join(done)


def _longest_pause(said: list[tuple[str, float]]) -> int:
    """Where to cut a paragraph: before the words with the longest pause ahead of them, the last of several."""
    longest, cut, length = -1.0, len(said), 0
    for number, (words, pause) in enumerate(said):
        if length >= SHORTEST_CUT and pause >= longest:
            longest, cut = pause, number
        length += len(words) + 1
    return cut


def _joined(said: list[tuple[str, float]]) -> str:
    unspaced = _JAPANESE if any("。" in words for words, _ in said) else _CHINESE
    parts: list[str] = []
    for words, _ in said:
        if parts and not _runs_on(parts[-1][-1], words[0], unspaced):
            parts.append(" ")
        parts.append(words)
    return "".join(parts)


def _runs_on(last: str, first: str, unspaced: re.Pattern[str]) -> bool:
    """Whether text of these edges is joined without a space: words of unspaced letters, and any script after a wide mark."""
    return last > "\u2fff" and (last in _WIDE_MARKS or (unspaced.match(last) and unspaced.match(first)) is not None)
