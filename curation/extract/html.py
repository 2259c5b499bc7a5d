"""HTML pages: rendered wiki pages and articles by their content element, other pages by their kind."""

import re
from dataclasses import replace
from functools import partial

import lxml.html
from lxml import etree

from curation.clean.encoding import decode
from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted, Failed, require_size
from curation.extract import latexml
from curation.extract.article import article_text
from curation.extract.blocks import elements_of_class, render
from curation.extract.elements import names
from curation.extract.inline import write_inline
from curation.extract.kinds import Kind, page_kind
from curation.extract.line_numbers import drop_line_numbers
from curation.extract.manuals import manual_text
from curation.extract.opening import Opening, is_lost
from curation.extract.page_names import PageNames
from curation.extract.posts import thread_text
from curation.extract.pruning import UNSEEN, prune, prune_frame, remove, words
from curation.extract.sections import without_apparatus
from curation.extract.sizes import Sizes
from curation.extract.stubs import require_more_than_stub

MAX_BYTES = 32_000_000
"""Bytes of a page that are read, whatever a source captures."""

MAX_TAGS = 300_000
"""Tags of a page that are read: time and memory go with them rather than with bytes."""

MAX_TEXT = 10_000_000
"""Bytes of a text between two tags that libxml2 reads (XML_MAX_TEXT_LENGTH)."""

WIKI_NOISE = names(
    "navbox vertical-navbox navbar infobox portable-infobox reference mw-ref mw-editsection editsection toc toclimit-3 reflist "
    "references mw-references-wrap refbegin hatnote dablink metadata ambox mbox-small tmbox noprint catlinks printfooter mw-jump "
    "mw-jump-link thumb thumbinner gallery gallerybox sistersitebox portal mw-empty-elt geo-nondefault coordinates "
    "shortdescription mw-cite-backlink cite-accessibility-label error mwe-math-fallback-image-inline "
    "mwe-math-fallback-image-display mw-indicators siteSub contentSub contentSub2 jump-to-nav jumpto-nav navigation-not-searchable "
    "nomobile sidebar succession-box rt-commentedText toccolours mw-authority-control authority-control stub plainlinks-navbox asbox "
    "pcs-edit-section-link-container pcs-footer-container pcs-collapse-table-container mw-kartographer-map ltx_bibliography "
    "ltx_page_footer ltx_page_header ltx_page_navbar ltx_authors ltx_tag_item ltx_ERROR ltx_note_mark ltx_TOC sortkey"
)
WIKI_MARKS = ("mw-", "mediawiki", "redirectMsg", "redirectText")
"""What the classes of a page hold that may say of itself that it is no article of a wiki."""

ARTICLE_TAGS = ("d-article", "dt-article")
ARTICLE_CLASSES = ("ltx_document", "ltx_page_content", "mw-parser-output")
ARTICLE_IDS = ("mw-content-text", "bodyContent")
WIKI_IDS = names("mw-content-text firstHeading siteSub contentSub catlinks")
"""Ids by one of which a page is a wiki's, though its classes do not say so: others, too, call a part of theirs bodyContent."""


_RENDERED_FRAGMENT = names("mw-headline mw-redirect tocnumber hatnote editsection mw-editsection")
_SET_ASIDE = names("disambigbox disambig setindexbox")
_PARSOID = ("mw:pageid", "mw:pagenamespace")
_NAMESPACE_CLASS = re.compile(r"\bns-(-?\d+|special)\b")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENDS = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
"""What ends no page: browsers read on behind it, and libxml2 does not."""

_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r")
_SPACED = bytes.maketrans(b"\v\f", b"  ")
_CONTROL_REFERENCE = re.compile(
    rb"&#(?:0*(?:[0-8]|1[1245-9]|2\d|3[01]|6553[45])|x0*(?:[0-8bcef]|1[0-9a-f]|fff[ef]))(?:;|(?![0-9a-f]))", re.IGNORECASE
)


