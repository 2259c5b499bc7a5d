"""The pictures of a run's page: what was kept, what the mix took, how far the vocabulary compresses, what was lost and learned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from flows.report.charts import Step
from flows.report.formats import count, decimal
from flows.run_page.drawing import EDGE, WIDTH, Picture, domain_style, line, picture, rect, text

_ROW, _BAR = 26, 16
_TOP = 40
"""Units above the first row, where the key to the colours stands."""


@dataclass(frozen=True)
class Balance:
    """Characters of one domain: at hand, asked for and taken, repetitions included."""

    domain: str
    available: int
    asked: int
    taken: int


@dataclass(frozen=True)
class Rated:
    """One figure per domain, with the same figure of others marked on its bar."""

    domain: str
    value: float
    marks: Mapping[str, float]


def ledger(steps: Sequence[Step]) -> Picture:
    """A waterfall from captured to kept: every loss hangs from the end of what the one before it left."""
    left_edge, right_edge = 168, WIDTH - 62
    most = max((step.documents for step in steps if step.total), default=0) or 1
    body, left = _domain_key(list(steps[0].parts) if steps else []), 0
    for index, step in enumerate(steps):
        y = _TOP + index * _ROW
        left = step.documents if step.total else left - step.documents
        x = left_edge + (0.0 if step.total else (right_edge - left_edge) * left / most)
        body.append(text(left_edge - 10, y + 12, step.name, "end"))
        for domain, documents in step.parts.items():
            width = (right_edge - left_edge) * documents / most
            body.append(rect(x, y, width, _BAR, domain_style(domain) + ("" if step.total else " pale")))
            x += width
        shown = count(step.documents) if step.total or not step.documents else f"−{count(step.documents)}"
        body.append(text(WIDTH - EDGE, y + 12, shown, "end"))
        if index + 1 < len(steps):
            edge = left_edge + (right_edge - left_edge) * left / most
            body.append(line((edge, y + _BAR), (edge, y + _ROW), "grid"))
    said = "Documents from captured to kept: " + ", ".join(f"{step.name} {count(step.documents)}" for step in steps)
    return picture(said, _TOP + len(steps) * _ROW + 4, body)


def balance(rows: Sequence[Balance]) -> Picture:
    """Two bars per domain, at hand (pale) and taken, with a mark at what the recipe asked for."""
    left_edge, right_edge, row_height = 108, WIDTH - 150, 38
    most = max((max(row.available, row.taken, row.asked) for row in rows), default=0) or 1
    scale = (right_edge - left_edge) / most
    body = [
        *_key(EDGE, [("none pale", "at hand"), ("none", "taken for training")]),
        line((EDGE + 232, 13), (EDGE + 232, 27), "mark"),
        text(EDGE + 240, 25, "asked for", "soft"),
    ]
    for index, row in enumerate(rows):
        y, style = _TOP + index * row_height, domain_style(row.domain)
        body += [text(left_edge - 10, y + 17, row.domain, "end")]
        body += [rect(left_edge, y, scale * row.available, 11, f"{style} pale"), rect(left_edge, y + 13, scale * row.taken, 11, style)]
        asked = left_edge + scale * row.asked
        body += [line((asked, y + 10), (asked, y + 27), "mark")]
        body += [text(WIDTH - EDGE, y + 17, f"{short(row.available)} → {short(row.taken)}", "end")]
    said = ", ".join(f"{row.domain} {short(row.taken)} of {short(row.available)}" for row in rows)
    return picture(f"Characters per domain that were taken for training, of those at hand: {said}", _TOP + len(rows) * row_height, body)


def rated(title: str, rows: Sequence[Rated], places: int) -> Picture:
    """One bar per domain with its figure, and marks for what others reach: bytes per token, or bits per byte beside rivals."""
    left_edge, right_edge = 108, WIDTH - 70
    most = max((max(row.value, *row.marks.values()) if row.marks else row.value for row in rows), default=0.0) or 1.0
    scale = (right_edge - left_edge) / most
    names = list(dict.fromkeys(name for row in rows for name in row.marks))
    body, x = [text(EDGE, 25, title, "soft")], WIDTH - EDGE
    for place, name in reversed(list(enumerate(names))):
        body.append(text(x, 25, name, "soft end"))
        x -= 7 * len(name) + 6
        body.append(line((x, 13), (x, 27), _mark(place)))
        x -= 16
    for index, row in enumerate(rows):
        y = _TOP + index * _ROW
        body += [text(left_edge - 10, y + 12, row.domain, "end"), rect(left_edge, y, scale * row.value, _BAR, domain_style(row.domain))]
        for place, name in enumerate(names):
            if name in row.marks:
                at = left_edge + scale * row.marks[name]
                body.append(line((at, y - 2), (at, y + _BAR + 2), _mark(place)))
        body.append(text(WIDTH - EDGE, y + 12, decimal(row.value, places), "end"))
    said = ", ".join(f"{row.domain} {decimal(row.value, places)}" for row in rows)
    return picture(f"{title}: {said}", _TOP + len(rows) * _ROW + 4, body)


def short(value: float) -> str:
    """A number in as few characters as tell its size: 812, 96.4 k, 2.41 M."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g} {unit}" if value < 999.5 * size else f"{value / size:,.0f} {unit}"
    return f"{value:,.0f}"


def _domain_key(domains: Sequence[str]) -> list[Markup]:
    return _key(EDGE, [(domain_style(domain), domain) for domain in domains])


def _key(x: float, entries: Sequence[tuple[str, str]]) -> list[Markup]:
    body = []
    for style, name in entries:
        body += [rect(x, 15, 11, 11, style), text(x + 17, 25, name, "soft")]
        x += 32 + 6.6 * len(name)
    return body


def _mark(place: int) -> str:
    return "mark soft" if place else "mark"
