from pathlib import Path

from makeready import Pipeline

from .__main__ import CHANGES, EXAMPLES, code, write

DOCS = EXAMPLES.parent / "docs"
#: Calls that make no other picture.
UNSEEN = {
    "cancel", "deadline", "density", "encode", "ensure_alpha", "explain", "from_json",
    "keep", "limits", "negotiate", "open", "optimizations", "pixels", "plan", "priority",
    "remove_alpha", "run", "run_async", "shrink", "threads", "to_json",
}  # fmt: skip


def files(folder: Path) -> dict[str, bytes]:
    names = [folder / "gallery.md", *(folder / "gallery").iterdir()]
    return {str(name.relative_to(folder)): name.read_bytes() for name in names}


def test_the_gallery_of_the_docs_is_what_the_library_makes(tmp_path: Path) -> None:
    write(tmp_path)
    assert files(tmp_path) == files(DOCS)


def test_every_call_that_changes_a_picture_is_shown() -> None:
    calls = {name for name in dir(Pipeline) if not name.startswith("_")} - UNSEEN
    shown = " ".join(map(code, CHANGES))
    assert {name for name in calls if f".{name}(" not in shown} == set()
