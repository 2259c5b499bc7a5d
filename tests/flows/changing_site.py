"""A site on the loopback interface that changes between two curations of it."""

import hashlib
import random
import re
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from curation.recipe import find_recipe

LORE = find_recipe("quickstart").parent / "sample" / "lore"
PAGES = sorted(LORE.glob("*.md"))[:24]


class Site(ThreadingHTTPServer):
    """A site whose pages can be changed, and which notes what it was asked for and what it answered."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages = {f"/{page.stem}": page.read_text() for page in PAGES}
        self.asked: list[tuple[str, int]] = []  # path and status
        self.bodies = 0  # bytes of bodies
        self.sent = 0  # bytes of answers, with their headers
        self.seconds = 0.0  # that a page takes
        self.lists = ""  # a sitemap of all pages lies here, where this is a path

    @property
    def address(self) -> str:
        """Where it begins."""
        return f"http://127.0.0.1:{self.server_port}"

    def html(self, path: str) -> bytes | None:
        """The page at a path, if there is one."""
        if path == "/":
            return "".join(f'<p><a href="{name}">{name}</a></p>' for name in self.pages).encode()
        if path == self.lists:
            return "\n".join(f"{self.address}{name}" for name in self.pages).encode()
        text = self.pages.get(path)
        return None if text is None else "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n")).encode()


class _Handler(BaseHTTPRequestHandler):
    server: Site
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        time.sleep(self.server.seconds)
        body = self.server.html(self.path)
        tag = f'"{hashlib.sha256(body or b"").hexdigest()[:16]}"'
        status = 404 if body is None else 304 if self.headers["If-None-Match"] == tag else 200
        body = body if status == 200 and body else b""
        kind = "text/plain" if self.path == self.server.lists else "text/html"
        told = f"Content-Type: {kind}; charset=utf-8\r\n" if body else ""
        head = f"HTTP/1.1 {status} x\r\n{told}ETag: {tag}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        self.server.asked.append((self.path, status))
        self.server.bodies += len(body)
        self.server.sent += len(head) + len(body)
        self.wfile.write(head + body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def prose(seeds: Sequence[int], paragraphs: int) -> list[str]:
    """A text for each seed, of paragraphs of sentences that real texts have, of which no two texts have many in common."""
    known = " ".join(path.read_text() for path in sorted(LORE.glob("*.md")))
    sentences = [" ".join(each.split()) for each in re.findall(r"[A-Z][^.!?<>#|*\[\]]{30,200}[.!?]", known)]

    def text(seed: int) -> str:
        chosen = random.Random(seed).sample(sentences, 5 * paragraphs)
        return "\n\n".join(" ".join(chosen[5 * number : 5 * number + 5]) for number in range(paragraphs))

    return [text(seed) for seed in seeds]
