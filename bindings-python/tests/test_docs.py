"""The examples in docstrings run; everything public says what it does."""

import doctest
import inspect
from typing import Any

import makeready


def public() -> dict[str, Any]:
    """Everything that users call, by its name."""
    names = {name: getattr(makeready, name) for name in makeready.__all__}
    found = {name: value for name, value in names.items() if callable(value)}
    for name, value in list(found.items()):
        if inspect.isclass(value) and not issubclass(value, Exception):
            members = inspect.getmembers_static(value)
            found |= {f"{name}.{key}": member for key, member in members if not key.startswith("_")}
    return found


def test_everything_public_says_what_it_does() -> None:
    fields = ("getset_descriptor", "member_descriptor")
    for name, value in public().items():
        if type(value).__name__ not in fields:
            assert (value.__doc__ or "").strip(), name


def test_methods_of_the_parts_are_those_of_the_class() -> None:
    methods = {key: value for key, value in public().items() if key.startswith("Pipeline.")}
    assert {"Pipeline.open", "Pipeline.resize", "Pipeline.run"} <= methods.keys()
    for name, method in methods.items():
        assert method.__qualname__ == name


def test_examples_run() -> None:
    runner = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    tried = set()
    for name, value in {"makeready": makeready, **public()}.items():
        text = inspect.getdoc(getattr(value, "__func__", value)) or ""
        test = doctest.DocTestParser().get_doctest(text, {"makeready": makeready}, name, name, 0)
        if test.examples:
            runner.run(test)
            tried.add(name)
    assert runner.failures == 0
    assert {name for name in public() if name.startswith("Pipeline.")} <= tried
    assert len(tried) >= 30, tried
