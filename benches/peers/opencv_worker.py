"""The worker for OpenCV. `join`: full decode, then INTER_AREA; `hand`: reduced decode, to at least twice the size."""

import cv2
import numpy as np

from worker import THREADS, pages, serve

cv2.setNumThreads(THREADS)

REDUCED = {1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4,
           8: cv2.IMREAD_REDUCED_COLOR_8}


def read(data, flag=cv2.IMREAD_COLOR):
    return cv2.imdecode(np.frombuffer(data, np.uint8), flag)


def jpeg(image, quality=80):
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1,
               cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420]
    return cv2.imencode(".jpg", image, options)[1].tobytes()


def webp(image):
    return cv2.imencode(".webp", image, [cv2.IMWRITE_WEBP_QUALITY, 80])[1].tobytes()


def png(image):
    return cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 6])[1].tobytes()


def canvas(tiles):
    a, b, c, d = tiles
    return cv2.vconcat([cv2.hconcat([a, b]), cv2.hconcat([c, d])])


def resized(image, width, height):
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def thumb(data, variant, width, height, scale):
    return resized(read(data, REDUCED[scale if variant == "hand" else 1]), width, height)


def preview(tiles, variant):
    if variant == "hand":
        return canvas([thumb(tile, variant, 400, 300, 2) for tile in tiles])
    return resized(canvas(list(map(read, tiles))), 800, 600)


def spread(inputs, _):
    outputs = []
    for tiles in pages(inputs):
        page = canvas(list(map(read, tiles)))
        outputs += [jpeg(page, 90), jpeg(resized(page, 800, 600))]
    return outputs


serve({
    "preview_jpeg": lambda tiles, variant: [jpeg(preview(tiles, variant))],
    "preview_webp": lambda tiles, variant: [webp(preview(tiles, variant))],
    "print_jpeg": lambda tiles, _: [jpeg(canvas(list(map(read, tiles))), 90)],
    "spread": spread,
    "thumb_jpeg": lambda inputs, variant: [jpeg(thumb(inputs[0], variant, 320, 240, 4))],
    "thumb_webp": lambda inputs, variant: [webp(thumb(inputs[0], variant, 320, 240, 4))],
    "prog_thumb": lambda inputs, variant: [jpeg(thumb(inputs[0], variant, 320, 180, 4))],
    "hd_webp": lambda inputs, variant: [webp(thumb(inputs[0], variant, 1600, 1200, 1))],
    "sharp_jpeg": lambda inputs, variant: [jpeg(thumb(inputs[0], variant, 720, 588, 1))],
    "crop": lambda inputs, _: [jpeg(read(inputs[0])[2000:2400, 3000:3600])],
    "png_png": lambda inputs, _: [png(resized(read(inputs[0], cv2.IMREAD_UNCHANGED), 720, 540))],
    "fixed_cost": lambda inputs, _: [png(resized(read(inputs[0], cv2.IMREAD_UNCHANGED), 4, 4))],
}, {"OpenCV": cv2.__version__})
