"""A bucket on this machine for tries and tests: moto's S3, which checks signatures and permissions here.

python -m uploads.bucket PORT. Faults are posted to /faults as a JSON list. Each has the "method" and the
"prefix" of keys that it meets, "seconds" that they wait, and a "status" to answer in place of the store.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import run_simple
from werkzeug.wrappers import Request, Response

BUCKET = "uploads"
ROOT = f"/{BUCKET}/"


class Bucket:
    """The application of moto, with faults, and with the one order of writes that S3 has."""

    def __init__(self) -> None:
        """Begin without a fault."""
        self._moto: Any = DomainDispatcherApplication(create_backend_app)
        self._faults: list[dict[str, Any]] = []
        self._writes = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        request = Request(environ)
        if request.path == "/faults":
            self._faults = json.loads(request.get_data())
            return Response()(environ, start)
        for fault in self._faults:
            if request.method == fault["method"] and _key(request).startswith(fault["prefix"]):
                time.sleep(fault.get("seconds", 0))
                if "status" in fault:
                    return Response(status=fault["status"])(environ, start)
        return self._answer(request, start)

    def _answer(self, request: Request, start: Callable[..., Any]) -> Iterable[bytes]:
        # Moto takes a request without this header for an error of its own.
        if _key(request) and "Authorization" not in request.headers:
            return Response(status=403)(request.environ, start)
        if request.method != "PUT":
            return self._moto(request.environ, start)  # type: ignore[no-any-return]
        with self._writes:
            return self._moto(request.environ, start)  # type: ignore[no-any-return]


def _key(request: Request) -> str:
    return request.path.removeprefix(ROOT) if request.path.startswith(ROOT) else ""


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    run_simple(
        "127.0.0.1", int(sys.argv[1]), Bucket(), threaded=True, request_handler=MotoRequestHandler
    )
