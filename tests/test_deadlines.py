"""Regimes as data: the days that a period ends on, worked out on a calendar, and a project's own table."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.deadlines import DEFAULT_DEADLINES, months_after, parse_deadlines
from gis.errors import DeadlineTableError
from gis.milestones import MILESTONES

OWN = """
farm = ["LUA"]
[regimes.office]
name = "Ban"
source = "Lịch của Ban"
[[regimes.office.rules]]
id = "inventory"
title = "Kiểm đếm"
after = "notified"
until = "inventoried"
kind = "within"
days = 20
source = "Lịch của Ban, mục 2"
"""


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 2, 28), 12, date(2028, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 3, 5), 12, date(2027, 3, 5)),
    ],
)
def test_months_after__a_month_without_that_day_ends_on_its_last(start, months, end):
    assert months_after(start, months) == end


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(1, 60))
def test_months_after__is_in_the_right_month_and_never_after_the_day(start, months):
    end = months_after(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("regime", "rule", "farm", "end"),
    [  # a notice of 5 March 2026, counted on a calendar
        ("luat-2024", "recovery_wait", True, date(2026, 6, 3)),
        ("luat-2024", "recovery_wait", False, date(2026, 9, 1)),
        ("nq-254-2025", "recovery_wait", True, date(2026, 5, 4)),
        ("nq-254-2025", "recovery_wait", False, date(2026, 7, 3)),
        ("luat-2024", "posting_end", True, date(2026, 4, 4)),
        ("nq-254-2025", "posting_end", False, date(2026, 3, 15)),
        ("luat-2024", "dialogue_end", True, date(2026, 5, 4)),
        ("nq-254-2025", "dialogue_end", True, date(2026, 4, 4)),
        ("luat-2024", "payment", False, date(2026, 4, 4)),
        ("nq-254-2025", "notice_expiry", False, date(2027, 3, 5)),
    ],
)
def test_last_day__of_the_regimes_that_ship(regime, rule, farm, end):
    found = next(one for one in DEFAULT_DEADLINES.regimes[regime].rules if one.id == rule)
    assert found.last_day(date(2026, 3, 5), farm=farm) == end


def test_default_deadlines__every_rule_names_milestones_and_its_source():
    rules = [rule for regime in DEFAULT_DEADLINES.regimes.values() for rule in regime.rules]
    assert {name for rule in rules for name in (rule.after, rule.until, *rule.also)} <= set(MILESTONES)
    assert all("[S]" in rule.source for rule in rules)


@pytest.mark.parametrize(
    ("code", "farm"),
    [("LUC", True), (" clc ", False), ("ont", False), ("ONT+CLN", None), ("", None), ("ONT/LUC", None)],
)
def test_is_farm__a_compound_code_is_neither(code, farm):
    assert DEFAULT_DEADLINES.is_farm(code) is farm


def test_parse_deadlines__a_project_adds_regimes_and_replaces_the_farm_codes():
    own = parse_deadlines(OWN, "deadlines.toml")
    assert set(own.regimes) == {"luat-2024", "nq-254-2025", "office"}
    assert own.regimes["office"].rules[0].last_day(date(2026, 2, 10), farm=True) == date(2026, 3, 2)
    assert (own.is_farm("LUA"), own.is_farm("LUC")) == (True, False)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("[regimes.office]", "[regimes.office", "TOML"),
        ("days = 20", "days = 0", "regimes.office.rules.0.days"),
        ("days = 20", 'days = "20"', "regimes.office.rules.0.days"),
        ("days = 20", "", "regimes.office.rules.0"),
        ("days = 20", "days = 20\nmonths = 2", "regimes.office.rules.0"),
        ('kind = "within"', 'kind = "soon"', "regimes.office.rules.0.kind"),
        ('until = "inventoried"', 'until = "counted"', "inventory"),
        ("farm =", "farms =", "farms"),
    ],
)
def test_parse_deadlines__says_which_key_is_wrong(old, new, key):
    with pytest.raises(DeadlineTableError) as refused:
        parse_deadlines(OWN.replace(old, new), "deadlines.toml")
    assert refused.value.facts["key"] == key


def test_regime__stages_of_one_obstacle_follow_each_other_and_others_have_none():
    law = DEFAULT_DEADLINES.regimes["luat-2024"]
    first, second = [stage for stage in law.stages if stage.obstacle == "inventory_refused"]
    opened = date(2026, 2, 20)  # 28 days: + 15 is 7 March, + 10 more 17 March
    assert law.stage("inventory_refused", opened, date(2026, 3, 7)) == (first, date(2026, 3, 7))
    assert law.stage("inventory_refused", opened, date(2026, 3, 8)) == (second, date(2026, 3, 17))
    assert law.stage("inventory_refused", opened, date(2026, 3, 18)) == (None, date(2026, 3, 17))
    assert law.stage("price", opened, opened) == (None, None)


@pytest.mark.parametrize(
    ("text", "key"),
    [("visit_again = {gone = 3}", "visit_again.gone"), ("visit_again = {absent = 0}", "visit_again.absent")],
)
def test_parse_deadlines__days_of_visits_are_of_known_outcomes(text, key):
    with pytest.raises(DeadlineTableError) as refused:
        parse_deadlines(text, "deadlines.toml")
    assert refused.value.facts["key"].startswith(key)


def test_parse_deadlines__an_office_sends_people_again_when_it_wants():
    own = parse_deadlines("visit_again = {refused = 30}", "deadlines.toml")
    assert own.again("refused", date(2026, 3, 1)) == date(2026, 3, 31)
    assert own.again("absent", date(2026, 3, 1)) is None
    assert DEFAULT_DEADLINES.again("absent", date(2026, 3, 1)) == date(2026, 3, 8)
