"""Serves a renderer at its Unix socket: python -m uploads.serve, or with the name of another renderer."""

from __future__ import annotations

import os
import socket
import sys
from importlib import import_module
from pathlib import Path

import uvicorn

from .app import create
from .render import Renderer
from .settings import Settings


def listen(path: str) -> socket.socket:
    """Listen at a path that only the user and the group may connect to, from its first moment on."""
    Path(path).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    mask = os.umask(0o117)
    try:
        listener.bind(path)
    finally:
        os.umask(mask)
    return listener


def main(renderer: str = "uploads.render:Makeready") -> None:
    """Serve until SIGTERM; requests that run are finished."""
    settings = Settings.from_environment()
    module, name = renderer.split(":")
    made: Renderer = getattr(import_module(module), name)(settings)
    config = uvicorn.Config(
        create(settings, made),
        log_level="critical",
        access_log=False,
        server_header=False,
        # Longer than nginx keeps a connection, so that none is closed as a request comes.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=int(settings.wait_seconds),
    )
    uvicorn.Server(config).run([listen(settings.socket)])


if __name__ == "__main__":
    main(*sys.argv[1:])
