"""`login` at Microsoft: the page in the browser, or a code that is typed in on any machine; and forgetting it here."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Final

import typer

from connectors.auth.microsoft.account import owner_of
from connectors.auth.microsoft.flow import DeviceSignIn, SignIn
from connectors.auth.microsoft.grant import Grant
from connectors.auth.microsoft.registration import MICROSOFT
from connectors.auth.microsoft.transport import Transport
from connectors.auth.trouble import skew_words
from connectors.errors import AuthNeeded, Misconfigured, Throttled, Unavailable
from watcher.cli.browsing import Arrival, listening, nothing_stored, open_browser
from watcher.cli.printing import warn
from watcher.clock import Clock, SystemClock
from watcher.config import OutlookAccount
from watcher.keeping import alone, check_room, forget, is_kept_here
from watcher.lock import wake_daemon
from watcher.log import register_secret
from watcher.microsoft import patience_of, registration_of, scopes_of, store_grant, transport_of
from watcher.secrets import SecretError

__all__ = ["sign_in", "sign_out"]

_HINTS: Final = (
    "If its page showed an error, its number begins with AADSTS: 50011 means that the redirect URI http://localhost is missing, "
    "700016 or 50194 that client_id and tenant do not go together, 65001 or 90094 that an administrator has to agree. README, "
    '"Outlook.com and Microsoft 365", tells what to do.'
)
_TAKE_BACK: Final = (
    "To take the access back at Microsoft: https://account.live.com/consent/Manage for a personal account, "
    "https://myapps.microsoft.com for one of work or school."
)
_TRIES: Final = 12
"""How often in a row there may be no answer while a code is waited for: a minute, at the usual pace."""


def sign_in(
    account: OutlookAccount,
    lock: Path,
    *,
    browser: bool,
) -> None:
    """Lead through Microsoft's page and keep the sign-in that it gives; then wake the daemon that holds `lock`.

    Nothing is kept but a sign-in that gives all rights, lasts, and is the account's own user's. Raises ConnectorError,
    SecretError.
    """
    clock = SystemClock()
    check_room(account.secret, ("cache",), "what `hearback login` writes into a file")
    transport = transport_of(account, clock)
    again = f"hearback login {account.name}"
    if browser:
        grant, token = _by_page(account, transport, again, clock)
    else:
        again += " --no-browser"
        grant, token = _by_code(account, transport, again, clock)
    register_secret(token)
    register_secret(grant.refresh_token)
    with nothing_stored(again):
        grant = replace(grant, address=_prove(account, token, transport, again))
    with alone(account.secret, patience_of(account)):
        store_grant(account.secret, grant)
    typer.echo(f"Signed in as {grant.address}; kept in: {account.secret}. `hearback check` tries it out.")
    wake_daemon(lock)  # it may have been waiting for this
    if words := skew_words(transport.skew, MICROSOFT):
        raise Misconfigured(f"The sign-in is kept, but: {words}.")


def _by_page(account: OutlookAccount, transport: Transport, again: str, clock: Clock) -> tuple[Grant, str]:
    """Let the browser of this machine do it, or take the address that another one ended at."""
    arrival = Arrival[dict[str, str]](MICROSOFT)
    with listening(arrival.take, MICROSOFT) as server:
        # By name, as it is registered: the port then does not count
        # (https://learn.microsoft.com/entra/identity-platform/reply-url#localhost-exceptions).
        back = f"http://localhost:{server.port}"
        attempt = SignIn(registration_of(account), scopes_of(account), back, transport, again, hint=account.username)
        arrival.expect(attempt.answer_in)
        opened = open_browser(attempt.url)
        if opened:
            typer.echo(f"{MICROSOFT}'s page opens in your browser. Sign in as {account.username} there.")
            typer.echo("If nothing opens, open this link yourself:")
        else:
            typer.echo(
                "If the browser is on this machine, it finds its way back by itself. On another one it ends at a page that it "
                f"cannot show, at {back}/…: copy the whole address of that page, paste it here and press Enter. Or end this with "
                f"Ctrl-C, and use a code: {again} --no-browser"
            )
            typer.echo(f"Open this link in a browser, and sign in as {account.username} there:")
        typer.echo(f"\n{attempt.url}\n")
        answer = arrival.wait(again, _HINTS)
        register_secret(answer.get("code", ""))
        with nothing_stored(again):
            return attempt.redeem(answer, clock.now())


def _by_code(account: OutlookAccount, transport: Transport, again: str, clock: Clock) -> tuple[Grant, str]:
    """Let the user type in a code anywhere, and ask until they have. Ctrl-C ends it, with nothing stored."""
    attempt = DeviceSignIn(registration_of(account), scopes_of(account), transport, again)
    register_secret(attempt.device_code)
    typer.echo(
        f"Open this link in a browser, on any machine, type in the code and sign in as {account.username}. It is good for "
        f"{attempt.seconds / 60:.0f} minutes; this waits for you (Ctrl-C ends it). Type it in nowhere else, and no code that "
        "somebody sends you."
    )
    typer.echo(f"\n{attempt.link}\n\nCode: {attempt.code}\n")
    begun, tries = clock.monotonic(), 0
    while clock.monotonic() - begun < attempt.seconds:
        wait = attempt.interval
        try:
            if found := attempt.ask(clock.now()):
                return found
            tries = 0
        except Unavailable as error:  # the network of a while ago need not be that of now
            tries += 1
            if tries == 1:
                warn(f"{error} Still waiting.")
            if tries > _TRIES:
                with nothing_stored(again):
                    raise
            wait = max(wait, error.retry_after) if isinstance(error, Throttled) else wait
        _rest(wait)
    raise AuthNeeded(f"The code has run out before it was used, so nothing was stored. For a new one: `{again}`.")


def _rest(seconds: float) -> None:
    """Wait. Ctrl-C ends it."""
    threading.Event().wait(seconds)


def _prove(account: OutlookAccount, token: str, transport: Transport, again: str) -> str:
    """Return the address of who signed in. Raises AuthNeeded when it is not the account's own user."""
    owner = owner_of(token, transport, account.api_url, account.username)
    if not owner.is_named(account.username):
        raise AuthNeeded(
            f"You signed in as {owner.address}, but accounts.{account.name} is for {account.username}: nothing was stored. Start "
            f"over with `{again}` and choose {account.username} on {MICROSOFT}'s page; if that is another address of "
            f'{owner.address}, add the line username = "{owner.address}" to the account.'
        )
    return owner.address


def sign_out(account: OutlookAccount) -> None:
    """Remove the sign-in here: Microsoft has nothing to take one back with that was made without a secret. Raises SecretError."""
    if not is_kept_here(account.secret):
        raise SecretError(f"accounts.{account.name}: its sign-in comes from {account.secret}: remove it there. {_TAKE_BACK}")
    with alone(account.secret, patience_of(account)):
        forget(account.secret)
    typer.echo(f"The sign-in of {account.username} is removed from: {account.secret}. {_TAKE_BACK}")
