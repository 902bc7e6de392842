"""Nothing that a camera or a scanner wrote into a document comes out again."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from .conftest import Site

MARK = "Jane-Doe-1970"
CARRIERS = {"exif", "xmp", "icc_profile", "comment", "photoshop", "Author"}


def document(format: str) -> bytes:
    """Make a picture with all carriers that its format has."""
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = MARK
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    carriers: dict[str, Any] = {
        "exif": exif.tobytes(),
        "icc_profile": profile,
        "xmp": f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{MARK}</x:xmpmeta>".encode(),
    }
    if format == "jpeg":
        carriers["comment"] = MARK.encode()
    if format == "png":
        carriers["pnginfo"] = text = PngImagePlugin.PngInfo()
        text.add_text("Author", MARK)
        text.add_itxt("XML:com.adobe.xmp", MARK)
    out = io.BytesIO()
    Image.effect_noise((400, 300), 50).convert("RGB").save(out, format, **carriers)
    return out.getvalue()


@pytest.mark.parametrize("read", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("written", ["jpeg", "png", "webp"])
def test_renditions_are_clean(site: Site, read: str, written: str) -> None:
    original = document(read)
    assert MARK.encode() in original
    assert {"exif", "icc_profile"} <= Image.open(io.BytesIO(original)).info.keys()
    source = site.upload(f"marked.{read}", original)
    answer = site.ask(site.path(source, f"w=160&f={written}"))
    assert answer.status == 200, answer.body
    picture = Image.open(io.BytesIO(answer.body))
    picture.load()
    assert not CARRIERS & picture.info.keys()
    assert not picture.getexif()
    assert MARK.encode() not in answer.body
