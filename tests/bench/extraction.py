"""Extraction of HTML on the gold pages: ours beside trafilatura's default and its `fast`, per set and per kind of page.

Run it by `.venv/bin/python -m tests.bench.extraction`. The measure is the article-extraction benchmark's own: precision and
recall of runs of four words, averaged over pages. Speeds are of one process, the best of `--repeats`; the three take turns,
so that a noisy machine hurts them alike.
"""

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Callable

import trafilatura

from curation.clean.encoding import decode
from curation.document import Captured, Dropped, Failed
from curation.domains import Domain
from curation.extract.html import extract_html, parse_html
from curation.extract.kinds import page_kind
from curation.extract.page_names import PageNames
from tests.curation.gold_pages import GOLD, SETS, GoldPage, Score, gold_pages, mean, score

WANTED = {SETS[0]: 0.010, SETS[1]: 0.0}
"""F1 above trafilatura's default that is wanted on each set."""


def main() -> None:
    """Measures the three on both sets, and prints what came of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=3, help="runs of each extractor, of which the fastest counts")
    repeats = options.parse_args().repeats
    if not GOLD.exists():
        raise SystemExit(f"The gold pages are not there: {GOLD}")
    for name in SETS:
        pages = list(gold_pages(name))
        print(f"\n{name}: {len(pages)} pages\n{'':<24}{'pages':>6}{'P':>8}{'R':>8}{'F1':>8}{'to default':>12}{'pages/s':>9}{'ratio':>7}")
        print("\n".join(_lines(name, pages, repeats)))


def _lines(name: str, pages: list[GoldPage], repeats: int) -> list[str]:
    seconds = _seconds(pages, repeats)
    scores = {way: {page.name: score(page.text, extract(page.html)) for page in pages} for way, extract in WAYS.items()}
    kinds: dict[str, list[str]] = defaultdict(list)
    for page in pages:
        kinds[_kind(page.html)].append(page.name)
    paths = Counter(_way(page.html) for page in pages)
    default = mean(scores["default"].values()).f1
    lines = []
    for way, by_page in scores.items():
        rate = f"{len(pages) / seconds[way]:>9.1f}{seconds['default'] / seconds[way]:>7.2f}"
        lines.append(_line(way, mean(by_page.values()), default, len(pages)) + rate)
    for kind, members in sorted(kinds.items()):
        base = mean(scores["default"][page] for page in members).f1
        lines += [_line(f"  {kind}, {way}", mean(found[page] for page in members), base, len(members)) for way, found in scores.items()]
    above = mean(scores["ours"].values()).f1 - default
    lines.append("paths of ours: " + ", ".join(f"{path} {count}" for path, count in paths.most_common()))
    return [*lines, f"ours above default by {above:+.4f}, wanted {WANTED[name]:+.3f}: {'reached' if above >= WANTED[name] else 'MISSED'}"]


def _line(label: str, found: Score, base: float, pages: int) -> str:
    return f"{label:<24}{pages:>6}{found.precision:>8.4f}{found.recall:>8.4f}{found.f1:>8.4f}{found.f1 - base:>+12.4f}"


def _seconds(pages: list[GoldPage], repeats: int) -> dict[str, float]:
    best = dict.fromkeys(WAYS, float("inf"))
    for extract in WAYS.values():
        extract(pages[0].html)
    for _ in range(repeats):
        for way, extract in WAYS.items():
            clock = time.process_time()
            for page in pages:
                extract(page.html)
            best[way] = min(best[way], time.process_time() - clock)
    return best


def _kind(html: bytes) -> str:
    if _way(html) == "html-element":
        return "wiki"
    source = decode(html, None)
    tree = parse_html(source)
    return str(page_kind(tree, PageNames(tree), source))


def _way(html: bytes) -> str:
    try:
        return extract_html(_captured(html)).extractor
    except (Dropped, Failed) as error:
        return str(error.reason)


def _captured(html: bytes) -> Captured:
    return Captured(html, "text/html", None, "page", "gold:page", None, Domain.WIKI)


def ours(html: bytes) -> str:
    """The text that a build would take from a page; nothing where it is dropped."""
    try:
        return extract_html(_captured(html)).text
    except (Dropped, Failed):
        return ""


def default(html: bytes) -> str:
    """The text by trafilatura as it comes, without comments."""
    return trafilatura.extract(html, include_comments=False) or ""


def fast(html: bytes) -> str:
    """The text by trafilatura without its comparison of extractors."""
    return trafilatura.extract(html, include_comments=False, fast=True) or ""


WAYS: dict[str, Callable[[bytes], str]] = {"default": default, "fast": fast, "ours": ours}


if __name__ == "__main__":
    main()
