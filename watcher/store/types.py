"""Column types: instants as integers, values of the rules as JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.types import TypeDecorator

__all__ = ["Instant", "Value", "decoder", "encode", "instant", "micros"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Return microseconds since 1970 in UTC. Raises ValueError for a naive datetime."""
    if at.tzinfo is None:
        raise ValueError(f"naive datetime {at!r}")
    return (at - _EPOCH) // _MICROSECOND


def instant(value: int) -> datetime:
    """Return the aware UTC datetime of `micros`."""
    return _EPOCH + timedelta(microseconds=value)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as microseconds since 1970 in UTC: it sorts, and every database holds it the same."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Store."""
        del dialect
        return None if value is None else micros(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Read."""
        del dialect
        return None if value is None else instant(value)


@cache
def decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """Return what reads a stored value of a type."""
    return msgspec.json.Decoder(kind)


def encode(value: Any) -> str:
    """Return a value as it is stored."""
    return msgspec.json.encode(value).decode()


class Value(TypeDecorator[Any]):
    """A frozen dataclass of the rules (or a tuple of them), stored as JSON text."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        """Take the type as an annotation would name it."""
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:
        """Store."""
        del dialect
        return None if value is None else encode(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any | None:
        """Read."""
        del dialect
        return None if value is None else decoder(self.kind).decode(value)
