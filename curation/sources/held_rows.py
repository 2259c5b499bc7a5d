"""Rows of a table that are held back until it is known what columns it has."""

from collections.abc import Iterator


class HeldRows:
    """Rows that no document can be made of, as runs of numbers: there may be as many as the file has."""

    def __init__(self) -> None:
        self._runs: list[tuple[int, int, frozenset[str]]] = []

    def add(self, number: int, present: frozenset[str]) -> None:
        """Holds a row back, of which no more is kept than which of the needed columns it has."""
        if self._runs and (last := self._runs[-1])[1:] == (number - 1, present):
            self._runs[-1] = (last[0], number, present)
        else:
            self._runs.append((number, number, present))

    def taken(self) -> Iterator[tuple[int, frozenset[str]]]:
        """Number and present columns of each row, which are then held no more."""
        runs, self._runs = self._runs, []
        for first, last, present in runs:
            yield from ((number, present) for number in range(first, last + 1))
