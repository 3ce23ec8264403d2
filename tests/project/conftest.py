"""The small project that these tests write to."""

import pytest
from landworld import make_project


@pytest.fixture
def project(tmp_path):
    opened = make_project(tmp_path)
    yield opened
    opened.close()
