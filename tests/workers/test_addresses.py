"""No way inside: every form of an inside address, and a name that changes its mind."""

import ipaddress
import socket

import httpcore2
import pytest

from workers.addresses import CheckedBackend, InsideAddressError, UnknownHostError, is_inside, resolve

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.8",
        "192.88.99.1",
        "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "fc00::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
        "2001:db8::1",
    ],
)  # fmt: skip
def test_inside(address: str) -> None:
    assert is_inside(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8"])
def test_outside(address: str) -> None:
    assert not is_inside(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "017700000001", "localhost", "::1", "127.1"])
def test_a_host_by_any_other_name(host: str) -> None:
    with pytest.raises(InsideAddressError):
        resolve(host, 80)


@pytest.mark.parametrize("host", ["", "a" * 300, "no host", "xn--\udcff", "-.invalid"])
def test_a_host_that_is_none(host: str) -> None:
    with pytest.raises((UnknownHostError, InsideAddressError)):
        resolve(host, 80)


def test_an_opened_network() -> None:
    assert resolve("127.0.0.1", 80, LOOPBACK) == ["127.0.0.1"]
    with pytest.raises(InsideAddressError):
        resolve("10.0.0.1", 80, LOOPBACK)


def test_what_was_checked_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that says an outside address first and the loopback afterwards: the second answer is never asked for."""
    answers = iter(["93.184.216.34", "127.0.0.1"])
    asked: list[str] = []

    class Recorder(httpcore2.SyncBackend):
        def connect_tcp(self, host, *_, **__):
            asked.append(host)
            raise httpcore2.ConnectError("nobody there")

    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 80))]
    )
    pool = httpcore2.ConnectionPool(network_backend=CheckedBackend(inner=Recorder()))
    with pytest.raises(httpcore2.ConnectError):
        pool.request("GET", "http://flips.example/")
    assert asked == ["93.184.216.34"]
    with pytest.raises(InsideAddressError):
        pool.request("GET", "http://flips.example/")


def test_one_inside_address_among_several_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
    with pytest.raises(InsideAddressError):
        resolve("two.example", 80)
