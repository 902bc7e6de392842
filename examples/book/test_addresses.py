"""Addresses that the service is not to be sent to."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any

import httpx
import pytest

from book.addresses import Guard, GuardedTransport
from book.errors import ProblemError
from book.fetch import Tiles
from book.settings import Settings

from .conftest import Book, Service


@pytest.fixture(scope="module")
def client(service: Service) -> Any:
    """Run the service as it is outside of tests: no network is allowed but the public one."""
    with service(BOOK_ALLOWED_NETWORKS="") as (client, _):
        yield client


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://0x7f.0.0.1/",
        "http://0.0.0.0/",
        "http://10.1.2.3/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://224.0.0.1/",
        "http://[::1]/",
        "http://[::]/",
        "http://[fd00:ec2::254]/",
        "http://[fe80::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[64:ff9b::169.254.169.254]/",
        "http://[2002:7f00:1::]/",
        "http://[::127.0.0.1]/",
        "http://[::a9fe:a9fe]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://[64:ff9b:1::7f00:1]/",
        "http://[fec0::1]/",
        "http://[ff02::1]/",
        "http://[fe80::1%251]/",
        "http://\uff11\uff12\uff17.0.0.1/",
        "http://127\u30020.0.1/",
        "http://127.0.0.1\\@elsewhere.example/",
        "http://127.0.0.1#@elsewhere.example/",
        "http://localhost/",
        f"http://{64 * 'a'}.example/",
        "http://127.0.0.1:99999/",
        "http://xn--a/",
        "http://xn--/",
        "http://xn--zzzzzz--/",
        "http://xn--0.de/",
        "http://user@169.254.169.254/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/tile.jpg",
        "gopher://127.0.0.1/",
        "data:image/png;base64,AAAA",
        "//127.0.0.1/tile.jpg",
        "tile.jpg",
        "http://",
        "http://[::1/",
    ],
)
def test_a_refused_address(client: httpx.Client, book: Book, url: str) -> None:
    for page in book["pages"]:
        page["tiles"] = [[url, url], [url, url]]
    answer = client.post("/books", json=book)
    assert (answer.status_code, answer.json()["code"]) == (400, "tile_refused")
    assert answer.json()["page"] in (1, 2)


@pytest.mark.parametrize("port", [0, 65_536, 99_999])
def test_a_port_that_is_none_of_a_host_that_is_allowed(port: int) -> None:
    tiles = Tiles(Settings(allowed_networks="127.0.0.0/8"))
    with pytest.raises(ProblemError) as refused:
        asyncio.run(tiles.get(f"http://127.0.0.1:{port}/tile.jpg"))
    assert refused.value.code == "tile_refused"


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::", True),
        ("::ffff:93.184.216.34", True),
        ("10.1.2.3", True),
        ("10.2.0.1", False),
        ("::ffff:10.2.0.1", False),
        ("fd12::1", True),
        ("fd13::1", False),
        ("64:ff9b::93.184.216.34", True),
        ("64:ff9b::10.2.0.1", False),
        ("::93.184.216.34", False),
        ("5f00::1", False),
    ],
)
def test_allowed_addresses(address: str, allowed: bool) -> None:
    assert Guard("10.1.0.0/16, fd12::/16").allows(address) == allowed


def test_a_host_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProblemError) as refused:
        asyncio.run(resolve(monkeypatch, ["93.184.216.34", "192.168.0.1"]))
    assert refused.value.code == "tile_refused"


async def resolve(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> list[str]:
    answer_lookups_with(monkeypatch, addresses)
    return await Guard("").resolve("tiles.example", 80)


def answer_lookups_with(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> list[str]:
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **_: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_hosts_that_are_never_found_hold_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def getaddrinfo(host: str, port: int, **_: object) -> list[object]:
        if host == "slow.example":
            over.wait(20)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port))]

    async def other() -> list[str]:
        guard = Guard("", 64)
        # More than the loop has threads.
        slow = [asyncio.create_task(guard.resolve("slow.example", 80)) for _ in range(40)]
        found = await asyncio.wait_for(guard.resolve("tiles.example", 80), 5)
        over.set()
        await asyncio.gather(*slow)
        return found

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert asyncio.run(other()) == ["93.184.216.34"]


def test_the_address_that_was_judged_is_connected_to(
    monkeypatch: pytest.MonkeyPatch, tiles_url: str
) -> None:
    """A second look-up, which could have another answer, is never made."""
    port = httpx.URL(tiles_url).port

    async def fetch() -> tuple[bytes, list[str]]:
        asked = answer_lookups_with(monkeypatch, ["127.0.0.1"])
        tiles = Tiles(Settings(allowed_networks="127.0.0.1/32"))
        tile = await tiles.get(f"http://tiles.example:{port}/left-00.jpg")
        await tiles.close()
        return tile, asked

    tile, asked = asyncio.run(fetch())
    assert tile[:2] == b"\xff\xd8"
    assert asked == ["tiles.example"]


def test_the_second_address_is_tried_where_the_first_is_dead(
    monkeypatch: pytest.MonkeyPatch, tiles_url: str
) -> None:
    port = httpx.URL(tiles_url).port

    async def status() -> int:
        # Nobody listens at the second address of loopback.
        answer_lookups_with(monkeypatch, ["127.0.0.2", "127.0.0.1"])
        transport = GuardedTransport(Guard("127.0.0.0/8"), 1)
        url = f"http://tiles.example:{port}/left-00.jpg"
        async with (
            httpx.AsyncClient(transport=transport) as client,
            client.stream("GET", url) as response,
        ):
            return response.status_code

    assert asyncio.run(status()) == 200
