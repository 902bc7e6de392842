"""Jobs for asyncio: on threads of their own, one a core, and cancelled with the task that waits for them.

The default executor of a loop is left to what blocks in other ways. A job leaves the GIL as soon as it
begins, so that a thread a core is what the machine can do at a time. The threads are daemons: at the end of
the process nobody waits for a result any more.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable, Iterable
from functools import partial
from queue import SimpleQueue
from typing import TypeVar

from ._native import CancelToken, Pipeline, run_all
from ._results import Output

T = TypeVar("T")


def _cores() -> int:
    """Give the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Workers:
    """Threads that take jobs from a queue; they are started as jobs come."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._lock = threading.Lock()
        self._started = 0

    def submit(self, job: Callable[[], None]) -> None:
        self._jobs.put(job)
        with self._lock:
            if self._started < _cores():
                self._started += 1
                name = f"makeready-asyncio-{self._started}"
                threading.Thread(target=self._work, name=name, daemon=True).start()

    def _work(self) -> None:
        while True:
            self._jobs.get()()


_workers = _Workers()


def _begin_anew() -> None:
    """Give a forked child workers of its own: it has none of its parent's threads."""
    global _workers
    _workers = _Workers()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


async def _run(work: Callable[[CancelToken], T]) -> T:
    """Run a job on a worker, with a token that is cancelled when nobody waits for the job any more."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()
    token = CancelToken()

    def settle(settler: Callable[[], None]) -> None:
        if not outcome.done():
            settler()

    def job() -> None:
        if token.is_cancelled():
            return
        settler: Callable[[], None]
        try:
            settler = partial(outcome.set_result, work(token))
        except Exception as error:
            settler = partial(outcome.set_exception, error)
        # Where the loop was closed meanwhile, nobody waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, settler)

    _workers.submit(job)
    try:
        return await outcome
    finally:
        token.cancel()


async def run_async(pipeline: Pipeline) -> Output:
    """Run one pipeline; what ``Pipeline.run_async`` does."""
    return await _run(lambda token: pipeline.cancel(token).run())


async def run_all_async(pipelines: Iterable[Pipeline]) -> list[Output]:
    """Run several pipelines in one pass; what ``makeready.run_all_async`` does."""
    jobs = list(pipelines)
    return await _run(lambda token: run_all([job.cancel(token) for job in jobs]))
