"""The measurement as data: the tasks, the contenders, the length of a round, and the goals of Makeready."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Contender:
    label: str
    worker: str
    variant: str = "join"
    one_call: bool = True  # whether it is a single call as the documentation has it; only these are rivals


@dataclass(frozen=True)
class Task:
    inputs: str  # tiles, spread, or a file
    size: tuple | None  # of the ideal picture; None is no resize
    what: str
    hand: tuple = ()  # the workers that also have a way by hand
    repeat: int = 1
    jpeg: bool = False  # whether CPU time on one thread has a goal
    peers: tuple = ("sharp", "pyvips", "pillow", "opencv")
    quality: int = 80
    rounds: int | None = None  # None is as many as the others have
    film: bool = False
    scored: bool = True  # whether there is a picture that it should be: not of a drawing, of a filter, or of a dot


TILE_WORKERS = ("sharp", "pyvips", "pillow", "opencv")
PHOTOGRAPH = {"peers": ("sharp", "pyvips", "pillow")}
OPERATION = {"peers": ("sharp",), "scored": False}
FILM = {"peers": ("sharp", "pyvips", "pillow"), "quality": 75, "film": True}
TASKS = {
    "preview_jpeg": Task("tiles", (800, 600), "4 tiles to 800x600, JPEG q80", TILE_WORKERS, jpeg=True),
    "preview_webp": Task("tiles", (800, 600), "4 tiles to 800x600, WebP q80", TILE_WORKERS),
    "print_jpeg": Task("tiles", None, "4 tiles to 4000x3000, JPEG q90 4:2:0, optimised tables", ("sharp",), jpeg=True),
    "spread": Task("spread", None, "8 tiles to two pages, each print and preview, from one decode"),
    "thumb_jpeg": Task("full", (320, 240), "4000x3000 JPEG to 320 wide, JPEG", ("opencv",), 2, True),
    "thumb_webp": Task("full", (320, 240), "4000x3000 JPEG to 320 wide, WebP", ("opencv",), 2),
    "hd_webp": Task("full", (1600, 1200), "4000x3000 JPEG to 1600 wide, WebP q80"),
    "sharp_jpeg": Task("bench", (720, 588), "2725x2225 JPEG to 720x588, JPEG q80", (), 2, True),
    "few_bytes": Task("bench", (720, 588), "sharp_jpeg in few bytes: progressive, effort 6, mozjpeg", repeat=2,
                      peers=("sharp",)),
    "sharpen": Task("bench", None, "sharp_jpeg, sharpened by a sigma of 1", repeat=2, **OPERATION),
    "blur": Task("bench", None, "sharp_jpeg, blurred by a sigma of 3", repeat=2, **OPERATION),
    "grayscale": Task("bench", None, "sharp_jpeg in gray", repeat=2, **OPERATION),
    "linear_light": Task("bench", None, "sharp_jpeg, resampled in linear light (sharp's gamma)", repeat=2, **OPERATION),
    "normalize": Task("bench", None, "sharp_jpeg, its lightness stretched", repeat=2, **OPERATION),
    "attention": Task("bench", None, "2725x2225 JPEG to 360x588 by attention, JPEG q80", repeat=2, **OPERATION),
    "entropy": Task("bench", None, "2725x2225 JPEG to 360x588 by entropy, JPEG q80", repeat=2, **OPERATION),
    "composite": Task("bench_logo", None, "sharp_jpeg with a logo of 160x120 with alpha on it", repeat=2, **OPERATION),
    "rotate": Task("bench", None, "2725x2225 JPEG turned by 90 degrees, then to 720x588, JPEG q80", repeat=2,
                   **OPERATION),
    "prog_thumb": Task("prog", (320, 180), "3840x2160 progressive JPEG to 320 wide, JPEG", ("opencv",), 1, True),
    "crop": Task("full", None, "600x400 at (3000, 2000) of a 4000x3000 JPEG, JPEG q80", (), 2, True),
    "full_jpeg": Task("full", None, "4000x3000 JPEG to JPEG q90, optimised tables", **PHOTOGRAPH),
    "p3_thumb": Task("p3", (320, 240), "thumb_jpeg of a JPEG in Display P3, to sRGB", repeat=2, **PHOTOGRAPH),
    "p3_print": Task("p3", None, "full_jpeg of a JPEG in Display P3, to sRGB", **PHOTOGRAPH),
    "tiff_thumb": Task("tiff", (320, 240), "4000x3000 TIFF, Deflate, to 320 wide, JPEG q80", **PHOTOGRAPH),
    "tiff_lzw": Task("tiff_lzw", (320, 240), "the same with LZW and differences", **PHOTOGRAPH),
    "bmp_thumb": Task("bmp", (320, 240), "4000x3000 BMP to 320 wide, JPEG q80", **PHOTOGRAPH | {"peers": ("pillow",)}),
    "svg_logo": Task("svg", None, "SVG of shapes, text and a gradient to 512x512, PNG level 6", repeat=2,
                     peers=("sharp", "pyvips"), scored=False),
    "pdf_thumb": Task("pdf", None, "a PDF of text and shapes to 320 wide, JPEG q80", repeat=2,
                      peers=("poppler", "pdfium"), scored=False),
    "pdf_scan_thumb": Task("pdf_scan", None, "a PDF of a scan of 2480x3508 to 320 wide, JPEG q80",
                           peers=("poppler", "pdfium"), scored=False),
    "png_png": Task("alpha", (720, 540), "2048x1536 RGBA PNG to 720x540, PNG level 6", (), 2),
    "fixed_cost": Task("tiny", None, "8x8 PNG to 4x4, PNG: the cost of a call", (), 100, scored=False),
    "gif_webp": Task("film", (320, 240), "GIF of 12 frames of 480x360 to 320 wide, WebP q75", **FILM),
    "gif_webp_150": Task("film_150", (320, 240), "the same of 150 frames", **FILM | {"rounds": 3}),
    "gif_webp_1007": Task("film_1007", (320, 240), "the same of 1,007 frames: what it holds", rounds=1,
                          **FILM | {"peers": ()}),
    "gif_gif": Task("film", (320, 240), "GIF of 12 frames of 480x360 to 320 wide, GIF", **FILM),
    "webp_webp": Task("film_webp", (320, 240), "WebP of 12 frames of 480x360 to 320 wide, WebP q75", **FILM),
    "gif_to_webp": Task("film", (480, 360), "GIF of 12 frames of 480x360 to WebP q75",
                        **FILM | {"peers": ("sharp", "gif2webp", "pillow")}),
}
SHRINKS = ("preview_jpeg", "preview_webp", "thumb_jpeg", "thumb_webp", "sharp_jpeg", "prog_thumb")
RIVALS = ("sharp", "pyvips", "pillow", "poppler")  # whose best one call is the measure
LABELS = {"sharp": "sharp", "pyvips": "pyvips", "pillow": "Pillow", "opencv": "OpenCV", "gif2webp": "gif2webp",
          "poppler": "poppler", "pdfium": "pdfium"}


def contenders(name):
    """Makeready first; every peer by its one call, then the peers that have a way by hand."""
    found = [Contender("Makeready", "makeready", "default")]
    if name in SHRINKS:
        found.append(Contender("Makeready, shrink fast", "makeready", "fast"))
    for worker, label in ((worker, LABELS[worker]) for worker in TASKS[name].peers):
        found.append(Contender(label, worker))
        if worker in TASKS[name].hand:
            found.append(Contender(f"{label} by hand", worker, "hand", one_call=False))
    return found


# Books a second: the contender and its variant, and the threads of a picture (None is the default of all cores).
BOOKS = [
    (Contender("Makeready", "makeready", "default"), None),
    (Contender("sharp join", "sharp"), None),
    (Contender("sharp join, 1 thread a picture", "sharp"), 1),
    (Contender("sharp per tile", "sharp", "hand"), None),
    (Contender("sharp per tile, 1 thread a picture", "sharp", "hand"), 1),
]

# Task, Makeready's variant, how many times faster than the best one call of the rivals.
SPEED_GOALS = [
    ("preview_jpeg", "default", 4.0), ("preview_jpeg", "fast", 5.0), ("preview_webp", "default", 4.0),
    ("print_jpeg", "default", 2.3), ("thumb_jpeg", "default", 1.4), ("thumb_jpeg", "fast", 1.7),
    ("thumb_webp", "default", 2.0), ("thumb_webp", "fast", 1.7), ("sharp_jpeg", "default", 1.2),
    ("sharp_jpeg", "fast", 1.6), ("few_bytes", "default", 1.0), ("prog_thumb", "fast", 8.0), ("crop", "default", 1.6),
    ("sharpen", "default", 1.5), ("blur", "default", 1.5), ("grayscale", "default", 1.5),
    ("linear_light", "default", 1.5), ("rotate", "default", 1.5), ("normalize", "default", 1.5),
    ("attention", "default", 1.5), ("entropy", "default", 1.5), ("composite", "default", 1.5), ("png_png", "default", 1.0),
    ("hd_webp", "default", 2.5), ("gif_webp", "default", 4.0),
    ("tiff_thumb", "default", 1.0), ("svg_logo", "default", 1.5), ("pdf_scan_thumb", "default", 3.0),
    ("gif_webp_150", "default", 2.5), ("gif_gif", "default", 1.5), ("webp_webp", "default", 1.5),
]
CPU_GOAL = 1.3
# Task in Display P3, the same in sRGB, how many times as long Makeready may take.
PROFILE_GOALS = [("p3_thumb", "thumb_jpeg", 1.15), ("p3_print", "full_jpeg", 1.6)]
