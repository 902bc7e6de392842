"""The site as clients see it, through nginx."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import makeready
import pytest
from makeready import Rendition

from uploads.paths import FRONT, RENDER
from uploads.site import Site
from uploads.tests.conftest import IMAGES, eventually
from uploads.tests.test_access import CHANGES, KEYS

PHOTO = (IMAGES / "photo.jpg").read_bytes()
REFUSED = [(403, "forbidden"), (400, "bad_request")]
OTHER_KEYS = {"second": "another secret of an example"}


def made(client: httpx.Client) -> float:
    texts = [client.get(f"/metrics/{number}").text for number in (1, 2)]
    name = 'uploads_pictures_total{outcome="made"} '
    lines = [line for text in texts for line in text.splitlines() if line.startswith(name)]
    return sum(float(line.removeprefix(name)) for line in lines)


def raw(site: Site, target: str, method: str = "GET") -> tuple[int, str]:
    """Send a path as it is, and give the status and the code of an error."""
    host = site.url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=20)
    try:
        connection.request(method, target)
        response = connection.getresponse()
        body = response.read()
        return response.status, json.loads(body)["code"] if response.status >= 400 else ""
    finally:
        connection.close()


def test_a_picture_is_made_and_then_comes_from_the_bucket(site: Site, client: httpx.Client) -> None:
    path = site.path(site.upload("front/a.jpg", PHOTO))
    before = made(client)
    first = client.get(path)
    assert (first.status_code, first.headers["location"]) == (302, path.replace(FRONT, RENDER))
    assert first.headers["cache-control"] == "no-store"
    second = client.get(first.headers["location"])
    third = client.get(path)
    expected = Rendition.parse("w=640&f=webp").pipeline(PHOTO).run().data
    for answer in (second, third):
        assert (answer.status_code, answer.content) == (200, expected)
        assert answer.headers["content-type"] == "image/webp"
        assert answer.headers["cache-control"] == "private, max-age=3600"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert second.headers["server-timing"].startswith("made, ")
    assert "server-timing" not in third.headers
    assert not any(name.startswith("x-amz") for name in third.headers)
    assert made(client) == before + 1
    again = client.get(path, headers={"If-None-Match": third.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_ten_clients_have_one_render(site: Site, client: httpx.Client) -> None:
    path = site.path(site.upload("front/ten.jpg", PHOTO))
    site.store.faults({"method": "GET", "prefix": "originals/front/ten", "seconds": 0.5})
    before = made(client)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: client.get(path, follow_redirects=True), range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert made(client) == before + 1


def signed_paths(site: Site) -> dict[str, str]:
    """Give paths with good signatures and with bad ones."""
    good = site.path(site.upload("door.jpg", PHOTO), "w=320&f=webp")
    key, now = FRONT + "v1/door.jpg/w-320.webp", int(time.time())
    return {
        "good": good,
        "good for long": makeready.sign(key, site.keys, 4_000_000_000),
        "query of its own": makeready.sign(f"{key}?e=1&k=first&s=0", site.keys, now + 60),
        "expired": makeready.sign(key, site.keys, now - 1),
        "expires now": makeready.sign(key, site.keys, now),
        "key of another": makeready.sign(key, OTHER_KEYS, now + 60),
        "name of an inherited property": good.replace("k=first", "k=constructor"),
    } | {name: change(good) for name, change in CHANGES.items()}


def test_nginx_verifies_as_the_library_does(site: Site) -> None:
    paths = signed_paths(site)
    accepted = set()
    for name, path in paths.items():
        try:
            makeready.verify(path, site.keys)
            accepted.add(name)
        except makeready.ForbiddenError:
            for sent in (path, path.replace(FRONT, RENDER, 1)):
                assert raw(site, sent) in REFUSED, name
    assert accepted == {"good", "good for long", "query of its own"}
    assert [raw(site, paths[name]) for name in ("good", "good for long")] == [(302, "")] * 2


@pytest.mark.parametrize("key", [*KEYS.values(), "v1/door.jpg/w-320.webp?e=1&k=first&s=0"])
def test_signed_paths_that_are_no_renditions(site: Site, key: str) -> None:
    path = makeready.sign(FRONT + key, site.keys, int(time.time()) + 60)
    answers = raw(site, path), raw(site, path.replace(FRONT, RENDER, 1))
    # A name that is plain is looked for in the bucket; the renderer alone knows the policy.
    assert answers[0] in [(400, "invalid_option"), (302, "")]
    assert answers[1] == (400, "invalid_option")


@pytest.mark.parametrize(
    ("method", "target", "status", "code"),
    [
        ("POST", "/renditions/v1/a.jpg/w-320.webp", 405, "method"),
        ("PUT", "/render/v1/a.jpg/w-320.webp", 405, "method"),
        ("GET", "/bucket/v1/door.jpg/w-320.webp", 404, "no_path"),
        ("GET", "/renditions/../bucket/v1/door.jpg/w-320.webp", 404, "no_path"),
        ("GET", "/render/%2e%2e/bucket/v1/door.jpg/w-320.webp", 404, "no_path"),
        ("GET", "/metrics", 404, "no_path"),
        ("GET", "/", 404, "no_path"),
        ("GET", "/flow/../../nginx.conf", 400, "bad_request"),
        ("GET", "/flow/../nginx.conf", 404, "no_path"),
        ("GET", "/flow/none", 404, "no_path"),
    ],
)
def test_nothing_else_is_served(
    site: Site, method: str, target: str, status: int, code: str
) -> None:
    assert raw(site, target, method) == (status, code)


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method"),
        (b"POST /flow/index.html HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 405, "method"),
        (b"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505, "bad_request"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "bad_request"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "bad_request"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "bad_request"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n", 413, "bad_request"),
        (
            b"POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n",
            *(413, "bad_request"),
        ),
        (
            b"GET /flow/index.html HTTP/1.1\r\nHost: a\r\nRange: bytes=99999-\r\n\r\n",
            *(416, "bad_request"),
        ),
        (
            b'GET /flow/index.html HTTP/1.1\r\nHost: a\r\nIf-Match: "x"\r\n\r\n',
            *(412, "bad_request"),
        ),
        (b"GET /a HTTP/1.1\r\nHost: a\r\nX: " + 9000 * b"a" + b"\r\n\r\n", 400, "bad_request"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "bad_request"),
    ],
)
def test_what_nginx_itself_refuses_is_json(
    site: Site, request_: bytes, status: int, code: str
) -> None:
    host, port = site.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request_)
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert (response.status, json.loads(response.read())["code"]) == (status, code)
        assert response.headers["content-type"] == "application/json"


STATUSES = [
    *(301, 307, 400, 402, 409, 410, 413, 415, 416, 418, 421, 423, 431, 451),
    *(500, 501, 506, 508, 509, 511, 520, 599),
]


@pytest.mark.parametrize("status", STATUSES)
def test_no_answer_of_the_store_but_a_picture_passes(
    site: Site, client: httpx.Client, status: int
) -> None:
    site.store.faults({"method": "GET", "prefix": "renditions/", "status": status})
    answer = client.get(site.path("photo.jpg", "w=160&f=png"))
    assert (answer.status_code, answer.json()["code"]) == (503, "store_down")
    headers = {"content-type": "application/json", "cache-control": "no-store", "retry-after": "1"}
    assert headers.items() <= answer.headers.items()
    assert not answer.headers.keys() & {"etag", "server-timing", "last-modified"}


@pytest.mark.parametrize("status", [201, 204, 206, 408])
def test_a_status_that_nginx_cannot_replace_ends_the_connection(
    site: Site, client: httpx.Client, status: int
) -> None:
    site.store.faults({"method": "GET", "prefix": "renditions/", "status": status})
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(site.path("photo.jpg", "w=160&f=png"))


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"seconds": 6}, 504, "store_slow"),
        ({"status": 503}, 503, "store_down"),
        ({"status": 403}, 503, "store_down"),
    ],
)
def test_stores_at_fault(
    site: Site, client: httpx.Client, fault: dict[str, object], status: int, code: str
) -> None:
    site.store.faults({"method": "GET", "prefix": "renditions/", **fault})
    answer = client.get(site.path("photo.jpg", "w=160&f=png"))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["retry-after"] == "1"


def test_errors_of_the_renderer_pass(site: Site, client: httpx.Client) -> None:
    path = site.path(site.upload("front/a.svg", b"<svg/>"))
    answer = client.get(path, follow_redirects=True)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported")


def requests_of(log: Path) -> list[dict[str, Any]]:
    """Read the lines of a log that are whole."""
    return [json.loads(line) for line in log.read_text().splitlines(True) if line.endswith("\n")]


def test_logs_tell_nothing_of_documents(site: Site, client: httpx.Client) -> None:
    path = site.path(site.upload("Jane-Doe.jpg", PHOTO))
    log = site.folder / "access.log"
    before = len(requests_of(log))
    assert client.get(path, follow_redirects=True).status_code == 200
    client.get("/Jane-Doe")
    places = ["missing", "renderer", "other"]
    # A line is written after its answer was sent.
    eventually(lambda: [line["place"] for line in requests_of(log)[before:]][-3:] == places)
    lines = requests_of(log)[-3:]
    renderers = "".join(path.read_text() for path in site.folder.glob("renderer-*.log"))
    for told in ("Jane", "jpg", "&s=", path.split("&s=")[1]):
        assert told not in log.read_text() + renderers
    # One request, one document: the same names in both logs.
    seen = [json.loads(line) for line in renderers.splitlines()]
    same = [line for line in seen if line["request"] == lines[1]["request"]]
    assert [line["document"] for line in same] == [lines[0]["document"]] == [lines[1]["document"]]


@pytest.mark.parametrize("path", ["/health", "/metrics/1"])
def test_nothing_that_clients_send_is_in_logs(site: Site, client: httpx.Client, path: str) -> None:
    mark = f"Jane Doe at {path}"
    front = site.folder / "access.log"
    renderers = list(site.folder.glob("renderer-*.log"))
    before = len(requests_of(front))
    answer = client.get(path, headers={"X-Request-Id": mark})
    assert answer.status_code == 200

    def is_in_both() -> bool:
        own = {line["request"] for line in requests_of(front)[before:]}
        return any(line["request"] in own for log in renderers for line in requests_of(log))

    eventually(is_in_both)
    assert not any(mark in log.read_text() for log in [front, *renderers])


def test_a_renderer_that_dies_costs_no_client_its_picture(site: Site, client: httpx.Client) -> None:
    names = ("killed-1.jpg", "killed-2.jpg")
    paths = [site.path(site.upload(f"front/{name}", PHOTO)) for name in names]
    site.store.faults({"method": "GET", "prefix": "originals/front/killed", "seconds": 0.6})
    with ThreadPoolExecutor(2) as pool:
        # Each renderer has one of them.
        running = pool.map(lambda path: client.get(path, follow_redirects=True), paths)
        eventually(lambda: all(site.objects(f"locks/v1/front/{name}") for name in names))
        site.renderers[0].send_signal(signal.SIGKILL)
        site.store.faults()
        assert [answer.status_code for answer in running] == [200, 200]
    log = site.folder / "access.log"
    eventually(lambda: '"upstream":"502, 200"' in log.read_text())
    assert site.objects("locks/v1/front/killed") == []
    assert raw(site, "/metrics/1") == (503, "renderer_down")
