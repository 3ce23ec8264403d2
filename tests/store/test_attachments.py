"""Scans on a real disk: kept once, never changed, refused in a sentence, erased on purpose."""

import hashlib
import io
import os
import stat
import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from gis.errors import (
    AttachmentAlteredError,
    AttachmentErasedError,
    AttachmentMissingError,
    AttachmentRefusedError,
    AttachmentUnknownError,
    AttachmentUnwritableError,
    AttachmentWhyError,
    FileUnreadableError,
)
from gis.ledger.entry import Attachment, Entry
from gis.ledger.facts import Milestone
from gis.store.attachment_checks import check_attachments
from gis.store.attachments import (
    CHUNK_BYTES,
    Limits,
    add_attachment,
    add_files,
    erase_attachment,
    find,
    open_attachment,
    plain_name,
    read_erased,
    read_kept,
)
from gis.store.tables import metadata
from gis.texts import Texts

sys.path.insert(0, str(Path(__file__).parent))
from scans import HEIC, picture

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
PDF, JPEG = picture("PDF"), picture("JPEG")
SHA = hashlib.sha256(PDF).hexdigest()


@pytest.fixture
def connection():
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "attachments"


@pytest.fixture
def add(folder, connection):
    def added(content, name="Biên bản 12.pdf", **limits):
        return add_attachment(folder, connection, io.BytesIO(content), name, "lan", NOW, Limits(**limits))

    return added


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def entry(*attachments, seq=1):
    return Entry(seq, date(2026, 3, 1), NOW, "lan", f"r{seq}", 0, Milestone("P1", "H1", "paid"), attachments)


def test_add_attachment__by_its_content_and_read_only(add, folder, connection):
    assert add(PDF) == Attachment(SHA, "application/pdf", len(PDF))
    path = folder / SHA[:2] / SHA
    assert path.read_bytes() == PDF
    assert stat.S_IMODE(path.stat().st_mode) & 0o222 == 0
    row = find(connection, SHA)
    assert (row.file_name, row.by, row.added_at) == ("Biên bản 12.pdf", "lan", "2026-03-01T08:00:00.000000Z")
    assert row.attachment == add(PDF)
    assert files(folder) == [f"{SHA[:2]}/{SHA}"]


def test_add_attachment__the_same_bytes_are_kept_once(add, folder, connection):
    first = add(PDF)
    path = folder / SHA[:2] / SHA
    before = path.stat().st_ino
    assert add(PDF, "khác tên.pdf") == first
    assert (path.stat().st_ino, find(connection, SHA).file_name) == (before, "Biên bản 12.pdf")


def test_add_attachment__an_altered_file_is_made_whole_again(add, folder):
    add(PDF)
    path = folder / SHA[:2] / SHA
    path.chmod(0o644)
    path.write_bytes(PDF[:-1])
    add(PDF)
    assert path.read_bytes() == PDF


def test_add_attachment__more_than_one_chunk(add, folder):
    large = JPEG + os.urandom(2 * CHUNK_BYTES + 17)
    kept = add(large)
    assert (kept.bytes, kept.sha256) == (len(large), hashlib.sha256(large).hexdigest())
    assert b"".join(open_attachment(folder, kept.sha256)) == large


class Trickle(io.RawIOBase):
    """A stream that gives three bytes a call, as a pipe may."""

    def __init__(self, content):
        self.inner = io.BytesIO(content)

    def read(self, size=-1):
        return self.inner.read(min(size, 3))


def test_add_attachment__a_stream_that_trickles(folder, connection):
    kept = add_attachment(folder, connection, Trickle(HEIC), "x", "lan", NOW)
    assert (kept.type, kept.bytes) == ("image/heic", len(HEIC))


@pytest.mark.parametrize(
    ("content", "limits", "reason"),
    [
        (b"", {}, "refused.attachment_empty"),
        (b"<html><script>alert(1)</script>", {}, "refused.attachment_type"),
        (b"PK\x03\x04" + bytes(100), {}, "refused.attachment_type"),
        (PDF, {"bytes": len(PDF) - 1}, "refused.attachment_large"),
        (JPEG + bytes(3 * CHUNK_BYTES), {"bytes": 2 * CHUNK_BYTES}, "refused.attachment_large"),
    ],
)
def test_add_attachment__refusals_leave_nothing(add, folder, connection, content, limits, reason):
    """The name ends in .pdf each time: only the content counts."""
    with pytest.raises(AttachmentRefusedError) as refused:
        add(content, "scan.pdf", **limits)
    assert [problem.message for problem in refused.value.problems] == [reason]
    assert Texts("vi").error(refused.value)
    assert Texts("en").error(refused.value)
    assert not folder.exists() or files(folder) == []
    assert not read_kept(connection, [hashlib.sha256(content).hexdigest()])


