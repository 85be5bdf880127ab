"""From a sign-in that is kept to an access token, and to the sign-in that is to be kept from then on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeGuard

import msal

from connectors.auth.asking import host_of
from connectors.auth.microsoft.app import build_app
from connectors.auth.microsoft.grant import Grant, GrantUnreadable, read_grant, slim
from connectors.auth.microsoft.refusal import at_refresh
from connectors.auth.microsoft.registration import Registration
from connectors.auth.microsoft.scopes import missing_scopes
from connectors.auth.microsoft.transport import Transport
from connectors.errors import AuthNeeded, ConnectorError, Unavailable

_LOG = logging.getLogger("hearback.microsoft")

__all__ = ["Renewed", "is_token", "made_words", "readable", "renew", "seconds_of"]

_LONGEST: Final = 86_400.0
_LONGEST_TOKEN: Final = 65_536
_USUAL: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Renewed:
    """What a renewal gave."""

    token: str = field(repr=False)
    """The access token."""
    ends: datetime
    """When it ends, by our clock."""
    grant: Grant
    """To be kept in place of the one it was made from: Microsoft gives a new refresh token each time
    (https://learn.microsoft.com/entra/identity-platform/refresh-tokens)."""


def made_words(grant: Grant) -> str:
    """Return whose sign-in it is and from which day, as far as is known, to stand behind "the sign-in"."""
    return (f" of {grant.address}" if grant.address else "") + (f" from {grant.granted.date()}" if grant.granted else "")


def check_grant(registration: Registration, grant: Grant, wanted: Collection[str], renew_words: str) -> None:
    """Raise AuthNeeded where what is known of the grant shows that it will not do."""
    made = made_words(grant)
    if grant.client_id and grant.client_id != registration.client_id:
        raise AuthNeeded(
            f"The sign-in{made} was made with another application than {registration.client_id}, and is good for that one only: "
            f"{renew_words}, or correct client_id."
        )
    if grant.authority and not grant.authority.startswith(f"{registration.service}/"):
        raise AuthNeeded(
            f"The sign-in{made} was made at {host_of(grant.authority)}, not at {host_of(registration.service)}: {renew_words}."
        )
    if grant.scopes and (lacking := missing_scopes(grant.scopes, wanted)):
        raise AuthNeeded(f"The sign-in{made} does not cover what is needed ({', '.join(lacking)}): {renew_words}.")


def renew(  # noqa: PLR0917 - each is another part of the sign-in
    registration: Registration,
    grant: Grant,
    wanted: Collection[str],
    transport: Transport,
    renew_words: str,
    now: Callable[[], datetime],
) -> Renewed:
    """Ask for an access token with the rights `wanted`; `renew_words` is how to sign in anew, as the end of a sentence.

    Raises AuthNeeded, Misconfigured, Unavailable or Throttled.
    """
    check_grant(registration, grant, wanted, renew_words)
    cache = msal.SerializableTokenCache()
    cache.deserialize(grant.cache)
    before = grant.refresh_token
    app = build_app(registration, transport, cache)
    accounts = app.get_accounts()
    if not accounts or not _has_token(cache, accounts[0], registration):
        raise AuthNeeded(f"What is kept of the sign-in{made_words(grant)} is damaged or of somewhere else: {renew_words}.")
    with readable(registration):
        # Nothing at all is what msal makes of an answer with nothing in it.
        told = app.acquire_token_silent_with_error(list(wanted), account=accounts[0], force_refresh=True) or {}
    if "error" in told:
        raise at_refresh(told, registration, renew_words, made=made_words(grant))
    token = told.get("access_token")
    if not is_token(token):
        raise Unavailable(f"{host_of(registration.service)} answered without an access token. Trying again later.")
    ends = now() + timedelta(seconds=seconds_of(told))
    return Renewed(token, ends, _next(grant, cache.serialize(), before))


def _next(grant: Grant, serialised: str, before: str) -> Grant:
    """Return the grant to be kept after a renewal: the old one where something came that is no refresh token."""
    try:
        made = replace(grant, cache=slim(serialised, before))
        return replace(made, cache=read_grant(made.text()).cache)
    except (GrantUnreadable, AttributeError, TypeError):
        return grant


def _has_token(cache: msal.SerializableTokenCache, account: Mapping[str, Any], registration: Registration) -> bool:
    """Say whether msal will find a refresh token for the account."""
    asked = {"home_account_id": account["home_account_id"], "environment": account["environment"]}
    kind = msal.TokenCache.CredentialType.REFRESH_TOKEN
    return any(True for _ in cache.search(kind, query=asked | {"client_id": registration.client_id}))


@contextmanager
def readable(registration: Registration) -> Iterator[None]:
    """Say of an answer that msal stumbles over that it cannot be read. Raises Unavailable."""
    try:
        yield
    except ConnectorError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RuntimeError, ArithmeticError, AssertionError) as error:
        _LOG.debug("msal stumbled: %s", type(error).__name__)
        raise Unavailable(
            f"{host_of(registration.service)} answered in a form that cannot be read. Trying again later."
        ) from None


def is_token(value: object) -> TypeGuard[str]:
    """Say whether it can be a token: printable ASCII without blanks (RFC 6749 appendix A.12)."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_TOKEN and all("!" <= sign <= "~" for sign in value)


def seconds_of(told: Mapping[str, Any]) -> float:
    """Return for how long an access token is good, within reason."""
    value = told.get("expires_in")
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:  # noqa: PLR2004 - no number of seconds
        value = int(value)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or value <= 0:
        return _USUAL
    return min(float(value), _LONGEST)
