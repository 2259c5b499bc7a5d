"""The forms of the UI: what a person may fill in, what the server lets through, and what recipe comes of it."""

from collections.abc import Sequence
from typing import Any

import pytest
from prefect import flow
from prefect.exceptions import ParameterTypeError
from prefect.utilities.callables import parameter_schema
from prefect.utilities.schema_tools import ValidationError, validate
from pydantic import BaseModel

from curation.policies import Policies
from curation.recipe import Recipe, find_recipe, load_recipe
from curation.settings import (
    DuplicateSettings,
    MixSettings,
    ShardSettings,
    Shares,
    SplitSettings,
    TokenizerSettings,
    TrainingSettings,
)
from flows.forms import (
    Changes,
    DuplicateChanges,
    Judged,
    MixChanges,
    ShardChanges,
    ShareChanges,
    SplitChanges,
    Threshold,
    TokenizerChanges,
    TrainingChanges,
    changed,
)
from warehouse.errors import RecipeError

FORMS: list[tuple[type[Changes], type[BaseModel]]] = [
    (DuplicateChanges, DuplicateSettings),
    (SplitChanges, SplitSettings),
    (ShareChanges, Shares),
    (MixChanges, MixSettings),
    (TokenizerChanges, TokenizerSettings),
    (ShardChanges, ShardSettings),
    (TrainingChanges, TrainingSettings),
]
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


@flow(name="form", persist_result=False)
def form(
    save_as: str = "",
    quality: Sequence[Threshold] = (),
    duplicates: DuplicateChanges = DuplicateChanges(),
    splits: SplitChanges = SplitChanges(),
    mix: MixChanges = MixChanges(),
    tokenizer: TokenizerChanges = TokenizerChanges(),
    shards: ShardChanges = ShardChanges(),
    training: TrainingChanges = TrainingChanges(),
) -> None:
    """A flow whose parameters are the forms."""


SCHEMA: dict[str, Any] = parameter_schema(form.fn).model_dump_for_openapi()


def submitted(**parameters: Any) -> Recipe:
    """The recipe of a run, after the server's check of the form and the flow's check of its parameters."""
    validate(parameters, SCHEMA, raise_on_error=True)
    return changed(quickstart(), **form.validate_parameters(parameters))


def quickstart() -> Recipe:
    return load_recipe(find_recipe("quickstart"))


@pytest.mark.parametrize(("changes", "settings"), FORMS, ids=[settings.__name__ for _, settings in FORMS])
def test_a_form_has_the_fields_of_its_settings_with_their_titles_ranges_and_order(
    changes: type[Changes], settings: type[BaseModel]
) -> None:
    drawn = changes.model_json_schema()["properties"]
    checked = settings.model_json_schema()["properties"]
    assert sorted(drawn, key=lambda name: drawn[name]["position"]) == list(settings.model_fields)
    for name, field in settings.model_fields.items():
        assert drawn[name]["title"] == field.title
        assert drawn[name]["description"].startswith(str(field.description))
        assert {key: checked[name][key] for key in BOUNDS if key in checked[name]}.items() <= drawn[name].items()


@pytest.mark.parametrize("changes", [changes for changes, _ in FORMS])
def test_a_field_is_one_plain_box_that_starts_empty(changes: type[Changes]) -> None:
    schema = changes.model_json_schema()
    assert "required" not in schema
    for field in schema["properties"].values():
        assert {"anyOf", "oneOf", "allOf", "default"}.isdisjoint(field)
        assert field.get("type") in ("integer", "number", "string") or "$ref" in field


def test_the_box_says_its_range_and_gives_the_browser_inclusive_bounds() -> None:
    similarity = DuplicateChanges.model_json_schema()["properties"]["jaccard"]
    assert similarity["description"].endswith("Above 0, at most 1.")
    assert (similarity["minimum"], similarity["maximum"]) == (0, 1)
    tokens = ShardChanges.model_json_schema()["properties"]["tokens_per_shard"]
    assert tokens["description"].endswith("At least 10,000, below 2,147,483,648.")


def test_a_list_of_choices_has_an_empty_one_to_go_back_to() -> None:
    assert TokenizerChanges.model_json_schema()["properties"]["pattern"]["enum"] == ["", "gpt2", "gpt4", "o200k"]
    assert submitted(tokenizer={"pattern": "gpt2"}).tokenizer.pattern == "gpt2"
    assert submitted(tokenizer={"pattern": ""}) == quickstart()


def test_the_untouched_form_is_the_recipe_itself() -> None:
    untouched = {name: field["default"] for name, field in SCHEMA["properties"].items()}
    assert untouched["duplicates"] == {}
    recipe = submitted(**untouched)
    assert recipe == quickstart()
    assert recipe.digest == quickstart().digest


def test_null_is_an_empty_box() -> None:
    assert submitted(duplicates={"bands": None}, splits={"seed": None}, mix={"shares": {"wiki": None}}) == quickstart()


def test_zero_is_a_value_and_not_an_empty_box() -> None:
    assert submitted(mix={"shares": {"wiki": 0}}).mix.shares.wiki == 0 != quickstart().mix.shares.wiki


