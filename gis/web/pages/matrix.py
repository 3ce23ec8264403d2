"""Ma trận hộ × mốc: every household's line, filtered, by pages, and as an Excel workbook."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import streamlit as st

from gis.ledger.batches import batches
from gis.ledger.matrix import LEVELS
from gis.plan import COMMUNE_ID
from gis.project.charges import charges
from gis.project.household_matrix import Filter, chosen, lines_of
from gis.project.people import aliases
from gis.store.workbooks import workbook
from gis.web import common, matrix_view
from gis.web.assets import style_sheet
from gis.web.empty import INTAKE
from gis.web.household_forms import communes_of
from gis.web.matrix_view import Known
from gis.web.pager import pager
from gis.web.prepared import Kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.ledger.matrix import Line
    from gis.project.charges import Charge
    from gis.web.common import View

A_PAGE: Final = 50
EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILTERS: Final = ("zone", "hamlet", "officer", "batch", "milestone", "level", "stuck")
DAYS_KEPT: Final = 6
_lines: Final[Kept[tuple[Line, ...]]] = Kept(DAYS_KEPT)


@dataclass(frozen=True)
class Sight:
    """What the page works with."""

    shown: View
    merged: Mapping[str, str]
    charges: Mapping[str, Charge]
    milestones: Sequence[str]


def main() -> None:
    shown = common.view()
    words = shown.texts
    st.html(style_sheet("matrix.css"))
    common.heading(words("matrix.title"), shown.team_only)
    known = charges(shown.project)
    if not known:
        ways = {INTAKE: words("intake.title")} if shown.may("write") else {}
        common.empty_state(words("people.nobody"), [words("people.step_import")], ways, words)
        return
    steps = [step.id for step in shown.snapshot.plan.milestones]
    sight = Sight(shown, aliases(shown.project), known, steps)
    read_address(sight)
    zone, wanted = filters(sight)
    every = chosen(all_lines(sight, zone), wanted, known, shown.snapshot, sight.merged)
    common.keep_address(shown, **{name: _text(st.session_state.get(f"mx.{name}")) for name in FILTERS})
    if not every:
        st.html(f'<div class="gp-hint">{escape(words("matrix.nobody"))}</div>')
        return
    first = min(int(st.session_state.get("mx.first", 0)), (len(every) - 1) // A_PAGE * A_PAGE)
    lines = every[first : first + A_PAGE]
    facts = {"first": first + 1, "last": first + len(lines), "count": len(every)}
    st.html(f'<p class="gp-note">{escape(words("matrix.found", **facts))}</p>')
    st.html(matrix_view.table_html(lines, every, steps, known_of(sight, lines, "matrix"), words))
    pager("mx", first, len(every), A_PAGE, _turn, shown.texts)
    st.html(f'<p class="gp-foot">{escape(legend(sight, zone))}</p>')
    download(sight, every, zone, wanted)


def all_lines(sight: Sight, zone: str) -> tuple[Line, ...]:
    """The lines of a zone, shared by all sessions while day, ledger and merged households stay the same."""
    snapshot = sight.shown.snapshot
    moment = (snapshot.head.hash, snapshot.on, snapshot.known)
    key = (str(sight.shown.project.folder), *moment, zone, tuple(sight.merged.items()))
    return _lines.get(key, lambda: lines_of(snapshot, zone, sight.merged))


def known_of(sight: Sight, lines: Sequence[Line], what: str) -> Known:
    """What is known of the households of some lines; their names, and the log of that, for the team alone."""
    shown = sight.shown
    found = shown.households([line.household for line in lines], what)
    told = {name: st.query_params[name] for name in ("lang", "on", "known") if name in st.query_params}
    links = {one: f"ho?{urlencode({'household': one} | told)}" for one in found}
    names = {one: household.name for one, household in found.items()}
    return Known(sight.charges, names, communes_of(shown), links)


def read_address(sight: Sight) -> None:
    """The filters of the address, where the session has none yet; what it does not know is left out."""
    if "mx.zone" in st.session_state:
        return
    options = choices(sight)
    for name, offered in options.items():
        asked = st.query_params.get(name)
        found = next((one for one in offered if one is not None and _text(one) == asked), None)
        st.session_state[f"mx.{name}"] = COMMUNE_ID if name == "zone" and found is None else found
    st.session_state["mx.stuck"] = st.query_params.get("stuck") == "1"


def choices(sight: Sight) -> dict[str, list[Any]]:
    """What each filter offers."""
    plan = sight.shown.snapshot.plan
    known = sight.charges.values()
    return {
        "zone": [COMMUNE_ID, *(zone.zone_id for zone in plan.zones)],
        "hamlet": list(dict.fromkeys(one.hamlet for one in known if one.hamlet)),
        "officer": sorted({one.officer for one in known}),
        "batch": list(batches(sight.shown.snapshot.state)),
        "milestone": list(sight.milestones),
        "level": list(LEVELS),
    }


def _text(value: object) -> str | None:
    """A filter as the address says it; None where it asks nothing."""
    if value is None or value is False or value == COMMUNE_ID:
        return None
    return "1" if value is True else str(value)


def filters(sight: Sight) -> tuple[str, Filter]:
    """The filters as the page shows them, and what they ask."""
    options, words = choices(sight), sight.shown.texts
    with st.container(key="matrix-filters", horizontal=True):
        for name, offered in options.items():
            if name != "zone" and not offered:
                continue
            st.selectbox(
                words(f"matrix.{name}"),
                offered,
                index=0 if name == "zone" else None,
                key=f"mx.{name}",
                placeholder=words("matrix.any"),
                format_func=lambda one, name=name: said(sight, name, one),
                on_change=_first_page,
                filter_mode=None if name in {"zone", "level"} else "fuzzy",
            )
        st.checkbox(words("matrix.only_stuck"), key="mx.stuck", on_change=_first_page)
    told = st.session_state
    wanted = Filter(
        hamlet=told.get("mx.hamlet"),
        officer=told.get("mx.officer"),
        batch=told.get("mx.batch"),
        milestone=told.get("mx.milestone"),
        level=told.get("mx.level"),
        stuck=bool(told.get("mx.stuck")),
    )
    return str(told["mx.zone"]), wanted


def said(sight: Sight, name: str, option: Any) -> str:  # noqa: ANN401 - whatever a filter offers
    """An option of a filter in words."""
    words, snapshot = sight.shown.texts, sight.shown.snapshot
    if option is None:
        return words("matrix.any")
    match name:
        case "zone":
            return words("overview.whole") if option == COMMUNE_ID else snapshot.plan.zone(option).name
        case "hamlet":
            return f"{option.name}, {communes_of(sight.shown).get(option.commune, option.commune)}"
        case "officer":
            return option or words("people.no_officer")
        case "batch":
            return f"{option} · {batches(snapshot.state)[option].name}"
        case "milestone":
            return words.milestone_name(option)
        case _:
            return words(f"matrix.level_{option}")


def legend(sight: Sight, zone: str) -> str:
    """What the signs mean, and what counts once."""
    words = sight.shown.texts
    once = words("matrix.once") if zone == COMMUNE_ID else words("matrix.of_zone")
    return f"{words('matrix.legend')} {once}"


def _first_page() -> None:
    st.session_state["mx.first"] = 0


def _turn(first: int) -> None:
    st.session_state["mx.first"] = max(first, 0)


def download(sight: Sight, every: Sequence[Line], zone: str, wanted: Filter) -> None:
    """All lines that the filters leave as a workbook, without names unless they are asked for."""
    shown, words = sight.shown, sight.shown.texts
    with st.container(horizontal=True, vertical_alignment="center"):
        named = shown.may("names") and st.checkbox(words("matrix.with_names"), key="mx.with_names")
        ids = [line.household for line in every] if named else []
        names = {one: row.name for one, row in shown.households(ids, "matrix_file").items()}
        known = Known(sight.charges, names, communes_of(shown), {})
        notes = notes_of(sight, zone, wanted)
        st.download_button(
            words("matrix.excel", count=len(every)),
            data=lambda: workbook(
                matrix_view.sheets(every, sight.milestones, known, notes, words, named=named)
            ),
            file_name=f"ma-tran-ho-moc-{shown.snapshot.on.isoformat()}.xlsx",
            mime=EXCEL,
            key="mx.excel",
        )


def notes_of(sight: Sight, zone: str, wanted: Filter) -> list[str]:
    """Of which project, day and ledger a file is, and which filters made it."""
    words, snapshot = sight.shown.texts, sight.shown.snapshot
    head = snapshot.head
    notes = [words("app.sample")] if snapshot.plan.synthetic else []
    moment = words("matrix.moment", on=snapshot.on, seq=snapshot.known, head=head.seq, hash=head.hash[:8])
    notes.append(f"{snapshot.plan.commune.name} · {moment}")
    asked = {"zone": zone} | {
        name: getattr(wanted, name) for name in FILTERS if name not in {"zone", "stuck"}
    }
    pieces = [
        f"{words(f'matrix.{name}')}: {said(sight, name, one)}"
        for name, one in asked.items()
        if one is not None
    ]
    pieces += [words("matrix.only_stuck")] if wanted.stuck else []
    return [*notes, "; ".join(pieces), f"{legend(sight, zone)}"]


main()
