"""Captions: live recognition against the published transcript of the same show, and text that still stands doubled.

Live captions and a published transcript differ by speech that only one of them has: chat before and after the show, and
sponsor reads and music that are cut in. Two figures are given for a show: the length of the whole text against the whole, and
of the part that both have. For that, equal runs of three words are matched in order; between two matches each side has what
it alone has, and a run of at least `ALONE` words more than the other side's is speech of its own and is left out.
"""

import json
import re
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath

from curation.document import Captured, Dropped, Failed
from curation.domains import Domain
from curation.extract import extract

CORPUS = Path("../shared/corpus")
TYPES = {"vtt": "text/vtt", "srt": "application/x-subrip", "json": "application/x-transcript+json"}
LIVE, PUBLISHED = "talkpython-youtube-vtt", ("talkpython-vtt", "talkpython-txt")
TOLERANCE = 0.02
ALONE = 10  # words that one side has more in one run: a phrase that the other recogniser did not hear, or speech of its own
LONGEST_REPEAT = 12  # words


@dataclass(frozen=True)
class Compared:
    """Characters of a show's live captions and of its published transcript."""

    live: int
    published: int
    live_common: int
    published_common: int

    @property
    def whole(self) -> float:
        return self.live / self.published - 1

    @property
    def common(self) -> float:
        return self.live_common / self.published_common - 1 if self.published_common else float("nan")


def main() -> None:
    if not (CORPUS / "manifest.json").is_file():
        sys.exit(f"needs the shared corpus in {CORPUS}")
    sources = {source["id"]: source for source in json.loads((CORPUS / "manifest.json").read_text())["sources"]}
    _print_shows(sources)
    _print_sources(sources)


def _print_shows(sources: dict[str, dict[str, str]]) -> None:
    live = {_episode(name): text for name, text, _, _ in _texts(sources[LIVE])}
    print(
        f"{'episode':8} {'published in':16} {'live':>8} {'published':>10} {'whole':>7}   {'both, live':>10} {'published':>10} {'common':>7}"
    )
    worst = 0.0
    for source in PUBLISHED:
        for name, text, _, _ in _texts(sources[source]):
            if (episode := _episode(name)) not in live:
                continue
            found = compare(live[episode], text)
            worst = max(worst, abs(found.common))
            print(f"{episode:8} {source:16} {found.live:8,} {found.published:10,} {found.whole:+7.1%}   ", end="")
            print(f"{found.live_common:10,} {found.published_common:10,} {found.common:+7.2%}")
    print(f"largest difference of the part that both have: {worst:.2%} (wanted: at most {TOLERANCE:.0%})\n")


def _print_sources(sources: dict[str, dict[str, str]]) -> None:
    print(f"{'source':28} {'files':>5} {'words':>8} {'doubled':>8} {'longest paragraph':>18} {'MB/s':>6}")
    for source in sources.values():
        if source["domain"] != "transcripts" or source["kind"] not in TYPES:
            continue
        texts = list(_texts(source))
        words = [text.split() for _, text, _, _ in texts]
        count = sum(map(len, words))
        longest = max((len(block) for _, text, _, _ in texts for block in text.split("\n\n")), default=0)
        speed = sum(size for *_, size, _ in texts) / sum(seconds for *_, seconds in texts) / 1e6
        print(f"{source['id']:28} {len(texts):5} {count:8,} {sum(map(doubled, words)) / max(1, count):8.3%} {longest:18,} {speed:6.1f}")


def compare(live: str, published: str) -> Compared:
    """Both texts' lengths, whole and without speech that only one has."""
    ours, theirs = live.split(), published.split()
    common = [0, 0]
    matcher = SequenceMatcher(None, _triples(ours), _triples(theirs), autojunk=False)
    place = (0, 0)
    for i, j, size in matcher.get_matching_blocks():
        gaps = ours[place[0] : max(i, place[0])], theirs[place[1] : max(j, place[1])]
        if abs(len(gaps[0]) - len(gaps[1])) < ALONE:
            common = [total + _length(gap) for total, gap in zip(common, gaps, strict=True)]
        ends = (i + size + 2, j + size + 2) if size else (len(ours), len(theirs))
        common[0] += _length(ours[max(i, place[0]) : ends[0]])
        common[1] += _length(theirs[max(j, place[1]) : ends[1]])
        place = ends
    return Compared(len(live), len(published), common[0], common[1])


def doubled(words: list[str]) -> int:
    """Words of runs of three to twelve that stand twice, one right after the other."""
    found = at = 0
    while at < len(words):
        size = next((size for size in range(LONGEST_REPEAT, 2, -1) if _comes_again(words, at, size)), 0)
        found += size
        at += size or 1
    return found


def _comes_again(words: list[str], at: int, size: int) -> bool:
    return at + 2 * size <= len(words) and words[at : at + size] == words[at + size : at + 2 * size]


def _triples(words: list[str]) -> list[tuple[str, ...]]:
    plain = [re.sub(r"\W", "", word).lower() for word in words]
    return list(zip(plain, plain[1:], plain[2:], strict=False))


def _length(words: list[str]) -> int:
    return sum(len(word) + 1 for word in words)


def _episode(name: str) -> str:
    return PurePosixPath(name).name.split("-")[0]


def _texts(source: dict[str, str]) -> Iterator[tuple[str, str, int, float]]:
    """Name, text, bytes and seconds of each file of a source that gives text."""
    with zipfile.ZipFile(CORPUS / source["path"]) as archive:
        for name in sorted(archive.namelist()):
            content = archive.read(name)
            item = Captured(content, TYPES.get(source["kind"], "text/plain"), None, name, name, None, Domain.TRANSCRIPT)
            start = time.process_time()
            try:
                text = extract(item).text
            except (Dropped, Failed):
                continue
            yield name, text, len(content), time.process_time() - start


if __name__ == "__main__":
    main()
