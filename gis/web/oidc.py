"""The way in by an identity provider (OpenID Connect) where there is one, ending in a session of ours.

Authlib does what must not be done by hand: discovery, state, nonce, PKCE, the signature and the claims.
Nobody gets an account by it: an administrator has said beforehand by which subject or e-mail an account
is known.
"""

from __future__ import annotations

import logging
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx2
from anyio import to_thread
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import JoseError

from gis.access import LoginRefusedError
from gis.errors import GisError
from gis.project import logins
from gis.web.guard import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response

    from gis.project import Project
    from gis.project.logins import Entered

ISSUER: Final = "GPMB_OIDC_ISSUER"
CLIENT_ID: Final = "GPMB_OIDC_CLIENT_ID"
CLIENT_SECRET: Final = "GPMB_OIDC_CLIENT_SECRET"  # noqa: S105 - the name of a setting
NEXT: Final = "gpmb_next"
SECONDS: Final = 10.0
_log = logging.getLogger(__name__)


class ProviderError(GisError):
    """The identity provider did not answer, or not as it should."""

    message = "error.oidc"


def provider_name() -> str:
    """The issuer that GPMB_OIDC_ISSUER names; "" where there is none, or its way is not encrypted."""
    issuer = os.environ.get(ISSUER, "").strip().rstrip("/")
    parts = urlsplit(issuer)
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    return issuer if safe and os.environ.get(CLIENT_ID) else ""


@lru_cache(maxsize=4)
def _client(issuer: str, client_id: str, secret: str) -> Any:  # noqa: ANN401 - Authlib has no types of its own
    registered = OAuth().register(
        name="gpmb",
        client_id=client_id,
        client_secret=secret or None,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "timeout": SECONDS},
    )
    if registered is None:
        raise ProviderError
    return registered


def _chosen() -> Any:  # noqa: ANN401 - the same
    issuer = provider_name()
    if not issuer:
        raise ProviderError
    return _client(issuer, os.environ.get(CLIENT_ID, ""), os.environ.get(CLIENT_SECRET, ""))


async def leave(request: Request, back: str, address: str) -> Response:
    """On to the provider.

    Args:
        request: Of whoever wants to log in.
        back: The whole address to which the provider leads back.
        address: Where to go afterwards, on our own server.

    Raises:
        ProviderError: If it does not answer.
    """
    try:
        client = _chosen()
        await _require_issuer(client)
        request.session[NEXT] = address
        answer: Response = await client.authorize_redirect(request, back)
    except (OAuthError, httpx2.HTTPError, RuntimeError, ValueError, KeyError) as error:
        raise _told(error) from error
    return answer


async def arrive(request: Request, project_of: Callable[[], Project], now: datetime) -> tuple[Entered, str]:
    """A session for whoever comes back from the provider, and where to go.

    Raises:
        ProviderError: If what comes back is not what the provider says of this very request.
        LoginRefusedError: If no account is known by it.
    """
    address = str(request.session.pop(NEXT, "/"))
    try:
        client = _chosen()
        await _require_issuer(client)
        token = await client.authorize_access_token(request)
        claims = token["userinfo"]
        subject = str(claims["sub"])
    except (OAuthError, JoseError, httpx2.HTTPError, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise _told(error) from error
    confirmed = claims.get("email_verified") is True
    email = str(claims["email"]) if confirmed and claims.get("email") else None
    try:
        entered = await to_thread.run_sync(
            lambda: logins.log_in_by_provider(project_of(), subject, email, now)
        )
    except LoginRefusedError:
        _log.warning("the identity provider knows somebody who has no account here")
        raise
    return entered, address


async def _require_issuer(client: Any) -> None:  # noqa: ANN401 - the same
    """Refuse a provider that calls itself otherwise: its tokens would be somebody else's."""
    metadata = await client.load_server_metadata()
    if str(metadata.get("issuer", "")).rstrip("/") != provider_name():
        raise ValueError("issuer")


def _told(error: Exception) -> ProviderError:
    # The kind alone: what a provider says may hold codes and names.
    _log.warning("identity provider: %s", type(error).__name__)
    return ProviderError()
