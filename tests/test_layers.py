"""The layers of docs/architecture.md, held by reading the source: each check is also seen to fail on a made-up file."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
LINES_MAX = 400

STREAMLIT = ("app.py", "gis/web/")
FOLIUM = ("gis/maps/", "gis/web/")
FRONT_ENDS = ("gis/web/", "gis/cli/", "gis/__main__.py")
DISKS = ("gis/store/",)
DISK_LIBRARIES = {"sqlalchemy", "sqlite3", "pyogrio", "fiona"}
DISK_CALLS = {
    *("read_text", "read_bytes", "write_text", "write_bytes", "open"),
    *(
        "read_file",
        "to_file",
        "read_parquet",
        "to_parquet",
        "read_csv",
        "to_csv",
        "read_feather",
        "to_feather",
    ),
    *("mkdir", "unlink", "rmtree", "copytree", "copyfile", "iterdir", "glob", "rglob", "touch"),
}
# What opens no file although it is called like what does.
NOT_DISK = {"Project.open", "project.Project.open", "webbrowser.open"}
# Files outside gis/store that touch the disk, and why they may.
DISK_EXCEPTIONS: dict[str, str] = {
    "gis/texts.py": "the catalogues are part of the code, read once",
    "gis/boundaries/columns.py": "the table of column names is part of the code, read once",
    "gis/sheets/headings.py": "the words of lists' headers are part of the code, read once",
    "gis/deadlines.py": "the regimes of deadlines that ship are part of the code, read once",
    "gis/legacy_text/tables.py": "the letters of the encodings are part of the code, read once",
    "gis/web/assets.py": "scripts and styles are part of the code, served as they are",
}
CLOCKS = re.compile(
    r"(^|\.)((date|datetime|Timestamp)\.(today|now|utcnow)|time\.(time|time_ns|localtime|gmtime))$"
)


@dataclass(frozen=True)
class Source:
    """A file by its path from the root, and what stands in it."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return parsed(self.text)

    @property
    def unit(self) -> str:
        """What has a rank: "errors.py", "ledger/"; "" for what is not in gis/."""
        first, _, rest = self.path.removeprefix("gis/").partition("/")
        return "" if not self.path.startswith("gis/") else first + ("/" if rest else "")

    def under(self, *places: str) -> bool:
        return self.path.startswith(places)


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def sources() -> tuple[Source, ...]:
    paths = [ROOT / "app.py", *sorted((ROOT / "gis").rglob("*.py"))]
    return tuple(Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in paths)


@cache
def ranks() -> dict[str, int]:
    """Unit -> rank, as the table of docs/architecture.md says it."""
    section = (ROOT / "docs/architecture.md").read_text("utf-8").split("## Ranks")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \|", section, flags=re.MULTILINE)
    return {unit: int(rank) for rank, units in rows for unit in re.findall(r"`([^`]+)`", units)}


def imported(source: Source) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported, wherever in the file: for type checks and inside functions too."""
    package = source.path.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{name.name}") for name in node.names)


def dotted(node: ast.expr) -> str:
    """`a.b.c` as text; what is not a name stands as "?"."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def check_ranks(source: Source) -> Iterator[str]:
    """From lower ranks only; inside one folder freely."""
    if source.unit in ranks():
        own = ranks()[source.unit]
    elif source.path == "app.py":
        own = max(ranks().values()) + 1
    elif source.path == "gis/__init__.py":
        own = min(ranks().values())
    else:
        yield f"{source.path}: {source.unit} has no rank in docs/architecture.md"
        return
    units = {unit.removesuffix("/").removesuffix(".py"): unit for unit in ranks()}
    for line, name in imported(source):
        parts = name.split(".")
        if parts[0] != "gis" or len(parts) == 1:
            continue
        unit = units.get(parts[1])
        if unit is None:
            yield f"{source.path}:{line} imports {name}, which has no rank in docs/architecture.md"
        elif unit != source.unit and ranks()[unit] >= own:
            yield f"{source.path}:{line} (rank {own}) imports {name} (rank {ranks()[unit]})"


