"""Nhập dữ liệu: files are chosen, checked, shown on a map and in a table, then imported; no terminal."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st
from streamlit_folium import st_folium

from gis.maps.problem_map import problem_map
from gis.project.report import family
from gis.store.workbooks import workbook
from gis.web import common
from gis.web import intake_actions as actions
from gis.web import intake_view as view
from gis.web.assets import BASE
from gis.web.begin_view import begin_link
from gis.web.common import Refusal, attempt
from gis.web.intake_actions import CONFIRM, KIND, KINDS, OUTCOME
from gis.web.intake_questions import is_asking, questions_part
from gis.web.office_list_section import office_list_section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from gis.errors import Problem
    from gis.project.intake import Imported
    from gis.project.report import LayerReport
    from gis.web.common import View
    from gis.web.intake_actions import Asked, Result

MAP_HEIGHT: Final = 460


def main() -> None:
    shown = common.view()
    words = shown.texts
    common.keep_address(shown)
    common.heading(words("intake.title"))
    # A kind of data each: another one is a line here and its text.
    sections = {"land": land_section, "list": office_list_section}
    chosen: str | None = next(iter(sections))
    if len(sections) > 1:
        chosen = st.segmented_control(
            words("intake.section"),
            list(sections),
            key="take.section",
            default=chosen,
            required=True,
            format_func=lambda one: words(f"intake.section_{one}"),
            label_visibility="collapsed",
        )
    sections[chosen or "land"](shown)


def land_section(shown: View) -> None:
    """Boundaries: what the files are, the files, and what they come to."""
    words = shown.texts
    st.html(f'<p class="gp-lead">{escape(words("intake.lead"))}</p>')
    if shown.snapshot.plan.synthetic:
        sample_note(shown)
    show_outcome(shown)
    st.html(step_html(1, words("intake.choose_kind")))
    kind = st.radio(
        words("intake.choose_kind"),
        KINDS,
        key=KIND,
        format_func=lambda one: words(f"intake.kind_{one}"),
        captions=[words(f"intake.kind_{one}_about") for one in KINDS],
        label_visibility="collapsed",
    )
    st.html(step_html(2, words("intake.choose_files")))
    st.html(f'<p class="gp-note">{escape(words("intake.files_about"))}</p>')
    files = st.file_uploader(
        words("intake.choose_files"),
        accept_multiple_files=True,
        key=actions.upload_key(),
        label_visibility="collapsed",
    )
    if not files:
        actions.result_of(actions.asked_for((), kind), -1)
        return
    st.session_state.pop(OUTCOME, None)
    asked = actions.asked_for(files, kind)
    result = actions.result_of(asked, shown.project.refresh().seq)
    st.html(step_html(3, words("intake.look")))
    if result is None:
        result = checked(shown, files, asked)
    if result is not None:
        show_result(shown, files, result)


def step_html(number: int, said: str) -> str:
    """The heading of one step."""
    return f'<h2 class="gp-step"><span>{number}</span>{escape(said)}</h2>'


def sample_note(shown: View) -> None:
    """The sample takes no real data: files can be checked, and here is how a real project begins."""
    words = shown.texts
    way = begin_link(words("begin.commune_title"), words) if shown.may("administer") else ""
    st.html(f'<div class="gp-note gp-sample">{escape(words("intake.sample"))} {way}</div>')


def checked(shown: View, files: Sequence[UploadedFile], asked: Asked) -> Result | None:
    """Check the files before the user's eyes; a refusal takes the bar's place."""
    words = shown.texts
    place = st.empty()
    bar = place.progress(0.0, text=words("intake.start"))
    told = actions.bar_told(words, bar)
    found = attempt(lambda: actions.check(shown.project, files, asked, words, told), words)
    place.empty()
    if isinstance(found, Refusal):
        found.show()
        return None
    return found


def show_result(shown: View, files: Sequence[UploadedFile], result: Result) -> None:
    """What the files came to: layers, CRS, problems, and the import."""
    words = shown.texts
    st.html(view.summary_html(result.reports, words))
    crs_part(shown, result)
    questions_part(shown, result)
    problems = [
        problem for report in result.reports for problem in report.all_problems if not view.asks(problem)
    ]
    if problems:
        problems_part(shown, result, problems)
    elif not result.asks_crs:
        st.html(f'<p class="gp-good">{escape(words("intake.no_problems"))}</p>')
        show_map(shown, result, 0)
    st.html(step_html(4, words("intake.import")))
    import_part(shown, files, result)


def crs_part(shown: View, result: Result) -> None:
    """The question which CRS is right, where there is one; else the table for who wants to see it."""
    words = shown.texts
    layers = [layer for report in result.reports for layer in report.layers if layer.crs.candidates]
    asking = [layer for layer in layers if layer.asks_crs]
    if asking:
        st.html(common.section(words("intake.crs_question"), words("intake.crs_question_remark")))
        for layer in asking:
            st.html(view.candidates_html(layer, words))
        choose(shown, result, asking[0])
    elif layers:
        with st.expander(words("intake.crs_table")):
            for layer in layers:
                st.html(view.candidates_html(layer, words))
            choose(shown, result, layers[0])


def choose(shown: View, result: Result, layer: LayerReport) -> None:
    """A radio of the readings that land in the commune or about it."""
    words = shown.texts
    choices = {one.id: view.choice_words(one, words) for one in layer.crs.choices}
    if not choices:
        st.html(f'<p class="gp-note">{escape(words("intake.crs_no_choice"))}</p>')
        return
    field = f"take.choice.{actions.upload_key()}.{result.asked.mark}"
    names = list(choices)
    chosen = names.index(layer.crs.chosen) if layer.crs.chosen in names else None
    st.radio(words("intake.crs_choice"), names, index=chosen, key=field, format_func=choices.__getitem__)
    st.button(
        words("intake.crs_use"), key=f"{field}.use", on_click=actions.choose_crs, args=(result.asked, field)
    )


def problems_part(shown: View, result: Result, problems: Sequence[Problem]) -> None:
    """The problems: a filter, the map, the table, the workbook."""
    words = shown.texts
    refused = sum(problem.severity == "refused" for problem in problems)
    remark = words("intake.problems_remark", refused=refused, warnings=len(problems) - refused)
    st.html(common.section(words("intake.problems"), remark))
    kinds = ["all", *view.families(problems)]
    asked, about = st.columns(2)
    severity = asked.selectbox(
        words("intake.filter_severity"),
        ("all", "refused", "warning"),
        key="take.severity",
        format_func=lambda one: words("intake.all" if one == "all" else f"intake.{one}"),
    )
    chosen = about.selectbox(
        words("intake.filter_family"),
        kinds,
        key="take.family",
        format_func=lambda one: words("intake.all" if one == "all" else f"intake.family_{one}"),
    )
    listed = view.by_stake(
        [
            problem
            for problem in problems
            if severity in {"all", problem.severity} and chosen in {"all", family(problem)}
        ]
    )
    left, right = st.columns([11, 10], gap="medium") if result.drawn else (st.container(), None)
    with left:
        only = view.file_name(result.reports[0]) if len(result.reports) == 1 else ""
        st.html(view.problems_html(listed, words, only))
    if right:
        with right:
            show_map(shown, result, len(problems))
    st.download_button(
        words("intake.excel", count=len(problems)),
        data=lambda: workbook(view.problem_sheets(result.reports, words)),
        file_name=f"kiem-tra-{shown.today.isoformat()}.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        key="take.excel",
    )


def show_map(shown: View, result: Result, total: int) -> None:
    """The problems' land over what came and what is loaded."""
    if result.drawn is None:
        return
    with st.container(key="intake-map"):
        st_folium(
            problem_map(result.drawn, assets=BASE),
            key=f"take.map.{shown.texts.language}.{result.asked.files[0]}.{result.asked.mark}",
            height=MAP_HEIGHT,
            use_container_width=True,
            returned_objects=[],
        )
        st.html(view.legend_html(result.shown, total, shown.texts))


