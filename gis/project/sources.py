"""Any file that may hold boundaries, read into layers: vector files, and sheets that are lists of corners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import Problem
from gis.store.files import read_vector
from gis.store.versions import sha256_of

if TYPE_CHECKING:
    from pathlib import Path

    from gis.boundaries.layers import RawLayer


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One file as it was read.

    Args:
        path: Where it is.
        sha256: Of its bytes, "" where they cannot be read.
        layers: What it holds, in its order.
        problems: What is wrong with the file or with layers that cannot be read.
    """

    path: Path
    sha256: str
    layers: tuple[RawLayer, ...]
    problems: tuple[Problem, ...]


def read_source(path: Path) -> Source:
    """The layers of a file, whatever its kind; what cannot be read is a problem, never an exception."""
    layers, problems = read_vector(path)
    if not layers and not any(problem.severity == "refused" for problem in problems):
        problems = [*problems, Problem(path.name, "problem.no_layers")]
    return Source(path, sha256_of(path) if path.is_file() else "", tuple(layers), tuple(problems))
