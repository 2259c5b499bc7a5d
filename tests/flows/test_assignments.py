"""`--set KEY=VALUE`: what it changes, and what is said of one that is wrong."""

from typing import Any

import pytest

from flows.assignments import read_assignments
from flows.build import build
from flows.forms import Threshold
from flows.train import train_strawberry
from warehouse.errors import RecipeError


@pytest.mark.parametrize(
    ("assignments", "expected"),
    [
        (["training.steps=300", "training.batch = 2"], {"training": {"steps": 300, "batch": 2}}),
        (["mix.shares.wiki=0.3"], {"mix": {"shares": {"wiki": 0.3}}}),
        (["tokenizer.pattern=gpt4"], {"tokenizer": {"pattern": "gpt4"}}),
        (["splits.seed=another day"], {"splits": {"seed": "another day"}}),
        (["quality.lore.min_words=20"], {"quality": [Threshold.model_validate({"domain": "lore", "rule": "min_words", "value": 20})]}),
        ([], {}),
    ],
)
def test_an_assignment_fills_in_a_box_of_a_form(assignments: list[str], expected: dict[str, Any]) -> None:
    assert read_assignments(assignments, build) == expected


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ("policies.lore.cleaning.phones=false", "is switched in the recipe: [policies.lore.cleaning], and below it phones = false"),
        ("policies.lore.min_words=10", "did you mean quality.lore.min_words=10?"),
        ("policies.lore=10", "a threshold is written quality.DOMAIN.RULE=VALUE; cleaning is switched in the recipe"),
        ("training.stpes=5", "unknown key 'stpes'; did you mean 'steps'?"),
        ("trainin.steps=5", "this command changes nothing of 'trainin'; did you mean 'training'?"),
        ("home.x=1", "this command changes nothing of 'home'; valid keys: duplicates, splits"),
        ("training.steps=", "says no value"),
        ("training.steps=many", "valid integer"),
        ("training.steps=0", "greater than or equal to 1, got 0"),
        ("tokenizer.pattern=gpt9", "did you mean 'gpt4'?"),
        ("mix.shares=1", "'shares' has keys of its own: wiki, lore"),
        ("mix.temperature.x=1", "'temperature' has no keys of its own"),
        ("quality.lore=3", "a threshold is written quality.DOMAIN.RULE=VALUE"),
        ("quality.lore.min_wrods=3", "did you mean 'min_words'?"),
        ("quality.lor.min_words=3", "did you mean 'lore'?"),
        ("quality.lore.min_words=-1", "greater than or equal to 0"),
        ("nonsense", "is no KEY=VALUE such as training.steps=300"),
        ("steps=300", "is no KEY=VALUE such as training.steps=300"),
    ],
)
def test_a_wrong_assignment_is_repeated_with_what_is_wrong_with_it(assignment: str, said: str) -> None:
    with pytest.raises(RecipeError) as caught:
        read_assignments([assignment], build)
    assert str(caught.value).startswith(f"--set {assignment}: ")
    assert said in str(caught.value)


def test_a_command_takes_the_sections_of_its_own_flow_alone() -> None:
    assert read_assignments(["training.steps=3"], train_strawberry) == {"training": {"steps": 3}}
    with pytest.raises(RecipeError, match="changes nothing of 'mix'; valid keys: training"):
        read_assignments(["mix.shares.wiki=1"], train_strawberry)
