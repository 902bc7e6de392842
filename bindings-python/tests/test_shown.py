"""Figures of what a picture shows against Pillow and NumPy, and stand-ins."""

from __future__ import annotations

import base64
import io

import makeready
import numpy as np
import PIL.Image
import PIL.ImageStat
import pytest
from support import IMAGES

FILES = ["photo.jpg", "gray.jpg", "rgba.png", "photo-444.jpg"]


def laplacian(luma: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> float:
    """Give the deviation of the Laplacian, with edges that go on."""
    around = np.pad(luma, 1, mode="edge")
    found = around[:-2, 1:-1] + around[2:, 1:-1] + around[1:-1, :-2] + around[1:-1, 2:] - 4 * luma
    return float(found.std())


@pytest.mark.parametrize("name", FILES)
def test_figures_are_those_of_pillow(name: str) -> None:
    pixels = makeready.Pipeline.open(IMAGES / name).pixels()
    stats = makeready.stats(pixels)
    picture = pixels.to_pillow()
    wanted = PIL.ImageStat.Stat(picture)
    assert [(it.min, it.max) for it in stats.channels] == wanted.extrema
    assert [it.mean for it in stats.channels] == pytest.approx(wanted.mean)
    assert [it.deviation for it in stats.channels] == pytest.approx(wanted.stddev)
    gray = picture.convert("L")
    assert stats.entropy == pytest.approx(gray.entropy())
    assert stats.sharpness == pytest.approx(laplacian(np.asarray(gray, dtype=np.float64)))
    alpha = "A" in picture.getbands()
    assert stats.is_opaque == (not alpha or picture.getchannel("A").getextrema() == (255, 255))


def test_the_most_frequent_colour() -> None:
    red, blue = (200, 16, 31), (10, 20, 250)
    samples = np.array([[red] * 3 + [blue] * 2], dtype=np.uint8)
    assert makeready.stats(samples).dominant == "#c8101f"
    # It is a colour of any call.
    assert makeready.Pipeline.open(samples).flatten(makeready.stats(samples).dominant).run()


def test_an_input_or_a_pipeline() -> None:
    path = IMAGES / "photo.jpg"
    stats = makeready.stats(path)
    assert stats == makeready.stats(path.read_bytes())
    assert stats == makeready.stats(makeready.Pipeline.open(path))
    assert makeready.placeholder(path) == makeready.placeholder(makeready.Pipeline.open(path))
    with pytest.raises(TypeError, match="an input is"):
        makeready.stats(3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="an input is"):
        makeready.placeholder(None)  # type: ignore[arg-type]


def test_kinds_of_stand_ins() -> None:
    path = IMAGES / "photo.jpg"
    hash_ = makeready.placeholder(path)
    assert hash_ == makeready.placeholder(path, kind="thumbhash")
    assert 5 < len(base64.b64decode(hash_)) < 30
    assert len(makeready.placeholder(path, kind="blurhash")) == 28
    head, _, data = makeready.placeholder(path, kind="data-uri").partition(",")
    assert head == "data:image/webp;base64"
    with PIL.Image.open(io.BytesIO(base64.b64decode(data))) as small:
        assert (small.format, small.size) == ("WEBP", (16, 12))
    with pytest.raises(
        makeready.InvalidOptionError, match="placeholder kind is one of thumbhash, "
    ):
        makeready.placeholder(path, kind="dither")  # type: ignore[arg-type]


def test_errors_are_those_of_a_run() -> None:
    small = makeready.Pipeline.open(IMAGES / "photo.jpg").limits(max_input_side=10)
    late = makeready.Pipeline.open(IMAGES / "photo.jpg").deadline(0)
    for of in (makeready.stats, makeready.placeholder):
        with pytest.raises(makeready.LimitExceededError):
            of(small)
        with pytest.raises(makeready.DeadlineError):
            of(late)
        with pytest.raises(makeready.IoError):
            of("no such file.jpg")
