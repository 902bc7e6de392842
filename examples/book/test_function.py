"""The function in its own runtime, and the client that has a service to fall back to."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from book.client import Client
from book.servers import CREDENTIALS, EXAMPLES, free_port, serve, service_settings, uvicorn

from .conftest import Book


@pytest.fixture(scope="module")
def gateway(store_url: str) -> Iterator[str]:
    """Run the function, one instance, behind a gateway."""
    with serve(uvicorn("book.gateway:create")) as server:
        runtime = {
            "AWS_LAMBDA_RUNTIME_API": server.url.removeprefix("http://"),
            "AWS_LAMBDA_FUNCTION_NAME": "book",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "BOOK_TILE_SECONDS": "2",
        }
        command = [sys.executable, "-m", "awslambdaric", "book.function.handler"]
        environment = os.environ | CREDENTIALS | service_settings(store_url) | runtime
        function = subprocess.Popen(command, cwd=EXAMPLES, env=environment)
        yield server.url
        function.kill()
        function.wait()


def requests_of(service: httpx.Client) -> float:
    lines = service.get("/metrics").text.splitlines()
    name = 'book_requests_total{path="/books"'
    return sum(float(line.split()[1]) for line in lines if line.startswith(name))


def make(book: Book, function_url: str, service: httpx.Client, budget: float) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
            service_url = f"{service.base_url}/books"
            return await Client(http, f"{function_url}/books", service_url, budget).make(book)

    return asyncio.run(ask())


def slow(book: Book) -> Book:
    changed: Book = json.loads(json.dumps(book))
    changed["pages"][0]["tiles"][0][0] += "&fault=slow"
    return changed


def test_the_function_gives_what_the_service_gives(
    gateway: str, client: httpx.Client, book: Book
) -> None:
    before = requests_of(client)
    answer = make(book, gateway, client, 0)
    assert requests_of(client) == before
    assert answer.status_code == 200, answer.text
    assert answer.json() == client.post("/books", json=book).json()
    assert len(httpx.get(answer.json()["pages"][1]["print"]).content) > 100_000


def test_an_error_of_the_definition_is_final(
    gateway: str, client: httpx.Client, book: Book
) -> None:
    before = requests_of(client)
    answer = make(book | {"pages": []}, gateway, client, 0)
    assert (answer.status_code, answer.json()["code"]) == (422, "definition")
    assert requests_of(client) == before


@pytest.mark.parametrize(("budget", "by_service"), [(0, 1), (20, 0)])
def test_no_room_is_waited_for_within_the_budget(
    gateway: str, client: httpx.Client, book: Book, budget: float, by_service: int
) -> None:
    before = requests_of(client)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(httpx.post, f"{gateway}/books", json=slow(book), timeout=30)
        while httpx.get(f"{gateway}/health").json()["in_flight"] == 0:
            assert not running.done()
        assert make(book, gateway, client, budget).status_code == 200
        assert running.result().json()["code"] == "tile_slow"
    assert requests_of(client) == before + by_service


def test_a_function_that_is_gone(client: httpx.Client, book: Book) -> None:
    before = requests_of(client)
    assert make(book, f"http://127.0.0.1:{free_port()}", client, 2).status_code == 200
    assert requests_of(client) == before + 1


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Load the function, whose store and tiles nobody listens for."""
    for name, value in (CREDENTIALS | service_settings("http://127.0.0.1:1")).items():
        monkeypatch.setenv(name, value)
    return importlib.import_module("book.function")


@pytest.mark.parametrize(
    ("event", "status", "code"),
    [
        ({}, 400, "malformed"),
        ({"body": "a", "isBase64Encoded": True}, 400, "malformed"),
        ({"body": "\u00e9", "isBase64Encoded": True}, 400, "malformed"),
        ({"body": "\ud800"}, 400, "malformed"),
        ({"body": "e30=", "isBase64Encoded": True}, 422, "definition"),
        ({"body": " " * 70_000}, 413, "definition_too_large"),
        ({"body": 7}, 500, "internal"),
    ],
)
def test_events_that_are_no_definition(
    function: Any, event: dict[str, Any], status: int, code: str
) -> None:
    answer = function.handler(event, None)
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (status, code)


def test_a_fault_of_the_function_is_told_without_its_words(
    function: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def parse(_body: bytes) -> None:
        raise ZeroDivisionError("hush")

    monkeypatch.setattr(function, "parse", parse)
    answer = function.handler({"body": "{}"}, None)
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (500, "internal")
    assert "ZeroDivisionError" in caplog.text
    assert "hush" not in answer["body"] + caplog.text


@pytest.mark.parametrize(
    ("status", "body", "is_final"),
    [
        (200, b'{"book": "first", "pages": []}', True),
        (200, b"<h1>Sign in</h1>", False),
        (200, b"", False),
        (200, b"{}", False),
        (422, b'{"code": "definition"}', True),
        (500, b'{"code": "internal"}', False),
        (500, b'{"code": null}', False),
        (500, b'{"code": ["definition"]}', False),
        (403, b'{"code": "elsewhere"}', False),
        (500, b"null", False),
        (500, b"[]", False),
        (502, b"", False),
        (504, b'{"mess', False),
        (502, b"\xff", False),
        (502, b"[" * 100_000, False),
    ],
)
def test_an_answer_that_is_none_of_the_function(status: int, body: bytes, is_final: bool) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "service":
            return httpx.Response(201)
        return httpx.Response(status, headers={"content-type": "application/json"}, content=body)

    async def ask() -> int:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            made = await Client(http, "http://function/", "http://service/").make({})
            return made.status_code

    assert asyncio.run(ask()) == (status if is_final else 201)
