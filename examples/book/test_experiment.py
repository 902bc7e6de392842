"""The old way beside the new one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import httpx
import pytest

from book.experiment import Both, Experiment, Score, html
from book.servers import serve, service_settings, uvicorn

from .conftest import Book


class Fake:
    """A renderer whose pages are told to end."""

    version = "fake"

    def __init__(self, size: int) -> None:
        self.size, self.asked, self.may_end = size, 0, asyncio.Event()

    async def page(self, tiles: Sequence[bytes], outputs: Sequence[str]) -> list[bytes]:
        self.asked += 1
        await self.may_end.wait()
        if self.size < 0:
            raise ValueError("out of order")
        return [bytes(self.size)] * len(outputs)

    async def thumbnail(self, picture: bytes) -> bytes:
        return picture

    async def close(self) -> None:
        self.may_end.set()


def size(_tiles: Sequence[bytes], file: bytes) -> float:
    return len(file)


async def pages(
    draws: list[float], old_size: int = 7, score: Score = size
) -> tuple[int, list[Both]]:
    """Make a page for each draw, while no trial ends; then let them end."""
    new, old = Fake(5), Fake(old_size)
    new.may_end.set()
    experiment = Experiment(new, old, 0.5, iter(draws).__next__, score)
    for _ in range(2):
        assert await experiment.page([b""] * 4, ["print", "preview"]) == [bytes(5)] * 2
        await asyncio.sleep(0)  # a trial that was begun gets its turn
    old.may_end.set()
    await experiment.close()
    return old.asked, list(experiment.pages)


@pytest.mark.parametrize(
    ("draws", "tried"), [([0.9, 0.9], 0), ([0.9, 0.1], 1), ([0.1], 1), ([0.5, 0.5], 0)]
)
def test_a_share_is_tried_one_at_a_time(draws: list[float], tried: int) -> None:
    asked, measured = asyncio.run(pages(draws))
    assert asked == tried
    found = [(both.new_bytes, both.old_bytes, both.new_score, both.old_score) for both in measured]
    assert found == [(10, 14, 5, 7)] * tried


def test_the_old_way_may_fail() -> None:
    assert asyncio.run(pages([0.1], -1)) == (1, [])


def test_the_score_may_fail() -> None:
    def score(_tiles: Sequence[bytes], file: bytes) -> float:
        raise ValueError("out of order")

    assert asyncio.run(pages([0.1], score=score)) == (1, [])


def test_the_page_plots_every_point() -> None:
    text = html([Both(0.1, 0.2, 1000, 2000, 80, 85), Both(0.3, 0.1, 1500, 1000, 90, 88)])
    assert text.count("<circle") == 6
    assert "<title>Makeready 300, Pillow 100</title>" in text


def test_a_book_is_measured_both_ways(store_url: str, book: Book) -> None:
    settings = service_settings(store_url, BOOK_EXPERIMENT_SHARE="1")
    with serve(uvicorn("book.experiment:create"), settings) as server:
        made = httpx.post(f"{server.url}/books", json=book, timeout=30)
        assert made.status_code == 200, made.text
        while not (figures := httpx.get(f"{server.url}/experiment.json").json()):
            pass
        assert all(figures[0][name] > 0.01 for name in ("new_seconds", "old_seconds"))
        scores = figures[0]["new_score"], figures[0]["old_score"]
        assert all(60 < one < 100 for one in scores)
        assert abs(scores[0] - scores[1]) < 5
        assert 0.5 < figures[0]["new_bytes"] / figures[0]["old_bytes"] < 2
        assert "<circle" in httpx.get(f"{server.url}/experiment").text
