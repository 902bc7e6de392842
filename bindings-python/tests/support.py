"""Things that the tests share: paths, inputs, a picture that takes long."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
from pathlib import Path

import makeready

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "tests" / "images"
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def image(name: str) -> bytes:
    """Give the bytes of an input of tests/images."""
    return (IMAGES / name).read_bytes()


def noise(width: int, height: int) -> makeready.Image:
    """Make a noisy RGB picture, which is slow to encode; the same one each time."""
    import random

    return makeready.Image(width, height, 3, random.Random(1).randbytes(width * height * 3))


@functools.cache
def slow_job() -> makeready.Pipeline:
    """Make a job that takes some seconds."""
    return makeready.Pipeline.open(noise(2400, 2400)).encode("webp", quality=90, effort=6)


def script(text: str, timeout: float = 60, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script in an interpreter of its own, with this module to import."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)} | variables
    command = [sys.executable, "-c", text]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            # Its children as well.
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, err)
