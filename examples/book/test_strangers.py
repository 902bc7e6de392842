"""Clients that mean harm, or leave: over plain sockets, as no client library sends such requests."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from book.servers import Server

from .conftest import Book, Service
from .test_flow import metric, objects

BOOKS = 'book_requests_total{path="/books",status="%d"}'


@contextmanager
def sent(url: str, request: bytes) -> Iterator[socket.socket]:
    """Send bytes to a service, and keep the connection."""
    at = httpx.URL(url)
    with socket.create_connection((at.host, at.port or 80), timeout=20) as connection:
        connection.sendall(request)
        yield connection


def post(body: bytes, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return b"POST /books HTTP/1.1\r\nHost: book\r\nContent-Length: %d\r\n\r\n" % size + body


def answer(connection: socket.socket) -> tuple[int, dict[str, Any]]:
    """Read an answer to its end, with the end of the connection where the server says so."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65_536)
        assert part, received
        received += part
    head, body = received.split(b"\r\n\r\n", 1)
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65_536)
    if b"connection: close" in head.lower():
        assert connection.recv(1) == b""
    return int(head.split()[1]), json.loads(body)


def eventually(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def slow(book: Book, places: int = 1) -> Book:
    changed: Book = json.loads(json.dumps(book))
    for page in changed["pages"][:places]:
        page["tiles"][0][0] += "&fault=slow"
    return changed


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/books", 405, "method"),
        ("HEAD", "/page", 405, None),
        ("TRACE", "/books", 405, "method"),
        ("POST", "/books/", 404, "no_path"),
        ("GET", "/docs", 404, "no_path"),
        ("GET", "/openapi.json", 404, "no_path"),
        ("GET", "/%2e%2e/etc/passwd", 404, "no_path"),
        ("GET", "//elsewhere.example/books", 404, "no_path"),
    ],
)
def test_what_is_not_served_is_json(
    client: httpx.Client, method: str, path: str, status: int, code: str | None
) -> None:
    request = client.build_request(method, str(client.base_url) + path)
    got = client.send(request)
    assert (got.status_code, got.json()["code"] if code else None) == (status, code)
    assert "location" not in got.headers
    assert (status == 405) == ("allow" in got.headers)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 60_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"book": "\\ud800"}',
        b'{"book": "a\x00b"}',
        b'{"pages": 1e999}',
        b'{"pages": ' + b"9" * 5000 + b"}",
        b'{"pages": NaN}',
        b"\xef\xbb\xbf{}",
        b"PK\x03\x04" + bytes(range(256)),
    ],
)
def test_bodies_that_are_no_json(client: httpx.Client, body: bytes) -> None:
    got = client.post("/books", content=body)
    assert (got.status_code, got.json()["code"]) in ((400, "malformed"), (422, "definition")), body


@pytest.mark.parametrize("number", ["1.0", "1.5", "-1", "1e308", "-0.0", "true", "1e2", "9" * 30])
def test_numbers_of_pages_are_whole(client: httpx.Client, book: Book, number: str) -> None:
    text = json.dumps(book).replace('"page": 1', f'"page": {number}')
    got = client.post("/books", content=text)
    found = got.status_code, got.json()["code"], got.json()["parameter"]
    assert found == (422, "definition", "pages.0.page")


def test_the_place_of_a_fault_is_a_parameter(client: httpx.Client, book: Book) -> None:
    del book["pages"][1]["tiles"]
    assert client.post("/books", json=book).json()["parameter"] == "pages.1.tiles"
    assert client.post("/books", content=b"{").json()["parameter"] is None


