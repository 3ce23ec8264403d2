"""Bắt đầu: look at the sample, start with the commune's own files, or bring a backup back."""

from __future__ import annotations

import os
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from gis.plan_template import NAME
from gis.project import serving
from gis.web import begin_actions as actions
from gis.web import begin_view as view
from gis.web import common
from gis.web.assets import style_sheet
from gis.web.common import Refusal, attempt
from gis.web.visitors import LOCAL

if TYPE_CHECKING:
    from pathlib import Path

    from gis.project import Project
    from gis.store.shelf import Shelved
    from gis.texts import Texts
    from gis.web.visitors import Visitor


def main() -> None:
    words = common.texts()
    st.html(style_sheet("begin.css"))
    common.heading(words("begin.title"))
    opened = attempt(serving.shared, words)
    looking = LOCAL if isinstance(opened, Refusal) else attempt(common.visitor, words)
    if isinstance(opened, Refusal):
        opened.show()
    else:
        st.html(view.open_now(opened.folder, synthetic=opened.plan.synthetic, words=words))
        if turned_away(opened, looking, words):
            return
    # The result takes the place of the three ways: they spoke of the project before.
    place = st.container()
    ways = st.empty()
    with ways.container():
        sample, begin, restore = st.columns(3, gap="medium")
        with sample, st.container(border=True, key="begin-sample"):
            wants_sample = sample_way(words)
        with begin, st.container(border=True, key="begin-commune"):
            wanted = commune_way(words)
        with restore, st.container(border=True, key="begin-restore"):
            backup = restore_way(words)
    if wants_sample:
        see_sample(words)
    with place:
        if wanted:
            start(*wanted, words)
        if backup:
            bring_back(*backup, words)


def turned_away(opened: Project, looking: Visitor | Refusal, words: Texts) -> bool:
    """Whether whoever looks may not change the project, and is told what to do instead."""
    if isinstance(looking, Refusal):
        looking.show()
        return True
    if not looking.may("administer"):
        return True
    if looking.session is not None:
        st.html(view.others_html(opened.folder, words))
        return True
    return False


def sample_way(words: Texts) -> bool:
    """Look at the sample."""
    st.html(view.way(words("begin.sample_title"), words("begin.sample_about")))
    return st.button(words("begin.sample_button"), key="begin-see", width="stretch")


def commune_way(words: Texts) -> tuple[str, str] | None:
    """Start with the commune's files: its name, and where its data shall be."""
    st.html(view.way(words("begin.commune_title"), words("begin.commune_about")))
    name = st.text_input(words("begin.commune"), value=NAME, key="begin-name")
    folder = st.text_input(words("begin.folder"), value=str(first_place("begin-first")), key="begin-folder")
    st.html(f'<p class="gp-note">{escape(words("begin.crs_note"))}</p>')
    pressed = st.button(words("begin.commune_button"), key="begin-make", type="primary", width="stretch")
    return (name, folder) if pressed else None


def restore_way(words: Texts) -> tuple[Shelved, str, str] | None:
    """Bring a backup back: from which folder, which one, its passphrase, and where it shall be."""
    st.html(view.way(words("begin.restore_title"), words("begin.restore_about")))
    if "begin-found" not in st.session_state:
        st.session_state["begin-found"] = actions.backup_places()
    found = st.session_state["begin-found"]
    typed = st.text_input(
        words("begin.backups_folder"), value=str(found[0]) if found else "", key="begin-backups"
    )
    if len(found) > 1:
        others = ", ".join(map(str, found[1:4]))
        st.html(f'<p class="gp-note">{escape(words("begin.also_found", folders=others))}</p>')
    if not typed.strip():
        st.html(f'<p class="gp-note">{escape(words("begin.backups_hint"))}</p>')
        return None
    there = attempt(lambda: actions.backups_of(typed), words)
    if isinstance(there, Refusal):
        there.show()
        return None
    if not there:
        st.html(f'<p class="gp-note">{escape(words("begin.no_backups"))}</p>')
        return None
    chosen = st.selectbox(
        words("begin.backup"), there, format_func=lambda one: view.backup_label(one, words), key="begin-one"
    )
    passphrase = ""
    if chosen.encrypted:
        passphrase = st.text_input(words("begin.passphrase"), type="password", key="begin-passphrase")
    folder = st.text_input(words("begin.folder"), value=str(first_place("begin-second")), key="begin-back")
    pressed = st.button(words("begin.restore_button"), key="begin-bring", type="primary", width="stretch")
    return (chosen, folder, passphrase) if pressed else None


def first_place(key: str) -> Path:
    """The place that is proposed, the same for as long as the page is open."""
    if key not in st.session_state:
        st.session_state[key] = actions.first_place()
    place: Path = st.session_state[key]
    return place


def see_sample(words: Texts) -> None:
    """Show the sample's overview."""
    refused = attempt(actions.see_sample, words)
    if isinstance(refused, Refusal):
        refused.show()
        return
    st.switch_page(common.OVERVIEW_PAGE)


def start(name: str, typed: str, words: Texts) -> None:
    """Make the commune's project and say how to go on."""
    made = attempt(lambda: actions.start_commune(name, typed), words)
    if isinstance(made, Refusal):
        made.show()
        return
    said = [words("begin.made", folder=str(made)), next_start(made, words)]
    st.html(view.done_html(said, "nhap-du-lieu", words("intake.title"), words))


def bring_back(backup: Shelved, typed: str, passphrase: str, words: Texts) -> None:
    """Restore, and say what came back."""
    with st.spinner(words("begin.restoring")):
        done = attempt(lambda: actions.restore_backup(backup, typed, passphrase), words)
    if isinstance(done, Refusal):
        done.show()
        return
    restored, folder, problems = done
    said = [*view.restored_words(restored, folder, problems, words), next_start(folder, words)]
    st.html(view.done_html(said, "tong-quan", words("overview.title"), words))


def next_start(folder: Path, words: Texts) -> str:
    """How the project is opened the next time."""
    if os.environ.get(serving.NAMED):
        return words("begin.next_command", command=view.start_command(folder))
    return words("begin.next_start")


main()
