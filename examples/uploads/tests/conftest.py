"""A store and two renderers, as processes that tests ask over sockets."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from uploads.app import PROOF
from uploads.bucket import BUCKET
from uploads.paths import FRONT, RENDER, signed_path
from uploads.servers import MAKEREADY, Bucket, Process, bucket, new_secrets, renderer

IMAGES = Path(__file__).parents[3] / "tests" / "images"
TIMES = {
    "UPLOADS_ORIGINAL_BYTES": "2000000",
    "UPLOADS_JOB_SECONDS": "1.5",
    "UPLOADS_LEASE_SECONDS": "2.5",
    "UPLOADS_WAIT_SECONDS": "8",
    "UPLOADS_STORE_SECONDS": "1",
}


@dataclass
class Answer:
    """A response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The code of an error."""
        error: dict[str, str] = json.loads(self.body)
        assert error.keys() - {"parameter"} == {"code", "message"}
        return error["code"]


class Unix(http.client.HTTPConnection):
    """A connection that sends a path as it is, which other clients tidy up."""

    def __init__(self, path: Path) -> None:
        """Connect to a socket."""
        super().__init__("renderer", timeout=20)
        self._path = str(path)

    def _validate_path(self, _path: str) -> None:
        pass

    def connect(self) -> None:
        """Connect."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)


@dataclass
class Site:
    """A store, its secrets, and the sockets of its renderers."""

    store: Bucket
    shared: dict[str, str]
    sockets: list[Path]
    log: Path

    @property
    def keys(self) -> dict[str, str]:
        """The keys by which paths are signed."""
        keys: dict[str, str] = json.loads(self.shared["UPLOADS_KEYS"])
        return keys

    def upload(self, source: str, data: bytes) -> str:
        """Put a document into the store."""
        self.store.client().put_object(Bucket=BUCKET, Key=f"originals/{source}", Body=data)
        return source

    def objects(self, prefix: str) -> list[str]:
        """List the objects below a prefix."""
        listed = self.store.client().list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [entry["Key"] for entry in listed.get("Contents", [])]

    def path(self, source: str, query: str = "w=320&f=webp") -> str:
        """Sign a path to the renderer."""
        return signed_path(source, query, self.keys).replace(FRONT, RENDER)

    def ask(self, path: str, renderer: int = 0, method: str = "GET", proof: str = "") -> Answer:
        """Ask a renderer as nginx does."""
        connection = Unix(self.sockets[renderer])
        try:
            headers = {PROOF: proof or self.shared["UPLOADS_SECRET"]}
            connection.request(method, path, headers=headers)
            response = connection.getresponse()
            return Answer(
                response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
            )
        finally:
            connection.close()

    def made(self) -> float:
        """Count the pictures that were made by all renderers."""
        texts = [self.ask("/metrics", number).body.decode() for number in range(len(self.sockets))]
        name = 'uploads_pictures_total{outcome="made"} '
        lines = [line for text in texts for line in text.splitlines() if line.startswith(name)]
        return sum(float(line.removeprefix(name)) for line in lines)


def eventually(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


Other = Callable[..., AbstractContextManager[tuple[Site, Process]]]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run a store and two renderers."""
    folder = tmp_path_factory.mktemp("site")
    sockets = [folder / "1.sock", folder / "2.sock"]
    log = folder / "renderers.log"
    shared = new_secrets()
    with ExitStack() as stack:
        store = stack.enter_context(bucket())
        for path in sockets:
            stack.enter_context(renderer(store, shared | TIMES, path, log=log))
        yield Site(store, shared, sockets, log)


@pytest.fixture
def other(site: Site, tmp_path: Path) -> Other:
    """Run one more renderer at the same store, with settings of its own."""

    @contextmanager
    def run(name: str = MAKEREADY, **settings: str) -> Iterator[tuple[Site, Process]]:
        path, log = tmp_path / "other.sock", tmp_path / "other.log"
        every = site.shared | TIMES | settings
        with renderer(site.store, every, path, name, log) as process:
            yield replace(site, sockets=[path], log=log), process

    return run


@pytest.fixture(autouse=True)
def _no_faults(site: Site) -> Iterator[None]:
    yield
    site.store.faults()
