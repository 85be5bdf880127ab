"""SQL statements compiled once for all stores of a process: compiling them anew for each took a quarter of a pass."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine

from watcher.store import dialect

__all__ = ["compile_once"]

_FIRST: list[Engine] = []


def _engine(url: str, **given: Any) -> Engine:
    """Return an engine that shares dialect and compiled statements with the first one; its connections are its own."""
    engine = create_engine(url, **given)
    if not _FIRST:
        _FIRST.append(engine)
    engine.dialect = engine.pool._dialect = _FIRST[0].dialect
    engine._compiled_cache = _FIRST[0]._compiled_cache
    return engine


def compile_once() -> None:
    """Let every store that this process opens from now on use the statements of those before it."""
    setattr(dialect, "create_engine", _engine)  # noqa: B010 - what a module imported is not its own to assign to, for mypy
