"""A part of the class ``Pipeline``, which ``make types`` writes as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from ._native import Recipe
from ._types import Input, InputFormat, OnError, OnProfileError, Position


class Pipeline(Recipe):
    """Begins with inputs."""

    __slots__ = ()

    @classmethod
    def open(
        cls,
        source: Input,
        *,
        page: int | None = None,
        animated: bool | None = None,
        auto_orient: bool | None = None,
        on_error: OnError | None = None,
        on_profile_error: OnProfileError | None = None,
        density: int | None = None,
        formats: Iterable[InputFormat] | None = None,
    ) -> Self:
        """Opens one input.

        Args:
            source: A file as ``bytes`` (borrowed, not copied), as another buffer of bytes or as an open
                binary file (both are read whole, here and now; a file that can be sought in from its start,
                wherever it stands, any other from where it is); a path as ``str`` or ``PathLike`` (a regular
                file, read anew by each plan and run and held only while that lasts); or pixels: a
                ``makeready.Image``, a Pillow image, or a NumPy array of uint8, ``(height, width)`` or
                ``(height, width, channels)`` with 1 to 4 channels: gray, gray and alpha, RGB, RGBA.
            page: Which page or frame, counted from 0. Default 0.
            animated: Opens a picture that moves with all its frames; else it is the one frame that ``page``
                says. Every operation is done to each frame. Default false.
            auto_orient: Whether the EXIF orientation is applied. Default true.
            on_error: Whether a file that is truncated or corrupt after its header is an error, or gives the
                rows that can be had: fail (default) or recover.
            on_profile_error: Takes a colour profile that cannot be used for sRGB, with a warning, or gives a
                ``malformed`` error: ignore (default) or fail.
            density: Dots an inch at which an SVG or a PDF has its size; pictures of pixels have theirs at
                any; 1 to 2,400. Default 72.
            formats: The formats that a file may have; any other is an ``unsupported`` error. By default all
                that this build reads but svg and pdf, which are opened only where they are named.

        Raises:
            InvalidOptionError: An array or a Pillow image has a type or shape that is no picture, or a buffer
                has items that are no bytes.
            IoError: There is no memory for a copy.
            TypeError: The source is nothing of these.

        Example:
            >>> makeready.Pipeline.open(makeready.Image(4, 2, 1, bytes(8))).plan().width
            4

        """
        return cls(
            None,
            "open",
            {
                "source": source,
                "page": page,
                "animated": animated,
                "auto_orient": auto_orient,
                "on_error": on_error,
                "on_profile_error": on_profile_error,
                "density": density,
                "formats": formats,
            },
        )

    @classmethod
    def stitch(
        cls,
        inputs: Iterable[Input | Self],
        *,
        across: int | None = None,
        canvas: Sequence[int] | None = None,
        gap: int | None = None,
        at: Iterable[Sequence[int]] | None = None,
        background: str | None = None,
        position: Position | None = None,
    ) -> Self:
        """Lays several inputs out as one picture: a grid (``across``) or a canvas (``canvas`` and ``at``).

        The background does not lie under clear pixels of an input: those stay clear where the output can hold
        it, and ``flatten`` is the way to be rid of alpha.

        Args:
            inputs: Each anything that ``open`` takes, or a pipeline with its own operations.
            across: Inputs in a row of a grid, 1 or more, row by row.
            canvas: Width and height of a canvas, in pixels.
            gap: Pixels between neighbouring cells of a grid. Default 0.
            at: The left top corner of each input on a canvas, in the order of the inputs; later ones lie on
                top.
            background: Fills what no input covers, and does not lie below inputs with alpha; with an alpha
                below 255 the output has alpha; ``#rgb``, ``#rgba``, ``#rrggbb`` or ``#rrggbbaa``. Default
                ``#000000``.
            position: Where a smaller input lies in its cell of a grid; attention and entropy are no such
                place: centre (default), north, north_east, east, south_east, south, south_west, west,
                north_west, attention or entropy.

        Raises:
            InvalidOptionError: A value is none of these; neither or both of ``across`` and ``canvas``.

        Example:
            >>> dot = makeready.Image(1, 1, 1, bytes([200]))
            >>> row = makeready.Pipeline.stitch([dot, dot], across=2, gap=1, background="#fff")
            >>> list(row.pixels().tobytes())
            [200, 255, 200]

        """
        return cls(
            None,
            "stitch",
            {
                "inputs": inputs,
                "across": across,
                "canvas": canvas,
                "gap": gap,
                "at": at,
                "background": background,
                "position": position,
            },
        )
