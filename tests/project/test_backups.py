"""Backups while people work, damaged ones refused, and the way back."""

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from landworld import NOW, ON, make_project, stamp

from gis.errors import (
    BackupFolderError,
    BackupUnfitError,
    LedgerLostError,
    PassphraseNeededError,
    RestoreTargetError,
    WrongPassphraseError,
)
from gis.ledger.marks import Mark
from gis.project import Project, erasing
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


# A clerk, an administrator out of luck, an attacker


def test_is_due__a_clock_that_once_ran_ahead_does_not_stop_the_daily_backup(full, tmp_path):
    back_up(full, tmp_path / "sao-luu", NOW + timedelta(days=3650))
    assert is_due(full, NOW)
    back_up(full, tmp_path / "sao-luu", NOW)
    assert not is_due(full, NOW + timedelta(hours=23))
    assert is_due(full, NOW + timedelta(hours=24))


def test_last_backup__is_found_wherever_its_asker_stands(full, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    back_up(full, Path("sao-luu"), NOW)
    monkeypatch.chdir(full.folder)
    assert last_backup(full).folder == str(tmp_path / "sao-luu")


def test_back_up__two_projects_in_one_folder_in_one_second(full, tmp_path):
    (tmp_path / "b").mkdir()
    other = make_project(tmp_path / "b")
    handed(other, "P000001", "b")
    first, second = (back_up(one, tmp_path / "sao-luu", NOW) for one in (full, other))
    assert first.path != second.path
    for made, name in ((first, "1"), (second, "2")):
        assert restore(made.path, tmp_path / name, NOW).manifest.head == made.head
    other.close()


def test_restore__not_over_another_project(full, made, tmp_path):
    (tmp_path / "b").mkdir()
    other = make_project(tmp_path / "b")
    other.close()
    plan = other.folder / "project.toml"
    text = plan.read_text("utf-8")
    plan.write_text(re.sub(r'code = "[0-9]+"', 'code = "99999"', text, count=1), "utf-8")
    before = sorted(path.name for path in other.folder.iterdir())
    with pytest.raises(RestoreTargetError) as refused:
        restore(made.path, other.folder, NOW, replace=True)
    assert refused.value.facts["reason"] == "other"
    assert sorted(path.name for path in other.folder.iterdir()) == before


@pytest.mark.parametrize("encrypted", [False, True])
def test_back_up__a_file_that_was_damaged_in_the_folder_is_written_anew(full, tmp_path, encrypted):
    folder = tmp_path / "sao-luu"
    if encrypted:
        make_key(folder, SECRET)
    back_up(full, folder, NOW)
    for path in (folder / "files").rglob("*.*" if encrypted else "*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:300])
    again = back_up(full, folder, NOW + timedelta(days=1))
    restore(again.path, tmp_path / "moi", NOW, SECRET)


def changed_key(folder):
    make_key(folder.parent / "khac", "another secret phrase")
    shutil.copy(folder.parent / "khac" / "recipient.txt", folder)


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (changed_key, "key_other"),
        (lambda folder: (folder / "key.age").unlink(), "private_gone"),
        (lambda folder: (folder / "recipient.txt").unlink(), "key_gone"),
        (lambda folder: folder.rename(folder.parent / "unplugged"), "gone"),
    ],
)
def test_back_up__refuses_a_folder_whose_key_is_not_what_it_was(full, tmp_path, happens, reason):
    folder = tmp_path / "sao-luu"
    make_key(folder, SECRET)
    back_up(full, folder, NOW)
    happens(folder)
    with pytest.raises(BackupFolderError) as refused:
        back_up(full, folder, NOW + timedelta(days=1))
    assert refused.value.facts["reason"] == reason
    assert len(backups_in(folder)) == (0 if reason == "gone" else 1)


