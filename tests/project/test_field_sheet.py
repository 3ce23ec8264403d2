"""Sheets through real workbooks: out, filled as people and programs fill them, and back against the ledger."""

import shutil
import sys
from datetime import date
from pathlib import Path

import pytest
from fieldworld import FIRST_ROW, ID_ROW, IDENTITY_ROW, SHEET, cells_of, filled, sheet_of, workbook_of

from gis.errors import ImportRefusedError, RefusedError
from gis.ledger.accounts import accounts
from gis.ledger.entry import Draft
from gis.ledger.facts import Milestone, ObstacleClosed, ObstacleOpened, Opening, Visit, Void
from gis.ledger.marks import Mark
from gis.ledger.obstacles import CloseObstacle, OpenObstacle
from gis.ledger.visits import visits_of
from gis.ledger.voids import Cancel
from gis.project import Project
from gis.project.field_sheet import (
    MOST_HOUSEHOLDS,
    Decisions,
    apply_sheet,
    look,
    preview_sheet,
    printed,
    read_sheet,
    written_before,
)
from gis.project.field_sheet_undo import counting_of, undoing_sheet
from gis.texts import LANGUAGES, Texts

sys.path.insert(0, str(Path(__file__).parent))
from peopleworld import NOW, ON, commune, stamp

SHARED = "P000002"  # of H1 and H2 by halves
NOBODY = Decisions()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """H1 holds 7/1 and half of 7/2, H2 the other half; 7/2 is stuck as a whole."""
    folder = tmp_path_factory.mktemp("made") / "xa"
    opened = commune(folder)
    opened.do(OpenObstacle(SHARED, None, "papers", date(2026, 2, 1)), stamp("papers"))
    opened.close()
    return folder


@pytest.fixture
def project(made, tmp_path):
    opened = Project.open(shutil.copytree(made, tmp_path / "xa"))
    yield opened
    opened.close()


def came_back(project, content, tmp_path, name="phieu.xlsx"):
    path = tmp_path / name
    path.write_bytes(content)
    return read_sheet(project, path)


def refusals(project, content, tmp_path):
    """Where and why a file is refused, each told in both languages."""
    with pytest.raises(ImportRefusedError) as refused:
        came_back(project, content, tmp_path)
    for language in LANGUAGES:
        assert all(Texts(language).problem(problem) for problem in refused.value.problems)
        assert "phieu.xlsx" in Texts(language).error(refused.value)
    return [(problem.source, problem.message) for problem in refused.value.problems]


def applied(project, content, tmp_path, decided=NOBODY):
    found = look(project, came_back(project, content, tmp_path), ON)
    return apply_sheet(project, found, decided, "lan", NOW)


FILLED = {
    (1, "visit_on"): date(2026, 3, 9),
    (1, "visit_outcome"): "Đồng ý",
    (1, "visit_note"): "hẹn tuần sau",
    (1, "inventoried.on"): date(2026, 3, 9),
    (1, "inventoried.document"): "BBKĐ 7",
    (2, "closed"): "Nguồn gốc đất, giấy tờ",
    (3, "opened"): "Mồ mả",
    (3, "obstacle_on"): date(2026, 3, 8),
}


def test_sheet__comes_back_as_it_went_and_says_nothing(project, tmp_path):
    content = sheet_of(project, ON, ["H1", "H2"])
    for bytes_ in (content, workbook_of(cells_of(content))):
        found = look(project, came_back(project, bytes_, tmp_path), ON)
        assert {one.fate for one in found.compared} == {"same"}
        assert found.problems == ()


@pytest.mark.parametrize("document", ["BB  7", "BB\t7", "BB\n7", "BB\u00a07", "Quyết định " + "7" * 80])
def test_sheet__a_document_that_no_cell_can_hold_as_it_is_comes_back_as_printed(project, tmp_path, document):
    project.do(Mark(("P000001",), "inventoried", date(2026, 3, 5), document, "H1"), stamp("as-typed"))
    content = sheet_of(project, ON, ["H1", "H2"])
    found = look(project, came_back(project, workbook_of(cells_of(content)), tmp_path), ON)
    assert {one.fate for one in found.compared} == {"same"}
    assert found.problems == ()


