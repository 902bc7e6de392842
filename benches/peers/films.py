"""The films that are measured: a window that moves over a photograph, so that every pixel of every frame changes."""

import math

from PIL import Image

SIZE = 480, 360
DELAY = 40  # milliseconds


COUNTS = {"film": 12, "film_150": 150, "film_1007": 1007}  # of GIFs, each frame with a palette of its own


def write(photograph, folder, wanted):
    """Makes those films that are wanted; the inputs by their names."""
    with Image.open(photograph) as photo:
        page = photo.convert("RGB").resize((1200, 900), Image.Resampling.LANCZOS)
    paths = {}
    for name, count in ((name, count) for name, count in COUNTS.items() if name in wanted):
        paths[name] = [folder / f"{name}.gif"]
        gif = (frame.convert("P", palette=Image.Palette.ADAPTIVE, colors=256) for frame in windows(page, count))
        next(gif).save(paths[name][0], save_all=True, append_images=gif, duration=DELAY, loop=0, optimize=False)
    if "film_webp" in wanted:
        paths["film_webp"] = [folder / "film.webp"]
        frames = windows(page, COUNTS["film"])
        next(frames).save(paths["film_webp"][0], save_all=True, append_images=frames, duration=DELAY, loop=0, quality=90)
    return paths


def windows(page, count):
    """The frames, one by one."""
    across, down = page.width - SIZE[0], page.height - SIZE[1]
    for at in range(count):
        x, y = int(across * (0.5 + 0.5 * math.sin(at / 20))), int(down * (0.5 + 0.5 * math.cos(at / 17)))
        yield page.crop((x, y, x + SIZE[0], y + SIZE[1]))
