"""What kind of page an HTML page is, by what its software writes into it: documentation, a forum, or anything else."""

import re
from enum import StrEnum

from lxml import etree

from curation.extract.elements import names
from curation.extract.page_names import PageNames


class Kind(StrEnum):
    """Kinds of pages whose text is found in different ways."""

    DOCUMENTATION = "documentation"
    FORUM = "forum"
    ARTICLE = "article"


DOCUMENTATION_GENERATORS = re.compile(
    r"\b(?:sphinx|docusaurus|mkdocs|mdbook|vitepress|vuepress|javadoc|doxygen|rustdoc|gitbook|asciidoctor|docfx|antora|pdoc|yard|jsdoc|"
    r"typedoc|haddock|texinfo|docbook|publican|makeinfo|docutils|devhelp|readthedocs)\b",
    re.IGNORECASE,
)
FORUM_GENERATORS = re.compile(
    r"\b(?:phpbb|vbulletin|xenforo|discourse|simple machines|smf|mybb|nodebb|flarum|invision|ipboard|vanilla|fluxbb|punbb|woltlab)\b",
    re.IGNORECASE,
)
DOCUMENTATION_CLASSES = names("theme-doc-markdown md-content__inner vp-doc bd-article rst-content documentwrapper devsite-article-body")
DOCUMENTATION_IDS = names("furo-main-content documentation_options menu-bar-hover-placeholder mdbook-page-wrapper")
POST_CLASSES = names(
    "postbody post-body post_body post_message postcontent post-content post_content message-body message-content messageContent "
    "messageText bbWrapper cooked js-post-body post-text bbp-reply-content bbp-topic-content msgtext commtext usertext-body "
    "cPost_contentWrap forum-post-content topic-body post_inner"
)
FORUM_CLASSES = names(
    "postbody postcontent post_message bbWrapper cooked js-post-body bbp-reply-content messageContent commtext usertext-body "
    "cPost_contentWrap"
)

_POSTING = re.compile(r'"@type"\s*:\s*(?:\[\s*)?"(?:DiscussionForumPosting|QAPage)"')
_POSTINGS = ("DiscussionForumPosting", "QAPage")
_FORUM_ITEMS = "//*[contains(@itemtype, 'schema.org/DiscussionForumPosting') or contains(@itemtype, 'schema.org/QAPage')]"


def page_kind(tree: etree._Element, page: PageNames, source: str) -> Kind:
    """The kind of a page; it is asked before scripts are taken out, since some hold what the page says of itself."""
    generator = " ".join(page.meta("generator"))
    if DOCUMENTATION_GENERATORS.search(generator) or page.has(DOCUMENTATION_CLASSES):
        return Kind.DOCUMENTATION
    if not DOCUMENTATION_IDS.isdisjoint(page.ids):
        return Kind.DOCUMENTATION
    if FORUM_GENERATORS.search(generator) or page.count(FORUM_CLASSES) > 1 or _has_answers(page):
        return Kind.FORUM
    if not any(name in source for name in _POSTINGS):
        return Kind.ARTICLE
    data = (script.text or "" for script in tree.iter("script") if script.get("type") == "application/ld+json")
    return Kind.FORUM if tree.xpath(_FORUM_ITEMS) or any(map(_POSTING.search, data)) else Kind.ARTICLE


def _has_answers(page: PageNames) -> bool:
    """Whether a page calls its parts a question and its answers."""
    return "question" in page and "answer" in page and page.count(POST_CLASSES) > 1
