"""Connecting to public addresses only: a name is looked up once, every answer is checked, and that address is connected to.

Inside networks are connected to only where the administrator opened them (``COPYDESK_INSIDE_ALLOWED``).
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpcore2
from httpcore2 import NetworkBackend, NetworkStream, SyncBackend

from workers.errors import BlockedAddressError, FetchFailedError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], list[str]]
PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")  # all that is given out; mapped, compatible, site-local and the like lie outside
NOT_PUBLIC_V4 = tuple(  # what Python's is_global lets through, or lets through in older versions
    ipaddress.IPv4Network(text) for text in ("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24")
)
TUNNELS_V6 = (ipaddress.IPv6Network("2002::/16"), ipaddress.IPv6Network("2001::/32"))  # 6to4 and Teredo hold an IPv4 address


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system knows them. Raises FetchFailedError when it has none now."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchFailedError(f"The host {host} has no address: {error}.") from error
    return [str(item[4][0]) for item in found]


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks from how they are written: ``10.20.0.0/16``."""
    return tuple(map(ipaddress.ip_network, texts))


def may_connect(address: str, opened: Sequence[Network] = ()) -> bool:
    """Whether an address is one on the public internet, or inside a network that was opened."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if any(parsed in network for network in opened if network.version == parsed.version):
        return True
    if isinstance(parsed, ipaddress.IPv6Address):
        return parsed in PUBLIC_V6 and parsed.is_global and not any(parsed in network for network in TUNNELS_V6)
    return parsed.is_global and not parsed.is_multicast and not any(parsed in network for network in NOT_PUBLIC_V4)


@dataclass(frozen=True)
class Deadline:
    """When everything about one exchange must be over."""

    at: float  # of time.monotonic()

    def left(self) -> float:
        """Seconds left. Raises FetchFailedError when there are none."""
        seconds = self.at - time.monotonic()
        if seconds <= 0:
            raise FetchFailedError("It took longer than it may.")
        return seconds


class CheckedNetwork(NetworkBackend):
    """The network as one exchange may use it. Names and numbers of hosts alike are checked here, at the connection."""

    def __init__(self, deadline: Deadline, opened: Sequence[Network], resolver: Resolve = resolve) -> None:
        self._deadline, self._opened, self._resolve = deadline, opened, resolver
        self._network = SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        """Connects to the first address that answers. Raises BlockedAddressError when any is neither public nor opened."""
        addresses = self._resolve(host.strip("[]"), port)
        for address in addresses:
            if not may_connect(address, self._opened):
                said = f"{host} is at {address}, which is no public address; COPYDESK_INSIDE_ALLOWED opens inside networks."
                raise BlockedAddressError(said)
        fault: Exception = FetchFailedError(f"The host {host} has no address.")
        for address in dict.fromkeys(addresses):
            wait = min(timeout or self._deadline.left(), self._deadline.left())
            try:
                stream = self._network.connect_tcp(address, port, wait, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                fault = error
            else:
                return TimedStream(stream, self._deadline)
        raise fault

    def connect_unix_socket(self, path: str, *_: object, **__: object) -> NetworkStream:
        """Never."""
        raise BlockedAddressError(f"{path} is no address of a page.")


class TimedStream(NetworkStream):
    """A connection on which a sender of a byte a second gains no time: the deadline is for all bytes together."""

    def __init__(self, stream: NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come."""
        return self._stream.read(max_bytes, self._wait(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends it."""
        self._stream.write(buffer, self._wait(timeout))

    def close(self) -> None:
        """Ends it."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        """TLS, with the certificate checked against the name that was asked for, not the address."""
        return TimedStream(self._stream.start_tls(ssl_context, server_hostname, self._wait(timeout)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """About the socket."""
        return self._stream.get_extra_info(info)

    def _wait(self, timeout: float | None) -> float:
        left = self._deadline.left()
        return left if timeout is None else min(timeout, left)


PASSING = (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError)  # what may be better in a minute
