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
from itertools import count
from queue import SimpleQueue
from typing import NamedTuple, TypeVar

from ._errors import InternalError, IoError
from ._native import CancelToken, room_for_a_thread, run_all
from ._pipeline import Pipeline
from ._results import Output

T = TypeVar("T")


def _cores() -> int:
    """Give the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Job(NamedTuple):
    """A job that waits for a worker."""

    run: Callable[[], None]
    fail: Callable[[BaseException], None]


class _Workers:
    """Threads that take jobs from a queue; they are started as jobs come, and anew for dead ones."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._alive = 0

    def submit(self, job: _Job) -> None:
        """Give a job to the workers; raise where there is none and none can be started."""
        with self._lock:
            if self._alive < _cores():
                self._start()
            self._jobs.put(job)

    def _start(self) -> None:
        """Start a worker. That none can be started matters only where there is none."""
        name = f"makeready-asyncio-{next(self._numbers)}"
        try:
            room_for_a_thread()
            threading.Thread(target=self._work, name=name, daemon=True).start()
        except Exception as error:
            if not self._alive:
                raise IoError(f"could not start a thread for jobs: {error}") from error
        else:
            self._alive += 1

    def _work(self) -> None:
        try:
            while True:
                self._jobs.get().run()
        finally:
            # Jobs settle with any error of theirs: an exception here was raised in this thread from outside.
            with self._lock:
                self._alive -= 1
                self._replace()

    def _replace(self) -> None:
        """Start a worker for the jobs that wait, or fail them: nobody else may come to do it."""
        if self._alive or self._jobs.empty():
            return
        try:
            self._start()
        except IoError as error:
            while not self._jobs.empty():
                self._jobs.get_nowait().fail(error)


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

    def settle_soon(settler: Callable[[], None]) -> None:
        # Where the loop was closed meanwhile, nobody waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, settler)

    def failed(error: BaseException) -> None:
        settle_soon(partial(outcome.set_exception, error))

    def job() -> None:
        if token.is_cancelled():
            return
        try:
            settler = partial(outcome.set_result, work(token))
        except StopIteration as error:
            # A future takes no such exception.
            failed(InternalError(f"a job raised {error!r}"))
        except BaseException as error:
            failed(error)
        else:
            settle_soon(settler)

    _workers.submit(_Job(job, failed))
    try:
        return await outcome
    finally:
        token.cancel()


async def run_async(pipeline: Pipeline) -> Output:
    """Run one pipeline, for ``Pipeline.run_async``."""
    return await _run(lambda token: pipeline.cancel(token).run())


async def run_all_async(pipelines: Iterable[Pipeline]) -> list[Output]:
    """Run several pipelines in one pass, for ``makeready.run_all_async``."""
    jobs = list(pipelines)
    return await _run(lambda token: run_all([job.cancel(token) for job in jobs]))
