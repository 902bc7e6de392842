"""A render service: stitches tiles into a page and previews it, and serves renditions of uploads.

    uvicorn app:app

A job may run for 10 seconds, or for as many as the environment says in DEADLINE.
Jobs run beside the event loop, in the library's queue: short ones first, within the memory that
MAKEREADY_MEMORY says. Where it is full, the answer is 503 with Retry-After. A client that goes away cancels its
job. GET /metrics is for Prometheus.
"""

from __future__ import annotations

import asyncio
import math
import os
from typing import Annotated, Literal

import makeready
from fastapi import FastAPI, HTTPException, Query, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from makeready import Output, Pipeline

DEADLINE = float(os.environ.get("DEADLINE", "10"))
"""Seconds a job may run."""

Format = Literal["jpeg", "png", "webp"]

app = FastAPI(title="Makeready render service")


@app.exception_handler(makeready.MakereadyError)
async def failed(_request: Request, error: makeready.MakereadyError) -> JSONResponse:
    """Say who is to blame, in the words that are the same in every language."""
    answer = {
        "code": error.code,
        "message": str(error),
        "input": error.input,
        "limit": error.limit,
    }
    headers = {"Retry-After": str(math.ceil(error.retry_after))} if error.retry_after else None
    return JSONResponse({"error": answer}, error.http_status, headers)


def picture(output: Output) -> Response:
    """Answer with a file."""
    headers = {"Server-Timing": f"render;dur={output.timings.total * 1000:.1f}"}
    if output.vary:
        headers["Vary"] = output.vary
    return Response(output.data, media_type=output.content_type, headers=headers)


async def run(request: Request, pipeline: Pipeline) -> Response:
    """Run a job within the deadline, and only for as long as somebody waits for it."""
    job = asyncio.create_task(pipeline.deadline(DEADLINE).run_async())
    while not job.done():
        await asyncio.wait([job], timeout=0.1)
        if not job.done() and await request.is_disconnected():
            job.cancel()
            raise HTTPException(499, "the client went away")
    return picture(job.result())


@app.get("/metrics")
def metrics() -> Response:
    """Give the figures of the queue, for Prometheus."""
    return Response(makeready.job_stats().prometheus(), media_type="text/plain; version=0.0.4")


@app.post("/preview")
async def preview(
    request: Request,
    tiles: list[UploadFile],
    across: Annotated[int, Query(ge=1)] = 2,
    width: Annotated[int, Query(ge=1)] = 800,
    format: Format = "webp",
) -> Response:
    """Stitch the tiles, row by row, and give a small picture of the page."""
    inputs = [await tile.read() for tile in tiles]
    page = Pipeline.stitch(inputs, across=across)
    return await run(request, page.resize(width).encode(format, quality=80))


@app.post("/rendition")
async def rendition(
    request: Request,
    width: Annotated[int | None, Query(ge=1)] = None,
    height: Annotated[int | None, Query(ge=1)] = None,
    fit: Literal["cover", "contain", "fill", "inside", "outside"] = "inside",
    format: Format = "jpeg",
) -> Response:
    """Give the picture of the body in another size and format; it is never enlarged."""
    pipeline = Pipeline.open(await request.body())
    if width or height:
        pipeline = pipeline.resize(width, height, fit=fit, without_enlargement=True)
    return await run(request, pipeline.encode(format))
