"""While a host is waited for, the terminal and the log say what for and how long."""

import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from curation.sources.fetch.waits import Wait, note
from flows import waits
from flows.progress import Lines
from flows.waits import told_waits
from tests.flows.conftest import Berry


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "LOOK_SECONDS", 0.05)


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    time.sleep(0.3)
    return [line.strip() for line in capsys.readouterr().out.splitlines()]


def test_a_wait_is_said_once_with_source_host_seconds_and_reason_unless_it_grows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with told_waits(Lines(), "capture", {"site-a": tmp_path, "site-b": tmp_path / "absent"}):
        note(tmp_path, Wait("example.org", time.time() + 58.4, "which asked for it (HTTP 429)"))
        (line,) = told(capsys)
        assert re.fullmatch(r"capture +site-a: waits 58 s for example.org, which asked for it \(HTTP 429\)", line)
        note(tmp_path, Wait("example.org", time.time() + 58.4, "which asked for it (HTTP 429)"))
        assert told(capsys) == []
        note(tmp_path, Wait("example.org", time.time() + 590.4, "which asked for it (HTTP 429)"))
        (line,) = told(capsys)
        assert "waits 590 s" in line
        note(tmp_path, Wait("example.org", time.time() + 30.4, "which is asked once in 30 s"))
        assert len(told(capsys)) == 1


def test_a_wait_that_is_over_and_a_note_half_written_are_not_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with told_waits(Lines(), "capture", {"s": tmp_path}):
        note(tmp_path, Wait("example.org", time.time() - 1, "which asked for it"))
        assert told(capsys) == []
        (tmp_path / "waits.json").write_text('{"host": "exam')
        assert told(capsys) == []


class _Busy(BaseHTTPRequestHandler):
    """A site that asks for a pause of six seconds, once."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        first = self.asked.count("/page") == 1 and self.path == "/page"
        body = b"" if first else b"<p>Herons stand in the tide and wait for what it brings, as they have always done.</p>" * 9
        self.send_response(404 if self.path == "/robots.txt" else 429 if first else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if first:
            self.send_header("Retry-After", "7")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def busy() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Busy", (_Busy,), {"asked": []})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_home")
def test_a_build_says_what_it_waits_for(tmp_path: Path, busy: str, berry: Berry) -> None:
    recipe = tmp_path / "busy.toml"
    recipe.write_text(
        f'name = "busy"\n[[sources]]\nkind = "web"\nid = "site-a"\ndomain = "wiki"\nstart = ["{busy}/page"]\n'
        "max_depth = 0\ndelay_seconds = 0\nprivate_addresses = true\n"
    )
    done = berry("curate", str(recipe), "--home", str(tmp_path / "home"))
    host = busy.removeprefix("http://")
    assert re.search(rf"capture +site-a: waits [67] s for {host}, which asked for it \(HTTP 429\)", done.stdout), done.stdout + done.stderr
