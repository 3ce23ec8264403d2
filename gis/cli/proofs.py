"""The proof of a parcel on the command line: conditions, entries, head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from gis.cli.common import (
    DEFAULT_PROJECT,
    JsonOption,
    KnownOption,
    OnOption,
    ProjectOption,
    T,
    day,
    known,
    opened,
    out,
    print_json,
    table,
)
from gis.ledger.entry import body_of
from gis.project.entry_words import entry_words
from gis.project.proof import proof as proof_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.project.proof import Proof


def proof(
    parcel: Annotated[str, typer.Argument(help=T("cli.option.parcel"))],
    project: ProjectOption = DEFAULT_PROJECT,
    on: OnOption = None,
    known_at: KnownOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Print why a parcel is cleared or not: each condition, the entries behind it, the head."""
    held = opened(project)
    found = proof_of(held, parcel, day(on), known(held, known_at))
    if as_json:
        print_json(proof_dict(found))
        return
    words = T.of(held.plan)
    out.print(words("proof.cleared" if found.cleared else "proof.not_cleared"))
    rows = [
        [
            words(f"proof.{one.condition}"),
            words("proof.met" if one.met else "proof.not_met"),
            ", ".join(one.missing) or "–",
            ", ".join(str(seq) for seq in one.seqs) or "–",
        ]
        for one in found.grounds
    ]
    names = ("condition", "met", "missing", "entries")
    title = f"{words('proof.title')} {found.card.label}"
    table(title, [(words(f"proof.col_{name}"), "left") for name in names], rows)
    lines = [
        [
            str(line.entry.seq),
            words.date(line.entry.on) if line.entry.on else "–",
            entry_words(line.entry, {}, words),
            words("proof.cancelled_by", seq=line.voided_by) if line.voided_by else "",
            line.hash[:12],
        ]
        for line in found.lines
    ]
    heads = [(words(f"proof.col_{name}"), "left") for name in ("entry", "day", "what", "note", "hash")]
    table(words("proof.entries", count=len(lines)), heads, lines)
    out.print(words("cli.head", seq=found.known.seq, hash=found.known.hash), soft_wrap=True)


def proof_dict(found: Proof) -> dict[str, Any]:
    """A proof as `proof --json` gives it: no names; each entry with the body that is hashed."""
    return {
        "parcel_id": found.card.parcel_id,
        "key": found.card.label,
        "on": found.snapshot.on.isoformat(),
        "known": found.known.seq,
        "head": {"seq": found.known.seq, "hash": found.known.hash},
        "cleared": found.cleared,
        "class": found.card.class_,
        "zones_m2": found.card.zones_m2,
        "conditions": [
            {
                "condition": one.condition,
                "met": one.met,
                "decides": one.decides,
                "entries": list(one.seqs),
                "missing": list(one.missing),
            }
            for one in found.grounds
        ],
        "entries": [
            {
                "seq": line.entry.seq,
                "body": body_of(line.entry),
                "hash": line.hash,
                "voided_by": line.voided_by,
            }
            for line in (*found.boundaries, *found.lines)
        ],
    }


COMMANDS: dict[str, Callable[..., None]] = {"proof": proof}
