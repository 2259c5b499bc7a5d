"""Boilerplate: lines that many documents of a source share, such as notices, menus and sign-offs.

What is content in one source is boilerplate in another, so no list of phrases can tell. A line is boilerplate where it says
something in words (or stands in a long list), and recurs in documents that are otherwise different: `recurring.py` counts.
Headings, rows of tables, indented lines and code are never taken. In transcripts the unit is the sentence.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from curation.clean.edits import Edit
from curation.domains import Domain
from curation.signals.unspaced import parted


@dataclass(frozen=True)
class Recurring:
    """What recurs in a source: the keys of its lines, and their outlines, by which most other lines are told at a glance."""

    keys: frozenset[str] = frozenset()
    outlines: frozenset[str] = frozenset()


NOTHING = Recurring()

NOTICE_PERCENT = 2  # of a source's documents, for lines with words that notices are made of
LONG_PERCENT = 10  # for lines of many words: D&D rules recur verbatim in 8 % of the pages on monsters
SHORT_PERCENT = 20  # for lines of few words
PAPER_SHORT_PERCENT = 50  # the same in papers, whose proofs begin and end in the same words
LIST_PERCENT = 2  # for items of long lists: in fewer documents they may be states, months or books of a series

LONG_WORDS, SHORT_WORDS, NOTICE_WORDS = 8, 5, 3
SPOKEN_LONG_WORDS, SPOKEN_SHORT_WORDS = 10, 6
LONG_LIST = 12  # items
LONGEST_ITEM = 60  # characters
LONGEST_HEADING = 200  # characters, with the blank lines under it

_NO_PROSE = re.compile(r"\s{4}|\t|[|=!{\[]|<(?!<)|#{2,}|#\S|[\w.-]+ ?=")
_ITEM = re.compile(r"\s{0,3}[-*•·‣▪] +\S")
_WORD = re.compile(r"(?<![^\s*_\"'(“‘«])[^\W\d_](?:[^\W\d_A-Z]|[’'])*(?=[.,;:!?)*_\"'”’»。、！？]*(?:\s|$))")
_NOTICE = re.compile(
    r"©|\(c\) |\b(?:copyright|all rights reserved|retrieved from|last (?:edited|modified|updated)|privacy policy|terms of (?:use|service)|"
    r"click (?:here|to)|download this|back to top|share this|follow (?:us|me|the show)|brought to you|additional citations|is a stub|"
    r"improve this (?:article|section|page)|edit this|if not, see|jump to|skip to|powered by|read more|redistribut\w+|"
    r"(?:any|no|implied|without) warrant(?:y|ies)|licen[cs]ed under)\b",
    re.IGNORECASE,
)
_MAYBE_NOTICE = re.compile(
    r"\b(?:licen[cs]ed?|warranty|cookies?|subscrib\w+|newsletter|sign (?:in|up)|log ?in|back to|advertis\w+|sponsor\w*)\b", re.IGNORECASE
)
_TO_READERS = re.compile(
    r"\b(?:we|our|us|you|your|please|thanks?|(?:this|the) (?:(?:web)?site|page|show|podcast|episode|video|channel|file|software|program))\b"
    r"|https?:|\A\W*(?:subscrib|sponsor|advertis|sign (?:in|up)|log ?in|back to)",
    re.IGNORECASE,
)
_SPEECH = re.compile(r"\s*(?:[\"“”„«‘]|[A-Z][\w.’' -]{0,30}: )")
_ADDRESS = re.compile(r"https?://[!-~]+")
_NUMBER = re.compile(r"[0-9][0-9]*")  # written so, only digits are tried
_HEADING = re.compile(r"#{1,6} [^\n]*")
_SECTION_END = re.compile(r"\s*(?:\Z|#{1,6} )")
_EMPTY_MARK = re.compile(r"[ \t]*(?:#+|//+|\*+|;+|%+|--+)?[ \t]*")
_SENTENCE_END = re.compile(r"[.!?\n](?:(?<=\n)|[\"')\]]*(?=\s))")


@dataclass(frozen=True)
class Unit:
    """A line or a sentence that might be boilerplate: where it stands, what it is known by, and how often it has to recur."""

    start: int
    end: int  # without the line end
    key: str
    percent: int  # of the documents
    in_list: bool = False  # whether it is an item of a long list


def units(text: str, domain: Domain, worth: Callable[[str], bool]) -> Iterator[Unit]:
    """What might be boilerplate in a text, in order, among the lines whose outline is worth a closer look."""
    if domain is Domain.TRANSCRIPT:
        return _sentences(text, worth)
    return _lines(text, worth, PAPER_SHORT_PERCENT if domain is Domain.PAPER else SHORT_PERCENT)


def outline(line: str) -> str:
    """A line without what may differ between two that count as the same: numbers and addresses."""
    plain = _NUMBER.sub("0", line.strip())
    return _ADDRESS.sub("http", plain) if "://" in plain else plain


def without(recurring: Recurring, domain: Domain) -> Callable[[str], Iterator[Edit]]:
    """The cleaner of a source: takes out what recurs in it."""
    return lambda text: _cuts(text, domain, recurring)


def _lines(text: str, worth: Callable[[str], bool], short_percent: int) -> Iterator[Unit]:
    run, start, fenced = list[tuple[int, str]](), 0, False
    for line in text.split("\n"):
        size = len(line)
        if line.startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced and 2 < size <= LONGEST_ITEM and _ITEM.match(line):
            run.append((start, line))
        else:
            if run:
                yield from _items(run, worth)
                run = []
            if not fenced and _may_say(line) and worth(outline(line)):
                yield from _prose(line, start, LONG_WORDS, SHORT_WORDS, short_percent, True)
        start += size + 1
    yield from _items(run, worth)


def _items(run: list[tuple[int, str]], worth: Callable[[str], bool]) -> Iterator[Unit]:
    if len(run) >= LONG_LIST:
        for start, line in run:
            if worth(outline(line)):
                yield Unit(start, start + len(line), "list " + line.strip(), LIST_PERCENT, True)


def _sentences(text: str, worth: Callable[[str], bool]) -> Iterator[Unit]:
    last = 0
    for end in (*(found.end() for found in _SENTENCE_END.finditer(text)), len(text)):
        sentence = text[last:end].rstrip()
        if _may_say(sentence) and worth(outline(sentence)):
            start = last + len(sentence) - len(sentence.lstrip())
            yield from _prose(sentence.lstrip(), start, SPOKEN_LONG_WORDS, SPOKEN_SHORT_WORDS, SHORT_PERCENT, False)
        last = end


def _may_say(line: str) -> bool:
    """A quick look that most lines of data do not pass."""
    return len(line) > 11 and line[0] not in "\t|={[" and (line.count(" ") >= NOTICE_WORDS - 1 or not line.isascii())


def _is_notice(line: str) -> bool:
    """Whether a line has a phrase of notices, or a word that they have too and speaks to readers of the site itself."""
    return _NOTICE.search(line) is not None or (_MAYBE_NOTICE.search(line) is not None and _TO_READERS.search(line) is not None)


def _prose(line: str, start: int, many: int, few: int, short_percent: int, is_written: bool) -> Iterator[Unit]:
    """The unit of a line that says something in words; nothing for any other, nor for what somebody in the text says."""
    if _NO_PROSE.match(line):
        return
    end, plain = start + len(line), _ADDRESS.sub("http", line.strip())
    words = _WORD.findall(parted(plain))
    if _is_notice(plain):
        if len(words) >= NOTICE_WORDS:
            yield Unit(start, end, "notice " + _NUMBER.sub("0", plain), NOTICE_PERCENT)
    elif is_written and _SPEECH.match(line):
        return
    elif len(words) >= (many if line.startswith("#") else few) and 2 * sum(map(len, words)) >= len(plain):
        yield Unit(start, end, "line " + plain, LONG_PERCENT if len(words) >= many else short_percent)


def _cuts(text: str, domain: Domain, recurring: Recurring) -> Iterator[Edit]:
    cuts, last = list[tuple[int, int]](), 0
    for start, end in _recurring_spans(text, domain, recurring):
        if domain is Domain.TRANSCRIPT:
            start, end = _with_space(text, start, end)
        else:
            start, end = _with_marks(text, max(last, start), end)
        if start < end and start >= last:
            cuts.append((start, end))
            last = end
    if domain is not Domain.TRANSCRIPT:
        cuts = sorted([*cuts, *_emptied(text, cuts)])
    yield from ((start, end, "") for start, end in cuts)


def _emptied(text: str, cuts: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The headings under which nothing is left."""
    first = 0
    for number, (_, end) in enumerate(cuts):
        following = cuts[number + 1][0] if number + 1 < len(cuts) else -1
        if following >= 0 and (following == end or text[end:following].isspace()):
            continue
        above = len(text[max(0, cuts[first][0] - LONGEST_HEADING) : cuts[first][0]].rstrip()) + max(0, cuts[first][0] - LONGEST_HEADING)
        begin = text.rfind("\n", 0, above) + 1
        if _HEADING.match(text, begin, above) and _SECTION_END.match(text, end) and (first == 0 or cuts[first - 1][1] <= begin):
            yield begin, min(above + 1, cuts[first][0])
        first = number + 1


def _recurring_spans(text: str, domain: Domain, recurring: Recurring) -> Iterator[tuple[int, int]]:
    found = units(text, domain, recurring.outlines.__contains__)
    for in_list, group in groupby(found, key=lambda unit: unit.in_list):
        known = [unit for unit in group if unit.key in recurring.keys]
        if not in_list or len(known) >= LONG_LIST:
            yield from ((unit.start, unit.end) for unit in known)


def _with_space(text: str, start: int, end: int) -> tuple[int, int]:
    """A sentence with the space after it, or its whole line where it is alone."""
    while text[end : end + 1] in (" ", "\t"):
        end += 1
    if text[end : end + 1] in ("\n", "") and (start == 0 or text[start - 1] == "\n"):
        end = min(len(text), end + 1)
    return start, end


def _with_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """A line with its end, and with the lines around it that hold nothing but the mark of a comment."""
    end = min(len(text), end + 1)
    while (following := text.find("\n", end)) >= 0 and following - end < 8 and following > end and _is_mark(text[end:following]):
        end = following + 1
    return start, end


def _is_mark(line: str) -> bool:
    return bool(line.strip()) and _EMPTY_MARK.fullmatch(line) is not None
