"""Accounts on both databases: made, reset, closed; and who saw names."""

from datetime import timedelta

import pytest
from accountworld import ACCOUNTS, NOW, PASSWORDS, add_people, empty_project

from gis.access import LoginRefusedError, NoSessionError
from gis.errors import RefusedError
from gis.project import Project, accounts, logins
from gis.project.backups import back_up
from gis.store.restoring import restore


@pytest.fixture
def project(place):
    opened = empty_project(place.folder / "du-an", place.url)
    yield opened
    opened.close()


def reasons(call, *given):
    with pytest.raises(RefusedError) as refused:
        call(*given)
    return [problem.message for problem in refused.value.problems]


def test_add__the_first_one_is_an_administrators(project):
    assert not accounts.exist(project)
    assert reasons(accounts.add, project, "lan", "editor", "x", NOW) == ["refused.first_account"]
    accounts.add(project, "quan.tri", "administrator", "x", NOW, name="  Trần   Văn Mẫu ")
    assert accounts.exist(project)
    (only,) = accounts.accounts(project)
    assert (only.account_id, only.name, only.role) == ("quan.tri", "Trần Văn Mẫu", "administrator")
    assert only.password is None
    assert reasons(accounts.add, project, "quan.tri", "editor", "x", NOW) == ["refused.account_taken"]


def test_add__nothing_that_is_kept_lets_anybody_in(project):
    """Neither code nor password nor token stands in the database."""
    code = accounts.add(project, "quan.tri", "administrator", "x", NOW)
    entered = logins.set_password(project, "quan.tri", code, PASSWORDS["quan.tri"], "p", NOW)
    with project.ledger.reading() as connection:
        kept = [
            str(row)
            for table in ("account", "session", "account_change", "login_attempt")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}").all()
        ]
    text = "\n".join(kept)
    assert "$argon2id$" in text
    for secret in (code, code.replace("-", ""), PASSWORDS["quan.tri"], entered.token):
        assert secret not in text
        assert secret not in repr((entered, accounts.accounts(project)))


def test_set_role__ends_the_sessions_and_leaves_an_administrator(project):
    people = add_people(project)
    token = people.token("lan")
    accounts.set_role(project, "lan", "viewer", "quan.tri", NOW)
    with pytest.raises(NoSessionError):
        logins.session_of(project, token, NOW)
    assert logins.session_of(project, people.token("lan"), NOW).role == "viewer"
    assert reasons(accounts.set_role, project, "quan.tri", "editor", "x", NOW) == [
        "refused.last_administrator"
    ]
    accounts.set_role(project, "lan", "administrator", "quan.tri", NOW)
    accounts.set_role(project, "quan.tri", "editor", "lan", NOW)
    assert {one.account_id: one.role for one in accounts.accounts(project)} == {
        "chu.tich": "viewer",
        "lan": "administrator",
        "quan.tri": "editor",
    }


def test_disable__whoever_leaves_is_out_at_once_and_the_id_is_not_given_again(project):
    people = add_people(project)
    token = people.token("lan")
    accounts.disable(project, "lan", "quan.tri", NOW)
    with pytest.raises(NoSessionError):
        logins.session_of(project, token, NOW)
    with pytest.raises(LoginRefusedError):
        people.token("lan")
    assert reasons(accounts.add, project, "lan", "editor", "x", NOW) == ["refused.account_taken"]
    assert reasons(accounts.disable, project, "quan.tri", "x", NOW) == ["refused.last_administrator"]
    assert reasons(accounts.reset, project, "lan", "x", NOW) == ["refused.account_disabled"]
    code = accounts.enable(project, "lan", "quan.tri", NOW)
    with pytest.raises(LoginRefusedError):  # the old password is gone for good
        people.token("lan")
    logins.set_password(project, "lan", code, "mot mat khau khac", "p", NOW)
    assert reasons(accounts.enable, project, "lan", "x", NOW) == ["refused.account_open"]


def test_unknown_accounts__are_refused_everywhere(project):
    add_people(project)
    for call in (accounts.reset, accounts.disable, accounts.enable, accounts.end_sessions):
        assert reasons(call, project, "ai.do", "x", NOW) == ["refused.unknown_account"]
    assert reasons(accounts.set_role, project, "ai.do", "viewer", "x", NOW) == ["refused.unknown_account"]
    assert reasons(accounts.set_role, project, "lan", "vua", "x", NOW) == ["refused.unknown_role"]


def test_changes__say_who_did_what_the_newest_first(project):
    add_people(project)
    accounts.disable(project, "lan", "quan.tri", NOW + timedelta(minutes=1))
    first, *others = accounts.changes(project)
    assert (first.account_id, first.by, first.what) == ("lan", "quan.tri", "disabled")
    assert len(others) == 2 * len(ACCOUNTS)  # each was added and has set a password


def test_end_sessions__counts_them(project):
    people = add_people(project)
    people.token("lan")
    assert accounts.end_sessions(project, "lan", "quan.tri", NOW) == 2  # by its code, and by its password
    assert accounts.end_sessions(project, "lan", "quan.tri", NOW) == 0
    assert {one.account_id for one in accounts.open_sessions(project, NOW)} == {"quan.tri", "chu.tich"}


def test_note_names__one_by_its_id_several_by_their_number(project):
    accounts.note_names(project, "quan-tri", "card", ["H1"], NOW)
    assert accounts.name_log(project) == []  # without accounts nobody can be told apart
    add_people(project)
    accounts.note_names(project, "lan", "card", ["H1"], NOW)
    accounts.note_names(project, "lan", "people", ["H1", "H2"], NOW + timedelta(seconds=1))
    accounts.note_names(project, "quan.tri", "card", [], NOW)
    found = [(one.by, one.what, one.household, one.count) for one in accounts.name_log(project)]
    assert found == [("lan", "people", None, 2), ("lan", "card", "H1", 1)]
    assert len(accounts.name_log(project, by="quan.tri")) == 0
    assert len(accounts.name_log(project, household="H1")) == 1


def test_restore__accounts_come_back_and_sessions_do_not(tmp_path):
    """A session that was ended after the backup must not come to life again with it."""
    project = empty_project(tmp_path / "xã")
    people = add_people(project)
    token = people.token("lan")
    made = back_up(project, tmp_path / "sao-luu", NOW)
    accounts.disable(project, "chu.tich", "quan.tri", NOW)
    project.close()
    restore(made.path, tmp_path / "moi", NOW)
    back = Project.open(tmp_path / "moi")
    assert [one.account_id for one in accounts.accounts(back)] == ["chu.tich", "lan", "quan.tri"]
    with pytest.raises(NoSessionError):
        logins.session_of(back, token, NOW)
    assert accounts.open_sessions(back, NOW) == []
    assert logins.session_of(back, add_token(back), NOW).account_id == "lan"
    back.close()


def add_token(project):
    return logins.log_in(project, "lan", PASSWORDS["lan"], "p", NOW).token
