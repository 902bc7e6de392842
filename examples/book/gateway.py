"""An API gateway and a Runtime API on this machine, for functions under test: GATEWAY_INSTANCES at a time.

uvicorn --factory book.gateway:create
"""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SECONDS = 29.0
"""Time that a gateway waits for a function."""
RUNTIME = "/2018-06-01/runtime/invocation"


class Gateway:
    """Hands requests to instances, which fetch them, and hands their answers back."""

    def __init__(self, instances: int) -> None:
        """Let as many requests be under way."""
        self._instances = instances
        self._events: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def invoke(self, request: Request) -> Response:
        """Take a request of a client."""
        if len(self._answers) >= self._instances:
            return JSONResponse({"message": "Too Many Requests"}, 429)
        number = str(uuid.uuid4())
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            await self._events.put((number, await _event(request)))
            result = await asyncio.wait_for(answer, SECONDS)
        except TimeoutError:
            return JSONResponse({"message": "Service Unavailable"}, 503)
        finally:
            del self._answers[number]
        if "statusCode" not in result:
            return JSONResponse({"message": "Internal Server Error"}, 500)
        return Response(result["body"], result["statusCode"], result["headers"])

    async def next(self, request: Request) -> Response:
        """Give an instance its next event, when there is one; one that is gone must not get it."""
        while self._events.empty():
            if await request.is_disconnected():
                return Response(status_code=499)
            await asyncio.sleep(0.01)
        number, event = self._events.get_nowait()
        headers = {
            "Lambda-Runtime-Aws-Request-Id": number,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + SECONDS) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:0:function:book",
        }
        return JSONResponse(event, headers=headers)

    async def answered(self, request: Request) -> Response:
        """Take the answer of an instance, or its error, which has no status."""
        answer = self._answers.get(request.path_params["number"])
        if answer is not None and not answer.done():
            answer.set_result(await request.json())
        return JSONResponse({"status": "OK"}, 202)

    async def health(self, _request: Request) -> Response:
        """Tell how many requests are under way."""
        return JSONResponse({"in_flight": len(self._answers)})


async def _event(request: Request) -> dict[str, Any]:
    body = (await request.body()).decode()
    return {"version": "2.0", "routeKey": "POST /books", "body": body, "isBase64Encoded": False}


def create() -> Starlette:
    """Build both interfaces."""
    gateway = Gateway(int(os.environ.get("GATEWAY_INSTANCES", "1")))
    return Starlette(
        routes=[
            Route("/books", gateway.invoke, methods=["POST"]),
            Route("/health", gateway.health),
            Route(f"{RUNTIME}/next", gateway.next),
            Route(f"{RUNTIME}/{{number}}/response", gateway.answered, methods=["POST"]),
            Route(f"{RUNTIME}/{{number}}/error", gateway.answered, methods=["POST"]),
        ]
    )
