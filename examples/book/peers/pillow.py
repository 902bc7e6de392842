"""Pillow in a pool of threads, one a core, as services use it: uvicorn --factory book.peers.pillow:create."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import PIL
from fastapi import FastAPI
from PIL import Image

from ..app import create as create_service
from ..definition import OutputName
from ..render import PREVIEW_QUALITY, PREVIEW_SIZE, PRINT_QUALITY, THUMBNAIL_SIZE

THREADS = 2
LANCZOS = Image.Resampling.LANCZOS


class Pillow:
    """A `Renderer`."""

    version = f"pillow-{PIL.__version__}"

    def __init__(self, threads: int) -> None:
        """Start the threads."""
        self._threads = ThreadPoolExecutor(threads)

    async def page(self, tiles: Sequence[bytes], outputs: Sequence[OutputName]) -> list[bytes]:
        """Decode each tile once; for a preview alone, at a smaller scale."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _page, tiles, outputs)

    async def thumbnail(self, picture: bytes) -> bytes:
        """Decode at a smaller scale, and resize."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _thumbnail, picture)

    async def close(self) -> None:
        """Let jobs end."""
        self._threads.shutdown()


def create() -> FastAPI:
    """Build the service with Pillow."""
    return create_service(lambda _settings: Pillow(THREADS))


def _page(tiles: Sequence[bytes], outputs: Sequence[OutputName]) -> list[bytes]:
    if outputs == ["preview"]:
        width, height = PREVIEW_SIZE
        return [
            _jpeg(
                _joined([_small(tile, (width // 2, height // 2)) for tile in tiles]),
                PREVIEW_QUALITY,
            )
        ]
    page = _joined([Image.open(io.BytesIO(tile)) for tile in tiles])
    pictures = {
        "print": lambda: _jpeg(page, PRINT_QUALITY),
        "preview": lambda: _jpeg(
            page.resize(PREVIEW_SIZE, LANCZOS, reducing_gap=2.0), PREVIEW_QUALITY
        ),
    }
    return [pictures[name]() for name in outputs]


def whole_preview(tiles: Sequence[bytes]) -> bytes:
    """Make a preview with no shortcut in decoding and no loss in encoding, to compare others with."""
    page = _joined([Image.open(io.BytesIO(tile)) for tile in tiles])
    return _saved(page.resize(PREVIEW_SIZE, LANCZOS), format="PNG", compress_level=1)


def _thumbnail(picture: bytes) -> bytes:
    return _saved(_small(picture, THUMBNAIL_SIZE), format="WEBP", quality=PREVIEW_QUALITY)


def _small(picture: bytes, size: tuple[int, int]) -> Image.Image:
    image = Image.open(io.BytesIO(picture))
    image.draft(None, (2 * size[0], 2 * size[1]))
    return image.resize(size, LANCZOS, reducing_gap=2.0)


def _joined(tiles: Sequence[Image.Image]) -> Image.Image:
    width, height = tiles[0].size
    page = Image.new("RGB", (2 * width, 2 * height))
    for index, tile in enumerate(tiles):
        page.paste(tile, (index % 2 * width, index // 2 * height))
    return page


def _jpeg(image: Image.Image, quality: int) -> bytes:
    return _saved(image, format="JPEG", quality=quality, subsampling="4:2:0")


def _saved(image: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, **options)
    return out.getvalue()
