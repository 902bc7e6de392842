"""The functions for services: negotiation, policies. ``make types`` writes the lines between the marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

from ._native import PolicyBase, function, policy_options
from ._results import Negotiated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Self

    from ._pipeline import Pipeline
    from ._types import Fit, Format, InputFormat

# <write-types: functions>


def negotiate(
    accept: str | Sequence[str] | None = None,
    *,
    formats: Iterable[Format] | None = None,
    quality: int | None = None,
    save_data: bool | None = None,
    dpr: float | None = None,
    background: str | None = None,
    strict: bool | None = None,
    alpha: bool | None = None,
    animated: bool | None = None,
    lossless: bool | None = None,
    width: int | None = None,
    height: int | None = None,
) -> Negotiated:
    """Picks the format of a picture for a client, by its ``Accept`` header.

    Pure: reads nothing, and takes time that is linear in the header. ``Pipeline.negotiate`` does the same for
    a picture and encodes it.

    Args:
        accept: The ``Accept`` header, several lines with commas between them; everything is accepted without
            one.
        formats: The formats that may be sent, the best first: of those that a client likes alike the first
            one counts. By default webp, jpeg, png.
        quality: The quality of a JPEG or a lossy WebP; that of its format by default; 1 to 100.
        save_data: Whether the client sent ``Save-Data: on``: quality is three quarters then. Either answer
            adds that header to ``Vary``.
        dpr: The client's ``DPR``, pixels of its screen to one of its page: resizes become so many times
            larger, by 1, 1.5, 2, 3 or 4. Adds the header to ``Vary``; 0 to 10.
        background: The ground for pictures with alpha, where the format has none; without one such formats
            are sent last; ``#rgb``, ``#rgba``, ``#rrggbb`` or ``#rrggbbaa``.
        strict: Whether ``not_acceptable`` is the answer to a client that accepts none of the formats, in
            place of the oldest one. Default false.
        alpha: Whether it has alpha: a format without alpha is ruled out then, unless there is a background.
            Default false.
        animated: Whether it moves: formats that do not move are sent last then. Default false.
        lossless: Whether its sources are lossless: a lossless file is worth a try then. Default false.
        width: Its width in pixels, where that is known: formats that cannot say it are ruled out.
        height: Its height in pixels, as its width.

    Returns:
        A ``Negotiated``: the format, the value for ``Vary``, and a token for cache keys.

    Raises:
        InvalidOptionError: A value is out of its range, or there are no formats.
        NotAcceptableError: The client accepts none of the formats, with ``strict``.
        UnsupportedError: This build does not write a format, or none has sides as long as the picture's.

    Example:
        >>> chrome = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
        >>> answer = makeready.negotiate(chrome)
        >>> answer.format, answer.vary, answer.token
        ('webp', 'Accept', 'wjp')

    """
    options = {
        "accept": accept,
        "formats": formats,
        "quality": quality,
        "save_data": save_data,
        "dpr": dpr,
        "background": background,
        "strict": strict,
        "alpha": alpha,
        "animated": animated,
        "lossless": lossless,
        "width": width,
        "height": height,
    }
    return Negotiated(**function("negotiate", options))


def edge_function(formats: Iterable[Format] | None = None) -> str:
    """Gives a CloudFront Function (JavaScript, runtime 2.0) that puts the token of a client in place of its
    ``Accept`` header, so that an edge caches one picture for all clients with that token.

    The program makes the tokens that ``negotiate`` makes of the same header, without hints; ``negotiate``
    takes its header in place of the client's.

    Args:
        formats: The formats that may be sent, the best first: those that ``negotiate`` is given.

    Returns:
        The program, less than 10 KB.

    Raises:
        InvalidOptionError: There are no formats.
        UnsupportedError: This build does not write a format.

    Example:
        >>> program = makeready.edge_function(["webp", "jpeg"])
        >>> "function handler(event)" in program
        True

    """
    options = {"formats": formats}
    return str(function("edge_function", options))


# </write-types>


@final
class Policy(PolicyBase):
    # <write-types: policy>
    """The renditions that a service makes for anybody who asks; anything by default. An empty list allows all
    values.

    Policies are equal where their options are. They are immutable, hashable, and can be pickled.

    Args:
        widths: Widths that are made, after ``dpr``; one that is asked for becomes the next larger; 1 to
            65,535.
        heights: Heights that are made, after ``dpr``; one that is asked for becomes the next larger; 1 to
            65,535.
        sizes: Boxes that are made, each a width and a height; nothing else is then but the whole picture.
        max_width: The largest width, after ``dpr``; 1 to 65,535. Default 65,535.
        max_height: The largest height, after ``dpr``; 1 to 65,535. Default 65,535.
        max_dpr: The largest ``dpr``; 1 to 10. Default 10.
        qualities: The qualities besides that of the format; 1 to 100.
        formats: The formats.
        fits: How pictures may meet their boxes.
        backgrounds: The grounds, besides none.
        max_page: The last page or frame. Default 4,294,967,295.
        parameters: The parameters that a query may have, by their names.
        inputs: The formats that a source may have; by default all but svg and pdf.
        max_input_bytes: The largest source in bytes; that of the default limits by default.
        max_input_pixels: The largest source in pixels; that of the default limits by default.
        max_memory: The most memory of a job in bytes; that of the default limits by default.
        deadline: The time of a job, in seconds.

    Raises:
        InvalidOptionError: A value is out of its range, or no such parameter or format exists.
        TypeError: A value has a type that is none of these.

    Example:
        >>> policy = makeready.Policy(widths=[320, 640], formats=["webp", "jpeg"])
        >>> makeready.Rendition.parse("w=300&f=webp", policy)
        Rendition.parse('w=320&f=webp')
        >>> makeready.Rendition.parse("w=700", policy)
        Traceback (most recent call last):
        makeready.InvalidOptionError: w: expected at most 640, found 700

    """

    __slots__ = ()

    def __new__(
        cls,
        *,
        widths: Iterable[int] | None = None,
        heights: Iterable[int] | None = None,
        sizes: Iterable[Sequence[int]] | None = None,
        max_width: int | None = None,
        max_height: int | None = None,
        max_dpr: float | None = None,
        qualities: Iterable[int] | None = None,
        formats: Iterable[Format] | None = None,
        fits: Iterable[Fit] | None = None,
        backgrounds: Iterable[str] | None = None,
        max_page: int | None = None,
        parameters: Iterable[str] | None = None,
        inputs: Iterable[InputFormat] | None = None,
        max_input_bytes: int | None = None,
        max_input_pixels: int | None = None,
        max_memory: int | None = None,
        deadline: float | None = None,
    ) -> Self:
        """Check the options."""
        return super().__new__(
            cls,
            {
                "widths": widths,
                "heights": heights,
                "sizes": sizes,
                "max_width": max_width,
                "max_height": max_height,
                "max_dpr": max_dpr,
                "qualities": qualities,
                "formats": formats,
                "fits": fits,
                "backgrounds": backgrounds,
                "max_page": max_page,
                "parameters": parameters,
                "inputs": inputs,
                "max_input_bytes": max_input_bytes,
                "max_input_pixels": max_input_pixels,
                "max_memory": max_memory,
                "deadline": deadline,
            },
        )

    # </write-types>

    @property
    def options(self) -> dict[str, Any]:
        """The options that are not at their defaults, by their names: ``Policy(**policy.options)`` is equal."""
        return self._options()

    def to_json(self) -> str:
        """Gives the policy as JSON, for ``from_json`` of any language: its options; a time is in seconds.

        Example:
            >>> makeready.Policy(widths=[320, 640], max_dpr=2).to_json()
            '{"widths":[320,640],"max_dpr":2.0}'

        """
        return self._to_json()

    @classmethod
    def from_json(cls, text: str) -> Policy:
        """Gives the policy of a text.

        Args:
            text: An object of JSON with options of a policy.

        Raises:
            InvalidOptionError: The text is none, with the place as a JSON path.

        Example:
            >>> policy = makeready.Policy.from_json('{"widths": [320, 640], "parameters": ["w"]}')
            >>> policy.renditions()
            3
            >>> makeready.Policy.from_json('{"widths": [0]}')
            Traceback (most recent call last):
            makeready.InvalidOptionError: $: policy widths is 1 to 65535, found 0

        """
        return cls(**policy_options(text))

    def renditions(self) -> int:
        """Counts the renditions of one source that differ: the most that anybody can make a service store.

        Returns:
            Their number, which may be larger than any that a service can store.

        Example:
            >>> makeready.Policy(widths=[320, 640], parameters=["w"]).renditions()
            3

        """
        return self._renditions()

    def guard(self, pipeline: Pipeline) -> Pipeline:
        """Gives the pipeline within the limits and the deadline of the policy.

        Args:
            pipeline: Any pipeline; its own limits are replaced, where the policy has any.

        Example:
            >>> picture = makeready.Pipeline.open(makeready.Image(40, 20, 3, bytes(2400)))
            >>> makeready.Policy(max_input_pixels=100).guard(picture).run()
            Traceback (most recent call last):
            makeready.LimitExceededError: input 0: max_input_pixels is 100, this needs 800

        """
        return self._guard(pipeline)
