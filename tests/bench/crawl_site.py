"""The site that crawls are measured on: pages by number, of about ten kilobytes with twenty links each, as fast as can be."""

import asyncio
import multiprocessing
import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager

WORDS = ["berry", "river", "stone", "morning", "village", "walking", "garden", "window", "letter", "winter", "market", "thunder"]
PARAGRAPHS = [" ".join(random.Random(seed).choices(WORDS, k=90)) for seed in range(500)]
"""Texts that pages are made of; a page's number says which of them, and in what order."""

LINKS = 20


def body(number: int, pages: int) -> bytes:
    """A page, alike at every time: every page is reached from page 0 by links of which each leads on to twenty."""
    links = [(number * LINKS + step) % pages for step in range(1, LINKS + 1)]
    menu = "".join(f'<li><a href="/page/{link}">Page {link}</a>' for link in links)
    draw = random.Random(number)
    text = "".join(f"<p>{PARAGRAPHS[draw.randrange(len(PARAGRAPHS))]}</p>" for _ in range(15))
    title = f"Page {number}"
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body><ul>{menu}</ul><h1>{title}</h1>{text}</body></html>".encode()


class _Handler(asyncio.Protocol):
    """HTTP/1.1 with connections that stay open; requests have no bodies."""

    def __init__(self, pages: int) -> None:
        self._pages = pages
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for request in requests:
            path = request.split(b" ", 2)[1].decode()
            name = path.removeprefix("/page/")
            known = name.isdecimal() and int(name) < self._pages
            content = body(int(name), self._pages) if known else b"no such page"
            status, kind = "200 OK" if known else "404 Not Found", "text/html; charset=utf-8"
            head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
            self._transport.write(head.encode() + content)


def _serve(listener: socket.socket, pages: int) -> None:
    async def forever() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: _Handler(pages), sock=listener)
        await server.serve_forever()

    asyncio.run(forever())


@contextmanager
def serving(pages: int) -> Iterator[str]:
    """The site in a process of its own for the length of a block; gives the address of its first page."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        process = multiprocessing.get_context("fork").Process(target=_serve, args=(listener, pages), daemon=True)
        process.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/page/0"
        finally:
            process.kill()
            process.join()
