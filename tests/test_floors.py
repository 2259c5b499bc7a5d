"""The house: imports point down only, the heavy libraries stay on their floors, and no function grows too long."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("flows", "training", "tokenizer", "curation", "warehouse")
"""From the roof to the ground; each may import those to its right."""

ONLY_IN = {"prefect": "flows", "torch": "training"}
LONGEST_FUNCTION = 60


def violations(root: Path) -> list[str]:
    """Everything below a folder of floors that breaks the rules of the house."""
    found = []
    for floor in FLOORS:
        for path in sorted((root / floor).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            faults = [*_import_faults(tree, floor), *_long_functions(tree), *_vague_name(path)]
            found += [f"{path.relative_to(root)}: {fault}" for fault in faults]
    return found


def _import_faults(tree: ast.Module, floor: str) -> Iterator[str]:
    above = FLOORS[: FLOORS.index(floor)]
    for module in _imported(tree):
        top = module.split(".")[0]
        if module.startswith("."):
            yield "imports by a relative name"
        elif top in above:
            yield f"imports {module}, which is a floor above"
        elif ONLY_IN.get(top, floor) != floor:
            yield f"imports {top}, which only {ONLY_IN[top]} may"


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def _long_functions(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{node.name} has {length} lines"


def _vague_name(path: Path) -> Iterator[str]:
    if {path.stem, path.parent.name} & {"utils", "util", "helpers", "common", "misc"}:
        yield "is named after nothing; a helper lives with what it helps"


def test_every_floor_keeps_the_rules_of_the_house() -> None:
    assert violations(ROOT) == []


def test_every_floor_is_looked_at() -> None:
    assert all(list((ROOT / floor).glob("*.py")) for floor in FLOORS)


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        ("warehouse/a.py", "import curation.recipe", "imports curation.recipe, which is a floor above"),
        ("curation/a.py", "def f():\n    from flows import cli", "imports flows, which is a floor above"),
        ("tokenizer/a.py", "from training.loop import train", "imports training.loop, which is a floor above"),
        ("training/a.py", "from prefect import flow", "imports prefect, which only flows may"),
        ("curation/deep/a.py", "import torch.nn as nn", "imports torch, which only training may"),
        ("flows/a.py", "import torch", "imports torch, which only training may"),
        ("curation/a.py", "from .recipe import Recipe", "imports by a relative name"),
        ("warehouse/utils.py", "", "is named after nothing; a helper lives with what it helps"),
        ("curation/a.py", "def long():\n" + "    x = 1\n" * 60, "long has 61 lines"),
    ],
)
def test_a_broken_rule_is_found(tmp_path: Path, path: str, text: str, fault: str) -> None:
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert violations(tmp_path) == [f"{path}: {fault}"]


def test_imports_that_point_down_are_no_fault(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "a.py").write_text("import prefect\nfrom training import loop\nimport warehouse.store\nimport os")
    assert violations(tmp_path) == []
