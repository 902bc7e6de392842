"""To and from images of Pillow, which is asked for only where somebody uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._errors import InvalidOptionError
from ._native import Image

if TYPE_CHECKING:
    import PIL.Image

# Modes that are kept, with their samples a pixel.
_CHANNELS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}

# Modes that Pillow converts the others to: nothing visible gets lost. 16 bits are reduced to 8, as those of
# a PNG are. There is no rule for 32 bits and floating point, whose range is not known.
_CONVERTED = {
    "1": "L",
    "P": "RGB",
    "PA": "RGBA",
    "La": "LA",
    "RGBa": "RGBA",
    "RGBX": "RGB",
    "CMYK": "RGB",
    "YCbCr": "RGB",
    "HSV": "RGB",
    "LAB": "RGB",
}


def pixels(image: PIL.Image.Image) -> Image:
    """Give the pixels of an image of Pillow."""
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda sample: sample * (1 / 256)).convert("L")
    elif image.mode not in _CHANNELS and image.mode not in _CONVERTED:
        modes = ", ".join([*_CHANNELS, *_CONVERTED, "I;16"])
        raise InvalidOptionError(f"a Pillow image is of mode {modes}, found {image.mode}")
    elif image.mode in ("1", "L", "P", "RGB") and "transparency" in image.info:
        image = image.convert("RGBA")
    elif image.mode in _CONVERTED:
        image = image.convert(_CONVERTED[image.mode])
    return Image(image.width, image.height, _CHANNELS[image.mode], image.tobytes())


def image(pixels: Image) -> PIL.Image.Image:
    """Give the same picture as an image of Pillow."""
    import PIL.Image

    return PIL.Image.fromarray(pixels)
