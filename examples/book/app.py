"""The service: definitions of books in, URLs of their pages out.

uvicorn --factory book.app:create
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import makeready
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from .definition import parse
from .errors import ProblemError
from .fetch import Tiles
from .maker import Maker
from .observe import Metrics, Observed, log_to_stderr
from .render import Makeready, Renderer
from .settings import Settings
from .sharing import start
from .store import Store

PICTURE = Path(__file__).parents[1] / "tiles" / "left-00.jpg"
OTHER_WORK_SECONDS = 0.12

T = TypeVar("T")


def create(make_renderer: Callable[[Settings], Renderer] | None = None) -> FastAPI:
    """Build the application from the settings of the environment."""
    settings = Settings.from_environment()
    metrics = Metrics()
    service = Service(settings, metrics, (make_renderer or _makeready)(settings))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        log_to_stderr()
        yield
        await service.close()

    app = FastAPI(lifespan=lifespan, redirect_slashes=False, openapi_url=None)
    app.add_middleware(Observed, metrics=metrics)
    app.add_exception_handler(ProblemError, _answer)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_exception_handler(Exception, _fault)
    app.add_api_route("/books", service.books, methods=["POST"])
    app.add_api_route("/page", service.page, methods=["GET"])
    app.add_api_route("/health", service.health, methods=["GET"])
    app.add_api_route("/metrics", service.metrics, methods=["GET"])
    return app


class Service:
    """The routes, and the parts that they use."""

    def __init__(self, settings: Settings, metrics: Metrics, renderer: Renderer) -> None:
        """Open the pool of connections and the store."""
        self._settings, self._metrics, self._renderer = settings, metrics, renderer
        self._tiles, self._store = Tiles(settings), Store(settings)
        self._maker = Maker(self._tiles, self._store, renderer, metrics)
        self._picture = Path(settings.page_picture or PICTURE).read_bytes()
        self._in_flight = 0

    async def books(self, request: Request) -> JSONResponse:
        """Make a book, or say at once that too many are being made."""
        book = parse(await self._body(request))
        request.state.log = {"book": book.book}
        if self._in_flight >= self._settings.in_flight:
            raise ProblemError("busy", retry_after=max(1, makeready.job_stats().predicted_wait))
        self._in_flight += 1
        try:
            return JSONResponse(await while_waited_for(request, self._maker.book(book)))
        finally:
            self._in_flight -= 1

    async def _body(self, request: Request) -> bytes:
        try:
            async with asyncio.timeout(self._settings.definition_seconds):
                return await self._read(request)
        except TimeoutError:
            raise ProblemError("definition_slow") from None
        except ClientDisconnect:
            raise ProblemError("gone") from None

    async def _read(self, request: Request) -> bytes:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._settings.definition_bytes:
                raise ProblemError("definition_too_large")
        return bytes(body)

    async def page(self) -> Response:
        """Stand for the other pages of a service: an upstream to wait for, and a small picture."""
        await asyncio.sleep(OTHER_WORK_SECONDS)
        small = await self._renderer.thumbnail(self._picture)
        return Response(small, media_type="image/webp")

    async def health(self) -> dict[str, object]:
        """Tell a load balancer that requests are taken."""
        open_hosts = self._tiles.breakers.open_hosts()
        return {"status": "ok", "in_flight": self._in_flight, "hosts_left_alone": open_hosts}

    async def metrics(self) -> Response:
        """Give the figures for Prometheus."""
        text = self._metrics.text()
        return PlainTextResponse(text, media_type="text/plain; version=0.0.4")

    async def close(self) -> None:
        """Close all parts; by then no request runs."""
        await self._tiles.close()
        await self._renderer.close()
        await asyncio.to_thread(self._store.close)


async def while_waited_for(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Do work for a client, whose body was read; it is cancelled when the client goes."""
    doing, leaving = start(work), start(_left(request))
    try:
        await asyncio.wait((doing, leaving), return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise ProblemError("gone")
    finally:
        doing.cancel()
        leaving.cancel()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _makeready(settings: Settings) -> Renderer:
    return Makeready(settings.render_seconds)


async def _answer(request: Request, problem: Any) -> JSONResponse:
    known: dict[str, object] = getattr(request.state, "log", {})
    request.state.log = known | problem.log()
    return JSONResponse(problem.body(), problem.status, problem.headers)


async def _no_route(request: Request, error: Any) -> JSONResponse:
    answer = await _answer(
        request, ProblemError("method" if error.status_code == 405 else "no_path")
    )
    answer.headers.update(error.headers or {})
    return answer


async def _fault(request: Request, _error: Exception) -> JSONResponse:
    """Answer; the line of the request has the traceback."""
    return await _answer(request, ProblemError("internal"))
