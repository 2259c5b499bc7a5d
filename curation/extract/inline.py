"""What stands raised, lowered or drawn in a line of HTML is written so that it reads without its place on the line.

Formulas become TeX, powers `10^7`, fractions `7 1/2`; code that looks like markup stands between backquotes. Marks of
footnotes go, and with them the links of headings to themselves.
"""

import re

from lxml import etree

from curation.extract.elements import names
from curation.extract.mathml import formula_text
from curation.extract.pruning import GONE, remove
from curation.extract.raised import is_mark, is_numbered, lowered, raised

INLINE = names(
    "a abbr acronym b bdi bdo big cite code del dfn em font i img ins kbd mark nobr q s samp small span strike strong sub sup time tt u var"
)

CODE = names("code kbd samp tt")

MOST_STEPS = 12
"""Elements before a raised sign that are read for what it stands on."""

ENOUGH = 60
"""Characters before a raised sign that are read, so that brackets of a few words are seen whole."""

MOST_BREAKS = 1
"""Line ends in code within a line, which stand there for spaces; code of more lines is a block."""

_TICKS = re.compile("`+")
_BREAKS = re.compile(r"\s*\n\s*")
_NOTE_CLASS = re.compile(r"(?:^|[\s_-])(?:footnotes?|endnotes?|noteref|fnref|fn-?ref|note-?link|sd(?:foot|end)noteanc)(?=[\s_-]|$)", re.I)
_CITED_CLASS = re.compile(r"(?:^|\s)(?:reference|mw-ref)(?=\s|$)")
_BACK_CLASS = re.compile(r"(?:^|[\s_-])(?:backref|reversefootnote|backlink|headerlink|header-?anchor|anchorjs-link)(?=[\s_-]|$)", re.I)
_NOTE_ROLES = names("doc-noteref noteref")
_BACK = re.compile(r"[¶§#↩⤴↵🔗\uf0c1\ufe0e\ufe0f\s]{1,4}")
_SLASH = re.compile(r"\s*[/⁄]\s*")
_CLOSING = re.compile(r"\s*[.,;:!?)\]]|\s")
_TEX_SCRIPT = "math/tex"
_DRAWN = names("MathJax_Preview MathJax MathJax_Display MathJax_SVG MathJax_CHTML MathJax_SVG_Display MJXc-display mjx-chtml")


_SHORT_LINKS = etree.XPath("//a[(contains(@href, '#') or @class or @role or not(@href)) and string-length(normalize-space()) < 10]")
_BROKEN_HEADINGS = etree.XPath("//br[ancestor::h1 or ancestor::h2 or ancestor::h3 or ancestor::h4 or ancestor::h5 or ancestor::h6]")


def write_inline(tree: etree._Element) -> None:
    """Writes formulas and raised signs of a page as text, in place, and takes out the marks of footnotes and of headings."""
    for link in _SHORT_LINKS(tree):
        _drop_link(link)
    for line_break in _BROKEN_HEADINGS(tree):
        _become(line_break, " ")
    for element in list(tree.iter("math", "script", "sup", "sub", *CODE)):
        if element.tag == "math":
            _write_formula(element)
        elif element.tag == "script":
            _write_script(element)
        elif element.tag in CODE:
            _write_code(element)
        else:
            _write_raised(element)
    etree.strip_elements(tree, GONE, with_tail=False)


def _write_formula(math: etree._Element) -> None:
    """Writes a formula as text; one that KaTeX has set stands beside what it drew, which goes."""
    text = formula_text(math)
    around = next((element for element in math.iterancestors("span") if "katex" in (element.get("class") or "").split()), None)
    _become(math if around is None else around, text)


def _write_script(script: etree._Element) -> None:
    """Writes the formula that MathJax reads, and takes out what it drew of it."""
    kind = (script.get("type") or "").lower()
    if not kind.startswith(_TEX_SCRIPT):
        return
    source = " ".join("".join(script.itertext()).split())
    while (drawn := script.getprevious()) is not None and not (drawn.tail or "").strip() and _is_drawn(drawn):
        remove(drawn)
    mark = "$$" if "display" in kind else "$"
    _become(script, f"{mark}{source}{mark}" if source else "")


def _write_code(element: etree._Element) -> None:
    """Puts code that reads like markup between backquotes, more of them than it holds itself, so that no cleaner takes it for such."""
    said = "".join(element.itertext())
    if not any(sign in said for sign in "<&") or said.strip().count("\n") > MOST_BREAKS or element.find(".//br") is not None:
        return
    if next(element.iterancestors("pre", *CODE), None) is not None:
        return
    for text in element.xpath(".//text()"):  # the code of a line is closed in its line
        holder, plain = text.getparent(), _BREAKS.sub(" ", text)
        if text.is_tail:
            holder.tail = plain
        else:
            holder.text = plain
    run = "`" * (max(map(len, _TICKS.findall(said)), default=0) + 1)
    space = " " if said.startswith("`") or said.endswith("`") else ""
    element.text = f"{run}{space}{element.text or ''}"
    if len(element):
        element[-1].tail = f"{element[-1].tail or ''}{space}{run}"
    else:
        element.text += f"{space}{run}"


