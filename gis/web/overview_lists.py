"""The lists behind the overview's figures: parcels, households by code, money, periods, with their entries.

They name nobody. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gis.clearance.forecast import cleared_between
from gis.clearance.stuck import STUCK, age_of
from gis.ledger.state import ParcelState
from gis.milestones import CLASSES, CLEARED_MILESTONE
from gis.plan import COMMUNE_ID
from gis.web.batch_view import rule_name
from gis.web.charts import exact_ha, plain_ha
from gis.web.overview_listed import Listed, Row, summed, titled
from gis.web.overview_view import PRESSING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    import pandas as pd

    from gis.clearance.stuck import StuckParcel
    from gis.ledger.accounts import Line
    from gis.ledger.due import Due
    from gis.texts import Texts
    from gis.web.overview_figures import Overview
    from gis.web.overview_listed import Asked

PAID_ACTS: Final = frozenset({"paid", "withdrawn"})


def _zone_names(found: Overview) -> Mapping[str, str]:
    return {zone.zone_id: zone.name for zone in found.snapshot.plan.zones}


def _by_parcel(parts_m2: pd.Series) -> Iterable[tuple[str, Mapping[str, float]]]:
    """Each parcel with its m² by zone, the largest parcel first."""
    by_parcel: dict[str, dict[str, float]] = {}
    parcels, zones = (parts_m2.index.get_level_values(name) for name in ("parcel_id", "zone_id"))
    for parcel, zone, area_m2 in zip(parcels, zones, parts_m2.tolist(), strict=True):
        by_parcel.setdefault(str(parcel), {})[str(zone)] = area_m2
    return sorted(by_parcel.items(), key=lambda one: (-sum(one[1].values()), one[0]))


def _handed(found: Overview, asked: Asked, without: frozenset[str], title: str, words: Texts) -> Listed:
    """Handed-over parcels, but for some."""
    overlaps = found.overlaps_of(asked.zone)
    if asked.first is not None and asked.last is not None:
        overlaps = cleared_between(overlaps, found.cleared_on, asked.first, min(asked.last, found.on))
    classes, names, days = found.snapshot.classes, _zone_names(found), found.cleared_on
    cleared = set(classes.index[(classes == CLEARED_MILESTONE).to_numpy()])
    parts_m2 = overlaps[overlaps.index.get_level_values("parcel_id").isin(list(cleared - without))]
    rows = []
    for parcel, by_zone in _by_parcel(parts_m2):
        reached = [h.milestones[CLEARED_MILESTONE] for h in found.snapshot.state.of_parcel(parcel)]
        cells = (
            ", ".join(names.get(zone, zone) for zone in by_zone),
            words.number(sum(by_zone.values()), 1),
            words.date(days[parcel].date()),
        )
        rows.append(Row(cells, (parcel,), tuple(one.seq for one in reached)))
    columns = (
        (words("figures.col_zone"), False),
        (words("figures.col_m2"), True),
        (words("figures.col_handed_on"), False),
    )
    return Listed(title, summed(len(rows), float(parts_m2.sum()), words), columns, rows)


def handed_over(found: Overview, asked: Asked, _: Sequence[Due], words: Texts) -> Listed:
    """The parcels that every holding handed over, of all days or between two."""
    return _handed(found, asked, frozenset(), titled("figures.handed", found, asked, words), words)


def clean(found: Overview, asked: Asked, _: Sequence[Due], words: Texts) -> Listed:
    """Those of them on which nothing that was listed is left."""
    title = titled("figures.clean", found, asked, words)
    return _handed(found, asked, found.snapshot.occupied, title, words)


def remaining(found: Overview, asked: Asked, _: Sequence[Due], words: Texts) -> Listed:
    """The parcels that are not handed over, each with the class in which it counts."""
    names = [name for name in CLASSES if name != CLEARED_MILESTONE]
    listed = _of_classes(found, asked, names, titled("figures.remaining", found, asked, words), words)
    total = next(one for one in found.snapshot.totals if one.zone_id == (asked.zone or COMMUNE_ID))
    if total.balance is None:
        return listed
    gap_m2, overlap_m2 = total.balance.gap_m2, total.balance.overlap_m2
    return replace(listed, note=words("figures.remaining_note", gap=gap_m2, overlap=overlap_m2))


def of_class(found: Overview, asked: Asked, _: Sequence[Due], words: Texts) -> Listed:
    """The parcels and public features of one class."""
    names = [asked.kind] if asked.kind else list(CLASSES)
    return _of_classes(found, asked, names, titled("figures.of_class", found, asked, words), words)


def _of_classes(found: Overview, asked: Asked, names: Sequence[str], title: str, words: Texts) -> Listed:
    overlaps, classes = found.overlaps_of(asked.zone), found.snapshot.classes
    chosen = classes.index[classes.isin(names).to_numpy()]
    parts_m2 = overlaps[overlaps.index.get_level_values("parcel_id").isin(chosen)]
    zones = _zone_names(found)
    rows = []
    for parcel, by_zone in _by_parcel(parts_m2):
        name = str(classes[parcel])
        cells = (
            ", ".join(zones.get(zone, zone) for zone in by_zone),
            words.number(sum(by_zone.values()), 1),
            words(f"class.{name}"),
        )
        rows.append(Row(cells, (parcel,), _why(found, parcel, name)))
    columns = (
        (words("figures.col_zone"), False),
        (words("figures.col_m2"), True),
        (words("figures.col_class"), False),
    )
    return Listed(title, summed(len(rows), float(parts_m2.sum()), words), columns, rows)


def _why(found: Overview, parcel: str, name: str) -> tuple[int, ...]:
    """The entries by which a parcel is in its class: obstacles, else the milestone, else who holds it."""
    land = found.snapshot.state.by_parcel.get(parcel)
    if land is None:
        return ()
    if name == STUCK:
        return tuple(one.seq for one in land.obstacles)
    reached = [one.milestones[name].seq for one in land.holdings if name in one.milestones]
    return tuple(reached or (one.seq for one in land.holdings))


def signed(found: Overview, asked: Asked, _: Sequence[Due], words: Texts) -> Listed:
    """The parcels of which holders handed over their part, with what those parts come to."""
    overlaps, shares = found.overlaps_of(asked.zone), found.snapshot.signed_share
    parcels = overlaps.index.get_level_values("parcel_id")
    parts_m2 = overlaps * shares.reindex(parcels).to_numpy()
    rows = []
    for parcel, by_zone in _by_parcel(parts_m2[(parts_m2 > 0).to_numpy()]):
        held = found.snapshot.state.of_parcel(parcel)
        handed = [
            one.milestones[CLEARED_MILESTONE].seq for one in held if CLEARED_MILESTONE in one.milestones
        ]
        cells = (
            words.number(sum(by_zone.values()), 1),
            words.percent(float(shares[parcel])),
            f"{len(handed)}/{len(held)}",
        )
        rows.append(Row(cells, (parcel,), tuple(handed)))
    columns = (
        (words("figures.col_signed_m2"), True),
        (words("figures.col_share"), True),
        (words("figures.col_holders"), True),
    )
    title = titled("figures.signed", found, asked, words)
    return Listed(title, summed(len(rows), float(parts_m2.sum()), words), columns, rows)


def stuck(found: Overview, asked: Asked, _: Sequence[Due], words: Texts) -> Listed:
    """The stuck parcels, those of a category or of a band of days alone."""
    chosen = [one for one in found.stuck.parcels if _is_asked(one, asked, found.on)]
    rows = [
        Row(
            (
                words.number(one.area_m2, 1),
                ", ".join(words(f"obstacle.{category}") for category in one.categories),
                words.date(one.obstacles[0].since),
                words.integer(one.days(found.on)),
            ),
            (one.parcel,),
            tuple(obstacle.seq for obstacle in one.obstacles),
        )
        for one in chosen
    ]
    columns = (
        (words("figures.col_m2"), True),
        (words("figures.col_obstacle"), False),
        (words("figures.col_since"), False),
        (words("figures.col_days"), True),
    )
    total = summed(len(chosen), sum(one.area_m2 for one in chosen), words)
    title = titled("figures.stuck", found, asked, words)
    return Listed(title, total, columns, rows, words("overview.stuck_foot"))


def _is_asked(one: StuckParcel, asked: Asked, on: date) -> bool:
    if asked.category is not None and asked.category not in one.categories:
        return False
    return asked.age is None or age_of(one.days(on, asked.category)) == asked.age


def _households(found: Overview, asked: Asked, kind: str, words: Texts) -> Listed:
    """Households that handed all over, or that are stuck, by their codes."""
    overlaps = found.overlaps_of(asked.zone)
    inside = {str(parcel) for parcel in overlaps.index.get_level_values("parcel_id")}
    waiting: set[str] = set()
    parcels: dict[str, list[str]] = {}
    seqs: dict[str, list[int]] = {}
    for parcel in sorted(inside):
        land = found.snapshot.state.by_parcel.get(parcel, ParcelState())
        for holding in land.holdings:
            root = found.aliases.get(holding.household, holding.household)
            reached = holding.milestones.get(CLEARED_MILESTONE)
            if reached is None:
                waiting.add(root)
            if kind == "handed" and reached is not None:
                parcels.setdefault(root, []).append(parcel)
                seqs.setdefault(root, []).append(reached.seq)
            against = [
                one.seq for one in land.obstacles if holding.household in land.concerned(one.household)
            ]
            if kind == "stuck" and reached is None and against:
                parcels.setdefault(root, []).append(parcel)
                seqs.setdefault(root, []).extend(against)
    chosen = sorted(parcels.keys() - waiting) if kind == "handed" else sorted(parcels)
    rows = [
        Row((one, words.integer(len(parcels[one]))), tuple(parcels[one]), tuple(dict.fromkeys(seqs[one])))
        for one in chosen
    ]
    columns = ((words("figures.col_household"), False), (words("figures.col_parcels"), True))
    return Listed(
        titled(f"figures.households_{kind}", found, asked, words),
        words("figures.households", count=len(rows)),
        columns,
        rows,
    )


def households_handed(found: Overview, asked: Asked, _: Sequence[Due], words: Texts) -> Listed:
    """Households that handed over all their land in the zones."""
    return _households(found, asked, "handed", words)


def households_stuck(found: Overview, asked: Asked, _: Sequence[Due], words: Texts) -> Listed:
    """Households with an open obstacle on land that they have not handed over."""
    return _households(found, asked, "stuck", words)


def paid(found: Overview, _: Asked, __: Sequence[Due], words: Texts) -> Listed:
    """Every movement of money that households have, the newest first."""
    lines: list[Line] = [
        line for account in found.accounts.values() for line in account.lines if line.act in PAID_ACTS
    ]
    lines.sort(key=lambda one: (one.on, one.seq), reverse=True)
    rows = [
        Row(
            (words.date(one.on), one.household, words.integer(one.amount_vnd), one.document or ""),
            (one.parcel,) if one.parcel else (),
            (one.seq,),
            one.parcel is None,
        )
        for one in lines
    ]
    columns = (
        (words("figures.col_day"), False),
        (words("figures.col_household"), False),
        (words("figures.col_vnd"), True),
        (words("figures.col_document"), False),
    )
    total = words("figures.paid_sum", amount=sum(one.amount_vnd for one in lines), count=len(lines))
    return Listed(words("figures.paid"), total, columns, rows)


def due(_: Overview, asked: Asked, rows: Sequence[Due], words: Texts) -> Listed:
    """The periods that are overdue, or due soon, the earliest last day first."""
    chosen = [row for row in rows if row.status == (asked.status or PRESSING[0])]
    listed = [
        Row(
            (
                row.batch,
                rule_name(row.rule, words),
                row.household,
                words.date(row.by),
                words.integer(abs(row.days)),
            ),
            row.parcels,
        )
        for row in chosen
    ]
    columns = (
        (words("figures.col_batch"), False),
        (words("figures.col_rule"), False),
        (words("figures.col_household"), False),
        (words("figures.col_by"), False),
        (words("figures.col_late" if asked.status != PRESSING[1] else "figures.col_left"), True),
    )
    counts = {"rows": len(chosen), "households": len({row.household for row in chosen})}
    title = words("figures.due" if asked.status == PRESSING[1] else "figures.overdue")
    return Listed(title, words("figures.due_sum", **counts), columns, listed, with_entries=False)


def wholes(found: Overview, _: Asked, __: Sequence[Due], words: Texts) -> Listed:
    """The three wholes of the percentages, and where each comes from."""
    plan, total = found.snapshot.plan, found.total
    versions = {layer: entry.seq for layer, entry in found.snapshot.state.boundaries.items()}
    rows = [Row((words("overview.of_goal"), "", plain_ha(words, plan.goal.area_ha), plan.goal.source))]
    rows += [
        Row((words("overview.of_plan"), zone.name, plain_ha(words, zone.plan_ha), zone.source))
        for zone in plan.zones
    ]
    rows.append(Row((words("overview.of_plan"), words("overview.whole"), plain_ha(words, total.plan_ha), "")))
    said = words("figures.boundary_entry", seq=versions["zones"]) if "zones" in versions else ""
    rows += [
        Row((words("overview.of_mapped"), one.name, exact_ha(words, one.mapped_ha), said))
        for one in found.snapshot.totals[1:]
        if one.mapped_ha is not None
    ]
    rows.append(
        Row((words("overview.of_mapped"), words("overview.whole"), exact_ha(words, total.mapped_ha), said))
    )
    columns = (
        (words("figures.col_whole"), False),
        (words("figures.col_zone"), False),
        (words("figures.col_ha"), True),
        (words("figures.col_source"), False),
    )
    title, note = words("figures.wholes"), words("figures.wholes_note")
    return Listed(title, "", columns, rows, note, with_parcels=False, with_entries=False)


LISTS: Final[Mapping[str, Callable[[Overview, Asked, Sequence[Due], Texts], Listed]]] = {
    "ban-giao": handed_over,
    "mat-bang-sach": clean,
    "da-ky": signed,
    "con-lai": remaining,
    "tinh-trang": of_class,
    "vuong": stuck,
    "ho-ban-giao": households_handed,
    "ho-vuong": households_stuck,
    "chi-tra": paid,
    "den-han": due,
    "mau-so": wholes,
}
