"""The forms of what stands in the way: obstacles, talks with households, objects on the land."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.ledger.objects import ListObject, RemoveObject
from gis.ledger.obstacles import CloseObstacle, OpenObstacle
from gis.ledger.visits import RecordVisit
from gis.milestones import OBJECT_CATEGORIES, OBSTACLE_CATEGORIES, VISIT_OUTCOMES
from gis.web import forms
from gis.web.actions import Asked

if TYPE_CHECKING:
    from gis.ledger.parcel import LandObject
    from gis.web.forms import Form

OPEN: Final = "open"
CLOSE: Final = "close"


def obstacle(form: Form) -> None:
    """Record that something stands in the way, or is out of it."""
    standing = form.card.obstacles
    if not standing or _which_way(form, "form.obstacle_open", "form.obstacle_close") == OPEN:
        _open_obstacle(form)
    else:
        _close_obstacle(form)


def _which_way(form: Form, begins: str, ends: str) -> str:
    """Whether something begins or ends."""
    said = {OPEN: begins, CLOSE: ends}
    st.radio(
        form.words("form.what"),
        list(said),
        format_func=lambda one: form.words(said[one]),
        key=form.key("way"),
        horizontal=True,
        label_visibility="collapsed",
    )
    return str(form.told("way"))


def _open_obstacle(form: Form) -> None:
    words = form.words

    def asked() -> Asked:
        return Asked(
            partial(
                OpenObstacle,
                parcel=form.card.parcel_id,
                household=forms.household(form),
                category=form.told("category"),
                on=form.told("on"),
                note=form.text("note") or None,
                seen=form.card.last_seq,
            )
        )

    with forms.drawn(form):
        forms.choice(
            form,
            "category",
            words("form.obstacle"),
            OBSTACLE_CATEGORIES,
            lambda one: words(f"obstacle.{one}"),
        )
        forms.holder(form, form.card.holdings, forms.WHOLE_PARCEL)
        forms.day(form, words("form.since"))
        forms.note(form, words("form.note"))
        forms.scans(form)
        forms.submit(form, words("form.record_obstacle"), asked, "form.done")


def _close_obstacle(form: Form) -> None:
    words = form.words
    standing = {one.seq: one for one in form.card.obstacles}

    def said(seq: int) -> str:
        one = standing[seq]
        pieces = [words(f"obstacle.{one.category}"), words("form.since_day", on=one.since)]
        pieces += [form.who(one.household)] if one.household else []
        return " · ".join(pieces)

    def asked() -> Asked:
        return Asked(
            partial(
                CloseObstacle,
                opened=form.told("opened"),
                on=form.told("on"),
                note=form.text("note") or None,
                seen=form.card.last_seq,
            )
        )

    with forms.drawn(form):
        forms.choice(form, "opened", words("form.obstacle"), list(standing), said)
        forms.day(form, words("form.closed_on"))
        forms.note(form, words("form.how_settled"))
        forms.scans(form)
        forms.submit(form, words("form.close_obstacle"), asked, "form.done")


def visit(form: Form) -> None:
    """Record a talk with a household."""
    words = form.words
    if not form.card.holdings:
        st.html(f'<p class="gp-note">{escape(words("card.no_holdings"))}</p>')
        return

    def asked() -> Asked:
        return Asked(
            partial(
                RecordVisit,
                household=str(form.told("holding")),
                parcel=form.card.parcel_id if form.told("about") else None,
                on=form.told("on"),
                outcome=form.told("outcome"),
                note=form.text("note") or None,
            )
        )

    with forms.drawn(form):
        forms.holder(form, form.card.holdings)
        forms.choice(
            form, "outcome", words("form.outcome"), VISIT_OUTCOMES, lambda one: words.named("outcome", one)
        )
        forms.choice(
            form,
            "about",
            words("form.about"),
            (True, False),
            lambda here: words("form.this_parcel" if here else "form.all_parcels"),
        )
        forms.day(form, words("form.visited_on"))
        forms.note(form, words("form.said"))
        forms.scans(form)
        forms.submit(form, words("form.record_visit"), asked, "form.done")


def objects_of(form: Form) -> tuple[LandObject, ...]:
    """What still stands on the parcel."""
    found = form.shown.snapshot.state.by_parcel.get(form.card.parcel_id)
    return found.objects if found else ()


def land_object(form: Form) -> None:
    """Record what stands on the land, or that it is gone."""
    standing = objects_of(form)
    if not standing or _which_way(form, "form.object_list", "form.object_remove") == OPEN:
        _list_object(form)
    else:
        _remove_object(form, {one.seq: one for one in standing})


def _list_object(form: Form) -> None:
    words = form.words

    def asked() -> Asked:
        return Asked(
            partial(
                ListObject,
                parcel=form.card.parcel_id,
                household=forms.household(form),
                category=form.told("category"),
                count=int(form.told("count") or 0),
                on=form.told("on"),
                note=form.text("note") or None,
                seen=form.card.last_seq,
            )
        )

    with forms.drawn(form):
        kind, count = st.columns([2, 1])
        with kind:
            forms.choice(
                form, "category", words("form.object"), OBJECT_CATEGORIES, lambda one: words(f"object.{one}")
            )
        count.number_input(words("form.count"), min_value=1, value=1, step=1, key=form.key("count"))
        forms.holder(form, form.card.holdings, forms.WHOLE_PARCEL)
        forms.day(form, words("form.listed_on"))
        forms.note(form, words("form.note"))
        forms.scans(form)
        forms.submit(form, words("form.record_object"), asked, "form.done")


def _remove_object(form: Form, standing: dict[int, LandObject]) -> None:
    """So many of what was listed are gone; at first all that are left."""
    words = form.words

    def said(seq: int) -> str:
        one = standing[seq]
        pieces = [words("form.objects_left", count=one.count, category=one.category)]
        pieces.append(words("form.since_day", on=one.since))
        pieces += [form.who(one.household)] if one.household else []
        return " · ".join(pieces)

    def asked() -> Asked:
        return Asked(
            partial(
                RemoveObject,
                listed=form.told("listed"),
                count=int(form.told("gone") or 0),
                on=form.told("on"),
                document=form.text("document") or None,
                seen=form.card.last_seq,
            )
        )

    forms.choice(form, "listed", words("form.object"), list(standing), said)
    chosen = standing[form.told("listed")]
    if form.told("of") != chosen.seq or form.told("gone") is None:  # the count is that of the chosen list
        st.session_state[form.key("of")] = chosen.seq
        st.session_state[form.key("gone")] = chosen.count
    with forms.drawn(form):
        st.number_input(words("form.removed_count"), min_value=1, step=1, key=form.key("gone"))
        forms.day_and_document(form, words("form.removed_on"), words("form.document_if_any"))
        forms.scans(form)
        forms.submit(form, words("form.remove_object"), asked, "form.done", drawn_for={"listed": chosen.seq})
