"""Every line of "Fetching": blocked or bounded, against real servers on this machine.

This machine is reached only because a test opens it, as an administrator opens a network of the house.
"""

import time
from collections.abc import Iterator

import pytest
from pytest_socket import SocketConnectBlockedError

from tests.site import STORY, THIS_MACHINE, Answer, Site, serve
from workers.errors import BlockedAddressError, FetchError, FetchFailedError, FetchRefusedError, StatusError
from workers.fetching import USER_AGENT, Fetcher, origin_of
from workers.network import may_connect, networks, resolve


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as running:
        running.pages["/story"] = Answer()
        yield running


def refusal(url: str, *origins: str, fetcher: Fetcher | None = None) -> FetchError:
    with pytest.raises(FetchError) as caught:
        (fetcher or Fetcher(THIS_MACHINE, total=3)).page(url, origins or (origin_of(url),))
    return caught.value


def test_a_page_comes_as_it_is(site: Site) -> None:
    page = Fetcher(THIS_MACHINE).page(f"{site.origin}/story", [site.origin])
    assert (page.content, page.media_type, page.charset) == (STORY, "text/html", "utf-8")
    path, headers = site.asked[-1]
    assert path == "/story"
    assert headers["User-Agent"] == USER_AGENT
    assert USER_AGENT.startswith("Copydesk/")


INSIDE = [
    "169.254.169.254",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "2130706433",
    "0x7f.1",
    "[::127.0.0.1]",
    "[fec0::1]",
    "[fe80::1]",
    "[fc00::1]",
    "[::1]",
    "[::]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::1]",
    "[2001:0:7f00:1::1]",
    "127.0.0.1",
    "localhost",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "192.0.0.9",
    "192.88.99.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
]


@pytest.mark.parametrize("host", INSIDE)
def test_an_inside_address_is_never_connected_to(site: Site, host: str) -> None:
    """Even when a source's own origin says so: whoever can set an origin is not thereby let into this network."""
    fault = refusal(f"http://{host}:{site.port}/story", fetcher=Fetcher(total=3))
    assert isinstance(fault, BlockedAddressError)
    assert fault.permanent
    assert site.asked == []


def test_an_address_that_does_not_answer_leaves_the_next_one(site: Site) -> None:
    fetcher = Fetcher(THIS_MACHINE, resolver=lambda *_: ["::1", "127.0.0.1"])  # the site listens at the second only
    assert fetcher.page(f"{site.origin}/story", [site.origin]).content == STORY


def test_only_the_opened_network_is_let_in() -> None:
    opened = networks(["10.20.0.0/16", "fd00::/8"])
    let_in = [
        address for address in ("10.20.3.4", "fd00::1", "10.21.0.1", "127.0.0.1", "fe80::1") if may_connect(address, opened)
    ]
    assert let_in == ["10.20.3.4", "fd00::1"]


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_addresses_are_public(address: str) -> None:
    assert may_connect(address)
    assert not may_connect("not an address")


def test_only_the_origins_of_the_source(site: Site) -> None:
    fault = refusal(f"{site.origin}/story", "https://www.northgate.example")
    assert isinstance(fault, FetchRefusedError)
    assert "is not one of the source's origins (https://www.northgate.example)" in fault.reason
    assert refusal(f"{site.origin}/story", "https://x.example", fetcher=Fetcher()).permanent
    assert site.asked == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "//127.0.0.1/", "javascript:1", ""]
)
def test_only_http(url: str) -> None:
    assert "no address of a page" in refusal(url, "https://www.northgate.example").reason


@pytest.mark.parametrize("url", ["http://a:b@127.0.0.1/", "http://127.0.0.1:99999/", "http://[::1/", "http://127.0.0.1:x/"])
def test_addresses_that_are_none(url: str) -> None:
    assert refusal(url, "http://127.0.0.1").permanent


def test_a_redirect_is_followed_within_the_origins(site: Site) -> None:
    site.pages["/old"] = Answer(b"", 301, {"Location": "/story"})
    page = Fetcher(THIS_MACHINE).page(f"{site.origin}/old", [site.origin])
    assert page.url == f"{site.origin}/story"


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data/", "http://localhost:{port}/story", "file:///etc/passwd"]
)
def test_a_redirect_out_of_them_is_not(site: Site, target: str) -> None:
    site.pages["/old"] = Answer(b"", 302, {"Location": target.format(port=site.port)})
    assert refusal(f"{site.origin}/old").permanent
    assert site.paths == ["/old"]


def test_a_redirect_inside_is_blocked_though_its_origin_is_allowed(site: Site) -> None:
    """Only the check at the connection is left: the name's origin is allowed, its address is not."""
    inside = f"http://inside.northgate.example:{site.port}"
    site.pages["/old"] = Answer(b"", 302, {"Location": f"{inside}/story"})
    fetcher = Fetcher(THIS_MACHINE, resolver=lambda host, port: ["10.0.0.7"] if "inside" in host else resolve(host, port))
    assert isinstance(refusal(f"{site.origin}/old", site.origin, inside, fetcher=fetcher), BlockedAddressError)
    assert site.paths == ["/old"]


