"""After a fork, in pools of processes, and at the end of an interpreter with jobs in flight."""

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

import makeready
import pytest
from makeready import Pipeline
from support import image, script

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    # Python 3.12 warns of forks with threads, and this test makes them.
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]

# Enough work for the pool, in linear light for its tables.
JOB = Pipeline.open(image("photo.jpg")).resize(400, linear=True).encode("jpeg").threads(2)


def child_of(work: Pipeline, seconds: float = 20) -> bool:
    """Fork; say whether the child's job gives the same bytes, in time."""
    expected = work.run().data
    process = os.fork()
    if process == 0:
        code = 1
        try:
            code = 0 if work.run().data == expected else 2
        finally:
            os._exit(code)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.001)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return False


@contextmanager
def busy(threads: int) -> Iterator[None]:
    """Run jobs on so many threads meanwhile, on pools of changing size."""
    stop = threading.Event()

    def run() -> None:
        count = 2
        while not stop.is_set():
            JOB.threads(count).run()
            count = 2 + (count - 1) % 6

    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        stop.set()
        for worker in workers:
            worker.join()


def test_a_child_makes_its_own_pool() -> None:
    assert child_of(JOB)


def test_forks_while_threads_run_jobs() -> None:
    with busy(3):
        assert all(child_of(JOB) for _ in range(60))


def test_the_first_jobs_of_a_process_while_it_forks() -> None:
    # A thing that is made once a process is most probably half made now.
    text = """
import os, threading, time
import makeready
from support import image
from test_processes import JOB, child_of
gate = threading.Barrier(4)
def first():
    gate.wait()
    JOB.run()
threads = [threading.Thread(target=first) for _ in range(3)]
for thread in threads: thread.start()
gate.wait()
children = []
for _ in range(8):
    process = os.fork()
    if process == 0:
        JOB.run()
        os._exit(0)
    children.append(process)
assert [os.waitpid(child, 0)[1] for child in children] == [0] * 8
for thread in threads: thread.join()
"""
    for _ in range(5):
        done = script(text)
        assert done.returncode == 0, done.stderr


def test_a_child_drops_the_jobs_of_its_parent() -> None:
    # The lock of the parent's queue is most probably held in the moment of the fork.
    text = """
import os, signal, threading
import makeready
from makeready._native import Ends, Job
from test_processes import JOB
def ask():
    while True:
        makeready.job_stats()
for _ in range(2):
    threading.Thread(target=ask, daemon=True).start()
for _ in range(20):
    jobs = [Job([JOB], Ends(), 0) for _ in range(5)]
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        jobs.clear()
        os._exit(0)
    jobs.clear()
    assert os.waitpid(child, 0)[1] == 0
os._exit(0)
"""
    done = script(text, timeout=120)
    assert done.returncode == 0, done.stderr


def test_the_interpreter_ends_just_after_many_jobs() -> None:
    # A thread of the library tells of the last job, and comes back from that while the interpreter ends.
    text = """
import asyncio
from test_processes import JOB
async def main():
    await asyncio.gather(*(JOB.resize(40).encode("webp").run_async() for _ in range(1000)))
asyncio.run(main())
"""
    for _ in range(3):
        done = script(text)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_pools_of_processes(method: str) -> None:
    JOB.run()
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        outputs = list(pool.map(Pipeline.run, [JOB] * 8))
    assert {output.data for output in outputs} == {JOB.run().data}


def test_a_prefork_server() -> None:
    """Work as gunicorn does: the master loads and warms up, its workers serve, one that dies is replaced."""
    JOB.run()
    reader, writer = os.pipe()

    def worker(number: int) -> int:
        process = os.fork()
        if process == 0:
            code = 1
            try:
                threads = [threading.Thread(target=JOB.run) for _ in range(4)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                line = json.dumps([number, JOB.run().width]) + "\n"
                os.write(writer, line.encode())
                code = 0
            finally:
                os._exit(code)
        return process

    for number in range(6):
        assert os.waitstatus_to_exitcode(os.waitpid(worker(number), 0)[1]) == 0
    os.close(writer)
    with os.fdopen(reader) as lines:
        assert [json.loads(line) for line in lines] == [[number, 400] for number in range(6)]


def test_asyncio_after_a_fork() -> None:
    import asyncio

    asyncio.run(JOB.run_async())
    process = os.fork()
    if process == 0:
        code = 1
        try:
            code = 0 if asyncio.run(JOB.run_async()).width == 400 else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0


EXITS = {
    "daemon threads": """
for _ in range(4):
    threading.Thread(target=slow_job().run, daemon=True).start()
""",
    "daemon threads whose jobs end meanwhile": """
job = slow_job().deadline(0.1)
def run():
    while True:
        try: job.run()
        except makeready.DeadlineError: pass
for _ in range(8):
    threading.Thread(target=run, daemon=True).start()
time.sleep(0.2)
""",
    "asyncio": """
async def main():
    for _ in range(6): tasks.append(asyncio.create_task(slow_job().run_async()))
    await asyncio.sleep(0.1)
tasks = []
asyncio.run(main())
""",
    "asyncio with a loop that is left as it is": """
loop = asyncio.new_event_loop()
tasks = [loop.create_task(slow_job().run_async()) for _ in range(6)]
loop.run_until_complete(asyncio.sleep(0.1))
for task in tasks: task._log_destroy_pending = False
""",
}


@pytest.mark.parametrize("ending", EXITS.values(), ids=EXITS.keys())
def test_the_end_with_jobs_in_flight(ending: str) -> None:
    text = f"""
import asyncio, threading, time
import makeready
from support import slow_job
slow_job()
{ending}
time.sleep(0.05)
print("end", time.time())
"""
    for _ in range(3):
        done = script(text)
        ended = time.time()
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        assert ended - float(done.stdout.split()[1]) < 2.0


def test_free_threading() -> None:
    """The module says that it needs no GIL; an interpreter without one does not switch it on for it."""
    if not hasattr(sys, "_is_gil_enabled") or sys._is_gil_enabled():
        pytest.skip("this interpreter has a GIL")
    assert makeready.__version__
    assert not sys._is_gil_enabled()
