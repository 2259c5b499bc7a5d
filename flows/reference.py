"""The reference pages, written from the code: every key of a recipe, every table, every command.

`python -m flows.reference FOLDER` writes them; a test holds the ones in docs/reference against what this module makes.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from inspect import cleandoc
from pathlib import Path
from typing import Any, get_args

import click
import duckdb
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from curation.policies import Policies, Policy
from curation.recipe import Recipe
from curation.sources.kinds import KINDS
from curation.sources.source import Source
from flows.reference_parts import code, grid, page
from flows.reference_reasons import reasons_page
from warehouse.catalog import VIEW_OF, attached, publish
from warehouse.layout import Workspace
from warehouse.tables import SCHEMAS

TYPE_NAMES = {"number": "float", "object": "table"}
"""What TOML calls the types of JSON Schema, where the two differ."""

RANGE_WORDS = {"minimum": "≥ {}", "exclusiveMinimum": "> {}", "maximum": "≤ {}", "exclusiveMaximum": "< {}"} | {
    "minItems": "at least {} of them", "minLength": "at least {} characters", "maxLength": "at most {} characters", "pattern": "`{}`",
}  # fmt: skip


def recipe_page() -> str:
    """Every key of a recipe: by section, by kind of source, by policy."""
    return page(
        "Recipe",
        "A recipe is a TOML file. A key that is not listed here is an error. A key without a default is required; every other "
        "may be left out. Where a float is asked for, an integer will do.",
        _sections(Recipe, ""),
    )


def tables_page() -> str:
    """Every table with its columns, then the views and the macros over them, as a published catalog describes them."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        publish(workspace)
        with attached(workspace.database) as connection:
            sections = [*_table_sections(connection), *_view_sections(connection), *_macro_sections(connection)]
    return page(
        "Tables, views and macros",
        "Every table is a folder of Parquet files, `WORKSPACE/tables/TABLE/recipe=RECIPE/*.parquet`. SQL sees it through a view that adds "
        "the column `recipe`. Ask with `berry sql`, or open `WORKSPACE/warehouse.duckdb` read-only.",
        sections,
    )


def commands_page() -> str:
    """Every command of `berry` with its arguments and options."""
    from flows.cli import main

    return page("Commands", "Every command takes `-h` or `--help`.", _command_sections(main, click.Context(main, info_name="berry")))


PAGES: dict[str, Callable[[], str]] = {
    "recipe.md": recipe_page,
    "tables.md": tables_page,
    "reasons.md": reasons_page,
    "commands.md": commands_page,
}
"""File name of each page, and what makes it."""


# Recipe ---------------------------------------------------------------------------------------------------------------


def _sections(model: type[BaseModel], place: str) -> Iterator[str]:
    """A model's own keys, then a section for each key that holds a table of its own."""
    plain = [key for key, field in model.model_fields.items() if not _models(field.annotation)]
    if plain:
        yield _key_grid(model, plain)
    for key, field in model.model_fields.items():
        inner = _models(field.annotation)
        name = f"{place}{key}"
        if field.annotation is Policies:
            yield from _policy_sections(name, field.description or "")
        elif inner and issubclass(inner[0], Source):
            yield from _source_sections(name, field.description or "")
        elif inner:
            yield f"## `[{name}]`\n\n{_docstring(inner[0])}"
            yield from _sections(inner[0], f"{name}.")


def _source_sections(name: str, description: str) -> Iterator[str]:
    yield f"## `[[{name}]]`\n\n{description} One table per source. These keys are common to every kind:"
    yield _key_grid(Source, [key for key in Source.model_fields if key != "kind"])
    for word, kind in KINDS.items():
        own = [key for key in _changed(kind, Source) if key != "kind"]
        yield f'### `kind = "{word}"`\n\n{_docstring(kind)}'
        yield _key_grid(kind, own)


def _policy_sections(name: str, description: str) -> Iterator[str]:
    yield f"## `[{name}.DOMAIN]`\n\n{description} {_docstring(Policy)} Every domain starts from these:"
    yield _key_grid(Policy, [key for key, field in Policy.model_fields.items() if not _models(field.annotation)])
    for key, field in Policy.model_fields.items():
        for inner in _models(field.annotation):
            yield f"### `[{name}.DOMAIN.{key}]`\n\n{_docstring(inner)}"
            yield _key_grid(inner, list(inner.model_fields))
    for domain, field in Policies.model_fields.items():
        policy = _models(field.annotation)[0]
        yield f"### `[{name}.{domain}]`\n\n{_docstring(policy)} What differs here:"
        rows = ((code(key), policy.model_fields[key].title or "", _default(policy, key)) for key in _changed(policy, Policy))
        yield grid(("Key", "Title", "Default"), rows)


def _key_grid(model: type[BaseModel], keys: list[str]) -> str:
    whole = model.model_json_schema()
    definitions = whole.get("$defs", {})
    rows = []
    for key in keys:
        field, schema = model.model_fields[key], whole["properties"][key]
        facts = (_type(schema, definitions), _range(schema), _default(model, key))
        rows.append((code(key), field.title or "", *facts, field.description or ""))
    return grid(("Key", "Title", "Type", "Range", "Default", "Meaning"), rows)


def _changed(model: type[BaseModel], base: type[BaseModel]) -> list[str]:
    """The keys of a model that its base has not, or has with another type or default."""

    def facts(fields: dict[str, FieldInfo], key: str) -> tuple[Any, ...]:
        return (fields[key].annotation, fields[key].default) if key in fields else ()

    return [key for key in model.model_fields if facts(model.model_fields, key) != facts(base.model_fields, key)]


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models named anywhere in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models(inner)]


