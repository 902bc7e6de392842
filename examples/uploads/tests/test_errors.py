"""Documents that are at fault, and stores that are."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest
from makeready import Rendition

from uploads.app import PROOF
from uploads.bucket import BUCKET
from uploads.errors import CODES
from uploads.servers import free_port
from uploads.settings import Settings

from .conftest import IMAGES, Other, Site, Unix, eventually

PHOTO = (IMAGES / "photo.jpg").read_bytes()
KEY = Rendition.parse("w=320&f=webp").key


@pytest.mark.parametrize(
    ("name", "data", "status", "code"),
    [
        ("a.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", 422, "malformed"),
        ("b.pdf", (IMAGES / "vector" / "bad" / "encrypted.pdf").read_bytes(), 415, "unsupported"),
        (
            "c.pdf",
            (IMAGES / "vector" / "bad" / "stream-bomb.pdf").read_bytes(),
            413,
            "limit_exceeded",
        ),
        ("a.gif", (IMAGES / "still.gif").read_bytes(), 415, "unsupported"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "unsupported"),
        ("a.html", b"<html><script>alert(1)</script>", 415, "unsupported"),
        ("empty.jpg", b"", 422, "truncated"),
        ("huge.jpg", (IMAGES / "bad" / "huge.jpg").read_bytes(), 413, "limit_exceeded"),
        ("huge.png", (IMAGES / "bad" / "huge.png").read_bytes(), 413, "limit_exceeded"),
        ("many-bytes.jpg", PHOTO + bytes(2_000_000), 413, "limit_exceeded"),
        ("half.jpg", PHOTO[: len(PHOTO) // 2], 422, "truncated"),
        ("half.png", (IMAGES / "bad" / "truncated.png").read_bytes(), 422, "truncated"),
        ("half.webp", (IMAGES / "bad" / "truncated.webp").read_bytes(), 422, "truncated"),
        ("crc.png", (IMAGES / "bad" / "crc.png").read_bytes(), 422, "malformed"),
    ],
)
def test_documents_at_fault(site: Site, name: str, data: bytes, status: int, code: str) -> None:
    answer = site.ask(site.path(site.upload(f"bad/{name}", data)))
    assert (answer.status, answer.code) == (status, code), answer.body
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    nothing_is_left(site, f"bad/{name}")


def test_there_is_no_such_document(site: Site) -> None:
    answer = site.ask(site.path("bad/none.jpg"))
    assert (answer.status, answer.code) == (404, "no_original")
    nothing_is_left(site, "bad/none.jpg")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"method": "PUT", "prefix": "locks/", "status": 507}, "store_full"),
        ({"method": "PUT", "prefix": "locks/", "status": 503}, "store_down"),
        ({"method": "PUT", "prefix": "locks/", "status": 404}, "store_down"),
        ({"method": "GET", "prefix": "originals/", "status": 500}, "store_down"),
        ({"method": "GET", "prefix": "originals/", "seconds": 1.2}, "store_slow"),
        ({"method": "PUT", "prefix": "renditions/", "status": 507}, "store_full"),
        ({"method": "PUT", "prefix": "renditions/", "status": 503}, "store_down"),
    ],
)
def test_stores_at_fault(site: Site, fault: Mapping[str, object], code: str) -> None:
    source = site.upload(f"fault-{'-'.join(map(str, fault.values())).replace('/', '')}.jpg", PHOTO)
    site.store.faults(fault)
    answer = site.ask(site.path(source))
    assert (answer.status, answer.code) == (CODES[code][0], code)
    assert answer.headers["retry-after"] == "1"
    assert site.objects(f"renditions/{KEY(source)}") == []
    site.store.faults()
    assert site.ask(site.path(source), 1).status == 200


@pytest.mark.parametrize(
    ("name", "parameter"),
    [("huge.jpg", "max_input_pixels"), ("many-bytes.jpg", "max_input_bytes"), ("half.jpg", None)],
)
def test_the_limit_at_fault_is_named(site: Site, name: str, parameter: str | None) -> None:
    data = {
        "huge.jpg": (IMAGES / "bad" / "huge.jpg").read_bytes(),
        "many-bytes.jpg": PHOTO + bytes(2_000_000),
        "half.jpg": PHOTO[: len(PHOTO) // 2],
    }
    answer = site.ask(site.path(site.upload(f"limit/{name}", data[name])))
    assert json.loads(answer.body).get("parameter") == parameter


def test_what_is_too_much_is_busy_before_the_store_is_asked(site: Site, other: Other) -> None:
    sources = [site.upload(f"much-{number}.jpg", PHOTO) for number in range(8)]
    site.store.faults({"method": "PUT", "prefix": "locks/", "seconds": 2})
    settings = {"IN_FLIGHT": "2", "STORE_SECONDS": "5", "JOB_SECONDS": "5", "LEASE_SECONDS": "6"}
    with (
        other(**{f"UPLOADS_{name}": value for name, value in settings.items()}) as (small, _),
        ThreadPoolExecutor(8) as pool,
    ):

        def ask(source: str) -> tuple[int, float]:
            start = time.monotonic()
            answer = small.ask(small.path(source))
            assert answer.status == 200 or (answer.code, answer.headers["retry-after"]) == (
                "busy",
                "1",
            )
            return answer.status, time.monotonic() - start

        answers = sorted(pool.map(ask, sources))
        assert [status for status, _ in answers] == [200] * 2 + [503] * 6
        assert max(seconds for status, seconds in answers if status == 503) < 0.5
        site.store.faults()
        assert small.ask(small.path(sources[0])).status == 200


def test_a_client_that_leaves_is_not_waited_for(site: Site, other: Other) -> None:
    source = site.upload("left.jpg", PHOTO)
    lock = f"locks/{KEY(source)}"
    site.store.client().put_object(Bucket=BUCKET, Key=lock, Body=b"of one that lives")
    with other(UPLOADS_LEASE_SECONDS="18", UPLOADS_WAIT_SECONDS="20") as (waiting, _):
        connection = Unix(waiting.sockets[0])
        headers = {PROOF: waiting.shared["UPLOADS_SECRET"]}
        connection.request("GET", waiting.path(source), headers=headers)
        time.sleep(0.2)
        connection.close()
        gone = 'uploads_requests_total{path="/render/{key:path}",status="499"} 1.0'
        eventually(lambda: gone in waiting.ask("/metrics").body.decode())
    site.store.client().delete_object(Bucket=BUCKET, Key=lock)


def test_a_store_that_nobody_listens_at(other: Other) -> None:
    with other(UPLOADS_STORE_URL=f"http://127.0.0.1:{free_port()}") as (lonely, _):
        answer = lonely.ask(lonely.path("any.jpg"))
        assert (answer.status, answer.code) == (503, "store_down")
        assert lonely.ask("/health").status == 200


def test_a_job_and_a_wait_have_an_end(site: Site, other: Other) -> None:
    times = {"UPLOADS_JOB_SECONDS": "0.3", "UPLOADS_LEASE_SECONDS": "1.5"}
    source = site.upload("late.jpg", PHOTO)
    lock = f"locks/{KEY(source)}"
    with other(**times, UPLOADS_WAIT_SECONDS="1.6") as (hasty, _), ThreadPoolExecutor(1) as pool:
        site.store.faults({"method": "GET", "prefix": "originals/", "seconds": 0.8})
        answer = hasty.ask(hasty.path(source))
        assert (answer.status, answer.code) == (504, "timeout")
        nothing_is_left(site, source)
        site.store.client().put_object(Bucket=BUCKET, Key=lock, Body=b"")
        waiting = pool.submit(hasty.ask, hasty.path(source))
        while not waiting.done():
            site.store.client().put_object(Bucket=BUCKET, Key=lock, Body=b"of one that lives")
            time.sleep(0.05)
        assert (waiting.result().status, waiting.result().code) == (503, "busy")
    site.store.client().delete_object(Bucket=BUCKET, Key=lock)


def test_a_lock_that_stays_costs_nobody_the_picture(site: Site) -> None:
    source = site.upload("locked.jpg", PHOTO)
    site.store.faults({"method": "DELETE", "prefix": "locks/", "status": 503})
    assert site.ask(site.path(source)).headers["server-timing"].startswith("made")
    assert site.ask(site.path(source), 1).headers["server-timing"] == "found"
    assert site.objects(f"locks/{KEY(source)}") != []


def test_a_fault_of_the_service_tells_nothing(site: Site, other: Other) -> None:
    source = site.upload("fault.jpg", PHOTO)
    with other("uploads.tests.broken:Broken") as (broken, _):
        answer = broken.ask(broken.path(source))
        assert (answer.status, answer.code) == (500, "internal")
        nothing_is_left(site, source)
    text = broken.log.read_text()
    assert json.loads(text)["fault"].startswith("ValueError")
    assert "render:" in json.loads(text)["fault"]
    assert "Jane" not in text + answer.body.decode()


@pytest.mark.parametrize("names", [CODES, [field.name.upper() for field in fields(Settings)]])
def test_the_readme_tells_all(names: Iterable[str]) -> None:
    text = (Path(__file__).parents[1] / "README.md").read_text()
    assert [name for name in names if f"{name}`" not in text] == []


def nothing_is_left(site: Site, source: str) -> None:
    assert site.objects(f"renditions/{KEY(source)}") == site.objects(f"locks/{KEY(source)}") == []
