"""What every test may ask for: skips that have a name, paths, and the versions in the header."""

from __future__ import annotations

import os
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import fiona
import pyogrio
import pyproj
import pytest
import shapely
from browserworld import app, app_folder, browser, places, staffed_address, staffed_folder, targets, visit
from checks import find_chromium
from hypothesis import settings
from postgres import Place, Server, find_binaries, may_run, running_server

from gis.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


# A slow, busy machine is no error; what takes how long is measured in benchmarks.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Fixtures for everybody.
__all__ = ["app", "app_folder", "browser", "places", "staffed_address", "staffed_folder", "targets", "visit"]


def pytest_configure() -> None:
    """No test may write to the database of the office whose shell this is, or open or choose its project."""
    os.environ.pop("GPMB_DATABASE_URL", None)
    os.environ["GPMB_SETTINGS"] = tempfile.mkdtemp(prefix="gpmb-settings-")


def pytest_unconfigure() -> None:
    """Nothing stays of the settings of a run."""
    shutil.rmtree(os.environ["GPMB_SETTINGS"], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in the browser come last: from its start on no other test of the thread may run an event loop."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_report_header() -> list[str]:
    """The libraries whose versions explain a different area or a different map."""
    gdal = ".".join(str(part) for part in pyogrio.__gdal_version__)
    chromium = os.environ.get("GPMB_CHROMIUM", "not named by GPMB_CHROMIUM")
    return [
        f"geopandas {version('geopandas')}, shapely {shapely.__version__} (GEOS {shapely.geos_version_string})",
        f"pyproj {pyproj.__version__} (PROJ {pyproj.proj_version_str})",
        f"pyogrio {pyogrio.__version__} (GDAL {gdal}), fiona {fiona.__version__} (GDAL {fiona.__gdal_version__})",
        f"streamlit {version('streamlit')}, folium {version('folium')}, Chromium: {chromium}",
    ]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the checks that failed before pytest ran, so that its last lines do not look all green."""
    failed = os.environ.get("GPMB_FAILED_CHECKS")
    if failed:
        terminalreporter.section("failed before pytest", red=True)
        terminalreporter.write_line(failed)


def must_have_everything() -> bool:
    """Whether what cannot be had fails instead of being skipped: CI=true."""
    return os.environ.get("CI", "").lower() in {"1", "true"}


@pytest.fixture(scope="session")
def require() -> Callable[[object, str], None]:
    """A call `require(condition, reason)`: where the condition is false, skip by name, or fail with CI=true."""

    def require_or_skip(condition: object, reason: str) -> None:
        if not condition and must_have_everything():
            pytest.fail(f"needed with CI=true: {reason}", pytrace=False)
        if not condition:
            pytest.skip(reason)

    return require_or_skip


@pytest.fixture(scope="session")
def chromium_path(require: Callable[[object, str], None]) -> Path:
    """An installed Chromium or Chrome; `python3 start.py test` brings one where it may."""
    found = find_chromium()
    require(found, "no Chromium: install one, or name it by GPMB_CHROMIUM")
    return Path(str(found))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder ../shared/data of real samples, which are not ours to ship: skipped by name without it."""
    data = SHARED / "data"
    if not data.is_dir():
        pytest.skip(f"no folder {data}: real samples are not part of the repository")
    return data


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped sample with its ledger made, shared by the whole run: read it, never write to it."""
    folder = tmp_path_factory.mktemp("sample") / "data"
    shutil.copytree(ROOT / "data", folder, ignore=shutil.ignore_patterns("ledger.db*", "boundaries"))
    Project.open(folder).close()
    return folder


@pytest.fixture
def sample_copy(sample_folder: Path, tmp_path: Path) -> Path:
    """A copy of the sample, ledger and all, to write to."""
    folder = tmp_path / "data"
    shutil.copytree(sample_folder, folder)
    return folder


@pytest.fixture(scope="session")
def postgres_server(require: Callable[[object, str], None]) -> Iterator[Server]:
    """A real PostgreSQL with PostGIS, started for this run; `python3 start.py test` brings one where it may."""
    require(find_binaries() and may_run(), "no PostgreSQL with PostGIS: apt install postgresql postgis")
    with running_server() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: Server) -> Server:
    """The server with an empty database of the test's own; `.url` is what GPMB_DATABASE_URL would hold."""
    return postgres_server.new_database("gpmb_test")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where the ledger of a test is kept: whoever asks for it runs once on each database."""
    on_sqlite = request.param == "sqlite"
    return Place(tmp_path, None if on_sqlite else request.getfixturevalue("postgres").url)
