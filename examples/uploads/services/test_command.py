"""The one command that starts everything."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import httpx

from uploads.servers import EXAMPLES, free_port


def test_one_command_starts_everything_and_ends_it() -> None:
    command = [sys.executable, "-m", "uploads", str(free_port())]
    with subprocess.Popen(command, cwd=EXAMPLES, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        page, ask = running.stdout.readline(), running.stdout.readline()
        url = page.split()[-1]
        assert "The flow of a rendition" in httpx.get(url, follow_redirects=True).text
        path = re.findall("'(.*)'", ask)[0]
        picture = httpx.get(path, follow_redirects=True)
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
