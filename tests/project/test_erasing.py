"""Erasing a person: no byte of the name is left in any file, and the chain does not notice."""

import sqlite3
import sys
import unicodedata
from contextlib import closing
from pathlib import Path

import pytest

from gis.errors import RefusedError
from gis.ledger.entry import Attachment
from gis.ledger.facts import Milestone, ObstacleClosed, ObstacleOpened, Visit
from gis.project.erasing import erase, mentions, reach
from gis.project.holdings import import_holdings
from gis.project.people import history, people, person
from gis.project.register_edits import edit, merge, set_officer, unmerge
from gis.store import erasure
from gis.store.database import Ledger
from gis.store.tables import attachment_table, backup_made_table, erasure_table, note_table

sys.path.insert(0, str(Path(__file__).parent))
from peopleworld import commune, rows, stamp, tell

NAME = "Lê Văn Mẫn"
WHY = "Đơn đề nghị số 12 ngày 09/03/2026"


@pytest.fixture
def project(tmp_path):
    opened = commune(tmp_path / "xã")
    yield opened
    opened.close()


def traces(project, *texts):
    """Which texts still stand in a file of the database, composed or not."""
    files = {path.name: path.read_bytes() for path in project.folder.glob("ledger.db*")}
    assert "ledger.db" in files
    return [
        (name, text)
        for name, data in files.items()
        for text in texts
        for form in ("NFC", "NFD")
        if unicodedata.normalize(form, text).encode("utf-8") in data
    ]


def do(project, household="H3", **more):
    return erase(project, household, WHY, stamp("x"), confirmed=household, **more)


def test_erase__leaves_no_byte_of_the_name_and_the_chain_as_it_was(project):
    edit(project, "H3", {"name": "Lê Văn Mẫn Cũ", "hamlet": "Thôn Đông Hạ"}, stamp("a"))
    edit(project, "H3", {"name": NAME}, stamp("b"))
    tell(project, Visit("P000003", "H3", "refused"), "Ông Mẫn đi vắng", "n")
    others, before = [p for p in people(project) if p.household_id != "H3"], rows(project)
    assert traces(project, NAME, "Ông Mẫn", "Thôn Đông Hạ")

    done = do(project)

    assert done.scrubbed
    assert traces(project, NAME, "Văn Mẫn", "Mẫn Cũ", "Ông Mẫn", "Thôn Đông Hạ", "Thôn 10") == []
    assert rows(project) == before
    assert project.verify()[0] == []
    assert [p for p in people(project) if p.household_id != "H3"] == others
    gone = person(project, "H3").household
    assert (gone.name, gone.hamlet, gone.commune, gone.kind) == ("", "", "15910", "household")
    assert gone.erased_at == "2026-03-10T02:05:00.000000Z"
    assert "H3" not in project.households(["H3"])
    assert project.mark is not None
    assert tell(project, Visit("P000003", "H3", "met"), None, "after")  # the database still takes entries


def test_erase__the_same_name_of_another_household_stays(project):
    edit(project, "H4", {"name": NAME}, stamp("a"))
    do(project)
    assert person(project, "H4").household.name == NAME
    assert [c.after for c in history(project, "H4")] == [NAME]
    assert project.households(["H4"])["H4"].name == NAME


def test_erase__what_is_kept_says_no_name(project):
    set_officer(project, ["H3"], "can-bo-1", stamp("a"))
    edit(project, "H3", {"name": "Lê Mẫn"}, stamp("b"))
    do(project)
    assert [c.field for c in history(project, "H3")] == ["officer"]
    assert person(project, "H3").household.officer == "can-bo-1"
    with project.ledger.engine.connect() as connection:
        (kept,) = erasure.read_erasures(connection)
    assert (kept.household_id, kept.by, kept.reason) == ("H3", "lan", WHY)


