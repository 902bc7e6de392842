"""Starts the service for real and asks it."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import makeready
import pytest

HERE = Path(__file__).parent
TILES = HERE.parent / "tiles"
NAMES = ("left-00.jpg", "left-01.jpg", "left-10.jpg", "left-11.jpg")


@contextmanager
def service(**settings: str) -> Iterator[httpx.Client]:
    """Run the service with settings of its environment, and give a client of it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port)]
    environment = os.environ | settings
    server = subprocess.Popen([*command, "--log-level", "warning"], cwd=HERE, env=environment)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            for _ in range(300):
                try:
                    client.get("/openapi.json")
                    break
                except httpx.ConnectError:
                    assert server.poll() is None, "the server has ended"
                    time.sleep(0.05)
            yield client
    finally:
        server.terminate()
        assert server.wait(20) in (0, -15)


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with service() as client:
        yield client


def test_a_page_is_stitched_and_previewed(client: httpx.Client) -> None:
    files = [("tiles", (name, (TILES / name).read_bytes(), "image/jpeg")) for name in NAMES]
    answer = client.post("/preview", params={"width": 400}, files=files)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/webp"
    page = makeready.Pipeline.stitch([TILES / name for name in NAMES], across=2)
    assert answer.content == page.resize(400).encode("webp", quality=80).run().data


def test_a_rendition(client: httpx.Client) -> None:
    tile = (TILES / NAMES[0]).read_bytes()
    query = {"width": 300, "height": 300, "format": "png"}
    answer = client.post("/rendition", params=query, content=tile)
    assert answer.headers["content-type"] == "image/png"
    probe, source = makeready.probe(answer.content), makeready.probe(tile)
    assert max(probe.width, probe.height) == 300
    large = client.post("/rendition", params={"width": 60_000}, content=tile)
    assert makeready.probe(large.content).width == source.width


@pytest.mark.parametrize(
    ("content", "query", "status", "code"),
    [
        (b"not an image", {}, 415, "unsupported"),
        ((TILES / NAMES[0]).read_bytes()[:5000], {}, 422, "truncated"),
        ((TILES / NAMES[0]).read_bytes(), {"width": 70_000}, 400, "invalid_option"),
    ],
)
def test_errors_are_typed(
    client: httpx.Client, content: bytes, query: dict[str, int], status: int, code: str
) -> None:
    answer = client.post("/rendition", params=query, content=content)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_the_tile_at_fault_is_named(client: httpx.Client) -> None:
    tiles = [(TILES / NAMES[0]).read_bytes(), b"broken"]
    answer = client.post("/preview", files=[("tiles", tile) for tile in tiles])
    assert answer.json()["error"]["input"] == 1
    huge = (HERE.parents[1] / "tests" / "images" / "bad" / "huge.png").read_bytes()
    answer = client.post("/rendition", content=huge)
    assert answer.status_code == 413
    assert answer.json()["error"]["limit"] == "max_input_pixels"


def test_many_clients_at_a_time(client: httpx.Client) -> None:
    tile = (TILES / NAMES[1]).read_bytes()

    def ask(width: int) -> int:
        answer = client.post("/rendition", params={"width": width}, content=tile)
        return makeready.probe(answer.content).width

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(20, 60))) == list(range(20, 60))


def test_a_full_queue_says_when_to_come_again() -> None:
    samples = random.Random(1).randbytes(1000 * 1000 * 3)
    slow = makeready.Pipeline.open(makeready.Image(1000, 1000, 3, samples)).encode("png").run().data
    with service(MAKEREADY_QUEUE="1", MAKEREADY_THREADS="1") as client:

        def ask(_: int) -> httpx.Response:
            return client.post("/rendition", params={"format": "webp"}, content=slow)

        with ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(ask, range(12)))
        busy = [answer for answer in answers if answer.status_code == 503]
        assert busy
        for answer in busy:
            assert answer.json()["error"]["code"] == "busy"
            assert int(answer.headers["Retry-After"]) >= 1
        done = sum(answer.status_code == 200 for answer in answers)
        assert done + len(busy) == 12
        metrics = client.get("/metrics")
        assert metrics.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        assert f"\nmakeready_jobs_refused_total {len(busy)}\n" in metrics.text
        assert f"\nmakeready_jobs_done_total {done}\n" in metrics.text


def test_a_job_ends_at_its_deadline() -> None:
    samples = random.Random(1).randbytes(2000 * 2000 * 3)
    slow = makeready.Pipeline.open(makeready.Image(2000, 2000, 3, samples)).encode("jpeg")
    content = slow.run().data
    with service(DEADLINE="0.1") as client:
        since = time.monotonic()
        answer = client.post("/rendition", params={"format": "webp"}, content=content)
        seconds = time.monotonic() - since
        assert (answer.status_code, answer.json()["error"]["code"]) == (504, "timeout")
        assert seconds < 5
        # And the service lives on.
        tile = (TILES / NAMES[0]).read_bytes()
        assert client.post("/rendition", params={"width": 20}, content=tile).status_code == 200
