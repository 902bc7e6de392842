"""The service of docs/serving.md runs."""

from __future__ import annotations

import re
from typing import Any

import makeready
import pytest
from support import IMAGES, ROOT


@pytest.fixture(scope="module")
def application() -> Any:
    text = (ROOT / "docs" / "serving.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert '"pictures"' in code
    names: dict[str, Any] = {}
    exec(compile(code.replace('"pictures"', repr(str(IMAGES))), "serving.md", "exec"), names)
    return names["application"]


def get(application: Any, path: str, query: str = "", accept: str | None = None) -> Any:
    environ = {"PATH_INFO": path, "QUERY_STRING": query}
    if accept is not None:
        environ["HTTP_ACCEPT"] = accept
    answers: list[Any] = []
    body = b"".join(application(environ, lambda *answer: answers.append(answer)))
    ((status, headers),) = answers
    return int(status.split()[0]), dict(headers), body


def test_clients_are_sent_pictures(application: Any) -> None:
    status, headers, body = get(application, "/photo.jpg", "w=150", "image/webp,*/*")
    assert (status, headers) == (200, {"Vary": "Accept", "Content-Type": "image/webp"})
    assert makeready.probe(body).width == 160
    status, headers, body = get(application, "/photo.jpg", "w=100&dpr=2&f=jpeg", "image/webp")
    assert (status, headers) == (200, {"Content-Type": "image/jpeg"})
    assert makeready.probe(body).width == 320
    assert get(application, "/photo.jpg")[:2] == (
        200,
        {"Vary": "Accept", "Content-Type": "image/jpeg"},
    )


def test_errors_have_their_status(application: Any) -> None:
    for path, query, status in [
        ("/photo.jpg", "w=2000", 400),
        ("/photo.jpg", "h=1", 400),
        ("/../serve.md", "", 400),
        ("//etc/passwd", "", 400),
        ("/Gr\u00ff", "", 500),
        ("/none.jpg", "", 500),
        ("/bad/empty", "", 422),
    ]:
        assert get(application, path, query)[0] == status, path
