"""A store whose answers are bytes, good or bad, some of which come one at a time."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Any

Answers = Mapping[str, tuple[bytes, bytes]]
"""Of a method: what is sent at once, and what comes after it byte by byte."""

PAUSE = 0.05


@contextmanager
def raw_store(
    answers: Answers, tls: ssl.SSLContext | None = None, asked: list[str] | None = None
) -> Iterator[str]:
    """Answer each method as it is told, and note it, until the end of the block; gives the address."""
    with _Server(answers, tls, [] if asked is None else asked) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, answers: Answers, tls: ssl.SSLContext | None, asked: list[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self._tls, self.asked = answers, tls, asked

    def get_request(self) -> tuple[socket.socket, Any]:
        """Take a connection."""
        line, address = super().get_request()
        return (self._tls.wrap_socket(line, server_side=True) if self._tls else line), address

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that leave."""


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        while line := self.rfile.readline():
            self._read()
            method = line.split()[0].decode()
            self.server.asked.append(method)
            at_once, slowly = self.server.answers[method]
            self.wfile.write(at_once)
            for byte in slowly:
                time.sleep(PAUSE)
                self.wfile.write(bytes([byte]))
            if b"Connection: close" in at_once:
                return

    def _read(self) -> None:
        headers: Message = BytesHeaderParser().parsebytes(
            b"".join(iter(self.rfile.readline, b"\r\n"))
        )
        if "Expect" in headers:
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.rfile.read(int(headers.get("Content-Length", 0)))
