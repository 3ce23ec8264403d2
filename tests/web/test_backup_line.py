"""How old the last backup is, and the daily one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from landworld import NOW, make_project

from gis.errors import BackupFolderError
from gis.project.backups import last_backup
from gis.store.backups import LastBackup, backups_in
from gis.texts import Texts
from gis.web import daily
from gis.web.backup_line import backup_html

AT = datetime(2026, 3, 1, 1, 5, tzinfo=UTC)


def line(age, refusal=None):
    return backup_html(LastBackup(AT, "D:/sao-luu", 12, encrypted=True), refusal, AT + age, Texts("vi"))


def test_backup_html__says_how_old_it_is():
    assert "5 giờ trước (01/03/2026 08:05)" in line(timedelta(hours=5, minutes=59))
    assert "gp-backup bad" not in line(timedelta(hours=47))
    assert "2 ngày trước" in line(timedelta(days=2))
    assert "gp-backup bad" in line(timedelta(days=2))


def test_backup_html__none_and_a_failed_one_stand_out():
    assert "gp-backup bad" in backup_html(None, None, AT, Texts("en"))
    failed = line(timedelta(hours=1), BackupFolderError(folder="E:/<x>", reason="inside"))
    assert "gp-backup bad" in failed
    assert "E:/&lt;x&gt;" in failed


def test_backup_html__none_leads_to_the_guide_and_tells_a_leader_no_command():
    said = backup_html(None, None, AT, Texts("vi"))
    assert 'href="/huong-dan/sao-luu.md"' in said
    assert "python" not in said
    assert "href" not in line(timedelta(hours=1))


def test_backup_html__of_a_time_to_come_is_a_wrong_clock():
    said = line(timedelta(minutes=-5))
    assert "gp-backup bad" in said
    assert "đồng hồ" in said


@pytest.fixture
def project(tmp_path):
    opened = make_project(tmp_path)
    yield opened
    opened.close()


def test_back_up_if_due__once_a_day(project, tmp_path):
    folder = tmp_path / "sao-luu"
    for hours in (0, 1, 23, 24, 25):
        daily.back_up_if_due(lambda: project, folder, NOW + timedelta(hours=hours))
    assert len(backups_in(folder)) == 2
    assert last_backup(project).at == NOW + timedelta(hours=24)
    assert daily.last_try.refusal is None


def test_back_up_if_due__what_keeps_it_from_being_made_is_kept_for_the_page(project):
    daily.back_up_if_due(lambda: project, project.folder / "trong", NOW)
    assert isinstance(daily.last_try.refusal, BackupFolderError)
    daily.last_try.refusal = None


def test_backup_folder__is_named_by_the_environment(monkeypatch):
    monkeypatch.delenv("GPMB_BACKUP_DIR", raising=False)
    assert daily.backup_folder() is None
    monkeypatch.setenv("GPMB_BACKUP_DIR", "/mnt/sao-luu")
    assert daily.backup_folder() == Path("/mnt/sao-luu")


def test_back_up_if_due__a_fault_of_ours_leaves_the_app_running_and_is_told(caplog):
    def broken():
        raise ZeroDivisionError

    daily.back_up_if_due(broken, Path("/mnt/sao-luu"), NOW)
    assert "ZeroDivisionError" in caplog.text
    assert "/mnt/sao-luu" in Texts("vi").error(daily.last_try.refusal)
    daily.last_try.refusal = None
