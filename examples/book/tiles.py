"""A host of tiles that is slow, and faulty on demand.

    GET /left-00.jpg?fault=NAME     a fault of FAULTS
        ...&times=N&id=WORD         the fault for the first N requests of this id, then the tile

Answers take TILES_LATENCY_MS, 300 by default, and up to a fifth more.

uvicorn --factory book.tiles:create
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

FOLDER = Path(__file__).parents[1] / "tiles"
TILES = {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.jpg"))}
JPEG = "image/jpeg"


async def error(_tile: bytes) -> Response:
    """Fail."""
    return Response("out of order", 500)


async def slow(tile: bytes) -> Response:
    """Send the head at once, and the rest after a minute."""

    async def chunks() -> AsyncIterator[bytes]:
        yield tile[:1000]
        await asyncio.sleep(60)
        yield tile[1000:]

    return StreamingResponse(chunks(), media_type=JPEG)


async def cut(tile: bytes) -> Response:
    """Promise the whole tile, send half, and hang up."""

    async def chunks() -> AsyncIterator[bytes]:
        yield tile[: len(tile) // 2]

    return StreamingResponse(chunks(), headers={"Content-Length": str(len(tile))}, media_type=JPEG)


async def half(tile: bytes) -> Response:
    """Send a file that was cut before it came here."""
    return Response(tile[: len(tile) // 2], media_type=JPEG)


async def type_(_tile: bytes) -> Response:
    """Send a page for people."""
    return Response("<h1>Sign in</h1>", media_type="text/html")


async def large(tile: bytes) -> Response:
    """Send a tile that does not end, as far as anybody reads."""

    async def chunks() -> AsyncIterator[bytes]:
        yield tile
        for _ in range(1000):
            yield bytes(1_000_000)

    return StreamingResponse(chunks(), media_type=JPEG)


async def missing(_tile: bytes) -> Response:
    """Have no such tile."""
    return Response("no such tile", 404)


async def redirect(_tile: bytes) -> Response:
    """Send to where credentials of machines are."""
    return RedirectResponse("http://169.254.169.254/latest/meta-data/")


FAULTS: dict[str, Callable[[bytes], Awaitable[Response]]] = {
    "error": error,
    "slow": slow,
    "cut": cut,
    "half": half,
    "type": type_,
    "large": large,
    "missing": missing,
    "redirect": redirect,
}


def create() -> Starlette:
    """Build the host."""
    latency = float(os.environ.get("TILES_LATENCY_MS", "300")) / 1000
    asked: Counter[str] = Counter()

    async def tile(request: Request) -> Response:
        await asyncio.sleep(latency * random.uniform(1, 1.2))
        query = request.query_params
        data = TILES.get(request.path_params["name"])
        if data is None:
            return await missing(b"")
        fault = query.get("fault")
        if "times" in query:
            asked[query["id"]] += 1
            if asked[query["id"]] > int(query["times"]):
                fault = None
        return await FAULTS[fault](data) if fault else Response(data, media_type=JPEG)

    return Starlette(routes=[Route("/{name}", tile)])
