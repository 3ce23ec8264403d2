"""The way in by an identity provider (OpenID Connect) where there is one, ending in a session of ours."""

from __future__ import annotations

import os


def provider_name() -> str:
    """The issuer that GPMB_OIDC_ISSUER names; "" where there is none."""
    return os.environ.get("GPMB_OIDC_ISSUER", "").strip()
