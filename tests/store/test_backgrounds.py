"""The background of the map: none unless asked for, a local file read as MBTiles are, a server asked by us alone."""

import http.server
import sqlite3
import threading

import pytest

from gis.errors import BadBackgroundError
from gis.store.backgrounds import read_background, read_tile

PNG = b"\x89PNG\r\n\x1a\n" + b"one"
JPEG = b"\xff\xd8\xff" + b"two"


def write(folder, text):
    (folder / "background.toml").write_text(text, "utf-8")
    return folder


@pytest.fixture
def mbtiles(tmp_path):
    """One tile at zoom 3, column 6, row 3 from the north: row 4 from the south, as MBTiles count."""
    with sqlite3.connect(tmp_path / "nền.mbtiles") as connection:
        connection.execute("CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data)")
        connection.execute("INSERT INTO tiles VALUES (3, 6, 4, ?), (3, 6, 5, ?)", (PNG, b"\x1f\x8bvector"))
    connection.close()
    return tmp_path


def test_read_background__none_unless_the_folder_asks_for_one(tmp_path):
    assert read_background(tmp_path) is None


def test_read_tile__of_a_file_counts_rows_from_the_south(mbtiles):
    found = read_background(write(mbtiles, 'file = "nền.mbtiles"\nattribution = "Ảnh mẫu"\nmax_zoom = 17\n'))
    assert (found.attribution, found.max_zoom) == ("Ảnh mẫu", 17)
    assert read_tile(found, 3, 6, 3) == (PNG, "image/png")
    assert read_tile(found, 3, 6, 4) is None
    assert read_tile(found, 3, 6, 2) is None  # there, but no picture


def test_read_tile__of_a_file_that_is_no_mbtiles_is_none(tmp_path):
    (tmp_path / "a.mbtiles").write_bytes(b"no database at all")
    assert read_tile(read_background(write(tmp_path, 'file = "a.mbtiles"')), 3, 6, 3) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "file = ",
        'file = "gone.mbtiles"',
        'file = "../background.toml"',
        'file = "a"\nurl = "https://a/{z}/{x}/{y}"',
        'url = "https://a/{z}/{x}"',
        'url = "file:///etc/{z}/{x}/{y}"',
        'url = "https://a/{z}/{x}/{y}"\nmax_zoom = "19"',
        'url = "https://a/{z}/{x}/{y}"\nkey = "x"',
    ],
)
def test_read_background__what_is_wrong_is_said(tmp_path, text):
    with pytest.raises(BadBackgroundError):
        read_background(write(tmp_path, text))


def test_read_tile__of_a_server_is_asked_by_us(tmp_path):
    asked = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            good = self.path == "/3/6/3.jpg"
            self.send_response(200 if good else 404)
            self.end_headers()
            self.wfile.write(JPEG if good else b"")

        def log_message(self, *words):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/{{z}}/{{x}}/{{y}}.jpg"
        found = read_background(write(tmp_path, f'url = "{address}"'))
        assert read_tile(found, 3, 6, 3) == (JPEG, "image/jpeg")
        assert read_tile(found, 3, 6, 4) is None
        server.shutdown()
    assert asked == ["/3/6/3.jpg", "/3/6/4.jpg"]
    assert read_tile(found, 3, 6, 3) is None  # nobody answers any more
