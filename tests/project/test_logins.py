"""The way in and out: right and wrong secrets, codes, limits, ends; on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from accountworld import NOW, PASSWORDS, add_people, empty_project
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.access import LoginRefusedError, NoSessionError, TooManyLoginsError
from gis.errors import RefusedError
from gis.project import accounts, logins
from gis.store import passwords

PEER = "192.168.1.7"


@pytest.fixture
def project(place):
    opened = empty_project(place.folder / "du-an", place.url)
    add_people(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """One project for what changes nothing."""
    opened = empty_project(tmp_path_factory.mktemp("quiet") / "du-an")
    add_people(opened)
    yield opened
    opened.close()


def refused(project, account, secret, now=NOW, peer=PEER):
    try:
        logins.log_in(project, account, secret, peer, now)
    except (LoginRefusedError, TooManyLoginsError) as error:
        return type(error)
    return None


def test_log_in__a_session_that_the_token_opens(project):
    entered = logins.log_in(project, " Lan ", PASSWORDS["lan"], PEER, NOW)
    session = logins.session_of(project, entered.token, NOW)
    assert (session.account_id, session.role, session.how) == ("lan", "editor", "password")
    other = logins.log_in(project, "lan", PASSWORDS["lan"], PEER, NOW)
    assert other.token != entered.token


@pytest.mark.parametrize(
    ("account", "secret"),
    [
        ("lan", "sai mat khau roi"),
        ("lan", ""),
        ("lan", PASSWORDS["quan.tri"]),
        ("ai.do", PASSWORDS["lan"]),
        ("", ""),
        ("lan' OR '1'='1", "' OR '1'='1"),
        ("lan\x00", PASSWORDS["lan"]),
        ("\ud800", "\ud800"),
        ("lan", "x" * 1_000_000),
    ],
)
def test_log_in__says_only_that_they_do_not_fit(project, account, secret):
    assert refused(project, account, secret) is LoginRefusedError


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=60))
def test_session_of__no_other_token_opens_anything(quiet, token):
    with pytest.raises(NoSessionError):
        logins.session_of(quiet, token, NOW)


def test_log_out__the_token_is_worth_nothing_more(project):
    token = logins.log_in(project, "lan", PASSWORDS["lan"], PEER, NOW).token
    logins.log_out(project, token)
    logins.log_out(project, token)
    with pytest.raises(NoSessionError):
        logins.session_of(project, token, NOW)


def test_session_of__ends_after_a_night_unused_and_after_a_week_used(project):
    token = logins.log_in(project, "lan", PASSWORDS["lan"], PEER, NOW).token
    with pytest.raises(NoSessionError):
        logins.session_of(project, token, NOW + timedelta(hours=13))
    for hours in range(0, 7 * 24, 8):
        logins.session_of(project, token, NOW + timedelta(hours=hours))
    with pytest.raises(NoSessionError):
        logins.session_of(project, token, NOW + timedelta(days=7))


def test_codes__become_a_password_once(project):
    code = accounts.reset(project, "lan", "quan.tri", NOW)
    assert refused(project, "lan", PASSWORDS["lan"]) is LoginRefusedError  # the old one is gone
    typed = code.replace("-", " ").lower()
    assert logins.log_in(project, "lan", typed, PEER, NOW).token == ""
    with pytest.raises(RefusedError):
        logins.set_password(project, "lan", code, "ngắn", PEER, NOW)
    entered = logins.set_password(project, "lan", code, "mat khau moi cua toi", PEER, NOW)
    assert logins.session_of(project, entered.token, NOW).account_id == "lan"
    for call in (
        lambda: logins.set_password(project, "lan", code, "lai doi lan nua", PEER, NOW),
        lambda: logins.log_in(project, "lan", code, PEER, NOW),
    ):
        with pytest.raises(LoginRefusedError):
            call()
    assert logins.log_in(project, "lan", "mat khau moi cua toi", PEER, NOW).token


def test_codes__of_another_account_or_too_old_are_none(project):
    code = accounts.reset(project, "lan", "quan.tri", NOW)
    assert refused(project, "chu.tich", code) is LoginRefusedError
    assert refused(project, "lan", code, NOW + timedelta(days=7)) is LoginRefusedError
    with pytest.raises(LoginRefusedError):
        logins.set_password(project, "chu.tich", code, "mat khau cua ke khac", PEER, NOW)
    newer = accounts.reset(project, "lan", "quan.tri", NOW)
    assert refused(project, "lan", code) is LoginRefusedError
    assert logins.log_in(project, "lan", newer, PEER, NOW).account_id == "lan"


def test_change_password__needs_the_old_one_and_ends_other_sessions(project):
    here, there = (logins.log_in(project, "lan", PASSWORDS["lan"], PEER, NOW).token for _ in range(2))
    session = logins.session_of(project, here, NOW)
    with pytest.raises(LoginRefusedError):
        logins.change_password(project, session, "doan bua", "mat khau moi cua toi", PEER, NOW)
    logins.change_password(project, session, PASSWORDS["lan"], "mat khau moi cua toi", PEER, NOW)
    logins.session_of(project, here, NOW)
    with pytest.raises(NoSessionError):
        logins.session_of(project, there, NOW)
    assert refused(project, "lan", PASSWORDS["lan"]) is LoginRefusedError


def test_log_in__ten_thousand_attempts_are_hardly_any(project, monkeypatch):
    """Of 10,000 from one machine ten are looked at; the right password is then refused too, for a while."""
    looked = []
    monkeypatch.setattr(logins, "verify_password", lambda *asked: looked.append(asked))
    answers = {refused(project, "lan", f"doan thu {at}") for at in range(10_000)}
    assert answers == {LoginRefusedError, TooManyLoginsError}
    assert len(looked) == logins.MOST_BOTH
    monkeypatch.setattr(logins, "verify_password", passwords.verify_password)
    assert refused(project, "lan", PASSWORDS["lan"]) is TooManyLoginsError
    assert refused(project, "lan", PASSWORDS["lan"], peer="192.168.1.8") is None  # the owner, elsewhere
    code = accounts.reset(project, "chu.tich", "quan.tri", NOW)
    for _ in range(logins.MOST_BOTH):
        refused(project, "chu.tich", "doan bua")
    with pytest.raises(TooManyLoginsError):
        logins.set_password(project, "chu.tich", code, "mat khau moi cua toi", PEER, NOW)
    later = NOW + timedelta(minutes=16)
    assert refused(project, "lan", PASSWORDS["lan"], now=later) is None
    with project.ledger.reading() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM login_attempt").scalar_one()
    assert rows < 40


def test_log_in__many_accounts_from_one_machine_and_many_machines_for_one_account(project, monkeypatch):
    looked = []
    monkeypatch.setattr(logins, "verify_password", lambda *asked: looked.append(asked))
    for at in range(300):
        refused(project, f"nguoi{at}", "doan bua", peer="10.0.0.9")
    assert len(looked) == logins.MOST_PEER
    looked.clear()
    for at in range(300):
        refused(project, "quan.tri", "doan bua", peer=f"10.0.1.{at}")
    assert len(looked) == logins.MOST_ACCOUNT


def test_log_in__many_at_once_are_counted_too(project, monkeypatch):
    looked = []
    monkeypatch.setattr(logins, "verify_password", lambda *asked: looked.append(asked))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda at: refused(project, "lan", f"doan {at}"), range(80)))
    assert len(looked) == logins.MOST_BOTH


def test_log_in_by_provider__by_subject_or_confirmed_address(project):
    accounts.set_oidc(project, "lan", "Lan@hoangson.example", "quan.tri", NOW)
    accounts.set_oidc(project, "chu.tich", "sub-7", "quan.tri", NOW)
    by_address = logins.log_in_by_provider(project, "sub-1", "LAN@hoangson.example", NOW)
    assert logins.session_of(project, by_address.token, NOW).how == "oidc"
    assert logins.log_in_by_provider(project, "sub-7", None, NOW).account_id == "chu.tich"
    for subject, email in (("sub-1", None), ("", None), ("", ""), ("sub-8", "ai@hoangson.example")):
        with pytest.raises(LoginRefusedError):
            logins.log_in_by_provider(project, subject, email, NOW)
    with pytest.raises(RefusedError):
        accounts.set_oidc(project, "lan", "sub-7", "quan.tri", NOW)
    accounts.disable(project, "lan", "quan.tri", NOW)
    with pytest.raises(LoginRefusedError):
        logins.log_in_by_provider(project, "sub-1", "lan@hoangson.example", NOW)
