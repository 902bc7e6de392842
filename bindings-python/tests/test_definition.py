"""Definitions: JSON and its schema, sources by their names, pickles."""

from __future__ import annotations

import io
import json
import pickle
import re
import tomllib
from typing import Any

import jsonschema
import makeready
import pytest
from support import IMAGES, ROOT, image
from test_cases import all_cases, of_case

SCHEMA = json.loads((ROOT / "docs" / "definition.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
BAD = tomllib.loads((ROOT / "tests" / "cases" / "definitions" / "bad.toml").read_text())[
    "definition"
]
SPREAD = """{
    "version": 1,
    "stitch": {"across": 2, "inputs": ["a", {"input": "b", "ops": [{"op": "flip"}]}]},
    "outputs": [{"encode": {"format": "png"}}, {"ops": [{"op": "resize", "width": 4}], "threads": 1}]
}"""


def sources() -> dict[str, Any]:
    return {"a": makeready.Image(8, 6, 3, bytes(144)), "b": image("rgb.png")}


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    VALIDATOR.validate(json.loads(SPREAD))


def test_the_examples_of_the_page_are_definitions() -> None:
    page = (ROOT / "docs" / "definition.md").read_text()
    examples = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    assert examples
    for text in examples:
        VALIDATOR.validate(json.loads(text))
        names = set(re.findall(r'"([^"]*)"', text))
        pipelines = makeready.pipelines_from_json(text, dict.fromkeys(names, image("rgb.png")))
        assert [output.format for output in makeready.run_all(pipelines)] == ["jpeg", "webp", "png"]


def test_what_is_written_of_cases_follows_the_schema() -> None:
    written, refused = 0, []
    for case in all_cases():
        try:
            text = of_case(case).to_json()
        except makeready.InvalidOptionError:
            refused.append(case["expect"].get("error"))
        except makeready.UnsupportedError:
            # A format that this build does not write is refused where it is said.
            assert case["expect"].get("error") == "unsupported"
        else:
            VALIDATOR.validate(json.loads(text))
            written += 1
    assert written >= 240
    assert set(refused) == {"invalid_option"}


def test_bad_definitions_are_many() -> None:
    assert len(BAD) >= 60


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad["name"])
def test_a_bad_definition_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(makeready.InvalidOptionError) as raised:
        makeready.pipelines_from_json(bad["text"], {"a": b""})
    assert str(raised.value).startswith(bad["message"])
    if "only" in bad:
        assert bad["only"] == "library"
        assert bad["reason"]
        try:
            document = json.loads(bad["text"])
        except ValueError:
            return
        assert VALIDATOR.is_valid(document), "the schema sees it too"
    else:
        assert not VALIDATOR.is_valid(json.loads(bad["text"]))


def test_outputs_of_a_definition_run_together() -> None:
    pipelines = makeready.pipelines_from_json(SPREAD, sources())
    outputs = makeready.run_all(pipelines)
    assert [(output.format, output.width) for output in outputs] == [("png", 168), ("png", 4)]
    again = makeready.pipelines_to_json(pipelines)
    assert makeready.pipelines_to_json(makeready.pipelines_from_json(again, sources())) == again
    with pytest.raises(makeready.InvalidOptionError, match="pipelines_from_json reads them all"):
        makeready.Pipeline.from_json(SPREAD, sources())
    with pytest.raises(makeready.InvalidOptionError):
        makeready.pipelines_to_json([])


def test_pipelines_of_a_definition_are_pickled_and_compared() -> None:
    pipelines = makeready.pipelines_from_json(SPREAD, sources())
    text = pipelines[1].resize(3).to_json()
    one = makeready.Pipeline.from_json(text, sources=sources())
    for pipeline in [*pipelines, one, one.flip(), pipelines[0].flip()]:
        copy = pickle.loads(pickle.dumps(pipeline))
        assert copy == pipeline
        assert copy.to_json() == pipeline.to_json()
        assert copy.pixels() == pipeline.pixels()
    assert pipelines == makeready.pipelines_from_json(SPREAD, sources())
    assert pipelines[0] != pipelines[1]
    assert one != makeready.Pipeline.from_json(text, sources() | {"b": b""})
    assert repr(one).startswith(
        "Pipeline.from_json(sources={'a': <makeready.Image 8x6 rgb>, 'b': <"
    )
    assert len(repr(pipelines[0])) < 100


def test_sources_are_what_open_takes_and_looked_at_where_they_are_used() -> None:
    text = '{"version": 1, "input": "it"}'
    rows = bytes(range(6))
    for source in [
        IMAGES / "rgb.png",
        str(IMAGES / "rgb.png"),
        image("rgb.png"),
        bytearray(image("rgb.png")),
        io.BytesIO(image("rgb.png")),
        makeready.Image(3, 2, 1, rows),
    ]:
        # The other one is nothing at all.
        given: dict[str, Any] = {"it": source, "not used": object()}
        pipeline = makeready.Pipeline.from_json(text, given)
        assert pipeline.plan().width in (3, 160)
        assert json.loads(pipeline.to_json()) == json.loads(text)
    with pytest.raises(TypeError, match="an input is bytes"):
        makeready.Pipeline.from_json(text, {"it": 4})  # type: ignore[dict-item]
    with pytest.raises(TypeError):
        makeready.Pipeline.from_json(text, {1: b""})  # type: ignore[dict-item]
    with pytest.raises(TypeError):
        makeready.Pipeline.from_json(text.encode(), {"it": b""})  # type: ignore[arg-type]


def test_a_definition_opens_nothing_by_itself() -> None:
    text = json.dumps({"version": 1, "input": str(IMAGES / "rgb.png")})
    with pytest.raises(makeready.InvalidOptionError, match=r"expected a source for .*, found none"):
        makeready.Pipeline.from_json(text, {})


def test_errors_of_a_run_have_the_name() -> None:
    pipeline = makeready.Pipeline.from_json('{"version": 1, "input": "left"}', {"left": b"none"})
    with pytest.raises(makeready.UnsupportedError, match=r"^input 0 \(left\): "):
        pipeline.run()