def test_sheet__filled_is_written_in_one_transaction_by_the_usual_entries(project, tmp_path):
    content = filled(sheet_of(project, ON, ["H1", "H2"]), FILLED)
    receipt = applied(project, content, tmp_path)
    entries = project.entries()[-4:]
    assert receipt.seqs == tuple(entry.seq for entry in entries)
    assert len({entry.request_id for entry in entries}) == 1
    assert {entry.by for entry in entries} == {"lan"}
    talk, marked, opened, closed = sorted(
        entries,
        key=lambda one: ["visit", "milestone", "obstacle_opened", "obstacle_closed"].index(one.fact.kind),
    )
    assert (talk.on, talk.fact.household, talk.fact.outcome) == (date(2026, 3, 9), "H1", "agreed")
    assert isinstance(talk.fact, Visit)
    assert project.reason(talk) == "hẹn tuần sau"
    assert marked.fact == Milestone("P000001", "H1", "inventoried", "BBKĐ 7")
    assert (opened.on, opened.fact) == (date(2026, 3, 8), ObstacleOpened(SHARED, "H2", "graves"))
    assert isinstance(closed.fact, ObstacleClosed)
    assert closed.on == date(2026, 3, 9)  # the day of the talk with the household


def test_sheet__the_same_file_twice_changes_nothing_also_after_a_restart(project, tmp_path):
    content = filled(sheet_of(project, ON, ["H1", "H2"]), FILLED)
    applied(project, content, tmp_path)
    before = project.refresh()
    found = look(project, came_back(project, content, tmp_path), ON)
    assert found.of("field") == found.of("conflict") == ()
    project.close()
    again = Project.open(project.folder)
    receipt = applied(again, content, tmp_path)
    assert receipt.repeated
    assert again.refresh() == before
    again.close()


def test_sheet__the_same_file_writes_nothing_even_after_its_entries_were_undone(project, tmp_path):
    """Somebody took them back for a reason: the file that is found again must not bring them back."""
    content = filled(sheet_of(project, ON, ["H1", "H2"]), FILLED)
    seqs = applied(project, content, tmp_path).seqs
    project.do(Cancel(seqs, "sai phiếu"), stamp("undo"))
    returned = came_back(project, content, tmp_path)
    assert tuple(written_before(project, returned, NOBODY)) == seqs
    before = project.refresh()
    assert applied(project, content, tmp_path).repeated
    assert project.refresh() == before


def test_sheet__filled_further_writes_only_what_is_new(project, tmp_path):
    sheet = sheet_of(project, ON, ["H1", "H2"])
    applied(project, filled(sheet, FILLED), tmp_path)
    more = FILLED | {(2, "inventoried.on"): date(2026, 3, 10), (2, "inventoried.document"): "BBKĐ 8"}
    receipt = applied(project, filled(sheet, more), tmp_path)
    assert [entry.fact for entry in project.entries()[-len(receipt.seqs) :]] == [
        Milestone(SHARED, "H1", "inventoried", "BBKĐ 8")
    ]


def test_sheet__what_was_cancelled_of_it_comes_back_only_if_asked_when_it_is_filled_further(
    project, tmp_path
):
    """Each of the four kinds of entry that the sheet wrote, taken back by somebody for a reason."""
    sheet = sheet_of(project, ON, ["H1", "H2"])
    seqs = applied(project, filled(sheet, FILLED), tmp_path).seqs
    project.do(Cancel(seqs, "nhầm phiếu"), stamp("undo"))
    more = FILLED | {(2, "inventoried.on"): date(2026, 3, 10), (2, "inventoried.document"): "BBKĐ 8"}
    found = look(project, came_back(project, filled(sheet, more), tmp_path), ON)
    assert {one.slot.kind for one in found.of("conflict")} == {"visit", "milestone", "opened", "closed"}
    assert [one.slot.name for one in found.of("field")] == ["inventoried"]
    receipt = apply_sheet(project, found, NOBODY, "lan", NOW)
    assert [entry.fact for entry in project.entries()[-len(receipt.seqs) :]] == [
        Milestone(SHARED, "H1", "inventoried", "BBKĐ 8")
    ]
    again = look(project, came_back(project, filled(sheet, more), tmp_path), ON)
    taken = Decisions(taken=frozenset(one.slot for one in again.of("conflict")))
    assert len(apply_sheet(project, again, taken, "lan", NOW).seqs) == 4


