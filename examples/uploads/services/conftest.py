"""A whole site with nginx before it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from uploads.site import Site, add_samples
from uploads.site import site as run_site
from uploads.tests.conftest import TIMES


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Run a site; the paths of its sockets must be short."""
    with tempfile.TemporaryDirectory() as folder, run_site(Path(folder), TIMES) as site:
        add_samples(site)
        yield site


@pytest.fixture(scope="session")
def client(site: Site) -> Iterator[httpx.Client]:
    """Ask the site, without following redirects."""
    with httpx.Client(base_url=site.url, timeout=20, trust_env=False) as client:
        yield client


@pytest.fixture(autouse=True)
def _no_faults(site: Site) -> Iterator[None]:
    yield
    site.store.faults()
