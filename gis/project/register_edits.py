"""Changing the register of a project: edits with history, merges, officers in charge.

The chain is never touched: it holds only ids, and keeps those of a household that was entered twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from gis.errors import Problem, RefusedError
from gis.ledger.entry import parse_time, time_text
from gis.ledger.facts import Holding
from gis.ledger.setting import is_text, require_account, require_none
from gis.project.days import HANOI
from gis.project.people import known_row
from gis.store import register
from gis.store.register_changes import Change, add_changes, read_changes, seen_of, write_households
from gis.vietnamese import nfc

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gis.project.project import Project
    from gis.store.database import Stamp, Writer
    from gis.store.register import Household

KINDS: Final = ("household", "organisation", "commune")
EDITED_FIELDS: Final = ("name", "kind", "hamlet", "commune")
NAME_MAX: Final = 200
ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class Merged:
    """Which id counts no more, which one it joined, and what is odd about it."""

    duplicate: str
    into: str
    warnings: tuple[Problem, ...] = ()


def edit(
    project: Project,
    household_id: str,
    values: Mapping[str, str],
    stamp: Stamp,
    seen: str | None = None,
) -> list[Change]:
    """Give a household its right name, kind, hamlet or commune; what changed goes into its history.

    Args:
        project: Whose register.
        household_id: Whom.
        values: New values of `EDITED_FIELDS`; fields that are not named stay.
        stamp: Who and when.
        seen: `seen_of` the household as its user saw it; None: not asked.

    Raises:
        RefusedError: With every reason; nothing was written.
    """
    require_account(stamp.by)
    cleaned = {field: " ".join(nfc(text).split()) for field, text in values.items()}
    with project.ledger.writing() as writer:
        before = _counting(writer, household_id)
        after = replace(before, **cleaned)
        if after == before:  # also a form that was sent twice
            return []
        require_none([*_changed_since(writer, before, seen), *_wrong_values(project, after)])
        return write_households(writer.connection, [(before, after)], stamp)


def _wrong_values(project: Project, household: Household) -> list[Problem]:
    source = household.household_id
    problems = []
    if not household.name:
        problems.append(Problem(source, "refused.household_name"))
    if len(household.name) > NAME_MAX or len(household.hamlet) > NAME_MAX:
        problems.append(Problem(source, "refused.household_long", {"most": NAME_MAX}))
    if not is_text(household.name + household.hamlet):
        problems.append(Problem(source, "refused.household_letters"))
    if household.kind not in KINDS:
        problems.append(Problem(source, "refused.household_kind", {"found": household.kind}))
    communes = [old.code for old in project.plan.commune.old_communes]
    if household.commune not in {"", *communes} or (household.hamlet and not household.commune):
        facts = {"found": household.commune or "–", "known": ", ".join(communes)}
        problems.append(Problem(source, "refused.household_commune", facts))
    return problems


def merge(
    project: Project,
    duplicate: str,
    into: str,
    stamp: Stamp,
    *,
    seen: Mapping[str, str] | None = None,
    any_kind: bool = False,
) -> Merged:
    """Let a household that was entered twice count as one; the ledger keeps both ids.

    Args:
        project: Whose register.
        duplicate: The id that is to count no more; of one already merged, what it was merged into.
        into: The id that is to count; of one already merged, what it was merged into.
        stamp: Who and when.
        seen: By id, `seen_of` the households as their user saw them; None: not asked.
        any_kind: Also where one is a household and the other an organisation.

    Returns:
        The two ids as they were found, with a warning where both hold parts of one parcel.

    Raises:
        RefusedError: With every reason; nothing was written.
    """
    require_account(stamp.by)
    with project.ledger.writing() as writer:
        merged = register.read_aliases(writer.connection)
        roots = [merged.get(one, one) for one in (duplicate, into)]
        rows = register.read_rows(writer.connection, roots)
        left, right = known_row(rows, roots[0]), known_row(rows, roots[1])
        problems = _wrong_merge(left, right, any_kind=any_kind)
        for one in (left, right):
            problems += _changed_since(writer, one, (seen or {}).get(one.household_id))
        require_none(problems)
        after = replace(left, merged_into=right.household_id)
        write_households(writer.connection, [(left, after)], stamp)
        joined = Change(
            right.household_id, time_text(stamp.now), stamp.by, "merged_from", None, left.household_id
        )
        add_changes(writer.connection, [joined])
    return Merged(left.household_id, right.household_id, tuple(_same_parcels(project, left, right, merged)))


def _wrong_merge(left: Household, right: Household, *, any_kind: bool) -> list[Problem]:
    if left.household_id == right.household_id:
        return [Problem(left.household_id, "refused.merge_same")]
    problems = [
        Problem(one.household_id, "refused.household_erased") for one in (left, right) if one.erased_at
    ]
    if left.kind != right.kind and not any_kind:
        facts = {"kind": left.kind, "other": right.household_id, "other_kind": right.kind}
        problems.append(Problem(left.household_id, "refused.merge_kinds", facts))
    return problems


def _same_parcels(
    project: Project, left: Household, right: Household, merged: Mapping[str, str]
) -> list[Problem]:
    """A warning for each parcel of which both hold a part: one may have been entered twice, too."""
    held: dict[str, set[str]] = {left.household_id: set(), right.household_id: set()}
    for entry in project.entries():
        if isinstance(entry.fact, Holding):
            holder = merged.get(entry.fact.household, entry.fact.household)
            held.get(holder, set()).add(entry.fact.parcel)
    both = sorted(held[left.household_id] & held[right.household_id])
    return [
        Problem(parcel, "warning.merge_same_parcel", {"parcel": parcel}, severity="warning")
        for parcel in both
    ]


def unmerge(project: Project, household_id: str, stamp: Stamp) -> str:
    """Let a household that was merged count by itself again.

    Returns:
        The id that it had been merged into.

    Raises:
        RefusedError: If it is not merged, or its data was erased together with the other's.
    """
    require_account(stamp.by)
    with project.ledger.writing() as writer:
        before = known_row(register.read_rows(writer.connection, [household_id]), household_id)
        if before.merged_into is None:
            raise RefusedError(problems=[Problem(household_id, "refused.not_merged")])
        if before.erased_at is not None:
            raise RefusedError(problems=[Problem(household_id, "refused.household_erased")])
        write_households(writer.connection, [(before, replace(before, merged_into=None))], stamp)
        left = Change(before.merged_into, time_text(stamp.now), stamp.by, "merged_from", household_id, None)
        add_changes(writer.connection, [left])
    return before.merged_into


def set_officer(project: Project, ids: Collection[str], officer: str, stamp: Stamp) -> list[Change]:
    """Put an officer in charge of households, all of them or none.

    Args:
        project: Whose register.
        ids: Whom; of one that was merged, what it was merged into.
        officer: Account id; "" is nobody.
        stamp: Who and when.

    Returns:
        What changed: households that had this officer already are not in it.

    Raises:
        RefusedError: If the account id or a household is not one.
    """
    require_account(stamp.by)
    account = officer.strip()
    if account and not ACCOUNT.fullmatch(account):
        raise RefusedError(problems=[Problem("", "refused.officer_account", {"found": ascii(account)[1:-1]})])
    with project.ledger.writing() as writer:
        merged = register.read_aliases(writer.connection)
        roots = list(dict.fromkeys(merged.get(one, one) for one in ids))
        rows = register.read_rows(writer.connection, roots)
        unknown = [Problem(one, "refused.unknown_household") for one in roots if one not in rows]
        require_none(unknown)
        changed = [(rows[one], replace(rows[one], officer=account)) for one in roots]
        return write_households(writer.connection, changed, stamp)


def _counting(writer: Writer, household_id: str) -> Household:
    """A household that can be edited: known, not merged, not erased."""
    found = known_row(register.read_rows(writer.connection, [household_id]), household_id)
    if found.merged_into is not None:
        facts = {"into": found.merged_into}
        raise RefusedError(problems=[Problem(household_id, "refused.household_merged", facts)])
    if found.erased_at is not None:
        raise RefusedError(problems=[Problem(household_id, "refused.household_erased")])
    return found


def _changed_since(writer: Writer, household: Household, seen: str | None) -> list[Problem]:
    """Refuse what was decided on an older look at a household, naming who changed it and when."""
    if seen is None or seen == seen_of(household):
        return []
    changes: Sequence[Change] = read_changes(writer.connection, [household.household_id])
    if not changes:
        return [Problem(household.household_id, "refused.household_stale")]
    moment = parse_time(changes[-1].at).astimezone(HANOI)
    facts = {"by": changes[-1].by, "at": moment.strftime("%d/%m/%Y %H:%M")}
    return [Problem(household.household_id, "refused.household_changed", facts)]
