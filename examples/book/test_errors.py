"""Tiles, definitions and stores that are at fault."""

from __future__ import annotations

import asyncio
import copy
import gc
import io
import json
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import ExifTags, Image

from book.app import create
from book.breaker import MAX_HOSTS, Breakers
from book.errors import CODES, ProblemError
from book.render import Makeready
from book.servers import BUCKET, CREDENTIALS, free_port, s3
from book.settings import Settings
from book.sharing import Shared
from book.store import Store
from book.tiles import TILES

from .conftest import Book, Service


def ask(client: httpx.Client, book: Book) -> tuple[int, dict[str, Any]]:
    answer = client.post("/books", json=book)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("missing", 502, "tile_missing"),
        ("redirect", 502, "tile_redirect"),
        ("error", 502, "tile_failed"),
        ("slow", 504, "tile_slow"),
        ("cut", 502, "tile_truncated"),
        ("half", 502, "tile_truncated"),
        ("type", 502, "tile_content"),
        ("large", 502, "tile_too_large"),
    ],
)
def test_the_tile_at_fault_is_named(
    client: httpx.Client, book: Book, fault: str, status: int, code: str
) -> None:
    book["pages"][1]["tiles"][1][0] += f"&fault={fault}"
    answer = ask(client, book)
    assert answer[0] == status, answer
    found = {name: answer[1][name] for name in ("code", "page", "tile")}
    assert found == {"code": code, "page": 2, "tile": [1, 0]}
    assert answer[1]["message"].startswith(CODES[code][1])


@pytest.mark.parametrize("fault", ["error", "cut"])
def test_a_fault_that_passes_is_not_seen(client: httpx.Client, book: Book, fault: str) -> None:
    book["pages"][0]["tiles"][0][1] += f"&fault={fault}&times=2&id={fault}"
    assert ask(client, book)[0] == 200


def test_a_tile_of_another_size(client: httpx.Client, book: Book, store_url: str) -> None:
    small = client.get("/page").content
    s3(store_url).put_object(Bucket=BUCKET, Key="small.webp", Body=small)
    book["pages"][0]["tiles"][0][0] = f"{store_url}/books/small.webp"
    status, error = ask(client, book)
    assert (status, error["code"], error["tile"]) == (502, "tile_content", [0, 0])
    assert error["message"].endswith("expected 2000x1500, found 160x120")


def test_a_tile_that_is_turned_has_the_size_that_is_shown(
    client: httpx.Client, book: Book, store_url: str
) -> None:
    turned = Image.Exif()
    turned[ExifTags.Base.Orientation] = 6
    for width, height, status in ((2000, 1500, 502), (1500, 2000, 200)):
        tile = io.BytesIO()
        Image.new("RGB", (width, height)).save(tile, "JPEG", exif=turned)
        key = f"turned-{width}.jpg"
        s3(store_url).put_object(Bucket=BUCKET, Key=key, Body=tile.getvalue())
        book["pages"][0]["tiles"][0][0] = f"{store_url}/books/{key}"
        assert ask(client, book)[0] == status


def test_a_host_that_nobody_listens_at(client: httpx.Client, book: Book) -> None:
    book["pages"][0]["tiles"][0][0] = f"http://127.0.0.1:{free_port()}/tile.jpg"
    assert ask(client, book)[1]["code"] == "tile_failed"


def test_a_failing_host_is_left_alone_for_a_while(service: Service, book: Book) -> None:
    bad = copy.deepcopy(book)
    for page in bad["pages"]:
        page["tiles"] = [[url + "&fault=error" for url in row] for row in page["tiles"]]
    settings = {"BOOK_BREAKER_SECONDS": "2", "BOOK_RETRY_SECONDS": "0.01"}
    with service(BOOK_BREAKER_FAILURES="4", **settings) as (client, _):
        codes = [ask(client, bad)[1]["code"]]
        while codes[-1] == "tile_failed":
            codes.append(ask(client, bad)[1]["code"])
        assert 1 < len(codes) <= 5
        assert codes[-1] == "tile_host_down"
        refused = client.post("/books", json=book)
        assert (refused.status_code, refused.json()["code"]) == (503, "tile_host_down")
        assert refused.headers["Retry-After"] in ("1", "2")
        assert client.get("/health").json()["hosts_left_alone"] == 1
        end = time.monotonic() + 10
        while ask(client, book)[0] == 503:
            assert time.monotonic() < end
        assert client.get("/health").json()["hosts_left_alone"] == 0


