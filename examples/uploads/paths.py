"""Signed paths: the one way to ask for a picture."""

from __future__ import annotations

import time
from collections.abc import Mapping

import makeready
from makeready import Rendition

FRONT = "/renditions/"
RENDER = "/render/"


def signed_path(source: str, query: str, keys: Mapping[str, str], seconds: float = 600) -> str:
    """Give a path for a client that may see the document, for as many seconds."""
    key = Rendition.parse(query).key(source)
    return makeready.sign(FRONT + key, keys, int(time.time() + seconds))


def key_of(target: str, keys: Mapping[str, str]) -> str:
    """Give the key of a render path as it was sent: the signature is that of the path at the front."""
    signed = FRONT + target.removeprefix(RENDER)
    return makeready.verify(signed, keys).removeprefix(FRONT)
