"""The text of a page of documentation: its content element with code, lists, tables and headings as they stand."""

from lxml import etree

from curation.extract.blocks import render
from curation.extract.elements import names
from curation.extract.opening import Opening
from curation.extract.pruning import remove, words

NOISE = names(
    "headerlink anchor doc-anchor hideme anchorjs-link hash-link header-anchor toc toctree-wrapper contents table-of-contents "
    "theme-doc-toc-mobile linenos linenodiv lineno gutter line-numbers copybutton clipboard-copy edit-this-page edit-page breadcrumb "
    "breadcrumbs wy-breadcrumbs rst-footer-buttons pagination pagination-nav prev-next-area prev-next-footer related sphinxsidebar "
    "sidebar nav-chapters nav-wrapper mobile-nav-chapters mobile-nav-buttons md-source-file md-footer md-feedback md-content__button "
    "rightside src srclink since out-of-band toggle-wrapper sub-heading rustdoc-breadcrumbs devsite-article-meta viewcode-link "
    "viewcode-back theme-doc-footer theme-doc-breadcrumbs theme-doc-version-badge footer page-metadata skip-to-content admonition-todo "
    "theme-edit-this-page highlight-copy copy-button button-group buttons dynsection dyncontent navpath header headertitle article-info "
    "VPDocFooter pydata-search navheader navfooter docnav"
)
LEAST = 100
"""Characters that a content element holds at least; a smaller one is not the page."""

_OF_CLASS = "//*[contains(concat(' ', normalize-space(@class), ' '), ' {} ')]"
MOST_TURNED = 250
"""Characters that a row of links to the pages around holds at most."""

TURNS = 20
"""Links to the pages around that are looked at: a page has few."""

_TURNING = "//a[@rel='next' or @rel='prev' or @rel='previous' or @rel='up' or @accesskey='n' or @accesskey='p' or @accesskey='u']"
_ROWS = ("p", "div", "table", "ul", "td", "tr", "tbody", "center", "li")
CONTENTS = (
    *(_OF_CLASS.format(name) for name in ("md-content__inner", "theme-doc-markdown", "vp-doc", "bd-article", "devsite-article-body")),
    "//*[@id='furo-main-content']",
    _OF_CLASS.format("rst-content") + "//*[@itemprop='articleBody']",
    _OF_CLASS.format("documentwrapper") + "//*[@role='main']",
    _OF_CLASS.format("documentwrapper") + _OF_CLASS.format("body"),
    "//*[@id='page-wrapper' or @id='mdbook-page-wrapper']//main",
    "//section[@id='main-content']",
    "//*[@id='doc-content']" + _OF_CLASS.format("contents"),
    "//*[@role='main']",
    "//main",
    "//article",
    "//*[@id='content']",
    "//*[@id='main']",
    "//body",
)
"""Where generators of documentation put the page itself, the most telling first."""


def manual_text(tree: etree._Element, opening: Opening) -> str:
    """The content of a page of documentation as light Markdown, without the heading that is its title."""
    _drop_turning(tree)
    for path in CONTENTS:
        for element in tree.xpath(path)[:1]:
            if len(words(element)) >= LEAST:
                heading = next(element.iter("h1"), None)
                if heading is not None and opening.repeats_title(words(heading).strip("#¶§ ")):
                    remove(heading)
                return render(element, NOISE)
    return ""


def _drop_turning(tree: etree._Element) -> None:
    """Takes out, in place, the rows of links that lead to the next page, the one before and the one above."""
    for link in tree.xpath(_TURNING)[:TURNS]:
        row = None
        for around in link.iterancestors():
            if around.tag not in _ROWS or len(words(around)) > MOST_TURNED:
                break
            row = around
        if row is not None:
            remove(row)
