"""Functions for services: the cases of tests/cases/serve, and values that are hostile."""

from __future__ import annotations

import copy
import hashlib
import hmac
import pickle
import time
import tomllib
from collections.abc import Callable
from typing import Any

import makeready
import pytest
from makeready import ForbiddenError, InvalidOptionError, Pipeline, Policy, Rendition
from support import IMAGES, ROOT, image

LATE = 40_000_000_000
OLD = "a secret of some length"
NEW = b"another secret \xff of a length"
HUGE = 10**5000

# Types would not let hostile values through.
untyped: Any = makeready


def cases(name: str) -> list[dict[str, Any]]:
    text = (ROOT / "tests" / "cases" / "serve" / name).read_text()
    found: list[dict[str, Any]] = tomllib.loads(text)["case"]
    assert len(found) == text.count("[[case]]\n")
    return found


def test_no_case_is_lost() -> None:
    assert len(cases("accept.toml")) >= 68
    assert len(cases("rendition.toml")) >= 67


@pytest.mark.parametrize("case", cases("accept.toml"), ids=lambda case: case["name"])
def test_clients_are_sent_what_they_accept(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(makeready.MakereadyError) as caught:
            makeready.negotiate(**case["given"])
        assert caught.value.code == case["error"]
        return
    answer = makeready.negotiate(**case["given"])
    for name, expected in case.get("expect", {}).items():
        # Nothing is 0 or empty in a case.
        assert getattr(answer, name) == (expected or None) or getattr(answer, name) == expected
    if answer.token:
        by_token = makeready.negotiate(**case["given"] | {"accept": f"token:{answer.token}"})
        assert by_token.format == answer.format


@pytest.mark.parametrize("case", cases("rendition.toml"), ids=lambda case: case["query"])
def test_queries_have_keys(case: dict[str, Any]) -> None:
    policy, source = case.get("policy", {}), case.get("source", "a/b.jpg")
    if "error" in case:
        with pytest.raises(makeready.MakereadyError) as caught:
            Rendition.parse(case["query"], policy).key(source)
        assert str(caught.value).startswith(case["error"])
        assert caught.value.code == case.get("code", "invalid_option")
        name, colon, _ = case["error"].partition(": ")
        assert caught.value.parameter == (name if colon and " " not in name else None)
        return
    policy = Policy(**policy)
    assert Policy.from_json(policy.to_json()) == policy
    rendition = Rendition.parse(case["query"], policy)
    key = rendition.key(source)
    assert key == case["key"]
    for other in case.get("same", []):
        assert Rendition.parse(other, policy) == rendition
    assert Rendition.from_key(key, policy) == rendition
    assert Rendition.source_of(key) == source
    for found in (
        Rendition.parse(str(rendition)),
        pickle.loads(pickle.dumps(rendition)),
        copy.deepcopy(rendition),
    ):
        assert found == rendition
        assert hash(found) == hash(rendition)


def test_an_answer_is_a_value() -> None:
    answer = makeready.negotiate("image/webp", formats=["webp"], dpr=1.2, save_data=True)
    expected = makeready.Negotiated(
        format="webp",
        vary="Accept, Save-Data, DPR, Sec-CH-DPR",
        token="w-s-1.5x",
        quality=60,
        dpr=1.5,
        lossless=None,
    )
    assert answer == expected
    assert makeready.negotiate(["image/webp;q=0.1", "image/png"]).format == "png"
    assert makeready.negotiate().token == "jp"


def test_parts_of_a_rendition() -> None:
    query = (
        "page=2&crop=1,2,3,4&rotate=90&flip=1&w=5&h=6&fit=contain&position=north&bg=fff&q=7&f=webp"
    )
    rendition = Rendition.parse(query)
    assert (rendition.page, rendition.crop) == (2, (1, 2, 3, 4))
    assert (rendition.rotate, rendition.flip) == (90, True)
    assert (rendition.width, rendition.height) == (5, 6)
    assert (rendition.fit, rendition.position) == ("contain", "north")
    assert (rendition.background, rendition.quality) == ("#ffffff", 7)
    assert rendition.format == "webp"
    whole = Rendition.parse("")
    assert (whole.crop, whole.width, whole.background, whole.format) == (None,) * 4
    assert (str(whole), repr(whole)) == ("", "Rendition.parse('')")
    with pytest.raises(AttributeError):
        whole.width = 3  # type: ignore[misc]
    assert whole != "a rendition"
    assert len({whole, Rendition.parse("page=0"), rendition}) == 2


def test_a_rendition_is_a_pipeline() -> None:
    query = (
        "crop=0,0,200,100&rotate=90&flip=1&w=50&h=80&fit=contain&position=north&bg=abc&q=60&f=webp"
    )
    source = image("photo.jpg")
    by_hand = (
        Pipeline.open(source)
        .crop(0, 0, 200, 100)
        .rotate(90)
        .flip()
        .resize(50, 80, fit="contain", position="north", background="#abc")
        .flatten("#abc")
        .encode("webp", quality=60)
    )
    made = Rendition.parse(query).pipeline(source)
    assert made.run().data == by_hand.run().data
    policy = Policy(max_input_pixels=100)
    with pytest.raises(makeready.LimitExceededError):
        Rendition.parse(query, policy).pipeline(source, policy).run()
    with pytest.raises(makeready.DeadlineError):
        Rendition.parse("w=3").pipeline(source, {"deadline": 0}).run()
    with pytest.raises(InvalidOptionError, match="needs a format"):
        Rendition.parse("q=60").pipeline(source)
    assert Rendition.parse("").pipeline(source) == Pipeline.open(source)
    assert pickle.loads(pickle.dumps(made)) == made


def test_every_error_has_a_status() -> None:
    statuses = {
        error.code: error.http_status for error in makeready.MakereadyError.__subclasses__()
    }
    assert statuses == {
        "invalid_option": 400,
        "forbidden": 403,
        "not_acceptable": 406,
        "limit_exceeded": 413,
        "unsupported": 415,
        "malformed": 422,
        "truncated": 422,
        "cancelled": 499,
        "io": 500,
        "internal": 500,
        "busy": 503,
        "timeout": 504,
    }


def test_a_policy_is_a_value() -> None:
    options: dict[str, Any] = {
        "widths": (320, 640),
        "sizes": [],
        "fits": ["cover"],
        "deadline": 2.5,
        "max_dpr": 2,
    }
    policy = Policy(**options)
    assert policy.options == {
        "widths": (320, 640),
        "fits": ["cover"],
        "deadline": 2.5,
        "max_dpr": 2.0,
    }
    for found in (pickle.loads(pickle.dumps(policy)), copy.copy(policy), Policy(**policy.options)):
        assert found == policy
        assert hash(found) == hash(policy)
    assert Policy.from_json(policy.to_json()) == policy
    assert policy != Policy()
    assert policy != "a policy"
    assert repr(Policy(widths=[320], parameters=["w"])) == "Policy(widths=(320,), parameters=['w'])"
    assert Policy(sizes=[(1, 2)]).options == {"sizes": [(1, 2)]}
    assert Policy(max_page=4294967295).options == {}
    text = '{"widths":[320],"max_dpr":2.0,"formats":["webp"],"deadline":2.5}'
    assert Policy.from_json(text) == Policy(widths=[320], formats=["webp"], max_dpr=2, deadline=2.5)
    assert Policy.from_json(text).to_json() == text
    with pytest.raises(InvalidOptionError, match=r"^\$\.widhts: policy has no option widhts"):
        Policy.from_json('{"widhts": [320]}')
    assert Policy(widths=range(1, 4), parameters={"w"}).renditions() == 4
    assert Policy().renditions() > 1 << 100
    with pytest.raises(AttributeError):
        policy.widths = []  # type: ignore[attr-defined]


def test_a_policy_guards_pipelines() -> None:
    pipeline = Pipeline.open(IMAGES / "photo.jpg").resize(10)
    policy = Policy(max_input_bytes=1000, deadline=5)
    guarded = policy.guard(pipeline)
    with pytest.raises(makeready.LimitExceededError) as caught:
        guarded.run()
    assert caught.value.limit == "max_input_bytes"
    assert pickle.loads(pickle.dumps(guarded)) == guarded
    assert Policy().guard(pipeline) == pipeline
    for wrong in (None, "a pipeline", policy):
        with pytest.raises(TypeError):
            untyped.Policy.guard(policy, wrong)


def test_signatures_hold_what_they_sign() -> None:
    keys: dict[str, str | bytes] = {"old": OLD, "new": NEW}
    turned: dict[str, str | bytes] = {"new": NEW, "old": OLD}
    for path in ("/v1/a.jpg/w-1.webp", "a?w=1", "", "/é?e=1&k=2&s=3"):
        signed = makeready.sign(path, keys, LATE)
        mark = "&" if "?" in path else "?"
        assert signed.startswith(f"{path}{mark}e={LATE}&k=old&s=")
        for known in (keys, turned, {"old": OLD.encode()}):
            assert makeready.verify(signed, known) == path
        # Another implementation.
        text, _, signature = signed.rpartition("&s=")
        assert hmac.new(OLD.encode(), text.encode(), hashlib.sha256).hexdigest() == signature
        assert "&k=new&s=" in makeready.sign(path, turned, LATE)
        refused: list[tuple[str, dict[str, Any]]] = [
            (signed, {"new": NEW}),
            (signed, {"old": NEW}),
            (signed, {}),
            (signed[:-1], keys),
            (signed.upper(), keys),
            (signed.replace("e=4", "e=5"), keys),
            (path, keys),
            (makeready.sign(path, keys, int(time.time()) - 1), keys),
            (makeready.sign(path, keys, 0), keys),
        ]
        for text, known in refused:
            with pytest.raises(ForbiddenError) as caught:
                makeready.verify(text, known)
            assert caught.value.code == "forbidden"
    assert makeready.verify(makeready.sign("/a", keys, expires=2**64 - 1), keys) == "/a"


WRONG: list[tuple[Callable[[], object], type[Exception]]] = [
    (lambda: untyped.negotiate(3), TypeError),
    (lambda: untyped.negotiate(b"image/webp"), TypeError),
    (lambda: untyped.negotiate(formats="webp"), TypeError),
    (lambda: untyped.negotiate(formats=[1]), TypeError),
    (lambda: untyped.negotiate(formats=["avif"]), makeready.UnsupportedError),
    (lambda: untyped.negotiate(quality=HUGE), InvalidOptionError),
    (lambda: untyped.negotiate(quality=101), InvalidOptionError),
    (lambda: untyped.negotiate(dpr=float("nan")), InvalidOptionError),
    (lambda: untyped.negotiate(dpr=float("inf")), InvalidOptionError),
    (lambda: untyped.negotiate(dpr="2"), TypeError),
    (lambda: untyped.negotiate(width=-1), InvalidOptionError),
    (lambda: untyped.negotiate(width=2**32), InvalidOptionError),
    (lambda: untyped.negotiate(alpha=1), TypeError),
    (lambda: untyped.negotiate("\ud800"), UnicodeEncodeError),
    (lambda: untyped.negotiate("image/jxl", strict=True), makeready.NotAcceptableError),
    (lambda: untyped.edge_function([]), InvalidOptionError),
    (lambda: untyped.edge_function("webp"), TypeError),
    (lambda: untyped.edge_function([b"webp"]), TypeError),
    (lambda: untyped.Policy({"widths": [1]}), TypeError),
    (lambda: untyped.Policy(width=[1]), TypeError),
    (lambda: untyped.Policy(widths=1), TypeError),
    (lambda: untyped.Policy(widths=["1"]), TypeError),
    (lambda: untyped.Policy(widths=[0]), InvalidOptionError),
    (lambda: untyped.Policy(widths=[HUGE]), InvalidOptionError),
    (lambda: untyped.Policy(widths=[-1]), InvalidOptionError),
    (lambda: untyped.Policy(sizes=[(1, 2, 3)]), InvalidOptionError),
    (lambda: untyped.Policy(sizes=[(0, 1)]), InvalidOptionError),
    (lambda: untyped.Policy(sizes=[1]), TypeError),
    (lambda: untyped.Policy(parameters=["\udfff"]), UnicodeEncodeError),
    (lambda: untyped.Policy(max_memory=2**64), InvalidOptionError),
    (lambda: untyped.Policy(deadline=-1), InvalidOptionError),
    (lambda: untyped.Policy(deadline=float("nan")), InvalidOptionError),
    (lambda: untyped.Policy(deadline=HUGE), InvalidOptionError),
    (lambda: untyped.Rendition.parse(b"w=1"), TypeError),
    (lambda: untyped.Rendition.parse(None), TypeError),
    (lambda: untyped.Rendition.parse("w=1\ud800"), UnicodeEncodeError),
    (lambda: untyped.Rendition.parse("w=1", 3), TypeError),
    (lambda: untyped.Rendition.parse("w=1", "policy"), TypeError),
    (lambda: untyped.Rendition.parse("w=1", {1: 2}), TypeError),
    (lambda: untyped.Rendition.parse("w=1", {"width": [1]}), InvalidOptionError),
    (lambda: untyped.Rendition.parse("w=1", {"widths": "1"}), TypeError),
    (lambda: untyped.Rendition.parse("w=" + "9" * 99), InvalidOptionError),
    (lambda: untyped.Rendition.parse("&" * 5000), InvalidOptionError),
    (lambda: untyped.Rendition.from_key(3), TypeError),
    (lambda: untyped.Rendition.from_key("v1/../whole.webp"), InvalidOptionError),
    (lambda: untyped.Rendition.source_of("v1/a~2Fb/whole.webp"), InvalidOptionError),
    (lambda: untyped.Rendition.source_of(b"v1/a/whole.webp"), TypeError),
    (lambda: untyped.Rendition.parse("").key("../a"), InvalidOptionError),
    (lambda: untyped.Rendition.parse("").key("a\ud800"), UnicodeEncodeError),
    (lambda: untyped.Rendition.parse("").key(IMAGES), TypeError),
    (lambda: untyped.Rendition.parse("").with_format("avif"), makeready.UnsupportedError),
    (lambda: untyped.Rendition.parse("").with_format(3), TypeError),
    (lambda: untyped.Rendition.parse("q=60").with_format("png"), InvalidOptionError),
    (lambda: untyped.Rendition.parse("").pipeline(3), TypeError),
    (lambda: untyped.Rendition.parse("").pipeline(b"", 3), TypeError),
    (lambda: untyped.Rendition(), TypeError),
    (lambda: untyped.sign(b"/a", {"k": OLD}, 1), TypeError),
    (lambda: untyped.sign("/a", [("k", OLD)], 1), TypeError),
    (lambda: untyped.sign("/a", {"k": 3}, 1), TypeError),
    (lambda: untyped.sign("/a", {3: OLD}, 1), TypeError),
    (lambda: untyped.sign("/a", {"k": OLD}, 1.5), TypeError),
    (lambda: untyped.sign("/a", {"k": OLD}, True), TypeError),
    (lambda: untyped.sign("/a", {"k": OLD}, "1"), TypeError),
    (lambda: untyped.sign("/a", {"k": OLD}, -1), InvalidOptionError),
    (lambda: untyped.sign("/a", {"k": OLD}, HUGE), InvalidOptionError),
    (lambda: untyped.sign("/a\ud800", {"k": OLD}, 1), UnicodeEncodeError),
    (lambda: untyped.sign("/a#b", {"k": OLD}, 1), InvalidOptionError),
    (lambda: untyped.sign("/" * 9000, {"k": OLD}, 1), InvalidOptionError),
    (lambda: untyped.sign("/a", {}, 1), InvalidOptionError),
    (lambda: untyped.sign("/a", {"k": "short"}, 1), InvalidOptionError),
    (lambda: untyped.sign("/a", {"a b": OLD}, 1), InvalidOptionError),
    (lambda: untyped.verify(3, {"k": OLD}), TypeError),
    (lambda: untyped.verify("/a", OLD), TypeError),
    (lambda: untyped.verify("/a", {"k": OLD}), ForbiddenError),
    (lambda: untyped.verify("&s=" * 9000, {"k": OLD}), ForbiddenError),
]


@pytest.mark.parametrize(("call", "error"), WRONG, ids=range(len(WRONG)))
def test_hostile_values_are_errors(call: Callable[[], object], error: type[Exception]) -> None:
    with pytest.raises(error):
        call()


def test_an_error_of_a_service_is_pickled() -> None:
    with pytest.raises(ForbiddenError) as caught:
        makeready.verify("/a", {"k": OLD})
    found = pickle.loads(pickle.dumps(caught.value))
    assert (type(found), str(found)) == (ForbiddenError, "the signature is missing")


def test_a_policy_says_what_a_source_may_be() -> None:
    """A page of a PDF is opened where the policy names the format, and nothing else is then."""
    rendition = Rendition.parse("page=1&w=50&f=png")
    pages = image("vector/pages.pdf")
    output = rendition.pipeline(pages, Policy(inputs=["pdf", "jpeg"])).run()
    assert (output.format, output.width) == ("png", 50)
    for source, policy in [
        (pages, None),
        (pages, Policy()),
        (image("rgb.png"), {"inputs": ["pdf"]}),
    ]:
        with pytest.raises(makeready.UnsupportedError):
            rendition.pipeline(source, policy).run()
    with pytest.raises(makeready.InvalidOptionError, match="inputs"):
        Policy(inputs=[])
