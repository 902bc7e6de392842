"""Starts a store, a host of tiles and the service: `cd examples && python -m book`."""

from __future__ import annotations

import json
import subprocess
from contextlib import suppress

from .servers import make_bucket, serve, service_settings, store, uvicorn

PORT = 8000


def definition(tiles_url: str, book: str = "first", query: str = "") -> dict[str, object]:
    """Define a book of the tiles that are at hand."""

    def page(number: int, side: str) -> dict[str, object]:
        def tile(place: str) -> str:
            return f"{tiles_url}/{side}-{place}.jpg{query}"

        return {"page": number, "tiles": [[tile("00"), tile("01")], [tile("10"), tile("11")]]}

    return {"book": book, "pages": [page(1, "left"), page(2, "right")]}


def main() -> None:
    """Run everything until somebody interrupts it."""
    with serve(store()) as results, serve(uvicorn("book.tiles:create")) as tiles:
        make_bucket(results.url)
        settings = service_settings(results.url)
        with serve(uvicorn("book.app:create"), settings, PORT) as service:
            body = json.dumps(definition(tiles.url))
            print(f"Try it:\ncurl -s {service.url}/books -d '{body}'", flush=True)
            with suppress(KeyboardInterrupt, subprocess.SubprocessError):
                service.process.wait()


if __name__ == "__main__":
    main()
