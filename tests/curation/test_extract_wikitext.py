"""Wikitext: what a reader of the page would read, in time linear in its length."""

import time

import pytest
from captured_items import item

from curation.decisions import Reason
from curation.document import Dropped, Failed
from curation.extract import extract
from curation.extract.wikitext import wikitext_to_text

WRAPPED = "It is a long sentence that its author wrapped in the midst of the line, as was the custom."


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("'''Gold''' is ''dense''.", "Gold is dense."),
        ("A [[Ore|metal ore]] of [[Erebor]], [[Moria (mine)|]].", "A metal ore of Erebor, Moria."),
        ("Seen in [[CSI: Miami]], [[Re:Zero]] and [[X: First]].[[de:Gold]][[zh-min-nan:Kim]]", "Seen in CSI: Miami, Re:Zero and X: First."),
        ("Hear [[Media:a.ogg|her speech]] on [[wikipedia:Rome|Rome]].[[Category:Towns|Rome]]", "Hear her speech on Rome."),
        ("See [[Help:Links]], [[Project:Rules]] and [[Portal:Dale]].[[Category:Towns]]", "See Help:Links, Project:Rules and Portal:Dale."),
        ("Hear [[Media:a.ogg]] and [[File:a.png]]now.", "Hear and now."),
        ("Run <ol><li>Alpha</li>\n<li>Beta</li></ol>end.", "Run\n\n- Alpha\n- Beta\n\nend."),
        ("<table><tr><td>one</td><td>two</td></tr><tr><td>three</td><td>&nbsp;</td></tr></table>after", "one | two\nthree\n\nafter"),
        ("{|\n| a || <table><tr><td>one</td><td>two</td></tr></table>\n|}", "| a | one | two |"),
        ("<dl><dt>Tide</dt><dd>It rises.</dd></dl>", "Tide\nIt rises."),
        ("<span style='display:none'>sort key</span>Seen &mdash; as &region;.", "Seen — as &region;."),
        ("See [https://example.org the page] or [https://example.org].", "See the page or."),
        ("Tall{{cn}}<ref name=a>Book</ref> tower<ref name=a/>.", "Tall tower."),
        ("About {{convert|5|km|mi}} or {{convert|5|to|10|km}}.", "About 5 kilometres (3.1 mi) or 5 to 10 kilometres (3.1 to 6.2 mi)."),
        ("{{nihongo|Samurai|侍|bushi}} and {{lang|de|Zwerg}}.", "Samurai (侍, bushi) and Zwerg."),
        ("{{Infobox\n| name = {{nowrap|x}}\n}}Text.", "Text."),
        ("[[File:a.png|thumb|A [[cave]].]]Text.[[Category:Caves]]", "Text."),
        ("One (''Latin'': {{IPA|x}}) two ({{audio|y.ogg}}) three {{cn}}.", "One (Latin: x) two three."),
        ("A<!-- hidden -->B &amp; C&nbsp;D", "AB & C\u00a0D"),
        ("<nowiki>[[raw]]</nowiki> and <math>x^2</math>", "[[raw]] and $x^2$"),
        ("== Halls ==\n* one\n** two\n# three", "## Halls\n\n- one\n  - two\n1. three"),
        ("Text.\n\n== See also ==\n* [[Elf]]\n\n== Empty ==\n", "Text."),
        ("{|\n! Ore !! Depth\n|-\n| align=right | Gold || 300\n|}", "| Ore | Depth |\n|---|---|\n| Gold | 300 |"),
        (
            "{|\n! Ore !! Vein !! Depth\n|-\n| Gold || || 300\n|-\n| || deep ||\n|}",
            "| Ore | Vein | Depth |\n|---|---|---|\n| Gold | | 300 |\n| | deep | |",
        ),
        ("{|\n|<center>Gold</center>\n| Found in:\n* Dale\n* Moria<br>deep\n|}", "| Gold | Found in: Dale, Moria deep |"),
        ("Call:\n dig()\n   x()\nIt digs.\n A single line.", "Call:\n\n```\ndig()\n  x()\n```\n\nIt digs.\nA single line."),
        ("The <code>dig()</code> call of a (, ) ends[, ].", "The dig() call of a ends."),
        ("One.<p>Two.</p>Three.<br>Four.", "One.\n\nTwo.\n\nThree.\nFour."),
        ("It is a long sentence that its author wrapped in the midst of the\nline, as was the custom.", WRAPPED),
        ("Roses of the vale are red,\nviolets are blue.", "Roses of the vale are red,\nviolets are blue."),
        ("[[Категорија:Rudnici]][[Kategória:Baňa]]Text.[[Fájl:a.png|thumb|b]]", "Text."),
        ("{|\n|-\n| rowspan=2 | Gold || Moria\n|-\n| Erebor\n|}", "| Gold | Moria |\n| | Erebor |"),
        ("{|\n| Gold || style=color:red {{n/a}}\n|}", "| Gold | N/A |"),
        ("{|\n|+ Ores\n! colspan=2 | Gold\n|-\n| deep || 300\n|}", "Ores\n\n| Gold | |\n|---|---|\n| deep | 300 |"),
        ("{|\n| Left:\n{|\n| Gold || 300\n|}\n|| Right.\n|}", "Left:\n\n| Gold | 300 |\n\nRight."),
        ("{|\n| One column\n|-\n| places text.\n|}", "One column\n\nplaces text."),
        ("The <code>[[Mine|dig]](x)</code> call with __init__.__NOTOC__", "The dig(x) call with __init__."),
        ("<tabber>Day=It sleeps.\n|-|\nNight=It hunts.</tabber>", "Day=It sleeps.\n\nNight=It hunts."),
        ("Deep &lt;ref&gt;A book&lt;/ref&gt; halls.", "Deep halls."),
        ('{| class="navbox"\n| Elves\n|}Text.', "Text."),
        ("<pre>\nif x:\n    dig()\n</pre>", "```\nif x:\n    dig()\n```"),
        ("10<sup>&minus;7</sup> ''mc''<sup>2</sup>, the 1<sup>st</sup>, word<sup>2</sup>.", "10^−7 mc^2, the 1st, word2."),
        ("''x''<sub>''i''</sub><sup>2</sup>, log<sub>10</sub> 5, &alpha;<sub>in</sub>", "x_i^2, log_10 5, α_in"),
        ("H<sub>2</sub>SO<sub>4</sub>, ab<sub>i</sub>, <sub>a small note below</sub> x{{sub|i}}", "H2SO4, abi, a small note below x_i"),
        ("{{val|6.241|e=18|u=m}} or {{val|3|u=C}}", "6.241×10^18 m or 3 C"),
        ("Gold (Au, {{audio|x.ogg}}) in (x,y) of [[Ore|\nore]].", "Gold (Au) in (x,y) of ore."),
        ("* {{cite|x}}. First of two.\n* ...and more", "- First of two.\n- ...and more"),
        ("An [[unclosed link and {{template|x", "An unclosed link and template|x"),
    ],
)
def test_markup_becomes_what_a_reader_sees(source: str, text: str) -> None:
    assert wikitext_to_text(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("# one\n# two\n# three", "1. one\n2. two\n3. three"),
        ("#a\n##b\n##c\n###d\n##e\n#f\n##g", "1. a\n  1. b\n  2. c\n    1. d\n  3. e\n2. f\n  1. g"),
        ("# one\n#: more\n#* part\n# two", "1. one\nmore\n  - part\n2. two"),
        ("* a\n*# b\n*# c\n* d\n*# e", "- a\n  1. b\n  2. c\n- d\n  1. e"),
        ("# one\n\n# new", "1. one\n\n1. new"),
        ("# one\nA line.\n# new", "1. one\nA line.\n1. new"),
        ("# one<br>more\n# two\n# *\n# {{cn}}\n# five", "1. one\nmore\n2. two\n3. *\n\n4. five"),
        ("# one\n<!-- A -->\n<!-- B -->\n# two <!-- C -->\n# three", "1. one\n2. two\n3. three"),
        ("# Call <pre>dig()</pre>\n# Rest", "1. Call\n```\ndig()\n```\n\n2. Rest"),
        ("# Call\n<pre>dig()</pre>\n# New", "1. Call\n\n```\ndig()\n```\n\n1. New"),
        ("{{columns-list|2|\n# Iron\n# Gold\n}}", "1. Iron\n2. Gold"),
    ],
)
def test_items_of_numbered_lists_are_counted(source: str, text: str) -> None:
    assert wikitext_to_text(source) == text


