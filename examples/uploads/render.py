"""The pictures: what may be asked for, and how the library makes it."""

from __future__ import annotations

from typing import Literal, Protocol

from makeready import Policy, Rendition

from .settings import Settings
from .store import Stored

READ: list[Literal["jpeg", "png", "webp", "tiff", "pdf"]] = ["jpeg", "png", "webp", "tiff", "pdf"]
PAGES = 100
WRITTEN: list[Literal["jpeg", "png", "webp"]] = ["webp", "jpeg", "png"]


class Renderer(Protocol):
    """Makes a rendition of an original."""

    async def render(self, rendition: Rendition, original: bytes) -> Stored:
        """Make a picture."""


def policy(settings: Settings) -> Policy:
    """Give the pictures that anybody may be given a signed path for."""
    return Policy(
        widths=[160, 320, 640, 1280, 2560],
        formats=WRITTEN,
        inputs=READ,
        parameters=["page", "w", "f", "rotate"],
        max_page=PAGES - 1,
        max_input_bytes=settings.original_bytes,
        max_input_pixels=settings.original_pixels,
        deadline=settings.render_seconds,
    )


class Makeready:
    """A `Renderer`; jobs run in the library's queue, beside the event loop."""

    def __init__(self, settings: Settings) -> None:
        """Keep the policy."""
        self._policy = policy(settings)

    async def render(self, rendition: Rendition, original: bytes) -> Stored:
        """Run the pipeline, which refuses what is no document."""
        output = await rendition.pipeline(original, self._policy).run_async()
        return Stored(output.data, output.content_type)
