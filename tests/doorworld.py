"""Routes behind the whole door, as browsers of other machines come to them, logged in or not."""

import warnings
from contextlib import contextmanager
from datetime import UTC, datetime

from accountworld import PASSWORDS, add_people
from landworld import make_project
from starlette.applications import Starlette

from gis.web import door
from gis.web.login_routes import login_routes

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it would like the successor of httpx, which Authlib does not use yet
    from starlette.testclient import TestClient

HERE = "http://127.0.0.1:8501"
OWN = {"Origin": HERE}


def behind_the_door(project, *routes):
    """An app of some routes of a project."""
    return Starlette(
        routes=[*routes, *login_routes(lambda: project)], middleware=door.middleware(lambda: project)
    )


def coming_to(project, *routes):
    """A call that opens a client, of an account of `accountworld` or of nobody."""
    app = behind_the_door(project, *routes)

    def opened(account=None):
        client = TestClient(app, base_url=HERE, follow_redirects=False, client=("192.168.1.7", 50000))
        if account:
            form = {"account": account, "secret": PASSWORDS[account]}
            assert client.post("/dang-nhap", data=form, headers=OWN).status_code == 303
        return client

    return opened


@contextmanager
def land_with_people(folder):
    """The project of `landworld` with the accounts of `accountworld`, open."""
    project = make_project(folder)
    add_people(project, datetime.now(UTC))
    try:
        yield project
    finally:
        project.close()