PAGE = """<page><title>Gold</title><ns>{ns}</ns>{redirect}
<revision><id>2</id><timestamp>2020-01-02T00:00:00Z</timestamp><model>{model}</model><text>{text}</text></revision>
<revision><id>1</id><timestamp>2019-01-01T00:00:00Z</timestamp><text>Old words.</text></revision></page>"""


def page(ns: str = "0", redirect: str = "", model: str = "wikitext", text: str = "New words.") -> str:
    return PAGE.format(ns=ns, redirect=redirect, model=model, text=text)


def test_a_page_of_a_dump_is_its_latest_revision() -> None:
    found = extract(item(page(), "application/x-mediawiki-page+xml"))
    assert (found.text, found.title) == ("New words.", "Gold")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (page(ns="1"), Reason.OTHER_NAMESPACE),
        (page(redirect='<redirect title="Au"/>'), Reason.REDIRECT),
        (page(text="#REDIRECT [[Au]]"), Reason.REDIRECT),
        (page(text="#WEITERLEITUNG [[Au]]"), Reason.REDIRECT),
        (page(text="{{disambiguation}}"), Reason.DISAMBIGUATION),
        (page(model="Scribunto"), Reason.UNSUPPORTED),
        (page(text="{{Navbox}}"), Reason.EMPTY),
        (page(text="A ship of [[Dale]].\n\n{{Dale-ship-stub}}"), Reason.STUB),
        (page(text="A ship of [[Dale]].\n\n{{Stub}}"), Reason.STUB),
    ],
)
def test_pages_that_are_no_articles_are_dropped_with_a_reason(source: str, reason: Reason) -> None:
    with pytest.raises(Dropped) as dropped:
        extract(item(source, "application/x-mediawiki-page+xml"))
    assert dropped.value.reason is reason


