"""A part of the class ``Pipeline``, which ``make types`` writes as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from ._native import Recipe
from ._types import Channel, ExtendMode, Kernel


class Pipeline(Recipe):
    """Makes one picture of one."""

    __slots__ = ()

    def flatten(self, background: str | None = None) -> Self:
        """Puts the picture on an opaque colour; it has no alpha after that.

        Args:
            background: An opaque colour; ``#rgb``, ``#rgba``, ``#rrggbb`` or ``#rrggbbaa``. Default
                ``#000000``.

        Raises:
            InvalidOptionError: That is no colour; by ``plan`` and ``run`` where it is not opaque.

        Example:
            >>> clear = makeready.Pipeline.open(makeready.Image(1, 1, 4, bytes(4)))
            >>> list(clear.flatten("#fff").pixels().tobytes())
            [255, 255, 255]

        """
        return type(self)(self, "flatten", {"background": background})

    def extend(
        self,
        *,
        top: int | None = None,
        right: int | None = None,
        bottom: int | None = None,
        left: int | None = None,
        mode: ExtendMode | None = None,
        background: str | None = None,
    ) -> Self:
        """Adds edges around the picture: of a colour, or of pixels of its own.

        Args:
            top: Rows added above. Default 0.
            right: Columns added on the right. Default 0.
            bottom: Rows added below. Default 0.
            left: Columns added on the left. Default 0.
            mode: The picture in the edges: background (default), copy, mirror or repeat.
            background: The colour of the edges; with an alpha below 255 the output has alpha; ``#rgb``,
                ``#rgba``, ``#rrggbb`` or ``#rrggbbaa``. Default ``#000000``.

        Raises:
            InvalidOptionError: A value is none of these.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a"))
            >>> list(dot.extend(left=1, right=2).pixels().tobytes())
            [0, 97, 0, 0]
            >>> list(dot.extend(left=1, right=2, mode="copy").pixels().tobytes())
            [97, 97, 97, 97]

        """
        return type(self)(
            self,
            "extend",
            {
                "top": top,
                "right": right,
                "bottom": bottom,
                "left": left,
                "mode": mode,
                "background": background,
            },
        )

    def affine(
        self,
        matrix: Iterable[Iterable[float]],
        *,
        kernel: Kernel | None = None,
        background: str | None = None,
    ) -> Self:
        """Moves all pixels by a matrix: turns, mirrors, shears and stretches, in one step.

        The picture that comes of it is the smallest that holds all of it, around the same middle. A picture
        that becomes smaller this way shows single pixels, not means of many: ``resize`` does that better.

        Args:
            matrix: Two rows of two numbers: the factors of x and of y, for x and for y, counted from the
                middle of the picture.
            kernel: How a pixel is made of those around its place: nearest, linear, cubic (default), mitchell,
                lanczos2 or lanczos3.
            background: The colour of what the picture does not cover; with an alpha below 255 the output has
                alpha; ``#rgb``, ``#rgba``, ``#rrggbb`` or ``#rrggbbaa``. Default ``#000000``.

        Raises:
            InvalidOptionError: The matrix is not two rows of two numbers, or a value is none of these; by
                ``plan`` and ``run``, a matrix that makes a line of the picture, or one that no picture could
                be as large as.

        Example:
            >>> column = makeready.Pipeline.open(makeready.Image(1, 2, 1, bytes([9, 90])))
            >>> list(column.affine([[3, 0], [0, 1]], kernel="nearest").pixels().tobytes())
            [9, 9, 9, 90, 90, 90]

        """
        return type(self)(
            self,
            "affine",
            {"matrix": matrix, "kernel": kernel, "background": background},
        )

    def shear(
        self,
        x: float | None = None,
        y: float | None = None,
        *,
        background: str | None = None,
    ) -> Self:
        """Leans the picture: moves rows along themselves, the farther the farther they are from the middle,
        and columns too.

        Pixels are means of the four around their place.

        Args:
            x: Degrees, of -89 to 89, by which columns lean: above 0 what is below the middle goes to the
                right. Default 0.
            y: Degrees, of -89 to 89, by which rows lean: above 0 what is on the right goes down. Default 0.
            background: The colour of what the picture does not cover; with an alpha below 255 the output has
                alpha; ``#rgb``, ``#rgba``, ``#rrggbb`` or ``#rrggbbaa``. Default ``#000000``.

        Raises:
            InvalidOptionError: That is no colour; by ``plan`` and ``run``, an angle beyond 89 degrees.

        Example:
            >>> square = makeready.Pipeline.open(makeready.Image(10, 10, 1, bytes(100)))
            >>> square.shear(45, background="#fff").pixels().shape
            (10, 20)

        """
        return type(self)(self, "shear", {"x": x, "y": y, "background": background})

    def grayscale(self) -> Self:
        """Makes shades of gray of the colours, as bright as they were: the luma of JPEG.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 3, bytes([255, 0, 0])))
            >>> list(dot.grayscale().pixels().tobytes())
            [76]

        """
        return type(self)(self, "grayscale", {})

    def negate(self, *, alpha: bool | None = None) -> Self:
        """Turns every colour into its opposite.

        Args:
            alpha: Turns alpha into its opposite too. Default false.

        Raises:
            InvalidOptionError: A value is none of these.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 2, bytes([9, 200])))
            >>> list(dot.negate().pixels().tobytes())
            [246, 200]

        """
        return type(self)(self, "negate", {"alpha": alpha})

    def tint(self, colour: str) -> Self:
        """Gives all pixels the hue of one colour; how light they are stays.

        Args:
            colour: A colour of this hue; ``#rgb``, ``#rgba``, ``#rrggbb`` or ``#rrggbbaa``.

        Raises:
            InvalidOptionError: That is no colour.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, bytes([127])))
            >>> list(dot.tint("#f00").pixels().tobytes())
            [255, 0, 0]

        """
        return type(self)(self, "tint", {"colour": colour})

    def gamma(self, gamma: float | None = None) -> Self:
        """Makes the middle tones lighter, by a factor above 1, or darker; black and white stay.

        Args:
            gamma: The factor, of 0.1 to 10: a sample of 0 to 1 becomes its power of 1 by this. Default 2.2.

        Raises:
            InvalidOptionError: By ``plan`` and ``run``, of a number that is out of its range.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, bytes([64])))
            >>> list(dot.gamma(2).pixels().tobytes())
            [128]

        """
        return type(self)(self, "gamma", {"gamma": gamma})

    def linear(
        self,
        a: float | Sequence[float] | None = None,
        b: float | Sequence[float] | None = None,
    ) -> Self:
        """Multiplies every sample by a number and adds another, or by one for each colour; alpha stays.

        Args:
            a: The factor of samples of 0 to 255. Default 1.
            b: The number that is added. Default 0.

        Raises:
            InvalidOptionError: A value is neither one number nor three; by ``plan`` and ``run``, one beyond a
                million.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 3, bytes([10, 20, 200])))
            >>> list(dot.linear([1, 2, 2], 5).pixels().tobytes())
            [15, 45, 255]

        """
        return type(self)(self, "linear", {"a": a, "b": b})

    def recomb(self, matrix: Iterable[Iterable[float]]) -> Self:
        """Makes each of red, green and blue a sum of all three, each times a number; alpha stays.

        Args:
            matrix: A row of three numbers for each of red, green and blue: the factors of red, green and
                blue.

        Raises:
            InvalidOptionError: The matrix is not three rows of three numbers; by ``plan`` and ``run``, a
                number beyond a million.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 3, bytes([10, 20, 200])))
            >>> list(dot.recomb([[0, 0, 1], [0, 1, 0], [1, 0, 0]]).pixels().tobytes())
            [200, 20, 10]

        """
        return type(self)(self, "recomb", {"matrix": matrix})

    def threshold(self, level: int | None = None) -> Self:
        """Makes every pixel black or white: white where its shade of gray is this level or more.

        Args:
            level: The least shade of gray, of 0 to 255, that becomes white. Default 128.

        Raises:
            InvalidOptionError: A value is none of these.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, bytes([99])))
            >>> list(dot.threshold(100).pixels().tobytes())
            [0]

        """
        return type(self)(self, "threshold", {"level": level})

    def modulate(
        self,
        *,
        brightness: float | None = None,
        saturation: float | None = None,
        hue: float | None = None,
        lightness: float | None = None,
    ) -> Self:
        """Makes colours brighter, stronger, of another hue, or lighter.

        Args:
            brightness: The factor of how light pixels are. Default 1.
            saturation: The factor of how strong colours are: 0 for shades of gray. Default 1.
            hue: Degrees by which hues are turned. Default 0.
            lightness: The number that is added to how light pixels are, which is 0 to 100. Default 0.

        Raises:
            InvalidOptionError: By ``plan`` and ``run``, of a number that is out of its range.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 3, bytes([255, 0, 0])))
            >>> list(dot.modulate(saturation=0).pixels().tobytes())
            [127, 127, 127]

        """
        return type(self)(
            self,
            "modulate",
            {
                "brightness": brightness,
                "saturation": saturation,
                "hue": hue,
                "lightness": lightness,
            },
        )

    def normalize(self, *, lower: float | None = None, upper: float | None = None) -> Self:
        """Makes the darkest parts of a picture black and the lightest white, and all between them as much
        lighter or

        Some of its pixels are looked at first, up to 256 across and down; of a film those of its first frame.
        A picture of a single tone stays as it is. Hues and alpha stay.

        Args:
            lower: Percent of the pixels that are at most as light as the new black; 0 to 100. Default 1.
            upper: Percent of the pixels that are at most as light as the new white, which is more; 0 to 100.
                Default 99.

        Raises:
            InvalidOptionError: By ``plan`` and ``run``, of a percentage that is out of its range, or a lower
                one that is not below the upper.

        Example:
            >>> row = makeready.Pipeline.open(makeready.Image(3, 1, 1, bytes([60, 119, 180])))
            >>> list(row.normalize(lower=0, upper=100).pixels().tobytes())
            [0, 123, 255]

        """
        return type(self)(self, "normalize", {"lower": lower, "upper": upper})

    def trim(self, *, background: str | None = None, threshold: int | None = None) -> Self:
        """Takes off edges that look like a background: all around what differs from it.

        The whole picture is looked at first; of a film the first frame. A plan without a run tells the size
        before it. Where nothing differs the picture stays as it is.

        Args:
            background: The colour of the edges; by default that of the pixel at the top left; ``#rgb``,
                ``#rgba``, ``#rrggbb`` or ``#rrggbbaa``.
            threshold: How far a sample of a pixel, of 0 to 255, may be from the background's for it to be
                taken off. Default 10.

        Raises:
            InvalidOptionError: By ``plan`` and ``run``, of a threshold that is out of its range.

        Example:
            >>> row = makeready.Pipeline.open(makeready.Image(4, 1, 1, bytes([250, 9, 9, 255])))
            >>> list(row.trim().pixels().tobytes())
            [9, 9]

        """
        return type(self)(self, "trim", {"background": background, "threshold": threshold})

    def remove_alpha(self) -> Self:
        """Drops alpha; the colours stay as they are.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 2, bytes([9, 0])))
            >>> list(dot.remove_alpha().pixels().tobytes())
            [9]

        """
        return type(self)(self, "remove_alpha", {})

    def ensure_alpha(self, opacity: float | None = None) -> Self:
        """Gives the picture alpha, where it has none, of this strength.

        Args:
            opacity: How opaque pixels are that had no alpha; 0 to 1. Default 1.

        Raises:
            InvalidOptionError: By ``plan`` and ``run``, of a number that is out of its range.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, bytes([9])))
            >>> list(dot.ensure_alpha(0.2).pixels().tobytes())
            [9, 51]

        """
        return type(self)(self, "ensure_alpha", {"opacity": opacity})

    def extract_channel(self, channel: Channel) -> Self:
        """Keeps one channel, as a picture in gray.

        Args:
            channel: The channel; of a picture in gray all colours are the same: red, green, blue or alpha.

        Raises:
            InvalidOptionError: A word is none of these; by ``plan`` and ``run``, alpha of a picture without
                it.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 3, bytes([1, 2, 3])))
            >>> list(dot.extract_channel("green").pixels().tobytes())
            [2]

        """
        return type(self)(self, "extract_channel", {"channel": channel})
