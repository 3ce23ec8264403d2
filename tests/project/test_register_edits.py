"""Edits, merges and officers: what changes, what stays, who is told, and that the chain does not notice."""

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import RefusedError
from gis.project import Project
from gis.project.holdings import import_holdings
from gis.project.people import Hamlet, aliases, find, hamlets, history, of_hamlet, people, person, persons
from gis.project.register_edits import edit, merge, set_officer, unmerge
from gis.store.register import Household
from gis.store.register_changes import seen_of
from gis.texts import Texts

sys.path.insert(0, str(Path(__file__).parent))
from peopleworld import NOW, ON, commune, rows, stamp

LATER = NOW + timedelta(days=1)


@pytest.fixture
def project(place, tmp_path_factory, monkeypatch):
    """Once on each database."""
    if place.url:
        monkeypatch.setenv("GPMB_DATABASE_URL", place.url)
    opened = commune(tmp_path_factory.mktemp("commune") / "xã")
    yield opened
    opened.close()


def reasons(refused):
    return [problem.message for problem in refused.value.problems]


def told(changes):
    return [(one.by, one.field, one.before, one.after) for one in changes]


def test_edit__keeps_who_when_before_and_after_and_leaves_the_chain(project):
    before = rows(project)
    changes = edit(project, "H4", {"name": " Trần  Đình Đức (vợ: Lan)", "hamlet": "Thôn 3"}, stamp("e"))
    assert told(changes) == [
        ("lan", "name", "Trần Đình Đức", "Trần Đình Đức (vợ: Lan)"),
        ("lan", "hamlet", "Thôn 2", "Thôn 3"),
    ]
    assert sorted(told(history(project, "H4"))) == sorted(told(changes))
    assert {one.at for one in changes} == {"2026-03-10T02:05:00.000000Z"}
    assert person(project, "H4").household.name == "Trần Đình Đức (vợ: Lan)"
    assert rows(project) == before


def test_edit__names_are_kept_composed(project):
    edit(project, "H4", {"name": "Hoa\u0300"}, stamp("e"))
    assert person(project, "H4").household.name == "Ho\u00e0"


def test_edit__sent_twice_changes_once(project):
    seen = seen_of(person(project, "H4").household)
    edit(project, "H4", {"name": "Trần Đức"}, stamp("e"), seen)
    assert edit(project, "H4", {"name": "Trần Đức"}, stamp("e"), seen) == []
    assert len(history(project, "H4")) == 1


def test_edit__somebody_changed_it_since_says_who_and_when(project):
    seen = seen_of(person(project, "H4").household)
    rival = Project.open(project.folder)
    edit(rival, "H4", {"hamlet": "Thôn 5"}, stamp("r", by="minh"))
    rival.close()
    with pytest.raises(RefusedError) as refused:
        edit(project, "H4", {"name": "Trần Đức"}, stamp("e", now=LATER), seen)
    assert reasons(refused) == ["refused.household_changed"]
    assert refused.value.problems[0].facts == {"by": "minh", "at": "10/03/2026 09:05"}
    assert "minh đã sửa hộ này lúc 10/03/2026 09:05" in Texts("vi").error(refused.value)
    assert person(project, "H4").household.name == "Trần Đình Đức"


def test_edit__every_reason_at_once_and_nothing_is_written(project):
    with pytest.raises(RefusedError) as refused:
        edit(project, "H4", {"name": " ", "kind": "family", "commune": "99999"}, stamp("e"))
    assert reasons(refused) == [
        "refused.household_name",
        "refused.household_kind",
        "refused.household_commune",
    ]
    with pytest.raises(RefusedError) as refused:
        edit(project, "H4", {"commune": ""}, stamp("e"))  # a hamlet of no commune
    assert reasons(refused) == ["refused.household_commune"]
    with pytest.raises(RefusedError) as refused:
        edit(project, "H9", {"name": "Ai"}, stamp("e"))
    assert reasons(refused) == ["refused.unknown_household"]
    with pytest.raises(RefusedError):
        edit(project, "H4", {"name": "Ai"}, stamp("e", by=" "))
    assert history(project, "H4") == []


