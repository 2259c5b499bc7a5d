"""Captions: every spoken word once, in paragraphs."""

import json

import pytest
from captured_items import item

from curation.decisions import Reason
from curation.document import Dropped, Failed
from curation.domains import Domain
from curation.extract import extract

ROLLING = """WEBVTT
Kind: captions

00:00:01.000 --> 00:00:02.000 align:start position:0%
 
so<00:00:01.200><c> what</c><00:00:01.400><c> is</c>

00:00:02.000 --> 00:00:02.010 align:start position:0%
so what is
 

00:00:02.010 --> 00:00:03.000 align:start position:0%
so what is
carbon

00:00:03.000 --> 00:00:03.010 align:start position:0%
carbon
 

00:00:03.010 --> 00:00:04.000 align:start position:0%
carbon
carbon<00:00:03.500><c> is</c>

00:00:09.000 --> 00:00:10.000
[Music]
"""  # noqa: W293  (as the recogniser writes it)


def spoken(content: str, media_type: str = "text/vtt") -> str:
    return extract(item(content, media_type, Domain.TRANSCRIPT)).text


def test_a_word_of_rolling_captions_counts_once_even_when_it_was_said_twice() -> None:
    assert spoken(ROLLING) == "so what is carbon carbon is"


def test_lines_of_common_captions_are_never_merged() -> None:
    cues = "".join(f"00:0{n}.000 --> 00:0{n}.900\nNo.\n\n" if n < 3 else f"00:0{n}.000 --> 00:0{n}.900\nWord {n}\n\n" for n in range(1, 9))
    assert spoken("WEBVTT\n\n" + cues).startswith("No. No. Word 3 Word 4")


def test_a_cue_repeated_at_the_same_times_counts_once_and_at_other_times_twice() -> None:
    cue = "00:01.000 --> 00:02.000\nGo on.\n\n"
    later = "00:02.000 --> 00:03.000\nGo on.\n"
    assert spoken(f"WEBVTT\n\n{cue}WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:1\n\n{cue}{later}") == "Go on. Go on."


def test_escapes_of_markdown_leave_a_written_transcript() -> None:
    assert spoken("Follow \\@tj\\_dv \\[on it\\].\n", "text/markdown") == "Follow @tj_dv [on it]."


def test_tags_entities_and_sounds_go() -> None:
    cue = "00:01.000 --> 00:02.000 A:middle\n&gt;&gt; <v Ann><i>Tea</i> &amp; cake [ Applause ]\n"
    assert spoken("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:1\n\n" + cue) == "Ann: Tea & cake"


def test_a_paragraph_ends_at_a_pause_and_at_a_turn() -> None:
    cues = [
        ("00:01.000", "00:02.000", "One"),
        ("00:02.100", "00:03.000", "two."),
        ("00:07.000", "00:08.000", "Three."),
        ("00:08.100", "00:09.000", "- Four."),
    ]
    text = "WEBVTT\n\n" + "\n\n".join(f"{start} --> {end}\n{line}" for start, end, line in cues)
    assert spoken(text) == "One two.\n\nThree.\n\nFour."


def test_subrip_numbers_are_no_words() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nThe zeta\nfunction.\n\n2\n00:00:02,100 --> 00:00:03,000\nIt is 7.\n"
    assert spoken(text, "application/x-subrip") == "The zeta function. It is 7."


def cues(*lines: str) -> str:
    return "WEBVTT\n\n" + "\n\n".join(f"00:{n:02}.000 --> 00:{n + 1:02}.000\n{line}" for n, line in enumerate(lines))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (cues("<v Anna>Where is", "<v Anna>the key?</v>", "<v Ben Ito>Here.</v>"), "Anna: Where is the key?\n\nBen Ito: Here."),
        (cues("Anna: Where is", "Anna: the key?", "Ben Ito: Here."), "Anna: Where is the key?\n\nBen Ito: Here."),
        (cues("ANNA REED: Where is", "the key?", ">> BEN: Here."), "ANNA REED: Where is the key?\n\nBEN: Here."),
        (cues("JLM :", "Où est la clé ?", "One rule: ask.", "JLM : Ici."), "JLM: Où est la clé ? One rule: ask.\n\nJLM: Ici."),
        (cues("Where is >> the key?", "- Here.", "-5 degrees"), "Where is\n\nthe key?\n\nHere. -5 degrees"),
        (cues("I said: wait.", "Value: one."), "I said: wait. Value: one."),
    ],
)
def test_a_speaker_is_named_once_a_turn_in_one_form(content: str, text: str) -> None:
    assert spoken(content) == text


def test_words_without_full_stops_are_cut_at_the_longest_pause() -> None:
    lines = [f"00:{n:02}:00.{900 * (n == 41):03} --> 00:{n + 1:02}:00.000\nthe rain fell on the hill they call {n}" for n in range(59)]
    first, second = spoken("WEBVTT\n\n" + "\n\n".join(lines)).split("\n\n")
    assert first.endswith("they call 40") and second.startswith("the rain fell")