def test_back_up__after_a_change_of_keys_everything_opens_by_the_new_one(full, tmp_path):
    folder = tmp_path / "sao-luu"
    make_key(folder, SECRET)
    back_up(full, folder, NOW)
    for name in ("key.age", "recipient.txt"):
        (folder / name).unlink()
    (full.folder / "backup-keys.json").unlink()
    make_key(folder, "another secret phrase")
    again = back_up(full, folder, NOW + timedelta(days=1))
    restore(again.path, tmp_path / "moi", NOW, "another secret phrase")


def test_back_up__sweeps_what_a_killed_one_left_a_day_ago(full, tmp_path):
    folder = tmp_path / "sao-luu"
    left = [
        folder / ".part-a" / "ledger.db",
        full.folder / ".backup-b" / "ledger.db",
        folder / "files/ab/.part-c",
    ]
    for path in left:
        path.parent.mkdir(parents=True)
        path.write_bytes(b"names")
    late = datetime.now(UTC)
    back_up(full, folder, late)
    assert all(path.exists() for path in left)  # somebody may be at it
    back_up(full, folder, late + timedelta(days=2))
    assert not any(path.exists() for path in left)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root may mount a small disk")
@pytest.mark.parametrize("left_kb", [5, 40, 80, 120, 200, 300])
@pytest.mark.parametrize("encrypted", [False, True])
def test_back_up__a_full_disk_leaves_a_whole_backup_or_none(full, tmp_path, left_kb, encrypted):
    disk = tmp_path / "dia"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a small disk")
    try:
        if encrypted:
            make_key(disk, SECRET)
        (disk / "phim").write_bytes(b"x" * (600 - left_kb) * 1000)
        try:
            made = back_up(full, disk, NOW)
        except BackupFolderError:
            assert not [path for path in disk.rglob("*") if path.name.startswith(("gpmb", ".part"))]
        else:
            restore(made.path, tmp_path / "moi", NOW, SECRET)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def rezip(path, change):
    """A backup made anew by an attacker, its sums right."""
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    manifest = json.loads(parts["manifest.json"])
    change(parts, manifest)
    if "ledger.db" in parts:
        manifest["ledger_sha256"] = hashlib.sha256(parts["ledger.db"]).hexdigest()
    if parts["manifest.json"][:1] == b"{":
        parts["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)


def body_as_bytes(parts, _):
    connection = sqlite3.connect(":memory:")
    connection.deserialize(parts["ledger.db"])
    connection.execute("DROP TRIGGER entry_no_update")
    connection.execute("UPDATE entry SET body = CAST(body AS BLOB) WHERE seq = 3")
    connection.commit()
    parts["ledger.db"] = connection.serialize()
    connection.close()


def without_plan(parts, manifest):
    del parts["project.toml"]
    manifest["settings"] = {}


def a_plan_that_is_none(parts, manifest):
    parts["project.toml"] = b"x = 1"
    manifest["settings"]["project.toml"] = hashlib.sha256(b"x = 1").hexdigest()


EVIL = {
    "a path outside": lambda parts, _: parts.update({"../evil": b"x"}),
    "a setting outside": lambda parts, manifest: (
        parts.update({"../evil": b"x"}),
        manifest["settings"].update({"../evil": hashlib.sha256(b"x").hexdigest()}),
    ),
    "a file outside": lambda _, manifest: manifest.update(
        blobs=[{"sha256": ("../" * 22)[:64], "path": "boundaries/" + ("../" * 22)[:64] + ".parquet"}]
    ),
    "nested without end": lambda parts, _: parts.update({"manifest.json": b"[" * 200_000}),
    "no day": lambda _, manifest: manifest.update(made_at=5),
    "another project's": lambda _, manifest: manifest.update(project_id="99999"),
    "a body that is no text": body_as_bytes,
    "no plan": without_plan,
    "a plan that is none": a_plan_that_is_none,
    "no SQLite file": lambda parts, _: parts.update({"ledger.db": b"hello" * 1000}),
}


@pytest.mark.parametrize("what", EVIL)
def test_restore__a_backup_that_somebody_made_up_is_a_sentence(made, tmp_path, what):
    rezip(made.path, EVIL[what])
    with pytest.raises(BackupUnfitError):
        restore(made.path, tmp_path / "moi", NOW)
    assert not (tmp_path / "moi").exists()
    assert not list(tmp_path.rglob("evil"))
    assert not list(tmp_path.glob(".restore-*"))


def test_restore__a_zip_that_says_it_is_larger_than_the_disk(made, tmp_path, monkeypatch):
    """More than the disk holds is refused before a byte of it is unpacked; the disk's size is the only stand-in."""
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(BackupUnfitError, match="MB"):
        restore(made.path, tmp_path / "moi", NOW)


def test_restore__a_target_that_is_no_folder_is_a_sentence(made, tmp_path):
    (tmp_path / "tep").write_text("x", "utf-8")
    for target in (tmp_path / "tep", tmp_path / "tep" / "moi"):
        with pytest.raises(RestoreTargetError):
            restore(made.path, target, NOW, replace=True)
    (tmp_path / "that").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "that")
    restore(made.path, tmp_path / "link", NOW)
    assert (tmp_path / "that" / "ledger.db").exists()