def test_undo__all_that_a_sheet_wrote_by_any_of_its_files_is_taken_back_at_once(project, tmp_path):
    sheet = sheet_of(project, ON, ["H1", "H2"])
    before = project.snapshot(ON)
    standing = {parcel: before.state.by_parcel[parcel] for parcel in ("P000001", SHARED)}
    applied(project, filled(sheet, FILLED), tmp_path)
    applied(project, filled(sheet, FILLED | {(2, "inventoried.on"): date(2026, 3, 10)}), tmp_path)
    assert len(counting_of(project, SHEET, ON)) == 5
    receipt = project.do(undoing_sheet(project, SHEET, "nhầm phiếu"), stamp("undo"))
    assert project.do(undoing_sheet(project, SHEET, "nhầm phiếu"), stamp("undo")).repeated
    assert len(receipt.seqs) == 5
    assert {project.reason(entry) for entry in project.entries()[-5:]} == {"nhầm phiếu"}
    assert counting_of(project, SHEET, ON) == ()
    now = project.snapshot(ON).state
    for parcel, found in standing.items():
        assert now.by_parcel[parcel].obstacles == found.obstacles
        assert [h.milestones for h in now.of_parcel(parcel)] == [h.milestones for h in found.holdings]
    assert visits_of(now, ["H1"]) == {}
    with pytest.raises(RefusedError) as refused:
        project.do(undoing_sheet(project, SHEET, "nhầm phiếu"), stamp("again"))
    assert [one.message for one in refused.value.problems] == ["refused.nothing_to_undo"]
    assert project.verify()[0] == []


def test_undo__what_the_sheet_had_corrected_stands_again_and_stays_when_the_file_comes_back(
    project, tmp_path
):
    """Marked on 5 March, corrected by the sheet to the 9th and by a later file of it to the 8th."""
    mark = Mark(("P000001",), "inventoried", date(2026, 3, 5), "BBKĐ 3", "H1")
    project.do(mark, stamp("first", "minh"))
    sheet = sheet_of(project, ON, ["H1", "H2"])
    for day in (9, 8):
        content = filled(sheet, {(1, "inventoried.on"): date(2026, 3, day)})
        found = look(project, came_back(project, content, tmp_path), ON)
        taken = frozenset(one.slot for one in found.of("conflict"))
        apply_sheet(project, found, Decisions(taken, reason="theo biên bản"), "lan", NOW)
    receipt = project.do(undoing_sheet(project, SHEET, "nhầm phiếu"), stamp("undo"))
    assert [entry.fact.kind for entry in project.entries()[-len(receipt.seqs) :]] == ["void", "milestone"]
    reached = project.snapshot(ON).state.of_parcel("P000001")[0].milestones["inventoried"]
    assert (reached.on, reached.document) == (date(2026, 3, 5), "BBKĐ 3")
    found = look(project, came_back(project, content, tmp_path), ON)
    assert [(one.slot.name, one.fate) for one in found.compared if one.fate != "same"] == [
        ("inventoried", "conflict")
    ]


