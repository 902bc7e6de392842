"""The settings of a renderer: UPLOADS_* of the environment."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

PREFIX = "UPLOADS_"


@dataclass(frozen=True)
class Settings:
    """Every setting with its default; README.md says what each is for."""

    keys: dict[str, str] = field(repr=False)
    secret: str = field(repr=False)
    socket: str = "renderer.sock"

    store_url: str = ""
    bucket: str = "uploads"
    store_seconds: float = 5.0
    store_threads: int = 32

    in_flight: int = 16
    original_bytes: int = 30_000_000
    original_pixels: int = 60_000_000
    render_seconds: float = 10.0

    job_seconds: float = 20.0
    lease_seconds: float = 25.0
    wait_seconds: float = 50.0
    poll_seconds: float = 0.1

    def __post_init__(self) -> None:
        """Refuse times by which a lock could pass on while its holder works."""
        # The store tells the age of a lock in whole seconds.
        if not self.job_seconds + 1 <= self.lease_seconds < self.wait_seconds:
            raise ValueError("expected job_seconds + 1 <= lease_seconds < wait_seconds")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings; one that is misspelt is refused, as else it would do nothing in silence."""
        kinds = {PREFIX + field.name.upper(): field for field in fields(cls)}
        given = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
        if unknown := given.keys() - kinds.keys():
            raise ValueError(f"expected settings of {sorted(kinds)}, found {sorted(unknown)}")
        read: dict[str, Callable[[str], Any]] = {
            "str": str,
            "int": int,
            "float": float,
            "dict[str, str]": json.loads,
        }
        return cls(
            **{
                kinds[name].name: read[str(kinds[name].type)](value)
                for name, value in given.items()
            }
        )
