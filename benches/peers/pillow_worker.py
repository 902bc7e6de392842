"""The worker for Pillow. `join`: paste, then resize; `hand`: each tile drafted and resized by itself, then pasted."""

import io

import PIL
from PIL import Image, ImageSequence, features

from profiles import in_srgb
from worker import pages, serve

LANCZOS = Image.Resampling.LANCZOS


def opened(data):
    return Image.open(io.BytesIO(data))


def save(image, **options):
    out = io.BytesIO()
    image.save(out, **options)
    return out.getvalue()


def jpeg(image, quality=80):
    return save(image, format="JPEG", quality=quality, subsampling="4:2:0", optimize=True)


def webp(image):
    return save(image, format="WEBP", quality=80, method=4)


def png(image):
    return save(image, format="PNG", compress_level=6)


def pasted(images, width, height):
    page = Image.new("RGB", (2 * width, 2 * height))
    for index, image in enumerate(images):
        page.paste(image, (index % 2 * width, index // 2 * height))
    return page


def canvas(tiles):
    return pasted(map(opened, tiles), 2000, 1500)


def preview(tiles, variant):
    if variant == "hand":
        return pasted((thumb(tile, 400) for tile in tiles), 400, 300)
    # A gap of 2 lets a box filter do the first step, as thumbnail() does.
    return canvas(tiles).resize((800, 600), LANCZOS, reducing_gap=2.0)


def thumb(data, width):
    """thumbnail() drafts the JPEG by itself, to at least twice the size."""
    image = opened(data)
    image.thumbnail((width, 10**6), LANCZOS)
    return image


def cover(data, width, height):
    """To the middle part of the picture that has the shape of the box."""
    image = opened(data)
    scale = min(image.width / width, image.height / height)
    drafted = image.draft(None, (2 * width, 2 * height))
    if drafted:
        scale = min(image.width / width, image.height / height)
    left, top = (image.width - width * scale) / 2, (image.height - height * scale) / 2
    box = (left, top, image.width - left, image.height - top)
    return image.resize((width, height), LANCZOS, box=box, reducing_gap=2.0)


def film(data, size, **options):
    """Every frame resized as a picture, with the delays that it had."""
    source = opened(data)
    frames, delays = [], []
    for frame in ImageSequence.Iterator(source):
        frames.append(frame.convert("RGB").resize(size, LANCZOS, reducing_gap=2.0))
        # Known of a WebP only when the frame is read.
        delays.append(frame.info["duration"])
    return save(frames[0], save_all=True, append_images=frames[1:], duration=delays, loop=0, **options)


def film_webp(data, size=(320, 240)):
    return film(data, size, format="WEBP", quality=75, method=4)


def spread(inputs, _):
    outputs = []
    for tiles in pages(inputs):
        page = canvas(tiles)
        outputs += [jpeg(page, 90), jpeg(page.resize((800, 600), LANCZOS, reducing_gap=2.0))]
    return outputs


serve({
    "preview_jpeg": lambda tiles, variant: [jpeg(preview(tiles, variant))],
    "preview_webp": lambda tiles, variant: [webp(preview(tiles, variant))],
    "print_jpeg": lambda tiles, _: [jpeg(canvas(tiles), 90)],
    "spread": spread,
    "thumb_jpeg": lambda inputs, _: [jpeg(thumb(inputs[0], 320))],
    "prog_thumb": lambda inputs, _: [jpeg(thumb(inputs[0], 320))],
    "full_jpeg": lambda inputs, _: [jpeg(opened(inputs[0]), 90)],
    "p3_thumb": lambda inputs, _: [jpeg(in_srgb(thumb(inputs[0], 320)))],
    "p3_print": lambda inputs, _: [jpeg(in_srgb(opened(inputs[0])), 90)],
    "thumb_webp": lambda inputs, _: [webp(thumb(inputs[0], 320))],
    "hd_webp": lambda inputs, _: [webp(thumb(inputs[0], 1600))],
    "sharp_jpeg": lambda inputs, _: [jpeg(cover(inputs[0], 720, 588))],
    "crop": lambda inputs, _: [jpeg(opened(inputs[0]).crop((3000, 2000, 3600, 2400)))],
    "tiff_thumb": lambda inputs, _: [jpeg(thumb(inputs[0], 320))],
    "tiff_lzw": lambda inputs, _: [jpeg(thumb(inputs[0], 320))],
    "bmp_thumb": lambda inputs, _: [jpeg(thumb(inputs[0], 320))],
    "png_png": lambda inputs, _: [png(cover(inputs[0], 720, 540))],
    "gif_webp": lambda inputs, _: [film_webp(inputs[0])],
    "gif_webp_150": lambda inputs, _: [film_webp(inputs[0])],
    "webp_webp": lambda inputs, _: [film_webp(inputs[0])],
    "gif_to_webp": lambda inputs, _: [film_webp(inputs[0], (480, 360))],
    "gif_gif": lambda inputs, _: [film(inputs[0], (320, 240), format="GIF")],
    "fixed_cost": lambda inputs, _: [png(cover(inputs[0], 4, 4))],
}, {"Pillow": PIL.__version__, "Pillow's libjpeg-turbo": features.version("libjpeg_turbo")})
