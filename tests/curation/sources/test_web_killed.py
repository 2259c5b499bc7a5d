"""A crawl that is killed at any moment and started again gives the capture of a crawl that was let be."""

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from web_capture import Passes, source
from web_site import Reply, WebSite, large_site, packed, page, sitemap

from curation.capture import capture_source
from curation.sources.context import Context

KILLS = 20
MOMENTS = random.Random("the moments of the kills")
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["web_capture"])


def capture(address: str, state: Path, out: Path) -> None:
    """What is killed: a capture of the site by its links and its sitemap."""
    site = source(f"{address}/", sitemaps=[f"{address}/map.gz"], max_pages=130)
    capture_source(site, Context(state.parent, state), out)


@pytest.fixture
def many(web: WebSite) -> WebSite:
    """A site of 120 pages with a redirect, a copy, a trap and a broken link; `/` leads to all of it."""
    large_site(web, 120, words=300)
    web.put("/", page("/page/0", "/page/1", "/old", "/copy", "/trap/", "/missing"))
    web.pages["/old"] = Reply(b"", 301, {"Location": "/page/7"})
    web.put("/copy", page(head='<link rel="canonical" href="/page/3">'))
    web.rules["/trap/"] = lambda path: Reply(page(f"{path}again/", text=path).encode())
    web.pages["/map.gz"] = Reply(packed(sitemap(f"{web.address}/page/99", f"{web.address}/page/5")))
    return web


def run(web: WebSite, folder: Path, name: str, kill_after: int | None = None) -> dict[str, bytes]:
    """One try: the files of the capture, or nothing where it was killed, a moment after so many requests."""
    out = folder / name
    out.mkdir()
    before = len(web.log)
    process = CONTEXT.Process(target=capture, args=(web.address, folder / "state", out))
    process.start()
    assert process.pid is not None
    if kill_after is not None:
        while process.is_alive() and len(web.log) - before < kill_after:
            time.sleep(0.0005)
        time.sleep(MOMENTS.random() * 0.004)
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert process.exitcode == (0 if kill_after is None else -signal.SIGKILL)
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def state(folder: Path) -> Path:
    (folder / "state").mkdir(parents=True)
    return folder


@pytest.mark.slow
def test_a_crawl_killed_at_twenty_moments_gives_the_same_capture_and_repeats_what_was_in_flight_alone(
    many: WebSite, tmp_path: Path
) -> None:
    undisturbed = run(many, state(tmp_path / "quiet"), "whole")
    asked = len(many.log)
    for moment in sorted(MOMENTS.sample(range(2, asked), KILLS)):
        many.log.clear()
        folder = state(tmp_path / f"killed{moment}")
        run(many, folder, "first", kill_after=moment)
        assert run(many, folder, "second") == undisturbed, f"killed after {moment} requests"
        again = [path for path, times in Counter(request.path for request in many.log).items() if times > 1]
        assert len(again) <= 1, f"killed after {moment} requests; beside the one in flight, {again} were asked for again"
        assert len(many.log) <= asked + 1


def test_the_same_answers_with_other_delays_and_in_another_order_give_the_same_capture(many: WebSite, passes: Passes) -> None:
    site = source(f"{many.address}/", sitemaps=[f"{many.address}/map.gz"])
    first = passes.run(site)
    numbered, waits = many.rules["/page/"], random.Random(1)

    def late(path: str) -> Reply:
        time.sleep(waits.random() * 0.01)
        return numbered(path)

    many.rules["/page/"] = late
    assert passes.run(site).files == first.files
    several = source(f"{many.address}/", sitemaps=[f"{many.address}/map.gz"], concurrency=8)
    assert passes.run(several).files == first.files
