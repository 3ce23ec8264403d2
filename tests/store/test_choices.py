"""The remembered project: one line in the user's settings, which nobody else writes."""

from pathlib import Path

import pytest

from gis.errors import FileUnreadableError, FileUnwritableError
from gis.store import choices

HOME = Path("/home/lan")


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"XDG_CONFIG_HOME": "/etc/lan"}, "/etc/lan/gpmb"),
        ("darwin", {}, "/home/lan/Library/Application Support/gpmb"),
        ("win32", {"APPDATA": "/c/Lan/Roaming"}, "/c/Lan/Roaming/gpmb"),
        ("win32", {}, "/home/lan/AppData/Roaming/gpmb"),
        ("win32", {"GPMB_SETTINGS": "/srv/gpmb", "APPDATA": "/c"}, "/srv/gpmb"),
    ],
)
def test_settings_folder__by_platform(platform, environment, expected):
    assert choices.settings_folder(platform, environment, HOME).as_posix() == expected


@pytest.fixture
def settings(tmp_path, monkeypatch):
    folder = tmp_path / "cài đặt"
    monkeypatch.setenv("GPMB_SETTINGS", str(folder))
    return folder


def test_choice__none_then_kept_then_another(settings):
    assert choices.read_choice() is None
    choices.keep_choice(Path("/srv/xã Hoàng Sơn"))
    assert choices.read_choice() == Path("/srv/xã Hoàng Sơn")
    choices.keep_choice(Path("/srv/khác"))
    assert choices.read_choice() == Path("/srv/khác")


def test_read_choice__an_empty_file_chose_nothing(settings):
    settings.mkdir()
    (settings / "project.txt").write_text("\n")
    assert choices.read_choice() is None


def test_choice__what_cannot_be_read_or_written_is_said(settings):
    (settings / "project.txt").mkdir(parents=True)
    with pytest.raises(FileUnreadableError):
        choices.read_choice()
    with pytest.raises(FileUnwritableError):
        choices.keep_choice(Path("/srv/x"))


def test_keep_choice__a_file_in_the_folders_place(settings):
    settings.write_text("")
    with pytest.raises(FileUnwritableError, match="cài đặt"):
        choices.keep_choice(Path("/srv/x"))
