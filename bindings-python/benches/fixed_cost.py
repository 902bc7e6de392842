"""Measures the fixed cost of a call: an 8x8 PNG to 4x4.

    python fixed_cost.py [ROUNDS]

Prints microseconds, the median and the shortest of the rounds.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import makeready

CALLS = 500


def microseconds(call: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Give the median and the shortest of the rounds, a call."""
    times: list[float] = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(CALLS):
            call()
        times.append((time.perf_counter() - start) / CALLS * 1e6)
    return statistics.median(times), min(times)


def main() -> None:
    """Measure."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    dot = makeready.Image(8, 8, 3, bytes(range(192)))
    file = makeready.Pipeline.open(dot).encode("png").run().data
    pipeline = makeready.Pipeline.open(file).resize(4, 4)
    tasks: dict[str, Callable[[], object]] = {
        "build and run": lambda: makeready.Pipeline.open(file).resize(4, 4).encode("png").run(),
        "run": pipeline.run,
        "build": lambda: makeready.Pipeline.open(file).resize(4, 4).encode("png"),
        "probe": lambda: makeready.probe(file),
    }
    for name, task in tasks.items():
        microseconds(task, 2)
        median, shortest = microseconds(task, rounds)
        print(f"{name}: {median:.1f} us, at best {shortest:.1f} us")


if __name__ == "__main__":
    main()
