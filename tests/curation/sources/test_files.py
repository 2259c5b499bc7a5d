"""Files as a source: which are meant, what they are called, and how a file of many documents is cut."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from archives import Captured, zipped

from curation.domains import Domain
from curation.sources.files import fingerprint, items
from curation.sources.kinds import FilesSource
from warehouse.errors import SourceError

Capture = Callable[..., Captured]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("docs/a.md", "docs/b.txt", "docs/deep/c.md", "notes/d.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_path_is_relative_to_the_recipe(capture: Capture) -> None:
    captured = capture("docs/../docs/a.md")
    assert captured.contents == {"a.md": b"docs/a.md"}
    assert captured.uris == ["file:docs/a.md"]


def test_a_path_may_be_absolute(folder: Path, capture: Capture) -> None:
    assert capture(str(folder / "docs" / "a.md")).uris == ["file:docs/a.md"]


def test_a_path_may_begin_at_home(folder: Path, capture: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder / "notes"))
    assert list(capture("~/d.md").contents) == ["d.md"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("path", ["absent", "docs/*.pdf", "absent/*"])
def test_a_path_that_names_nothing_is_an_error_that_says_what_to_do(capture: Capture, path: str) -> None:
    with pytest.raises(SourceError, match=r"source s: .* does not exist. Check `path` in the recipe"):
        capture(path)


@pytest.mark.usefixtures("folder")
def test_a_pattern_names_every_file_and_folder_that_matches(capture: Capture) -> None:
    assert list(capture("docs/*.md").contents) == ["a.md"]
    assert list(capture("*s").contents) == ["docs/a.md", "docs/b.txt", "docs/deep/c.md", "notes/d.md"]
    assert list(capture("**/*.md").contents) == ["docs/a.md", "docs/deep/c.md", "notes/d.md"]


def test_ids_of_a_pattern_do_not_depend_on_where_the_recipe_lies(folder: Path) -> None:
    def ids(recipe_folder: Path, path: str) -> list[str]:
        source = FilesSource(kind="files", id="s", domain=Domain.LORE, path=path)
        return [item.native_id for item in items(source, recipe_folder)]

    (folder / "recipes").mkdir()
    assert ids(folder / "recipes", "../docs/*.md") == ids(folder, "docs/*.md") == ids(folder, str(folder / "docs" / "*.md"))


@pytest.mark.usefixtures("folder")
def test_what_a_pattern_names_twice_is_captured_once(capture: Capture) -> None:
    assert list(capture("docs/**").contents) == ["a.md", "b.txt", "deep/c.md"]


def test_a_pattern_gives_an_item_the_same_id_whatever_else_it_matches(folder: Path, capture: Capture) -> None:
    alone = capture("notes/*").items[0]
    (folder / "notes" / "another.md").write_text("")
    assert capture("notes/*").items[1].native_id == alone.native_id


def test_files_of_one_name_in_two_folders_have_two_ids(folder: Path, capture: Capture) -> None:
    (folder / "notes" / "a.md").write_text("")
    assert list(capture("*/a.md").contents) == ["docs/a.md", "notes/a.md"]


def test_brackets_in_the_name_of_a_file_or_of_the_recipes_folder_are_no_pattern(tmp_path: Path) -> None:
    folder = tmp_path / "[old] recipes"
    folder.mkdir()
    for name in ("a[1].txt", "b.txt"):
        (folder / name).write_text(name)
    for path, expected in (("a[1].txt", ["a[1].txt"]), ("b*", ["b.txt"])):
        source = FilesSource(kind="files", id="s", domain=Domain.LORE, path=path)
        assert [item.native_id for item in items(source, folder)] == expected


@pytest.mark.usefixtures("folder")
def test_only_what_is_included_and_not_excluded_is_read(capture: Capture) -> None:
    assert list(capture("docs", include=["*.md"]).contents) == ["a.md", "deep/c.md"]
    assert list(capture("docs", exclude=["deep/*"]).contents) == ["a.md", "b.txt"]
    assert list(capture("docs", include=["*.md"], exclude=["deep/*"]).contents) == ["a.md"]


def test_members_of_archives_are_chosen_by_their_paths(folder: Path, capture: Capture) -> None:
    (folder / "x.zip").write_bytes(zipped({"a/b.md": b"1", "a/c.txt": b"2"}))
    assert list(capture("x.zip", include=["a/*.md"]).contents) == ["a/b.md"]


def test_an_archive_that_cannot_be_read_is_told_although_its_name_is_not_included(folder: Path, capture: Capture) -> None:
    (folder / "docs" / "x.zip").write_bytes(zipped({"a.md": b"1"})[:-5])
    assert list(capture("docs", include=["*.md"]).errors) == ["x.zip"]
    assert list(capture("docs", include=["*.md"], exclude=["*.zip"]).errors) == []


@pytest.mark.usefixtures("folder")
def test_an_origin_takes_the_place_of_the_file_in_addresses(capture: Capture) -> None:
    assert capture("docs", origin="https://docs.example/v1/").uris == [
        "https://docs.example/v1/a.md",
        "https://docs.example/v1/b.txt",
        "https://docs.example/v1/deep/c.md",
    ]


@pytest.mark.parametrize(
    ("name", "settings", "media_type"),
    [
        ("a.md", {}, "text/markdown"),
        ("a.HTM", {}, "text/html"),
        ("a.unknown", {}, "application/octet-stream"),
        ("a.md", {"format": "latex"}, "application/x-tex"),
    ],
)
def test_a_file_is_what_the_recipe_says_or_else_what_its_name_says(
    tmp_path: Path, capture: Capture, name: str, settings: dict[str, Any], media_type: str
) -> None:
    (tmp_path / name).write_text("x")
    assert capture(name, **settings).items[0].media_type == media_type


def test_the_recipe_may_say_in_what_encoding_files_are(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "a.txt").write_bytes("One: forêt\nTwo: forêt\n".encode("cp1252"))
    captured = capture("a.txt", charset="iso-8859-2", document_start="^[A-Z]")
    assert [item.charset for item in captured.items] == ["iso-8859-2"] * 2
    assert capture("a.txt").items[0].charset is None


@pytest.mark.parametrize("name", ["utf-99", "base64", "rot13"])
def test_an_encoding_that_is_none_of_texts_is_refused_with_what_to_write(name: str) -> None:
    with pytest.raises(ValueError, match="is no encoding of texts; write its name as Python has it"):
        FilesSource(kind="files", id="s", domain=Domain.LORE, path="a", charset=name)


def test_a_name_that_is_no_utf8_is_read(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"x")
    assert list(capture("f").contents.values()) == [b"x"]


BOOKS = b"preface\r\n\r\n= One =\nfirst\n= Two =\nsecond\n== part ==\nof two\n"


def test_a_file_of_many_documents_is_cut_where_each_begins(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "books.txt").write_bytes(BOOKS)
    captured = capture("books.txt", document_start="^= [^=]+ =$")
    assert captured.contents == {
        "books.txt#00001": b"preface\r\n\r\n",
        "books.txt#00002": b"= One =\nfirst\n",
        "books.txt#00003": b"= Two =\nsecond\n== part ==\nof two\n",
    }
    assert [item.title for item in captured.items] == ["preface", "= One =", "= Two ="]
    assert captured.uris[1] == "file:books.txt#2"


def test_white_space_before_the_first_document_is_none_itself(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "books.txt").write_bytes(b"\n\n= One =\n")
    assert list(capture("books.txt", document_start="^= ").contents.values()) == [b"= One =\n"]


def test_a_file_without_a_document_start_is_one_document(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "books.txt").write_bytes(BOOKS)
    assert capture("books.txt", document_start="^Chapter ").contents == {"books.txt": BOOKS}


def fingerprint_of(path: str, folder: Path) -> str:
    return fingerprint(FilesSource(kind="files", id="s", domain=Domain.LORE, path=path), folder)


def test_the_fingerprint_changes_with_every_byte_and_name_and_with_nothing_else(folder: Path) -> None:
    before = fingerprint_of("docs", folder)
    (folder / "notes" / "d.md").write_text("not in it")
    (folder / "docs" / "a.md").touch()
    assert fingerprint_of("docs", folder) == before
    (folder / "docs" / "a.md").write_text("other")
    changed = fingerprint_of("docs", folder)
    (folder / "docs" / "a.md").rename(folder / "docs" / "z.md")
    assert len({before, changed, fingerprint_of("docs", folder)}) == 3


@pytest.mark.usefixtures("no_hang")
def test_the_fingerprint_of_what_cannot_be_read_does_not_hang(folder: Path) -> None:
    os.mkfifo(folder / "docs" / "fifo")
    assert fingerprint_of("docs", folder)
    assert fingerprint_of("docs/fifo", folder)


def test_a_missing_path_has_no_fingerprint(folder: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        fingerprint_of("absent", folder)
