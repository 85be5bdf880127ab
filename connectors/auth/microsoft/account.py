"""What is asked of Graph at a sign-in: whose mailbox it is for."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from connectors.auth.asking import host_of, parse_object
from connectors.auth.microsoft.registration import MICROSOFT
from connectors.auth.microsoft.transport import Transport
from connectors.auth.trouble import plain
from connectors.errors import AuthNeeded, ConnectorError, Misconfigured, Unavailable

__all__ = ["Owner", "owner_of"]

_REFUSED: Final = 401
_FORBIDDEN: Final = 403


@dataclass(frozen=True, slots=True)
class Owner:
    """Who signed in."""

    mail: str
    """The main address of the mailbox; empty where there is none."""
    name: str
    """What they sign in with (`userPrincipalName`), which need not be an address that takes mail."""

    aliases: tuple[str, ...] = ()
    """Their further addresses, where those were asked for and the service tells them."""

    @property
    def address(self) -> str:
        """Return what to call them by."""
        return self.mail or self.name

    def is_named(self, address: str) -> bool:
        """Say whether an address is one of theirs; upper and lower case do not count."""
        return address.strip().lower() in {each.lower() for each in (self.mail, self.name, *self.aliases) if each}


def owner_of(token: str, transport: Transport, endpoint: str, meant: str) -> Owner:
    """Return whose access token it is (https://learn.microsoft.com/graph/api/user-get); `meant` is who they ought to be.

    Raises AuthNeeded, Misconfigured, Unavailable.
    """
    owner = _owner(_asked(token, transport, endpoint, "mail,userPrincipalName"), host_of(endpoint))
    if owner.is_named(meant):
        return owner
    with suppress(AuthNeeded, Misconfigured):  # those of personal accounts are not told
        told = _asked(token, transport, endpoint, "proxyAddresses").get("proxyAddresses")
        named = [plain(one, 320) for one in told if isinstance(one, str)] if isinstance(told, list) else []
        return replace(owner, aliases=tuple(one[5:] for one in named if one.lower().startswith("smtp:")))
    return owner


def _asked(token: str, transport: Transport, endpoint: str, properties: str) -> dict[str, Any]:
    url = f"{endpoint}/v1.0/me?$select={properties}"
    answer = transport.get(url, headers={"Authorization": f"Bearer {token}", "Prefer": 'IdType="ImmutableId"'})
    told = parse_object(answer.text) or {}
    if answer.status_code != 200:  # noqa: PLR2004 - a good answer
        raise _refusal(answer.status_code, told, host_of(endpoint))
    return told


def _owner(told: dict[str, Any], where: str) -> Owner:
    mail, name = (plain(value, 320) if isinstance(value := told.get(key), str) else "" for key in ("mail", "userPrincipalName"))
    if not any(_is_address(each) for each in (mail, name)):
        raise Unavailable(f"{where} does not say whose mailbox it is. Try again later.")
    return Owner(mail if _is_address(mail) else "", name)


def _is_address(text: str) -> bool:
    return "@" in text


def _refusal(status: int, told: dict[str, Any], where: str) -> ConnectorError:
    """Explain an error of Graph (https://learn.microsoft.com/graph/errors)."""
    said = _said(told) or f"status {status}"
    if status == _REFUSED:
        return AuthNeeded(
            f"{where} does not accept the access token that {MICROSOFT} has just given ({said}). Sign in once more."
        )
    if status == _FORBIDDEN:
        return AuthNeeded(
            f"{where} does not let this sign-in read who signed in ({said}): let the application have the permission "
            "User.Read, and sign in once more."
        )
    return Misconfigured(f"{where} refused to say whose mailbox it is ({said}). Is api_url right?")


def _said(told: dict[str, Any]) -> str:
    """Return the service's own words: those of an error of Graph's, or of one in the form of RFC 6750 section 3."""
    error = told.get("error", told.get("odata.error"))
    each = [error, told.get("error_description")]
    if isinstance(error, dict):
        each = [error.get("code"), error.get("message")]
    return ": ".join(_filled(plain(one, 200) for one in map(_text, each)))


def _text(value: object) -> str:
    """Return a text, or the one in it: OData's older messages name their language beside it."""
    if isinstance(value, dict):
        value = value.get("value")
    return value if isinstance(value, str) else ""


def _filled(each: Iterable[str]) -> list[str]:
    return [one for one in each if one]
