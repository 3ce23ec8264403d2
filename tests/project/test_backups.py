"""Backups while people work, damaged ones refused, and the way back."""

import shutil
import sqlite3
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from landworld import NOW, ON, stamp

from gis.errors import (
    BackupFolderError,
    BackupUnfitError,
    PassphraseNeededError,
    RestoreTargetError,
    WrongPassphraseError,
)
from gis.ledger.marks import Mark
from gis.project import Project
from gis.project.attachments import attach
from gis.project.backups import back_up, is_due, last_backup
from gis.store.backup_key import make_key
from gis.store.backups import backups_in
from gis.store.restoring import restore

SECRET = "mật khẩu dài của xã"
PDF = b"%PDF-1.7\n" + b"x" * 5000


def handed(project, parcel, request, **more):
    return project.mark(Mark((parcel,), "handed_over", ON, "BB-1", all_holdings=True, **more), stamp(request))


@pytest.fixture
def full(project, tmp_path):
    """The small project with a scan of minutes."""
    scan = tmp_path / "bien ban.pdf"
    scan.write_bytes(PDF)
    attachments = attach(project, [scan], stamp("s"))
    handed(project, "P000001", "a", attachments=attachments)
    return project


@pytest.fixture
def made(full, tmp_path):
    return back_up(full, tmp_path / "sao-luu", NOW)


def same(first, second):
    assert second.entries() == first.entries()
    assert second.snapshot(ON).cleared_ha == first.snapshot(ON).cleared_ha
    names = [h for entry in first.entries() if (h := getattr(entry.fact, "household", None))]
    assert second.households(names) == first.households(names)
    assert second.verify()[0] == []


def test_restore__everything_is_there_again(full, made, tmp_path):
    done = restore(made.path, tmp_path / "moi", NOW)
    assert (done.manifest.head, done.before) == (full.refresh(), None)
    back = Project.open(tmp_path / "moi")
    same(full, back)
    handed(back, "P000002", "b")
    back.close()


def test_restore__an_encrypted_one_needs_its_passphrase_and_shows_no_name(full, tmp_path):
    folder = tmp_path / "sao-luu"
    folder.mkdir()
    make_key(folder, SECRET)
    made = back_up(full, folder, NOW)  # without the passphrase: the folder's public key is enough
    assert made.encrypted
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert "Mẫu".encode() not in content
            assert b"%PDF" not in content
            assert b"ledger.db" not in content
    with pytest.raises(PassphraseNeededError):
        restore(made.path, tmp_path / "moi", NOW)
    with pytest.raises(WrongPassphraseError):
        restore(made.path, tmp_path / "moi", NOW, "another passphrase")
    assert not (tmp_path / "moi").exists()
    restore(made.path, tmp_path / "moi", NOW, SECRET)
    back = Project.open(tmp_path / "moi")
    same(full, back)
    back.close()


def test_make_key__refuses_a_short_passphrase_and_a_second_key(tmp_path):
    with pytest.raises(WrongPassphraseError):
        make_key(tmp_path, "ngắn")
    make_key(tmp_path, SECRET)
    with pytest.raises(BackupFolderError):
        make_key(tmp_path, SECRET)


def flip(path, at=-200):
    content = bytearray(path.read_bytes())
    content[at] ^= 0xFF
    path.write_bytes(bytes(content))


def blob(folder, kind):
    return next(p for p in (folder / "files").rglob("*") if p.is_file() and p.read_bytes().startswith(kind))


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: flip(path, 400),
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        lambda path: path.write_bytes(b""),
        lambda path: flip(blob(path.parent, b"%PDF")),
        lambda path: blob(path.parent, b"PAR1").unlink(),
    ],
    ids=["a byte", "cut short", "empty", "a scan altered", "boundaries gone"],
)
def test_restore__a_damaged_one_is_refused_before_anything_is_touched(made, tmp_path, damage):
    damage(made.path)
    with pytest.raises(BackupUnfitError):
        restore(made.path, tmp_path / "moi", NOW)
    assert not (tmp_path / "moi").exists()
    assert not list(tmp_path.glob(".restore-*"))


def test_restore__a_ledger_changed_inside_the_zip_is_refused(made, tmp_path):
    inside = tmp_path / "inside"
    with zipfile.ZipFile(made.path) as file:
        file.extractall(inside)
    with closing(sqlite3.connect(inside / "ledger.db")) as connection, connection:
        connection.execute("DROP TRIGGER entry_no_update")
        connection.execute("UPDATE entry SET body = replace(body, 'BB-1', 'BB-2')")
    with zipfile.ZipFile(made.path, "w") as file:
        for path in inside.iterdir():
            file.write(path, path.name)
    with pytest.raises(BackupUnfitError):
        restore(made.path, tmp_path / "moi", NOW)


