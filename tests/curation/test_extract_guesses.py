"""Wikitext: a template nobody knows leaves no hole in a sentence, and adds nothing where it is a box, a note or an icon."""

import pytest

from curation.extract.wikitext import wikitext_to_text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("It deals {{Damage|water|12}} damage.", "It deals water 12 damage."),
        ("He lives {{Distance|7|m}} from the mine.", "He lives 7 m from the mine."),
        ("Bring {{Item link|Salt Rope|3}} and {{Item|Iron}}.", "Bring Salt Rope 3 and Iron."),
        ("It costs {{Price|gold=500}} at the smith.", "It costs 500 gold at the smith."),
        ("Sold for {{Coins|1|20|5}}.", "Sold for 1, 20, 5."),
        ("Drops: {{drop|Crab|12%}}, {{Loot|Crab|1-3}}.", "Drops: Crab 12%, Crab 1-3."),
        ("Ask {{dwarves|Oin|Gloin}} of it.", "Ask Oin, Gloin of it."),
        ("Take the {{thing|Rope (item)|rope}} along.", "Take the rope along."),
        ("Old {{thing|Axe|axes}} and {{thing|Iron pick|pick}}.", "Old axes and pick."),
        ('"{{voice|Bram|bram.ogg|Take the rope.}}" he said.', '"Take the rope." he said.'),
        ("She ({{born|1921|5|3}} in Dale) dug.", "She (May 3, 1921 in Dale) dug."),
        ("She dug on {{day of|12|5|2015}} there.", "She dug on 12 May 2015 there."),
        ("Played on {{PC}} only.", "Played on PC only."),
        ("{{Key|Shift|E}} opens the gate.", "Shift+E opens the gate."),
        ("{{Key|Shift|E}} {{Key|Q}} opens the gate.", "Shift+E Q opens the gate."),
        ("{|\n| Dale || {{Pair|3|iron}}\n|}", "| Dale | 3 iron |"),
        ("Drops:\n* {{Loot|Crab|12%}}\n* {{Item|Salt}}\n* {{NOR}}", "Drops:\n- Crab 12%\n- Salt\n- NOR"),
    ],
)
def test_in_a_sentence_the_arguments_are_shown(source: str, text: str) -> None:
    assert wikitext_to_text(source) == text


@pytest.mark.parametrize(
    "hidden",
    ("Crab.png", "25px", "x30px", "#ff0000", "color:red;", "left", "yes", "nolink", "small", "red", "https://example.org/a", "1.5em"),
)
def test_files_sizes_colours_and_options_are_not_shown(hidden: str) -> None:
    assert wikitext_to_text(f"A {{{{beast|Crab|{hidden}}}}} bites, a {{{{beast|{hidden}|Crab}}}} too.") == "A Crab bites, a Crab too."


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Gold.\n{{Loot|Crab|12%}}\nIron.", "Gold.\n\nIron."),
        (":{{Loot|Crab|12%}}\nIron.", "Iron."),
        ("{{Box of|Crab|12%}}'''Crabs''' bite.", "Crabs bite."),
        ("{{Mine|name=Dale|depth=300|ore=gold}}Dale is deep.", "Dale is deep."),
        ("{{Mine\n| Dale\n| 300\n}} is deep.", "is deep."),
        ("Gold shines.{{Note of|a|b}} Iron rusts.", "Gold shines. Iron rusts."),
        ("Gold shines.{{FN|a}} Iron rusts.", "Gold shines. Iron rusts."),
        ("Gold shines. {{Mine|name=Dale|depth=300|ore=gold}}", "Gold shines."),
        ("Gold{{Doubtful|bot=Oinbot|date=May 2011}} shines.", "Gold shines."),
        ("Gold lies in {{Place|DE-BE|Berlin|infobox}} now.", "Gold lies in Berlin now."),
        ("Gold.\n* {{Relation|62422}}\n* {{Wikicitáty|téma=Dale}}\n* {{Item|Salt}}", "Gold.\n\n- Salt"),
        ("{{NI}}'''Oin''' digs, Gloin{{POW}} rests.", "Oin digs, Gloin rests."),
    ],
)
def test_notes_and_boxes_nobody_knows_leave_no_words(source: str, text: str) -> None:
    assert wikitext_to_text(source) == text


@pytest.mark.parametrize(
    "source", ("The {{icon|Axe}} [[Axe (tool)|axe]] is old.", "The {{icon|axe}} '''axe''' is old.", "The axe {{icon|Axe}} is old.")
)
def test_an_icon_beside_its_word_does_not_say_it_twice(source: str) -> None:
    assert wikitext_to_text(source) == "The axe is old."


def test_an_icon_in_place_of_a_word_says_it() -> None:
    assert wikitext_to_text("It costs 5 {{icon|gold}}.") == "It costs 5 gold."


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{lb|26455}} a year", "26,455 lb a year"),
        ("{{ft|6}} wide, {{kmh|30}} fast, {{knots|7}} at sea", "6 ft wide, 30 km/h fast, 7 kn at sea"),
        ("on line {{ft|Dale}} there", "on line Dale there"),
        ("{{m to ft|12}} deep", "12 metres (39 ft) deep"),
        ("{{SEK|400}} or {{unit|33|kg|day}}", "SEK 400 or 33 kg/day"),
        ("{{pop density|1000|10|km2|sqmi}}", "100 inhabitants per square kilometre (259/sq mi)"),
        ("{{pop density|51|10|km2|sqmi|prec=2}}", "5.10 inhabitants per square kilometre (13.21/sq mi)"),
        ("{{pop density|many|10|km2}}", "many 10 km2"),
        ("{{plural|3|axe|axes}}, {{plural|1|axe}}, {{plural|2|axe}}", "3 axes, 1 axe, 2 axes"),
        ("H{{sub|2}}O, 10{{sup|6}}, 4{{sup|th}}, {{pi}}", "H2O, 10^6, 4th, π"),
        ("cheaper ({{decrease|20%}}), {{increase}} dearer", "cheaper (20%), dearer"),
        ("Rated {{rating|4|5}}, says {{\"|Oin}}", 'Rated 4/5, says "Oin"'),
        ("born {{OldStyleDate|December 22|1889|December 10}}", "born December 22 [O.S. December 10] 1889"),
        ("{{nuclide2|francium|223}} by {{harvs|txt|last=Oin|year=1966}} and {{harvs|nb|last=Oin|year=2005a|year2=2005b}}",
         "francium-223 by Oin (1966) and Oin 2005a, 2005b"),
        ("one{{br}}two, {{tick}}{{gap}}{{cross}}", "one\ntwo, ✓ ✗"),
        ("{{Col-begin}}{{Col-2}}Left.{{Col-2}}Right.{{Col-end}}", "Left.\n\nRight."),
        ("{|\n| $5 || ${{Inflation|US|5|1914}} – {{Inflation|US|6|1914}}\n|}", "| $5 | |"),
        ("{|\n| 52 || {{Version|o|52.0}}\n|}", "| 52 | 52.0 |"),
    ],
)  # fmt: skip
def test_measures_and_signs_are_known_by_name(source: str, text: str) -> None:
    assert wikitext_to_text(source) == text


def test_marks_of_guesses_in_a_page_itself_go() -> None:
    assert wikitext_to_text("Gold\ue002\ue006\ue007 shines\ue003.") == "Gold shines."