def test_undo__what_somebody_corrected_since_stays_and_is_told(project, tmp_path):
    mark = Mark(("P000001",), "inventoried", date(2026, 3, 5), "BBKĐ 3", "H1")
    project.do(mark, stamp("first", "minh"))
    sheet = sheet_of(project, ON, ["H1", "H2"])
    cells = {(1, "inventoried.on"): date(2026, 3, 9), (2, "inventoried.on"): date(2026, 3, 9)}
    seqs = applied(project, filled(sheet, cells), tmp_path, Decisions(reason="theo biên bản")).seqs
    corrected = next(e.seq for e in project.entries() if e.seq in seqs and e.fact.kind == "milestone")
    project.correct(corrected, date(2026, 3, 7), "BBKĐ 4", "ghi nhầm", stamp("since", "minh"))
    receipt = project.do(undoing_sheet(project, SHEET, "nhầm phiếu"), stamp("undo"))
    assert [one.message for one in receipt.warnings] == ["warning.undo_corrected_since"]
    mine, shared, _ = (
        one.milestones.get("inventoried")
        for parcel in ("P000001", SHARED)
        for one in project.snapshot(ON).state.of_parcel(parcel)
    )
    assert (mine.on, mine.document, shared) == (date(2026, 3, 7), "BBKĐ 4", None)


def test_undo__refused_whole_where_somebody_built_on_it(project, tmp_path):
    """Somebody closed the obstacle that the sheet opened."""
    applied(project, filled(sheet_of(project, ON, ["H1", "H2"]), FILLED), tmp_path)
    opened = next(
        e for e in project.entries() if e.fact.kind == "obstacle_opened" and e.fact.household == "H2"
    )
    project.do(CloseObstacle(opened.seq, ON), stamp("closed", "minh"))
    head = project.refresh()
    with pytest.raises(RefusedError) as refused:
        project.do(undoing_sheet(project, SHEET, "nhầm phiếu"), stamp("undo"))
    assert [one.message for one in refused.value.problems] == ["refused.void_carries"]
    assert project.refresh() == head


def test_sheet__days_as_text_and_numbers_for_documents_are_read(project, tmp_path):
    typed = {
        (1, "visit_on"): "9/3/2026",
        (1, "visit_outcome"): "ĐỒNG  Y",
        (1, "inventoried.on"): "09-03-2026",
        (1, "inventoried.document"): 12,
        (3, "opened"): "Graves",
        (3, "obstacle_on"): "2026-03-08",
    }
    applied(project, filled(sheet_of(project, ON, ["H1", "H2"]), typed), tmp_path)
    told = {(entry.on, entry.fact.kind) for entry in project.entries()[-3:]}
    assert told == {
        (date(2026, 3, 9), "visit"),
        (date(2026, 3, 9), "milestone"),
        (date(2026, 3, 8), "obstacle_opened"),
    }
    assert project.entries()[-2].fact.document == "12" or project.entries()[-3].fact.document == "12"


@pytest.mark.parametrize("language", LANGUAGES)
def test_sheet__sorted_and_with_columns_moved_it_reads_the_same(project, tmp_path, language):
    rows = cells_of(filled(sheet_of(project, ON, ["H1", "H2"], language=language), FILLED))
    head, body = rows[:FIRST_ROW], rows[FIRST_ROW:]
    turned = [*head, *reversed(body)]
    moved = [[row[-1], *row[:-1]] if at > IDENTITY_ROW else row for at, row in enumerate(turned)]
    usual = came_back(project, workbook_of(rows), tmp_path)
    assert came_back(project, workbook_of(moved), tmp_path).slots == usual.slots


def test_sheet__a_conflict_keeps_the_ledger_until_it_is_decided(project, tmp_path):
    sheet = sheet_of(project, ON, ["H1", "H2"])
    mark = Mark(("P000001",), "inventoried", date(2026, 3, 5), "BBKĐ 3", "H1")
    seq = project.do(mark, stamp("rival", "minh")).seqs[0]
    content = filled(sheet, {(1, "inventoried.on"): date(2026, 3, 9), (1, "inventoried.document"): "BBKĐ 7"})
    found = look(project, came_back(project, content, tmp_path), ON)
    (one,) = found.of("conflict")
    assert (one.now.entry.seq, one.now.entry.by) == (seq, "minh")
    assert preview_sheet(project, found, NOBODY, ON) == ()
    decided = Decisions(taken=frozenset({one.slot}), reason="theo biên bản gốc")
    apply_sheet(project, found, decided, "lan", NOW)
    void, marked = project.entries()[-2:]
    assert void.fact.target == seq
    assert isinstance(void.fact, Void)
    assert project.reason(void) == "theo biên bản gốc"
    assert (marked.on, marked.fact.document) == (date(2026, 3, 9), "BBKĐ 7")


