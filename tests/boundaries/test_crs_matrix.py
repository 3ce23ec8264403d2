"""The whole matrix of what is true, what a file states, and how its axes stand: no wrong choice."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "crs_matrix.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("crs_matrix", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["crs_matrix"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def matrix(script: ModuleType) -> dict[str, dict[str, Any]]:
    came, settings = script.settings()
    written = script.files(came)
    return {setting.name: script.matrix(setting, written) for setting in settings}


def test_matrix__no_choice_is_wrong(matrix: dict[str, dict[str, Any]]) -> None:
    for name, counts in matrix.items():
        for kind, count in counts.items():
            print(count.line(f"{name}, {kind}"))
            assert count.wrong + count.misled == []
            assert count.believed == 0
            assert count.cases == count.right + count.asked


def test_matrix__what_belief_in_a_label_alone_would_cost(script: ModuleType) -> None:
    came, (setting, *_) = script.settings()
    trusting = replace(setting, scene=replace(setting.scene, believes_label=True))
    counts = script.matrix(trusting, script.files(came))
    # Numbers that look like the project's own and land in the commune: why a label alone is asked.
    look_alikes = ["EPSG:3405", "EPSG:32648", "EPSG:3148"]
    misled = [one for count in counts.values() for one in count.misled]
    assert misled == [f"{true} stated as EPSG:5897" for true in look_alikes]


def test_matrix__not_everything_is_asked(matrix: dict[str, dict[str, Any]]) -> None:
    alone, beside = matrix["place alone"], matrix["place and loaded land beside"]
    assert alone["no label"].asked < alone["no label"].cases
    # Beside loaded land only the withdrawn ones are asked: four, in both orders.
    assert beside["no label"].asked == beside["right label"].asked == 8
