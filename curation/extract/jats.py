"""Research papers in JATS or NLM XML: title, abstract, body and captions; references, pictures and tables are left out."""

import re
from collections.abc import Mapping

from lxml import etree

from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted, Failed, require_size
from curation.extract.citations import is_noun
from curation.extract.elements import names
from curation.extract.mathml import formula_text
from curation.extract.powers import is_power
from curation.extract.sections import without_apparatus, without_hollow_brackets

MAX_BYTES = 10_000_000

_CITATION = re.compile("\ue000([^\ue000\ue001]*)\ue001")
_CITATIONS = re.compile(  # in brackets, or side by side
    r"\s?[\[(]\s*(?:\ue000[^\ue000\ue001]*\ue001(?:[\s,;–—-]|and )*)+[\])]|\s?(?:\ue000[^\ue000\ue001]*\ue001(?:[,;–—-] ?(?=\ue000))?)+"
)
_UNCITED = re.compile(r"(?<! [,–-])(?: [,–-])* ([.,;])(?=\s|$)")  # what stood between citations that are left out
_BLOCKS = names("p title sec abstract body disp-formula list list-item disp-quote boxed-text statement article-title front")
_DROPPED = names(
    "table alternatives supplementary-material ref-list back xref-group label object-id graphic inline-graphic media "
    "table-wrap-foot fn fn-group ack author-notes permissions journal-meta contrib-group pub-date article-id history kwd-group "
    "article-categories funding-group counts custom-meta-group related-article aff alt-title subtitle trans-abstract "
    "volume issue elocation-id fpage lpage self-uri response sub-article product author-comment"
)


def extract_jats(item: Captured) -> Extracted:
    """The text of a paper as light Markdown.

    Raises Dropped where it has none, and Failed where it is no paper in XML.
    """
    require_size(item.content, MAX_BYTES)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, recover=True)
    try:
        root = etree.fromstring(item.content, parser)
    except etree.XMLSyntaxError as error:
        raise Failed(f"no XML: {error}", Reason.MALFORMED) from error
    article = None if root is None else next(root.iter("{*}article", "article"), None)
    if article is None:
        raise Failed("no article element", Reason.MALFORMED)
    title = _text(article.find(".//{*}article-meta//{*}article-title"))
    works = {ref.get("id", ""): _work(ref) for ref in article.iter("{*}ref", "ref")}
    body = _CITATIONS.sub(lambda found: _cited(found, works), _render(article))
    text = without_apparatus(_UNCITED.sub(r"\1", without_hollow_brackets(body))).strip()
    if not text:
        raise Dropped(Reason.EMPTY, "neither abstract nor body")
    return Extracted(text, item.title or title or None, "jats")


def _text(element: etree._Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _work(ref: etree._Element) -> str:
    """Authors and year of an entry in the list of references; empty where it does not mark them."""
    surnames = [_text(name) for name in ref.iter("{*}surname", "surname")]
    year = re.search(r"\d{4}", _text(ref.find(".//{*}year")))
    if not surnames or not year:
        return ""
    authors = f"{surnames[0]} et al." if len(surnames) > 2 else " and ".join(surnames)
    return f"{authors} ({year.group()})"


def _cited(found: re.Match[str], works: Mapping[str, str]) -> str:
    """Nothing for citations beside a sentence, authors and years where it needs them."""
    if not is_noun(found.string[max(0, found.start() - 40) : found.start()] + " "):
        return ""
    named = [works.get(key, "") for key in _CITATION.findall(found.group())]
    return " " + " and ".join(named) if all(named) else ""


def _render(article: etree._Element) -> str:
    blocks: list[str] = []
    inline: list[str] = []
    prefix = [""]
    level = 1
    caption = False

    def flush() -> None:
        if text := " ".join("".join(inline).split()):
            blocks.append(prefix[0] + text)
            prefix[0] = ""
        inline.clear()

    walker = etree.iterwalk(article, events=("start", "end"))
    for event, element in walker:
        tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""  # a damaged name may be none that QName takes
        if caption and tag != "caption" and tag in _BLOCKS:
            inline.append(" " if event == "start" else f" {element.tail or ''}")
            inline.append(element.text or "" if event == "start" else "")
        elif event == "end":
            if tag == "caption":
                flush()
                caption = False
            if tag in _BLOCKS and not _is_dropped(element, tag):
                flush()
                prefix[0] = ""
                level -= tag == "sec"
            inline.append(element.tail or "")
        elif _is_dropped(element, tag):
            if tag == "xref" and element.get("ref-type") == "bibr":
                inline.append(f"\ue000{element.get('rid', '')}\ue001")
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
                if tag == "caption":
                    flush()
                    caption, prefix[0] = True, _label(element)
                elif tag == "sup" and is_power("".join(element.itertext()), "".join(inline[-3:])):
                    inline.append("^")
                inline.append(element.text or "")
    flush()
    return "\n\n".join(blocks)


def _label(caption: etree._Element) -> str:
    """What a caption begins with: the label of its figure or table."""
    parent = caption.getparent()
    label = "" if parent is None else _text(parent.find("{*}label")).rstrip(".: ")
    return f"{label}: " if label else ""


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
    """TeX of a formula where the publisher gives it, else what is written from its MathML."""
    if tag == "tex-math":
        body = re.search(r"\\begin\{document\}(.*?)\\end\{document\}", element.text or "", re.DOTALL)
        return f"${(body.group(1) if body else element.text or '').strip().strip('$').strip()}$"
    return formula_text(element) if tag == "math" else ""