def test_sheet__what_others_wrote_between_look_and_button_is_refused_whole(project, tmp_path):
    content = filled(sheet_of(project, ON, ["H1", "H2"]), FILLED)
    found = look(project, came_back(project, content, tmp_path), ON)
    slot = found.of("field")[0].slot
    project.do(Mark(("P000001",), "inventoried", date(2026, 3, 5), "BBKĐ 3", "H1"), stamp("rival", "minh"))
    before = project.refresh()
    taken = frozenset(one.slot for one in found.compared if one.slot.kind == "milestone")
    with pytest.raises(RefusedError):
        apply_sheet(project, found, Decisions(taken=taken, reason="x"), "lan", NOW)
    assert project.refresh() == before
    assert slot.row.number >= 1


def test_sheet__an_opening_that_is_corrected_keeps_its_money(project, tmp_path):
    """An office's list told of 5 million approved by "QĐ 1": the number was another, the money is the same."""
    told = Opening("P000001", "H1", "plan_approved", "QĐ 1", 5_000_000, False, "0" * 64, 3)
    project.write(stamp("list"), lambda *_: [Draft(date(2026, 3, 5), told)], lambda _: True)
    sheet = sheet_of(project, ON, ["H1", "H2"], ("plan_approved",))
    applied(
        project, filled(sheet, {(1, "plan_approved.document"): "QĐ 2"}), tmp_path, Decisions(reason="số sai")
    )
    assert accounts(project.snapshot(ON).state)["H1"].approved == 5_000_000
    assert project.entries()[-1].fact == Milestone("P000001", "H1", "plan_approved", "QĐ 2", 5_000_000)


def edited(project, change):
    rows = cells_of(filled(sheet_of(project, ON, ["H1", "H2"]), FILLED))
    change(rows)
    return workbook_of(rows)


def test_sheet__a_row_that_is_gone_is_told_and_takes_nothing_back(project, tmp_path):
    returned = came_back(project, edited(project, lambda rows: rows.pop(FIRST_ROW + 2)), tmp_path)
    assert [(one.message, one.severity, one.facts["rows"]) for one in returned.problems] == [
        ("problem.field_rows_gone", "warning", "3")
    ]


def _add(rows):
    rows.append(["", "H9", "", "", date(2026, 3, 9), *[""] * (len(rows[ID_ROW]) - 5)])


def _alter_key(rows):
    rows[FIRST_ROW][-1] = rows[FIRST_ROW][-1].replace("H1", "H2")


def _twice(rows):
    rows.append(list(rows[FIRST_ROW]))


def _swap_households(rows):
    rows[FIRST_ROW][1], rows[FIRST_ROW + 2][1] = rows[FIRST_ROW + 2][1], rows[FIRST_ROW][1]


def _drop_column(rows):
    at = rows[ID_ROW].index("opened")
    for row in rows:
        del row[at]


def _copy_column(rows):
    """Somebody filled a copy of the column: which of both counts?"""
    for row in rows:
        row.append(row[rows[ID_ROW].index("opened")])


def _identity(rows):
    rows[IDENTITY_ROW][0] = rows[IDENTITY_ROW][0].replace("2026-03-10", "2026-03-09")


def _cell(column, value, number=1):
    def change(rows):
        rows[FIRST_ROW + number - 1][rows[ID_ROW].index(column)] = value

    return change


