"""What `--set KEY=VALUE` says on the command line, as parameters of a flow: the same forms that the UI fills in."""

import inspect
import tomllib
from collections.abc import Callable, Iterable
from typing import Any, NoReturn, get_args

from pydantic import BaseModel, ValidationError

from curation.recipe import nearest_key, plain_fault
from flows.forms import RULES, Changes, Threshold
from warehouse.errors import RecipeError

QUALITY = "quality"


def read_assignments(assignments: Iterable[str], flow: Callable[..., Any]) -> dict[str, Any]:
    """Assignments such as `training.steps=300` and `quality.lore.min_words=20` as the flow's parameters, checked.

    Raises RecipeError that says what was written, what is wrong with it, and the nearest valid key.
    """
    sections: dict[str, Any] = {}
    forms = _forms(flow)
    for assignment in assignments:
        key, value = _parted(assignment)
        section, *rest = key.split(".")
        if section == "policies" and QUALITY in forms:
            _refuse_policy(assignment, rest)
        if section not in forms:
            raise RecipeError(f"--set {assignment}: this command changes nothing of {section!r}; {nearest_key(section, list(forms))}")
        if section == QUALITY:
            sections.setdefault(section, []).append(_threshold(assignment, rest, value))
            continue
        _require_key(assignment, forms[section], rest)
        place = sections.setdefault(section, {})
        for part in rest[:-1]:
            place = place.setdefault(part, {})
        place[rest[-1]] = value
        _checked(assignment, forms[section], sections[section])
    return sections


def _forms(flow: Callable[..., Any]) -> dict[str, type[BaseModel]]:
    """What can be changed for a run of a flow, by section."""
    kinds = {name: parameter.annotation for name, parameter in inspect.signature(flow).parameters.items()}
    forms = {name: kind for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, Changes)}
    return forms | ({QUALITY: Threshold} if QUALITY in kinds else {})


def _parted(assignment: str) -> tuple[str, Any]:
    key, equals, text = assignment.partition("=")
    if not equals or "." not in key.strip().strip("."):
        raise RecipeError(f"--set {assignment}: is no KEY=VALUE such as training.steps=300")
    if not text.strip():
        raise RecipeError(f"--set {assignment}: says no value; leave it out for what the recipe says")
    try:
        return key.strip(), tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return key.strip(), text.strip()


def _threshold(assignment: str, rest: list[str], value: Any) -> BaseModel:
    if len(rest) != 2:
        raise RecipeError(f"--set {assignment}: a threshold is written {QUALITY}.DOMAIN.RULE=VALUE, such as {QUALITY}.lore.min_words=20")
    domain, rule = rest
    if rule not in RULES:
        raise RecipeError(f"--set {assignment}: {rule!r} is no rule with a threshold; {nearest_key(rule, list(RULES))}")
    return _checked(assignment, Threshold, {"domain": domain, "rule": rule, "value": value})


def _refuse_policy(assignment: str, rest: list[str]) -> NoReturn:
    """Raises RecipeError for a key as a recipe writes it, where it is written otherwise here or is the recipe's alone."""
    match rest:
        case [domain, "cleaning", switch]:
            line = f"{switch} = {_parted(assignment)[1]!s}".lower()
            remedy = f"cleaning is switched in the recipe: [policies.{domain}.cleaning], and below it {line}"
        case [domain, rule]:
            remedy = f"did you mean {QUALITY}.{domain}.{rule}={assignment.partition('=')[2]}?"
        case _:
            remedy = f"a threshold is written {QUALITY}.DOMAIN.RULE=VALUE; cleaning is switched in the recipe"
    raise RecipeError(f"--set {assignment}: {remedy}")


def _require_key(assignment: str, form: type[BaseModel], path: list[str]) -> None:
    """Follows a key through nested forms to a box that takes a value."""
    for place, part in enumerate(path):
        field = form.model_fields.get(part)
        if field is None:
            raise RecipeError(f"--set {assignment}: unknown key {part!r}; {nearest_key(part, list(form.model_fields))}")
        inner = [kind for kind in get_args(field.annotation) if isinstance(kind, type) and issubclass(kind, BaseModel)]
        last = place == len(path) - 1
        if inner and last:
            raise RecipeError(f"--set {assignment}: {part!r} has keys of its own: {', '.join(inner[0].model_fields)}")
        if not inner and not last:
            raise RecipeError(f"--set {assignment}: {part!r} has no keys of its own")
        form = inner[0] if inner else form


def _checked(assignment: str, form: type[BaseModel], value: dict[str, Any]) -> BaseModel:
    try:
        return form.model_validate(value)
    except ValidationError as error:
        raise RecipeError(f"--set {assignment}: {plain_fault(error.errors()[0])}") from None
