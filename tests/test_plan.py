"""The plan: its figures by the commune's text, and a problem for each thing that can be wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gis.errors import DataError, Problem
from gis.milestones import MILESTONES
from gis.plan import Plan, empty_plan_text, parse_plan
from gis.texts import LANGUAGES, Texts

DATA = Path(__file__).parents[1] / "data"


def refused(text: str) -> list[tuple[str, str]]:
    """(source, message) of each problem; every problem must have its sentence in each language."""
    with pytest.raises(DataError) as caught:
        parse_plan(text, "project.toml")
    for problem in caught.value.problems:
        for language in LANGUAGES:
            assert Texts(language).problem(problem).startswith("project.toml")
    return [(problem.source, problem.message) for problem in caught.value.problems]


def changed(old: str, new: str) -> str:
    text = empty_plan_text()
    assert text.count(old) == 1, old
    return text.replace(old, new)


def test_parse_plan__has_the_figures_of_the_communes_plan() -> None:
    plan = parse_plan((DATA / "project.toml").read_text(encoding="utf-8"), "project.toml")

    assert (plan.commune.name, plan.commune.register_name, plan.commune.code) == (
        "Hoàng Sơn",
        "Hoằng Sơn",
        "15910",
    )
    assert [(old.code, old.name) for old in plan.commune.old_communes] == [
        ("15895", "Hoằng Trinh"),
        ("15910", "Hoằng Xuyên"),
        ("15907", "Hoằng Cát"),
        ("15901", "Hoằng Sơn"),
    ]
    assert (plan.crs, plan.headline, plan.synthetic) == (5897, "goal", True)
    assert (plan.goal.area_ha, plan.goal.by, plan.goal.text) == (250, date(2030, 12, 31), "khoảng 250 ha")
    assert [(z.zone_id, z.parent, z.plan_ha, z.total_ha) for z in plan.zones] == [
        ("kcn-phu-quy", None, 207.4, 540),
        ("kcn-phu-quy-gd1", "kcn-phu-quy", 116.8, 178.5),
        ("kcn-phu-quy-con-lai", "kcn-phu-quy", 90.6, None),
        ("ccn-hoang-son", None, 50, None),
        ("lang-nghe-moc", None, None, None),
    ]
    assert plan.plan_ha == 257.4
    assert all(zone.source for zone in plan.zones)
    assert plan.zone("kcn-phu-quy-gd1").project == (
        "Dự án Đầu tư xây dựng và kinh doanh hạ tầng KCN WHA Smart Technology - Thanh Hóa"
    )


def test_parse_plan__bounds_of_the_commune_and_of_no_other() -> None:
    assert parse_plan(empty_plan_text(), "project.toml").commune.bounds == (
        105.8096,
        19.8589,
        105.8687,
        19.93,
    )
    assert parse_plan(empty_plan_text(name="Xã khác"), "project.toml").commune.bounds is None


def test_plan__tree() -> None:
    plan = parse_plan(empty_plan_text(), "project.toml")

    assert [zone.zone_id for zone in plan.children(None)] == ["kcn-phu-quy", "ccn-hoang-son", "lang-nghe-moc"]
    assert [zone.zone_id for zone in plan.children("kcn-phu-quy")] == [
        "kcn-phu-quy-gd1",
        "kcn-phu-quy-con-lai",
    ]
    assert [zone.zone_id for zone in plan.leaves()] == [
        "kcn-phu-quy-gd1",
        "kcn-phu-quy-con-lai",
        "ccn-hoang-son",
        "lang-nghe-moc",
    ]


def test_plan__is_frozen() -> None:
    plan = parse_plan(empty_plan_text(), "project.toml")
    with pytest.raises(ValueError, match="frozen"):
        plan.crs = 3405  # type: ignore[misc]


def test_empty_plan_text__takes_name_and_crs() -> None:
    plan: Plan = parse_plan(empty_plan_text(name='Xã "thử"', crs=5899), "project.toml")
    assert (plan.commune.name, plan.crs, plan.synthetic) == ('Xã "thử"', 5899, False)


def test_parse_plan__puts_parents_before_children() -> None:
    head, *zones = empty_plan_text().split("[[zones]]\n")
    plan = parse_plan("[[zones]]\n".join([head, *reversed(zones)]), "project.toml")
    assert [zone.zone_id for zone in plan.zones] == [
        "lang-nghe-moc",
        "ccn-hoang-son",
        "kcn-phu-quy",
        "kcn-phu-quy-con-lai",
        "kcn-phu-quy-gd1",
    ]


@pytest.mark.parametrize(
    ("old", "new", "source", "message"),
    [
        ("plan_ha = 116.8", 'plan_ha = "116,8"', "zones[kcn-phu-quy-gd1].plan_ha", "not_number"),
        ("plan_ha = 116.8", "plan_ha = nan", "zones[kcn-phu-quy-gd1].plan_ha", "not_number"),
        ("plan_ha = 116.8", "plan_ha = 117.8", "zones[kcn-phu-quy].plan_ha", "sum"),
        ("plan_ha = 50", "plan_ha = 0", "zones[ccn-hoang-son].plan_ha", "not_positive"),
        ("plan_ha = 50", "plan_ha = true", "zones[ccn-hoang-son].plan_ha", "not_number"),
        ("plan_ha = 50", "area = 50", "zones[ccn-hoang-son].area", "unknown_key"),
        ("total_ha = 540", "total_ha = 200", "zones[kcn-phu-quy].plan_ha", "part_exceeds_total"),
        ("crs = 5897", "crs = 32648", "crs", "crs"),
        ("crs = 5897", "crs = 6957", "crs", "crs"),
        ("crs = 5897", 'crs = "5897"', "crs", "not_whole"),
        ("crs = 5897\n", "", "crs", "missing"),
        ("by = 2030-12-31", "by = 2025-06-30", "goal.by", "goal_before_start"),
        ("by = 2030-12-31", 'by = "31/12/2030"', "goal.by", "not_date"),
        ("approximate = true", 'approximate = "có"', "goal.approximate", "not_yes_no"),
        ('headline = "goal"', 'headline = "target"', "headline", "not_one_of"),
        ('code = "15910"   ', "code = 15910   ", "commune.code", "not_text"),
        ('code = "15910"   ', 'code = "1591"   ', "commune.code", "commune_code"),
        ('code = "15907"', 'code = "15895"', "commune.old_communes[15895]", "twice"),
        ('register_name = "Hoằng Sơn"', 'register_name = " "', "commune.register_name", "empty"),
        ('zone_id = "ccn-hoang-son"', 'zone_id = "CCN Hoàng Sơn"', "zones[CCN Hoàng Sơn].zone_id", "zone_id"),
        ('zone_id = "ccn-hoang-son"', 'zone_id = "commune"', "zones[commune]", "twice"),
        ('zone_id = "ccn-hoang-son"', 'zone_id = "lang-nghe-moc"', "zones[lang-nghe-moc]", "twice"),
        (
            "[105.8096, 19.8589, 105.8687, 19.9300]",
            "[19.8589, 105.8096, 19.93, 105.8687]",
            "commune.bounds",
            "bounds",
        ),
        (
            "[105.8096, 19.8589, 105.8687, 19.9300]",
            "[105.8687, 19.8589, 105.8096, 19.93]",
            "commune.bounds",
            "bounds",
        ),
        (
            "[105.8096, 19.8589, 105.8687, 19.9300]",
            "[105.8096, 19.8589, 105.8687]",
            "commune.bounds",
            "bounds",
        ),
        (
            "[105.8096, 19.8589, 105.8687, 19.9300]",
            "[105.8, nan, 105.9, 20]",
            "commune.bounds[2]",
            "not_number",
        ),
        ("synthetic = false", "synthetic = ", "2:", "not_toml"),
    ],
)
def test_parse_plan__names_file_key_and_cause(old: str, new: str, source: str, message: str) -> None:
    if message == "not_toml":
        [(where, found)] = refused(changed(old, new))
        assert (where, found) == ("project.toml, 6:13", "problem.plan_not_toml")
    else:
        assert (f"project.toml, {source}", f"problem.plan_{message}") in refused(changed(old, new))


def test_parse_plan__no_such_parent() -> None:
    text = empty_plan_text().replace('parent = "kcn-phu-quy"', 'parent = "kcn-phu-qui"')
    assert refused(text) == [
        ("project.toml, zones[kcn-phu-quy-gd1].parent", "problem.plan_no_parent"),
        ("project.toml, zones[kcn-phu-quy-con-lai].parent", "problem.plan_no_parent"),
    ]


def test_parse_plan__cycle() -> None:
    text = changed('name = "KCN Phú Quý"\n', 'name = "KCN Phú Quý"\nparent = "kcn-phu-quy-gd1"\n')
    assert ("project.toml, zones[kcn-phu-quy].parent", "problem.plan_cycle") in refused(text)


def test_parse_plan__tells_all_at_once() -> None:
    text = empty_plan_text().replace("plan_ha = 50", 'plan_ha = "50"').replace("crs = 5897", "crs = 1.5")
    assert refused(text) == [
        ("project.toml, crs", "problem.plan_not_whole"),
        ("project.toml, zones[ccn-hoang-son].plan_ha", "problem.plan_not_number"),
    ]


def test_parse_plan__empty_file() -> None:
    assert refused("") == [
        (f"project.toml, {key}", "problem.plan_missing")
        for key in ("synthetic", "crs", "starts", "headline", "commune", "goal", "zones")
    ]


def test_parse_plan__sum_within_half_a_tenth() -> None:
    assert parse_plan(changed("plan_ha = 116.8", "plan_ha = 116.84"), "project.toml").plan_ha == 257.4
    assert refused(changed("plan_ha = 116.8", "plan_ha = 116.86"))


def with_milestones(*tables: str) -> str:
    return empty_plan_text() + "".join(f"\n[[milestones]]\n{table}\n" for table in tables)


MEETING = 'id = "meeting"\nname = "Họp dân"\nname_en = "Meeting"\nafter = "notified"'


def test_milestones__the_eight_in_their_order_where_the_plan_adds_none() -> None:
    steps = parse_plan(empty_plan_text(), "project.toml").milestones
    assert tuple(step.id for step in steps) == MILESTONES
    assert not [step for step in steps if step.optional or step.names]


def test_milestones__optional_ones_stand_after_what_they_follow() -> None:
    origin = 'id = "origin_confirmed"\nname = "Xác nhận nguồn gốc đất"\nafter = "inventoried"'
    appraised = 'id = "appraised"\nname = "Thẩm định"\nafter = "origin_confirmed"'
    plan = parse_plan(with_milestones(appraised, MEETING, origin), "project.toml")
    assert [step.id for step in plan.milestones] == [
        *("notified", "meeting", "inventoried", "origin_confirmed", "appraised"),
        *("plan_published", "plan_approved", "paid", "recovered", "handed_over", "delivered"),
    ]
    assert [step.id for step in plan.milestones if step.optional] == [
        "meeting",
        "origin_confirmed",
        "appraised",
    ]


def test_milestones__their_names_by_language_in_vietnamese_where_there_is_no_other() -> None:
    other = 'id = "appraised"\nname = "Thẩm định"\nafter = "meeting"'
    plan = parse_plan(with_milestones(MEETING, other), "project.toml")
    assert plan.names("vi") == {"milestone.meeting": "Họp dân", "milestone.appraised": "Thẩm định"}
    assert plan.names("en") == {"milestone.meeting": "Meeting", "milestone.appraised": "Thẩm định"}
    words = Texts("en").of(plan)
    assert [words.milestone_name(name) for name in ("paid", "meeting", "unknown")] == [
        "Paid",
        "Meeting",
        "unknown",
    ]
    problem = Problem("7/12", "refused.waived_twice", {"household": "H1", "milestone": "meeting"})
    assert '"Meeting" is waived' in words.problem(problem)


@pytest.mark.parametrize(
    ("tables", "source", "message"),
    [
        ([MEETING.replace("meeting", "paid", 1)], "milestones[paid]", "problem.plan_milestone_twice"),
        ([MEETING, MEETING], "milestones[meeting]", "problem.plan_milestone_twice"),
        (
            [MEETING.replace("notified", "notify")],
            "milestones[meeting].after",
            "problem.plan_milestone_after",
        ),
        (
            [MEETING.replace("notified", "meeting")],
            "milestones[meeting].after",
            "problem.plan_milestone_cycle",
        ),
        ([MEETING.replace('"meeting"', '"Họp"')], "milestones[Họp].id", "problem.plan_milestone_id"),
        ([MEETING.replace('after = "notified"', "")], "milestones[meeting].after", "problem.plan_missing"),
        ([MEETING + "\nblocks = true"], "milestones[meeting].blocks", "problem.plan_unknown_key"),
    ],
)
def test_milestones__what_is_wrong_is_said(tables: list[str], source: str, message: str) -> None:
    assert refused(with_milestones(*tables)) == [(f"project.toml, {source}", message)]


def test_milestones__a_circle_of_two_is_told_at_both() -> None:
    one = 'id = "one"\nname = "Một"\nafter = "two"'
    two = 'id = "two"\nname = "Hai"\nafter = "one"'
    assert refused(with_milestones(one, two)) == [
        ("project.toml, milestones[one].after", "problem.plan_milestone_cycle"),
        ("project.toml, milestones[two].after", "problem.plan_milestone_cycle"),
    ]


def test_empty_plan_text__the_optional_milestones_are_an_example_and_part_of_the_sample() -> None:
    example = empty_plan_text().replace("# [[milestones]]", "[[milestones]]")
    for key in ("id", "name", "name_en", "after"):
        example = example.replace(f"# {key} = ", f"{key} = ")
    sample = parse_plan(empty_plan_text(synthetic=True), "project.toml")
    assert parse_plan(example, "project.toml").milestones == sample.milestones
    assert [step.id for step in sample.milestones if step.optional] == ["meeting", "origin_confirmed"]


TARGETS = '\n[[targets]]\nyear = 2026\narea_ha = 60\nsource = "nguồn"\n'


def test_parse_plan__targets_by_year() -> None:
    plan = parse_plan(empty_plan_text() + TARGETS, "project.toml")
    target = plan.target(2026)
    assert target is not None
    assert (target.area_ha, target.source) == (60, "nguồn")
    assert plan.target(2027) is None
    assert parse_plan(empty_plan_text(), "project.toml").targets == ()
    assert [one.year for one in parse_plan(empty_plan_text(synthetic=True), "project.toml").targets] == [
        2026,
        2027,
    ]


def test_parse_plan__a_target_stands_once_and_within_the_plan() -> None:
    text = (
        empty_plan_text() + TARGETS + TARGETS + TARGETS.replace("2026", "2031") + TARGETS.replace("60", "0")
    )
    with pytest.raises(DataError) as caught:
        parse_plan(text, "project.toml")
    assert [(one.source, one.message) for one in caught.value.problems] == [
        ("project.toml, targets[4].area_ha", "problem.plan_not_positive")
    ]
    with pytest.raises(DataError) as caught:
        parse_plan(text.replace("area_ha = 0\n", "area_ha = 1\n"), "project.toml")
    assert [(one.source, one.message) for one in caught.value.problems] == [
        ("project.toml, targets[2026].year", "problem.plan_twice"),
        ("project.toml, targets[2031].year", "problem.plan_target_year"),
        ("project.toml, targets[2026].year", "problem.plan_twice"),
    ]