def check_streamlit(source: Source) -> Iterator[str]:
    """Streamlit only in app.py and the pages."""
    for line, name in imported(source):
        if name.split(".")[0] == "streamlit" and not source.under(*STREAMLIT):
            yield f"{source.path}:{line} imports {name}"


def check_folium(source: Source) -> Iterator[str]:
    """Folium only where maps are drawn and shown."""
    for line, name in imported(source):
        if name.split(".")[0] in {"folium", "streamlit_folium", "branca"} and not source.under(*FOLIUM):
            yield f"{source.path}:{line} imports {name}"


def check_disks(source: Source) -> Iterator[str]:
    """Files and databases only in the store."""
    if source.under(*DISKS) or source.path in DISK_EXCEPTIONS:
        return
    for line, name in imported(source):
        if name.split(".")[0] in DISK_LIBRARIES:
            yield f"{source.path}:{line} imports {name}"
    ours = {name.rpartition(".")[2] for _, name in imported(source) if name.startswith("gis.")}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            called = dotted(node.func)
            if called.rpartition(".")[2] in DISK_CALLS and called not in NOT_DISK | ours:
                yield f"{source.path}:{node.lineno} calls {called}"


def check_clock(source: Source) -> Iterator[str]:
    """Today and now only in the front ends."""
    if source.under(*FRONT_ENDS):
        return
    for line, name in imported(source):
        if name in {"time.time", "time.time_ns"}:
            yield f"{source.path}:{line} imports {name}"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and CLOCKS.search(dotted(node)):
            yield f"{source.path}:{node.lineno} reads the clock by {dotted(node)}"


def check_swallowing(source: Source) -> Iterator[str]:
    """No error of any kind is swallowed: not by a bare except, an empty handler or suppress."""
    wide = {"Exception", "BaseException"}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            if node.type is None:
                yield f"{source.path}:{node.lineno} has a bare except"
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type] if node.type else []
            idle = all(isinstance(step, ast.Pass | ast.Continue) or is_ellipsis(step) for step in node.body)
            if idle and wide & {dotted(kind) for kind in caught}:
                yield f"{source.path}:{node.lineno} swallows every error"
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "suppress":
            yield from (
                f"{source.path}:{node.lineno} suppresses every error"
                for argument in node.args
                if dotted(argument) in wide
            )


def is_ellipsis(step: ast.stmt) -> bool:
    return isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant) and step.value.value is ...


def check_length(source: Source) -> Iterator[str]:
    """A module that can be read in one go."""
    lines = len(source.text.splitlines())
    if lines > LINES_MAX:
        yield f"{source.path} has {lines} lines, at most {LINES_MAX} are wanted: divide it by meaning"


CHECKS = (
    check_ranks,
    check_streamlit,
    check_folium,
    check_disks,
    check_clock,
    check_swallowing,
    check_length,
)


def test_ranks__table_and_code_name_the_same_modules() -> None:
    in_code = {source.unit for source in sources()} - {"", "__init__.py"}
    assert set(ranks()) == in_code


