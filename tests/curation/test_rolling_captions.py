"""Roll-up captions in every shape that programs write them: what was spoken, word for word, once."""

import json
from dataclasses import dataclass

import pytest
from captured_items import item

from curation.domains import Domain
from curation.extract import extract

VTT, SRT, JSON = "text/vtt", "application/x-subrip", "application/x-transcript+json"


@dataclass(frozen=True)
class Clip:
    """A clip as a program writes it, and what a listener hears."""

    shape: str
    spoken: str
    content: str
    media_type: str = VTT


def clock(seconds: float, mark: str = ".") -> str:
    minutes, rest = divmod(seconds, 60)
    return f"00:{int(minutes):02}:{rest:06.3f}".replace(".", mark)


def vtt(*cues: tuple[float, float, str]) -> str:
    lines = (f"{clock(start)} --> {clock(end)} align:start position:0%\n{text}\n" for start, end, text in cues)
    return "WEBVTT\n\n" + "\n".join(lines) + "\n"


def srt(*cues: tuple[float, float, str]) -> str:
    lines = (f"{n}\n{clock(start, ',')} --> {clock(end, ',')}\n{text}\n" for n, (start, end, text) in enumerate(cues, 1))
    return "\n".join(lines)


def tagged(start: float, line: str) -> str:
    """A line as YouTube's recogniser writes it: each word after the first with its time."""
    first, *words = line.split()
    return first + "".join(f"<{clock(start + 0.2 * n)}><c> {word}</c>" for n, word in enumerate(words, 1))


def recogniser(*lines: tuple[float, float, str], flush: bool = True) -> str:
    """Captions as YouTube's recogniser writes them: the line before, then the new one, then 10 ms of the new one alone."""
    cues: list[tuple[float, float, str]] = []
    before = " "
    for start, end, line in lines:
        cues.append((start, end, f"{before}\n{tagged(start, line)}"))
        if flush:
            cues.append((end, end + 0.01, f"{line}\n "))
        before = line
    return vtt(*cues)


HARBOUR = [(1.0, 3.0, "the harbour opens at"), (3.01, 5.0, "six in the morning and"), (5.01, 7.0, "closes when the tide turns")]
HARBOUR_SPOKEN = "the harbour opens at six in the morning and closes when the tide turns"

