"""Licence headers: the legal words at the top of a source file, which a repository repeats in each of its files.

They are cut by paragraph, and without the sentences at a paragraph's ends that say what the file is for. A file that says under
which licence it is says more than its repository does; where its words are no known licence's, the licence is unknown, and never
taken for a permissive one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from curation.clean.edits import Edit, merged
from curation.sources.git.licences import UNKNOWN, identified

LONGEST_HEADER = 20_000  # characters; the longest licence that people paste into files has half of that
LEAST_PLAIN_WORDS = 3  # of a sentence that says what a file is for; names of people have capitals
MOST_BLOCKS = 6  # comments at the top that are looked at

_OPENING = re.compile(
    r"\ufeff?(?:#![^\n]*\n)?(?:<\?(?:xml|php)[^\n]*\n)?(?:[#/\" *]*[^\n]{0,20}coding[:=][^\n]*\n)?(?:[ \t]*@charset[^\n]*\n)?"
)
_BLOCK = re.compile(
    r"[ \t]*(?:/\*(?:(?!\*/)[\s\S])*\*/|<!--(?:(?!-->)[\s\S])*-->|\(\*(?:(?!\*\))[\s\S])*\*\)"
    r"|[rRuU]?(?P<quotes>\"\"\"|''')(?:(?!(?P=quotes))[\s\S])*(?P=quotes))[ \t]*(?:\n|\Z)"
)
_LINES = re.compile(r"[ \t]*(?P<mark>//+!?|#+|--+|;+|%+|\"(?!\"\"))[^\n]*(?:\n[ \t]*(?P=mark)[^\n]*)*(?:\n|\Z)")
_DECORATION = re.compile(
    r"^[ \t]*(?:/\*+!?|<!--|\(\*|[rRuU]?\"\"\"|[rRuU]?'''|//+!?|#+|--+|;+|%+|\"|[|\\]?\*+(?!/))?|(?:\*+[/|\\]|-->|\*\)|\"\"\"|''')?[ \t]*$"
)
_RULE = re.compile(r"[-=*#/~+_|\\ \t]*")
_LEGAL = re.compile(
    r"copyright|\(c\) ?(?:19|20)\d\d|©|spdx-|@licen[cs]e|licen[cs]ed? (?:under|for|as|by|at|from)|\blicen[cs]e ?:|permission is hereby|"
    r"redistributions? (?:and|of|in)|this (?:software|program|library|source code|code|file|material|work) is (?:provided|distributed|"
    r"free software|licensed|released|made available|subject to)|\bas[- ]is\b|warrant(?:y|ies)|general public licen[cs]e|"
    r"apache licen[cs]e|mozilla public|(?:distributed|released|available|governed) (?:under|by)|all rights reserved|"
    r"\b(?:mit|bsd|isc|boost software) licen[cs]e|see (?:the )?(?:accompanying )?(?:file )?licen[cs]e|licen[cs]e information|"
    r"you may not use this file|you may obtain a copy|in no event shall|above copyright notice|you should have received a copy|"
    r"neither the name of|limitations under the|permissions? (?:notice|to use)|misrepresented|altered source versions|removed or altered",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"(?i:copyright)(?:ed)?\s*(?:(?i:\(c\))|©|[:,]|(?i:by|the|protected)\b|\(?(?:19|20)\d\d|[A-Z][^\s(]|[\[<{]|&copy)"
    r"|(?:(?i:\(c\))|©)\s*(?:(?i:copyright)\s*)?(?:[\d, –-]*(?:19|20)\d\d\b[-–, .]*(?:(?i:by)\b|[^\sa-z]|\Z)|[A-Z]|<|\Z)"
    r"|\A\W*(?:(?i:\(c\))|©)|(?i:spdx-licen[cs]e|@licen[cs]e|@copyright)|\A\W*(?i:licen[cs]e)\s*(?:[:=]\s*)?(?:[A-Z0-9<\[]|\Z)"
    r"|(?i:(?:licen[cs]ed|released|distributed|available|provided|governed|covered) (?:only )?(?:under|by|for|as|to))\W+"
    r"(?i:(?:the|an?|both|either|this|one)\b\W*)*(?i:terms|conditions|following|licen[cs]e|[\w.-]+[ -](?:style )?licen[cs]e|[\w.-]*bsd"
    r"|[\w.-]*mit\b|[al]?gpl|apache|gnu|mozilla|creative|public|you under)"
    r"|(?i:(?:general )?public licen[cs]e|(?:apache|mit|bsd|isc|zlib|boost|boost software|modified|gpl|x11)(?:[- ]style)? licen[cs]e)"
    r"|(?i:permission (?:is hereby|to use)|redistributions? (?:and|of|in) |you may not use this file|in no event shall|see copyright)"
    r"|(?i:all rights reserved)(?!\s+[a-z])|(?i:(?:in|into|to) the public domain)"
    r"|(?i:licen[cs]e (?:information|terms|that can be found|details))|(?i:see (?:the )?(?:[\w-]+ ){0,3}[\"'`]?)licen[cs]e\b|LICEN[CS]E\b"
)
"""A claim, by the shape of one: the words alone are what programs on licences speak of."""

_OWNED = re.compile(r"(?:portions )?(?:copyright|\(c\)|©|spdx-|@licen[cs]e|@copyright)", re.IGNORECASE)
_ENDED = re.compile(r"[.!?][\"')\]]?\Z")
_PLAIN_WORD = re.compile(r"(?<![\w@.])[a-z][a-z'-]{2,}(?![\w@])")
_OF_LICENCES = re.compile(
    r"software|licen[cs]|copy(?:right|left|ing)|warrant|liab|damage|permi[ts]|distribut|authors?\b|contribut|notice|\bterms?\b|grant|"
    r"(?:written|created|developed|maintained|ported|adapted|based|owned|published|derived|modified|taken) (?:by|on|from)|maintainer|"
    r"rights|reserved|https?:|\w@\w|condition|disclaim|reproduc|endors|trademark|patent|free of charge|provided|holder|implied|\blaws?\b|"
    r"\b(?:you|we|i) (?:may|can|must|should|are)\b|\bmay not\b|\bmust\b|\bshall\b|\bplease\b|\b(?:inc|ltd|gmbh|corp)\b|university|"
    r"foundation|public domain|credits?\b|thanks",
    re.IGNORECASE,
)
"""Words of licences and of those who own something: a sentence that has one is not kept for a description."""

_SPDX = re.compile(r"SPDX-License-Identifier:\s*([A-Za-z0-9.+-]+(?:\s+(?:AND|OR|WITH)\s+[A-Za-z0-9.+-]+)*)")
_ELSEWHERE = re.compile(
    r"(?:see|in|found in|to) (?:the )?(?:accompanying |enclosed |top-level )*(?:file )?[\"'`]?(?:licen[cs]e|copying|notice)|"
    r"licen[cs]e (?:file|that|information)|licen[cs]e\.(?:txt|md)|for (?:the )?(?:full )?licen[cs]e",
    re.IGNORECASE,
)
_GRANT = re.compile(r"permission|permitted|redistribut|licen[cs]e|public domain|warrant", re.IGNORECASE)
_TERMS = re.compile(r"permission is hereby granted|redistribution and use", re.IGNORECASE)
_NAMED: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("Apache-2.0", r"licen[cs]ed under the apache licen[cs]e,? (?:version )?v?2\.0|apache-2\.0|apache 2\.0 licen[cs]e"),
        ("MPL-2.0", r"mozilla public licen[cs]e,? v(?:ersion|\.)? ?2\.0|mpl-2\.0"),
        ("BSL-1.0", r"boost software licen[cs]e(?:,| -)? version 1\.0|bsl-1\.0"),
        (
            "MIT",
            r"(?:under|licen[cs]e ?:) ?(?:the )?(?:terms of (?:the )?)?mit\b|mit[- ]licen[cs]ed?\b|@licen[cs]e mit\b|"
            r"opensource\.org/licenses/mit",
        ),
        ("ISC", r"(?:under|licen[cs]e ?:) ?(?:the )?isc\b|\bisc licen[cs]ed?\b"),
        ("BSD-3-Clause", r"bsd[- ]3[- ]clause|(?:3|three)[- ]clause bsd|(?:new|modified|revised) bsd licen[cs]e"),
        ("BSD-2-Clause", r"bsd[- ]2[- ]clause|(?:2|two)[- ]clause bsd|simplified bsd licen[cs]e"),
    )
)
_GNU = re.compile(r"gnu (lesser |library |affero )?general public licen[cs]e", re.IGNORECASE)
_GNU_VERSION = re.compile(r"(?:version|v\.?) ?(\d(?:\.\d)?)", re.IGNORECASE)
_GNU_LATER = re.compile(r"\b(?:or|any)\b[^.]{0,30}\blater\b", re.IGNORECASE)


@dataclass(frozen=True)
class CommentLine:
    """A line of a comment: where it stands, and what it says."""

    start: int
    end: int  # with its line end
    words: str  # without the marks of a comment
    is_docstring: bool = False


def licence_header(text: str) -> Iterator[Edit]:
    """Cuts the paragraphs on copyright and licence from the comments at the top of a file, and comments that hold nothing else."""
    for block in comment_blocks(text):
        legal = [line for paragraph in _legal(block) for line in _without_description(paragraph)]
        if not legal:
            continue
        if all(line in legal or not _says(line) for line in block):
            yield block[0].start, _past_blank(text, block[-1].end), ""
            continue
        yield from merged(_cut_paragraphs(text, block, legal))


def header_licence(text: str) -> str | None:
    """The SPDX identifier of the licence that a file's own header names or quotes; None where it names none, or another file.

    `unknown` where it grants something in words of no licence that is known.
    """
    words = "\n".join(line.words for block in comment_blocks(text) for paragraph in _legal(block) for line in paragraph).strip()
    if not words:
        return None
    if tag := _SPDX.search(words):
        return " ".join(tag.group(1).split())
    if (whole := identified(words.encode("utf-8", "replace"))) != UNKNOWN:
        return whole
    flat = " ".join(words.split())
    gnu = _gnu(flat)
    named = {*([gnu] if gnu else []), *(name for name, pattern in _NAMED if pattern.search(flat))}
    if len(named) == 1 and not _TERMS.search(flat):  # terms that were no known licence's: its name does not count
        return named.pop()
    if not named and (_ELSEWHERE.search(flat) or not _GRANT.search(flat)):
        return None
    return UNKNOWN


def _gnu(flat: str) -> str | None:
    found = _GNU.search(flat)
    if found is None:
        return None
    kind = (found.group(1) or "").strip().lower()
    version = _GNU_VERSION.search(flat)
    if version is None:
        return UNKNOWN
    number = version.group(1) if "." in version.group(1) else f"{version.group(1)}.0"
    family = {"": "GPL", "affero": "AGPL"}.get(kind, "LGPL")
    return f"{family}-{number}-{'or-later' if _GNU_LATER.search(flat) else 'only'}"


def comment_blocks(text: str) -> Iterator[list[CommentLine]]:
    """The comments at the top of a file, before its first line of code, each as its lines."""
    head = text[:LONGEST_HEADER]
    opening = _OPENING.match(head)
    last = opening.end() if opening else 0
    for _ in range(MOST_BLOCKS):
        words = last + len(head[last:]) - len(head[last:].lstrip(" \t\n"))
        place = max(last, head.rfind("\n", 0, words) + 1)
        found = _BLOCK.match(head, place) or _LINES.match(head, place)
        if found is None or found.end() >= LONGEST_HEADER:
            return
        yield _lines(head, found.start(), found.end(), "quotes" in found.re.groupindex and found["quotes"] is not None)
        last = found.end()


def _lines(head: str, start: int, end: int, is_docstring: bool) -> list[CommentLine]:
    lines = []
    while start < end:
        stop = head.find("\n", start, end)
        stop = end if stop < 0 else stop + 1
        lines.append(CommentLine(start, stop, _DECORATION.sub("", head[start:stop].rstrip("\n")).strip(), is_docstring))
        start = stop
    return lines


def _says(line: CommentLine) -> bool:
    return _RULE.fullmatch(line.words) is None


def _legal(block: list[CommentLine]) -> list[list[CommentLine]]:
    """The legal paragraphs of a comment, if any of them is a claim."""
    legal = [paragraph for paragraph in _paragraphs(block) if _LEGAL.search(" ".join(line.words for line in paragraph))]
    return legal if any(map(_claims, legal)) else []


def _claims(paragraph: list[CommentLine]) -> bool:
    words = [line.words for line in paragraph]
    return _CLAIM.search(" ".join(words)) is not None or any(map(_CLAIM.search, words))


def _without_description(paragraph: list[CommentLine]) -> list[CommentLine]:
    """A legal paragraph without the sentences before and after its legal ones that say what the file is for."""
    sentences = list(_sentences(paragraph))
    legal = [number for number, sentence in enumerate(sentences) if not _describes(sentence)]
    return [line for sentence in sentences[legal[0] : legal[-1] + 1] for line in sentence] if legal else paragraph


def _sentences(paragraph: list[CommentLine]) -> Iterator[list[CommentLine]]:
    """The lines of a paragraph by sentence, as far as sentences end with lines; a line that begins as a claim is one by itself."""
    sentence = list[CommentLine]()
    for line in paragraph:
        if sentence and (_ENDED.search(sentence[-1].words) or _OWNED.match(sentence[-1].words) or _OWNED.match(line.words)):
            yield sentence
            sentence = []
        sentence.append(line)
    yield sentence


def _describes(sentence: list[CommentLine]) -> bool:
    words = " ".join(line.words for line in sentence)
    return len(_PLAIN_WORD.findall(words)) >= LEAST_PLAIN_WORDS and not (_LEGAL.search(words) or _OF_LICENCES.search(words))


def _paragraphs(block: list[CommentLine]) -> Iterator[list[CommentLine]]:
    paragraph = list[CommentLine]()
    for line in block:
        if _says(line):
            paragraph.append(line)
        elif paragraph:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def _cut_paragraphs(text: str, block: list[CommentLine], legal: list[CommentLine]) -> Iterator[Edit]:
    """Cuts some lines of a comment; of its first and last line the marks stay, so that it remains one."""
    kept = {line.start for line in legal}
    is_lines = _LINES.match(text, block[0].start) is not None and _BLOCK.match(text, block[0].start) is None
    for number, line in enumerate(block):
        after_cut = number > 0 and block[number - 1].start in kept and not _says(line)
        edge = number in (0, len(block) - 1) and not is_lines
        if line.start not in kept and not (after_cut and not edge):
            continue
        if not edge:
            yield line.start, line.end, ""
        elif line.start in kept:
            start = text.index(line.words, line.start)
            yield start, start + len(line.words), ""


def _past_blank(text: str, end: int) -> int:
    while text[end : end + 1] == "\n":
        end += 1
    return end
