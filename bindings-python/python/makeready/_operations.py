"""A part of the class ``Pipeline``, which ``make types`` writes as a whole."""

from __future__ import annotations

from typing import Self

from ._native import Recipe


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
        background: str | None = None,
    ) -> Self:
        """Adds edges of a colour around the picture.

        Args:
            top: Rows added above. Default 0.
            right: Columns added on the right. Default 0.
            bottom: Rows added below. Default 0.
            left: Columns added on the left. Default 0.
            background: The colour of the edges; with an alpha below 255 the output has alpha; ``#rgb``,
                ``#rgba``, ``#rrggbb`` or ``#rrggbbaa``. Default ``#000000``.

        Raises:
            InvalidOptionError: A value is none of these.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a"))
            >>> list(dot.extend(left=1, right=2).pixels().tobytes())
            [0, 97, 0, 0]

        """
        return type(self)(
            self,
            "extend",
            {"top": top, "right": right, "bottom": bottom, "left": left, "background": background},
        )
