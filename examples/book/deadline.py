"""Calls of boto3 that end in time. Its own limits are for each wait, and a store that sends a byte now and then
meets them for ever; here a call as a whole has a limit, and then its connection is shut down under it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any, TypeVar

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

T = TypeVar("T")

_lock = threading.Lock()
_thread = threading.local()


async def in_time(threads: Executor, seconds: float, work: Callable[[], T]) -> T:
    """Do work on a thread, whose wait for a free one counts; at the end of the time it is ended there too."""
    call = _Call()
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds):
            return await loop.run_in_executor(threads, call.run, work)
    finally:
        call.end()


def make_endable(client: Any) -> None:
    """Let a client of boto3 make connections that calls are ended by, for which it has no argument."""
    pools = client._endpoint.http_session._pool_classes_by_scheme
    pools.update(http=_Pool, https=_TLSPool)


class _Call:
    """Work on a thread, and the connection that it uses at the moment."""

    def __init__(self) -> None:
        self.is_over = False
        self.connection: _Endable | None = None

    def run(self, work: Callable[[], T]) -> T:
        _thread.call = self
        try:
            return work()
        finally:
            with _lock:
                self.connection = None

    def end(self) -> None:
        with _lock:
            self.is_over = True
            # One that was given back may serve another call by now.
            if self.connection and self.connection.call is self:
                self.connection.cut()


class _Endable:
    """A connection that knows the call which uses it."""

    sock: socket.socket | None
    call: _Call | None = None
    _opened: socket.socket | None = None

    def connect(self) -> None:
        self._join()
        super().connect()  # type: ignore[misc]
        self._opened = self.sock
        # To connect has a limit of its own, and the call may be over by now.
        self._join()

    def request(self, *args: Any, **kwargs: Any) -> None:
        self._join()
        super().request(*args, **kwargs)  # type: ignore[misc]

    def _join(self) -> None:
        call: _Call = _thread.call
        with _lock:
            if call.is_over:
                raise TimeoutError
            self.call, call.connection = call, self

    def cut(self) -> None:
        # An answer that ends with the connection takes the socket from it and reads on.
        if opened := self.sock or self._opened:
            with suppress(OSError):
                # SSLSocket.shutdown would first take TLS from the thread that reads.
                socket.socket.shutdown(opened, socket.SHUT_RDWR)


class _Connection(_Endable, AWSHTTPConnection):  # type: ignore[misc]
    pass


class _TLSConnection(_Endable, AWSHTTPSConnection):  # type: ignore[misc]
    pass


class _Pool(AWSHTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(AWSHTTPSConnectionPool):
    ConnectionCls = _TLSConnection
