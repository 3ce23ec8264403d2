"""What a project's map can be coloured by besides the classes: land use, đợt, hamlet, obstacles, age, data.

A layer says categories and never a household: no name and no id of a person is in it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from gis.ledger.batches import batches
from gis.maps.layers import AGE_DAYS, SEVERAL, age_paint, category_paint, finding_paint
from gis.project.people import Hamlet, aliases
from gis.store.register import read_rows
from gis.store.stories import read_last_seqs
from gis.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    from gis.maps.layers import Paint
    from gis.project.project import Project
    from gis.project.snapshot import Snapshot

_SLUG: Final = {"/": "-", " ": "-"}


def land_use_paint(_project: Project, snapshot: Snapshot) -> Paint:
    """Units by the land use that their file states."""
    names = snapshot.units["land_use"].fillna("").to_numpy(dtype=object)
    return category_paint("land_use", names, _weight(snapshot), {})


def obstacle_paint(project: Project, snapshot: Snapshot) -> Paint:
    """Units by the category of their open obstacle, of several the oldest."""
    _, stuck = project.land(snapshot)
    names = pd.Series("", index=snapshot.units.index, dtype=object)
    for parcel in stuck:
        found = snapshot.state.by_parcel.get(parcel)
        if found and found.obstacles and parcel in names.index:
            names[parcel] = min(found.obstacles, key=lambda one: (one.since, one.seq)).category
    return category_paint("obstacle", names.to_numpy(), _weight(snapshot), {})


def batch_paint(project: Project, snapshot: Snapshot) -> Paint:
    """Units by the đợt of their holders; a household of several đợt counts with the one it joined last."""
    merged = aliases(project)
    joined: dict[str, tuple[tuple[date, int], str]] = {}
    titles: dict[str, str] = {}
    for batch in batches(snapshot.state).values():
        titles[batch.batch] = f"{batch.batch} · {batch.name}"
        for household, on in batch.members.items():
            counts = merged.get(household, household)
            this = ((on, batch.seq), batch.batch)
            joined[counts] = max(joined.get(counts, this), this)
    groups = {household: name for household, (_, name) in joined.items()}
    names = _by_holders(project, snapshot, groups, merged)
    return category_paint("batch", names, _weight(snapshot), titles)


def hamlet_paint(project: Project, snapshot: Snapshot) -> Paint:
    """Units by the hamlet where their holders live."""
    with project.ledger.reading() as connection:
        rows = read_rows(connection)
    communes = {one.code: one.name for one in snapshot.plan.commune.old_communes}
    groups: dict[str, str] = {}
    titles: dict[str, str] = {}
    for household, row in rows.items():
        if row.hamlet:
            hamlet = Hamlet(row.commune, row.hamlet)
            name = "".join(_SLUG.get(letter, letter) for letter in fold(str(hamlet)))
            groups[household] = name
            where = communes.get(row.commune)
            titles[name] = f"{row.hamlet} ({where})" if where else row.hamlet
    names = _by_holders(project, snapshot, groups, aliases(project))
    return category_paint("hamlet", names, _weight(snapshot), titles)


def last_change_paint(project: Project, snapshot: Snapshot) -> Paint:
    """Units by when something was last recorded of them."""
    with project.ledger.reading() as connection:
        last = read_last_seqs(connection, snapshot.known)
    places = snapshot.units.index.get_indexer(pd.Index(list(last), dtype="str"))
    seqs = np.zeros(len(snapshot.units), dtype=np.int64)
    known = places >= 0
    seqs[places[known]] = np.array(list(last.values()), dtype=np.int64)[known]
    since = [project.known_on(snapshot.on - timedelta(days=days)) for days in AGE_DAYS]
    return age_paint(seqs, since)


def findings_paint(_project: Project, snapshot: Snapshot) -> Paint:
    """Units by the worst that is to be looked at in their data."""
    return finding_paint(snapshot.boundaries.findings)


PAINTS: Final = {
    "land_use": land_use_paint,
    "batch": batch_paint,
    "hamlet": hamlet_paint,
    "obstacle": obstacle_paint,
    "last_change": last_change_paint,
    "findings": findings_paint,
}


def _by_holders(
    project: Project, snapshot: Snapshot, groups: Mapping[str, str], merged: Mapping[str, str]
) -> NDArray[np.object_]:
    """The group of the holders of each unit: "" where none has one, `SEVERAL` where they differ."""
    holdings, _ = project.land(snapshot)
    holder = holdings["household_id"].map(lambda household: merged.get(household, household))
    told = pd.DataFrame({"unit": holdings["parcel_id"], "group": holder.map(groups)}).dropna()
    by_unit = told.groupby("unit")["group"].agg(["first", "nunique"])
    common = by_unit["first"].where(by_unit["nunique"] == 1, SEVERAL)
    return common.astype(object).reindex(snapshot.units.index).fillna("").to_numpy(dtype=object)


def _weight(snapshot: Snapshot) -> NDArray[np.float64]:
    """Square metres of each unit inside the zones."""
    cells = snapshot.boundaries.cells
    summed = np.bincount(cells.unit, weights=cells.part_m2, minlength=len(snapshot.units))
    return summed.astype(np.float64)
