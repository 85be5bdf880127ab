"""Options that several commands share, and the values that are read from them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from watcher.cli.exits import UsageError

__all__ = [
    "ConfigOption",
    "Globals",
    "JsonOption",
    "MessagesArgument",
    "NowOption",
    "ProcessArgument",
    "config_path",
    "is_named",
    "parse_day",
    "parse_time",
    "parse_until",
]

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="FILE", help="The configuration; else HEARBACK_CONFIG, else the usual place."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
NowOption = Annotated[
    str | None, typer.Option("--now", metavar="TIME", help="As of this time: ISO 8601 with a time zone, 2026-03-03T09:00+01:00.")
]
ProcessArgument = Annotated[str, typer.Argument(metavar="PROCESS", help="Its id, the beginning of it, or the company.")]
MessagesArgument = Annotated[
    list[str] | None, typer.Argument(metavar="MESSAGE...", help="Ids as `why` prints them, or Message-IDs.", show_default=False)
]

_SPAN = re.compile(r"(\d{1,4})\s*(h|d|w|hours?|days?|weeks?)", re.IGNORECASE)
_LONGEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Globals:
    """What was given before the name of the command."""

    config: Path | None = None
    debug: bool = False


def config_path(ctx: typer.Context, given: Path | None) -> Path:
    """Return which configuration is meant: after the command, before it, by environment, or the usual place."""
    own = given or (ctx.obj.config if isinstance(ctx.obj, Globals) else None)
    if own is not None:
        return Path(own)
    if named := os.environ.get("HEARBACK_CONFIG"):
        return Path(named)
    from watcher.paths import default_config_path  # noqa: PLC0415 -- only where nothing was said

    return default_config_path()


def is_named(ctx: typer.Context, given: Path | None) -> bool:
    """Say whether the user has named a configuration, which must be there then."""
    before = ctx.obj.config if isinstance(ctx.obj, Globals) else None
    return given is not None or before is not None or bool(os.environ.get("HEARBACK_CONFIG"))


def parse_time(text: str) -> datetime:
    """Return an aware UTC datetime of ISO 8601. Raises UsageError; a time without a zone is refused."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{text!r} is not a time of ISO 8601. Write it such as 2026-03-03T09:00+01:00.") from None
    if at.tzinfo is None:
        raise UsageError(f"{text!r} has no time zone. Add it, such as {text.strip()}+01:00, or Z for UTC.")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise UsageError(f"{text!r} is out of range.") from None


def parse_day(text: str, zone: ZoneInfo) -> datetime:
    """Return the beginning of a day such as 2026-03-10 in `zone`, in UTC. Raises UsageError."""
    try:
        return datetime.combine(date.fromisoformat(text.strip()), time(), zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(f"{text!r} is not a day of the calendar. Write it such as 2026-03-10.") from None


def parse_until(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when a pause ends: a day (its beginning in `zone`), a time with a zone, or a span from `now` such as 3d or 2w.

    Raises UsageError for anything else, and for what is not ahead of `now`.
    """
    word = text.strip()
    if span := _SPAN.fullmatch(word):
        hours = {"h": 1, "d": 24, "w": 168}[span[2][0].lower()]
        until = now + timedelta(hours=int(span[1]) * hours)
    elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
        try:
            until = datetime.combine(date.fromisoformat(word), time(), zone).astimezone(UTC)
        except (ValueError, OverflowError):
            raise UsageError(f"{word!r} is not a day of the calendar.") from None
    else:
        try:
            until = parse_time(word)
        except UsageError as error:
            raise UsageError(f"{error} A day (2026-03-10) or a span (12h, 3d, 2w) will do too.") from None
    if not now < until <= now + _LONGEST:
        raise UsageError(f"{word!r} is not ahead, or more than ten years away. Name a time to come.")
    return until
