"""The settings of the service: BOOK_* of the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

PREFIX = "BOOK_"


@dataclass(frozen=True)
class Settings:
    """Every setting with its default; README.md says what each is for."""

    store_url: str = ""
    bucket: str = "books"
    results_url: str = ""
    store_seconds: float = 5.0
    store_threads: int = 16

    in_flight: int = 4
    definition_bytes: int = 65_536
    definition_seconds: float = 5.0
    render_seconds: float = 20.0

    tile_bytes: int = 8_000_000
    tile_seconds: float = 5.0
    tile_tries: int = 3
    retry_seconds: float = 0.1
    connections: int = 64
    allowed_networks: str = ""
    breaker_failures: int = 10
    breaker_seconds: float = 5.0

    page_picture: str = ""
    experiment_share: float = 0.1

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings; one that is misspelt is refused, as else it would do nothing in silence."""
        kinds = {PREFIX + field.name.upper(): field for field in fields(cls)}
        given = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
        if unknown := given.keys() - kinds.keys():
            raise ValueError(f"expected settings of {sorted(kinds)}, found {sorted(unknown)}")
        read: dict[str, Callable[[str], Any]] = {"str": str, "int": int, "float": float}
        return cls(
            **{
                kinds[name].name: read[str(kinds[name].type)](value)
                for name, value in given.items()
            }
        )
