"""A project's beginnings: where it may be, and that nothing is left of one that was refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gis.errors import (
    BackupUnfitError,
    DataError,
    FolderNotEmptyError,
    InsideRepositoryError,
    RestoreTargetError,
)
from gis.project import Project
from gis.project.backups import back_up
from gis.project.beginning import REPOSITORY, PlaceNotNamedError, begin, bring_back, named_place

NOW = datetime(2026, 11, 30, 1, 2, 3, tzinfo=UTC)


def test_named_place__whole_paths(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert named_place(f'  "{tmp_path}/xã" ') == tmp_path / "xã"
    assert named_place("~/xa") == Path("~/xa").expanduser()


@pytest.mark.parametrize(
    "typed", ["", "  ", "xa", "./xa", "../xa", "/srv/../etc/xa", "/srv/\0xa", "/srv/x\ny", "/" + "a" * 600]
)
def test_named_place__anything_else_is_refused(typed):
    with pytest.raises(PlaceNotNamedError):
        named_place(typed)


def test_begin__an_empty_project_that_opens(tmp_path):
    begin(tmp_path / "xa", 'Xã "Mẫu"', 5897)
    project = Project.open(tmp_path / "xa")
    assert project.plan.commune.name == 'Xã "Mẫu"'
    assert not project.plan.synthetic
    assert project.ledger.head().seq == 0
    project.close()


def test_begin__not_among_the_program(tmp_path):
    inside = REPOSITORY / "data" / "moi"
    with pytest.raises(InsideRepositoryError):
        begin(inside, "Hoàng Sơn", 5897)
    assert not inside.exists()
    link = tmp_path / "lối tắt"
    link.symlink_to(REPOSITORY)
    with pytest.raises(InsideRepositoryError):
        begin(link / "moi", "Hoàng Sơn", 5897)


def test_begin__not_over_something_nor_in_another_plane(tmp_path):
    (tmp_path / "thư.txt").write_text("")
    with pytest.raises(FolderNotEmptyError):
        begin(tmp_path, "Hoàng Sơn", 5897)
    with pytest.raises(DataError):
        begin(tmp_path / "xa", "Hoàng Sơn", 32648)
    assert not (tmp_path / "xa").exists()


@pytest.fixture
def backup(tmp_path):
    begin(tmp_path / "cũ", "Hoàng Sơn", 5897)
    project = Project.open(tmp_path / "cũ")
    made = back_up(project, tmp_path / "E", NOW)
    project.close()
    return made.path


def test_bring_back__into_a_new_folder(backup, tmp_path):
    done = bring_back(backup, tmp_path / "mới", NOW, None)
    assert done.manifest.seq == 0
    Project.open(tmp_path / "mới").close()


def test_bring_back__never_over_a_project_or_into_the_program(backup, tmp_path):
    with pytest.raises(RestoreTargetError):
        bring_back(backup, tmp_path / "cũ", NOW, None)
    with pytest.raises(InsideRepositoryError):
        bring_back(backup, REPOSITORY / "moi", NOW, None)


def test_bring_back__a_damaged_backup_leaves_nothing(backup, tmp_path):
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    backup.write_bytes(content)
    with pytest.raises(BackupUnfitError):
        bring_back(backup, tmp_path / "mới", NOW, None)
    assert not (tmp_path / "mới").exists()
