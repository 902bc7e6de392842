"""Keeps hosts of tiles from holding up the service by answers that are many small parts."""

from __future__ import annotations

import ssl
import time
from typing import Any

import httpcore

from .errors import ProblemError

FIRST_READ = 2048
LAST_READ = 65_536
TURN_SECONDS = 0.005
"""Time in which what was read is to be parsed; nothing else of the service runs meanwhile."""

ROOM = 32_768
"""Bytes of an answer that may be none of a picture: heads, and marks of chunks."""


class BoundedStream(httpcore.AsyncNetworkStream):
    """A connection that reads less at a time where parsing is slow, and no more than there is room for."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        """Wrap a connection."""
        self._inner = inner
        self._begin()

    def _begin(self) -> None:
        self._room, self._size, self._read_at = ROOM, FIRST_READ // 2, time.monotonic()

    def taken(self, size: int) -> None:
        """Make room for bytes that were part of a picture, and for some marks between them."""
        self._room += size + size // 16

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read; the parser has taken by now what was read before."""
        if self._room <= 0:
            raise ProblemError("tile_too_large", f"over {ROOM} bytes are no part of it")
        is_slow = time.monotonic() - self._read_at > TURN_SECONDS
        self._size = max(self._size // 2, 512) if is_slow else min(self._size * 2, LAST_READ)
        data = await self._inner.read(min(max_bytes, self._size), timeout)
        self._room -= len(data)
        self._read_at = time.monotonic()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send a part of a request, whose answer has room of its own."""
        self._begin()
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Go on in TLS."""
        try:
            stream = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:
            # httpcore leaves it open where time is over for the tile.
            await self.aclose()
            raise
        return BoundedStream(stream)

    def get_extra_info(self, info: str) -> Any:
        """Tell about the connection."""
        return self._inner.get_extra_info(info)
