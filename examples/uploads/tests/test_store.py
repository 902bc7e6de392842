"""Stores that answer late, in part, or what nobody can read."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from uploads.errors import ProblemError
from uploads.lock import Locks
from uploads.settings import Settings
from uploads.store import Held, Store, Stored

from .conftest import Other, Site, eventually
from .raw import raw_store

THREADS = 2
SECONDS = 0.4
HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: image/webp\r\nETag: "a"\r\n'
EMPTY = HEAD + b"Content-Length: 0\r\n\r\n"
HALF = HEAD + b"Connection: close\r\nContent-Length: 100\r\n\r\n" + bytes(50)
SLOW_HEAD = (HEAD, b"X-Slow: " + 1000 * b"a")
SLOW_BODY = (HEAD + b"Content-Length: 1000\r\n\r\n", bytes(1000))
SLOW_STATUS = (b"HTTP/1.1 200 ", 1000 * b"O")
PICTURE = (HEAD + b"Content-Length: 4\r\n\r\nabcd", b"")
GOOD = {"GET": PICTURE} | dict.fromkeys(("HEAD", "PUT", "DELETE"), (EMPTY, b""))

Ask = Callable[[Store], Awaitable[object]]
ASKS: dict[str, Ask] = {
    "GET": lambda store: store.get("a"),
    "HEAD": lambda store: store.look("a"),
    "PUT": lambda store: store.create("a", b"mark"),
    "DELETE": lambda store: store.delete("a", "etag"),
}


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """Open a store with little patience and few threads."""
    settings = Settings({}, "", store_url=url, store_seconds=SECONDS, store_threads=THREADS)
    store = Store(settings)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "any")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


async def code_of(asked: Awaitable[object]) -> str:
    """Give the code of the error that must come."""
    with pytest.raises(ProblemError) as error:
        await asked
    return error.value.code


@pytest.mark.parametrize(
    ("method", "slow"),
    [
        ("GET", SLOW_STATUS),
        ("GET", SLOW_HEAD),
        ("GET", SLOW_BODY),
        ("HEAD", SLOW_HEAD),
        ("PUT", SLOW_HEAD),
        ("PUT", SLOW_BODY),
        ("DELETE", SLOW_HEAD),
    ],
)
def test_a_store_that_sends_byte_by_byte_is_slow_and_frees_its_threads(
    method: str, slow: tuple[bytes, bytes]
) -> None:
    answers = GOOD | {method: slow}
    other = "DELETE" if method == "GET" else "GET"

    async def ask(store: Store) -> None:
        start = time.monotonic()
        codes = await asyncio.gather(*(code_of(ASKS[method](store)) for _ in range(THREADS)))
        assert codes == ["store_slow"] * THREADS
        assert time.monotonic() - start < 2 * SECONDS
        await ASKS[other](store)

    with raw_store(answers) as url, opened(url) as store:
        asyncio.run(ask(store))


def test_calls_that_run_end_with_the_store() -> None:
    async def ask(store: Store) -> None:
        asked = asyncio.create_task(store.get("a"))
        await asyncio.sleep(SECONDS / 4)
        start = time.monotonic()
        store.close()
        assert time.monotonic() - start < SECONDS / 2
        assert await code_of(asked) == "store_down"

    with raw_store({"GET": SLOW_BODY}) as url, opened(url) as store:
        asyncio.run(ask(store))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate of this machine, with its key."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    made = path.with_suffix(".crt")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=store"
    address = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(path), "-out", str(made)]
    subprocess.run([*command.split(), *address], check=True, capture_output=True)
    with path.open("a") as both:
        both.write(made.read_text())
    return path


def test_a_slow_store_frees_its_threads_by_tls_too(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask(store: Store) -> None:
        assert await code_of(store.get("a")) == "store_slow"

    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    with raw_store({"GET": SLOW_BODY}, tls) as url, opened(url) as store:
        asyncio.run(ask(store))
        start = time.monotonic()
        store.close()
        assert time.monotonic() - start < SECONDS


def test_a_connection_serves_again_after_a_call_that_ended_well() -> None:
    async def ask(store: Store) -> None:
        for _ in range(3):
            assert await store.get("a") == Stored(b"abcd", "image/webp")

    with raw_store({"GET": PICTURE}) as url, opened(url) as store:
        asyncio.run(ask(store))


def test_half_a_picture_is_none() -> None:
    async def ask(store: Store) -> None:
        assert await code_of(store.get("a")) == "store_down"

    with raw_store({"GET": (HALF, b"")}) as url, opened(url) as store:
        asyncio.run(ask(store))


UNDATED = HEAD + b"Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Length: 0\r\n"


@pytest.mark.parametrize(
    ("method", "sent"),
    [
        ("HEAD", UNDATED + b"\r\n"),
        ("HEAD", UNDATED + b"Date: soon\r\n\r\n"),
        ("HEAD", UNDATED + b"Date: Mon, 01 Jan 2024 00:00:00 -0000\r\n\r\n"),
        ("HEAD", EMPTY),
        ("HEAD", HEAD + b"Last-Modified: soon\r\nContent-Length: 0\r\n\r\n"),
        ("HEAD", HEAD + b"Content-Length: many\r\n\r\n"),
        ("GET", HEAD + b"Connection: close\r\n\r\n"),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd"),
        ("HEAD", b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n"),
        ("PUT", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ],
)
def test_what_nobody_can_read_is_a_store_that_is_down(method: str, sent: bytes) -> None:
    async def ask(store: Store) -> None:
        assert await code_of(ASKS[method](store)) == "store_down"

    with raw_store(GOOD | {method: (sent, b"")}) as url, opened(url) as store:
        asyncio.run(ask(store))


@pytest.mark.parametrize(
    ("age", "taken"), [(0, False), (9, False), (-9, False), (10, True), (-10, True)]
)
def test_a_lock_whose_age_is_far_from_now_has_no_holder(
    monkeypatch: pytest.MonkeyPatch, age: float, taken: bool
) -> None:
    async def there(_store: Store, _name: str, _mark: bytes) -> None:
        return None

    async def look(_store: Store, _name: str) -> Held:
        return Held("etag", age)

    async def ask(store: Store) -> None:
        async with Locks(store, 10).held("a") as held:
            assert held == taken

    monkeypatch.setattr(Store, "create", there)
    monkeypatch.setattr(Store, "look", look)
    with raw_store(GOOD) as url, opened(url) as store:
        asyncio.run(ask(store))


def test_a_slow_store_does_not_keep_a_renderer_from_its_end(site: Site, other: Other) -> None:
    answers = {"PUT": (EMPTY, b""), "GET": SLOW_BODY, "DELETE": (EMPTY, b"")}
    asked: list[str] = []
    with raw_store(answers, asked=asked) as url, other(UPLOADS_STORE_URL=url) as (slow, process):
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(slow.ask, slow.path("a.jpg"))
            eventually(lambda: "GET" in asked)
            process.terminate()
            answer = running.result()
            assert (answer.status, answer.code) == (504, "store_slow")
        process.wait(3)
