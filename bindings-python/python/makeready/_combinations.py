"""A part of the class ``Pipeline``, which ``make types`` writes as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from ._native import Recipe
from ._types import Blend, Input, Position


class Pipeline(Recipe):
    """Puts the picture with another one."""

    __slots__ = ()

    def overlay(
        self,
        input: Input | Self,
        *,
        at: Sequence[int] | None = None,
        position: Position | None = None,
        opacity: float | None = None,
        blend: Blend | None = None,
        tile: bool | None = None,
    ) -> Self:
        """Puts another picture on top.

        The size stays. Parts of the other picture that lie outside are not seen. It is blended in the colours
        of the output, with 8 bits.

        Args:
            input: Anything that ``open`` takes, or a pipeline with its own operations.
            at: Columns and rows from the left top corner of the picture below to its own, also below 0; by
                default its ``position`` says.
            position: Where it lies, if not ``at`` a place; attention and entropy are none: centre (default),
                north, north_east, east, south_east, south, south_west, west, north_west, attention or
                entropy.
            opacity: How much of it is seen, from 0.0 for nothing to 1.0 for all; 0 to 1. Default 1.
            blend: The way in which it comes on the picture below: over (default), multiply, screen, overlay,
                darken, lighten, add, difference, soft-light or dest-in.
            tile: Repeats it in all directions until it covers the picture below. Default false.

        Raises:
            InvalidOptionError: A value is none of these; the pipeline has an encode or a setting of its own.

        Example:
            >>> page = makeready.Pipeline.open(makeready.Image(3, 1, 1, bytes([9, 9, 9])))
            >>> logo = makeready.Image(1, 1, 2, bytes([109, 128]))
            >>> list(page.overlay(logo, at=(1, 0)).pixels().tobytes())
            [9, 59, 9]

        """
        return type(self)(
            self,
            "overlay",
            {
                "input": input,
                "at": at,
                "position": position,
                "opacity": opacity,
                "blend": blend,
                "tile": tile,
            },
        )

    def join_alpha(self, input: Input | Self) -> Self:
        """Gives the picture the shades of gray of another one, of its size, as alpha.

        Args:
            input: Anything that ``open`` takes, or a pipeline with its own operations.

        Raises:
            InvalidOptionError: By ``plan`` and ``run``, where it is of another size.

        Example:
            >>> gray = makeready.Pipeline.open(makeready.Image(2, 1, 1, bytes([7, 9])))
            >>> list(gray.join_alpha(makeready.Image(2, 1, 1, bytes([0, 128]))).pixels().tobytes())
            [7, 0, 9, 128]

        """
        return type(self)(self, "join_alpha", {"input": input})
