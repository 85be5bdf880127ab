"""The store: what survives, who may read it, and what is said when it cannot be used."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.event import listen

from connectors.base import Spent
from rules.classify import Evidence, Kind
from rules.extract import Facts, Interview, Person, Promise, PromiseClass
from rules.mail import Address, Envelope, Role
from rules.process import Thread
from rules.threads import Hints
from watcher.linking import Linker
from watcher.store import Store, StoreError
from watcher.store.accounts import all_accounts, ensure_account, load_cursor, note_pass, note_trouble, save_cursor
from watcher.store.corrections import (
    CorrectionRow,
    Said,
    add_correction,
    kinds_said,
    last_correction,
    load_corrections,
    names_said,
    pins_said,
)
from watcher.store.dialect import open_engine
from watcher.store.mail import EventRow, all_events, events_of, put_events, put_messages, seen_before
from watcher.store.reading import Reading
from watcher.store.store import HEAD
from watcher.store.tables import metadata
from watcher.store.types import instant, micros

MIGRATIONS = Path(__file__).parents[2] / "watcher" / "store" / "migrations" / "versions"
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "state" / "hearback.sqlite3")


def envelope(number: int, ref: str = "") -> Envelope:
    return Envelope(
        identity=f"id-{number}",
        ref=ref or f"INBOX/1/{number}",
        role=Role.INBOX,
        message_id=f"{number}@acme.test",
        in_reply_to="",
        references="",
        from_address="rita@acme.test",
        from_name="Rita Chen",
        recipients="sam@example.com",
        subject="Ünïcode — 面接",
        received_at=NOW,
        size=1200,
        bulk=False,
        calendar=True,
    )


def event(**changes: object) -> EventRow:
    zone = timezone(timedelta(hours=1))
    interview = Interview("u1", datetime(2026, 11, 24, 14, tzinfo=zone), datetime(2026, 11, 24, 15, tzinfo=zone))
    facts = Facts(
        company="Acme",
        people=(Person("Rita Chen", "rita@acme.test"),),
        interviews=(interview,),
        promise=Promise(PromiseClass.HARD_DATE, NOW.date(), NOW.date(), "by Friday"),
    )
    values: dict[str, object] = {
        "account": "main",
        "identity": "id-1",
        "at": NOW,
        "own": False,
        "kind": Kind.INTERVIEW_CONFIRMATION,
        "confidence": 0.9,
        "runner_up": None,
        "evidence": (),
        "sender": Address("Rita Chen", "rita@acme.test"),
        "recipients": ("sam@example.com",),
        "can_receive": True,
        "thread": Thread("1@acme.test", ("0@acme.test",), "Interview"),
        "facts": facts,
    }
    return EventRow(**{**values, **changes})  # type: ignore[arg-type]


def test_only_the_user_can_read_it(store: Store) -> None:
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700


def test_the_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    direct = create_engine("sqlite://")
    metadata.create_all(direct)
    migrated, declared = inspect(store.engine), inspect(direct)

    assert set(migrated.get_table_names()) - {"alembic_version"} == set(declared.get_table_names())
    for table in declared.get_table_names():
        columns = [{(c["name"], c["nullable"], str(c["type"])) for c in side.get_columns(table)} for side in (migrated, declared)]
        assert columns[0] == columns[1], table
        indexes = [
            {(i["name"], tuple(i["column_names"]), bool(i["unique"])) for i in side.get_indexes(table)}
            for side in (migrated, declared)
        ]
        assert indexes[0] == indexes[1], table
        assert (
            migrated.get_pk_constraint(table)["constrained_columns"] == declared.get_pk_constraint(table)["constrained_columns"]
        )


def _made_by_the_first_layout(path: Path) -> None:
    """Make a store as the first version did, with a process of two messages in it."""
    path.parent.mkdir(parents=True)
    engine = open_engine(path)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS.parent))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for number in (1, 2):
            connection.execute(
                text(
                    "INSERT INTO event (account, identity, at, own, kind, confidence, evidence, sender, recipients, can_receive, "
                    "thread, facts, excerpt, defects) VALUES ('main', :id, :at, 0, 'interview_invite', 0.9, '[]', :sender, '[]', "
                    "1, :thread, :facts, '', '[]')"
                ),
                {
                    "id": f"id-{number}",
                    "at": micros(NOW + timedelta(days=number)),
                    "sender": '{"name":"Rita Chen","address":"rita@acme.test"}',
                    "thread": f'{{"message_id":"{number}@acme.test","references":[],"subject":"Interview"}}',
                    "facts": '{"company":"Acme","role":"Data Engineer","people":[]}',
                },
            )
        connection.execute(
            text("INSERT INTO process (account, id, opener, created_at) VALUES ('main', 'acme-old', 'id-1', :at)"),
            {"at": micros(NOW)},
        )
        connection.execute(
            text(
                "INSERT INTO process_link (account, identity, process, weight, why, ambiguous) "
                "VALUES ('main', 'id-1', 'acme-old', 1.0, '[]', 0)"
            )
        )
    engine.dispose()


@pytest.mark.parametrize("apart", [False, True])
def test_a_store_of_the_first_layout_goes_on_working(tmp_path: Path, apart: bool) -> None:
    path = tmp_path / "state" / "hearback.sqlite3"
    _made_by_the_first_layout(path)

    store = Store(path, apart=apart)

    with store.write() as connection:
        linked = Linker("main").relink(connection)
    with store.read() as connection:
        rows = events_of(connection, "main", "acme-old")
    assert [row.id for row in linked.processes] == ["acme-old"]
    assert [(row.identity, row.hints, row.labelled, row.facts.role) for row in rows] == [
        ("id-1", Hints(), 0, "Data Engineer"),
        ("id-2", Hints(), 0, "Data Engineer"),
    ]


def test_corrections_come_back_as_they_were_said(store: Store) -> None:
    was = Reading(Kind.HUMAN_REPLY, 0.7, None, (Evidence("text", "hello"),), event().facts)
    said = [
        CorrectionRow(1, "main", NOW, Said.SPLIT, "a", "b", ("id-2",), ("id-1",)),
        CorrectionRow(2, "main", NOW, Said.RELABEL, leaves=("id-1",), kind=Kind.REJECTION, was=was),
        CorrectionRow(3, "other", NOW, Said.MERGE, "x", "y", stays=("id-8",), joins=("id-9",)),
        CorrectionRow(4, "main", NOW, Said.RELABEL, leaves=("id-1",)),
    ]
    with store.write() as connection:
        numbers = [add_correction(connection, row) for row in said]
    with store.read() as connection:
        found = load_corrections(connection, "main")
        assert last_correction(connection) == 4

    assert numbers == [1, 2, 3, 4]
    assert found == [row for row in said if row.account == "main"]
    assert kinds_said(found) == {"id-1": said[3]}
    assert names_said(found) == {"id-1": (1, "a"), "id-2": (1, "b")}
    assert pins_said(found)["id-1"] != pins_said(found)["id-2"]


def test_only_links_that_changed_are_written(store: Store) -> None:
    rows = [event(), event(identity="id-2", thread=Thread("2@acme.test", (), "Interview"))]
    linker = Linker("main")
    written: list[str] = []
    with store.write() as connection:
        put_events(connection, rows)
        linker.relink(connection)
    listen(store.engine, "before_cursor_execute", lambda _c, _k, statement, *_: written.append(statement.split()[0]))

    with store.write() as connection:
        linker.relink(connection)
        linker.forget()
        linker.relink(connection)

    assert set(written) <= {"BEGIN", "SELECT"}


def test_an_event_is_read_from_the_store_once_a_pass(store: Store) -> None:
    linker = Linker("main")
    asked: list[str] = []
    with store.write() as connection:
        put_events(connection, [event()])
    listen(store.engine, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))

    with store.write() as connection:
        linker.relink(connection)
        put_events(connection, [event(identity="id-2")])
        linker.take([event(identity="id-2")])
        linked = linker.relink(connection)

    assert linked.identities == {"id-1", "id-2"}
    assert sum("FROM event" in statement for statement in asked) == 1


def test_head_is_the_newest_migration() -> None:
    assert max(path.name[:4] for path in MIGRATIONS.glob("[0-9]*.py")) == HEAD


def test_a_store_of_a_newer_program_is_refused(store: Store) -> None:
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()

    with pytest.raises(StoreError, match="newer version"):
        Store(store.path)


def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "hearback.sqlite3"
    path.write_bytes(b"this was never a database" * 100)

    with pytest.raises(StoreError, match=r"damaged.*mv .*\.damaged\)"):
        Store(path)


def test_what_was_read_comes_back_as_it_was(store: Store) -> None:
    row = event()
    with store.write() as connection:
        put_events(connection, [row])
    with store.read() as connection:
        found = all_events(connection, "main")

    assert [row] == found


def test_the_first_time_a_message_was_seen_stays(store: Store) -> None:
    with store.write() as connection:
        put_events(connection, [event()])
        put_events(connection, [event(at=NOW + timedelta(days=3), confidence=0.5)])
    with store.read() as connection:
        (found,) = all_events(connection, "main")

    assert (found.at, found.confidence) == (NOW, 0.5)


def test_a_message_seen_again_only_moves(store: Store) -> None:
    with store.write() as connection:
        put_messages(connection, "main", [envelope(1), envelope(2)], frozenset({"id-1"}))
        put_messages(connection, "main", [envelope(1, ref="Archive/7/3")], frozenset())
    with store.read() as connection:
        rows = connection.execute(text("SELECT identity, ref, subject, wanted FROM message ORDER BY identity")).all()

    assert [tuple(r) for r in rows] == [("id-1", "Archive/7/3", "Ünïcode — 面接", 1), ("id-2", "INBOX/1/2", "Ünïcode — 面接", 0)]


def _write_and_fail(store: Store) -> None:
    with store.write() as connection:
        save_cursor(connection, "main", "imap1:{}")
        put_events(connection, [event()])
        raise RuntimeError


def test_a_failed_transaction_leaves_no_trace(store: Store) -> None:
    with pytest.raises(RuntimeError):
        _write_and_fail(store)
    with store.read() as connection:
        assert load_cursor(connection, "main") is None
        assert seen_before(connection, "main", ["id-1"]) == frozenset()


def test_trouble_is_news_once(store: Store) -> None:
    with store.write() as connection:
        ensure_account(connection, "main", "imap", "sam@example.com")
        first = note_trouble(connection, "main", "sign_in", "wrong password", NOW)
        again = note_trouble(connection, "main", "sign_in", "wrong password", NOW + timedelta(hours=1))

    assert (first, again) == (True, False)


def test_trouble_that_only_the_user_ends_is_not_hidden_by_a_line_that_is_down(store: Store) -> None:
    with store.write() as connection:
        ensure_account(connection, "main", "imap", "sam@example.com")
        told = [
            note_trouble(connection, "main", kind, text, NOW + timedelta(hours=hour))
            for hour, (kind, text) in enumerate(
                [
                    ("unavailable", "no network"),
                    ("sign_in", "revoked (id 1)"),
                    ("unavailable", "no network"),
                    ("sign_in", "revoked (id 2)"),
                    ("misconfigured", "no Drafts"),
                    ("misconfigured", "no Sent"),
                    ("refused", "no"),
                ]
            )
        ]
        (row,) = all_accounts(connection)

    assert told == [True, True, False, False, True, True, False]
    assert (row.trouble_kind, row.trouble, row.trouble_at) == ("misconfigured", "no Sent", NOW + timedelta(hours=5))


def test_a_pass_ends_the_trouble_and_says_which_and_keeps_what_it_spent(store: Store) -> None:
    with store.write() as connection:
        ensure_account(connection, "main", "imap", "sam@example.com")
        note_trouble(connection, "main", "sign_in", "revoked", NOW)
        first = note_pass(connection, "main", NOW, assumed=False, spent=Spent(3, 20))
        second = note_pass(connection, "main", NOW, assumed=False, spent=Spent(1, 2))
        (row,) = all_accounts(connection)
        news = note_trouble(connection, "main", "sign_in", "revoked", NOW)

    assert (first, second) == ("sign_in", "")
    assert (row.trouble, row.trouble_kind, row.trouble_at, row.calls, row.units) == ("", "", None, 1, 2)
    assert news


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_instants_are_exact(at: datetime) -> None:
    assert at == instant(micros(at))


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        micros(datetime(2026, 1, 1))  # noqa: DTZ001