def test_find__without_accents_by_code_name_and_hamlet(project):
    everybody = people(project)

    def ids(text="", **more):
        return [one.household_id for one in find(everybody, text, **more)]

    assert ids() == ["H5", "H1", "H2", "H4", "H3", "H6"]  # commune, hamlet as numbers, name; no hamlet last
    assert ids("hoa") == ids("Hòa") == ["H1", "H2"]
    assert ids("h3") == ["H3"]
    assert ids("tran duc") == ["H4"]
    assert ids("thôn 10") == ["H3"]
    assert ids("không có") == []
    assert ids(hamlet=Hamlet("15910", "Thôn 1")) == ["H1", "H2"]
    assert ids(hamlet=Hamlet("15895", "Thôn 1")) == ["H5"]  # the same name in another commune
    assert hamlets(everybody)[Hamlet("15910", "Thôn 1")] == 2


def test_merge__one_counts_both_stay_in_the_ledger_and_names_follow(project):
    before = rows(project)
    merged = merge(project, "H2", "H1", stamp("m"))
    assert (merged.duplicate, merged.into) == ("H2", "H1")
    assert [w.facts["parcel"] for w in merged.warnings] == ["P000002"]
    assert aliases(project) == {"H2": "H1"}
    assert [one.household_id for one in people(project)] == ["H5", "H1", "H4", "H3", "H6"]
    assert person(project, "H2").ids == ("H1", "H2")
    assert project.households(["H1", "H2"])["H2"].name == "Nguyễn Thị Hoà"
    assert find(people(project), "H2")[0].household_id == "H1"
    assert told(history(project, "H1")) == [
        ("lan", "merged_from", None, "H2"),
        ("lan", "merged_into", None, "H1"),
    ]
    assert rows(project) == before
    assert {h.household for h in project.snapshot(ON).state.of_parcel("P000002")} == {"H1", "H2"}


def test_merge__of_merged_ones_follows_to_their_roots_and_never_in_a_circle(project):
    merge(project, "H2", "H1", stamp("a"))
    assert merge(project, "H1", "H4", stamp("b")).into == "H4"
    assert aliases(project) == {"H1": "H4", "H2": "H4"}
    for pair in [("H4", "H2"), ("H2", "H1"), ("H3", "H3")]:
        with pytest.raises(RefusedError) as refused:
            merge(project, *pair, stamp("c"))
        assert reasons(refused) == ["refused.merge_same"]
    assert merge(project, "H2", "H3", stamp("d")).duplicate == "H4"  # what H2 had become
    assert set(aliases(project).values()) == {"H3"}


def test_merge__what_is_refused(project):
    with pytest.raises(RefusedError) as refused:
        merge(project, "H6", "H5", stamp("a"))
    assert reasons(refused) == ["refused.merge_kinds"]
    assert merge(project, "H6", "H5", stamp("a"), any_kind=True).warnings == ()
    with pytest.raises(RefusedError) as refused:
        merge(project, "H9", "H1", stamp("b"))
    assert reasons(refused) == ["refused.unknown_household"]
    seen = {"H3": seen_of(person(project, "H3").household)}
    edit(project, "H3", {"hamlet": "Thôn 4"}, stamp("c", by="minh"))
    with pytest.raises(RefusedError) as refused:
        merge(project, "H4", "H3", stamp("d"), seen=seen)
    assert reasons(refused) == ["refused.household_changed"]


def test_unmerge__both_count_again_and_the_story_is_kept(project):
    merge(project, "H2", "H1", stamp("a"))
    with pytest.raises(RefusedError) as refused:
        edit(project, "H2", {"name": "Ai"}, stamp("e"))
    assert reasons(refused) == ["refused.household_merged"]
    assert unmerge(project, "H2", stamp("b", now=LATER)) == "H1"
    assert aliases(project) == {}
    assert told(history(project, "H1"))[-1] == ("lan", "merged_from", "H2", None)
    assert [field for _, field, *_ in told(history(project, "H2"))] == ["merged_into", "merged_into"]
    with pytest.raises(RefusedError) as refused:
        unmerge(project, "H2", stamp("c"))
    assert reasons(refused) == ["refused.not_merged"]


