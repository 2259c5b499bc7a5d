"""Decisions: which rule decides, what is recorded, and what the default policies keep."""

import pytest

from curation.decisions import RULES, Decision, Reason, Stage, Verdict, judge
from curation.domains import Domain
from curation.policies import CodePolicy, LorePolicy, Policies, Policy, WikiPolicy
from curation.signals import score
from warehouse.tables import SIGNALS

PROSE = (
    "The dwarves have dug with care for many years, and they kept to the deep halls of the mountain that was theirs to keep. "
    "Nobody else went down there, since the way was long and the lamps were few, but those who did came back with silver."
)
CODE = "".join(f"def rule_{n}(x):\n    # why: {n}\n    return x[{n}] if x else None\n\n\n" for n in range(8))


def reasons(text: str, policy: Policy, domain: Domain = Domain.WIKI) -> list[Reason | None]:
    return [decision.reason for decision in judge(score(text, domain, "a.py"), policy)]


def test_a_text_that_breaks_no_rule_has_one_row_that_keeps_it() -> None:
    assert judge(score(PROSE, Domain.WIKI, "a"), WikiPolicy()) == [Decision(Stage.QUALITY, Verdict.KEPT)]


def test_all_broken_rules_are_recorded_and_the_first_decides() -> None:
    rows = judge({**score("aa " * 30, Domain.WIKI, "a"), "language": "en"}, Policy())
    assert [row.decisive for row in rows] == [True] + [False] * (len(rows) - 1)
    assert {Reason.TOO_SHORT, Reason.FEW_WORDS, Reason.FEW_STOP_WORDS, Reason.TOP_2GRAM} <= {row.reason for row in rows}
    assert rows[0].reason is Reason.TOO_SHORT


def test_a_row_tells_value_and_threshold() -> None:
    row = judge(score("short", Domain.WIKI, "a"), Policy(languages=[], min_characters=100))[0]
    assert (row.reason, row.value, row.threshold) == (Reason.TOO_SHORT, 5, 100)
    assert row.detail == "characters must be at least 100 (min_characters), not 5. The text has too few characters."


def test_a_value_beside_its_threshold_is_told_finely_enough_to_differ_from_it() -> None:
    rules = Policy(languages=[], **{rule.setting: 0 for rule in RULES} | {"max_top_2gram": 0.2, "max_characters": 1_000})
    row, other = judge(score("short", Domain.WIKI, "a") | {"characters": 1_234_567.0, "top_2gram": 0.20000004}, rules)
    assert "at most 1,000 (max_characters), not 1,234,567. " in str(row.detail)
    assert "at most 0.2 (max_top_2gram), not 0.20000004. " in str(other.detail)


def test_zero_switches_a_rule_off() -> None:
    off = {rule.setting: 0 for rule in RULES}
    assert judge(score("??", Domain.WIKI, "a"), Policy(languages=[], **off)) == [Decision(Stage.QUALITY, Verdict.KEPT)]


def test_another_language_is_dropped_only_when_the_detector_is_sure() -> None:
    signals = {**score(PROSE, Domain.WIKI, "a"), "language": "de", "language_confidence": 0.6}
    assert judge(signals, WikiPolicy(min_language_confidence=0.5))[0].reason is Reason.LANGUAGE
    assert judge(signals, WikiPolicy(min_language_confidence=0.7))[0].verdict is Verdict.KEPT


def test_english_stop_words_are_not_asked_of_a_language_that_is_kept() -> None:
    german = "Die Zwerge graben tief im Berg, weil dort Silber liegt, das niemand sonst finden kann. "
    assert reasons(german + "Unten brennen wenige Lampen.", WikiPolicy(languages=["de"], min_characters=10, min_words=5)) == [None]


def test_code_is_judged_by_rules_for_code() -> None:
    assert reasons(CODE, CodePolicy(), Domain.CODE) == [None]
    assert Reason.FEW_STOP_WORDS in reasons(CODE, WikiPolicy(), Domain.CODE)


def test_lore_may_be_shorter_than_an_article() -> None:
    item = "Sword of Embers. Deals fire damage to every foe in front of you, and burns for ten seconds after the blow has landed on it."
    assert reasons(item, LorePolicy()) == [None]
    assert reasons(item, WikiPolicy())[0] is Reason.TOO_SHORT


def test_every_rule_names_a_signal_a_setting_and_a_reason_of_its_own() -> None:
    assert {rule.signal for rule in RULES} <= set(SIGNALS.names)
    assert all(hasattr(Policies().wiki, rule.setting) for rule in RULES)
    assert len({rule.reason for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_explained_in_one_sentence(reason: Reason) -> None:
    assert reason.explanation.endswith(".")
    assert Reason(str(reason)) is reason
