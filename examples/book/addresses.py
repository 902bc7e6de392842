"""Keeps the service from being sent to addresses inside its own network."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import httpcore
import httpx

from .errors import ProblemError
from .streams import BoundedStream

NAT64 = IPv6Network("64:ff9b::/96")
UNICAST = IPv6Network("2000::/3")
"""All public addresses of IPv6; what is left has old forms of IPv4 and of private networks in it."""


def check_url(url: str) -> httpx.URL:
    """Read the URL of a tile, which is a plain one of http or https."""
    try:
        parsed = httpx.URL(url)
        host = parsed.host
    except (httpx.InvalidURL, UnicodeError):
        raise ProblemError("tile_refused", "not a URL") from None
    if parsed.scheme not in ("http", "https") or not host or parsed.userinfo:
        raise ProblemError("tile_refused", "expected http://HOST/PATH or https://HOST/PATH")
    if parsed.port is not None and not 0 < parsed.port < 65_536:
        raise ProblemError("tile_refused", "expected a port from 1 to 65535")
    return parsed


def _ends(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """Give the addresses at which packets to this one may arrive, on their way through a gateway."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    inner = [address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        inner.append(IPv4Address(int(address) & 0xFFFF_FFFF))
    return [address, *filter(None, inner)]


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    is_known = isinstance(address, IPv4Address) or address in UNICAST or address in NAT64
    return is_known and address.is_global and not address.is_multicast


class Guard:
    """Knows which addresses may be connected to: public ones, and the networks of the settings."""

    def __init__(self, allowed_networks: str, lookups: int = 16) -> None:
        """Read networks with commas between them, `10.1.0.0/16,fd12::/32`; look up as many hosts at a time."""
        # A name server that never answers holds a thread for long, and the loop's own are few.
        self._threads = ThreadPoolExecutor(lookups, "lookup")
        self.allowed = [ip_network(text.strip()) for text in allowed_networks.split(",") if text]

    def allows(self, text: str) -> bool:
        """Judge an address; of one with another inside it, both."""
        address = ip_address(text)
        if any(address in network for network in self.allowed):
            return True
        return all(map(_is_public, _ends(address)))

    async def resolve(self, host: str, port: int) -> list[str]:
        """Look a host up once. One address that is refused is enough to refuse the host."""
        loop = asyncio.get_running_loop()
        look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        try:
            found = await loop.run_in_executor(self._threads, look_up)
        except OSError as error:
            raise httpcore.ConnectError("no such host") from error
        except UnicodeError:
            raise ProblemError("tile_refused", "not the name of a host") from None
        addresses = [str(entry[4][0]) for entry in found]
        if not all(map(self.allows, addresses)):
            raise ProblemError("tile_refused", "the host is inside a private network")
        return addresses


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to the very address that was judged; a name that is looked up twice may have two meanings."""

    def __init__(self, guard: Guard) -> None:
        """Keep the guard."""
        self.guard = guard
        self.inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of the host that answers."""
        addresses = await self.guard.resolve(host, port)
        connect = partial(
            self.inner.connect_tcp,
            port=port,
            timeout=timeout,
            local_address=local_address,
            socket_options=socket_options,
        )
        for address in addresses[:-1]:
            try:
                return BoundedStream(await connect(address))
            except httpcore.ConnectError:
                continue
        return BoundedStream(await connect(addresses[-1]))


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx over guarded connections; TLS still checks the certificate against the name."""

    def __init__(self, guard: Guard, connections: int) -> None:
        """Put the guarded pool in the place of httpx's own, for which httpx has no argument."""
        super().__init__()
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=5,
            network_backend=GuardedBackend(guard),
        )
