"""The examples of the READMEs run, from the root of the checkout."""

import re
from pathlib import Path

import pytest
from support import ROOT

READMES = [
    ROOT / "README.md",
    ROOT / "bindings-python" / "README.md",
    ROOT / "docs" / "definition.md",
]


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.parent.name)
def test_examples_run(readme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    examples = re.findall(r"```python\n(.*?)```", readme.read_text(), re.DOTALL)
    assert examples
    for example in examples:
        assert "assert" in example
        exec(compile(example, str(readme), "exec"), {})
