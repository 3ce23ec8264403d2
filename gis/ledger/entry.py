"""One immutable line of the ledger, and its bytes.

`body` is the canonical JSON text (RFC 8785) of everything that an entry says: no floats, shares in
lowest terms, whole đồng, NFC, UTC with six decimals and Z. Pure: no file, no clock.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from gis.errors import UnreadableEntryError
from gis.ledger.facts import KINDS

if TYPE_CHECKING:
    from gis.errors import Problem
    from gis.ledger.facts import EntryFact, Json

VERSION = 1
_ENVELOPE = {"v", "seq", "kind", "on", "recorded_at", "by", "request_id", "item", "attachments", "warned"}
LARGEST_INTEGER: Final = 2**53 - 1  # RFC 8785: what every JSON reader keeps exactly
# For what bodies hold (texts, whole numbers, true, false, null, ASCII keys) the standard encoder writes
# RFC 8785; an encoder for all of JSON takes as long as a fast disk takes for a commit.
_ENCODE: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Attachment:
    """A scan or photo by its content; the file itself is beside the database, under its sha256.

    Its file name stays out of the chain: people put names into it.
    """

    sha256: str
    type: str  # a media type: "application/pdf"
    bytes: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What a command wants written.

    Args:
        on: The day it happened; None for a void.
        fact: What is said.
        attachments: Scans and photos that show it, stored before.
        warnings: What its user is told and what the entry keeps having been told of, by message id.
        words: Free words by the fact's field; the writer puts them into the register and their
            fingerprint into the field.
    """

    on: date | None
    fact: EntryFact
    attachments: tuple[Attachment, ...] = ()
    warnings: tuple[Problem, ...] = ()
    words: tuple[tuple[str, str], ...] = ()


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
        attachments: Scans and photos that show it.
        warned: Ids of the warnings that its writer was shown.
    """

    seq: int
    on: date | None
    recorded_at: datetime
    by: str
    request_id: str
    item: int
    fact: EntryFact
    attachments: tuple[Attachment, ...] = ()
    warned: tuple[str, ...] = ()

    @property
    def parcel(self) -> str | None:
        """The parcel it speaks of; None for what is of no parcel: boundaries, đợt, deliveries."""
        return self.fact.parcel


def time_text(moment: datetime) -> str:
    """A moment in UTC with six decimals and Z.

    >>> time_text(datetime(2026, 3, 2, 8, tzinfo=UTC))
    '2026-03-02T08:00:00.000000Z'
    """
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_time(text: str) -> datetime:
    """The moment of a `time_text`; another spelling of it raises ValueError."""
    moment = datetime.fromisoformat(text)
    if time_text(moment) != text:
        raise ValueError(text)
    return moment


def canonical(facts: Json) -> str:
    """The RFC 8785 text of an object, its strings in NFC.

    >>> canonical({"b": "x", "a": [1, None]})
    '{"a":[1,null],"b":"x"}'

    Raises:
        ValueError: If it holds what no body may: a float, an integer that some reader would round, a
            key outside ASCII, half a character.
        TypeError: If it holds what JSON has not.
    """
    _require_plain(facts)
    text = unicodedata.normalize("NFC", _ENCODE(facts))
    text.encode("utf-8")  # half a character has no bytes
    return text


def _require_plain(facts: Json) -> None:
    if not "".join(facts).isascii():
        raise ValueError("a key outside ASCII")
    values = list(facts.values())
    for value in values:  # grows by what is inside
        if value is None or isinstance(value, str):
            continue
        if isinstance(value, dict):
            _require_plain(value)
        elif isinstance(value, list):
            values += value
        elif isinstance(value, float):
            raise ValueError("a float")  # noqa: TRY004 - a body's value, not a caller's mistake
        elif isinstance(value, int) and abs(value) > LARGEST_INTEGER:
            raise ValueError("an integer beyond 2**53")


def body_of(entry: Entry) -> str:
    """The canonical text of an entry: what is hashed and kept.

    >>> from gis.ledger.facts import Milestone
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
    # Both came after the first bodies were written: absent where there are none.
    if entry.attachments:
        envelope["attachments"] = [
            {"sha256": one.sha256, "type": one.type, "bytes": one.bytes} for one in entry.attachments
        ]
    if entry.warned:
        envelope["warned"] = list(entry.warned)
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
            attachments=tuple(
                Attachment(one["sha256"], one["type"], one["bytes"]) for one in facts.get("attachments", ())
            ),
            warned=tuple(facts.get("warned", ())),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableEntryError(reason=repr(error)) from error
    return entry
