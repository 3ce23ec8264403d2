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


def test_matrix__nothing_that_is_confirmed_is_wrong(matrix: dict[str, dict[str, Any]]) -> None:
    for name, counts in matrix.items():
        for kind, count in counts.items():
            print(count.line(f"{name}, {kind}"))
            assert count.wrong == []
            assert count.cases == count.right + count.believed + len(count.misled) + count.asked


def test_matrix__only_the_projects_own_label_misleads_and_only_without_anything_to_compare(
    matrix: dict[str, dict[str, Any]],
) -> None:
    misled = {
        name: [one for count in counts.values() for one in count.misled] for name, counts in matrix.items()
    }
    # Numbers that look like the project's own and land in the commune, told as unconfirmed.
    look_alikes = ["EPSG:3405", "EPSG:32648", "EPSG:3148"]
    assert misled.pop("place alone") == [f"{true} stated as EPSG:5897" for true in look_alikes]
    assert not any(misled.values())


def test_matrix__without_belief_in_labels_nothing_is_wrong(script: ModuleType) -> None:
    came, settings = script.settings()
    strict = replace(settings[0], scene=replace(settings[0].scene, believes_label=False))
    for count in script.matrix(strict, script.files(came)).values():
        assert count.wrong + count.misled == []


def test_matrix__not_everything_is_asked(matrix: dict[str, dict[str, Any]]) -> None:
    alone, beside = matrix["place alone"], matrix["place and loaded land beside"]
    assert alone["no label"].asked < alone["no label"].cases
    # Beside loaded land only the withdrawn ones are asked: four, in both orders.
    assert beside["no label"].asked == beside["right label"].asked == 8
