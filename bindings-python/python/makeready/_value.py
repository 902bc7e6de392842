"""Plain values: frozen, with slots, compared and pickled by their fields.

They are as frozen data classes are. The module ``dataclasses`` itself takes longer to import, with all that it
imports, than the rest of this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass_transform(frozen_default=True)
class _Values(type):
    """Gives each class of values a slot for each of its annotations."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> _Values:
        named = body.get("__annotations__", {}).items()
        fields = tuple(field for field, kind in named if not kind.startswith("ClassVar"))
        body |= {"__slots__": fields, "__match_args__": fields}
        made = super().__new__(cls, name, bases, body)
        # The slots themselves: by name the class refuses.
        fillers = [vars(made)[field].__set__ for field in fields]
        type.__setattr__(made, "_fillers", fillers)
        return made


class Value(metaclass=_Values):
    """A value whose fields are the annotations of its class, in their order."""

    _not_shown: ClassVar[frozenset[str]] = frozenset()
    _not_compared: ClassVar[frozenset[str]] = frozenset()
    _fillers: ClassVar[list[Callable[[Any, Any], None]]]
    __match_args__: ClassVar[tuple[str, ...]]

    def __init__(self, *values: Any, **named: Any) -> None:
        """Take the fields, by place or by name."""
        fields = self.__match_args__
        if named:
            values += tuple(named.pop(field) for field in fields[len(values) :] if field in named)
        if named or len(values) != len(fields):
            raise TypeError(f"{type(self).__name__} takes {', '.join(fields)}, each once")
        for fill, value in zip(self._fillers, values, strict=True):
            fill(self, value)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: a value never changes."""
        raise AttributeError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        """Refuse: a value never changes."""
        raise AttributeError(f"cannot delete field {name!r}")

    def _compared(self) -> tuple[Any, ...]:
        fields = self.__match_args__
        return tuple(getattr(self, field) for field in fields if field not in self._not_compared)

    def __eq__(self, other: object) -> bool:
        """Compare all fields that count."""
        if type(other) is not type(self):
            return NotImplemented
        return self._compared() == other._compared()

    def __hash__(self) -> int:
        """Give equal values the same number."""
        return hash(self._compared())

    def __repr__(self) -> str:
        """Show the fields, but for those that are large."""
        shown = (field for field in self.__match_args__ if field not in self._not_shown)
        fields = ", ".join(f"{field}={getattr(self, field)!r}" for field in shown)
        return f"{type(self).__qualname__}({fields})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the fields."""
        return type(self), tuple(getattr(self, field) for field in self.__match_args__)
