"""Leaves a host alone that fails again and again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from .errors import ProblemError

MAX_HOSTS = 1024
"""Failing hosts that are remembered; clients name the hosts, so there may be any number."""


@dataclass
class _Failures:
    count: int = 0
    until: float = 0.0


class Breakers:
    """A circuit breaker for each host.

    Failures in a row open it. After a while requests go out again, and the first that fails opens it anew.
    """

    def __init__(
        self, failures: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Open after as many failures, for as many seconds."""
        self._limit, self._seconds, self._clock = failures, seconds, clock
        self._hosts: dict[str, _Failures] = {}

    def check(self, host: str) -> None:
        """Refuse a host that is left alone."""
        if (failures := self._hosts.get(host)) and (left := failures.until - self._clock()) > 0:
            raise ProblemError("tile_host_down", retry_after=left)

    def failed(self, host: str) -> None:
        """Count a failure."""
        failures = self._hosts.setdefault(host, _Failures())
        failures.count += 1
        if failures.count >= self._limit:
            failures.until = self._clock() + self._seconds
        if len(self._hosts) > MAX_HOSTS:
            del self._hosts[next(iter(self._hosts))]

    def succeeded(self, host: str) -> None:
        """Forget the failures of a host."""
        self._hosts.pop(host, None)

    def open_hosts(self) -> int:
        """Count the hosts that are left alone now."""
        now = self._clock()
        return sum(failures.until > now for failures in self._hosts.values())
