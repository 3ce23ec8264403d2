"""The background's routes: nothing without a setting, pictures alone, a transparent one where there is none."""

import io
import json
import sqlite3
import sys
from pathlib import Path

import pytest
from PIL import Image
from starlette.applications import Starlette

from gis.web.background_routes import background_routes

sys.path.insert(0, str(Path(__file__).parent))
from webasgi import answer, http_scope

PNG = b"\x89PNG\r\n\x1a\nbody"


@pytest.fixture
def ask(tmp_path):
    app = Starlette(routes=background_routes(lambda: tmp_path))
    return lambda path="": answer(app, http_scope(f"/map/background{path}"))


def test_background__without_a_setting_there_is_none(ask):
    assert json.loads(ask()[2]) == {}
    assert ask("/3/6/3")[0] == 404


def test_background__a_wrong_setting_is_one_sentence(ask, tmp_path):
    (tmp_path / "background.toml").write_text("file = 7", "utf-8")
    assert json.loads(ask()[2])["error"].startswith("Tệp background.toml cần đúng một trong hai")
    assert ask("/3/6/3")[0] == 400


def test_background__its_tiles_and_nothing_where_there_is_none(ask, tmp_path):
    (tmp_path / "background.toml").write_text('file = "a.mbtiles"\nattribution = "<b>"', "utf-8")
    connection = sqlite3.connect(tmp_path / "a.mbtiles")
    connection.execute("CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data)")
    connection.execute("INSERT INTO tiles VALUES (3, 6, 4, ?)", (PNG,))
    connection.commit()
    connection.close()
    assert json.loads(ask()[2]) == {"url": "/map/background", "attribution": "<b>", "max_zoom": 19}
    status, headers, body = ask("/3/6/3")
    assert (status, headers["content-type"], body) == (200, "image/png", PNG)
    _, headers, body = ask("/3/6/2")
    assert headers["cache-control"] == "no-store"
    assert Image.open(io.BytesIO(body)).convert("RGBA").getpixel((0, 0))[3] == 0
    assert ask("/3/8/0")[0] == 400