def test_erase__words_of_its_own_entries_and_of_what_cancels_them(project):
    opened = tell(project, ObstacleOpened("P000003", "H3", "price"), "chưa đồng ý giá", "a")
    closed = tell(project, ObstacleClosed("P000003", opened), "đã đồng ý", "b")
    voided = project.void([closed], "ghi nhầm hộ", stamp("c")).seqs[0]
    other = tell(project, Visit("P000004", "H4", "met"), "hẹn mùng 5", "d")
    parcel = tell(project, ObstacleOpened("P000003", None, "graves"), "mộ nhà ông Mẫn", "e")
    elsewhere = tell(project, ObstacleOpened("P000004", None, "graves"), "3 mộ", "f")
    found = reach(project.entries(), ["H3"])
    assert [e.seq for e in found.notes] == [opened, closed, voided]
    assert [e.seq for e in found.parcel_notes] == [parcel]

    with pytest.raises(RefusedError) as refused:
        do(project, notes=[elsewhere])
    assert [p.message for p in refused.value.problems] == ["refused.erase_note"]
    assert do(project, notes=[]).notes == (opened, closed, voided)
    words = {e.seq: project.reason(e) for e in project.entries()}
    assert [words[seq] for seq in (opened, closed, voided)] == [None, None, None]
    assert (words[other], words[parcel], words[elsewhere]) == ("hẹn mùng 5", "mộ nhà ông Mẫn", "3 mộ")
    assert do(project, notes=[parcel]).notes == (opened, closed, voided, parcel)
    assert project.reason(project.entries()[parcel - 1]) is None


def test_erase__words_of_others_that_hold_the_name_are_told_and_go_only_if_chosen(project):
    hers = tell(project, Visit("P000004", "H4", "met"), "gặp cùng ông lê văn MẪN và con", "a")
    tell(project, Visit("P000004", "H4", "met"), "văn mẫn nguyên là họ khác", "b")  # no full name
    assert [entry.seq for entry in mentions(project, ["H3"])] == [hers]
    with pytest.raises(RefusedError) as refused:
        do(project)
    assert [(p.message, p.facts) for p in refused.value.problems] == [
        ("refused.erase_mentions", {"seqs": str(hers)})
    ]
    assert person(project, "H3").household.name == NAME
    assert do(project, keep_mentions=True).mentioned == (hers,)
    assert project.reason(project.entries()[hers - 1]) == "gặp cùng ông lê văn MẪN và con"


def test_erase__words_of_others_go_with_it(project):
    hers = tell(project, Visit("P000004", "H4", "met"), "gặp cùng ông lê văn MẪN và con", "a")
    done = do(project, notes=[hers])
    assert (done.notes, done.mentioned) == ((hers,), ())
    assert traces(project, "lê văn MẪN", NAME) == []


def test_erase__a_short_name_is_found_only_as_a_word(project):
    """ "An" stands in "văn bản" and in many a word."""
    edit(project, "H3", {"name": "An"}, stamp("e"))
    tell(project, Visit("P000004", "H4", "met"), "theo văn bản", "a")
    done = erase(project, "H3", "Theo văn bản số 12", stamp("x"), confirmed="H3")
    assert (done.mentioned, done.in_chain) == ((), ())


def test_erase__all_ids_of_a_household_that_was_entered_twice(project):
    merge(project, "H2", "H1", stamp("m"))
    assert do(project, "H2").ids == ("H1", "H2")
    assert traces(project, "Nguyễn Thị Hòa", "Nguyễn Thị Hoà") == []
    with pytest.raises(RefusedError):
        unmerge(project, "H2", stamp("u"))
    with pytest.raises(RefusedError):
        edit(project, "H1", {"name": "Ai"}, stamp("e"))


