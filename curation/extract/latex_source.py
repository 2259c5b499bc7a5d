"""The LaTeX source of a paper in many files: its main file, with what it takes in, read as one.

As arXiv gives it: a tar, a gzipped tar, or one gzipped file (https://info.arxiv.org/help/mimetypes.html). Nothing is
unpacked to disk and nothing is run.
"""

import io
import json
import posixpath
import re
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import replace

from curation.clean.encoding import decode
from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted, Failed, require_size
from curation.extract.latex import extract_latex

MEDIA_TYPE = "application/x-latex-source"

MAX_BYTES = 200_000_000
MOST_EXPANDED = 400_000_000
"""Bytes that a source may unpack to; figures are most of one."""
MOST_TEXT = 8_000_000  # bytes of one file of TeX, and of all files joined
MOST_MEMBERS = 20_000
DEEPEST = 20
"""Files within files are taken in to this depth: as deep as TeX goes is fifteen."""

TEX = (".tex", ".ltx", ".latex")
GUIDES = ("00README.json", "00README.XXX")
"""Where an author tells arXiv which file is the main one (https://info.arxiv.org/help/00README.html)."""

_CLASS = re.compile(r"^[^%\n]*\\document(?:class|style)\b", re.MULTILINE)
_BODY = re.compile(r"^[^%\n]*\\begin\s*\{document\}", re.MULTILINE)
_TAKEN = re.compile(
    r"\\(?:input|include|subfile)\s{0,9}\{([^{}]{1,300})\}|\\input[ \t]{1,9}([^\s{}\\%]{1,300})|"
    r"\\(?:sub)?import\*?\s{0,9}\{([^{}]{0,300})\}\s{0,9}\{([^{}]{1,300})\}"
)  # bounded: a line of blanks must not cost the cube of its length
_COMMENTED = re.compile(r"(?<!\\)(?:\\\\)*%")
_IGNORED = re.compile(r"\s*%\s*auto-ignore", re.IGNORECASE)
_USUAL = ("main", "ms", "paper", "article", "manuscript")


def extract_latex_source(item: Captured) -> Extracted:
    """The text of a paper from its source. `main`, a mark, names the main file where the source cannot tell.

    Raises Dropped where there is no paper in it, Failed where it cannot be opened.
    """
    require_size(item.content, MAX_BYTES)
    files = tex_files(item.content)
    if not files or all(_IGNORED.match(text) for text in files.values()):
        raise Dropped(Reason.EMPTY, "there is no TeX in the source: it was withdrawn, or is only a PDF or PostScript")
    named = item.marks.get("main")
    mains = [named] if named in files else paper_files(files)
    if not mains:
        raise Dropped(Reason.UNSUPPORTED, f"none of its {len(files)} files of TeX is a LaTeX document")
    found, left = list[Extracted](), MOST_TEXT
    for main in mains:
        whole = joined(files, main, left)
        left -= len(whole)
        found.append(extract_latex(replace(item, content=whole.encode("utf-8", "surrogatepass"), charset="utf-8")))
        if left <= 0:
            break
    return replace(found[0], text="\n\n".join(each.text for each in found))


def tex_files(content: bytes) -> dict[str, str]:
    """The files of TeX of a source by path, in the source's order. Raises Failed."""
    try:
        raw = _unzipped(content) if content.startswith(b"\x1f\x8b") else content
        if raw[257:262] != b"ustar" and not _is_old_tar(raw):
            return {"main.tex": _text(raw)} if _looks_like_tex(raw) else {}
        return _from_tar(raw)
    except (zlib.error, tarfile.TarError, EOFError, ValueError, OSError) as error:
        raise Failed(f"the source cannot be opened: {error}", Reason.MALFORMED) from error


def main_files(files: Mapping[str, str]) -> list[str]:
    """The files that are whole LaTeX documents, the likeliest one first; none where there is none.

    What the author names goes first; then a file that no other takes in, near the top, with a usual name, the longest.
    """
    documents = [path for path, text in files.items() if _CLASS.search(text) and _is_tex(path)]
    taken = {target for path in documents for target in reached(files, path) if target != path}
    whole = [path for path in documents if path not in taken and _has_body(files, path)] or documents
    if (named := _named(files)) and named in files:
        return [named, *(path for path in whole if path != named)]
    return sorted(whole, key=lambda path: (path.count("/"), not _stem(path).lower().startswith(_USUAL), -len(files[path]), path))


def reached(files: Mapping[str, str], main: str) -> set[str]:
    """The files that a main file takes in, directly or through others, and itself."""
    found, waiting = {main}, [main]
    while waiting:
        path = waiting.pop()
        for target in set(_targets(files, path, main)) - found:
            found.add(target)
            waiting.append(target)
    return found


