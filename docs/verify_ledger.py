#!/usr/bin/env python3
"""Kiểm tra sổ theo dõi mà không cần phần mềm - verify a land-clearance ledger without its software.

    python3 verify_ledger.py ledger.db
    python3 verify_ledger.py ledger.db --head 7013:9f2c... --attachments attachments --boundaries boundaries
    python3 verify_ledger.py ledger.jsonl          # or .csv: columns seq, body, hash

Needs Python 3.8 or later and nothing else. Reads only; a SQLite file is opened read-only.
Exit code: 0 intact, 1 not intact, 2 nothing could be checked.

The rule is short: hash = SHA-256(hash of the entry before + body), lower hexadecimal over UTF-8; the
hash before entry 1 is 64 zeros; body is JSON with sorted keys, no spaces and no fractions (RFC 8785).
"""

import argparse
import csv
import datetime
import hashlib
import json
import re
import sqlite3
import sys
import unicodedata
from collections import deque
from pathlib import Path

ZEROS = "0" * 64
INSERTED_AT_MOST = 1000
SHOWN = 20
LARGEST_INTEGER = 2**53 - 1  # RFC 8785: what every JSON reader keeps exactly
ENVELOPE = {"v", "seq", "kind", "on", "recorded_at", "by", "request_id", "item"}
ENVELOPE_LATER = {"attachments", "warned"}  # there only when not empty
# kind: (fields that are always there, fields that are there when they say something)
KINDS = {
    "boundaries": ("layer sha256 count crs next_uid files", ""),
    "holding": ("parcel household part predecessors", ""),
    "milestone": ("parcel household milestone document amount_vnd", "batch document_on"),
    "opening": ("parcel household milestone document amount_vnd not_later_than file_sha256 row", ""),
    "waiver": ("parcel household milestone note", ""),
    "obstacle_opened": ("parcel household category note", ""),
    "obstacle_closed": ("parcel opened", "note"),
    "visit": ("parcel household outcome note", ""),
    "money": ("parcel household act amount_vnd document batch", ""),
    "object_listed": ("parcel household category count note", ""),
    "object_removed": ("parcel listed count document", ""),
    "batch_opened": ("batch name zone regime", ""),
    "batch_joined": ("batch household left", ""),
    "batch_document": ("batch milestone number effective signatory", ""),
    "delivery": ("block document parcels exceptions", ""),
    "succession": ("pairs", ""),
    "void": ("parcel target note", ""),
}
TARGETS = {"void": "target", "obstacle_closed": "opened", "object_removed": "listed"}
SAID = {
    "body_changed": (
        "nội dung đã bị sửa: không khớp với mã băm mà các ghi nhận sau nối vào "
        "(hoặc số {before} đã bị viết lại cùng mã băm của nó)",
        "its content was changed: it does not match the hash that later entries build on "
        "(or entry {before} was rewritten together with its hash)",
    ),
    "hash_changed": (
        "mã băm đã bị sửa thành {found}, đúng ra là {needed}; nội dung còn nguyên",
        "its hash was changed to {found}, it should be {needed}; its content is intact",
    ),
    "changed": (
        "nội dung hoặc mã băm đã bị sửa: mã băm {found} không khớp",
        "its content or its hash was changed: the hash {found} does not match",
    ),
    "missing": (
        "thiếu {count} ghi nhận (đến số {last}): đã bị xóa khỏi sổ",
        "{count} missing (up to {last}): removed from the ledger",
    ),
    "reordered": (
        "sai thứ tự: ghi nhận này đang đứng ở số {found}, thay vào đó là ghi nhận viết với số {instead}",
        "out of order: this entry stands at {found}, and in its place the one written as {instead}",
    ),
    "inserted": (
        "bị chèn thêm {count} ghi nhận (đến số {last}): không có trong sổ lúc đầu",
        "{count} put in (up to {last}) that the ledger did not have",
    ),
    "truncated": (
        "từ số này đã mất: sổ chỉ còn đến số {found}, bản in nêu đến số {needed}",
        "gone from here on: the ledger ends at {found}, the printed head names {needed}",
    ),
    "other_head": (
        "khác với mã đã in (cần {needed}, gặp {found}): sổ đã bị viết lại từ một số trong khoảng {first} đến số này",
        "differs from the printed head (needed {needed}, found {found}): "
        "rewritten from somewhere between entry {first} and this one on",
    ),
    "unreadable": ("không đọc được ({reason})", "cannot be read ({reason})"),
    "not_canonical": ("không ở dạng chuẩn RFC 8785", "is not in the canonical form of RFC 8785"),
    "column": (
        "cột {column} là {found!r}, nội dung ghi {needed!r}",
        "column {column} says {found!r}, the body {needed!r}",
    ),
    "time_back": (
        "thời điểm ghi {found} sớm hơn dòng trước ({needed})",
        "was recorded at {found}, before the entry ahead of it ({needed})",
    ),
    "void_target": (
        "hủy ghi nhận số {target}, nhưng số này không đứng trước hoặc không thuộc cùng thửa",
        "cancels entry {target}, which is not an earlier one of the same parcel",
    ),
    "attachment_name": ("mã tệp đính kèm {file} không phải là SHA-256", "the attachment's name {file} is no SHA-256"),
    "attachment_missing": ("thiếu tệp đính kèm {file}", "the attachment {file} is gone"),
    "attachment_size": (
        "tệp đính kèm {file} có {found} byte, ghi nhận nêu {needed} byte",
        "the attachment {file} has {found} bytes, the entry says {needed}",
    ),
    "attachment_altered": ("tệp đính kèm {file} đã bị sửa", "the attachment {file} was altered"),
    "version_missing": ("thiếu tệp ranh giới {file}", "the boundary version {file} is gone"),
    "version_altered": ("tệp ranh giới {file} đã bị sửa", "the boundary version {file} was altered"),
}


