"""Hosts of tiles that would hold up the service, or others."""

from __future__ import annotations

import asyncio
import socket
import time

import httpx
import pytest

from book.errors import ProblemError
from book.fetch import Tiles
from book.maker import together
from book.settings import Settings
from book.tiles import TILES

from .conftest import Book, plain_host

FLOODED = 4.0
"""Seconds after which even a host that floods hangs up, so that no test waits for ever."""

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
FLOODS = [
    pytest.param(CHUNKED, b"1\r\nx\r\n", id="chunks"),
    pytest.param(CHUNKED, b"1;" + 1000 * b"x" + b"\r\na\r\n", id="marks"),
    pytest.param(b"", b"HTTP/1.1 100 C\r\n\r\n", id="heads"),
]


def flood(connection: socket.socket, start: bytes, again: bytes) -> None:
    connection.sendall(start)
    end = time.monotonic() + FLOODED
    while time.monotonic() < end:
        connection.sendall(again * 10_000)


async def longest_gap(over: asyncio.Event) -> float:
    """Measure how long anything else had to wait for a turn."""
    gap, before = 0.0, time.monotonic()
    while not over.is_set():
        await asyncio.sleep(0.01)
        gap, before = max(gap, time.monotonic() - before), time.monotonic()
    return gap


@pytest.mark.parametrize(("start", "again"), FLOODS)
def test_a_host_that_floods_holds_nothing_up(start: bytes, again: bytes) -> None:
    async def one_book(url: str) -> tuple[list[bytes | BaseException], float]:
        tiles, over = Tiles(Settings(allowed_networks="127.0.0.0/8")), asyncio.Event()
        gap = asyncio.create_task(longest_gap(over))
        got = await asyncio.gather(*(tiles.get(url) for _ in range(8)), return_exceptions=True)
        over.set()
        await tiles.close()
        return got, await gap

    with plain_host(lambda connection: flood(connection, start, again)) as url:
        got, gap = asyncio.run(one_book(url))
    assert {problem.code for problem in got if isinstance(problem, ProblemError)} == {
        "tile_too_large"
    }
    assert gap < 0.5


def test_the_tile_of_a_host_that_floods_is_named(client: httpx.Client, book: Book) -> None:
    with plain_host(lambda connection: flood(connection, CHUNKED, b"1\r\nx\r\n")) as url:
        book["pages"][1]["tiles"][1][0] = url
        answer = client.post("/books", json=book).json()
    found = [answer[name] for name in ("code", "page", "tile")]
    assert found == ["tile_too_large", 2, [1, 0]]


@pytest.mark.parametrize("size", [100, 65_536])
def test_chunks_of_usual_sizes(size: int) -> None:
    tile = TILES["left-00.jpg"]
    parts = [tile[start : start + size] for start in range(0, len(tile), size)]
    body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"

    async def get(url: str) -> bytes:
        tiles = Tiles(Settings(allowed_networks="127.0.0.0/8", tile_tries=1))
        try:
            return await tiles.get(url)
        finally:
            await tiles.close()

    with plain_host(lambda connection: connection.sendall(CHUNKED + body)) as url:
        assert asyncio.run(get(url)) == tile


def problems(settings: Settings, asked: list[str]) -> list[str]:
    """Ask for tiles one after another."""

    async def ask() -> list[str]:
        tiles = Tiles(settings)
        got = [await asyncio.gather(tiles.get(url), return_exceptions=True) for url in asked]
        await tiles.close()
        return [one.code if isinstance(one, ProblemError) else "ok" for [one] in got]

    return asyncio.run(ask())


def test_a_tile_is_one_failure_of_its_host_however_often_it_was_asked_for() -> None:
    settings = Settings(allowed_networks="127.0.0.0/8", breaker_failures=2, retry_seconds=0)
    with plain_host(lambda connection: connection.sendall(b"HTTP/1.1 500 No\r\n\r\n")) as url:
        found = problems(settings, [url, url, url])
    assert found == ["tile_failed", "tile_failed", "tile_host_down"]


def test_https_that_fails_closes_no_host_of_http() -> None:
    tile = TILES["left-00.jpg"]
    settings = Settings(allowed_networks="127.0.0.0/8", breaker_failures=1, tile_seconds=0.3)
    with plain_host(
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + tile)
    ) as url:
        secure = url.replace("http", "https")
        found = problems(settings, [secure, url, secure])
    assert found == ["tile_slow", "ok", "tile_host_down"]


def test_tiles_that_are_given_up_keep_no_connection(tiles_url: str) -> None:
    settings = Settings(allowed_networks="127.0.0.0/8", connections=16, tile_seconds=1)

    async def books() -> set[str]:
        tiles, codes = Tiles(settings), set()
        for _ in range(40):
            with pytest.raises(ProblemError) as problem:
                await together(*(tiles.get(f"{tiles_url}/nothing") for _ in range(8)))
            codes.add(problem.value.code)
        await tiles.close()
        return codes

    assert asyncio.run(books()) == {"tile_missing"}
