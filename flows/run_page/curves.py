"""The loss curve, which can be drawn from the first step on: while a model is trained as well as after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from markupsafe import Markup

from flows.report.formats import count, decimal
from flows.report.series import Point, envelope, smooth, thin, ticks
from flows.run_page.drawing import EDGE, WIDTH, Picture, dot, line, picture, polyline, text

_LEFT, _RIGHT, _TOP, _HEIGHT = 48, WIDTH - 20, 44, 236
_BUCKETS = 140
"""Runs of steps that the raw curve is drawn from, so that its size does not grow with the steps."""


@dataclass(frozen=True)
class Reading:
    """Losses at one step of a training, in nats per token; the held-out one where it was measured."""

    step: int
    loss: float
    held_out: float | None = None


def curve(readings: Sequence[Reading], total_steps: int, levels: Mapping[str, float]) -> Picture:
    """Training loss, its mean and the held-out loss over the steps; dashed lines where models of word frequencies end.

    Needs one reading. Figures that are no numbers are left out.
    """
    trained = [(float(at.step), at.loss) for at in readings if isfinite(at.loss)]
    held_out = [(float(at.step), at.held_out) for at in readings if at.held_out is not None and isfinite(at.held_out)]
    mean = smooth(trained, max(1, len(trained) // 50))
    known = {name: value for name, value in levels.items() if isfinite(value)}
    scale = _scale([y for _, y in (*trained, *held_out)] + list(known.values()), max([total_steps, *(at.step for at in readings)]))
    body = [*_grid(scale), *_levels(known, scale), *_key()]
    body += _line(envelope(trained, _BUCKETS), "raw", scale)
    body += _line(thin(mean, _BUCKETS), "mean", scale)
    body += _line(thin(held_out, _BUCKETS), "held-out", scale)
    body += [dot(scale.x(x), scale.y(y), "dot-held-out") for x, y in held_out[-1:]]
    body += [dot(scale.x(x), scale.y(y), "dot-mean") for x, y in mean[-1:]]
    said = f"Loss over {count(readings[-1].step)} of {count(total_steps)} steps"
    said += f": training {decimal(mean[-1][1])}" if mean else ""
    said += f", held out {decimal(held_out[-1][1])} nats per token" if held_out else ""
    return picture(said, _TOP + _HEIGHT + 46, body)


@dataclass(frozen=True)
class _Scale:
    """Where steps and losses lie on the picture."""

    last: float
    rows: Sequence[float]

    def x(self, step: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * step / self.last

    def y(self, loss: float) -> float:
        low, high = self.rows[0], self.rows[-1]
        return _TOP + _HEIGHT * (high - loss) / ((high - low) or 1.0)


def _scale(losses: Sequence[float], last: int) -> _Scale:
    return _Scale(float(last or 1), ticks(min(losses, default=0.0), max(losses, default=1.0), 8))


def _grid(scale: _Scale) -> list[Markup]:
    body = [text(EDGE, 25, "nats per token", "soft")]
    for value in scale.rows:
        y = scale.y(value)
        body += [line((_LEFT, y), (_RIGHT, y), "grid"), text(_LEFT - 8, y + 4, f"{value:g}", "soft end")]
    for step in (value for value in ticks(0, scale.last, 5) if value <= scale.last):
        style = "soft" if step == 0 else "soft end" if step > 0.97 * scale.last else "soft mid"
        body.append(text(scale.x(step), _TOP + _HEIGHT + 18, count(step), style))
    return [*body, text((_LEFT + _RIGHT) / 2, _TOP + _HEIGHT + 37, "step", "soft mid")]


def _levels(known: Mapping[str, float], scale: _Scale) -> list[Markup]:
    """Dashed lines with their names at the right, above the line, or below it where the next one is too close."""
    body, above = [], -99.0
    for name, value in sorted(known.items(), key=lambda level: -level[1]):
        y = scale.y(value)
        beside = y - 5 if y - above > 20 else y + 14
        above = y
        body += [line((_LEFT, y), (_RIGHT, y), "level"), text(_RIGHT, beside, f"{name} {decimal(value)}", "soft end on-line")]
    return body


def _key() -> list[Markup]:
    entries = (("raw", "each step", 250), ("mean", "mean", 346), ("held-out", "held out", 416))
    return [part for style, name, x in entries for part in (polyline([(x, 21), (x + 18, 21)], style), text(x + 24, 25, name, "soft"))]


def _line(points: Sequence[Point], style: str, scale: _Scale) -> list[Markup]:
    return [polyline([(scale.x(x), scale.y(y)) for x, y in points], style)] if len(points) > 1 else []
