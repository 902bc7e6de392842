"""Code as users write it, for the type checkers: in the strict modes of mypy and pyright."""

import asyncio
import io
from pathlib import Path
from typing import Literal, assert_type

import makeready
import numpy as np
import PIL.Image
from makeready import Output, Pipeline


def inputs() -> list[Pipeline]:
    """Give a pipeline of everything that can be opened."""
    pixels = np.zeros((2, 3, 4), np.uint8)
    return [
        Pipeline.open(b"", page=0, auto_orient=False, on_error="recover"),
        Pipeline.open(bytearray()),
        Pipeline.open(memoryview(b"")),
        Pipeline.open("a.jpg"),
        Pipeline.open(Path("a.jpg")),
        Pipeline.open(io.BytesIO()),
        Pipeline.open(pixels),
        Pipeline.open(PIL.Image.new("RGB", (1, 1))),
        Pipeline.open(makeready.Image(1, 1, 1, b"a")),
    ]


def page(tiles: list[bytes]) -> Output:
    """Stitch tiles."""
    stitched = Pipeline.stitch([*tiles, Pipeline.open("a.jpg").flip()], across=2, gap=4)
    marked = stitched.overlay(
        Pipeline.open("logo.png"), at=(-1, 2), blend="soft-light", opacity=0.5
    )
    placed = Pipeline.stitch(tiles, canvas=(100, 80), at=[(0, 0), (50, 40)], background="#fff")
    small = stitched.resize(800, fit="inside", kernel="mitchell").crop(0, 0, 10, 10).rotate(90)
    marked = marked.join_alpha("mask.png").extend(top=1, mode="mirror")
    outputs = makeready.run_all([marked, small.encode("webp", effort=2), placed.encode("png")])
    assert_type(outputs, list[Output])
    assert_type(outputs[0].layout, Literal["gray", "gray+alpha", "rgb", "rgba"])
    assert_type(outputs[0].warnings, tuple[str, ...])
    limits = {"max_input_pixels": 1_000_000}
    probe = makeready.probe(tiles[0], limits=limits, exif=True)
    assert_type(probe.density, int | None)
    assert_type(probe.exif, makeready.Exif | None)
    return small.limits(max_memory=1 << 20).threads(1).deadline(0.5).optimizations(False).run()


async def preview(pipeline: Pipeline) -> bytes:
    """Run for asyncio."""
    task = asyncio.create_task(pipeline.run_async())
    try:
        output = assert_type(await task, Output)
    except makeready.LimitExceededError as error:
        assert_type(error.code, str)
        assert_type(error.input, int | None)
        raise
    array = np.asarray(pipeline.pixels())
    memoryview(pipeline.pixels())
    return output.data + array.tobytes()


def serve(query: str, accept: str) -> bytes:
    """Serve a picture."""
    policy = makeready.Policy(widths=[320], formats=["webp", "jpeg"], sizes=[(1, 2)], deadline=0.5)
    assert_type(policy.renditions(), int)
    rendition = makeready.Rendition.parse(query, policy)
    assert_type(rendition.crop, tuple[int, int, int, int] | None)
    answer = assert_type(makeready.negotiate(accept, formats=["webp"]), makeready.Negotiated)
    key = assert_type(rendition.with_format(answer.format).key("a.jpg"), str)
    signed = assert_type(makeready.sign(key, {"a": b"secret", "b": "secret"}, 1), str)
    assert_type(makeready.verify(signed, {"a": "secret"}), str)
    assert_type(makeready.edge_function(), str)
    guarded = assert_type(policy.guard(rendition.pipeline("a.jpg", policy.options)), Pipeline)
    return guarded.run().data
