"""Runs the parts as processes of this machine: for a first try, for tests, for the load test."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import httpx

from .bucket import BUCKET

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

EXAMPLES = Path(__file__).parents[1]
REGION = "us-east-1"
MAKEREADY = "uploads.render:Makeready"
Process = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Credentials:
    """A user of the store."""

    access_key: str
    secret_key: str

    def environment(self) -> dict[str, str]:
        """Give the variables in which boto3 and nginx find them."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": REGION,
        }


@dataclass(frozen=True)
class Bucket:
    """The store, with a user for each part: a part may do what it must, and nothing else."""

    url: str
    owner: Credentials
    renderer: Credentials
    front: Credentials

    def client(self) -> S3Client:
        """Give a client of the owner, who puts originals there."""
        return self.client_of(self.owner)

    def client_of(self, user: Credentials) -> S3Client:
        """Give a client of a user."""
        client: S3Client = _client("s3", self.url, user)
        return client

    def faults(self, *faults: Mapping[str, object]) -> None:
        """Set the faults of the store."""
        httpx.post(f"{self.url}/faults", json=faults).raise_for_status()


@contextmanager
def process(
    command: Sequence[str],
    environment: Mapping[str, str],
    ready: Callable[[], bool],
    log: Path | None = None,
) -> Iterator[Process]:
    """Run a command until the end of the block, where it is asked to stop; it may write its lines to a file."""
    with ExitStack() as stack:
        lines = stack.enter_context(log.open("ab")) if log else None
        variables = os.environ | dict(environment)
        started = subprocess.Popen(command, cwd=EXAMPLES, env=variables, stderr=lines)
    try:
        _wait(ready, started)
        yield started
    finally:
        started.terminate()
        started.wait(30)


def _wait(ready: Callable[[], bool], started: Process, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not ready():
        if started.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{started.args!r} does not listen")
        time.sleep(0.02)


def free_port() -> int:
    """Ask the system for a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def connects(family: int, address: tuple[str, int] | str) -> bool:
    """Find whether somebody listens."""
    with socket.socket(family) as probe:
        return probe.connect_ex(address) == 0


@contextmanager
def bucket() -> Iterator[Bucket]:
    """Run a store with its users."""
    port = free_port()
    command = [sys.executable, "-m", "uploads.bucket", str(port)]
    with process(command, {}, lambda: connects(socket.AF_INET, ("127.0.0.1", port))):
        yield _with_users(f"http://127.0.0.1:{port}")


def _with_users(url: str) -> Bucket:
    anybody = Credentials("first", "first")
    _client("s3", url, anybody).create_bucket(Bucket=BUCKET)
    iam = _client("iam", url, anybody)

    def user(name: str, allowed: Mapping[str, Sequence[str]]) -> Credentials:
        statements = [
            {"Effect": "Allow", "Action": actions, "Resource": f"arn:aws:s3:::{BUCKET}{where}"}
            for where, actions in allowed.items()
        ]
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName=name, PolicyDocument=document)
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return Credentials(made["AccessKeyId"], made["SecretAccessKey"])

    # Without ListBucket S3 answers 403 and not 404 for an object that is not there.
    lists = {"": ["s3:ListBucket"]}
    read = ["s3:GetObject"]
    write = [*read, "s3:PutObject", "s3:DeleteObject"]
    users = {
        "owner": {"": ["s3:*"], "/*": ["s3:*"]},
        "renderer": lists | {"/originals/*": read, "/renditions/*": write, "/locks/*": write},
        "front": lists | {"/renditions/*": read},
    }
    made = {name: user(name, allowed) for name, allowed in users.items()}
    # From here on moto checks every request.
    httpx.post(f"{url}/moto-api/reset-auth", content=b"0").raise_for_status()
    return Bucket(url, **made)


@cache
def _client(service: str, url: str, user: Credentials) -> Any:
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=user.access_key,
        aws_secret_access_key=user.secret_key,
    )


def new_secrets() -> dict[str, str]:
    """Make the secrets of a site: the key that signs paths, and that which nginx and renderers share."""
    return {
        "UPLOADS_KEYS": json.dumps({"first": secrets.token_hex(32)}),
        "UPLOADS_SECRET": secrets.token_hex(32),
    }


@contextmanager
def renderer(
    store: Bucket,
    settings: Mapping[str, str],
    path: Path,
    name: str = MAKEREADY,
    log: Path | None = None,
) -> Iterator[Process]:
    """Run a renderer at a socket."""
    own = {"UPLOADS_SOCKET": str(path), "UPLOADS_STORE_URL": store.url}
    environment = store.renderer.environment() | own | dict(settings)
    command = [sys.executable, "-m", "uploads.serve", name]

    def ready() -> bool:
        return connects(socket.AF_UNIX, str(path))

    with process(command, environment, ready, log) as started:
        yield started
