"""Jobs for asyncio: run by the library's own queue, and cancelled with the task that waits for them.

No thread of Python is started, and the default executor of a loop is left to other work that blocks. At the end
of the process nobody waits for a result any more.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from ._native import Job

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._pipeline import Pipeline
    from ._results import Output


async def run_all_async(pipelines: Iterable[Pipeline]) -> list[Output]:
    """Run several pipelines in one pass, for ``makeready.run_all_async``."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()

    def settle() -> None:
        if not ended.done():
            ended.set_result(None)

    def settle_soon() -> None:
        # Where the loop was closed meanwhile, nobody waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle)

    job = Job(pipelines, settle_soon)
    try:
        await ended
        return job.take()
    finally:
        job.cancel()


async def run_async(pipeline: Pipeline) -> Output:
    """Run one pipeline, for ``Pipeline.run_async``."""
    [output] = await run_all_async([pipeline])
    return output
