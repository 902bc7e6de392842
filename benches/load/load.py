"""Short jobs while long ones are in flight, in Python: load.py SECONDS makeready PAGES...

For each number of pages in flight a line of JSON, as rust.rs gives it.
"""

import asyncio
import json
import math
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import makeready
from makeready import Pipeline

ROOT = Path(__file__).parents[2]
SECONDS = float(sys.argv[1])
TILES = [
    [(ROOT / f"examples/tiles/{side}-{place}.jpg").read_bytes() for place in ("00", "01", "10", "11")]
    for side in ("left", "right")
]
PHOTO = Path(os.environ["LOAD_PHOTO"]).read_bytes()
FULL = Path(os.environ["LOAD_FULL"]).read_bytes()


def pages(count: int) -> Awaitable[object]:
    """Make the print files and the previews of as many pages, each of four tiles."""
    outputs = []
    for number in range(count):
        joined = Pipeline.stitch(TILES[number % 2], across=2)
        outputs += [joined.encode("jpeg", quality=90), joined.resize(800, 600).encode("jpeg")]
    return makeready.run_all_async(outputs)


def thumb() -> Awaitable[object]:
    """Make a thumbnail of a small photograph."""
    return Pipeline.open(PHOTO).resize(160).encode("jpeg").run_async()


def large() -> Awaitable[object]:
    """Make a WebP of a large photograph."""
    return Pipeline.open(FULL).resize(900).encode("webp").run_async()


async def timed(job: Callable[[], Awaitable[object]], pause: float) -> list[float]:
    """Run a job again and again; give its times in milliseconds, sorted."""
    times = []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        start = time.monotonic()
        await job()
        times.append((time.monotonic() - start) * 1000)
        await asyncio.sleep(pause)
    return sorted(times)


def percentile(times: list[float], part: float) -> float:
    """Give the time below which a part of sorted times lies."""
    return times[min(max(math.ceil(len(times) * part), 1), len(times)) - 1]


async def measure(in_flight: int) -> dict[str, float]:
    """Measure with so many pages in flight."""
    done = 0

    async def loop(count: int) -> None:
        nonlocal done
        while True:
            await pages(count)
            done += 1

    async def beside(count: int, job: Callable[[], Awaitable[object]], pause: float) -> list[float]:
        loops = [asyncio.create_task(loop(count)) for _ in range(in_flight)]
        await asyncio.sleep(0.5)
        nonlocal rate
        before, start = done, time.monotonic()
        times = await timed(job, pause)
        rate = (done - before) / (time.monotonic() - start)
        for task in loops:
            task.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        return times

    rate = 0.0
    thumbs = await beside(1, thumb, 0.01)
    pages_a_second = rate
    larges = await beside(2, large, 0)
    return {
        "pages": in_flight,
        "thumb_p50": percentile(thumbs, 0.5),
        "thumb_p99": percentile(thumbs, 0.99),
        "large_p50": percentile(larges, 0.5),
        "large_p95": percentile(larges, 0.95),
        "pages_a_second": pages_a_second,
    }


async def main() -> None:
    """Measure each number of pages in flight."""
    await thumb()
    await large()
    for in_flight in map(int, sys.argv[3:]):
        print(json.dumps(await measure(in_flight)), flush=True)


asyncio.run(main())
