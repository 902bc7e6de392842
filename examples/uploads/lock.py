"""Locks in the store, by which one renderer of all makes a picture."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from .errors import ProblemError
from .store import Store


class Locks:
    """A lock is an object that one writer alone can create.

    Its age by the clock of the store says when its holder must be dead, so that no two clocks are compared.
    """

    def __init__(self, store: Store, lease_seconds: float) -> None:
        """Keep locks in a store, each for no longer than its lease."""
        self._store, self._lease = store, lease_seconds

    @asynccontextmanager
    async def held(self, key: str) -> AsyncIterator[bool]:
        """Try to take a lock, and give it back at the end of the block; says whether it was taken."""
        name = f"locks/{key}"
        version = await self._take(name)
        try:
            yield version is not None
        finally:
            if version is not None:
                # Where this fails, the lease ends the lock; the picture is as good as it was.
                with suppress(ProblemError):
                    await self._store.delete(name, version)

    async def _take(self, name: str) -> str | None:
        # No two versions have the same content, and so no two have the same ETag.
        mark = uuid.uuid4().bytes
        if version := await self._store.create(name, mark):
            return version
        held = await self._store.look(name)
        # One of the future is of a clock that was set back since.
        if held is None or abs(held.age) < self._lease:
            return None
        return await self._store.replace(name, mark, held.etag)
