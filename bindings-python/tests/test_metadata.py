"""Metadata that are kept, as Pillow reads them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import makeready
import pytest
from PIL import Image, ImageCms
from support import IMAGES

CAMERA = [IMAGES / "metadata" / f"camera.{end}" for end in ("jpg", "png", "webp")]
FORMATS = ("jpeg", "png", "webp")

EXIF, GPS, MAKER_NOTE = 0x8769, 0x8825, 0x927C
WIDTH, HEIGHT, ORIENTATION, THUMBNAIL = 0xA002, 0xA003, 0x0112, 1


def written(source: Path, encode: Any, *keep: Any) -> Image.Image:
    page = makeready.Pipeline.open(source).keep(*keep).density(300)
    output = page.encode(encode).run()
    assert not output.warnings
    image = Image.open(io.BytesIO(output.data))
    image.load()
    return image


@pytest.mark.parametrize("source", CAMERA, ids=lambda path: path.suffix)
@pytest.mark.parametrize("encode", FORMATS)
def test_exif_is_kept_clean(source: Path, encode: str) -> None:
    image = written(source, encode, "exif")
    exif = image.getexif()
    assert (exif[0x0110], exif[0x013B], exif[0x8298]) == (
        "Camera One",
        "Ann Author",
        "(c) 2026 Ann Author",
    )
    assert exif[ORIENTATION] == 1
    inner = exif.get_ifd(EXIF)
    assert (inner[WIDTH], inner[HEIGHT]) == image.size == (36, 48)
    assert (inner[0x829A], inner[0x8827], inner[0xA434]) == (0.004, 400, "Lens 50mm")
    assert MAKER_NOTE not in inner
    assert not exif.get_ifd(GPS)
    assert not exif.get_ifd(THUMBNAIL)


@pytest.mark.parametrize("encode", FORMATS)
def test_a_place_is_kept_where_it_is_asked_for(encode: str) -> None:
    place = written(CAMERA[0], encode, "gps").getexif()
    assert place.get_ifd(GPS)[2] == (52.0, 30.0, 5.9)
    assert place.get_ifd(GPS)[1] == "N"
    assert 0x0110 not in place


@pytest.mark.parametrize("encode", FORMATS)
def test_a_density_is_read_back(encode: str) -> None:
    image = written(CAMERA[0], encode)
    exif = image.getexif()
    if encode == "webp":
        assert (exif[0x011A], exif[0x011B], exif[0x0128]) == (300, 300, 2)
        assert len(exif) == 3
    else:
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)
        assert len(exif) == 0


@pytest.mark.parametrize("encode", FORMATS)
def test_a_file_says_that_it_is_srgb(encode: str) -> None:
    said = written(CAMERA[0], encode, "icc").info["icc_profile"]
    assert len(said) < 1024
    profile = ImageCms.ImageCmsProfile(io.BytesIO(said))
    assert ImageCms.getProfileDescription(profile).strip() == "sRGB"
    # It changes no colour by more than a step.
    levels = [(i, i // part, 255 - i) for part in (1, 2, 3) for i in range(256)]
    ramp = Image.frombytes("RGB", (256, 3), bytes(level for pixel in levels for level in pixel))
    changed = ImageCms.profileToProfile(ramp, profile, ImageCms.createProfile("sRGB"))
    assert changed is not None
    apart = [abs(a - b) for a, b in zip(ramp.tobytes(), changed.tobytes(), strict=True)]
    assert max(apart) <= 1


@pytest.mark.parametrize("encode", FORMATS)
def test_xmp_is_kept_as_it_is(encode: str) -> None:
    kept = written(CAMERA[0], encode, "xmp").info
    packet = kept.get("xmp", kept.get("XML:com.adobe.xmp"))
    with Image.open(CAMERA[0]) as camera:
        assert packet == camera.info["xmp"]


def test_no_word_keeps_nothing() -> None:
    page = makeready.Pipeline.open(CAMERA[0]).keep("exif").keep()
    assert page.to_json() == makeready.Pipeline.open(CAMERA[0]).to_json()
    with pytest.raises(makeready.InvalidOptionError, match="keep is one of icc, exif"):
        page.keep("iptc")  # type: ignore[arg-type]
