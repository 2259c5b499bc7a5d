"""The pages of the documentation name only commands, options, keys, tables, files and headings that exist."""

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
from prefect.cli._app import _app as prefect_cli

from curation.recipe import load_recipe
from flows.cli import main
from tests.flows.conftest import ROOT
from warehouse.catalog import publish
from warehouse.console import query
from warehouse.layout import Workspace

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
OF_OTHERS = ROOT / "docs" / "sources" / "your-own.md"
"""Its recipe needs a distribution that it describes; tests/curation/sources/test_your_own.py builds that."""
SOURCES = "\n".join(f'[[sources]]\nkind = "python"\nid = "{domain}"\ndomain = "{domain}"' for domain in ("wiki", "lore", "code"))


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language on all pages."""
    pages = (path for path in PAGES if (path, language) != (OF_OTHERS, "toml"))
    found = (match for path in pages for match in FENCE.finditer(path.read_text()))
    return [match[2] for match in found if match[1] == language]


def command_lines(program: str) -> Iterator[str]:
    """The arguments of a program in the shell blocks of all pages."""
    for block in blocks("sh"):
        for line in block.splitlines():
            words = re.sub(r"^(\w+=\S+ )*", "", line.strip())
            if words.startswith(f"{program} "):
                yield words.removeprefix(f"{program} ")


def statements() -> Iterator[str]:
    """The SQL of all pages."""
    for arguments in command_lines("berry"):
        words = shlex.split(arguments, comments=True)
        if words[0] == "sql":
            yield words[1]
    for block in blocks("sql"):
        yield from (part.strip() for part in block.split(";") if part.strip() and not part.strip().startswith(("ATTACH", "USE")))


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_link_leads_to_a_page_and_a_heading_that_exist(path: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", FENCE.sub("", path.read_text())):
        if not target.startswith("http"):
            name, _, anchor = target.partition("#")
            page = (path.parent / name).resolve() if name else path
            assert page.exists(), target
            assert not anchor or anchor in anchors(page), target


@pytest.mark.parametrize("arguments", sorted(set(command_lines("berry"))))
def test_a_berry_command_exists_with_its_options(arguments: str) -> None:
    command: click.Command = main
    words = shlex.split(arguments, comments=True)
    while isinstance(command, click.Group):
        known = command.get_command(click.Context(command), words[0])
        assert known is not None, f"berry has no command {words[0]}"
        command, words = known, words[1:]
    command.make_context(command.name, words)


@pytest.mark.parametrize("arguments", sorted(set(command_lines("prefect"))))
def test_a_prefect_command_is_one_that_the_installed_prefect_takes(arguments: str) -> None:
    words = [word for word in shlex.split(arguments, comments=True) if word != "--no-prompt"]
    prefect_cli.parse_args(words, exit_on_error=False, print_error=False)


@pytest.mark.parametrize("arguments", sorted(set(command_lines("dask"))))
def test_a_dask_command_is_one_that_the_installed_dask_takes(arguments: str) -> None:
    pytest.importorskip("distributed")
    name, *words = shlex.split(arguments, comments=True)
    import_module(f"distributed.cli.dask_{name}").main.make_context(name, words)


@pytest.mark.parametrize("text", blocks("toml"))
def test_a_piece_of_a_recipe_is_valid(text: str, tmp_path: Path) -> None:
    file = tmp_path / "recipe.toml"
    name = "" if re.search("^name =", text, re.MULTILINE) else 'name = "mine"\n'
    file.write_text(name + text + ("" if "[[sources]]" in text else SOURCES))
    load_recipe(file)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A warehouse with every table and not a row."""
    workspace = Workspace(tmp_path_factory.mktemp("workspace"))
    publish(workspace)
    return workspace


@pytest.mark.parametrize("statement", sorted(set(statements())))
def test_a_statement_can_be_answered(statement: str, empty: Workspace) -> None:
    query(empty, statement)
