"""Jobs for asyncio: side by side, cancelled with their task, off the loop and off its default executor."""

import asyncio
import gc
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import makeready
import pytest
from makeready import Pipeline
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
        # No thread of Python runs them.
        assert not any("makeready" in thread.name for thread in threading.enumerate())
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)

    asyncio.run(main())


def test_a_loop_that_is_closed_before_the_job_ends() -> None:
    async def main() -> None:
        SMALL.run_async().close()
        asyncio.create_task(slow_job().deadline(0.2).run_async())  # noqa: RUF006
        await asyncio.sleep(0.05)

    asyncio.run(main())
    time.sleep(0.3)
    gc.collect()
    asyncio.run(SMALL.run_async())


def descriptors_at_rest() -> int:
    """Tell how many files this process has open once the number stays."""
    # A job that was cancelled holds its loop's until it has stopped.
    looks: list[int] = []
    end = time.monotonic() + 10
    while time.monotonic() < end:
        gc.collect()
        looks.append(len(list(Path("/dev/fd").iterdir())))
        if not makeready.job_stats().running and len(set(looks[-20:])) == 1 and len(looks) >= 20:
            break
        time.sleep(0.01)
    return looks[-1]


def test_loops_that_end_leave_nothing() -> None:
    # The first loop starts the threads of the queue.
    async def main() -> None:
        left = asyncio.create_task(slow_job().run_async())
        assert (await SMALL.run_async()).width == 40
        left.cancel()

    asyncio.run(main())
    before = descriptors_at_rest()
    for _ in range(50):
        asyncio.run(main())
    assert descriptors_at_rest() == before


def test_more_ends_than_a_socket_holds() -> None:
    job = Pipeline.open(makeready.Image(1, 1, 1, b"x")).encode("png")

    async def main() -> int:
        jobs = [asyncio.create_task(job.run_async()) for _ in range(900)]
        await asyncio.sleep(0)
        # Meanwhile all of them end, and the loop cannot look.
        time.sleep(1)
        return len({output.data for output in await asyncio.gather(*jobs)})

    assert asyncio.run(main()) == 1
