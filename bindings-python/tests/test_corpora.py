"""Compares files of the large corpora with Pillow's reading; tests/differences.toml has known differences.

A file that only Pillow reads is compared with what ``on_error="recover"`` gives of it, too.
"""

from __future__ import annotations

import io
import os
import re
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import makeready
import numpy as np
import pytest
from PIL import Image
from support import CORES, ROOT

SHARED = Path(os.environ.get("MAKEREADY_SHARED", ROOT.parent / "shared"))
DIFFERENCES: list[dict[str, Any]] = tomllib.loads(
    (ROOT / "tests" / "differences.toml").read_text()
)["difference"]
#: Folders below ``shared/corpora``, the endings of their files, and how many there are.
CORPORA = {
    "jpeg-valid": (".jpg", 17),
    "jpeg-matrix": (".jpg", 152),
    "orientation": (".jpg", 18),
    "png/png": (".png", 175),
    "webp": (".webp", 130),
    "fuzz-jpeg": ("", 1837),
    "fuzz-png": ("", 837),
}
Picture = Image.Image | Exception


def of_pillow(data: bytes) -> Picture:
    try:
        image = Image.open(io.BytesIO(data))
        image.load()
    except Exception as error:
        return error
    if image.mode.startswith("I"):
        # Sixteen bits: the high byte is kept here.
        return Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8))
    return image


def of_makeready(data: bytes, on_error: Literal["fail", "recover"]) -> Picture:
    """Read samples as they are, as Pillow does; inks with a profile cannot be kept."""
    pipeline = makeready.Pipeline.open(data, auto_orient=False, on_error=on_error)
    try:
        return pipeline.colour("keep").pixels().to_pillow()
    except makeready.InvalidOptionError:
        return pipeline.pixels().to_pillow()
    except makeready.MakereadyError as error:
        return error


def compare(ours: Picture, theirs: Picture) -> tuple[str, str]:
    """Name the outcome of a file, and the words of its error or difference."""
    if isinstance(ours, Exception):
        outcome = "neither" if isinstance(theirs, Exception) else "only pillow"
        return outcome, str(ours)
    if isinstance(theirs, Exception):
        return "only makeready", str(theirs)
    if ours.size != theirs.size:
        return "size", f"{ours.size}, {theirs.size}"
    a, b = np.asarray(ours.convert("RGBA")), np.asarray(theirs.convert("RGBA"))
    # Where both are clear, colours do not matter.
    seen = (a[..., 3] | b[..., 3]) > 0
    if np.array_equal(a[seen], b[seen]):
        return "same", ""
    return "pixels", f"{theirs.mode}"


def known(corpus: str, mode: str, outcome: str, text: str) -> int | None:
    """Find the known difference that this is."""
    for index, known in enumerate(DIFFERENCES):
        found = (known["corpus"], known["mode"], known["outcome"]) == (corpus, mode, outcome)
        if found and re.search(known.get("says", ""), text):
            return index
    return None


def check_probe(name: str, data: bytes) -> None:
    probe, image = makeready.probe(data), Image.open(io.BytesIO(data))
    assert (probe.width, probe.height) == image.size, name
    orientation = image.getexif().get(0x0112, 1)
    assert probe.orientation == (orientation if orientation in range(1, 9) else 1), name
    if probe.format in ("gif", "webp"):
        assert probe.pages == getattr(image, "n_frames", 1), name


def outcomes(path: Path, corpus: str) -> list[tuple[str, str, str]]:
    """Name the mode, the outcome and its words of each reading of a file."""
    data = path.read_bytes()
    ours, theirs = of_makeready(data, "fail"), of_pillow(data)
    found = [("fail", *compare(ours, theirs))]
    if isinstance(ours, Exception) and not isinstance(theirs, Exception):
        found.append(("recover", *compare(of_makeready(data, "recover"), theirs)))
    elif found[0][1] == "same" and not corpus.startswith("fuzz"):
        check_probe(path.name, data)
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("corpus", CORPORA)
def test_files_are_read_as_pillow_reads_them(corpus: str) -> None:
    folder = SHARED / "corpora" / corpus
    if not folder.is_dir():
        pytest.skip(f"left out: no corpus {corpus} beside this checkout")
    ending, count = CORPORA[corpus]
    paths = sorted(path for path in folder.iterdir() if path.name.endswith(ending))
    assert len(paths) == count
    found: Counter[int] = Counter()
    unknown = []
    # Both libraries read without the GIL.
    with ThreadPoolExecutor(CORES) as readers:
        each = list(readers.map(outcomes, paths, [corpus] * count))
    for path, (mode, outcome, text) in (
        (path, one) for path, of in zip(paths, each, strict=True) for one in of
    ):
        if outcome in ("same", "neither"):
            continue
        index = known(corpus, mode, outcome, text)
        if index is None:
            unknown.append(f"{path.name}, {mode}: {outcome}: {text}")
        else:
            found[index] += 1
    assert not unknown, "\n".join(unknown[:50])
    expected = {
        index: known["files"]
        for index, known in enumerate(DIFFERENCES)
        if known["corpus"] == corpus
    }
    assert dict(found) == expected