def test_a_log_line_has_no_word_of_a_definition(
    service: Service, book: Book, capfd: pytest.CaptureFixture[str]
) -> None:
    with service() as (client, _):
        assert client.post("/books", json=book | {"hush" * 1000: 1}).status_code == 422
    lines = [line for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    [line] = [json.loads(line) for line in lines]
    assert (line["status"], line["code"]) == (422, "definition")
    assert "hush" not in lines[0]


def test_a_definition_that_does_not_come(service: Service) -> None:
    with service(BOOK_DEFINITION_SECONDS="0.3") as (client, server):
        with sent(server.url, post(b"{", 100)) as connection:
            status, error = answer(connection)
            assert (status, error["code"]) == (408, "definition_slow")
        # A definition that goes on for ever is not read for ever.
        with sent(server.url, post(b" " * 70_000, 10**12)) as connection:
            assert answer(connection)[0] == 413
        with sent(server.url, post(b"{", 100)):
            pass
        eventually(lambda: metric(client, BOOKS % 499) == 1)


def test_no_client_holds_up_the_end(service: Service) -> None:
    with (
        service(BOOK_DEFINITION_SECONDS="0.5") as (_, server),
        sent(server.url, b"POST /bo"),
        sent(server.url, post(b"{", 100)) as connection,
    ):
        # Connections are taken in their order, so both have been by the time that this one is answered.
        httpx.get(f"{server.url}/health").raise_for_status()
        server.process.send_signal(signal.SIGTERM)
        assert answer(connection)[0] == 408
        assert server.process.wait(5) in (0, -signal.SIGTERM)


def test_equal_books_at_once_are_made_once(client: httpx.Client, book: Book) -> None:
    names = 'book_pages_total{outcome="rendered"}', 'book_tiles_total{outcome="ok"}'
    before = [metric(client, name) for name in names]
    other = book | {
        "book": "other",
        "pages": [page | {"page": 7 + page["page"]} for page in book["pages"]],
    }
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: client.post("/books", json=one), (book, other, book)))
    assert [got.status_code for got in answers] == [200] * 3
    made = [[page["print"] for page in got.json()["pages"]] for got in answers]
    assert made[0] == made[1] == made[2]
    assert [page["page"] for page in answers[1].json()["pages"]] == [8, 9]
    assert [metric(client, name) - old for name, old in zip(names, before, strict=True)] == [2, 8]


def test_an_error_names_the_page_of_each_book(client: httpx.Client, book: Book) -> None:
    bad = slow(book)
    other = bad | {"pages": [page | {"page": 7 + page["page"]} for page in bad["pages"]]}
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: client.post("/books", json=one).json(), (bad, other)))
    assert [got["code"] for got in answers] == ["tile_slow"] * 2
    assert [(got["page"], got["tile"]) for got in answers] == [(1, [0, 0]), (8, [0, 0])]


def in_flight(server: Server) -> int:
    return int(httpx.get(f"{server.url}/health").json()["in_flight"])


def test_the_work_for_a_client_that_leaves_ends(
    service: Service, book: Book, store_url: str
) -> None:
    with service(BOOK_TILE_SECONDS="30") as (client, server):
        before = objects(store_url)
        with sent(server.url, post(json.dumps(slow(book, 2)).encode())):
            eventually(lambda: in_flight(server) == 1)
        eventually(lambda: in_flight(server) == 0, 2)
        assert metric(client, BOOKS % 499) == 1
        assert objects(store_url) == before
        # Nothing is left of it that the next one could wait for.
        assert client.post("/books", json=book).status_code == 200


def test_a_client_that_leaves_takes_no_book_from_another(service: Service, book: Book) -> None:
    with service() as (client, server), ThreadPoolExecutor(1) as pool:
        for page in book["pages"]:
            page["tiles"][1][1] += "&fault=error&times=2&id=leaves"
        with sent(server.url, post(json.dumps(book).encode())):
            eventually(lambda: in_flight(server) == 1)
            staying = pool.submit(client.post, "/books", json=book)
            eventually(lambda: in_flight(server) == 2)
        assert staying.result().status_code == 200
        assert metric(client, 'book_pages_total{outcome="rendered"}') == 2
        assert metric(client, BOOKS % 499) == 1