def test_a_pause_shows_in_the_times_of_words_where_cues_leave_no_gap() -> None:
    line = "dig<00:00:01.200><c> here</c><00:00:05.000><c> then</c><00:00:05.200><c> stop</c>"
    later = "00:10.000 --> 00:11.000\nand<00:00:10.200><c> rest</c>"
    assert spoken(f"WEBVTT\n\n00:01.000 --> 00:10.000\n{line}\n\n{later}") == "dig here\n\nthen stop\n\nand rest"


@pytest.mark.parametrize(
    "note", ["(DOOR SLAMS)", "(APPLAUSE)", "(SPEAKING FRENCH)", "( CROWD CHEERING )", "(INDISTINCT CHATTER)", "(LAUGHS)", "(SOBBING)"]
)
def test_what_is_heard_goes_in_capitals_too(note: str) -> None:
    assert spoken(cues(f"Come in {note} and sit down.")) == "Come in and sit down."
    assert spoken(f"Ann: Come in {note} and sit down.", "text/plain") == "Ann: Come in and sit down."


@pytest.mark.parametrize("words", ["(NASA)", "(UK AND US)", "(NBA FINALS)", "(RING BUFFER)", "(BANGKOK)", "(OPEN SOURCE)", "(PLAYSTATION)"])
def test_what_is_said_in_capitals_stays(words: str) -> None:
    assert spoken(cues(f"He was at {words} then.")) == f"He was at {words} then."


def test_a_line_that_only_notes_a_sound_goes_and_words_in_brackets_stay() -> None:
    content = cues("[door opens]", "(rain falling)", "*soft bells*", "Come [the boat] in", "(Ada Lovelace)", "now (please) [phonetic].")
    assert spoken(content) == "Come [the boat] in (Ada Lovelace) now (please) ."


def test_lines_of_chinese_are_joined_without_spaces() -> None:
    assert spoken(cues("我们今天说", "天气，", "很好 ok", "再见")) == "我们今天说天气，很好 ok 再见"


@pytest.mark.parametrize(
    "entries",
    [
        [{"text": "So far.", "start": 0.0, "duration": 1.0}, {"text": "Good.", "start": 1.0, "duration": 1.0}],
        {"segments": [{"text": " So far.", "start": 0.0, "end": 1.0}, {"text": " Good.", "start": 1.0, "end": 2.0}]},
        {"segments": [{"body": "So far.", "startTime": 0}, {"body": "Good.", "startTime": 1}]},
        {"events": [{"tStartMs": 0, "segs": [{"utf8": "So"}, {"utf8": " far."}]}, {"tStartMs": 900, "segs": [{"utf8": "Good."}]}]},
    ],
)
def test_every_form_of_timed_json_gives_the_same_text(entries: object) -> None:
    assert spoken(json.dumps(entries), "application/x-transcript+json") == "So far. Good."


def test_timed_json_names_a_speaker_once_a_turn() -> None:
    said = [("Ann", "So far."), ("Ann", "Good."), ("SPEAKER_01", "Yes.")]
    segments = [{"speaker": name, "body": text, "startTime": n, "endTime": n + 1} for n, (name, text) in enumerate(said)]
    assert spoken(json.dumps({"segments": segments}), "application/x-transcript+json") == "Ann: So far. Good.\n\nSpeaker 1: Yes."


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("**[00:01:02] SPEAKER_00:** Hello.\n\n**[00:09] UNKNOWN:** Hm.", "Speaker 0: Hello.\n\nHm."),
        ("**Ann Lee:**\n\nHello.\n\n**Break:** \\[03:46\\]\n\n**Bo**: Good.", "Ann Lee: Hello.\n\nBo: Good."),
        ("Ann Lee: 00:00:21\n\nHello.\n\nBo – 00:01:02:\n\nGood.\n\nCy:00:09\n\nBye.", "Ann Lee: Hello.\n\nBo: Good.\n\nCy: Bye."),
        ("Ann:\n\nHello.\n\nBo:\n\nGood.\n\nAnn:\n\nBye.\n\nBo:\n\nBye.", "Ann: Hello.\n\nBo: Good.\n\nAnn: Bye.\n\nBo: Bye."),
        ("**Ann (00:00:04):** Hello.\n\n**Bo** [00:09]: Good.\n\n**Cy:** (00:12) Bye.", "Ann: Hello.\n\nBo: Good.\n\nCy: Bye."),
        (
            "SPEAKER_00 [00:00:01]: Hello.\nSPEAKER_01 [00:00:09]: Good.\nSPEAKER_01: Bye.",
            "Speaker 0: Hello.\n\nSpeaker 1: Good.\n\nSpeaker 1: Bye.",
        ),
        ("Ann (00:01):\nHello.\n\nBo Ek [00:05]\nGood.", "Ann: Hello.\n\nBo Ek: Good."),
        (">>Ann: Hello.\n>> Good.", "Ann: Hello.\n\nGood."),
        ("Our plan (00:02) is\nthis: a > b, and **Bo** (the cook).", "Our plan is\nthis: a > b, and **Bo** (the cook)."),
        ("We need:\n\n- salt\n\nRecipe:\n\nBoil it. \\[00:12:03.18\\] Eat.", "We need:\n\n- salt\n\nRecipe:\n\nBoil it. Eat."),
    ],
)
def test_labels_of_a_written_transcript_have_one_form(source: str, text: str) -> None:
    assert spoken(source, "text/markdown") == text


