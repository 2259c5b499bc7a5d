"""Pages that LaTeXML makes of papers, as arXiv serves them: displayed formulas and listings as what they are, no tables and lines.

The classes are those of https://math.nist.gov/~BMiller/LaTeXML/manual/cssclasses/.
"""

import re

from lxml import etree

MARK = "ltx_"
"""What all classes of such a page begin with."""

_LINE_END = re.compile(r"(?<!\\)%\s+")  # set where a line grew long
_TIE = r"\leavevmode\nobreak\ "
_LANGUAGE = re.compile(r"\bltx_lst_language_(\w{1,20})")
_SPACES = str.maketrans("\u00a0␣", "  ")


def make_plain(root: etree._Element) -> None:
    """Makes one formula of each table that only sets formulas, a block of code of each listing, and TeX of one line of many."""
    for formula in root.xpath("descendant::*[@alttext or @aria-label]"):
        for name in ("alttext", "aria-label"):
            if source := formula.get(name):
                formula.set(name, _LINE_END.sub("", source).replace(_TIE, "\\ "))
    for table in root.xpath("descendant::table[contains(@class, 'ltx_eqn_table')]"):
        rows = [_row(row) for row in table.iter("tr")]
        if all(row is not None for row in rows):
            block = etree.Element("d-math", block="")
            block.text = " \\\\ ".join(row for row in rows if row)
            _put(block, table)
    for listing in root.xpath("descendant::div[contains(@class, 'ltx_lstlisting')]"):
        block = etree.Element("pre")
        language = _LANGUAGE.search(listing.get("class"))
        block.set("class", f"language-{language.group(1)}" if language else "")
        block.text = "\n".join(map(_line, listing.xpath("descendant::div[contains(@class, 'ltx_listingline')]")))
        _put(block, listing)


def _row(row: etree._Element) -> str | None:
    """The TeX of a row, with its number; None where it has words beside formulas."""
    parts: list[str] = []
    number = ""
    for cell in row:
        if "ltx_eqn_eqno" in (cell.get("class") or ""):
            number = "".join(cell.itertext()).strip().strip("()")
            continue
        formulas = cell.xpath("descendant::*[@aria-label and contains(@class, 'mjx-math')]") or cell.xpath("descendant::math[@alttext]")
        if not formulas and "".join(cell.itertext()).strip():
            return None
        parts += [(formula.get("aria-label") or formula.get("alttext")).replace("\\displaystyle", "").strip() for formula in formulas]
    return " ".join(filter(None, [*parts, f"\\tag{{{number}}}" if number else ""]))


def _line(line: etree._Element) -> str:
    """The code of a line of a listing, without its number."""
    pieces = line.xpath("descendant::text()[not(ancestor::*[contains(@class, 'ltx_tag_listingline')])]")
    return "".join(pieces).strip("\n").translate(_SPACES).rstrip()


def _put(new: etree._Element, old: etree._Element) -> None:
    """Sets an element in the place of another."""
    parent = old.getparent()
    if parent is not None:
        new.tail = old.tail
        parent.replace(old, new)
