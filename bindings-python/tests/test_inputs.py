"""Every kind of input gives the same picture, and any other value is refused by type or by code."""

import array
import ctypes
import gc
import io
import mmap
import sys
from pathlib import Path
from typing import Any

import makeready
import numpy as np
import PIL.Image
import pytest
from makeready import Pipeline
from support import IMAGES, image

PHOTO = image("rgb.png")

# The type checker does not know that an array is a buffer.
view_of: Any = memoryview


def pixels(source: Any, **options: Any) -> makeready.Image:
    return Pipeline.open(source, **options).pixels()


class Path2:
    def __fspath__(self) -> str:
        return str(IMAGES / "rgb.png")


@pytest.mark.parametrize(
    "source",
    [
        PHOTO,
        bytearray(PHOTO),
        memoryview(PHOTO),
        memoryview(b"+" + PHOTO)[1:],
        memoryview(bytes(byte for sample in PHOTO for byte in (sample, 0)))[::2],
        array.array("B", PHOTO),
        io.BytesIO(PHOTO),
        str(IMAGES / "rgb.png"),
        IMAGES / "rgb.png",
        Path2(),
    ],
    ids=lambda source: type(source).__name__,
)
def test_files_in_every_form(source: Any) -> None:
    expected = np.asarray(PIL.Image.open(IMAGES / "rgb.png"))
    found = pixels(source)
    assert np.array_equal(np.asarray(found), expected)
    assert makeready.probe(source).format == "png"


