"""Runs the whole site on this machine: a store, two renderers, nginx before them."""

from __future__ import annotations

import getpass
import json
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from .bucket import BUCKET
from .paths import signed_path
from .servers import (
    MAKEREADY,
    Bucket,
    Process,
    bucket,
    connects,
    free_port,
    new_secrets,
    process,
    renderer,
)

HERE = Path(__file__).parent
MODULES = "/usr/lib/nginx/modules"
IMAGES = HERE.parents[1] / "tests" / "images"
SAMPLES = ("photo.jpg", "landscape.jpg", "orient-6.jpg", "rgba.png", "photo.webp")
QUERY = "w=640&f=webp"


@dataclass(frozen=True)
class Site:
    """A running site: its address, its parts, and the folder of its sockets and logs."""

    url: str
    store: Bucket
    shared: dict[str, str]
    folder: Path
    renderers: Sequence[Process]

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

    def path(self, source: str, query: str = QUERY) -> str:
        """Sign a path for a client."""
        return signed_path(source, query, self.keys)


@contextmanager
def site(
    folder: Path,
    settings: Mapping[str, str] | None = None,
    name: str = MAKEREADY,
    port: int = 0,
) -> Iterator[Site]:
    """Run a site until the end of the block."""
    shared, address = new_secrets(), f"127.0.0.1:{port or free_port()}"
    with ExitStack() as stack:
        store = stack.enter_context(bucket())
        renderers = [
            stack.enter_context(
                renderer(
                    store,
                    shared | dict(settings or {}),
                    folder / f"renderer-{number}.sock",
                    name,
                    folder / f"renderer-{number}.log",
                )
            )
            for number in (1, 2)
        ]
        stack.enter_context(_nginx(folder, address, store, shared))
        yield Site(f"http://{address}", store, shared, folder, renderers)


@contextmanager
def _nginx(folder: Path, address: str, store: Bucket, shared: dict[str, str]) -> Iterator[Process]:
    names = {
        "LISTEN": address,
        "STORE": store.url.removeprefix("http://"),
        "BUCKET": BUCKET,
        "SITE": str(folder),
        "FLOW": str(HERE / "flow"),
        "MODULES": MODULES,
    }
    for part in (HERE / "nginx").iterdir():
        text = part.read_text()
        for name, value in names.items():
            text = text.replace(f"@{name}@", value)
        (folder / part.name).write_text(text)
    (folder / "temporary").mkdir()
    # Sockets are for one user, whose workers nginx must have.
    user = f"user {getpass.getuser()};"
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", user]
    host, port = address.split(":")
    with process(
        command,
        store.front.environment() | shared,
        lambda: connects(socket.AF_INET, (host, int(port))),
    ) as started:
        yield started


def add_samples(running: Site) -> None:
    """Put documents into the store, and signed paths of theirs where the page finds them."""
    for name in SAMPLES:
        running.upload(name, (IMAGES / name).read_bytes())
    documents = {name: running.path(name) for name in SAMPLES}
    (running.folder / "documents.json").write_text(json.dumps(documents))
