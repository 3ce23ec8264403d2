"""The frame of all pages: style, sidebar (pages, language, clocks, ledger), banner; then the page itself."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from gis.project import serving
from gis.texts import LANGUAGES
from gis.web import clocks, common, intake_actions
from gis.web.account_view import account_html, watch_html
from gis.web.assets import style_sheet
from gis.web.begin_view import BEGIN, begin_link
from gis.web.common import Refusal, attempt
from gis.web.empty import INTAKE, nothing_yet
from gis.web.field_page import field_link
from gis.web.guide import guide_link
from gis.web.streamlit_words import words_html

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

    from gis.access import Action
    from gis.texts import Texts
    from gis.web.common import View

# What a page needs beyond a look: without it the page is not offered, and its address leads to the first one.
NEEDED: dict[str, Action] = {
    "ho": "names",
    "nhap-du-lieu": "write",
    "tai-khoan": "administer",
    BEGIN: "administer",
}
# These pages are about parcels and whoever holds them: before there are any, they lead to the intake.
OF_LAND = frozenset({"ban-giao", "chi-tra", "dot-van-ban", "viec-can-lam", "vuong-mac"})


def main() -> None:
    """Draw the frame and run the page."""
    words = common.texts()
    st.set_page_config(page_title=words("page.title"), layout="wide", initial_sidebar_state="auto")
    st.html(style_sheet("style.css") + style_sheet("stack.css"))
    # A heading of Streamlit's own would stand among the pages of its list: style.css shows this above it.
    st.html(f'<style>:root {{ --gp-brand: "{words("page.brand")}"; }}</style>')
    pages = [
        st.Page(common.OVERVIEW_PAGE, title=words("overview.title"), url_path="tong-quan", default=True),
        st.Page(common.MAP_PAGE, title=words("map_page.title"), url_path="ban-do"),
        st.Page(common.HOUSEHOLDS_PAGE, title=words("people.title"), url_path="ho"),
        st.Page(common.BATCHES_PAGE, title=words("batch_page.title"), url_path="dot-van-ban"),
        st.Page("./obstacles.py", title=words("stuck.title"), url_path="vuong-mac"),
        st.Page("./work.py", title=words("work.title"), url_path="viec-can-lam"),
        st.Page("./matrix.py", title=words("matrix.title"), url_path="ma-tran"),
        st.Page("./money.py", title=words("money_page.title"), url_path="chi-tra"),
        st.Page("./deliveries.py", title=words("blocks_page.title"), url_path="ban-giao"),
        st.Page("./intake.py", title=words("intake.title"), url_path=INTAKE),
        st.Page("./accounts.py", title=words("account.page_title"), url_path="tai-khoan"),
        st.Page(common.BRIDGE_PAGE, title=words("bridge.title"), url_path="giai-trinh"),
        st.Page(common.BEGIN_PAGE, title=words("begin.title"), url_path="bat-dau", visibility="hidden"),
    ]
    page = st.navigation(allowed(pages), expanded=True)
    if page.url_path != INTAKE:
        intake_actions.forget()
    language_switch()
    st.sidebar.html(words_html(words.language), unsafe_allow_javascript=True)
    if page.url_path == "" and serving_first(words):
        st.switch_page(common.BEGIN_PAGE)
    if page.url_path == BEGIN and isinstance(attempt(serving.shared, words), Refusal):
        page.run()  # where no project can be opened, this is the way to another
        return
    with st.spinner(words("page.opening")):
        shown = common.view()
    sidebar(shown)
    banners(shown, begins=page.url_path != BEGIN)
    if page.url_path in OF_LAND and shown.snapshot.units.empty:
        nothing_yet(shown, page.title)
    else:
        page.run()


def serving_first(words: Texts) -> bool:
    """Whether the app was started for the first time, by whoever may say which project it shall be."""
    if attempt(serving.is_first_start, words) is not True:
        return False
    looking = attempt(common.visitor, words)
    return not isinstance(looking, Refusal) and looking.may("administer") and looking.session is None


def allowed(pages: list[StreamlitPage]) -> list[StreamlitPage]:
    """The pages that whoever looks may open; the others are not there at all."""
    looking = attempt(common.visitor, common.texts())
    if isinstance(looking, Refusal):
        return [page for page in pages if page.url_path in {"", BEGIN}]
    return [page for page in pages if looking.may(NEEDED.get(page.url_path, "see"))]


def language_switch() -> None:
    """Vietnamese or English."""
    words = common.texts()
    st.sidebar.radio(
        words("page.language"),
        LANGUAGES,
        key="language",
        format_func=lambda language: words(f"page.language_{language}"),
        horizontal=True,
    )


def sidebar(shown: View) -> None:
    """The two clocks, and the head of the ledger."""
    with st.sidebar:
        clocks.day_input(shown)
        clocks.known_input(shown)
        head = shown.snapshot.head
        line = shown.texts("page.head", seq=head.seq, hash=head.hash[:8])
        links = field_link(shown.texts) + guide_link(shown.texts)
        st.html(f'<p class="gp-head" title="{head.seq}:{head.hash}">{escape(line)}</p>{links}')
        if shown.visitor.session is not None:
            st.html(account_html(shown.visitor, shown.texts))
            st.html(watch_html(), unsafe_allow_javascript=True)


def banners(shown: View, *, begins: bool) -> None:
    """What nobody may overlook: that the data is a sample, that the day or what is known of it is past.

    They have a place of their own: what stands under it, the map above all, keeps its place in the page when
    one of them comes or goes, and is not drawn anew.

    Args:
        shown: The page's view.
        begins: Whether the sample leads to the first screen.
    """
    words = shown.texts
    with st.container(key="banners"):
        if shown.snapshot.plan.synthetic:
            way = begin_link(words("begin.from_sample"), words) if begins and may_begin(shown) else ""
            st.html(f'<div class="gp-banner sample">{escape(words("app.sample"))}{way}</div>')
        if not shown.is_today:
            with st.container(key="past-day", horizontal=True, vertical_alignment="center"):
                st.html(f'<div class="gp-banner past">{escape(clocks.past_words(shown))}</div>')
                st.button(clocks.back_label(shown), on_click=clocks.to_present, args=(shown.today,))


def may_begin(shown: View) -> bool:
    """Whether whoever looks may put the commune's own project in place of the sample."""
    return shown.visitor.session is None and shown.may("administer")


main()
