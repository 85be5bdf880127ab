"""All that differs between databases: how SQLite is opened, and the upsert. No other module names one."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import Insert

__all__ = ["check_references_at_the_end", "open_engine", "upsert", "upsert_many"]

_BUSY_MILLISECONDS = 15_000


def open_engine(path: Path, *, lasting: bool = True) -> Engine:
    """Return an engine on the SQLite file at `path`, made with mode 0600: WAL, foreign keys; if `lasting`, commits on disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        # SQLAlchemy begins the transactions, not sqlite3: else BEGIN comes late and reads see a moving store.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA synchronous = {'FULL' if lasting else 'OFF'}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _insert_of(dialect: str) -> Any:
    """Return the INSERT of a database that knows ON CONFLICT; each is imported only where it is used."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415

        return postgresql.insert
    return sqlite.insert


@lru_cache(maxsize=64)
def _statement(dialect: str, table: Table, columns: tuple[str, ...], key: tuple[str, ...], keep: tuple[str, ...]) -> Insert:
    """Return the upsert of some columns; making one costs more than running it."""
    statement: Any = _insert_of(dialect)(table)
    changed = {name: statement.excluded[name] for name in columns if name not in key and name not in keep}
    done: Insert = (
        statement.on_conflict_do_update(index_elements=list(key), set_=changed)
        if changed
        else statement.on_conflict_do_nothing(index_elements=list(key))
    )
    return done


def upsert(
    connection: Connection,
    table: Table,
    values: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    *,
    key: Sequence[str],
    keep: Sequence[str] = (),
) -> None:
    """Insert a row (or several of the same columns), or update the row of the same `key`, leaving the columns in `keep`."""
    rows = [values] if isinstance(values, Mapping) else list(values)
    if rows:
        statement = _statement(connection.dialect.name, table, tuple(rows[0]), tuple(key), tuple(keep))
        connection.execute(statement, [dict(row) for row in rows])


def upsert_many(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    key: Sequence[str],
    keep: Sequence[str] = (),
) -> None:
    """Upsert many rows whose values are already as the database holds them (instants as integers).

    Goes past the type layer: it is the one path that runs for every message of a first look.
    """
    if not rows:
        return
    statement = _statement(connection.dialect.name, table, tuple(columns), tuple(key), tuple(keep))
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(columns))
    order = [columns.index(name) for name in compiled.positiontup or ()]
    if order != list(range(len(columns))):
        rows = [tuple(row[place] for place in order) for row in rows]
    connection.exec_driver_sql(str(compiled), list(rows))


def check_references_at_the_end(connection: Connection) -> None:
    """Let rows refer to others that are not there yet until the transaction that is open ends (SQLite: defer_foreign_keys)."""
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
