"""The pipeline: its calls by name go to the core. ``make types`` writes the lines between the marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

from ._native import Definition, Recipe

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Mapping, Sequence

    from ._native import CancelToken, Image
    from ._results import Output, Planned

    # <write-types: types>
    from ._types import (
        Filter,
        Fit,
        Format,
        Input,
        Kernel,
        OnError,
        Position,
        Priority,
        Shrink,
        Subsampling,
    )
    # </write-types>


@final
class Pipeline(Recipe):
    """A recipe: inputs, the operations on them in the order written, and the output.

    Begin with ``Pipeline.open`` or ``Pipeline.stitch``. Calls only record; each gives a new pipeline and leaves
    the old one as it was. Nothing is read before ``plan``, ``explain``, ``run`` or ``pixels``, which also
    check all options, once. A pipeline may be used by any number of threads at the same time.

    Pipelines are equal when they were made by the same calls. They can be pickled, with their inputs: the bytes
    of files, paths as they are, and pixels; not with a cancel token.

    Example:
        >>> tile = makeready.Image(40, 30, 3, bytes(3600))
        >>> page = makeready.Pipeline.stitch([tile] * 4, across=2)
        >>> preview = page.resize(16, 12).encode("jpeg", quality=80).run()
        >>> preview.width, preview.height, preview.content_type
        (16, 12, 'image/jpeg')

    """

    __slots__ = ()

    # <write-types: calls>
    @staticmethod
    def open(
        source: Input,
        *,
        page: int | None = None,
        animated: bool | None = None,
        auto_orient: bool | None = None,
        on_error: OnError | None = None,
    ) -> Pipeline:
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

        Raises:
            InvalidOptionError: An array or a Pillow image has a type or shape that is no picture, or a buffer
                has items that are no bytes.
            IoError: There is no memory for a copy.
            TypeError: The source is nothing of these.

        Example:
            >>> makeready.Pipeline.open(makeready.Image(4, 2, 1, bytes(8))).plan().width
            4

        """
        return Pipeline(
            None,
            "open",
            {
                "source": source,
                "page": page,
                "animated": animated,
                "auto_orient": auto_orient,
                "on_error": on_error,
            },
        )

    @staticmethod
    def stitch(
        inputs: Iterable[Input | Pipeline],
        *,
        across: int | None = None,
        canvas: Sequence[int] | None = None,
        gap: int | None = None,
        at: Iterable[Sequence[int]] | None = None,
        background: str | None = None,
        position: Position | None = None,
    ) -> Pipeline:
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
            position: Where a smaller input lies in its cell of a grid: centre (default), north, north_east,
                east, south_east, south, south_west, west or north_west.

        Raises:
            InvalidOptionError: A value is none of these; neither or both of ``across`` and ``canvas``.

        Example:
            >>> dot = makeready.Image(1, 1, 1, bytes([200]))
            >>> row = makeready.Pipeline.stitch([dot, dot], across=2, gap=1, background="#fff")
            >>> list(row.pixels().tobytes())
            [200, 255, 200]

        """
        return Pipeline(
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

    def resize(
        self,
        width: int | None = None,
        height: int | None = None,
        *,
        fit: Fit | None = None,
        position: Position | None = None,
        kernel: Kernel | None = None,
        without_enlargement: bool | None = None,
        linear: bool | None = None,
        background: str | None = None,
    ) -> Pipeline:
        """Resizes to a box, of which either side may be left out.

        Args:
            width: Width in pixels, which follows from the height where it is left out; 1 to 65,535.
            height: Height in pixels, which follows from the width where it is left out; 1 to 65,535.
            fit: How the picture meets the box when both sides are given: cover (default), contain, fill,
                inside or outside.
            position: Which part stays with cover, where the picture lies with contain: centre (default),
                north, north_east, east, south_east, south, south_west, west or north_west.
            kernel: The interpolation kernel: nearest, linear, cubic, mitchell, lanczos2 or lanczos3
                (default).
            without_enlargement: Whether the picture is never made larger, so that the output may be smaller
                than the box. Default false.
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
        return Pipeline(
            self,
            "resize",
            {
                "width": width,
                "height": height,
                "fit": fit,
                "position": position,
                "kernel": kernel,
                "without_enlargement": without_enlargement,
                "linear": linear,
                "background": background,
            },
        )

    def crop(self, x: int, y: int, width: int, height: int) -> Pipeline:
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
        return Pipeline(self, "crop", {"x": x, "y": y, "width": width, "height": height})

    def rotate(self, degrees: int) -> Pipeline:
        """Turns clockwise.

        Args:
            degrees: Degrees: 90, 180 or 270.

        Raises:
            InvalidOptionError: For any other angle.

        Example:
            >>> row = makeready.Pipeline.open(makeready.Image(2, 1, 1, b"ab"))
            >>> row.rotate(90).pixels().shape
            (2, 1)

        """
        return Pipeline(self, "rotate", {"degrees": degrees})

    def flip(self) -> Pipeline:
        """Exchanges top and bottom.

        Example:
            >>> makeready.Pipeline.open(makeready.Image(1, 2, 1, b"ab")).flip().pixels().tobytes()
            b'ba'

        """
        return Pipeline(self, "flip", {})

    def flop(self) -> Pipeline:
        """Exchanges left and right.

        Example:
            >>> makeready.Pipeline.open(makeready.Image(2, 1, 1, b"ab")).flop().pixels().tobytes()
            b'ba'

        """
        return Pipeline(self, "flop", {})

    def flatten(self, background: str | None = None) -> Pipeline:
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
        return Pipeline(self, "flatten", {"background": background})

    def extend(
        self,
        *,
        top: int | None = None,
        right: int | None = None,
        bottom: int | None = None,
        left: int | None = None,
        background: str | None = None,
    ) -> Pipeline:
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
        return Pipeline(
            self,
            "extend",
            {"top": top, "right": right, "bottom": bottom, "left": left, "background": background},
        )

    def encode(
        self,
        format: Format,
        *,
        quality: int | None = None,
        subsampling: Subsampling | None = None,
        progressive: bool | None = None,
        optimize_coding: bool | None = None,
        max_bytes: int | None = None,
        compression_level: int | None = None,
        filter: Filter | None = None,
        palette: bool | None = None,
        colours: int | None = None,
        dither: float | None = None,
        loop: int | None = None,
        delay: int | None = None,
        lossless: bool | None = None,
        effort: int | None = None,
        mixed: bool | None = None,
    ) -> Pipeline:
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
            lossless: WebP: Whether every sample comes back as it was. Default false.
            effort: WebP: How hard to try, from fast to smallest; 0 to 6. Default 4.
            mixed: WebP: Makes each frame of a film lossy or lossless, whichever is smaller. Default false.

        Raises:
            InvalidOptionError: A word is none of these, or the format has no such option; a number that is
                out of its range is found by ``plan`` and ``run``.
            UnsupportedError: This build does not write the format.

        Example:
            >>> picture = makeready.Pipeline.open(makeready.Image(8, 8, 3, bytes(192)))
            >>> picture.encode("webp", lossless=True).run().content_type
            'image/webp'

        """
        return Pipeline(
            self,
            "encode",
            {
                "format": format,
                "quality": quality,
                "subsampling": subsampling,
                "progressive": progressive,
                "optimize_coding": optimize_coding,
                "max_bytes": max_bytes,
                "compression_level": compression_level,
                "filter": filter,
                "palette": palette,
                "colours": colours,
                "dither": dither,
                "loop": loop,
                "delay": delay,
                "lossless": lossless,
                "effort": effort,
                "mixed": mixed,
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
    ) -> Pipeline:
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
        return Pipeline(
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

    def limits(
        self,
        *,
        max_input_bytes: int | None = None,
        max_input_pixels: int | None = None,
        max_input_side: int | None = None,
        max_inputs: int | None = None,
        max_total_pixels: int | None = None,
        max_output_pixels: int | None = None,
        max_output_side: int | None = None,
        max_outputs: int | None = None,
        max_work: int | None = None,
        max_jpeg_scans: int | None = None,
        max_jpeg_scan_pixels: int | None = None,
        max_frames: int | None = None,
        max_animation_pixels: int | None = None,
        max_memory: int | None = None,
        max_icc_bytes: int | None = None,
        max_exif_bytes: int | None = None,
    ) -> Pipeline:
        """Sets what the job may cost; limits that are not given have their defaults.

        A second call takes the place of the first.

        Args:
            max_input_bytes: Bytes of an input file. Default 64 MiB.
            max_input_pixels: Pixels of an input. Default 100,000,000.
            max_input_side: Width or height of an input in pixels. Default 65,535.
            max_inputs: Inputs of a job. Default 64.
            max_total_pixels: Pixels of all inputs together. Default 400,000,000.
            max_output_pixels: Pixels of an output, and of every picture on the way to it that a stitch, a
                resize, a crop or an extend makes, as the pipeline is written. Default 100,000,000.
            max_output_side: Width or height in pixels of an output, and of those pictures on the way to it.
                Default 65,535.
            max_outputs: Outputs of a pass of several pipelines. Default 1,000.
            max_work: Pixels that a pass makes: those of every picture on the way, decoded ones and outputs
                included, as the plan will run, without what decoders leave out. Default 4,000,000,000.
            max_jpeg_scans: Scans of a JPEG. Default 100.
            max_jpeg_scan_pixels: Scans times pixels of a JPEG. Default 2,000,000,000.
            max_frames: Frames of a picture that moves. Default 1,000.
            max_animation_pixels: Pixels of a picture that moves: those of its canvas, times its frames.
                Default 1,000,000,000.
            max_memory: Bytes of memory a job may need by the plan's own bound. Default 512 MiB.
            max_icc_bytes: Bytes of a colour profile; a longer one is skipped, and the picture read all the
                same. Default 4 MiB.
            max_exif_bytes: Bytes of EXIF data that are read; of longer data the orientation counts if it lies
                within them. Default 1 MiB.

        Raises:
            InvalidOptionError: A number is negative or too large for any picture.

        Example:
            >>> picture = makeready.Pipeline.open(makeready.Image(100, 100, 1, bytes(10_000)))
            >>> try:
            ...     picture.limits(max_input_pixels=5_000).plan()
            ... except makeready.LimitExceededError as error:
            ...     print(error.limit)
            max_input_pixels

        """
        return Pipeline(
            self,
            "limits",
            {
                "max_input_bytes": max_input_bytes,
                "max_input_pixels": max_input_pixels,
                "max_input_side": max_input_side,
                "max_inputs": max_inputs,
                "max_total_pixels": max_total_pixels,
                "max_output_pixels": max_output_pixels,
                "max_output_side": max_output_side,
                "max_outputs": max_outputs,
                "max_work": max_work,
                "max_jpeg_scans": max_jpeg_scans,
                "max_jpeg_scan_pixels": max_jpeg_scan_pixels,
                "max_frames": max_frames,
                "max_animation_pixels": max_animation_pixels,
                "max_memory": max_memory,
                "max_icc_bytes": max_icc_bytes,
                "max_exif_bytes": max_exif_bytes,
            },
        )

    def threads(self, count: int) -> Pipeline:
        """Sets the threads the job may use at a time.

        The threads are shared by all jobs of the process. The bytes of the output never depend on it.
        Default: as many as the machine has cores.

        Args:
            count: How many, 1 to 1024; 1 runs on the calling thread alone.

        Raises:
            InvalidOptionError: By ``plan`` and ``run``, where it is out of its range.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a"))
            >>> dot.threads(1).pixels().tobytes()
            b'a'

        """
        return Pipeline(self, "threads", {"count": count})

    def deadline(self, seconds: float) -> Pipeline:
        """Stops the job with a ``timeout`` error when it has run, planned or explained so long.

        Args:
            seconds: Seconds, 0 or more.

        Raises:
            InvalidOptionError: A number is negative, or none.

        Example:
            >>> makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a")).deadline(0).run()
            Traceback (most recent call last):
            makeready.DeadlineError: the deadline of the job has passed

        """
        return Pipeline(self, "deadline", {"seconds": seconds})

    def shrink(self, mode: Shrink) -> Pipeline:
        """Sets how much of a shrink the decoders may take over, where they can decode at 1/2, 1/4 or 1/8.

        Args:
            mode: The least factor that is left to the resampler: 2 with balanced, the default, 1 with fast,
                all with off: off, balanced or fast.

        Raises:
            InvalidOptionError: For any other word.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a"))
            >>> dot.shrink("fast").pixels().tobytes()
            b'a'

        """
        return Pipeline(self, "shrink", {"mode": mode})

    def priority(self, level: Priority) -> Pipeline:
        """Gives the queue of jobs a hint.

        Jobs of ``run_async`` and ``run_all_async`` wait there; ``run`` does not.

        Args:
            level: Whether the job goes as one of four times its predicted time, of that time, or of a quarter
                of it: low, normal or high.

        Raises:
            InvalidOptionError: The word is none of these.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a"))
            >>> dot.priority("high").encode("png").run().width
            1

        """
        return Pipeline(self, "priority", {"level": level})

    # </write-types>

    def cancel(self, token: CancelToken) -> Pipeline:
        """Stops the job with a ``cancelled`` error when the token is cancelled.

        A job may have several tokens, each of which stops it.

        Args:
            token: A ``CancelToken``.

        Example:
            >>> token = makeready.CancelToken()
            >>> job = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a")).cancel(token)
            >>> job.pixels().tobytes()
            b'a'

        """
        return Pipeline(self, "cancel", {"token": token})

    def optimizations(self, every: bool = True, /, **rules: bool) -> Pipeline:
        """Switches rewrite rules of the plan on or off. All are on by default.

        Args:
            every: All rules at once.
            rules: Single rules by name, see ``optimization_names``.

        Raises:
            InvalidOptionError: There is no rule of that name.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a"))
            >>> as_written = dot.optimizations(False)
            >>> all_but_one = dot.optimizations(merge_crops=False)
            >>> only_one = dot.optimizations(False, merge_crops=True)

        """
        return Pipeline(self, "optimizations", {"all": every, **rules})

    def to_json(self) -> str:
        """Writes the definition as JSON, in one order and without options at their default.

        Sources are in it by their names: those of ``from_json``, the path of a file, and ``input-0``,
        ``input-1`` for others. Cancel tokens are left out.

        Returns:
            JSON, for ``from_json`` of any language.

        Raises:
            InvalidOptionError: An option is out of its range, an input of a stitch has an encode or a setting
                of the job, or the text would be more than 16 MiB or have more than 262,144 values.

        Example:
            >>> makeready.Pipeline.open("page.jpg").resize(80, 60).to_json()
            '{"version":1,"input":"page.jpg","ops":[{"op":"resize","width":80,"height":60}]}'

        """
        return self._to_json()

    @staticmethod
    def from_json(text: str, sources: Mapping[str, Input]) -> Pipeline:
        """Reads the pipeline of a definition.

        Args:
            text: JSON.
            sources: Its inputs by their names, each anything that ``open`` takes; more than it uses is fine. A
                name without a source is an error also where it reads as a path: a definition alone reaches
                no file.

        Raises:
            InvalidOptionError: With the place as a JSON path, or as line and column of a text that is no JSON;
                also where there are several outputs, which ``pipelines_from_json`` reads.
            UnsupportedError: This build does not write the format.
            TypeError: A source is nothing that ``open`` takes.

        Example:
            >>> text = '{"version": 1, "input": "tile", "ops": [{"op": "resize", "width": 4}]}'
            >>> tile = makeready.Image(8, 6, 1, bytes(48))
            >>> makeready.Pipeline.from_json(text, sources={"tile": tile}).plan().height
            3

        """
        return Pipeline(None, "from_json", {"text": text, "sources": sources})

    # How an output of a definition is unpickled.
    @staticmethod
    def _output(definition: Definition, index: int) -> Pipeline:
        return Pipeline(None, "_output", {"definition": definition, "index": index})

    def plan(self) -> Planned:
        """Reads the headers of the inputs and gives the output and the cost of a run; decodes nothing.

        Returns:
            A ``Planned``: size and format of the output, ``peak_memory`` in bytes, ``cost`` in microseconds of
            one core, and the scale and region of each decode.

        Raises:
            MakereadyError: As ``run``, for everything that headers tell.

        Example:
            >>> plan = makeready.Pipeline.open(makeready.Image(64, 48, 3, bytes(9216))).resize(16).plan()
            >>> plan.width, plan.height, plan.format
            (16, 12, 'png')

        """
        return self._plan()

    def explain(self) -> str:
        """Shows the plan as written and as it will run.

        Returns:
            Text of several lines, for people.

        Raises:
            MakereadyError: As ``plan``.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a"))
            >>> print(dot.flip().flip().explain().splitlines()[-3])
            rules applied: drop_noops x1, fold_orientation x1

        """
        return self._explain()

    def run(self) -> Output:
        r"""Runs the pipeline. Other Python threads go on meanwhile.

        On the main thread the exception of a signal handler, ``KeyboardInterrupt`` for instance, stops the job
        and leaves the call, here and in ``pixels`` and ``run_all``.

        Returns:
            An ``Output`` with the file as ``data``.

        Raises:
            MakereadyError: Any of its subclasses, with the index of the input at fault as ``input``.

        Example:
            >>> output = makeready.Pipeline.open(makeready.Image(8, 8, 3, bytes(192))).encode("png").run()
            >>> output.data[:4], output.format, output.width
            (b'\x89PNG', 'png', 8)

        """
        return self._run()

    def run_async(self) -> Coroutine[Any, Any, Output]:
        """Runs the pipeline for asyncio; to cancel the task is to cancel the job.

        Jobs run on threads of their own, one a core, and not on threads of the loop's default executor; more
        jobs wait in the order they came. A deadline counts from the start of the job.

        Returns:
            A coroutine that gives an ``Output``.

        Raises:
            MakereadyError: As ``run``, when it is awaited.

        Example:
            >>> import asyncio
            >>> job = makeready.Pipeline.open(makeready.Image(8, 8, 3, bytes(192))).encode("png")
            >>> asyncio.run(job.run_async()).width
            8

        """
        # Here and not at import: asyncio takes longer to import than all of this package.
        from ._asyncio import run_async

        return run_async(self)

    def pixels(self) -> Image:
        """Runs the pipeline without its encode.

        Returns:
            An ``Image``: the pixels, which NumPy and Pillow read without a copy.

        Raises:
            MakereadyError: As ``run``.

        Example:
            >>> makeready.Pipeline.open(makeready.Image(2, 1, 1, b"ab")).pixels()
            <makeready.Image 2x1 gray>

        """
        return self._pixels()


def pipelines_from_json(text: str, sources: Mapping[str, Input]) -> list[Pipeline]:
    """Reads a pipeline for each output of a definition, for ``run_all``.

    Args:
        text: JSON.
        sources: As of ``Pipeline.from_json``.

    Returns:
        The pipelines, in the order of the outputs; one where the definition has no ``outputs``.

    Raises:
        MakereadyError: As ``Pipeline.from_json``.
        TypeError: A source is nothing that ``Pipeline.open`` takes.

    Example:
        >>> text = '''{"version": 1, "input": "tile", "outputs": [
        ...     {"encode": {"format": "jpeg"}},
        ...     {"ops": [{"op": "resize", "width": 4}], "encode": {"format": "webp"}}
        ... ]}'''
        >>> tile = makeready.Image(8, 6, 1, bytes(48))
        >>> jobs = makeready.pipelines_from_json(text, sources={"tile": tile})
        >>> [(output.format, output.width) for output in makeready.run_all(jobs)]
        [('jpeg', 8), ('webp', 4)]

    """
    definition = Definition(text, sources)
    outputs = [{"definition": definition, "index": index} for index in range(len(definition))]
    return [Pipeline(None, "_output", output) for output in outputs]
