"""Makes docs/gallery.md and its pictures: python -m gallery [FOLDER], from examples."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path

from makeready import Image, Pipeline

from . import pictures

Change = Callable[[Pipeline], Pipeline]

EXAMPLES = Path(__file__).parents[1]
PHOTOGRAPH = EXAMPLES / "tiles" / "left-00.jpg"
ACROSS = 4
CHANGES: list[Change] = [
    made
    for name, made in vars(pictures).items()
    if inspect.isfunction(made) and not name.startswith("_")
]

HEAD = """# Gallery

Every call on the same photograph, but `colour` on hues, in Python; [options.md](options.md) has the options of
each. `make gallery` writes this page and its pictures, by `examples/gallery/pictures.py`.
"""


def code(change: Change) -> str:
    """Give the call that makes a picture, as it is written."""
    return inspect.getsource(change).rpartition("return ")[2].strip()


def picture(change: Change, photograph: Image) -> bytes:
    """Make a picture, as WebP where the call does not say otherwise."""
    changed = change(Pipeline.open(photograph))
    return (changed if ".encode(" in code(change) else changed.encode("webp")).run().data


def write(folder: Path) -> None:
    """Write the page and its pictures."""
    (folder / "gallery").mkdir(exist_ok=True)
    photograph, cells = Pipeline.open(PHOTOGRAPH).resize(240).pixels(), []
    for change in CHANGES:
        name, data = change.__name__, picture(change, photograph)
        file = f"gallery/{name}.{'webp' if data.startswith(b'RIFF') else 'png'}"
        (folder / file).write_bytes(data)
        cells.append(f"![{name}]({file})<br>{inspect.getdoc(change)}<br>`{code(change)}`")
    rows = [cells[at : at + ACROSS] for at in range(0, len(cells), ACROSS)]
    lines = [f"| {' | '.join(row + [''] * (ACROSS - len(row)))} |" for row in rows]
    head = f"|{' |' * ACROSS}\n|{'---|' * ACROSS}"
    (folder / "gallery.md").write_text("\n".join([HEAD, head, *lines, ""]))


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES.parent / "docs")
