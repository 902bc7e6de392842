"""The calls in the tables of docs/migrating.md run and give the results in their rows; Pillow's calls too."""

import ast
import asyncio
import gc
import inspect
import io
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import makeready
import numpy as np
import PIL.Image
import PIL.ImageFile
import PIL.ImageFilter
import PIL.ImageOps
import pytest
from support import IMAGES, ROOT, image

OURS, THEIRS, GIVES = "Makeready in Python", "Pillow", "gives"
LAYOUTS = {"L": "gray", "LA": "gray+alpha", "RGB": "rgb", "RGBA": "rgba"}


def rows() -> list[dict[str, str]]:
    """Give the rows of the tables that have a column of ours, by the heads of their columns."""
    found, head = [], None
    for line in (ROOT / "docs" / "migrating.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            head = None
        elif head is None:
            head = cells
        elif OURS in head and not line.startswith("|---"):
            found.append(dict(zip(head, cells, strict=True)))
    return found


ROWS = rows()
WITH_PILLOW = [row for row in ROWS if row.get(THEIRS, "none") != "none"]


def name(row: dict[str, str]) -> str:
    return row[""].replace(" ", "-")


def names(folder: Path) -> dict[str, Any]:
    """Give the names that the calls use; `image` is added by whose call it is."""
    data = image("photo.jpg")
    photos = ("photo.jpg", "photo-422.jpg", "photo-444.jpg", "progressive.jpg")
    return {
        "path": str(IMAGES / "photo.jpg"),
        "data": data,
        "stream": io.BytesIO(data),
        "turned": str(IMAGES / "orient-6.jpg"),
        "logo": str(IMAGES / "rgba.png"),
        "tiles": [str(IMAGES / photo) for photo in photos],
        "cut": data[: len(data) * 3 // 4],
        "out": str(folder / "out"),
        "Pipeline": makeready.Pipeline,
        "makeready": makeready,
        "Image": PIL.Image,
        "ImageFile": PIL.ImageFile,
        "ImageFilter": PIL.ImageFilter,
        "ImageOps": PIL.ImageOps,
        "asyncio": asyncio,
        "io": io,
        "np": np,
    }


def run(cell: str, known: dict[str, Any]) -> Any:
    """Run the code of a cell and give the value of its last expression."""
    code = re.fullmatch(r"`([^`]+)`", cell)
    assert code, f"not one call: {cell}"
    *before, last = ast.parse(code[1]).body
    exec(compile(ast.Module(before, []), cell, "exec"), known)
    assert isinstance(last, ast.Expr), cell
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    value = eval(compile(ast.Expression(last.value), cell, "eval", flags), known)
    return asyncio.run(value) if inspect.iscoroutine(value) else value


def described(value: Any, out: str) -> str:
    """Describe a value of ours as the last column does."""
    match value:
        case makeready.Pipeline():
            return described(value.run(), out)
        case bytes() | None:
            return described(makeready.probe(out if value is None else value), out)
        case list():
            return ", ".join(described(one, out) for one in value)
        case makeready.Image():
            return f"{value.width}x{value.height} {value.layout}"
        case np.ndarray():
            return described(PIL.Image.fromarray(value), out)
        case PIL.Image.Image():
            return f"{value.width}x{value.height} {LAYOUTS[value.mode]}"
        case _:
            return f"{value.width}x{value.height} {value.format}"


def samples(value: Any, known: dict[str, Any]) -> np.ndarray[Any, Any]:
    """Give the RGB pixels of a value of ours or of Pillow's."""
    if isinstance(value, (makeready.Pipeline, makeready.Image)):
        pixels = value.pixels() if isinstance(value, makeready.Pipeline) else value
        value = pixels.to_pillow()
    elif isinstance(value, makeready.Output):
        value = PIL.Image.open(io.BytesIO(value.data))
    elif isinstance(value, bytes):
        value = PIL.Image.open(io.BytesIO(value))
    elif value is None:
        # A call that writes a file, or changes its image.
        written = Path(known["out"])
        value = PIL.Image.open(written) if written.exists() else known["image"]
    elif isinstance(value, np.ndarray):
        value = PIL.Image.fromarray(value)
    return np.asarray(value.convert("RGB")).astype(int)


@pytest.fixture
def left_open_files() -> Iterator[None]:
    """Let Pillow's images leave their files to the garbage collector, which is here."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def test_the_tables_are_there() -> None:
    assert len(ROWS) >= 90
    assert len(WITH_PILLOW) >= 45


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_a_call_gives_what_its_row_says(row: dict[str, str], tmp_path: Path) -> None:
    known = names(tmp_path)
    known["image"] = makeready.Pipeline.open(known["path"])
    try:
        found = described(run(row[OURS], known), known["out"])
    except makeready.MakereadyError as error:
        found = error.code
    assert found == row[GIVES]


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.usefixtures("left_open_files")
@pytest.mark.parametrize("row", WITH_PILLOW, ids=name)
def test_a_call_gives_the_picture_that_pillow_gives(
    row: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", PIL.Image.MAX_IMAGE_PIXELS)
    monkeypatch.setattr(PIL.ImageFile, "LOAD_TRUNCATED_IMAGES", False)
    folders = [tmp_path / "theirs", tmp_path / "ours"]
    for folder in folders:
        folder.mkdir()
    theirs, ours = map(names, folders)
    theirs["image"] = PIL.Image.open(theirs["path"])
    ours["image"] = makeready.Pipeline.open(ours["path"])
    if row[GIVES] == "limit_exceeded":
        with pytest.raises(PIL.Image.DecompressionBombError):
            run(row[THEIRS], theirs)
        return
    found = run(row[THEIRS], theirs)
    if row[GIVES] == "invalid_option":
        assert isinstance(found, PIL.Image.Image)
        return
    given = run(row[OURS], ours)
    if isinstance(given, makeready.Probe):
        assert (found.size, found.format.lower()) == ((given.width, given.height), given.format)
        return
    pairs = zip(found, given, strict=True) if isinstance(given, list) else [(found, given)]
    for theirs_one, ours_one in pairs:
        before, after = samples(theirs_one, theirs), samples(ours_one, ours)
        assert before.shape == after.shape
        # JPEG at quality 80 makes up to 4 of difference; another turn, part or colour 20 and more.
        assert np.abs(before - after).mean() < 5
