"""The command of the package: the same program as in Rust, whose tests are in cli/."""

import subprocess
import sys
from pathlib import Path

import makeready
import pytest
from support import IMAGES


def call(*args: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "makeready", *args]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_the_command_makes_what_the_library_makes(tmp_path: Path) -> None:
    photo, output = IMAGES / "photo.jpg", tmp_path / "a.webp"
    done = call("convert", photo, output, "--resize", "100x", "--quality", "60")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{photo} -> {output}: webp 100x75, ")
    expected = makeready.Pipeline.open(photo).resize(width=100).encode("webp", quality=60).run()
    assert output.read_bytes() == expected.data


@pytest.mark.parametrize(
    ("args", "code"), [(["probe", "none.jpg"], 12), (["probe"], 2), (["--version"], 0)]
)
def test_exit_codes_are_those_of_the_errors(args: list[str], code: int) -> None:
    assert call(*args).returncode == code
