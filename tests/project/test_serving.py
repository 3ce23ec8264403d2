"""Which project a process serves, and who may change it."""

from datetime import UTC, datetime

import pytest

from gis.errors import NoProjectError
from gis.project import accounts
from gis.project.beginning import begin
from gis.project.serving import SAMPLE, ServedToOthersError, Serving
from gis.store.choices import keep_choice, read_choice


@pytest.fixture
def serving(tmp_path, monkeypatch):
    monkeypatch.setenv("GPMB_SETTINGS", str(tmp_path / "settings"))
    monkeypatch.delenv("GPMB_PROJECT", raising=False)
    return Serving()


@pytest.fixture
def commune(tmp_path):
    begin(tmp_path / "xa", "Hoàng Sơn", 5897)
    return (tmp_path / "xa").resolve()


def test_folder__the_sample_where_nobody_has_said_anything(serving):
    assert serving.is_first_start()
    assert serving.folder() == SAMPLE.resolve()


def test_folder__named_before_remembered(serving, commune, tmp_path, monkeypatch):
    keep_choice(tmp_path)
    monkeypatch.setenv("GPMB_PROJECT", str(commune))
    assert serving.folder() == commune
    assert not serving.is_first_start()


def test_folder__remembered_before_the_sample(serving, commune):
    keep_choice(commune)
    assert serving.folder() == commune
    assert not serving.is_first_start()


def test_folder__another_process_that_chooses_changes_nothing_here(serving, commune):
    assert serving.folder() == SAMPLE.resolve()
    keep_choice(commune)
    assert serving.folder() == SAMPLE.resolve()
    assert Serving().folder() == commune


def test_serve__shows_and_remembers(serving, commune):
    keep_choice(commune)
    other = commune.parent / "khác"
    begin(other, "Hoàng Sơn", 5897)
    assert serving.serve(other).folder == other
    assert serving.project().folder == other
    assert read_choice() == other


def test_serve__a_named_project_stays_that_of_the_next_start(serving, commune, monkeypatch):
    other = commune.parent / "khác"
    begin(other, "Hoàng Sơn", 5897)
    monkeypatch.setenv("GPMB_PROJECT", str(commune))
    serving.serve(other)
    assert serving.folder() == other
    assert read_choice() is None
    assert Serving().folder() == commune


def test_serve__what_cannot_be_opened_leaves_the_one_before(serving, commune):
    keep_choice(commune)
    with pytest.raises(NoProjectError):
        serving.serve(commune / "zones")
    assert serving.project().folder == commune
    assert read_choice() == commune


def test_serve__not_where_people_have_accounts(serving, commune):
    other = commune.parent / "khác"
    begin(other, "Hoàng Sơn", 5897)
    keep_choice(commune)
    accounts.add(serving.project(), "lan", "administrator", "quan-tri", datetime.now(UTC))
    with pytest.raises(ServedToOthersError, match=r"^"):
        serving.serve(other)
    assert serving.project().folder == commune
    assert read_choice() == commune


def test_serve__from_a_project_that_is_gone(serving, commune):
    keep_choice(commune.parent / "đã xóa")
    with pytest.raises(NoProjectError):
        serving.project()
    serving.serve(commune)
    assert serving.project().folder == commune
