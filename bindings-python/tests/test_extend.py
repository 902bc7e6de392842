"""Edges that a picture makes of itself, against NumPy's."""

from typing import Literal

import numpy as np
import PIL.Image
import pytest
from makeready import Pipeline
from support import IMAGES

PHOTO = PIL.Image.open(IMAGES / "rgb.png").convert("RGB").resize((90, 70))


@pytest.mark.parametrize("edges", [(1, 2, 3, 4), (0, 0, 200, 0), (69, 90, 71, 333)], ids=str)
@pytest.mark.parametrize(
    ("mode", "theirs"), [("copy", "edge"), ("mirror", "symmetric"), ("repeat", "wrap")]
)
def test_edges_are_numpys(
    mode: Literal["copy", "mirror", "repeat"],
    theirs: Literal["edge", "symmetric", "wrap"],
    edges: tuple[int, int, int, int],
) -> None:
    top, right, bottom, left = edges
    job = Pipeline.open(PHOTO).extend(top=top, right=right, bottom=bottom, left=left, mode=mode)
    expected = np.pad(np.asarray(PHOTO), ((top, bottom), (left, right), (0, 0)), theirs)
    assert np.array_equal(np.asarray(job.pixels()), expected)
    width, height = expected.shape[1] // 3, expected.shape[0] // 2
    part = np.asarray(job.crop(width, height, 20, 30).pixels())
    assert np.array_equal(part, expected[height : height + 30, width : width + 20])
