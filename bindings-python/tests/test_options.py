"""Options reach the core; bad ones are errors by code, and by type only where the type is wrong."""

import itertools
from typing import Any

import makeready
import pytest
from makeready import InvalidOptionError, Pipeline
from support import image

DOT = Pipeline.open(makeready.Image(8, 6, 3, bytes(144)))


@pytest.mark.parametrize(
    ("method", "arguments", "text"),
    [
        ("resize", {"width": -1}, "width"),
        ("resize", {"width": 1 << 40}, "width"),
        ("resize", {"width": 1 << 100}, "width"),
        ("resize", {"width": 0}, "1 to 65535"),
        ("resize", {"width": 65536}, "1 to 65535"),
        ("resize", {}, ""),
        ("resize", {"width": 4, "fit": "squeeze"}, "cover, contain, fill, inside, outside"),
        ("resize", {"width": 4, "position": "left"}, "north_east"),
        ("resize", {"width": 4, "kernel": "bicubic"}, "lanczos3"),
        ("resize", {"width": 4, "background": "white"}, "#rrggbb"),
        ("crop", {"x": -1, "y": 0, "width": 1, "height": 1}, "x"),
        ("crop", {"x": 8, "y": 0, "width": 1, "height": 1}, ""),
        ("crop", {"x": 0, "y": 0, "width": 0, "height": 1}, ""),
        ("rotate", {"degrees": float("nan")}, "finite"),
        ("rotate", {"degrees": 45, "background": "red"}, "#rrggbb"),
        ("flatten", {"background": "#12"}, "#rrggbb"),
        ("flatten", {"background": "#ffffff80"}, "opaque"),
        ("extend", {"top": -1}, "top"),
        ("extend", {"top": 1, "background": "red"}, "#rrggbb"),
        ("encode", {"format": "bmp"}, "jpeg, png, webp"),
        ("encode", {"format": "jpeg", "quality": 0}, "1 to 100"),
        ("encode", {"format": "jpeg", "quality": 300}, "quality"),
        ("encode", {"format": "jpeg", "subsampling": "4:1:1"}, "4:2:0"),
        ("encode", {"format": "jpeg", "lossless": True}, "lossless"),
        ("encode", {"format": "png", "quality": 80}, "quality"),
        ("encode", {"format": "png", "compression_level": 10}, "0 to 9"),
        ("encode", {"format": "webp", "effort": 7}, "0 to 6"),
        ("encode", {"format": "webp", "progressive": False}, "progressive"),
        ("limits", {"max_memory": -1}, "max_memory"),
        ("limits", {"max_inputs": 1 << 70}, "max_inputs"),
        ("threads", {"count": 0}, "1 to 1024"),
        ("threads", {"count": -1}, "threads"),
        ("deadline", {"seconds": -1}, "0 seconds or more"),
        ("deadline", {"seconds": 10**400}, "0 seconds or more"),
        ("deadline", {"seconds": float("nan")}, "0 seconds or more"),
        ("deadline", {"seconds": float("inf")}, "0 seconds or more"),
        ("shrink", {"mode": "max"}, "off, balanced, fast"),
        ("optimizations", {"speed_up": True}, "merge_crops"),
    ],
)
def test_bad_values(method: str, arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        getattr(DOT, method)(**arguments).run()
    assert text in str(caught.value)
    assert caught.value.code == "invalid_option"
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("resize", {"width": 4.5}),
        ("resize", {"width": "4"}),
        ("resize", {"width": 4, "fit": 1}),
        ("resize", {"width": 4, "blur": True}),
        ("crop", {"x": 0}),
        ("rotate", {"degrees": None}),
        ("encode", {"format": 1}),
        ("encode", {"format": "png", "compression_level": 1.5}),
        ("limits", {"max_everything": 1}),
        ("deadline", {"seconds": "soon"}),
        ("cancel", {"token": True}),
    ],
)
def test_wrong_types(method: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        getattr(DOT, method)(**arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"across": 1, "canvas": (8, 6)},
        {"across": 0},
        {"across": -1},
        {"canvas": (8, 6)},
        {"canvas": (8, 6), "at": [(0, 0), (1, 1)]},
        {"canvas": (8, 6, 1), "at": [(0, 0)]},
        {"canvas": (8, 6), "at": [(0,)]},
        {"canvas": (8, 6), "at": [(-1, 0)]},
        {"canvas": (7, 6), "at": [(0, 0)]},
        {"across": 1, "at": [(0, 0)]},
        {"across": 1, "position": "middle"},
        {"across": 1, "background": "black"},
    ],
)
def test_bad_stitches(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError):
        Pipeline.stitch([makeready.Image(8, 6, 3, bytes(144))], **arguments).run()


