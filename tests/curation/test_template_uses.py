"""The meter of lost text: what the templates of a page are given, and how much of it comes into the text."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from captured_items import item

from curation.document import TemplateUse
from curation.extract import extract
from curation.partitions import extract_partition
from warehouse.tables import CAPTURES, read_table, write_table

AROUND = "The dwarves have dug with care, and they kept to the deep halls of the mountain that was theirs to keep. " * 4


def uses(source: str) -> Mapping[str, TemplateUse]:
    return {use.name: use for use in extract(item(f"{AROUND}{source}", "text/x-wiki")).templates}


@pytest.mark.parametrize(
    ("source", "use"),
    [
        ("Take the {{Item|Iron Pick}} along.", TemplateUse("item", 1, 8, 8, on_purpose=False)),
        ("{{Item|Axe}} and {{item|Pick}} of {{ Item |Oin}}.", TemplateUse("item", 3, 10, 10, on_purpose=False)),
        ("Gold.\n{{Loot|Crab|share=12%}}\n", TemplateUse("loot", 1, 7, 0, on_purpose=False)),
        ("{{Mine\n| name = Dale\n| depth = 300\n| ore = gold\n}}", TemplateUse("mine", 1, 11, 0, on_purpose=False)),
        ("Gold{{citation needed|date=May 2011}} shines.", TemplateUse("citation needed", 1, 7, 0, on_purpose=True)),
        ("{{Infobox mine|name=Dale}}", TemplateUse("infobox mine", 1, 4, 0, on_purpose=True)),
        ("Deep: {{convert|5|km}}.", TemplateUse("convert", 1, 3, 18, on_purpose=False)),
        ("{{DEFAULTSORT:Dale, Mine of}}", TemplateUse("defaultsort:", 1, 11, 0, on_purpose=True)),
        ("It is {{formatnum:1234}} deep.", TemplateUse("formatnum:", 1, 4, 5, on_purpose=False)),
        ("It is {{#invoke:Depth|of|Dale}} deep.", TemplateUse("#invoke:depth", 1, 6, 0, on_purpose=False)),
        ("Gold{{#tag:ref|A note.}} shines.", TemplateUse("#tag:ref", 1, 6, 0, on_purpose=True)),
    ],
)
def test_a_template_is_metered_by_the_characters_that_can_be_seen(source: str, use: TemplateUse) -> None:
    assert uses(source)[use.name] == use


def test_the_number_of_a_guess_that_another_call_hands_on_is_not_shown() -> None:
    found = extract(item(f"{AROUND}He digs with {{{{lc:{{{{Item|AXE}}}}}}}} there.", "text/x-wiki"))
    assert found.text.endswith("He digs with axe there.")


def test_what_is_shown_within_a_box_is_lost_by_the_box() -> None:
    found = uses("{{Infobox mine|depth={{nowrap|300 m}}}}")
    assert (found["nowrap"].kept, found["infobox mine"].given, found["infobox mine"].kept) == (4, 4, 0)


def test_a_guess_that_does_not_stay_is_lost_and_its_neighbour_is_not() -> None:
    found = uses("Bring {{tool|Pick}}.\n\n{{Sounds|Dale}}\n\nBring {{food|Cram}}.")
    assert {name: use.kept for name, use in found.items()} == {"tool": 4, "sounds": 0, "food": 4}


def test_templates_of_references_are_not_metered() -> None:
    assert uses("Gold<ref>{{cite book|title=Ores}}</ref> shines.") == {}


def test_a_page_of_nothing_but_a_box_keeps_what_the_box_says() -> None:
    page = extract(item("{{Infobox mine|depth=300 yards|ore=gold and silver|owner=the dwarves of Dale}}", "text/x-wiki"))
    assert [(use.name, use.given, use.kept) for use in page.templates] == [("infobox mine", 37, 56)]
    assert len("".join(page.text.split())) == 56


def test_the_meter_is_stored_with_the_document_and_is_empty_for_other_formats(tmp_path: Path) -> None:
    page = {"capture_id": "a", "content": f"{AROUND}Take the {{{{Item|Iron Pick}}}}.".encode(), "media_type": "text/x-wiki"}
    plain = {"capture_id": "b", "content": f"{AROUND}Take the {{{{Item|Iron Pick}}}}.".encode(), "media_type": "text/plain"}
    common = dict.fromkeys(CAPTURES.names) | {"domain": "wiki", "uri": "test:x", "native_id": "x"}
    write_table(tmp_path / "captures", [common | page, common | plain], CAPTURES)
    extract_partition(tmp_path / "captures", tmp_path / "documents")
    assert read_table(tmp_path / "documents").column("templates").to_pylist() == [
        [{"name": "item", "calls": 1, "given": 8, "kept": 8, "on_purpose": False}],
        [],
    ]
