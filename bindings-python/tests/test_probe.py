"""The facts that probes tell, within limits."""

from __future__ import annotations

import inspect
import tomllib
from typing import Any

import makeready
import pytest
from makeready import Pipeline
from support import IMAGES, ROOT, image

PHOTO = image("rgb.png")

USUAL = {
    "orientation": 1,
    "layout": "rgb",
    "has_alpha": False,
    "bits": 8,
    "pages": 1,
    "animated": False,
    "duration": 0,
    "progressive": False,
}


def fields(value: Any) -> dict[str, Any]:
    """Give the fields that are there, by their names."""
    named = {name: getattr(value, name) for name in type(value).__match_args__}
    if named.get("exif") is not None:
        named["exif"] = fields(named["exif"])
    return {name: field for name, field in named.items() if field is not None}


def test_files_tell_their_facts() -> None:
    text = (ROOT / "tests" / "cases" / "probe" / "files.toml").read_text()
    cases: list[dict[str, Any]] = tomllib.loads(text)["case"]
    assert len(cases) >= 42
    for case in cases:
        found = makeready.probe(IMAGES / case["input"], exif=case.get("exif", False))
        assert fields(found) == USUAL | case["expect"], case["input"]


def test_probe_names_its_input_in_errors() -> None:
    with pytest.raises(makeready.UnsupportedError) as caught:
        makeready.probe(b"not an image")
    assert caught.value.input == 0


def test_probe_takes_limits() -> None:
    photo = image("photo.jpg")
    assert makeready.probe(photo, limits={}) == makeready.probe(photo, limits=None)
    assert makeready.probe(photo, limits={"max_input_side": 480, "max_memory": None}).width == 480
    for limits in ({"max_input_side": 479}, {"max_input_bytes": 99, "max_inputs": 1}):
        with pytest.raises(makeready.LimitExceededError) as caught:
            makeready.probe(photo, limits=limits)
        assert (caught.value.limit, caught.value.input) == (next(iter(limits)), 0)


def test_probe_takes_every_limit() -> None:
    parameters = inspect.signature(Pipeline.limits).parameters
    names = [name for name in parameters if name != "self"]
    assert len(names) >= 12
    large = dict.fromkeys(names, 1 << 30)
    assert makeready.probe(PHOTO, limits=large) == makeready.probe(PHOTO)
    for name in names:
        with pytest.raises(makeready.InvalidOptionError, match=name):
            makeready.probe(PHOTO, limits={name: -1})
        with pytest.raises(TypeError):
            makeready.probe(PHOTO, limits={name: "much"})  # type: ignore[dict-item]
    with pytest.raises(
        makeready.InvalidOptionError, match=r"max_input_bytes, .*found max_everything"
    ):
        makeready.probe(PHOTO, limits={"max_everything": 1})
