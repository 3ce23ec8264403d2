"""A project's own milestones on the card: by the name that the plan gives them, gone from the plan by their id."""

from datetime import date
from types import MappingProxyType

import pytest

from gis.ledger.state import HoldingState, Reached
from gis.plan import empty_plan_text, parse_plan
from gis.texts import Texts
from gis.web.card import holdings_html

DAY = date(2026, 3, 1)


def holding(*milestones):
    reached = {name: Reached(DAY, seq, None, None) for seq, name in enumerate(milestones, start=1)}
    return HoldingState("P1", "H1", None, DAY, 1, MappingProxyType(reached), len(milestones))


@pytest.mark.parametrize(
    ("language", "name"), [("vi", "Xác nhận nguồn gốc đất"), ("en", "Origin of land confirmed")]
)
def test_holdings_html__an_optional_milestone_by_its_name(language, name):
    words = Texts(language).of(parse_plan(empty_plan_text(synthetic=True), "project.toml"))
    html = holdings_html([holding("inventoried", "origin_confirmed")], {}, words)
    assert name in html
    assert "origin_confirmed</span>" not in html


def test_holdings_html__a_milestone_that_the_plan_no_longer_names_is_shown_by_its_id():
    assert "appraised" in holdings_html([holding("paid", "appraised")], {}, Texts("vi"))
