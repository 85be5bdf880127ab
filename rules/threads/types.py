"""What the linking sees of a message, and what it makes of many: values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Cluster", "Hints", "Linkable", "Member"]


@dataclass(frozen=True, slots=True)
class Hints:
    """What one mail holds that ties it to others and is no fact of a process; both sorted."""

    tokens: tuple[str, ...] = ()
    """Ids of the sender's system, lower-case; long ones as `~` and twelve hex digits of their SHA-256."""
    names: tuple[str, ...] = ()
    """Persons, as `rules.threads.names.name_key` spells them."""


@dataclass(frozen=True, slots=True)
class Linkable:
    """What the linking needs to see of a message."""

    identity: str
    message_id: str = ""
    references: tuple[str, ...] = ()
    """In-Reply-To included; msg-ids without brackets, oldest first."""
    thread_id: str = ""
    also_in: tuple[str, ...] = ()
    """Ids of the conversation it stands in elsewhere: a message may lie in mailboxes of several providers."""
    uids: tuple[str, ...] = ()
    """Calendar UIDs."""
    addresses: tuple[str, ...] = ()
    """The other side: sender and people named, or the recipients of a mail of the user's own. Never the user's own addresses."""
    domain: str = ""
    """`rules.extract.company_domain` of the other side; never a shared domain."""
    company: str = ""
    role: str = ""
    at: datetime = datetime.min  # noqa: DTZ901 -- a placeholder; every message has its time of receipt
    opens: bool = False
    """An interview invitation, a confirmation or a calendar request: it can begin a process."""
    own: bool = False
    """Written by the user."""
    tokens: tuple[str, ...] = ()
    """Ids of the other side's system in addresses, links and references (`rules.threads.hints`)."""
    names: tuple[str, ...] = ()
    """Persons of the other side, as `rules.threads.names.name_key` spells them; never the user."""
    ends: bool = False
    """A rejection or an offer: what opens long after it is another process."""


@dataclass(frozen=True, slots=True)
class Member:
    """A message in a process, with how surely and why."""

    identity: str
    weight: float
    """0 to 1: the sum of what `why` lists, never more than 1."""
    why: tuple[str, ...]
    """One piece of evidence each, as `NAME WEIGHT: DETAIL`; last, where it is ambiguous, that it counts half."""
    ambiguous: bool = False
    """It fitted several processes of the company, and stands in all of them."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One hiring process: its messages by time, the first opening one by name."""

    opener: str
    members: tuple[Member, ...]
    company: str = ""
    role: str = ""
    ambiguous: bool = False
    """It holds a member that stands in other processes too."""
    label: str = ""
    """Which word of the user's made it, as `rules.threads.corrections` names it; empty where there is none."""