def paper_files(files: Mapping[str, str]) -> list[str]:
    """The documents that are the paper: the likeliest one and those beside it, which arXiv sets one after the other, too."""
    found = main_files(files)
    if _named(files) in found:
        return found[:1]
    return [path for path in found if posixpath.dirname(path) == posixpath.dirname(found[0])]


def joined(files: Mapping[str, str], main: str, most: int = MOST_TEXT) -> str:
    """A main file with every file that it takes in, in its place. What is not there, or takes in itself, is left out, and so
    is what would make more than `most` characters of it.
    """
    left = [most]

    def read(path: str, above: tuple[str, ...]) -> str:
        text = files[path].replace("\r\n", "\n").partition("\\endinput")[0]
        left[0] -= len(text)
        if left[0] < 0:
            return ""
        return "\n".join(_line(line, path, above) for line in text.split("\n"))

    def _line(line: str, path: str, above: tuple[str, ...]) -> str:
        comment = _COMMENTED.search(line)
        live = line[: comment.start()] if comment else line
        kept = _TAKEN.sub(lambda found: taken(found, path, above), live)
        return kept + line[len(live) :]

    def taken(found: "re.Match[str]", path: str, above: tuple[str, ...]) -> str:
        target = _found(files, path, main, found)
        if target is None or target in above or len(above) >= DEEPEST:
            return ""
        text = read(target, (*above, target))
        body = _between(text) if "\\subfile" in found.group() else text
        return f"\n{body}\n"

    return read(main, (main,))


def _between(text: str) -> str:
    """The body of a file that is a document of its own where it stands alone."""
    _, opened, body = text.partition("\\begin{document}")
    return body.partition("\\end{document}")[0] if opened else text


def _found(files: Mapping[str, str], path: str, main: str, found: "re.Match[str]") -> str | None:
    folder, name = (found.group(3) or "").strip(), found.group(1) or found.group(2) or found.group(4)
    name = name.strip().strip('"')
    for base in (posixpath.dirname(main), posixpath.dirname(path)):
        for ending in ("", ".tex", ".ltx"):
            candidate = posixpath.normpath(posixpath.join(base, folder, name + ending))
            if candidate in files:
                return candidate
    return None


def _targets(files: Mapping[str, str], path: str, main: str) -> list[str]:
    live = "\n".join(_COMMENTED.split(line)[0] for line in files[path].split("\n"))
    found = (_found(files, path, main, match) for match in _TAKEN.finditer(live))
    return [target for target in found if target is not None and target != path]


def _has_body(files: Mapping[str, str], path: str) -> bool:
    return any(_BODY.search(files[target]) for target in reached(files, path))


def _named(files: Mapping[str, str]) -> str | None:
    for guide in GUIDES:
        text = files.get(guide)
        if text is None:
            continue
        if guide.endswith(".json"):
            try:
                sources = json.loads(text)["sources"]
                return next((str(each["filename"]) for each in sources if each.get("usage") == "toplevel"), None)
            except (ValueError, KeyError, TypeError, AttributeError):
                return None
        lines = (line.split() for line in text.splitlines())
        return next((words[0] for words in lines if len(words) == 2 and words[1] == "toplevelfile"), None)
    return None


def _unzipped(content: bytes) -> bytes:
    reader = zlib.decompressobj(31)
    raw = reader.decompress(content, MOST_EXPANDED)
    if reader.unconsumed_tail:
        raise ValueError(f"it unpacks to more than {MOST_EXPANDED:,} bytes")
    if not reader.eof:
        raise ValueError("it breaks off before its end")
    return raw


def _is_old_tar(raw: bytes) -> bool:
    """A tar from before POSIX has no mark; its first header's checksum tells."""
    try:
        tarfile.TarInfo.frombuf(raw[:512], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _from_tar(raw: bytes) -> dict[str, str]:
    files: dict[str, str] = {}
    with tarfile.open(fileobj=io.BytesIO(raw), mode="r:") as archive:
        for number, info in enumerate(archive):
            if number >= MOST_MEMBERS:
                raise ValueError(f"it lists more than {MOST_MEMBERS:,} files")
            name = posixpath.normpath(info.name)
            if not info.isfile() or info.size > MOST_TEXT or not (_is_tex(name) or name in GUIDES or "." not in posixpath.basename(name)):
                continue
            stream = archive.extractfile(info)
            content = stream.read(MOST_TEXT) if stream else b""
            if _is_tex(name) or name in GUIDES or _looks_like_tex(content):
                files[name] = _text(content)
    return files


def _text(content: bytes) -> str:
    try:
        return decode(content, None)
    except (Dropped, Failed):
        return content.decode("latin-1")


def _looks_like_tex(raw: bytes) -> bool:
    head = raw[:20_000]
    return b"\0" not in head and not head.startswith((b"%PDF", b"%!PS", b"<")) and b"\\" in head


def _is_tex(path: str) -> bool:
    return path.lower().endswith(TEX)


def _stem(path: str) -> str:
    return posixpath.basename(path).rpartition(".")[0]
