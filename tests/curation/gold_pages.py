"""The gold pages of extraction, and the measure of the article-extraction benchmark: precision and recall of runs of four words."""

import gzip
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import lxml.html

from curation.extract.elements import names

GOLD = Path(__file__).resolve().parents[2].parent / "shared" / "gold" / "extraction"
SETS = ("article-extraction-benchmark", "readability-test-pages")

_TOKEN = re.compile(r"\w+")
_RUN = 4
_BREAKING = names(
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section "
    "table td th tr ul"
)


@dataclass(frozen=True)
class GoldPage:
    """A page as it was served, and the text that it should yield."""

    name: str
    html: bytes
    text: str


@dataclass(frozen=True)
class Score:
    """Precision and recall over runs of four words, each averaged over pages; F1 is of the averages, as the benchmark has it."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of the two, 0 where both are 0."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def gold_pages(name: str) -> Iterator[GoldPage]:
    """The pages of one of the SETS, in the order of their names."""
    return _benchmark() if name == SETS[0] else _readability()


def score(expected: str, found: str) -> Score:
    """Precision and recall of one page; both are 1 where nothing is expected and nothing found."""
    wanted, got = _runs(expected), _runs(found)
    common = (wanted & got).total()
    if not wanted and not got:
        return Score(1.0, 1.0)
    return Score(common / got.total() if got else 0.0, common / wanted.total() if wanted else 0.0)


def mean(scores: Iterable[Score]) -> Score:
    """The averages of precision and of recall over pages."""
    listed = list(scores)
    return Score(sum(s.precision for s in listed) / len(listed), sum(s.recall for s in listed) / len(listed))


def _benchmark() -> Iterator[GoldPage]:
    folder = GOLD / SETS[0]
    truth = json.loads((folder / "ground-truth.json").read_text())
    for name in sorted(truth):
        yield GoldPage(name, gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()), truth[name]["articleBody"])


def _readability() -> Iterator[GoldPage]:
    with zipfile.ZipFile(GOLD / f"{SETS[1]}.zip") as archive:
        for name in sorted({member.split("/")[0] for member in archive.namelist()}):
            yield GoldPage(name, archive.read(f"{name}/source.html"), _words(archive.read(f"{name}/expected.html").decode()))


def _words(markup: str) -> str:
    """The text of cleaned HTML, with a space wherever an element begins or ends a line."""
    if not markup.strip():
        return ""
    tree = lxml.html.document_fromstring(markup)
    for element in tree.iter(*_BREAKING):
        element.text = " " + (element.text or "")
        element.tail = " " + (element.tail or "")
    return str(tree.text_content())


def _runs(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text)
    if len(tokens) < _RUN:
        return Counter({tuple(tokens): 1} if tokens else {})
    return Counter(tuple(tokens[at : at + _RUN]) for at in range(len(tokens) - _RUN + 1))
