"""A part of the class ``Pipeline``, which ``make types`` writes as a whole."""

from __future__ import annotations

from typing import Self

from ._native import Recipe
from ._types import ColourSpace, Meta, Priority, Shrink


class Pipeline(Recipe):
    """Sets something of the job as a whole."""

    __slots__ = ()

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
        max_pages: int | None = None,
        max_animation_pixels: int | None = None,
        max_memory: int | None = None,
        max_icc_bytes: int | None = None,
        max_exif_bytes: int | None = None,
    ) -> Self:
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
            max_pages: Pages of a file that has them; one is read. Default 10,000.
            max_animation_pixels: Pixels of a picture that moves: those of its canvas, times its frames.
                Default 1,000,000,000.
            max_memory: Bytes of memory a job may need by the plan's own bound. Default 512 MiB.
            max_icc_bytes: Bytes of a colour profile; a longer one is skipped, and the picture read all the
                same. Default 4 MiB.
            max_exif_bytes: Bytes of EXIF data, and of XMP, that are read; of longer data counts as much as
                lies within them, and it is not kept. Default 1 MiB.

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
        return type(self)(
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
                "max_pages": max_pages,
                "max_animation_pixels": max_animation_pixels,
                "max_memory": max_memory,
                "max_icc_bytes": max_icc_bytes,
                "max_exif_bytes": max_exif_bytes,
            },
        )

    def threads(self, count: int) -> Self:
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
        return type(self)(self, "threads", {"count": count})

    def deadline(self, seconds: float) -> Self:
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
        return type(self)(self, "deadline", {"seconds": seconds})

    def shrink(self, mode: Shrink) -> Self:
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
        return type(self)(self, "shrink", {"mode": mode})

    def colour(self, space: ColourSpace) -> Self:
        """Sets the colour space of the output; each input is converted from its own profile.

        Backgrounds and edges are converted with it. "keep" converts nothing, and files have the profile.

        Args:
            space: sRGB by default; display-p3, whose profile a file then has; keep for the space that all
                inputs share, with its profile: srgb, display-p3 or keep.

        Raises:
            InvalidOptionError: For any other word; by ``plan`` and ``run`` where inputs do not share a
                profile that is to be kept.

        Example:
            >>> red = makeready.Pipeline.open(makeready.Image(1, 1, 3, bytes([255, 0, 0])))
            >>> list(red.colour("display-p3").pixels().tobytes())
            [234, 51, 35]

        """
        return type(self)(self, "colour", {"space": space})

    def keep(self, *metadata: Meta) -> Self:
        """Keeps metadata of the first input that has them, cleaned; all are dropped by default.

        A call replaces the one before. EXIF data are written anew: only tags of the standards stay, without
        thumbnail, maker note and place, and they say the size and the orientation that the output has. What
        cannot be kept is left out, and ``Output.warnings`` says so.

        Args:
            metadata: Any of ``icc``, ``exif``, ``xmp``, ``copyright`` and ``gps``; each call says all of
                them.

        Raises:
            InvalidOptionError: For any other word; by ``plan`` and ``run`` for a GIF, which holds none of
                them.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 3, b"red"))
            >>> b"ICC_PROFILE" in dot.keep("icc").encode("jpeg").run().data
            True

        """
        return type(self)(self, "keep", {"metadata": metadata})

    def density(self, dpi: int) -> Self:
        """Writes a resolution into the file; the pixels stay as they are.

        JPEG has it in its JFIF segment, PNG in pHYs, in whole pixels a metre, WebP in EXIF data of its own.

        Args:
            dpi: Dots an inch, a whole number; 1 to 65,535.

        Raises:
            InvalidOptionError: By ``plan`` and ``run`` where it is out of its range, and for a GIF, which has
                no place for it.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 3, b"red"))
            >>> b"pHYs" in dot.density(300).encode("png").run().data
            True

        """
        return type(self)(self, "density", {"dpi": dpi})

    def priority(self, level: Priority) -> Self:
        """Gives the queue of jobs a hint.

        Jobs of ``run_async`` and ``run_all_async`` wait there; ``run`` does not.

        Args:
            level: The job goes as one of four times its predicted time, of that time, or of a quarter of it:
                low, normal or high.

        Raises:
            InvalidOptionError: The word is none of these.

        Example:
            >>> dot = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a"))
            >>> dot.priority("high").encode("png").run().width
            1

        """
        return type(self)(self, "priority", {"level": level})
