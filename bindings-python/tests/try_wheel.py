"""Tries an installed wheel in an environment that has nothing but it; run by `make wheel-python`."""

import asyncio
import importlib.metadata
import importlib.util
from pathlib import Path

import makeready

assert "site-packages" in (makeready.__file__ or "")
for absent in ("numpy", "PIL", "maturin"):
    assert importlib.util.find_spec(absent) is None, absent
assert not importlib.metadata.requires("makeready")
assert importlib.metadata.version("makeready") == makeready.__version__
# Calls for tests are not shipped.
assert not hasattr(makeready._native, "_panic")

tiles = Path(__file__).parents[2] / "examples" / "tiles"
names = ("left-00.jpg", "left-01.jpg", "left-10.jpg", "left-11.jpg")
page = makeready.Pipeline.stitch([tiles / name for name in names], across=2)
preview = page.resize(400).encode("webp")
output = preview.run()
assert makeready.probe(output.data).width == output.width == 400
assert asyncio.run(preview.run_async()).data == output.data
print(f"the wheel works: {output}")
