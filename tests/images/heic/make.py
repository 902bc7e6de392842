"""Makes the files of this folder, and beside each a PNG of what libheif reads in it.

Of grids it is the part where four tiles meet.

pip install pillow pillow-heif numpy
python3 make.py

The grids are made of `grid.png` and `grid-alpha.png` of a first run by `encode_rgb8` and
`encode_rgba8` of the crate `heifer`, at quality 40: pillow-heif writes no tiles.
"""

from pathlib import Path

import numpy
import pillow_heif
from PIL import Image, ImageCms

HERE = Path(__file__).parent
IMAGES = HERE.parent
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


def photo(width, height):
    """A part of a photograph, in few bytes."""
    image = Image.open(IMAGES / "photo-444.jpg").convert("RGB")
    return image.resize((width, height), Image.Resampling.LANCZOS)


def expect(name):
    """Writes a PNG of the pixels that must be read."""
    file = pillow_heif.open_heif(HERE / f"{name}.heic", convert_hdr_to_8bit=True)
    image = file.to_pillow()
    for key in list(image.info):
        del image.info[key]
    if name.startswith("grid"):
        image = image.crop((480, 480, 544, 544))
    image.save(HERE / f"{name}.png", optimize=True)


def saved(name, image, **options):
    """A file by pillow-heif."""
    heif = pillow_heif.from_pillow(image)
    heif.save(HERE / f"{name}.heic", **({"quality": 60, "save_nclx_profile": True} | options))
    expect(name)


def exif():
    """Turned by 90 degrees, by a camera."""
    tags = Image.Exif()
    tags[0x010F], tags[0x0112] = "Acme", 6
    return tags.tobytes()


def main():
    """Makes all files."""
    rgb = photo(45, 37)
    rgba = rgb.copy()
    rgba.putalpha(Image.linear_gradient("L").resize(rgb.size))
    saved("rgb-444", rgb, chroma=444)
    saved("rgb", photo(101, 67))
    saved("limited", photo(101, 67), full_range_flag=0, matrix_coefficients=1)
    saved("lossless", rgb, quality=-1, chroma=444, matrix_coefficients=0)
    saved("rgba", rgba, chroma=444)
    saved("gray", rgb.convert("L"))
    wide = (numpy.asarray(rgb).astype("<u2") * 257).tobytes()
    heif = pillow_heif.from_bytes("RGB;16", rgb.size, wide)
    heif.save(HERE / "ten-bits.heic", quality=60, chroma=444)
    expect("ten-bits")
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    saved("metadata", rgb, chroma=444, exif=exif(), xmp=XMP, icc_profile=srgb)
    # Of more bits and samples than any other, and cut on two sides.
    wide = (numpy.asarray(photo(509, 411)).astype("<u2") * 257).tobytes()
    large = pillow_heif.from_bytes("RGB;16", (509, 411), wide)
    large.save(HERE / "large.heic", quality=20, chroma=444)
    for name in ("grid", "grid-alpha"):
        if (HERE / f"{name}.heic").exists():
            expect(name)
            continue
        image = photo(700, 560)
        if name == "grid-alpha":
            image.putalpha(Image.linear_gradient("L").resize(image.size))
        image.save(HERE / f"{name}.png")


main()
