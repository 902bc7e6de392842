"""Overlays: against Pillow's, which composes and blends in its own way."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import makeready
import numpy as np
import pytest
from makeready._types import Blend
from PIL import Image, ImageChops

RANDOM = np.random.default_rng(7)
BELOW = RANDOM.integers(0, 256, (40, 60, 3), dtype=np.uint8)
ABOVE = RANDOM.integers(0, 256, (40, 60, 3), dtype=np.uint8)
CLEAR_BELOW = RANDOM.integers(0, 256, (40, 60, 4), dtype=np.uint8)
CLEAR_ABOVE = RANDOM.integers(0, 256, (25, 30, 4), dtype=np.uint8)

Chop = Callable[[Image.Image, Image.Image], Image.Image]

# Pillow computes in whole numbers.
BLENDS: list[tuple[Blend, Chop, int]] = [
    ("multiply", ImageChops.multiply, 1),
    ("screen", ImageChops.screen, 1),
    ("darken", ImageChops.darker, 0),
    ("lighten", ImageChops.lighter, 0),
    ("add", ImageChops.add, 0),
    ("difference", ImageChops.difference, 0),
    ("overlay", ImageChops.overlay, 3),
]


@pytest.mark.parametrize(("blend", "chop", "within"), BLENDS)
def test_blends_of_opaque_pictures_are_those_of_pillow(
    blend: Blend, chop: Chop, within: int
) -> None:
    found = makeready.Pipeline.open(BELOW).overlay(ABOVE, blend=blend).pixels()
    expected = np.asarray(chop(Image.fromarray(BELOW), Image.fromarray(ABOVE)))
    assert np.abs(np.asarray(found).astype(int) - expected).max() <= within


@pytest.mark.parametrize("at", [(0, 0), (17, 9), (-11, -8), (45, 30)])
def test_over_is_the_alpha_composite_of_pillow(at: tuple[int, int]) -> None:
    found = makeready.Pipeline.open(CLEAR_BELOW).overlay(CLEAR_ABOVE, at=at).pixels()
    canvas = Image.new("RGBA", (60, 40))
    canvas.paste(Image.fromarray(CLEAR_ABOVE), at)
    expected = Image.alpha_composite(Image.fromarray(CLEAR_BELOW), canvas)
    seen = np.asarray(expected)[..., 3] > 0
    difference = np.abs(np.asarray(found).astype(int) - np.asarray(expected))
    assert difference[seen].max() <= 1


@pytest.mark.parametrize("at", [(0, 0), (3, 5), (-1, -29)])
def test_tiles_are_those_of_numpy(at: tuple[int, int]) -> None:
    tile = ABOVE[:7, :11]
    found = makeready.Pipeline.open(BELOW).overlay(tile, at=at, tile=True).pixels()
    rows, columns = ((np.arange(side) - start) for side, start in ((40, at[1]), (60, at[0])))
    assert (np.asarray(found) == tile[rows % 7][:, columns % 11]).all()


def test_opacity_is_a_share_of_alpha() -> None:
    for opacity in (0.0, 0.25, 0.5, 1.0):
        found = makeready.Pipeline.open(BELOW).overlay(ABOVE, opacity=opacity).pixels()
        expected = BELOW * (1 - opacity) + ABOVE * opacity
        assert np.abs(np.asarray(found) - expected).max() <= 1.5


def test_a_mask_keeps_what_it_covers() -> None:
    found = makeready.Pipeline.open(BELOW).overlay(CLEAR_ABOVE, at=(5, 6), blend="dest-in").pixels()
    alpha = np.zeros((40, 60), np.uint8)
    alpha[6:31, 5:35] = CLEAR_ABOVE[..., 3]
    assert (np.asarray(found) == np.dstack([BELOW, alpha])).all()


def test_alpha_of_another_picture_is_that_of_putalpha() -> None:
    found = makeready.Pipeline.open(CLEAR_BELOW).join_alpha(ABOVE).pixels()
    expected = Image.fromarray(CLEAR_BELOW)
    expected.putalpha(Image.fromarray(ABOVE).convert("L"))
    assert np.abs(np.asarray(found).astype(int) - np.asarray(expected)).max() <= 1


def test_pipelines_with_overlays_are_values() -> None:
    logo = makeready.Pipeline.open(bytes(range(40))).resize(10).overlay(b"other")
    page = makeready.Pipeline.open("page.jpg").overlay(logo, at=(1, -2), blend="multiply")
    assert page == makeready.Pipeline.open("page.jpg").overlay(logo, blend="multiply", at=[1, -2])
    assert page != makeready.Pipeline.open("page.jpg").overlay(b"no", blend="multiply", at=(1, -2))
    assert pickle.loads(pickle.dumps(page)) == page
    assert repr(page).endswith(", at=(1, -2), blend='multiply')")
    text = page.to_json()
    sources = dict.fromkeys(["page.jpg", "input-0", "input-1"], b"")
    assert makeready.Pipeline.from_json(text, sources).to_json() == text


@pytest.mark.parametrize(
    "options",
    [{"at": (1, 2, 3)}, {"at": (0.5, 1)}, {"at": (1 << 40, 0)}, {"at": ("a", 0)}, {"opacity": 2.0}],
)
def test_options_that_cannot_be(options: dict[str, Any]) -> None:
    with pytest.raises((makeready.InvalidOptionError, TypeError)):
        makeready.Pipeline.open(BELOW).overlay(ABOVE, **options).pixels()


def test_an_overlay_is_no_job_of_its_own() -> None:
    logo = makeready.Pipeline.open(ABOVE).encode("png")
    with pytest.raises(makeready.InvalidOptionError, match="the input of overlay has an encode"):
        makeready.Pipeline.open(BELOW).overlay(logo).pixels()
    deep = makeready.Pipeline.open(BELOW)
    for _ in range(120):
        deep = makeready.Pipeline.open(BELOW).overlay(deep)
    with pytest.raises(makeready.InvalidOptionError, match="nested at most 100 deep"):
        deep.pixels()
    long = makeready.Pipeline.open(BELOW)
    for _ in range(60):
        long = long.overlay(ABOVE)
    assert (np.asarray(long.pixels()) == ABOVE).all()
