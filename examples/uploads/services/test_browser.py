"""The page that shows the flow, in a browser."""

from __future__ import annotations

import io
import json
import os
import subprocess
from pathlib import Path

from PIL import Image, ImageOps

from uploads.site import Site
from uploads.tests.conftest import IMAGES


def test_the_page_in_a_browser(site: Site) -> None:
    original = Image.open(io.BytesIO((IMAGES / "orient-6.jpg").read_bytes()))
    width, height = ImageOps.exif_transpose(original).size
    assert (width, height) == original.size[::-1] != original.size
    upright = [640, round(640 * height / width)]
    settings = {"SITE": site.url, "CHROMIUM": "/usr/bin/chromium", "UPRIGHT": json.dumps(upright)}
    subprocess.run(
        ["node", "--test", "flow.test.js"],
        cwd=Path(__file__).parent,
        env=os.environ | settings,
        check=True,
        timeout=120,
    )
