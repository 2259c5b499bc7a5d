"""What a page says of itself and where it leads."""

import pytest
from web_site import page

from curation.sources.crawl.links import Reading, read
from curation.sources.crawl.page_robots import of_header

URL = "http://a.example/b/c"


def reading(markup: str | bytes, media_type: str = "text/html", charset: str | None = None, **headers: str) -> Reading:
    content = markup.encode() if isinstance(markup, str) else markup
    return read(URL, content, media_type, charset, {name.replace("_", "-"): value for name, value in headers.items()})


def paths(found: Reading) -> list[str]:
    return [link.removeprefix("http://a.example") for link in found.links]


def test_links_are_those_of_anchors_areas_frames_and_refreshes_each_once_in_their_order() -> None:
    markup = (
        '<meta http-equiv="Refresh" content="5; URL=\'/refresh\'"><body><a href="/z">z</a><a href="d">d</a><a href="/z#again">z</a>'
        '<map><area href="/area"></map><iframe src="/frame"></iframe><img src="/image"><a>no</a><a href="">self</a>'
    )
    assert paths(reading(markup)) == ["/refresh", "/z", "/b/d", "/area", "/frame"]


def test_links_after_the_end_of_a_page_are_links_of_it() -> None:
    assert paths(reading("<html><body><a href='/a'>a</a></body></html><p><a href='/b'>b</a></html><a href='/c'>c</a>")) == [
        "/a",
        "/b",
        "/c",
    ]


def test_links_are_relative_to_the_first_base() -> None:
    assert paths(reading('<base target="x"><base href="/deep/"><base href="/other/"><a href="a">')) == ["/deep/a"]


@pytest.mark.parametrize("base", ["http://[", "mailto:x"])
def test_a_base_that_is_no_address_is_none(base: str) -> None:
    assert paths(reading(f'<base href="{base}"><a href="a">')) == ["/b/a"]


def test_a_link_in_other_letters_is_read_by_the_charset_of_the_page() -> None:
    assert paths(reading("<a href='/é'>".encode("latin-1"), charset="iso-8859-1")) == ["/%C3%A9"]
    assert paths(reading("<a href='/é'>".encode())) == ["/%C3%A9"]
    assert paths(reading("<meta charset='windows-1252'><a href='/é'>".encode("cp1252"))) == ["/%C3%A9"]
    assert paths(reading("<a href='/é'>".encode(), charset="no-such-charset")) == ["/%C3%A9"]


@pytest.mark.parametrize("media_type", ["image/png", "text/plain", "application/pdf"])
def test_what_is_no_html_has_no_links_but_its_headers_speak(media_type: str) -> None:
    found = reading(page("/a"), media_type, link='</x>; rel="canonical"', x_robots_tag="noindex")
    assert (found.links, found.canonical) == ((), "http://a.example/x")
    assert found.wishes.against_keeping == "noindex in its X-Robots-Tag header"


def test_a_link_that_a_page_asks_not_to_follow_is_set_apart() -> None:
    found = reading('<a href="/a" rel="noopener NoFollow"><a href="/b">')
    assert (paths(found), found.refused) == (["/b"], ("http://a.example/a",))


@pytest.mark.parametrize(
    "header",
    [
        '<http://a.example/x>; rel="canonical"',
        "</y>; rel=next, </x>; rel=canonical",
        '</x>; title="a, b"; rel="next canonical"',
        "<../x>;rel=canonical",
    ],
)
def test_the_canonical_address_stands_in_the_link_header(header: str) -> None:
    assert reading("<p>", link=header).canonical == "http://a.example/x"


def test_the_canonical_address_stands_in_the_head() -> None:
    assert reading(page(head='<link rel="Canonical" href="/x#part">')).canonical == "http://a.example/x"
    assert (
        reading(page(head='<link rel="canonical" href="/x">'), link='<http://a.example/x>; rel="canonical"').canonical
        == "http://a.example/x"
    )


@pytest.mark.parametrize(
    "markup",
    [
        page(text='<link rel="canonical" href="/x">'),
        page(head='<link rel="canonical" href="/x"><link rel="canonical" href="/y">'),
        page(head='<link rel="canonical">'),
        page(head='<link rel="canonical" href="http://[">'),
        page(head='<link rel="alternate" href="/x">'),
    ],
    ids=["in the body", "two", "without an address", "broken", "of another kind"],
)
def test_what_names_no_single_canonical_address_in_the_head_names_none(markup: str) -> None:
    assert reading(markup).canonical is None


@pytest.mark.parametrize(
    ("head", "kept", "follows"),
    [
        ('<meta name="robots" content="noindex">', "noindex in its robots meta element", True),
        ('<META NAME="Robots" CONTENT="NoIndex, NoFollow">', "noindex in its robots meta element", False),
        ('<meta name="robots" content="none">', "none in its robots meta element", False),
        ('<meta name="robots" content="nofollow">', "", False),
        ('<meta name="berrypatch" content="noindex">', "noindex in its robots meta element", True),
        ('<meta name="robots" content="noai, noimageai">', "noai in its robots meta element", True),
        ('<meta name="googlebot" content="noindex">', "", True),
        ('<meta name="robots" content="index, follow, max-snippet:-1">', "", True),
        ('<meta name="robots">', "", True),
    ],
)
def test_what_a_page_asks_of_robots_is_read_from_its_meta_elements(head: str, kept: str, follows: bool) -> None:
    wishes = reading(page(head=head)).wishes
    assert (wishes.against_keeping, wishes.may_follow) == (kept, follows)


@pytest.mark.parametrize(
    ("header", "kept", "follows"),
    [
        ("noindex", False, True),
        ("NOINDEX, nofollow", False, False),
        ("otherbot: noindex, nofollow", True, True),
        ("otherbot: noindex, berrypatch: nofollow", True, False),
        ("berrypatch: noindex", False, True),
        ("unavailable_after: 25 Jun 2010 15:00:00 PST", True, True),
        ("max-snippet: 10, noindex", False, True),
        ("", True, True),
    ],
)
def test_what_a_page_asks_of_robots_is_read_from_its_header(header: str, kept: bool, follows: bool) -> None:
    wishes = of_header(header)
    assert (not wishes.against_keeping, wishes.may_follow) == (kept, follows)


def test_a_session_id_that_is_cut_out_of_links_is_told() -> None:
    found = reading(page("/a;jsessionid=1", "/b;jsessionid=2"))
    assert paths(found) == ["/a", "/b"]
    assert found.sessions == {"jsessionid": "/a;jsessionid=1"}


def test_the_gist_of_a_page_is_its_text_without_digits() -> None:
    one, other, third = (read(URL, text.encode(), "text/html", None, {}, True).gist for text in ("<p>page 1", "<p>page 22", "<p>site 1"))
    assert one == other != third
    assert reading("<p>x").gist == ""
