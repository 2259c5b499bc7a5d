"""What stands above an article's first paragraph: its headline, which goes into the title, and lines of date and author."""

import re
from collections.abc import Iterator

from lxml import etree

from curation.extract.page_names import PageNames
from curation.extract.pruning import words

_WORD = re.compile(r"\w+")
_SITE = re.compile(r"\s+[|–—»:·-]+\s+")
_STEP = re.compile(r"\s[|–—»›>/→:·]\s")
_DATELINE = re.compile(
    r"\W*(?:(?:first |last )?(?:published|posted|updated|modified|created|publicado|veröffentlicht|publié|pubblicato)\b|by:? (?-i:[A-Z])|"
    r"(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?,? |\d{1,2}[./ -](?:\d{1,2}|[a-z]{3,9})[./ -]\d{2,4}|\d{4}-\d\d-\d\d|"
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.? \d{1,2},? \d{4})",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"(?:^|\b)(?:\d{1,2}[./ -]{1,2}(?:\d{1,2}|(?:de )?[^\W\d_]{3,10}\.?(?: de)?)[./ -]{1,2}\d{4}|\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?|"
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.? \d{1,2},? \d{4})"
    r"(?:[ ,|–-]*(?:at |um |à |às |a las )?\d{1,2}[:.h]\d\d(?: ?[ap]\.?m\.?| ?uhr| ?h)?(?: ?[a-z]{2,4})?)?$",
    re.IGNORECASE,
)
"""What a line of author or place ends with: the date, and the time of day."""

_META_TITLES = ("og:title", "twitter:title", "title", "headline")
_META_SUMMARIES = ("og:description", "description", "twitter:description")

LINE = 100
"""Characters that a line of date, author or section above an article has at most."""

LONGEST = 500
"""Characters of a title that are read."""

FIRST = 8
"""Blocks of a text among which a headline stands that was not taken out."""

FEWEST_STEPS = 1
"""Marks between the steps on the way to a page."""

MOST = 4
"""Blocks among which the headline is looked for."""


class Opening:
    """What a page says about itself in its head and its headings of the first level."""

    def __init__(self, tree: etree._Element, page: PageNames) -> None:
        first = list(tree.iter("h1"))
        headings = [words(heading) for heading in first]
        titles = [*page.meta(*_META_TITLES), *(words(title) for title in tree.iter("title"))]
        parts = [part for title in titles for part in (title, *_SITE.split(" ".join(title[:LONGEST].split())))]
        self._titles = {folded for text in (*headings[:3], *parts) if len(folded := _folded(text)) > 5}
        self.headline = next(_headlines(first), "")[:LONGEST]
        self._headings = [*first, *tree.iter("h2", "h3")]
        self._site_names = {_folded(name) for name in page.meta("og:site_name")}
        self._summaries = {folded for text in page.meta(*_META_SUMMARIES) if len(folded := _folded(text)) > 20}
        self.is_titled = any(map(self.is_told_by, titles))
        """Whether the head of the page says its headline, as that of a website's article does."""

    def is_told_by(self, title: str) -> bool:
        """Whether a title holds the headline, or is another heading of the page: then the first one is no headline."""
        if not self.headline or _folded(self.headline) in _folded(title):
            return True
        parts = (title, *_SITE.split(title[:LONGEST]))
        said = {folded for part in parts if len(folded := _folded(part)) > 5} - self._site_names
        return bool(said) and any(_folded(words(heading)) in said and not _is_link(heading) for heading in self._headings)

    def repeats_title(self, text: str) -> bool:
        """Whether a line says the title again, whole."""
        return _folded(text) in self._titles

    def leads_to_title(self, text: str) -> bool:
        """Whether a line shows the way from the site's front page to this one: names, and the title at its end."""
        if len(text) > LONGEST or len(_STEP.findall(text)) < FEWEST_STEPS:
            return False
        folded = _folded(text)
        return any(folded.endswith(f" {title}") for title in self._titles)

    def repeats_summary(self, text: str) -> bool:
        """Whether a line says the summary that the page gives to search engines."""
        return _folded(text) in self._summaries


def is_lost(opening: Opening, text: str, title: str | None) -> bool:
    """Whether a page's headline stands neither in its title nor at the beginning of its text."""
    if opening.is_told_by(title or ""):
        return False
    folded = _folded(opening.headline)
    return all(_folded(block) != folded for block in text.split("\n\n", FIRST)[:FIRST])


def _headlines(headings: list[etree._Element]) -> Iterator[str]:
    """Headings of the first level that say something, outside the frame of the page: those in an article before others."""
    own = [heading for heading in headings if next(heading.iterancestors("nav", "aside", "footer"), None) is None and words(heading)]
    within = [heading for heading in own if next(heading.iterancestors("article", "main"), None) is not None]
    yield from (words(heading) for heading in within or (heading for heading in own if not _is_link(heading)))


def _is_link(heading: etree._Element) -> bool:
    return 2 * sum(len(words(link)) for link in heading.iter("a")) > len(words(heading))


def without_opening(text: str, opening: Opening) -> str:
    """A text in light Markdown without the headline and what stands above it, and without lines of date and author below it.

    A headline that the page's own title does not say is no website's: the lines around it, a subtitle or an author, stay.
    """
    blocks = text.split("\n\n")
    first = [block.lstrip("# ") for block in blocks[:MOST]]
    titles = [at for at, block in enumerate(first) if opening.repeats_title(block)]
    headed = bool(titles) and all(len(block) < LINE or opening.leads_to_title(block) for block in first[: titles[0]])
    if headed and not opening.is_titled:
        return "\n\n".join(blocks[: titles[0]] + blocks[titles[0] + 1 :])
    begin = titles[0] + 1 if headed else 0
    while begin < len(blocks) - 1 and _leads_in(blocks[begin], headed, opening):
        begin += 1
    return "\n\n".join(blocks[begin:])


def _leads_in(block: str, headed: bool, opening: Opening) -> bool:
    text = block.lstrip("# ")
    if opening.repeats_title(text) or not text or opening.leads_to_title(text):
        return True
    if headed and block.startswith("#") and opening.repeats_summary(text):
        return True
    if len(text) >= LINE or text.endswith((".", "!", "?")):
        return False
    return _DATELINE.match(text) is not None or (block[:1] not in "#-|" and _DATED.search(text) is not None)


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))
