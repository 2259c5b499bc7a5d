"""Tables: one light Markdown form, in which no cell slips under another heading."""

import pytest
from captured_items import item

from curation.extract import extract


def text_of(table: str) -> str:
    """The text of a table in a wiki's page and, since both must agree, in an article."""
    wiki = f'<html><body><div class="mw-parser-output">{table}</div></body></html>'
    prose = "".join(
        f"<p>{n} dwarves dug for ore in the long tunnels below the mountain, and they dug deeper each year.</p>" for n in range(4)
    )
    article = f"<html><body><article>{prose}{table}</article></body></html>"
    found = extract(item(wiki, "text/html")).text
    assert found in extract(item(article, "text/html")).text
    return found


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (
            "<tr><th>Name</th><th>Year</th></tr><tr><td>Moria</td><td>1980</td></tr>",
            "| Name | Year |\n|---|---|\n| Moria | 1980 |",
        ),
        ("<tr><td>Moria</td><td>1980</td></tr><tr><td>Erebor</td><td>1999</td></tr>", "| Moria | 1980 |\n| Erebor | 1999 |"),
        (
            "<tr><th>Hall</th><th>King</th><th>Fall</th></tr><tr><td></td><td>Durin</td><td></td></tr>"
            "<tr><td>Moria</td><td></td><td>1980</td></tr>",
            "| Hall | King | Fall |\n|---|---|---|\n| | Durin | |\n| Moria | | 1980 |",
        ),
        (
            "<tr><th>Ore</th><th>Depth</th></tr><tr><td rowspan='2'>Gold</td><td>300 m</td></tr><tr><td>400 m</td></tr>",
            "| Ore | Depth |\n|---|---|\n| Gold | 300 m |\n| | 400 m |",
        ),
        (
            "<tr><th>Ore</th><th>From</th><th>To</th></tr><tr><td colspan='2'>Gold</td><td>9</td></tr>"
            "<tr><td>Tin</td><td>1</td><td>2</td></tr>",
            "| Ore | From | To |\n|---|---|---|\n| Gold | | 9 |\n| Tin | 1 | 2 |",
        ),
        ("<tr><th>A</th><th>B</th></tr><tr><td>x|y</td><td>z</td></tr>", "| A | B |\n|---|---|\n| x\\|y | z |"),
    ],
)
def test_a_table_keeps_its_columns(rows: str, text: str) -> None:
    assert text_of(f"<table>{rows}</table>") == text


def test_a_column_of_pictures_is_no_column() -> None:
    table = "<table><tr><td><img src='a.png'/></td><td>Gold</td><td>300 m</td></tr><tr><td></td><td>Iron</td><td>20 m</td></tr></table>"
    page = f'<html><body><div class="mw-parser-output">{table}</div></body></html>'
    assert extract(item(page, "text/html")).text == "| Gold | 300 m |\n| Iron | 20 m |"


def test_a_table_that_only_places_its_content_is_no_table() -> None:
    table = "<table><tr><td><h2>Halls</h2><p>Large.</p></td><td><p>Deep.</p></td></tr></table>"
    page = f'<html><body><div class="mw-parser-output">{table}</div></body></html>'
    assert extract(item(page, "text/html")).text == "## Halls\n\nLarge.\n\nDeep."


def test_a_cell_that_claims_a_thousand_columns_has_forty() -> None:
    table = "<table><tr><td colspan='1000'>Gold</td><td>1</td></tr><tr><td rowspan='-3'>Iron</td><td colspan='x'>2</td></tr></table>"
    page = f'<html><body><div class="mw-parser-output">{table}</div></body></html>'
    assert extract(item(page, "text/html")).text == "| Gold | | 1 |\n| Iron | 2 | |"
