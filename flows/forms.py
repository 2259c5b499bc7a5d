"""Typed forms of the Prefect UI: what a person changes in a recipe for one run.

A form has the fields of the settings it changes, with their titles, descriptions and ranges, and every field may be left
empty: as the recipe says. In the JSON Schema an empty field is one without a default and without "or null": for these
the UI draws a plain number box or list, checks the range in the browser, and leaves the key out when it is emptied.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, ValidationError, create_model, field_validator, model_validator
from pydantic.fields import FieldInfo

from curation.policies import Policy
from curation.recipe import Recipe
from curation.settings import (
    DuplicateSettings,
    MixSettings,
    ShardSettings,
    Shares,
    SplitSettings,
    TokenizerSettings,
    TrainingSettings,
)
from warehouse.errors import RecipeError

RULES = tuple(name for name, field in Policy.model_fields.items() if field.annotation in (int, float))
"""The quality rules with a number, by their key in a recipe."""

MOST_WORKERS = 256
WorkerCount = Annotated[int, Field(ge=0, le=MOST_WORKERS)]
"""Worker processes of a run; 0: as configured, which is one per core."""

BOUNDS = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below"}
"""The words for a bound of JSON Schema."""


class Changes(BaseModel):
    """Base of the forms. It dumps what was filled in and nothing else."""

    @model_validator(mode="before")
    @classmethod
    def _empty_is_unchanged(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if value != ""}
        return data


Form = TypeVar("Form", bound=Changes)


def changes_of(settings: type[BaseModel], **nested: type[Changes]) -> Callable[[type[Form]], type[Form]]:
    """Gives a form the fields of a settings model; `nested` names the form of each field that is a model itself.

    Unknown keys and endless numbers are refused.
    """

    def derive(form: type[Form]) -> type[Form]:
        fields: dict[str, Any] = {}
        for position, (name, field) in enumerate(settings.model_fields.items()):
            kind: Any = nested.get(name, field.annotation)
            fields[name] = (Annotated[(kind | None, *field.metadata, _box(field, position))], None)
        return create_model(
            form.__name__,
            __base__=form,
            __module__=form.__module__,
            __doc__=form.__doc__,
            __cls_kwargs__={"extra": "forbid", "frozen": True, "allow_inf_nan": False},
            **fields,
        )

    return derive


def _box(field: FieldInfo, position: int) -> Any:
    """The words of a settings' field, for a field that is left out while it is empty and plain in the JSON Schema."""
    kind = field.annotation

    def plain(schema: dict[str, Any]) -> None:
        del schema["default"]
        schema |= schema.pop("anyOf")[0]
        schema["position"] = position
        bounds = [f"{words} {schema[bound]:,}" for bound, words in BOUNDS.items() if bound in schema]
        if bounds:
            schema["description"] += f" {', '.join(bounds).capitalize()}."
        for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            if exclusive in schema:
                # A browser knows inclusive bounds only; the server then refuses the bound itself.
                schema[bound] = schema[exclusive]
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            # Nothing in the UI's list can be unselected, but it takes an empty entry for no answer.
            del schema["$ref"]
            schema |= {"type": "string", "enum": ["", *kind]}

    return Field(title=field.title, description=field.description, exclude_if=lambda value: value is None, json_schema_extra=plain)


@changes_of(DuplicateSettings)
class DuplicateChanges(Changes):
    """What counts as the same text. Empty: as the recipe says."""


@changes_of(SplitSettings)
class SplitChanges(Changes):
    """Held-out text. Empty: as the recipe says."""


@changes_of(Shares)
class ShareChanges(Changes):
    """Asked share of each domain. Empty: as the recipe says."""


@changes_of(MixSettings, shares=ShareChanges)
class MixChanges(Changes):
    """How much of each domain the training text holds. Empty: as the recipe says."""


@changes_of(TokenizerSettings)
class TokenizerChanges(Changes):
    """The vocabulary. Empty: as the recipe says."""


