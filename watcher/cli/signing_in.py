"""`login` at Google: the page in the browser, or a link and a pasted address; and taking it back."""

from __future__ import annotations

import os
import queue
import select
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import typer

from connectors.auth.google import same_mailbox
from connectors.auth.google.account import mailbox_of, revoke
from connectors.auth.google.flow import NotTheAnswer, SignIn
from connectors.auth.google.refusal import TESTING
from connectors.auth.google.transport import GOOGLE, Transport
from connectors.auth.loopback import Loopback
from connectors.auth.trouble import skew_words
from connectors.errors import AuthNeeded, ConnectorError, Misconfigured, Throttled, Unavailable
from watcher.cli.printing import warn
from watcher.clock import Clock, SystemClock
from watcher.config import GmailAccount
from watcher.grants import GoogleAccount, client_of, load_grant, scopes_of, store_grant, transport_of
from watcher.keeping import check_room, forget
from watcher.lock import wake_daemon
from watcher.log import register_secret
from watcher.wake import SocketWake

__all__ = ["sign_in", "sign_out"]

SECONDS = 600.0
"""How long the user has for Google's page."""
_BROWSER_SECONDS = 3.0
_LONGEST_LINE = 65_536


def sign_in(account: GoogleAccount, lock: Path, *, browser: bool, clock: Clock | None = None) -> None:
    """Lead through Google's page and keep the sign-in that it gives; then wake the daemon that holds `lock`.

    Nothing is kept but a sign-in that gives all rights, lasts, and is for the account's own mailbox. Raises ConnectorError,
    SecretError.
    """
    clock = clock or SystemClock()
    client = client_of(account)
    check_room(account.secret, ("refresh_token", "access_token"), "a refresh token")
    transport = transport_of(account, clock)
    again = f"hearback login {account.name}"
    answers: queue.SimpleQueue[str | ConnectorError] = queue.SimpleQueue()
    attempts: list[SignIn] = []

    def take(text: str) -> str:
        """Look at an address that came, and return what is wrong with it."""
        if not attempts:
            return "nothing is waited for yet"
        try:
            answers.put(attempts[0].code_in(text))
        except NotTheAnswer as error:
            return str(error)
        except ConnectorError as error:
            answers.put(error)
        return ""

    with _listening(take) as server:
        attempt = SignIn(client, scopes_of(account), server.url, transport, again, hint=account.username)
        attempts.append(attempt)
        _show(account, attempt.url, server.port, opened=browser and _open_browser(attempt.url))
        with _pasted(take):
            code = _answer(answers, again)
        register_secret(code)
        with _nothing_stored(again):
            grant, token = attempt.redeem(code, clock.now())
    register_secret(token)
    with _nothing_stored(again):
        owner = _prove(account, token, transport, again)
    store_grant(account.secret, replace(grant, address=owner))
    typer.echo(f"Signed in as {owner}; kept in: {account.secret}. `hearback check` tries it out.")
    wake_daemon(lock)  # it may have been waiting for this
    if grant.ends is not None:
        warn(f"Google ends this sign-in on {grant.ends.date()}. {TESTING}.")
    if words := skew_words(transport.skew, GOOGLE):
        raise Misconfigured(f"The sign-in is kept, but: {words}.")


def _listening(take: Callable[[str], str]) -> Loopback:
    try:
        return Loopback(take)
    except OSError as error:
        raise Misconfigured(
            f"This machine lets no program listen on 127.0.0.1 ({error.strerror or error}), where Google's page sends "
            "the browser back to. Run it outside of the sandbox or container that forbids it."
        ) from None


@contextmanager
def _nothing_stored(again: str) -> Iterator[None]:
    """Say of what will pass by itself that the sign-in is to be done anew: what Google's page gave is good for minutes only."""
    try:
        yield
    except Unavailable as error:
        wait = error.retry_after if isinstance(error, Throttled) else 0.0
        later = f" in {max(1, round(wait / 60))} min" if wait else ""
        raise Unavailable(f"{error} Nothing was stored: start over with `{again}`{later}.") from None


def _answer(answers: queue.SimpleQueue[str | ConnectorError], again: str) -> str:
    """Return the code, from wherever it comes first. Raises what Google's page said instead, or that time is up."""
    try:
        found = answers.get(timeout=SECONDS)
    except queue.Empty:
        raise AuthNeeded(
            f"No answer of Google's came within {SECONDS / 60:g} minutes, so nothing was stored; start over with `{again}`. If "
            "its page showed an error: 'access_denied' means that the project is in 'Testing' and you are no test user of it, "
            "'invalid_client' that the client was deleted, and 'redirect_uri_mismatch' that it is not of the type 'Desktop app'. "
            'README, "Gmail", tells what to do.'
        ) from None
    if isinstance(found, ConnectorError):
        raise found
    return found


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


def _open_browser(url: str) -> bool:
    """Open the link where a person can see a browser; never one that would run in this terminal."""
    named = bool(os.environ.get("BROWSER"))
    seen = sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if not named and not seen:
        return False
    done: list[bool] = []

    def open_it() -> None:
        with suppress(OSError, webbrowser.Error):
            # The bare class is for programs that take the terminal and are waited for, such as lynx.
            if named or type(webbrowser.get()) is not webbrowser.GenericBrowser:
                done.append(webbrowser.open(url))
                return
        done.append(False)

    thread = threading.Thread(target=open_it, name="browser", daemon=True)
    thread.start()
    thread.join(_BROWSER_SECONDS)  # some are waited for until they are closed
    return done[0] if done else True


@contextmanager
def _pasted(take: Callable[[str], str]) -> Iterator[None]:
    """Meanwhile, hand every line of standard input to `take`, and tell what is wrong with it."""
    stop = SocketWake()

    def read() -> None:
        for line in _lines(stop):
            if line.strip() and (wrong := take(line)):
                warn(f"{wrong}.")

    thread = threading.Thread(target=read, name="paste", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5)
        stop.close()


def _lines(stop: SocketWake) -> Iterator[str]:
    """Yield lines of standard input until it ends, or until `stop` is set.

    Read without Python's buffer: a thread that waits within that can keep the program from ending.
    """
    try:
        descriptor = sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):  # none, or not one of the system's
        if sys.stdin is not None:
            yield from sys.stdin
        return
    rest = b""
    while len(rest) < _LONGEST_LINE:
        try:
            select.select([descriptor, stop.fileno()], [], [])
            if stop.is_set():
                return
            data = os.read(descriptor, 4096)
        except (OSError, ValueError):  # it was closed
            return
        if not data:
            if rest:
                yield rest.decode("utf-8", "replace")
            return
        *lines, rest = (rest + data).split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in lines)


def sign_out(account: GoogleAccount) -> None:
    """Let Google forget the sign-in, and remove it here. Raises SecretError, Misconfigured; Unavailable with nothing removed."""
    grant = load_grant(account.secret, interactive=True)
    known = revoke(grant.refresh_token, transport_of(account), client_of(account).revoke_url)
    forget(account.secret)
    said = "Google has taken the access back" if known else "Google knew nothing of it any more"
    typer.echo(f"{said}, and the sign-in of {account.username} is removed from: {account.secret}.")
