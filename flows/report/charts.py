"""Charts as small inline SVG: widths in per cent, so that type stays readable from a phone to a printed page.

Colours come from the page's style by class name; a domain's class is its name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from flows.report.formats import count
from flows.report.series import Point, ticks

_ROW = 34
_BAR = 18
_WIDE = 1000
"""Units across a plot, which is stretched to the width of the page."""


@dataclass(frozen=True)
class Step:
    """A row of a waterfall: documents by domain that a step has (`total`) or takes away."""

    name: str
    parts: Mapping[str, int]
    total: bool = False

    @property
    def documents(self) -> int:
        return sum(self.parts.values())


@dataclass(frozen=True)
class Line:
    """A curve through points in the order of their x."""

    style: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Level:
    """A horizontal line with its name written on it."""

    name: str
    style: str
    value: float


@dataclass(frozen=True)
class Frame:
    """What a plot is called for those who cannot see it, its height in pixels, and its axes' names."""

    label: str
    height: int
    x_name: str = ""
    y_name: str = ""
    rows: int = 5  # about how many figures on the y axis


def bar(part: float, style: str, most: float) -> Markup:
    """A bar `part` of `most` long; the figure stands beside it, so that it is hidden from screen readers."""
    return _in_cell(_rect(0, _percent(part, most), style), "bar")


def pair(before: float, after: float, style: str, most: float) -> Markup:
    """Two bars, one below the other: pale before, full after."""
    above = _rect(0, _percent(before, most), f"{style} pale", y=0, height=8)
    return _in_cell(above + _rect(0, _percent(after, most), style, y=10, height=8), "pair")


def waterfall(label: str, steps: Sequence[Step]) -> Markup:
    """Rows from the first total to the last: every step between hangs from the end of what the one before it left."""
    most = max((step.documents for step in steps if step.total), default=0)
    rows, left = [], 0
    for index, step in enumerate(steps):
        left = step.documents if step.total else left - step.documents
        rows.append(_step(step, index * _ROW, left, most))
        if index + 1 < len(steps):
            rows.append(_connector(index * _ROW, _percent(left, most)))
    said = f"{label}: " + ", ".join(f"{step.name} {count(step.documents)}" for step in steps)
    return Markup('<svg class="waterfall" role="img" aria-label="{}" height="{}">{}</svg>').format(
        said, len(steps) * _ROW - _ROW + _BAR + 8, Markup("").join(rows)
    )


def plot(frame: Frame, lines: Sequence[Line], levels: Sequence[Level] = ()) -> Markup:
    """Curves and levels over one pair of axes, the y axis cut to what is shown."""
    points = [point for line in lines for point in line.points]
    ys = [y for _, y in points] + [level.value for level in levels]
    rows = ticks(min(ys), max(ys), frame.rows)
    last = max(x for x, _ in points) or 1.0
    scale = _Scale(last, rows[0], rows[-1], frame.height)
    body = [*(_gridline(value, scale) for value in rows), *_columns(frame, scale)]
    body.append(_curves(lines, scale))
    body += _levels(levels, scale)
    if frame.y_name:
        body.append(Markup('<text class="name" x="-40" y="-12">{}</text>').format(frame.y_name))
    below = 44 if frame.x_name else 6
    return Markup('<svg class="plot" role="img" aria-label="{}" height="{}">{}</svg>').format(
        frame.label, frame.height + below, Markup("").join(body)
    )


@dataclass(frozen=True)
class _Scale:
    last: float
    low: float
    high: float
    height: int

    def x(self, value: float) -> float:
        return _WIDE * value / self.last

    def y(self, value: float) -> float:
        return self.height * (self.high - value) / ((self.high - self.low) or 1.0)


def _in_cell(body: Markup, style: str) -> Markup:
    return Markup('<svg class="{}" aria-hidden="true">{}</svg>').format(style, body)


def _rect(x: float, width: float, style: str, y: int = 0, height: int | str = "100%") -> Markup:
    return Markup('<rect class="{}" x="{:.3f}%" y="{}" width="{:.3f}%" height="{}"/>').format(style, x, y, width, height)


def _percent(part: float, most: float) -> float:
    return 100 * part / most if most else 0.0


def _step(step: Step, y: int, left: int, most: int) -> Markup:
    x = 0.0 if step.total else _percent(left, most)
    shapes = []
    for domain, documents in step.parts.items():
        width = _percent(documents, most)
        style = domain if step.total else f"{domain} pale"
        rect = Markup('<rect class="{}" x="{:.3f}%" y="{}" width="{:.3f}%" height="{}"><title>{}: {}, {}</title></rect>')
        shapes.append(rect.format(style, x, y, width, _BAR, step.name, domain, count(documents)))
        x += width
    row = Markup('<text class="label" x="-12" y="{}">{}</text>{}<text class="figure" x="100%" dx="62" y="{}">{}</text>')
    shown = count(step.documents) if step.total or not step.documents else f"−{count(step.documents)}"
    return row.format(y + 14, step.name, Markup("").join(shapes), y + 14, shown)


def _connector(y: int, x: float) -> Markup:
    return Markup('<line class="connector" x1="{:.3f}%" x2="{:.3f}%" y1="{}" y2="{}"/>').format(x, x, y + _BAR, y + _ROW)


def _gridline(value: float, scale: _Scale) -> Markup:
    y = scale.y(value)
    row = Markup('<line class="grid" x1="0" x2="100%" y1="{:.1f}" y2="{:.1f}"/><text class="tick-y" x="-8" y="{:.1f}">{:g}</text>')
    return row.format(y, y, y + 4, value)


def _columns(frame: Frame, scale: _Scale) -> list[Markup]:
    if not frame.x_name:
        return []
    shown = [value for value in ticks(0, scale.last) if value <= scale.last]
    body = []
    for index, value in enumerate(shown):
        anchor = "start" if value == 0 else "end" if value == scale.last else "middle"
        text = Markup('<text class="tick-x{}" x="{:.2f}%" y="{}" text-anchor="{}">{:,g}</text>')
        body.append(text.format(" odd" if index % 2 else "", scale.x(value) / _WIDE * 100, scale.height + 18, anchor, value))
    name = Markup('<text class="name" x="50%" y="{}" text-anchor="middle">{}</text>')
    return [*body, name.format(scale.height + 38, frame.x_name)]


def _curves(lines: Sequence[Line], scale: _Scale) -> Markup:
    drawn = []
    for line in lines:
        path = " ".join(f"{scale.x(x):.1f},{scale.y(y):.1f}" for x, y in line.points)
        drawn.append(Markup('<polyline class="{}" points="{}"/>').format(line.style, path))
    area = Markup('<svg class="area" x="0" y="0" width="100%" height="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">{}</svg>')
    return area.format(scale.height, _WIDE, scale.height, Markup("").join(drawn))


def _levels(levels: Sequence[Level], scale: _Scale) -> list[Markup]:
    """Lines with their names at the right, above the line, or below it where the next one is too close."""
    body, above = [], -99.0
    for level in sorted(levels, key=lambda level: -level.value):
        y = scale.y(level.value)
        text = y - 6 if y - above > 20 else y + 15
        above = y
        row = Markup('<line class="level {}" x1="0" x2="100%" y1="{:.1f}" y2="{:.1f}"/><text class="on-line" x="100%" y="{:.1f}">{}</text>')
        body.append(row.format(level.style, y, y, text, level.name))
    return body
