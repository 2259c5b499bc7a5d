"""Papers on this machine: one item per paper, however many files it has."""

import glob
import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from curation.document import Failed
from curation.extract.elements import names
from curation.extract.latex_source import MEDIA_TYPE, MOST_TEXT, TEX, main_files, reached, tex_files
from curation.extract.marks import with_marks
from curation.sources.context import Context
from curation.sources.files import FilesSource
from curation.sources.folders import files_below
from curation.sources.item import Item, printable
from curation.sources.jats_licences import with_own_licence
from curation.sources.places import roots

ARCHIVES = (".tar.gz", ".tgz", ".tar", ".gz")
"""Endings of a file that may be one paper's LaTeX source, as arXiv gives it."""


_DRESSING = names(".bib .bbl .bst .sty .cls .clo .tikz .pgf .eps .ps .pdf .png .jpg .jpeg .gif .svg")
"""Endings of what belongs to a paper and holds none of its words: styles, references, figures."""


@dataclass(frozen=True)
class _Paper:
    """One paper of LaTeX: its item, and what of the files it covers, as patterns."""

    item: Item
    covers: tuple[str, ...]


def local_items(files: FilesSource, context: Context) -> Iterator[Item]:
    """The papers of LaTeX in many files, an item each, then every other file (JATS, HTML, single TeX) as a source of files has it.

    Raises SourceError where there is nothing at the path.
    """
    covered: list[str] = []
    for root in roots(files, context.folder):
        for paper in _in_folder(root, files) if root.is_dir() else _in_archive(root, root.name, files):
            covered += paper.covers
            yield paper.item
            if root.is_file() and len(roots(files, context.folder)) == 1:
                return
    rest = files.model_copy(update={"exclude": [*files.exclude, *covered]})
    yield from map(with_own_licence, rest.items(context))


def _in_folder(root: Path, files: FilesSource) -> Iterator[_Paper]:
    regular = [file for file, fault in files_below(root) if fault is None and not file.is_symlink()]
    for folder in _paper_folders(root, regular):
        within = folder.relative_to(root)
        own = [file for file in regular if file.is_relative_to(folder)]
        packed = _packed(folder, [file for file in own if _is_tex(file)])
        texts = tex_files(packed)
        dressing = [glob.escape(file.relative_to(root).as_posix()) for file in own if file.suffix.lower() in _DRESSING]
        for main in main_files(texts):
            native = (within / main).as_posix()
            if "/" in main or not _wanted(files, native):
                continue
            parts = sorted(reached(texts, main))
            content = _packed(folder, [folder / part for part in parts])
            item = Item(printable(native), printable(f"file:{files.path}/{native}"), content, with_marks(MEDIA_TYPE, main=main))
            yield _Paper(item, (*(glob.escape((within / part).as_posix()) for part in parts), *dressing))
    for file in regular:
        yield from _in_archive(file, file.relative_to(root).as_posix(), files)


def _in_archive(file: Path, name: str, files: FilesSource) -> Iterator[_Paper]:
    """The one paper that an archive is, if it is one."""
    if not file.name.lower().endswith(ARCHIVES) or file.stat().st_size > files.max_item_megabytes * 1e6 or not _wanted(files, name):
        return
    content = file.read_bytes()
    # an archive of many papers is none; its files are what a source of files makes of them
    if len({PurePosixPath(main).parent for main in _mains(content)}) == 1:
        uri = f"file:{files.path}" if name == file.name and Path(files.path).name == name else f"file:{files.path}/{name}"
        escaped = glob.escape(name)
        yield _Paper(Item(printable(name), printable(uri), content, MEDIA_TYPE), (escaped, f"{escaped}!/*", _within(escaped)))


def _within(name: str) -> str:
    """The pattern of what a compressed file holds, which is named without the ending."""
    return name.removesuffix(".gz")


def _paper_folders(root: Path, regular: list[Path]) -> list[Path]:
    """The topmost folders with a LaTeX document right in them."""
    documents = {file.parent for file in regular if file.suffix.lower() in TEX and _mains(_packed(file.parent, [file]))}
    return sorted(folder for folder in documents if not any(above in documents for above in folder.parents if above.is_relative_to(root)))


def _mains(content: bytes) -> list[str]:
    try:
        return main_files(tex_files(content))
    except Failed:
        return []


def _packed(folder: Path, files: list[Path]) -> bytes:
    """The files of TeX of a folder as a tar, their bytes as they are; the same files always give the same tar."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for file in sorted(files):
            content = file.read_bytes()
            if len(content) > MOST_TEXT:
                continue
            info = tarfile.TarInfo(file.relative_to(folder).as_posix())
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def _is_tex(file: Path) -> bool:
    return file.suffix.lower() in TEX


def _wanted(files: FilesSource, name: str) -> bool:
    included = not files.include or any(fnmatch(name, pattern) for pattern in files.include)
    return included and not any(fnmatch(name, pattern) for pattern in files.exclude)
