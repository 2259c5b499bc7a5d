"""What the fetcher does not take: bombs, endless and broken bodies, drips, private addresses, doubtful certificates."""

import socket
import threading
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from certificates import Authority
from fetching import fetcher
from http2_site import open_http2_site
from loopback_site import CODINGS, Answer, LoopbackSite, bomb, coded, moved, open_site
from tunnel import open_tunnel

from curation.sources.fetch import meter, transport
from curation.sources.fetch.addresses import is_public
from curation.sources.fetch.decoding import Body, TooLarge
from curation.sources.fetch.fetcher import FetchError

TEXT = b"There are berries in every text, and some texts are longer than others. " * 5000


@pytest.mark.parametrize("coding", CODINGS)
def test_a_content_coding_is_undone(tmp_path: Path, web: LoopbackSite, coding: str) -> None:
    web.answers["/a"] = coded(coding, TEXT)
    with fetcher(tmp_path) as client:
        assert client.fetch(f"{web.address}/a").content == TEXT
    assert web.log[-1].headers["accept-encoding"] == "gzip, deflate, br, zstd"


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_coded_body_may_come_in_pieces(coding: str, size: int) -> None:
    packed = CODINGS[coding](TEXT)
    body = Body(coding.removeprefix("raw "), len(TEXT))
    for start in range(0, len(packed), size):
        body.feed(packed[start : start + size])
    assert body.finish() == TEXT


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_several_members_or_frames_are_one_body(coding: str) -> None:
    body = Body(coding, len(TEXT) * 2)
    body.feed(CODINGS[coding](TEXT) + CODINGS[coding](TEXT))
    assert body.finish() == TEXT * 2


