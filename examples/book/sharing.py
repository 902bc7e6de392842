"""Jobs that those who ask for the same at the same time share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


def start(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Start a task that may fail when nobody waits for it any more, and is to do so in silence."""
    task = asyncio.create_task(work)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task


@dataclass
class _Job(Generic[T]):
    task: asyncio.Task[T]
    waiting: int = 0


class Shared(Generic[T]):
    """Runs one job a name for all who wait for it, and cancels it when the last of them has gone."""

    def __init__(self) -> None:
        """Begin without a job."""
        self._jobs: dict[str, _Job[T]] = {}

    async def run(self, name: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Wait for the job of a name, which starts where none runs."""
        if name not in self._jobs:
            self._jobs[name] = _Job(start(work()))
        job = self._jobs[name]
        job.waiting += 1
        try:
            await asyncio.wait((job.task,))
            return job.task.result()
        finally:
            job.waiting -= 1
            if not job.waiting:
                # By now, so that nobody joins a job which ends.
                del self._jobs[name]
                job.task.cancel()
