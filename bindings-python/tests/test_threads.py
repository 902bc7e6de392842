"""Jobs run without the GIL: threads scale, and a pipeline may be used by many."""

import multiprocessing
import threading
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor

import makeready
import pytest
from makeready import Pipeline
from support import CORES, image, slow_job

JOBS = 24
MOST_SECONDS = 40.0


def seconds(executor: Executor, job: Pipeline, workers: int) -> float:
    """Give the time that the jobs take on workers that have started."""
    list(executor.map(time.sleep, [0.005] * workers))
    start = time.perf_counter()
    for future in [executor.submit(job.run) for _ in range(JOBS)]:
        future.result()
    return time.perf_counter() - start


@pytest.mark.skipif(CORES < 2, reason="this machine has 1 core, where nothing can scale")
def test_threads_scale() -> None:
    job = Pipeline.open(image("photo.jpg")).resize(1000).encode("jpeg", quality=90).threads(1)
    best, processes, end = 0.0, 0.0, time.monotonic() + MOST_SECONDS
    context = multiprocessing.get_context("forkserver")
    with (
        ThreadPoolExecutor(1) as one,
        ThreadPoolExecutor(8) as eight,
        ProcessPoolExecutor(CORES, mp_context=context) as others,
    ):
        # Other work on the machine takes cores away: the best round counts, in which the time of one thread is
        # the shorter one of before and after.
        while best < 1.75 and time.monotonic() < end:
            before = seconds(one, job, 1)
            together = seconds(eight, job, 8)
            alone = min(before, seconds(one, job, 1))
            best = max(best, alone / together)
            processes = max(processes, alone / seconds(others, job, CORES))
    print(
        f"8 threads against 1: {best:.2f}; {CORES} processes, which share no GIL: {processes:.2f}"
    )
    if best < 1.7 and processes < 1.5:
        pytest.skip(f"this machine is too busy: even processes scale only {processes:.2f} times")
    assert best >= 1.7


def test_python_goes_on_during_a_job() -> None:
    token = makeready.CancelToken()
    job = slow_job().cancel(token)

    def run() -> None:
        with pytest.raises(makeready.JobCancelledError):
            job.run()

    running = threading.Thread(target=run)
    running.start()
    start, longest, last = time.monotonic(), 0.0, time.monotonic()
    while time.monotonic() - start < 0.3:
        now = time.monotonic()
        longest, last = max(longest, now - last), now
    token.cancel()
    stopped = time.monotonic()
    running.join()
    assert time.monotonic() - stopped < 0.5
    assert longest < 0.2, longest


def test_many_threads_share_a_pipeline() -> None:
    job = Pipeline.open(image("photo.jpg")).resize(50).encode("webp")
    with ThreadPoolExecutor(32) as pool:
        outputs = {future.result().data for future in [pool.submit(job.run) for _ in range(200)]}
    assert len(outputs) == 1


def test_a_deadline_stops_a_job() -> None:
    start = time.monotonic()
    with pytest.raises(makeready.DeadlineError):
        slow_job().deadline(0.05).run()
    assert time.monotonic() - start < 0.5
