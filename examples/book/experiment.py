"""The service with an experiment: for a share of pages the old way runs too, and both are measured.

    uvicorn --factory book.experiment:create

The old way is Pillow. It begins when the page is rendered, and the client waits for no part of it: one page at
a time, on one thread; what it makes is measured and thrown away. The previews of both ways are scored against
the same preview without loss, by SSIMULACRA2. GET /experiment plots the last pages, GET /experiment.json has
their figures.
"""

from __future__ import annotations

import asyncio
import io
import json
import random
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from ssimulacra2 import compute_ssimulacra2  # type: ignore[import-untyped]

from .app import create as create_service
from .definition import OutputName
from .observe import log, places
from .peers.pillow import Pillow, whole_preview
from .render import Makeready, Renderer
from .settings import Settings

KEPT = 500
"""Pages that are plotted."""
SIDE = 320
"""Pixels of each side of a plot."""


@dataclass(frozen=True)
class Both:
    """A page made both ways."""

    new_seconds: float
    old_seconds: float
    new_bytes: int
    old_bytes: int
    new_score: float
    old_score: float


Score = Callable[[Sequence[bytes], bytes], float]


def score(tiles: Sequence[bytes], preview: bytes) -> float:
    """Tell how near a preview is to one without loss: 100 is the same, 90 looks the same."""
    found: float = compute_ssimulacra2(io.BytesIO(whole_preview(tiles)), io.BytesIO(preview))
    return found


class Experiment:
    """A `Renderer` that answers by the new way, and tries the old one beside it."""

    def __init__(
        self,
        new: Renderer,
        old: Renderer,
        share: float,
        draw: Callable[[], float] = random.random,
        score: Score = score,
    ) -> None:
        """Try a share of pages that have a preview, from 0 to 1."""
        self.version = new.version
        self.pages: deque[Both] = deque(maxlen=KEPT)
        self._new, self._old, self._share, self._draw = new, old, share, draw
        self._score = score
        self._trial: asyncio.Task[None] | None = None

    async def page(self, tiles: Sequence[bytes], outputs: Sequence[OutputName]) -> list[bytes]:
        """Render by the new way. A page is not tried while another is, so trials cannot pile up."""
        start = time.perf_counter()
        files = await self._new.page(tiles, outputs)
        seconds = time.perf_counter() - start
        if self._trial is None and "preview" in outputs and self._draw() < self._share:
            self._trial = asyncio.create_task(self._try(self._both(tiles, outputs, seconds, files)))
        return files

    async def _try(self, trial: Coroutine[Any, Any, Both]) -> None:
        try:
            self.pages.append(await trial)
        except Exception as error:
            log.error(json.dumps({"trial": places(error)}))
        finally:
            self._trial = None

    async def _both(
        self,
        tiles: Sequence[bytes],
        outputs: Sequence[OutputName],
        new_seconds: float,
        new_files: list[bytes],
    ) -> Both:
        start = time.perf_counter()
        files = await self._old.page(tiles, outputs)
        old_seconds = time.perf_counter() - start
        sizes = [sum(map(len, made)) for made in (new_files, files)]
        at = outputs.index("preview")
        scores = [
            await asyncio.to_thread(self._score, tiles, made[at]) for made in (new_files, files)
        ]
        return Both(new_seconds, old_seconds, *sizes, *scores)

    async def thumbnail(self, picture: bytes) -> bytes:
        """Render by the new way alone."""
        return await self._new.thumbnail(picture)

    async def close(self) -> None:
        """Let a trial end, then close both ways."""
        if self._trial:
            await self._trial
        await self._old.close()
        await self._new.close()


def create() -> FastAPI:
    """Build the service with the experiment."""
    settings = Settings.from_environment()
    new = Makeready(settings.render_seconds)
    experiment = Experiment(new, Pillow(1), settings.experiment_share)
    app = create_service(lambda _settings: experiment)
    pages = experiment.pages

    @app.get("/experiment.json")
    def figures() -> list[dict[str, float]]:
        return [asdict(both) for both in pages]

    @app.get("/experiment")
    def plots() -> HTMLResponse:
        return HTMLResponse(html(list(pages)))

    return app


def html(pages: Sequence[Both]) -> str:
    """Plot the old way over the new one: above the line time, size or score of the old one is more."""
    times = [(1000 * both.new_seconds, 1000 * both.old_seconds) for both in pages]
    sizes = [(both.new_bytes / 1000, both.old_bytes / 1000) for both in pages]
    scores = [(both.new_score, both.old_score) for both in pages]
    return (
        f"<!doctype html><title>Experiment</title><h1>{len(pages)} pages both ways</h1>"
        f"{_plot('Time, ms', times)}{_plot('Size, kB', sizes)}"
        f"{_plot('SSIMULACRA2 of the preview', scores)}"
    )


def _plot(title: str, points: Sequence[tuple[float, float]]) -> str:
    top = max((max(point) for point in points), default=1) * 1.05
    dots = "".join(
        f'<circle cx="{x / top * SIDE:.1f}" cy="{SIDE - y / top * SIDE:.1f}" r="3" fill-opacity=".5">'
        f"<title>Makeready {x:.0f}, Pillow {y:.0f}</title></circle>"
        for x, y in points
    )
    return (
        f"<figure><figcaption>{title}: Makeready across, Pillow up, both to {top:.0f}"
        f'</figcaption><svg width="{SIDE}" height="{SIDE}" style="border:1px solid">'
        f'<line x1="0" y1="{SIDE}" x2="{SIDE}" y2="0" stroke="gray"/>{dots}</svg></figure>'
    )