def test_set_officer__of_a_hamlet_of_one_commune_and_of_nobody_else(project):
    ids = [one.household_id for one in of_hamlet(project, Hamlet.parse("15910/Thôn 1"))]
    assert ids == ["H1", "H2"]
    set_officer(project, ["H1"], "can-bo-2", stamp("a"))
    changes = set_officer(project, ids, "can-bo-1", stamp("b", now=LATER))
    assert [(c.household_id, c.before, c.after) for c in changes] == [
        ("H1", "can-bo-2", "can-bo-1"),
        ("H2", "", "can-bo-1"),
    ]
    assert set_officer(project, ids, "can-bo-1", stamp("b")) == []
    assert [one.household_id for one in find(people(project), officer="can-bo-1")] == ["H1", "H2"]
    assert [one.household_id for one in find(people(project), officer="")] == ["H5", "H4", "H3", "H6"]
    with pytest.raises(RefusedError) as refused:
        set_officer(project, ids, "Nguyễn Văn A", stamp("c"))
    assert reasons(refused) == ["refused.officer_account"]
    with pytest.raises(RefusedError) as refused:
        set_officer(project, ["H1", "H8", "H9"], "can-bo-3", stamp("d"))
    assert reasons(refused) == ["refused.unknown_household"] * 2
    with pytest.raises(RefusedError) as refused:
        of_hamlet(project, Hamlet.parse("15910/Thôn 9"))
    assert "15895/Thôn 1" in refused.value.problems[0].facts["known"]


def test_import__changes_names_with_history_and_keeps_officer_and_merges(project, tmp_path):
    set_officer(project, ["H3"], "can-bo-1", stamp("a"))
    merge(project, "H2", "H1", stamp("b"))
    (tmp_path / "lai.csv").write_text(
        "commune,sheet,number,household_id,part,from,name,kind,hamlet\n"
        "15910,7,3,H3,1,2025-07-01,Lê Văn Mẫn (con),household,Thôn 10\n"
        "15910,7,2,H2,1/2,2025-07-01,Nguyễn Thị Hòa,household,Thôn 2\n",
        "utf-8",
    )
    import_holdings(project, [tmp_path / "lai.csv"], stamp("i", by="minh", now=LATER))
    kept = person(project, "H3").household
    assert (kept.name, kept.officer) == ("Lê Văn Mẫn (con)", "can-bo-1")
    assert told(history(project, "H3"))[-1] == ("minh", "name", "Lê Văn Mẫn", "Lê Văn Mẫn (con)")
    assert aliases(project) == {"H2": "H1"}


def test_import__what_a_list_leaves_empty_stays(project, tmp_path):
    edit(project, "H3", {"commune": "15895"}, stamp("e"))  # lives elsewhere than its parcel lies
    (tmp_path / "ten.csv").write_text(
        "commune,sheet,number,household_id,part,from,name\n15910,7,3,H3,1,2025-07-01,Lê Mẫn\n", "utf-8"
    )
    import_holdings(project, [tmp_path / "ten.csv"], stamp("i"))
    kept = person(project, "H3").household
    assert (kept.name, kept.hamlet, kept.commune, kept.kind) == ("Lê Mẫn", "Thôn 10", "15895", "household")


def test_people__sees_what_another_program_changed(project):
    assert people(project) is people(project)
    rival = Project.open(project.folder)
    edit(rival, "H4", {"name": "Trần Đức"}, stamp("r", by="minh"))
    rival.close()
    assert [one.household.name for one in find(people(project), "H4")] == ["Trần Đức"]


CODES = st.sampled_from(["H1", "H2", "H3", "H4", "H5"])


@given(pairs=st.lists(st.tuples(CODES, CODES), max_size=8))
def test_persons__every_id_belongs_to_exactly_one_household_that_counts(pairs):
    """Whatever is merged into whatever, by roots: a forest, and nobody is lost or counted twice."""
    found = {
        code: Household(code, code, "household", "Thôn 1", "15910") for code in ("H1", "H2", "H3", "H4", "H5")
    }
    for left, right in pairs:
        roots = {one: next(p.household_id for p in persons(found) if one in p.ids) for one in (left, right)}
        if roots[left] != roots[right]:
            found[roots[left]] = replace(found[roots[left]], merged_into=roots[right])
    ids = [one for person_ in persons(found) for one in person_.ids]
    assert sorted(ids) == sorted(found)
