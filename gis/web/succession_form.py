"""The form of parcels that become others: a file of the new ones, the old ones by key, the day."""

from __future__ import annotations

import re
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from gis.errors import Problem, RefusedError, SyntheticProjectError
from gis.ledger.facts import Succession
from gis.project import shared
from gis.project.stated import Stated
from gis.project.succession import succeed
from gis.store.received import received
from gis.web import actions, forms
from gis.web import card as cards
from gis.web.actions import Done
from gis.web.common import Refusal, attempt, stamp
from gis.web.search_routes import land_index

if TYPE_CHECKING:
    from gis.ledger.parcel import LandObject
    from gis.ledger.state import State
    from gis.project.succession import Successors
    from gis.web.forms import Form
    from gis.web.search_index import LandIndex

FILE_TYPES = [
    "gpkg",
    "geojson",
    "json",
    "zip",
    "shp",
    "shx",
    "dbf",
    "prj",
    "cpg",
    "kml",
    "tab",
    "dat",
    "id",
    "map",
]


def succession(form: Form) -> None:
    """Let the parcels of a file take the place of this one and of others."""
    words, snapshot = form.words, form.shown.snapshot
    if snapshot.plan.synthetic:
        st.html(f'<p class="gp-note">{escape(words.error(SyntheticProjectError()))}</p>')
        return
    with st.container(key="gp-form-succession"):
        st.html(f'<p class="gp-note">{escape(words("form.succession_remark"))}</p>')
        st.file_uploader(
            words("form.new_parcels"), type=FILE_TYPES, accept_multiple_files=True, key=form.key("files")
        )
        st.text_input(
            words("form.other_olds"),
            key=form.key("olds"),
            placeholder=words("form.other_olds_hint"),
            max_chars=400,
        )
        day, crs = st.columns(2)
        with day:
            forms.day(form, words("form.succession_on"))
        crs.text_input(words("form.crs"), key=form.key("crs"), placeholder="EPSG:5897", max_chars=24)
        olds = attempt(partial(_olds, form, land_index(snapshot)), words)
        if isinstance(olds, Refusal):
            olds.show()
            return
        for one in _objects(form, olds):
            st.text_input(
                words("form.object_place", count=one.count, category=one.category),
                key=form.key(f"object{one.seq}"),
                placeholder=words("form.object_place_hint"),
                max_chars=40,
            )
        st.button(words("form.succeed"), key=form.key("send"), on_click=send, args=(form,), width="stretch")


def _olds(form: Form, index: LandIndex) -> tuple[str, ...]:
    """This parcel and the others that are named.

    Raises:
        RefusedError: With every text that does not name exactly one parcel.
    """
    found, problems = [form.card.parcel_id], []
    for text in filter(None, (piece.strip() for piece in re.split(r"[,;\n]", form.text("olds")))):
        named = index.whole(text)
        found += named[:1]
        if len(named) != 1:
            problems.append(Problem(text, "refused.old_parcel", {"count": len(named)}))
    if problems:
        raise RefusedError(problems=problems)
    return tuple(dict.fromkeys(found))


def _objects(form: Form, olds: tuple[str, ...]) -> list[LandObject]:
    states = (form.shown.snapshot.state.by_parcel.get(old) for old in olds)
    return [one for state in states if state for one in state.objects]


def send(form: Form) -> None:
    """Carry it out, and open the first of the new parcels; a second click changes nothing."""
    if st.session_state.get("request") != form.request:
        return
    done = attempt(partial(_succeed, form), form.words)
    if isinstance(done, Refusal):
        actions.tell(form, done)
        return
    now = shared().snapshot(form.shown.today)
    words, seqs = form.words, ", ".join(form.words.integer(seq) for seq in done.seqs)
    news = _new_parcels(done, now.state)
    if news:
        actions.open_parcel(news[0], zoom=True)
    facts = {
        "parcels": ", ".join(cards.title(now.card(new), words) for new in news) or None,
        "difference": done.difference_m2 if done.pairs else None,
    }
    line = words("form.done_succession", seqs=seqs, **facts)
    actions.finish(form, Done((line,), actions.told(done.warnings, words)))


def _new_parcels(done: Successors, state: State) -> list[str]:
    """The parcels that there are now; from the entry, where a second click found it written."""
    facts = [entry.fact for seq in done.seqs if (entry := state.entry(seq)) is not None]
    written = [pair for fact in facts if isinstance(fact, Succession) for pair in fact.pairs]
    return list(dict.fromkeys(new for _, new, _ in done.pairs or written))


def _succeed(form: Form) -> Successors:
    """The succession that the fields ask for.

    Raises:
        GisError: With every reason; nothing was written.
    """
    uploads = form.told("files") or []
    if not uploads:
        raise RefusedError(problems=[Problem("", "refused.no_new_parcels")])
    olds = _olds(form, form.shown.snapshot.units)
    places = {one.seq: form.text(f"object{one.seq}") for one in _objects(form, olds)}
    told = {seq: place for seq, place in places.items() if place}
    with received([(one.name, one) for one in uploads]) as files:
        stated = Stated(crs=form.text("crs") or None, objects=told)
        return succeed(shared(), files, olds, form.told("on"), stamp(form.request), stated)