@pytest.mark.parametrize(
    ("change", "messages"),
    [
        (_add, ["problem.field_row_added"]),
        (_alter_key, ["problem.field_key", "problem.field_obstacle_day"]),
        (_twice, ["problem.field_row_twice"]),
        (_swap_households, ["problem.field_row_mixed"] * 2),
        (_drop_column, ["problem.field_columns_gone"]),
        (_copy_column, ["problem.field_columns_twice"]),
        (_identity, ["problem.field_identity"]),
        (lambda rows: rows.pop(IDENTITY_ROW), ["problem.field_none"]),
        (lambda rows: rows.pop(ID_ROW), ["problem.field_no_columns"]),
        (_cell("inventoried.on", "tháng 3/2026"), ["problem.field_no_day"]),
        (_cell("inventoried.on", 46090), ["problem.cell_serial_date"]),
        (_cell("inventoried.on", "12/31/2026"), ["problem.cell_not_date"]),
        (_cell("visit_outcome", "Chịu"), ["problem.field_unknown_word"]),
        (_cell("visit_on", ""), ["problem.field_talk_day", "problem.field_obstacle_day"]),
        (_cell("visit_outcome", ""), ["problem.field_talk_outcome"]),
        (_cell("visit_note", "chữ", 2), ["problem.field_talk_row"]),
        (_cell("opened", "", 3), ["problem.field_day_alone"]),
        (_cell("visit_note", "x" * 501), ["problem.field_too_long"]),
        (_cell("inventoried.document", "=A1/0"), ["problem.cell_formula"]),
    ],
)
def test_sheet__what_cannot_be_read_is_told_by_its_place(project, tmp_path, change, messages):
    found = refusals(project, edited(project, change), tmp_path)
    assert [message for _, message in found] == messages
    assert all(source.startswith("phieu.xlsx") for source, _ in found)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "problem.sheet_empty"),
        (b"\x00\x01junk", "problem.sheet_unknown_kind"),
        (b"PK\x03\x04broken", "problem.sheet_unreadable"),
        (workbook_of([["Danh sách"], ["a", "b"]]), "problem.field_none"),
    ],
)
def test_sheet__a_file_that_is_none_of_ours_is_one_sentence(project, tmp_path, content, message):
    assert [found for _, found in refusals(project, content, tmp_path)] == [message]


def test_sheet__filled_on_a_copy_of_its_page_is_refused_and_not_half_read(project, tmp_path):
    rows = cells_of(filled(sheet_of(project, ON, ["H1", "H2"]), FILLED))
    two = workbook_of(cells_of(sheet_of(project, ON, ["H1", "H2"])), rows)
    assert [found for _, found in refusals(project, two, tmp_path)] == ["problem.field_several"]


def test_sheet__of_another_ledger_is_refused(project, tmp_path):
    other = commune(tmp_path / "khac")
    other.do(OpenObstacle(SHARED, None, "price", date(2026, 2, 1)), stamp("price"))
    content = sheet_of(other, ON, ["H1", "H2"])
    other.close()
    assert [found for _, found in refusals(project, content, tmp_path)] == ["problem.field_other_chain"]


def test_printed__of_nobody_too_many_or_an_unknown_milestone_is_refused(project):
    now = (ON, project.refresh().seq)
    for households, milestones, message in (
        (["H404"], ["inventoried"], "refused.field_nobody"),
        ([f"H{n}" for n in range(MOST_HOUSEHOLDS + 1)], ["inventoried"], "refused.field_too_many"),
        (["H1"], ["no_such"], "refused.field_milestones"),
    ):
        with pytest.raises(RefusedError) as refused:
            printed(project, "7f3a09bc", now, households, milestones)
        assert [problem.message for problem in refused.value.problems] == [message]
        assert Texts("vi").error(refused.value)


def test_printed__is_the_same_for_ever(project):
    now = (ON, project.refresh().seq)
    before = printed(project, "7f3a09bc", now, ["H1", "H2"])
    project.do(Mark(("P000001",), "inventoried", date(2026, 3, 5), "BBKĐ 3", "H1"), stamp("later"))
    assert printed(project, "7f3a09bc", now, ["H1", "H2"]) == before
