"""Bàn giao cho nhà đầu tư: hectares by zone, blocks with minutes and exceptions; record a block."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from gis.clearance.blocks import alone, block_totals, delivered_by_zone
from gis.ledger.deliveries import DOCUMENT_MOST, NAME_MOST
from gis.project.old_land import land as all_land
from gis.web import common
from gis.web import delivery_actions as actions
from gis.web import delivery_view as view
from gis.web.actions import Done, field
from gis.web.common import Refusal
from gis.web.uploads import scan_input

if TYPE_CHECKING:
    from gis.clearance.blocks import BlockTotal
    from gis.web.common import View


def main() -> None:
    shown = common.view()
    words, snapshot = shown.texts, shown.snapshot
    common.keep_address(shown)
    common.heading(words("blocks_page.title"))
    show_outcome()
    land = all_land(shown.project, snapshot)
    totals = block_totals(snapshot.state, land)
    zones = delivered_by_zone(snapshot.plan, snapshot.state, land, totals)
    st.html(common.section(words("blocks_page.zones"), words("blocks_page.zones_remark", on=snapshot.on)))
    st.html(view.zones_html(zones, snapshot.totals, words))
    single = alone(snapshot.state)
    if single:
        st.html(f'<p class="gp-foot">{escape(words("blocks_page.alone", count=len(single)))}</p>')
    blocks, form = st.columns([11, 8], gap="large")
    with blocks:
        list_blocks(shown, totals)
    with form:
        if not shown.can_write:
            st.html(f'<p class="gp-note">{escape(shown.read_only)}</p>')
            return
        deliver_form(shown)
        cancel_form(shown, totals)


def show_outcome() -> None:
    """What the last button did."""
    outcome = st.session_state.get("deliver.outcome")
    if isinstance(outcome, Refusal):
        outcome.show()
    elif isinstance(outcome, Done):
        lines = "".join(f"<p>{escape(one)}</p>" for one in outcome.lines)
        st.html(f'<div class="gp-done" role="status">{lines}</div>')


def zone_names(shown: View) -> dict[str, str]:
    """What the zones are called, by id."""
    return {zone.zone_id: zone.name for zone in shown.snapshot.plan.zones}


def list_blocks(shown: View, totals: tuple[BlockTotal, ...]) -> None:
    """Every block, printable."""
    words = shown.texts
    st.html(common.section(words("blocks_page.blocks"), words("blocks_page.blocks_remark")))
    if not totals:
        st.html(f'<div class="gp-hint">{escape(words("blocks_page.no_blocks"))}</div>')
    names, labels = zone_names(shown), shown.snapshot.boundaries.labels
    for block in totals:
        st.html(view.block_html(block, names, labels, words))


def deliver_form(shown: View) -> None:
    """Record a block: name, minutes, day, parcels, exceptions; reviewed before it is written."""
    words, request = shown.texts, actions.request_id()
    key = field("deliver", "on", request)
    st.session_state.setdefault(key, shown.today)
    with st.form(f"deliver.form.{request}", enter_to_submit=False):
        st.html(f"<h3>{escape(words('blocks_page.record'))}</h3>")
        block, day = st.columns(2)
        block.text_input(
            words("blocks_page.col_block"),
            key=field("deliver", "block", request),
            max_chars=NAME_MOST,
            placeholder=words("blocks_page.block_hint"),
        )
        day.date_input(
            words("blocks_page.on"),
            key=key,
            min_value=shown.snapshot.plan.starts,
            max_value=shown.today,
            format="DD/MM/YYYY",
        )
        st.text_input(
            words("blocks_page.document"), key=field("deliver", "document", request), max_chars=DOCUMENT_MOST
        )
        scan_input(words("blocks_page.scan_input"), field("deliver", "scan", request))
        land_fields(shown, request)
        st.form_submit_button(
            words("money_page.review"),
            type="primary",
            on_click=actions.review,
            args=(request,),
            width="stretch",
        )
    found = st.session_state.get("deliver.review")
    if found is not None:
        review(shown, found)


def land_fields(shown: View, request: str) -> None:
    """The parcels of the block, and what is left out of it."""
    words = shown.texts
    st.text_area(
        words("blocks_page.parcels_input"),
        key=field("deliver", "parcels", request),
        placeholder=words("blocks_page.parcels_hint"),
        height=120,
    )
    st.text_area(
        words("blocks_page.exceptions_input"),
        key=field("deliver", "exceptions", request),
        placeholder=words("blocks_page.exceptions_hint"),
        height=90,
    )
    st.checkbox(words("blocks_page.except_waiting"), key=field("deliver", "waiting", request))


def review(shown: View, found: actions.Review) -> None:
    """What would be written; then the button that writes it."""
    words, request = shown.texts, actions.request_id()
    labels = shown.snapshot.boundaries.labels
    st.html(view.review_html(found.block, found.drafts, zone_names(shown), labels, words))
    write, leave = st.columns(2)
    write.button(
        words("blocks_page.write"),
        type="primary",
        key=f"deliver.write.{request}",
        on_click=actions.record,
        args=(request,),
        width="stretch",
    )
    leave.button(
        words("money_page.leave"), key=f"deliver.back.{request}", on_click=actions.back, width="stretch"
    )


def cancel_form(shown: View, totals: tuple[BlockTotal, ...]) -> None:
    """Cancel a delivery and what it marked, with a reason."""
    words, request = shown.texts, actions.request_id()
    deliveries = {one.seq: (block.name, one) for block in totals for one in block.minutes}
    if not deliveries:
        return

    def label(seq: int) -> str:
        name, one = deliveries[seq]
        return " · ".join(piece for piece in (name, words.date(one.on), one.number) if piece)

    with (
        st.expander(words("blocks_page.cancel")),
        st.form(f"deliver.cancel.{request}", enter_to_submit=False),
    ):
        st.selectbox(
            words("card.which"),
            sorted(deliveries, reverse=True),
            format_func=label,
            key=field("deliver", "undo", request),
        )
        st.text_input(words("card.why"), key=field("deliver", "reason", request), max_chars=200)
        st.form_submit_button(
            words("blocks_page.cancel_button"), on_click=actions.cancel, args=(request,), width="stretch"
        )


main()
