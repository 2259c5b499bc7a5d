"""Turns: where a line of speech passes to another speaker, by its marks and by the names that lead lines."""

import re
from collections.abc import Iterator, Sequence

from curation.extract.speakers import labels, led_by, speaker_label
from curation.extract.speech import Utterance, is_sound, without_sounds

_TURN = re.compile(r"(?:^|(?<=\s))>>+(?=\s|\w|$)|^\s*(?:-(?=\s|[^\W\d])|–(?=\s))")
_SPEAKER = re.compile("\ue000([^\ue000\ue001]*)\ue001")


class Turns:
    """The turns of a transcript, by the first lines of what is shown or said at a time."""

    def __init__(self, heads: Sequence[str]) -> None:
        self._named, self._always = labels([without_marks(head)[-1] for head in heads])

    def of(self, line: Utterance) -> Iterator[Utterance]:
        """A line's parts, each of one speaker: at marks of a new one, at the name of a voice, at a name before a colon."""
        if is_sound(line.text):
            return
        for number, part in enumerate(without_marks(line.text)):
            turn = number > 0 or line.turn
            pieces = _SPEAKER.split(part) if "\ue000" in part else [part]
            for name, said in zip(["", *pieces[1::2]], pieces[::2], strict=True):
                label, rest = led_by(said) if self._named else ("", said)
                if label in self._named and self._always and rest:
                    name, said = label, rest
                elif label in self._named:
                    said, turn = f"{speaker_label(label)}: {rest}", True
                yield Utterance(line.start, line.end, without_sounds(said), turn, speaker_label(name) if name else "")
                turn = False


def without_marks(line: str) -> list[str]:
    """The parts of a line before and after each mark of a new speaker."""
    return [part.lstrip() for part in _TURN.split(line)] if ">>" in line or line[:1] in ("-", "–") else [line]


def is_shared(lines: Sequence[str]) -> bool:
    """Whether several speak in what is shown at a time, each after a dash."""
    return sum(line[:1] in ("-", "–") and len(without_marks(line)) > 1 for line in lines) > 1
