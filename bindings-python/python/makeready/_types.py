"""The words and inputs that signatures use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    import os

    from typing_extensions import Buffer

    from ._native import Image

Layout: TypeAlias = Literal["gray", "gray+alpha", "rgb", "rgba"]
PlaceholderKind: TypeAlias = Literal["thumbhash", "blurhash", "data-uri"]

# <write-types: words>
Blend: TypeAlias = Literal[
    "over",
    "multiply",
    "screen",
    "overlay",
    "darken",
    "lighten",
    "add",
    "difference",
    "soft-light",
    "dest-in",
]
Channel: TypeAlias = Literal["red", "green", "blue", "alpha"]
ColourSpace: TypeAlias = Literal["srgb", "display-p3", "keep"]
ExtendMode: TypeAlias = Literal["background", "copy", "mirror", "repeat"]
Filter: TypeAlias = Literal["auto", "none", "adaptive"]
Fit: TypeAlias = Literal["cover", "contain", "fill", "inside", "outside"]
Format: TypeAlias = Literal["jpeg", "png", "webp", "gif"]
InputFormat: TypeAlias = Literal[
    "jpeg",
    "png",
    "webp",
    "gif",
    "tiff",
    "bmp",
    "ico",
    "pnm",
    "qoi",
    "tga",
    "jxl",
    "heic",
    "svg",
    "pdf",
]
Kernel: TypeAlias = Literal["nearest", "linear", "cubic", "mitchell", "lanczos2", "lanczos3"]
Meta: TypeAlias = Literal["icc", "exif", "xmp", "copyright", "gps"]
OnError: TypeAlias = Literal["fail", "recover"]
OnProfileError: TypeAlias = Literal["ignore", "fail"]
Position: TypeAlias = Literal[
    "centre",
    "north",
    "north_east",
    "east",
    "south_east",
    "south",
    "south_west",
    "west",
    "north_west",
    "attention",
    "entropy",
]
Priority: TypeAlias = Literal["low", "normal", "high"]
Shrink: TypeAlias = Literal["off", "balanced", "fast"]
Subsampling: TypeAlias = Literal["4:4:4", "4:2:2", "4:2:0"]
# </write-types>


class BinaryFile(Protocol):
    """A file that is open for reading bytes."""

    def read(self) -> bytes:
        """Give all bytes that are left."""
        ...


class Pixels(Protocol):
    """A NumPy array or a Pillow image."""

    @property
    def __array_interface__(self) -> dict[str, Any]:
        """The array interface of NumPy."""
        ...


Input: TypeAlias = "Buffer | str | os.PathLike[str] | BinaryFile | Pixels | Image"
"""An input to open: the bytes of a file, a path, an open binary file, or pixels."""
