"""One page has one address, however it is spelled; and two pages have two."""

import pytest

from curation.sources.crawl.url_forms import address, key, session_of

PAGE = "https://a.example/b/c"


@pytest.mark.parametrize(
    "spelling",
    [
        *(
            "https://a.example/b/c#part",
            "HTTPS://A.Example/b/c",
            "https://a.example:443/b/c",
            "  https://a.example/b/c\n",
            "c",
            "./c",
            "/b/c",
        ),
        *("../b/c", "//a.example/b/c", "/b/./c", "/x/../b/c", "/b/%63", "https://a.example/b/%2e/c", "c?", "c?utm_source=x&utm_medium=y"),
        *(
            "c?fbclid=abc",
            "c?gclid=1&msclkid=2",
            "\\b\\c",
            "c;jsessionid=0A1B2C",
            "c?PHPSESSID=abc",
            "c?sid=0123456789abcdef0123",
            "/b/\tc",
        ),
        *("https://a.example:0443/b/c", "/(S(abc123))/b/c"),
    ],
)
def test_a_spelling_of_an_address_is_that_address(spelling: str) -> None:
    assert address(spelling, "https://a.example/b/x") == PAGE


@pytest.mark.parametrize(
    "other",
    [
        *("http://a.example/b/c", "https://www.a.example/b/c", "https://a.example:8443/b/c", "/b/C", "/b/c/", "/b/c/index.html", "/b//c"),
        *("/b/c?x=1", "/b/c?id=gclid", "/b/c?sid=5", "/b/c?gid=7", "/b%2Fc", "/b/c?s=word", "/b/c?section=2"),
    ],
)
def test_what_may_be_another_page_is_another_address(other: str) -> None:
    assert address(other, "https://a.example/b/x") not in (None, PAGE)


@pytest.mark.parametrize(
    "href",
    [
        *("mailto:a@b.example", "javascript:void(0)", "ftp://a.example/", "tel:1", "data:text/html,x", "http://[broken", "http://a:b:c/"),
        *("http:///x", "http://", "https://name:word@a.example/", "http://a b/", "http://a.example:99999/", "x" * 200_000, "\x01:"),
        *("http://ex\u2028ample/", "http://" + "a" * 300 + "é.example/"),
    ],
)
def test_what_is_no_address_of_the_web_is_none(href: str) -> None:
    assert address(href) is None


def test_a_page_in_other_letters_has_an_address_in_ascii() -> None:
    assert address("http://BÜCHER.example/straße?q=ä b") == "http://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%A4%20b"
    assert address("http://xn--bcher-kva.example/stra%c3%9fe?q=%c3%a4%20b") == address("http://bücher.example/straße?q=ä b")


def test_an_address_of_version_six_keeps_its_brackets() -> None:
    assert address("http://[2001:DB8::1]:80/a") == "http://[2001:db8::1]/a"


@pytest.mark.parametrize("href", ["/a/b;c=1?x=[1]&y=a|b", "/%zz", "/a%2520b", "/?a=1&b=2", "/~x/(y)!$'*,"])
def test_an_address_is_its_own_address(href: str) -> None:
    once = address(href, "http://a.example/")
    assert once is not None
    assert address(once) == once


def test_the_order_of_parameters_tells_no_pages_apart_but_the_one_found_is_asked_for() -> None:
    one, other = (address(f"http://a.example/x?{query}") or "" for query in ("b=2&a=1", "a=1&utm_source=z&b=2"))
    assert (one, other) == ("http://a.example/x?b=2&a=1", "http://a.example/x?a=1&b=2")
    assert key(one) == key(other)


def test_the_order_of_two_values_of_one_parameter_tells_pages_apart() -> None:
    assert key("http://a.example/x?a=2&a=1") != key("http://a.example/x?a=1&a=2")


@pytest.mark.parametrize(
    ("href", "name"),
    [
        ("/a;jsessionid=1F", "jsessionid"),
        ("/a?PHPSESSID=x", "PHPSESSID"),
        ("/a?x=1&sid=0123456789abcdef", "sid"),
        ("/(S(q1))/a", "session in the path"),
        ("/a?sid=5", ""),
        ("/sessions", ""),
        ("http://[", ""),
    ],
)
def test_a_session_id_is_named(href: str, name: str) -> None:
    assert session_of(href, "http://a.example/") == name


def test_a_link_means_what_its_base_makes_of_it() -> None:
    assert address("x", "http://a.example/b/c") == "http://a.example/b/x"
    assert address("x", "http://a.example/b/d/") == "http://a.example/b/d/x"
    assert address("?q=1", "http://a.example/b/c?p=2") == "http://a.example/b/c?q=1"
    assert address("x", "http://a.example") == "http://a.example/x"
    assert address("x", "http://a.example?p=/y/z") == "http://a.example/x"
    assert address("/x", "http://a.example/b?p=/y/z") == "http://a.example/x"
    assert address("/x", "http://a.example") == "http://a.example/x"
    assert address("../x", "http://a.example/") == "http://a.example/x"
