"""Operations on pixels by themselves, against Pillow's."""

from collections.abc import Callable

import makeready
import numpy as np
import PIL.Image
import PIL.ImageOps
import pytest
from support import IMAGES

PHOTO = PIL.Image.open(IMAGES / "rgb.png").convert("RGB")

SEPIA = [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]]
SIGNED = [[1.5, -0.5, 0], [0, 0, 1], [-1, 1, 0.25]]

Job = Callable[[makeready.Pipeline], makeready.Pipeline]


def made(change: Job) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
    return np.asarray(change(makeready.Pipeline.open(PHOTO)).pixels()).astype(np.int64)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda it: it.grayscale(), PHOTO.convert("L")),
        (lambda it: it.negate(), PIL.ImageOps.invert(PHOTO)),
        (lambda it: it.threshold(100), PHOTO.convert("L").point([0] * 100 + [255] * 156)),
        (lambda it: it.extract_channel("blue"), PHOTO.getchannel("B")),
    ],
    ids=["grayscale", "negate", "threshold", "extract_channel"],
)
def test_pixels_are_pillows(change: Job, expected: PIL.Image.Image) -> None:
    found = made(change)
    assert np.array_equal(found, np.asarray(expected).reshape(found.shape))


@pytest.mark.parametrize("matrix", [SEPIA, SIGNED], ids=["sepia", "signed"])
def test_a_matrix_of_colours_is_pillows_but_for_its_rounding(matrix: list[list[float]]) -> None:
    numbers = tuple(number for row in matrix for number in [*row, 0])
    expected = np.asarray(PHOTO.convert("RGB", numbers)).astype(np.int64)
    apart = np.abs(made(lambda it: it.recomb(matrix)) - expected)
    assert apart.max() <= 1
    assert apart.mean() < 0.01
