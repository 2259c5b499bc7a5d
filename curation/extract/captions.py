"""Captions (WebVTT, SubRip): every spoken word once, in paragraphs."""

import re
from collections.abc import Iterable, Iterator

from curation.clean.encoding import decode
from curation.clean.references import unescape
from curation.clean.text import ZERO_WIDTH_SPACE
from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted, Failed, require_size
from curation.extract.rolling import Cue, is_rolling, unrolled
from curation.extract.speech import ENDS, PAUSE, Utterance, paragraphs
from curation.extract.turns import Turns, is_shared

MAX_BYTES = 10_000_000
WORD = 0.3  # seconds, of the last word of a line whose words have times

_CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,:]\d{1,3})?"
_TIMING = re.compile(rf"^\s*({_CLOCK})\s*-{{1,2}}>\s*({_CLOCK})(?![\w:])")
_ODD_TIMING = re.compile(r"^\s*[\d:.,]+\s*-->\s*[\d:.,]+(?:\s|$)")
_FRACTION = re.compile(r"(?<=:\d):(\d{3})$|(?<=:\d\d):(\d{3})$")
_INLINE_TIME = re.compile(r"<((?:\d{1,3}:)?\d{2}:\d{2}[.,]\d{3})>")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{1,80})?\s+([^<>]{1,120})>")
_TAG = re.compile(r"</?(?:c|i|b|u|v|lang|ruby|rt|font)(?:[.\s][^<>]{0,200})?>|\{\\[^{}]{1,60}\}", re.IGNORECASE)
_UNSEEN = re.compile("[\u2060\ufeff\ue000\ue001]")


def extract_captions(item: Captured) -> Extracted:
    """The words of a WebVTT or SubRip file."""
    require_size(item.content, MAX_BYTES)
    source = _UNSEEN.sub("", decode(item.content, item.charset))
    cues = list(_once(_cues(ZERO_WIDTH_SPACE.sub("", source) if "\u200b" in source else source)))
    if not cues:
        raise Failed("no line with the times of a cue", Reason.MALFORMED)
    if any(True in cue.timed for cue in cues) or is_rolling(cues):
        cues = list(unrolled(cues))
    return spoken_text(_utterances(cues), item.title, "captions")


def spoken_text(utterances: Iterable[Utterance], title: str | None, extractor: str) -> Extracted:
    """Utterances as the text of a document. Raises Dropped where nobody speaks."""
    text = paragraphs(utterances)
    if not text:
        raise Dropped(Reason.EMPTY, "no words were spoken")
    return Extracted(text, title, extractor)


def _cues(source: str) -> Iterator[Cue]:
    """The cues of a file; headers, notes, styles and numbers lie outside of them.

    A cue whose times cannot be read is shown when the one before it ends. In SubRip nothing but cues has lines, so a blank one does
    not end them.
    """
    timing: tuple[float, float] | None = None
    lines: list[str] = []
    end = 0.0
    ends_at_blank = source.lstrip().startswith("WEBVTT")
    for line in source.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        found = _TIMING.match(line) if "->" in line else None
        if found or ("-->" in line and _ODD_TIMING.match(line)):
            if timing and lines:
                yield _cue(*timing, lines[:-1] if lines[-1].strip().isdigit() else lines)  # the number of the cue to come
            start, end = (_seconds(found.group(1)), _seconds(found.group(2))) if found else (end, end)
            timing, lines = (start, end), []
        elif not line and timing and ends_at_blank:
            yield _cue(*timing, lines)
            timing, lines = None, []
        elif timing:
            lines.append(line)
    if timing:
        yield _cue(*timing, lines)


def _cue(start: float, end: float, sources: list[str]) -> Cue:
    kept = [(text, source) for source in sources if (text := _plain(source))]
    lines, own = tuple(text for text, _ in kept), tuple(source for _, source in kept)
    return Cue(start, end, lines, own, tuple("<" in source and _INLINE_TIME.search(source) is not None for source in own))


def _plain(source: str) -> str:
    """A line without tags; the name of a voice stays between marks."""
    if "<" in source or "{" in source:
        source = _TAG.sub("", _VOICE.sub("\ue000\\1\ue001", _INLINE_TIME.sub("", source)))
    return " ".join(unescape(source).split())


def _once(cues: Iterable[Cue]) -> Iterator[Cue]:
    """Cues without exact repeats: files joined from segments hold the cue at each join twice, at the same times."""
    last: Cue | None = None
    for cue in cues:
        if cue != last:
            yield cue
        last = cue


def _seconds(clock: str) -> float:
    clock = clock.replace(",", ".")
    *rest, seconds = (clock if "." in clock else _FRACTION.sub(r".\1\2", clock)).split(":")
    hours, minutes = (["0", *rest])[-2:]
    return (int(hours) * 60 + int(minutes)) * 60 + float(seconds)


def _utterances(cues: list[Cue]) -> Iterator[Utterance]:
    turns = Turns([cue.lines[0] for cue in cues if cue.lines])
    turn = False
    for cue in cues:
        for line, source, timed in zip(cue.lines, cue.sources, cue.timed, strict=True):
            for start, end, text in _pieces(cue, line, source) if timed else ((cue.start, cue.end, line),):
                yield from turns.of(Utterance(start, end, text, turn))
                turn = False
        # where two share what is shown, a line of its own is of neither for certain
        turn = is_shared(cue.lines) and cue.lines[-1].endswith(ENDS)


def _pieces(cue: Cue, line: str, source: str) -> Iterator[tuple[float, float, str]]:
    """A line whose words have times, cut where the speaker pauses."""
    last = _seconds(_INLINE_TIME.findall(source)[-1])
    end = max(cue.start, min(cue.end, last + WORD))
    if last - cue.start < PAUSE + WORD:
        yield cue.start, end, line
        return
    parts = _INLINE_TIME.split(source)
    before = start = cue.start
    words = [parts[0]]
    for clock, word in zip(parts[1::2], parts[2::2], strict=True):
        time = _seconds(clock)
        if time - before >= PAUSE + WORD:
            yield start, before + WORD, _plain("".join(words))
            start, words = time, []
        words.append(word)
        before = time
    yield start, end, _plain("".join(words))