@pytest.mark.parametrize(
    ("reason", "confirmed", "message"),
    [
        (" ", "H3", "refused.missing_reason"),
        (WHY, "H4", "refused.erase_confirm"),
        ("theo đơn của ông LE VAN MAN", "H3", "refused.reason_names"),
    ],
)
def test_erase__what_is_refused_erases_nothing(project, reason, confirmed, message):
    with pytest.raises(RefusedError) as refused:
        erase(project, "H3", reason, stamp("x"), confirmed=confirmed)
    assert [p.message for p in refused.value.problems] == [message]
    assert person(project, "H3").household.name == NAME


def scan(project, digest, file_name):
    with project.ledger.writing() as writer:
        values = {"type": "image/jpeg", "bytes": 3, "added_at": "2026-03-10", "by": "lan"}
        writer.connection.execute(
            attachment_table.insert().values(sha256=digest, file_name=file_name, **values)
        )
    return Attachment(digest, "image/jpeg", 3)


def test_erase__scans_stay_unless_asked_and_shared_ones_always_but_not_their_file_names(project):
    own = scan(project, "a" * 64, "don.jpg")
    shared = scan(project, "b" * 64, "danh_sach_Le-Van-Man.jpg")
    plain = scan(project, "c" * 64, "bang ke.pdf")
    tell(project, Visit("P000003", "H3", "met"), None, "a", (own, shared, plain))
    tell(project, Visit("P000004", "H4", "met"), None, "b", (shared, plain))
    tell(project, ObstacleOpened("P000003", None, "graves"), None, "c", (plain,))
    found = reach(project.entries(), ["H3"])
    assert (found.attachments, found.shared_attachments) == (("a" * 64,), ("b" * 64, "c" * 64))

    assert do(project).attachments == ()
    with project.ledger.engine.connect() as connection:
        names = {row.sha256: row.file_name for row in connection.execute(attachment_table.select())}
    assert names == {"a" * 64: "", "b" * 64: "", "c" * 64: "bang ke.pdf"}

    done = do(project, with_attachments=True)
    assert done.attachments == ("a" * 64,)
    with project.ledger.reading() as connection:
        row = connection.execute(
            attachment_table.select().where(attachment_table.c.erased_at.is_not(None))
        ).one()
    assert (row.sha256, row.erased_by, row.erased_why) == ("a" * 64, "lan", WHY)
    assert do(project, with_attachments=True).attachments == ()


def test_erase__a_name_in_a_document_number_is_told(project):
    seq = tell(project, Milestone("P000003", "H3", "inventoried", "BB lê văn mẫn"), None, "a")
    assert do(project).in_chain == (seq,)


def test_erase__old_backups_are_named(project):
    with project.ledger.writing() as writer:
        for at in ("2026-03-01T00:00:00.000000Z", "2026-03-02T00:00:00.000000Z"):
            writer.connection.execute(
                backup_made_table.insert().values(
                    backup_id=at, at=at, folder="/sao-luu", seq=3, hash="0" * 64, encrypted=False
                )
            )
    assert [(b.at[:10], b.folder) for b in do(project).backups] == [
        ("2026-03-02", "/sao-luu"),
        ("2026-03-01", "/sao-luu"),
    ]


def test_import__does_not_bring_erased_data_back(project, tmp_path):
    do(project)
    found = import_holdings(project, [tmp_path / "ho.csv"], stamp("again"))
    assert person(project, "H3").household.name == ""
    assert [(w.source, w.message) for w in found.warnings] == [("H3", "warning.erased_not_imported")]
    with project.ledger.engine.connect() as connection:
        assert connection.scalar(erasure_table.select().with_only_columns(erasure_table.c.by)) == "lan"


