"""Balance: shares of characters, repetitions, and a receipt that a person can read."""

from pathlib import Path
from typing import Any

import pytest

from curation.balance import balance, left_out
from curation.settings import MixSettings, Shares
from warehouse.errors import MixError
from warehouse.tables import SPLITS, read_table, write_table

Sizes = dict[str, list[int]]

CORPUS: Sizes = {"wiki": [900, 1100, 1000] * 100, "lore": [250, 350] * 100, "code": [100] * 300}
"""300,000 characters of wiki, 60,000 of lore, 30,000 of code."""


def mix(folder: Path, settings: MixSettings, sizes: Sizes | None = None) -> dict[str, dict[str, Any]]:
    """MIX rows by domain, for training documents of the given sizes."""
    rows = [
        {
            "doc_id": f"{domain}-{number}",
            "source": "-",
            "domain": domain,
            "group_id": "-",
            "split": "train",
            "characters": size,
            "bytes": size,
        }
        for domain, documents in (sizes or CORPUS).items()
        for number, size in enumerate(documents)
    ]
    held_out = [{**rows[0], "doc_id": split, "split": split} for split in ("val", "test")]
    write_table(folder / "splits", rows + held_out, SPLITS)
    balance(folder / "splits", settings, folder / "mix", folder / "taken")
    return {row["domain"]: row for row in read_table(folder / "mix").to_pylist()}


def repetitions(folder: Path) -> dict[str, int]:
    return {row["doc_id"]: row["repetitions"] for row in read_table(folder / "taken").to_pylist()}


def test_without_shares_every_document_is_taken_once(tmp_path: Path) -> None:
    rows = mix(tmp_path, MixSettings())
    assert set(repetitions(tmp_path).values()) == {1}
    assert {row["why"] for row in rows.values()} == {"All of it, once."}
    assert rows["wiki"]["taken_share"] == pytest.approx(300 / 390)


def test_shares_need_not_add_up_to_one(tmp_path: Path) -> None:
    rows = mix(tmp_path, MixSettings(shares=Shares(wiki=3, lore=1), characters=80_000))
    assert rows["wiki"]["taken_characters"] == pytest.approx(60_000, abs=600)
    assert rows["lore"]["taken_characters"] == pytest.approx(20_000, abs=200)
    assert rows["code"]["taken_characters"] == 0


def test_taken_shares_miss_the_asked_ones_by_half_a_document_at_most(tmp_path: Path) -> None:
    rows = mix(tmp_path, MixSettings(shares=Shares(wiki=0.5, lore=0.3, code=0.2), characters=123_456))
    for domain, row in rows.items():
        assert abs(row["taken_characters"] - row["asked_characters"]) <= max(CORPUS[domain]) / 2 + 1


def test_the_total_is_the_largest_at_which_no_domain_repeats_above_the_limit(tmp_path: Path) -> None:
    rows = mix(tmp_path, MixSettings(shares=Shares(wiki=0.5, code=0.5), max_repetitions=3))
    assert rows["code"]["taken_characters"] == 90_000
    assert rows["wiki"]["asked_characters"] == 90_000
    assert rows["code"]["why"] == "Repeated 3 times, the limit: there is no more of it."
    assert max(repetitions(tmp_path).values()) == 3


def test_a_domain_that_cannot_fill_its_share_says_how_much_is_missing(tmp_path: Path) -> None:
    rows = mix(tmp_path, MixSettings(shares=Shares(wiki=0.5, code=0.5), characters=300_000, max_repetitions=2))
    assert (rows["code"]["taken_characters"], rows["code"]["shortfall_characters"]) == (60_000, 90_000)
    assert "would need 5.00 repetitions of 30,000" in rows["code"]["why"]


def test_temperature_lifts_small_domains(tmp_path: Path) -> None:
    natural, lifted = mix(tmp_path, MixSettings()), mix(tmp_path, MixSettings(temperature=0.5))
    assert lifted["code"]["taken_share"] > 1.5 * natural["code"]["taken_share"]
    assert sum(row["taken_characters"] for row in lifted.values()) == pytest.approx(390_000, rel=0.01)


def test_repetitions_within_a_domain_differ_by_one_at_most(tmp_path: Path) -> None:
    mix(tmp_path, MixSettings(shares=Shares(lore=1), characters=150_000))
    assert {count for name, count in repetitions(tmp_path).items() if name.startswith("lore")} == {2, 3}


def test_which_documents_are_taken_does_not_follow_their_ids(tmp_path: Path) -> None:
    mix(tmp_path, MixSettings(shares=Shares(code=1), characters=15_000))
    taken = [count for name, count in sorted(repetitions(tmp_path).items()) if name.startswith("code")]
    assert 50 < sum(taken[:150]) < 100


def test_a_larger_mix_takes_more_of_each_document_never_less(tmp_path: Path) -> None:
    shares = Shares(wiki=0.5, lore=0.5)
    mix(tmp_path, MixSettings(shares=shares, characters=60_000))
    small = repetitions(tmp_path)
    mix(tmp_path, MixSettings(shares=shares, characters=70_000))
    assert all(count >= small[name] for name, count in repetitions(tmp_path).items())


