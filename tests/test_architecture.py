"""docs/architecture.md against the code: the kinds of entries and their facts."""

import re
from dataclasses import fields
from pathlib import Path

from gis.ledger.facts import KINDS

TEXT = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text("utf-8")


def test_kinds__the_table_names_each_kind_and_all_its_facts():
    table = TEXT.split("| kind | facts |")[1].split("\n\n")[0]
    rows = dict(re.findall(r"^\| (\w+) \| (.*) \|$", table, re.MULTILINE))
    assert list(rows) == list(KINDS)
    for kind, fact in KINDS.items():
        assert set(re.findall(r"`(\w+)`", rows[kind])) - {"on"} == {one.name for one in fields(fact)}, kind


def test_kinds__fields_of_later_days_are_marked():
    for kind, fact in KINDS.items():
        row = next(line for line in TEXT.splitlines() if line.startswith(f"| {kind} |"))
        later = re.findall(r"`(\w+)`", row.split("later:")[1]) if "later:" in row else []
        assert set(later) == set(fact.later), kind
