"""An office's old list, by file and row."""

import hashlib
from datetime import date

import pytest
from landworld import stamp

from gis.errors import ImportRefusedError
from gis.project.openings import import_openings

HEAD = "commune,sheet,number,household_id,milestone,on,document,amount_vnd\n"


def test_import__rows_become_entries_that_name_their_file(project, tmp_path):
    file = tmp_path / "cu.csv"
    file.write_text(
        HEAD + "15910,7,1,AN,notified,09/9/2024,TB 3,\n15910,7,1,AN,plan_approved,,,45000000\n", "utf-8"
    )
    done = import_openings(project, file, date(2025, 6, 30), stamp("o"))
    assert (done.count, len(done.seqs)) == (2, 2)
    first, second = project.entries()[-2:]
    assert (first.on, first.fact.row, first.fact.not_later_than) == (date(2024, 9, 9), 2, False)
    assert (second.on, second.fact.amount_vnd, second.fact.not_later_than) == (
        date(2025, 6, 30),
        45_000_000,
        True,
    )
    assert first.fact.file_sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert import_openings(project, file, date(2025, 6, 30), stamp("o2")).seqs == ()


def test_import__every_reason_by_line_and_nothing_written(project, tmp_path):
    file = tmp_path / "cu.csv"
    file.write_text(
        HEAD
        + "15910,7,99,AN,notified,2024-09-09,,\n15910,7,1,AN,notified,,,\n15910,7,1,AN,paid,2024-09-09,,1.5\n",
        "utf-8",
    )
    before = project.refresh()
    with pytest.raises(ImportRefusedError) as refused:
        import_openings(project, file, None, stamp("o"))
    assert [(p.source, p.message) for p in refused.value.problems] == [
        ("cu.csv, line 2", "problem.no_such_parcel"),
        ("cu.csv, line 3", "problem.opening_day_missing"),
        ("cu.csv, line 4", "problem.amount_unreadable"),
    ]
    assert project.refresh() == before