def test_breakers_by_the_clock() -> None:
    now = 0.0
    breakers = Breakers(2, 5, lambda: now)

    def is_open(host: str = "a") -> bool:
        try:
            breakers.check(host)
        except ProblemError:
            return True
        return False

    states = []
    for event in ("failed", "succeeded", "failed", "failed"):
        getattr(breakers, event)("a")
        states.append(is_open())
    assert states == [False, False, False, True]
    assert not is_open("b")
    now = 5.0
    assert not is_open()
    breakers.failed("a")  # the first failure opens it anew
    assert is_open()
    for number in range(MAX_HOSTS):
        breakers.failed(f"host-{number}")
    assert not is_open()  # as it is the one known longest


def change(path: str, value: object) -> Callable[[Book], None]:
    """Change a good definition in one place; without a value, take the place away."""

    def apply(book: Book) -> None:
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        inner: Any = book
        for part in parents:
            inner = inner[part]
        if value is None:
            del inner[last]
        else:
            inner[last] = value

    return apply


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("book", None, "book"),
        ("book", "../../etc", "book"),
        ("book", 7, "book"),
        ("colour", "red", "colour"),
        ("outputs", [], "outputs"),
        ("outputs", ["poster"], "outputs.0"),
        ("pages", [], "pages.0"),
        ("pages.1", None, "pages.1"),
        ("pages.1.page", 1, "pages"),
        ("pages.0.page", 0, "pages.0.page"),
        ("pages.0.page", "1", "pages.0.page"),
        ("pages.0.tiles", [["a", "b"]], "pages.0.tiles.1"),
        ("pages.0.tiles.1", ["a", "b", "c"], "pages.0.tiles.1"),
        ("pages.0.tiles.1.0", 7, "pages.0.tiles.1.0"),
        ("pages.0.tiles.1.0", "", "pages.0.tiles.1.0"),
        ("pages.0.tiles.1.0", "http://a/" + 2048 * "b", "pages.0.tiles.1.0"),
    ],
)
def test_a_broken_definition(
    client: httpx.Client, book: Book, path: str, value: object, place: str
) -> None:
    change(path, value)(book)
    status, error = ask(client, book)
    assert (status, error["code"]) == (422, "definition")
    assert error["message"].startswith(f"{CODES['definition'][1]}: {place}: "), error


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed"),
        (b"{", 400, "malformed"),
        (b"\xff", 400, "malformed"),
        (b"[]", 422, "definition"),
        (b" " * 70_000, 413, "definition_too_large"),
    ],
)
def test_a_body_that_is_no_definition(
    client: httpx.Client, body: bytes, status: int, code: str
) -> None:
    answer = client.post("/books", content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_store_that_is_down(service: Service, book: Book) -> None:
    with service(BOOK_STORE_URL=f"http://127.0.0.1:{free_port()}") as (client, _):
        status, error = ask(client, book)
        assert (status, error["code"]) == (503, "store_down")


def put(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> ProblemError:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    store = Store(settings)
    with pytest.raises(ProblemError) as problem:
        asyncio.run(store.put("key", b"data", "image/jpeg"))
    store.close()
    return problem.value


def test_a_store_without_the_bucket(monkeypatch: pytest.MonkeyPatch, store_url: str) -> None:
    problem = put(monkeypatch, Settings(store_url=store_url, bucket="elsewhere"))
    assert (problem.code, problem.detail) == ("store_down", "NoSuchBucket")


def test_a_store_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        problem = put(monkeypatch, Settings(store_url=url, store_seconds=0.2))
    assert (problem.status, problem.code, problem.retry_after) == (504, "store_slow", 1)


def test_a_page_that_takes_too_long() -> None:
    tiles = [TILES[f"left-{place}.jpg"] for place in ("00", "01", "10", "11")]
    with pytest.raises(ProblemError) as problem:
        asyncio.run(Makeready(seconds=0.001).page(tiles, ["print", "preview"]))
    assert (problem.value.status, problem.value.code) == (504, "timeout")


def test_every_setting_and_code_is_documented() -> None:
    readme = (Path(__file__).parent / "README.md").read_text()
    for setting in fields(Settings):
        assert f"| `BOOK_{setting.name.upper()}` |" in readme
    for code, (status, _) in CODES.items():
        assert f"| `{code}` | {status} |" in readme


class Broken:
    """A renderer with a fault of its own."""

    version = "broken"

    async def page(self, tiles: Sequence[bytes], outputs: Sequence[str]) -> list[bytes]:
        raise AssertionError("not asked in this test")

    async def thumbnail(self, picture: bytes) -> bytes:
        raise ZeroDivisionError("of http://tiles/hush")

    async def close(self) -> None:
        pass


def test_a_fault_of_the_service_is_told_like_other_errors(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    caplog.set_level("INFO", "book")
    app = create(lambda _settings: Broken())

    async def ask_for_the_page() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://book") as http:
            return await http.get("/page")

    answer = asyncio.run(ask_for_the_page())
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    [line] = [json.loads(record.message) for record in caplog.records if record.name == "book"]
    assert line["status"] == 500
    assert line["fault"].startswith("ZeroDivisionError ")
    assert "hush" not in json.dumps(line)


def test_a_log_line_has_no_secret(
    service: Service, book: Book, capfd: pytest.CaptureFixture[str]
) -> None:
    book["pages"][0]["tiles"][0][0] += "&fault=missing&signature=hush"
    with service() as (client, _):
        answer = client.post("/books?token=hush", json=book)
    lines = [line for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    [line] = [json.loads(line) for line in lines]
    assert line["request"] == answer.headers["x-request-id"]
    fields = ("method", "path", "status", "book", "code", "page", "tile")
    expected = ["POST", "/books", 502, "first", "tile_missing", 1, [0, 0]]
    assert [line[name] for name in fields] == expected
    assert "hush" not in lines[0] + answer.text


def test_books_of_which_both_pages_fail_log_lines_of_json_alone(
    service: Service, tiles_url: str, book: Book, capfd: pytest.CaptureFixture[str]
) -> None:
    for page in book["pages"]:
        page["tiles"] = [[f"{tiles_url}/nothing-{page['page']}"] * 2] * 2
    with service(BOOK_TILE_SECONDS="1", BOOK_CONNECTIONS="16") as (client, _):
        codes = {ask(client, book)[1]["code"] for _ in range(40)}
    assert codes == {"tile_missing"}
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [line["status"] for line in lines] == [502] * 40


def test_work_that_fails_as_it_is_cancelled_does_so_in_silence() -> None:
    said: list[dict[str, Any]] = []

    async def work() -> None:
        try:
            await asyncio.sleep(20)
        finally:
            raise ProblemError("tile_missing")

    async def leave() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, fault: said.append(fault))
        waiting = asyncio.create_task(Shared[None]().run("page", work))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.wait((waiting,))
        await asyncio.sleep(0.01)
        del waiting
        gc.collect()

    asyncio.run(leave())
    assert not said


def test_a_setting_that_is_misspelt() -> None:
    settings = Settings.from_environment(
        {"BOOK_TILE_SECONDS": "0.5", "BOOK_TILE_TRIES": "7", "A": ""}
    )
    assert (settings.tile_seconds, settings.tile_tries, settings.bucket) == (0.5, 7, "books")
    with pytest.raises(ValueError, match=r"found \['BOOK_TILE_SECOND'\]"):
        Settings.from_environment({"BOOK_TILE_SECOND": "1"})
