"""The worker for gif2webp, a program of libwebp: each run is a process, whose CPU time and memory are told."""

import pathlib
import resource
import subprocess
import tempfile

from worker import serve

PROGRAM = "gif2webp"
FOLDER = tempfile.TemporaryDirectory()


def lossy(data):
    source, found = (pathlib.Path(FOLDER.name) / name for name in ("in.gif", "out.webp"))
    source.write_bytes(data)
    subprocess.run([PROGRAM, "-quiet", "-mt", "-lossy", "-q", "75", "-m", "4", source, "-o", found], check=True)
    return found.read_bytes()


def used():
    """What all its processes used: CPU time in milliseconds, and the memory of the largest."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"cpu_ms": (usage.ru_utime + usage.ru_stime) * 1e3, "memory_mb": usage.ru_maxrss / 1024}


def version():
    told = subprocess.run([PROGRAM, "-version"], check=True, capture_output=True, text=True).stdout
    return told.split("\n", 1)[0].removeprefix("WebP Encoder version: ")


serve({"gif_to_webp": lambda inputs, _: [lossy(inputs[0])]}, {"gif2webp": version()}, used)
