"""The files of scanners and of drawing programs that are measured."""

from PIL import Image

LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200">
<defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="#0a7"/><stop offset="1" stop-color="#05c"/></linearGradient></defs>
<rect width="200" height="200" rx="36" fill="url(#g)"/>
<g fill="none" stroke="#fff" stroke-width="7" stroke-linecap="round">{arcs}</g>
<circle cx="100" cy="88" r="17" fill="#fff"/><path d="M60 140q40-52 80 0z" fill="#fff" fill-opacity=".85"/>
<text x="100" y="182" font-size="24" font-weight="bold" text-anchor="middle" fill="#fff">Makeready</text></svg>
"""
LINES = 46  # of a page


def write(tiles, folder, wanted):
    """Makes the files that are wanted; the inputs by their names."""
    makers = {
        "tiff": lambda path: photograph(tiles).save(path, format="TIFF", compression="tiff_adobe_deflate"),
        "tiff_lzw": lambda path: photograph(tiles).save(path, format="TIFF", compression="tiff_lzw", tiffinfo={317: 2}),
        "bmp": lambda path: photograph(tiles).save(path, format="BMP"),
        "svg": lambda path: path.write_text(logo()),
        "pdf": lambda path: path.write_bytes(page()),
        "pdf_scan": lambda path: scan(tiles).save(path, format="PDF", resolution=300, quality=85),
    }
    paths = {}
    for name in (name for name in makers if name in wanted):
        paths[name] = [folder / f"document.{name}"]
        makers[name](paths[name][0])
    return paths


def photograph(tiles):
    """4000 pixels wide, 3000 high."""
    canvas = Image.new("RGB", (4000, 3000))
    for index, tile in enumerate(tiles):
        with Image.open(tile) as image:
            canvas.paste(image.resize((2000, 1500)), (index % 2 * 2000, index // 2 * 1500))
    return canvas


def scan(tiles):
    """A4 at 300 dots an inch."""
    return photograph(tiles).crop((0, 0, 2480, 3000)).resize((2480, 3508))


def logo():
    arcs = "".join(f'<path d="M{100 - r} 88a{r} {r} 0 0 1 {2 * r} 0"/>' for r in range(30, 86, 14))
    return LOGO.format(arcs=arcs)


def page():
    """A PDF of A4 with lines of text, in a font that readers have, and shapes between them."""
    text = " ".join(
        f"BT /F {9 + line % 3} Tf 60 {780 - 15 * line} Td (Line {line} of a page: 2 tablets a day, after a meal, for {line} days) Tj ET"
        for line in range(LINES)
    )
    shapes = " ".join(f"0.{1 + n} 0.5 0.7 rg {60 + 60 * n} 40 40 {20 + 4 * n} re f" for n in range(8))
    content = f"{text} {shapes}".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    file, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    rest = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return file + rest % (len(places) + 1, table, len(places) + 1, len(file))
