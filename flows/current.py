"""Pointers to what a recipe's flows made last: how one flow finds the output of the one before it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from warehouse.digests import digest
from warehouse.errors import WorkspaceError
from warehouse.layout import Workspace
from warehouse.store import write_atomic


@dataclass(frozen=True)
class Captures:
    """What a recipe's sources were captured as: their ids, and the key of each one's output."""

    sources: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Corpus:
    """A curated corpus: a snapshot, the documents it names, and the captures they are from. Paths are relative to the workspace."""

    snapshot_id: str
    snapshot: str
    documents: tuple[str, ...]
    digest: str  # of the snapshot's and the documents' bytes
    captures: tuple[str, ...] = ()

    def paths(self, workspace: Workspace) -> tuple[Path, list[Path]]:
        """The snapshot's file and the documents' files."""
        return workspace.root / self.snapshot, [workspace.root / name for name in self.documents]


@dataclass(frozen=True)
class Vocabulary:
    """A trained vocabulary and the snapshot it was trained on."""

    tokenizer_id: str
    snapshot_id: str
    path: str


@dataclass(frozen=True)
class Shards:
    """Token shards of one snapshot in one vocabulary."""

    snapshot_id: str
    tokenizer_id: str
    folder: str
    digest: str


@dataclass(frozen=True)
class Model:
    """A trained model and the shards it was trained on."""

    snapshot_id: str
    shards_digest: str
    training: str  # folder
    evaluation: str  # folder


@dataclass(frozen=True)
class Asked:
    """The snapshot for which a training was asked for last, by which recipe, so that none is asked for twice."""

    snapshot_id: str
    recipe_digest: str = ""


Pointer = Captures | Corpus | Vocabulary | Shards | Model | Asked
P = TypeVar("P", Captures, Corpus, Vocabulary, Shards, Model, Asked)

_MADE_BY = {
    Captures: "curate",
    Corpus: "curate",
    Vocabulary: "train-tokenizer",
    Shards: "write-shards",
    Model: "train",
    Asked: "curate --train",
}


def save(workspace: Workspace, recipe: str, pointer: P) -> P:
    """Points a recipe at what was just made."""
    write_atomic(_path(workspace, recipe, type(pointer)), json.dumps(asdict(pointer), indent=1, sort_keys=True))
    return pointer


def load(workspace: Workspace, recipe: str, kind: type[P]) -> P:
    """What a recipe's flow made last. Raises WorkspaceError naming the command that makes it."""
    found = latest(workspace, recipe, kind)
    if found is None:
        raise WorkspaceError(
            f"{workspace.root}: recipe {recipe} has no {kind.__name__.lower()} here yet. Run `berry {_MADE_BY[kind]}` with the same recipe "
            "and --home first, or `berry build` for all of it."
        )
    return found


def latest(workspace: Workspace, recipe: str, kind: type[P]) -> P | None:
    """What a recipe's flow made last, or None where it has made nothing yet."""
    try:
        facts = json.loads(_path(workspace, recipe, kind).read_text())
    except FileNotFoundError:
        return None
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in facts.items()}
    return kind(**values)


def require_same(what: str, theirs: str, other: str, ours: str, remedy: str) -> None:
    """Raises WorkspaceError where two things that belong together come from different snapshots or vocabularies.

    `what` was made from `theirs`, while `other` is `ours` now; `remedy` is the command that makes them agree.
    """
    if theirs != ours:
        raise WorkspaceError(
            f"{what} was made from {theirs[:16]}, but {other} is {ours[:16]} now. Run `berry {remedy}` with the same recipe first, "
            "or `berry build`, which does what is missing."
        )


def combined(*digests: str) -> str:
    """One digest for several, in their order."""
    return digest(list(digests))


def _path(workspace: Workspace, recipe: str, kind: type[Pointer]) -> Path:
    return workspace.current(recipe) / f"{kind.__name__.lower()}.json"
