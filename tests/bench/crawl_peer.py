"""One crawl by Scrapy with the same task: `python crawl_peer.py ADDRESS PAGES FOLDER`. Prints what it took.

Scrapy's defaults, without delay and without a log; robots.txt is obeyed, as by us. The bodies go into a SQLite file, a
commit each thousand pages: less is promised than by us, who have every answer on disk before it is used.
"""

import json
import resource
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.linkextractors import LinkExtractor


class Pages(scrapy.Spider):  # type: ignore[misc]
    """Stores every page and follows its links."""

    name = "pages"
    links = LinkExtractor()

    def __init__(self, address: str, store: sqlite3.Connection, **rest: Any) -> None:
        super().__init__(**rest)
        self.start_urls = [address]
        self.store = store
        self.count = 0

    def parse(self, response: Any) -> Iterator[Any]:
        self.store.execute("INSERT OR REPLACE INTO pages VALUES (?, ?)", (response.url, response.body))
        self.count += 1
        if self.count % 1000 == 0:
            self.store.commit()
        for link in self.links.extract_links(response):
            yield response.follow(link)


def main(address: str, folder: str) -> None:
    """Crawls the site and prints seconds, those of the processor, pages stored, and the most memory before and after, in MB."""
    path = Path(folder)
    path.mkdir(parents=True)
    store = sqlite3.connect(path / "pages.sqlite")
    store.execute("CREATE TABLE pages (url TEXT PRIMARY KEY, body BLOB)")
    process = CrawlerProcess({"LOG_ENABLED": False, "ROBOTSTXT_OBEY": True, "DOWNLOAD_DELAY": 0, "TELNETCONSOLE_ENABLED": False})
    before, clock, used = _peak(), time.monotonic(), time.process_time()
    process.crawl(Pages, address=address, store=store)
    process.start()
    store.commit()
    seconds, processor, peak = time.monotonic() - clock, time.process_time() - used, _peak()
    stored = store.execute("SELECT count(*) FROM pages").fetchone()[0]
    print(json.dumps({"seconds": seconds, "processor": processor, "pages": stored, "before": before, "peak": peak}))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[3])
