"""The recipe: one TOML file, read into one model, with errors that name the file, the key and the nearest valid key."""

import difflib
import math
import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from curation import secrets
from curation.policies import Policies
from curation.schedule import RetrainSettings, ScheduleSettings
from curation.settings import DuplicateSettings, MixSettings, ShardSettings, SplitSettings, TokenizerSettings, TrainingSettings
from curation.sources.fetch.addresses import is_closed
from curation.sources.kinds import KINDS, AnySource
from curation.sources.source import RemoteSource, Source
from warehouse.digests import digest
from warehouse.errors import RecipeError

BUILT_IN = Path(__file__).resolve().parent.parent / "flows" / "recipes"
CONTACT = "BERRY_CONTACT"
"""Environment variable: by what the owners of sites reach us, where a recipe does not say it."""

OWN_RECIPES = "BERRY_RECIPES"
"""Environment variable: the folder of a service's own recipes, which go before the built-in ones of the same name."""


class Recipe(BaseModel):
    """Everything that decides what a corpus, its shards and its model are, and when they are made again."""

    model_config = ConfigDict(hide_input_in_errors=True)  # an input that is refused may be a secret

    name: str = Field(title="Name", pattern=r"^[a-z0-9][a-z0-9-]*$", description="Lower case, digits, dashes.")
    description: str = Field("", title="Description", description="One sentence for the report.")
    contact: str = Field(
        "", title="Contact", description="Address or page by which the owners of sites reach you; every request to them carries it."
    )
    sources: list[AnySource] = Field(title="Sources", min_length=1, description="Where the text comes from.")
    policies: Policies = Field(Policies(), title="Policies", description="Quality thresholds per domain.")
    duplicates: DuplicateSettings = Field(DuplicateSettings(), title="Duplicates", description="What counts as the same text.")
    splits: SplitSettings = Field(SplitSettings(), title="Splits", description="Held-out text.")
    mix: MixSettings = Field(MixSettings(), title="Mix", description="How much of each domain the training text holds.")
    tokenizer: TokenizerSettings = Field(TokenizerSettings(), title="Tokenizer", description="The vocabulary.")
    shards: ShardSettings = Field(ShardSettings(), title="Shards", description="Files of token ids.")
    training: TrainingSettings = Field(TrainingSettings(), title="Training", description="The model, and how it is trained.")
    schedule: ScheduleSettings = Field(ScheduleSettings(), title="Schedule", description="When the sources are curated again.")
    retrain: RetrainSettings = Field(RetrainSettings(), title="Retrain", description="What must change before a model is trained again.")

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        twice = sorted(name for name, count in Counter(source.id for source in self.sources).items() if count > 1)
        if twice:
            raise ValueError(f"two sources are called {', '.join(twice)}; give each an id of its own")
        return self

    @model_validator(mode="after")
    def _shares_have_sources(self) -> Self:
        asked = {domain for domain, share in self.mix.shares.model_dump().items() if share > 0}
        absent = sorted(asked - {source.domain.value for source in self.sources})
        if absent:
            raise ValueError(f"mix.shares asks for {' and '.join(absent)}, and no source has that domain; add one, or set the share to 0")
        return self

    @property
    def digest(self) -> str:
        """Identity of the recipe; the order of its sources does not count.

        Contact, schedule and retrain are no part of it: they say for whom and when a corpus and a model are made, and not what
        they are.
        """
        facts = self.model_dump(mode="json", exclude={"contact", "schedule", "retrain"})
        facts["sources"] = sorted(facts["sources"], key=lambda source: source["id"])
        return digest(facts)

    def nameless(self) -> list[str]:
        """The sources that would ask servers of other people without a word on who asks; BERRY_CONTACT says it as well."""
        if self.contact or os.environ.get(CONTACT):
            return []
        return [
            source.id
            for source in self.sources
            if isinstance(source, RemoteSource) and source.is_remote and not (source.user_agent or source.private_addresses)
        ]


def closed_addresses(source: Source) -> list[str]:
    """Hosts that a source begins with, and may not ask, since they are on this machine or in a private network; as far as their
    addresses tell by themselves.
    """
    if not isinstance(source, RemoteSource) or not source.is_remote or source.private_addresses:
        return []
    return sorted({urlsplit(request.url).netloc for request in source.first_requests() if is_closed(request.url)})


def built_in_recipes() -> list[str]:
    """Names of the recipes that come with the product."""
    return _names(BUILT_IN)


def named_recipes() -> list[str]:
    """Names of all recipes that can be asked for by name: those in the folder that BERRY_RECIPES names, and the built-in ones."""
    return sorted({name for folder in _folders() for name in _names(folder)})


def find_recipe(name: str) -> Path:
    """The file of a recipe, given by path or by name: first of the folder that BERRY_RECIPES names, then of the product.

    Raises RecipeError, listing the names there are, where there is none.
    """
    by_name = [folder / f"{name}.toml" for folder in _folders()] if Path(name).name == name else []
    for path in (Path(name), *by_name):
        if path.is_file():
            return path.resolve()
    lists = (f"{'Built in' if folder == BUILT_IN else f'In {folder}'}: {', '.join(_names(folder)) or 'none'}." for folder in _folders())
    raise RecipeError(f"{name}: no such recipe file, and no recipe of that name. {' '.join(lists)}")


