"""What happens in the world outside: the hiring processes of one job seeker over ten weeks, read from the TOML files beside it.

The files say who writes what and when, and what the user does with the drafts that she finds. They say nothing of what the
daemon should make of it. Times are wall-clock times of the user's zone; only `meeting.start` is in the zone that the sender's
calendar names, where it names one (`windows_zone`, `zone`).

`[people.KEY]` who writes · `[[event]]` with `do`: `mail` (they write, in one of the styles of `letters`), `write` (the user
does), `send`, `edit`, `delete` (what the user does with the draft to that person) · `[event.meeting]` a calendar part.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from rules.profile import Profile

__all__ = ["BEGIN", "END", "USER", "ZONE", "Act", "Letter", "Meeting", "Person", "Script", "Style", "read_scripts"]

ZONE = ZoneInfo("Europe/Dublin")
BEGIN = datetime(2026, 3, 2, 6, 0, tzinfo=ZONE)
"""Ten weeks with St Patrick's Day on a Tuesday, the change to summer time, Easter, and the first Monday of May."""
END = datetime(2026, 5, 8, 18, 30, tzinfo=ZONE)
USER = Profile(
    name="Orla Brannick",
    email="orla@brannick.example",
    phone="+353 20 910 0142",
    addresses=frozenset({"orla@brannick.example"}),
    zone="Europe/Dublin",
    country="IE",
)

Style = str
"""`plain`, `google`, `outlook`, `relay` or `away`: how the sender's software writes."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes mail."""

    name: str
    address: str
    zone: ZoneInfo
    title: str = ""
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """What the calendar part of a letter says; `start` and `end` are in the zone the sender's calendar works in."""

    uid: str
    start: datetime
    end: datetime
    organizer: Person
    attendees: tuple[Person, ...] = ()
    method: str = "REQUEST"
    sequence: int = 0
    location: str = ""
    windows_zone: str = ""
    """The name Outlook gives the zone; empty for senders that use IANA names or UTC."""
    room: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that somebody sends to the user, or the user to somebody (`sender` is None)."""

    at: datetime
    name: str
    sender: Person | None
    to: Person | None
    text: str
    subject: str = ""
    style: Style = "plain"
    charset: str = "utf-8"
    answers: str = ""
    """Name of the letter it answers; `sent`: the user's last mail to the sender; empty: a new conversation."""
    meeting: Meeting | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What the user does, in her mail client, with a draft addressed to `to`."""

    at: datetime
    do: str
    """`send`, `edit`, `delete` or `fill`."""
    to: Person
    """Of `fill`: herself."""
    from_phone: bool = False
    """Sent by a client that makes a Message-ID of its own."""
    text: str = ""
    """What she writes instead."""
    lines: tuple[tuple[str, str], ...] = ()
    """Of `fill`: how a line of the form begins, and what she writes behind it."""
    subject: str = ""
    """Of `fill`: words of the subject of the form."""


@dataclass(frozen=True, slots=True)
class Script:
    """One hiring process as the world plays it."""

    slug: str
    company: str
    role: str
    events: tuple[Letter | Act, ...] = field(default=())


def read_scripts() -> tuple[Script, ...]:
    """Return every process of the demonstration, by name of its file."""
    folder = files(__package__).joinpath("processes")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(_script(name.removesuffix(".toml"), tomllib.loads(folder.joinpath(name).read_text("utf-8"))) for name in names)


def _script(slug: str, data: Mapping[str, Any]) -> Script:
    people = {
        key: Person(
            name=entry["name"],
            address=entry["address"],
            zone=ZoneInfo(entry["zone"]),
            title=entry.get("title", ""),
            reply_to=entry.get("reply_to", ""),
        )
        for key, entry in data["people"].items()
    }
    events = tuple(_event(entry, people) for entry in data["event"])
    return Script(slug, data["company"], data["role"], tuple(sorted(events, key=lambda event: event.at)))


def _event(entry: Mapping[str, Any], people: Mapping[str, Person]) -> Letter | Act:
    at: datetime = entry["at"].replace(tzinfo=ZONE)
    text = entry.get("text", "").strip()
    match entry["do"]:
        case "mail":
            sender = people[entry["from"]]
            return Letter(
                at=at,
                name=entry["name"],
                sender=sender,
                to=None,
                text=text,
                subject=entry.get("subject", ""),
                style=entry["style"],
                charset=entry.get("charset", "utf-8"),
                answers=entry.get("answers", ""),
                meeting=_meeting(entry["meeting"], sender, people) if "meeting" in entry else None,
            )
        case "write":
            return Letter(at=at, name="", sender=None, to=people[entry["to"]], text=text, answers=entry["answers"])
        case "send" | "edit" | "delete":
            return Act(at, entry["do"], people[entry["to"]], from_phone=entry.get("from_phone", False), text=text)
        case "fill":
            herself = Person(USER.name, USER.email, ZONE)
            return Act(at, "fill", herself, lines=tuple(entry["lines"].items()), subject=entry["subject"])
        case other:
            raise ValueError(f"nothing is known of {other!r}")


def _meeting(entry: Mapping[str, Any], sender: Person, people: Mapping[str, Person]) -> Meeting:
    zone = ZoneInfo(entry["zone"]) if "zone" in entry else sender.zone
    # The start stands in the file as the sender's calendar shows it when that calendar has a zone of its own, else in the user's.
    stated_in = zone if "windows_zone" in entry or "zone" in entry else ZONE
    start: datetime = entry["start"].replace(tzinfo=stated_in).astimezone(zone)
    return Meeting(
        uid=entry["uid"],
        start=start,
        end=start + timedelta(minutes=entry["minutes"]),
        organizer=people[entry["organizer"]],
        attendees=tuple(people[key] for key in entry.get("attendees", ())),
        method=entry.get("method", "REQUEST"),
        sequence=entry.get("sequence", 0),
        location=entry.get("location", ""),
        windows_zone=entry.get("windows_zone", ""),
        room=entry.get("room", ""),
    )
