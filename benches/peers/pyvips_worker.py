"""The worker for pyvips. `join`: arrayjoin, then thumbnail_image; `hand`: each tile by thumbnail_buffer, then arrayjoin."""

import os

from worker import THREADS, pages, serve

os.environ["VIPS_CONCURRENCY"] = str(THREADS)  # libvips reads it when it is loaded

import pyvips  # noqa: E402

pyvips.cache_set_max(0)  # every call does all of its work


def jpeg(image, quality=80):
    return image.jpegsave_buffer(Q=quality, subsample_mode="on", optimize_coding=True, keep="none")


def webp(image):
    return image.webpsave_buffer(Q=80, effort=4, keep="none")


def png(image):
    return image.pngsave_buffer(compression=6, keep="none")


def canvas(tiles):
    return pyvips.Image.arrayjoin([pyvips.Image.new_from_buffer(t, "", access="sequential") for t in tiles], across=2)


def preview(tiles, variant):
    if variant == "hand":
        return pyvips.Image.arrayjoin([pyvips.Image.thumbnail_buffer(t, 400, height=300) for t in tiles], across=2)
    return canvas(tiles).thumbnail_image(800, height=600)


def in_srgb(data):
    return pyvips.Image.new_from_buffer(data, "", access="sequential").icc_transform("srgb")


def thumb(data, width, height=None, **options):
    if height:
        return pyvips.Image.thumbnail_buffer(data, width, height=height, crop="centre")
    return pyvips.Image.thumbnail_buffer(data, width, height=10**6, **options)


def film(data):
    return pyvips.Image.thumbnail_buffer(data, 320, height=10**6, option_string="n=-1")


def film_webp(data):
    return film(data).webpsave_buffer(Q=75, effort=4, keep="none")


def crop(data):
    return pyvips.Image.new_from_buffer(data, "", access="sequential").crop(3000, 2000, 600, 400)


def spread(inputs, _):
    outputs = []
    for tiles in pages(inputs):
        page = canvas(tiles).copy_memory()
        outputs += [jpeg(page, 90), jpeg(page.thumbnail_image(800, height=600))]
    return outputs


serve({
    "preview_jpeg": lambda tiles, variant: [jpeg(preview(tiles, variant))],
    "preview_webp": lambda tiles, variant: [webp(preview(tiles, variant))],
    "print_jpeg": lambda tiles, _: [jpeg(canvas(tiles), 90)],
    "spread": spread,
    "thumb_jpeg": lambda inputs, _: [jpeg(thumb(inputs[0], 320))],
    "prog_thumb": lambda inputs, _: [jpeg(thumb(inputs[0], 320))],
    "full_jpeg": lambda inputs, _: [jpeg(pyvips.Image.new_from_buffer(inputs[0], "", access="sequential"), 90)],
    "p3_thumb": lambda inputs, _: [jpeg(thumb(inputs[0], 320, output_profile="srgb"))],
    "p3_print": lambda inputs, _: [jpeg(in_srgb(inputs[0]), 90)],
    "thumb_webp": lambda inputs, _: [webp(thumb(inputs[0], 320))],
    "hd_webp": lambda inputs, _: [webp(thumb(inputs[0], 1600))],
    "sharp_jpeg": lambda inputs, _: [jpeg(thumb(inputs[0], 720, 588))],
    "crop": lambda inputs, _: [jpeg(crop(inputs[0]))],
    "tiff_thumb": lambda inputs, _: [jpeg(thumb(inputs[0], 320))],
    "tiff_lzw": lambda inputs, _: [jpeg(thumb(inputs[0], 320))],
    "svg_logo": lambda inputs, _: [png(thumb(inputs[0], 512, 512))],
    "png_png": lambda inputs, _: [png(thumb(inputs[0], 720, 540))],
    "gif_webp": lambda inputs, _: [film_webp(inputs[0])],
    "gif_webp_150": lambda inputs, _: [film_webp(inputs[0])],
    "webp_webp": lambda inputs, _: [film_webp(inputs[0])],
    "gif_gif": lambda inputs, _: [film(inputs[0]).gifsave_buffer(keep="none")],
    "fixed_cost": lambda inputs, _: [png(thumb(inputs[0], 4, 4))],
}, {"pyvips": pyvips.__version__, "pyvips' libvips": ".".join(str(pyvips.version(i)) for i in range(3))})
