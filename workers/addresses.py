"""Where this installation may connect to: no inside address, checked at the moment of connecting and on that very address.

A name that means an outside address when it is checked and an inside one when it is used gets nowhere: what was checked is
what is connected to.
"""

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import httpcore2

from workers.errors import WorkersError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_INSIDE_TOO = tuple(  # what Python's is_global lets through, or lets through in older versions
    ipaddress.ip_network(text)
    for text in (
        "100.64.0.0/10",  # shared address space of carriers
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "::/96",  # IPv4-compatible: [::127.0.0.1]
        "64:ff9b::/96",  # NAT64: an IPv4 address inside
        "64:ff9b:1::/48",
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "fec0::/10",  # site-local, deprecated and still routed inside
    )
)


class InsideAddressError(WorkersError):
    """The name leads to an address that is not on the public internet."""


class UnknownHostError(WorkersError):
    """The name leads nowhere just now."""

    permanent = False


def is_inside(address: str) -> bool:
    """Whether an IP address is anything but a public one (RFC 6890 and what hides an IPv4 address in an IPv6 one)."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return not ip.is_global or ip.is_multicast or any(ip in network for network in _INSIDE_TOO if network.version == ip.version)


def resolve(host: str, port: int, allowed: Iterable[Network] = ()) -> list[str]:
    """The addresses of a host, all of them fit to connect to. Raises InsideAddressError, UnknownHostError.

    ``allowed`` are inside networks that the administrator opened.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnknownHostError(f"The host {host[:253]!r} is not known.") from error
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    opened = tuple(allowed)
    for address in addresses:
        if is_inside(address) and not _is_opened(address, opened):
            raise InsideAddressError(f"{host[:253]} is an inside address ({address}); nothing is sent there.")
    return addresses


def _is_opened(address: str, opened: Sequence[Network]) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    return any(ip in network for network in opened if network.version == ip.version)


@dataclass
class CheckedBackend(httpcore2.NetworkBackend):
    """httpcore's way to the network, with the check in between; TLS still proves the name, not the address."""

    allowed: Sequence[Network] = ()
    inner: httpcore2.NetworkBackend = field(default_factory=httpcore2.SyncBackend)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connects to the first address that answers. Raises InsideAddressError, UnknownHostError and httpcore's errors."""
        last: Exception | None = None
        for address in resolve(host, port, self.allowed):
            try:
                return self.inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                last = error
        raise last or UnknownHostError(f"The host {host[:253]!r} has no address.")

    def connect_unix_socket(self, *_: object, **__: object) -> httpcore2.NetworkStream:
        """Never."""
        raise InsideAddressError("A socket of this machine is an inside address.")

    def sleep(self, seconds: float) -> None:
        """As httpcore wants it, between its own tries."""
        self.inner.sleep(seconds)
