"""Sign-ins at Microsoft: where an account's is kept, and what is made of it. msal is imported where one is used."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from connectors.auth.microsoft import Grant, GrantUnreadable, Registration, graph_scopes, read_grant
from watcher.clock import Clock, SystemClock
from watcher.config import OutlookAccount
from watcher.keeping import alone, is_kept_here, keep, renewal
from watcher.log import register_secret
from watcher.secrets import SecretError, SecretSource, resolve_secret
from watcher.skew import tell_skew

if TYPE_CHECKING:
    from connectors.auth.microsoft.transport import Transport

__all__ = ["Tokens", "load_grant", "patience_of", "registration_of", "scopes_of", "store_grant", "tokens_of", "transport_of"]

log = logging.getLogger(__name__)
_MARGIN: Final = timedelta(minutes=5)
"""An access token that ends within this is not given any more."""
_PATIENCE: Final = 4
"""How many answers of Microsoft's a renewal may have to wait for, and some time for a keyring."""


def registration_of(account: OutlookAccount) -> Registration:
    """Return who we are to Microsoft."""
    return Registration(account.client_id, account.tenant, account.authority_url)


def scopes_of(account: OutlookAccount) -> tuple[str, ...]:
    """Return the rights that the account needs, no more."""
    return graph_scopes(account.api_url, shared=bool(account.mailbox), colors=account.categories and account.category_colors)


def patience_of(account: OutlookAccount) -> float:
    """Return how many seconds to wait for another process that renews: so long it may take at its slowest."""
    return account.timeout_seconds * _PATIENCE


def transport_of(account: OutlookAccount, clock: Clock | None = None) -> Transport:
    """Return how Microsoft is asked for this account."""
    from connectors.auth.microsoft.transport import Transport  # noqa: PLC0415 - requests

    return Transport((clock or SystemClock()).now, account.timeout_seconds)


def load_grant(source: SecretSource, *, interactive: bool = False) -> Grant:
    """Return the sign-in that is kept there. Raises SecretError."""
    text = resolve_secret(source, interactive=interactive)
    try:
        grant = read_grant(text)
    except GrantUnreadable as error:
        raise SecretError(
            f"accounts.{source.account}: what comes from {source} is no sign-in at Microsoft: {error}. Please {renewal(source)}."
        ) from None
    register_secret(grant.refresh_token)
    return grant


def store_grant(source: SecretSource, grant: Grant, *, interactive: bool = True) -> None:
    """Keep it, in place of what was there; `interactive` lets the desktop ask. Raises SecretError."""
    register_secret(grant.refresh_token)
    keep(source, grant.text(), interactive=interactive)


class Tokens:
    """Access tokens of one account, renewed from what is kept. One thread uses it."""

    def __init__(
        self,
        account: OutlookAccount,
        transport: Transport | None = None,
        clock: Clock | None = None,
        *,
        interactive: bool = False,
    ) -> None:
        """Ask nothing yet. Whoever gives a `transport` looks at its `skew`; else a clock that is off is logged."""
        self._account = account
        self._given = transport
        self._clock = clock or SystemClock()
        self._interactive = interactive
        self._token = ""
        self._until: datetime | None = None
        self._kept = ""
        """What was last read or written, and"""
        self._held: Grant | None = None
        """what came of it where it could not be written, or is not ours to write."""

    def __call__(self, force: bool = False) -> str:
        """Return an access token; with `force`, another one than before.

        Raises SecretError, Misconfigured, Unavailable, or AuthNeeded where what is kept is not good for this account any more.
        """
        if not force and self._until is not None and self._clock.now() < self._until:
            return self._token
        from connectors.auth.microsoft.renewing import renew  # noqa: PLC0415 - msal

        account, source = self._account, self._account.secret
        line = self._given or transport_of(account, self._clock)
        with alone(source, patience_of(account)):
            grant = self._current(source)
            renewed = renew(registration_of(account), grant, scopes_of(account), line, renewal(source), self._clock.now)
            register_secret(renewed.token)
            self._take(source, renewed.grant)
        now = self._clock.now()
        self._token = renewed.token
        self._until = renewed.ends - min(_MARGIN, (renewed.ends - now) / 10)
        if self._given is None:
            tell_skew(account.name, line.skew, "Microsoft")
        return renewed.token

    def _current(self, source: SecretSource) -> Grant:
        """Read it anew: another process may have renewed it, or the user have signed in again."""
        grant = load_grant(source, interactive=self._interactive)
        text = grant.text()
        if self._held is not None and text == self._kept:
            return self._held
        self._kept, self._held = text, None
        return grant

    def _take(self, source: SecretSource, grant: Grant) -> None:
        """Keep what came of a renewal; where that cannot be, go on with it as long as this process lives."""
        text = grant.text()
        if text == self._kept:
            return
        if is_kept_here(source):
            try:
                store_grant(source, grant, interactive=self._interactive)
            except SecretError as error:
                if self._held is None:
                    log.warning("the renewed sign-in cannot be kept: %s", error)
            else:
                self._kept, self._held = text, None
                return
        register_secret(grant.refresh_token)
        self._held = grant


def tokens_of(account: OutlookAccount) -> Tokens:
    """Return access tokens for a connector, which may take its time to ask for one."""
    return Tokens(account)
