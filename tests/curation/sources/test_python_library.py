"""The running Python as a source of code and of reference text."""

import ast
import platform

import pytest

from curation.domains import Domain
from curation.sources.kinds import PythonSource
from curation.sources.python_library import fingerprint, items


def source(**settings: object) -> PythonSource:
    return PythonSource.model_validate({"kind": "python", "id": "python", "domain": Domain.CODE, **settings})


def test_modules_of_the_library_are_code_in_the_order_of_their_names() -> None:
    found = list(items(source(include=["json/*", "heapq.py"])))
    assert [item.native_id for item in found] == [
        "heapq.py",
        *(f"json/{name}.py" for name in ("__init__", "decoder", "encoder", "scanner", "tool")),
    ]
    assert all(ast.parse(item.content or b"") for item in found)
    assert found[0].uri == f"python:{platform.python_version()}/heapq.py"
    assert {item.media_type for item in found} == {"text/x-code"}


def test_tests_installed_packages_and_what_this_machine_built_are_no_library() -> None:
    names = [item.native_id for item in items(source())]
    assert "json/decoder.py" in names
    assert not [name for name in names if "site-packages" in name or "/test" in name or name.startswith(("test/", "_sysconfigdata"))]


def test_topics_of_the_reference_are_text_with_a_title() -> None:
    topics = {item.native_id: item for item in items(source(content="reference"))}
    assert topics["reference/assert"].title == "assert"
    assert b"assert" in (topics["reference/assert"].content or b"")


@pytest.mark.parametrize("content", ["code", "reference"])
def test_only_what_is_included_and_not_excluded_is_read(content: str) -> None:
    every = [item.native_id for item in items(source(content=content))]
    some = [item.native_id for item in items(source(content=content, include=["*as*"], exclude=["*ass*"]))]
    assert some == [name for name in every if "as" in name and "ass" not in name]


def test_the_fingerprint_is_that_of_what_would_be_captured() -> None:
    one, same, other = (fingerprint(source(include=[name])) for name in ("json/*", "json/*", "email/*"))
    assert one == same != other
