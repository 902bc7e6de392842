"""Results of runs, plans and probes: plain values, which can be compared and pickled."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from ._native import write_file
from ._value import Value

if TYPE_CHECKING:
    import os

    from ._types import Format, Layout


class Timings(Value):
    """Where the time of a pass went, in seconds. All outputs of ``run_all`` share one pass.

    Attributes:
        plan: Reading headers, planning, rewriting. Wall time.
        decode: Decoding. Like the stages below, summed over the threads it ran on.
        compose: Stitching, cropping, turning, converting.
        resample: Resampling.
        encode: Encoding.
        total: The whole pass. Wall time.

    """

    plan: float
    decode: float
    compose: float
    resample: float
    encode: float
    total: float


class Output(Value):
    """An encoded picture.

    Attributes:
        data: The file.
        format: Its format: jpeg, png, webp or gif.
        content_type: Its media type, ``"image/jpeg"`` for instance.
        width: Pixels in a row.
        height: Rows.
        frames: Frames: 1, or more where it moves.
        layout: Its channels: gray, gray+alpha, rgb or rgba. Gray stays gray, and alpha is there where the
            format holds it.
        vary: The value for a ``Vary`` header, where the format was negotiated; else None.
        warnings: The loss that ``on_error="recover"`` let pass, and the colour profiles that could not be used,
            a sentence for each. Empty where nothing was lost.
        timings: Where the time went.

    """

    _not_shown: ClassVar[frozenset[str]] = frozenset({"data", "timings"})
    _not_compared: ClassVar[frozenset[str]] = frozenset({"timings"})
    data: bytes
    format: str
    content_type: str
    width: int
    height: int
    frames: int
    layout: Layout
    vary: str | None
    warnings: tuple[str, ...]
    timings: Timings

    def save(self, path: str | os.PathLike[str], *, durable: bool = False) -> None:
        """Write the file, whole or not at all.

        It is written beside its place under another name and then put there: where something fails, the old
        file stays. Links are followed, and permissions of an old file kept.

        Args:
            path: Where to; a file that is there already is replaced, unless it may not be written. A device or
                a pipe is written to.
            durable: Wait until the disk has the file, so that it outlives a loss of power: milliseconds to
                tenths of a second.

        Raises:
            IoError: It cannot be written.

        Example:
            >>> import tempfile, os
            >>> output = makeready.Pipeline.open(makeready.Image(1, 1, 1, b"a")).encode("png").run()
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     output.save(os.path.join(folder, "dot.png"))
            ...     print(os.listdir(folder))
            ['dot.png']

        """
        write_file(path, self.data, durable)


class PlannedDecode(Value):
    """The decode of an input.

    Attributes:
        input: The input, counted from 0 in the order given.
        scale: It is decoded at 1/scale.
        region: The part that is decoded, ``(x, y, width, height)`` in pixels of the scaled picture.

    """

    input: int
    scale: int
    region: tuple[int, int, int, int]


class Planned(Value):
    """The output and the cost of a run, told from headers alone.

    Attributes:
        width: Width of the output in pixels.
        height: Height of the output in pixels.
        format: Format of the output; of a negotiated one that of the first of the files to choose from.
        frames: Frames of the output: 1, or more where it moves.
        duration: Milliseconds that its frames are shown, all together; 0 of a still picture.
        layout: Channels of the output, in the words of ``Output.layout``.
        peak_memory: No run of this plan holds more bytes than this at a time, its output included; input bytes
            that the caller owns are not counted.
        cost: About how many microseconds of one core a run takes: a measure to compare jobs by, as cores
            differ.
        looks: Pictures that a run looks at first, for ``trim``, ``normalize`` and covers by attention or
            entropy. Where there are any, size, memory, cost and decodes are those of a picture that nothing is
            trimmed off and that is cut in the middle; a run may have others.
        decodes: The decodes of each input, in the order of the plan.

    """

    width: int
    height: int
    format: str
    frames: int
    duration: int
    layout: Layout
    peak_memory: int
    cost: int
    looks: int
    decodes: list[PlannedDecode]


class Exif(Value):
    """The EXIF fields that people sort pictures by; each is None where the file has none that makes sense.

    Attributes:
        taken: Local time at which it was taken, as 2026-05-17T16:30:05; with the offset, +02:00, where the file
            has it.
        make: The maker of the camera, 200 characters at the most.
        model: The model of the camera, 200 characters at the most.
        latitude: Degrees north, -90 to 90.
        longitude: Degrees east, -180 to 180.
        altitude: Metres above the sea, or below 0 beneath it.

    """

    taken: str | None
    make: str | None
    model: str | None
    latitude: float | None
    longitude: float | None
    altitude: float | None


class Probe(Value):
    """The facts in the header of an input.

    Attributes:
        format: Its name, or raw; told by the first bytes, never by the name of a file.
        width: Pixels in a row, as stored: before the orientation.
        height: Rows, as stored: before the orientation.
        orientation: The EXIF orientation, 1 to 8; 1 where there is none. XMP's where EXIF says none.
        layout: The layout of its pixels as they are read, or cmyk of inks as they are stored.
        has_alpha: Whether pixels can be clear.
        bits: Bits of a stored sample, 1 to 16; with a palette those of an index.
        pages: Pages or frames, 1 or more.
        animated: Whether it moves: it has several frames.
        duration: Milliseconds that its frames are shown, all together; 0 of a still picture.
        loop: How often its frames are played, 0 for ever; None of a still picture.
        density: Dots an inch across, to the nearest whole one: the format's own (JFIF, pHYs), else EXIF's.
        profile: The name of its colour profile, as far as it is plain ASCII and 40 characters at the most.
            sRGB, cICP, Display P3, gAMA and cHRM of a PNG that tells its colours by these; None of a profile
            that cannot be read.
        progressive: Whether it shows coarsely before it is read whole: a progressive JPEG, an interlaced PNG or
            GIF.
        subsampling: How much finer luma is stored than chroma, 4:2:0 for example; None where there is no
            chroma, or no name for it.
        exif: The EXIF fields where they were asked for and the file has EXIF data.

    """

    format: str
    width: int
    height: int
    orientation: int
    layout: Layout | Literal["cmyk"]
    has_alpha: bool
    bits: int
    pages: int
    animated: bool
    duration: int
    loop: int | None
    density: int | None
    profile: str | None
    progressive: bool
    subsampling: str | None
    exif: Exif | None


class ChannelStats(Value):
    """Figures of a channel, whose samples are 0 to 255.

    Attributes:
        min: The least sample.
        max: The greatest sample.
        mean: The mean of the samples.
        deviation: Their standard deviation.

    """

    min: int
    max: int
    mean: float
    deviation: float


class Stats(Value):
    """Figures of what a picture shows.

    Attributes:
        channels: Figures of each channel, in the order of the layout: alpha is the last.
        is_opaque: Whether alpha, if there is any, is 255 everywhere.
        entropy: How many bits tell the luma of a pixel, in the mean, if pixels knew nothing of one another: 0
            where all are alike, 8 where all 256 shades are as frequent.
        sharpness: How far pixels are from those around them: the standard deviation of the Laplacian of the
            luma, which is the sum of the pixels above, below, left and right less four times the pixel. At the
            edges the picture goes on as it ends.
        dominant: The most frequent colour, ``"#c04010"`` for instance: the mean of the pixels in the fullest of
            4,096 equal cubes of colours. Clear pixels do not count; where all are, it is ``"#00000000"``.

    """

    channels: tuple[ChannelStats, ...]
    is_opaque: bool
    entropy: float
    sharpness: float
    dominant: str


class Negotiated(Value):
    """The answer to a client.

    Attributes:
        format: The format to send.
        vary: The value for a ``Vary`` header.
        token: A few letters that stand for all that counts of the client, for cache keys: clients with the same
            token are given the same answer. There are at most a few hundred.
        quality: The quality to encode with, where one was said or is to be lowered; else None.
        dpr: The factor for widths and heights: 1, 1.5, 2, 3 or 4.
        lossless: A format to try losslessly as well, to send the smaller file, for lossless sources; else None.

    """

    format: Format
    vary: str
    token: str
    quality: int | None
    dpr: float
    lossless: Format | None


class Percentiles(Value):
    """Times of jobs in seconds, within 5 %.

    Attributes:
        p50: Half of the jobs took no longer.
        p95: 95 of 100 took no longer.
        p99: 99 of 100 took no longer.
        max: The longest.

    """

    p50: float
    p95: float
    p99: float
    max: float


class JobStats(Value):
    """The jobs of the process so far.

    Attributes:
        running: Jobs that run.
        waiting: Jobs that wait.
        reserved: Bytes that running jobs may hold together, by the bounds of their plans.
        budget: Bytes that they may hold at most.
        done: Jobs that gave their outputs.
        failed: Jobs that ended with an error, by its code.
        refused: Jobs that were refused as ``busy``; they are not among those that failed.
        predicted_wait: Seconds that a job handed in now would wait.
        wait: Times from the hand-in of a job to its start.
        run: Times from the start of a job to its end.

    """

    _not_shown: ClassVar[frozenset[str]] = frozenset({"_text"})
    running: int
    waiting: int
    reserved: int
    budget: int
    done: int
    failed: dict[str, int]
    refused: int
    predicted_wait: float
    wait: Percentiles
    run: Percentiles
    _text: str

    def prometheus(self) -> str:
        """Give the figures as a text that Prometheus reads.

        Returns:
            Lines of the text format, version 0.0.4.

        Example:
            >>> "# TYPE makeready_jobs_running gauge" in makeready.job_stats().prometheus()
            True

        """
        return self._text
