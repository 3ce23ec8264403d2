"""`migrate` as its user runs it: refused, migrated, nothing left to do."""

import io
import shutil
from contextlib import redirect_stderr, redirect_stdout

import pytest
from first_schema import make_v1
from postgres import Place

from gis.cli.main import run
from gis.plan import empty_plan_text
from gis.store.tables import SCHEMA_VERSION


def call(*words, code=0):
    said, complained = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(complained), pytest.raises(SystemExit) as ended:
        run([str(word) for word in words])
    assert (ended.value.code or 0) == code, complained.getvalue()
    return said.getvalue(), complained.getvalue()


@pytest.fixture
def old(place, monkeypatch):
    """A project whose ledger the first version of this program made."""
    if place.url:
        monkeypatch.setenv("GPMB_DATABASE_URL", place.url)
    folder = place.folder / "xã"
    folder.mkdir()
    (folder / "project.toml").write_text(empty_plan_text(), "utf-8")
    here = Place(folder, place.url)
    return here, make_v1(here)


def test_migrate__from_refusal_to_work(old):
    place, head = old
    _, complained = call("verify", "--project", place.folder, code=1)
    assert "python -m gis migrate" in complained
    said, _ = call("migrate", "--project", place.folder)
    assert str(head) in said
    assert "before-migrate-1-" in said
    assert len(list((place.folder / "backups").glob("*.db"))) == 1
    # What is left to say is that the boundary files of that made-up ledger are not there.
    said, complained = call("verify", "--project", place.folder, code=1)
    assert "gis migrate" not in complained + said
    said, _ = call("migrate", "--project", place.folder)
    assert str(SCHEMA_VERSION) in said
    assert len(list((place.folder / "backups").glob("*.db"))) == 1


def test_migrate__no_ledger(tmp_path):
    (tmp_path / "project.toml").write_text(empty_plan_text(), "utf-8")
    _, complained = call("migrate", "--project", tmp_path, code=1)
    assert str(tmp_path / "ledger.db") in complained
    assert not (tmp_path / "ledger.db").exists()


def test_migrate__a_folder_where_no_copy_can_be_made(old):
    """A file stands where the folder of copies should be."""
    place, _ = old
    (place.folder / "backups").write_text("", "utf-8")
    call("migrate", "--project", place.folder, code=1)
    call("verify", "--project", place.folder, code=1)
    shutil.move(place.folder / "backups", place.folder / "other")
    call("migrate", "--project", place.folder)
