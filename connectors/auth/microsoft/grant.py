"""What is kept of a sign-in: msal's token cache without what can be had anew, and what it is good for. One line of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

__all__ = ["Grant", "GrantUnreadable", "read_grant", "slim"]

_LONGEST: Final = 60_000
_LONGEST_TOKEN: Final = 16_384
_KEPT: Final = ("RefreshToken", "Account", "AppMetadata")
"""Parts of msal's cache. Access tokens are good for an hour, and the token of the identity has told what it had to tell."""


class GrantUnreadable(ValueError):
    """What was kept is no sign-in; `str()` says what it is instead, and never holds any of it."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One sign-in. What is empty is not known."""

    cache: str = field(repr=False)
    """msal's token cache, serialised: one account, one refresh token."""
    client_id: str = ""
    """The application it was given to: no other one can use it."""
    authority: str = ""
    """Where the user signed in, with the tenant."""
    scopes: tuple[str, ...] = ()
    address: str = ""
    """Whose mailbox it is for, as Microsoft names it."""
    granted: datetime | None = None
    """When the user signed in."""

    @property
    def refresh_token(self) -> str:
        """Return the secret in it."""
        return next(iter(_secrets(json.loads(self.cache))))

    def text(self) -> str:
        """Return it on one line, in ASCII."""
        values = {
            "provider": "microsoft",
            "client_id": self.client_id,
            "authority": self.authority,
            "scopes": list(self.scopes),
            "address": self.address,
            "granted": self.granted.isoformat(timespec="seconds") if self.granted else None,
            "cache": json.loads(self.cache),
        }
        return json.dumps({key: value for key, value in values.items() if value}, separators=(",", ":"))


def slim(serialised: str, before: str = "") -> str:
    """Return msal's cache with what is worth keeping; of several refresh tokens the one that is not `before`.

    msal keeps tokens beside each other whose rights are named in another order, and would try an old one first where both came
    within a second.
    """
    cache = json.loads(serialised)
    kept = {part: cache[part] for part in _KEPT if isinstance(cache.get(part), dict) and cache[part]}
    tokens = kept.get("RefreshToken", {})
    fresh = {key: entry for key, entry in tokens.items() if entry.get("secret") != before}
    if fresh or tokens:
        key, entry = max((fresh or tokens).items(), key=lambda each: _number(each[1].get("last_modification_time")))
        kept["RefreshToken"] = {key: entry}
    return json.dumps(kept, separators=(",", ":"))


def read_grant(text: str) -> Grant:
    """Read what `Grant.text` wrote. Raises GrantUnreadable."""
    text = text.strip()
    if len(text) > _LONGEST:
        raise GrantUnreadable("it is too long for one")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise GrantUnreadable("it is not what `hearback login` writes") from None
    if not isinstance(document, dict) or not isinstance(cache := document.get("cache"), dict):
        kind = "a sign-in at Google" if isinstance(document, dict) and "refresh_token" in document else "something else"
        raise GrantUnreadable(f"it is {kind}, and not what `hearback login` writes")
    _check(cache)
    return Grant(
        json.dumps(cache, separators=(",", ":")),
        client_id=_text(document.get("client_id")),
        authority=_text(document.get("authority")),
        scopes=tuple(one for one in _list(document.get("scopes")) if isinstance(one, str)),
        address=_text(document.get("address")),
        granted=_instant(document.get("granted")),
    )


def _check(cache: Mapping[str, Any]) -> None:
    """Raise GrantUnreadable unless msal can make something of it: it looks at nothing twice."""
    for part in cache.values():
        if not isinstance(part, dict) or not all(isinstance(entry, dict) for entry in part.values()):
            raise GrantUnreadable("it is damaged")
    named = ("home_account_id", "environment")
    accounts = list(cache.get("Account", {}).values())
    tokens = list(cache.get("RefreshToken", {}).values())
    if not all(isinstance(entry.get(key), str) for entry in (*accounts, *tokens) for key in named):
        raise GrantUnreadable("it is damaged")
    if not all(entry.get("credential_type") == "RefreshToken" for entry in tokens):
        raise GrantUnreadable("it is damaged")
    if not accounts or not all(isinstance(entry.get("authority_type"), str) for entry in accounts):
        raise GrantUnreadable("it names no account")
    if not _secrets(cache):
        raise GrantUnreadable("it has no refresh token")


def _secrets(cache: Mapping[str, Any]) -> list[str]:
    """Return the refresh tokens: printable ASCII without blanks (RFC 6749 appendix A.17)."""
    found = (entry.get("secret") for entry in cache.get("RefreshToken", {}).values())
    return [
        one
        for one in found
        if isinstance(one, str) and 0 < len(one) <= _LONGEST_TOKEN and all("!" <= sign <= "~" for sign in one)
    ]


def _number(value: object) -> int:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20 else 0  # noqa: PLR2004


def _text(value: object) -> str:
    return value if isinstance(value, str) and value.isprintable() else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _instant(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        return None if at is None or at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