class Unreadable(Exception):
    """Nothing could be checked."""


class Row:
    """One line: seq, body, hash, and the other columns where the source has them."""

    def __init__(self, seq, body, hash_, columns=None):
        self.seq, self.body, self.hash, self.columns = seq, body, hash_, columns or {}
        self.facts, self.reason = parse(body)

    @property
    def written(self):
        """The number that stands in the body, None where it cannot be read."""
        return None if self.facts is None else self.facts["seq"]


# Reading one body


def no_fraction(text):
    raise ValueError("a fraction: " + text)


def parse(body):
    """(facts, None) of a body, or (None, why it is none)."""
    try:
        facts = json.loads(body, parse_float=no_fraction, parse_constant=no_fraction)
        require_shape(facts)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return None, repr(error)
    return facts, None


def require_shape(facts):
    """The fields of a known version and kind, no other ones; whole numbers; days and times to the letter."""
    if facts["v"] != 1:
        raise ValueError("version {!r}".format(facts["v"]))
    always, later = (set(names.split()) for names in KINDS[facts["kind"]])
    missing = (ENVELOPE | always) - set(facts)
    unknown = set(facts) - ENVELOPE - ENVELOPE_LATER - always - later
    if missing or unknown:
        raise ValueError(f"fields missing {sorted(missing)}, unknown {sorted(unknown)}")
    if type(facts["seq"]) is not int or type(facts["item"]) is not int:
        raise ValueError("seq and item must be whole numbers")
    if facts["on"] is not None:
        datetime.datetime.strptime(facts["on"], "%Y-%m-%d")
    datetime.datetime.strptime(facts["recorded_at"], "%Y-%m-%dT%H:%M:%S.%fZ")
    if len(facts["recorded_at"]) != len("2026-03-02T01:02:03.000000Z"):
        raise ValueError("recorded_at " + facts["recorded_at"])
    require_small(facts)


