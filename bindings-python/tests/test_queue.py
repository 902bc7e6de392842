"""The library's own queue: settings, refusals, figures."""

import asyncio
import os
import subprocess
import sys
import textwrap
import time

import makeready
import pytest
from makeready import Pipeline
from support import ROOT, image, slow_job

SMALL = Pipeline.open(image("photo.jpg")).resize(40).encode("webp")


def script(text: str, **environment: str) -> str:
    """Run a program of its own, as settings are made once a process."""
    path = f"{ROOT / 'bindings-python' / 'tests'}"
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(text)],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_figures() -> None:
    before = makeready.job_stats()
    assert asyncio.run(SMALL.run_async()).data == SMALL.run().data
    with pytest.raises(makeready.UnsupportedError):
        asyncio.run(Pipeline.open(b"not an image").run_async())
    after = makeready.job_stats()
    assert after.done - before.done == 2
    assert after.failed["unsupported"] - before.failed.get("unsupported", 0) == 1
    assert (after.running, after.waiting, after.reserved) == (0, 0, 0)
    assert 0 < after.run.p50 <= after.run.p95 <= after.run.p99 <= after.run.max
    assert f"makeready_jobs_done_total {after.done}\n" in after.prometheus()


def test_settings_are_made_once() -> None:
    text = """
        import makeready
        makeready.configure(memory=64 << 20, queue=3, threads=1, nice=2)
        print(makeready.job_stats().budget >> 20)
        try:
            makeready.configure(queue=4)
        except makeready.InvalidOptionError as error:
            print(error)
    """
    assert script(text) == "64\nconfigure is called once, before the first job of the process"


@pytest.mark.parametrize("value", [-1, 2**64])
def test_a_setting_out_of_its_range(value: int) -> None:
    for setting in ["memory", "threads", "nice"]:
        with pytest.raises(makeready.InvalidOptionError, match=f"^configure {setting} is "):
            makeready.configure(**{setting: value})


def test_settings_of_the_environment() -> None:
    text = "import makeready; print(makeready.job_stats().budget)"
    assert script(text, MAKEREADY_MEMORY="12345678") == "12345678"
    text = """
        import makeready
        from support import slow_job
        try:
            slow_job().run()
        except makeready.InvalidOptionError as error:
            print(error)
    """
    found = script(text, MAKEREADY_NICE="20")
    assert found == "configure nice is 0 to 19, found 20"
    found = script(text, MAKEREADY_THREADS="many")
    assert found == 'MAKEREADY_THREADS is a whole number, found "many"'
    if os.name == "posix":
        found = script(text, MAKEREADY_MEMORY="\udcff")
        assert found == r'MAKEREADY_MEMORY is a whole number, found "\xFF"'


def test_busy_says_when_to_try_again() -> None:
    text = """
        import asyncio, makeready
        from support import slow_job
        makeready.configure(queue=2)

        async def main():
            jobs = [asyncio.create_task(slow_job().run_async()) for _ in range(12)]
            done, rest = await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
            for job in rest:
                job.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
            refused = [job.exception() for job in done]
            assert all(isinstance(error, makeready.BusyError) for error in refused), refused
            assert all(error.retry_after >= 1 for error in refused)
            assert makeready.job_stats().refused >= len(refused)
            print(len(refused) > 0)

        asyncio.run(main())
    """
    assert script(text) == "True"


def test_short_jobs_do_not_wait_for_long_ones() -> None:
    async def main() -> list[float]:
        jobs = [asyncio.create_task(slow_job().run_async()) for _ in range(6)]
        await asyncio.sleep(0.05)
        times = []
        for _ in range(20):
            start = time.monotonic()
            await SMALL.run_async()
            times.append(time.monotonic() - start)
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        return sorted(times)

    times = asyncio.run(main())
    # A long one takes most of a second.
    assert times[10] < 0.1, times


def test_a_word_that_is_no_priority() -> None:
    assert SMALL.priority("high").run().width == 40
    with pytest.raises(makeready.InvalidOptionError, match="low, normal, high"):
        SMALL.priority("urgent")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
