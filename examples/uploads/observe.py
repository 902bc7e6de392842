"""Metrics, and a line of JSON for each request."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
import traceback

import makeready
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("uploads")


class Metrics:
    """The figures of a renderer."""

    def __init__(self) -> None:
        """Begin at zero, in a registry of its own."""
        self._all = CollectorRegistry()
        self.requests = Counter(
            "uploads_requests", "Requests.", ["path", "status"], registry=self._all
        )
        self.seconds = Histogram(
            "uploads_request_seconds", "Time of requests.", ["path"], registry=self._all
        )
        self.pictures = Counter(
            "uploads_pictures", "Pictures, found or made.", ["outcome"], registry=self._all
        )

    def text(self) -> str:
        """Give these figures and those of the library's queue, for Prometheus."""
        return generate_latest(self._all).decode() + makeready.job_stats().prometheus()


def document_id(secret: str, key: str) -> str:
    """Give a name for a picture that tells nothing to those without the secret; nginx logs the same."""
    return hmac.new(secret.encode(), f"document {key}".encode(), hashlib.sha256).hexdigest()[:16]


class Observed:
    """Counts and logs each request. Lines have no path, no query and no message: those can name a document."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Wrap an application."""
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, start = 500, time.perf_counter()

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception as error:
            scope.setdefault("state", {})["log"] = {"fault": places(error)}
            raise
        finally:
            self._note(scope, status, time.perf_counter() - start)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        # Paths that nobody serves are of the client's choice, and would make metrics without end.
        path = getattr(scope.get("route"), "path", "other")
        self._metrics.requests.labels(path, status).inc()
        self._metrics.seconds.labels(path).observe(seconds)
        line = {
            "time": round(time.time(), 3),
            "request": Request(scope).headers.get("x-request-id"),
            "path": path,
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        log.info(json.dumps(line | scope.get("state", {}).get("log", {})))


def places(error: Exception) -> str:
    """Give the lines of code that an error passed, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    return " ".join([type(error).__name__, *(f"{frame.name}:{frame.lineno}" for frame in frames)])


def log_to_stderr() -> None:
    """Write the lines of requests as they are."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