def extract_html(item: Captured) -> Extracted:
    """The main text of an HTML page as light Markdown.

    Raises Dropped for pages that are no articles and Failed for bytes that hold no page.
    """
    require_size(item.content, MAX_BYTES)
    source = decode(item.content, item.charset)
    tree = parse_html(source)
    page = PageNames(tree)
    title = item.title or _title(tree, page)
    if _is_of_wiki(page):
        require_article(tree)
    content = _content_element(tree, page, source, item.media_type)
    if content is not None:
        drop_pictures(tree)
        if latexml.MARK in page.joined:
            latexml.make_plain(content)
        write_inline(tree)
        found = _result(render(content, WIKI_NOISE), "html-element", title)
        require_more_than_stub(found.text, is_stub(tree))
        return found
    write_inline(tree)
    opening = Opening(tree, page)
    if not opening.is_titled:
        _keep_line_below_headline(tree)
    found = _result(*_web_text(tree, page, source, opening), title)
    if not is_lost(opening, found.text, title):
        return found
    if item.title:
        return replace(found, text=f"# {opening.headline}\n\n{found.text}")
    return replace(found, title=opening.headline)


def _web_text(tree: etree._Element, page: PageNames, source: str, opening: Opening) -> tuple[str, str]:
    """The text of a page that is no wiki's, by the way that suits its kind, and the name of that way."""
    kind = page_kind(tree, page, source)
    prune_frame(tree)
    sizes = prune(tree, page.joined)
    if kind is Kind.DOCUMENTATION and (text := manual_text(tree, opening)):
        return text, "html-documentation"
    if kind is Kind.FORUM and (text := thread_text(tree)):
        return text, "html-forum"
    return article_text(tree, sizes, opening, partial(_served, source, page))


def _served(source: str, page: PageNames, *, framed: bool) -> tuple[etree._Element, Sizes]:
    """A page once more as it was served, for trafilatura, with or without its frame."""
    tree = parse_html(source, lxml.html.HTMLParser)
    write_inline(tree)
    if not framed:
        prune_frame(tree)
    return tree, prune(tree, page.joined)


