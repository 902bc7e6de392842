"""The pipeline: its calls by name go to the core. ``make types`` writes its parts, the bases of the class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

from . import _combinations, _geometry, _inputs, _neighbourhood, _operations, _output, _settings
from ._native import Definition

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from ._native import CancelToken, Image
    from ._results import Output, Planned
    from ._types import Input


@final
class Pipeline(
    _inputs.Pipeline,
    _geometry.Pipeline,
    _operations.Pipeline,
    _neighbourhood.Pipeline,
    _combinations.Pipeline,
    _output.Pipeline,
    _settings.Pipeline,
):
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
