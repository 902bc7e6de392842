"""Pillow in a pool of threads, one a core, as services use it.

python -m uploads.serve uploads.peers.pillow:Pillow
"""

from __future__ import annotations

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor

from makeready import Rendition
from PIL import Image, ImageOps

from ..settings import Settings
from ..store import Stored

THREADS = 2
QUALITY = 80
"""That of the library, where a key has none."""


class Pillow:
    """A `Renderer`."""

    def __init__(self, _settings: Settings) -> None:
        """Start the threads."""
        self._threads = ThreadPoolExecutor(THREADS)

    async def render(self, rendition: Rendition, original: bytes) -> Stored:
        """Decode at a smaller scale where the format can, turn upright, resize and encode."""
        loop = asyncio.get_running_loop()
        data = await loop.run_in_executor(self._threads, _render, rendition, original)
        return Stored(data, f"image/{rendition.format}")


def _render(rendition: Rendition, original: bytes) -> bytes:
    assert rendition.width
    image = Image.open(io.BytesIO(original))
    image.draft(None, (2 * rendition.width, 2 * rendition.width))
    ImageOps.exif_transpose(image, in_place=True)
    size = (rendition.width, round(image.height * rendition.width / image.width))
    out = io.BytesIO()
    small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    small.save(out, rendition.format, quality=QUALITY)
    return out.getvalue()
