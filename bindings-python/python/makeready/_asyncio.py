"""Jobs for asyncio: run by the library's own queue, and cancelled with the task that waits for them.

No thread of Python is started, and the default executor of a loop is left to other work that blocks. At the end
of the process nobody waits for a result any more.
"""

from __future__ import annotations

import asyncio
import itertools
import weakref
from typing import TYPE_CHECKING

from ._native import Ends, Job

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._pipeline import Pipeline
    from ._results import Output


class _Jobs:
    """The jobs of a loop that somebody waits for. The loop alone holds it, and calls it at their ends."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.ends = Ends()
        self.numbers = itertools.count()
        self.waiting: dict[int, asyncio.Future[None]] = {}
        loop.add_reader(self.ends.fileno(), self.settle)

    def settle(self) -> None:
        """Let those go on whose jobs have ended."""
        while (number := self.ends.take()) is not None:
            future = self.waiting.get(number)
            if future is not None and not future.done():
                future.set_result(None)


_JOBS: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, weakref.ref[_Jobs]] = (
    weakref.WeakKeyDictionary()
)


def _jobs(loop: asyncio.AbstractEventLoop) -> _Jobs:
    known = _JOBS.get(loop)
    jobs = known() if known is not None else None
    if jobs is None:
        jobs = _Jobs(loop)
        _JOBS[loop] = weakref.ref(jobs)
    return jobs


async def run_all_async(pipelines: Iterable[Pipeline]) -> list[Output]:
    """Run several pipelines in one pass, for ``makeready.run_all_async``."""
    loop = asyncio.get_running_loop()
    jobs = _jobs(loop)
    number, ended = next(jobs.numbers), loop.create_future()
    job = Job(pipelines, jobs.ends, number)
    try:
        jobs.waiting[number] = ended
        await ended
        return job.take()
    finally:
        jobs.waiting.pop(number, None)
        job.cancel()


async def run_async(pipeline: Pipeline) -> Output:
    """Run one pipeline, for ``Pipeline.run_async``."""
    [output] = await run_all_async([pipeline])
    return output
