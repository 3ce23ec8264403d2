"""The background's routes: nothing without a setting, pictures alone, a transparent one where there is none."""

import io
import json
import sqlite3
import sys
from contextlib import closing
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
    told = json.loads(ask()[2])
    assert told.pop("version")
    assert told == {"url": "/map/background", "attribution": "<b>", "max_zoom": 19}
    status, headers, body = ask("/3/6/3")
    assert (status, headers["content-type"], body) == (200, "image/png", PNG)
    _, headers, body = ask("/3/6/2")
    assert headers["cache-control"] == "no-store"
    assert Image.open(io.BytesIO(body)).convert("RGBA").getpixel((0, 0))[3] == 0
    assert ask("/3/8/0")[0] == 400


def test_background__another_file_under_the_same_name_shows_at_once(ask, tmp_path):
    """Neither this server nor a browser goes on showing the tiles that it kept."""
    (tmp_path / "background.toml").write_text('file = "a.mbtiles"', "utf-8")
    told = []
    for body in (PNG, PNG + b"another"):
        (tmp_path / "a.mbtiles").unlink(missing_ok=True)
        with closing(sqlite3.connect(tmp_path / "a.mbtiles")) as connection:
            connection.execute("CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data)")
            connection.execute("INSERT INTO tiles VALUES (3, 6, 4, ?)", (body,))
            connection.commit()
        told.append((json.loads(ask()[2])["version"], ask("/3/6/3")[2]))
    assert [body for _, body in told] == [PNG, PNG + b"another"]
    assert told[0][0] != told[1][0]
