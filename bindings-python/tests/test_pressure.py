"""Memory that cannot be had is an `io` error that says how much; a job stays within the bound of its plan."""

from pathlib import Path

import pytest
from support import script

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="no /proc to count by"
)

SETUP = """
import gc, pickle, resource, sys
import makeready
import numpy as np
from makeready import Pipeline
from support import noise

def status(name):
    with open("/proc/self/status") as status:
        fields = dict(line.split(":", 1) for line in status)
    return int(fields[name].split()[0]) * 1024

def within(room, call):
    '''Call with so much more address space than there is now.'''
    gc.collect()
    resource.setrlimit(resource.RLIMIT_AS, (status("VmSize") + room, resource.RLIM_INFINITY))
    try: return call()
    # Anything else, a panic for instance, ends the script.
    except makeready.IoError as error: return f"{error.code}: {error}"
    finally: resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
"""

SAMPLES = 4000 * 4000 * 3

# Calls that copy all of an input or of a picture.
COPIES = {
    "tobytes": "picture.tobytes",
    "pickle": "lambda: picture.__reduce__()",
    "samples": "lambda: makeready.Image(4000, 4000, 3, samples)",
    "samples apart": "lambda: makeready.Image(4000, 4000, 3, memoryview(twice)[::2])",
    "a buffer": "lambda: Pipeline.open(samples)",
    "a buffer to probe": "lambda: makeready.probe(samples)",
    "an array": "lambda: Pipeline.open(array)",
    "an array turned": "lambda: Pipeline.open(array[::-1])",
    "an array repeated": "lambda: Pipeline.open(np.broadcast_to(array[:1], array.shape))",
}


@pytest.mark.parametrize("call", COPIES.values(), ids=COPIES.keys())
def test_a_copy_that_finds_no_memory(call: str) -> None:
    text = f"""
picture = noise(4000, 4000)
samples, twice = bytearray({SAMPLES}), bytearray(2 * {SAMPLES})
array = np.zeros((4000, 4000, 3), np.uint8)
print(within(16 << 20, {call}))
assert not isinstance(within(200 << 20, {call.replace(".probe", ".Pipeline.open")}), str)
"""
    done = script(SETUP + text)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"io: could not reserve {SAMPLES} bytes of memory\n"


@pytest.mark.parametrize("room", [0, 4, 12, 16, 24])
def test_a_panic_with_a_backtrace_that_finds_no_memory(
    room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Rust shows a backtrace for this, which needs more memory than there is.
    monkeypatch.setenv("RUST_BACKTRACE", "1")
    text = f"""
def call():
    try: makeready._native._panic()
    except makeready.InternalError as error: print(error)
within({room} << 20, call)
"""
    done = script(SETUP + text, timeout=20)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "panicked: for a test\n"
    assert done.stderr.count("\n") == 1


def test_an_output_that_finds_no_memory() -> None:
    text = """
job = Pipeline.open(noise(4000, 4000)).threads(1).encode("jpeg", quality=100)
bound, length = job.plan().peak_memory, len(job.run().data)
found = [within(bound * tenths // 10, lambda: len(job.run().data)) for tenths in range(5, 24)]
print(length, *found, sep="\\n")
"""
    done = script(SETUP + text)
    assert done.returncode == 0, done.stderr
    length, *found = done.stdout.splitlines()
    # Small rooms are too small for the job, large ones hold it; in between its `bytes` alone are too much.
    assert f"io: could not reserve {length} bytes of memory" in found
    assert found[-1] == length
    assert all(one == length or one.startswith("io: could not reserve") for one in found), found


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="no peak that can be reset")
@pytest.mark.parametrize("encode", ["'png', compression_level=0", "'jpeg', quality=100"])
def test_a_large_output_is_there_once(encode: str) -> None:
    text = f"""
job = Pipeline.open(noise(5500, 5500)).encode({encode})
Pipeline.open(noise(300, 300)).resize(200).run()
bound, before = job.plan().peak_memory, status("VmRSS")
with open("/proc/self/clear_refs", "w") as file: file.write("5")
length = len(job.run().data)
print(status("VmHWM") - before, bound, length)
"""
    done = script(SETUP + text)
    assert done.returncode == 0, done.stderr
    peak, bound, length = map(int, done.stdout.split())
    print(f"{encode}: resident {peak / bound:.2f} of the bound, an output {length / bound:.2f}")
    assert length > 50_000_000
    assert peak <= bound * 1.15
