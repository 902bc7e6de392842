"""Renders pages and thumbnails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import makeready
from makeready import Pipeline

from .definition import OutputName
from .errors import ProblemError

PRINT_QUALITY = 90
PRINT_DENSITY = 300
PREVIEW_SIZE = (800, 600)
PREVIEW_QUALITY = 80
THUMBNAIL_SIZE = (160, 120)


class Renderer(Protocol):
    """Makes pictures beside the event loop."""

    version: str
    """Another word wherever the same tiles would give other bytes: it is a part of keys."""

    async def page(self, tiles: Sequence[bytes], outputs: Sequence[OutputName]) -> list[bytes]:
        """Join four tiles, row by row, and give the outputs in their order."""
        ...

    async def thumbnail(self, picture: bytes) -> bytes:
        """Give a small WebP of a picture."""
        ...

    async def close(self) -> None:
        """Let go of processes and threads."""
        ...


class Makeready:
    """Renders by the queue of the library: short jobs first, within its budget of memory."""

    version = (
        f"makeready-{makeready.__version__}/{PRINT_QUALITY}/{PRINT_DENSITY}"
        f"/{PREVIEW_SIZE}/{PREVIEW_QUALITY}"
    )

    def __init__(self, seconds: float) -> None:
        """Let a page take as many seconds, its time in the queue included."""
        self._seconds = seconds

    async def page(self, tiles: Sequence[bytes], outputs: Sequence[OutputName]) -> list[bytes]:
        """Decode each tile once for all outputs."""
        page = Pipeline.stitch(tiles, across=2).deadline(self._seconds)
        # Whatever profiles the tiles have, the page is in sRGB, and a printer is told so.
        printed = page.keep("icc").density(PRINT_DENSITY)
        preview = page.resize(*PREVIEW_SIZE)
        jobs: dict[OutputName, Pipeline] = {
            "print": printed.encode("jpeg", quality=PRINT_QUALITY),
            "preview": preview.encode("jpeg", quality=PREVIEW_QUALITY),
        }
        try:
            done = await makeready.run_all_async(jobs[name] for name in outputs)
        except makeready.MakereadyError as error:
            raise _problem(error) from error
        return [output.data for output in done]

    async def thumbnail(self, picture: bytes) -> bytes:
        """Resize and encode in one job."""
        small = Pipeline.open(picture).resize(*THUMBNAIL_SIZE).deadline(self._seconds)
        try:
            return (await small.encode("webp", quality=PREVIEW_QUALITY).run_async()).data
        except makeready.MakereadyError as error:
            raise _problem(error) from error

    async def close(self) -> None:
        """Do nothing: the queue ends with the process."""


def _problem(error: makeready.MakereadyError) -> ProblemError:
    """Say who is to blame: the moment, the tile of the index, or this service."""
    if error.code in ("busy", "timeout"):
        return ProblemError(error.code, retry_after=error.retry_after)
    if error.input is None:
        return ProblemError("internal", str(error))
    code = "tile_truncated" if error.code == "truncated" else "tile_content"
    return ProblemError(code, str(error), tile=divmod(error.input % 4, 2))