@changes_of(ShardSettings)
class ShardChanges(Changes):
    """Files of token ids. Empty: as the recipe says."""


@changes_of(TrainingSettings)
class TrainingChanges(Changes):
    """The model, and how it is trained. Empty: as the recipe says."""


class Judged(StrEnum):
    """What has a policy of its own: each domain, and prose in a source of code."""

    WIKI = "wiki"
    LORE = "lore"
    TRANSCRIPT = "transcript"
    CODE = "code"
    PAPER = "paper"
    DOCUMENTATION = "documentation"


class Threshold(BaseModel):
    """Another threshold for one quality rule of one policy."""

    domain: Judged = Field(
        title="Domain",
        description="The kind of text that the rule judges; documentation is prose in a source of code.",
        json_schema_extra={"position": 0},
    )
    rule: str = Field(
        title="Rule",
        description="Its key in a recipe: min_ is the least that is kept, max_ the most.",
        json_schema_extra={"position": 1, "enum": list(RULES)},
    )
    value: float = Field(
        ge=0,
        allow_inf_nan=False,
        title="Value",
        description="The new threshold; 0 switches the rule off.",
        json_schema_extra={"position": 2},
    )

    @field_validator("rule")
    @classmethod
    def _is_a_rule(cls, rule: str) -> str:
        if rule not in RULES:
            raise ValueError(f"{rule} is no rule with a threshold; one of {', '.join(RULES)}")
        return rule


def changed(
    recipe: Recipe,
    *,
    save_as: str = "",
    quality: Sequence[Threshold] = (),
    duplicates: DuplicateChanges | None = None,
    splits: SplitChanges | None = None,
    mix: MixChanges | None = None,
    tokenizer: TokenizerChanges | None = None,
    shards: ShardChanges | None = None,
    training: TrainingChanges | None = None,
) -> Recipe:
    """The recipe of one run: as the file says, but for what the forms say; under another name if `save_as` gives one.

    Raises RecipeError, one line per fault, where the whole does not make a valid recipe.
    """
    forms: dict[str, Changes | None] = {
        "duplicates": duplicates,
        "splits": splits,
        "mix": mix,
        "tokenizer": tokenizer,
        "shards": shards,
        "training": training,
    }
    facts: dict[str, Any] = dict(recipe)
    for section, form in forms.items():
        if form is not None:
            facts[section] = _overlaid(facts[section].model_dump(), form.model_dump())
    if quality:
        facts["policies"] = _overlaid(recipe.policies.model_dump(), _by_domain(quality))
    if save_as:
        facts["name"] = save_as
    try:
        return Recipe.model_validate(facts)
    except ValidationError as error:
        raise RecipeError("\n".join(_fault(detail["loc"], detail["msg"], detail["input"]) for detail in error.errors())) from None


def _overlaid(settings: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Settings with the changed keys in place; tables within tables are overlaid too."""
    nested = {key: _overlaid(settings[key], value) for key, value in changes.items() if isinstance(value, dict)}
    return {**settings, **changes, **nested}


def _by_domain(quality: Sequence[Threshold]) -> dict[str, dict[str, float]]:
    policies: dict[str, dict[str, float]] = {}
    for threshold in quality:
        rules = policies.setdefault(threshold.domain.value, {})
        if threshold.rule in rules:
            raise RecipeError(f"quality: {threshold.rule} of {threshold.domain} is there twice; keep one of the two")
        rules[threshold.rule] = threshold.value
    return policies


def _fault(place: tuple[int | str, ...], message: str, given: Any) -> str:
    """A fault as a line that names the field of the form."""
    match place:
        case ("name",):
            return f"save_as: {given!r} cannot name a recipe. {Recipe.model_fields['name'].description}"
        case ("policies", domain, rule):
            field = f"quality ({rule} of {domain})"
        case _:
            field = ".".join(map(str, place))
    line = message.removeprefix("Value error, ")
    if field:
        line = f"{field}: {line}"
    return f"{line}, got {given!r}" if isinstance(given, str | int | float) else line
