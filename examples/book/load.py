"""Measures the service with Makeready, Pillow and sharp: python -m book.load, from examples.

Everything runs on this machine: tiles, store, service and clients. A client asks for one book after another,
each a book that was not made before, and obeys Retry-After; one more client asks for the fast page meanwhile.
PEER_MODULES is a folder with sharp in its node_modules; without it sharp is left out.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

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
SECONDS = 7.0
BUSY_SECONDS = 0.05
"""An answer that the service is busy is as good as a book where it comes within this time."""
TILES_LATENCY_MS = "50"


@dataclass
class Figures:
    """Seconds of answers, by what they were."""

    books: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    failed: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    seconds: float = 0

    def row(self) -> list[str]:
        """Give the columns of the table."""
        answers = len(self.books) + len(self.busy) + len(self.failed)
        good = len(self.books) + sum(seconds <= BUSY_SECONDS for seconds in self.busy)
        return [
            f"{len(self.books) / self.seconds:.2f}",
            f"{100 * good / answers:.0f} %",
            milliseconds(self.books, 0.5),
            milliseconds(self.books, 0.95),
            milliseconds(self.pages, 0.95),
        ]


def milliseconds(times: list[float], part: float) -> str:
    """Give the time below which a part of all lies."""
    ordered = sorted(times)
    return (
        f"{1000 * ordered[min(int(part * len(ordered)), len(ordered) - 1)]:.0f}" if ordered else "-"
    )


class Load:
    """Clients of one service."""

    def __init__(self, http: httpx.AsyncClient, tiles_url: str, numbers: Iterator[int]) -> None:
        """Ask at the addresses of a service and of tiles; each book has a number of its own."""
        self._http, self._tiles_url, self._numbers = http, tiles_url, numbers

    async def measure(self, clients: int, outputs: list[str]) -> Figures:
        """Ask with as many clients, all of which finish what they began."""
        figures, start = Figures(), time.monotonic()
        end = start + SECONDS
        books = [self._books(figures, outputs, end) for _ in range(clients)]
        await asyncio.gather(self._pages(figures, end), *books)
        figures.seconds = time.monotonic() - start
        return figures

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
        while time.monotonic() < end:
            start = time.monotonic()
            (await self._http.get("/page")).raise_for_status()
            figures.pages.append(time.monotonic() - start)
            await asyncio.sleep(0.02)


async def measure(service_url: str, tiles_url: str, numbers: Iterator[int]) -> dict[str, list[str]]:
    """Give the rows of a service, by work and clients; the first book is not counted."""
    limits = httpx.Limits(max_connections=None)
    rows = {}
    async with httpx.AsyncClient(base_url=service_url, timeout=60, limits=limits) as http:
        load = Load(http, tiles_url, numbers)
        (await http.post("/books", json=definition(tiles_url))).raise_for_status()
        (await http.get("/page")).raise_for_status()
        for work, outputs in WORK.items():
            for clients in CLIENTS:
                rows[f"{work} | {clients}"] = (await load.measure(clients, outputs)).row()
    return rows


def main() -> None:
    """Measure all services beside the same tiles and store, and print a table."""
    names = [name for name in SERVICES if name != "sharp" or "PEER_MODULES" in os.environ]
    rows, numbers = {}, count()
    latency = {"TILES_LATENCY_MS": TILES_LATENCY_MS}
    with serve(store()) as results, serve(uvicorn("book.tiles:create"), latency) as tiles:
        make_bucket(results.url)
        for name in names:
            print(name, file=sys.stderr)
            with serve(uvicorn(SERVICES[name]), service_settings(results.url)) as service:
                rows[name] = asyncio.run(measure(service.url, tiles.url, numbers))
    print("| work | clients | | books/s | available | p50, ms | p95, ms | fast page p95, ms |")
    print("|---|---|---|---|---|---|---|---|")
    for case in rows[names[0]]:
        for name in names:
            print(f"| {case} | {name} | {' | '.join(rows[name][case])} |")


if __name__ == "__main__":
    main()
