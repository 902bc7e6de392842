"""The renderer: signed paths in, pictures out."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import makeready
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.exceptions import HTTPException

from .errors import ProblemError
from .maker import Maker
from .observe import Metrics, Observed, document_id, log_to_stderr
from .paths import key_of
from .render import Renderer
from .settings import Settings
from .store import CACHE_CONTROL, Store

PROOF = "x-uploads-proof"
"""The header by which nginx shows that a request came through it."""


def create(settings: Settings, renderer: Renderer) -> FastAPI:
    """Build the application."""
    metrics = Metrics()
    service = Service(settings, metrics, renderer)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        log_to_stderr()
        yield
        await service.close()

    app = FastAPI(lifespan=lifespan, redirect_slashes=False, openapi_url=None)
    app.add_middleware(Observed, metrics=metrics)
    for kind in (ProblemError, makeready.MakereadyError, HTTPException, Exception):
        app.add_exception_handler(kind, _answer)
    app.add_api_route("/render/{key:path}", service.render, methods=["GET"])
    app.add_api_route("/health", service.health, methods=["GET"])
    app.add_api_route("/metrics", service.metrics, methods=["GET"])
    return app


class Service:
    """The routes, and the parts that they use."""

    def __init__(self, settings: Settings, metrics: Metrics, renderer: Renderer) -> None:
        """Open the store."""
        self._settings, self._metrics = settings, metrics
        self._store = Store(settings)
        self._maker = Maker(settings, self._store, renderer)

    async def render(self, request: Request) -> Response:
        """Answer with the picture."""
        given = request.headers.get(PROOF, "")
        if not hmac.compare_digest(given.encode(), self._settings.secret.encode()):
            raise ProblemError("direct")
        target = f"{request.scope['raw_path'].decode('latin-1')}?{request.url.query}"
        key = key_of(target, self._settings.keys)
        request.state.log = {"document": document_id(self._settings.secret, key)}
        answer = await self._maker.answer(key, request.is_disconnected)
        self._metrics.pictures.labels(answer.outcome).inc()
        request.state.log["outcome"] = answer.outcome
        steps = [f"{name};dur={took:.1f}" for name, took in answer.steps.items()]
        headers = {
            "Cache-Control": CACHE_CONTROL,
            "Server-Timing": ", ".join([answer.outcome, *steps]),
        }
        return Response(
            answer.picture.data, media_type=answer.picture.content_type, headers=headers
        )

    async def health(self) -> dict[str, str]:
        """Tell nginx that requests are taken."""
        return {"status": "ok"}

    async def metrics(self) -> Response:
        """Give the figures for Prometheus."""
        text = self._metrics.text()
        return PlainTextResponse(text, media_type="text/plain; version=0.0.4")

    async def close(self) -> None:
        """Close the store; by then no request runs."""
        await self._maker.close()
        self._store.close()


def _answer(request: Request, error: Exception) -> Response:
    problem = ProblemError.of(error)
    known: dict[str, object] = getattr(request.state, "log", {})
    request.state.log = known | {"code": problem.code}
    return JSONResponse(problem.body(), problem.status, problem.headers)
