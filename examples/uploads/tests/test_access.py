"""Who may ask for what."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Callable

import httpx
import makeready
import pytest
from botocore.exceptions import ClientError

from uploads.bucket import BUCKET
from uploads.paths import FRONT, RENDER
from uploads.servers import Credentials

from .conftest import IMAGES, Site

Change = Callable[[str], str]
CHANGES: dict[str, Change] = {
    "another document": lambda path: path.replace("door", "wall"),
    "another width": lambda path: path.replace("w-320", "w-640"),
    "another format": lambda path: path.replace(".webp", ".png"),
    "later": lambda path: path.replace("e=", "e=9"),
    "another key": lambda path: path.replace("k=first", "k=second"),
    "forged": lambda path: path[:-4] + ("0000" if path[-4:] != "0000" else "1111"),
    "capitals": lambda path: path.split("&s=")[0] + "&s=" + path.split("&s=")[1].upper(),
    "cut": lambda path: path[:-1],
    "longer": lambda path: path + "0",
    "one more parameter": lambda path: path + "&w=640",
    "unsigned": lambda path: path.split("&s=")[0],
    "no query": lambda path: path.split("?")[0],
    "other order": lambda path: "&".join([path.split("&")[0], *path.split("&")[:0:-1]]),
    "twice": lambda path: path + "&" + path.split("?")[1],
    "parent": lambda path: path.replace("/v1/", "/v1/../v1/"),
    "escaped parent": lambda path: path.replace("/v1/", "/v1/%2e%2e/v1/"),
    "escaped slash": lambda path: path.replace("/v1/", "/v1%2f"),
    "two slashes": lambda path: path.replace("/v1/", "//v1/"),
    "escaped letter": lambda path: path.replace("door", "d%6For"),
    "escaped NUL": lambda path: path.replace(".jpg", ".jpg%00"),
    "unicode": lambda path: path.replace("door", "do%C3%B6r"),
    "backslash": lambda path: path.replace("/v1/", "/v1\\"),
    "absolute": lambda path: path.replace("/v1/", "//etc/passwd/"),
}
KEYS = {
    "parent": "v1/../secret/w-320.webp",
    "parent below": "v1/a/../../b/w-320.webp",
    "escaped parent": "v1/%2e%2e/a/w-320.webp",
    "two slashes": "v1//a.jpg/w-320.webp",
    "absolute": "/etc/passwd",
    "NUL": "v1/a~00.jpg/w-320.webp",
    "another spelling": "v1/~61.jpg/w-320.webp",
    "not in the policy": "v1/a.jpg/w-321.webp",
    "no key": "a.jpg",
}


@pytest.fixture(scope="session")
def door(site: Site) -> str:
    """Sign a path of a document that is there."""
    return site.path(site.upload("door.jpg", (IMAGES / "photo.jpg").read_bytes()))


@pytest.mark.parametrize("name", CHANGES)
def test_paths_that_nobody_signed(site: Site, door: str, name: str) -> None:
    assert CHANGES[name](door) != door
    answer = site.ask(CHANGES[name](door))
    assert (answer.status, answer.code) == (403, "forbidden")


def test_no_path_has_a_raw_nul(site: Site, door: str) -> None:
    assert site.ask(door.replace("door", "do\0r")).status == 400


@pytest.mark.parametrize("name", KEYS)
def test_signed_paths_that_are_no_renditions(site: Site, name: str) -> None:
    path = makeready.sign(FRONT + KEYS[name], site.keys, int(time.time()) + 60)
    answer = site.ask(path.replace(FRONT, RENDER, 1))
    assert (answer.status, answer.code) == (400, "invalid_option")
    assert json.loads(answer.body)["parameter"] == "key"


def test_signatures_expire(site: Site) -> None:
    path = makeready.sign(FRONT + "v1/door.jpg/w-320.webp", site.keys, int(time.time()) - 1)
    answer = site.ask(path.replace(FRONT, RENDER, 1))
    assert (answer.status, answer.code) == (403, "forbidden")


def test_only_the_front_is_answered(site: Site, door: str) -> None:
    answer = site.ask(door, proof="guess")
    assert (answer.status, answer.code) == (403, "direct")
    for path in site.sockets:
        mode = path.stat().st_mode
        assert (stat.S_ISSOCK(mode), stat.S_IMODE(mode)) == (True, 0o660)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("POST", "/render/a", 405, "method"),
        ("DELETE", "/render/a", 405, "method"),
        ("GET", "/", 404, "no_path"),
        ("GET", "/docs", 404, "no_path"),
        ("GET", "/render", 404, "no_path"),
    ],
)
def test_nothing_else_is_served(site: Site, method: str, path: str, status: int, code: str) -> None:
    answer = site.ask(path, method=method)
    assert (answer.status, answer.code) == (status, code)


def test_the_bucket_takes_signed_requests_only(site: Site, door: str) -> None:
    url = f"{site.store.url}/{BUCKET}/originals/door.jpg"
    assert httpx.get(url).status_code == 403
    assert httpx.put(url, content=b"other").status_code == 403
    owner = site.store.owner
    forged = site.store.client_of(Credentials(owner.access_key, "guess"))
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        forged.get_object(Bucket=BUCKET, Key="originals/door.jpg")


@pytest.mark.parametrize(
    ("user", "key", "reads", "writes"),
    [
        ("front", "originals/door.jpg", False, False),
        ("front", "renditions/v1/door.jpg/w-320.webp", True, False),
        ("renderer", "originals/door.jpg", True, False),
        ("renderer", "renditions/v1/door.jpg/w-320.webp", True, True),
    ],
)
def test_each_part_may_do_what_it_must(
    site: Site, door: str, user: str, key: str, reads: bool, writes: bool
) -> None:
    assert site.ask(door).status == 200
    client = site.store.client_of(getattr(site.store, user))
    before = site.store.client().get_object(Bucket=BUCKET, Key=key)["Body"].read()

    def refused(call: Callable[[], object]) -> int:
        try:
            call()
        except ClientError as error:
            return error.response["ResponseMetadata"]["HTTPStatusCode"]
        return 0

    assert refused(lambda: client.get_object(Bucket=BUCKET, Key=key)) == (0 if reads else 403)
    written = refused(lambda: client.put_object(Bucket=BUCKET, Key=key, Body=before))
    assert written == (0 if writes else 403)
