"""Who sends: relays, booking services, job boards, addresses that nobody reads. Lists in `rules/phrases/senders.toml`."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from rules.phrases.load import load

__all__ = [
    "can_receive",
    "is_board",
    "is_booking",
    "is_deaf",
    "is_freemail",
    "is_inmail",
    "is_mass",
    "is_relay",
    "is_shared",
    "is_team",
]

_NO_REPLY = re.compile(r"(?:^|[^a-z])no[-_.]?reply[^@]*@", re.IGNORECASE)
"""Within a local part: `jobs-noreply`, `messages.no-reply`."""
_TAGGED = frozenset({"reply", "replies", "r", "conversation", "conversations", "thread", "message", "inbound", "parse", "answer"})
"""What stands before the tag where a system threads answers back (`reply+token@`)."""
_KEY = 16
_KEY_LIKE = re.compile(r"[0-9a-z_.=-]*[0-9][a-z]+[0-9][0-9a-z_.=-]*$")
"""A tag as no person writes one: long, letters between digits."""
_NOT_WORD = re.compile(r"[^a-z0-9]+")


@cache
def _domains(name: str) -> frozenset[str]:
    return frozenset(load("senders")[name])


@lru_cache(maxsize=2048)
def _listed(name: str, domain: str) -> bool:
    listed = _domains(name)
    while domain:
        if domain in listed:
            return True
        domain = domain.partition(".")[2]
    return False


@lru_cache(maxsize=2048)
def _service(name: str, address: str) -> bool:
    """Say whether an address is of a listed service, and not of somebody who works there."""
    domain = address.rpartition("@")[2]
    if not _listed(name, domain):
        return False
    return domain not in _domains("employers") or is_deaf(address) or is_team(address) or "+" in address  # `reply+token@`


def is_relay(address: str) -> bool:
    """Say whether an address is of an applicant-tracking system or an assessment service."""
    return _service("relays", address)


def is_booking(address: str) -> bool:
    """Say whether an address is of a booking page."""
    return _service("booking", address)


def is_board(address: str) -> bool:
    """Say whether an address is of a job board or a professional network."""
    return _service("boards", address)


def is_inmail(address: str) -> bool:
    """Say whether an address is one by which a network passes on letters of its members to strangers."""
    bare = _NOT_WORD.sub("", address.partition("@")[0])
    return is_board(address) and bare.startswith(_locals("inmail")[1])


def is_mass(address: str) -> bool:
    """Say whether the local part is one that newsletters come from, whatever the domain."""
    whole, beginnings = _locals("mass")
    bare = _NOT_WORD.sub("", address.partition("@")[0].partition("+")[0].lower())
    return bare in whole or bare.startswith(beginnings)


def is_freemail(address: str) -> bool:
    """Say whether an address is of a provider that gives addresses to everybody."""
    return _listed("freemail", address.rpartition("@")[2])


def is_shared(address: str) -> bool:
    """Say whether the domain of an address is used by many companies or people, and so identifies none."""
    return is_freemail(address) or any(_service(name, address) for name in ("relays", "booking", "boards", "shared"))


@cache
def _locals(name: str) -> tuple[frozenset[str], tuple[str, ...]]:
    words = load("senders")[name]
    whole = frozenset(word for word in words if not word.endswith("*"))
    return whole, tuple(_NOT_WORD.sub("", word) for word in words if word.endswith("*"))


@lru_cache(maxsize=2048)
def can_receive(address: str) -> bool:
    """Say whether a person may read what is sent to an address: False for no-reply addresses, relays and broken ones.

    Relays that thread answers back to people (`reply+token@relay`) are refused as well: nobody can tell whom they reach.
    """
    local, at, domain = address.lower().partition("@")
    if not at or not local or "." not in domain or " " in address:
        return False
    if is_relay(address) or is_board(address) or is_booking(address) or _service("shared", address):
        return False
    if _is_token(local):
        return False
    return not (is_deaf(address) or domain.startswith(("bounce.", "bounces.", "noreply.", "no-reply.")))


def _is_token(local: str) -> bool:
    """Say whether a machine made a local part for one conversation: `reply+` and its like before a tag, or a tag like a key."""
    before, plus, tag = local.partition("+")
    if not plus:
        return False
    return bool(tag) and (
        before in _TAGGED or (len(tag) >= _KEY and any(char.isdigit() for char in tag) and _KEY_LIKE.match(tag) is not None)
    )


@lru_cache(maxsize=2048)
def is_deaf(address: str) -> bool:
    """Say whether the local part is one that nobody reads (`no-reply`, `notifications`), whatever the domain."""
    bare = _NOT_WORD.sub("", address.lower().partition("@")[0].partition("+")[0])
    whole, beginnings = _locals("deaf")
    return bare in whole or bare.startswith(beginnings) or _NO_REPLY.search(address) is not None


@lru_cache(maxsize=2048)
def is_team(address: str) -> bool:
    """Say whether the local part names a team or a function, not a person."""
    return _NOT_WORD.sub("", address.partition("@")[0].partition("+")[0].lower()) in _locals("team")[0]
