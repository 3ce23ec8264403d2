"""Every route that the app has, as the app itself lists them: nobody without a session, no name for a viewer, no write by one.

A new route is tried the day that it is added; one with a part that nothing here stands for fails until somebody says what.
"""

import base64
import json
import os
import re
import secrets
import subprocess
import sys
from datetime import UTC, datetime
from itertools import product
from urllib.parse import urlencode

import pytest
import requests
from accountworld import PASSWORDS
from browserworld import ROOT
from namesearch import found_names, people_of, unpacked

from gis.project import Project, accounts
from gis.project.days import vietnam_day
from gis.web import door
from gis.web.overview_lists import LISTS
from gis.web.visitors import LOGIN, LOGOUT

LIST_ROUTES = """
import json
from starlette.routing import Mount
from app import app
def flat(routes, before=""):
    for route in routes:
        if isinstance(route, Mount) and route.routes:
            yield from flat(route.routes, before + route.path)
        else:
            path = before + route.path + ("/{path}" if isinstance(route, Mount) else "")
            yield path, sorted(getattr(route, "methods", None) or []), type(route).__name__
print(json.dumps(list(flat(app._build_starlette_app().routes))))
"""
SECONDS = 60
GUESSED = (
    "/no/such/page",
    "/dang-nhap/map/parcels",
    "/dang-nhap//ban-do",
    "/healthz/x",
    "//map/parcels",
    "/MAP/parcels",
)


@pytest.fixture(scope="module")
def every_route(staffed_folder):
    """Path, methods and kind of every route."""
    environment = os.environ | {"GPMB_PROJECT": str(staffed_folder)}
    listed = subprocess.run(
        [sys.executable, "-c", LIST_ROUTES],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(listed.stdout.splitlines()[-1])
    assert {"/tim", "/map/parcels", "/thuc-dia/danh-dau", "/_stcore/stream"} <= {path for path, _, _ in found}
    return found


@pytest.fixture(scope="module")
def world(staffed_folder):
    """The names of the sample, and what may stand for each part of an address."""
    project = Project.open(staffed_folder)
    names = people_of(project)
    snapshot = project.snapshot(vietnam_day(datetime.now(UTC)))
    parcels = [
        p for p in snapshot.units.index if any(h.household in names for h in snapshot.state.of_parcel(p))
    ]
    project.close()
    return names, {
        "parcel": parcels[:2],
        "parcel_id": parcels[:2],
        "household": list(names)[:2],
        "household_id": list(names)[:2],
        "what": list(LISTS),
        "name": ["style.css", "index.js"],
        "sha256": ["0" * 64],
        "sheet": ["7f3a09bc"],
        "known": [str(snapshot.known)],
        "file_id": ["0" * 40 + ".csv"],
        "session_id": ["a-page"],
        "path": ["x.js", "..%2f..%2fledger.db"],
        "z": ["14"],
        "x": ["13008"],
        "y": ["7268"],
    }


def addresses(path, stand_ins):
    """The addresses of a route, each part filled."""
    parts = [part.partition(":")[0] for part in re.findall(r"\{([^}]+)\}", path)]
    unknown = set(parts) - set(stand_ins)
    assert not unknown, f"{path}: say in `world` what may stand for {unknown}"
    for values in product(*(stand_ins[part] for part in parts)):
        filled = iter(values)
        yield re.sub(r"\{[^}]+\}", lambda _, filled=filled: next(filled), path) or "/"


def asked(stand_ins, word):
    """Whatever the routes may be asked by."""
    return {
        "q": word,
        "text": word,
        "ten": "1",
        "names": "1",
        "on": vietnam_day(datetime.now(UTC)).isoformat(),
        "parcel": stand_ins["parcel"][0],
        "household": stand_ins["household"][0],
        "ho": ",".join(stand_ins["household"]),
        "known": stand_ins["known"][0],
        "since": "1",
        "bbox": "105.80,19.85,105.87,19.94",
        "lang": "vi",
    }


def client(address, account=None):
    """Somebody's browser, without its pages."""
    opened = requests.Session()
    opened.trust_env = False
    opened.headers["Origin"] = address
    if account:
        form = {"account": account, "secret": PASSWORDS[account]}
        answer = opened.post(address + LOGIN, data=form, allow_redirects=False, timeout=SECONDS)
        assert answer.status_code == 303
    return opened


def test_every_route__without_a_session(staffed_address, every_route, world):
    names, stand_ins = world
    opened = []
    with client(staffed_address) as nobody:
        for path, methods, _ in [*every_route, *((path, ["GET"], "") for path in GUESSED)]:
            for filled, method in product(addresses(path, stand_ins), [*methods, "TRACE"]):
                answer = nobody.request(
                    method, staffed_address + filled, allow_redirects=False, timeout=SECONDS
                )
                if filled in door.OPEN_PATHS:
                    opened.append((filled, answer.content))
                    assert answer.status_code < 500, (method, filled)
                else:
                    assert answer.status_code == 401, (method, filled)
                    if method != "HEAD":
                        assert "Phiên đăng nhập" in answer.content.decode()
    # Whoever opens one more to everybody says so here.
    assert {path for path, _ in opened} == {
        "/dang-nhap",
        "/dang-nhap/oidc",
        "/dang-nhap/oidc/ve",
        "/dang-xuat",
        "/mat-khau-moi",
        "/phien",
        "/healthz",
    }
    assert found_names(b"\n".join(body for _, body in opened), set(names.values())) == set()


def test_every_websocket__without_a_session(staffed_address, every_route):
    sockets = [path for path, _, kind in every_route if kind == "WebSocketRoute"]
    assert sockets
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
    }
    with client(staffed_address) as nobody, client(staffed_address, "chu.tich") as viewer:
        for path in sockets:
            assert nobody.get(staffed_address + path, headers=upgrade, timeout=SECONDS).status_code == 403
            foreign = upgrade | {"Origin": "http://evil.example"}
            assert viewer.get(staffed_address + path, headers=foreign, timeout=SECONDS).status_code == 403


