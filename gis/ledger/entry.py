"""One immutable line of the ledger, and its bytes.

`body` is the canonical JSON text (RFC 8785) of everything that an entry says: no floats, shares in
lowest terms, whole đồng, NFC, UTC with six decimals and Z. Pure: no file, no clock.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar, TypeAlias

import rfc8785

from gis.errors import UnreadableEntryError
from gis.ledger.part import Part, parse_part, part_text

VERSION = 1
Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Note:
    """A salted fingerprint of a note; the words are in the register, which can forget them."""

    id: str
    sha256: str

    @staticmethod
    def of(value: Json | None) -> Note | None:
        """The note of a body, None where there is none."""
        return None if value is None else Note(value["id"], value["sha256"])


def _note_json(note: Note | None) -> Json | None:
    return None if note is None else {"id": note.id, "sha256": note.sha256}


@dataclass(frozen=True, slots=True)
class Boundaries:
    """A version of a layer of boundaries came into force."""

    kind: ClassVar[str] = "boundaries"
    parcel: ClassVar[None] = None
    layer: str  # "zones", "parcels" or "features"
    sha256: str
    count: int
    crs: str  # "EPSG:5897"
    next_uid: int  # the first number that no parcel has had yet
    files: tuple[tuple[str, str], ...]  # (name, sha256) of the files it came from

    def to_json(self) -> Json:
        """The facts of the body."""
        return {
            "layer": self.layer,
            "sha256": self.sha256,
            "count": self.count,
            "crs": self.crs,
            "next_uid": self.next_uid,
            "files": [{"name": name, "sha256": digest} for name, digest in self.files],
        }

    @classmethod
    def of(cls, facts: Json) -> Boundaries:
        """The fact of a body."""
        files = tuple((file["name"], file["sha256"]) for file in facts["files"])
        plain = {k: facts[k] for k in ("layer", "sha256", "count", "crs", "next_uid")}
        return cls(**plain, files=files)


@dataclass(frozen=True, slots=True)
class Holding:
    """A household holds a part of a parcel from a day on; its predecessors' holdings end."""

    kind: ClassVar[str] = "holding"
    parcel: str
    household: str
    part: Part
    predecessors: tuple[str, ...] = ()

    def to_json(self) -> Json:
        """The facts of the body."""
        return {
            "parcel": self.parcel,
            "household": self.household,
            "part": part_text(self.part),
            "predecessors": list(self.predecessors),
        }

    @classmethod
    def of(cls, facts: Json) -> Holding:
        """The fact of a body."""
        part = None if facts["part"] is None else parse_part(facts["part"])
        return cls(facts["parcel"], facts["household"], part, tuple(facts["predecessors"]))


@dataclass(frozen=True, slots=True)
class Milestone:
    """A holding reached a milestone."""

    kind: ClassVar[str] = "milestone"
    parcel: str
    household: str
    milestone: str
    document: str | None = None
    amount_vnd: int | None = None

    def to_json(self) -> Json:
        """The facts of the body."""
        return {
            "parcel": self.parcel,
            "household": self.household,
            "milestone": self.milestone,
            "document": self.document,
            "amount_vnd": self.amount_vnd,
        }

    @classmethod
    def of(cls, facts: Json) -> Milestone:
        """The fact of a body."""
        names = ("parcel", "household", "milestone", "document", "amount_vnd")
        return cls(*(facts[name] for name in names))


@dataclass(frozen=True, slots=True)
class ObstacleOpened:
    """Something stands in the way of a parcel, or of one household's part of it."""

    kind: ClassVar[str] = "obstacle_opened"
    parcel: str
    household: str | None
    category: str
    note: Note | None = None

    def to_json(self) -> Json:
        """The facts of the body."""
        return {
            "parcel": self.parcel,
            "household": self.household,
            "category": self.category,
            "note": _note_json(self.note),
        }

    @classmethod
    def of(cls, facts: Json) -> ObstacleOpened:
        """The fact of a body."""
        note = Note.of(facts["note"])
        return cls(facts["parcel"], facts["household"], facts["category"], note)


