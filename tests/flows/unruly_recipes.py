"""Recipes of slow sites, failing sources and documents that crash a library, for runs that are cancelled, killed and retried."""

import json
import random
import shutil
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.flows.conftest import SAMPLE

LORE = sorted((SAMPLE / "lore").glob("*.md"))

CRASHING = "a document on which a library crashes"

CRASH = f"""
import os, signal, ftfy
fix = ftfy.fix_encoding
ftfy.fix_encoding = lambda text: os.kill(os.getpid(), signal.SIGKILL) if {CRASHING!r} in text else fix(text)
"""
"""What every Python of the service begins with: a library that takes its process along, as native code can."""

SMALL = """
[splits]
validation = 0.15

[tokenizer]
entries = 700

[training]
steps = 40
batch = 2
block = 32
evaluate_every = 20
checkpoint_every = 5
evaluate_windows = 2
evaluate_tokens = 1000
"""


class Site(ThreadingHTTPServer):
    """A site on the loopback interface whose pages take their time."""

    def __init__(self) -> None:
        super().__init__(("0.0.0.0", 0), _Handler)  # every 127.0.0.N is a host of its own
        self.seconds = 0.0  # that a page takes
        self.down = False

    def pages(self, names: list[Path], host: int = 1) -> list[str]:
        """The addresses of some texts, at one of its hosts."""
        return [f"http://127.0.0.{host}:{self.server_port}/{name.stem}" for name in names]


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        text = SAMPLE / "lore" / f"{self.path[1:]}.md"
        if self.server.down or not text.is_file():
            self.send_error(503 if self.server.down else 404)
            return
        time.sleep(self.server.seconds)
        body = "".join(f"<p>{paragraph}</p>" for paragraph in text.read_text().split("\n\n")).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def recipe(folder: Path, name: str, *sources: dict[str, Any]) -> None:
    """Writes a recipe of some sources into a folder."""
    tables = ["\n".join(["[[sources]]", *(f"{key} = {json.dumps(value)}" for key, value in source.items())]) for source in sources]
    (folder / f"{name}.toml").write_text("\n\n".join([f'name = "{name}"', *tables]) + SMALL)


def files(path: str) -> dict[str, Any]:
    """A source of files beside the recipe."""
    return {"kind": "files", "id": path, "domain": "lore", "path": path}


def web(name: str, site: Site, texts: list[Path], host: int = 1) -> dict[str, Any]:
    """A source of pages of a site."""
    return {"kind": "web", "id": name, "domain": "lore", "start": site.pages(texts, host), "delay_seconds": 0, "private_addresses": True}


def write_texts(folder: Path) -> None:
    """Writes text enough to keep every worker busy for a while: 30 MB of words that mean nothing."""
    folder.mkdir()
    chance = random.Random(20261121)
    words = ["".join(chance.choices("abcdefghiklmnoprstuvw", k=chance.randint(2, 9))) for _ in range(2_000)]
    for number in range(300):
        (folder / f"{number:03}.txt").write_text(" ".join(chance.choices(words, k=15_000)))


def write_documents(folder: Path) -> None:
    """Writes good documents, and three with which something is wrong for good."""
    folder.mkdir()
    for text in LORE[:5]:
        shutil.copy(text, folder)
    (folder / "crashing.md").write_text(f"{CRASHING}: donâ€™t\n\n" * 20)
    (folder / "damaged.zip").write_bytes(b"PK\x03\x04 and no more")
    (folder / "empty.md").write_text("")
