"""Pictures that are made once, by one renderer of several."""

from __future__ import annotations

import io
import json
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from makeready import Rendition
from PIL import Image

from uploads.bucket import BUCKET

from .conftest import IMAGES, Other, Site, Unix, eventually

PHOTO = (IMAGES / "photo.jpg").read_bytes()


def expected(query: str = "w=320&f=webp") -> bytes:
    return Rendition.parse(query).pipeline(PHOTO).run().data


@pytest.mark.parametrize("name", ["photo.jpg", "rgba.png", "photo.webp", "gray-16.png", "cmyk.jpg"])
@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
def test_a_picture_is_made_and_then_found(site: Site, name: str, format: str) -> None:
    source = site.upload(f"flow/{name}", (IMAGES / name).read_bytes())
    path, before = site.path(source, f"w=160&f={format}"), site.made()
    first, second = site.ask(path), site.ask(path, 1)
    assert (first.status, second.status) == (200, 200), first.body
    assert first.headers["content-type"] == second.headers["content-type"] == f"image/{format}"
    assert (
        first.headers["cache-control"] == second.headers["cache-control"] == "private, max-age=3600"
    )
    assert first.headers["server-timing"].startswith("made, original;dur=")
    assert second.headers["server-timing"] == "found"
    assert first.body == second.body
    picture = Image.open(io.BytesIO(first.body))
    assert (picture.format, picture.width) == (format.upper(), 160)
    picture.load()
    assert site.made() == before + 1
    assert site.objects(f"locks/v1/{source}") == []


@pytest.mark.parametrize("name", ["vector/pages.pdf", "uploads/pages.tif"])
def test_each_page_of_a_document_is_a_picture(site: Site, name: str) -> None:
    source = site.upload(f"flow/{name}", (IMAGES / name).read_bytes())
    pages = [site.ask(site.path(source, f"page={page}&w=160&f=png")) for page in range(2)]
    assert [page.status for page in pages] == [200, 200], pages[0].body
    assert pages[0].body != pages[1].body
    for page in pages:
        assert Image.open(io.BytesIO(page.body)).width == 160
    keys = [f"renditions/v1/{source}/{of}w-160.png" for of in ("", "page-1.")]
    assert sorted(site.objects(f"renditions/v1/{source}/")) == sorted(keys)
    none = site.ask(site.path(source, "page=99&w=160&f=png"))
    assert (none.status, none.code) == (400, "invalid_option")


@pytest.mark.parametrize("source", ["patient 7/Rezept Müller.jpg", "a/b/c/d.png", "日本.webp"])
def test_names_of_documents_are_any(site: Site, source: str) -> None:
    assert site.ask(site.path(site.upload(source, PHOTO))).body == expected()


def test_ten_clients_have_one_render(site: Site) -> None:
    source = site.upload("ten.jpg", PHOTO)
    site.store.faults({"method": "GET", "prefix": f"originals/{source}", "seconds": 0.5})
    before = site.made()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda n: site.ask(site.path(source), n % 2), range(10)))
    assert [(answer.status, answer.body) for answer in answers] == [(200, expected())] * 10
    assert site.made() == before + 1
    assert site.objects(f"locks/v1/{source}") == []


