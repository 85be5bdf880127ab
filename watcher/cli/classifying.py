"""`classify`: what kind of mail each message is, and what can be read from it. Touches no store and no mailbox."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import typer

from watcher.cli.exits import Exit, UsageError
from watcher.cli.printing import print_json, show, warn
from watcher.clock import system_zone

if TYPE_CHECKING:
    from rules.mail import Message

__all__ = ["Reader", "check_addresses", "check_zone", "classify_files", "classify_lines", "reader_of"]

_MOST = 64 * 1024 * 1024
"""Octets of one file, or of one line, that are read: more than any server takes."""
_POSTMARK = re.compile(rb"\A(?:\r?\n)*From [^\n]{0,998}\n")
_COMPRESSED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
_WHO = ("From", "Sender", "Date", "Subject", "Message-ID", "Return-Path", "To")


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom messages are read."""

    own: frozenset[str]
    """The user's addresses, lower-case; none: unknown."""
    zone: str
    """The user's IANA zone."""


class _NoMailError(Exception):
    """A file that is no mail; `str()` says why."""


def check_addresses(own: list[str]) -> frozenset[str]:
    """Return addresses as they are compared. Raises UsageError for what is none."""
    for address in own:
        local, at, domain = address.strip().rpartition("@")
        if not (local and at and domain) or " " in address.strip():
            raise UsageError(f"--own {address!r} is no mail address. Give it as it stands in your mail: --own sam@example.com")
    return frozenset(address.strip().lower() for address in own)


def check_zone(zone: str | None) -> str:
    """Return an IANA zone: the one given, else the machine's, else UTC. Raises UsageError for one that nobody knows."""
    if zone is None:
        return system_zone() or "UTC"
    try:
        return ZoneInfo(zone).key
    except (LookupError, OSError, ValueError):
        raise UsageError(f"--zone {zone!r} is no time zone. Name one as in the IANA database: --zone Europe/Berlin") from None


def reader_of(config: Path, own: list[str], zone: str | None, *, named: bool) -> Reader:
    """Return for whom to read: as the options say, else as the configuration does, if there is one.

    `named`: the user has named the configuration, so that it must be there. Raises UsageError, ConfigError.
    """
    addresses = check_addresses(own)
    if (addresses and zone is not None and not named) or not (named or config.is_file()):
        return Reader(addresses, check_zone(zone))
    from watcher.config import load_config  # noqa: PLC0415 -- not needed without one

    found = load_config(config)
    ours = frozenset().union(*(found.profile(account).addresses for account in found.accounts))
    return Reader(addresses or frozenset(ours), check_zone(zone or found.user.timezone))


def classify_files(paths: list[Path], reader: Reader, *, as_json: bool) -> None:
    """Print what each file is; one that is no mail, or cannot be read, is told, and the others are done."""
    from watcher.report.reading import read_message, reading_values, reading_view  # noqa: PLC0415 -- brings the rules

    values: list[Any] = []
    failed = False
    for path in paths:
        try:
            raw, cut = _octets(path)
            reading = read_message(partial(_mail, raw, str(path)), own=reader.own, zone=reader.zone)
        except (OSError, _NoMailError) as error:
            failed = True
            why = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
            warn(f"{path}: {why}")
            values.append({"id": str(path), "error": f"{path}: {why}"})
            continue
        if cut:
            reading = replace(reading, notes=(*reading.notes, f"Only the first {_MOST // 2**20} MB of the file were read."))
        if as_json:
            values.append(reading_values(reading, str(path)))
        else:
            show(reading_view(reading, str(path)))
    if as_json:
        print_json(values)
    if failed:
        raise typer.Exit(int(Exit.DATA))


def _octets(path: Path) -> tuple[bytes, bool]:
    """Return a file's content, and whether there is more of it. Raises OSError, _NoMailError."""
    # A pipe of that name would block an open without O_NONBLOCK for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise _NoMailError(
            "is a folder. Name the files in it, or try `hearback replay` on the whole of it."
            if stat.S_ISDIR(mode)
            else "is no regular file."
        )
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(_MOST + 1)
    if not data.strip():
        raise _NoMailError("is empty.")
    for begin, kind in _COMPRESSED.items():
        if data.startswith(begin):
            raise _NoMailError(f"is compressed ({kind}). Unpack it first.")
    return data[:_MOST], len(data) > _MOST


def _mail(raw: bytes, name: str, undated: datetime) -> Message:
    """Read a file as a message that came when the user's own server says, else when the sender claims. Raises _NoMailError."""
    from connectors.arrival import received_at  # noqa: PLC0415
    from rules.mail import Role, message_from_bytes  # noqa: PLC0415
    from rules.mail.headers import split_fields  # noqa: PLC0415
    from rules.mail.mime import header_of  # noqa: PLC0415

    raw = raw[found.end() :] if (found := _POSTMARK.match(raw)) else raw.lstrip(b"\r\n")
    if not split_fields(header_of(raw), {name: name for name in _WHO} | {name.lower(): name for name in _WHO}):
        raise _NoMailError("is no mail: it does not begin with the fields of one (From, Date, Subject).")
    at = received_at(header_of(raw))
    return message_from_bytes(raw, ref=name, role=Role.INBOX, received_at=at or undated, size=len(raw))


def classify_lines(reader: Reader) -> None:
    """Read one JSON object a line from standard input, and print one for each, in order; a bad line is told and gone past."""
    failed = False
    for number, line in _lines():
        values = _line(line, number, reader)
        failed = failed or "error" in values
        sys.stdout.write(json.dumps(values) + "\n")
        sys.stdout.flush()
    if failed:
        raise typer.Exit(int(Exit.DATA))


def _lines() -> Iterator[tuple[int, bytes | None]]:
    """Yield the lines of standard input with their numbers, but the empty ones; None for one that is too long."""
    source = sys.stdin.buffer
    number = 0
    while line := source.readline(_MOST):
        number += 1
        if line.endswith(b"\n") or len(line) < _MOST:
            if line.strip():
                yield number, line
            continue
        while (more := source.readline(_MOST)) and not more.endswith(b"\n"):
            pass
        yield number, None


def _line(line: bytes | None, number: int, reader: Reader) -> dict[str, Any]:
    from rules.mail.record import message_from_record  # noqa: PLC0415
    from watcher.report.reading import read_message, reading_values  # noqa: PLC0415 -- brings the rules

    identity: Any = None
    if line is None:
        return {"id": None, "error": f"line {number}: longer than {_MOST // 2**20} MB"}
    try:
        record = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        if not isinstance(record, Mapping):
            raise TypeError("an object is needed")  # noqa: TRY301 -- told like the others
        identity = record.get("id")
        reading = read_message(lambda undated: message_from_record(record, now=undated), own=reader.own, zone=reader.zone)
        return reading_values(reading, identity)
    except json.JSONDecodeError as error:
        why = f"not JSON: {error.msg} (column {error.colno})"
    except UnicodeDecodeError:
        why = "not UTF-8"
    except RecursionError:
        why = "nested too deeply"
    except (ValueError, TypeError) as error:
        why = str(error)
    known = identity if isinstance(identity, (str, int)) and not isinstance(identity, bool) else None
    return {"id": known, "error": f"line {number}: {why}"}
