"""A list of households as people paste it: a code on each line, an amount of money after it or none.

Pure: no file, no clock.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gis.errors import GisError, Problem
from gis.ledger.batch_apply import Listed
from gis.ledger.rules import HOUSEHOLD_ID
from gis.vietnamese import fold, parse_vnd

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINE: Final = re.compile(r"([A-Za-z0-9._/-]+)(?:[\s;,|]+(.*))?")
_HEADS: Final = ("ma ho", "household")


def parse_list(text: str) -> tuple[tuple[Listed, ...], list[Problem]]:
    r"""The households of a pasted list, and every line that cannot be read.

    Args:
        text: A line each: the household's code, then its whole đồng as people write them, apart by a tab,
            space, semicolon or comma; empty lines, and a first line of headings, are passed over.

    >>> rows, problems = parse_list("H01; 45.872.000 đ\nH02")
    >>> [(row.household, row.amount_vnd, row.source) for row in rows], problems
    ([('H01', 45872000, 'line 1'), ('H02', None, 'line 2')], [])
    """
    rows: list[Listed] = []
    problems: list[Problem] = []
    for source, line in _lines(text):
        match = _LINE.fullmatch(line)
        if match is None or not HOUSEHOLD_ID.fullmatch(match[1]):
            problems.append(Problem(source, "refused.list_line", {"found": line[:40]}))
            continue
        amount, why_not = _amount(match[2] or "", source)
        problems += why_not
        if not why_not:
            rows.append(Listed(match[1], amount, source))
    return tuple(rows), problems


def _lines(text: str) -> Iterable[tuple[str, str]]:
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        line = raw.strip().strip(";,|").strip()
        heading = number == 1 and fold(line).startswith(_HEADS)
        if line and not heading:
            yield f"line {number}", line


def _amount(text: str, source: str) -> tuple[int | None, list[Problem]]:
    """Whole đồng; None where nothing is said. A sign before three digits groups: đồng have no decimals."""
    bare = text.strip().strip('"').strip()
    if not bare:
        return None, []
    try:
        return parse_vnd(bare), []
    except GisError as error:
        return None, [Problem(source, error.message, error.facts)]