def test_held_out_documents_are_taken_once_whatever_the_mix(tmp_path: Path) -> None:
    mix(tmp_path, MixSettings(shares=Shares(code=1)))
    taken = repetitions(tmp_path)
    assert (taken["val"], taken["test"]) == (1, 1)


def test_every_document_has_a_row_even_when_it_is_not_taken(tmp_path: Path) -> None:
    mix(tmp_path, MixSettings(shares=Shares(code=1)))
    taken = repetitions(tmp_path)
    assert len(taken) == 802
    assert taken["wiki-0"] == 0


def test_a_domain_without_text_cannot_be_asked_for(tmp_path: Path) -> None:
    with pytest.raises(MixError, match=r"asks for paper, .*There is code \(30,000 characters\), lore"):
        mix(tmp_path, MixSettings(shares=Shares(wiki=0.5, paper=0.5)))


def test_the_order_of_documents_changes_no_byte(tmp_path: Path) -> None:
    settings = MixSettings(shares=Shares(wiki=0.5, lore=0.5), characters=77_777)
    mix(tmp_path, settings)
    before = [(tmp_path / name).read_bytes() for name in ("mix", "taken")]
    write_table(tmp_path / "splits", read_table(tmp_path / "splits").to_pylist()[::-1], SPLITS)
    balance(tmp_path / "splits", settings, tmp_path / "mix", tmp_path / "taken")
    assert [(tmp_path / name).read_bytes() for name in ("mix", "taken")] == before


def test_a_folder_named_like_a_pattern_is_only_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "corpus [old] *"
    folder.mkdir()
    assert mix(folder, MixSettings())["code"]["taken_documents"] == 300


# what was left out, in a line


def said(folder: Path, settings: MixSettings) -> str:
    mix(folder, settings)
    dropped = sum(count == 0 for count in repetitions(folder).values())
    words = left_out(folder / "mix", settings)
    assert not dropped or words.startswith(f"{dropped:,} documents dropped (over_share): ")
    return words.partition(": ")[2]


def test_a_mix_that_takes_everything_leaves_nothing_to_say(tmp_path: Path) -> None:
    assert said(tmp_path, MixSettings()) == ""
    assert said(tmp_path, MixSettings(shares=Shares(wiki=300, lore=60, code=30))) == ""


def test_the_domain_that_binds_is_named_with_what_can_be_done(tmp_path: Path) -> None:
    assert said(tmp_path, MixSettings(shares=Shares(wiki=5, lore=2, code=3), max_repetitions=1.5)) == (
        "domain code binds: all of its 30,000 characters 1.5 times over are the 30.0% that the mix asks of it, and there is no room for "
        "more lore and wiki; add text to code, lower its share, or raise `max_repetitions`"
    )
    assert said(tmp_path, MixSettings(shares=Shares(wiki=8, lore=1, code=1), max_repetitions=1)).startswith(
        "domain code binds: all of its 30,000 characters are the 10.0% that"
    )


def test_what_the_line_says_can_be_done_helps(tmp_path: Path) -> None:
    def dropped(code: float, limit: float) -> int:
        mix(tmp_path, MixSettings(shares=Shares(wiki=5, lore=2, code=code), max_repetitions=limit))
        return sum(count == 0 for count in repetitions(tmp_path).values())

    assert dropped(3, 1.5) > dropped(2, 1.5) > 0
    assert dropped(3, 1.5) > dropped(3, 3)


def test_a_size_that_binds_is_named(tmp_path: Path) -> None:
    assert said(tmp_path, MixSettings(shares=Shares(wiki=1, lore=1, code=1), characters=90_000)) == (
        "`characters` binds: a mix of 90,000 has no room for more lore and wiki; raise it, or set it to 0 for 360,000"
    )


@pytest.mark.parametrize(
    "settings",
    [
        MixSettings(shares=Shares(wiki=0.1, lore=0.9), max_repetitions=1, characters=1_300_000),
        MixSettings(temperature=0.3, characters=450_000),
    ],
)
def test_no_size_is_advised_that_would_leave_out_more(tmp_path: Path, settings: MixSettings) -> None:
    words = said(tmp_path, settings)
    assert words.startswith("`characters` binds") and "set it to 0" not in words
    more, none = (settings.model_copy(update={"characters": characters}) for characters in (2 * settings.characters, 0))
    dropped = [(mix(tmp_path, each), sum(count == 0 for count in repetitions(tmp_path).values()))[1] for each in (settings, more, none)]
    assert dropped[1] < dropped[0] < dropped[2]


def test_a_temperature_that_binds_is_named(tmp_path: Path) -> None:
    assert said(tmp_path, MixSettings(temperature=0.5)).startswith(
        "`temperature` binds: at 0.5 small domains are lifted at the cost of wiki; at 1 there is room for all"
    )


def test_a_domain_that_the_mix_does_not_ask_for_is_named(tmp_path: Path) -> None:
    assert said(tmp_path, MixSettings(shares=Shares(wiki=1, lore=1), max_repetitions=10)).endswith(
        "the mix asks for none of code: give it a share, or leave its sources out"
    )
