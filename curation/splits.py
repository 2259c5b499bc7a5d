"""Splits: which documents are for training, for validation and for the final test.

Documents that are alike share a split, or the held-out text would be known from training. So a split is drawn per
group: a connected component over all verified pairs, whether dropped, exact or related.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from curation.engine import open_engine
from curation.settings import SplitSettings
from warehouse.digests import fraction
from warehouse.tables import SPLITS, read_table, write_table

TRAIN, VALIDATION, TEST = "train", "val", "test"

LEAST_GROUPS = 3
"""Groups from which a domain must have validation text: with fewer, one group would be too much of the domain."""


@dataclass
class Group:
    """Documents that must share a split."""

    group_id: str  # smallest doc_id among them, dropped ones included, so that it outlives a change of the kept one
    draw: float  # in [0, 1), from the seed and the group_id
    split: str = TRAIN
    characters: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # by domain


@dataclass(frozen=True)
class Inputs:
    """The files that a split is made from."""

    signatures: list[Path]
    documents: list[Path]
    duplicates: Path


def assign(inputs: Inputs, settings: SplitSettings, out: Path) -> int:
    """Writes SPLITS: one row for each document that stays after duplicates. Returns their number.

    A group with more than `largest_group` of the text of one of its domains goes to train. A domain of three groups or
    more gets validation text in any case, so that the model can be evaluated on it.
    """
    documents = _documents(inputs, out.parent)
    group_of = _groups(documents, inputs.duplicates, settings.seed)
    totals: dict[str, int] = defaultdict(int)
    for document in documents:
        totals[document["domain"]] += document["characters"]
        group_of[document["doc_id"]].characters[document["domain"]] += document["characters"]
    groups = sorted({group.group_id: group for group in group_of.values()}.values(), key=lambda group: group.group_id)
    for group in groups:
        group.split = TRAIN if _share(group, totals) > settings.largest_group else _drawn(group.draw, settings)
    if settings.validation:
        for domain in sorted(totals):
            _ensure_validation([group for group in groups if domain in group.characters], totals, settings)
    return write_table(out, [_row(document, group_of[document["doc_id"]]) for document in documents], SPLITS)


def _documents(inputs: Inputs, scratch: Path) -> list[dict[str, Any]]:
    with open_engine(Path(__file__).parent, scratch) as engine:
        rows: list[dict[str, Any]] = engine.table(
            "splits_documents.sql",
            signatures=inputs.signatures,
            documents=inputs.documents,
            duplicates=inputs.duplicates,
        ).to_pylist()
    return rows


def _groups(documents: list[dict[str, Any]], duplicates: Path, seed: str) -> dict[str, Group]:
    """The group of each document that stays."""
    pairs = read_table(duplicates, columns=["doc_id", "other_id"])
    ones, others = pairs.column("doc_id").to_pylist(), pairs.column("other_id").to_pylist()
    staying = [document["doc_id"] for document in documents]
    names = sorted({*staying, *ones, *others})
    place_of = {name: place for place, name in enumerate(names)}
    ends = [place_of[name] for name in ones], [place_of[name] for name in others]
    graph = coo_array((np.ones(len(ones), np.int8), ends), shape=(len(names), len(names)))
    labels = connected_components(graph, directed=False)[1].tolist()
    smallest: dict[int, Group] = {}
    for name, label in zip(names, labels, strict=True):  # names ascend, so the first of a label is its smallest
        if label not in smallest:
            smallest[label] = Group(name, fraction(seed, name))
    return {name: smallest[labels[place_of[name]]] for name in staying}


def _drawn(draw: float, settings: SplitSettings) -> str:
    if draw < settings.validation:
        return VALIDATION
    return TEST if draw < settings.validation + settings.test else TRAIN


def _share(group: Group, totals: dict[str, int]) -> float:
    """The largest share that a group has of any domain's text; a domain of empty documents counts as having none."""
    return max(characters / max(totals[domain], 1) for domain, characters in group.characters.items())


def _ensure_validation(groups: list[Group], totals: dict[str, int], settings: SplitSettings) -> None:
    """Moves the group with the smallest draw to validation where a domain's groups would give none.

    It comes from train while that has two groups or more. Where every group is over the largest share, the one with the
    least text is taken.
    """
    if len(groups) < LEAST_GROUPS or any(group.split == VALIDATION for group in groups):
        return
    training = [group for group in groups if group.split == TRAIN]
    choice = training if len(training) > 1 else [group for group in groups if group.split == TEST]
    small = [group for group in choice if _share(group, totals) <= settings.largest_group]
    if small:
        min(small, key=lambda group: (group.draw, group.group_id)).split = VALIDATION
    else:
        min(choice, key=lambda group: (_share(group, totals), group.draw, group.group_id)).split = VALIDATION


def _row(document: dict[str, Any], group: Group) -> dict[str, Any]:
    return {**document, "group_id": group.group_id, "split": group.split}
