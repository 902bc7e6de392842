"""Under gunicorn and Celery themselves: the application runs a job when it is loaded; then they fork."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from support import script

SERVERS = Path(__file__).parent / "servers"

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@contextmanager
def server(folder: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module with the applications of SERVERS to import; `folder` is all that it has of a home."""
    paths = os.pathsep.join([str(SERVERS), str(SERVERS.parent)])
    environment = os.environ | {"PYTHONPATH": paths, "MESSAGES": str(folder), "HOME": str(folder)}
    command = (sys.executable, "-m", *command)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env=environment, cwd=folder, start_new_session=True
        )
        try:
            yield process
        finally:
            # Its workers as well.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            sys.stderr.write((folder / "log").read_text())


def test_gunicorn(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = ("gunicorn", "--preload", "--workers", "3", "--bind", address, "prefork_app:app")
    with server(tmp_path, *command) as process:
        end = time.monotonic() + 30

        def ask(_number: int) -> list[str]:
            while True:
                try:
                    return httpx.get(f"http://{address}", timeout=30).text.split()
                except httpx.ConnectError:
                    assert time.monotonic() < end
                    time.sleep(0.02)

        answers: list[list[str]] = []
        workers: set[str] = set()
        with ThreadPoolExecutor(6) as pool:
            # On a busy machine one worker may come long before the others.
            while len(answers) < 60 or (len(workers) < 2 and time.monotonic() < end):
                answers += pool.map(ask, range(30))
                workers = {worker for _, worker, _ in answers}
        loaders, same = ({answer[column] for answer in answers} for column in (0, 2))
        assert loaders == {str(process.pid)}
        assert len(workers) > 1
        assert not workers & loaders
        assert same == {"True"}
        process.terminate()
        assert process.wait(30) == 0


def test_celery(tmp_path: Path) -> None:
    for name in ("messages", "control", "results"):
        (tmp_path / name).mkdir()
    alone = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    workers = ("--pool", "prefork", "--concurrency", "3", *alone)
    with server(tmp_path, "celery", "-A", "prefork_tasks", "worker", *workers) as process:
        text = f"""
import os, sys
os.environ["MESSAGES"] = {str(tmp_path)!r}
sys.path.insert(0, {str(SERVERS)!r})
from prefork_tasks import render
for task in [render.delay() for _ in range(30)]: print(*task.get(timeout=30))
"""
        done = script(text)
        assert done.returncode == 0, done.stderr
        answers = [line.split() for line in done.stdout.splitlines()]
        assert len(answers) == 30
        assert {same for _, _, same in answers} == {"True"}
        assert {loader for loader, _, _ in answers} == {str(process.pid)}
        assert str(process.pid) not in {worker for _, worker, _ in answers}
