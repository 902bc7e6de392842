"""Turns by any angle, against Pillow's, which counts its angles the other way round."""

import numpy as np
import PIL.Image
import pytest
from makeready import Pipeline
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


def middle(image: np.ndarray, height: int, width: int) -> np.ndarray:
    top, left = (image.shape[0] - height) // 2, (image.shape[1] - width) // 2
    return image[top : top + height, left : left + width].astype(int)


def test_quarters_and_turns_of_more_than_one_are_exact() -> None:
    for degrees, turns in [(90, -1), (450.0, -1), (-180, 2), (270, 1), (0, 0)]:
        found = np.asarray(Pipeline.open(PHOTO).rotate(degrees).pixels())
        assert np.array_equal(found, np.rot90(np.asarray(PHOTO), turns))