def test_disk_exceptions__are_still_needed() -> None:
    as_any_other = [Source("gis/any.py", found.text) for found in sources() if found.path in DISK_EXCEPTIONS]
    assert [bool(list(check_disks(source))) for source in as_any_other] == [True] * len(DISK_EXCEPTIONS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_layers__code_holds(check: Callable[[Source], Iterator[str]]) -> None:
    assert [finding for source in sources() for finding in check(source)] == []


BROKEN = [
    (check_ranks, "gis/plan.py", "from gis.ledger import state"),
    (check_ranks, "gis/errors.py", "from gis.texts import Texts"),
    (check_ranks, "gis/texts.py", "import gis.milestones"),
    (check_ranks, "gis/clearance/areas.py", "from gis import store"),
    (check_ranks, "gis/clearance/areas.py", "def f():\n    from gis.maps.style import colour"),
    (
        check_ranks,
        "gis/ledger/entry.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from gis.boundaries.x import X",
    ),
    (check_ranks, "gis/ledger/entry.py", "from ..web import routes"),
    (check_ranks, "gis/ledger/entry.py", "from gis.nowhere import x"),
    (check_ranks, "gis/stray.py", "from gis.errors import Problem"),
    (check_streamlit, "gis/maps/style.py", "from streamlit.starlette import App"),
    (check_streamlit, "gis/cli/main.py", "import streamlit as st"),
    (check_folium, "gis/clearance/areas.py", "import folium"),
    (check_folium, "gis/store/files.py", "from streamlit_folium import st_folium"),
    (check_disks, "gis/ledger/chain.py", "import sqlalchemy as sa"),
    (check_disks, "gis/boundaries/shapes.py", "from pyogrio import read_arrow"),
    (check_disks, "gis/boundaries/shapes.py", "import fiona.env"),
    (check_disks, "gis/plan.py", "text = path.read_text()"),
    (check_disks, "gis/plan.py", "with open('x') as file: pass"),
    (check_disks, "gis/plan.py", "with folder.joinpath('x').open() as file: pass"),
    (check_disks, "gis/plan.py", "zones = gpd.read_file('x')"),
    (check_disks, "gis/plan.py", "from shutil import rmtree\nrmtree(folder)"),
    (check_clock, "gis/ledger/rules.py", "from datetime import date\nnow = date.today()"),
    (check_clock, "gis/ledger/rules.py", "import datetime as dt\nnow = dt.datetime.now(dt.UTC)"),
    (check_clock, "gis/ledger/rules.py", "field(default_factory=datetime.now)"),
    (check_clock, "gis/project/project.py", "import time\nnow = time.time()"),
    (check_clock, "gis/project/project.py", "from time import time"),
    (check_clock, "gis/project/project.py", "now = pd.Timestamp.now()"),
    (check_swallowing, "gis/web/routes.py", "try:\n    f()\nexcept:\n    raise"),
    (check_swallowing, "gis/web/routes.py", "try:\n    f()\nexcept Exception:\n    pass"),
    (check_swallowing, "gis/web/routes.py", "try:\n    f()\nexcept (ValueError, Exception):\n    ..."),
    (check_swallowing, "gis/web/routes.py", "with contextlib.suppress(Exception):\n    f()"),
    (check_length, "gis/web/routes.py", "x = 1\n" * (LINES_MAX + 1)),
]


@pytest.mark.parametrize(("check", "path", "text"), BROKEN)
def test_layers__broken_source_is_found(
    check: Callable[[Source], Iterator[str]], path: str, text: str
) -> None:
    assert len(list(check(Source(path, text)))) == 1


SOUND = [
    (
        check_ranks,
        "gis/ledger/state.py",
        "from gis.ledger.entry import Entry\nfrom gis.errors import Problem",
    ),
    (check_ranks, "gis/ledger/state.py", "from .entry import Entry\nfrom ..errors import Problem"),
    (check_ranks, "app.py", "from gis.web.routes import routes"),
    (check_streamlit, "app.py", "from streamlit.starlette import App"),
    (check_folium, "gis/maps/folium_map.py", "import folium"),
    (check_disks, "gis/store/database.py", "import sqlalchemy as sa\npath.mkdir()"),
    (check_disks, "gis/web/main.py", "project = Project.open(folder)"),
    (check_disks, "gis/project/project.py", "from gis.store.files import read_text\nread_text(path)"),
    (check_clock, "gis/ledger/rules.py", "if request.on > setting.today: pass"),
    (check_clock, "gis/web/main.py", "today = datetime.now(ZONE).date()"),
    (check_swallowing, "gis/plan.py", "try:\n    f()\nexcept ValueError:\n    pass"),
    (check_length, "gis/plan.py", "x = 1\n" * LINES_MAX),
]


@pytest.mark.parametrize(("check", "path", "text"), SOUND)
def test_layers__sound_source_passes(check: Callable[[Source], Iterator[str]], path: str, text: str) -> None:
    assert list(check(Source(path, text))) == []