def test_restore__brings_back_what_is_altered_beside_the_ledger(full, made):
    for path in [
        p for d in ("boundaries", "attachments") for p in (full.folder / d).rglob("*") if p.is_file()
    ]:
        path.chmod(0o644)
        path.write_bytes(b"altered")
    done = restore(made.path, full.folder, NOW, replace=True)
    assert full.verify()[0] == []
    assert len([p for p in done.before.rglob("*") if p.is_file() and p.read_bytes() == b"altered"]) == 3


def test_restore__after_a_restore_that_was_killed_half_way(full, made):
    full.close()
    aside = full.folder / "before-restore-20260101T000000000000Z"
    aside.mkdir()
    for name in ("project.toml", "ledger.db"):
        (full.folder / name).rename(aside / name)
    restore(made.path, full.folder, NOW, replace=True)
    back = Project.open(full.folder)
    assert (back.refresh(), back.verify()[0]) == (made.head, [])
    back.close()


def test_restore__the_ledger_that_is_put_aside_is_told_to_who_erases(full, made):
    done = restore(made.path, full.folder, NOW, replace=True)
    assert str(done.before) in [one.folder for one in erasing.backups(full)]
    assert last_backup(full) is None  # a copy on the same disk is no backup


def test_restore__says_that_a_damaged_ledger_could_not_tell_what_it_had_erased(full, made):
    full.close()
    (full.folder / "ledger.db").write_bytes(b"\0" * 9000)
    assert not restore(made.path, full.folder, NOW, replace=True).forgot


# What the chain alone does not show


def spoil(project, *statements):
    project.close()
    with closing(sqlite3.connect(project.folder / "ledger.db")) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    return Project.open(project.folder)


def test_verify__an_index_that_leaves_out_a_row_is_told(full):
    """Hectares are read from the index `entry_story`: the chain is whole, the figures are not."""
    back = spoil(
        full,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, 'CREATE INDEX', 'CREATE UNIQUE INDEX') "
        "WHERE name = 'entry_story'",
        "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'note') "
        "WHERE name = 'entry_story'",
    )
    assert "verify.damage" in [problem.message for problem in back.verify()[0]]
    back.close()


@pytest.mark.parametrize("statement", ["DELETE FROM attachment", "UPDATE attachment SET type = 'text/html'"])
def test_verify__what_the_register_says_of_a_scan(full, statement):
    back = spoil(full, statement)
    assert [problem.message for problem in back.verify()[0]] == ["verify.attachment_row"]
    back.close()


@pytest.mark.parametrize("emptied", ["bytes", "rows"])
def test_open__a_ledger_that_was_emptied_is_a_lost_one(full, emptied):
    """Its land would seem never to have been cleared, and the chain of nothing is whole."""
    full.close()
    path = full.folder / "ledger.db"
    if emptied == "bytes":
        path.write_bytes(b"")
    else:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DROP TRIGGER entry_no_delete")
            connection.execute("DELETE FROM entry")
    with pytest.raises(LedgerLostError):
        Project.open(full.folder)
