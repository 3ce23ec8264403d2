"""The field page as plain HTML: found, marked and kept by a phone; its scripts are files of our own.

It holds no name and nothing of any parcel, so that a phone may keep it. Pure: no file, no clock.
"""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Final

from gis.milestones import CLEARED_MILESTONE
from gis.store.attachments import LIMITS
from gis.texts import LANGUAGES, catalogue
from gis.web.assets import BASE
from gis.web.field_answers import LIST_MOST, looks

if TYPE_CHECKING:
    from gis.plan import Plan
    from gis.texts import Texts
    from gis.web.visitors import Visitor

PAGE: Final = "/thuc-dia"
FILES: Final = f"{BASE}/field"
MODULES: Final = ("words", "store", "sender", "photos", "lists")
# Nothing inline and nothing from elsewhere runs here; the guard's own policy is sent along.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# Money is recorded where its amounts are: on the page of payments, not on the way.
MONEY_MILESTONES: Final = frozenset({"plan_approved", "paid"})
# What the script says: text ids of the family `field`.
SAID: Final = (
    "waiting",
    "online",
    "offline",
    "searching",
    "none_found",
    "more_found",
    "from_list",
    "no_list",
    "as_of",
    "whole",
    "holder",
    "all_holders",
    "reached",
    "reached_until",
    "no_holder",
    "obstacles",
    "only_reads",
    "nothing_left",
    "photo_size",
    "photo_reduced",
    "photo_unread",
    "photo_kind",
    "photo_large",
    "photo_many",
    "pasted",
    "paste_none",
    "clock_off",
    "clock_wrong",
    "edited_late",
    "remove",
    "saving",
    "saved",
    "saved_before",
    "kept",
    "not_kept",
    "needs_proof",
    "needs_day",
    "state_waiting",
    "state_sending",
    "state_unknown",
    "state_refused",
    "state_conflict",
    "state_held",
    "state_editing",
    "state_other_account",
    "send_anyway",
    "edit",
    "drop",
    "drop_sure",
    "look",
    "log_in",
    "no_session",
    "server_busy",
    "list_kept",
    "list_failed",
    "list_none",
    "all_sheets",
    "sheet_choice",
    "getting",
    "not_secure",
    "photos",
    "not_found",
)


def field_link(words: Texts) -> str:
    """The way to the page from the others."""
    label = escape(words("field.title"))
    return f'<p class="gp-head"><a href="{PAGE}?lang={words.language}" target="_self">{label}</a></p>'


def page_html(plan: Plan, visitor: Visitor, words: Texts) -> str:
    """The whole page; the language's words and the project's milestones stand in it as data."""
    # How many marks wait the device alone knows: until its script has looked, the page does not say "none".
    preloaded = "".join(f'<link rel="modulepreload" href="{FILES}/{name}.js">' for name in MODULES)
    return (
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="theme-color" content="#14522a"><title>{escape(words("field.title"))}</title>'
        f'<link rel="icon" href="data:,"><link rel="stylesheet" href="{FILES}/field.css">'
        f"{preloaded}"
        f'<script type="module" src="{FILES}/field.js"></script></head><body>'
        f'<header><h1>{escape(words("field.title"))}</h1><span id="net" role="status"></span>'
        '<a id="waiting" href="#queue">…</a></header>'
        f"{_sample(plan, words)}"
        f'<main><div id="told" role="status" aria-live="polite"></div>{_find(words)}'
        '<section id="parcel" hidden></section>'
        f"{_form(words)}{_lists(words)}</main>{_foot(words)}"
        f'<script type="application/json" id="data">{_data(plan, visitor, words)}</script></body></html>'
    )


def _sample(plan: Plan, words: Texts) -> str:
    return f'<p class="sample">{escape(words("app.sample"))}</p>' if plan.synthetic else ""