def test_what_is_filled_in_changes_that_and_nothing_else() -> None:
    recipe, before = submitted(mix={"shares": {"lore": 0.5}}, training={"steps": 7}), quickstart()
    assert recipe.mix.shares == before.mix.shares.model_copy(update={"lore": 0.5})
    assert recipe.mix.max_repetitions == before.mix.max_repetitions
    assert recipe.training == before.training.model_copy(update={"steps": 7})
    assert recipe.model_dump(exclude={"mix", "training"}) == before.model_dump(exclude={"mix", "training"})


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"duplicates": {"permutations": 3}}, "'duplicates.permutations'. Failure reason: 3 is less than the minimum of 16"),
        ({"duplicates": {"jaccard": 0}}, "'duplicates.jaccard'. Failure reason: 0 is less than or equal to the minimum of 0"),
        ({"mix": {"shares": {"code": -1}}}, "'mix.shares.code'. Failure reason: -1 is less than the minimum of 0"),
        ({"tokenizer": {"pattern": "gpt9"}}, "'tokenizer.pattern'. Failure reason: 'gpt9' is not one of"),
        ({"training": {"stps": 10}}, "'training'. Failure reason: Additional properties are not allowed ('stps' was unexpected)"),
        ({"quality": [{"domain": "wiki", "rule": "min_wrds", "value": 1}]}, "'quality[0].rule'. Failure reason: 'min_wrds' is not one of"),
        ({"quality": [{"domain": "wiki", "rule": "min_words"}]}, "'quality[0]'. Failure reason: 'value' is a required property"),
    ],
)
def test_the_server_refuses_a_wrong_value_and_names_its_field(parameters: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate(parameters, SCHEMA, raise_on_error=True)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"duplicates": {"permutations": 3}}, "duplicates.permutations"),
        ({"training": {"stps": 10}}, "training.stps"),
        ({"training": {"clip": float("inf")}}, "training.clip"),
        ({"quality": [{"domain": "wiki", "rule": "min_wrds", "value": 1}]}, "min_wrds is no rule with a threshold"),
        ({"quality": [{"domain": "wiki", "rule": "languages", "value": 1}]}, "languages is no rule with a threshold"),
    ],
)
def test_a_run_that_went_round_the_form_is_refused_as_well(parameters: dict[str, Any], words: str) -> None:
    with pytest.raises(ParameterTypeError, match=words):
        form.validate_parameters(parameters)


def test_a_threshold_changes_one_rule_of_one_domain() -> None:
    before = quickstart().policies
    policies = submitted(
        quality=[{"domain": "lore", "rule": "min_words", "value": 15}, {"domain": "code", "rule": "max_longest_line", "value": 0}]
    ).policies
    assert (policies.lore.min_words, policies.code.max_longest_line) == (15, 0)
    assert policies.lore == before.lore.model_copy(update={"min_words": 15})
    assert policies.wiki == before.wiki


def test_every_policy_of_a_recipe_can_be_changed() -> None:
    assert list(Judged) == list(Policies.model_fields)
    policies = submitted(quality=[{"domain": "documentation", "rule": "max_fenced_code", "value": 0.4}]).policies
    assert (policies.documentation.max_fenced_code, policies.code) == (0.4, quickstart().policies.code)


def test_results_are_kept_under_another_name() -> None:
    assert submitted(save_as="variant").name == "variant"


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"duplicates": {"bands": 33}}, ["duplicates: bands (33) must divide permutations (128)"]),
        (
            {"quality": [{"domain": "wiki", "rule": "max_top_2gram", "value": 3}], "save_as": "A b"},
            [
                "save_as: 'A b' cannot name a recipe. Lower case, digits, dashes.",
                "quality (max_top_2gram of wiki): Input should be less than or equal to 1, got 3.0",
            ],
        ),
        (
            {"quality": [{"domain": "wiki", "rule": "min_words", "value": 40.5}]},
            ["quality (min_words of wiki): Input should be a valid integer, got a number with a fractional part, got 40.5"],
        ),
        (
            {"quality": [{"domain": "wiki", "rule": "min_words", "value": value} for value in (1, 2)]},
            ["quality: min_words of wiki is there twice; keep one of the two"],
        ),
    ],
)
def test_a_change_that_makes_no_valid_recipe_is_refused_line_by_line(parameters: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(RecipeError) as refusal:
        submitted(**parameters)
    assert str(refusal.value).splitlines() == words


def test_a_share_of_a_domain_without_a_source_is_refused() -> None:
    recipe = quickstart()
    prose = changed(recipe, mix=MixChanges.model_validate({"shares": {"paper": 0}}))
    prose = Recipe.model_validate({**dict(prose), "sources": [source for source in prose.sources if source.domain != "paper"]})
    with pytest.raises(RecipeError, match=r"^mix\.shares asks for paper, and no source has that domain; add one, or set the share to 0$"):
        changed(prose, mix=MixChanges.model_validate({"shares": {"paper": 0.2}}))
