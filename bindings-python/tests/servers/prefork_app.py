"""A WSGI application that has run jobs before its server forks, and runs one for each request."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from makeready import Pipeline
from support import image

# For the pool, on several threads, in linear light for its tables.
JOB = Pipeline.open(image("photo.jpg")).resize(400, linear=True).encode("jpeg").threads(2)
EXPECTED = JOB.run().data
LOADED_BY = os.getpid()


def app(environ: dict[str, object], start: Callable[..., object]) -> Iterable[bytes]:
    """Answer with who loaded this, who serves, and whether the job gives the same bytes as before the fork."""
    same = JOB.run().data == EXPECTED
    start("200 OK", [("Content-Type", "text/plain")])
    return [f"{LOADED_BY} {os.getpid()} {same}".encode()]
