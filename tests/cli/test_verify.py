"""`verify` and `export-ledger` as their users call them."""

import io
import json
import sqlite3
from contextlib import closing, redirect_stderr, redirect_stdout
from datetime import UTC, date, datetime

import pytest

from gis.cli.main import run
from gis.ledger.entry import Draft
from gis.ledger.facts import ObstacleOpened
from gis.project import Project, attachments
from gis.store.database import Stamp

STAMP = Stamp("lan", "r-scan", datetime(2026, 11, 20, tzinfo=UTC))


def call(*words, code=0):
    said, complained = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(complained), pytest.raises(SystemExit) as ended:
        run([str(word) for word in words])
    assert (ended.value.code or 0) == code, complained.getvalue()
    return said.getvalue(), complained.getvalue()


def spoil(folder, *statements):
    with closing(sqlite3.connect(folder / "ledger.db")) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_verify__the_first_bad_entry_comes_first(sample_copy):
    spoil(sample_copy, "UPDATE entry SET body = replace(body, 'holding', 'Holding') WHERE seq IN (57, 99)")
    said, complained = call("verify", "--project", sample_copy, code=1)
    assert said.splitlines()[0].startswith("Sai từ ghi nhận số 57: nội dung đã bị sửa")
    assert len(complained.splitlines()) == 2
    told = json.loads(call("verify", "--project", sample_copy, "--json", code=1)[0])
    assert (told["first_bad"]["seq"], told["first_bad"]["what"]) == (57, "body_changed")
    assert len(told["problems"]) == 2


def test_verify__a_cut_off_tail_against_several_printed_heads(sample_copy):
    with closing(Project.open(sample_copy)) as project:
        last, earlier = project.refresh(), project.ledger.hash_at(100)
    words = ("verify", "--project", sample_copy, "--head", f"100:{earlier}", "--head", last)
    assert json.loads(call(*words, "--json")[0])["first_bad"] is None
    spoil(sample_copy, f"DELETE FROM entry WHERE seq > {last.seq - 3}")
    assert json.loads(call("verify", "--project", sample_copy, "--json")[0])["ok"]
    first = json.loads(call(*words, "--json", code=1)[0])["first_bad"]
    assert (first["seq"], first["what"]) == (last.seq - 2, "truncated")


def test_verify__attachments_and_remarks(sample_copy):
    with closing(Project.open(sample_copy)) as project:
        paths = [sample_copy / "a.pdf", sample_copy / "b.pdf"]
        for path in paths:
            path.write_bytes(b"%PDF-1.7 " + path.name.encode())
        scans = attachments.attach(project, paths, STAMP)
        parcel = project.snapshot(date(2026, 11, 20)).units.index[0]
        draft = Draft(date(2026, 11, 20), ObstacleOpened(parcel, None, "price"), scans)
        with project.ledger.writing() as writer:
            seq = writer.append([(draft, STAMP)])[0].seq
        attachments.erase(project, scans[1].sha256, "theo đơn", STAMP)
    (sample_copy / "attachments" / "stray.txt").write_text("x")
    told = json.loads(call("verify", "--project", sample_copy, "--json")[0])
    assert (told["ok"], told["problems"], len(told["remarks"])) == (True, [], 2)
    assert "Cần xem" in call("verify", "--project", sample_copy)[0]
    (sample_copy / "attachments" / scans[0].sha256[:2] / scans[0].sha256).unlink()
    told = json.loads(call("verify", "--project", sample_copy, "--json", code=1)[0])
    assert (told["first_bad"]["seq"], told["first_bad"]["what"]) == (seq, "attachment_missing")


@pytest.mark.parametrize("name", ["so.jsonl", "so.csv"])
def test_export_ledger__a_line_an_entry_and_no_name(sample_folder, tmp_path, name):
    file = tmp_path / name
    said, _ = call("export-ledger", file, "--project", sample_folder)
    text = file.read_text("utf-8")
    with closing(Project.open(sample_folder)) as project:
        count = project.refresh().seq
    assert len(text.splitlines()) == count + (name == "so.csv")
    assert str(file) in said
    assert [path.name for path in tmp_path.iterdir()] == [name]
    lines = (sample_folder / "households" / "households.csv").read_text("utf-8").splitlines()
    names = {line.split(",")[1] for line in lines[1:] if ",household," in line}
    assert not [household for household in names if household in text]


def test_export_ledger__refuses_a_folder_that_is_not_there(sample_folder, tmp_path):
    complained = call("export-ledger", tmp_path / "gone" / "so.csv", "--project", sample_folder, code=1)[1]
    assert "so.csv" in complained
