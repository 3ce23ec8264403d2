"""The state of the page "Nhập dữ liệu": what was checked of which files, kept until they change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd
import streamlit as st

from gis.maps.problem_map import Spot, drawing
from gis.project.intake import check_for, import_checked
from gis.project.loaded import Loaded
from gis.project.report import is_refused
from gis.project.stated import NOTHING_STATED
from gis.store.received import received
from gis.web import common
from gis.web.intake_view import by_stake, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from gis.maps.problem_map import Drawing
    from gis.project import Project
    from gis.project.checking import CheckedFiles, Step, Told
    from gis.project.intake import Imported
    from gis.project.report import FileReport, Layer
    from gis.project.stated import Stated
    from gis.texts import Texts

RESULT: Final = "take.result"
OUTCOME: Final = "take.outcome"
STATED: Final = "take.stated"
CONFIRM: Final = "take.confirm"
ROUND: Final = "take.round"
KIND: Final = "take.kind"
SPOTS_SHOWN: Final = 500
KINDS: Final[tuple[Layer, ...]] = ("parcels", "zones", "features")
# How much of the bar each stage is worth: reading and checking are most of the work.
_STAGES: Final = {
    "reading": (0.0, 0.3),
    "checking": (0.3, 0.3),
    "comparing": (0.6, 0.35),
    "writing": (0.96, 0.04),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be checked: the files by their ids, what they are said to hold, what their user stated."""

    files: tuple[str, ...]
    kind: Layer
    stated: Stated = NOTHING_STATED

    @property
    def mark(self) -> str:
        """A text that is another one after each answer."""
        one = self.stated
        places = sorted(one.objects.items())
        return repr((one.crs, one.commune, one.drawing.sheet, sorted(one.confirmed), places))


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What a check found; no rows of the files are kept, they are read again for an import."""

    asked: Asked
    seq: int
    reports: tuple[FileReport, ...]
    drawn: Drawing | None
    shown: int
    added: int
    changed: int

    @property
    def is_refused(self) -> bool:
        """Whether anything forbids an import."""
        return is_refused(self.reports)

    @property
    def asks_crs(self) -> bool:
        """Whether the user must say which CRS is right."""
        return any(layer.asks_crs for report in self.reports for layer in report.layers)


def upload_key() -> str:
    """The field of the files: another one after each import, so that it is empty again."""
    return f"take.files.{st.session_state.get(ROUND, 0)}"


def asked_for(files: Sequence[UploadedFile], kind: Layer) -> Asked:
    """What the fields ask for; what was stated of other files does not count."""
    ids = tuple(file.file_id for file in files)
    said = st.session_state.get(STATED)
    stated = said[1] if isinstance(said, tuple) and said[0] == (ids, kind) else NOTHING_STATED
    return Asked(ids, kind, stated)


def answered(asked: Asked, stated: Stated) -> None:
    """Take what the user states of these files; the page checks them anew."""
    st.session_state[STATED] = ((asked.files, asked.kind), stated)


def choose_crs(asked: Asked, field: str) -> None:
    """Take the candidate that a radio shows for these files."""
    chosen = st.session_state.get(field)
    if chosen:
        answered(asked, replace(asked.stated, crs=chosen))


def result_of(asked: Asked, seq: int) -> Result | None:
    """The result of exactly these files against the ledger as it is; any other is let go."""
    found = st.session_state.get(RESULT)
    if isinstance(found, Result) and (found.asked, found.seq) == (asked, seq):
        return found
    st.session_state.pop(RESULT, None)
    st.session_state.pop(CONFIRM, None)
    return None


def forget() -> None:
    """Let everything go: its user went to another page."""
    for key in (RESULT, OUTCOME, STATED, CONFIRM):
        st.session_state.pop(key, None)


def to_confirm(asked: Asked | None) -> None:
    """Show what an import would do before it is done; None goes back."""
    st.session_state[CONFIRM] = asked


def bar_told(words: Texts, bar: st.delta_generator.DeltaGenerator) -> Told:
    """A call that moves a progress bar."""

    def told(step: Step) -> None:
        start, width = _STAGES[step.stage]
        said = words(f"intake.step_{step.stage}", at=step.at, of=step.of, name=step.name)
        bar.progress(min(start + width * (step.at - 1) / max(step.of, 1), 1.0), text=said)

    return told


def check(project: Project, files: Sequence[UploadedFile], asked: Asked, words: Texts, told: Told) -> Result:
    """Check the files and keep what was found.

    Raises:
        GisError: If they cannot be received.
    """
    seq = project.refresh().seq
    with received([(file.name, file) for file in files]) as paths:
        checked = check_for(project, paths, common.today(), asked.kind, asked.stated, told)
    result = _result(project, checked, asked, seq, words)
    st.session_state[RESULT] = result
    st.session_state.pop(CONFIRM, None)
    return result


def _result(project: Project, checked: CheckedFiles, asked: Asked, seq: int, words: Texts) -> Result:
    placed = [problem for problem in by_stake(checked.problems) if problem.shape is not None]
    spots = [
        Spot(problem.shape, problem.severity, f"{words.place(problem.source)}: {sentence(problem, words)}")
        for problem in placed[:SPOTS_SHOWN]
        if problem.shape is not None
    ]
    loaded = Loaded.of(project, common.today())
    there = gpd.GeoSeries(pd.concat([loaded.zones.geometry, loaded.units.geometry]), crs=project.plan.crs)
    frames = [frame.geometry for frame in checked.frames.values()]
    came = pd.concat(frames) if frames else there.iloc[:0]
    drawn = drawing(spots, there, gpd.GeoSeries(came, crs=project.plan.crs), project.plan.crs)
    added, changed = checked.effects.get(asked.kind, (0, 0))
    return Result(asked, seq, checked.reports, drawn, len(spots), added, changed)


def import_files(
    project: Project, files: Sequence[UploadedFile], asked: Asked, request: str, told: Told
) -> Imported:
    """Import the files, all or nothing: read and checked anew, beside the ledger as it is then.

    Raises:
        GisError: With every reason; nothing was written.
    """
    with received([(file.name, file) for file in files]) as paths:
        checked = check_for(project, paths, common.today(), asked.kind, asked.stated, told)
        return import_checked(project, asked.kind, checked, common.stamp(request), told=told)


def done(outcome: Imported) -> None:
    """Show what was imported, with empty fields."""
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    forget()
    st.session_state[OUTCOME] = outcome
