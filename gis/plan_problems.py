"""What is wrong with `project.toml`, said in our own words: a key's place, what was found, what was expected.

Pure: no file, no clock.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from gis.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# What pydantic says in English we say in our own words: its error type -> our message. The
# patterns differ by key, so their messages do too.
_MESSAGES: Final[Mapping[str, str]] = {
    "missing": "problem.plan_missing",
    "extra_forbidden": "problem.plan_unknown_key",
    "string_type": "problem.plan_not_text",
    "string_too_short": "problem.plan_empty",
    "too_short": "problem.plan_empty",
    "float_type": "problem.plan_not_number",
    "finite_number": "problem.plan_not_number",
    "int_type": "problem.plan_not_whole",
    "int_from_float": "problem.plan_not_whole",
    "bool_type": "problem.plan_not_yes_no",
    "date_type": "problem.plan_not_date",
    "greater_than": "problem.plan_not_positive",
    "literal_error": "problem.plan_not_one_of",
    "tuple_type": "problem.plan_not_list",
    "model_type": "problem.plan_not_table",
}
_PATTERNS: Final[Mapping[str, str]] = {
    "zone_id": "problem.plan_zone_id",
    "parent": "problem.plan_zone_id",
    "code": "problem.plan_commune_code",
    "id": "problem.plan_milestone_id",
    "after": "problem.plan_milestone_id",
}


def value_problem(source: str, raw: Mapping[str, Any], error: Mapping[str, Any]) -> Problem:
    """Our problem for one of pydantic's errors."""
    where = tuple(error["loc"])
    message = _MESSAGES.get(error["type"])
    if error["type"] == "string_pattern_mismatch":
        message = _PATTERNS.get(str(where[-1]), "problem.plan_empty")
    found = None if error["type"] == "missing" else shown(error["input"])
    expected = str(error.get("ctx", {}).get("expected", "")).replace(" or ", ", ")
    return Problem(
        f"{source}, {_key(raw, where)}",
        message or "problem.plan_invalid",
        {"key": str(where[-1]), "found": found, "expected": expected.replace("'", '"')},
    )


def _key(raw: Mapping[str, Any], where: Sequence[str | int]) -> str:
    """A key's path as a person finds it: a zone or milestone by its id, else by its place from 1."""
    path = ""
    here: Any = raw
    for step in where:
        if isinstance(step, int):
            here = here[step]
            name = here.get("zone_id", here.get("id")) if isinstance(here, dict) else None
            path += f"[{name if isinstance(name, str) else step + 1}]"
        else:
            here = here.get(step) if isinstance(here, dict) else None
            path += f".{step}" if path else step
    return path


def shown(value: object) -> str:
    """A value as it stands in the file, cut to one short line."""
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=str)[:60]


def syntax_problem(source: str, message: str) -> Problem:
    """The problem of a text that is not TOML, with its line where the parser tells it."""
    place = re.search(r"at line (\d+), column (\d+)", message)
    if place is None:
        return Problem(source, "problem.plan_cut_short", {})
    line, column = int(place[1]), int(place[2])
    facts = {"line": line, "column": column}
    return Problem(f"{source}, {line}:{column}", "problem.plan_not_toml", facts)
