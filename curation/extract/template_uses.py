"""How much of what the templates of a page are given comes into its text: the meter of lost text, per name."""

from collections.abc import Callable
from dataclasses import dataclass

from curation.document import TemplateUse
from curation.extract.guesses import tagged, without_marks
from curation.extract.measures import UNKNOWN
from curation.extract.templates import expand, given, is_left_out, name_of

_LONGEST_NAME = 100  # characters that are told; what is longer is no name but a mistake of the page


@dataclass
class _Counts:
    number: int
    calls: int = 0
    given: int = 0
    kept: int = 0


class TemplateMeter:
    """Expands the calls of one page by `expansion` and counts what becomes of their arguments.

    What a call shows within the arguments of another is kept: where it is lost, it is the other one that loses it.
    """

    def __init__(self, expansion: Callable[[list[str], str], str] = expand) -> None:
        self._expansion = expansion
        self._counts: dict[str, _Counts] = {}
        self._numbered: list[_Counts] = []

    def __call__(self, parts: list[str], title: str) -> str:
        """The text of a call, its guess tagged."""
        shown = self._expansion(parts, title)
        name = name_of(parts[0])
        counts = self._counts.get(name) or self._begun(name)
        counts.calls += 1
        counts.given += sum(map(_characters, given(parts)))
        if shown:
            counts.kept += _characters(shown)
            shown = tagged(shown, counts.number)
        return shown

    def _begun(self, name: str) -> _Counts:
        counts = self._counts[name] = _Counts(len(self._counts))
        self._numbered.append(counts)
        return counts

    def left_out(self, number: int, guess: str) -> None:
        """Takes back a guess that does not stay, of the name with this number."""
        self._numbered[number].kept -= _characters(guess)

    def uses(self) -> tuple[TemplateUse, ...]:
        """The templates of the page, by name."""
        return tuple(
            TemplateUse(name[:_LONGEST_NAME], counts.calls, counts.given, counts.kept, is_left_out(name))
            for name, counts in sorted(self._counts.items())
        )


def _characters(text: str) -> int:
    """How many a reader could see."""
    seen = "".join(text.split())
    return len(seen) if seen.isascii() else len(without_marks(seen)) - seen.count(UNKNOWN)
