"""The pictures of the gallery: each public function makes one of a photograph of 240x180."""

from __future__ import annotations

import colorsys

from makeready import Image, Pipeline


def _circle(side: int) -> Image:
    """A white disc on a clear ground."""
    middle, samples = (side - 1) / 2, bytearray()
    for y in range(side):
        for x in range(side):
            inside = (x - middle) ** 2 + (y - middle) ** 2 <= middle**2
            samples += bytes((255, 255, 255, 255 if inside else 0))
    return Image(side, side, 4, bytes(samples))


def _hues(count: int) -> Image:
    """A row of pixels, from red through yellow, green and blue to red again."""
    hues = [colorsys.hsv_to_rgb(at / count, 1, 1) for at in range(count)]
    samples = bytes(round(255 * sample) for hue in hues for sample in hue)
    return Image(count, 1, 3, samples)


HUES = _hues(12)
DISC = _circle(60)
MASK = _circle(180)


def _without_profile(image: Pipeline) -> Pipeline:
    """The samples, whatever space they are of."""
    return Pipeline.open(image.pixels())


def original(image: Pipeline) -> Pipeline:
    """The photograph."""
    return image


def resize(image: Pipeline) -> Pipeline:
    """Covers a box, and cuts what sticks out."""
    return image.resize(120, 180)


def contain(image: Pipeline) -> Pipeline:
    """Fits into a box, with a ground around."""
    return image.resize(120, 180, fit="contain", background="#e8e0d0")


def fill(image: Pipeline) -> Pipeline:
    """Fills a box, whatever the proportions."""
    return image.resize(120, 180, fit="fill")


def attention(image: Pipeline) -> Pipeline:
    """Covers a box by the part that eyes go to."""
    return image.resize(120, 180, position="attention")


def entropy(image: Pipeline) -> Pipeline:
    """Covers a box by the part that has the most detail."""
    return image.resize(120, 180, position="entropy")


def focus(image: Pipeline) -> Pipeline:
    """Covers a box around a point, given in parts of width and height."""
    return image.resize(120, 180, focus=(0.8, 0.5))


def nearest(image: Pipeline) -> Pipeline:
    """Takes the nearest pixels, without a mean of any."""
    return image.resize(24).resize(240, kernel="nearest")


def crop(image: Pipeline) -> Pipeline:
    """Cuts a rectangle out."""
    return image.crop(100, 20, 120, 90)


def rotate(image: Pipeline) -> Pipeline:
    """Turns clockwise by any angle."""
    return image.rotate(20, background="#ffffff00")


def affine(image: Pipeline) -> Pipeline:
    """Moves pixels by a matrix."""
    return image.affine([[0.9, 0.3], [-0.2, 0.6]], background="#ffffff00")


def shear(image: Pipeline) -> Pipeline:
    """Moves rows along themselves, the lower to the right."""
    return image.shear(15, background="#ffffff00")


def quarter(image: Pipeline) -> Pipeline:
    """Turns clockwise by quarters, exactly."""
    return image.rotate(90)


def flip(image: Pipeline) -> Pipeline:
    """Exchanges top and bottom."""
    return image.flip()


def flop(image: Pipeline) -> Pipeline:
    """Exchanges left and right."""
    return image.flop()


def stitch(image: Pipeline) -> Pipeline:
    """Puts pictures side by side."""
    return Pipeline.stitch([image, image.flop()], across=2, gap=4)


def extend(image: Pipeline) -> Pipeline:
    """Adds edges of a colour."""
    return image.extend(top=16, right=16, bottom=16, left=16, background="#c8a060")


def mirror(image: Pipeline) -> Pipeline:
    """Adds edges of the picture's own pixels, mirrored."""
    return image.extend(top=40, right=40, bottom=40, left=40, mode="mirror")


def trim(image: Pipeline) -> Pipeline:
    """Takes off edges that look like a background."""
    return image.extend(top=50, left=50, background="#ffffff").trim()


def overlay(image: Pipeline) -> Pipeline:
    """Puts another picture on top."""
    return image.overlay(DISC, position="south_east", opacity=0.6)


def tile(image: Pipeline) -> Pipeline:
    """Repeats it over all of the picture."""
    return image.overlay(DISC, tile=True, opacity=0.3)


def blend(image: Pipeline) -> Pipeline:
    """Blends in one of ten ways: here one that lightens."""
    return image.overlay(image.flop(), blend="screen")


def mask(image: Pipeline) -> Pipeline:
    """Keeps what another picture covers."""
    return image.resize(180, 180).overlay(MASK, blend="dest-in")


def join_alpha(image: Pipeline) -> Pipeline:
    """Takes alpha from the gray levels of another picture."""
    return image.join_alpha(image.grayscale())


def blur(image: Pipeline) -> Pipeline:
    """Blurs by a Gaussian."""
    return image.blur(3)


def sharpen(image: Pipeline) -> Pipeline:
    """Sharpens lightness."""
    return image.sharpen(sigma=1.5, amount=2)


def median(image: Pipeline) -> Pipeline:
    """Takes the median of the pixels around each."""
    return image.median(5)


def clahe(image: Pipeline) -> Pipeline:
    """Evens contrast out in each part of the picture."""
    return image.clahe(60, 60, max_slope=30)


def convolve(image: Pipeline) -> Pipeline:
    """Weights the pixels around each: here edges."""
    return image.convolve([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], scale=1)


def grayscale(image: Pipeline) -> Pipeline:
    """Makes shades of gray."""
    return image.grayscale()


def tint(image: Pipeline) -> Pipeline:
    """Gives all pixels one hue."""
    return image.tint("#c08040")


def negate(image: Pipeline) -> Pipeline:
    """Turns colours into their opposites."""
    return image.negate()


def gamma(image: Pipeline) -> Pipeline:
    """Makes the middle lighter."""
    return image.gamma(2.2)


def linear(image: Pipeline) -> Pipeline:
    """Multiplies samples, and adds to them."""
    return image.linear(1.5, 20)


def normalize(image: Pipeline) -> Pipeline:
    """Stretches lightness from black to white: here of a pale picture."""
    return image.linear(0.4, 90).normalize()


def modulate(image: Pipeline) -> Pipeline:
    """Changes brightness, saturation and hue."""
    return image.modulate(brightness=1.3, saturation=1.6, hue=40)


def recomb(image: Pipeline) -> Pipeline:
    """Mixes the channels by a matrix."""
    return image.recomb([[0.4, 0.8, 0.2], [0.3, 0.7, 0.2], [0.3, 0.5, 0.1]])


def threshold(image: Pipeline) -> Pipeline:
    """Makes black and white."""
    return image.threshold(60)


def extract_channel(image: Pipeline) -> Pipeline:
    """Takes one channel."""
    return image.extract_channel("blue")


def flatten(image: Pipeline) -> Pipeline:
    """Puts a picture with alpha on a colour."""
    return image.resize(180, 180).overlay(MASK, blend="dest-in").flatten("#e8e0d0")


def palette(image: Pipeline) -> Pipeline:
    """Writes so many colours."""
    return image.encode("png", colours=8)


def colour(image: Pipeline) -> Pipeline:
    """Hues, and below them what their samples in Display P3 are when they are taken for sRGB."""
    hues = Pipeline.open(HUES).resize(240, 60, kernel="nearest", fit="fill")
    return Pipeline.stitch([hues, _without_profile(hues.colour("display-p3"))], across=1)
