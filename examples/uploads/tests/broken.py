"""A renderer with a fault of its own."""

from __future__ import annotations

from makeready import Rendition

from uploads.settings import Settings
from uploads.store import Stored


class Broken:
    """A `Renderer` whose errors tell of documents."""

    def __init__(self, _settings: Settings) -> None:
        """Need nothing."""

    async def render(self, rendition: Rendition, original: bytes) -> Stored:
        """Fail."""
        raise ValueError(f"Jane-Doe.jpg of {len(original)} bytes as {rendition}")
