"""The worker for poppler's program: each run is a process, whose CPU time and memory are told."""

import pathlib
import resource
import subprocess
import tempfile

from worker import serve

PROGRAM = "pdftoppm"
FOLDER = tempfile.TemporaryDirectory()


def thumb(data):
    source, found = (pathlib.Path(FOLDER.name) / name for name in ("in.pdf", "out"))
    source.write_bytes(data)
    size = ("-scale-to-x", "320", "-scale-to-y", "-1")
    subprocess.run([PROGRAM, "-jpeg", "-jpegopt", "quality=80,optimize=y", "-singlefile", *size, source, found], check=True)
    return found.with_suffix(".jpg").read_bytes()


def used():
    """What all its processes used: CPU time in milliseconds, and the memory of the largest."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"cpu_ms": (usage.ru_utime + usage.ru_stime) * 1e3, "memory_mb": usage.ru_maxrss / 1024}


def version():
    told = subprocess.run([PROGRAM, "-v"], check=True, capture_output=True, text=True).stderr
    return told.split("\n", 1)[0].removeprefix("pdftoppm version ")


TASKS = ("pdf_thumb", "pdf_scan_thumb")
serve({task: lambda inputs, _: [thumb(inputs[0])] for task in TASKS}, {"poppler": version()}, used)
