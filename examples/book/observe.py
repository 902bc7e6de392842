"""Metrics, and a line of JSON for each request."""

from __future__ import annotations

import json
import logging
import time
import traceback
import uuid

import makeready
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("book")


class Metrics:
    """The figures of the service itself."""

    def __init__(self) -> None:
        """Begin at zero, in a registry of its own."""
        self._all = CollectorRegistry()
        self.requests = Counter(
            "book_requests", "Requests.", ["path", "status"], registry=self._all
        )
        self.seconds = Histogram(
            "book_request_seconds", "Time of requests.", ["path"], registry=self._all
        )
        self.tiles = Counter(
            "book_tiles", "Tiles, by what became of them.", ["outcome"], registry=self._all
        )
        self.pages = Counter(
            "book_pages", "Pages, rendered or found in the store.", ["outcome"], registry=self._all
        )
        self.render = Histogram(
            "book_render_seconds", "Time of a page in the renderer.", registry=self._all
        )

    def text(self) -> str:
        """Give these figures and those of the library's queue, for Prometheus."""
        return generate_latest(self._all).decode() + makeready.job_stats().prometheus()


class Observed:
    """Counts and logs each request. Lines have no query and no URL of a tile, which may be signed."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Wrap an application."""
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, status, start = uuid.uuid4().hex, 500, time.perf_counter()

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request.encode())]
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception as error:
            scope.setdefault("state", {})["log"] = {"fault": places(error)}
            raise
        finally:
            self._note(scope, request, status, time.perf_counter() - start)

    def _note(self, scope: Scope, request: str, status: int, seconds: float) -> None:
        # Paths that nobody serves are of the client's choice, and would make metrics without end.
        path = getattr(scope.get("route"), "path", "other")
        self._metrics.requests.labels(path, status).inc()
        self._metrics.seconds.labels(path).observe(seconds)
        line = {
            "time": round(time.time(), 3),
            "request": request,
            "method": scope["method"],
            "path": path,
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        log.info(json.dumps(line | scope.get("state", {}).get("log", {})))


def places(error: Exception) -> str:
    """Give the lines of code that an error passed, without its message, which may have a URL."""
    frames = traceback.extract_tb(error.__traceback__)
    return " ".join([type(error).__name__, *(f"{frame.name}:{frame.lineno}" for frame in frames)])


def log_to_stderr() -> None:
    """Write the lines of requests as they are."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