def import_part(shown: View, files: Sequence[UploadedFile], result: Result) -> None:
    """The button, off with a sentence while anything is refused; then what it would do; then it is done."""
    words = shown.texts
    why = why_not(shown, result)
    if why:
        st.html(f'<p class="gp-note">{escape(why)}</p>')
    if st.session_state.get(CONFIRM) != result.asked or why:
        st.button(
            words("intake.import_button"),
            key="take.import",
            type="primary",
            disabled=bool(why),
            on_click=actions.to_confirm,
            args=(result.asked,),
        )
        return
    st.html(f'<div class="gp-review"><p>{escape(would_do(shown, result))}</p></div>')
    with st.container(horizontal=True):
        sure = st.button(words("intake.confirm"), key="take.sure", type="primary")
        st.button(words("intake.back"), key="take.back", on_click=actions.to_confirm, args=(None,))
    if sure:
        carry_out(shown, files, result.asked)


def why_not(shown: View, result: Result) -> str:
    """Why the files cannot be imported now, in a sentence; "" where they can."""
    words = shown.texts
    if shown.snapshot.plan.synthetic:
        return words("intake.why_sample")
    if not shown.is_today:
        return shown.read_only
    if result.asks_crs:
        return words("intake.why_crs")
    if is_asking(result):
        return words("intake.why_asked")
    if result.is_refused:
        count = sum(len(report.refused) for report in result.reports)
        return words("intake.why_refused", count=count)
    return ""


