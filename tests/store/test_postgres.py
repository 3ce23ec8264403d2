"""What only a server can do wrong: each is one sentence, and none repeats the password."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import sqlalchemy as sa
from postgres import EMPTY, EPSG, PASSWORD, Server, free_port
from rows import COLUMNS, append

from gis.errors import LedgerBusyError
from gis.ledger.chain import Head
from gis.store import postgres as backend_module
from gis.store.database import Ledger, open_ledger
from gis.store.erasure import scrub
from gis.store.postgres import PostgresBackend
from gis.store.refusals import (
    BadDatabaseUrlError,
    DatabaseLoginError,
    DatabaseLostError,
    DatabaseMissingError,
    DatabaseRightsError,
    DatabaseSettingError,
    DatabaseTooOldError,
    DatabaseUnfitError,
    DatabaseUnreachableError,
    PostgisMissingError,
)
from gis.texts import LANGUAGES, Texts

if TYPE_CHECKING:
    from gis.errors import GisError


def opened(server: Server, url: str | None = None) -> Ledger:
    return Ledger(PostgresBackend(url or server.url, EPSG))


def require_sentence(error: GisError) -> None:
    """It renders in each language, and holds no password, plain or quoted."""
    for language in LANGUAGES:
        text = Texts(language).error(error)
        assert "{" not in text
        assert PASSWORD not in text
        assert "1%2F2" not in text
    assert PASSWORD not in str(error)


@pytest.mark.parametrize(
    "statements",
    [
        ["TRUNCATE entry"],
        ["TRUNCATE entry, note CASCADE"],
        ["SET session_replication_role = replica", "DELETE FROM entry"],
        ["SET session_replication_role = replica", "UPDATE entry SET body = 'x' WHERE seq = 1"],
        ["UPDATE entry SET body = 'x' WHERE seq = 999"],
        [
            "CREATE TEMP TABLE entry AS SELECT 4 AS seq",
            f"INSERT INTO public.entry (seq, {COLUMNS}) SELECT 5, {COLUMNS} FROM public.entry WHERE seq = 2",
        ],
        ["MERGE INTO entry USING (SELECT 2 AS at) AS s ON seq = s.at WHEN MATCHED THEN DELETE"],
    ],
)
def test_server__refuses_even_its_superuser(postgres: Server, statements: list[str]) -> None:
    ledger = opened(postgres)
    append(ledger, 2)
    before = list(ledger.rows())
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        for statement in statements[:-1]:
            connection.execute(statement)
        with pytest.raises(psycopg.Error, match="the ledger"):
            connection.execute(statements[-1])
    assert list(ledger.rows()) == before
    ledger.close()


def test_session__commits_are_on_the_disk_whatever_the_server_says(postgres: Server) -> None:
    postgres.execute(f"ALTER DATABASE {postgres.database} SET synchronous_commit = off")
    ledger = opened(postgres)
    with ledger.reading() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar_one() == "repeatable read"
    with ledger.writing() as writer:
        shown = writer.connection.exec_driver_sql("SHOW synchronous_commit").scalar_one()
        isolation = writer.connection.exec_driver_sql("SHOW transaction_isolation").scalar_one()
        assert (shown, isolation) == ("on", "read committed")
    ledger.close()


def test_open__no_server(postgres: Server) -> None:
    with pytest.raises(DatabaseUnreachableError) as refused:
        opened(replace(postgres, port=free_port()))
    require_sentence(refused.value)


def test_open__wrong_password_or_user(postgres: Server) -> None:
    for url in (
        postgres.url.replace("gpmb:", "gpmb:x", 1),
        postgres.url.replace("//gpmb:", "//nobody:", 1),
        f"postgresql://gpmb@127.0.0.1:{postgres.port}/{postgres.database}",
    ):
        with pytest.raises(DatabaseLoginError) as refused:
            opened(postgres, url)
        require_sentence(refused.value)


def test_open__no_such_database(postgres: Server) -> None:
    with pytest.raises(DatabaseMissingError) as refused:
        opened(replace(postgres, database="gone"))
    require_sentence(refused.value)


def test_open__no_postgis(postgres_server: Server) -> None:
    with pytest.raises(PostgisMissingError) as refused:
        opened(postgres_server.new_database("gpmb_plain", template=EMPTY))
    require_sentence(refused.value)


def test_open__server_too_old(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend_module, "LEAST_VERSION", 99)
    with pytest.raises(DatabaseTooOldError) as refused:
        opened(postgres)
    require_sentence(refused.value)


def test_open__letters_that_the_database_cannot_keep(postgres_server: Server) -> None:
    postgres_server.execute(
        "DROP DATABASE IF EXISTS gpmb_latin",
        "CREATE DATABASE gpmb_latin ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'",
    )
    with pytest.raises(DatabaseSettingError) as refused:
        opened(replace(postgres_server, database="gpmb_latin"))
    assert refused.value.facts["setting"] == "server_encoding"
    require_sentence(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://a:secret@b/c",
        "gpmb",
        "",
        "postgresql://a:secret@b:port/c",
        f"postgresql://a:secret@{'b' * 80}.c/d",
    ],
)
def test_open__an_address_that_is_none(tmp_path: Path, url: str) -> None:
    if not url:
        open_ledger(tmp_path, url).close()
        assert (tmp_path / "ledger.db").exists()
        return
    with pytest.raises(BadDatabaseUrlError) as refused:
        open_ledger(tmp_path, url)
    assert "secret" not in Texts("vi").error(refused.value) + str(refused.value)


OFFICE = (
    "DROP ROLE IF EXISTS office",
    "CREATE ROLE office LOGIN PASSWORD 'secret'",
)


def office_url(server: Server) -> str:
    return f"postgresql://office:secret@127.0.0.1:{server.port}/{server.database}"


def test_open__a_user_who_may_not_make_tables(postgres: Server) -> None:
    postgres.execute(*OFFICE)
    with pytest.raises(DatabaseRightsError) as refused:
        opened(postgres, office_url(postgres))
    require_sentence(refused.value)
    postgres.execute("DROP ROLE office")


def test_writing__the_rights_of_the_documentation_are_enough_and_not_more(postgres: Server) -> None:
    """The office's user writes entries, and can neither change them nor take the triggers away."""
    opened(postgres).close()
    rights = [line for line in rights_of_the_documentation() if not line.startswith("CREATE ROLE")]
    postgres.execute(*OFFICE, *rights)
    ledger = opened(postgres, office_url(postgres))
    append(ledger, 2)
    assert ledger.head().seq == 2
    with psycopg.connect(office_url(postgres), autocommit=True) as connection:
        for statement in (
            "DELETE FROM entry",
            "ALTER TABLE entry DISABLE TRIGGER entry_no_change",
            "DROP TRIGGER entry_no_change ON entry",
            "DROP TABLE entry",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
    # Who does not own the tables cannot pack them, and must not say that no trace was left.
    assert not scrub(ledger)
    ledger.close()
    owner = opened(postgres)
    assert scrub(owner)
    owner.close()
    postgres.execute("DROP OWNED BY office", "DROP ROLE office")


def test_writing__a_user_who_may_only_read(postgres: Server) -> None:
    opened(postgres).close()
    postgres.execute(*OFFICE, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO office")
    ledger = opened(postgres, office_url(postgres))
    assert ledger.head() == Head()
    with pytest.raises(DatabaseRightsError) as refused:
        append(ledger)
    require_sentence(refused.value)
    ledger.close()
    postgres.execute("DROP OWNED BY office", "DROP ROLE office")


def test_writing__connection_lost_in_the_middle(postgres: Server) -> None:
    ledger = opened(postgres)

    def lose() -> None:
        with ledger.writing() as writer:
            pid = writer.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            postgres.execute(f"SELECT pg_terminate_backend({pid}, 5000)")
            writer.of_request("r1")

    with pytest.raises(DatabaseLostError) as refused:
        lose()
    require_sentence(refused.value)
    append(ledger)  # the next try finds a fresh connection
    assert ledger.head().seq == 1
    ledger.close()


def test_reading__a_server_that_was_restarted_is_found_again(postgres: Server) -> None:
    ledger = opened(postgres)
    append(ledger)
    postgres.stop("immediate")
    with pytest.raises(DatabaseUnreachableError) as refused:
        ledger.head()
    require_sentence(refused.value)
    postgres.start()
    assert ledger.head().seq == 1
    ledger.close()


def test_writing__waits_for_the_writer_before_it_and_then_says_so(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend_module, "SESSION", (*backend_module.SESSION, "SET lock_timeout = '200ms'"))
    first, second = opened(postgres), opened(postgres)
    with first.writing(), pytest.raises(LedgerBusyError) as refused:
        append(second)
    require_sentence(refused.value)
    append(second)
    assert second.head().seq == 1
    first.close()
    second.close()


def test_open__while_another_writes(postgres: Server) -> None:
    """A long import elsewhere keeps nobody from reading."""
    ledger = opened(postgres)
    with ledger.writing():
        other = opened(postgres)
        assert other.head() == Head()
        other.close()
    ledger.close()


def test_open__two_projects_in_two_schemas_of_one_database(postgres: Server) -> None:
    postgres.execute("CREATE SCHEMA hoang_son", "CREATE SCHEMA hoang_kim")
    urls = [f"{postgres.url}?options=-csearch_path%3D{name}%2Cpublic" for name in ("hoang_son", "hoang_kim")]
    ledgers = [
        Ledger(PostgresBackend(url, EPSG), project) for url, project in zip(urls, ("A", "B"), strict=True)
    ]
    with ledgers[0].writing():
        append(ledgers[1], 2)  # each has its own writer
    append(ledgers[0])
    assert [ledger.head().seq for ledger in ledgers] == [1, 2]
    for ledger in ledgers:
        ledger.close()


def test_open__eight_at_once_make_one_database(postgres: Server) -> None:
    heads: list[Head] = []

    def work() -> None:
        ledger = opened(postgres)
        heads.append(ledger.head())
        ledger.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert heads == [Head()] * 8


def test_refusal__a_wrong_statement_is_no_lost_connection(postgres: Server) -> None:
    ledger = opened(postgres)

    def ask() -> None:
        with ledger.reading() as connection:
            connection.execute(sa.text("SELECT nonsense"))

    with pytest.raises(DatabaseUnfitError):
        ask()
    ledger.close()


def rights_of_the_documentation() -> list[str]:
    """The statements of docs/databases.md that give the office's user its rights."""
    text = (Path(__file__).parents[2] / "docs/databases.md").read_text("utf-8")
    block = text.split("```sql")[2].split("```")[0]
    return [statement.strip() for statement in block.split(";") if statement.strip()]
