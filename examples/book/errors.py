"""The errors that clients are told, each with a stable code."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

CODES = {
    "malformed": (400, "the definition is not JSON"),
    "definition_slow": (408, "the definition did not come in time"),
    "definition": (422, "the definition does not say which pages to make"),
    "definition_too_large": (413, "the definition is larger than is read"),
    "tile_refused": (400, "the address of the tile is none that is fetched from"),
    "tile_missing": (502, "the host has no such tile"),
    "tile_redirect": (502, "the host sends elsewhere, and redirects are not followed"),
    "tile_failed": (502, "the host did not give the tile, however often it was asked"),
    "tile_slow": (504, "the tile did not come in time"),
    "tile_truncated": (502, "the tile is not whole"),
    "tile_content": (502, "the tile is not a picture of the size that pages are made of"),
    "tile_too_large": (
        502,
        "the tile, or what the host sends around it, has more bytes than are read",
    ),
    "tile_host_down": (503, "the host of the tile failed too often of late, and is left alone"),
    "busy": (503, "as many books are being made as can be"),
    "timeout": (504, "the page was not rendered in time"),
    "store_down": (503, "the store does not answer, or refuses"),
    "store_slow": (504, "the store did not answer in time"),
    "no_path": (404, "nothing is served at this path"),
    "method": (405, "this path has other methods"),
    "gone": (499, "the client did not wait"),
    "internal": (500, "the service is at fault"),
}
UNREAD = ("definition_slow", "definition_too_large")
"""Errors of requests whose rest is not read."""


@dataclass(eq=False)
class ProblemError(Exception):
    """An error, and the place in the definition, the page and the tile (row, column) where it is of one."""

    code: str
    detail: str = ""
    parameter: str | None = None
    page: int | None = None
    tile: tuple[int, int] | None = None
    retry_after: float | None = None

    def at(self, page: int, tile: tuple[int, int] | None = None) -> ProblemError:
        """Name the page and the tile."""
        return replace(self, page=page, tile=tile)

    @property
    def status(self) -> int:
        """The status of the answer."""
        return CODES[self.code][0]

    @property
    def headers(self) -> dict[str, str]:
        """Retry-After in whole seconds, where to try again is worth it; the end of what is not read."""
        if self.code in UNREAD:
            return {"Connection": "close"}
        return {"Retry-After": str(math.ceil(self.retry_after))} if self.retry_after else {}

    def body(self) -> dict[str, object]:
        """Give the JSON of the answer."""
        message = CODES[self.code][1] + (f": {self.detail}" if self.detail else "")
        place = {"parameter": self.parameter, "page": self.page, "tile": self.tile}
        return {"code": self.code, "message": message, **place}

    def log(self) -> dict[str, object]:
        """Give the part of a line in the log, without words of the client."""
        detail = self.detail if self.status >= 500 else ""
        found = {"code": self.code, "detail": detail, "page": self.page, "tile": self.tile}
        return {name: value for name, value in found.items() if value not in (None, "")}
