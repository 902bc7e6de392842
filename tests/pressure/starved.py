"""Run jobs of paths where the heap is full but for some small pieces, and say how they ended.

A thread that starts takes memory which nobody can refuse it: where there is none, glibc ends the process.
"""

import asyncio
import collections
import resource
import sys
from pathlib import Path

import makeready

IMAGE = Path(__file__).parents[1] / "images" / "photo.jpg"
PIECE = 3000


async def starve(left: int) -> None:
    """Leave so many pieces free, run a dozen jobs, and then one with all memory."""
    pipelines = [makeready.Pipeline.open(IMAGE).resize(width) for width in range(100, 104)]
    await asyncio.gather(*[pipeline.run_async() for pipeline in pipelines])
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize(), before[1]))
    held = []
    try:
        while True:
            held.append(bytes(PIECE))
    except MemoryError:
        del held[-left:]
    jobs = [pipeline.run_async() for pipeline in pipelines * 3]
    ended = await asyncio.wait_for(asyncio.gather(*jobs, return_exceptions=True), 20)
    held.clear()
    resource.setrlimit(resource.RLIMIT_AS, before)
    others = [one for one in ended if not isinstance(one, (makeready.Output, makeready.IoError))]
    assert not others, others
    assert (await pipelines[0].run_async()).width == 100
    print(dict(collections.Counter(type(one).__name__ for one in ended)))


asyncio.run(starve(int(sys.argv[1])))
