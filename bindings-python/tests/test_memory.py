"""A process that runs thousands of jobs, good ones and bad ones, does not grow."""

import json
import os
import sys
from pathlib import Path

import pytest
from support import script

WARM_UP, JOBS = 500, 2000

TEXT = f"""
import asyncio, ctypes, gc, json, os, time
import makeready
from makeready import Pipeline
from support import IMAGES, image, noise

good = [image(name) for name in ("photo.jpg", "rgba.png", "photo.webp", "progressive.jpg")]
bad = [image("bad/" + name) for name in ("text.jpg", "truncated.jpg", "crc.png", "truncated.webp")]
trim = getattr(ctypes.CDLL(None), "malloc_trim", lambda _: None)
pixels = noise(500, 400)
token = makeready.CancelToken()
token.cancel()

def job(number):
    source = good[number % 4]
    match number % 10:
        case 0: Pipeline.open(bad[number // 10 % 4]).resize(30).encode("webp").run()
        case 1: Pipeline.open(source).cancel(token).run()
        case 2: Pipeline.open(pixels).encode("webp", effort=6).deadline(0.002).run()
        case 3: makeready.run_all([Pipeline.open(source).encode("png"), Pipeline.open(source).resize(9)])
        case 4: bytes(Pipeline.open(bytearray(source)).resize(40).pixels())
        case 5: Pipeline.open(IMAGES / "photo.jpg").resize(99).threads(2).run()
        case 6: Pipeline.stitch([source, Pipeline.open(source).flip()], across=2).explain()
        case 7: asyncio.run(Pipeline.open(source).resize(64).run_async())
        case 8: asyncio.run(cancelled())
        case _: Pipeline.open(source).resize(-1)

async def cancelled():
    task = asyncio.create_task(Pipeline.open(pixels).encode("webp", effort=6).run_async())
    await asyncio.sleep(0.001)
    task.cancel()
    await task

def count(jobs):
    errors = 0
    for number in range(jobs):
        try: job(number)
        except (makeready.MakereadyError, asyncio.CancelledError): errors += 1
    # A cancelled job keeps the files by which it tells its end until it has stopped.
    while makeready.job_stats().running: time.sleep(0.01)
    time.sleep(0.1)
    gc.collect()
    # Memory that the allocator keeps for later is no growth.
    trim(0)
    with open("/proc/self/status") as status:
        fields = dict(line.split(":", 1) for line in status)
    return {{
        "rss": int(fields["VmRSS"].split()[0]) * 1024,
        "threads": int(fields["Threads"]),
        "files": len(os.listdir("/proc/self/fd")),
        "errors": errors,
    }}

print(json.dumps([count({WARM_UP}), count({JOBS})]))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to count by")
def test_a_job_leaves_nothing_behind() -> None:
    growth = []
    # How many threads ran side by side at the end of the warm-up varies: the best of some rounds. One arena:
    # when a thread first takes memory of another is chance, and a step of megabytes.
    for _ in range(3):
        done = script(TEXT, timeout=240, MALLOC_ARENA_MAX="1")
        assert done.returncode == 0, done.stderr
        before, after = json.loads(done.stdout)
        growth.append((after["rss"] - before["rss"]) / JOBS)
        print(
            f"{JOBS} jobs, {after['errors']} of them errors: {growth[-1]:.0f} bytes of memory a job;"
            f" files {before['files']} -> {after['files']}, threads {before['threads']} ->"
            f" {after['threads']}",
            file=sys.stderr,
        )
        assert JOBS * 0.3 < after["errors"] < JOBS * 0.6
        assert after["files"] == before["files"]
        # The queue starts a thread where all others have something to do, up to this many, and keeps them.
        assert after["threads"] <= before["threads"] + 4 * max(os.cpu_count() or 1, 2)
        if growth[-1] <= 1024:
            break
    assert min(growth) <= 1024, growth