def _find(words: Texts) -> str:
    return (
        f'<form id="find" role="search"><label for="text">{escape(words("field.find"))}</label>'
        f'<input id="text" type="search" autocomplete="off" autocapitalize="none" spellcheck="false" '
        f'enterkeyhint="search" maxlength="80" placeholder="{escape(words("field.find_example"))}"></form>'
        '<ul id="found" aria-live="polite"></ul>'
    )


def _form(words: Texts) -> str:
    """The fields of a mark; the script shows them where a parcel is open and its reader may write."""

    def field(name: str, control: str) -> str:
        return f'<label for="{name}">{escape(words(f"field.{name}"))}</label>{control}'

    return (
        '<form id="mark" hidden>'
        + field("step", '<select id="step"></select>')
        + field("household", '<select id="household"></select>')
        + field("day", '<input id="day" type="date" required><output id="said" for="day"></output>')
        + field("document", '<input id="document" maxlength="120" autocomplete="off">')
        + f'<span class="label">{escape(words("field.photo"))}</span>{_picks(words)}'
        '<p id="unfit" class="refusal" role="alert" hidden></p><ul id="photos"></ul>'
        '<p id="missing" class="refusal" role="alert" hidden></p>'
        + f'<button id="save" type="submit">{escape(words("field.save"))}</button>'
        f'<button id="close" type="button" class="second">{escape(words("field.close"))}</button></form>'
    )


def _picks(words: Texts) -> str:
    """Three ways to a photo: some phones offer their camera only to a field that asks for it."""
    return (
        f'<div class="picks"><label for="camera" class="pick">{escape(words("field.camera"))}</label>'
        '<input id="camera" type="file" accept="image/*" capture="environment">'
        f'<label for="photo" class="pick">{escape(words("field.pick"))}</label>'
        '<input id="photo" type="file" accept="image/*,application/pdf" multiple>'
        '<button id="paste" type="button" class="second" hidden>'
        f"{escape(words('field.paste'))}</button></div>"
    )


def _lists(words: Texts) -> str:
    return (
        f'<section id="queue"><h2>{escape(words("field.queue_title"))}</h2><ul id="marks"></ul>'
        f'<button id="send" type="button" class="second" hidden>{escape(words("field.send_now"))}</button>'
        f'</section><section id="recent" hidden><h2>{escape(words("field.recent_title"))}</h2>'
        f'<ul id="done"></ul></section><details id="offline"><summary>{escape(words("field.offline_title"))}'
        f"</summary><p>{escape(words('field.offline_note'))}</p>"
        f'<label for="sheet">{escape(words("field.sheet"))}</label><select id="sheet"></select>'
        f'<button id="get" type="button" class="second">{escape(words("field.get_list"))}</button>'
        '<p id="lists" role="status"></p></details>'
    )


def _foot(words: Texts) -> str:
    others = " · ".join(
        f'<a hreflang="{language}" href="{PAGE}?lang={language}">'
        f"{escape(words(f'page.language_{language}'))}</a>"
        for language in LANGUAGES
        if language != words.language
    )
    back = escape(words("field.to_pages"))
    return (
        f'<footer><p id="secure" hidden></p><a href="/?lang={words.language}">{back}</a> · {others}</footer>'
    )


def _data(plan: Plan, visitor: Visitor, words: Texts) -> str:
    """What the script needs to know, as JSON that no text of it can end."""
    known = catalogue(words.language)
    data = {
        "account": visitor.account_id,
        "writes": visitor.may("write"),
        "language": words.language,
        "page": PAGE,
        "files": FILES,
        "starts": plan.starts.isoformat(),
        "cleared": CLEARED_MILESTONE,
        "steps": [[step.id, words.milestone_name(step.id)] for step in plan.milestones],
        "money": sorted(MONEY_MILESTONES),
        "classes": looks(words),
        "communes": {old.code: old.name for old in plan.commune.old_communes},
        "most": LIST_MOST,
        "photo_bytes": LIMITS.bytes,
        "photo_count": LIMITS.count,
        "words": {name: known[f"field.{name}"] for name in SAID}
        | {"parcel": known["card.parcel"], "feature": known["card.feature"]},
    }
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
