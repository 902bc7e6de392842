"""Pages of PDFs against PDFium's, by what is on them."""

from __future__ import annotations

import zlib

import makeready
import numpy as np
import pypdfium2  # type: ignore[import-untyped]
import pytest
from support import IMAGES

# At these densities cells of patterns are whole pixels, as which PDFium draws them.
DENSITIES = (72, 144)
Samples = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

SIDE = 200
FONTS = " ".join(
    f"/F{n} << /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>"
    for n, name in enumerate(("Helvetica", "Times-Italic", "Courier-Bold"))
)
RISE = "<< /FunctionType 2 /Domain [0 1] /C0 [0.9 0.2 0.1] /C1 [0.1 0.4 0.8] /N 1 >>"
PIXELS = bytes(
    (x * 16, y * 16, (x ^ y) * 16)[c] for y in range(16) for x in range(16) for c in range(3)
)


def stream(entries: str, data: bytes) -> bytes:
    packed = zlib.compress(data)
    head = f"<< {entries} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n"
    return head.encode() + packed + b"\nendstream"


def document(content: str, resources: str = "", *objects: bytes, page: str = "") -> bytes:
    """Make a file of one page; `objects` have the numbers from 5."""
    listed = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {SIDE} {SIDE}] /Contents 4 0 R "
        f"/Resources << /Font << {FONTS} >> {resources} >> {page} >>".encode(),
        stream("", content.encode()),
        *objects,
    ]
    file, places = b"%PDF-1.7\n", []
    for number, entry in enumerate(listed, 1):
        places.append(len(file))
        file += f"{number} 0 obj\n".encode() + entry + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer << /Size {len(listed) + 1} /Root 1 0 R >>\nstartxref\n{len(file)}\n%%EOF\n"
    return file + f"xref\n0 {len(listed) + 1}\n0000000000 65535 f \n{table}{end}".encode()


PICTURE = "/Type /XObject /Subtype /Image /Width 16 /Height 16 /BitsPerComponent 8"
RAMP = bytes(range(256))

# Of each class a page, the mean difference of samples that it may have, and the largest of means of 8x8 pixels.
PAGES = {
    "text": (
        document(
            "BT /F0 24 Tf 10 160 Td (Take two daily) Tj /F1 18 Tf 0 -40 Td (with a meal, please) Tj"
            " /F2 14 Tf 0 -40 Td (12 x 500 mg \\344\\366\\374) Tj 1 Tr 0 -50 Td /F0 40 Tf (Outline) Tj ET"
        ),
        3.0,
        30.0,
    ),
    "shapes": (
        document(
            "0.2 0.5 0.9 rg 20 20 60 60 re f 1 0 0 RG 6 w 1 j 100 30 m 180 30 l 140 90 l s"
            " 0 0.6 0.3 rg 30 110 m 30 190 110 190 110 110 c h 50 120 m 50 160 90 160 90 120 c h f*"
            " 0 0 0 RG 3 w 1 J [12 8] 4 d 120 110 m 190 180 l S [] 0 d 0 J 0.5 w 120 180 m 190 110 l S"
        ),
        0.3,
        8.0,
    ),
    "clip": (
        document("100 100 m 100 180 l 180 100 l h W n 0.8 0.3 0.1 rg 0 0 200 200 re f"),
        0.05,
        0.5,
    ),
    "gradients": (
        document(
            "q 10 10 180 80 re W n /S0 sh Q q 10 110 180 80 re W n /S1 sh Q",
            f"/Shading << /S0 << /ShadingType 2 /ColorSpace /DeviceRGB /Coords [10 0 190 0] /Function {RISE}"
            f" /Extend [true true] >> /S1 << /ShadingType 3 /ColorSpace /DeviceRGB"
            f" /Coords [100 150 10 100 150 80] /Function {RISE} /Extend [true true] >> >>",
        ),
        1.5,
        7.0,
    ),
    "pattern": (
        document(
            "/Pattern cs /P0 scn 10 10 180 180 re f",
            "/Pattern << /P0 5 0 R >>",
            stream(
                "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 20 20] /XStep 20 /YStep 20"
                " /Resources << >>",
                b"0.1 0.5 0.2 rg 0 0 10 10 re f 0.9 0.7 0.1 rg 10 10 10 10 re f",
            ),
        ),
        0.05,
        0.5,
    ),
    "image": (
        document(
            "q 160 0 0 160 20 20 cm /I0 Do Q",
            "/XObject << /I0 5 0 R >>",
            stream(f"{PICTURE} /ColorSpace /DeviceRGB", PIXELS),
        ),
        0.05,
        0.5,
    ),
    "mask": (
        document(
            "0.9 0.9 0.2 rg 0 0 100 200 re f q 160 0 0 160 20 20 cm /I0 Do Q",
            "/XObject << /I0 5 0 R >>",
            stream(f"{PICTURE} /ColorSpace /DeviceRGB /SMask 6 0 R", PIXELS),
            stream(f"{PICTURE} /ColorSpace /DeviceGray", RAMP),
        ),
        1.0,
        4.0,
    ),
    "opacity": (
        document(
            "0.2 0.5 0.9 rg 20 20 100 100 re f /G0 gs 0.9 0.2 0.1 rg 60 60 100 100 re f /G1 gs 0.5 0.9 0.5 rg"
            " 90 10 60 180 re f",
            "/ExtGState << /G0 << /ca 0.4 >> /G1 << /ca 1 /BM /Multiply >> >>",
        ),
        0.3,
        2.0,
    ),
    "inks": (
        document(
            "0.8 0.2 0 0 k 0 0 100 200 re f 0 0.7 0.6 0.1 k 100 0 100 100 re f 0 0 0 0.6 k 100 100 100 100 re f"
        ),
        2.5,
        8.0,
    ),
    "turned": (
        document(
            "0.2 0.5 0.9 rg 20 20 60 100 re f BT /F0 24 Tf 90 100 Td (Turned) Tj ET",
            page="/Rotate 90 /CropBox [10 10 190 150]",
        ),
        0.3,
        5.0,
    ),
}


def theirs(file: bytes, density: int) -> Samples:
    page = pypdfium2.PdfDocument(file)[0]
    return np.asarray(page.render(scale=density / 72).to_pil().convert("RGB"), dtype=float)


def ours(file: bytes, density: int) -> Samples:
    pixels = makeready.Pipeline.open(file, formats=["pdf"], density=density).pixels()
    return np.asarray(pixels, dtype=float).reshape(pixels.height, pixels.width, -1)


def blocks(samples: Samples) -> Samples:
    height, width, channels = samples.shape
    whole = samples[: height // 8 * 8, : width // 8 * 8]
    means: Samples = whole.reshape(height // 8, 8, width // 8, 8, channels).mean((1, 3))
    return means


@pytest.mark.parametrize("density", DENSITIES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_pdfiums(name: str, density: int) -> None:
    file, mean, largest = PAGES[name]
    found, expected = ours(file, density), theirs(file, density)
    assert found.shape == expected.shape
    assert np.abs(found - expected).mean() < mean
    assert np.abs(blocks(found) - blocks(expected)).max() < largest


FILES = [
    "pages",
    "shapes",
    "turned",
    "scan",
    "gray-scan",
    "mirrored-scan",
    "stamped-scan",
    "masked",
    "inherited",
]


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_pdfiums(name: str) -> None:
    file = (IMAGES / "vector" / f"{name}.pdf").read_bytes()
    found, expected = ours(file, 72), theirs(file, 72)
    assert found.shape == expected.shape
    assert np.abs(found - expected).mean() < 2
    assert np.abs(blocks(found) - blocks(expected)).max() < 1.5