@pytest.mark.parametrize(
    "entries", [[["So far.", 0.0, 1.0], ["Good.", 1.1, 2.0]], [[" So", 0, 0.2], [" far.", 0.2, 1], [" Good.", 1.1, 2]]]
)
def test_timed_sentences_and_timed_words_give_the_same_text(entries: list[object]) -> None:
    assert spoken(json.dumps(entries), "application/x-transcript+json") == "So far. Good."


def test_a_table_of_translations_is_dropped_as_such() -> None:
    with pytest.raises(Dropped) as dropped:
        spoken(json.dumps([{"input": "Yes", "translatedText": "Oui"}]), "application/x-transcript+json")
    assert dropped.value.reason is Reason.TRANSLATION_TABLE


@pytest.mark.parametrize(
    ("content", "media_type"), [("WEBVTT\n\nno times\n", "text/vtt"), ("[" * 100_000, "application/x-transcript+json")]
)
def test_what_does_not_parse_fails(content: str, media_type: str) -> None:
    with pytest.raises(Failed):
        spoken(content, media_type)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("00:00:00 Python is\n\n00:00:06 a language.\n", "Python is a language."),
        ("0:05\nPython is\n0:10\na language.\n", "Python is a language."),
        ("[00:01] Ann: What is it?\n[00:05] Bo: A\n[00:06] Bo: snake.\n[00:09] Ann: No.\n", "Ann: What is it?\n\nBo: A snake.\n\nAnn: No."),
    ],
)
def test_times_before_the_lines_of_a_plain_transcript_go(source: str, text: str) -> None:
    assert spoken(source, "text/plain") == text


ODD_TIMES = [
    "00:00:05,000 -> 00:00:06,000", "0:0:5 --> 0:0:6", "00:00:05:000 --> 00:00:06:000", "0:5.000 --> 0:6.000", "5 --> 6",
    "00:00:05.00.0 --> 00:00:06",
]  # fmt: skip


@pytest.mark.parametrize("times", ODD_TIMES)
@pytest.mark.parametrize(("head", "media_type"), [("WEBVTT\n\n", "text/vtt"), ("", "application/x-subrip")])
def test_the_words_of_a_cue_with_odd_times_are_kept(times: str, head: str, media_type: str) -> None:
    content = f"{head}00:00:04.000 --> 00:00:05.000\nFirst\n\n{times}\nsecond\n\n00:00:06.000 --> 00:00:07.000\nthird.\n"
    assert spoken(content, media_type) == "First second third."


def test_a_blank_line_within_a_cue_of_subrip_costs_no_words() -> None:
    content = "1\n00:00:01,000 --> 00:00:02,000\nFirst\n\nsecond\n\n2\n00:00:02,000 --> 00:00:03,000\nthird.\n"
    assert spoken(content, "application/x-subrip") == "First second third."


def test_words_in_brackets_that_go_on_from_a_sound_stay() -> None:
    content = cues("[music theory] is fun, [music fades out]", "(Applause is good) she said. (laughter and applause)")
    assert spoken(content) == "[music theory] is fun, (Applause is good) she said."


def test_lines_of_japanese_are_joined_without_spaces_where_full_stops_part_sentences() -> None:
    assert spoken(cues("今日は天気が", "とてもいいです。", "Tシャツ")) == "今日は天気がとてもいいです。Tシャツ"
    assert spoken(cues("今日はいいです", "とてもいいです")) == "今日はいいです とてもいいです"


def test_a_line_after_two_speakers_shared_the_screen_is_a_turn_of_its_own() -> None:
    assert spoken(cues("- Good morning.\n- Is it on?", "It is.", "Speak up.")) == "Good morning.\n\nIs it on?\n\nIt is. Speak up."


def test_time_marks_unnamed_speakers_and_sounds_leave_a_written_transcript() -> None:
    text = "**[00:00] SPEAKER_00:** Hello.\n\n**Ann:** \\[03:46\\] Good \\[laughter\\] day.\n\n*break:* \\[12:00\\]\n"
    assert spoken(text, "text/markdown") == "Speaker 0: Hello.\n\nAnn: Good day."
