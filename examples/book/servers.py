"""Runs the parts as processes on free ports of this machine: for a first try, for tests, for the load test."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

EXAMPLES = Path(__file__).parents[1]
BUCKET = "books"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "example",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_DEFAULT_REGION": "us-east-1",
}
"""For the store on this machine, which takes any."""

KEEP_ALIVE = 75
"""Seconds for idle connections: clients end theirs sooner, so that none is closed as a request comes."""


@dataclass
class Server:
    """A process that listens."""

    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def serve(
    command: Sequence[str], environment: Mapping[str, str] | None = None, port: int = 0
) -> Iterator[Server]:
    """Run a command with `{port}` in it until the end of the block, where it is asked to stop."""
    port = port or free_port()
    process = subprocess.Popen(
        [part.format(port=port) for part in command],
        cwd=EXAMPLES,
        env=os.environ | CREDENTIALS | dict(environment or {}),
    )
    try:
        _wait(port, process)
        yield Server(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    """Ask the system for a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait(port: int, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{process.args!r} does not listen")
        time.sleep(0.02)


def uvicorn(factory: str) -> list[str]:
    """Give the command that serves an application."""
    options = ["--port", "{port}", "--log-level", "critical", "--no-access-log"]
    options += ["--timeout-keep-alive", str(KEEP_ALIVE)]
    return [sys.executable, "-m", "uvicorn", "--factory", factory, *options]


def store() -> list[str]:
    """Give the command of a store that keeps its objects in memory."""
    code = """
import logging
from moto.server import main
logging.getLogger("werkzeug").setLevel(logging.ERROR)
main(["-H", "127.0.0.1", "-p", "{port}"])
"""
    return [sys.executable, "-c", code]


def s3(store_url: str) -> S3Client:
    """Give a client of the store."""
    return boto3.client(
        "s3",
        endpoint_url=store_url,
        region_name=CREDENTIALS["AWS_DEFAULT_REGION"],
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )


def make_bucket(store_url: str) -> None:
    """Make the bucket of results, which everybody may read."""
    client = s3(store_url)
    client.create_bucket(Bucket=BUCKET)
    read = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    policy = {"Statement": [read | {"Resource": f"arn:aws:s3:::{BUCKET}/*"}]}
    client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))


def service_settings(store_url: str, **more: str) -> dict[str, str]:
    """Give the environment of a service beside a store and tiles on this machine."""
    own = {"BOOK_STORE_URL": store_url, "BOOK_ALLOWED_NETWORKS": "127.0.0.0/8"}
    return own | {"MAKEREADY_NICE": "10"} | more
