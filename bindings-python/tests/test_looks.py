"""Operations that look at the picture first, against Pillow and NumPy."""

import asyncio
from typing import Literal

import makeready
import numpy as np
import PIL.Image
import pytest
from makeready import Pipeline
from support import IMAGES

Looked = Literal["attention", "entropy"]
PHOTO = PIL.Image.open(IMAGES / "photo.jpg").convert("RGB").resize((121, 91))


@pytest.mark.parametrize("seed", range(40))
def test_trim_takes_off_what_pillow_finds_no_difference_in(seed: int) -> None:
    random = np.random.default_rng(seed)
    channels = int(random.integers(1, 5))
    height, width = random.integers(1, 40, 2)
    threshold = int(random.integers(0, 60))
    pixels = np.full((height, width, channels), random.integers(0, 256, channels), np.uint8)
    # Opaque, so that colours count.
    if channels in (2, 4):
        pixels[..., -1] = 255
    colours = channels - 1 if channels in (2, 4) else channels
    for _ in range(int(random.integers(0, 4))):
        y, x = random.integers(0, height), random.integers(0, width)
        pixels[y, x, :colours] = random.integers(0, 256, colours)
    image = Pipeline.open(np.ascontiguousarray(pixels))
    found = image.trim(threshold=threshold).pixels()
    apart = np.abs(pixels.astype(int) - pixels[0, 0].astype(int)).max(axis=2)
    mask = PIL.Image.fromarray(((apart > threshold) * 255).astype(np.uint8))
    left, top, right, bottom = mask.getbbox() or (0, 0, int(width), int(height))
    expected = pixels[top:bottom, left:right]
    assert np.array_equal(np.asarray(found).reshape(expected.shape), expected)


def lightness(rgb: np.ndarray) -> np.ndarray:
    """CIE L* of samples of sRGB, by the formulas of IEC 61966-2-1 and CIE 15."""
    share = rgb / 255
    light = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    y = light @ [0.2126, 0.7152, 0.0722]
    return np.where(y > 216 / 24389, 116 * np.cbrt(y) - 16, 24389 / 27 * y)


@pytest.mark.parametrize(("lower", "upper"), [(1, 99), (5, 95), (0, 100), (20, 60)])
def test_normalize_stretches_between_the_percentiles(lower: float, upper: float) -> None:
    dull = PHOTO.point(lambda sample: 60 + sample // 3)
    image = Pipeline.open(dull)
    before = lightness(np.asarray(dull).astype(float))
    after = lightness(np.asarray(image.normalize(lower=lower, upper=upper).pixels()).astype(float))
    black, white = np.percentile(before, [lower, upper])
    expected = np.clip((before - black) * 100 / (white - black), 0, 100)
    # Colours that RGB does not have are cut, which makes some lighter or darker.
    assert np.abs(after - expected).mean() < 1.5
    assert np.percentile(np.abs(after - expected), 90) < 4


def test_a_large_picture_is_normalized_as_its_whole() -> None:
    noise = np.random.default_rng(1).integers(40, 200, (700, 900), np.uint8)
    levels = np.asarray(Pipeline.open(noise).normalize().pixels())
    gray = lightness(np.repeat(noise[..., None], 3, 2).astype(float))
    dark, light = np.percentile(gray, [1, 99])
    assert abs((levels == 0).mean() - (gray <= dark).mean()) < 0.01
    assert abs((levels == 255).mean() - (gray >= light).mean()) < 0.01


@pytest.mark.parametrize("position", ["attention", "entropy"])
@pytest.mark.parametrize("place", [(0, 0), (200, 0), (400, 0), (80, 0)])
def test_a_cover_keeps_a_photograph_on_a_wall(position: Looked, place: tuple[int, int]) -> None:
    wall = PIL.Image.new("RGB", (521, 91), (120, 124, 120))
    wall.paste(PHOTO, place)
    square = Pipeline.open(wall).resize(91, 91, position=position, kernel="nearest")
    assert square.plan().looks == 1
    found = np.asarray(square.pixels()).astype(int)
    walls = (np.abs(found - [120, 124, 120]).max(axis=2) == 0).mean()
    # The edge itself is what differs most, and is seen from both of its sides.
    assert walls < 0.04


def test_a_point_is_kept_as_near_to_the_middle_as_can_be() -> None:
    row = Pipeline.open(np.arange(101, dtype=np.uint8).reshape(1, 101))
    for share, middle in [(0, 5), (0.02, 5), (0.3, 30), (0.5, 50), (0.98, 95), (1, 95)]:
        part = row.extend(top=5, bottom=5).resize(11, 11, focus=(share, 0.5))
        assert abs(np.asarray(part.pixels())[5, 5] - middle) <= 1


def test_looks_are_shown_and_counted() -> None:
    job = Pipeline.open(PHOTO).trim().resize(30, 30, position="entropy").normalize()
    assert job.plan().looks == 3
    text = job.explain()
    for name in ("trim", "resize", "normalize"):
        assert f"a look for {name}" in text


@pytest.mark.parametrize("way", ["run", "spawn"])
def test_limits_hold_for_what_trim_leaves(way: str) -> None:
    bar = np.full((400, 40), 255, np.uint8)
    bar[:, 20] = 0
    # A column of one pixel is planned as forty, and resized to a thousand it is much higher.
    job = Pipeline.open(bar).trim().resize(1000)
    assert job.plan().height == 10_000
    with pytest.raises(makeready.LimitExceededError) as raised:
        makeready.run_all([job]) if way == "run" else asyncio.run(job.run_async())
    assert raised.value.limit == "max_output_side"
