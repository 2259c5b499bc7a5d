"""The version of a stage's code, read from the code itself, so that no one has to remember to raise a number.

It is the digest of the syntax trees (comments and docstrings aside) of a module and of every module of ours that it
imports, of the files (SQL, templates) that they name, and of the versions of Python and of the libraries they import.
"""

import ast
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions, version
from pathlib import Path

from warehouse.digests import digest, sha256_file

ROOT = Path(__file__).resolve().parent.parent
FLOORS = frozenset({"flows", "training", "tokenizer", "curation", "warehouse"})


@cache
def code_version(*modules: str) -> str:
    """Digest of everything that the behaviour of these modules (dotted names, each of ours) depends on.

    Raises ModuleNotFoundError for a name that is no module of ours.
    """
    trees: dict[str, str] = {}
    files: dict[str, str] = {}
    libraries: set[str] = set()
    waiting = sorted(modules)
    while waiting:
        name = waiting.pop()
        if name in trees:
            continue
        path = module_path(name)
        if path is None:
            raise ModuleNotFoundError(f"{name} is no module below {ROOT}")
        tree = ast.parse(path.read_bytes())
        files |= _named_files(tree, path.parent)
        trees[name] = _shape(tree)
        for imported in imported_modules(tree):
            top = imported.split(".")[0]
            if top in FLOORS:
                waiting.append(imported)
            elif top not in sys.stdlib_module_names:
                libraries.add(top)
    return digest({"modules": trees, "files": files, "libraries": _versions(libraries), "python": sys.version_info[:2]})


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


def _named_files(tree: ast.Module, folder: Path) -> dict[str, str]:
    """Digests of the files at or below a module's folder whose names occur in it; a `.sql` file also without its ending."""
    names = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {
        str(path.relative_to(ROOT)): sha256_file(path)
        for path in _data_files(folder)
        if path.name in names or (path.suffix == ".sql" and path.stem in names)
    }


@cache
def _data_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix not in (".py", ".pyc") and p.is_file())


def _versions(libraries: set[str]) -> dict[str, str]:
    owners = _distributions() if libraries else {}
    return {name: ",".join(sorted(version(owner) for owner in set(owners[name]))) for name in sorted(libraries) if name in owners}


@cache
def _distributions() -> Mapping[str, list[str]]:
    return packages_distributions()
