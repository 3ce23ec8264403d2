"""The account commands as the administrator types them, from an empty project to a log."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime

import pytest
from accountworld import PASSWORDS, empty_project

from gis.cli.main import run
from gis.project import Project, accounts, logins


@pytest.fixture
def folder(tmp_path):
    empty_project(tmp_path / "xã").close()
    return tmp_path / "xã"


@pytest.fixture
def call(folder):
    def called(*words, code=0):
        said, complained = io.StringIO(), io.StringIO()
        with redirect_stdout(said), redirect_stderr(complained), pytest.raises(SystemExit) as ended:
            run([*words, "--project", str(folder)])
        assert (ended.value.code or 0) == code, complained.getvalue()
        return said.getvalue() or complained.getvalue()

    return called


def test_account__from_the_first_to_the_one_that_leaves(call, folder):
    assert "administrator" in call("account", "add", "lan", "editor", code=1)
    told = json.loads(call("account", "add", "quan.tri", "administrator", "--name", "Trần Văn Mẫu", "--json"))
    assert told["account"] == "quan.tri"
    said = call("account", "add", "lan", "editor", "--by", "quan.tri")
    code = next(line.strip() for line in said.splitlines() if line.startswith("  "))
    project = Project.open(folder)
    now = datetime.now(UTC)
    assert logins.set_password(project, "quan.tri", told["code"], PASSWORDS["quan.tri"], "p", now).token
    assert logins.set_password(project, "lan", code, PASSWORDS["lan"], "p", now).token
    listed = json.loads(call("account", "list", "--json"))
    assert [(one["account"], one["role"], one["state"], one["logged_in"]) for one in listed] == [
        ("lan", "editor", "open", True),
        ("quan.tri", "administrator", "open", True),
    ]
    assert "argon2" not in json.dumps(listed)
    assert "Trần Văn Mẫu" in call("account", "list")
    call("account", "role", "lan", "viewer")
    call("account", "logout", "quan.tri")
    call("account", "oidc", "lan", "Lan@hoangson.example")
    assert accounts.open_sessions(project, now) == []
    assert call("account", "reset", "lan").count("-") >= 3
    call("account", "disable", "lan")
    assert "khóa" in call("account", "reset", "lan", code=1)
    call("account", "enable", "lan")
    assert "duy nhất" in call("account", "disable", "quan.tri", code=1)
    by = {one.by for one in accounts.changes(project)}
    assert "quan.tri" in by
    assert any(one.startswith("console") for one in by)
    project.close()


def test_account__log_of_names_says_no_name(call, folder):
    project = Project.open(folder)
    accounts.add(project, "quan.tri", "administrator", "x", datetime.now(UTC))
    accounts.note_names(project, "quan.tri", "card", ["H1"], datetime.now(UTC))
    accounts.note_names(project, "quan.tri", "people", ["H1", "H2"], datetime.now(UTC))
    project.close()
    assert "2 hộ" in call("account", "log")
    (last, first) = json.loads(call("account", "log", "--json"))
    assert (first["household"], first["count"], last["household"], last["count"]) == ("H1", 1, None, 2)


@pytest.mark.parametrize(
    "words", [("add", "Lan", "editor"), ("add", "lan", "vua"), ("reset", "ai.do"), ("role", "x.y", "editor")]
)
def test_account__a_slip_is_one_sentence(call, words):
    assert "Traceback" not in call("account", *words, code=1)
