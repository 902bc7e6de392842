"""A part of the class ``Pipeline``, which ``make types`` writes as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from ._native import Recipe
from ._types import Filter, Format, Subsampling


class Pipeline(Recipe):
    """Sets the format of the output."""

    __slots__ = ()

    def encode(
        self,
        format: Format,
        *,
        quality: int | None = None,
        subsampling: Subsampling | None = None,
        progressive: bool | None = None,
        optimize_coding: bool | None = None,
        effort: int | None = None,
        max_bytes: int | None = None,
        compression_level: int | None = None,
        filter: Filter | None = None,
        palette: bool | None = None,
        colours: int | None = None,
        dither: float | None = None,
        loop: int | None = None,
        delay: int | None = None,
        inter_frame_max_error: int | None = None,
        key_frame_interval: int | None = None,
        lossless: bool | None = None,
        near_lossless: bool | None = None,
        alpha_quality: int | None = None,
        mixed: bool | None = None,
        inter_palette_max_error: int | None = None,
    ) -> Self:
        """Sets the output's format and its options.

        Without it the output has the format of the first input, PNG for raw pixels.

        Args:
            format: The format that is written: jpeg, png, webp or gif.
            quality: JPEG: Quality on libjpeg's scale; 1 to 100. Default 80. WebP: Quality on libwebp's scale,
                of a lossless file how hard to try; 1 to 100. Default 80.
            subsampling: JPEG: How the chroma samples are thinned out: 4:4:4, 4:2:2 or 4:2:0 (default).
            progressive: JPEG: Whether the file shows a coarse picture first. Default false.
            optimize_coding: JPEG: Whether Huffman tables are fitted to the picture, for smaller files.
                Default true.
            effort: JPEG: How much time may go into a smaller file: from 5 on, coefficients are chosen by what
                they cost, which takes several times as long; 0 to 6. Default 4. WebP: How hard to try, from
                fast to smallest; 0 to 6. Default 4.
            max_bytes: JPEG: The most bytes that the file may have: quality is lowered as far as it takes, and
                ``limit_exceeded`` is the answer where no quality is low enough. WebP: The most bytes that the
                file may have: quality is lowered as far as it takes, and ``limit_exceeded`` is the answer
                where no quality is low enough, or where a lossless file is larger.
            compression_level: PNG: Compression on zlib's scale, from stored to smallest; 0 to 9. Default 6.
            filter: PNG: How rows are filtered before they are compressed: auto (default), none or adaptive.
            palette: PNG: Gives the file the colours of a palette, which is made for the picture: several
                times smaller, and lossless only where the picture has few enough colours. Default false.
            colours: PNG: The most colours of the palette; 2 to 256. Default 256. GIF: The most colours of the
                palette, a clear one included; 2 to 256. Default 256.
            dither: PNG: How much dots of several colours stand for those that the palette lacks: 0 for flat
                areas, 1 for even slopes; 0 to 1. Default 1. GIF: How much dots of several colours stand for
                those that the palette lacks: 0 for flat areas, 1 for even slopes; 0 to 1. Default 1.
            loop: PNG: How often a film is played, 0 for ever; by default as often as its source; 0 to 65,535.
                WebP: How often a film is played, 0 for ever; by default as often as its source; 0 to 65,535.
                GIF: How often a film is played, 0 for ever; by default as often as its source; 0 to 65,535.
            delay: PNG: Milliseconds that each frame of a film is shown; by default as long as in its source;
                0 to 65,535. WebP: Milliseconds that each frame of a film is shown; by default as long as in
                its source; 0 to 65,535. GIF: Milliseconds that each frame of a film is shown; by default as
                long as in its source; 0 to 65,535.
            inter_frame_max_error: PNG: How much a sample of a frame may differ from the one shown before and
                still be left as it is, so that less is written; 0 to 32. Default 0. WebP: How much a sample
                of a frame may differ from the one shown before and still be left as it is, so that less is
                written; 0 to 32. Default 0. GIF: How much a sample of a frame may differ from the one shown
                before and still be left as it is, so that less is written; 0 to 32. Default 0.
            key_frame_interval: PNG: Frames from one that is whole to the next, so that players may begin
                there; 0 for the first alone; 0 to 65,535. Default 0. WebP: Frames from one that is whole to
                the next, so that players may begin there; 0 for the first alone; 0 to 65,535. Default 0. GIF:
                Frames from one that is whole to the next, so that players may begin there; 0 for the first
                alone; 0 to 65,535. Default 0.
            lossless: WebP: Whether every sample comes back as it was. Default false.
            near_lossless: WebP: Makes a lossless file of samples that are changed a little so that it gets
                smaller: the more, the lower the quality; at 100 not at all. Default false.
            alpha_quality: WebP: Quality of the alpha of a lossy file: 100 keeps it as it is, less keeps fewer
                levels; 0 to 100. Default 100.
            mixed: WebP: Makes each frame of a film lossy or lossless, whichever is smaller. Default false.
            inter_palette_max_error: GIF: How far the pixels of a frame may be in the mean from the palette of
                the first one, in levels, and still be given that palette; 0 for a palette of its own to each;
                0 to 255. Default 0.

        Raises:
            InvalidOptionError: A word is none of these, or the format has no such option; a number that is
                out of its range is found by ``plan`` and ``run``.
            UnsupportedError: This build does not write the format.

        Example:
            >>> picture = makeready.Pipeline.open(makeready.Image(8, 8, 3, bytes(192)))
            >>> picture.encode("webp", lossless=True).run().content_type
            'image/webp'

        """
        return type(self)(
            self,
            "encode",
            {
                "format": format,
                "quality": quality,
                "subsampling": subsampling,
                "progressive": progressive,
                "optimize_coding": optimize_coding,
                "effort": effort,
                "max_bytes": max_bytes,
                "compression_level": compression_level,
                "filter": filter,
                "palette": palette,
                "colours": colours,
                "dither": dither,
                "loop": loop,
                "delay": delay,
                "inter_frame_max_error": inter_frame_max_error,
                "key_frame_interval": key_frame_interval,
                "lossless": lossless,
                "near_lossless": near_lossless,
                "alpha_quality": alpha_quality,
                "mixed": mixed,
                "inter_palette_max_error": inter_palette_max_error,
            },
        )

    def negotiate(
        self,
        accept: str | Sequence[str] | None = None,
        *,
        formats: Iterable[Format] | None = None,
        quality: int | None = None,
        save_data: bool | None = None,
        dpr: float | None = None,
        background: str | None = None,
        strict: bool | None = None,
    ) -> Self:
        """Sets the output's format by what a client accepts, and says so in ``vary``.

        The answer is that of ``makeready.negotiate`` for this picture; a source that is lossless is tried
        losslessly too.

        Args:
            accept: The ``Accept`` header, several lines with commas between them; everything is accepted
                without one.
            formats: The formats that may be sent, the best first: of those that a client likes alike the
                first one counts. By default webp, jpeg, png.
            quality: The quality of a JPEG or a lossy WebP; that of its format by default; 1 to 100.
            save_data: Whether the client sent ``Save-Data: on``: quality is three quarters then. Either
                answer adds that header to ``Vary``.
            dpr: The client's ``DPR``, pixels of its screen to one of its page: resizes become so many times
                larger, by 1, 1.5, 2, 3 or 4. Adds the header to ``Vary``; 0 to 10.
            background: The ground for pictures with alpha, where the format has none; without one such
                formats are sent last; ``#rgb``, ``#rgba``, ``#rrggbb`` or ``#rrggbbaa``.
            strict: Whether ``not_acceptable`` is the answer to a client that accepts none of the formats, in
                place of the oldest one. Default false.

        Raises:
            InvalidOptionError: A word is none of these; a number that is out of its range is found by
                ``plan`` and ``run``.
            NotAcceptableError: By ``plan`` and ``run``: the client accepts none of the formats, with
                ``strict``.
            UnsupportedError: This build does not write a format; by ``plan`` and ``run``: none has sides as
                long as the picture's.

        Example:
            >>> picture = makeready.Pipeline.open(makeready.Image(8, 8, 3, bytes(192)))
            >>> output = picture.negotiate("image/webp,*/*;q=0.8").run()
            >>> output.format, output.vary
            ('webp', 'Accept')

        """
        return type(self)(
            self,
            "negotiate",
            {
                "accept": accept,
                "formats": formats,
                "quality": quality,
                "save_data": save_data,
                "dpr": dpr,
                "background": background,
                "strict": strict,
            },
        )
