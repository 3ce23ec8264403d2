"""An identity provider for tests, in a process of its own: real discovery, codes, PKCE, signed tokens.

`POST /next` says who is logged in there next, and what shall be wrong with what is said of that person.
"""

import base64
import json
import secrets
import sys
import time
from urllib.parse import parse_qs, urlencode

import uvicorn
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse
from starlette.routing import Route

CLIENT, SECRET = "gpmb", "khoa-cua-ung-dung"
PORT = int(sys.argv[1]) if __name__ == "__main__" else 0
ISSUER = f"http://127.0.0.1:{PORT}"
KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
OTHER = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
CODES = {}
NEXT = {}


async def discovery(_):
    issuer = "http://127.0.0.1:1" if NEXT.get("wrong") == "metadata" else ISSUER
    return JSONResponse(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
    )


async def jwks(_):
    return JSONResponse({"keys": [KEY.as_dict(private=False)]})


async def choose(request):
    NEXT.clear()
    NEXT.update(await request.json())
    return PlainTextResponse("ok")


async def authorize(request):
    asked = dict(request.query_params)
    assert asked["client_id"] == CLIENT
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert "openid" in asked["scope"]
    code = secrets.token_urlsafe(16)
    CODES[code] = asked
    return RedirectResponse(
        f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}", 302
    )


async def token(request):
    sent = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
    basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
    asked = CODES.pop(sent.get("code"), None)
    fits = (
        asked is not None
        and request.headers.get("authorization") == basic
        and sent["redirect_uri"] == asked["redirect_uri"]
        and create_s256_code_challenge(sent["code_verifier"]) == asked["code_challenge"]
    )
    if not fits:
        return JSONResponse({"error": "invalid_grant"}, 400)
    return JSONResponse(
        {"access_token": secrets.token_hex(8), "token_type": "Bearer", "id_token": said_of(asked)}
    )


def said_of(asked):
    wrong, now = NEXT.get("wrong"), int(time.time())
    claims = {
        "iss": "http://evil.example" if wrong == "issuer" else ISSUER,
        "aud": "another" if wrong == "audience" else CLIENT,
        "exp": now - 3600 if wrong == "expired" else now + 300,
        "iat": now - 7200 if wrong == "expired" else now,
        "nonce": "another" if wrong == "nonce" else asked["nonce"],
        **NEXT.get("claims", {}),
    }
    if wrong == "unsigned":
        parts = [json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims)]
        return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
    return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, OTHER if wrong == "key" else KEY)


app = Starlette(
    routes=[
        Route("/.well-known/openid-configuration", discovery),
        Route("/jwks", jwks),
        Route("/next", choose, methods=["POST"]),
        Route("/authorize", authorize),
        Route("/token", token, methods=["POST"]),
    ]
)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning")