CLIPS = [
    Clip("recogniser with word times and flushes", HARBOUR_SPOKEN, recogniser(*HARBOUR)),
    Clip("recogniser without flushes", HARBOUR_SPOKEN, recogniser(*HARBOUR, flush=False)),
    Clip(
        "a line of one word, said again on the next line and once more",
        "it rains rains rains here",
        recogniser((1, 2, "it rains"), (2.01, 3, "rains"), (3.01, 4, "rains here")),
    ),
    Clip(
        "equal lines of one word without flushes",
        "no no no really not",
        vtt((1, 2, "no"), (2, 3, "no\nno"), (3, 4, "no\nno"), (4, 5, "no\nreally not")),
    ),
    Clip(
        "two cues only, as SubRip without word times",
        "we start with the keel and then the ribs",
        srt((0, 2, "we start with the keel"), (2, 4, "we start with the keel\nand then the ribs")),
        SRT,
    ),
    Clip(
        "SubRip made from a recogniser's captions, flushes kept",
        "we start with the keel and then the ribs of oak",
        srt(
            (0, 2, "we start with the keel"),
            (2, 2.01, "we start with the keel"),
            (2.01, 4, "we start with the keel\nand then the ribs"),
            (4, 4.01, "and then the ribs"),
            (4.01, 6, "and then the ribs\nof oak"),
        ),
        SRT,
    ),
    Clip(
        "a window of three lines, as broadcasters roll",
        "good evening the storm has passed trains run again schools stay shut",
        vtt(
            (0, 2, "good evening"),
            (2, 4, "good evening\nthe storm has passed"),
            (4, 6, "good evening\nthe storm has passed\ntrains run again"),
            (6, 8, "the storm has passed\ntrains run again\nschools stay shut"),
        ),
    ),
    Clip(
        "a line that grows word by word",
        "bees dance to tell the others bees",
        vtt((0, 1, "bees"), (1, 2, "bees dance"), (2, 3, "bees dance to tell"), (3, 4, "bees dance to tell the others"), (4, 5, "bees")),
    ),
    Clip(
        "a line that grows, is broken anew, and rolls",
        "copper turns green in the rain over many years",
        vtt(
            (0, 1, "copper turns green"),
            (1, 2, "copper turns green in"),
            (2, 3, "copper turns\ngreen in the rain"),
            (3, 4, "green in the rain\nover many years"),
        ),
    ),
    Clip(
        "each word lit in its turn",
        "salt the water first",
        vtt(
            (0, 0.5, "<u>salt</u> the water first"),
            (0.5, 0.7, "salt <u>the</u> water first"),
            (0.7, 1.2, "salt the <u>water</u> first"),
            (1.2, 1.3, "salt the water first"),
            (1.3, 2, "salt the water <u>first</u>"),
        ),
    ),
    Clip(
        "a line said again after the screen was cleared",
        "is anybody there is anybody there please answer",
        recogniser((1, 3, "is anybody there")) + recogniser((9, 11, "is anybody there"), (11.01, 12, "please answer")),
    ),
    Clip(
        "a chorus of single lines with word times, each sung twice",
        "row the boat row the boat home",
        vtt((1, 2, tagged(1, "row the boat")), (2, 3, tagged(2, "row the boat")), (3, 4, "home")),
    ),
    Clip(
        "colours, blank lines of zero width and hard spaces",
        "clay needs time to dry",
        vtt(
            (0, 2, "\u200b\n<c.colorE5E5E5>clay<00:00:00.500><c> needs</c></c>"),
            (2, 2.01, "<c.colorE5E5E5>clay&nbsp;needs</c>\n\u200b"),
            (2.01, 4, "<c.colorE5E5E5>clay needs</c>\n<c.colorCCCCCC>time<00:00:02.600><c> to</c><00:00:03.000><c> dry</c></c>"),
        ),
    ),
    Clip(
        "sounds and marks of turns that roll along",
        "who left the gate open not me",
        vtt(
            (0, 2, "[Music]"),
            (2, 4, "[Music]\n&gt;&gt; who left the gate open"),
            (4, 4.01, "&gt;&gt; who left the gate open"),
            (4.01, 6, "&gt;&gt; who left the gate open\n&gt;&gt; not me [laughter]"),
        ),
    ),
    Clip(
        "segments joined with the cue at each seam twice",
        "the lamp is lit at dusk and burns till dawn",
        vtt((0, 2, "the lamp is lit"), (2, 4, "the lamp is lit\nat dusk and"))
        + vtt((2, 4, "the lamp is lit\nat dusk and"), (4, 6, "at dusk and\nburns till dawn")),
    ),
    Clip(
        "the player's own JSON, whose appended events only break lines",
        "the lamp is lit at dusk",
        json.dumps(
            {
                "wireMagic": "pb3",
                "events": [
                    {"tStartMs": 0, "dDurationMs": 9000, "id": 1, "wpWinPosId": 1},
                    {
                        "tStartMs": 0,
                        "dDurationMs": 4000,
                        "segs": [{"utf8": "the"}, {"utf8": " lamp", "tOffsetMs": 9}, {"utf8": " is lit"}],
                    },
                    {"tStartMs": 2000, "dDurationMs": 10, "aAppend": 1, "segs": [{"utf8": "\n"}]},
                    {"tStartMs": 2010, "dDurationMs": 2000, "segs": [{"utf8": "at dusk"}]},
                    {"tStartMs": 4010, "dDurationMs": 2000, "segs": [{"utf8": "[Music]"}]},
                ],
            }
        ),
        JSON,
    ),
    Clip(
        "no roll-up: an answer that repeats the question's last line",
        "you sold the boat? sold the boat? yes. yes. why? I was tired.",
        vtt((0, 1, "you sold\nthe boat?"), (1, 2, "sold\nthe boat?"), (2, 3, "yes."), (3, 4, "yes."), (4, 6, "why? I was tired.")),
    ),
    Clip(
        "no roll-up: a dialogue in which one word comes back",
        "no. never. never. not even once? once.",
        vtt((0, 1, "no.\nnever."), (1, 2, "never.\nnot even once?"), (2, 3, "once.")),
    ),
]


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.shape)
def test_each_word_that_was_spoken_stands_once(clip: Clip) -> None:
    assert extract(item(clip.content, clip.media_type, Domain.TRANSCRIPT)).text.split() == clip.spoken.split()


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.shape)
def test_line_ends_of_another_system_change_nothing(clip: Clip) -> None:
    as_windows = clip.content.replace("\n", "\r\n")
    assert extract(item(as_windows, clip.media_type, Domain.TRANSCRIPT)).text.split() == clip.spoken.split()
