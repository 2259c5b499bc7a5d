"""Wiki pages as `action=parse` of MediaWiki renders them: the text that readers see, without the furniture around it.

Headings come in two forms: `<h2><span class="mw-headline">` and, since MediaWiki 1.43, `<div class="mw-heading"><h2>`.
https://www.mediawiki.org/wiki/Heading_HTML_changes
"""

import re

from lxml import etree

from curation.clean.encoding import decode
from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted, require_size
from curation.extract.blocks import elements_of_class, render
from curation.extract.elements import names
from curation.extract.html import MAX_BYTES, WIKI_NOISE, drop_pictures, is_stub, parse_html, require_article
from curation.extract.inline import write_inline
from curation.extract.pruning import remove, words
from curation.extract.sections import without_apparatus
from curation.extract.stubs import require_more_than_stub

NOISE = (WIKI_NOISE - {"portable-infobox"}) | names("navbox-styles navigation-box mw-broken-media wikia-gallery wds-tabs__wrapper")

_OF_CLASS = ".//*[contains(concat(' ', normalize-space(@class), ' '), $name)]"
_COMMAS = re.compile(r"(?:\s*,)+\s+")
_NAMESPACED = re.compile(r"[^\W\d_][\w ]{0,40}:\S")


def extract_rendered(item: Captured) -> Extracted:
    """The text of a rendered wiki page as light Markdown; the facts of a portable infobox (Fandom) become a list.

    Raises Dropped where the page is no article or has no text, and Failed where it cannot be read.
    """
    require_size(item.content, MAX_BYTES)
    tree = parse_html(decode(item.content, item.charset))
    require_article(tree)
    write_inline(tree)
    for box in list(elements_of_class(tree, "portable-infobox")):
        _as_list(box)
    drop_pictures(tree)
    _without_missing_templates(tree)
    body = tree.find("body")
    text = without_apparatus(render(body if body is not None else tree, NOISE)).strip()
    if not text:
        raise Dropped(Reason.EMPTY, "the page has no text but templates, tables of navigation and references")
    require_more_than_stub(text, is_stub(tree))
    return Extracted(text, item.title, "wikihtml")


def _as_list(box: etree._Element) -> None:
    """Makes an infobox a list of its facts, each as `Label: value`, in its place."""
    facts = etree.Element("ul")
    for row in box.xpath(_OF_CLASS, name=" pi-data "):
        label, value = (_words(row.xpath(_OF_CLASS, name=f" pi-data-{part} ")) for part in ("label", "value"))
        if label and value:
            fact = etree.Element("li")
            fact.text = f"{label.rstrip(':')}: {value}"
            facts.append(fact)
    facts.tail = box.tail
    box.getparent().replace(box, facts)


def _words(found: list[etree._Element]) -> str:
    """What the first of some elements says, line breaks as commas."""
    for line_break in found[0].xpath(".//br | .//li[position() > 1]") if found else ():
        line_break.text = f", {line_break.text or ''}"
    return _COMMAS.sub(", ", words(found[0])).strip(" ,") if found else ""


def _without_missing_templates(tree: etree._Element) -> None:
    """Takes out paragraphs of nothing but red links such as `Template:X`, which stand where a template is missing."""
    for paragraph in tree.xpath("//p[a[contains(@class, 'new')]]"):
        red = paragraph.xpath("a[contains(concat(' ', @class, ' '), ' new ')]")
        said = [words(link) for link in red]
        if all(map(_NAMESPACED.match, said)) and words(paragraph) == " ".join(said):
            remove(paragraph)
