"""Captions (WebVTT, SubRip) and timed transcripts in JSON: every spoken word once, in paragraphs."""

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from curation.clean.encoding import decode
from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted, Failed, require_size
from curation.extract.speech import Utterance, paragraphs, without_sounds

MAX_BYTES = 10_000_000
ROLLING_SHARE = 0.3  # of cues that begin with the line before; people seldom repeat a whole line

_TIMING = re.compile(r"^\s*((?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3})")
_INLINE_TIME = re.compile(r"<\d{1,3}:\d{2}(?::\d{2})?[.,]\d{3}>")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{1,80})?\s+([^<>]{1,120})>")
_TAG = re.compile(r"</?(?:c|i|b|u|v|lang|ruby|rt|font)(?:[.\s][^<>]{0,200})?>|\{\\[^{}]{1,60}\}", re.IGNORECASE)
_TURN = re.compile(r"^\s*(?:>>+|-(?=\s?\w)|–(?=\s))\s*")


@dataclass(frozen=True)
class _Cue:
    start: float
    end: float
    lines: tuple[str, ...]


def extract_captions(item: Captured) -> Extracted:
    """The words of a WebVTT or SubRip file."""
    require_size(item.content, MAX_BYTES)
    source = decode(item.content, item.charset)
    cues = list(_once(_cues(source)))
    if not cues:
        raise Failed("no line with the times of a cue", Reason.MALFORMED)
    if _is_rolling(source, cues):
        cues = list(_unrolled(cues))
    return _result(paragraphs(_utterances(cues)), item.title, "captions")


def extract_timed_json(item: Captured) -> Extracted:
    """The words of a JSON array of [text, start, end] entries, sentences or single words, or of a podcast's transcript in JSON.

    Transcripts of podcasts: https://podcasting2.org/docs/podcast-namespace/tags/transcript.
    """
    require_size(item.content, MAX_BYTES)
    try:
        entries = json.loads(decode(item.content, item.charset))
    except (json.JSONDecodeError, RecursionError) as error:
        raise Failed(f"no JSON: {error}", Reason.MALFORMED) from error
    if isinstance(entries, dict) and isinstance(entries.get("segments"), list):
        entries = entries["segments"]
    if not isinstance(entries, list):
        raise Dropped(Reason.UNSUPPORTED, "JSON, but not a list of timed texts")
    if any(isinstance(entry, dict) and "translatedText" in entry for entry in entries[:3]):
        raise Dropped(Reason.TRANSLATION_TABLE, "entries pair a sentence with its translation")
    return _result(paragraphs(_timed(entry) for entry in entries), item.title, "timed-json")


def _result(text: str, title: str | None, extractor: str) -> Extracted:
    if not text:
        raise Dropped(Reason.EMPTY, "no words were spoken")
    return Extracted(text, title, extractor)


def _timed(entry: object) -> Utterance:
    match entry:
        case [str(text), (int() | float()) as start, (int() | float()) as end, *_]:
            return Utterance(float(start), float(end), without_sounds(text))
        case {"text": str(text), "start": (int() | float()) as start, "end": (int() | float()) as end}:
            return Utterance(float(start), float(end), without_sounds(text))
        case {"body": str(text), "startTime": (int() | float()) as start, **rest}:
            until = rest.get("endTime")
            return Utterance(float(start), float(until if isinstance(until, int | float) else start), without_sounds(text))
        case _:
            raise Dropped(Reason.UNSUPPORTED, f"an entry is no timed text: {str(entry)[:80]}")


def _cues(source: str) -> Iterator[_Cue]:
    """The cues of a file; headers, notes, styles and numbers lie outside of them."""
    timing: tuple[float, float] | None = None
    lines: list[str] = []
    for line in source.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        found = _TIMING.match(line) if "-->" in line else None
        if found:
            if timing and lines:
                yield _Cue(*timing, _spoken(lines, numbered=True))
            timing, lines = (_seconds(found.group(1)), _seconds(found.group(2))), []
        elif not line.strip("\n") and timing:
            yield _Cue(*timing, _spoken(lines, numbered=False))
            timing, lines = None, []
        elif timing:
            lines.append(line)
    if timing:
        yield _Cue(*timing, _spoken(lines, numbered=False))


def _once(cues: Iterable[_Cue]) -> Iterator[_Cue]:
    """Cues without exact repeats: files joined from segments hold the cue at each join twice, at the same times."""
    last: _Cue | None = None
    for cue in cues:
        if cue != last:
            yield cue
        last = cue


def _spoken(lines: list[str], *, numbered: bool) -> tuple[str, ...]:
    """Lines without tags; `numbered` where the next cue's number may have been read as the last line."""
    if numbered and lines and lines[-1].strip().isdigit():
        lines = lines[:-1]
    plain = (_TAG.sub("", _VOICE.sub(r"\1: ", _INLINE_TIME.sub("", line))) for line in lines)
    return tuple(text for line in plain if (text := " ".join(html.unescape(line).split())))


def _seconds(clock: str) -> float:
    seconds = 0.0
    for part in clock.replace(",", ".").split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def _is_rolling(source: str, cues: list[_Cue]) -> bool:
    """Roll-up captions show the line before again above each new one."""
    if _INLINE_TIME.search(source):
        return True
    pairs = [(before.lines[-1], cue.lines[0]) for before, cue in pairwise(cues) if before.lines and cue.lines]
    return len(pairs) >= 5 and sum(before == now for before, now in pairs) > ROLLING_SHARE * len(pairs)


def _unrolled(cues: Iterable[_Cue]) -> Iterator[_Cue]:
    """Each line only in the cue in which it first appears, and of a line that grows only what is new."""
    shown: tuple[str, ...] = ()
    for cue in cues:
        if not cue.lines:
            continue
        overlap = max(
            (count for count in range(1, min(len(shown), len(cue.lines)) + 1) if shown[-count:] == cue.lines[:count]),
            default=0,
        )
        fresh = cue.lines[overlap:]
        if not overlap and shown and cue.lines[0].startswith(shown[-1] + " "):
            fresh = (cue.lines[0][len(shown[-1]) + 1 :], *cue.lines[1:])
        shown = cue.lines
        if fresh:
            yield _Cue(cue.start, cue.end, fresh)


def _utterances(cues: Iterable[_Cue]) -> Iterator[Utterance]:
    for cue in cues:
        for line in cue.lines:
            turn = _TURN.match(line)
            yield Utterance(cue.start, cue.end, without_sounds(line[turn.end() :] if turn else line), turn is not None)