def require_small(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            require_small(one)
    elif isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise ValueError("an integer beyond 2**53")


def canonical(facts):
    """RFC 8785 for what these bodies hold: texts, whole numbers, true, false, null, ASCII keys."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return unicodedata.normalize("NFC", text)


def columns_of(facts):
    """The columns that repeat what the body says."""
    holding = facts["kind"] == "holding"
    objects = facts["kind"] in {"object_listed", "object_removed"}
    return {
        "seq": facts["seq"],
        "kind": facts["kind"],
        "on_day": facts["on"],
        "recorded_at": facts["recorded_at"],
        "request_id": facts["request_id"],
        "item": facts["item"],
        "parcel": facts.get("parcel"),
        "household": facts.get("household"),
        "milestone": facts.get("milestone"),
        "target": facts.get(TARGETS.get(facts["kind"], "")),
        "part": facts["part"] if holding else str(facts["count"]) if objects else None,
        "predecessors": len(facts["predecessors"]) if holding else None,
    }


# The chain


def link(previous, body):
    """SHA-256 over the hash before and the body; None where the body is no text."""
    try:
        return hashlib.sha256((previous + body).encode("utf-8")).hexdigest()
    except (TypeError, UnicodeEncodeError):
        return None


def fits(previous, row):
    return row is not None and row.hash == link(previous, row.body)


class Check:
    """One way through the rows; what is wrong goes into `problems` as (seq, what, facts)."""

    def __init__(self, heads=()):
        self.problems = []
        self.seq, self.hash = 0, ZEROS
        self.hashes = deque([ZEROS], maxlen=INSERTED_AT_MOST + 1)
        self.parcels, self.unsure, self.time = {}, set(), ""
        self.doubtful = False
        self.heads, self.fitting = sorted(set(heads)), 0
        self.attachments, self.versions = {}, {}
        self.compare_heads()

    def tell(self, seq, what, **facts):
        self.problems.append((seq, what, facts))

    def run(self, rows):
        rows = iter(rows)
        row = next(rows, None)
        while row is not None:
            following = next(rows, None)
            if not self.step(row, following, rows):
                return self
            row = following
        if self.heads:
            self.tell(self.seq + 1, "truncated", needed=self.heads[-1][0], found=self.seq)
        return self

    def step(self, row, following, rest):
        """Look at a row; False if the rows after it have no place of their own any more."""
        place = self.seq + 1
        if row.seq == place and fits(self.hash, row):
            self.doubtful = False
            self.look_into(row)
            self.go_on(row.seq, row.hash)
            return True
        if row.seq == place and row.written in (None, place):
            return self.broken(row, following, rest)
        self.displaced(row, following, rest)
        return False

    def broken(self, row, following, rest):
        """A row in its place whose hash does not fit: what follows tells what was altered."""
        self.unsure.add(row.seq)
        if fits(self.hash, following):
            self.tell(row.seq, "inserted", count=1, last=row.seq)
            self.drain(following, rest)
            return False
        right = link(self.hash, row.body)
        later = {hash_ for seq, hash_ in self.heads if seq == row.seq}
        later |= {hash_ for hash_ in (right, row.hash) if hash_ and fits(hash_, following)}
        if right in later:
            self.tell(row.seq, "hash_changed", found=row.hash, needed=right)
            self.go_on(row.seq, right)
            return True
        if row.hash not in later:
            self.tell(row.seq, "changed", found=row.hash)
        elif not self.doubtful:
            self.tell(row.seq, "body_changed", before=row.seq - 1)
        self.doubtful = row.hash not in later
        self.go_on(row.seq, row.hash)
        return True

    def displaced(self, row, following, rest):
        """A row with another number than its place has."""
        place = self.seq + 1
        written = row.seq if row.written is None else row.written
        back = place - written
        if row.seq < place or (0 < back < len(self.hashes) and fits(self.hashes[-1 - back], row)):
            first = row.seq if row.seq < place else written
            self.tell(first, "inserted", count=max(place - first, 1), last=place - 1)
            self.drain(following, rest)
            return
        alone = row.seq == place and following is not None and following.written == place + 1
        elsewhere = self.drain(following, rest, place)
        if elsewhere is not None:
            self.tell(place, "reordered", found=elsewhere, instead=written)
        elif alone or written <= place:
            self.tell(place, "changed", found=row.hash)
        else:
            self.tell(place, "missing", count=written - place, last=written - 1)

    def drain(self, following, rest, sought=None):
        """Go to the end for the head; the place at which the entry written as `sought` stands."""
        found, row = None, following
        while row is not None:
            if sought is not None and found is None and sought in (row.seq, row.written):
                found = row.seq
            self.seq, self.hash = row.seq, row.hash
            row = next(rest, None)
        return found

    def look_into(self, row):
        """What is wrong with a row that has its place in the chain."""
        facts = row.facts
        if facts is None:
            self.unsure.add(row.seq)
            self.tell(row.seq, "unreadable", reason=row.reason)
            return
        if canonical(facts) != row.body:
            self.tell(row.seq, "not_canonical")
        for column, needed in columns_of(facts).items():
            found = row.columns.get(column, needed)
            if found != needed or type(found) is not type(needed):
                self.tell(row.seq, "column", column=column, needed=needed, found=found)
        if row.seq != facts["seq"] and not row.columns:
            self.tell(row.seq, "column", column="seq", needed=facts["seq"], found=row.seq)
        if facts["recorded_at"] < self.time:
            self.tell(row.seq, "time_back", found=facts["recorded_at"], needed=self.time)
        self.time = max(self.time, facts["recorded_at"])
        target = facts.get("target")
        known = facts["kind"] != "void" or target in self.unsure
        if not known and self.parcels.get(target, "") != facts["parcel"]:
            self.tell(row.seq, "void_target", target=target)
        self.parcels[row.seq] = facts.get("parcel")
        for one in facts.get("attachments", ()):
            self.attachments.setdefault(one["sha256"], (row.seq, one["bytes"]))
        if facts["kind"] == "boundaries":
            self.versions.setdefault(facts["sha256"], row.seq)

    def go_on(self, seq, hash_):
        self.seq, self.hash = seq, hash_
        self.hashes.append(hash_)
        self.compare_heads()

    def compare_heads(self):
        while self.heads and self.heads[0][0] <= self.seq:
            seq, printed = self.heads.pop(0)
            if printed == self.hash:
                self.fitting = seq
            else:
                self.tell(seq, "other_head", first=self.fitting + 1, needed=printed, found=self.hash)


# The files that entries name


def sha256_of(path):
    digest = hashlib.sha256()
    with open(str(path), "rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()


def check_attachments(check, folder, erased):
    for sha256, (seq, size) in check.attachments.items():
        shown = {"file": str(sha256)[:12]}
        if not re.match(r"[0-9a-f]{64}\Z", str(sha256)):
            check.tell(seq, "attachment_name", **shown)
            continue
        path = folder / sha256[:2] / sha256
        if sha256 in erased:
            continue
        if not path.is_file():
            check.tell(seq, "attachment_missing", **shown)
        elif path.stat().st_size != size:
            check.tell(seq, "attachment_size", found=path.stat().st_size, needed=size, **shown)
        elif sha256_of(path) != sha256:
            check.tell(seq, "attachment_altered", **shown)


def check_versions(check, folder):
    for sha256, seq in check.versions.items():
        path = folder / (str(sha256) + ".parquet")
        if not path.is_file():
            check.tell(seq, "version_missing", file=path.name)
        elif sha256_of(path) != sha256:
            check.tell(seq, "version_altered", file=path.name)


# Where rows come from


def text_of(value):
    """A text as SQLite holds it; bytes that are no UTF-8 stay bytes."""
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return value


def connect(path):
    """A read-only connection that leaves no file behind where it can be helped."""
    address = path.resolve().as_uri()
    log = Path(str(path) + "-wal")
    if not log.exists():
        return sqlite3.connect(address + "?mode=ro&immutable=1", uri=True)
    connection = sqlite3.connect(address + "?mode=ro", uri=True)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        if log.stat().st_size:
            raise Unreadable(
                f"{log.name} holds entries that cannot be read in a read-only folder: copy the database with its "
                f"-wal and -shm files into a folder that can be written ({error})"
            ) from None
        connection = sqlite3.connect(address + "?mode=ro&immutable=1", uri=True)
    return connection


def sqlite_rows(connection):
    connection.text_factory = text_of
    cursor = connection.execute("SELECT * FROM entry ORDER BY seq")
    names = [column[0] for column in cursor.description]
    for values in cursor:
        columns = dict(zip(names, values))
        yield Row(columns["seq"], columns["body"], columns["hash"], columns)


def sqlite_erased(connection):
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'attachment'").fetchone()
    if not known:
        return set()
    found = connection.execute("SELECT sha256 FROM attachment WHERE erased_at IS NOT NULL")
    return {text_of(sha256) for (sha256,) in found}


def sqlite_guarded(connection):
    found = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'entry'")
    return found.fetchone()[0] > 0


def export_rows(path):
    """Rows of a JSON Lines file or of a CSV file with the columns seq, body, hash."""
    csv.field_size_limit(1 << 30)
    with open(str(path), encoding="utf-8-sig", newline="") as file:
        if path.suffix.lower() == ".csv":
            for line in csv.DictReader(file, strict=True):
                yield Row(int(line["seq"]), line["body"], line["hash"])
        else:
            for text in file:
                if text.strip():
                    line = json.loads(text)
                    yield Row(line["seq"], line["body"], line["hash"])


def is_sqlite(path):
    with open(str(path), "rb") as file:
        return file.read(16) == b"SQLite format 3\x00"


# The command


def head_of(text):
    found = re.match(r"([0-9]{1,12}):([0-9a-fA-F]{64})\Z", text.strip())
    if not found:
        raise argparse.ArgumentTypeError("SEQ:HASH, as a report prints it")
    return int(found.group(1)), found.group(2).lower()


def checked(options):
    """The finished check, and remarks (Vietnamese, English)."""
    path, remarks, erased = options.ledger, [], set()
    if is_sqlite(path):
        connection = connect(path)
        try:
            check = Check(options.head).run(sqlite_rows(connection))
            erased = sqlite_erased(connection)
            if not sqlite_guarded(connection):
                remarks.append(
                    (
                        "bảng entry không còn trigger chống sửa, xóa: có người đã gỡ bỏ",
                        "no trigger guards the table entry any more: somebody removed them",
                    )
                )
        finally:
            connection.close()
    else:
        check = Check(options.head).run(export_rows(path))
        remarks.append(
            (
                "tệp xuất chỉ có seq, body, hash: các cột khác của cơ sở dữ liệu không được so sánh",
                "an export has seq, body and hash only: the database's other columns were not compared",
            )
        )
    if not check.problems and options.boundaries:
        check_versions(check, options.boundaries)
    if not check.problems and options.attachments:
        check_attachments(check, options.attachments, erased)
    for sha256 in sorted(erased & set(check.attachments)):
        remarks.append(
            (
                f"tệp đính kèm {sha256[:12]} đã được xóa có chủ đích",
                f"the attachment {sha256[:12]} was erased on purpose",
            )
        )
    return check, remarks


def say(check, remarks):
    if check.problems:
        print("SỔ THEO DÕI KHÔNG NGUYÊN VẸN / THE LEDGER IS NOT INTACT")
        for order, (seq, what, facts) in enumerate(check.problems[:SHOWN]):
            vietnamese, english = (text.format(**facts) for text in SAID[what])
            print(("Sai từ ghi nhận số {}: {}." if order == 0 else "  Ghi nhận số {}: {}.").format(seq, vietnamese))
            print(("Wrong from entry {} on: {}." if order == 0 else "  Entry {}: {}.").format(seq, english))
        if len(check.problems) > SHOWN:
            print(f"  … {len(check.problems) - SHOWN} lỗi nữa / more")
    else:
        print(f"Sổ theo dõi nguyên vẹn: {check.seq} ghi nhận.")
        print(f"The ledger is intact: {check.seq} entries.")
    for vietnamese, english in remarks:
        print(f"Lưu ý: {vietnamese}.\nRemark: {english}.")
    print(f"Mã cuối sổ / head: {check.seq}:{check.hash}")


def main():
    # Windows consoles are often not UTF-8; Vietnamese must not stop the check.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ledger", type=Path, help="ledger.db, or an export (.jsonl, .csv)")
    parser.add_argument("--head", type=head_of, action="append", default=[], help="SEQ:HASH, repeatable")
    parser.add_argument("--attachments", type=Path, metavar="DIR")
    parser.add_argument("--boundaries", type=Path, metavar="DIR")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    try:
        check, remarks = checked(options)
    except (Unreadable, OSError, sqlite3.Error, ValueError, KeyError, csv.Error) as error:
        print(f"Không kiểm tra được / nothing could be checked: {options.ledger}: {error}", file=sys.stderr)
        return 2
    if options.json:
        first = check.problems[0] if check.problems else None
        told = {
            "ok": not check.problems,
            "head": {"seq": check.seq, "hash": check.hash},
            "first_bad": None if first is None else {"seq": first[0], "what": first[1]},
            "problems": [{"seq": seq, "what": what} for seq, what, _ in check.problems],
            "remarks": [english for _, english in remarks],
        }
        print(json.dumps(told, indent=1))
    else:
        say(check, remarks)
    return 1 if check.problems else 0


if __name__ == "__main__":
    sys.exit(main())
