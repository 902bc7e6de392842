"""Jobs for asyncio: side by side, cancelled with their task, off the loop and off its default executor."""

import asyncio
import gc
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import makeready
import pytest
from makeready import Pipeline, _asyncio
from support import CORES, image, slow_job

SMALL = Pipeline.open(image("photo.jpg")).resize(40).encode("webp")


def test_many_at_a_time() -> None:
    async def main() -> list[bytes]:
        outputs = await asyncio.gather(*(SMALL.run_async() for _ in range(100)))
        return [output.data for output in outputs]

    assert set(asyncio.run(main())) == {SMALL.run().data}


def test_a_pass_and_an_error() -> None:
    async def main() -> None:
        outputs = await makeready.run_all_async([SMALL, SMALL.encode("png")])
        assert [output.format for output in outputs] == ["webp", "png"]
        with pytest.raises(makeready.UnsupportedError):
            await Pipeline.open(b"not an image").run_async()
        with pytest.raises(makeready.DeadlineError):
            await slow_job().deadline(0.05).run_async()

    asyncio.run(main())


async def went_on(start_job: Callable[[], "asyncio.Task[object]"]) -> float:
    """Cancel a task while its job runs, and give how long the job went on after that."""
    task = start_job()
    await asyncio.sleep(0.15)
    start = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - start < 0.1
    # All workers are free again when as many other jobs have run.
    await asyncio.gather(*(SMALL.run_async() for _ in range(2 * CORES)))
    return time.monotonic() - start


def test_to_cancel_the_task_is_to_cancel_the_job() -> None:
    async def main() -> None:
        jobs: list[Callable[[], asyncio.Task[object]]] = [
            lambda: asyncio.create_task(slow_job().run_async()),
            lambda: asyncio.create_task(makeready.run_all_async([slow_job().threads(1)])),
        ]
        for start_job in jobs:
            # The best of some rounds: other work on the machine may delay some.
            best = min([await went_on(start_job) for _ in range(3)])
            print(f"a cancelled job went on for {best * 1000:.0f} ms, small jobs after it included")
            assert best < 0.1

    start = time.monotonic()
    slow_job().run()
    assert time.monotonic() - start > 0.6, "the job is too short to be cancelled"
    asyncio.run(main())


def test_a_token_of_the_caller_cancels_too() -> None:
    async def main() -> None:
        token = makeready.CancelToken()
        task = asyncio.create_task(slow_job().cancel(token).run_async())
        await asyncio.sleep(0.1)
        token.cancel()
        with pytest.raises(makeready.JobCancelledError):
            await task

    asyncio.run(main())


def test_a_job_that_waits_is_never_run(capfd: pytest.CaptureFixture[str]) -> None:
    async def main() -> None:
        running = [asyncio.create_task(slow_job().run_async()) for _ in range(CORES)]
        waiting = asyncio.create_task(slow_job().run_async())
        await asyncio.sleep(0.05)
        for task in (waiting, *running):
            task.cancel()
        results = await asyncio.gather(waiting, *running, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results)

    start = time.monotonic()
    asyncio.run(main())
    assert time.monotonic() - start < 0.5


def test_the_default_executor_and_the_loop_stay_free() -> None:
    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        jobs = [asyncio.create_task(slow_job().run_async()) for _ in range(16)]
        await asyncio.sleep(0.05)
        start = time.monotonic()
        assert await asyncio.to_thread(lambda: "at once") == "at once"
        assert time.monotonic() - start < 0.3
        assert sum("makeready-asyncio" in thread.name for thread in threading.enumerate()) <= CORES
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)

    asyncio.run(main())


class Ended(BaseException):
    """An exception that no handler of exceptions sees."""


class Raising:
    """An object that looks like a pipeline, and raises when it is run."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def cancel(self, _token: makeready.CancelToken) -> "Raising":
        return self

    def run(self) -> None:
        raise self._error


async def raising(error: BaseException) -> None:
    job: Any = Raising(error)
    await asyncio.wait_for(_asyncio.run_async(job), 20)


@pytest.mark.parametrize("error", [Ended, asyncio.CancelledError, GeneratorExit, StopIteration])
def test_whatever_a_job_raises_is_raised_and_the_workers_go_on(error: type[BaseException]) -> None:
    expected = makeready.InternalError if error is StopIteration else error

    async def main() -> None:
        for _ in range(2 * CORES):
            with pytest.raises(expected):
                await raising(error())
        assert (await asyncio.wait_for(SMALL.run_async(), 20)).width == 40

    asyncio.run(main())


def test_a_job_that_exits_ends_the_loop() -> None:
    for error in (SystemExit, KeyboardInterrupt):
        with pytest.raises(error):
            asyncio.run(raising(error()))
    assert asyncio.run(SMALL.run_async()).width == 40


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> _asyncio._Workers:
    """Give the test workers of its own, of which none has started."""
    workers = _asyncio._Workers()
    monkeypatch.setattr(_asyncio, "_workers", workers)
    return workers


def no_thread(_thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


@pytest.mark.usefixtures("workers")
def test_threads_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", no_thread)
            for _ in range(2 * CORES):
                with pytest.raises(makeready.IoError, match="can't start new thread"):
                    await asyncio.wait_for(SMALL.run_async(), 20)
        # None of these was counted.
        jobs = [asyncio.create_task(slow_job().run_async()) for _ in range(CORES)]
        await asyncio.sleep(0.05)
        names = [thread.name for thread in threading.enumerate()]
        assert sum(f"makeready-asyncio-{2 * CORES + 1 + i}" in names for i in range(CORES)) == CORES
        # With a worker at least, no other is needed.
        for job in jobs[1:]:
            job.cancel()
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", no_thread)
            small = asyncio.create_task(SMALL.run_async())
            jobs[0].cancel()
            assert (await asyncio.wait_for(small, 20)).width == 40
        await asyncio.gather(*jobs, return_exceptions=True)

    asyncio.run(main())


def test_workers_that_die_are_replaced(
    workers: _asyncio._Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die() -> None:
        raise Ended

    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    ignored: list[BaseException] = []

    async def main() -> None:
        for _ in range(2 * CORES):
            workers.submit(_asyncio._Job(die, ignored.append))
            await asyncio.sleep(0.01)
        assert (await asyncio.wait_for(SMALL.run_async(), 20)).width == 40
        # The last one dies, and there is no other for the job that waits.
        for _ in range(CORES):
            workers.submit(_asyncio._Job(die, ignored.append))
        await asyncio.sleep(0.05)
        stop = threading.Event()

        def wait_and_die() -> None:
            stop.wait(20)
            raise Ended

        with monkeypatch.context() as patch:
            workers.submit(_asyncio._Job(wait_and_die, ignored.append))
            patch.setattr(threading.Thread, "start", no_thread)
            waiting = asyncio.create_task(SMALL.run_async())
            await asyncio.sleep(0.05)
            stop.set()
            with pytest.raises(makeready.IoError, match="can't start new thread"):
                await asyncio.wait_for(waiting, 20)
        assert (await asyncio.wait_for(SMALL.run_async(), 20)).width == 40

    asyncio.run(main())
    assert ignored == []


def test_a_loop_that_is_closed_before_the_job_ends() -> None:
    async def main() -> None:
        SMALL.run_async().close()
        asyncio.create_task(slow_job().deadline(0.2).run_async())  # noqa: RUF006
        await asyncio.sleep(0.05)

    asyncio.run(main())
    time.sleep(0.3)
    gc.collect()
    asyncio.run(SMALL.run_async())
