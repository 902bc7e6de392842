"""The store, the tiles and the service, as processes that tests ask over sockets."""

from __future__ import annotations

import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import httpx
import pytest

from book.__main__ import definition
from book.servers import Server, make_bucket, serve, service_settings, store, uvicorn

Book = dict[str, Any]
Service = Callable[..., AbstractContextManager[tuple[httpx.Client, Server]]]


@contextmanager
def plain_host(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Answer each request by bytes over a plain socket, as no server would; then hang up."""

    def serve_one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                if not (part := connection.recv(1)):
                    return
                head += part
            answer(connection)

    def serve_all() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                threading.Thread(target=serve_one, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        accepting = threading.Thread(target=serve_all)
        accepting.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        accepting.join()


@pytest.fixture(scope="session")
def store_url() -> Iterator[str]:
    """Run a store."""
    with serve(store()) as server:
        make_bucket(server.url)
        yield server.url


@pytest.fixture(scope="session")
def tiles_url() -> Iterator[str]:
    """Run a host of tiles that answers at once."""
    with serve(uvicorn("book.tiles:create"), {"TILES_LATENCY_MS": "5"}) as server:
        yield server.url


@pytest.fixture(scope="session")
def service(store_url: str) -> Service:
    """Run a service with settings of its own."""

    @contextmanager
    def run(**settings: str) -> Iterator[tuple[httpx.Client, Server]]:
        environment = service_settings(store_url) | settings
        with (
            serve(uvicorn("book.app:create"), environment) as server,
            httpx.Client(base_url=server.url, timeout=30, trust_env=False) as client,
        ):
            yield client, server

    return run


@pytest.fixture(scope="session")
def client(service: Service) -> Iterator[httpx.Client]:
    """Run the service that most tests ask."""
    settings = {"BOOK_TILE_SECONDS": "2", "BOOK_RETRY_SECONDS": "0.01"}
    # A test of one fault is no reason to refuse the host in the next.
    with service(BOOK_BREAKER_FAILURES="1000", **settings) as (client, _):
        yield client


@pytest.fixture
def book(tiles_url: str) -> Book:
    """Define a book that no other test has made."""
    return definition(tiles_url, query=f"?v={uuid.uuid4().hex}")
