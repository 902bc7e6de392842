"""Pages as printers get them."""

from __future__ import annotations

import asyncio
import io

import makeready
import numpy as np
from PIL import Image, ImageCms

from book.render import Makeready
from book.tiles import TILES

PAGE = [TILES[f"left-{place}.jpg"] for place in ("00", "01", "10", "11")]


def printed(tiles: list[bytes]) -> Image.Image:
    [page] = asyncio.run(Makeready(seconds=60).page(tiles, ["print"]))
    return Image.open(io.BytesIO(page))


def test_a_print_page_says_srgb_and_300_dots_whatever_its_tiles_are() -> None:
    wide = [
        makeready.Pipeline.open(tile).colour("display-p3").encode("jpeg", quality=98).run().data
        for tile in PAGE
    ]
    assert all(Image.open(io.BytesIO(tile)).info["icc_profile"] for tile in wide)
    pages = [printed(PAGE), printed(wide), printed([*wide[:2], *PAGE[2:]])]
    for page in pages:
        assert page.size == (4000, 3000)
        assert page.info["dpi"] == (300, 300)
        profile = ImageCms.ImageCmsProfile(io.BytesIO(page.info["icc_profile"]))
        assert ImageCms.getProfileDescription(profile).strip() == "sRGB"
    plain, *others = (np.asarray(page.reduce(8), dtype=float) for page in pages)
    for other in others:
        assert np.abs(other - plain).mean() < 1
