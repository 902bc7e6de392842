"""Jobs until SIGINT, so often; says `ready` before and `interrupted` after each, for src/faults/signals.rs."""

import random
import sys

import makeready
from makeready import Pipeline

NOISE = makeready.Image(1200, 900, 3, random.Random(1).randbytes(1200 * 900 * 3))
SMALL = Pipeline.open(NOISE).resize(90).encode("png")
JOBS = [
    Pipeline.open(NOISE).encode("webp", lossless=True, effort=4),
    Pipeline.open(NOISE).encode("webp", quality=90, effort=6).threads(1),
    Pipeline.open(NOISE).resize(4000, linear=True).encode("jpeg"),
    Pipeline.open(NOISE).encode("png", compression_level=9),
]


def main() -> None:
    """Be interrupted as often as is said."""
    expected = SMALL.run().data
    for number in range(int(sys.argv[1])):
        try:
            print("ready", flush=True)
            while True:
                JOBS[number % len(JOBS)].run()
        except KeyboardInterrupt:
            assert SMALL.run().data == expected
            print("interrupted", flush=True)


main()
