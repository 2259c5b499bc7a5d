"""The reference page of reasons: why a document is not in the corpus, and by which rule."""

from collections.abc import Iterator

from curation.decisions import RULES, Reason
from flows.reference_parts import code, grid, page


def reasons_page() -> str:
    """Every reason with its explanation and, where a rule of a policy gives it, the signal and the setting that it compares."""
    return page(
        "Reasons",
        "Every document that is not in the corpus has a reason, in `verdicts`, `decisions` and `drop_reasons`. One that a rule gives comes "
        "with the value of the rule's signal and the threshold that the recipe set, and `detail` names both.",
        [grid(("Reason", "Meaning", "Rule"), _rows())],
    )


def _rows() -> Iterator[tuple[str, str, str]]:
    rules = {rule.reason: f"{code(rule.signal)} {rule.bound.value} {code(rule.setting)}" for rule in RULES}
    rules[Reason.LANGUAGE] = f"{code('language')} one of {code('languages')}, if it is told with {code('min_language_confidence')}"
    for reason in Reason:
        yield code(reason.value), reason.explanation, rules.get(reason, "")
