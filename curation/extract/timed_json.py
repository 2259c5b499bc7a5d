"""Timed transcripts in JSON: lists of texts with their times, as recognisers, players and podcasts write them."""

import json
from collections.abc import Iterator, Mapping

from curation.clean.encoding import decode
from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted, Failed, require_size
from curation.extract.captions import MAX_BYTES, spoken_text
from curation.extract.speakers import speaker_label
from curation.extract.speech import Utterance, without_sounds

LISTS = ("segments", "events")


def extract_timed_json(item: Captured) -> Extracted:
    """The words of a transcript in JSON: a list, or an object with a list of segments or of events.

    An entry is `[text, start, end]`, a sentence or a single word; or `text` with `start` and `end` or `duration`; or a podcast's
    `body` with `startTime` (https://podcasting2.org/docs/podcast-namespace/tags/transcript); or an event of YouTube's own
    captions, whose `segs` hold the words.
    """
    require_size(item.content, MAX_BYTES)
    try:
        entries = json.loads(decode(item.content, item.charset), parse_int=float)  # an int may have more digits than a time can
    except (json.JSONDecodeError, RecursionError) as error:
        raise Failed(f"no JSON: {error}", Reason.MALFORMED) from error
    if isinstance(entries, dict):
        entries = next((entries[name] for name in LISTS if isinstance(entries.get(name), list)), None)
    if not isinstance(entries, list):
        raise Dropped(Reason.UNSUPPORTED, "JSON, but not a list of timed texts")
    if any(isinstance(entry, dict) and "translatedText" in entry for entry in entries[:3]):
        raise Dropped(Reason.TRANSLATION_TABLE, "entries pair a sentence with its translation")
    return spoken_text((each for entry in entries for each in _timed(entry)), item.title, "timed-json")


def _timed(entry: object) -> Iterator[Utterance]:
    match entry:
        case [str(text), (int() | float()) as start, (int() | float()) as end, *_]:
            yield _utterance(text, start, end, None)
        case {"text": str(text), "start": (int() | float()) as start, "end": (int() | float()) as end, **rest}:
            yield _utterance(text, start, end, rest.get("speaker"))
        case {"text": str(text), "start": (int() | float()) as start, "duration": (int() | float()) as seconds, **rest}:
            yield _utterance(text, start, start + seconds, rest.get("speaker"))
        case {"body": str(text), "startTime": (int() | float()) as start, **rest}:
            until = rest.get("endTime")
            yield _utterance(text, start, until if isinstance(until, int | float) else start, rest.get("speaker"))
        case {"tStartMs": (int() | float()) as start, **rest}:
            yield from _event(start, rest)
        case _:
            raise Dropped(Reason.UNSUPPORTED, f"an entry is no timed text: {str(entry)[:80]}")


def _event(start: float, event: Mapping[object, object]) -> Iterator[Utterance]:
    """An event of YouTube's captions, times in thousandths of a second; those without words set up the window."""
    pieces = event.get("segs")
    words = [str(piece.get("utf8", "")) for piece in pieces if isinstance(piece, dict)] if isinstance(pieces, list) else []
    if text := "".join(words).strip():
        offsets = [piece.get("tOffsetMs") for piece in pieces if isinstance(piece, dict)] if isinstance(pieces, list) else []
        last = max((offset for offset in offsets if isinstance(offset, int | float)), default=None)
        duration = event.get("dDurationMs")
        lasts = last + 300 if last is not None else duration if isinstance(duration, int | float) else 0
        yield _utterance(text, start / 1000, (start + lasts) / 1000, None)


def _utterance(text: str, start: float, end: float, speaker: object) -> Utterance:
    return Utterance(float(start), float(end), without_sounds(text), False, speaker_label(speaker) if isinstance(speaker, str) else "")
