"""Signals during a job of the main thread: their handlers run at once, and their exceptions end the job."""

import os
import re

import pytest
from support import script

# Calls that take seconds; SETUP makes their pipelines.
CALLS = [
    "slow_job().run()",
    "slow_job().threads(1).run()",
    "lossless.run()",
    "lossless.threads(1).run()",
    "large.pixels()",
    "large.threads(1).pixels()",
    "makeready.run_all([slow_job(), slow_job().resize(50)])",
    "makeready.run_all(iter([lossless.threads(1)]))",
]

SETUP = """
import os, signal, sys, threading, time
import makeready
from makeready import Pipeline
from support import noise, slow_job

slow_job()
lossless = Pipeline.open(noise(3000, 2000)).encode("webp", lossless=True, effort=6)
large = Pipeline.open(noise(1500, 1500)).resize(9900, 9900, linear=True).limits(max_memory=1 << 32)

# A shell without a terminal starts background commands with SIGINT ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

class Ended(Exception):
    pass

def send(number, after=0.2):
    def kill():
        global sent
        sent = time.monotonic()
        os.kill(os.getpid(), number)
    threading.Timer(after, kill).start()
"""


def run(text: str) -> str:
    done = script(SETUP + text, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("call", CALLS)
def test_ctrl_c_ends_the_call_and_the_job(call: str) -> None:
    limited = re.sub(r"slow_job\(\)|lossless|large", r"\g<0>.deadline(0.6)", call)
    # libwebp does not ask whether to stop for some tenths of a second of a lossless file.
    last = 2.0 if "lossless" in call else 0.3
    text = f"""
late, used = [], []
# The best of some rounds: other work on the machine may delay some.
for _ in range(3):
    send(signal.SIGINT)
    start = time.monotonic()
    try: {call}
    except KeyboardInterrupt: late.append(time.monotonic() - sent)
    time.sleep({last})
    before = time.process_time()
    time.sleep(0.3)
    used.append(time.process_time() - before)
    if late[-1] < 0.2 and used[-1] < 0.05: break
print(min(late), min(used))
# Nothing of this says anything of a call that is short.
start = time.monotonic()
try: {limited}
except makeready.DeadlineError: pass
assert time.monotonic() - start > 0.5
"""
    late, used = map(float, run(text).split())
    print(f"{call}: the exception came {late * 1000:.0f} ms after the signal")
    assert late < 0.2
    assert used < 0.05


def test_a_handler_that_raises_something_else() -> None:
    text = """
def handler(number, frame):
    raise Ended(number)
signal.signal(signal.SIGUSR1, handler)
for threads in (1, 2):
    send(signal.SIGUSR1)
    try: slow_job().threads(threads).run()
    except Ended as error: print(error, time.monotonic() - sent < 0.5)
"""
    number = "10" if os.uname().sysname == "Linux" else "30"
    assert run(text).split() == [number, "True"] * 2


def test_a_handler_that_returns_lets_the_job_go_on() -> None:
    text = """
job = Pipeline.open(noise(1200, 1200)).encode("webp", quality=90, effort=6)
small = Pipeline.open(noise(30, 20)).encode("png")
expected = [job.run().data, small.run().data]
def handler(number, frame):
    late.append(time.monotonic() - sent)
    found.append(small.run().data)
signal.signal(signal.SIGUSR1, handler)
for threads in (1, 2):
    late, found = [], []
    send(signal.SIGUSR1, 0.1)
    data = job.threads(threads).run().data
    print(data == expected[0], found == expected[1:], max(late) < 0.4)
"""
    assert run(text).split() == ["True"] * 6


def test_the_job_of_another_thread_goes_on() -> None:
    text = """
results = []
job = Pipeline.open(noise(1200, 1200)).encode("webp", quality=90, effort=6)
expected = job.run().data
thread = threading.Thread(target=lambda: results.append(job.run().data))
send(signal.SIGINT, 0.1)
thread.start()
try: time.sleep(60)
except KeyboardInterrupt: print(not results)
thread.join()
print(results == [expected])
"""
    assert run(text).split() == ["True"] * 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_after_a_fork_the_thread_that_forked_is_the_main_one() -> None:
    text = """
statuses = []
def fork():
    # The child of this thread has none but it.
    slow_job().deadline(0.01).plan()
    Pipeline.open(noise(30, 20)).run()
    process = os.fork()
    if process == 0:
        code = 1
        try:
            send(signal.SIGINT)
            slow_job().run()
        except KeyboardInterrupt:
            code = 0 if time.monotonic() - sent < 0.5 else 2
        finally:
            os._exit(code)
    statuses.append(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
thread = threading.Thread(target=fork)
thread.start()
thread.join()
print(statuses)
"""
    assert run(text) == "[0]\n"
