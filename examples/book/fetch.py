"""Fetches tiles, and does not trust the hosts they come from."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

import anyio
import httpx
import makeready

from .addresses import Guard, GuardedTransport, check_url
from .breaker import Breakers
from .errors import ProblemError
from .settings import Settings
from .sharing import start
from .streams import BoundedStream

WIDTH, HEIGHT = 2000, 1500
"""Pixels of every tile."""


class _PassingError(Exception):
    """A failure that may be over a moment later, and the problem that it is where it is not."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.problem = ProblemError(code, detail)


class Tiles:
    """A pool of connections to the hosts of tiles."""

    def __init__(self, settings: Settings) -> None:
        """Open the pool; no proxy of the environment, which would connect by its own judgement."""
        self._settings = settings
        self.breakers = Breakers(settings.breaker_failures, settings.breaker_seconds)
        self._client = httpx.AsyncClient(
            transport=GuardedTransport(
                Guard(settings.allowed_networks, settings.connections), settings.connections
            ),
            headers={"Accept-Encoding": "identity", "User-Agent": "book-service"},
            timeout=settings.tile_seconds,
            trust_env=False,
        )

    async def get(self, url: str) -> bytes:
        """Give the bytes of a tile; all its tries together have one time limit."""
        parsed = check_url(url)
        host = f"{parsed.scheme}://{parsed.netloc.decode()}"
        self.breakers.check(host)
        try:
            async with asyncio.timeout(self._settings.tile_seconds):
                tile = await self._tries(parsed)
        except TimeoutError:
            self.breakers.failed(host)
            raise ProblemError("tile_slow") from None
        except _PassingError as failure:
            # Once for all tries, or the tiles of one book would close the host for all others.
            self.breakers.failed(host)
            raise failure.problem from None
        self.breakers.succeeded(host)
        _check_picture(tile)
        return tile

    async def _tries(self, url: httpx.URL) -> bytes:
        for number in range(1, self._settings.tile_tries):
            with suppress(_PassingError):
                return await self._apart(url)
            await asyncio.sleep(self._pause(number))
        return await self._apart(url)

    def _pause(self, number: int) -> float:
        """Twice as long each time, and at random, so that many clients do not come back as one."""
        return random.uniform(0.5, 1) * self._settings.retry_seconds * (1 << (number - 1))

    async def _apart(self, url: httpx.URL) -> bytes:
        """Ask once, in a task that anyio tells of the end: httpcore shields its cleaning up from that alone.

        A cancellation of asyncio in the midst of it would keep a place in the pool for ever.
        """
        scope = anyio.CancelScope()
        asking = start(self._within(scope, url))
        try:
            await asyncio.wait((asking,))
        finally:
            scope.cancel()
        return asking.result()

    async def _within(self, scope: anyio.CancelScope, url: httpx.URL) -> bytes:
        with scope:
            return await self._once(url)
        raise asyncio.CancelledError

    async def _once(self, url: httpx.URL) -> bytes:
        try:
            async with self._client.stream("GET", url, follow_redirects=False) as response:
                _check_status(response.status_code)
                return await self._body(response)
        except httpx.TransportError as error:
            raise _PassingError("tile_failed", type(error).__name__) from error

    async def _body(self, response: httpx.Response) -> bytes:
        tile = bytearray()
        stream: BoundedStream = response.extensions["network_stream"]
        try:
            async for chunk in response.aiter_raw():
                tile += chunk
                stream.taken(len(chunk))
                if len(tile) > self._settings.tile_bytes:
                    raise ProblemError("tile_too_large", f"over {self._settings.tile_bytes} bytes")
        except httpx.TransportError as error:
            raise _PassingError("tile_truncated", "the connection ended early") from error
        return bytes(tile)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _check_status(status: int) -> None:
    if status >= 500 or status == 429:
        raise _PassingError("tile_failed", f"status {status}")
    if 300 <= status < 400:
        raise ProblemError("tile_redirect", f"status {status}")
    if status != 200:
        raise ProblemError("tile_missing", f"status {status}")


def _check_picture(tile: bytes) -> None:
    """Look at the header alone, before a page is rendered for nothing."""
    try:
        found = makeready.probe(tile)
    except makeready.MakereadyError as error:
        code = "tile_truncated" if error.code == "truncated" else "tile_content"
        raise ProblemError(code, str(error)) from None
    # Pages are made of tiles as they are shown: from the fifth orientation on, turned by a quarter.
    width, height = (found.width, found.height)[:: -1 if found.orientation > 4 else 1]
    if (width, height) != (WIDTH, HEIGHT):
        detail = f"expected {WIDTH}x{HEIGHT}, found {width}x{height}"
        raise ProblemError("tile_content", detail)
