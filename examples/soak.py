"""Keeps a service at 70 % of what it can do for minutes: python -m soak book|uploads [SECONDS], from examples.

The load that it can do is that of 4 clients, one request after another, for 10 s. Then requests come at an even
rate, whatever the answers take. Prints for each fifth of the time the latency, and the memory and the open
descriptors of the service at its end; fails where one of them grows, or a request fails.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import book.__main__
import book.servers
import httpx
import uploads.site

PEAK_SECONDS = 10.0
CLIENTS = 4
SHARE = 0.7
PARTS = 5
#: Growth from the second fifth to the last, beyond which it counts: the first is for caches to fill.
MOST_MEMORY, MOST_DESCRIPTORS, MOST_LATENCY = 1.1, 8, 1.5

Ask = Callable[[httpx.AsyncClient], Awaitable[None]]


@dataclass
class Service:
    """A running service: its address, its processes, and a request that is another each time."""

    url: str
    processes: Sequence[int]
    ask: Ask

    def memory(self) -> float:
        """Give the resident MiB of all processes."""
        pages = [Path(f"/proc/{one}/statm").read_text().split()[1] for one in self.processes]
        return sum(map(int, pages)) * resource.getpagesize() / (1 << 20)

    def descriptors(self) -> int:
        """Count the open files and sockets of all processes."""
        return sum(len(list(Path(f"/proc/{one}/fd").iterdir())) for one in self.processes)


@dataclass
class Part:
    """A fifth of the time."""

    times: list[float] = field(default_factory=list)
    memory: float = 0
    descriptors: int = 0

    def latency(self, part: float) -> float:
        """Give the milliseconds below which a part of all requests lies."""
        ordered = sorted(self.times)
        return 1000 * ordered[int(part * len(ordered))]


async def unless_busy(request: Callable[[], Awaitable[httpx.Response]]) -> None:
    """Ask until there is room: at an even rate some come together, and what is refused then is tried again."""
    answer = await request()
    while answer.status_code == 503:
        await asyncio.sleep(float(answer.headers["Retry-After"]))
        answer = await request()
    answer.raise_for_status()


@contextmanager
def book_service() -> Iterator[Service]:
    """Run the book service, a store and a host of tiles."""
    servers, numbers = book.servers, count()
    with (
        servers.serve(servers.store()) as store,
        servers.serve(servers.uvicorn("book.tiles:create"), {"TILES_LATENCY_MS": "50"}) as tiles,
    ):
        servers.make_bucket(store.url)
        settings = servers.service_settings(store.url)
        with servers.serve(servers.uvicorn("book.app:create"), settings) as service:

            async def ask(http: httpx.AsyncClient) -> None:
                definition = book.__main__.definition(tiles.url, query=f"?v={next(numbers)}")
                await unless_busy(lambda: http.post("/books", json=definition))

            yield Service(service.url, [service.process.pid], ask)


@contextmanager
def uploads_service() -> Iterator[Service]:
    """Run the uploads site; each request is for a picture that was never made."""
    tile, numbers = (Path(__file__).parent / "tiles" / "left-00.jpg").read_bytes(), count()
    with tempfile.TemporaryDirectory() as folder, uploads.site.site(Path(folder)) as site:

        async def ask(http: httpx.AsyncClient) -> None:
            name = f"{next(numbers)}.jpg"
            await asyncio.to_thread(site.upload, name, tile)
            await unless_busy(lambda: http.get(site.path(name), follow_redirects=True))

        yield Service(site.url, [one.pid for one in site.renderers], ask)


SERVICES = {"book": book_service, "uploads": uploads_service}


async def peak(service: Service, http: httpx.AsyncClient) -> float:
    """Give the requests a second of a few clients."""
    done, start = 0, time.monotonic()

    async def client() -> None:
        nonlocal done
        while time.monotonic() < start + PEAK_SECONDS:
            await service.ask(http)
            done += 1

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return done / (time.monotonic() - start)


async def soak(service: Service, seconds: float) -> list[Part]:
    """Ask at an even rate; give what each part of the time was like."""
    parts = [Part() for _ in range(PARTS)]
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=service.url, timeout=60, limits=limits, trust_env=False
    ) as http:
        rate = SHARE * await peak(service, http)
        print(f"{rate:.1f} requests/s, {SHARE:.0%} of what it can do")

        async def ask(part: Part) -> None:
            start = time.monotonic()
            await service.ask(http)
            part.times.append(time.monotonic() - start)

        for part in parts:
            async with asyncio.TaskGroup() as group:
                begin = time.monotonic()
                for number in range(int(rate * seconds / PARTS)):
                    await asyncio.sleep(begin + number / rate - time.monotonic())
                    group.create_task(ask(part))
            part.memory, part.descriptors = service.memory(), service.descriptors()
    return parts


def main() -> None:
    """Soak one service, and judge it."""
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 300
    with SERVICES[sys.argv[1]]() as service:
        parts = asyncio.run(soak(service, seconds))
    print(
        "| requests | p50, ms | p95, ms | memory, MiB | descriptors |",
        "|---|---|---|---|---|",
        sep="\n",
    )
    for part in parts:
        latency = f"{part.latency(0.5):.0f} | {part.latency(0.95):.0f}"
        print(f"| {len(part.times)} | {latency} | {part.memory:.0f} | {part.descriptors} |")
    early, late = parts[1], parts[-1]
    grown = {
        "memory": late.memory > MOST_MEMORY * early.memory,
        "descriptors": late.descriptors > early.descriptors + MOST_DESCRIPTORS,
        "latency": late.latency(0.5) > MOST_LATENCY * early.latency(0.5),
    }
    if any(grown.values()):
        sys.exit(f"grew: {', '.join(name for name, fault in grown.items() if fault)}")


if __name__ == "__main__":
    main()