def test_a_page_of_nothing_but_a_box_is_the_list_of_its_facts() -> None:
    box = "{{Machine\n|name=Pump\n|cost=300\n|image=Pump.png\n|made_in=[[Dale]]\n|description=" + "It pumps. " * 15 + "}}"
    text = extract(item(page(text=box), "application/x-mediawiki-page+xml")).text
    assert text == "- Name: Pump\n- Cost: 300\n- Made in: Dale\n\n" + ("It pumps. " * 15).strip()


def test_a_broken_page_element_fails() -> None:
    with pytest.raises(Failed) as failed:
        extract(item("<page><title>Gold</page>", "application/x-mediawiki-page+xml"))
    assert failed.value.reason is Reason.MALFORMED


def test_entities_of_a_hostile_page_are_not_expanded() -> None:
    bomb = '<!DOCTYPE page [<!ENTITY a "boom">]>' + page(text="safe &a;")
    assert extract(item(bomb, "application/x-mediawiki-page+xml")).text == "safe"


def test_short_lines_after_a_long_one_take_time_in_proportion() -> None:
    started = time.process_time()
    assert wikitext_to_text(f"{WRAPPED[:-1]}\n" + "a b\n" * 100_000).endswith("custom a b" + " a b" * 99_999)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("mark", ["[[", "{{a|", "<ref>", "<!--", "{|\n", "'", "=", "[[a|[b {{c|", "({{age}}", "{{x|y}}", "{{convert|9|"])
def test_marks_that_never_close_neither_crash_nor_take_long(mark: str) -> None:
    assert isinstance(wikitext_to_text(mark * 50_000), str)
    assert isinstance(wikitext_to_text("(" + mark * 50_000), str)


def test_a_paragraph_of_fifty_thousand_wrapped_lines_takes_little_time() -> None:
    start = time.process_time()
    assert "\n" not in extract(item("some words of a line that is longer than sixty characters and ends in\n" * 50_000, "text/x-wiki")).text
    assert time.process_time() - start < 5
