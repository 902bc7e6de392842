"""Pipelines and results are values: immutable, comparable, picklable; pixels are shared, not copied."""

import copy
import pickle
from typing import Any

import makeready
import numpy as np
import PIL.Image
import pytest
from makeready import Image, Pipeline
from support import IMAGES, image


def every_call(source: Any) -> Pipeline:
    opened = Pipeline.open(source, page=0, auto_orient=False, on_error="recover")
    tiles = [opened, source, Image(2, 2, 1, b"abcd")]
    return (
        Pipeline.stitch(tiles, across=2, gap=1, background="#123", position="north")
        .resize(90, 80, fit="contain", kernel="cubic", linear=True, background="#fff")
        .crop(0, 0, 80, 60)
        .rotate(90)
        .flip()
        .flop()
        .flatten("#fff")
        .extend(top=1, left=2, background="#fedc")
        .encode("webp", quality=70, effort=1)
        .limits(max_inputs=5)
        .threads(2)
        .deadline(20)
        .shrink("fast")
        .optimizations(False, merge_crops=True)
    )


@pytest.mark.parametrize("source", [image("photo.jpg"), str(IMAGES / "photo.jpg")], ids=type)
def test_pipelines_are_pickled(source: Any) -> None:
    pipeline = every_call(source)
    placed = Pipeline.stitch([source], canvas=(500, 400), at=[[1, 2]])
    for given in (pipeline, placed):
        for found in (pickle.loads(pickle.dumps(given)), copy.deepcopy(given), copy.copy(given)):
            assert found == given
            assert found.run().data == given.run().data
            assert repr(found) == repr(given)


def test_arrays_are_pickled_as_pixels() -> None:
    pipeline = Pipeline.open(np.arange(12, dtype=np.uint8).reshape(2, 2, 3))
    assert pickle.loads(pickle.dumps(pipeline)).pixels() == pipeline.pixels()


def test_a_cancel_token_is_not_pickled() -> None:
    token = makeready.CancelToken()
    with pytest.raises(TypeError, match=r"cannot pickle .*CancelToken"):
        pickle.dumps(Pipeline.open(b"").cancel(token))


def test_equality() -> None:
    assert every_call(b"a") == every_call(b"a")
    assert every_call(b"a") != every_call(b"b")
    base = Pipeline.open(b"a")
    assert base.resize(4) == base.resize(width=4)
    assert base.resize(4) != base.resize(5)
    assert base.flip() != base.flop()
    assert base.flip() != base
    assert base.optimizations(False) != base.optimizations(True)
    assert base != "a pipeline"


def test_repr() -> None:
    pipeline = Pipeline.open(b"abc").resize(4, fit="fill").optimizations(False, merge_crops=True)
    assert repr(pipeline) == (
        "Pipeline.open(source=<3 bytes>).resize(width=4, fit='fill')"
        ".optimizations(False, merge_crops=True)"
    )
    assert repr(Image(2, 1, 4, bytes(8))) == "<makeready.Image 2x1 rgba>"
    output = Pipeline.open(Image(2, 1, 1, b"ab")).run()
    assert "data" not in repr(output)


def test_a_pipeline_never_changes() -> None:
    base = Pipeline.open(Image(4, 2, 1, b"abcdefgh"))
    before = (repr(base), base.run().data)
    base.resize(2).flip().encode("webp").run()
    state = base.resize(2).__reduce__()[1][0]
    state[1][2]["width"] = 1
    assert (repr(base), base.run().data) == before
    with pytest.raises(AttributeError):
        base.width = 3  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        hash(base)


def test_results_are_values() -> None:
    job = Pipeline.open(image("photo.jpg")).resize(20).encode("png")
    probe = makeready.probe(image("exif/place.jpg"), exif=True)
    for given in (job.run(), job.plan(), probe, job.pixels()):
        assert pickle.loads(pickle.dumps(given)) == given
    output = job.run()
    assert isinstance(output.data, bytes)
    assert (output.content_type, output.layout, output.vary) == ("image/png", "rgb", None)
    assert (job.plan().layout, output.warnings) == ("rgb", ())
    assert output.timings.decode > 0
    assert job.plan().peak_memory > len(output.data)
    assert 10 < job.plan().cost < job.resize(900).encode("png").plan().cost
    with pytest.raises(AttributeError):
        output.width = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("channels", "layout", "as_jpeg"),
    [(1, "gray", "gray"), (2, "gray+alpha", "gray"), (3, "rgb", "rgb"), (4, "rgba", "rgb")],
)
def test_the_layout_of_an_output(channels: int, layout: str, as_jpeg: str) -> None:
    picture = Pipeline.open(Image(8, 8, channels, bytes(64 * channels)))
    jobs = [picture.encode("png"), picture.encode("jpeg")]
    assert [output.layout for output in makeready.run_all(jobs)] == [layout, as_jpeg]
    assert [plan.layout for plan in makeready.plan_all(jobs)] == [layout, as_jpeg]
    assert jobs[0].pixels().layout == layout


