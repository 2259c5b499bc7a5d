"""Source code: kept as it is, unless nobody wrote it, or another project did."""

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import PurePosixPath

from curation.clean.characters import long_tokens
from curation.clean.encoding import decode
from curation.clean.licence_header import comment_blocks
from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted, require_size
from curation.extract.elements import names
from curation.extract.languages import programming_language

MAX_BYTES = 2_000_000
HEAD_CHARACTERS = 1_500
MINIFIED_MEAN_LINE = 250  # characters; code that people write stays below a third of it
MINIFIED_MIN_CHARACTERS = 2_000
DATA_SHARE = 0.5  # of characters that are digits, or lie in long runs of hexadecimal or base64
DATA_MIN_CHARACTERS = 1_000

VENDOR_FOLDERS = names(
    "_vendor vendor vendored third_party thirdparty third-party node_modules bower_components externals extern bundled _vendored "
    "site-packages godeps jspm_packages"
)
"""In any case of letters; CocoaPods writes `Pods` so, and `pods` are what Kubernetes runs (https://github.com/github-linguist/linguist)."""

DATA_LANGUAGES = frozenset({"json", "xml", "yaml", "toml", "ini"})

_FILE = r"(?:file|code|parser|module|script|header)"
_NOTHING_ELSE = (
    rf"\W*$|[^\w\s]|\s+(?:[^\w\s]|it\b|by hand|manually|directly|below|above|anything|or\b|th(?:is|e|ese) (?:\w+ ){{0,2}}{_FILE}s?\b|"
    r"generated\b|this\b)"
)
"""What follows upon `do not edit`: nothing, or the file itself. Documentation forbids to change the values of its functions."""
_GENERATED = re.compile(
    rf"@generated\b|\bdo not (?:edit|modify)\b(?! .{{0,40}}unless)(?={_NOTHING_ELSE})|\bcode generated\b.{{0,60}}\bdo not edit|"
    rf"(?:^\W*(?:the )?|\bthis (?:\w+ ){{0,2}}){_FILE} (?:is|was|has been) generated\b(?!.{{0,20}}\bby hand\b)|"
    rf"\b{_FILE} (?:is|was|has been) (?:auto-?|automatically |machine[ -])generated\b",
    re.IGNORECASE,
)
_GENERATED_BY = re.compile(
    r"\W*(?:this (?:file|code) )?(?:automatically |auto[ -]?|machine )?generated (?:by|from|with|using)\b", re.IGNORECASE
)
_BUILT = re.compile(
    r"webpackBootstrap|__webpack_require__|parcelRequire|Object\.defineProperty\(exports, ['\"]__esModule['\"]|\bSystem\.register\(\["
)
"""What bundlers and compilers to JavaScript write near the top."""
_HEXADECIMAL, _DECIMAL = r"0x[0-9a-fA-F]{1,16}[uUlL]*,\s*", r"\d[\d.eE+-]{0,80}f?,\s*"
_ENCODED = re.compile(rf"[A-Za-z0-9+/=]{{120,}}|(?:\\x[0-9a-fA-F]{{2}}){{20,}}|(?:{_HEXADECIMAL}){{12,}}|(?:-?{_DECIMAL}){{16,}}")
_LISTED = re.compile(rf"{_HEXADECIMAL}(?:{_HEXADECIMAL}){{11}}"), re.compile(rf"{_DECIMAL}(?:-?{_DECIMAL}){{15}}")
"""The last two forms, written so that they are tried at a zero and at digits alone."""
_MINIFIED_NAME = re.compile(r"[.-]min\.(?:js|css|mjs|cjs)$|[.-](?:bundle|slim\.min)\.js$", re.IGNORECASE)


def extract_code(item: Captured) -> Extracted:
    """A source file as it is.

    Raises Dropped for code that is minified, generated or data, each with what gave it away. Where the source
    says that a file is not generated, it is believed.
    """
    require_size(item.content, MAX_BYTES)
    path = PurePosixPath(item.native_id)
    text = decode(item.content, item.charset)
    language = item.marks.get("language") or programming_language(item.native_id, text)
    if language in DATA_LANGUAGES:
        raise Dropped(Reason.DATA, f"a {language} file")
    _require_readable(text, path)
    if item.marks.get("generated") != "no":
        _require_written(text)
    _require_code(text)
    return Extracted(text, item.title or path.name, "code")


def require_not_vendored(item: Captured, marks: Mapping[str, str]) -> None:
    """Raises Dropped for a file, code or prose, in a folder of other projects' files."""
    path = PurePosixPath(item.native_id)
    for folder, below in pairwise(path.parts) if marks.get("vendored") != "no" else ():
        if (folder.lower() in VENDOR_FOLDERS or folder == "Pods") and not _is_own_package(path, folder, below):
            raise Dropped(Reason.VENDORED, f"in a folder named {folder}")


def _is_own_package(path: PurePosixPath, folder: str, below: str) -> bool:
    """Whether a Go file lies in a package that is called `vendor`: other projects' lie below their host (https://go.dev/ref/mod)."""
    return path.suffix == ".go" and folder == "vendor" and ("." not in below or below == path.name)


def _require_readable(text: str, path: PurePosixPath) -> None:
    if _MINIFIED_NAME.search(path.name):
        raise Dropped(Reason.MINIFIED, f"named {path.name}")
    mean = len(text) / (text.count("\n") + 1)
    if len(text) >= MINIFIED_MIN_CHARACTERS and mean > MINIFIED_MEAN_LINE:
        raise Dropped(Reason.MINIFIED, f"lines of {mean:.0f} characters on average", mean, float(MINIFIED_MEAN_LINE))


def _require_written(text: str) -> None:
    """Looks for the notice that generators leave in the comments above the first line of code, and for the marks of bundlers.

    Further down such words are about other files, or a template of one.
    """
    for block in comment_blocks(text):
        before = ""
        for line in () if block[0].is_docstring else block:
            begins = not before[-1:].isalnum() and not before.endswith(",")
            if found := _GENERATED.search(line.words) or (_GENERATED_BY.match(line.words) if begins else None):
                raise Dropped(Reason.GENERATED, f"says: {found.group().strip()}")
            before = line.words
    if found := _BUILT.search(text, 0, HEAD_CHARACTERS):
        raise Dropped(Reason.GENERATED, f"says: {found.group()}")


def _require_code(text: str) -> None:
    if len(text) < DATA_MIN_CHARACTERS or not _may_be_data(text):
        return
    encoded = sum(found.end() - found.start() for found in _ENCODED.finditer(text))
    share = encoded / len(text)
    if share > DATA_SHARE:
        raise Dropped(Reason.DATA, f"{share:.0%} of the characters are numbers or encoded bytes", share, DATA_SHARE)


def _may_be_data(text: str) -> bool:
    """A quick look that nearly all code does not pass: whether there are bytes or numbers in a row, or else enough long words."""
    if text.count("\\x") >= 20 or any(listed.search(text) for listed in _LISTED):
        return True
    return sum(end - start for start, end in long_tokens(text, 120, digits=0)) > DATA_SHARE * len(text)
