"""The text of a forum's thread: every post once, without signatures and without what it quotes from the same page."""

from collections import defaultdict

from lxml import etree

from curation.extract.blocks import elements_of_class, render
from curation.extract.elements import names
from curation.extract.kinds import POST_CLASSES
from curation.extract.prose import MOST_LOOKS
from curation.extract.pruning import remove, words

NOISE = names(
    "signature sig signature_wrapper post-signature bbp-reply-header bbCodeBlock-expandLink bbCodeBlock-sourceJump js-post-menu "
    "post-menu post-links reactions reactionsBar likes postfoot post-footer attachments after_content lastedited edited-by "
    "bbCodeBlock-title quote-controls"
)
COMMENTS = ("comment-copy", "comment-text", "comment-body", "comment")
"""Classes of what is said about a post, the one that holds the words alone before the one that holds its author and date too."""

_QUOTES = ".//blockquote | .//div[contains(@class, 'quote')] | .//aside[contains(@class, 'quote')]"
_ITEMS = (
    "//*[contains(@itemtype, 'DiscussionForumPosting') or contains(@itemtype, 'Answer') or contains(@itemtype, 'Question') or "
    "contains(@itemtype, 'schema.org/Comment')]//*[@itemprop='text' or @itemprop='articleBody']"
)


def thread_text(tree: etree._Element) -> str:
    """The posts of a page as light Markdown; nothing where the page shows fewer than two."""
    posts = _posts(tree)
    if len(posts) < 2:
        return ""
    posts = _with_comments(tree, posts)
    _drop_quotes(posts)
    texts = (render(post, NOISE).strip() for post in posts)
    return "\n\n".join(text for text in texts if text)


def _with_comments(tree: etree._Element, posts: list[etree._Element]) -> list[etree._Element]:
    """Posts and the comments under them, in the order of the page."""
    own = set(posts)
    around = {above for post in posts for above in post.iterancestors()}
    for name in COMMENTS:
        for comment in elements_of_class(tree, name):
            if comment not in around and own.isdisjoint((comment, *comment.iterancestors())):
                own.add(comment)
                around.update(comment.iterancestors())
    return posts if len(own) == len(posts) else [element for element in tree.iter(etree.Element) if element in own]


def _drop_quotes(posts: list[etree._Element]) -> None:
    """Takes out, in place, what a post repeats from one before it on the page."""
    said = [words(post) for post in posts]
    quotes = [(at, quote) for at, post in enumerate(posts) for quote in post.xpath(_QUOTES)]
    if len(quotes) * sum(map(len, said)) > MOST_LOOKS:
        return
    for at, quote in quotes:
        end = words(quote)[-60:]
        if end and any(end in earlier for earlier in said[:at]):
            remove(quote)


def _posts(tree: etree._Element) -> list[etree._Element]:
    """The elements that hold posts: those of the class that most of them bear, or those that schema.org's names mark."""
    marked = list(tree.xpath(_ITEMS))
    by_class: dict[str, list[etree._Element]] = defaultdict(list)
    for element in tree.iter("div", "article", "section", "td", "blockquote", "li", "span"):
        own = POST_CLASSES.intersection((element.get("class") or "").split())
        if (element.get("id") or "").startswith("post_message_"):
            own |= {"post_message"}
        for name in own:
            by_class[name].append(element)
    most = max(by_class.values(), key=lambda posts: (len(posts), -sum(len(words(post)) for post in posts)), default=[])
    return _outermost(most if len(most) >= len(marked) else marked)


def _outermost(elements: list[etree._Element]) -> list[etree._Element]:
    chosen = set(elements)
    return [element for element in elements if not any(around in chosen for around in element.iterancestors())]