def _is_drawn(element: etree._Element) -> bool:
    return not _DRAWN.isdisjoint((element.get("class") or "").split())


def _become(element: etree._Element, text: str) -> None:
    tail = element.tail
    element.clear()
    element.tag, element.text, element.tail = "span", text, tail


def _drop_link(link: etree._Element) -> None:
    """Takes out a link that is the mark of a footnote, leads back from one, or is a heading's to itself."""
    said = "".join(link.itertext()).strip() if len(link) < 4 else ""
    if not 0 < len(said) < 10 or link.getparent() is None:
        return
    within, classes = (link.get("href") or "#").startswith("#"), link.get("class") or ""
    roles = f"{link.get('role') or ''} {link.get('epub:type') or link.get('{http://www.idpf.org/2007/ops}type') or ''}".split()
    leads_back = "doc-backlink" in roles or (_BACK.fullmatch(said) and (within or _BACK_CLASS.search(classes)))
    if leads_back or (is_mark(said) and (not _NOTE_ROLES.isdisjoint(roles) or _NOTE_CLASS.search(classes))):
        _take_out(link)


def _write_raised(element: etree._Element) -> None:
    said, before, after = "".join(element.itertext()).strip(), _text_before(element), element.tail or ""
    if not said or len(said) > 20:
        return
    if element.tag == "sub":
        element.text = lowered(said, before) + (element.text or "")
        return
    is_label = not before.strip() and not is_numbered(said)  # A note begins with its own letter.
    around, below = None if is_label else _link_around(element), element.getnext()
    link = next(element.iter("a"), None) if around is None else around
    if link is None and below is not None and below.tag == "sub" and _SLASH.fullmatch(after) and said.isdigit():
        element.text, element.tail = (" " if before[-1:].isdigit() else "") + (element.text or ""), "/"
        return
    classes = element.get("class") or ""
    is_note = _NOTE_CLASS.search(classes) or _CITED_CLASS.search(classes) or (link is not None and "#" in (link.get("href") or "#"))
    prefix = None if is_note and is_mark(said) else raised(said, before, after, linked=link is not None)
    if prefix:
        element.text = prefix + (element.text or "")
        if after[:1].isdigit() and said[-1].isdigit():
            element.tail = f" {after}"  # 5^12 6^2 is no 5^126^2
    elif prefix is None or (link is not None and is_numbered(said)):
        _take_out(element if around is None else around)


def _link_around(element: etree._Element) -> etree._Element | None:
    """The link that holds a raised sign and nothing else."""
    node, parent = element, element.getparent()
    while parent is not None and parent.tag in INLINE and len(parent) == 1:
        if (parent.text or "").strip() or (node.tail or "").strip():
            return None
        if parent.tag == "a":
            return parent
        node, parent = parent, parent.getparent()
    return None


def _text_before(element: etree._Element) -> str:
    """What stands in the line before an element, as much of it as its meaning needs."""
    said, node = "", element
    for _ in range(MOST_STEPS):
        previous, parent = node.getprevious(), node.getparent()
        if previous is not None:
            said = (previous.tail or "") + said
            if previous.tag not in INLINE and previous.tag != GONE:
                break
            said = ("" if previous.tag == GONE else "".join(previous.itertext())) + said
            node = previous
        elif parent is not None:
            said = (parent.text or "") + said
            if parent.tag not in INLINE:
                break
            node = parent
        if len(said) >= ENOUGH:
            break
    return said[-ENOUGH:]


def _take_out(element: etree._Element) -> None:
    """Takes a mark out of its line, and the space before it where another or a full stop follows.

    It leaves its tree with all others, since to move the text behind each of many takes the square of their number.
    """
    parent, previous = element.getparent(), element.getprevious()
    if parent is None:
        return
    for _ in range(MOST_STEPS):
        if previous is not None and previous.tag == GONE and not previous.tail:
            previous = previous.getprevious()
    if _CLOSING.match(element.tail or "") or (not element.tail and element.getnext() is None):
        if previous is not None and previous.tail:
            previous.tail = previous.tail.rstrip(" \t")
        elif previous is None and parent.text and parent.tag not in INLINE:
            parent.text = parent.text.rstrip(" \t")
    element.tag = GONE
