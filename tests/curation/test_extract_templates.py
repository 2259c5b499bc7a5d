"""Templates of wikitext: names, numbers and dates inside them belong to the sentence, furniture does not."""

import pytest

from curation.extract.wikitext import wikitext_to_text


def text_of(source: str) -> str:
    return wikitext_to_text(f"Once {source} then.", "Dale (town)").removeprefix("Once ").removesuffix(" then.")


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        ("{{convert|113|g}}", "113 grams (4.0 oz)"),
        ("{{convert|155.6|kg|abbr=on}}", "155.6 kg (343 lb)"),
        ("{{convert|6|in}}", "6 inches (150 mm)"),
        ("{{convert|1|mi|km}}", "1 mile (1.6 km)"),
        ("{{convert|7500|km2|sqmi|0}}", "7,500 square kilometres (2,896 sq mi)"),
        ("{{convert|3000|m|ft|sp=us}}", "3,000 meters (9,800 ft)"),
        ("{{convert|1.8|m}}", "1.8 metres (5 ft 11 in)"),
        ("{{convert|-5|C}}", "−5 °C (23 °F)"),
        ("{{convert|10|-|15|m|ft}}", "10–15 metres (33–49 ft)"),
        ("{{convert|5|km|mi|adj=on}}", "5-kilometre (3.1 mi)"),
        ("{{convert|100|lb|kg|order=flip|abbr=on}}", "45 kg (100 lb)"),
        ("{{convert|12|nmi}}", "12 nautical miles (22 km; 14 mi)"),
        ("{{convert|4|wagons}}", "4 wagons"),
        ("{{convert|nan|km}}", "nan kilometres"),
        ("{{convert|" + "9" * 400 + "|km}}", "9" * 400 + " kilometres"),
        ("{{val|1234.5|0.2|e=6|u=kg}}", "1234.5±0.2×10^6 kg"),
        ("{{formatnum:1234567}}", "1,234,567"),
        ("{{frac|2|1|3}}", "2 1/3"),
        ("{{height|ft=5|in=11}}", "5 ft 11 in"),
        ("{{coord|51|30|N|0|7|W}}", "51°30′N 0°7′W"),
        ("{{coord|-33.9|18.4}}", "33.9°S 18.4°E"),
        ("{{US$|25000}}", "US$25,000"),
        ("$5 (${{Inflation|US|5|1929}} today)", "$5"),
        ("$5 (in gold, ${{Inflation|US|5|1929}} today)", "$5 (in gold)"),
        ("£30, the equivalent of £{{formatnum:{{Inflation|UK|30|1912}}}} today, and", "£30 and"),
        ("a cost of ${{Inflation|US|3000|1914}}", "a cost of $3,000"),
        ("$1 of 1914 is {{Inflation|US|1|1914}} now, $5 {{Inflation|US|5|1914|fmt=eq}} too", "$1 of 1914 is now, $5 too"),
        ("{{US$|5}}, {{₹|10}}, {{¥|200}}, {{€|5 million}}, {{£|5}}, {{A$|5}}", "US$5, ₹10, ¥200, €5 million, £5, A$5"),
        ("{{formatnum:{{Data Dale|people}}}} souls, {{formatnum:{{Data Dale|1234}}}} beasts", "souls, 1,234 beasts"),
    ],
)
def test_numbers_are_shown_as_the_page_shows_them(call: str, shown: str) -> None:
    assert text_of(call) == shown.replace("1234.5", "1,234.5")


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        ("{{start date|2004|3|15}}", "March 15, 2004"),
        ("{{start date|2004|3|15|df=y}}", "15 March 2004"),
        ("{{birth date and age|1950|12|1}}", "December 1, 1950"),
        ("{{death date and age|1982|3|6|1905|4|2}}", "March 6, 1982 (aged 76)"),
        ("{{as of|2015|3|lc=y}}", "as of March 2015"),
        ("{{reign|1837|1901}}", "r. 1837–1901"),
        ("{{circa|1200}}", "c. 1200"),
        ("{{circa|1450|1460}}", "c. 1450 – c. 1460"),
        ("{{bce|44}}, {{ce|79}}{{ce|date=May 2011}}, {{bc|5}}", "44 BCE, 79 CE, 5 BC"),
        ("{{marriage|Dis|1842|1865}}", "Dis (m. 1842–1865)"),
        ("{{date|someday}}", "someday"),
    ],
)
def test_dates_are_shown_in_words(call: str, shown: str) -> None:
    assert text_of(call) == shown


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        ("{{lang-de|Zwerg}}", "German: Zwerg"),
        ("{{lang-ar|قزم|qazam|dwarf}}", "Arabic: قزم, qazam, 'dwarf'"),
        ("{{lang-xx-unknown|dverg}}", "dverg"),
        ("{{langx|ru|Пётр}}, {{langx|ar|قزم|qazam|dwarf}}", "Russian: Пётр, Arabic: قزم, qazam, 'dwarf'"),
        ("{{langx|DE|Zwerg|label=none}}", "Zwerg"),
        (
            "{{citation needed span|deep|date=May 2011}}, {{cns|dark}}, {{clarify span|text=odd}}, {{clarify text|old}}",
            "deep, dark, odd, old",
        ),
        ("{{nihongo|Dwarf|ドワーフ|dowāfu}}", "Dwarf (ドワーフ, dowāfu)"),
        ("{{zh|s=矮人|p=ǎirén}}", "simplified Chinese: 矮人; pinyin: ǎirén"),
        ("{{IPAc-en|d|w|ɔːr|f}}", "/dwɔːrf/"),
        ("{{IPA-de|tsvɛʁk|lang}}", "[tsvɛʁk]"),
        ("{{respell|DWORF|ish}}", "DWORF-ish"),
        ("{{abbr|Mt.|Mount}} Gundabad", "Mt. Gundabad"),
        ("{{SS|Dwarrow}}", "SS Dwarrow"),
        ("{{pagename}}", "Dale"),
        ("{{#if:x|there|gone}}{{#ifeq:a|b|1|2}}", "there2"),
        ("{{Template:nowrap|Iron Hills}}", "Iron Hills"),
        ("{{en/Color|red|Iron Hills}}", "Iron Hills"),
        ("{{hlist|iron|gold}}", "iron, gold"),
    ],
)
def test_names_and_words_stay_in_their_sentence(call: str, shown: str) -> None:
    assert text_of(call) == shown


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{Quote|Dig deep.|Durin}}", "Dig deep. (Durin)"),
        ("{{Quote2|text=Dig deep.|author=Durin|source=Book of Mazarbul}}", "Dig deep. (Durin, Book of Mazarbul)"),
        ("{{Dialogue|Durin|Who goes?|Balin|A friend.}}", "Durin: Who goes?\nBalin: A friend."),
        ("{{Dialogue|speaker=Durin|line=Who goes?}}", "Durin: Who goes?"),
        ("{{citation|Dig deep}}", "Dig deep"),
        ("* {{cite book|last=Oin|first=B.|title=On Ore|year=1402|publisher=Dale Press|isbn=1}}", "- Oin, B. (1402). On Ore. Dale Press."),
        ("* {{cite web|title=Veins|work=Ore News|url=http://x.org}}", '- "Veins". Ore News.'),
        ("{{columns-list|2|\n* Iron\n* Gold\n}}", "- Iron\n- Gold"),
        ("{{scroll box|text=\n* Iron\n* Gold\n}}", "- Iron\n- Gold"),
        (
            "{{Episode table|overall=5|episodes=\n{{Episode list\n|EpisodeNumber=1\n|Title=The Mill\n|ShortSummary=It stops.\n}}\n}}",
            '"The Mill"\n\nIt stops.',
        ),
        ("{{Track listing|headline=Side A|title1=The Mill|note1=live|length1=3:05}}", 'Side A\n1. "The Mill" (live, 3:05)'),
        ("{{historical populations|1400|1200|1500|900}}", "| 1400 | 1,200 |\n| 1500 | 900 |"),
    ],
)
def test_what_was_said_and_what_was_written_stays(source: str, text: str) -> None:
    assert wikitext_to_text(source) == text


