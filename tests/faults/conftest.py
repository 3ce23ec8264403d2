"""How long the fault tests take: short in CI, long with `python3 start.py test --full`."""

import multiprocessing
import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))


@pytest.fixture(scope="session")
def full():
    """Whether the long set was asked for."""
    return os.environ.get("GPMB_FULL") == "1"


@pytest.fixture(scope="session")
def hands(require):
    """Processes that can be killed, forked from one that has everything imported."""
    require(hasattr(os, "fork"), "processes that can be killed at any moment need fork")
    context = multiprocessing.get_context("forkserver")
    # The server of the forks begins as a new interpreter: it must find what it is to have imported.
    paths = [str(HERE), str(HERE.parents[1]), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    context.set_forkserver_preload(["hands", "gis.store.database"])
    return context