def test_add_attachment__just_as_large_as_allowed(add):
    assert add(PDF, bytes=len(PDF)).bytes == len(PDF)


def test_add_attachment__a_folder_that_is_a_file(tmp_path, connection):
    (tmp_path / "attachments").write_text("in the way")
    with pytest.raises(AttachmentUnwritableError) as refused:
        add_attachment(tmp_path / "attachments", connection, io.BytesIO(PDF), "x.pdf", "lan", NOW)
    assert str(tmp_path) in Texts("vi").error(refused.value)


FILE_LIMIT = """
    import io, resource, signal, sys
    from datetime import UTC, datetime
    from pathlib import Path
    import sqlalchemy as sa
    from gis.errors import AttachmentUnwritableError
    from gis.store.attachments import add_attachment
    from gis.store.tables import metadata
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        try:
            stream = io.BytesIO(b"%PDF-1.7" + bytes(3_000_000))
            add_attachment(Path(sys.argv[1]), connection, stream, "x", "lan", datetime(2026, 3, 1, tzinfo=UTC))
        except AttachmentUnwritableError as error:
            print(error.facts["reason"])
"""


@pytest.mark.skipif(os.name == "nt", reason="file size limits are POSIX")
def test_add_attachment__no_room_in_the_middle_of_a_file_leaves_nothing(tmp_path):
    """The kernel refuses to write beyond 100 kB, as a full disk does."""
    script = tmp_path / "limited.py"
    script.write_text(textwrap.dedent(FILE_LIMIT))
    folder = tmp_path / "attachments"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    ran = subprocess.run(
        [sys.executable, script, folder], env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "File too large"
    assert files(folder) == []


def test_add_files__each_file_once(folder, connection, tmp_path):
    first, second = tmp_path / "a.pdf", tmp_path / "b.jpg"
    first.write_bytes(PDF)
    second.write_bytes(JPEG)
    kept = add_files(folder, connection, [first, second, first], "lan", NOW)
    assert [one.type for one in kept] == ["application/pdf", "image/jpeg"]


def test_add_files__too_many_or_not_there(folder, connection, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(PDF)
    with pytest.raises(AttachmentRefusedError) as refused:
        add_files(folder, connection, [path] * 3, "lan", NOW, Limits(count=2))
    assert "3" in Texts("vi").error(refused.value)
    for absent in (tmp_path / "gone.pdf", tmp_path):
        with pytest.raises(FileUnreadableError):
            add_files(folder, connection, [absent], "lan", NOW)
    assert not folder.exists()


@pytest.mark.parametrize("name", ["", "///", "\x00\x1f", "\u202e"])
def test_plain_name__nothing_left(name):
    assert plain_name(name) == "?"


def test_plain_name__is_not_endless_and_keeps_its_ending():
    assert plain_name("a" * 5000 + ".pdf") == "a" * 196 + ".pdf"


def test_open_attachment__missing_and_no_name(folder):
    with pytest.raises(AttachmentMissingError):
        open_attachment(folder, SHA)
    for name in ("../../../etc/passwd", SHA.upper(), SHA + "\n", ""):
        with pytest.raises(AttachmentUnknownError):
            open_attachment(folder, name)


@pytest.mark.parametrize("at", [0, 100, -1])
def test_open_attachment__an_altered_file_never_comes_whole(add, folder, at):
    kept = add(JPEG + os.urandom(CHUNK_BYTES))
    path = folder / kept.sha256[:2] / kept.sha256
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)
    came = []
    with pytest.raises(AttachmentAlteredError):
        came.extend(open_attachment(folder, kept.sha256))
    assert sum(map(len, came)) < kept.bytes


def test_erase_attachment__the_file_goes_the_fact_stays(add, folder, connection):
    add(PDF)
    with pytest.raises(AttachmentWhyError):
        erase_attachment(folder, connection, SHA, "an", NOW, "  ")
    assert files(folder)
    erase_attachment(folder, connection, SHA, "an", NOW, "theo đơn")
    assert files(folder) == []
    row = read_erased(connection)[SHA]
    assert (row.erased_by, row.erased_why, row.file_name) == ("an", "theo đơn", "")
    with pytest.raises(AttachmentErasedError):
        add(PDF)
    assert files(folder) == []


def test_erase_attachment__again_removes_what_a_backup_brought_back(add, folder, connection):
    add(PDF)
    erase_attachment(folder, connection, SHA, "an", NOW, "theo đơn")
    (folder / SHA[:2] / SHA).write_bytes(PDF)
    erase_attachment(folder, connection, SHA, "lan", NOW, "")
    assert files(folder) == []
    assert read_erased(connection)[SHA].erased_by == "an"


def test_erase_attachment__of_one_that_never_was(folder, connection):
    with pytest.raises(AttachmentUnknownError):
        erase_attachment(folder, connection, SHA, "an", NOW, "x")


def found(folder, *entries, erased=None):
    problems = check_attachments(folder, entries, erased or {})
    assert all(Texts(language).problem(problem) for problem in problems for language in ("vi", "en"))
    return [(problem.source, problem.message, problem.severity) for problem in problems]


def test_check_attachments__sound_ones_and_none(add, folder):
    assert found(folder, entry()) == []
    pdf, jpeg = add(PDF), add(JPEG)
    assert found(folder, entry(pdf, jpeg), entry(pdf, seq=2)) == []


def test_check_attachments__each_thing_that_is_wrong(add, folder):
    pdf, jpeg, png = add(PDF), add(JPEG), add(picture("PNG"))
    for kept, content in ((pdf, PDF[:-1]), (jpeg, b"\0" + JPEG[1:])):
        path = folder / kept.sha256[:2] / kept.sha256
        path.chmod(0o644)
        path.write_bytes(content)
    gone = Attachment("ab" * 32, "image/png", 5)
    nameless = Attachment("../../etc/passwd", "image/png", 5)
    mislabelled = Attachment(png.sha256, "image/jpeg", png.bytes)
    assert found(folder, entry(pdf, jpeg, gone, nameless, mislabelled, seq=7), entry(png, seq=8)) == [
        ("entry 8", "verify.attachment_differs", "refused"),
        ("entry 7", "verify.attachment_size", "refused"),
        ("entry 7", "verify.attachment_altered", "refused"),
        ("entry 7", "verify.attachment_missing", "refused"),
        ("entry 7", "verify.attachment_name", "refused"),
        ("entry 7", "verify.attachment_type", "refused"),
    ]


def test_check_attachments__erased_ones_and_strays_are_remarks(add, folder, connection):
    pdf, jpeg = add(PDF), add(JPEG)
    erase_attachment(folder, connection, pdf.sha256, "an", NOW, "theo đơn")
    erased = read_erased(connection)
    (folder / "ghi chu.txt").write_text("x")
    told = found(folder, entry(pdf), erased=erased)
    assert told[0] == ("entry 1", "verify.attachment_erased", "warning")
    assert sorted(told[1:]) == [("", "verify.attachment_unnamed", "warning")] * 2
    (folder / pdf.sha256[:2] / pdf.sha256).write_bytes(PDF)
    assert ("entry 1", "verify.attachment_back", "warning") in found(folder, entry(pdf, jpeg), erased=erased)
    assert ("", "verify.attachment_back", "warning") in found(folder, entry(jpeg), erased=erased)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_check_attachments__a_pipe_in_the_place_of_a_scan_does_not_stop_the_check(add, folder):
    pdf, jpeg = add(PDF), add(JPEG)
    paths = [folder / kept.sha256[:2] / kept.sha256 for kept in (pdf, jpeg)]
    for path in paths:
        path.unlink()
    os.mkfifo(paths[0])
    paths[1].symlink_to("/dev/zero")
    assert found(folder, entry(pdf, jpeg)) == [("entry 1", "verify.attachment_missing", "refused")] * 2
    for kept in (pdf, jpeg):
        with pytest.raises(AttachmentMissingError):
            open_attachment(folder, kept.sha256)
    assert add(PDF) == pdf  # brought in again
    assert paths[0].read_bytes() == PDF
