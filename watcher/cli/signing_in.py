"""`login` at Google: the page in the browser, or a link and a pasted address; and taking it back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import typer

from connectors.auth.google import same_mailbox
from connectors.auth.google.account import mailbox_of, revoke
from connectors.auth.google.flow import SignIn
from connectors.auth.google.refusal import TESTING
from connectors.auth.google.transport import GOOGLE, Transport
from connectors.auth.trouble import skew_words
from connectors.errors import AuthNeeded, Misconfigured, Unavailable
from watcher.cli.browsing import Arrival, listening, nothing_stored, open_browser
from watcher.cli.printing import warn
from watcher.clock import SystemClock
from watcher.config import GmailAccount
from watcher.grants import GoogleAccount, client_of, load_grant, scopes_of, store_grant, transport_of
from watcher.keeping import check_room, forget
from watcher.lock import wake_daemon
from watcher.log import register_secret

__all__ = ["sign_in", "sign_out"]

_HINTS = (
    "If its page showed an error: 'access_denied' means that the project is in 'Testing' and you are no test user of it, "
    "'invalid_client' that the client was deleted, and 'redirect_uri_mismatch' that it is not of the type 'Desktop app'. "
    'README, "Gmail", tells what to do.'
)


def sign_in(account: GoogleAccount, lock: Path, *, browser: bool) -> None:
    """Lead through Google's page and keep the sign-in that it gives; then wake the daemon that holds `lock`.

    Nothing is kept but a sign-in that gives all rights, lasts, and is for the account's own mailbox. Raises ConnectorError,
    SecretError.
    """
    clock = SystemClock()
    client = client_of(account)
    check_room(account.secret, ("refresh_token", "access_token"), "a refresh token")
    transport = transport_of(account, clock)
    again = f"hearback login {account.name}"
    arrival = Arrival[str](GOOGLE)
    with listening(arrival.take, GOOGLE) as server:
        attempt = SignIn(client, scopes_of(account), server.url, transport, again, hint=account.username)
        arrival.expect(attempt.code_in)
        _show(account, attempt.url, server.port, opened=browser and open_browser(attempt.url))
        code = arrival.wait(again, _HINTS)
        register_secret(code)
        with nothing_stored(again):
            grant, token = attempt.redeem(code, clock.now())
    register_secret(token)
    with nothing_stored(again):
        owner = _prove(account, token, transport, again)
    store_grant(account.secret, replace(grant, address=owner))
    typer.echo(f"Signed in as {owner}; kept in: {account.secret}. `hearback check` tries it out.")
    wake_daemon(lock)  # it may have been waiting for this
    if grant.ends is not None:
        warn(f"Google ends this sign-in on {grant.ends.date()}. {TESTING}.")
    if words := skew_words(transport.skew, GOOGLE):
        raise Misconfigured(f"The sign-in is kept, but: {words}.")


def _prove(account: GoogleAccount, token: str, transport: Transport, again: str) -> str:
    """Return the address of the mailbox that the token opens. Raises AuthNeeded when it is not the account's."""
    if isinstance(account, GmailAccount):
        owner = mailbox_of(token, transport, account.api_url)
        if not same_mailbox(owner, account.username):
            raise AuthNeeded(
                f"You signed in as {owner}, but accounts.{account.name} is for {account.username}: nothing was stored. Start "
                f"over with `{again}` and choose {account.username} on Google's page; if that is an alias of {owner}, "
                f'add the line username = "{owner}" to the account.'
            )
        return owner
    from watcher.accounts import build_imap  # noqa: PLC0415 - the other kind of account does without

    connector = build_imap(account, lambda: token)
    try:
        connector.open()
    except AuthNeeded as error:
        raise AuthNeeded(
            f"{account.host} does not take this sign-in for {account.username}: nothing was stored. Perhaps you signed in with "
            f"another Google account; start over with `{again}` and choose {account.username} there. It said: {error}"
        ) from None
    except (Unavailable, Misconfigured) as error:
        warn(f"whether {account.host} takes this sign-in could not be tried now: {error}")
    finally:
        connector.close()
    return account.username


def _show(account: GoogleAccount, url: str, port: int, *, opened: bool) -> None:
    """Say what to do; the link comes last, alone on its line, so that it can be picked up whole."""
    if opened:
        typer.echo(f"Google's page opens in your browser. Sign in as {account.username} there, and tick every box.")
        typer.echo("If nothing opens, open this link yourself:")
    else:
        typer.echo(
            "If the browser is on this machine, it finds its way back by itself. On another one it ends at a page that it cannot "
            f"show, at http://127.0.0.1:{port}/…: copy the whole address of that page, paste it here and press Enter."
        )
        typer.echo(f"Open this link in a browser, sign in as {account.username} there, and tick every box:")
    typer.echo(f"\n{url}\n")


def sign_out(account: GoogleAccount) -> None:
    """Let Google forget the sign-in, and remove it here. Raises SecretError, Misconfigured; Unavailable with nothing removed."""
    grant = load_grant(account.secret, interactive=True)
    known = revoke(grant.refresh_token, transport_of(account), client_of(account).revoke_url)
    forget(account.secret)
    said = "Google has taken the access back" if known else "Google knew nothing of it any more"
    typer.echo(f"{said}, and the sign-in of {account.username} is removed from: {account.secret}.")