@pytest.mark.parametrize(
    "call",
    (
        *("{{flagicon|Dale}}", "{{rp|12}}", "{{sfn|Oin|1402|p=3}}", "{{citation needed|date=May 2011}}", "{{efn|A note that tells more.}}"),
        *("{{Main|Ore|Gold}}", "{{About|the ore|the town|Dale}}", "{{Use dmy dates|date=May 2011}}", "{{coord|1|2|display=title}}"),
        *("{{Infobox mine|name=Dale|depth=300|ore=gold}}", "{{reflist|30em}}", "{{Dale topics}}", "{{#tag:ref|A note.}}"),
        "{{DEFAULTSORT:Dale}}",
    ),
)
def test_furniture_shows_nothing(call: str) -> None:
    assert wikitext_to_text(f"Gold{call} shines.\n\n{call}\n\nIron rusts.").replace("\n\n", " ") == "Gold shines. Iron rusts."


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Take the {{Item|Iron Pick}} along.", "Take the Iron Pick along."),
        ("Gold.\n{{Mines of Dale}}\n{{Mines|Dale}}\n", "Gold."),
        ("{{Notice|The mine is closed since the dragon came to live in it.}}", "The mine is closed since the dragon came to live in it."),
        ("Gold. {{Machine|name=Pump|cost=300|power=2}}", "Gold."),
        ("{{Machine|name=Pump|cost=3|age=9|description=It pumps the deep halls of Dale dry.}}", "It pumps the deep halls of Dale dry."),
        ("{{Since|text=(since 1402)|0.6}}", "(since 1402)"),
        ("{{Item|{{Unheard of|Iron}} Pick}} is old.", "Iron Pick is old."),
    ],
)
def test_of_an_unknown_template_the_arguments_decide(source: str, text: str) -> None:
    assert wikitext_to_text(source) == text
