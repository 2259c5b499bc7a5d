"""What a page of a run holds: its picture, its tables, and the answers to the SQL on it."""

import re
from base64 import b64decode
from typing import Any
from xml.etree import ElementTree

from flows.run_page.pages import Page
from warehouse.console import query
from warehouse.layout import Workspace


def svg(page: Page) -> ElementTree.Element:
    """The picture of a page."""
    found = re.search(r"!\[[^\]]+\]\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)", page.markdown)
    assert found
    return ElementTree.fromstring(b64decode(found[1]))


def lines(page: Page) -> dict[str, list[str]]:
    """The rows of a page's tables by their first cell; where several have the same, the first of them."""
    cells = [[cell.strip(" *`") for cell in line.strip("| ").split(" | ")] for line in page.markdown.splitlines() if line.startswith("| ")]
    return {row[0]: row[1:] for row in reversed(cells)}


def answers(workspace: Workspace, page: Page, place: int = 0) -> list[dict[str, Any]]:
    """What the SQL on a page gives."""
    statement = re.findall(r'`berry sql "([^"]+)"`', page.markdown)[place]
    answer = query(workspace, statement)
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