def test_restore__replaces_a_ledger_under_a_running_app_and_loses_nothing(full, made):
    """The app stays open: what it shows, and where it writes next, is the restored ledger."""
    handed(full, "P000002", "late")
    assert full.snapshot(ON).cleared_ha == pytest.approx(2)
    done = restore(made.path, full.folder, NOW, replace=True)
    assert full.snapshot(ON).cleared_ha == pytest.approx(1)
    written = handed(full, "P000002", "again")
    fresh = Project.open(full.folder)
    assert written.seqs[0] in [entry.seq for entry in fresh.entries()]
    assert fresh.verify()[0] == []
    fresh.close()
    with closing(sqlite3.connect(done.before / "ledger.db")) as connection:
        (count,) = connection.execute("SELECT COUNT(*) FROM entry WHERE request_id = 'late'").fetchone()
    assert count > 0


@pytest.mark.parametrize("lost", [False, True])
def test_restore__in_the_place_of_a_ledger_that_is_damaged_or_gone(full, made, lost):
    path = full.folder / "ledger.db"
    full.close()
    if lost:
        path.unlink()
    else:
        path.write_bytes(b"\0" * 4096 + path.read_bytes()[4096:])
    restore(made.path, full.folder, NOW, replace=True)
    back = Project.open(full.folder)
    assert (back.refresh(), back.verify()[0]) == (made.head, [])
    back.close()


def test_restore__refuses_a_folder_with_something_in_it(made, tmp_path):
    (tmp_path / "moi").mkdir()
    (tmp_path / "moi" / "thư.txt").write_text("x", "utf-8")
    with pytest.raises(RestoreTargetError):
        restore(made.path, tmp_path / "moi", NOW)
    with pytest.raises(RestoreTargetError):
        restore(made.path, tmp_path / "moi", NOW, replace=True)  # no project is there
    assert [path.name for path in (tmp_path / "moi").iterdir()] == ["thư.txt"]


def test_back_up__the_last_one_is_known_and_a_day_later_it_is_due(full, made):
    last = last_backup(full)
    assert (last.at, last.seq, last.encrypted) == (NOW, made.head.seq, False)
    assert not is_due(full, NOW + timedelta(hours=23))
    assert is_due(full, NOW + timedelta(hours=24))


def test_back_up__files_that_never_change_are_kept_once(full, made):
    folder = made.path.parent
    before = {path: path.stat().st_mtime_ns for path in (folder / "files").rglob("*") if path.is_file()}
    again = back_up(full, folder, NOW + timedelta(days=1))
    assert {p: p.stat().st_mtime_ns for p in (folder / "files").rglob("*") if p.is_file()} == before
    assert backups_in(folder) == [again.path, made.path]


def test_back_up__a_scan_that_is_gone_is_told_and_the_rest_is_kept(full, tmp_path):
    shutil.rmtree(full.folder / "attachments")
    made = back_up(full, tmp_path / "sao-luu", datetime.now(UTC))
    assert [problem.message for problem in made.problems] == ["problem.backup_without_file"]
    assert made.path.exists()


def test_back_up__not_into_the_project_itself(full):
    with pytest.raises(BackupFolderError):
        back_up(full, full.folder / "sao-luu", NOW)


def test_restore__from_a_file_into_postgresql_and_back(full, made, postgres, tmp_path):
    """A backup is of no particular database: the same ledger, whichever keeps it."""
    restore(made.path, tmp_path / "may-chu", NOW, url=postgres.url)
    server = Project.open(tmp_path / "may-chu", postgres.url)
    same(full, server)
    assert not (tmp_path / "may-chu" / "ledger.db").exists()
    handed(server, "P000002", "b")
    again = back_up(server, tmp_path / "sao-luu-2", NOW)
    assert again.head == server.refresh()
    restore(again.path, tmp_path / "may-le", NOW)
    alone = Project.open(tmp_path / "may-le")
    same(server, alone)
    alone.close()
    server.close()


def test_restore__not_into_a_database_with_entries(full, made, postgres, tmp_path):
    restore(made.path, tmp_path / "a", NOW, url=postgres.url)
    with pytest.raises(RestoreTargetError):
        restore(made.path, tmp_path / "b", NOW, url=postgres.url)
    assert not (tmp_path / "b").exists()
