"""Makes the pages of a book."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from .definition import FILES, Book, OutputName, Page
from .errors import ProblemError
from .fetch import Tiles
from .observe import Metrics
from .render import Renderer
from .sharing import Shared
from .store import Store

T = TypeVar("T")


async def together(*jobs: Coroutine[Any, Any, T]) -> list[T]:
    """Run jobs at once. The first that fails stops the others, and its error is that of all."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(job) for job in jobs]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]


class Maker:
    """Fetches tiles, renders pages and stores them; what is in the store is not made again."""

    def __init__(self, tiles: Tiles, store: Store, renderer: Renderer, metrics: Metrics) -> None:
        """Keep the parts; whoever made them closes them."""
        self._tiles, self._store = tiles, store
        self._renderer, self._metrics = renderer, metrics
        self._pages = Shared[None]()

    async def book(self, book: Book) -> dict[str, object]:
        """Give the definition again, with the results in the place of the tiles."""
        pages = await together(*(self._page(page, book.outputs) for page in book.pages))
        return {"book": book.book, "pages": pages}

    async def _page(self, page: Page, outputs: tuple[OutputName, ...]) -> dict[str, object]:
        folder = page.folder(outputs, self._renderer.version)
        keys = {name: f"{folder}/{FILES[name][0]}" for name in outputs}
        try:
            await self._pages.run(folder, lambda: self._stored(page, keys))
        except ProblemError as problem:
            # A page of the same tiles may have another number in another book.
            raise problem.at(page.page, problem.tile) from problem.__cause__
        return {"page": page.page} | {name: self._store.url(key) for name, key in keys.items()}

    async def _stored(self, page: Page, keys: dict[OutputName, str]) -> None:
        # Any may have been deleted, so one does not stand for the others.
        stored = all(await together(*map(self._store.has, keys.values())))
        if not stored:
            await self._make(page, keys)
        self._metrics.pages.labels("stored" if stored else "rendered").inc()

    async def _make(self, page: Page, keys: dict[OutputName, str]) -> None:
        places = [(row, column) for row in (0, 1) for column in (0, 1)]
        tiles = await together(*(self._tile(page, place) for place in places))
        with self._metrics.render.time():
            files = await self._renderer.page(tiles, list(keys))
        for (name, key), data in zip(keys.items(), files, strict=True):
            await self._store.put(key, data, FILES[name][1])

    async def _tile(self, page: Page, place: tuple[int, int]) -> bytes:
        row, column = place
        try:
            tile = await self._tiles.get(page.tiles[row][column])
        except ProblemError as problem:
            self._metrics.tiles.labels(problem.code).inc()
            raise problem.at(page.page, place) from problem.__cause__
        self._metrics.tiles.labels("ok").inc()
        return tile
