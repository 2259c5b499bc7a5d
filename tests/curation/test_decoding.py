"""Bytes that nothing declares the encoding of: scripts are told apart, and within the Latin one the letters of languages decide."""

import codecs
import re
import zipfile
from pathlib import Path

import pytest

from curation.clean.encoding import decode
from curation.document import Dropped, Failed

TEXTS = [
    ("cp1252", "Café déjà vu à la carte, where the band played “Für Elise” near the forêt until the fiancée’s soirée came to an end."),
    ("cp1252", "Café déjà vu à la carte, où l'été s'achève dans la forêt. Le garçon naïf a reçu une lettre de sa sœur."),
    ("cp1252", "Über den Dächern der Stadt hörte man die Glocken läuten, während die Straßen leer blieben."),
    ("cp1252", "El niño corrió hacia el jardín, donde su abuela le contó una canción. ¿Qué más podía pedir mañana?"),
    ("cp1252", "Não há razão para que a informação não chegue às pessoas; a solução está próxima e será divulgada amanhã."),
    ("cp1252", "La città è più bella di notte, perché le luci rendono tutto più chiaro; però così non può durare."),
    ("cp1252", "Det är på kvällen som sjön blir lugn, och då hör man fåglarna från den andra sidan."),
    ("cp1252", "Det er på øen, at børnene står og ser på de små både. Når året er gået, rejser de hjem til København."),
    ("cp1250", "Życie w mieście było trudne, ponieważ każdy człowiek musiał pracować od świtu, żeby zarobić na chleb."),
    ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy, a přesto se všichni lidé těšili, že příští léto bude lepší."),
    ("cp1250", "Az őszi erdőben csönd volt, és a fák között egy öreg ember sétált, aki minden délután ott ment haza."),
    ("cp1251", "В тот вечер на улице было тихо, и только дождь стучал по крышам. Он долго стоял у окна."),
    ("koi8_r", "В тот вечер на улице было тихо, и только дождь стучал по крышам. Он долго стоял у окна."),
    ("cp1253", "Το βράδυ εκείνο ο δρόμος ήταν ήσυχος και μόνο η βροχή ακουγόταν στις στέγες. Στάθηκε πολλή ώρα."),
    ("cp1254", "O akşam sokak çok sessizdi ve yalnızca yağmurun sesi duyuluyordu. Uzun süre pencerenin önünde durdu."),
    ("cp1257", "Tą vakarą gatvėje buvo tylu, ir tik lietus barbeno į stogus. Jis ilgai stovėjo prie lango, nežinodamas kodėl."),
    ("cp866", "В тот вечер на улице было тихо, и только дождь стучал по крышам. Он долго стоял у окна."),
    ("iso8859_5", "В тот вечер на улице было тихо, и только дождь стучал по крышам. Он долго стоял у окна."),
    ("iso8859_6", "في ذلك المساء كان الشارع هادئا ولم يسمع سوى صوت المطر على الأسطح. وقف طويلا عند النافذة."),
    ("cp1256", "في ذلك المساء كان الشارع هادئا ولم يسمع سوى صوت المطر على الأسطح. وقف طويلا عند النافذة."),
    ("iso8859_2", "Życie w mieście było trudne, ponieważ każdy człowiek musiał pracować od świtu, żeby zarobić na chleb."),
    ("iso8859_2", "Příliš žluťoučký kůň úpěl ďábelské ódy, a přesto se všichni lidé těšili, že příští léto bude lepší."),
    ("mac_roman", "Über den Dächern der Stadt hörte man die Glocken läuten, während die Straßen leer blieben."),
    ("mac_roman", "It’s “late”, she said — and closed the café’s door."),
    ("iso2022_jp", "その夜、通りはとても静かで、雨の音だけが屋根の上に聞こえていた。"),
    ("utf-16-le", "В тот вечер на улице было тихо, и только дождь стучал по крышам."),
    ("utf-16-be", "في ذلك المساء كان الشارع هادئا ولم يسمع سوى صوت المطر على الأسطح."),
    ("utf-16-be", "その夜、通りはとても静かで、雨の音だけが屋根の上に聞こえていた。"),
    ("utf-16-le", "그날 밤 거리는 매우 조용했고 지붕 위로 빗소리만 들렸다."),
    ("utf-32-le", "It was quiet in the street that night, and only the rain was heard."),
    ("utf-32-be", "那天晚上街上很安静，只听见雨打在屋顶上的声音。"),
    ("shift_jis", "その夜、通りはとても静かで、雨の音だけが屋根の上に聞こえていた。彼は長い間窓のそばに立っていた。"),
    ("gb18030", "那天晚上街上很安静，只听见雨打在屋顶上的声音。他在窗前站了很久，想着早上发生的事情。"),
    ("euc_kr", "그날 밤 거리는 매우 조용했고 지붕 위로 빗소리만 들렸다. 그는 오랫동안 창가에 서 있었다."),
]
SHORT = [
    "It’s late.",
    "We met at the café.",
    "It cost £5 or so, and the rest was paid in ¥ and €.",
    "Add ½ cup of sugar, ¼ cup of butter, and bake it at 350°F.",
    "10 ±5 µm at 20 °C, 3×4 of them, §7 and ¶2.",
    "García Márquez, Søren Kierkegaard, René Descartes, Björn Borg, Günter Grass, Simón Bolívar and François Villon.",
]


