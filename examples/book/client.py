"""Makes books by the function, and by the service where the function has no room or is out of order."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from typing import Any

import httpx

from .errors import CODES


class Client:
    """A client with a budget: seconds in which it tries the function again that says 429."""

    def __init__(
        self, http: httpx.AsyncClient, function_url: str, service_url: str, budget: float = 2.0
    ) -> None:
        """Ask at both URLs with a client of httpx, whose time limit is that of each request."""
        self._http, self._budget = http, budget
        self._function_url, self._service_url = function_url, service_url

    async def make(self, definition: dict[str, Any]) -> httpx.Response:
        """Give the answer of the function, else that of the service."""
        answer = await self._by_function(definition)
        if answer is not None:
            return answer
        return await self._http.post(self._service_url, json=definition)

    async def _by_function(self, definition: dict[str, Any]) -> httpx.Response | None:
        end = time.monotonic() + self._budget
        pauses = _pauses()
        while True:
            try:
                answer = await self._http.post(self._function_url, json=definition)
            except httpx.RequestError:
                return None
            if answer.status_code != 429:
                return answer if _is_of_the_function(answer) else None
            pause = next(pauses)
            if time.monotonic() + pause > end:
                return None
            await asyncio.sleep(pause)


def _pauses() -> Iterator[float]:
    """Give pauses that double up to 2 s, each at random, so that clients do not come back as one."""
    longest = 0.1
    while True:
        yield random.uniform(0, longest)
        longest = min(2 * longest, 2.0)


def _is_of_the_function(answer: httpx.Response) -> bool:
    """Tell a book, or an error that the service would give too, from a fault of gateway or function."""
    try:
        body = answer.json()
    except (ValueError, RecursionError):
        return False
    if not isinstance(body, dict):
        return False
    if answer.status_code == 200:
        return "pages" in body
    code = body.get("code")
    return isinstance(code, str) and code in CODES and code != "internal"
