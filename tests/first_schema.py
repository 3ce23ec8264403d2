"""A ledger as the first version of this program left it: its very SQL, and bodies as it wrote them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from gis.ledger.chain import FIRST_PREVIOUS_HASH, Head, link
from gis.store.migrate import upgrade

if TYPE_CHECKING:
    from postgres import Place

V1_SCHEMA = """
CREATE TABLE entry (
	seq INTEGER NOT NULL, kind TEXT NOT NULL, on_day TEXT, recorded_at TEXT NOT NULL, request_id TEXT NOT NULL,
	item INTEGER NOT NULL, parcel TEXT, body TEXT NOT NULL, hash TEXT NOT NULL,
	PRIMARY KEY (seq), UNIQUE (request_id, item));
CREATE TABLE household (
	household_id TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, hamlet TEXT NOT NULL, commune TEXT NOT NULL,
	PRIMARY KEY (household_id));
CREATE TABLE note (note_id TEXT NOT NULL, salt TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (note_id));
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: UPDATE refused'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: DELETE refused'); END;
CREATE TRIGGER entry_next_only BEFORE INSERT ON entry
       WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM entry)
         OR EXISTS (SELECT 1 FROM entry WHERE request_id = NEW.request_id AND item = NEW.item)
       BEGIN SELECT RAISE(ABORT, 'the ledger takes only the entry after its head'); END;
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;
"""
NOTE = '{"id":"5e1f","sha256":"' + "ab" * 32 + '"}'
AT = "2026-03-02T01:02:03.000000Z"
V1_BODIES = [
    '{"by":"lan","count":2,"crs":"EPSG:5897","files":[{"name":"thửa.gpkg","sha256":"'
    + "cd" * 32
    + '"}],"item":0,'
    '"kind":"boundaries","layer":"parcels","next_uid":3,"on":"2025-07-01","recorded_at":"' + AT + '",'
    '"request_id":"r1","seq":1,"sha256":"' + "ef" * 32 + '","v":1}',
    '{"by":"lan","household":"H1","item":0,"kind":"holding","on":"2026-03-01","parcel":"P000001","part":"1/3",'
    '"predecessors":["H8","H9"],"recorded_at":"' + AT + '","request_id":"r2","seq":2,"v":1}',
    '{"by":"lan","household":"H2","item":1,"kind":"holding","on":"2026-03-01","parcel":"P000001","part":null,'
    '"predecessors":[],"recorded_at":"' + AT + '","request_id":"r2","seq":3,"v":1}',
    '{"amount_vnd":120000000,"by":"lan","document":"12/QĐ-UBND","household":"H1","item":0,"kind":"milestone",'
    '"milestone":"paid","on":"2026-03-01","parcel":"P000001","recorded_at":"'
    + AT
    + '","request_id":"r3","seq":4,"v":1}',
    '{"by":"lan","category":"price","household":null,"item":0,"kind":"obstacle_opened","note":' + NOTE + ","
    '"on":"2026-03-01","parcel":"P000001","recorded_at":"' + AT + '","request_id":"r4","seq":5,"v":1}',
    '{"by":"lan","item":0,"kind":"obstacle_closed","on":"2026-03-02","opened":5,"parcel":"P000001",'
    '"recorded_at":"' + AT + '","request_id":"r5","seq":6,"v":1}',
    '{"by":"lan","item":0,"kind":"void","note":'
    + NOTE
    + ',"on":null,"parcel":"P000001","recorded_at":"'
    + AT
    + '",'
    '"request_id":"r6","seq":7,"target":4,"v":1}',
]
# By hand: household, milestone, target, part, predecessors of each of them.
DERIVED = [
    (None, None, None, None, None),
    ("H1", None, None, "1/3", 2),
    ("H2", None, None, None, 0),
    ("H1", "paid", None, None, None),
    (None, None, None, None, None),
    (None, None, 5, None, None),
    (None, None, 4, None, None),
]


def v1_rows() -> list[dict[str, Any]]:
    rows, previous = [], FIRST_PREVIOUS_HASH
    for text in V1_BODIES:
        body = json.loads(text)
        previous = link(previous, text)
        row = {
            name: body.get(name) for name in ("seq", "kind", "recorded_at", "request_id", "item", "parcel")
        }
        rows.append(row | {"on_day": body["on"], "body": text, "hash": previous})
    return rows


V1_INSERT = (
    "INSERT INTO entry (seq, kind, on_day, recorded_at, request_id, item, parcel, body, hash)"
    " VALUES (:seq, :kind, :on_day, :recorded_at, :request_id, :item, :parcel, :body, :hash)"
)


def make_v1(place: Place) -> Head:
    """A ledger at version 1: in a file by the old SQL; on a server, where none ever was, by the first migration."""
    rows = v1_rows()
    if place.url is None:
        with closing(sqlite3.connect(place.folder / "ledger.db")) as connection:
            connection.executescript(V1_SCHEMA)
            with connection:
                connection.executemany(V1_INSERT, rows)
                connection.execute(
                    "INSERT INTO household VALUES ('H1', 'Lê Thị Đào', 'household', 'Thôn 1', '15910')"
                )
    else:
        engine = place.backend.engine()
        with place.backend.writing_engine(engine).begin() as connection:
            upgrade(place.backend, connection, 0, to=1)
            connection.execute(sa.text(V1_INSERT), rows)
            connection.execute(
                sa.text("INSERT INTO household VALUES ('H1', 'Lê Thị Đào', 'household', 'Thôn 1', '15910')")
            )
        engine.dispose()
    return Head(rows[-1]["seq"], rows[-1]["hash"])