def test_scrub__while_somebody_reads_says_so_and_the_next_time_clears(project, monkeypatch):
    monkeypatch.setattr(erasure, "READERS_MS", 100)
    with closing(sqlite3.connect(project.folder / "ledger.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM household").fetchone()
        assert not do(project).scrubbed
        reader.execute("ROLLBACK")
    assert person(project, "H3").household.name == ""
    assert do(project).scrubbed  # asked again
    assert traces(project, NAME) == []
    with project.ledger.reading() as connection:
        assert len(erasure.read_erasures(connection)) == 1


def test_reapply_erasures__an_old_backup_forgets_what_was_erased_since(project, tmp_path):
    tell(project, Visit("P000003", "H3", "refused"), "Ông Mẫn đi vắng", "n")
    backup = tmp_path / "cu" / "ledger.db"
    backup.parent.mkdir()
    with closing(sqlite3.connect(project.folder / "ledger.db", isolation_level=None)) as connection:
        connection.execute(f"VACUUM INTO '{backup}'")
    do(project)
    with project.ledger.engine.connect() as connection:
        forgotten = erasure.read_forgotten(connection)
    restored = Ledger(backup)
    before = [row.body for row in restored.rows()]
    with restored.engine.connect() as connection:
        assert erasure.read_erasures(connection) == []
    for _ in range(2):  # again changes nothing
        with restored.writing() as writer:
            erasure.reapply_erasures(writer.connection, forgotten)
    assert erasure.scrub(restored)
    with restored.engine.connect() as connection:
        assert erasure.read_forgotten(connection) == forgotten
        assert [row.text for row in connection.execute(note_table.select())] == [""]
    assert [row.body for row in restored.rows()] == before
    restored.close()
    files = b"".join(path.read_bytes() for path in backup.parent.iterdir())
    assert NAME.encode() not in files
    assert "Phạm Văn Sáu".encode() in files


def test_reapply_erasures__what_was_lost_by_accident_comes_back_with_the_backup(project, tmp_path):
    tell(project, Visit("P000004", "H4", "met"), "hẹn mùng 5", "n")
    backup = tmp_path / "ledger.db"
    with closing(sqlite3.connect(project.folder / "ledger.db", isolation_level=None)) as connection:
        connection.execute(f"VACUUM INTO '{backup}'")
    with project.ledger.writing() as writer:
        writer.connection.execute(note_table.delete())
        forgotten = erasure.read_forgotten(writer.connection)
    restored = Ledger(backup)
    with restored.writing() as writer:
        erasure.reapply_erasures(writer.connection, forgotten)
        kept = [row.text for row in writer.connection.execute(note_table.select())]
    assert kept == ["hẹn mùng 5"]
    restored.close()


def test_erase__on_a_server_no_file_of_the_database_holds_the_name(postgres, tmp_path, monkeypatch):
    """The server's own write-ahead log runs in a circle and is not looked at."""
    monkeypatch.setenv("GPMB_DATABASE_URL", postgres.url)
    project = commune(tmp_path / "xã")
    edit(project, "H3", {"name": "Lê Văn Mẫn Cũ"}, stamp("a"))
    tell(project, Visit("P000003", "H3", "refused"), "Ông Mẫn đi vắng", "n")

    def on_disk():
        postgres.execute("CHECKPOINT")
        files = (postgres.folder / "data" / "base").rglob("*")
        return b"".join(path.read_bytes() for path in files if path.is_file())

    postgres.execute("ANALYZE household", "ANALYZE household_change")  # as the server does by itself
    assert "Văn Mẫn".encode() in on_disk()
    before = rows(project)
    assert do(project).scrubbed
    after = on_disk()
    assert [word for word in ("Văn Mẫn", "Ông Mẫn", "Thôn 10") if word.encode() in after] == []
    assert "Phạm Văn Sáu".encode() in after
    assert rows(project) == before
    assert project.verify()[0] == []
    with project.ledger.reading() as connection:
        forgotten = erasure.read_forgotten(connection)
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar_one() == "30s"
    assert ([e.household_id for e in forgotten.erasures], len(forgotten.note_ids)) == (["H3"], 1)
    with project.ledger.writing() as writer:
        erasure.reapply_erasures(writer.connection, forgotten)
    project.close()
