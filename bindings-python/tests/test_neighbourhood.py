"""Operations on the pixels around one against Pillow's, and a blur against sums in double precision."""

import makeready
import numpy as np
import PIL.Image
import PIL.ImageFilter
import pytest
from support import IMAGES

PHOTO = PIL.Image.open(IMAGES / "rgb.png").convert("RGB")


def made(job: makeready.Pipeline) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
    return np.asarray(job.pixels()).astype(np.int64)


def theirs(kind: "PIL.ImageFilter.Filter") -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
    return np.asarray(PHOTO.filter(kind)).astype(np.int64)


@pytest.mark.parametrize("size", [3, 5, 9, 31])
def test_a_median_is_pillows(size: int) -> None:
    found = made(makeready.Pipeline.open(PHOTO).median(size))
    assert np.array_equal(found, theirs(PIL.ImageFilter.MedianFilter(size)))


@pytest.mark.parametrize(("scale", "offset"), [(None, 0), (3, 128), (-2, 100)])
@pytest.mark.parametrize("side", [3, 5])
def test_a_convolution_is_pillows_within_the_edges(
    side: int, scale: float | None, offset: float
) -> None:
    rows = np.random.default_rng(side).integers(-3, 9, (side, side))
    # Pillow divides the weights: of a sum that is odd no sample is half a step, which it would round by chance.
    rows[0, 0] += 1 - rows.sum() % 2
    found = made(makeready.Pipeline.open(PHOTO).convolve(rows, scale=scale, offset=offset))
    # Pillow begins with the row below, and leaves the pixels at the edges as they are.
    weights = rows[::-1].flatten().tolist()
    expected = theirs(PIL.ImageFilter.Kernel((side, side), weights, scale, offset))
    inside = slice(side // 2, -(side // 2))
    assert np.array_equal(found[inside, inside], expected[inside, inside])


@pytest.mark.parametrize(
    ("width", "height", "max_slope"), [(9, 5, 0), (8, 12, 3), (31, 30, 1), (1, 50, 20)]
)
def test_clahe_gives_ranks_of_a_window(width: int, height: int, max_slope: int) -> None:
    picture = np.asarray(PHOTO)[:40, :50]
    before, after = (height // 2, width // 2), (height - 1 - height // 2, width - 1 - width // 2)
    sides = [*zip(before, after, strict=True), (0, 0)]
    around = np.pad(picture, sides, "symmetric")
    windows = np.lib.stride_tricks.sliding_window_view(around, (height, width), (0, 1))
    expected = np.zeros(picture.shape, np.int64)
    for place in np.ndindex(picture.shape):
        counts = np.bincount(windows[place].flatten(), minlength=256)
        limit, level = max_slope or counts.sum(), int(picture[place])
        spread = int(np.maximum(counts - limit, 0).sum())
        rank = np.minimum(counts, limit)[: level + 1].sum() + (level + 1) * spread // 256
        expected[place] = 255 * rank // (width * height)
    job = makeready.Pipeline.open(picture).clahe(width, height, max_slope=max_slope)
    assert np.array_equal(made(job), expected)


@pytest.mark.parametrize("sigma", [0.3, 2.0, 17.5, 400.0])
def test_a_blur_is_exact_to_half_a_step(sigma: float) -> None:
    reach = int(4 * sigma)
    curve = np.exp(-np.square(np.arange(-reach, reach + 1)) / (2 * sigma**2))
    exact = np.asarray(PHOTO).astype(float)
    for axis in (0, 1):
        around = np.pad(exact, [(reach, reach) if n == axis else (0, 0) for n in range(3)], "edge")
        windows = np.lib.stride_tricks.sliding_window_view(around, 2 * reach + 1, axis)
        exact = windows @ (curve / curve.sum())
    found = made(makeready.Pipeline.open(PHOTO).blur(sigma))
    assert np.abs(found - exact).max() < 0.501
