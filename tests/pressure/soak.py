"""Mixed jobs for PRESSURE_SECONDS; prints ``JOBS RESIDENT`` now and then, for src/soak.rs."""

import asyncio
import ctypes
import gc
import os
import random
import time
from pathlib import Path

import makeready
from makeready import Pipeline

IMAGES = Path(__file__).parents[1] / "images"
GOOD = [(IMAGES / name).read_bytes() for name in ("photo.jpg", "rgba.png", "photo.webp")]
BAD = [
    (IMAGES / "bad" / name).read_bytes()
    for name in ("text.jpg", "truncated.jpg", "crc.png", "truncated.webp")
]
PIXELS = makeready.Image(300, 200, 3, random.Random(1).randbytes(300 * 200 * 3))
SLOW = Pipeline.open(PIXELS).encode("webp", lossless=True, effort=6)


def cancelled_token() -> makeready.CancelToken:
    """Give a token that has been cancelled."""
    token = makeready.CancelToken()
    token.cancel()
    return token


async def cancelled() -> None:
    """Cancel the task of a job that runs."""
    task = asyncio.create_task(SLOW.run_async())
    await asyncio.sleep(0.001)
    task.cancel()
    await task


async def several(source: bytes) -> None:
    """Run jobs side by side, one of which fails."""
    jobs = [Pipeline.open(each).resize(30) for each in (source, source, BAD[0])]
    results = await asyncio.gather(*(job.run_async() for job in jobs), return_exceptions=True)
    assert isinstance(results[2], makeready.UnsupportedError), results
    assert len(results[0].data) == len(results[1].data)
    raise results[2]


def run(number: int, loop: asyncio.AbstractEventLoop) -> str:
    """Run the job of that number; give the code of its end, which its kind must have."""
    source = GOOD[number // 10 % len(GOOD)]
    match number % 10:
        case 0:
            Pipeline.open(BAD[number // 10 % len(BAD)]).resize(30).run()
        case 1:
            Pipeline.open(source).cancel(cancelled_token()).run()
        case 2:
            SLOW.deadline(0.002).run()
        case 3:
            makeready.run_all(
                [Pipeline.open(source).encode("png"), Pipeline.open(source).resize(9)]
            )
        case 4:
            bytes(Pipeline.open(bytearray(source)).resize(40).pixels())
        case 5:
            Pipeline.open(IMAGES / "photo.jpg").resize(99).threads(2).run()
        case 6:
            pair = [source, Pipeline.open(source).flip()]
            loop.run_until_complete(Pipeline.stitch(pair, across=2).run_async())
        case 7:
            loop.run_until_complete(cancelled())
        case 8:
            loop.run_until_complete(several(source))
        case _:
            Pipeline.open(IMAGES).run()
    return "ok"


ENDS = {
    0: {"unsupported", "truncated", "malformed"},
    1: {"cancelled"},
    2: {"timeout"},
    7: {"task cancelled", "ok"},
    8: {"unsupported"},
    9: {"io"},
}


def end(number: int, loop: asyncio.AbstractEventLoop) -> str:
    """Tell how a job ended."""
    try:
        return run(number, loop)
    except makeready.MakereadyError as error:
        return error.code
    except asyncio.CancelledError:
        return "task cancelled"


def main() -> None:
    """Run jobs until the time is over."""
    loop = asyncio.new_event_loop()
    page = os.sysconf("SC_PAGE_SIZE")
    until = time.monotonic() + float(os.environ["PRESSURE_SECONDS"])
    trim = getattr(ctypes.CDLL(None), "malloc_trim", lambda _: None)
    number, told = 0, time.monotonic()
    while time.monotonic() < until:
        found = end(number, loop)
        assert found in ENDS.get(number % 10, {"ok"}), f"job {number}: {found}"
        number += 1
        if time.monotonic() - told > 0.2:
            gc.collect()
            # Memory that the allocator keeps for later is no growth.
            trim(0)
            told = time.monotonic()
            resident = int(Path("/proc/self/statm").read_text().split()[1]) * page
            print(number, resident, flush=True)


main()