def would_do(shown: View, result: Result) -> str:
    """What an import would write."""
    words = shown.texts
    layers = [layer for report in result.reports for layer in report.layers]
    return words(
        "intake.would_do",
        unit=words(f"intake.unit_{result.asked.kind}"),
        count=sum(layer.imported for layer in layers),
        area=sum(layer.area_m2 for layer in layers),
        added=result.added,
        changed=result.changed,
        files=", ".join(view.file_name(report) for report in result.reports),
    )


def carry_out(shown: View, files: Sequence[UploadedFile], asked: Asked) -> None:
    """Import, with the bar; a refusal stands below, and nothing was written."""
    words = shown.texts
    place = st.empty()
    told = actions.bar_told(words, place.progress(0.0, text=words("intake.start")))
    request = common.new_request()
    found = attempt(lambda: actions.import_files(shown.project, files, asked, request, told), words)
    place.empty()
    if isinstance(found, Refusal):
        found.show()
        return
    actions.done(found)
    st.rerun()


def show_outcome(shown: View) -> None:
    """What the last import did, and where to look."""
    words, outcome = shown.texts, st.session_state.get(OUTCOME)
    if outcome is None:
        return
    links = "".join(
        f'<a href="{path}?lang={words.language}" target="_self">{escape(words(said))}</a>'
        for path, said in (("ban-do", "intake.to_map"), ("tong-quan", "intake.to_overview"))
    )
    st.html(
        f'<div class="gp-done" role="status">{done_html(outcome, shown)}<p class="gp-links">{links}</p></div>'
    )


def done_html(outcome: Imported, shown: View) -> str:
    """One sentence of what was written."""
    words = shown.texts
    if not outcome.seqs:
        return f"<p>{escape(words('intake.unchanged', layer=words(f'cli.layer.{outcome.layer}')))}</p>"
    said = words(
        "intake.done",
        layer=words(f"cli.layer.{outcome.layer}"),
        count=outcome.count,
        added=outcome.added,
        changed=outcome.changed,
        seqs=", ".join(map(str, outcome.seqs)),
    )
    return f"<p>{escape(said)}</p>"


main()
