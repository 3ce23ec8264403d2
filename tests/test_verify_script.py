"""The stand-alone script on copies of the sample, spoiled in each way: the same verdict as ours.

It runs as an auditor runs it: isolated, without a single package.
"""

import ast
import hashlib
import io
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gis.ledger.chain import Head, Row
from gis.ledger.entry import Draft
from gis.ledger.facts import KINDS, Milestone
from gis.ledger.verify import check_chain
from gis.project import Project, attachments
from gis.store.database import Stamp
from gis.store.ledger_export import write_export

sys.path.insert(0, str(Path(__file__).parent / "store"))
from scans import picture

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "docs" / "verify_ledger.py"
PAGE = (ROOT / "docs" / "kiem-tra-so.md").read_text("utf-8")

AT = 57


def script(*words, code=None):
    ran = subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, *map(str, words)],
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
    )
    assert code is None or ran.returncode == code, ran.stderr
    assert "Traceback" not in ran.stderr
    return ran


def verdict(*words):
    """(ok, first bad seq, what) as the script says it."""
    told = json.loads(script(*words, "--json").stdout)
    first = told["first_bad"] or {"seq": None, "what": None}
    return told["ok"], first["seq"], first["what"], told["head"]["seq"], told["head"]["hash"]


def ours(path, heads=()):
    """The same by our own check over the same file."""
    with closing(sqlite3.connect(path)) as connection:
        cursor = connection.execute("SELECT * FROM entry ORDER BY seq")
        names = [column[0] for column in cursor.description]
        rows = (Row(**dict(zip(names, values, strict=True))) for values in cursor)
        problems, head = check_chain(rows, heads)
    if not problems:
        return True, None, None, head.seq, head.hash
    first = problems[0]
    seq = int(first.source.removeprefix("entry "))
    return False, seq, first.message.removeprefix("verify."), head.seq, head.hash


