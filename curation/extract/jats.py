"""Research papers in JATS or NLM XML: title, abstract and body; references, figures and tables are left out."""

import re

from lxml import etree

from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted, Failed, require_size
from curation.extract.elements import names
from curation.extract.sections import without_apparatus, without_hollow_brackets

MAX_BYTES = 10_000_000

_SPACE = re.compile(r"\s+")
_UNCITED = re.compile(r"(?: [,–-])* ([.,;])(?=\s|$)")  # what stood between citations that are left out
_BLOCKS = names("p title sec abstract body disp-formula list list-item disp-quote boxed-text statement article-title front")
_DROPPED = names(
    "table-wrap fig fig-group supplementary-material ref-list back xref-group label object-id graphic inline-graphic media "
    "table-wrap-foot fn fn-group ack author-notes permissions journal-meta contrib-group pub-date article-id history kwd-group "
    "article-categories funding-group counts custom-meta-group related-article aff alt-title subtitle trans-abstract floats-group "
    "volume issue elocation-id fpage lpage self-uri response sub-article product author-comment"
)


def extract_jats(item: Captured) -> Extracted:
    """The text of a paper as light Markdown."""
    require_size(item.content, MAX_BYTES)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, recover=True)
    root = etree.fromstring(item.content, parser)
    article = None if root is None else next(root.iter("{*}article", "article"), None)
    if article is None:
        raise Failed("no article element", Reason.MALFORMED)
    title = _text(article.find(".//{*}article-meta//{*}article-title"))
    text = without_apparatus(_UNCITED.sub(r"\1", without_hollow_brackets(_render(article)))).strip()
    if not text:
        raise Dropped(Reason.EMPTY, "neither abstract nor body")
    return Extracted(text, item.title or title or None, "jats")


def _text(element: etree._Element | None) -> str:
    return "" if element is None else _SPACE.sub(" ", "".join(element.itertext())).strip()


def _render(article: etree._Element) -> str:
    blocks: list[str] = []
    inline: list[str] = []
    prefix = [""]
    level = 1

    def flush() -> None:
        if text := _SPACE.sub(" ", "".join(inline)).strip():
            blocks.append(prefix[0] + text)
            prefix[0] = ""
        inline.clear()

    walker = etree.iterwalk(article, events=("start", "end"))
    for event, element in walker:
        tag = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if event == "end":
            if tag in _BLOCKS and not _is_dropped(element, tag):
                flush()
                prefix[0] = ""
                level -= tag == "sec"
            inline.append(element.tail or "")
        elif _is_dropped(element, tag):
            walker.skip_subtree()
        else:
            if tag in _BLOCKS:
                flush()
                level += tag == "sec"
                prefix[0] = _prefix(tag, level) or prefix[0]
            if formula := _formula(element, tag):
                inline.append(formula)
                walker.skip_subtree()
            else:
                inline.append(element.text or "")
    flush()
    return "\n\n".join(blocks)


def _prefix(tag: str, level: int) -> str:
    if tag == "article-title":
        return "# "
    if tag == "title":
        return "#" * min(level, 6) + " "
    return "- " if tag == "list-item" else ""


def _is_dropped(element: etree._Element, tag: str) -> bool:
    if tag == "xref":
        return element.get("ref-type") in ("bibr", "fn", "table-fn", "aff", "corresp")
    return tag in _DROPPED or not tag


def _formula(element: etree._Element, tag: str) -> str:
    """TeX of a formula where the publisher gives it, else the characters of its MathML."""
    if tag == "tex-math":
        body = re.search(r"\\begin\{document\}(.*?)\\end\{document\}", element.text or "", re.DOTALL)
        return f"${(body.group(1) if body else element.text or '').strip().strip('$').strip()}$"
    return _SPACE.sub(" ", "".join(element.itertext())).strip() if tag == "math" else ""