def parse_html(source: str, parsers: type[etree.HTMLParser] = etree.HTMLParser) -> etree._Element:
    """The tree of a page without what nobody reads; what libxml2 cut short for depth is not taken for the whole.

    The parsers of lxml.html look up a class for every element, which takes as long as parsing, but trafilatura wants them.
    """
    tags = source.count("<")
    if tags > MAX_TAGS:
        raise Dropped(Reason.TOO_LARGE, f"{tags:,} tags, read are at most {MAX_TAGS:,}", float(tags), float(MAX_TAGS))
    parser = parsers(remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        tree = etree.fromstring(_writable(_ENDS.sub("", _DECLARATION.sub("", source))), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise Failed(f"no HTML: {error}", Reason.MALFORMED) from error
    for entry in parser.error_log:
        if entry.type_name == "ERR_RESOURCE_LIMIT":
            raise _beyond(source, entry.message)
    if tree is None:
        raise Failed("no HTML: the document is empty", Reason.MALFORMED)
    etree.strip_elements(tree, *UNSEEN, with_tail=False)
    drop_line_numbers(tree)
    return tree


def _writable(source: str) -> bytes:
    """A page without the characters that lxml reads and refuses to write, wherever text is moved in its tree."""
    held = source.encode("utf-8", "replace").translate(_SPACED, _CONTROLS)
    return _CONTROL_REFERENCE.sub(b"", held).replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")


def _beyond(source: str, message: str) -> Dropped:
    """Which of libxml2's limits a page goes beyond: that of a single text, or that of depth."""
    longest = max(map(len, source.split("<")))
    if longest < MAX_TEXT:
        return Dropped(Reason.TOO_DEEP, message)
    return Dropped(Reason.TOO_LARGE, f"a text of {longest:,} characters, read are at most {MAX_TEXT:,}", float(longest), float(MAX_TEXT))


def _result(text: str, extractor: str, title: str | None) -> Extracted:
    text = without_apparatus(text).strip()
    if not text:
        raise Dropped(Reason.EMPTY, "the page has no main text")
    return Extracted(text, title, extractor)


def _keep_line_below_headline(tree: etree._Element) -> None:
    """Takes from the line below a headline the class by which a website's author would leave: here it is the text's own."""
    for heading in tree.iter("h1"):
        below = heading.getnext()
        if below is not None and below.tag == "p":
            below.attrib.pop("class", None)
        return


def _title(tree: etree._Element, page: PageNames) -> str | None:
    headings = tree.xpath("//*[@id='firstHeading']") if "firstHeading" in page.ids else ()
    for found in (iter(headings), tree.iter("title"), tree.iter("h1")):
        element = next(found, None)
        if element is not None and (text := words(element)):
            return text
    return None


def _is_of_wiki(page: PageNames) -> bool:
    """Whether a page says that it is a wiki's, so that it is asked whether it is an article there."""
    return any(mark in page.joined for mark in WIKI_MARKS) or not _SET_ASIDE.isdisjoint(page.ids) or bool(page.meta(*_PARSOID))


def require_article(tree: etree._Element) -> None:
    """Raises Dropped for wiki pages that say themselves that they are not articles."""
    namespace = _namespace(tree)
    if namespace not in (None, "0"):
        raise Dropped(Reason.OTHER_NAMESPACE, f"namespace {namespace}")
    if tree.xpath("//*[@id='disambigbox' or @id='disambig' or @id='setindexbox']"):
        raise Dropped(Reason.DISAMBIGUATION, "the page bears the box of a disambiguation page")
    if next(elements_of_class(tree, "mw-search-results"), None) is not None:
        raise Dropped(Reason.LISTING, "the page lists search results")
    if tree.xpath("//*[contains(@class, 'redirectMsg') or contains(@class, 'redirectText')]"):
        raise Dropped(Reason.REDIRECT, "the page shows where it redirects to")


def drop_pictures(tree: etree._Element) -> None:
    """Takes out pictures with their captions as Parsoid writes them, and the mobile pages made of it."""
    for picture in tree.xpath("//figure[starts-with(@typeof, 'mw:') or contains(@class, 'pcs-')]"):
        remove(picture)


def is_stub(tree: etree._Element) -> bool:
    """Whether a wiki page bears the note of a stub."""
    return any(next(elements_of_class(tree, name), None) is not None for name in ("stub", "asbox"))


def _namespace(tree: etree._Element) -> str | None:
    """The namespace of a MediaWiki page: the skin's class on the body, or Parsoid's meta element."""
    for body in tree.xpath("//body[@class]")[:1]:
        if found := _NAMESPACE_CLASS.search(body.get("class")):
            return str(found.group(1))
    for meta in tree.xpath("//meta[@property='mw:pageNamespace']")[:1]:
        return str(meta.get("content"))
    return None


def _content_element(tree: etree._Element, page: PageNames, source: str, media_type: str) -> etree._Element | None:
    for name in ARTICLE_CLASSES:
        if name in page:
            return max(elements_of_class(tree, name), key=lambda element: sum(1 for _ in element.iter()))
    for element in tree.iter(*ARTICLE_TAGS):
        return element
    for name in ARTICLE_IDS if _is_of_wiki(page) or not page.ids.isdisjoint(WIKI_IDS) else ():
        if name in page.ids:
            return tree.xpath("//*[@id=$name]", name=name)[0]
    fragment = page.has(_RENDERED_FRAGMENT) and "<body" not in source[:200_000].lower()
    if fragment or media_type == "application/xhtml+xml" or page.meta(*_PARSOID):
        return tree.find("body")
    return None
