"""The version of a stage's code, read from the code itself, so that no one has to remember to raise a number.

It is the digest of the syntax trees (comments and docstrings aside) of a module and of every module of ours that it
imports, of the SQL files that they name, and of the versions of the libraries they import.
"""

import ast
import sys
from functools import cache
from importlib.metadata import packages_distributions, version
from pathlib import Path

from warehouse.digests import digest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = frozenset({"flows", "training", "tokenizer", "curation", "warehouse"})


@cache
def code_version(*modules: str) -> str:
    """Digest of everything that the behaviour of these modules (dotted names, each of ours) depends on.

    Raises ModuleNotFoundError for a name that is no module of ours.
    """
    trees: dict[str, str] = {}
    statements: dict[str, str] = {}
    libraries: set[str] = set()
    waiting = sorted(modules)
    while waiting:
        name = waiting.pop()
        if name in trees:
            continue
        path = module_path(name)
        if path is None:
            raise ModuleNotFoundError(f"{name} is no module below {ROOT}")
        tree = ast.parse(path.read_text())
        statements |= _statements(tree, path.parent)
        trees[name] = _shape(tree)
        for imported in imported_modules(tree):
            top = imported.split(".")[0]
            if top in FLOORS:
                waiting.append(imported)
            elif top not in sys.stdlib_module_names:
                libraries.add(top)
    return digest({"modules": trees, "sql": statements, "libraries": _versions(libraries)})


def module_path(name: str) -> Path | None:
    """The file of a module of ours by its dotted name, or None."""
    base = ROOT.joinpath(*name.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


def imported_modules(tree: ast.Module) -> set[str]:
    """Dotted names of the modules that a syntax tree imports, wherever in the file the import stands."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            members = {f"{node.module}.{alias.name}" for alias in node.names}
            own = {member for member in members if module_path(member)}
            names.update(own)
            if own != members:
                names.add(node.module)
    return names


def _shape(tree: ast.Module) -> str:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and body:
            first = body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
                node.body = body[1:]
    return ast.dump(tree)


def _statements(tree: ast.Module, folder: Path) -> dict[str, str]:
    names = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    files = [folder / name for name in sorted(names) if name.endswith(".sql")]
    return {str(file.relative_to(ROOT)): file.read_text() for file in files if file.is_file()}


def _versions(libraries: set[str]) -> dict[str, str]:
    distributions = packages_distributions()
    return {name: ",".join(sorted(version(d) for d in set(distributions[name]))) for name in sorted(libraries) if name in distributions}
