"""Back and on under a list, as a page draws them."""

import pytest
from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from gis.texts import Texts
    from gis.web.pager import pager

    def turn(first):
        st.session_state["first"] = first

    first = st.session_state.setdefault("first", 0)
    pager("few", first, st.session_state["count"], 20, turn, Texts("vi"))


def drawn(count, first):
    shown = AppTest.from_function(page)
    shown.session_state["count"], shown.session_state["first"] = count, first
    return shown.run()


def test_pager__none_where_a_page_holds_all():
    assert len(drawn(20, 0).button) == 0


@pytest.mark.parametrize(("first", "off"), [(0, [True, False]), (20, [False, False]), (40, [False, True])])
def test_pager__ends_where_the_list_does(first, off):
    assert [one.disabled for one in drawn(41, first).button] == off


def test_pager__turns_by_a_page():
    shown = drawn(41, 20)
    shown.button(key="few-on").click().run()
    assert shown.session_state["first"] == 40
    shown.button(key="few-back").click().run()
    assert shown.session_state["first"] == 20
