"""Measures the service with Makeready, Pillow and sharp: python -m book.load, from examples.

Everything runs on this machine: tiles, store, service and clients. A client asks for one book after another,
each a book that was not made before, and obeys Retry-After. Meanwhile the fast page is asked for four times a
second, however long the answers take.
PEER_MODULES is a folder with sharp in its node_modules; without it sharp is left out.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from itertools import count, product
from pathlib import Path

import httpx

from .__main__ import definition
from .servers import make_bucket, serve, service_settings, store, uvicorn

SERVICES = {
    "Makeready": "book.app:create",
    "Pillow": "book.peers.pillow:create",
    "sharp": "book.peers.sharp:create",
}
WORK = {"print + preview": ["print", "preview"], "preview": ["preview"]}
CLIENTS = (1, 2, 4, 8)
CASES = [("none", 0), *product(WORK, CLIENTS)]
ROUNDS = 2
SECONDS = 4
"""Time of a service in each round; they take turns, so that other work on this machine meets all."""
PAGE_PAUSE = 0.25
BUSY_SECONDS = 0.05
"""An answer that the service is busy is as good as a book where it comes within this time."""
TILES_LATENCY_MS = "50"
SERVERS = ["nice", "-n", "5"]
"""Clients have machines of their own elsewhere: here they have cores before tiles, store and services do."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Figures:
    """Seconds of answers, by what they were."""

    books: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    failed: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    seconds: float = 0
    others: float = 0
    """Seconds that cores were busy with other work of this machine."""

    def row(self) -> list[str]:
        """Give the columns of the table."""
        answers = len(self.books) + len(self.busy) + len(self.failed)
        good = len(self.books) + sum(seconds <= BUSY_SECONDS for seconds in self.busy)
        return [
            f"{len(self.books) / self.seconds:.2f}",
            f"{100 * good / answers:.0f} %" if answers else "-",
            milliseconds(self.books, 0.5),
            milliseconds(self.books, 0.95),
            milliseconds(self.pages, 0.95),
            f"{max(self.others, 0) / self.seconds:.1f}",
        ]


def milliseconds(times: list[float], part: float) -> str:
    """Give the time below which a part of all lies."""
    ordered = sorted(times)
    return (
        f"{1000 * ordered[min(int(part * len(ordered)), len(ordered) - 1)]:.0f}" if ordered else "-"
    )


def others_seconds() -> float:
    """Seconds of all cores, but those of this process and its children, since the machine was started."""
    user, nice, system = Path("/proc/stat").read_text().split()[1:4]
    return (int(user) + int(nice) + int(system)) / TICKS - own_seconds(os.getpid())


def own_seconds(process: int) -> float:
    """Seconds of cores that a process and its children have used."""
    folder = Path(f"/proc/{process}")
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    children = (folder / "task" / str(process) / "children").read_text().split()
    return (int(fields[11]) + int(fields[12])) / TICKS + sum(map(own_seconds, map(int, children)))


class Load:
    """Clients of one service."""

    def __init__(self, http: httpx.AsyncClient, tiles_url: str, numbers: Iterator[int]) -> None:
        """Ask at the addresses of a service and of tiles; each book has a number of its own."""
        self._http, self._tiles_url, self._numbers = http, tiles_url, numbers

    async def warm_up(self) -> None:
        """Make a book and a page that are not counted."""
        book = definition(self._tiles_url, query=f"?v={next(self._numbers)}")
        (await self._http.post("/books", json=book)).raise_for_status()
        (await self._http.get("/page")).raise_for_status()

    async def measure(self, figures: Figures, clients: int, outputs: list[str]) -> None:
        """Ask with as many clients, all of which finish what they began."""
        start, others = time.monotonic(), others_seconds()
        end = start + SECONDS
        books = [self._books(figures, outputs, end) for _ in range(clients)]
        await asyncio.gather(self._pages(figures, end), *books)
        figures.seconds += time.monotonic() - start
        figures.others += others_seconds() - others

    async def _books(self, figures: Figures, outputs: list[str], end: float) -> None:
        while time.monotonic() < end:
            body = definition(self._tiles_url, query=f"?v={next(self._numbers)}")
            start = time.monotonic()
            answer = await self._http.post("/books", json=body | {"outputs": outputs})
            seconds = time.monotonic() - start
            if answer.status_code == 200:
                figures.books.append(seconds)
            elif answer.json()["code"] == "busy":
                figures.busy.append(seconds)
                await asyncio.sleep(float(answer.headers["Retry-After"]))
            else:
                figures.failed.append(seconds)

    async def _pages(self, figures: Figures, end: float) -> None:
        async with asyncio.TaskGroup() as group:
            while time.monotonic() < end:
                group.create_task(self._page(figures))
                await asyncio.sleep(PAGE_PAUSE)

    async def _page(self, figures: Figures) -> None:
        start = time.monotonic()
        (await self._http.get("/page")).raise_for_status()
        figures.pages.append(time.monotonic() - start)


async def measure(service_urls: Mapping[str, str], tiles_url: str) -> list[str]:
    """Give the lines of the table."""
    numbers, limits, lines = count(), httpx.Limits(max_connections=None), []
    async with AsyncExitStack() as stack:
        loads = {}
        for name, url in service_urls.items():
            http = httpx.AsyncClient(base_url=url, timeout=60, limits=limits, trust_env=False)
            loads[name] = Load(await stack.enter_async_context(http), tiles_url, numbers)
            await loads[name].warm_up()
        for work, clients in CASES:
            figures = {name: Figures() for name in loads}
            for name, load in ROUNDS * list(loads.items()):
                await load.measure(figures[name], clients, WORK.get(work, []))
            for name, figure in figures.items():
                lines.append(f"| {work} | {clients} | {name} | {' | '.join(figure.row())} |")
    return lines


def main() -> None:
    """Run everything, and print the table."""
    names = [name for name in SERVICES if name != "sharp" or "PEER_MODULES" in os.environ]
    with ExitStack() as stack:
        results = stack.enter_context(serve([*SERVERS, *store()]))
        latency = {"TILES_LATENCY_MS": TILES_LATENCY_MS}
        tiles = stack.enter_context(serve([*SERVERS, *uvicorn("book.tiles:create")], latency))
        make_bucket(results.url)
        settings = service_settings(results.url)
        urls = {
            name: stack.enter_context(serve([*SERVERS, *uvicorn(SERVICES[name])], settings)).url
            for name in names
        }
        lines = asyncio.run(measure(urls, tiles.url))
    head = ["work", "clients", "renderer", "books/s", "available", "p50, ms", "p95, ms"]
    print(f"| {' | '.join(head)} | fast page p95, ms | others, cores |")
    print("|---|---|---|---|---|---|---|---|---|", *lines, sep="\n")


if __name__ == "__main__":
    main()
