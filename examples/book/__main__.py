"""Starts a store, a host of tiles and the service: `cd examples && python -m book [PORT]`."""

from __future__ import annotations

import json
import signal
import sys
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
    """Run everything until somebody interrupts or ends it."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else PORT
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with (
        suppress(KeyboardInterrupt),
        serve(store()) as results,
        serve(uvicorn("book.tiles:create")) as tiles,
        serve(uvicorn("book.app:create"), service_settings(results.url), port) as service,
    ):
        make_bucket(results.url)
        body = json.dumps(definition(tiles.url))
        print(f"Try it:\ncurl -s {service.url}/books -d '{body}'", flush=True)
        service.process.wait()


if __name__ == "__main__":
    main()
