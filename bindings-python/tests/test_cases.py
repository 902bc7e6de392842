"""Runs every case of tests/cases/*.toml, and writes each result for a comparison with other languages."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import makeready
import pytest
from support import IMAGES, ROOT

CASES = ROOT / "tests" / "cases"
TABLE = ROOT / "target" / "cases" / "python.tsv"


def all_cases() -> list[dict[str, Any]]:
    files = sorted(CASES.glob("*.toml"))
    return [case for file in files for case in tomllib.loads(file.read_text())["case"]]


@pytest.fixture(scope="module")
def table() -> Iterator[dict[str, str]]:
    lines: dict[str, str] = {}
    yield lines
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text("".join(f"{name}\t{lines[name]}\n" for name in sorted(lines)))


def test_no_case_is_lost() -> None:
    names = [case["name"] for case in all_cases()]
    written = sum(file.read_text().count("[[case]]\n") for file in CASES.glob("*.toml"))
    assert len(names) == len(set(names)) == written
    assert written >= 275


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case["name"])
def test_case(case: dict[str, Any], table: dict[str, str]) -> None:
    expect = case["expect"]
    pipeline, text = None, None
    try:
        pipeline = of_case(case)
        text = defined(pipeline)
        output = pipeline.run()
    except makeready.MakereadyError as error:
        limit = error.limit or "-"
        at_input = "-" if error.input is None else error.input
        table[case["name"]] = f"error {error.code} limit={limit} input={at_input} {shown(text)}"
        if text is not None:
            with pytest.raises(type(error)) as again:
                from_json(case, text).run()
            assert (again.value.limit, again.value.input) == (error.limit, error.input)
        assert error.code == expect.get("error"), error
        assert type(error) is not makeready.MakereadyError
        assert error.limit == expect.get("limit", error.limit)
        assert error.input == expect.get("at_input", error.input)
    else:
        digest = hashlib.sha256(output.data).hexdigest()
        size = f"{output.width}x{output.height}"
        table[case["name"]] = f"{output.format} {size} sha256:{digest} {shown(text)}"
        assert text is not None
        assert from_json(case, text).run().data == output.data
        assert "error" not in expect
        check(pipeline, output, expect)


def defined(pipeline: makeready.Pipeline) -> str | None:
    try:
        return pipeline.to_json()
    except makeready.InvalidOptionError as error:
        with pytest.raises(makeready.InvalidOptionError, match=re.escape(str(error))):
            pipeline.run()
        return None


def shown(text: str | None) -> str:
    return "no definition" if text is None else text.replace(f"{IMAGES}/", "")


def from_json(case: dict[str, Any], text: str) -> makeready.Pipeline:
    """Read a definition whose sources are named by their paths, and see that it is written again."""
    names = re.findall(r'"([^"]*)"', text)
    pipeline = makeready.Pipeline.from_json(text, {name: name for name in names})
    assert pipeline.to_json() == json.dumps(json.loads(text), separators=(",", ":")) == text
    return cancelled(case, pipeline)


def check(pipeline: makeready.Pipeline, output: makeready.Output, expect: dict[str, Any]) -> None:
    size = tuple(expect.get("size", (output.width, output.height)))
    assert (output.width, output.height) == size
    assert output.format == expect.get("format", output.format)
    assert output.layout == expect.get("layout", output.layout)
    assert output.vary == expect.get("vary")
    assert len(output.warnings) == expect.get("warnings", 0), output.warnings
    assert all(text.encode("latin-1") in output.data for text in expect.get("holds", []))
    assert not any(text.encode("latin-1") in output.data for text in expect.get("lacks", []))
    frames = expect.get("frames", 1)
    read = makeready.probe(output.data)
    assert (output.frames, read.pages) == (frames, frames)
    assert (read.format, read.width, read.height) == (output.format, *size)
    plan = pipeline.plan()
    assert [plan.width, plan.height] == expect.get("planned_size", list(size))
    assert plan.looks == expect.get("looks", 0)
    # The smallest of several files is sent, which no plan knows.
    assert plan.format == output.format or output.vary
    assert (plan.layout, plan.frames) == (output.layout, frames)
    decodes = [
        f"#{decode.input} 1/{decode.scale} {width}x{height}+{x}+{y}"
        for decode in plan.decodes
        for x, y, width, height in [decode.region]
    ]
    assert decodes == expect.get("decodes", decodes)
    lines = pipeline.explain().splitlines()
    applied = next(line for line in lines if line.startswith("rules applied"))
    assert all(rule in applied for rule in expect.get("rules", [])), applied
    assert not any(rule in applied for rule in expect.get("not_rules", [])), applied
    # A film shows them in its frames.
    shown = pipeline if frames == 1 else makeready.Pipeline.open(output.data)
    pixels = shown.pixels()
    samples = memoryview(pixels).cast("B")
    for point in expect.get("points", []):
        x, y = point["at"]
        start = (y * pixels.width + x) * pixels.channels
        found = list(samples[start : start + pixels.channels])
        within = point.get("within", 3)
        assert len(found) == len(point["is"]), (point, found)
        close = [abs(a - b) <= within for a, b in zip(found, point["is"], strict=True)]
        assert all(close), (point, found)


def of_case(case: dict[str, Any]) -> makeready.Pipeline:
    pipeline = of_recipe(case["recipe"])
    if encode := case.get("encode"):
        pipeline = pipeline.encode(**encode)
    job = dict(case.get("job", {}))
    job.pop("cancelled", None)
    for name, given in job.items():
        setting = getattr(pipeline, name)
        if isinstance(given, dict):
            pipeline = setting(**given)
        else:
            pipeline = setting(*given) if isinstance(given, list) else setting(given)
    return cancelled(case, pipeline)


def cancelled(case: dict[str, Any], pipeline: makeready.Pipeline) -> makeready.Pipeline:
    if not case.get("job", {}).get("cancelled", False):
        return pipeline
    token = makeready.CancelToken()
    token.cancel()
    return pipeline.cancel(token)


def of_part(given: str | dict[str, Any]) -> Path | makeready.Pipeline:
    return IMAGES / given if isinstance(given, str) else of_recipe(given)


def of_recipe(recipe: dict[str, Any]) -> makeready.Pipeline:
    if "input" in recipe:
        source = IMAGES / recipe["input"]
        pipeline = makeready.Pipeline.open(source, **recipe.get("open", {}))
    else:
        stitch = dict(recipe["stitch"])
        inputs = [of_part(given) for given in stitch.pop("inputs")]
        pipeline = makeready.Pipeline.stitch(inputs, **stitch)
    for step in recipe.get("ops", []):
        options = dict(step)
        if "input" in options:
            options["input"] = of_part(options["input"])
        pipeline = getattr(pipeline, options.pop("op"))(**options)
    return pipeline