def _folders() -> list[Path]:
    own = os.environ.get(OWN_RECIPES, "")
    return [*([Path(own).expanduser()] if own else []), BUILT_IN]


def _names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("[!.]*.toml") if path.is_file())


def load_recipe(path: Path) -> Recipe:
    """Reads and checks a recipe file.

    Raises RecipeError with one line per fault: the file, the key, what is wrong, and the nearest valid key.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path}: is not UTF-8 text (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{path}: is not valid TOML: {error}") from error
    faults = [f"{path}: {fault}" for fault in (*_unknown_keys(data, Recipe, ""), *_endless_numbers(data, ""))]
    try:
        recipe = Recipe.model_validate(data)
    except ValidationError as error:
        faults += [f"{path}: {_place(detail['loc'], data)}: {plain_fault(detail)}" for detail in error.errors()]
        raise RecipeError("\n".join(faults)) from None
    if faults:
        raise RecipeError("\n".join(faults))
    return recipe


def _unknown_keys(data: Any, model: type[BaseModel], place: str) -> Iterator[str]:
    if not isinstance(data, dict):
        return
    for key, value in data.items():
        field = model.model_fields.get(key)
        if field is None:
            yield f"{place}{key}: unknown key; {nearest_key(key, list(model.model_fields))}"
        elif key == "sources" and isinstance(value, list):
            for index, source in enumerate(value):
                yield from _unknown_source_keys(source, f"sources[{index}]")
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _unknown_keys(value, field.annotation, f"{place}{key}.")


def _unknown_source_keys(source: Any, place: str) -> Iterator[str]:
    if not isinstance(source, dict):
        return
    place = f"{place}{_label(source)}."
    if isinstance(source.get("kind"), str) and source["kind"] in KINDS:
        yield from _unknown_keys(source, KINDS[source["kind"]], place)
        return
    every = list(dict.fromkeys(key for model in KINDS.values() for key in model.model_fields))
    yield from (f"{place}{key}: unknown key; {nearest_key(key, every)}" for key in source if key not in every)


def _endless_numbers(data: Any, place: str) -> Iterator[str]:
    """TOML knows `inf` and `nan`; no setting does, and neither has a digest."""
    if isinstance(data, float) and not math.isfinite(data):
        yield f"{place}: must be a finite number, got {data}"
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _endless_numbers(value, f"{place}.{key}" if place else key)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _endless_numbers(value, f"{place}[{index}]")


def nearest_key(key: str, valid: list[str]) -> str:
    """The end of a sentence about an unknown key: the nearest valid one, or all of them."""
    nearest = difflib.get_close_matches(key, valid, n=1, cutoff=0.5)
    return f"did you mean {nearest[0]!r}?" if nearest else f"valid keys: {', '.join(valid)}"


def _label(source: dict[str, Any]) -> str:
    return f" ({source['id']})" if isinstance(source.get("id"), str) else ""


def _place(location: tuple[int | str, ...], data: dict[str, Any]) -> str:
    words: list[str] = []
    parts = list(location)
    if parts[:1] == ["sources"] and len(parts) > 1 and isinstance(parts[1], int):
        source = data["sources"][parts[1]]
        words.append(f"sources[{parts[1]}]" + (_label(source) if isinstance(source, dict) else ""))
        kind = source.get("kind") if isinstance(source, dict) else None
        parts = [part for part in parts[2:] if part != kind]
    return ".".join([*words, *map(str, parts)]) or "the recipe"


def plain_fault(detail: Any) -> str:
    """What is wrong with a value, from an error of pydantic's, in words for a person."""
    message = str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] == secrets.FAULT:
        return message
    if detail["type"] == "missing":
        return "this key is required"
    if detail["type"] in ("model_type", "model_attributes_type"):
        return f"must be a table of settings, got {detail['input']!r}"
    if detail["type"] == "union_tag_not_found":
        return f"the key 'kind' is required; one of {', '.join(KINDS)}"
    if detail["type"] == "union_tag_invalid":
        tag = str(detail["ctx"]["tag"])
        nearest = difflib.get_close_matches(tag, list(KINDS), n=1, cutoff=0.4)
        return f"kind {tag!r} is unknown; " + (f"did you mean {nearest[0]!r}?" if nearest else f"one of {', '.join(KINDS)}")
    if detail["type"] == "enum" or detail["type"] == "literal_error":
        nearest = difflib.get_close_matches(str(detail["input"]), re.findall(r"'([^']+)'", message), n=1, cutoff=0.4)
        return f"{message}, not {detail['input']!r}" + (f"; did you mean {nearest[0]!r}?" if nearest else "")
    return f"{message}, got {detail['input']!r}" if isinstance(detail["input"], str | int | float | bool) else message
