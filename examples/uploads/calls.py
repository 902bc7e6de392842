"""Calls that end in time: botocore has a time for each read of an answer, and none for the whole of it."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Generic, TypeVar

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from urllib3.connection import HTTPConnection

T = TypeVar("T")

_thread = threading.local()


class Calls:
    """Threads for calls that block, each of which has one time for all that it does."""

    def __init__(self, threads: int, seconds: float) -> None:
        """Take so many calls at a time."""
        self._threads = ThreadPoolExecutor(threads, "store")
        self._seconds = seconds
        self._running: set[_Call[Any]] = set()

    async def run(self, work: Callable[[], T]) -> T:
        """Call on a thread. The thread is free again when the time is over, or when nobody waits any more."""
        call = _Call(work)
        self._running.add(call)
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.get_running_loop().run_in_executor(self._threads, call.run)
        finally:
            call.end()
            self._running.discard(call)

    def close(self) -> None:
        """End the calls that run: while threads are waited for, no time is looked at."""
        for call in self._running:
            call.end()
        self._threads.shutdown(cancel_futures=True)


class _Call(Generic[T]):
    """A call on a thread, which another thread can end by its connection."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._line: socket.socket | None = None
        self._ended = False

    def run(self) -> T:
        _thread.call = self
        try:
            return self._work()
        finally:
            # From here on the connection is that of the next call.
            with self._lock:
                self._let_go()

    def hold(self, line: socket.socket) -> None:
        with self._lock:
            self._let_go()
            # One of its own: a socket of TLS that is shut down sends what is left in the clear.
            self._line = socket.socket(fileno=os.dup(line.fileno()))
            if self._ended:
                self._shut()

    def end(self) -> None:
        with self._lock:
            self._ended = True
            self._shut()

    def _shut(self) -> None:
        if self._line:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def _let_go(self) -> None:
        if self._line:
            self._line.close()
        self._line = None


class _Held(HTTPConnection):
    """A connection that tells the call of its thread which socket it has, new or kept.

    The methods of botocore take any arguments, which its types do not say.
    """

    def _new_conn(self) -> socket.socket:
        line = super()._new_conn()
        _thread.call.hold(line)
        return line

    def request(self, *args: Any, **options: Any) -> None:
        if self.sock:
            _thread.call.hold(self.sock)
        super().request(*args, **options)


class _Plain(_Held, AWSHTTPConnection):  # type: ignore[misc]
    pass


class _Secure(_Held, AWSHTTPSConnection):  # type: ignore[misc]
    pass


class _PlainPool(AWSHTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(AWSHTTPSConnectionPool):
    ConnectionCls = _Secure


def hold_connections(client: Any) -> None:
    """Let calls of a client be ended. It has no setting for the kind of its connections."""
    pools = client._endpoint.http_session._pool_classes_by_scheme
    pools.update(http=_PlainPool, https=_SecurePool)