def test_a_format_that_is_not_written_is_unsupported() -> None:
    with pytest.raises(makeready.UnsupportedError):
        DOT.encode("avif")  # type: ignore[arg-type]


def test_open_options() -> None:
    turned = image("orient-6.jpg")
    assert Pipeline.open(turned).pixels().shape == (48, 64, 3)
    assert Pipeline.open(turned, auto_orient=False).pixels().shape == (64, 48, 3)
    half = image("bad/truncated.jpg")
    with pytest.raises(makeready.TruncatedError):
        Pipeline.open(half).pixels()
    assert Pipeline.open(half, on_error="recover").pixels().width > 0
    last = Pipeline.open(image("animated.gif"), page=1).pixels()
    assert last.shape == Pipeline.open(image("animated.gif")).pixels().shape
    with pytest.raises(InvalidOptionError):
        Pipeline.open(image("animated.gif"), page=2).plan()
    for options in ({"page": -1}, {"on_error": "ignore"}):
        with pytest.raises(InvalidOptionError):
            Pipeline.open(turned, **options)


def test_every_option_reaches_the_core() -> None:
    photo = Pipeline.open(image("photo.jpg"))
    plain = photo.encode("jpeg").run().data
    for options in (
        {"quality": 30},
        {"subsampling": "4:4:4"},
        {"progressive": True},
        {"optimize_coding": False},
    ):
        assert photo.encode("jpeg", **options).run().data != plain, options
    small = photo.resize(60)
    assert small.encode("png", compression_level=0).run().data != small.encode("png").run().data
    webp = small.encode("webp").run().data
    for options in ({"quality": 30}, {"lossless": True}, {"effort": 0}):
        assert small.encode("webp", **options).run().data != webp, options
    pixels = photo.resize(60, 60).pixels()
    for options in (
        {"fit": "fill"},
        {"position": "west"},
        {"kernel": "nearest"},
        {"linear": True},
    ):
        assert photo.resize(60, 60, **options).pixels() != pixels, options
    boxed = photo.resize(60, 60, fit="contain").pixels()
    assert photo.resize(60, 60, fit="contain", background="#fff").pixels() != boxed
    large = photo.resize(9000, without_enlargement=True).plan()
    assert large.width == makeready.probe(image("photo.jpg")).width
    full = photo.resize(60).shrink("off").plan().decodes[0]
    assert full.scale < photo.resize(60).shrink("fast").plan().decodes[0].scale
    assert photo.resize(60).optimizations(False).plan().decodes[0].scale == 1
    one = photo.resize(60).optimizations(False, push_resize_into_decode=True)
    assert one.plan().decodes[0].scale > 1


def test_passes() -> None:
    page = Pipeline.open(image("rgb.png"))
    jobs = [page.encode("png"), page.resize(40).encode("webp")]
    together = makeready.run_all(iter(jobs))
    assert [output.data for output in together] == [job.run().data for job in jobs]
    assert together[0].timings == together[1].timings
    assert together[0].timings.total > 0
    assert [plan.format for plan in makeready.plan_all(jobs)] == ["png", "webp"]
    assert "plan as it will run" in makeready.explain_all(jobs)
    for call in (makeready.run_all, makeready.plan_all, makeready.explain_all):
        with pytest.raises(InvalidOptionError):
            call([])
        with pytest.raises(TypeError):
            call([b"bytes"])  # type: ignore[list-item]


def test_a_value_that_has_no_end_is_no_number() -> None:
    itself: list[object] = []
    itself.append(itself)
    for value in (itself, [itself], itertools.count(), iter(lambda: itself, None)):
        with pytest.raises(TypeError, match="crop x: expected a whole number"):
            DOT.crop(value, 0, 1, 1)  # type: ignore[arg-type]
        with pytest.raises((TypeError, InvalidOptionError), match=r"stitch (at|canvas)"):
            Pipeline.stitch([], canvas=value, at=value)  # type: ignore[arg-type]
