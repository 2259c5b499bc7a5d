"""The numbers of items in lists of wikitext, counted as MediaWiki counts them."""

import re

NUMBER = "\ue008"
"""Stands before and behind the number of an item, between its marks and its text."""

_MARKS = re.compile(r"([*#:;]++)[ \t]*+(?=\S)")
_CODE = re.compile("[ \t]*(?:\ue000\\d+\ue001[ \t]*)+")


def numbered(text: str) -> str:
    """Wikitext with the number of each item of a numbered list behind its marks.

    A line that is no item ends all lists, but for a block of code within an item; an item that says nothing is not counted.
    """
    return "\n".join(map(_Lists().line, text.split("\n"))) if "#" in text else text


class _Lists:
    """The lists that are open at a line: the marks of the item before it and how many items each level has."""

    def __init__(self) -> None:
        self._marks = ""
        self._counts: list[int] = []
        self._in_code = False

    def line(self, line: str) -> str:
        if found := _MARKS.match(line):
            self._in_code = False
            number = self._take(found.group(1).replace(";", ":"))
            return f"{found.group(1)}{NUMBER}{number}{NUMBER}{line[found.end() :]}" if found.group(1)[-1] == "#" else line
        if self._marks and _CODE.fullmatch(line):
            self._in_code = True
        elif self._in_code and not line:
            self._in_code = False
        elif not line.startswith(("*", "#", ":", ";")):
            self._marks = ""
            self._counts.clear()
        return line

    def _take(self, marks: str) -> int:
        """The number of the next item with these marks: lists of other marks end, those that it goes on stay open."""
        alike = 0
        while alike < min(len(marks), len(self._marks)) and marks[alike] == self._marks[alike]:
            alike += 1
        del self._counts[alike:]
        if alike == len(marks):
            self._counts[-1] += 1
        self._counts += [1] * (len(marks) - alike)
        self._marks = marks
        return self._counts[-1]
