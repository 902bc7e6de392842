"""A part of the class ``Pipeline``, which ``make types`` writes as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from ._native import Recipe


class Pipeline(Recipe):
    """Makes each pixel of those around it."""

    __slots__ = ()

    def blur(self, sigma: float) -> Self:
        """Blurs the picture: each pixel becomes a mean of those around it, by a Gaussian curve.

        Beyond its edges a picture goes on as it is there, and clear pixels do not count. The picture that is
        blurred is the one that the calls before have made; a shrink before it costs less and blurs more.

        Args:
            sigma: The standard deviation of the curve, of 0.3 to 1,000 pixels; it reaches four times as far.

        Raises:
            InvalidOptionError: By ``plan`` and ``run``, of a number that is out of its range.

        Example:
            >>> row = makeready.Pipeline.open(makeready.Image(3, 1, 1, bytes([0, 100, 0])))
            >>> list(row.blur(0.5).pixels().tobytes())
            [11, 79, 11]

        """
        return type(self)(self, "blur", {"sigma": sigma})

    def sharpen(
        self,
        *,
        sigma: float | None = None,
        amount: float | None = None,
        threshold: int | None = None,
    ) -> Self:
        """Sharpens edges: how light a pixel is moves away from how light those around it are.

        Hues and alpha stay.

        Args:
            sigma: The standard deviation of the blur that pixels are compared with, of 0.3 to 10: about the
                width of edges. Default 1.
            amount: The factor of the difference to what is blurred, which is added; 0 to 10. Default 1.
            threshold: The least difference that is added, of 0 to 255; smaller ones count as noise. Default
                0.

        Raises:
            InvalidOptionError: By ``plan`` and ``run``, of a number that is out of its range.

        Example:
            >>> edge = makeready.Pipeline.open(makeready.Image(4, 1, 1, bytes([90, 90, 110, 110])))
            >>> list(edge.sharpen(sigma=0.5, amount=2).pixels().tobytes())
            [90, 86, 114, 110]

        """
        return type(self)(
            self,
            "sharpen",
            {"sigma": sigma, "amount": amount, "threshold": threshold},
        )

    def median(self, size: int | None = None) -> Self:
        """Makes each sample the middle one of those around it, which takes specks out and leaves edges.

        Each channel is taken by itself, alpha too. Beyond its edges a picture goes on as it is there.

        Args:
            size: The pixels of a side of the square that a sample is the middle of, an odd number; 1 to 31.
                Default 3.

        Raises:
            InvalidOptionError: By ``plan`` and ``run``, of a size that is even or out of its range.

        Example:
            >>> row = makeready.Pipeline.open(makeready.Image(4, 1, 1, bytes([9, 9, 200, 9])))
            >>> list(row.median().pixels().tobytes())
            [9, 9, 9, 9]

        """
        return type(self)(self, "median", {"size": size})

    def convolve(
        self,
        kernel: Iterable[Iterable[float]],
        *,
        scale: float | None = None,
        offset: float | None = None,
    ) -> Self:
        """Makes each pixel the sum of those around it, each times a weight.

        The first row of weights is of pixels above, the first weight of a row of one on the left. Beyond its
        edges a picture goes on as it is there. Colours are multiplied by alpha before and divided by it
        after, and alpha is a sum as well: by weights that come to 0 all becomes clear, unless
        ``remove_alpha`` comes before.

        Args:
            kernel: Rows of weights, as many in each: 3 to 31 of both, an odd number.
            scale: The number that sums are divided by. By default the sum of the weights, or 1 where that is
                0.
            offset: The number that is added, of samples of 0 to 255. Default 0.

        Raises:
            InvalidOptionError: By ``plan`` and ``run``, of rows that differ in length, of an even number of
                rows or weights, or of numbers that are out of their range.

        Example:
            >>> row = makeready.Pipeline.open(makeready.Image(3, 1, 1, bytes([10, 20, 40])))
            >>> list(row.convolve([[0, 0, 0], [-1, 0, 1], [0, 0, 0]], offset=100).pixels().tobytes())
            [110, 130, 120]

        """
        return type(self)(self, "convolve", {"kernel": kernel, "scale": scale, "offset": offset})

    def clahe(self, width: int, height: int, *, max_slope: int | None = None) -> Self:
        """Evens contrast out in each part of the picture: a sample becomes its rank among those of a window
        around it (CLAHE).

        Each colour is taken by itself, and alpha stays. Beyond its edges the picture is mirrored.

        Args:
            width: The pixels across of the window around each; 1 to 1,000.
            height: The pixels down of the window around each; 1 to 1,000.
            max_slope: The samples of one level that count for it in a window; the others count for all levels
                alike. The fewer, the less contrast is added; 0 is no limit; 0 to 100. Default 3.

        Raises:
            InvalidOptionError: A value is out of its range.

        Example:
            >>> row = makeready.Pipeline.open(makeready.Image(3, 1, 1, bytes([10, 20, 20])))
            >>> list(row.clahe(3, 1, max_slope=0).pixels().tobytes())
            [170, 255, 255]

        """
        return type(self)(self, "clahe", {"width": width, "height": height, "max_slope": max_slope})