def received(address, account, every_route, world):
    """All that the routes tell an account, however they are asked; logging out is the last that it does."""
    names, stand_ins = world
    words = {name.split()[0] for name in list(names.values())[:40]}
    bodies = [next(iter(words)).encode(), json.dumps(asked(stand_ins, next(iter(words)))).encode()]
    told = []
    ordered = sorted(every_route, key=lambda route: route[0] == LOGOUT)
    with client(address, account) as visitor:
        for path, methods, kind in ordered:
            if kind == "WebSocketRoute":
                continue
            for filled in addresses(path, stand_ins):
                for method in set(methods) - {"HEAD", "OPTIONS"}:
                    queries = ["", "?" + urlencode(asked(stand_ins, next(iter(words))))]
                    for query, body in product(queries, [None] if method == "GET" else bodies):
                        answer = visitor.request(
                            method,
                            address + filled + query,
                            data=body,
                            allow_redirects=False,
                            timeout=SECONDS,
                        )
                        assert answer.status_code < 500, (method, filled, answer.text)
                        told.append(
                            (f"{method} {filled}", str(answer.headers).encode() + unpacked(answer.content))
                        )
    return told


def test_every_route__tells_a_viewer_no_name_and_lets_it_write_nothing(
    staffed_address, staffed_folder, every_route, world
):
    """The editor's answers beside it: there the names are found, so that the test can fail."""
    names = set(world[0].values())
    before = state_of(staffed_folder)
    told = received(staffed_address, "chu.tich", every_route, world)
    if found_names(b"\n".join(body for _, body in told), names):
        pytest.fail(str({asked: found for asked, body in told if (found := found_names(body, names))}))
    assert state_of(staffed_folder) == before
    with_names = {"/tim", "/thuc-dia/tim", "/thuc-dia/thua/{parcel}", "/phieu-can-cu/{parcel_id}"}
    named = received(
        staffed_address, "lan", [route for route in every_route if route[0] in with_names], world
    )
    for path in with_names:
        start = path.partition("{")[0]
        bodies = [body for asked, body in named if asked.partition(" ")[2].startswith(start)]
        assert found_names(b"\n".join(bodies), names), path


def state_of(staffed_folder):
    """The ledger's head and the accounts: what a write would change."""
    project = Project.open(staffed_folder)
    found = project.refresh(), [(one.account_id, one.role) for one in accounts.accounts(project)]
    project.close()
    return found
