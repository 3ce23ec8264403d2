"""Who may do what, by hand; and what may be an account or a password."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.access import (
    ROLES,
    NotAllowedError,
    actions,
    may,
    require,
    require_account_id,
    require_password,
    require_role,
)
from gis.errors import RefusedError


@pytest.mark.parametrize(
    ("role", "see", "names", "write", "erase", "administer"),
    [
        ("viewer", True, False, False, False, False),
        ("editor", True, True, True, False, False),
        ("administrator", True, True, True, True, True),
        ("investor", False, False, False, False, False),
        ("", False, False, False, False, False),
    ],
)
def test_may__by_role(role, see, names, write, erase, administer):
    found = [may(role, action) for action in ("see", "names", "write", "erase", "administer")]
    assert found == [see, names, write, erase, administer]
    assert len(actions(role)) == sum(found)


def test_require__refuses_what_may_does_not_allow():
    require("editor", "write")
    with pytest.raises(NotAllowedError) as refused:
        require("viewer", "names")
    assert refused.value.facts == {"role": "viewer", "action": "names"}


@given(st.text())
def test_may__nobody_else_may_anything(role):
    if role not in ROLES:
        assert actions(role) == frozenset()


@pytest.mark.parametrize("text", ["lan", "lan.nt", "a1", "x_-."])
def test_require_account_id__what_may_stand_in_the_ledger(text):
    assert require_account_id(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "a", "Lan", "lân", "1a", " lan", "lan nt", "lan\n", "<b>", "../lan", "a" * 33, "lan\u200b", "а"],
)
def test_require_account_id__nothing_else(text):
    with pytest.raises(RefusedError):
        require_account_id(text)


def test_require_role__only_the_three():
    assert [require_role(role) for role in ROLES] == ["viewer", "editor", "administrator"]
    with pytest.raises(RefusedError):
        require_role("Administrator")


@pytest.mark.parametrize(
    ("password", "messages"),
    [
        ("mot cau de nho", []),
        ("ngắn", ["refused.password_short", "refused.password_plain"]),
        ("aaaaaaaaaaaa", ["refused.password_plain"]),
        ("Lan.NT 123456", ["refused.password_account"]),
        ("0123456789" * 21, ["refused.password_long"]),
    ],
)
def test_require_password__every_reason_at_once(password, messages):
    if not messages:
        assert require_password(password, "lan.nt") == password
        return
    with pytest.raises(RefusedError) as refused:
        require_password(password, "lan.nt")
    assert [problem.message for problem in refused.value.problems] == messages


def test_require_password__two_keyboards_one_password():
    """Vietnamese keyboards send letters whole or with their accents apart."""
    whole, apart = (
        "m\u1ed9t c\u00e2u d\u1ec5 nh\u1edb",
        "mo\u0323\u0302t ca\u0302u de\u0302\u0303 nho\u031b\u0301",
    )
    assert whole != apart
    assert require_password(whole, "lan") == require_password(apart, "lan")
