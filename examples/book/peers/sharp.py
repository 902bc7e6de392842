"""sharp in a Node process beside the service, on loopback: uvicorn --factory book.peers.sharp:create.

PEER_MODULES is a folder with sharp in its node_modules.
"""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import httpx
from fastapi import FastAPI

from ..app import create as create_service
from ..definition import OutputName
from ..render import PREVIEW_QUALITY, PREVIEW_SIZE, PRINT_QUALITY, THUMBNAIL_SIZE

WORKER = Path(__file__).with_name("sharp.mjs")
SETTINGS = {
    "printQuality": PRINT_QUALITY,
    "previewSize": PREVIEW_SIZE,
    "previewQuality": PREVIEW_QUALITY,
    "thumbnailSize": THUMBNAIL_SIZE,
}


class Sharp:
    """A `Renderer`."""

    version = "sharp"

    def __init__(self) -> None:
        """Start the worker, which says where it listens."""
        command = ["node", str(WORKER), json.dumps(SETTINGS)]
        self._worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._worker.stdout
        url = self._worker.stdout.readline().strip()
        self._client = httpx.AsyncClient(base_url=url, timeout=60, trust_env=False)

    async def page(self, tiles: Sequence[bytes], outputs: Sequence[OutputName]) -> list[bytes]:
        """Send four files, get as many as there are outputs."""
        return await self._ask(f"/page/{'+'.join(outputs)}", tiles)

    async def thumbnail(self, picture: bytes) -> bytes:
        """Send a file, get a file."""
        [small] = await self._ask("/thumbnail", [picture])
        return small

    async def _ask(self, path: str, files: Sequence[bytes]) -> list[bytes]:
        lengths = ",".join(str(len(file)) for file in files)
        answer = await self._client.post(
            path, content=b"".join(files), headers={"x-lengths": lengths}
        )
        answer.raise_for_status()
        body = io.BytesIO(answer.content)
        return [body.read(int(length)) for length in answer.headers["x-lengths"].split(",")]

    async def close(self) -> None:
        """End the worker."""
        await self._client.aclose()
        self._worker.terminate()
        self._worker.wait()


def create() -> FastAPI:
    """Build the service with sharp."""
    return create_service(lambda _settings: Sharp())
