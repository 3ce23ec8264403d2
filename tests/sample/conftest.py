"""The sample is built once for all its tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gis.sample import build

if TYPE_CHECKING:
    from gis.store.sample_files import Sample


@pytest.fixture(scope="session")
def sample() -> Sample:
    return build(2025)