@dataclass(frozen=True, slots=True)
class ObstacleClosed:
    """An obstacle, named by the seq that opened it, is out of the way."""

    kind: ClassVar[str] = "obstacle_closed"
    parcel: str
    opened: int

    def to_json(self) -> Json:
        """The facts of the body."""
        return {"parcel": self.parcel, "opened": self.opened}

    @classmethod
    def of(cls, facts: Json) -> ObstacleClosed:
        """The fact of a body."""
        return cls(facts["parcel"], facts["opened"])


@dataclass(frozen=True, slots=True)
class Void:
    """An earlier entry is cancelled: it counts as never written from this seq on."""

    kind: ClassVar[str] = "void"
    parcel: str | None  # of the target, so that a parcel's whole story is in its own entries
    target: int
    note: Note | None = None

    def to_json(self) -> Json:
        """The facts of the body."""
        return {"parcel": self.parcel, "target": self.target, "note": _note_json(self.note)}

    @classmethod
    def of(cls, facts: Json) -> Void:
        """The fact of a body."""
        return cls(facts["parcel"], facts["target"], Note.of(facts["note"]))


EntryFact: TypeAlias = Boundaries | Holding | Milestone | ObstacleOpened | ObstacleClosed | Void
KINDS: dict[str, type[EntryFact]] = {
    kind.kind: kind for kind in (Boundaries, Holding, Milestone, ObstacleOpened, ObstacleClosed, Void)
}
_ENVELOPE = {"v", "seq", "kind", "on", "recorded_at", "by", "request_id", "item"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a command wants written: a fact and the day it happened (None for a void)."""

    on: date | None
    fact: EntryFact


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger.

    Args:
        seq: Its place, from 1.
        on: The day it happened; None for a void, which is about the record alone.
        recorded_at: When it was written, UTC.
        by: Account id of its writer.
        request_id: Of the request that wrote it; one request writes one or many entries.
        item: Its place within that request, from 0.
        fact: What it says.
    """

    seq: int
    on: date | None
    recorded_at: datetime
    by: str
    request_id: str
    item: int
    fact: EntryFact

    @property
    def parcel(self) -> str | None:
        """The parcel it speaks of, None for boundaries."""
        return self.fact.parcel


def time_text(moment: datetime) -> str:
    """A moment in UTC with six decimals and Z.

    >>> time_text(datetime(2026, 3, 2, 8, tzinfo=UTC))
    '2026-03-02T08:00:00.000000Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_time(text: str) -> datetime:
    """The moment of a `time_text`; another spelling of it raises ValueError."""
    moment = datetime.fromisoformat(text)
    if time_text(moment) != text:
        raise ValueError(text)
    return moment


def canonical(facts: Json) -> str:
    """The RFC 8785 text of an object, its strings in NFC."""
    return unicodedata.normalize("NFC", rfc8785.dumps(facts).decode("utf-8"))


def body_of(entry: Entry) -> str:
    """The canonical text of an entry: what is hashed and kept.

    >>> moved = Milestone("P000001", "H1", "handed_over", "BB-1")
    >>> moment = datetime(2026, 3, 2, tzinfo=UTC)
    >>> body_of(Entry(7, date(2026, 3, 1), moment, "lan", "r1", 0, moved))[:62]
    '{"amount_vnd":null,"by":"lan","document":"BB-1","household":"H'
    """
    envelope: Json = {
        "v": VERSION,
        "seq": entry.seq,
        "kind": entry.fact.kind,
        "on": None if entry.on is None else entry.on.isoformat(),
        "recorded_at": time_text(entry.recorded_at),
        "by": entry.by,
        "request_id": entry.request_id,
        "item": entry.item,
    }
    return canonical(envelope | entry.fact.to_json())


def parse_body(body: str) -> Entry:
    """The entry of a body.

    Raises:
        UnreadableEntryError: If it is not a body of a known version and kind, to the letter.
    """
    try:
        facts = json.loads(body)
        version = facts.pop("v")
        if version != VERSION:
            raise UnreadableEntryError(reason=f"version {version!r}")
        kind = KINDS[facts["kind"]]
        entry = Entry(
            seq=facts["seq"],
            on=None if facts["on"] is None else date.fromisoformat(facts["on"]),
            recorded_at=parse_time(facts["recorded_at"]),
            by=facts["by"],
            request_id=facts["request_id"],
            item=facts["item"],
            fact=kind.of({name: value for name, value in facts.items() if name not in _ENVELOPE}),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableEntryError(reason=repr(error)) from error
    return entry
