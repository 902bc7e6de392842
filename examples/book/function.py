"""The same books as a function behind an API gateway: python -m awslambdaric book.function.handler.

Results go to the store and their URLs into the answer, which so stays far below what a gateway lets through.
"""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

from .definition import parse
from .errors import ProblemError
from .fetch import Tiles
from .maker import Maker
from .observe import Metrics, log, places
from .render import Makeready
from .settings import Settings
from .store import Store

# Made once for each instance, and kept with their connections from one invocation to the next.
_settings = Settings.from_environment()
_maker = Maker(Tiles(_settings), Store(_settings), Makeready(_settings.render_seconds), Metrics())
_loop = asyncio.new_event_loop()


def handler(event: dict[str, Any], _context: object) -> dict[str, object]:
    """Answer an event of an HTTP API, payload version 2.0."""
    try:
        book = parse(_body(event))
        return _answer(200, _loop.run_until_complete(_maker.book(book)))
    except ProblemError as problem:
        return _answer(problem.status, problem.body(), problem.headers)
    except Exception as error:
        log.error(json.dumps({"fault": places(error)}))
        return _answer(500, ProblemError("internal").body())


def _body(event: dict[str, Any]) -> bytes:
    text = event.get("body") or ""
    try:
        body = base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()
    except ValueError:
        raise ProblemError("malformed") from None
    if len(body) > _settings.definition_bytes:
        raise ProblemError("definition_too_large")
    return body


def _answer(
    status: int, body: dict[str, object], headers: dict[str, str] | None = None
) -> dict[str, object]:
    headers = {"content-type": "application/json"} | (headers or {})
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
