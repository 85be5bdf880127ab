"""Invitations as the programs that send them write them: from the octets of the mail to the interview, whole.

Each `tests/rules/calendar/NAME.eml` is a mail of our own; beside it, `NAME.toml` says what it states and why it is there.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from rules.classify import Kind, classify
from rules.extract import extract
from rules.extract.types import Interview
from rules.mail import Message, Role, message_from_bytes
from tests.rules.mails import OWN, RECEIVED

_FOLDER = Path(__file__).parent / "calendar"
_NAMES = sorted(path.stem for path in _FOLDER.glob("*.eml"))
_STATED = ("summary", "undated", "unnumbered")


def _read(name: str) -> Message:
    raw = (_FOLDER / f"{name}.eml").read_bytes()
    date = next(line for line in raw.decode("latin-1").splitlines() if line.startswith("Date: "))
    received = max(
        parsedate_to_datetime(date[6:]).astimezone(UTC), RECEIVED if "23 Nov 2026" in date else datetime(1970, 1, 1, tzinfo=UTC)
    )
    return message_from_bytes(raw, ref="r", role=Role.INBOX, received_at=received, size=len(raw))


def _wanted(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _stated(interview: Interview, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return what an interview says, in the words of the files; of what is seldom said, only what is asked for."""
    found: dict[str, Any] = {
        "uid": interview.uid,
        "sequence": interview.sequence,
        "status": interview.status.value,
        "start": interview.start.isoformat(),
        "end": interview.end.isoformat(),
        "zone": interview.zone,
        "organizer": interview.organizer.address if interview.organizer is not None else "",
        "interviewers": [[person.name, person.address] for person in interview.interviewers],
    }
    found |= {"format": interview.format.value} if "format" in wanted else {}
    return found | {name: getattr(interview, name) for name in _STATED if name in wanted}


@pytest.mark.parametrize("name", _NAMES)
def test_a_mail_states_the_interviews_that_its_sender_meant(name: str) -> None:
    wanted = _wanted(name)
    message = _read(name)
    found = classify(message, own=OWN, known=True)
    assert found.kind is Kind(wanted["kind"]), found
    facts = extract(message, found, own=OWN, zone=wanted.get("zone", "Europe/Berlin"))
    assert [_stated(one, other) for one, other in zip(facts.interviews, wanted["interview"], strict=True)] == wanted["interview"]
    for interview in facts.interviews:
        assert interview.source == "calendar"
        assert interview.start.tzinfo is not None
        assert not OWN & {person.address for person in interview.interviewers}


def test_every_mail_has_its_expectation_and_there_are_at_least_forty() -> None:
    assert len(_NAMES) >= 40
    assert {path.stem for path in _FOLDER.glob("*.toml")} == set(_NAMES)