def test_the_warnings_of_an_output() -> None:
    damaged = Pipeline.open(image("bad/truncated.jpg"), on_error="recover")
    whole = Pipeline.open(image("photo.jpg"))
    with_loss, without = makeready.run_all([damaged, whole])
    assert without.warnings == ()
    (warning,) = with_loss.warnings
    assert warning.startswith("input 0")
    assert pickle.loads(pickle.dumps(with_loss)).warnings == with_loss.warnings
    assert Pipeline.stitch([damaged, whole, damaged], across=3).run().warnings[1][:7] == "input 2"


def test_numpy_shares_the_memory() -> None:
    for channels in (1, 2, 3, 4):
        image = Image(5, 3, channels, bytes(range(15 * channels)))
        address = image.__array_interface__["data"][0]
        array = np.asarray(image)
        assert array.__array_interface__["data"][0] == address
        assert array.shape == image.shape == ((3, 5) if channels == 1 else (3, 5, channels))
        assert not array.flags.writeable
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.flags.writeable = True
        view = memoryview(image)
        assert (view.readonly, view.format, view.nbytes) == (True, "B", 15 * channels)
        assert view.c_contiguous
        assert bytes(view) == image.tobytes()
        del image, view
        assert array.tobytes() == bytes(range(15 * channels))


def test_pillow_shares_the_memory_of_modes_that_it_stores_so() -> None:
    for channels in (1, 4):
        image = Image(5, 3, channels, bytes(range(15 * channels)))
        shown = PIL.Image.fromarray(image)
        assert shown.readonly
        assert shown.tobytes() == image.tobytes()
        del image
        assert shown.tobytes() == bytes(range(15 * channels))


@pytest.mark.parametrize(
    "arguments",
    [
        (0, 1, 1, b""),
        (1, 1, 5, bytes(5)),
        (2, 2, 3, bytes(11)),
        (-1, 1, 1, b""),
        (1 << 40, 1, 1, b""),
    ],
)
def test_images_that_are_none(arguments: Any) -> None:
    with pytest.raises(makeready.InvalidOptionError):
        Image(*arguments)
    with pytest.raises(TypeError):
        Image(1, 1, 1, "a")  # type: ignore[arg-type]


def test_values_are_as_frozen_data_classes_are() -> None:
    timings = makeready.Timings(1.0, 2.0, 3.0, 4.0, 5.0, total=6.0)
    assert timings == makeready.Timings(1, 2, 3, 4, 5, 6) != makeready.Timings(1, 2, 3, 4, 5, 7)
    assert hash(timings) == hash(pickle.loads(pickle.dumps(timings)))
    assert copy.copy(timings) == copy.deepcopy(timings) == timings != 6
    assert repr(timings) == (
        "Timings(plan=1.0, decode=2.0, compose=3.0, resample=4.0, encode=5.0, total=6.0)"
    )
    assert not hasattr(timings, "__dict__")
    with pytest.raises(AttributeError, match="cannot assign to field 'plan'"):
        timings.plan = 2.0  # type: ignore[misc]
    with pytest.raises(AttributeError, match="cannot delete field 'plan'"):
        del timings.plan
    match timings:
        case makeready.Timings(plan, _, _, _, _, total=total):
            assert (plan, total) == (1.0, 6.0)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((), {}),
        ((1, 2, 3, 4, 5), {}),
        ((1, 2, 3, 4, 5, 6, 7), {}),
        ((1, 2, 3, 4, 5), {"plan": 1}),
        ((1, 2, 3, 4, 5), {"other": 6}),
        ((1, 2, 3, 4, 5, 6), {"total": 6}),
    ],
)
def test_a_value_takes_each_field_once(values: Any, named: Any) -> None:
    with pytest.raises(
        TypeError, match="Timings takes plan, decode, compose, resample, encode, total, each once"
    ):
        makeready.Timings(*values, **named)
