"""What an entry can say: one frozen class a kind, and how it becomes the facts of a body.

A field added later is left out of the body while it holds its default, so that no body written before
reads differently. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias

from gis.ledger.part import Part, parse_part, part_text

if TYPE_CHECKING:
    from collections.abc import Callable

Json: TypeAlias = dict[str, Any]
CODEC = "codec"


@dataclass(frozen=True, slots=True)
class Note:
    """A salted fingerprint of a note; the words are in the register, which can forget them."""

    id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Codec:
    """How a value of a fact stands in JSON and comes back."""

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


def _note(value: Json | None) -> Note | None:
    return None if value is None else Note(value["id"], value["sha256"])


def _part(value: str | None) -> Part:
    return None if value is None else parse_part(value)


NOTE = Codec(lambda note: None if note is None else {"id": note.id, "sha256": note.sha256}, _note)
PART = Codec(part_text, _part)
DAY = Codec(
    lambda day: None if day is None else day.isoformat(),
    lambda text: None if text is None else date.fromisoformat(text),
)
TEXTS = Codec(list, tuple)
FILES = Codec(
    lambda files: [{"name": name, "sha256": digest} for name, digest in files],
    lambda files: tuple((file["name"], file["sha256"]) for file in files),
)

EXCEPTIONS = Codec(
    lambda exceptions: [{"parcel": parcel, "tenths_m2": tenths} for parcel, tenths in exceptions],
    lambda exceptions: tuple((one["parcel"], one["tenths_m2"]) for one in exceptions),
)
PAIRS = Codec(
    lambda pairs: [{"old": old, "new": new, "tenths_m2": tenths} for old, new, tenths in pairs],
    lambda pairs: tuple((one["old"], one["new"], one["tenths_m2"]) for one in pairs),
)


def _by(codec: Codec) -> dict[str, Codec]:
    return {CODEC: codec}


@cache
def _fields_of(kind: str) -> tuple[Field[Any], ...]:
    return fields(KINDS[kind])  # asked for each of millions of bodies


@dataclass(frozen=True, slots=True)
class Fact:
    """What one entry says; subclasses are the kinds."""

    kind: ClassVar[str]
    # Fields that came after the first bodies were written: absent from a body while at their default.
    later: ClassVar[frozenset[str]] = frozenset()

    def to_json(self) -> Json:
        """The facts of the body."""
        facts: Json = {}
        for one in _fields_of(self.kind):
            value = getattr(self, one.name)
            if one.name in self.later and value == one.default:
                continue
            codec: Codec | None = one.metadata.get(CODEC)
            facts[one.name] = codec.encode(value) if codec else value
        return facts

    @classmethod
    def of(cls, facts: Json) -> Self:
        """The fact of a body.

        Raises:
            KeyError: If a field is missing, or one stands there that this kind does not have.
        """
        values: Json = {}
        for one in _fields_of(cls.kind):
            if one.name not in facts:
                if one.name not in cls.later or one.default is MISSING:
                    raise KeyError(one.name)
                continue
            codec: Codec | None = one.metadata.get(CODEC)
            values[one.name] = codec.decode(facts[one.name]) if codec else facts[one.name]
        if unknown := set(facts) - set(values):
            raise KeyError(*sorted(unknown))
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Boundaries(Fact):
    """A version of a layer of boundaries came into force."""

    kind: ClassVar[str] = "boundaries"
    parcel: ClassVar[None] = None
    layer: str  # "zones", "parcels" or "features"
    sha256: str
    count: int
    crs: str  # "EPSG:5897"
    next_uid: int  # the first number that no parcel has had yet
    files: tuple[tuple[str, str], ...] = field(metadata=_by(FILES))  # (name, sha256) of what it came from


@dataclass(frozen=True, slots=True)
class Holding(Fact):
    """A household holds a part of a parcel from a day on; its predecessors' holdings end."""

    kind: ClassVar[str] = "holding"
    parcel: str
    household: str
    part: Part = field(metadata=_by(PART))
    predecessors: tuple[str, ...] = field(default=(), metadata=_by(TEXTS))


@dataclass(frozen=True, slots=True)
class Milestone(Fact):
    """A holding reached a milestone; `batch` names the đợt whose document says so."""

    kind: ClassVar[str] = "milestone"
    later: ClassVar[frozenset[str]] = frozenset({"batch", "document_on"})
    parcel: str
    household: str
    milestone: str
    document: str | None = None
    amount_vnd: int | None = None
    batch: str | None = None
    document_on: date | None = field(default=None, metadata=_by(DAY))


@dataclass(frozen=True, slots=True)
class Opening(Fact):
    """A milestone that an office had recorded before us: from which file and row.

    `not_later_than`: the day it happened is unknown, the entry's day is the last it can have been.
    """

    kind: ClassVar[str] = "opening"
    parcel: str
    household: str
    milestone: str
    document: str | None
    amount_vnd: int | None
    not_later_than: bool
    file_sha256: str
    row: int


@dataclass(frozen=True, slots=True)
class Waiver(Fact):
    """An optional milestone does not apply to a holding ("không áp dụng"), with the reason."""

    kind: ClassVar[str] = "waiver"
    parcel: str
    household: str
    milestone: str
    note: Note | None = field(default=None, metadata=_by(NOTE))


