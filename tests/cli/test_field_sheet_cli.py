"""`field-sheet out` and `in` from a terminal: written once, conflicts told and kept, nothing by a preview."""

import json
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from fieldworld import cells_of, filled

from gis.cli.common import today
from gis.cli.main import run
from gis.ledger.facts import Milestone
from gis.project import Project

sys.path.insert(0, str(Path(__file__).parents[1] / "project"))
from peopleworld import commune


@pytest.fixture
def folder(tmp_path):
    commune(tmp_path / "xa").close()
    return tmp_path / "xa"


def call(capsys, *given, code=0):
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        run([str(one) for one in given])
    assert (ended.value.code or 0) == code
    said = capsys.readouterr()
    return said.out, said.err


def facts_of(folder, count):
    opened = Project.open(folder)
    try:
        return [(entry.by, entry.fact) for entry in opened.entries()[-count:]]
    finally:
        opened.close()


def test_field_sheet__out_filled_in_and_a_second_time_nothing(folder, tmp_path, capsys):
    file, at = tmp_path / "phieu.xlsx", ("--project", folder)
    said, _ = call(capsys, "field-sheet", "out", file, "--hamlet", "15910/Thôn 1", *at)
    assert "3 dòng" in said
    assert "Nguyễn" not in str(cells_of(file.read_bytes()))
    day = {(1, "inventoried.on"): today(), (1, "inventoried.document"): "BBKĐ 1"}
    file.write_bytes(filled(file.read_bytes(), day))
    told = json.loads(call(capsys, "field-sheet", "in", file, "--by", "lan", "--preview", "--json", *at)[0])
    assert (told["field"], told["entries"], told["seqs"]) == (1, 1, [])
    told = json.loads(call(capsys, "field-sheet", "in", file, "--by", "lan", "--json", *at)[0])
    assert len(told["seqs"]) == 1
    again = json.loads(call(capsys, "field-sheet", "in", file, "--by", "lan", "--json", *at)[0])
    assert (again["field"], again["agreed"], again["seqs"]) == (0, 1, [])
    assert facts_of(folder, 1) == [("lan", Milestone("P000001", "H1", "inventoried", "BBKĐ 1"))]


def test_field_sheet__undo_takes_all_of_it_back(folder, tmp_path, capsys):
    file, at = tmp_path / "phieu.xlsx", ("--project", folder)
    made, _ = call(capsys, "field-sheet", "out", file, "--household", "H1", *at)
    sheet = re.search(r"\b[0-9A-F]{8}\b", made)[0]
    file.write_bytes(filled(file.read_bytes(), {(1, "inventoried.on"): today()}))
    (seq,) = json.loads(call(capsys, "field-sheet", "in", file, "--by", "lan", "--json", *at)[0])["seqs"]
    undo = ("field-sheet", "undo", sheet, "--by", "minh", "--reason", "nhầm hộ", *at)
    call(capsys, *undo)
    ((by, fact),) = facts_of(folder, 1)
    assert (by, fact.target) == ("minh", seq)
    assert "đã được hủy rồi" in call(capsys, *undo, code=1)[1]


def test_field_sheet__a_conflict_is_kept_unless_it_is_taken_with_a_reason(folder, tmp_path, capsys):
    file, at = tmp_path / "phieu.xlsx", ("--project", folder)
    call(capsys, "field-sheet", "out", file, "--household", "H1", "--milestone", "inventoried", *at)
    early = f"{today() - timedelta(days=3):%d/%m/%Y}"
    mark = (
        "mark",
        "--parcel",
        "P000001",
        "--milestone",
        "inventoried",
        "--on",
        early,
        "--document",
        "BBKĐ 9",
    )
    (seq,) = json.loads(call(capsys, *mark, "--by", "minh", "--json", *at)[0])["seqs"]
    day = {(1, "inventoried.on"): today(), (1, "inventoried.document"): "BBKĐ 1"}
    file.write_bytes(filled(file.read_bytes(), day))
    said, _ = call(capsys, "field-sheet", "in", file, "--by", "lan", *at)
    assert f"sổ đã có #{seq} của minh" in said
    assert facts_of(folder, 1) == [("minh", Milestone("P000001", "H1", "inventoried", "BBKĐ 9"))]
    _, why_not = call(capsys, "field-sheet", "in", file, "--by", "lan", "--conflicts", "take", *at, code=1)
    assert "lý do" in why_not.lower()
    take = ("--conflicts", "take", "--reason", "theo biên bản gốc")
    told = json.loads(call(capsys, "field-sheet", "in", file, "--by", "lan", *take, "--json", *at)[0])
    assert len(told["seqs"]) == 2
    assert facts_of(folder, 1) == [("lan", Milestone("P000001", "H1", "inventoried", "BBKĐ 1"))]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "--household, --hamlet, --officer"),
        (("--batch", "D9"), "D9"),
        (("--hamlet", "15910/Thôn 99"), "Thôn 99"),
        (("--household", "H404"), "không còn thửa nào"),
    ],
)
def test_field_sheet__out_of_nobody_is_one_sentence_and_no_file(folder, tmp_path, capsys, given, said):
    file = tmp_path / "phieu.xlsx"
    _, why_not = call(capsys, "field-sheet", "out", file, *given, "--project", folder, code=1)
    assert said in why_not
    assert not file.exists()


def test_field_sheet__a_place_that_cannot_be_written_is_one_sentence(folder, tmp_path, capsys):
    file = tmp_path / "không có" / "phieu.xlsx"
    _, why_not = call(capsys, "field-sheet", "out", file, "--household", "H1", "--project", folder, code=1)
    assert "phieu.xlsx" in why_not


def test_field_sheet__another_word_for_conflicts_is_refused(folder, tmp_path, capsys):
    words = (
        "field-sheet",
        "in",
        tmp_path / "x.xlsx",
        "--by",
        "lan",
        "--conflicts",
        "mine",
        "--project",
        folder,
    )
    assert "mine" in call(capsys, *words, code=1)[1]
