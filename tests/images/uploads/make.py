"""Makes the files of this folder, and beside one of each kind of pixels a PNG of what Pillow reads in it.

pip install pillow numpy tifffile imagecodecs pillow-jxl-plugin
python3 make.py
"""

import io
import struct
from pathlib import Path

import imagecodecs
import numpy
import pillow_jxl  # noqa: F401  Pillow writes JPEG XL with it.
import tifffile
from PIL import Image

HERE = Path(__file__).parent
IMAGES = HERE.parent
WIDTH, HEIGHT = 45, 37


def photo(width=WIDTH, height=HEIGHT):
    """A part of a photograph, in few bytes."""
    return (
        Image.open(IMAGES / "photo-444.jpg")
        .convert("RGB")
        .resize((width, height), Image.Resampling.LANCZOS)
    )


RGB = photo()
GRAY = RGB.convert("L")
RGBA = RGB.copy()
RGBA.putalpha(Image.linear_gradient("L").resize((WIDTH, HEIGHT)))
LINES = GRAY.point(lambda level: 255 * (level > 110)).convert("1", dither=Image.Dither.NONE)
PALETTE = RGB.quantize(200)
PALETTE_16 = RGB.quantize(13)
INKS = RGB.convert("CMYK")


def expect(name, image):
    """What must be read, as a PNG."""
    image.save(HERE / f"{name}.png", optimize=True)


def saved(name, image, expected=None, **options):
    """A file by Pillow, which must read it as it was."""
    path = HERE / name
    image.save(path, **options)
    with Image.open(path) as read:
        assert expected is None or read.convert(expected.mode).tobytes() == expected.tobytes(), name


def written(name, samples, **options):
    """A file by tifffile, without words of its own."""
    tifffile.imwrite(HERE / name, samples, metadata=None, software=False, **options)


