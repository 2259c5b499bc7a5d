"""Wikitext against the pages that MediaWiki made of it: words present, words foreign, and the text that templates lose.

    .venv/bin/python -m tests.bench.wikitext [--templates 40]

Two tables of templates follow: what each shows on rendered pages against what is extracted of it, and, for the dumps, which have
no rendered form, what each is given against what is extracted of it.

**Which pages count.** Those of `../shared` for which wikitext and rendered HTML of one revision exist. Pages of different
revisions are no pair. A recorded `action=parse` is paired with a recorded text of the same revision. A page of Parsoid's
HTML brings its own wikitext: the calls of its templates as they were written, and marks from which the rest follows (see
`parsoid.py`); the templates, which are what wikitext loses, are tested in full there, the remaining markup hardly. Two
pages of another namespace are in the meter of templates only.

**The body of the article** is the page's text without what the product leaves out on purpose: references, boxes, hatnotes,
pictures with their captions, edit links, and the sections that hold links and lists of works.

**Words** are runs of letters and digits in lower case, compared as bags: present is the share of the body's words that
ours has as often, foreign the share of ours that the body lacks. An alignment would punish a table that is read in another
order; that words stand beside the right neighbours is shown by the same shares over pairs of words.
"""

import argparse
import bz2
import gzip
import json
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import lxml.html
from lxml import etree

from curation.extract.elements import names
from curation.extract.template_uses import TemplateMeter
from curation.extract.wikitext import wikitext_to_text
from tests.bench import parsoid

SHARED = Path(__file__).resolve().parents[3] / "shared"
PRESENT, FOREIGN = 0.98, 0.02

_PARSOID = "corpus/wiki/wikipedia-parsoid-html.zip"
_ARTICLES = ("test/fixtures/Dog.html", "test/fixtures/ar-Mathematics.html")
_TALKS = ("corpus/wiki/wikipedia-talk-html.zip", "tests/cases/{0}/{0}.html", ("fr-unsigned-parsoid", "pl-big-parsoid"))
_DUMPS = ("corpus/wiki/enwiki-2016-shortened.xml.bz2", "corpus/game/fandom-titanic_pages_current.xml.gz")
_RECORDED = ("23-parse.json", "04-generator-allpages-content.json")

