"""Sign-ins at Google: where an account's is kept, and what is made of it. Google's libraries are imported where one is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from connectors.auth.google import (
    FULL_MAIL,
    GoogleClient,
    Grant,
    GrantUnreadable,
    gmail_scopes,
    read_client,
    read_grant,
)
from watcher.clock import Clock, SystemClock
from watcher.config import GmailAccount, ImapAccount
from watcher.keeping import keep, renewal
from watcher.log import register_secret
from watcher.secrets import SecretError, SecretSource, resolve_secret
from watcher.skew import tell_skew

if TYPE_CHECKING:
    from connectors.auth.google.credentials import GoogleCredentials
    from connectors.auth.google.transport import Transport

__all__ = [
    "GoogleAccount",
    "access_token",
    "at_google",
    "client_of",
    "credentials_of",
    "load_grant",
    "renewal",
    "scopes_of",
    "store_grant",
    "transport_of",
]

GoogleAccount = GmailAccount | ImapAccount
"""An account that signs in at Google; of an ImapAccount only one with `google_client_file`."""


def at_google(account: object) -> TypeGuard[GoogleAccount]:
    """Say whether an account signs in at Google."""
    return isinstance(account, GmailAccount) or (isinstance(account, ImapAccount) and account.google_client_file is not None)


def client_of(account: GoogleAccount) -> GoogleClient:
    """Read the client's file. Raises Misconfigured."""
    if isinstance(account, GmailAccount):
        client = read_client(account.client_file, auth_url=account.auth_url, token_url=account.token_url)
    else:
        assert account.google_client_file is not None
        client = read_client(account.google_client_file)
    register_secret(client.client_secret)
    return client


def scopes_of(account: GoogleAccount) -> tuple[str, ...]:
    """Return the rights that the account needs, no more."""
    return gmail_scopes(labels=account.labels) if isinstance(account, GmailAccount) else (FULL_MAIL,)


def transport_of(account: GoogleAccount, clock: Clock | None = None) -> Transport:
    """Return how Google is asked for this account."""
    from connectors.auth.google.transport import Transport  # noqa: PLC0415 - Google's libraries

    return Transport((clock or SystemClock()).now, account.timeout_seconds)


def load_grant(source: SecretSource, *, interactive: bool = False) -> Grant:
    """Return the sign-in that is kept there. Raises SecretError."""
    text = resolve_secret(source, interactive=interactive)
    try:
        grant = read_grant(text)
    except GrantUnreadable as error:
        raise SecretError(
            f"accounts.{source.account}: what comes from {source} is no sign-in at Google: {error}. Please {renewal(source)}."
        ) from None
    register_secret(grant.refresh_token)
    return grant


def credentials_of(account: GoogleAccount, transport: Transport | None = None, *, interactive: bool = False) -> GoogleCredentials:
    """Return credentials that renew themselves; nothing is asked of Google yet.

    Whoever gives a `transport` looks at its `skew`; else a clock that is off is logged. Raises SecretError, Misconfigured, or
    AuthNeeded where what is kept is not good for this account.
    """
    from connectors.auth.google.credentials import build_credentials  # noqa: PLC0415 - Google's libraries

    client = client_of(account)
    grant = load_grant(account.secret, interactive=interactive)
    line = transport or transport_of(account)

    def on_token(token: str) -> None:
        register_secret(token)
        if transport is None:
            tell_skew(account.name, line.skew, "Google")

    return build_credentials(client, grant, scopes_of(account), line, renewal(account.secret), on_token)


def access_token(account: GoogleAccount) -> str:
    """Return a fresh access token, as IMAP's XOAUTH2 wants one at each sign-in. Raises as `credentials_of`, and Unavailable."""
    made = credentials_of(account)
    made.refresh(None)
    return str(made.token)


def store_grant(source: SecretSource, grant: Grant) -> None:
    """Keep it, in place of what was there. Raises SecretError."""
    register_secret(grant.refresh_token)
    keep(source, grant.text())
