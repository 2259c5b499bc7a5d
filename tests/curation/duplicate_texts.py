"""Small corpora for the tests of duplicates, splits and balance: made-up prose, edited copies, templated pages."""

import random
from pathlib import Path
from typing import Any

from curation.duplicates.candidates import nominate
from curation.duplicates.clusters import resolve
from curation.duplicates.minhash import sign_partition
from curation.settings import DuplicateSettings
from warehouse.tables import DECISIONS, DOCUMENTS, read_table, write_table

_SYLLABLES = [consonant + vowel for consonant in "bdklmn" for vowel in "aeiou"]
_VOCABULARY = [first + second + third for first in _SYLLABLES for second in _SYLLABLES for third in ("", "ra", "to")]


def prose(seed: str, words: int) -> str:
    """Made-up words that no other seed strings together in the same way."""
    draw = random.Random(seed)
    return " ".join(draw.choice(_VOCABULARY) for _ in range(words))


def edited(text: str, changed: int, seed: str = "edit") -> str:
    """A copy in which some words, evenly spaced, are others."""
    words, draw = text.split(), random.Random(seed)
    for place in range(len(words) // (2 * changed), len(words), len(words) // changed):
        words[place] = "x" + draw.choice(_VOCABULARY)
    return " ".join(words)


def item_page(number: int) -> str:
    """One of many pages that share 44 words of template and differ in names and numbers."""
    draw = random.Random(number)
    name, place, maker, foe = (draw.choice(_VOCABULARY) + str(number) for _ in range(4))
    damage, weight, price = draw.randrange(1000), draw.randrange(1000), draw.randrange(10_000)
    return (
        f"{name} is a weapon that can be found in {place}. It deals {damage} points of damage and weighs {weight} stones. "
        f"Merchants pay {price} coins for {name} when it is in good repair. It was made by {maker} in the second age, and "
        f"it is known to be deadly to {foe}. See also the list of weapons, the list of places and the guide for new players."
    )


def write_partition(folder: Path, texts: dict[str, str], domain: str = "wiki", name: str = "part") -> tuple[Path, Path]:
    """DOCUMENTS, and DECISIONS that keep all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    documents, decisions = folder / f"{name}.documents.parquet", folder / f"{name}.decisions.parquet"
    write_table(documents, [document(doc_id, text, domain) for doc_id, text in texts.items()], DOCUMENTS)
    write_table(decisions, [decision(doc_id, domain=domain) for doc_id in texts], DECISIONS)
    return documents, decisions


def document(doc_id: str, text: str, domain: str = "wiki") -> dict[str, Any]:
    """A row of DOCUMENTS."""
    row = dict.fromkeys(DOCUMENTS.names, "-")
    numbers = {"characters": len(text), "bytes": len(text.encode()), "value": None, "threshold": None}
    return {
        **row,
        **numbers,
        "doc_id": doc_id,
        "domain": domain,
        "text": text,
        "cleaners": [],
        "edits": [],
        "templates": [],
        "verdict": "extracted",
    }


def decision(doc_id: str, stage: str = "quality", verdict: str = "kept", **others: Any) -> dict[str, Any]:
    """A decisive row of DECISIONS."""
    row = dict.fromkeys(DECISIONS.names)
    return {**row, "source": "-", "domain": "wiki", "decisive": True, **others, "doc_id": doc_id, "stage": stage, "verdict": verdict}


def sign(folder: Path, texts: dict[str, str], settings: DuplicateSettings, domain: str = "wiki", name: str = "part") -> Path:
    """SIGNATURES of some texts."""
    documents, decisions = write_partition(folder, texts, domain, name)
    signatures = folder / f"{name}.signatures.parquet"
    sign_partition(documents, decisions, settings, signatures)
    return signatures


def find_duplicates(folder: Path, texts: dict[str, str], settings: DuplicateSettings, domain: str = "wiki") -> list[dict[str, Any]]:
    """DUPLICATES rows of some texts, by all three stages."""
    return duplicates_of(folder, [sign(folder, texts, settings, domain)], settings)


def duplicates_of(folder: Path, signatures: list[Path], settings: DuplicateSettings) -> list[dict[str, Any]]:
    """DUPLICATES rows of signed partitions."""
    pairs, out = folder / "pairs.parquet", folder / "duplicates.parquet"
    nominate(signatures, settings, pairs, 256, folder / "scratch")
    resolve(signatures, pairs, settings, out)
    rows: list[dict[str, Any]] = read_table(out).to_pylist()
    return rows