def tiffs():
    """By Pillow and libtiff first, then what only tifffile writes."""
    expect("rgb", RGB)
    expect("gray", GRAY)
    expect("rgba", RGBA)
    expect("lines", LINES.convert("L"))
    expect("palette", PALETTE.convert("RGB"))
    expect("palette-16", PALETTE_16.convert("RGB"))
    saved("rgb-none.tif", RGB, RGB)
    saved("rgb-packbits.tif", RGB, RGB, compression="packbits")
    saved("rgb-lzw.tif", RGB, RGB, compression="tiff_lzw")
    saved("rgb-differences.tif", RGB, RGB, compression="tiff_lzw", tiffinfo={317: 2})
    saved(
        "rgb-deflate.tif",
        RGB,
        RGB,
        compression="tiff_adobe_deflate",
        tiffinfo={317: 2},
        dpi=(300, 300),
    )
    saved("rgba-lzw.tif", RGBA, RGBA, compression="tiff_lzw")
    saved("gray-deflate.tif", GRAY, GRAY, compression="tiff_deflate")
    saved("lines-fax.tif", LINES, LINES, compression="group4", dpi=(204, 196))
    saved("lines-none.tif", LINES, LINES)
    saved("palette-lzw.tif", PALETTE, PALETTE.convert("RGB"), compression="tiff_lzw")
    saved(
        "turned.tif",
        RGB.transpose(Image.Transpose.ROTATE_90),
        compression="tiff_lzw",
        tiffinfo={274: 6},
    )
    jpeg = {"compression": "jpeg", "quality": 90}
    for name, image in [("rgb-jpeg", RGB), ("gray-jpeg", GRAY), ("inks-jpeg", INKS)]:
        saved(f"{name}.tif", image, **jpeg)
        with Image.open(HERE / f"{name}.tif") as read:
            expect(name, read.convert("L" if image is GRAY else "RGB"))
    saved("inks-lzw.tif", INKS, INKS, compression="tiff_lzw")
    expect("inks", INKS.convert("RGB"))
    saved(
        "pages.tif",
        RGB,
        RGB,
        save_all=True,
        append_images=[GRAY.resize((20, 30)), LINES],
        compression="tiff_lzw",
    )
    # Enough bytes to be cut at many places.

    rgb, gray, rgba = numpy.array(RGB), numpy.array(GRAY), numpy.array(RGBA)
    tiles = {"tile": (16, 32), "photometric": "rgb"}
    written("rgb-tiles.tif", rgb, compression="zlib", **tiles)
    written(
        "rgb-tiles-planar.tif",
        rgb.transpose(2, 0, 1).copy(),
        compression="lzw",
        planarconfig="separate",
        **tiles,
    )
    written(
        "rgb-planar.tif",
        rgb.transpose(2, 0, 1).copy(),
        planarconfig="separate",
        photometric="rgb",
        rowsperstrip=7,
    )
    written(
        "rgb-big-endian.tif", rgb, photometric="rgb", byteorder=">", bigtiff=True, rowsperstrip=10
    )
    wide = rgb.astype("uint16") * 256 + 77
    written(
        "rgb-16.tif",
        wide,
        photometric="rgb",
        compression="zlib",
        predictor=True,
        byteorder=">",
        rowsperstrip=10,
    )
    written(
        "rgb-16-little.tif",
        wide,
        photometric="rgb",
        compression="lzw",
        predictor=True,
        tile=(32, 16),
    )
    written("gray-white-is-zero.tif", 255 - gray, photometric="miniswhite", compression="packbits")
    jpeg = {
        "compression": "jpeg",
        "compressionargs": {"level": 90},
        "photometric": "ycbcr",
        "tile": (32, 48),
        "subsampling": (2, 2),
    }
    written("rgb-jpeg-tiles.tif", rgb, **jpeg)
    with Image.open(HERE / "rgb-jpeg-tiles.tif") as read:
        expect("rgb-jpeg-tiles", read.convert("RGB"))
    alpha = rgba[..., 3:].astype("uint16")
    multiplied = numpy.concatenate([(rgba[..., :3] * alpha + 127) // 255, alpha], 2).astype("uint8")
    written(
        "rgba-associated.tif",
        multiplied,
        photometric="rgb",
        extrasamples=["assocalpha"],
        compression="zlib",
    )
    with Image.open(HERE / "rgba-associated.tif") as read:
        expect("rgba-associated", read.convert("RGBA"))
    graya = numpy.stack([gray, rgba[..., 3]], 2)
    written(
        "gray-alpha.tif",
        graya,
        photometric="minisblack",
        planarconfig="contig",
        extrasamples=["unassalpha"],
    )
    expect("gray-alpha", Image.merge("LA", (GRAY, RGBA.getchannel("A"))))
    written(
        "rgb-more.tif",
        numpy.dstack([rgb, gray]),
        photometric="rgb",
        extrasamples=["unspecified"],
        compression="lzw",
    )
    few_bits()
    # Enough bytes to be cut at many places, the directory before them.
    written(
        "scan.tif", numpy.array(photo(68, 56)), photometric="rgb", compression="lzw", rowsperstrip=8
    )


def packed(levels, bits):
    """Rows of samples of few bits."""
    rows = [imagecodecs.packints_encode(row, bits) for row in levels]
    return b"".join(rows)


def few_bits():
    """TIFFs of 2 and 4 bits, of one strip, field by field."""
    for name, image, bits in [
        ("gray-4", GRAY, 4),
        ("gray-2", GRAY, 2),
        ("palette-4", PALETTE_16, 4),
    ]:
        levels = numpy.array(image)
        fields = {256: WIDTH, 257: HEIGHT, 258: bits, 259: 1, 262: 1, 277: 1, 278: HEIGHT}
        colours = b""
        if image is PALETTE_16:
            fields[262] = 3
            colour_map = numpy.zeros((3, 16), "uint16")
            used = numpy.array(image.getpalette()[: 3 * 13]).reshape(-1, 3).T
            colour_map[:, : used.shape[1]] = used * 257
            colours = colour_map.astype("<u2").tobytes()
        else:
            levels = levels >> (8 - bits)
            highest = (1 << bits) - 1
            expect(name, Image.fromarray((levels * (255 // highest)).astype("uint8")))
        body = packed(levels, bits)
        count = len(fields) + 2 + bool(colours)
        start = 8 + 2 + 12 * count + 4
        fields |= {273: start + len(colours), 279: len(body)}
        entries = b"".join(struct.pack("<HHII", tag, 4, 1, fields[tag]) for tag in sorted(fields))
        if colours:
            entries += struct.pack("<HHII", 320, 3, len(colours) // 2, start)
        file = (
            b"II*\0"
            + struct.pack("<IH", 8, count)
            + entries
            + struct.pack("<I", 0)
            + colours
            + body
        )
        (HERE / f"{name}.tif").write_bytes(file)


def bad_tiffs():
    """Files that must be refused, made of good ones."""
    bad = HERE / "bad"
    bad.mkdir(exist_ok=True)
    good = (HERE / "rgb-lzw.tif").read_bytes()
    first = struct.unpack_from("<I", good, 4)[0]
    count = struct.unpack_from("<H", good, first)[0]
    end = first + 2 + 12 * count

    def changed(name, at, data):
        (bad / name).write_bytes(good[:at] + data + good[at + len(data) :])

    def field(tag):
        places = range(first + 2, end, 12)
        return next(at for at in places if struct.unpack_from("<H", good, at)[0] == tag)

    changed("circle.tif", end, struct.pack("<I", first))
    changed("no-directory.tif", 4, struct.pack("<I", 1 << 30))
    changed(
        "huge.tif",
        field(256) + 2,
        struct.pack("<HII", 4, 1, 60_000)
        + good[field(257) : field(257) + 2]
        + struct.pack("<HII", 4, 1, 60_000),
    )
    changed("too-few-strips.tif", field(278) + 2, struct.pack("<HII", 4, 1, 1))
    changed("no-rows.tif", field(278) + 2, struct.pack("<HII", 4, 1, 0))
    changed("zstandard.tif", field(259) + 8, struct.pack("<I", 50000))
    changed("lab.tif", field(262) + 8, struct.pack("<I", 8))
    strip = struct.unpack_from("<I", good, field(273) + 8)[0]
    changed("damaged-codes.tif", strip + 400, b"\xff" * 30)
    cut = (HERE / "rgb-none.tif").read_bytes()
    (bad / "cut.tif").write_bytes(cut[: len(cut) // 2])


def bmps():
    """By Pillow, and field by field what it does not write."""
    saved("rgb.bmp", RGB, RGB)
    # Colours of a palette, though they are gray.
    for name, image in [("gray", GRAY), ("lines", LINES)]:
        saved(f"{name}.bmp", image, image)
        expect(f"{name}-bitmap", image.convert("RGB"))
    saved("palette.bmp", PALETTE, PALETTE.convert("RGB"))
    saved("rgb-32.bmp", RGBA)
    saved("scan.bmp", photo(64, 56), photo(64, 56))
    rgb, rgba = numpy.array(RGB), numpy.array(RGBA)
    stride = (3 * WIDTH + 3) // 4 * 4
    rows = numpy.zeros((HEIGHT, stride), "uint8")
    rows[:, : 3 * WIDTH] = rgb[..., ::-1].reshape(HEIGHT, -1)
    bitmap("rgb-top-down.bmp", -HEIGHT, 24, 0, rows.tobytes())
    five = rgb.astype("uint16") >> 3
    words = numpy.zeros((HEIGHT, (2 * WIDTH + 3) // 4 * 2), "<u2")
    words[:, :WIDTH] = five[..., 0] << 10 | five[..., 1] << 5 | five[..., 2]
    bitmap("rgb-555.bmp", HEIGHT, 16, 0, words[::-1].tobytes())
    expect("rgb-555", Image.fromarray((five * 255 // 31).astype("uint8")))
    four = PALETTE_16
    colours = four.getpalette()[: 3 * 13]
    table = b"".join(bytes(colours[at : at + 3][::-1]) + b"\0" for at in range(0, 39, 3)) + bytes(
        12
    )
    runs = b"".join(
        b"".join(bytes([1, index << 4]) for index in row) + b"\0\0"
        for row in numpy.array(four)[::-1]
    )
    bitmap("palette-runs-4.bmp", HEIGHT, 4, 2, runs + b"\0\1", table)
    masks = struct.pack("<4I", 0xFF, 0xFF00, 0xFF0000, 0xFF000000)
    bitmap("rgba-masks.bmp", HEIGHT, 32, 3, rgba[::-1].tobytes(), masks, head=56)


def bitmap(name, height, bits, compression, body, between=b"", head=40):
    """A BMP of any kind."""
    colours = len(between) // 4 if bits <= 8 else 0
    start = 14 + head + (len(between) if head == 40 else 0)
    info = struct.pack(
        "<IiiHHIIiiII", head, WIDTH, height, 1, bits, compression, len(body), 2835, 2835, colours, 0
    )
    info = info + between
    file = b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start) + info + body
    (HERE / name).write_bytes(file)
    with Image.open(HERE / name) as read:
        assert read.size == (WIDTH, HEIGHT), name


def icons():
    """Icons whose largest entry is a PNG, with and without alpha, and a bitmap with a mask."""
    small = RGBA.resize((16, 16))
    RGBA.resize((48, 48)).save(HERE / "png.ico", sizes=[(16, 16), (48, 48)])
    RGBA.resize((48, 48)).save(
        HERE / "bitmaps.ico", sizes=[(16, 16), (48, 48)], bitmap_format="bmp"
    )
    square = RGB.resize((40, 40))
    png = io.BytesIO()
    square.save(png, "png")
    entry = struct.pack("<BBBBHHII", 40, 40, 0, 0, 1, 24, len(png.getvalue()), 22)
    (HERE / "rgb-png.ico").write_bytes(struct.pack("<HHH", 0, 1, 1) + entry + png.getvalue())
    expect("rgb-icon", square)
    masked = palette_icon(small)
    (HERE / "masked.ico").write_bytes(struct.pack("<HHH", 0, 1, 1) + masked)
    (HERE / "masked.cur").write_bytes(struct.pack("<HHH", 0, 2, 1) + masked)
    for name in ["png", "bitmaps", "masked"]:
        with Image.open(HERE / f"{name}.ico") as read:
            expect(f"{name}-icon", read.convert("RGBA"))


def palette_icon(small):
    """An entry of 16x16 pixels of 8 bits: clear above the diagonal by its mask."""
    image = small.convert("RGB").quantize(30)
    table = b"".join(bytes(image.getpalette()[at : at + 3][::-1]) + b"\0" for at in range(0, 90, 3))
    info = struct.pack("<IiiHHIIiiII", 40, 16, 32, 1, 8, 0, 0, 0, 0, 30, 0)
    mask = b"".join(struct.pack(">HH", (1 << (15 - row)) - 1, 0) for row in range(16))
    rows = [mask[at : at + 4] for at in range(0, 64, 4)]
    body = info + table + numpy.array(image)[::-1].tobytes() + b"".join(rows[::-1])
    return struct.pack("<BBBBHHII", 16, 16, 30, 0, 1, 8, len(body), 22) + body


def tgas():
    """Raw and in runs, from below and from above."""
    saved("rgb.tga", RGB, RGB)
    saved("rgb-runs.tga", RGB, RGB, compression="tga_rle", orientation=1)
    saved("rgba-runs.tga", RGBA, RGBA, compression="tga_rle")
    saved("gray.tga", GRAY, GRAY, orientation=1)
    saved("palette.tga", PALETTE, PALETTE.convert("RGB"))
    cut = (HERE / "rgb.tga").read_bytes()
    (HERE / "bad" / "cut.tga").write_bytes(cut[: len(cut) // 2])


def others():
    """PNM, QOI and JPEG XL."""
    saved("rgb.ppm", RGB, RGB)
    saved("gray.pgm", GRAY, GRAY)
    saved("lines.pbm", LINES, LINES)
    (HERE / "rgba.qoi").write_bytes(imagecodecs.qoi_encode(numpy.array(RGBA)))
    (HERE / "scan.qoi").write_bytes(imagecodecs.qoi_encode(numpy.array(photo(96, 72))))
    # A head that is longer than 12 bytes.
    (HERE / "scan.ppm").write_bytes(b"P6\n# a scan\n64 56\n255\n" + photo(64, 56).tobytes())
    RGB.save(HERE / "rgb.jxl", lossless=True)
    RGBA.save(HERE / "rgba.jxl", lossless=True)
    # In boxes, as the head of a stream by itself takes fewer than 12 bytes.
    stream = io.BytesIO()
    photo(100, 80).save(stream, "jxl", lossless=True)
    stream = stream.getvalue()
    boxes = b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0\0\0\x14ftypjxl \0\0\0\0jxl "
    (HERE / "scan.jxl").write_bytes(boxes + struct.pack(">I", 8 + len(stream)) + b"jxlc" + stream)
    RGB.save(HERE / "rgb-lossy.jxl", quality=90)
    with Image.open(HERE / "rgb-lossy.jxl") as read:
        expect("rgb-lossy-jxl", read.convert("RGB"))


if __name__ == "__main__":
    tiffs()
    bad_tiffs()
    bmps()
    icons()
    tgas()
    others()
