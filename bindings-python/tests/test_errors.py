"""One base class, a subclass a code, and no panic that is anything else."""

import copy
import os
import pickle
import re
from pathlib import Path

import makeready
import pytest
from makeready import MakereadyError, Pipeline, _native
from support import IMAGES, image, script

CODES = {
    "invalid_option": makeready.InvalidOptionError,
    "unsupported": makeready.UnsupportedError,
    "malformed": makeready.MalformedError,
    "truncated": makeready.TruncatedError,
    "limit_exceeded": makeready.LimitExceededError,
    "not_acceptable": makeready.NotAcceptableError,
    "forbidden": makeready.ForbiddenError,
    "timeout": makeready.DeadlineError,
    "cancelled": makeready.JobCancelledError,
    "busy": makeready.BusyError,
    "io": makeready.IoError,
    "internal": makeready.InternalError,
}


def test_a_subclass_a_code() -> None:
    assert {error.code: error for error in MakereadyError.__subclasses__()} == CODES
    for error in CODES.values():
        assert issubclass(error, MakereadyError)
        assert error.__module__ == "makeready"
    # Callers that know nothing of this library catch these.
    assert issubclass(makeready.InvalidOptionError, ValueError)
    assert issubclass(makeready.DeadlineError, TimeoutError)
    assert issubclass(makeready.IoError, OSError)


def test_what_an_error_says() -> None:
    tiles = [image("orient-1.jpg"), image("orient-2.jpg"), image("bad/text.jpg")]
    with pytest.raises(makeready.UnsupportedError) as caught:
        Pipeline.stitch(tiles, across=2).run()
    assert (caught.value.code, caught.value.input, caught.value.limit) == ("unsupported", 2, None)
    with pytest.raises(makeready.LimitExceededError) as limited:
        Pipeline.open(image("photo.jpg")).limits(max_input_pixels=10).run()
    assert (limited.value.limit, limited.value.input) == ("max_input_pixels", 0)
    assert "max_input_pixels is 10" in str(limited.value)
    with pytest.raises(makeready.IoError, match=r"there-is-none\.jpg"):
        Pipeline.open(IMAGES / "there-is-none.jpg").run()


@pytest.mark.parametrize("error", CODES.values(), ids=CODES.keys())
def test_errors_are_pickled(error: type[MakereadyError]) -> None:
    for given in (error("what", 3, "max_memory"), error("what")):
        for found in (pickle.loads(pickle.dumps(given)), copy.copy(given)):
            assert type(found) is error
            assert str(found) == "what"
            assert (found.input, found.limit) == (given.input, given.limit)


def test_a_panic_is_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(makeready.InternalError, match="panicked: for a test") as caught:
        _native._panic()  # type: ignore[attr-defined]
    assert caught.value.code == "internal"
    assert re.fullmatch(
        r"makeready panicked at .*job\.rs:\d+:\d+: for a test\n", capfd.readouterr().err
    )


def test_save(tmp_path: Path) -> None:
    output = Pipeline.open(image("rgb.png")).run()
    output.save(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes() == output.data
    with pytest.raises(makeready.IoError, match="no-folder"):
        output.save(tmp_path / "no-folder" / "a.png")
    with pytest.raises(makeready.IoError, match=r"directory"):
        output.save(tmp_path)
    assert os.listdir(tmp_path) == ["a.png"]


def test_save_replaces_the_file_of_a_link_and_keeps_its_mode(tmp_path: Path) -> None:
    output = Pipeline.open(image("rgb.png")).run()
    # As long as a name may be.
    old, link = tmp_path / ("o" * 255), tmp_path / "link"
    old.write_bytes(b"old")
    old.chmod(0o604)
    link.symlink_to(old)
    mask = os.umask(0o027)
    try:
        output.save(link)
        output.save(str(tmp_path / "new"), durable=True)
    finally:
        os.umask(mask)
    assert link.is_symlink()
    assert old.read_bytes() == output.data
    assert [path.stat().st_mode & 0o777 for path in (old, tmp_path / "new")] == [0o604, 0o640]


def test_save_writes_to_what_is_no_file(tmp_path: Path) -> None:
    output = Pipeline.open(makeready.Image(1, 1, 1, b"a")).encode("png").run()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    output.save(pipe)
    assert os.read(reader, 1 << 16) == output.data
    os.close(reader)
    output.save("/dev/null")
    assert os.listdir(tmp_path) == ["pipe"]


def test_save_keeps_the_old_file_where_there_is_no_room(tmp_path: Path) -> None:
    text = f"""
import os, resource
import makeready
from support import noise
output = makeready.Pipeline.open(noise(100, 100)).encode("png").run()
os.chdir({str(tmp_path)!r})
makeready.Pipeline.open(noise(2, 2)).encode("png").run().save("a.png")
old = open("a.png", "rb").read()
resource.setrlimit(resource.RLIMIT_FSIZE, (len(output.data) // 2,) * 2)
for path in ("a.png", "b.png"):
    try: output.save(path)
    except makeready.IoError as error: print(error)
print(os.listdir(), open("a.png", "rb").read() == old)
"""
    done = script(text)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "a.png: File too large (os error 27)",
        "b.png: File too large (os error 27)",
        "['a.png'] True",
    ]
