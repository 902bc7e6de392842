"""Stores that answer slowly, or as no store does."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from book.errors import ProblemError
from book.servers import CREDENTIALS
from book.settings import Settings
from book.store import Store

from .conftest import Book, Service, plain_host

SECONDS = 0.3
DRIBBLED = 3.0
"""Seconds after which even a store that dribbles hangs up, so that no test waits for ever."""

Ask = Callable[[Store], Coroutine[Any, Any, object]]


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


def has(store: Store) -> Coroutine[Any, Any, object]:
    return store.has("key")


def put(store: Store) -> Coroutine[Any, Any, object]:
    return store.put("key", b"data", "image/jpeg")


def dribble(connection: socket.socket, start: bytes, again: bytes) -> None:
    connection.sendall(start)
    end = time.monotonic() + DRIBBLED
    while time.monotonic() < end:
        connection.sendall(again)
        time.sleep(SECONDS / 10)


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("ask", "start", "again"),
    [
        (has, HEAD, b"X"),
        (has, b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (put, HEAD + b"Content-Length: 1000\r\n\r\n", b"X"),
        (put, HEAD + b"Connection: close\r\n\r\n", b"X"),
    ],
)
def test_a_store_that_dribbles(ask: Ask, start: bytes, again: bytes) -> None:
    is_well = False

    def answer(connection: socket.socket) -> None:
        if is_well:
            connection.sendall(HEAD + b"Content-Length: 0\r\nConnection: close\r\n\r\n")
        else:
            dribble(connection, start, again)

    async def one_more_than_threads() -> None:
        nonlocal is_well
        begin = time.monotonic()
        asked = (ask(store) for _ in range(3))
        for error in await asyncio.gather(*asked, return_exceptions=True):
            assert isinstance(error, ProblemError)
            assert (error.code, error.retry_after) == ("store_slow", 1)
        assert time.monotonic() - begin < 3 * SECONDS
        is_well = True
        found = error
        # A second try may be in its pause before it finds that the call is over.
        while isinstance(found, ProblemError):
            [found] = await asyncio.gather(ask(store), return_exceptions=True)
        assert found in (True, None)
        assert time.monotonic() - begin < DRIBBLED / 2

    with plain_host(answer) as url:
        store = Store(Settings(store_url=url, store_seconds=SECONDS, store_threads=2))
        asyncio.run(one_more_than_threads())
        begin = time.monotonic()
        store.close()
        assert time.monotonic() - begin < DRIBBLED / 2


def test_a_store_that_dribbles_does_not_hold_up_the_end(service: Service, book: Book) -> None:
    with (
        plain_host(lambda connection: dribble(connection, HEAD, b"X")) as url,
        service(BOOK_STORE_URL=url, BOOK_STORE_SECONDS=str(SECONDS)) as (client, server),
    ):
        answer = client.post("/books", json=book)
        assert (answer.status_code, answer.json()["code"]) == (504, "store_slow")
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(DRIBBLED / 2) in (0, -signal.SIGTERM)


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (has, HEAD + b"Last-Modified: yesterday\r\n\r\n"),
        (has, HEAD + b"Content-Length: many\r\n\r\n"),
        (has, b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\n\r\n"),
        (has, b"HTTP/1.1 304 Not Modified\r\n\r\n"),
        (has, b"SSH-2.0-OpenSSH\r\n\r\n"),
        (put, b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\n\r\n"),
        (put, b"HTTP/1.1 400 Bad Request\r\n\r\n<Error><Message>no</Message></Error>"),
    ],
)
def test_a_store_that_answers_as_none_does(ask: Ask, answer: bytes) -> None:
    with plain_host(lambda connection: connection.sendall(answer)) as url:
        store = Store(Settings(store_url=url))
        with pytest.raises(ProblemError) as problem:
            asyncio.run(ask(store))
        store.close()
    assert (problem.value.code, problem.value.retry_after) == ("store_down", 1)
