"""The flow of a picture: found in the store, or made by one renderer while others wait."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from makeready import Rendition

from .errors import ProblemError
from .lock import Locks
from .render import Renderer, policy
from .settings import Settings
from .store import Store, Stored

LONGEST_PAUSE = 1.0


@dataclass(frozen=True)
class Answer:
    """A picture, what was done for it (found, made), and milliseconds of each step."""

    picture: Stored
    outcome: str
    steps: dict[str, float]


class Maker:
    """Answers keys of renditions."""

    def __init__(self, settings: Settings, store: Store, renderer: Renderer) -> None:
        """Put the parts together."""
        self._settings, self._store, self._renderer = settings, store, renderer
        self._policy = policy(settings)
        self._locks = Locks(store, settings.lease_seconds)
        self._in_flight = 0
        self._storing: set[asyncio.Task[None]] = set()

    async def answer(self, key: str, is_gone: Callable[[], Awaitable[bool]]) -> Answer:
        """Give the picture, whoever makes it. A key outside of the policy never reaches the store.

        A client that is gone is no longer waited for; a picture that is being made is finished.
        """
        rendition = Rendition.from_key(key, self._policy)
        end = time.monotonic() + self._settings.wait_seconds
        pause = self._settings.poll_seconds
        while time.monotonic() < end:
            if await is_gone():
                raise ProblemError("gone")
            if answer := await self._found_or_made(key, rendition):
                return answer
            # Clients that wait must not ask in step.
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(2 * pause, LONGEST_PAUSE)
        raise ProblemError("busy", retry_after=self._settings.lease_seconds)

    async def close(self) -> None:
        """Wait for pictures that are being stored."""
        await asyncio.gather(*self._storing, return_exceptions=True)

    async def _found_or_made(self, key: str, rendition: Rendition) -> Answer | None:
        """Give nothing where another makes it. Who comes when all hands are full is told at once."""
        if self._in_flight >= self._settings.in_flight:
            raise ProblemError("busy", retry_after=1)
        self._in_flight += 1
        # No lock is older than the moment before it is asked for, so that a job ends before its lease does.
        end = asyncio.get_running_loop().time() + self._settings.job_seconds
        try:
            async with self._locks.held(key) as held, asyncio.timeout_at(end):
                # Another may have made it before the lock was free.
                if answer := await self._found(key):
                    return answer
                return await self._made(key, rendition) if held else None
        except TimeoutError:
            raise ProblemError("timeout", retry_after=1) from None
        finally:
            self._in_flight -= 1

    async def _found(self, key: str) -> Answer | None:
        picture = await self._store.get(f"renditions/{key}")
        return Answer(picture, "found", {}) if picture else None

    async def _made(self, key: str, rendition: Rendition) -> Answer:
        times = [time.perf_counter()]
        source = f"originals/{Rendition.source_of(key)}"
        original = await self._store.get(source, self._settings.original_bytes)
        times.append(time.perf_counter())
        if original is None:
            raise ProblemError("no_original")
        picture = await self._renderer.render(rendition, original.data)
        times.append(time.perf_counter())
        await self._stored(f"renditions/{key}", picture, source)
        times.append(time.perf_counter())
        spans = zip(("original", "render", "store"), times, times[1:], strict=False)
        return Answer(picture, "made", {name: 1000 * (end - start) for name, start, end in spans})

    async def _stored(self, name: str, picture: Stored, source: str) -> None:
        """Store a picture to the end, also where its job ends before."""
        storing = asyncio.create_task(self._stored_of_what_is_there(name, picture, source))
        self._storing.add(storing)
        storing.add_done_callback(self._storing.discard)
        await asyncio.shield(storing)

    async def _stored_of_what_is_there(self, name: str, picture: Stored, source: str) -> None:
        try:
            await self._store.put(name, picture)
        finally:
            # Who deletes a document deletes it before its pictures, and may have been here in the meantime.
            if await self._store.look(source) is None:
                await self._store.forget(name)
                raise ProblemError("no_original")
