"""The wikitext that a page of Parsoid's HTML was rendered from, and what each template of it shows.

Parsoid writes into its HTML what it takes to get the wikitext back: the calls of templates with their arguments as they
were written (`data-mw`), links as links, lists as lists. https://www.mediawiki.org/wiki/Specs/HTML
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from lxml import etree

from curation.extract.elements import names

_INLINE = {"b": "'''", "strong": "'''", "i": "''", "em": "''"}
_LIST = {"ul": "*", "ol": "#", "dl": ":"}
_HEADING = re.compile(r"h[1-6]")
_HTML = names("small sup sub div blockquote center big u s del code tt font abbr bdi br pre hr q var kbd cite")
_CELLS = {"td": "|", "th": "!", "caption": "|+"}


@dataclass
class Call:
    """A call of a template, as it was written and as a reader sees it."""

    name: str
    wikitext: str
    shown: list[etree._Element] = field(default_factory=list)


def calls(page: etree._Element) -> Iterator[Call]:
    """Every call of one template that stands alone, with the elements that it became."""
    groups: dict[str, list[etree._Element]] = {}
    for element in page.xpath("//*[@about]"):
        groups.setdefault(element.get("about"), []).append(element)
    for element in page.xpath("//*[contains(@typeof, 'mw:Transclusion')]"):
        templates = [part for part in _data(element).get("parts", ()) if isinstance(part, dict)]
        if len(templates) == 1 and "template" in templates[0]:
            yield Call(_name(templates[0]), _parts(element), groups.get(element.get("about"), [element]))


def source(page: etree._Element) -> str:
    """The wikitext of a page."""
    return _children(page.find("body"), set(), "")


def _data(element: etree._Element) -> dict[str, Any]:
    return dict(json.loads(element.get("data-mw") or "{}"))


def _name(part: dict[str, Any]) -> str:
    return " ".join(part["template"]["target"]["wt"].replace("_", " ").split()).lower()


def _parts(element: etree._Element) -> str:
    return "".join(part if isinstance(part, str) else _call(part) for part in _data(element).get("parts", ()))


def _call(part: dict[str, Any]) -> str:
    template = part.get("template") or part.get("templatearg") or {"target": {"wt": ""}, "params": {}}
    arguments = [value["wt"] if name.isdigit() else f"{name}={value['wt']}" for name, value in template["params"].items()]
    return "{{" + "|".join([template["target"]["wt"].strip(), *arguments]) + "}}"


def _children(element: etree._Element, seen: set[str], marks: str) -> str:
    parts = [element.text or ""]
    for child in element:
        parts.append(_element(child, seen, marks) if isinstance(child.tag, str) else "")
        parts.append(child.tail or "")
    return "".join(parts)


def _element(element: etree._Element, seen: set[str], marks: str) -> str:
    kind, about = element.get("typeof") or "", element.get("about")
    if about and about in seen:
        return ""
    if "mw:Transclusion" in kind:
        seen.add(about)
        return _parts(element)
    if "mw:Extension/" in kind:
        seen.add(about)
        return _extension(element)
    if kind.startswith(("mw:File", "mw:Image", "mw:Error mw:File", "mw:Video", "mw:Audio")):
        return _file(element)
    return _markup(element, seen, marks)


def _extension(element: etree._Element) -> str:
    data = _data(element)
    name, body = data["name"], data.get("body", {})
    if name == "ref":
        return "<ref>a note</ref>"
    return f"<{name}>{body['extsrc']}</{name}>" if body.get("extsrc") else f"<{name} />"


def _file(element: etree._Element) -> str:
    caption = " ".join("".join(element.itertext()).split())
    return f"[[File:A picture.jpg|thumb|{caption}]]" if element.tag == "figure" else "[[File:A picture.jpg|20px]]"


def _markup(element: etree._Element, seen: set[str], marks: str) -> str:
    tag = element.tag
    if tag in _LIST:
        return "\n" + "".join(_item(item, tag, seen, marks) for item in element if isinstance(item.tag, str)) + "\n"
    inside = _children(element, seen, marks)
    if tag in ("meta", "link", "style", "script"):
        return f"[[{unquote(element.get('href', '')[2:])}]]" if element.get("rel") == "mw:PageProp/Category" else ""
    if tag == "a":
        return _link(element, inside)
    if mark := _INLINE.get(tag):
        return f"{mark}{inside}{mark}" if inside else ""
    if _HEADING.fullmatch(tag):
        return f"\n{'=' * int(tag[1])} {inside.strip()} {'=' * int(tag[1])}\n"
    if tag == "p":
        return f"\n{inside.strip()}\n"
    if tag == "table":
        return f'\n{{| class="{element.get("class", "")}"\n{inside}\n|}}\n'
    if tag == "tr":
        return f"\n|-\n{inside}"
    if tag in _CELLS:
        return f"\n{_CELLS[tag]} {inside.strip()}\n"
    return f"<{tag}>{inside}</{tag}>" if tag in _HTML else inside


def _item(item: etree._Element, kind: str, seen: set[str], marks: str) -> str:
    own = marks + (";" if item.tag == "dt" else _LIST[kind])
    if "mw:Transclusion" in (item.get("typeof") or ""):
        return _element(item, seen, own)
    return f"{own} {_children(item, seen, own).strip()}\n"


def _link(element: etree._Element, inside: str) -> str:
    kind, target = element.get("rel") or "", element.get("href") or ""
    if kind.startswith("mw:ExtLink"):
        return f"[{target} {inside}]" if inside else f"[{target}]"
    return f"[[{unquote(target.removeprefix('./')).replace('_', ' ')}|{inside}]]" if "mw:WikiLink" in kind else inside