def test_a_renderer_that_is_killed_holds_nobody_up(site: Site, other: Other) -> None:
    sources = [site.upload(f"killed-{when}.jpg", PHOTO) for when in ("reading", "storing")]
    locks = [f"locks/v1/{source}" for source in sources]
    paths, before = [site.path(source) for source in sources], site.made()
    with other() as (victim, process), ThreadPoolExecutor(10) as pool:
        site.store.faults(
            {"method": "GET", "prefix": "originals/killed-reading", "seconds": 0.9},
            {"method": "PUT", "prefix": "renditions/v1/killed-storing", "seconds": 0.9},
        )
        lost = [pool.submit(victim.ask, path) for path in paths]
        eventually(lambda: all(site.objects(lock) for lock in locks))
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert all(isinstance(answer.exception(), ConnectionError) for answer in lost)
        assert site.objects("renditions/v1/killed-reading") == []
        site.store.faults()
        answers = list(pool.map(lambda n: site.ask(paths[n % 2], n // 2 % 2), range(10)))
    assert [(answer.status, answer.body) for answer in answers] == [(200, expected())] * 10
    # The store may have had the whole of the second picture when its writer died.
    assert site.made() - before in (1, 2)
    assert [site.objects(lock) for lock in locks] == [[], []]


def test_a_lock_that_was_slow_to_be_of_use_has_one_holder(site: Site, other: Other) -> None:
    times = {"JOB": "1", "LEASE": "2", "STORE": "3"}
    source = site.upload("two.jpg", PHOTO)
    with (
        other(**{f"UPLOADS_{name}_SECONDS": value for name, value in times.items()}) as (slow, _),
        ThreadPoolExecutor(1) as pool,
    ):
        site.store.faults({"method": "GET", "prefix": "renditions/", "seconds": 2.4})
        first = pool.submit(slow.ask, slow.path(source))
        eventually(lambda: bool(site.objects(f"locks/v1/{source}")))
        time.sleep(0.2)
        site.store.faults({"method": "GET", "prefix": "originals/", "seconds": 0.4})
        time.sleep(1.9)
        assert slow.ask(slow.path(source)).headers["server-timing"].startswith("made")
        wait([first])
        assert slow.made() == 1
        assert (first.result().status, first.result().code) == (504, "timeout")


@pytest.mark.parametrize(("job", "code"), [("1.5", "no_original"), ("0.3", "timeout")])
def test_a_document_that_is_deleted_meanwhile_does_not_come_back(
    site: Site, other: Other, job: str, code: str
) -> None:
    source = site.upload(f"forgotten-{code}.jpg", PHOTO)
    site.store.faults({"method": "PUT", "prefix": "renditions/", "seconds": 0.7})
    with other(UPLOADS_JOB_SECONDS=job) as (busy, process), ThreadPoolExecutor(1) as pool:
        asked = pool.submit(busy.ask, busy.path(source))
        time.sleep(0.4)
        site.store.client().delete_object(Bucket=BUCKET, Key=f"originals/{source}")
        assert site.objects(f"renditions/v1/{source}") == []
        assert asked.result().code == code
        process.terminate()
        process.wait(5)
    # The store takes the picture then, whoever waits for its answer.
    time.sleep(0.4)
    assert site.objects(f"renditions/v1/{source}") == site.objects(f"locks/v1/{source}") == []


def test_what_runs_is_finished_before_the_end(site: Site, other: Other) -> None:
    source = site.upload("stop.jpg", PHOTO)
    site.store.faults({"method": "GET", "prefix": "originals/", "seconds": 0.5})
    with other() as (leaving, process), ThreadPoolExecutor(1) as pool:
        running = pool.submit(leaving.ask, leaving.path(source))
        eventually(lambda: bool(site.objects(f"locks/v1/{source}")))
        process.terminate()
        assert running.result().body == expected()
        assert process.wait(10) in (0, -signal.SIGTERM)
    assert site.objects(f"locks/v1/{source}") == []


def test_an_idle_connection_of_nginx_stays(site: Site) -> None:
    connection = Unix(site.sockets[0])
    for pause in (0, 5.5):
        time.sleep(pause)
        connection.request("GET", "/health")
        assert connection.getresponse().read() == b'{"status":"ok"}'
    connection.close()


def test_health_and_metrics(site: Site) -> None:
    assert json.loads(site.ask("/health").body) == {"status": "ok"}
    text = site.ask("/metrics").body.decode()
    for line in (
        'uploads_requests_total{path="/health",status="200"}',
        "makeready_jobs_done_total",
    ):
        assert f"\n{line} " in text


def test_logs_tell_nothing_of_documents(site: Site) -> None:
    source = site.upload("Jane-Doe.jpg", PHOTO)
    path = site.path(source)
    before = len(site.log.read_text())
    assert site.ask(path).status == 200
    assert site.ask(path.replace("&s=", "&s=0")).status == 403
    # A line is written after its answer.
    own = re.compile(r'"status": 200.*\n.*"forbidden".*\n$')
    eventually(lambda: bool(own.search(site.log.read_text()[before:])))
    text = site.log.read_text()
    made, refused = (json.loads(line) for line in text.splitlines()[-2:])
    assert {"time", "request", "path", "status", "ms"} <= made.keys() & refused.keys()
    assert (made["outcome"], refused["code"]) == ("made", "forbidden")
    assert len(made["document"]) == 16
    for told in ("Jane", "jpg", "webp", "&s=", path.split("&s=")[1]):
        assert told not in text