def _type(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    if "$ref" in schema:
        return _type(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    if "anyOf" in schema:
        return " or ".join(_type(each, definitions) for each in schema["anyOf"] if each.get("type") != "null")
    if "const" in schema or "enum" in schema:
        return ", ".join(code(json.dumps(word)) for word in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"array of {_type(schema['items'], definitions)}"
    kind = str(schema.get("type", "any value"))
    return TYPE_NAMES.get(kind, kind)


def _range(schema: dict[str, Any]) -> str:
    parts = [schema, *schema.get("anyOf", [])]
    return ", ".join(text.format(_number(part[word])) for part in parts for word, text in RANGE_WORDS.items() if word in part)


def _default(model: type[BaseModel], key: str) -> str:
    field = model.model_fields[key]
    if field.is_required():
        return ""
    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, list | tuple):
        return code(json.dumps([str(item) for item in value]))
    return "absent" if value is None else code(_number(value) if isinstance(value, int | float) else json.dumps(str(value)))


def _number(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:_}" if value >= 10_000 else str(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _docstring(thing: type) -> str:
    return " ".join((thing.__doc__ or "").split())


# Tables ---------------------------------------------------------------------------------------------------------------


def _table_sections(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    yield "## Tables\n\nTypes are Arrow's, as the Parquet files hold them."
    for table, schema in SCHEMAS.items():
        view = VIEW_OF.get(table, table)
        meanings = {name: meaning for name, _, meaning in _columns(connection, view)}
        rows = [(code(field.name), code(field.type), meanings.get(field.name, "In the files only.")) for field in schema]
        named = f"\n\nIn SQL: `{view}`." if view != table else ""
        yield f"### `{table}`\n\n{_comment(connection, view)}{named}\n\n{grid(('Column', 'Type', 'Meaning'), rows)}"


def _view_sections(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    yield "## Views\n\nTypes are DuckDB's."
    over_tables = {VIEW_OF.get(table, table) for table in SCHEMAS}
    found = connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1").fetchall()
    for (view,) in found:
        if view not in over_tables:
            columns = ((code(name), kind) for name, kind, _ in _columns(connection, view))
            yield f"### `{view}`\n\n{_comment(connection, view)}\n\n{grid(('Column', 'Type'), columns)}"


def _macro_sections(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    yield "## Macros\n\nQuestions with a parameter, asked as `select * from why('page')`."
    found = connection.execute(
        "SELECT function_name, comment, len(parameters) FROM duckdb_functions() "
        "WHERE NOT internal AND function_type = 'table_macro' ORDER BY 1"
    ).fetchall()
    for name, comment, parameters in found:
        answer = connection.execute(f"DESCRIBE FROM {name}({', '.join(['NULL'] * parameters)})").fetchall()
        yield f"### `{name}`\n\n{comment}\n\n{grid(('Column', 'Type'), ((code(row[0]), row[1]) for row in answer))}"


def _columns(connection: duckdb.DuckDBPyConnection, view: str) -> list[tuple[str, str, str]]:
    """Name, DuckDB's type and comment of each column of a view."""
    return connection.execute(
        "SELECT column_name, data_type, coalesce(comment, '') FROM duckdb_columns() WHERE table_name = $1 ORDER BY column_index", [view]
    ).fetchall()


def _comment(connection: duckdb.DuckDBPyConnection, view: str) -> str:
    found = connection.execute("SELECT coalesce(any_value(comment), '') FROM duckdb_views() WHERE view_name = $1", [view]).fetchone()
    return str(found[0]) if found else ""


# Commands -------------------------------------------------------------------------------------------------------------


def _command_sections(group: click.Group, context: click.Context) -> Iterator[str]:
    yield _command_section(group, context)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from _command_sections(command, inner)
        else:
            yield _command_section(command, inner)


def _command_section(command: click.Command, context: click.Context) -> str:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    parts = [f"## `{context.command_path}`", f"```\n{usage}\n```", *_paragraphs(cleandoc(command.help or ""))]
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option) and not parameter.hidden]
    if options:
        parts.append(grid(("Option", "Value", "Default", "Meaning"), (_option_row(option, context) for option in options)))
    return "\n\n".join(parts)


def _option_row(option: click.Option, context: click.Context) -> tuple[str, ...]:
    names = ", ".join(code(name) for name in (*option.opts, *option.secondary_opts))
    if option.is_flag:
        return names, "", "", option.help or ""
    default = option.to_info_dict()["default"]
    shown = option.show_default if isinstance(option.show_default, str) else "" if default is None else code(default)
    return names, _value(option, context), shown, option.help or ""


def _value(option: click.Option, context: click.Context) -> str:
    if isinstance(option.type, click.IntRange | click.FloatRange):
        bounds = zip(("≥", "≤"), (option.type.min, option.type.max), strict=True)
        return ", ".join(f"{sign} {bound}" for sign, bound in bounds if bound is not None)
    return code(option.make_metavar(context))


def _paragraphs(text: str) -> Iterator[str]:
    """Help text as Markdown: click keeps the lines of a paragraph that begins with a backspace, so they are code here."""
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("\b\n"):
            yield f"```\n{paragraph[2:]}\n```"
        else:
            yield " ".join(paragraph.split())


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def write(folder: Path) -> None:
    """Writes the reference pages into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in PAGES.items():
        (folder / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    write()
