"""Programming languages by file name and, where a name has none, by the first line."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

BY_SUFFIX = {
    "py": "python", "pyi": "python", "pyx": "python", "js": "javascript", "mjs": "javascript", "cjs": "javascript",
    "jsx": "javascript", "ts": "typescript", "mts": "typescript", "cts": "typescript", "tsx": "typescript", "c": "c", "h": "c",
    "cc": "c++", "cpp": "c++", "cxx": "c++", "hh": "c++", "hpp": "c++", "hxx": "c++", "inl": "c++", "ipp": "c++", "tpp": "c++",
    "java": "java", "kt": "kotlin", "scala": "scala", "go": "go", "rs": "rust", "rb": "ruby", "php": "php", "lua": "lua", "pl": "perl",
    "pm": "perl", "r": "r", "jl": "julia", "swift": "swift", "m": "objective-c", "cs": "c#", "fs": "f#", "hs": "haskell", "ml": "ocaml",
    "ex": "elixir", "erl": "erlang", "clj": "clojure", "lisp": "lisp", "el": "lisp", "scm": "scheme", "sh": "shell", "bash": "shell",
    "zsh": "shell", "fish": "shell", "ps1": "powershell", "bat": "batch", "sql": "sql", "css": "css", "scss": "scss", "less": "less",
    "vue": "vue", "svelte": "svelte", "cmake": "cmake", "mk": "make", "proto": "protobuf", "thrift": "thrift", "glsl": "glsl",
    "hlsl": "hlsl", "vert": "glsl", "frag": "glsl", "wgsl": "wgsl", "asm": "assembly", "s": "assembly", "zig": "zig", "nim": "nim",
    "dart": "dart", "groovy": "groovy", "gradle": "groovy", "f90": "fortran", "f": "fortran", "pas": "pascal", "vb": "visual basic",
    "coffee": "coffeescript", "tcl": "tcl", "v": "verilog", "vhd": "vhdl", "cu": "c++", "cuh": "c++", "toml": "toml", "ini": "ini",
    "cfg": "ini", "yaml": "yaml", "yml": "yaml", "json": "json", "map": "json", "ipynb": "json", "svg": "xml", "xml": "xml",
    "html": "html", "htm": "html", "j2": "jinja",
}  # fmt: skip
BY_NAME = {
    "makefile": "make",
    "cmakelists.txt": "cmake",
    "dockerfile": "docker",
    "rakefile": "ruby",
    "gemfile": "ruby",
    "sconstruct": "python",
}
BY_INTERPRETER = {"python": "python", "node": "javascript", "bash": "shell", "sh": "shell", "zsh": "shell", "perl": "perl", "ruby": "ruby",
                  "lua": "lua", "php": "php", "env": "shell"}  # fmt: skip

LINE_COMMENTS = {
    **dict.fromkeys(("python", "shell", "ruby", "perl", "r", "julia", "make", "cmake", "toml", "yaml", "elixir", "nim", "tcl", "docker",
                     "powershell", "coffeescript"), ("#",)),
    **dict.fromkeys(("sql", "lua", "haskell"), ("--",)),
    **dict.fromkeys(("lisp", "scheme", "clojure", "ini", "assembly"), (";",)),
    **dict.fromkeys(("html", "xml"), ("<!--",)),
}  # fmt: skip
"""Beginnings of comment lines; languages that are not named use those of C."""
C_COMMENTS = ("//", "/*", "*")

_SHEBANG = re.compile(r"#!\s*\S*?/(\w+)(?:[\d.]*)(?:\s+(?:-\S+\s+)*(\w+?)[\d.]*)?\s*$", re.MULTILINE)
_CPP = re.compile(r"^\s*(?:namespace\s+\w|template\s*<|class\s+\w+|using\s+\w|#\s*include\s*<\w+>\s*$)", re.MULTILINE)
_OBJECTIVE_C = re.compile(r"^\s*(?:@interface|@protocol|@implementation|@class|#\s*import)\b", re.MULTILINE)
_MATLAB = re.compile(r"^\s*(?:function\b[^;{]*$|%|end\s*$)", re.MULTILINE)
_PROLOG = re.compile(r"^(?::-|[a-z]\w*\([^)\n]*\)\s*(?::-|\.\s*$))", re.MULTILINE)
_COQ = re.compile(r"^\s*(?:Require|Theorem|Lemma|Inductive|Definition)\b", re.MULTILINE)
_XML = re.compile(r"\A\s*<(?:\?xml|!DOCTYPE)")

SHARED_SUFFIXES: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "h": (("objective-c", _OBJECTIVE_C), ("c++", _CPP)),
    "m": (("objective-c", _OBJECTIVE_C), ("matlab", _MATLAB)),
    "pl": (("prolog", _PROLOG),),
    "v": (("coq", _COQ),),
    "ts": (("xml", _XML),),
    "inc": (("php", re.compile(r"\A\s*<\?php")),),
}
"""Endings that several languages share: the first whose content fits, else the commonest."""


def programming_language(name: str, text: str) -> str | None:
    """The language of a source file, None where neither name nor first line tells."""
    path = PurePosixPath(name.lower())
    suffix = path.suffix.lstrip(".")
    found = BY_NAME.get(path.name) or BY_SUFFIX.get(suffix)
    for other, content in SHARED_SUFFIXES.get(suffix, ()):
        if content.search(text, 0, 20_000):
            return other
    return found or _by_shebang(text) or ("php" if text.startswith("<?php") else None)


def _by_shebang(text: str) -> str | None:
    found = _SHEBANG.match(text[:200])
    if not found:
        return None
    interpreter = found.group(2) if found.group(1) == "env" else found.group(1)
    return BY_INTERPRETER.get((interpreter or "").rstrip("0123456789."))


def comment_marks(language: str | None) -> tuple[str, ...]:
    """What a comment line begins with."""
    return LINE_COMMENTS.get(language or "", C_COMMENTS)
