"""Makes what sharp and libvips make of `photo.png` and `logo.png`, as `pictures.toml` says.

pip install "pyvips[binary]"
npm install sharp
python3 make.py
"""

import json
import subprocess
import tomllib
from pathlib import Path

import pyvips

HERE = Path(__file__).parent

SCRIPT = """
const sharp = require('sharp');
(async () => {
  for (const [name, text] of Object.entries(JSON.parse(process.argv[1]))) {
    const picture = await eval(`async (photo, logo) => ${text}`)(sharp('photo.png'), sharp('logo.png'));
    await picture.png().toFile(`${name}.png`);
  }
})();
"""


def main() -> None:
    """Makes all files: the sources as parts of other test images."""
    for name, file in (("photo", "rgb.png"), ("logo", "rgba.png")):
        picture = pyvips.Image.new_from_file(str(HERE.parent / file))
        picture.crop(32, 24, 96, 72).write_to_file(str(HERE / f"{name}.png"), strip=True)
    pictures = tomllib.loads((HERE / "pictures.toml").read_text())["picture"]
    by_sharp = {picture["name"]: picture["sharp"] for picture in pictures if "sharp" in picture}
    subprocess.run(["node", "-e", SCRIPT, json.dumps(by_sharp)], cwd=HERE, check=True)
    for picture in pictures:
        if "vips" in picture:
            photo = pyvips.Image.new_from_file(str(HERE / "photo.png"))
            made = eval(picture["vips"], {"photo": photo})
            made.cast("uchar").write_to_file(str(HERE / f"{picture['name']}.png"), strip=True)


if __name__ == "__main__":
    main()
