"""Starts the whole site with some documents: python -m uploads, or with a port, from examples."""

from __future__ import annotations

import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from .site import SAMPLES, add_samples, site


def main(port: int = 8000) -> None:
    """Run everything until somebody interrupts it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as folder, site(Path(folder), port=port) as running:
        add_samples(running)
        print(f"See the flow: {running.url}/flow")
        print(
            f"Ask yourself: curl -sLo picture '{running.url}{running.path(SAMPLES[0])}'",
            flush=True,
        )
        with suppress(KeyboardInterrupt):
            running.renderers[0].wait()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