def test_open_files_and_maps(tmp_path: Path) -> None:
    with open(IMAGES / "rgb.png", "rb") as file:
        first = pixels(file)
    with (
        open(IMAGES / "rgb.png", "rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
    ):
        second = pixels(mapped)
    assert first == second
    with (
        open(IMAGES / "rgb.png", encoding="latin-1") as text,
        pytest.raises(TypeError, match="binary"),
    ):
        Pipeline.open(text)  # type: ignore[arg-type]


class Stream(io.RawIOBase):
    """A file that cannot be sought in."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._data.readinto(buffer)


class Reader:
    """An object with a `read` and no more."""

    def __init__(self, data: bytes) -> None:
        self.read = io.BytesIO(data).read


def test_where_an_open_file_stands() -> None:
    expected = pixels(PHOTO)
    written = io.BytesIO()
    written.write(PHOTO)
    assert written.tell() == len(PHOTO)
    assert pixels(written) == expected
    with open(IMAGES / "rgb.png", "rb") as file:
        file.read(len(PHOTO) // 2)
        assert pixels(file) == expected
        assert makeready.probe(file).format == "png"
    for kind in (Stream, io.BufferedReader, Reader):
        stream: Any = (
            kind(Stream(b"+" + PHOTO)) if kind is io.BufferedReader else kind(b"+" + PHOTO)
        )
        assert stream.read(1) == b"+"
        assert pixels(stream) == expected


@pytest.mark.parametrize(
    ("buffer", "format"),
    [
        (array.array("f", [0.0] * 12), "f"),
        (array.array("H", [0] * 12), "H"),
        (array.array("u", "a" * 12), "u"),
        (memoryview(bytes(24)).cast("H"), "H"),
        (memoryview(bytes(12)).cast("?"), "?"),
        ((ctypes.c_double * 3)(), "<d"),
        ((ctypes.c_uint16 * 12)(), "<H"),
        (view_of(np.zeros(12, np.float32)), "f"),
        (view_of(np.zeros((2, 6), np.int32)), "i"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_buffers_of_other_items_are_refused(buffer: Any, format: str) -> None:
    if format == "u":
        format = memoryview(buffer).format
    for call in (Pipeline.open, makeready.probe, lambda data: makeready.Image(2, 2, 3, data)):
        with pytest.raises(makeready.InvalidOptionError) as caught:
            call(buffer)
        message = str(caught.value)
        assert message.endswith(f"found {type(buffer).__name__} of format {format}"), message


@pytest.mark.parametrize("samples", [np.zeros((2, 2, 3), np.uint16), np.zeros((2, 2), np.int8)])
def test_arrays_of_other_items_are_refused(samples: Any) -> None:
    with pytest.raises(makeready.InvalidOptionError, match=str(samples.dtype)):
        Pipeline.open(samples)


@pytest.mark.parametrize(
    "kind",
    [
        bytearray,
        memoryview,
        lambda data: array.array("b", data),
        lambda data: memoryview(data).cast("c"),
        lambda data: memoryview(array.array("b", bytes(2 * len(data))))[::2],
        ctypes.create_string_buffer,
        lambda data: (ctypes.c_ubyte * len(data))(*data),
        lambda data: view_of(np.frombuffer(data, np.uint8).reshape(2, 6)),
        lambda data: view_of(np.frombuffer(data, np.uint8).reshape(6, 2).T.copy("F")),
    ],
)
def test_buffers_of_bytes_are_samples(kind: Any) -> None:
    data = bytes(range(12))
    buffer = kind(data) if kind is not ctypes.create_string_buffer else kind(data, 12)
    samples = makeready.Image(2, 2, 3, buffer).tobytes()
    assert samples == memoryview(buffer).tobytes()
    with pytest.raises(makeready.UnsupportedError):
        makeready.probe(buffer)


def test_bytes_are_borrowed() -> None:
    data = bytes(bytearray(PHOTO))
    before = sys.getrefcount(data)
    pipeline = Pipeline.open(data)
    # The pipeline and its source hold the same object; there is no copy to hold.
    assert sys.getrefcount(data) == before + 2
    assert pipeline.__reduce__()[1][0][0][2]["source"] is data
    del pipeline
    gc.collect()
    assert sys.getrefcount(data) == before


def test_what_may_change_is_copied() -> None:
    data, samples = bytearray(PHOTO), np.full((2, 2), 7, np.uint8)
    file, array_job = Pipeline.open(data), Pipeline.open(samples)
    data[:] = bytes(len(data))
    samples[:] = 9
    assert file.pixels().width == 160
    assert array_job.pixels().tobytes() == b"\7" * 4


@pytest.mark.parametrize("channels", [None, 1, 2, 3, 4])
def test_arrays_are_pixels(channels: int | None) -> None:
    shape = (5, 7) if channels is None else (5, 7, channels)
    samples = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    image = pixels(samples)
    assert (image.width, image.height, image.channels) == (7, 5, channels or 1)
    assert image.tobytes() == samples.tobytes()
    turned = samples[::-1, ::2]
    assert pixels(turned).tobytes() == turned.tobytes()
    assert np.array_equal(np.asarray(image).reshape(shape), samples)


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros((4, 4, 3), np.uint16),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4), bool),
        np.zeros((4, 4, 5), np.uint8),
        np.zeros((4, 4, 0), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros(48, np.uint8),
        np.zeros((1, 4, 4, 3), np.uint8),
    ],
    ids=lambda samples: f"{samples.dtype}{samples.shape}",
)
def test_arrays_that_are_no_pixels(samples: Any) -> None:
    with pytest.raises(makeready.InvalidOptionError):
        Pipeline.open(samples)


@pytest.mark.parametrize(
    ("mode", "layout"),
    [
        ("L", "gray"),
        ("LA", "gray+alpha"),
        ("RGB", "rgb"),
        ("RGBA", "rgba"),
        ("1", "gray"),
        ("P", "rgb"),
        ("PA", "rgba"),
        ("La", "gray+alpha"),
        ("RGBa", "rgba"),
        ("CMYK", "rgb"),
        ("YCbCr", "rgb"),
        ("HSV", "rgb"),
    ],
)
def test_pillow_images(mode: str, layout: str) -> None:
    given = PIL.Image.open(IMAGES / "rgba.png").convert("RGBA")
    via = {"La": "LA", "PA": "P"}.get(mode)
    given = given.convert(via).convert(mode) if via else given.convert(mode)
    image = pixels(given)
    assert image.layout == layout
    expected = given.convert({"gray": "L", "gray+alpha": "LA"}.get(layout, layout.upper()))
    assert image.tobytes() == expected.tobytes()
    back = image.to_pillow()
    assert (back.mode, back.tobytes()) == (expected.mode, expected.tobytes())


def test_pillow_images_of_other_kinds() -> None:
    deep = PIL.Image.fromarray(np.array([[0, 256, 65535]], np.uint16))
    assert deep.mode.startswith("I;16")
    assert list(pixels(deep).tobytes()) == [0, 1, 255]
    key = PIL.Image.new("P", (1, 1), 0)
    key.info["transparency"] = 0
    assert pixels(key).channels == 4
    for mode in ("F", "I"):
        with pytest.raises(makeready.InvalidOptionError, match=f"found {mode}"):
            Pipeline.open(PIL.Image.new(mode, (2, 2)))


@pytest.mark.parametrize("source", [None, 5, 1.5, [1, 2], {"a": 1}, object()])
def test_other_types_are_refused(source: Any) -> None:
    with pytest.raises(TypeError, match="an input is"):
        Pipeline.open(source)
    with pytest.raises(TypeError, match="an input is"):
        makeready.probe(source)


def test_the_inputs_of_a_stitch_are_several() -> None:
    for one in ("a.jpg", PHOTO):
        with pytest.raises(TypeError, match="several"):
            Pipeline.stitch(one, across=1)  # type: ignore[arg-type]
    tile = makeready.Image(1, 1, 1, b"a")
    row = Pipeline.stitch((Pipeline.open(tile).flip() for _ in range(3)), across=3)
    assert row.pixels().tobytes() == b"aaa"
