"""The sample on disk: the same bytes for the same seed, and what data/ ships is what is built."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyogrio
import pytest

from gis.errors import FileUnwritableError, FolderUnwritableError
from gis.sample import build
from gis.store.sample_files import write_sample

if TYPE_CHECKING:
    from gis.store.sample_files import Sample

DATA = Path(__file__).parents[2] / "data"
FILES = {
    "README.txt",
    "households/batches.csv",
    "households/deliveries.csv",
    "households/history.csv",
    "households/holdings.csv",
    "households/households.csv",
    "parcels/features.gpkg",
    "parcels/parcels.gpkg",
    "project.toml",
    "zones/zones.gpkg",
}


@pytest.fixture(scope="module")
def sample() -> Sample:
    return build(2025)


def digests(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths
    }


def test_write_sample__same_seed_same_bytes(sample: Sample, tmp_path: Path) -> None:
    write_sample(sample, tmp_path / "one")
    write_sample(build(2025), tmp_path / "two")
    written = digests(tmp_path / "one")
    assert set(written) == FILES
    assert written == digests(tmp_path / "two")


def test_write_sample__another_seed_is_another_sample(sample: Sample) -> None:
    other = build(7)
    assert other.households["household_id"].tolist() != sample.households["household_id"].tolist()
    assert not other.history.equals(sample.history)
    assert other.parcels.geometry.is_valid.all()


def test_write_sample__data_ships_what_is_built(sample: Sample) -> None:
    """GeoPackages are compared by content: another SQLite may lay out the same rows differently."""
    for name, table in sample.tables().items():
        shipped = (DATA / "households" / f"{name}.csv").read_bytes().decode("utf-8")
        assert shipped == table.to_csv(index=False, lineterminator="\n")
    for path, frame in (
        ("zones/zones.gpkg", sample.zones),
        ("parcels/parcels.gpkg", sample.parcels),
        ("parcels/features.gpkg", sample.features),
    ):
        shipped_frame = pyogrio.read_dataframe(DATA / path)
        assert shipped_frame.crs.to_epsg() == 5897
        assert list(shipped_frame.columns) == list(frame.columns)
        assert shipped_frame.geometry.geom_equals_exact(frame.geometry, 0.0011).all()
    assert (DATA / "project.toml").read_text(encoding="utf-8") == sample.project
    assert sum(path.stat().st_size for path in map(DATA.joinpath, sorted(FILES))) < 8_000_000


def test_write_sample__says_that_it_is_a_sample(sample: Sample, tmp_path: Path) -> None:
    write_sample(sample, tmp_path)
    readme = (tmp_path / "README.txt").read_text(encoding="utf-8")
    assert readme.startswith("Dữ liệu mẫu, không phải số liệu thật")
    assert "synthetic = true" in (tmp_path / "project.toml").read_text(encoding="utf-8")


def test_write_sample__refuses_where_it_cannot_write(sample: Sample, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here", encoding="utf-8")
    with pytest.raises(FolderUnwritableError):
        write_sample(sample, tmp_path / "file")
    (tmp_path / "zones" / "zones.gpkg").mkdir(parents=True)
    with pytest.raises(FileUnwritableError):
        write_sample(replace(sample), tmp_path)
