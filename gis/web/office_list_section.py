"""The section "Danh sách của văn phòng" of the page of imports: columns, questions, preview, import, undo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from gis.errors import SyntheticProjectError
from gis.project.office_list import import_list, preview_list
from gis.project.office_list_columns import read_office_list, remember_columns
from gis.project.office_list_rows import ListAnswers
from gis.project.office_list_undo import list_imports, undo_list
from gis.sheets.headings import meanings
from gis.store.received import sent
from gis.web import common
from gis.web.common import Refusal, attempt
from gis.web.household_view import plain
from gis.web.office_list_view import preview_html, refused_html, told_html

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from gis.project.office_list_preview import ListPreview
    from gis.sheets.tracking import TrackingList
    from gis.texts import Texts
    from gis.web.common import View

TYPES: Final = ("xlsx", "xlsm", "xls", "ods", "csv")
READ: Final = "take.list.read"
LOOKED: Final = "take.list.looked"
MOST_KEPT: Final = 4
SHEETS: Final = "take.list.all_sheets"
DONE: Final = "take.list.done"
ASKED: Final = frozenset({"problem.list_zone_unknown", "problem.list_zone_divided"})


def office_list_section(shown: View) -> None:
    """A list of an office: what it is, what it would do, the import, and earlier imports to undo."""
    words = shown.texts
    st.html(f'<p class="gp-lead">{escape(words("list.lead"))}</p>')
    if shown.snapshot.plan.synthetic:
        st.html(f'<p class="gp-note">{escape(words.error(SyntheticProjectError()))}</p>')
        return
    for line in st.session_state.pop(DONE, ()):
        st.html(f'<p class="gp-good">{escape(line)}</p>')
    file = st.file_uploader(
        words("list.choose"), type=list(TYPES), key="take.list.file", label_visibility="collapsed"
    )
    if file is None:
        st.session_state.pop(READ, None)
    else:
        _look(shown, file)
    _undo(shown)


def _look(shown: View, file: UploadedFile) -> None:
    """The file as it is read, what it would do, and the button."""
    words = shown.texts
    told = _Told.now(file)
    tracking = _read(shown, file, told)
    if isinstance(tracking, Refusal):
        tracking.show()
        return
    _which_rows(tracking, file, told, words)
    _columns(tracking, words)
    answers, found = ListAnswers(), _preview(shown, tracking, ListAnswers())
    for asks in (_land_answers, _decisions):  # what is changed shows only once zones and communes are known
        answered = asks(shown, found) if found else {}
        if answered:
            answers = replace(answers, **answered)
            found = _preview(shown, tracking, answers)
    if found is None:
        return
    problems = found.problems
    st.html(refused_html(problems, words) + preview_html(found, words) + told_html(problems, words))
    undecided = bool(found.changed) and answers.changes == "ask"
    st.button(
        words("list.import"),
        type="primary",
        disabled=bool(found.refused) or undecided or not shown.is_today,
        on_click=_import,
        args=(shown, tracking, answers, common.new_request()),
    )


def _preview(shown: View, tracking: TrackingList, answers: ListAnswers) -> ListPreview | None:
    """What an import with these answers would do; None, and told, where that cannot be said."""
    words = shown.texts
    asked = (id(tracking), repr(answers), shown.today, shown.snapshot.head)
    kept: dict[object, ListPreview] = st.session_state.setdefault(LOOKED, {})
    if asked in kept:  # a long list takes seconds, and every touch of the page asks again
        return kept[asked]
    with st.spinner(words("list.looking")):
        found = attempt(lambda: preview_list(shown.project, tracking, shown.today, answers), words)
    if isinstance(found, Refusal):
        found.show()
        return None
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[asked] = found
    return found


@dataclass(frozen=True, slots=True)
class _Told:
    """What the user said of how a file is to be read."""

    columns: tuple[tuple[str, str], ...]
    sheets: tuple[str, ...]
    by_name: bool

    @classmethod
    def now(cls, file: UploadedFile) -> _Told:
        """As the page's fields stand."""
        state = st.session_state
        return cls(
            tuple(sorted(state.get("take.list.columns", {}).items())),
            tuple(state.get(f"take.list.sheets.{file.file_id}", ())),
            bool(state.get(f"take.list.by_name.{file.file_id}", False)),
        )


def _which_rows(tracking: TrackingList, file: UploadedFile, told: _Told, words: Texts) -> None:
    """Which sheets count, where there are several, and whether one name is one household."""
    names = [table.sheet for table in tracking.tables]
    kept = st.session_state.setdefault(SHEETS, {})
    if not told.sheets:
        kept.clear()
        kept[file.file_id] = names
    every = kept.get(file.file_id, names)
    if len(every) > 1:
        st.multiselect(
            words("list.ask_sheets"),
            every,
            key=f"take.list.sheets.{file.file_id}",
            placeholder=words("list.all_sheets"),
        )
    if told.by_name or any(one.message == "problem.list_same_name" for one in tracking.problems):
        st.checkbox(words("list.ask_by_name"), key=f"take.list.by_name.{file.file_id}")


def _read(shown: View, file: UploadedFile, told: _Told) -> TrackingList | Refusal:
    """The list, read once for each file and what was told of it."""
    key = (file.file_id, told)
    kept = st.session_state.get(READ)
    if kept is not None and kept[0] == key:
        return kept[1]  # type: ignore[no-any-return]

    def read() -> TrackingList:
        with sent(file.name, file) as path:
            folder = shown.project.folder
            columns = dict(told.columns)
            return read_office_list(folder, path, told.sheets, columns, same_name_is_one=told.by_name)

    with st.spinner(shown.texts("list.reading")):
        found = attempt(read, shown.texts)
    if not isinstance(found, Refusal):
        st.session_state[READ] = (key, found)
    return found


