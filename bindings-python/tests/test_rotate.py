"""Turns by any angle, against Pillow's, which counts its angles the other way round; and matrices."""

import numpy as np
import PIL.Image
import pytest
from makeready import Pipeline
from makeready._types import Kernel
from support import IMAGES

PHOTO = PIL.Image.open(IMAGES / "photo.jpg").convert("RGB").resize((121, 91))


@pytest.mark.parametrize("degrees", [7.5, 45, 100, 181, -30, 359.5])
def test_turns_are_pillows(degrees: float) -> None:
    found = np.asarray(Pipeline.open(PHOTO).rotate(degrees, background="#fff").pixels())
    theirs = np.asarray(
        PHOTO.rotate(
            -degrees, PIL.Image.Resampling.BILINEAR, expand=True, fillcolor=(255, 255, 255)
        )
    )
    # Pillow's picture may be a pixel larger on each side, and has corners without half pixels.
    height, width = (min(a, b) for a, b in zip(found.shape, theirs.shape[:2], strict=False))
    ours, theirs = middle(found, height, width), middle(theirs, height, width)
    assert max(found.shape[0] - height, found.shape[1] - width) <= 1
    apart = np.abs(ours - theirs)
    assert apart.mean() < 8
    assert np.median(apart) <= 3


KERNELS = {
    "linear": PIL.Image.Resampling.BILINEAR,
    "cubic": PIL.Image.Resampling.BICUBIC,
    "nearest": PIL.Image.Resampling.NEAREST,
}
MATRICES = [[[1.2, 0.3], [-0.2, 0.9]], [[-1, 0.1], [0.4, 1.7]], [[0.7, 0], [0, 0.6]]]


def by_pillow(matrix: np.ndarray, size: tuple[int, int], kernel: str) -> np.ndarray:
    """Gives Pillow the way back, from corner to corner."""
    back = np.linalg.inv(matrix)
    offset = np.array(PHOTO.size) / 2 - back @ (np.array(size) / 2)
    numbers = (*back[0], offset[0], *back[1], offset[1])
    method = PIL.Image.Transform.AFFINE
    return np.asarray(PHOTO.transform(size, method, numbers, KERNELS[kernel])).astype(int)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("matrix", MATRICES)
def test_matrices_move_pixels_as_in_pillow(matrix: list[list[float]], kernel: Kernel) -> None:
    found = np.asarray(Pipeline.open(PHOTO).affine(matrix, kernel=kernel).pixels()).astype(int)
    apart = np.abs(found - by_pillow(np.array(matrix), found.shape[1::-1], kernel))
    # Pillow has no pixels that the picture covers in part, and places are of 256 parts.
    assert np.median(apart) <= 1
    assert np.quantile(apart, 0.9) <= (12 if kernel == "nearest" else 3)


@pytest.mark.parametrize(("x", "y"), [(20, 0), (0, -30), (10, 15)])
def test_to_shear_is_a_matrix_of_slopes(x: float, y: float) -> None:
    slopes = [[1, np.tan(np.radians(x))], [np.tan(np.radians(y)), 1]]
    leaning = Pipeline.open(PHOTO).shear(x, y, background="#fff").pixels()
    moved = Pipeline.open(PHOTO).affine(slopes, kernel="linear", background="#fff").pixels()
    assert np.array_equal(np.asarray(leaning), np.asarray(moved))


def middle(image: np.ndarray, height: int, width: int) -> np.ndarray:
    top, left = (image.shape[0] - height) // 2, (image.shape[1] - width) // 2
    return image[top : top + height, left : left + width].astype(int)


def test_quarters_and_turns_of_more_than_one_are_exact() -> None:
    for degrees, turns in [(90, -1), (450.0, -1), (-180, 2), (270, 1), (0, 0)]:
        found = np.asarray(Pipeline.open(PHOTO).rotate(degrees).pixels())
        assert np.array_equal(found, np.rot90(np.asarray(PHOTO), turns))
