"""What is kept of a sign-in: the refresh token, and what it is good for. As text it is one line, a JSON object."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeGuard

__all__ = ["FULL_MAIL", "Grant", "GrantUnreadable", "gmail_scopes", "is_token", "missing_scopes", "read_grant"]

FULL_MAIL: Final = "https://mail.google.com/"
"""Needed for IMAP (https://developers.google.com/workspace/gmail/imap/xoauth2-protocol); holds all the others."""
_MODIFY: Final = "https://www.googleapis.com/auth/gmail.modify"
_READ: Final = "https://www.googleapis.com/auth/gmail.readonly"
_COMPOSE: Final = "https://www.googleapis.com/auth/gmail.compose"
_HOLDS: Final = {FULL_MAIL: {_MODIFY, _READ, _COMPOSE}, _MODIFY: {_READ, _COMPOSE}}
"""What a scope covers besides itself: by the tables of users.messages.modify, users.drafts.create and their like in the
reference, each method is open to the wider scopes too."""
_LONGEST = 4096


class GrantUnreadable(ValueError):
    """What was kept is no sign-in; `str()` says what it is instead, and never holds any of it."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One sign-in. What is empty is not known."""

    refresh_token: str = field(repr=False)
    client_id: str = ""
    """The client it was given to: no other one can use it."""
    scopes: tuple[str, ...] = ()
    address: str = ""
    """Whose mailbox it is for."""
    granted: datetime | None = None
    """When the user signed in."""
    ends: datetime | None = None
    """When it ends by itself, where Google said so."""

    def text(self) -> str:
        """Return it on one line, in ASCII."""
        values = {
            "refresh_token": self.refresh_token,
            "client_id": self.client_id,
            "scopes": list(self.scopes),
            "address": self.address,
            "granted": self.granted.isoformat(timespec="seconds") if self.granted else None,
            "ends": self.ends.isoformat(timespec="seconds") if self.ends else None,
        }
        return json.dumps({key: value for key, value in values.items() if value})


def gmail_scopes(*, labels: bool) -> tuple[str, ...]:
    """Return the smallest scopes for Gmail's own interface.

    To put a label on a message takes gmail.modify, which covers reading and drafts; gmail.labels can only make labels
    (https://developers.google.com/workspace/gmail/api/auth/scopes).
    """
    return (_MODIFY,) if labels else (_READ, _COMPOSE)


def missing_scopes(granted: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """Return those of `wanted` that `granted` does not cover."""
    has: set[str] = set()
    for scope in granted:
        has |= {scope, *_HOLDS.get(scope, ())}
    return tuple(scope for scope in wanted if scope not in has)


def is_token(value: object) -> TypeGuard[str]:
    """Say whether it can be a token: printable ASCII without blanks (RFC 6749 appendix A.12 and A.17)."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and all("!" <= sign <= "~" for sign in value)


def read_grant(text: str) -> Grant:
    """Read what `Grant.text` wrote, what Google's own tools keep (`authorized_user`), or a bare refresh token.

    Raises GrantUnreadable.
    """
    text = text.strip()
    if not text.startswith("{"):
        return Grant(_refresh_token(text))
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise GrantUnreadable("it begins as JSON and is none") from None
    if "installed" in document or "web" in document:
        raise GrantUnreadable("it is the file of a client, which belongs to client_file")
    if document.get("type") == "service_account":
        raise GrantUnreadable("it is the key of a service account")
    if "refresh_token" not in document:
        raise GrantUnreadable("it has no refresh_token")
    return Grant(
        _refresh_token(document["refresh_token"]),
        client_id=_text(document.get("client_id")),
        scopes=_texts(document.get("scopes")),
        address=_text(document.get("address")),
        granted=_instant(document.get("granted")),
        ends=_instant(document.get("ends")),
    )


def _refresh_token(value: object) -> str:
    if not isinstance(value, str) or not value or len(value) > _LONGEST:
        raise GrantUnreadable("it is empty, or too long for a refresh token")
    if not is_token(value):
        raise GrantUnreadable("it holds blanks or signs that no refresh token has")
    if value.startswith("ya29."):
        raise GrantUnreadable("it is an access token, which is good for an hour; a refresh token is needed")
    return value


def _text(value: object) -> str:
    return value if isinstance(value, str) and value.isprintable() else ""


def _texts(value: Any) -> tuple[str, ...]:
    each: Collection[Any] = value.split() if isinstance(value, str) else value if isinstance(value, list) else ()
    return tuple(one for one in each if isinstance(one, str))


def _instant(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        return None if at is None or at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
