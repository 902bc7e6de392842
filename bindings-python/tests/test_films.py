"""Films, frame by frame, against Pillow."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

import makeready
import pytest
from PIL import Image, ImageSequence

IMAGES = Path(__file__).parents[2] / "tests/images"


def frames(data: bytes) -> list[Image.Image]:
    """All frames as Pillow composes them."""
    with Image.open(io.BytesIO(data)) as film:
        return [frame.convert("RGBA") for frame in ImageSequence.Iterator(film)]


def seen(image: Image.Image) -> bytes:
    """Pixels in which nothing stands below clear ones."""
    clear = Image.new("RGBA", image.size)
    clear.paste(image, mask=image.getchannel("A").point(lambda alpha: 255 if alpha else 0))
    return clear.tobytes()


def differ(one: Image.Image, other: Image.Image) -> int:
    """The largest difference of two pictures in any sample."""
    return max(abs(a - b) for a, b in zip(seen(one), seen(other), strict=True))


def page(data: bytes, number: int) -> Image.Image:
    pixels = makeready.Pipeline.open(data, page=number).pixels()
    mode = {"gray": "L", "gray+alpha": "LA", "rgb": "RGB", "rgba": "RGBA"}[pixels.layout]
    return Image.frombytes(mode, (pixels.width, pixels.height), bytes(pixels)).convert("RGBA")


# Not of PNG: Pillow lays a half clear frame over a half clear canvas by a mask; the format says source over.
@pytest.mark.parametrize(
    "name", ["films/moving.gif", "films/moving-clear.gif", "animated.gif", "films/film.webp"]
)
def test_frames_are_those_of_pillow(name: str) -> None:
    data = (IMAGES / name).read_bytes()
    expected = frames(data)
    probe = makeready.probe(data)
    assert (probe.animated, probe.pages) == (True, len(expected))
    for number, frame in enumerate(expected):
        assert differ(page(data, number), frame) <= 1, number


@pytest.mark.parametrize("name", ["films/moving.gif", "films/moving-clear.gif"])
@pytest.mark.parametrize(
    ("options", "close"),
    [
        ({"format": "webp", "lossless": True}, 0),
        ({"format": "webp", "quality": 90, "mixed": True}, 60),
        ({"format": "gif"}, 0),
        ({"format": "png"}, 0),
    ],
)
def test_films_that_are_written_are_read_by_pillow(
    name: str, options: dict[str, Any], close: int
) -> None:
    source = makeready.probe(IMAGES / name)
    output = makeready.Pipeline.open(IMAGES / name, animated=True).flop().encode(**options).run()
    read = makeready.probe(output.data)
    assert (read.animated, read.pages, read.loop) == (True, 12, source.loop)
    assert (output.frames, read.duration) == (12, source.duration)
    expected = frames((IMAGES / name).read_bytes())
    found = frames(output.data)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert differ(one, other.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) <= close
    with Image.open(io.BytesIO(output.data)) as film:
        assert sum(duration(frame) for frame in ImageSequence.Iterator(film)) == source.duration


def duration(frame: Image.Image) -> int:
    """Milliseconds of a frame; Pillow knows them when it has its pixels."""
    frame.load()
    milliseconds: int = round(frame.info["duration"])
    return milliseconds


def test_a_film_is_planned_with_its_time() -> None:
    film = (
        makeready.Pipeline.open(IMAGES / "films/moving.gif", animated=True)
        .resize(60)
        .encode("webp")
    )
    plan = film.plan()
    assert (plan.width, plan.height, plan.frames, plan.duration) == (60, 45, 12, 800)
    still = makeready.Pipeline.open(IMAGES / "films/moving.gif").plan()
    assert (still.frames, still.duration, still.format) == (1, 0, "gif")
    other = film.encode("webp", delay=20, loop=2).run()
    assert makeready.probe(other.data).duration == 240
    assert makeready.probe(other.data).loop == 2


def test_formats_that_move_are_named() -> None:
    film = makeready.Pipeline.open(IMAGES / "films/moving.gif", animated=True)
    with pytest.raises(makeready.InvalidOptionError, match="encoded as png or webp or gif"):
        film.encode("jpeg").run()


def test_a_rendition_moves_where_its_format_does() -> None:
    source = IMAGES / "films/moving.gif"
    for query, count in [("w=60&f=webp", 12), ("w=60&f=jpeg", 1), ("page=3&f=webp", 1)]:
        rendition = makeready.Rendition.parse(query)
        assert rendition.animated == (count > 1)
        assert rendition.pipeline(source).run().frames == count


def test_films_run_for_asyncio() -> None:
    film = makeready.Pipeline.open(IMAGES / "films/moving.gif", animated=True).encode("gif")
    assert asyncio.run(film.run_async()).data == film.run().data