_FURNITURE = names(
    "reference mw-ref references mw-references-wrap reflist navbox vertical-navbox infobox portable-infobox sidebar hatnote ambox "
    "metadata mw-editsection toc thumb thumbcaption noprint catlinks printfooter sistersitebox portal gallery refbegin "
    "mw-empty-elt geo-nondefault mw-indicators navigation-box mw-cite-backlink authority-control shortdescription"
)
_APPARATUS = names(
    "see also|references|external links|further reading|notes|footnotes|citations|sources|bibliography|notes and references|"
    "مراجع|مصادر|وصلات خارجية|انظر أيضا|انظر أيضاً|اقرأ أيضاً|هوامش|انظر أيضًا|المراجع",
    separator="|",
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_HIDDEN = ("style", "script", "figure", "img", "figure-inline", "link", "meta")
_WORD = re.compile(r"\w+")
_MISSING = re.compile(r"^Template:\w")


@dataclass(frozen=True)
class Page:
    """One page in both forms."""

    title: str
    wikitext: str
    body: etree._Element


@dataclass
class Meter:
    """Visible characters of one template, as rendered and as extracted."""

    calls: int = 0
    rendered: int = 0
    extracted: int = 0
    kept: Counter[str] = field(default_factory=Counter)
    on_purpose: bool = False


def main() -> None:
    """Prints both tables; ends with 1 where a page misses the line."""
    parser = argparse.ArgumentParser(description="Wikitext against rendered pages.")
    parser.add_argument("--templates", type=int, default=40, help="rows of the table of templates")
    arguments = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit(f"There is no {SHARED}: this measures its pages.")
    missed = _print_pages()
    _print_rendered(arguments.templates)
    _print_unrendered(arguments.templates)
    sys.exit(1 if missed else 0)


def _print_pages() -> int:
    """The table of pages; how many of them miss the line."""
    print(f"{'page':40} {'words':>7} {'present':>8} {'foreign':>8} {'pairs present':>14} {'pairs foreign':>14}")
    missed = 0
    for page in pages():
        body, ours = visible(page.body), wikitext_to_text(page.wikitext, page.title)
        (present, foreign), pairs = shares(body, ours), shares(body, ours, 2)
        missed += present < PRESENT or foreign > FOREIGN
        print(f"{page.title[:40]:40} {words_of(body).total():7} {present:8.2%} {foreign:8.2%} {pairs[0]:14.2%} {pairs[1]:14.2%}")
    print(f"\nwanted: present at least {PRESENT:.0%}, foreign at most {FOREIGN:.0%}; {missed} pages miss it\n")
    return missed


def _print_rendered(rows: int) -> None:
    print(f"{'template':34} {'calls':>6} {'rendered':>9} {'ours':>8} {'present':>8}   visible characters, words present")
    for name, meter in sorted(meters().items(), key=lambda pair: -pair[1].rendered)[:rows]:
        share = meter.kept["kept"] / meter.kept["all"] if meter.kept["all"] else 1.0
        print(f"{name[:34]:34} {meter.calls:6} {meter.rendered:9} {meter.extracted:8} {share:8.1%}")


def _print_unrendered(rows: int) -> None:
    print("\nPages without a rendered form: characters that the templates are given and that are extracted of them")
    print(f"{'template':34} {'calls':>6} {'given':>9} {'ours':>8} {'left out on purpose':>19}")
    for name, meter in sorted(unrendered().items(), key=lambda pair: pair[1].extracted - pair[1].rendered)[:rows]:
        by_name = "yes" if meter.on_purpose else ""
        print(f"{name[:34]:34} {meter.calls:6} {meter.rendered:9} {meter.extracted:8} {by_name:>19}")


def unrendered() -> dict[str, Meter]:
    """The templates of the dumps by the product's own meter: `rendered` counts what they are given, for want of a page to look at."""
    found: dict[str, Meter] = {}
    for name in _DUMPS:
        with bz2.open(SHARED / name) if name.endswith(".bz2") else gzip.open(SHARED / name) as dump:
            for _, page in etree.iterparse(dump, tag="{*}page", huge_tree=True):
                if page.findtext("{*}ns") == "0" and page.find("{*}redirect") is None:
                    product = TemplateMeter()
                    wikitext_to_text(page.findtext("{*}revision/{*}text") or "", page.findtext("{*}title"), product, product.left_out)
                    for use in product.uses():
                        meter = found.setdefault(use.name, Meter(on_purpose=use.on_purpose))
                        meter.calls += use.calls
                        meter.rendered += use.given
                        meter.extracted += use.kept
                page.clear()
    return found


def pages() -> Iterator[Page]:
    """The pairs, in a fixed order."""
    parse, texts = (json.loads((SHARED / "fixtures/mediawiki" / name).read_text("utf-8")) for name in _RECORDED)
    for page in texts["query"]["pages"]:
        revision = page["revisions"][0]
        if revision["revid"] == parse["parse"]["revid"]:
            body = lxml.html.document_fromstring(parse["parse"]["text"])
            yield Page(page["title"], revision["slots"]["main"]["content"], body)
    with zipfile.ZipFile(SHARED / _PARSOID) as archive:
        for name in _ARTICLES:
            tree = _parsed(archive.read(name))
            yield Page(tree.findtext(".//title") or name, parsoid.source(tree), tree)


def meters() -> dict[str, Meter]:
    """What each template shows on the pages of Parsoid and what of it is extracted."""
    found: dict[str, Meter] = {}
    for tree in _rendered_by_parsoid():
        for call in parsoid.calls(tree):
            if any(_is_furniture(parent) for parent in call.shown[0].iterancestors()):
                continue
            meter = found.setdefault(call.name, Meter())
            shown, ours = " ".join(visible(element) for element in call.shown), wikitext_to_text(f"x {call.wikitext}")[1:]
            wanted = words_of(shown)
            meter.calls += 1
            meter.rendered += _visible_characters(shown)
            meter.extracted += _visible_characters(ours)
            meter.kept.update({"kept": (wanted & words_of(ours)).total(), "all": wanted.total()})
    return found


def _rendered_by_parsoid() -> Iterator[etree._Element]:
    with zipfile.ZipFile(SHARED / _PARSOID) as archive:
        yield from (_parsed(archive.read(name)) for name in (*_ARTICLES, "test/fixtures/User_talk-Koavf.html"))
    with zipfile.ZipFile(SHARED / _TALKS[0]) as archive:
        yield from (_parsed(archive.read(_TALKS[1].format(name))) for name in _TALKS[2])


def _parsed(content: bytes) -> etree._Element:
    return lxml.html.document_fromstring(content, parser=lxml.html.HTMLParser(encoding="utf-8", remove_comments=True))


def words_of(text: str, run: int = 1) -> Counter[tuple[str, ...]]:
    """The words of a text, or its runs of several words, with how often each occurs."""
    found = _WORD.findall(text.replace("^", "").lower())
    return Counter(zip(*(found[start:] for start in range(run)), strict=False))


def shares(body: str, ours: str, run: int = 1) -> tuple[float, float]:
    """Which share of the body's words is present in ours, and which share of ours is foreign to the body."""
    wanted, got = words_of(body, run), words_of(ours, run)
    common = (wanted & got).total()
    return common / max(1, wanted.total()), 1 - common / max(1, got.total())


def visible(root: etree._Element) -> str:
    """The text of an article's body that a reader sees."""
    parts: list[str] = []
    _see(root, parts, [0], root)
    return "".join(parts)


def _see(element: etree._Element, parts: list[str], left_out: list[int], root: etree._Element) -> None:
    """Collects visible text; `left_out` holds the level of the heading whose section is left out, 0 for none."""
    if not isinstance(element.tag, str) or _is_furniture(element):
        return
    if element.tag in _HEADINGS:
        level, words = int(element.tag[1]), _words_of_heading(element)
        if not left_out[0] or level <= left_out[0]:
            left_out[0] = level if words in _APPARATUS else 0
    if "mw:Extension/math" in (element.get("typeof") or ""):  # a formula is its TeX in both
        parts.append("" if left_out[0] else json.loads(element.get("data-mw"))["body"]["extsrc"])
        return
    parts.append("" if left_out[0] else element.text or "")
    for child in element:
        _see(child, parts, left_out, root)
        parts.append("" if left_out[0] else child.tail or "")
    if element.tag not in ("a", "b", "i", "span", "small", "sup", "sub", "em", "strong", "abbr", "u", "bdi"):
        parts.append("\n")


def _words_of_heading(heading: etree._Element) -> str:
    shown = [heading.text or ""]
    for child in heading:
        shown.extend(("" if _is_furniture(child) else "".join(child.itertext()), child.tail or ""))
    return " ".join("".join(shown).split()).lower().strip(" :")


def _is_furniture(element: etree._Element) -> bool:
    if element.tag in _HIDDEN or not _FURNITURE.isdisjoint((element.get("class") or "").split()):
        return True
    kind = element.get("typeof") or ""
    if kind.startswith(("mw:File", "mw:Image", "mw:Extension/ref", "mw:Error")) or "display:none" in (element.get("style") or ""):
        return True
    return element.tag == "a" and "new" in (element.get("class") or "") and bool(_MISSING.match(element.text or ""))


def _visible_characters(text: str) -> int:
    return len("".join(text.split()))


if __name__ == "__main__":
    main()
