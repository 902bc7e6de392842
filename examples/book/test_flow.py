"""Books that are made, and made once."""

from __future__ import annotations

import io
import json
import shlex
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import pytest
from PIL import Image

from book.servers import BUCKET, EXAMPLES, free_port, s3
from book.tiles import TILES

from .conftest import Book, Service


def picture(url: str, content_type: str) -> Image.Image:
    answer = httpx.get(url)
    assert answer.headers["content-type"] == content_type
    return Image.open(io.BytesIO(answer.content))


def samples(image: Image.Image, size: tuple[int, int]) -> np.ndarray:
    return np.asarray(image.convert("RGB").resize(size), dtype=float)


def objects(store_url: str) -> set[str]:
    listed = s3(store_url).list_objects_v2(Bucket=BUCKET)
    return {entry["Key"] for entry in listed.get("Contents", [])}


def metric(client: httpx.Client, name: str) -> float:
    for line in client.get("/metrics").text.splitlines():
        if line.startswith(name + " "):
            return float(line.split()[1])
    return 0


def test_a_book_becomes_urls_of_its_pages(client: httpx.Client, book: Book) -> None:
    answer = client.post("/books", json=book)
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert [made["book"], *(page["page"] for page in made["pages"])] == ["first", 1, 2]
    for page, side in zip(made["pages"], ("left", "right"), strict=True):
        expected = Image.new("RGB", (4000, 3000))
        for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
            tile = Image.open(io.BytesIO(TILES[f"{side}-{row}{column}.jpg"]))
            expected.paste(tile, (column * 2000, row * 1500))
        prints = picture(page["print"], "image/jpeg")
        preview = picture(page["preview"], "image/jpeg")
        assert (prints.size, preview.size) == ((4000, 3000), (800, 600))
        for image in (prints, preview):
            apart = np.abs(samples(image, (200, 150)) - samples(expected, (200, 150)))
            assert apart.mean() < 2


def test_the_same_book_is_made_once(client: httpx.Client, book: Book) -> None:
    rendered, tiles = 'book_pages_total{outcome="rendered"}', 'book_tiles_total{outcome="ok"}'
    first = client.post("/books", json=book)
    before = metric(client, rendered), metric(client, tiles)
    assert client.post("/books", json=book).json() == first.json()
    # The name of a book and the numbers of its pages make no other pictures.
    pages = [page | {"page": page["page"] + 10} for page in book["pages"]]
    other = client.post("/books", json={"book": "other", "pages": pages}).json()
    assert [page["print"] for page in other["pages"]] == [
        page["print"] for page in first.json()["pages"]
    ]
    assert (metric(client, rendered), metric(client, tiles)) == before


def test_previews_alone(client: httpx.Client, book: Book) -> None:
    made = client.post("/books", json=book | {"outputs": ["preview"]}).json()
    assert [sorted(page) for page in made["pages"]] == [["page", "preview"]] * 2
    both = client.post("/books", json=book).json()
    assert picture(both["pages"][0]["print"], "image/jpeg").size == (4000, 3000)


@pytest.mark.parametrize(("output", "size"), [("print", (4000, 3000)), ("preview", (800, 600))])
def test_a_page_that_lacks_an_object_is_made_again(
    client: httpx.Client, book: Book, store_url: str, output: str, size: tuple[int, int]
) -> None:
    first = client.post("/books", json=book).json()
    url = first["pages"][0][output]
    key = url.removeprefix(f"{store_url}/{BUCKET}/")
    s3(store_url).delete_object(Bucket=BUCKET, Key=key)
    assert httpx.get(url).status_code != 200
    assert client.post("/books", json=book).json() == first
    assert picture(url, "image/jpeg").size == size


def test_nothing_is_stored_of_a_page_that_fails(
    client: httpx.Client, book: Book, store_url: str
) -> None:
    before = objects(store_url)
    for page in book["pages"]:
        page["tiles"][1][1] += "&fault=half"
    assert client.post("/books", json=book).json()["code"] == "tile_truncated"
    assert objects(store_url) == before != set()


def test_too_many_books_are_refused_at_once(service: Service, book: Book) -> None:
    with service(BOOK_IN_FLIGHT="1", BOOK_TILE_SECONDS="2") as (client, _):
        slow = json.loads(json.dumps(book))
        slow["pages"][0]["tiles"][0][0] += "&fault=slow"
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(client.post, "/books", json=slow)
            while client.get("/health").json()["in_flight"] == 0:
                assert not running.done()
            answer = client.post("/books", json=book)
            assert (answer.status_code, answer.json()["code"]) == (503, "busy")
            assert int(answer.headers["Retry-After"]) >= 1
            assert client.get("/page").status_code == 200
            assert running.result().json()["code"] == "tile_slow"
        assert client.post("/books", json=book).status_code == 200


def test_what_runs_is_finished_before_the_end(service: Service, book: Book) -> None:
    with service() as (client, server):
        answers: list[httpx.Response] = []
        asking = threading.Thread(target=lambda: answers.append(client.post("/books", json=book)))
        with httpx.Client(base_url=server.url) as other:
            asking.start()
            while other.get("/health").json()["in_flight"] == 0:
                pass
        server.process.send_signal(signal.SIGTERM)
        asking.join()
        assert answers[0].status_code == 200, answers[0].text
        assert server.process.wait(10) in (0, -signal.SIGTERM)
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{server.url}/health")


@pytest.mark.parametrize("after", [0.0, 0.05, 0.1, 0.2, 0.3])
def test_a_service_that_is_killed_leaves_no_half(
    service: Service, book: Book, store_url: str, after: float
) -> None:
    with service() as (client, server), ThreadPoolExecutor(1) as pool:
        before = objects(store_url)
        asked = pool.submit(client.post, "/books", json=book)
        time.sleep(after)
        server.process.kill()
        if error := asked.exception():
            assert isinstance(error, httpx.TransportError)
    # Each object is whole, and a page without its last one is made again.
    for key in objects(store_url) - before:
        picture(f"{store_url}/{BUCKET}/{key}", "image/jpeg").load()
    with service() as (client, _):
        for page in client.post("/books", json=book).json()["pages"]:
            assert picture(page["print"], "image/jpeg").size == (4000, 3000)
            assert picture(page["preview"], "image/jpeg").size == (800, 600)


def test_health_and_metrics(client: httpx.Client, book: Book) -> None:
    client.post("/books", json=book)
    assert client.get("/health").json()["status"] == "ok"
    text = client.get("/metrics").text
    for line in ('book_requests_total{path="/books",status="200"}', "makeready_jobs_done_total"):
        assert f"\n{line} " in text
    assert client.get("/no-such-path").status_code == 404
    assert 'book_requests_total{path="other",status="404"}' in client.get("/metrics").text


def test_the_fast_page(client: httpx.Client) -> None:
    answer = client.get("/page")
    assert answer.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(answer.content)).size == (160, 120)


def test_one_command_starts_everything() -> None:
    command = [sys.executable, "-m", "book", str(free_port())]
    with subprocess.Popen(command, cwd=EXAMPLES, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "Try it:\n"
        _, _, url, _, body = shlex.split(process.stdout.readline())
        made = httpx.post(url, content=body, timeout=30).json()
        preview = made["pages"][1]["preview"]
        assert picture(preview, "image/jpeg").size == (800, 600)
        process.terminate()
    for gone in (url, preview):
        with pytest.raises(httpx.ConnectError):
            httpx.get(gone)
