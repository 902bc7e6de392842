"""Runs cargo-mutants on a part of the mutants, and fails where one survives that `mutants.toml` does not name.

Works in a copy below `target/mutants` that stays, so that each build is incremental.
"""

import argparse
import datetime
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "mutants"
TREE = WORK / "tree"
# Exit codes of cargo-mutants: all found; some missed; some not done in time, which is a way to be found.
DONE = {0, 2, 3}


def copy() -> None:
    """The files of the checkout, with the time of the copy: code that the last run built may be a mutant's."""
    shutil.rmtree(TREE, ignore_errors=True)
    TREE.mkdir(parents=True)
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.split(b"\0")
    for name in sorted(set(filter(None, names))):
        source, target = ROOT / os.fsdecode(name), TREE / os.fsdecode(name)
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def mutants(tool: Path, *arguments: str, capture: bool = False) -> subprocess.CompletedProcess[str]:
    """Runs the tool in the copy."""
    shared = os.environ.get("MAKEREADY_SHARED", str(ROOT.parent / "shared"))
    environment = os.environ | {"CARGO_TARGET_DIR": str(WORK / "build"), "MAKEREADY_SHARED": shared}
    command = [str(tool), "mutants", *arguments]
    output = subprocess.PIPE if capture else None
    return subprocess.run(command, cwd=TREE, env=environment, stdout=output, text=True, check=False)


def without_place(mutant: str) -> str:
    """A mutant's name without line and column, which change with every edit above it."""
    return re.sub(r"^([^:]+):\d+:\d+: ", r"\1: ", mutant)


def lines(name: str) -> list[str]:
    """A list that the tool has written."""
    return (WORK / "mutants.out" / name).read_text().splitlines()


def shard(count: int, total: int) -> str:
    """The part of `count` mutants that it is the turn of today; all parts have theirs in as many days."""
    parts = max(1, round(total / count))
    today = datetime.datetime.now(datetime.UTC).date()
    return f"{today.toordinal() % parts}/{parts}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", type=Path, required=True, help="cargo-mutants")
    parser.add_argument("--count", type=int, default=40, help="about so many, others each day")
    parser.add_argument("--shard", default="", help="part k of n, as k/n, instead")
    chosen = parser.parse_args()
    copy()
    listed = mutants(chosen.tool, "--list", capture=True)
    listed.check_returncode()
    names = listed.stdout.splitlines()
    known = tomllib.loads((ROOT / "tests" / "mutants.toml").read_text())["survivor"]
    there = {without_place(name) for name in names}
    stale = [entry["mutant"] for entry in known if entry["mutant"] not in there]
    for mutant in stale:
        print(f"NO MUTANT ANY MORE, but in tests/mutants.toml: {mutant}")
    part = chosen.shard or shard(chosen.count, len(names))
    print(f"shard {part} of {len(names)} mutants", flush=True)
    run = ["--in-place", "--no-times", "--output", str(WORK)]
    code = mutants(chosen.tool, *run, "--sharding=round-robin", f"--shard={part}").returncode
    if code not in DONE:
        return code
    missed = lines("missed.txt")
    expected = {entry["mutant"] for entry in known}
    survivors = [name for name in missed if without_place(name) not in expected]
    for name in survivors:
        print(f"SURVIVED: {name}")
    found = len(lines("caught.txt")) + len(lines("timeout.txt"))
    print(f"{found} found, {len(missed)} survived, {len(missed) - len(survivors)} of them known")
    return 1 if survivors or stale else 0


if __name__ == "__main__":
    sys.exit(main())