def meaning_text(meaning: str, words: Texts) -> str:
    """What a column means, in words."""
    milestone, dot, facet = meaning.partition(".")
    if dot:
        return f"{words.named('milestone', milestone)} · {words(f'list.facet_{facet}')}"
    return words(f"list.meaning_{meaning}") if meaning else words("list.column_left_out")


def _columns(tracking: TrackingList, words: Texts) -> None:
    """The columns as they were understood; another meaning is chosen where one is wrong."""
    unsure = any(column.sureness in {"guess", "unknown"} for column in tracking.columns)
    unsure |= any(one.message == "problem.list_column_twice" for one in tracking.problems)
    chosen: dict[str, str] = dict(st.session_state.get("take.list.columns", {}))
    options = ["", *meanings()]
    with st.expander(words("list.columns"), expanded=unsure):
        for column in {column.header: column for column in tracking.columns}.values():
            if not column.header:
                continue
            label = words("list.column_row", header=plain(column.header), meaning=plain(column.sample) or "–")
            picked = st.selectbox(
                label,
                options,
                index=options.index(column.meaning) if column.meaning in options else 0,
                key=f"take.list.column.{column.header}",
                format_func=lambda one: meaning_text(one, words),
            )
            if picked != column.meaning:
                chosen[column.header] = picked
    if chosen != st.session_state.get("take.list.columns", {}):
        st.session_state["take.list.columns"] = chosen
        st.rerun()


def _land_answers(shown: View, found: ListPreview) -> dict[str, Any]:
    """The questions of place and day that this list leaves open, each asked only where it is."""
    words, plan = shown.texts, shown.snapshot.plan
    messages = {problem.message for problem in found.problems}
    told: dict[str, Any] = {}
    leaves = {zone.zone_id: zone.name for zone in plan.leaves()}
    if "problem.list_zone_missing" in messages:
        told["zone"] = _which(words("list.ask_zone"), leaves, "take.list.zone")
    texts = [str(one.facts["found"]) for one in found.problems if one.message in ASKED]
    zones = {
        text: _which(words("list.ask_zone_name", found=plain(text)), leaves, f"take.list.zone.{text}")
        for text in dict.fromkeys(texts)
    }
    told["zones"] = {text: zone for text, zone in zones.items() if zone}
    if "problem.list_commune_missing" in messages:
        olds = {one.code: one.name for one in plan.commune.old_communes}
        told["commune"] = _which(words("list.ask_commune"), olds, "take.list.commune")
    if "problem.list_days_unknown" in messages:
        told["latest"] = st.date_input(
            words("list.ask_latest"),
            value=None,
            max_value=shown.today,
            key="take.list.latest",
            format="DD/MM/YYYY",
        )
    return {name: value for name, value in told.items() if value}


def _decisions(shown: View, found: ListPreview) -> dict[str, Any]:
    """What to do with what is changed and what is gone."""
    told: dict[str, Any] = {}
    if found.changed or "problem.list_other_holder" in {problem.message for problem in found.problems}:
        told["changes"] = _choice(shown.texts, "changes", ("ask", "take", "keep"))
    if found.gone:
        told["gone"] = _choice(shown.texts, "gone", ("keep", "take"))
    return {name: value for name, value in told.items() if value not in {None, "ask"}}


def _which(label: str, names: Mapping[str, str], key: str) -> str | None:
    """One of some places by its name; None until it is chosen."""
    return st.selectbox(label, list(names), index=None, key=key, format_func=names.__getitem__)


def _choice(words: Texts, name: str, options: tuple[str, ...]) -> str | None:
    return st.radio(
        words(f"list.ask_{name}"),
        options,
        key=f"take.list.{name}",
        format_func=lambda one: words(f"list.{name}_{one}"),
    )


def _import(shown: View, tracking: TrackingList, answers: ListAnswers, request: str) -> None:
    """Take the list over; its columns are remembered."""
    words = shown.texts
    done = attempt(lambda: import_list(shown.project, tracking, common.stamp(request), answers), words)
    if isinstance(done, Refusal):
        st.session_state[DONE] = (done.sentence, *done.problems)
        return
    remember_columns(shown.project.folder, tracking.columns)
    st.session_state[DONE] = (words("list.taken", count=len(done.seqs)),)


def _undo(shown: View) -> None:
    """Earlier imports, each with a reason and a button."""
    words = shown.texts
    imports = list_imports(shown.snapshot.state)
    if not imports or not shown.is_today:
        return
    with st.expander(words("list.undo_title")):
        by_seq = {one.seq: one for one in imports}
        seq = st.selectbox(
            words("list.undo_which"),
            list(by_seq),
            key="take.list.undo",
            format_func=lambda one: words(
                "list.undo_row", seq=one, files=by_seq[one].files, by=by_seq[one].by, on=by_seq[one].on
            ),
        )
        reason = st.text_input(words("cli.option.undo_reason"), key="take.list.reason")
        st.button(
            words("list.undo_button"),
            disabled=not reason.strip(),
            on_click=_carry_undo,
            args=(shown, seq, reason, common.new_request()),
        )


def _carry_undo(shown: View, seq: int, reason: str, request: str) -> None:
    words = shown.texts
    done = attempt(lambda: undo_list(shown.project, seq, reason, common.stamp(request)), words)
    if isinstance(done, Refusal):
        st.session_state[DONE] = (done.sentence, *done.problems)
        return
    said = [words("list.undone", voids=done.voids, households=done.households)]
    st.session_state[DONE] = (*said, *(words.problem(one) for one in done.warnings))
