"""Who asks: the account behind a request, and what it may do.

While there are no accounts the one who sits at this machine is its administrator; `guard` lets nobody
else in. Whoever asks is looked up anew each time, so that a session that was ended is ended at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from starlette.authentication import BaseUser

from gis import access
from gis.access import NoSessionError
from gis.project import accounts, logins

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import HTTPConnection

    from gis.access import Action
    from gis.project import Project
    from gis.store.sessions import Session

COOKIE: Final = "gpmb_session"
LOGIN: Final = "/dang-nhap"
BY_PROVIDER: Final = f"{LOGIN}/oidc"
BACK: Final = f"{BY_PROVIDER}/ve"
LOGOUT: Final = "/dang-xuat"
CHANGE: Final = "/mat-khau"
FIRST: Final = "/tai-khoan-dau-tien"
STILL_IN: Final = "/phien"


@dataclass(frozen=True, slots=True)
class Visitor(BaseUser):
    """Somebody who may come in.

    Args:
        account_id: Who answers for what is written.
        role: One of `gis.access.ROLES`; "" may nothing.
        session: None for the administrator of a project without accounts, and for nobody.
    """

    account_id: str
    role: str
    session: Session | None = None

    @property
    def is_authenticated(self) -> bool:
        """Whether it is anybody at all."""
        return bool(self.role)

    @property
    def display_name(self) -> str:
        """The account's id."""
        return self.account_id

    @property
    def identity(self) -> str:
        """The account's id."""
        return self.account_id

    @property
    def session_id(self) -> str:
        """What tells this login from others; "" at a machine without accounts."""
        return self.session.session_id if self.session else ""

    def may(self, action: Action) -> bool:
        """Whether this visitor may do something."""
        return access.may(self.role, action)

    def require(self, action: Action) -> None:
        """Refuse what this visitor may not do.

        Raises:
            NotAllowedError: If so.
        """
        access.require(self.role, action)


NOBODY: Final = Visitor("", "")
LOCAL: Final = Visitor(accounts.LOCAL_ACCOUNT, "administrator")


def visitor_of(project: Project, cookies: Mapping[str, str]) -> Visitor:
    """Whoever the cookies of a request belong to.

    Raises:
        NoSessionError: If there are accounts, and this is none of them.
    """
    token = cookies.get(COOKIE, "")
    try:
        session = logins.session_of(project, token, datetime.now(UTC))
    except NoSessionError:
        if accounts.exist(project):
            raise
        return LOCAL
    return Visitor(session.account_id, session.role, session)


def asking(connection: HTTPConnection) -> Visitor:
    """The visitor that the door let in; nobody where a route stands without it."""
    found = connection.scope.get("user")
    return found if isinstance(found, Visitor) else NOBODY