def test_codings_one_upon_another_are_undone_from_the_last(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers["/a"] = Answer(CODINGS["br"](CODINGS["gzip"](TEXT)), headers={"Content-Encoding": "gzip, br"})
    with fetcher(tmp_path) as client:
        assert client.fetch(f"{web.address}/a").content == TEXT


@pytest.mark.parametrize("name", ["identity", "none", "utf-8", ""])
def test_what_servers_call_a_body_without_a_coding_is_taken_as_it_is(tmp_path: Path, web: LoopbackSite, name: str) -> None:
    web.answers["/a"] = Answer(b"plain", headers={"Content-Encoding": name})
    with fetcher(tmp_path) as client:
        assert client.fetch(f"{web.address}/a").content == b"plain"


@pytest.mark.parametrize("name", ["compress", "rot13", "gzip, gzip, gzip, gzip"])
def test_a_coding_that_cannot_be_undone_is_an_error(tmp_path: Path, web: LoopbackSite, name: str) -> None:
    web.answers["/a"] = Answer(b"?", headers={"Content-Encoding": name})
    with fetcher(tmp_path) as client, pytest.raises(FetchError, match="was not asked for and cannot be undone"):
        client.fetch(f"{web.address}/a")
    assert web.pages == ["/a"]


@pytest.mark.parametrize("coding", CODINGS)
def test_a_bomb_is_an_error_before_it_takes_memory(tmp_path: Path, web: LoopbackSite, coding: str) -> None:
    web.answers["/a"] = bomb(coding, 200_000_000)
    with fetcher(tmp_path, max_page_megabytes=1) as client:
        client.fetch(f"{web.address}/warm")
        tracemalloc.start()
        with pytest.raises(FetchError, match=r"larger than max_page_megabytes \(1\)"):
            client.fetch(f"{web.address}/a")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 8_000_000
    assert web.pages.count("/a") == 1


@pytest.mark.parametrize("outer", ["gzip", "br", "zstd"])
def test_a_bomb_within_a_bomb_is_an_error(outer: str) -> None:
    body = Body(f"gzip, {outer}", 1_000_000)
    with pytest.raises(TooLarge):
        body.feed(CODINGS[outer](CODINGS["gzip"](bytes(300_000_000))))
        body.finish()


@pytest.mark.parametrize("coding", CODINGS)
def test_a_coded_body_that_breaks_off_is_asked_for_again_and_then_an_error(tmp_path: Path, web: LoopbackSite, coding: str) -> None:
    whole = coded(coding, TEXT)
    broken = Answer(whole.body[:-9], headers=whole.headers)
    web.answers |= {"/once": [broken, whole], "/always": broken}
    with fetcher(tmp_path) as client:
        assert client.fetch(f"{web.address}/once").content == TEXT
        with pytest.raises(FetchError, match="its Content-Encoding is damaged") as caught:
            client.fetch(f"{web.address}/always")
    assert caught.value.transient


@pytest.mark.parametrize(
    "broken",
    [
        Answer(TEXT, breaks_after=1000),
        Answer(b"short", length=50, breaks_after=5),
        Answer(chunks=[b"one", b"two"], breaks_after=8),
        Answer(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nberry\r\n"),
        Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nberry"),
        Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Le"),
        Answer(raw=b"\x00\x01 berries \xff"),
        Answer(raw=b""),
    ],
    ids=["cut off", "too great a length", "chunks cut off", "broken chunks", "two lengths", "half a head", "no HTTP", "nothing"],
)
def test_a_response_that_is_not_whole_is_asked_for_again_and_then_an_error(tmp_path: Path, web: LoopbackSite, broken: Answer) -> None:
    web.answers |= {"/once": [broken, Answer(b"whole")], "/always": broken}
    with fetcher(tmp_path) as client:
        assert client.fetch(f"{web.address}/once").content == b"whole"
        with pytest.raises(FetchError, match="could not be had: RemoteProtocolError") as caught:
            client.fetch(f"{web.address}/always")
    assert caught.value.transient


def test_what_follows_too_small_a_length_is_not_taken_for_the_next_page(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers |= {"/a": Answer(b"whole and more", length=5), "/b": Answer(b"next")}
    with fetcher(tmp_path) as client:
        assert client.fetch(f"{web.address}/a").content == b"whole"
        assert client.fetch(f"{web.address}/b").content == b"next"


def test_a_page_of_the_largest_size_is_taken_and_one_byte_more_is_not(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers |= {"/fits": Answer(b"x" * 1000), "/large": Answer(b"x" * 1001)}
    with fetcher(tmp_path, max_page_megabytes=0.001) as client:
        assert len(client.fetch(f"{web.address}/fits").content) == 1000
        with pytest.raises(FetchError, match=r"larger than max_page_megabytes \(0.001\)"):
            client.fetch(f"{web.address}/large")
        assert len(client.fetch(f"{web.address}/large", largest=1001).content) == 1001


def test_a_host_that_drips_is_left_when_the_response_as_a_whole_took_too_long(
    tmp_path: Path, web: LoopbackSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curation.sources.fetch.client.LONGEST_RESPONSE", 0.5)
    web.answers["/a"] = Answer(b"drop by drop", drips=(1, 0.1))
    with fetcher(tmp_path, max_page_megabytes=0.001) as client, pytest.raises(FetchError, match=r"no end after 0.5\d* s"):
        client.fetch(f"{web.address}/a")
    assert web.pages == ["/a"]


def test_a_host_that_drips_is_left_when_it_is_too_slow(tmp_path: Path, web: LoopbackSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter, "PATIENCE", 0.5)
    web.answers |= {"/drips": Answer(b"x" * 500, drips=(1, 0.05)), "/thinks": Answer(b"x" * 500, thinks=1.0)}
    with fetcher(tmp_path) as client:
        assert len(client.fetch(f"{web.address}/thinks").content) == 500
        with pytest.raises(FetchError, match="slower than 500 bytes/s"):
            client.fetch(f"{web.address}/drips")


def test_a_head_that_drips_is_left_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curation.sources.fetch.client.LONGEST_RESPONSE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
                while not stop.wait(0.05):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with fetcher(tmp_path, robots=False, max_page_megabytes=0.001) as client, pytest.raises(FetchError, match="no end after"):
            client.fetch(address)
        stop.set()
        thread.join()


def test_a_host_that_says_nothing_is_left(tmp_path: Path, web: LoopbackSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(transport.TIMEOUTS, "read", 0.1)
    web.answers["/a"] = Answer(b"late", thinks=1.0)
    with fetcher(tmp_path) as client, pytest.raises(FetchError, match="could not be had: ReadTimeout"):
        client.fetch(f"{web.address}/a")


PRIVATE = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "2002:7f00:1::", "2002:a00:1::1"),
    *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2001:db8::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "100::1"),
]
PUBLIC = [
    *("1.1.1.1", "93.184.215.14", "172.15.0.1", "172.32.0.1", "100.63.255.255", "100.128.0.0", "169.253.0.1", "192.167.0.1"),
    *("2606:4700::1111", "2a00:1450:4001::1", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_of_the_public_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_public_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "2130706433", "127.1", "0x7f000001", "[::ffff:127.0.0.1]"])
def test_a_private_host_is_refused_under_whatever_name(tmp_path: Path, web: LoopbackSite, name: str) -> None:
    with fetcher(tmp_path, private_addresses=False) as client, pytest.raises(FetchError, match="`private_addresses` in the recipe"):
        client.fetch(f"http://{name}:{web.host.partition(':')[2]}/")
    assert web.log == []


def names(monkeypatch: pytest.MonkeyPatch, answers: list[str]) -> list[str]:
    """Lets every name resolve to the first of some addresses, then to the second and so on; gives the names asked for."""
    asked: list[str] = []

    def resolve(host: str, port: int, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        asked.append(host)
        address = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr("curation.sources.fetch.addresses.socket.getaddrinfo", resolve)
    return asked


def test_a_name_that_resolves_to_a_private_address_is_refused(tmp_path: Path, web: LoopbackSite, monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, ["127.0.0.1"])
    with fetcher(tmp_path, private_addresses=False) as client, pytest.raises(FetchError, match=r"w.example is at 127.0.0.1"):
        client.fetch(f"http://w.example:{web.host.partition(':')[2]}/")
    assert web.log == []


def test_a_name_is_resolved_once_so_that_its_second_answer_is_never_connected_to(
    tmp_path: Path, web: LoopbackSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[str] = []

    def refuse(place: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        connected.append(place[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    asked = names(monkeypatch, ["93.184.215.14", "127.0.0.1"])
    port = web.host.partition(":")[2]
    with fetcher(tmp_path, private_addresses=False, robots=False) as client, pytest.raises(FetchError):
        client.fetch(f"http://w.example:{port}/")
    assert asked[:2] == ["w.example", "w.example"]  # the second is that of the second try, and was refused
    assert connected == ["93.184.215.14"]


def test_a_redirect_to_a_private_address_is_refused(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers["/a"] = moved("http://169.254.169.254/latest/meta-data")
    stand_in = {"w.example": web.host}
    with fetcher(tmp_path, private_addresses=False, stand_in=stand_in) as client, pytest.raises(FetchError, match="private network"):
        client.fetch("https://w.example/a")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


def test_a_certificate_that_nobody_vouches_for_is_refused_at_once(tmp_path: Path, authority: Authority) -> None:
    with open_site(authority.server("127.0.0.1")) as web, fetcher(tmp_path, robots=False) as client:
        with pytest.raises(FetchError, match="its certificate cannot be trusted"):
            client.fetch(f"{web.address}/a")
        assert web.log == []


def test_a_certificate_for_another_name_is_refused(tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with open_site(authority.server("other.example")) as web, fetcher(tmp_path, robots=False) as client:
        with pytest.raises(FetchError, match="its certificate cannot be trusted"):
            client.fetch(f"{web.address}/a")
        assert web.log == []


def test_a_name_is_verified_by_its_certificate_although_a_checked_address_is_connected_to(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with open_site(authority.server("w.example")) as web:
        web.answers["/a"] = Answer(b"safe")
        names(monkeypatch, ["127.0.0.1"])
        with fetcher(tmp_path) as client:
            assert client.fetch(f"https://w.example:{web.host.partition(':')[2]}/a").content == b"safe"


def test_a_site_that_speaks_http2_is_asked_in_it_over_one_connection(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    pages = {f"/{number}": b"%d" % number * 1000 for number in range(20)}
    with open_http2_site(pages, authority.server("127.0.0.1", ("h2",))) as web, fetcher(tmp_path, concurrency=4) as client:
        client.fetch(f"{web.address}/0")
        found = [page for _, page in client.fetch_all(f"{web.address}{path}" for path in pages)]
    assert [page.content for page in found if not isinstance(page, FetchError)] == list(pages.values())
    assert len(web.asked) == 21  # with robots.txt
    assert len({peer for peer, _ in web.asked}) == 1


def test_a_response_in_http2_that_is_not_whole_is_an_error(tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with open_http2_site({"/a": b"berry"}, authority.server("127.0.0.1", ("h2",))) as web, fetcher(tmp_path, robots=False) as client:
        web.short = True
        with pytest.raises(FetchError, match="Expected 6 bytes, received 5") as caught:
            client.fetch(f"{web.address}/a")
    assert caught.value.transient


@pytest.mark.parametrize(("host", "trusted"), [("w.example", True), ("other.example", False)])
def test_a_certificate_is_verified_through_a_proxy_too(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch, host: str, trusted: bool
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with open_site(authority.server(host)) as web, open_tunnel(int(web.host.partition(":")[2])) as (proxy, asked):
        web.answers["/a"] = Answer(b"safe")
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with fetcher(tmp_path, robots=False) as client:
            if trusted:
                assert client.fetch("https://w.example/a").content == b"safe"
            else:
                with pytest.raises(FetchError, match="its certificate cannot be trusted"):
                    client.fetch("https://w.example/a")
    assert asked == ["CONNECT w.example:443 HTTP/1.1"]
