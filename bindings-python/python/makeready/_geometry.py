"""A part of the class ``Pipeline``, which ``make types`` writes as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from ._native import Recipe
from ._types import Fit, Kernel, Position


class Pipeline(Recipe):
    """Scales, cuts and turns the picture."""

    __slots__ = ()

    def resize(
        self,
        width: int | None = None,
        height: int | None = None,
        *,
        fit: Fit | None = None,
        position: Position | None = None,
        focus: Sequence[float] | None = None,
        kernel: Kernel | None = None,
        without_enlargement: bool | None = None,
        without_reduction: bool | None = None,
        linear: bool | None = None,
        background: str | None = None,
    ) -> Self:
        """Resizes to a box, of which either side may be left out.

        Args:
            width: Width in pixels, which follows from the height where it is left out; 1 to 65,535.
            height: Height in pixels, which follows from the width where it is left out; 1 to 65,535.
            fit: How the picture meets the box when both sides are given: cover (default), contain, fill,
                inside or outside.
            position: Which part stays with cover, where the picture lies with contain: centre (default),
                north, north_east, east, south_east, south, south_west, west, north_west, attention or
                entropy.
            focus: The point that cover keeps, as near to the middle as it can, in place of a ``position``.
            kernel: The interpolation kernel: nearest, linear, cubic, mitchell, lanczos2 or lanczos3
                (default).
            without_enlargement: Whether the picture is never made larger, so that the output may be smaller
                than the box. Default false.
            without_reduction: Never makes the picture smaller, so that the output may be larger than the box.
                Default false.
            linear: Whether to resample in linear light: slower, right for fine bright detail on dark. Default
                false.
            background: Fills the box around the picture with contain; ``#rgb``, ``#rgba``, ``#rrggbb`` or
                ``#rrggbbaa``. Default ``#000000``.

        Raises:
            InvalidOptionError: A word or a colour is none of these; a side that is out of its range is found
                by ``plan`` and ``run``.

        Example:
            >>> picture = makeready.Pipeline.open(makeready.Image(100, 50, 1, bytes(5000)))
            >>> plan = picture.resize(width=10).plan()
            >>> plan.width, plan.height
            (10, 5)

        """
        return type(self)(
            self,
            "resize",
            {
                "width": width,
                "height": height,
                "fit": fit,
                "position": position,
                "focus": focus,
                "kernel": kernel,
                "without_enlargement": without_enlargement,
                "without_reduction": without_reduction,
                "linear": linear,
                "background": background,
            },
        )

    def crop(self, x: int, y: int, width: int, height: int) -> Self:
        """Keeps a rectangle, in pixels of the picture at this point.

        Args:
            x: Columns left of it.
            y: Rows above it.
            width: Its width in pixels, 1 or more.
            height: Its height in pixels, 1 or more.

        Raises:
            InvalidOptionError: By ``plan`` and ``run``, where it reaches outside the picture.

        Example:
            >>> row = makeready.Pipeline.open(makeready.Image(4, 1, 1, b"abcd"))
            >>> row.crop(1, 0, 2, 1).pixels().tobytes()
            b'bc'

        """
        return type(self)(self, "crop", {"x": x, "y": y, "width": width, "height": height})

    def rotate(self, degrees: float, *, background: str | None = None) -> Self:
        """Turns clockwise: by quarters exactly, by any other angle into a picture that is large enough for
        the corners.

        Pixels are means of the four around their place.

        Args:
            degrees: Degrees, clockwise.
            background: The colour of the corners, where it is no quarter turn; with an alpha below 255 the
                output has alpha; ``#rgb``, ``#rgba``, ``#rrggbb`` or ``#rrggbbaa``. Default ``#000000``.

        Raises:
            InvalidOptionError: That is no colour, or by ``plan`` and ``run`` no finite number.

        Example:
            >>> row = makeready.Pipeline.open(makeready.Image(2, 1, 1, b"ab"))
            >>> row.rotate(90).pixels().shape
            (2, 1)

        """
        return type(self)(self, "rotate", {"degrees": degrees, "background": background})

    def flip(self) -> Self:
        """Exchanges top and bottom.

        Example:
            >>> makeready.Pipeline.open(makeready.Image(1, 2, 1, b"ab")).flip().pixels().tobytes()
            b'ba'

        """
        return type(self)(self, "flip", {})

    def flop(self) -> Self:
        """Exchanges left and right.

        Example:
            >>> makeready.Pipeline.open(makeready.Image(2, 1, 1, b"ab")).flop().pixels().tobytes()
            b'ba'

        """
        return type(self)(self, "flop", {})
