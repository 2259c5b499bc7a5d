"""Figures of the model: loss over training, loss per domain beside its rivals, samples, times and provenance."""

import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from typing import Any

from flows.report.charts import Frame, Level, Line, bar, plot
from flows.report.reader import Reader, Row
from flows.report.series import Point, envelope, smooth, thin

Facts = dict[str, Any]

STRAWBERRY = "strawberry"
SHUFFLED = "strawberry with shuffled retention"
MODELS = (STRAWBERRY, SHUFFLED, "bigram", "unigram")
"""The order of models; any other comes after them by name."""

HEADLINE_MODELS = (STRAWBERRY, "bigram", "unigram")
"""The models whose loss stands at the head of the page."""

_BUCKETS = 450
_LIBRARIES = ("berrypatch", "duckdb", "prefect", "pyarrow", "tokenizers", "torch")


def training(reader: Reader) -> Facts | None:
    """Training and validation loss over the steps, in nats per token, with the rivals as levels."""
    trained, held_out = _curve(reader, "loss", "train"), _curve(reader, "loss", "val")
    if not trained:
        return None
    mean = smooth(trained, max(1, len(trained) // 50))
    levels = [
        Level(f"{row['model']} {row['nats_per_token']:.2f}", row["model"], row["nats_per_token"])
        for row in reader.rows("held_out_loss.sql")
        if row["domain"] == "all" and row["model"] in ("bigram", "unigram")
    ]
    lines = [Line("raw", envelope(trained, _BUCKETS)), Line("mean", thin(mean, _BUCKETS)), Line("held-out", held_out)]
    said = f"Loss over {len(trained):,} steps of training: training loss ends at {mean[-1][1]:.2f} nats per token"
    said += f", validation loss at {held_out[-1][1]:.2f}" if held_out else ""
    frame = Frame(said, 320, "step", "nats per token", 9)
    return {
        "chart": plot(frame, [line for line in lines if line.points], levels),
        "rate": _rate_chart(_curve(reader, "learning_rate", "train")),
        "steps": len(trained),
        "last_trained": mean[-1][1],
        "last_held_out": held_out[-1][1] if held_out else None,
        "best_held_out": min(held_out, key=lambda point: point[1]) if held_out else None,
    }


def losses(reader: Reader) -> Facts | None:
    """Every model's loss on held-out text, by domain, and what shuffled retention changes."""
    rows = reader.rows("held_out_loss.sql")
    if not rows:
        return None
    most = max(row["nats_per_token"] for row in rows)
    groups = []
    rows.sort(key=lambda row: row["domain"] != "all")
    for domain, members in groupby(rows, key=lambda row: row["domain"]):
        ranked = sorted(members, key=_model_order)
        style = "none" if domain == "all" else domain
        told = [{**row, "bar": bar(row["nats_per_token"], _bar_style(row, style), most)} for row in ranked]
        groups.append({"domain": domain, "rows": told})
    whole = {row["model"]: row["nats_per_token"] for row in rows if row["domain"] == "all"}
    shuffled = whole[SHUFFLED] - whole[STRAWBERRY] if {SHUFFLED, STRAWBERRY} <= whole.keys() else None
    return {"groups": groups, "shuffled": shuffled}


def samples(reader: Reader) -> Facts | None:
    """One generated text per domain."""
    rows = reader.rows("sample_rows.sql")
    return {"rows": rows} if rows else None


def timings(reader: Reader) -> Facts | None:
    """Seconds of work and on the clock per stage, from the newest run that computed something of it."""
    rows = reader.rows("stage_times.sql")
    if not rows:
        return None
    most = max(row["span"] for row in rows)
    for row in rows:
        row["bar"] = bar(row["span"], "neutral", most)
    return {"rows": rows, "total": {name: sum(row[name] for row in rows) for name in ("seconds", "span")}}


def provenance(reader: Reader) -> Facts | None:
    """What the snapshot was made from and with."""
    if not reader.lineage:
        return None
    return {
        "current": reader.lineage[0],
        "older": reader.lineage[1:],
        "tokenizers": reader.current("tokenizer_rows.sql"),
        "versions": {"python": platform.python_version(), **_versions()},
    }


def _curve(reader: Reader, name: str, split: str) -> list[Point]:
    return [(row["step"], row["value"]) for row in reader.rows("curve.sql", name, split)]


def _rate_chart(rates: Sequence[Point]) -> Any:
    if not rates:
        return None
    peak = max(value for _, value in rates) or 1.0
    shares = envelope([(step, value / peak) for step, value in rates], _BUCKETS)
    said = f"Learning rate over the steps as a share of its peak; at the end {100 * shares[-1][1]:.0f} %"
    return plot(Frame(said, 56, y_name="learning rate, share of its peak", rows=2), [Line("rate", shares)], [Level("", "zero", 0.0)])


def _model_order(row: Row) -> tuple[int, str]:
    model = row["model"]
    return (MODELS.index(model) if model in MODELS else len(MODELS)), model


def _bar_style(row: Row, domain: str) -> str:
    return domain if row["model"] == STRAWBERRY else f"{domain} pale"


def _versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