@dataclass(frozen=True, slots=True)
class ObstacleOpened(Fact):
    """Something stands in the way of a parcel, or of one household's part of it."""

    kind: ClassVar[str] = "obstacle_opened"
    parcel: str
    household: str | None
    category: str
    note: Note | None = field(default=None, metadata=_by(NOTE))


@dataclass(frozen=True, slots=True)
class ObstacleClosed(Fact):
    """An obstacle, named by the seq that opened it, is out of the way."""

    kind: ClassVar[str] = "obstacle_closed"
    later: ClassVar[frozenset[str]] = frozenset({"note"})
    parcel: str
    opened: int
    note: Note | None = field(default=None, metadata=_by(NOTE))


@dataclass(frozen=True, slots=True)
class Visit(Fact):
    """The team talked with a household (vận động): with which outcome."""

    kind: ClassVar[str] = "visit"
    parcel: str | None  # None: about all that the household holds
    household: str
    outcome: str
    note: Note | None = field(default=None, metadata=_by(NOTE))


@dataclass(frozen=True, slots=True)
class Money(Fact):
    """Money of a household moved: approved, paid, deposited (tiền gửi) or withdrawn from the deposit."""

    kind: ClassVar[str] = "money"
    parcel: str | None  # None: for all that the household holds
    household: str
    act: str
    amount_vnd: int
    document: str | None
    batch: str | None


@dataclass(frozen=True, slots=True)
class ObjectListed(Fact):
    """Graves, a house, crops or poles stand on a parcel and must be removed before it is clean land."""

    kind: ClassVar[str] = "object_listed"
    parcel: str
    household: str | None
    category: str
    count: int
    note: Note | None = field(default=None, metadata=_by(NOTE))


@dataclass(frozen=True, slots=True)
class ObjectRemoved(Fact):
    """So many of the objects that the entry `listed` counts are gone."""

    kind: ClassVar[str] = "object_removed"
    parcel: str
    listed: int
    count: int
    document: str | None


@dataclass(frozen=True, slots=True)
class BatchOpened(Fact):
    """A đợt: its regime of deadlines and what it is called."""

    kind: ClassVar[str] = "batch_opened"
    parcel: ClassVar[None] = None
    batch: str
    name: str
    zone: str | None
    regime: str


@dataclass(frozen=True, slots=True)
class BatchJoined(Fact):
    """A household belongs to a đợt; `left`: it no longer does."""

    kind: ClassVar[str] = "batch_joined"
    parcel: ClassVar[None] = None
    batch: str
    household: str
    left: bool


@dataclass(frozen=True, slots=True)
class BatchDocument(Fact):
    """A document of a đợt: which milestone it stands for, number and signatory; its day is the entry's."""

    kind: ClassVar[str] = "batch_document"
    parcel: ClassVar[None] = None
    batch: str
    milestone: str
    number: str
    effective: date | None = field(metadata=_by(DAY))  # the day from which its deadlines run, if another
    signatory: Note | None = field(default=None, metadata=_by(NOTE))


@dataclass(frozen=True, slots=True)
class Delivery(Fact):
    """A block of land went to the investor by minutes: its parcels, less what is listed as not yet.

    `exceptions` are (parcel, tenths of m²) "trừ phần còn vướng"; None: the whole of that parcel.
    """

    kind: ClassVar[str] = "delivery"
    parcel: ClassVar[None] = None
    block: str
    document: str
    parcels: tuple[str, ...] = field(metadata=_by(TEXTS))
    exceptions: tuple[tuple[str, int | None], ...] = field(default=(), metadata=_by(EXCEPTIONS))


@dataclass(frozen=True, slots=True)
class Succession(Fact):
    """Parcels became other parcels (split, merged, renumbered, redrawn).

    `pairs` gives for each old and new parcel that share land (old, new, tenths of m²) of their
    intersection; the holdings and milestones that the new ones start with follow as entries of their own.
    """

    kind: ClassVar[str] = "succession"
    parcel: ClassVar[None] = None
    pairs: tuple[tuple[str, str, int], ...] = field(metadata=_by(PAIRS))


@dataclass(frozen=True, slots=True)
class Void(Fact):
    """An earlier entry is cancelled: it counts as never written from this seq on."""

    kind: ClassVar[str] = "void"
    parcel: str | None  # of the target, so that a parcel's whole story is in its own entries
    target: int
    note: Note | None = field(default=None, metadata=_by(NOTE))


def notes_of(fact: EntryFact) -> list[Note]:
    """The fingerprints of words that a fact keeps."""
    values = (getattr(fact, one.name) for one in _fields_of(fact.kind))
    return [value for value in values if isinstance(value, Note)]


EntryFact: TypeAlias = (
    Boundaries
    | Holding
    | Milestone
    | Opening
    | Waiver
    | ObstacleOpened
    | ObstacleClosed
    | Visit
    | Money
    | ObjectListed
    | ObjectRemoved
    | BatchOpened
    | BatchJoined
    | BatchDocument
    | Delivery
    | Succession
    | Void
)
KINDS: dict[str, type[EntryFact]] = {
    kind.kind: kind
    for kind in (
        Boundaries,
        Holding,
        Milestone,
        Opening,
        Waiver,
        ObstacleOpened,
        ObstacleClosed,
        Visit,
        Money,
        ObjectListed,
        ObjectRemoved,
        BatchOpened,
        BatchJoined,
        BatchDocument,
        Delivery,
        Succession,
        Void,
    )
}