@pytest.fixture(scope="module")
def plain(sample_folder, tmp_path_factory):
    """The sample's ledger in one file, without the triggers that would refuse all this."""
    path = tmp_path_factory.mktemp("plain") / "ledger.db"
    with (
        closing(sqlite3.connect(sample_folder / "ledger.db")) as source,
        closing(sqlite3.connect(path)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            copy.execute(f"DROP TRIGGER {name}")
        copy.execute("DELETE FROM entry WHERE seq > 400")  # enough of it, and quick
        copy.commit()
    return path


@pytest.fixture
def ledger(plain, tmp_path):
    return Path(shutil.copy(plain, tmp_path / "ledger.db"))


def run(path, *statements):
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.executescript(statement)
        connection.commit()


def hash_of(path, seq):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT hash FROM entry WHERE seq = ?", [seq]).fetchone()[0]


def rewrite(path, first, last, change):
    """New bodies with hashes computed anew, as somebody does who knows how it works."""
    with closing(sqlite3.connect(path)) as connection:
        previous = "0" * 64 if first == 1 else hash_of(path, first - 1)
        rows = connection.execute(
            "SELECT seq, body FROM entry WHERE seq BETWEEN ? AND ?", [first, last]
        ).fetchall()
        for seq, body in rows:
            other = change(body) if seq == first else body
            previous = hashlib.sha256((previous + other).encode()).hexdigest()
            connection.execute("UPDATE entry SET body = ?, hash = ? WHERE seq = ?", [other, previous, seq])
        connection.commit()


OTHER_WRITER = 'replace(body, \'"by":"\', \'"by":"x\')'
SPOILED = {
    "body": (f"UPDATE entry SET body = {OTHER_WRITER} WHERE seq = 57", (AT, "body_changed")),
    "first body": (f"UPDATE entry SET body = {OTHER_WRITER} WHERE seq = 1", (1, "body_changed")),
    "last body": (f"UPDATE entry SET body = {OTHER_WRITER} WHERE seq = 400", (400, "changed")),
    "hash": ("UPDATE entry SET hash = lower(hex(zeroblob(32))) WHERE seq = 57", (AT, "hash_changed")),
    "hash in capitals": ("UPDATE entry SET hash = upper(hash) WHERE seq = 57", (AT, "hash_changed")),
    "body and hash": (
        f"UPDATE entry SET body = {OTHER_WRITER}, hash = lower(hex(zeroblob(32))) WHERE seq = 57",
        (AT, "changed"),
    ),
    "two bodies": (f"UPDATE entry SET body = {OTHER_WRITER} WHERE seq IN (57, 200)", (AT, "body_changed")),
    "body as blob": ("UPDATE entry SET body = CAST(body AS BLOB) WHERE seq = 57", (AT, "body_changed")),
    "body emptied": ("UPDATE entry SET body = '' WHERE seq = 57", (AT, "body_changed")),
    "gap": ("DELETE FROM entry WHERE seq = 57", (AT, "missing")),
    "wide gap": ("DELETE FROM entry WHERE seq BETWEEN 57 AND 99", (AT, "missing")),
    "head gone": ("DELETE FROM entry WHERE seq = 1", (1, "missing")),
    "gap closed": (
        "DELETE FROM entry WHERE seq = 57; UPDATE entry SET seq = -seq WHERE seq > 57;"
        "UPDATE entry SET seq = -seq - 1 WHERE seq < 0",
        (AT, "missing"),
    ),
    "swapped": (
        "UPDATE entry SET seq = -1 WHERE seq = 57; UPDATE entry SET seq = 57 WHERE seq = 60;"
        "UPDATE entry SET seq = 60 WHERE seq = -1",
        (AT, "reordered"),
    ),
    "moved to the end": ("UPDATE entry SET seq = 401 WHERE seq = 57", (AT, "reordered")),
    "put in": (
        "UPDATE entry SET seq = -seq WHERE seq >= 57; UPDATE entry SET seq = 1 - seq WHERE seq < 0;"
        "CREATE TEMP TABLE extra AS SELECT * FROM entry WHERE seq = 58;"
        "UPDATE extra SET seq = 57, request_id = 'forged', body = replace(body, '\"by\":\"', '\"by\":\"x');"
        "INSERT INTO entry SELECT * FROM extra",
        (AT, "inserted"),
    ),
    "before the first": (
        "CREATE TEMP TABLE extra AS SELECT * FROM entry WHERE seq = 1;"
        "UPDATE extra SET seq = 0, request_id = 'forged'; INSERT INTO entry SELECT * FROM extra",
        (0, "inserted"),
    ),
    "column day": ("UPDATE entry SET on_day = '2020-01-01' WHERE seq = 57", (AT, "column")),
    "column kind": ("UPDATE entry SET kind = 'void' WHERE seq = 57", (AT, "column")),
    "column parcel": ("UPDATE entry SET parcel = NULL WHERE seq = 57", (AT, "column")),
    "column household": ("UPDATE entry SET household = 'x' WHERE seq = 57", (AT, "column")),
    "column milestone": ("UPDATE entry SET milestone = 'x' WHERE seq = 57", (AT, "column")),
    "column target": ("UPDATE entry SET target = 3 WHERE seq = 57", (AT, "column")),
    "column time": (
        "UPDATE entry SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE seq = 57",
        (AT, "column"),
    ),
}


@pytest.mark.parametrize("name", SPOILED)
def test_script__the_same_first_bad_entry_as_ours(ledger, name):
    statement, expected = SPOILED[name]
    run(ledger, statement)
    found = verdict(ledger)
    assert found[:3] == (False, *expected)
    assert found == ours(ledger)


REWRITTEN = {
    "spaces": (lambda body: body.replace('":"', '": "', 1), "not_canonical"),
    "escaped letters": (lambda body: body.replace('"by":"', '"by":"\\u0061'), "not_canonical"),
    "fraction": (lambda body: body.replace('"item":', '"item":0.5,"was":', 1), "unreadable"),
    "unknown field": (lambda body: body.replace('"v":1', '"v":1,"z":1'), "unreadable"),
    "unknown kind": (lambda body: body.replace('"kind":"', '"kind":"x'), "unreadable"),
    "newer version": (lambda body: body.replace('"v":1', '"v":2'), "unreadable"),
    "another seq": (lambda body: body.replace('"seq":400', '"seq":401'), "column"),
    "earlier time": (lambda body: body.replace('"recorded_at":"20', '"recorded_at":"19'), "column"),
    "no day": (lambda body: body.replace('"on":"20', '"on":"20-'), "unreadable"),
    "no JSON": (lambda body: body[:-1], "unreadable"),
    "beyond 2**53": (lambda body: body.replace('"item":', '"item":9007199254740993'), "unreadable"),
}


@pytest.mark.parametrize("name", REWRITTEN)
def test_script__a_body_rewritten_with_its_hash(ledger, name):
    change, what = REWRITTEN[name]
    before = hash_of(ledger, 400)
    rewrite(ledger, 400, 400, change)
    assert hash_of(ledger, 400) != before
    assert verdict(ledger)[:3] == (False, 400, what)
    assert verdict(ledger) == ours(ledger)


def test_script__an_untouched_ledger_and_the_head_of_it(sample_folder, plain):
    with closing(Project.open(sample_folder)) as project:
        head = project.verify()[1]
    assert verdict(sample_folder / "ledger.db", "--head", head) == (True, None, None, head.seq, head.hash)
    said = script(sample_folder / "ledger.db", code=0).stdout
    assert f"{head.seq} ghi nhận" in said
    assert f"{head.seq} entries" in said
    assert str(head) in said
    assert "trigger" in script(plain, code=0).stdout


def test_script__a_cut_off_tail_and_a_rewritten_one(ledger):
    heads = [Head(seq, hash_of(ledger, seq)) for seq in (20, 300, 400)]
    words = [word for head in heads for word in ("--head", head)]
    assert verdict(ledger, *words)[:3] == (True, None, None)
    rewrite(ledger, AT, 400, lambda body: body.replace('"by":"', '"by":"x'))
    assert verdict(ledger)[:3] == (True, None, None)
    assert verdict(ledger, *words)[:3] == (False, 300, "other_head")
    assert verdict(ledger, *words) == ours(ledger, heads)
    run(ledger, "DELETE FROM entry WHERE seq > 100")
    assert verdict(ledger, *words) == ours(ledger, heads)
    assert verdict(ledger, *words)[:3] == (False, 101, "truncated")


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_script__an_export(ledger, tmp_path, ending):
    def export():
        with closing(sqlite3.connect(ledger)) as connection:
            cursor = connection.execute("SELECT * FROM entry ORDER BY seq")
            names = [column[0] for column in cursor.description]
            path = tmp_path / f"ledger.{ending}"
            count = write_export(path, (Row(**dict(zip(names, row, strict=True))) for row in cursor))
        return path, count

    path, count = export()
    assert count == 400
    assert verdict(path)[:4] == (True, None, None, 400)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    lines[100], lines[101] = lines[101], lines[100]
    path.write_text("".join(lines), "utf-8")
    assert verdict(path)[2] == "reordered"
    run(ledger, SPOILED["body"][0])
    assert verdict(export()[0])[:3] == (False, AT, "body_changed")


def test_script__entries_that_are_still_in_the_write_ahead_log(sample_copy):
    with closing(Project.open(sample_copy)) as project:
        before = project.verify()[1]
        kept = project.ledger.engine.connect()  # holds the log
        files = {path.name for path in sample_copy.iterdir()}
        assert verdict(sample_copy / "ledger.db")[3:] == (before.seq, before.hash)
        assert {path.name for path in sample_copy.iterdir()} == files
        kept.close()


def test_script__leaves_nothing_beside_a_copy(ledger):
    script(ledger, code=0)
    assert [path.name for path in ledger.parent.iterdir()] == ["ledger.db"]


def test_script__attachments_and_boundary_versions(sample_copy):
    """What is found at which entry, and that ours finds it too."""
    with closing(Project.open(sample_copy)) as project:
        stamp = Stamp("lan", "r1", datetime(2026, 11, 25, tzinfo=UTC))
        scan = attachments.attach_stream(project, io.BytesIO(picture("PDF")), "x.pdf", stamp)
        with project.ledger.writing() as writer:
            draft = Draft(date(2026, 11, 25), Milestone("P000001", "H1", "notified"), (scan,))
            seq = writer.append([(draft, stamp)])[0].seq
        words = ("--attachments", sample_copy / "attachments", "--boundaries", sample_copy / "boundaries")

        def both():
            by_us = [(p.source, p.message) for p in project.verify()[0] if "_" in p.message]
            by_script = verdict(sample_copy / "ledger.db", *words)
            assert by_us == ([] if by_script[0] else [(f"entry {by_script[1]}", f"verify.{by_script[2]}")])
            return by_script[:3]

        assert both() == (True, None, None)
        path = sample_copy / "attachments" / scan.sha256[:2] / scan.sha256
        path.chmod(0o644)
        path.write_bytes(b"x" * scan.bytes)
        assert both() == (False, seq, "attachment_altered")
        path.write_bytes(b"x")
        assert both() == (False, seq, "attachment_size")
        path.unlink()
        assert both() == (False, seq, "attachment_missing")
        attachments.erase(project, scan.sha256, "theo đơn", stamp)
        assert verdict(sample_copy / "ledger.db", *words)[0] is True
        version = next((sample_copy / "boundaries").glob("*.parquet"))
        version.chmod(0o644)
        version.write_bytes(version.read_bytes() + b"x")
        assert verdict(sample_copy / "ledger.db", *words)[2] == "version_altered"
        version.unlink()
        assert verdict(sample_copy / "ledger.db", *words)[2] == "version_missing"


@pytest.mark.parametrize("content", [b"", b"not a ledger", b"SQLite format 3\x00" + b"x" * 5000])
def test_script__a_file_that_is_no_ledger(tmp_path, content):
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    ran = script(path)
    assert ran.returncode in ({0, 2} if not content else {2})


def test_script__a_file_that_is_not_there(tmp_path):
    assert "Không kiểm tra được" in script(tmp_path / "gone.db", code=2).stderr


def test_script__knows_the_same_kinds_and_fields():
    """A new kind or field must be told to the script too."""
    namespace = {"__name__": "verify_ledger"}
    exec(compile(SCRIPT.read_text("utf-8"), str(SCRIPT), "exec"), namespace)  # noqa: S102 - our own script
    known = {kind: tuple(set(names.split()) for names in both) for kind, both in namespace["KINDS"].items()}
    needed = {
        name: ({one.name for one in fields(kind)} - kind.later, set(kind.later))
        for name, kind in KINDS.items()
    }
    assert known == needed


def test_script__is_written_for_python_3_8_and_its_own_library():
    tree = ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 8))
    imported = {
        (name.name if isinstance(node, ast.Import) else node.module).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert imported <= sys.stdlib_module_names


def masked(text):
    """Hashes differ from one making of the sample to the next."""
    return re.sub(r"[0-9a-f]{64}", "<hash>", text).strip()


def test_page__shows_what_the_script_says(sample_folder, ledger):
    """The page's two outputs: of the sample, and of its copy in which entry 57 was changed."""
    intact, spoiled = re.findall(r"\$ python3 verify_ledger\.py [a-z.]+\n(.*?)```", PAGE, re.DOTALL)
    assert masked(script(sample_folder / "ledger.db", code=0).stdout) == masked(intact)
    run(ledger, SPOILED["body"][0])
    assert script(ledger, code=1).stdout.splitlines()[:3] == spoiled.strip().splitlines()[:3]


def test_page__the_way_by_hand_leads_to_the_hash(ledger):
    """The same pipe as on the page, for entry 57; by Python where there is no sha256sum."""
    with closing(sqlite3.connect(ledger)) as connection:
        (before,), (body,) = (
            connection.execute(sql).fetchone()
            for sql in re.findall(r'"(SELECT (?:hash|body) FROM entry WHERE seq = \d+)"', PAGE)[:2]
        )
    assert hashlib.sha256((before + body).encode()).hexdigest() == hash_of(ledger, AT)


def test_page__names_every_finding():
    namespace = {"__name__": "verify_ledger"}
    exec(compile(SCRIPT.read_text("utf-8"), str(SCRIPT), "exec"), namespace)  # noqa: S102 - our own script
    assert [what for what in namespace["SAID"] if f"`{what}`" not in PAGE] == []
