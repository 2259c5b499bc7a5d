"""The page: its sections in their order, what each one says about itself, and the template that draws them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from flows.report import corpus_figures, formats, training_figures
from flows.report.corpus_figures import Facts
from flows.report.headline import headline
from flows.report.reader import Reader
from warehouse.layout import Workspace
from warehouse.store import write_atomic

_FOLDER = Path(__file__).parent

SAMPLE_CHARACTERS = 1_500
"""Characters shown of a generated text."""


@dataclass(frozen=True)
class Section:
    """A part of the page, and how to read it."""

    anchor: str
    title: str
    reading: str
    facts: Callable[[Reader], Facts | None]


SECTIONS = (
    Section(
        "ledger",
        "From captured to kept",
        "Read downwards: each bar hangs from where the one above it ended, and what is left at the bottom is the corpus.",
        corpus_figures.ledger,
    ),
    Section(
        "reasons",
        "Why documents were left out",
        "Each bar counts the documents that one reason decided on, on one scale for all domains; with it, up to three of them.",
        corpus_figures.reasons,
    ),
    Section(
        "cleaning",
        "What cleaning did to the text",
        "Each bar counts the documents that one cleaner changed; `berry sql` shows each edit in the column edits of documents.",
        corpus_figures.cleaning,
    ),
    Section(
        "mix",
        "Domains before and after balance",
        "The pale bar is the training text at hand, the full bar what the mix takes of it; longer than pale means repeated.",
        corpus_figures.mix,
    ),
    Section(
        "clusters",
        "Largest clusters of duplicates",
        "Each row is the one document that was kept; open it to see which others were dropped for being too much like it.",
        corpus_figures.clusters,
    ),
    Section(
        "compression",
        "Compression",
        "Measured on validation text that the vocabulary never saw: longer bars mean fewer tokens for the same text.",
        corpus_figures.compression,
    ),
    Section(
        "training",
        "Training",
        "Lower is better: the model has learned what its curve gains on the dashed lines, which know only word frequencies.",
        training_figures.training,
    ),
    Section(
        "losses",
        "Validation loss by domain",
        "Shorter is better; nats per token depend on the vocabulary, bits per byte can be compared with any other model's.",
        training_figures.losses,
    ),
    Section(
        "samples",
        "Samples",
        "The grey beginning is from a held-out document; the rest was written by the model and is not edited.",
        training_figures.samples,
    ),
    Section(
        "timings",
        "Time per stage",
        "From the newest run that computed something of a stage: bars show time on the clock, work is summed over processes.",
        training_figures.timings,
    ),
    Section(
        "provenance",
        "Provenance",
        "The same recipe over the same captures gives the same snapshot; these names say which ones they were.",
        training_figures.provenance,
    ),
)


def write_report(workspace: Workspace, recipe_name: str, out: Path) -> None:
    """Writes the report of a recipe as one HTML page that fetches nothing and runs no script.

    Equal tables give equal bytes, but for the times per stage. Sections whose tables are empty say what to run.
    """
    reader = Reader(workspace, recipe_name)
    facts = {section.anchor: section.facts(reader) for section in SECTIONS}
    template = _environment().get_template("template.html.j2")
    page = template.render(
        headline=headline(reader, facts),
        sections=[(section, facts[section.anchor]) for section in SECTIONS],
        style=Markup((_FOLDER / "style.css").read_text(encoding="utf-8")),  # ours, and no place for foreign text
        sample_characters=SAMPLE_CHARACTERS,
    )
    write_atomic(out, page)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "count": formats.count,
        "counted": formats.counted,
        "decimal": formats.decimal,
        "share": formats.share,
        "large": formats.large,
        "duration": formats.duration,
        "size": formats.size,
        "plain": formats.plain,
        "excerpt": formats.excerpt,
        "short_uri": formats.uri,
    }
    environment.globals["extent"] = formats.extent
    return environment