@pytest.mark.parametrize("times", [1, 20])
@pytest.mark.parametrize(("encoding", "text"), TEXTS)
def test_the_encoding_of_a_text_in_one_language_is_found(encoding: str, text: str, times: int) -> None:
    assert decode((text + "\n").encode(encoding) * times, None) == (text + "\n") * times


@pytest.mark.parametrize("text", SHORT)
def test_a_few_signs_in_english_are_western(text: str) -> None:
    assert decode(text.encode("cp1252"), None) == text


def test_a_declared_encoding_goes_before_a_guess() -> None:
    assert decode("forêt à la carte".encode("cp1252"), "iso-8859-2") == "foręt ŕ la carte"


PROSE = "The keeper lived alone in the tower by the sea and wrote of the ships in his book. " * 5
DAMAGED = [
    ("cut within its last character", "He said “yes” and went.".encode() + b"\xe2\x80", "He said “yes” and went.\ufffd"),
    ("cut within its only character", b"He went to the caf\xe2\x80", "He went to the caf\ufffd"),
    ("an emoji as a pair of surrogates", "At the café \ud83d\ude00.".encode("utf-8", "surrogatepass"), "At the café 😀."),
    ("half of such a pair", "At the café \ud83d with two é.".encode("utf-8", "surrogatepass"), "At the café \ufffd with two é."),
    ("quotation marks of another encoding", "naïve café déjà vu ".encode() + b"\x93so\x94", "naïve café déjà vu \ufffdso\ufffd"),
    ("UTF-16 with an odd byte at its end", "Маяк стоял.".encode("utf-16") + b"\x04", "Маяк стоял.\ufffd"),
    ("UTF-16 with half a pair of surrogates", "\ufeffМаяк \ud83d стоял.".encode("utf-16-le", "surrogatepass"), "Маяк \ufffd стоял."),
]


@pytest.mark.parametrize(("content", "text"), [each[1:] for each in DAMAGED], ids=[each[0] for each in DAMAGED])
def test_damage_makes_no_other_encoding_of_a_text(content: bytes, text: str) -> None:
    assert decode(content, None) == text


def test_a_mark_of_another_encoding_is_no_text() -> None:
    assert decode(codecs.BOM_UTF8 + "Café.".encode("cp1252"), None) == "Café."


def test_a_last_letter_of_western_europe_is_no_cut_character() -> None:
    assert decode((PROSE + "He went to the café").encode("cp1252"), None).endswith("café")


def test_many_places_that_are_none_of_the_encoding_of_the_mark_are_undecodable() -> None:
    with pytest.raises(Failed, match=r"mark of UTF-16, and has \d+ places that are none"):
        decode(b"\xff\xfe" + bytes([0x20, 0xD8, 0x41, 0x00]) * 50, None)


def test_text_with_some_control_characters_is_not_taken_for_wide() -> None:
    with pytest.raises(Dropped, match="control characters"):
        decode((PROSE + "\x03\x02").encode() * 3 + b"\x01\x02\x03" * 30, None)


def test_pages_read_alike_with_and_without_their_word_on_the_encoding() -> None:
    archive = Path("../shared/corpus/noise/non-utf8-pages.zip")
    if not archive.exists():
        pytest.skip("needs ../shared/corpus")

    with zipfile.ZipFile(archive) as pages:
        for name in pages.namelist():
            content = pages.read(name)
            silent = re.sub(rb"(?i)\b(?:charset|encoding)(?=\s*=)", lambda found: b"x" * len(found[0]), content)
            if decode(content, None).isascii():
                continue
            beyond = [re.sub(r"[\x00-\x7f]+", "", decode(each, None)) for each in (content, silent)]
            assert beyond[0] == beyond[1], name
