"""How near an output is to the ideal: full decode, Lanczos-3 in floating point, no encoding."""

import subprocess

import numpy as np
from PIL import Image, ImageSequence

from profiles import in_srgb
from tasks import TASKS

GREY = 128.0  # the ground below a picture with alpha when it is scored


def write_tiny(path):
    """8x8 pixels, the input of the cost of a call."""
    grid = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
    Image.fromarray(grid).save(path)


def write_p3(photograph, tagged, path):
    """The photograph's samples as Display P3, by the profile of a tagged picture."""
    with Image.open(photograph) as photo, Image.open(tagged) as other:
        photo.save(path, quality=90, subsampling="4:2:0", optimize=True, icc_profile=other.info["icc_profile"])


def frames(path):
    """Every frame of a film as it is shown."""
    with Image.open(path) as film:
        return [frame.convert("RGB") for frame in ImageSequence.Iterator(film)]


def canvas(tiles):
    page = Image.new("RGB", (4000, 3000))
    for index, tile in enumerate(tiles):
        page.paste(Image.open(tile), (index % 2 * 2000, index // 2 * 1500))
    return page


def ideals(name, inputs):
    """The ideal picture of every output of a task, as RGB samples; none where it is not scored."""
    size = TASKS[name].size
    if not TASKS[name].scored:
        return []
    if TASKS[name].film:
        return [resampled(frame, size) for frame in frames(inputs[0])]
    if name == "spread":
        pages = canvas(inputs[:4]), canvas(inputs[4:])
        return [ideal for page in pages for ideal in (np.asarray(page), resampled(page, (800, 600)))]
    picture = canvas(inputs) if TASKS[name].inputs == "tiles" else in_srgb(Image.open(inputs[0]))
    if name == "crop":
        picture = picture.crop((3000, 2000, 3600, 2400))
    return [resampled(picture, size) if size else np.asarray(picture.convert("RGB"))]


def resampled(picture, size):
    """Covers the box and keeps the middle; alpha is premultiplied, then put on gray."""
    scale = min(picture.width / size[0], picture.height / size[1])
    left, top = (picture.width - size[0] * scale) / 2, (picture.height - size[1] * scale) / 2
    box = (left, top, picture.width - left, picture.height - top)
    return on_grey(picture, lambda plane: np.asarray(
        Image.fromarray(plane).resize(size, Image.Resampling.LANCZOS, box=box)))


def on_grey(picture, change=lambda plane: plane):
    """The picture as 8-bit RGB, every plane of it changed in floating point on the way."""
    alpha = None
    if picture.mode == "RGBA":
        samples = np.asarray(picture, dtype=np.float32)
        alpha, samples = samples[..., 3] / 255, samples[..., :3]
        samples = samples * alpha[..., None]
        alpha = change(alpha)
    else:
        samples = np.asarray(picture.convert("RGB"), dtype=np.float32)
    planes = [change(np.ascontiguousarray(samples[..., channel])) for channel in range(3)]
    mixed = np.stack(planes, axis=-1)
    if alpha is not None:
        mixed = mixed + (1 - alpha[..., None]) * GREY
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


class Scorer:
    """SSIMULACRA2 by a small program in Rust."""

    def __init__(self, program, folder):
        self.files = folder / "ideal.rgb", folder / "found.rgb"
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def lowest(self, ideals, out):
        """The lowest score of a contender's outputs, and the faults of their sizes."""
        scores = []
        for index, ideal in enumerate(ideals):
            found = Image.open(f"{out}.{index}")
            height, width = ideal.shape[:2]
            if found.size != (width, height):
                return None, f"{found.width}x{found.height} instead of {width}x{height}"
            scores.append(self.score(ideal, on_grey(found)))
        return min(scores, default=None), None

    def mean(self, ideals, out):
        """The mean score of the frames of a contender's film, and its faults."""
        found = frames(f"{out}.0")
        if len(found) != len(ideals):
            return None, f"{len(found)} frames instead of {len(ideals)}"
        scores = [self.score(ideal, np.asarray(frame)) for ideal, frame in zip(ideals, found)]
        return sum(scores) / len(scores), None

    def score(self, ideal, found):
        for path, samples in zip(self.files, (ideal, found)):
            path.write_bytes(np.ascontiguousarray(samples).tobytes())
        height, width = ideal.shape[:2]
        self.process.stdin.write("\t".join(map(str, (width, height, *self.files))) + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())
