"""HTTP to addresses that others chose: certificates and PDFs name them, so each is vetted before a connection is made.

The name is resolved once and the connection goes to the very address that was vetted, so that a second answer of the
name server changes nothing. Time and size are bounded while reading.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from paraphe.wire.errors import AddressRefused, FetchFailed

Resolve = Callable[[str, int], Sequence[str]]
CHUNK = 1 << 16
WEB_PORTS = {"http": 80, "https": 443}
RESERVED_PORTS = 1024
# Addresses that stand for another one inside them: 6to4, Teredo, NAT64.
TUNNELS = tuple(ipaddress.ip_network(one) for one in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48"))
MOVED = {301, 302, 303, 307, 308}
IDENTITY = "paraphe"


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of ``host``. Raises FetchFailed when it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchFailed(host=host, reason="no such host") from error
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def is_public(address: str) -> bool:
    """Tell whether ``address`` is one of the public network: no loopback, no private, shared, link or multicast one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in network for network in TUNNELS):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


@dataclass(frozen=True)
class Guard:
    """Fetches over HTTP within limits. ``hosts``: names that an operator gave, which may be anywhere."""

    hosts: frozenset[str] = frozenset()
    connect_seconds: float = 5.0
    total_seconds: float = 10.0
    max_bytes: int = 10_000_000
    max_redirects: int = 3
    resolve: Resolve = resolved

    def get(self, url: str, *, max_bytes: int | None = None) -> bytes:
        """Return what is at ``url``. Raises AddressRefused, FetchFailed."""
        return self._follow("GET", url, None, {}, max_bytes or self.max_bytes)

    def post(self, url: str, body: bytes, content_type: str) -> bytes:
        """Return the answer to ``body``. A redirection is not followed with it. Raises AddressRefused, FetchFailed."""
        return self._follow("POST", url, body, {"Content-Type": content_type}, self.max_bytes)

    def _follow(self, method: str, url: str, body: bytes | None, headers: dict[str, str], limit: int) -> bytes:
        deadline = time.monotonic() + self.total_seconds
        for _ in range(self.max_redirects + 1):
            parts = self._checked(url)
            answer, data = self._once(method, parts, body, headers, limit, deadline)
            target = answer.getheader("Location")
            if answer.status in MOVED and target and method == "GET":
                url = urljoin(url, target)
                continue
            if answer.status != http.client.OK:
                raise FetchFailed(host=parts.hostname, status=answer.status)
            return data
        raise FetchFailed(reason="too many redirections")

    def _checked(self, url: str) -> SplitResult:
        """Return the parts of an address that may be asked."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise AddressRefused(reason="address") from None
        if parts.scheme not in WEB_PORTS or not parts.hostname:
            raise AddressRefused(reason="scheme")
        if parts.username is not None or parts.password is not None:
            raise AddressRefused(reason="credentials")
        known = parts.hostname in self.hosts
        if port is not None and port < RESERVED_PORTS and port not in WEB_PORTS.values() and not known:
            raise AddressRefused(reason="port")
        return parts

    def _once(
        self,
        method: str,
        parts: SplitResult,
        body: bytes | None,
        headers: dict[str, str],
        limit: int,
        deadline: float,
    ) -> tuple[http.client.HTTPResponse, bytes]:
        host = parts.hostname or ""
        port = parts.port or WEB_PORTS[parts.scheme]
        connection = _Pinned(host, port, self._vetted(host, port), self.connect_seconds, tls=parts.scheme == "https")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        # Whoever drips his headers never gives the turn back: from outside, the connection ends at the deadline.
        watch = threading.Timer(max(deadline - time.monotonic(), 0.0), connection.cut)
        watch.daemon = True
        watch.start()
        try:
            connection.request(method, path, body, {"User-Agent": IDENTITY, "Connection": "close", **headers})
            with connection.getresponse() as answer:
                if answer.getheader("Content-Encoding") not in (None, "identity"):
                    raise FetchFailed(host=host, reason="encoding")
                return answer, _limited(connection, answer, limit, deadline)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise FetchFailed(host=host, reason=type(error).__name__) from error
        finally:
            watch.cancel()
            connection.close()

    def _vetted(self, host: str, port: int) -> str:
        addresses = self.resolve(host, port)
        if host not in self.hosts and not all(is_public(one) for one in addresses):
            raise AddressRefused(host=host, reason="network")
        if not addresses:
            raise FetchFailed(host=host, reason="no such host")
        return addresses[0]


class _Pinned(http.client.HTTPConnection):
    """A connection for a host to one address of it that was vetted."""

    def __init__(self, host: str, port: int, address: str, seconds: float, *, tls: bool) -> None:
        super().__init__(host, port, timeout=seconds)
        self._address = address
        self._tls = tls
        self.was_cut = False

    def cut(self) -> None:
        """End the connection at once, whatever it waits for."""
        self.was_cut = True
        with suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)

    def connect(self) -> None:
        """Open the connection."""
        raw = socket.create_connection((self._address, self.port), self.timeout)
        try:
            self.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=self.host) if self._tls else raw
        except (OSError, ValueError):
            raw.close()
            raise


def _limited(connection: _Pinned, answer: http.client.HTTPResponse, limit: int, deadline: float) -> bytes:
    """Read the answer. Raises FetchFailed when it is longer than ``limit`` or takes until ``deadline``."""
    found = bytearray()
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise FetchFailed(reason="too slow")
        if connection.sock is not None:
            connection.sock.settimeout(left)
        part = answer.read1(CHUNK)
        if not part and connection.was_cut:
            raise FetchFailed(reason="too slow")
        if not part:
            return bytes(found)
        found += part
        if len(found) > limit:
            raise FetchFailed(reason="too large", limit=limit)
