"""Backups by their names: what a folder holds, and where folders of them are found."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gis.errors import FileUnreadableError
from gis.store.shelf import backups_in, folders_with_backups, usual_places

FIRST, SECOND = "gpmb-20261101T010203Z-7.gpmb", "gpmb-20261102T010203Z-9.gpmb.age"


@pytest.fixture
def disk(tmp_path):
    kept = tmp_path / "E" / "sao lưu"
    kept.mkdir(parents=True)
    for name in (FIRST, SECOND, "gpmb-20261102T010203Z-9-2.gpmb", "gpmb-hôm nay-1.gpmb", "ghi chú.txt"):
        (kept / name).write_bytes(b"")
    (kept / "gpmb-20261103T010203Z-9.gpmb").mkdir()
    return kept


def test_backups_in__the_newest_first_and_nothing_else(disk):
    found = backups_in(disk)
    assert [(one.path.name, one.seq, one.encrypted) for one in found] == [
        (SECOND, 9, True),
        ("gpmb-20261102T010203Z-9-2.gpmb", 9, False),
        (FIRST, 7, False),
    ]
    assert found[-1].made_at == datetime(2026, 11, 1, 1, 2, 3, tzinfo=UTC)


def test_backups_in__a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileUnreadableError):
        backups_in(tmp_path / "ổ chưa cắm")


def test_folders_with_backups__a_place_and_what_lies_right_in_it(disk, tmp_path):
    (disk / "sâu hơn" / "nữa").mkdir(parents=True)
    (disk / "sâu hơn" / "nữa" / FIRST).write_bytes(b"")
    assert folders_with_backups([tmp_path / "không có", disk.parent, disk]) == [disk]
    assert folders_with_backups([disk / "sâu hơn"]) == [disk / "sâu hơn" / "nữa"]


def test_folders_with_backups__a_hidden_folder_is_not_looked_into(tmp_path):
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / FIRST).write_bytes(b"")
    assert folders_with_backups([tmp_path]) == []


def test_usual_places__the_named_folder_comes_first(tmp_path):
    places = usual_places(tmp_path / "E", Path("/home/lan"))
    assert places[0] == tmp_path / "E"
    assert places[-3:] == [Path("/home/lan"), Path("/home/lan/Documents"), Path("/home/lan/Desktop")]
