"""Research papers in JATS or NLM XML: title, abstract, body, captions and tables; references and pictures are left out."""

import re
from collections.abc import Mapping

from lxml import etree

from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted, Failed, require_size
from curation.extract.citations import is_noun, without_doubled_stops
from curation.extract.elements import names
from curation.extract.mathml import formula_text
from curation.extract.powers import is_power
from curation.extract.sections import without_apparatus, without_hollow_brackets
from curation.extract.tables import Table, span_of
from curation.extract.xml_entities import with_characters
from curation.stand_ins import FORMULA

MAX_BYTES = 10_000_000

_NAMED = re.compile(r"\bet al\.?[\s(\[]*$")
_YEAR = re.compile(r"\((\d{4})\)$")
_CITATION = re.compile("\ue000([^\ue000\ue001]*)\ue001")
_CITATIONS = re.compile(  # in brackets, or side by side
    r"\s?[\[(]\s*(?:\ue000[^\ue000\ue001]*\ue001(?:[\s,;–—-]|and )*)+[\])]|\s?(?:\ue000[^\ue000\ue001]*\ue001(?:[,;–—-] ?(?=\ue000))?)+"
)
_UNCITED = re.compile(r"(?<! [,–-])(?<!\|)(?: [,–-])* ([.,;])(?=\s|$)")  # what stood between citations that are left out
_VERSE = "\ue002"
_NEXT_VERSE = f"\n\n{_VERSE}"
_KEPT = re.compile("\ue003(\\d{1,9})\ue004")
_LISTINGS = names("preformat code")
_BASE_OF_POWER = re.compile(r"(?:(?<![\d.,])10|(?<!\w)[^\W\d_]{1,2})\s?$")
_MARKS = re.compile(r"[^\s,;()]+")
_BLOCKS = names(
    "p title sec abstract body disp-formula list list-item disp-quote verse-line preformat boxed-text statement article-title front"
)
_DROPPED = names(
    "supplementary-material ref-list back xref-group label object-id graphic inline-graphic media "
    "ack author-notes permissions journal-meta contrib-group pub-date article-id history kwd-group "
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
        root = etree.fromstring(with_characters(item.content), parser)
    except etree.XMLSyntaxError as error:
        raise Failed(f"no XML: {error}", Reason.MALFORMED) from error
    article = None if root is None else next(root.iter("{*}article", "article"), None)
    if article is None:
        raise Failed("no article element", Reason.MALFORMED)
    title = _text(article.find(".//{*}article-meta//{*}article-title"))
    works = {ref.get("id", ""): _work(ref) for ref in article.iter("{*}ref", "ref")}
    kept: list[str] = []
    body = _CITATIONS.sub(lambda found: _cited(found, works), _render(article, kept=kept).replace(_NEXT_VERSE, "\n"))
    text = without_apparatus(without_doubled_stops(_UNCITED.sub(r"\1", without_hollow_brackets(body)))).strip()
    text = _KEPT.sub(lambda found: "".join(kept[int(found[1]) : int(found[1]) + 1]), text)
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
    """Nothing for citations beside a sentence, authors and years where it or a cell of a table needs them, years behind `et al.`"""
    before = found.string[max(0, found.start() - 40) : found.start()]
    if _NAMED.search(before):
        years = [_YEAR.search(works.get(key, "")) for key in _CITATION.findall(found.group())]
        return f" ({', '.join(year.group(1) for year in years if year)})" if all(years) else ""
    if not is_noun(before + " ") and not before.endswith("|"):
        return ""
    named = [works.get(key, "") for key in _CITATION.findall(found.group())]
    return " " + " and ".join(named) if all(named) else ""


def _render(root: etree._Element, marks: frozenset[str] = frozenset(), kept: list[str] | None = None) -> str:
    """The text below an element, without raised marks; listings go to `kept`. It calls itself for cells without tables only."""
    blocks: list[str] = []
    inline: list[str] = []
    prefix = [""]
    level = 1
    caption = False

    def flush() -> None:
        if text := " ".join("".join(inline).split()).lstrip(": "):  # which the mark of a note left
            blocks.append(prefix[0] + text)
            prefix[0] = ""
        inline.clear()

    walker = etree.iterwalk(root, events=("start", "end"))
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
                prefix[0] = _prefix(element, tag, level) or prefix[0]
            if formula := _formula(element, tag):
                inline.append(formula)
                walker.skip_subtree()
            elif tag == "sup" and _is_mark(element, "".join(inline[-3:]), marks):
                walker.skip_subtree()
            elif kept is not None and (listing := _listing(element, tag)):
                flush()
                blocks.append(f"\ue003{len(kept)}\ue004")
                kept.append(listing)
                walker.skip_subtree()
            elif tag == "table" and element.find(".//{*}table") is None:
                flush()
                blocks += filter(None, [_uncaptioned(element), _table(element)])
                walker.skip_subtree()
            else:
                if tag == "caption":
                    flush()
                    caption, prefix[0] = True, _label(element)
                inline.append("^" if tag == "sup" and is_power(_text(element), "".join(inline[-3:])) else "")
                inline.append(" " if tag == "break" else element.text or "")
    flush()
    return "\n\n".join(blocks)


def _table(element: etree._Element) -> str:
    """A table as rows; of one with a single column its cells."""
    table, widest, marks = Table(), 0, _footnotes(element)
    for row in element.iter("{*}tr"):
        cells = row.xpath("*[local-name() = 'td' or local-name() = 'th']")
        parent = row.getparent()
        heads = parent is not None and parent.tag.endswith("thead")
        widest = max(widest, len(cells))
        table.begin_row()
        for cell in cells:
            text = " ".join((_render(cell, marks) if len(cell) else cell.text or "").split())
            table.add(text, span_of(cell), head=heads or cell.tag.endswith("th"))
    rows = table.markdown()
    return rows if widest > 1 else "\n\n".join(text for row in table.rows for text in row if text)


def _footnotes(table: etree._Element) -> frozenset[str]:
    """The marks of the notes that stand below a table."""
    around = next(table.iterancestors("{*}table-wrap"), None)
    foot = None if around is None else around.find("{*}table-wrap-foot")
    notes = [] if foot is None else [mark for mark in foot.iter("{*}label", "{*}sup") if mark.tag.endswith("label") or _is_first(mark)]
    return frozenset().union(*map(_marks, notes))


def _is_mark(raised: etree._Element, before: str, marks: frozenset[str]) -> bool:
    """Whether raised letters, signs or numbers lead to a note: a number may be a power of what stands before it."""
    text = _text(raised)
    if not marks or not marks >= _marks(raised):
        return _is_first(raised) and next(raised.iterancestors("{*}table-wrap-foot"), None) is not None
    return not is_power(text, before) or (text.isdecimal() and (text == "1" or not _BASE_OF_POWER.search(before)))


def _is_first(element: etree._Element) -> bool:
    """Whether nothing stands before an element in its paragraph."""
    parent = element.getparent()
    return parent is not None and element.getprevious() is None and not (parent.text or "").strip()


def _marks(element: etree._Element) -> frozenset[str]:
    return frozenset(_MARKS.findall(_text(element)))


def _listing(element: etree._Element, tag: str) -> str:
    """Code of several lines, as it is; empty for anything else."""
    code = "".join(element.itertext()).strip("\n") if tag in _LISTINGS else ""
    return f"```{element.get('language', '')}\n{code.rstrip()}\n```" if "\n" in code else ""


def _uncaptioned(table: etree._Element) -> str:
    """The label of a table that has no caption to bear it."""
    around = next(table.iterancestors("{*}table-wrap"), None)
    return "" if around is None or around.find("{*}caption") is not None else _text(around.find("{*}label"))


def _label(caption: etree._Element) -> str:
    """What a caption begins with: the label of its figure or table."""
    parent = caption.getparent()
    label = "" if parent is None else _text(parent.find("{*}label")).rstrip(".: ")
    return f"{label}: " if label else ""


def _prefix(element: etree._Element, tag: str, level: int) -> str:
    if tag == "verse-line":
        above = element.getprevious()
        return _VERSE if above is not None and above.tag == element.tag else ""
    if tag == "article-title":
        return "# "
    if tag == "title":
        return "#" * min(level, 6) + " "
    return "- " if tag == "list-item" else ""


def _is_dropped(element: etree._Element, tag: str) -> bool:
    if tag == "xref":
        return element.get("ref-type") in ("bibr", "fn", "table-fn", "aff", "corresp")
    if tag in ("fn", "fn-group"):
        return next(element.iterancestors("{*}table-wrap-foot"), None) is None
    return tag in _DROPPED or not tag or (tag == "math" and _has_tex(element))


def _is_picture(formula: etree._Element) -> bool:
    """Whether nothing of a formula can be read, since it is drawn."""
    drawn = any(True for _ in formula.iter("{*}graphic", "{*}inline-graphic"))
    return drawn and all(element.tag.endswith("label") or not (element.text or "").strip() for element in formula.iter("{*}*"))


def _has_tex(formula: etree._Element) -> bool:
    """Whether the same formula stands beside this one as TeX."""
    parent = formula.getparent()
    return parent is not None and parent.find("{*}tex-math") is not None


def _formula(element: etree._Element, tag: str) -> str:
    """TeX of a formula as the publisher gives it or as its MathML has it, else what stands for one that is a picture."""
    if tag in ("inline-formula", "disp-formula"):
        return FORMULA if _is_picture(element) else ""
    if tag == "tex-math":
        body = re.search(r"\\begin\{document\}(.*?)\\end\{document\}", element.text or "", re.DOTALL)
        return f"${(body.group(1) if body else element.text or '').strip().strip('$').strip()}$"
    return formula_text(element) if tag == "math" else ""
