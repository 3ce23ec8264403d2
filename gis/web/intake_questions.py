"""What files do not say and their user must: old commune, sheet, parcels surveyed anew, graves on them."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.project.stated import Stated, old_communes
from gis.web import common
from gis.web.intake_actions import answered, upload_key
from gis.web.intake_view import by_stake, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.errors import Problem
    from gis.texts import Texts
    from gis.web.common import View
    from gis.web.intake_actions import Asked, Result

COMMUNE: Final = "problem.commune_ask"
SHEET: Final = ("problem.column_missing_sheet_drawing", "problem.sheet_several")
OBJECT: Final = "refused.object_without_place"
# A number that two parcels would have is mended in the file, not confirmed.
UNANSWERABLE: Final = "ask.number_elsewhere"
ASKED_AT_ONCE: Final = 30


def questions_part(shown: View, result: Result) -> None:
    """The questions with their fields, one button for all answers, and what was answered before."""
    words = shown.texts
    problems = [one for report in result.reports for one in report.refused]
    asked = {one.message for one in problems}
    doubts, objects = confirmable(problems), placeable(problems)
    is_asked = is_asking(result)
    if is_asked:
        st.html(common.section(words("intake.questions"), words("intake.questions_remark")))
    fields: dict[str, str] = {}
    if COMMUNE in asked:
        known = {one.code: one.name for one in shown.snapshot.plan.commune.old_communes}
        st.selectbox(
            words("intake.ask_commune"),
            list(known),
            index=None,
            key=field(fields, result.asked, "commune"),
            format_func=lambda code: f"{code} {known[code]}",
            placeholder=words("intake.ask_choose"),
        )
    if asked & {*SHEET}:
        st.text_input(words("intake.ask_sheet"), key=field(fields, result.asked, "sheet"), max_chars=12)
    for label, said in list(doubts.items())[:ASKED_AT_ONCE]:
        text = " ".join(f"{sentence(one, words)}." for one in said)
        name = field(fields, result.asked, f"confirm {label}")
        st.checkbox(words("intake.ask_confirm", label=label, said=text), key=name)
    if len(doubts) > ASKED_AT_ONCE:
        st.html(
            f'<p class="gp-foot">{escape(words("intake.ask_more", count=len(doubts) - ASKED_AT_ONCE))}</p>'
        )
    for seq, one in list(objects.items())[:ASKED_AT_ONCE]:
        st.selectbox(
            words("intake.ask_object", **{key: one.facts[key] for key in ("count", "category", "old")}),
            str(one.facts["news"]).split(", "),
            index=None,
            key=field(fields, result.asked, f"object {seq}"),
            placeholder=words("intake.ask_choose"),
        )
    with st.container(horizontal=True):
        if is_asked:
            st.button(
                words("intake.ask_use"), key="take.answer", on_click=answer, args=(result.asked, fields)
            )
        drop_part(words, result.asked, shown)


def is_asking(result: Result) -> bool:
    """Whether any question is open that the page has a field for."""
    problems = [one for report in result.reports for one in report.refused]
    fields = {one.message for one in problems} & {COMMUNE, *SHEET}
    return bool(fields or confirmable(problems) or placeable(problems))


def drop_part(words: Texts, asked: Asked, shown: View) -> None:
    """What was answered, and a button that takes it back."""
    said = answered_words(asked.stated, words, old_communes(shown.snapshot.plan))
    if said:
        st.html(f'<p class="gp-note">{escape(said)}</p>')
        st.button(words("intake.answers_drop"), key="take.drop", on_click=drop, args=(asked,))


def field(fields: dict[str, str], asked: Asked, name: str) -> str:
    """The key of a field, remembered by what it answers; another after each round of answers."""
    fields[name] = f"take.q.{upload_key()}.{asked.mark}.{name}"
    return fields[name]


def confirmable(problems: Sequence[Problem]) -> dict[str, list[Problem]]:
    """Doubts about parcels surveyed anew by the label that confirms them, the most land first."""
    doubts: dict[str, list[Problem]] = {}
    unsure = {one.facts.get("confirm") for one in problems if one.message == UNANSWERABLE}
    for one in by_stake(problems):
        label = one.facts.get("confirm")
        if one.message.startswith("ask.") and label not in unsure:
            doubts.setdefault(str(label), []).append(one)
    return doubts


def placeable(problems: Sequence[Problem]) -> dict[int, Problem]:
    """Listed objects on divided land, by their seq."""
    return {int(str(one.facts["seq"])): one for one in problems if one.message == OBJECT}


def answered_words(stated: Stated, words: Texts, communes: str) -> str:
    """What was answered in a line, "" where nothing was."""
    known = dict(one.split(" ", 1) for one in communes.split(", "))
    said = []
    if stated.commune:
        name = f"{stated.commune} {known.get(stated.commune, '')}".strip()
        said.append(words("intake.answered_commune", commune=name))
    if stated.drawing.sheet:
        said.append(words("intake.answered_sheet", sheet=stated.drawing.sheet))
    if stated.confirmed:
        said.append(words("intake.answered_confirmed", count=len(stated.confirmed)))
    if stated.objects:
        said.append(words("intake.answered_objects", count=len(stated.objects)))
    return "; ".join(said)


def answer(asked: Asked, fields: dict[str, str]) -> None:
    """Take the fields that were filled in; the page checks the files anew with them."""
    stated = asked.stated
    confirmed, objects = set(stated.confirmed), dict(stated.objects)
    for name, key in fields.items():
        value = st.session_state.get(key)
        if not value:
            continue
        kind, _, about = name.partition(" ")
        if kind == "commune":
            stated = replace(stated, commune=str(value))
        elif kind == "sheet":
            stated = replace(stated, drawing=replace(stated.drawing, sheet=str(value).strip() or None))
        elif kind == "confirm":
            confirmed.add(about)
        else:
            objects[int(about)] = str(value)
    answered(asked, replace(stated, confirmed=frozenset(confirmed), objects=objects))


def drop(asked: Asked) -> None:
    """Take all answers back but the CRS, which its own field changes."""
    answered(asked, Stated(crs=asked.stated.crs))
