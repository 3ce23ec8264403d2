"""What `verify` says of the words beside the chain and of the guards of its table, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from gis.ledger.entry import Draft
from gis.ledger.facts import Visit
from gis.store.database import Ledger, Stamp
from gis.store.erasure import erase_notes
from gis.store.register_checks import check_register
from gis.store.words import keep_words
from gis.texts import LANGUAGES, Texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgres import Place

STAMP = Stamp("lan", "r", datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def ledger(place: Place) -> Iterator[Ledger]:
    """A ledger with two visits, each with words."""
    opened = place.open()
    with opened.writing() as writer:
        for request, words in (("a", "đi vắng"), ("b", "hẹn lại")):
            draft = Draft(date(2026, 3, 1), Visit("P1", "H1", "refused"), words=(("note", words),))
            stamp = Stamp("lan", request, STAMP.now)
            writer.append([(keep_words(writer.connection, draft), stamp)])
    yield opened
    opened.close()


def found(ledger: Ledger) -> list[tuple[str, str, str]]:
    problems = check_register(ledger, ledger.entries())
    assert all(Texts(language).problem(problem) for problem in problems for language in LANGUAGES)
    return [(problem.source, problem.message, problem.severity) for problem in problems]


def run(ledger: Ledger, *statements: str) -> None:
    with ledger.writing() as writer:
        for statement in statements:
            writer.connection.execute(sa.text(statement))


def test_check_register__sound_and_erased_words(ledger: Ledger) -> None:
    assert found(ledger) == []
    fact = ledger.entries()[0].fact
    with ledger.writing() as writer:
        erase_notes(writer.connection, {fact.note.id})  # type: ignore[attr-defined]
    assert found(ledger) == []


def test_check_register__words_that_were_altered_or_lost(ledger: Ledger) -> None:
    run(ledger, "UPDATE note SET text = 'gặp rồi' WHERE text = 'hẹn lại'")
    assert found(ledger) == [("entry 2", "verify.note_altered", "refused")]
    run(ledger, "DELETE FROM note WHERE text = 'đi vắng'")
    assert found(ledger) == [
        ("entry 1", "verify.note_missing", "refused"),
        ("entry 2", "verify.note_altered", "refused"),
    ]


def test_check_register__guards_that_are_gone_off_altered_or_strange(ledger: Ledger) -> None:
    if ledger.backend.name.endswith("ledger.db"):
        run(
            ledger,
            "DROP TRIGGER entry_no_update",
            "DROP TRIGGER entry_no_delete",
            "CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT 1; END",
            "CREATE TRIGGER stranger AFTER INSERT ON entry BEGIN DELETE FROM note; END",
        )
        names = ["entry_no_delete", "entry_no_update", "stranger"]
    else:
        run(
            ledger,
            "ALTER TABLE entry ENABLE TRIGGER entry_no_change",  # no longer in replication
            "DROP TRIGGER entry_columns ON entry",
            "CREATE OR REPLACE FUNCTION entry_next_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN NEW; END $$",
        )
        names = ["entry_columns", "entry_next_only", "entry_no_change"]
    assert found(ledger) == [("", "verify.guard", "warning")] * 3
    with ledger.reading() as connection:
        assert ledger.backend.missing_guards(connection) == names
