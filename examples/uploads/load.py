"""Measures the site with Makeready and with Pillow: python -m uploads.load, from examples.

Everything runs on this machine: store, nginx, renderers and clients. A client asks for one picture after
another, and follows the redirect to the renderer where there is one.
"""

from __future__ import annotations

import asyncio
import os
import platform
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from itertools import cycle
from pathlib import Path

import httpx

from .servers import MAKEREADY
from .site import Site, site

RENDERERS = {"Makeready": MAKEREADY, "Pillow": "uploads.peers.pillow:Pillow"}
TILES = sorted((Path(__file__).parents[1] / "tiles").glob("*.jpg"))
QUERIES = ("w=640&f=webp", "w=1280&f=jpeg")
DOCUMENTS = 400
CLIENTS = 8
SECONDS = 8.0


class Load:
    """Clients of one site, each of whose documents is there once."""

    def __init__(self, running: Site) -> None:
        """Put the documents into the store."""
        self._site = running
        tiles = [tile.read_bytes() for tile in TILES]
        self._documents = [
            running.upload(f"{number}.jpg", tiles[number % len(tiles)])
            for number in range(DOCUMENTS)
        ]

    async def misses(self, query: str) -> list[str]:
        """Ask for pictures that were never made."""
        return await self._measure([self._site.path(name, query) for name in self._documents])

    async def hits(self, query: str) -> list[str]:
        """Ask for pictures that are in the store."""
        paths = [self._site.path(name, query) for name in self._documents[:CLIENTS]]
        return await self._measure(cycle(paths))

    async def _measure(self, paths: Sequence[str] | Iterator[str]) -> list[str]:
        times: list[float] = []
        start, left = time.monotonic(), iter(paths)
        async with httpx.AsyncClient(
            base_url=self._site.url, follow_redirects=True, timeout=60, trust_env=False
        ) as http:
            clients = [_client(http, left, times, start + SECONDS) for _ in range(CLIENTS)]
            await asyncio.gather(*clients)
        seconds, ordered = time.monotonic() - start, sorted(times)
        parts = (f"{1000 * ordered[int(part * len(ordered))]:.0f}" for part in (0.5, 0.95))
        return [f"{len(times) / seconds:.1f}", *parts]


async def _client(
    http: httpx.AsyncClient, paths: Iterator[str], times: list[float], end: float
) -> None:
    while time.monotonic() < end and (path := next(paths, None)):
        start = time.monotonic()
        (await http.get(path)).raise_for_status()
        times.append(time.monotonic() - start)


def main() -> None:
    """Run both sites, whose turns alternate so that other work here meets both, and print the table."""
    with ExitStack() as stack:
        loads = {}
        for name, renderer in RENDERERS.items():
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            loads[name] = Load(stack.enter_context(site(folder, name=renderer)))
        print(f"{date.today()}, {os.cpu_count()} cores ({platform.machine()}), {CLIENTS} clients\n")
        print(
            "| pictures | renderer | renditions/s | p50, ms | p95, ms |",
            "|---|---|---|---|---|",
            sep="\n",
        )
        for query in QUERIES:
            for name, load in loads.items():
                row = asyncio.run(load.misses(query))
                print(f"| misses, `{query}` | {name} | {' | '.join(row)} |", flush=True)
            row = asyncio.run(loads["Makeready"].hits(query))
            print(f"| hits, `{query}` | none | {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