def test_redirects_in_a_ring(site: Site) -> None:
    site.pages["/ring"] = Answer(b"", 302, {"Location": "/ring"})
    assert "redirected more than 5 times" in refusal(f"{site.origin}/ring").reason


@pytest.mark.filterwarnings("ignore:A test tried to use socket")  # the guard says so twice
def test_a_name_that_flips_is_looked_up_once_and_that_address_is_used(site: Site) -> None:
    """A name that says something public to the check and this machine to the connection finds no second look-up.

    The tests' own guard stops the connection, and so tells which address it was made to: the one that was checked.
    """
    asked: list[str] = []

    def flip(host: str, _: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) > 1 else ["93.184.216.34"]

    fetcher = Fetcher(total=2, resolver=flip)
    with pytest.raises(SocketConnectBlockedError, match=r"93\.184\.216\.34"):
        fetcher.page(f"http://flip.example:{site.port}/story", [f"http://flip.example:{site.port}"])
    assert asked == ["flip.example"]
    assert isinstance(refusal(f"http://flip.example:{site.port}/story", fetcher=fetcher), BlockedAddressError)
    assert site.asked == []


def test_one_inside_address_among_public_ones_is_enough(site: Site) -> None:
    fetcher = Fetcher(total=2, resolver=lambda *_: ["93.184.216.34", "127.0.0.1"])
    assert isinstance(refusal(f"http://two.example:{site.port}/story", fetcher=fetcher), BlockedAddressError)


@pytest.mark.parametrize("slow", [Answer(drip=1.0), Answer(drip=0.2), Answer(drip=1.0, drip_head=True)])
def test_a_byte_a_second_gains_no_time(site: Site, slow: Answer) -> None:
    site.pages["/slow"] = slow
    started = time.monotonic()
    fault = refusal(f"{site.origin}/slow", fetcher=Fetcher(THIS_MACHINE, total=2))
    assert not fault.permanent
    assert time.monotonic() - started < 4


def test_an_endless_body_is_left_at_the_limit(site: Site) -> None:
    site.pages["/endless"] = Answer(endless=True)
    fault = refusal(f"{site.origin}/endless", fetcher=Fetcher(THIS_MACHINE, max_bytes=1_000_000))
    assert fault.permanent
    assert "larger than 1,000,000 bytes" in fault.reason


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", "application/octet-stream", "video/mp4", None])
def test_what_is_no_page(site: Site, kind: str | None) -> None:
    site.pages["/file"] = Answer(headers={"Content-Type": kind} if kind else {})
    fault = refusal(f"{site.origin}/file")
    assert fault.permanent
    assert "not text/html" in fault.reason


def test_a_compressed_page_is_not_inflated(site: Site) -> None:
    site.pages["/packed"] = Answer(headers={"Content-Type": "text/html", "Content-Encoding": "gzip"})
    assert "compressed" in refusal(f"{site.origin}/packed").reason


@pytest.mark.parametrize("status", [404, 429, 500, 503, 403, 410])
def test_other_answers(site: Site, status: int) -> None:
    site.pages["/story"] = Answer(b"", status)
    fault = refusal(f"{site.origin}/story")
    assert isinstance(fault, StatusError)
    assert (fault.status, fault.permanent) == (status, status in (403, 410))


def test_nobody_listens() -> None:
    fault = refusal("http://127.0.0.1:9/story")
    assert isinstance(fault, FetchFailedError)
    assert not fault.permanent


def robots(text: str, status: int = 200) -> Answer:
    return Answer(text.encode(), status, {"Content-Type": "text/plain"})


@pytest.mark.parametrize("agent", ["*", "copydesk", "Copydesk"])
def test_robots_txt_is_honoured(site: Site, agent: str) -> None:
    site.pages["/robots.txt"] = robots(f"User-agent: {agent}\nDisallow: /story\n")
    fault = refusal(f"{site.origin}/story")
    assert fault.permanent
    assert "robots.txt" in fault.reason
    assert site.paths == []


def test_robots_txt_of_others_and_a_longer_allow(site: Site) -> None:
    site.pages["/robots.txt"] = robots("User-agent: Googlebot\nDisallow: /\n\nUser-agent: *\nDisallow: /\nAllow: /story\n")
    assert Fetcher(THIS_MACHINE).page(f"{site.origin}/story", [site.origin]).content == STORY


def test_while_robots_txt_cannot_be_had_nothing_is_read(site: Site) -> None:
    site.pages["/robots.txt"] = robots("", 503)
    assert not refusal(f"{site.origin}/story").permanent
    assert site.paths == []


def test_robots_txt_is_asked_once_an_hour(site: Site) -> None:
    fetcher = Fetcher(THIS_MACHINE)
    for _ in range(3):
        fetcher.page(f"{site.origin}/story", [site.origin])
    assert [path for path, _ in site.asked].count("/robots.txt") == 1


def test_letters_beyond_ascii(site: Site) -> None:
    site.pages["/r%C3%A9sum%C3%A9?q=%C3%BC"] = Answer()
    assert Fetcher(THIS_MACHINE).page(f"{site.origin}/résumé?q=ü#top", [site.origin]).content == STORY
