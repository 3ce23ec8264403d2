"""The encoding of a file's texts: what the file states of it, and what its bytes show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gis.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd


def check_encoding(path: Path, source: str, info: dict[str, Any], frame: gpd.GeoDataFrame) -> list[Problem]:
    """A Shapefile that does not state its encoding: its accented letters were guessed."""
    if info["driver"] != "ESRI Shapefile" or info["encoding"] == "UTF-8":
        return []
    if any(path.with_suffix(ending).exists() for ending in (".cpg", ".CPG")):
        return []
    texts = frame.drop(columns="geometry").select_dtypes(["object", "string"])
    accented = [str(name) for name in texts if texts[name].dropna().map(_is_accented).any()]
    if not accented:
        return []
    facts = {"encoding": info["encoding"], "columns": ", ".join(accented)}
    return [Problem(source, "problem.encoding_guessed", facts, "warning")]


def _is_accented(value: object) -> bool:
    return isinstance(value, str) and not value.isascii()
