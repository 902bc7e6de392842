"""Definitions of books, as clients send them."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from .errors import ProblemError

OutputName = Literal["print", "preview"]
FILES: dict[OutputName, tuple[str, str]] = {
    "print": ("print.jpg", "image/jpeg"),
    "preview": ("preview.jpg", "image/jpeg"),
}
"""Name and media type of each output, in the order in which they are stored."""

Url = Annotated[str, Field(min_length=1, max_length=2048)]
Row = tuple[Url, Url]


class Definition(BaseModel):
    """A part of a definition, of which every word is known."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Page(Definition):
    """A page of two by two tiles."""

    page: Annotated[int, Field(ge=1, le=10_000)]
    tiles: tuple[Row, Row]

    def folder(self, outputs: tuple[OutputName, ...], version: str) -> str:
        """Name the place of the results: the same for the same tiles, outputs and renderer alone."""
        content = json.dumps([self.tiles, outputs, version])
        return f"pages/{hashlib.sha256(content.encode()).hexdigest()}"


class Book(Definition):
    """Two pages that face each other."""

    book: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    pages: tuple[Page, Page]
    outputs: Annotated[tuple[OutputName, ...], Field(min_length=1)] = ("print", "preview")

    @field_validator("pages")
    @classmethod
    def _numbers_differ(cls, pages: tuple[Page, Page]) -> tuple[Page, Page]:
        if pages[0].page == pages[1].page:
            raise ValueError(f"page {pages[0].page} is there twice")
        return pages

    @field_validator("outputs")
    @classmethod
    def _in_order(cls, outputs: tuple[OutputName, ...]) -> tuple[OutputName, ...]:
        return tuple(name for name in FILES if name in outputs)


def parse(body: bytes) -> Book:
    """Read a definition. Errors name the place of a fault and not its value, which may be a secret."""
    try:
        return Book.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        code = "malformed" if first["type"] == "json_invalid" else "definition"
        place = ".".join(map(str, first["loc"])) or None
        raise ProblemError(code, f"{place or 'definition'}: {first['msg']}", place) from None
