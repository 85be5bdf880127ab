"""Sign-ins at Google: where an account's is kept, and what is made of it. Google's libraries are imported where one is used."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

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
from watcher.log import register_secret
from watcher.secrets import (
    FileSecret,
    KeyringSecret,
    SecretError,
    SecretSource,
    find_keyring,
    forget_secret,
    open_at_once,
    resolve_secret,
    store_secret,
)

if TYPE_CHECKING:
    from connectors.auth.google.credentials import GoogleCredentials
    from connectors.auth.google.transport import Transport

__all__ = [
    "GoogleAccount",
    "access_token",
    "at_google",
    "check_room",
    "client_of",
    "credentials_of",
    "forget_grant",
    "load_grant",
    "renewal",
    "scopes_of",
    "store_grant",
    "transport_of",
]

log = logging.getLogger(__name__)
_LARGEST = 100_000
_clocks: set[str] = set()
"""Accounts of which it was logged that the clock is off."""

GoogleAccount = GmailAccount | ImapAccount
"""An account that signs in at Google; of an ImapAccount only one with `google_client_file`."""


def at_google(account: object) -> bool:
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


def renewal(source: SecretSource) -> str:
    """Return how to sign in anew, as the end of a sentence."""
    if isinstance(source, (KeyringSecret, FileSecret)):
        return f"sign in again with `hearback login {source.account}`"
    return f"sign in again where its token is made, which comes from {source}"


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
            _watch_clock(account.name, line)

    return build_credentials(client, grant, scopes_of(account), line, renewal(account.secret), on_token)


def _watch_clock(account: str, transport: Transport) -> None:
    """Log that the clock is off: once, and once more when it was right meanwhile."""
    from connectors.auth.google.refusal import skew_words  # noqa: PLC0415 - has been imported by now

    words = skew_words(transport.skew)
    if words and account not in _clocks:
        log.warning("%s: %s.", account, words)
    (_clocks.add if words else _clocks.discard)(account)


def access_token(account: GoogleAccount) -> str:
    """Return a fresh access token, as IMAP's XOAUTH2 wants one at each sign-in. Raises as `credentials_of`, and Unavailable."""
    made = credentials_of(account)
    made.refresh(None)
    return str(made.token)


# --------------------------------------------------------------------------------------------------------------- keeping it


def check_room(source: SecretSource) -> None:
    """Raise SecretError where no sign-in can be kept: better said before the user goes to Google's page than after."""
    match source:
        case KeyringSecret():
            find_keyring(source)
        case FileSecret():
            try:
                path = _target(source)
                _beside(path).unlink()
                _check_free(source, path)
            except OSError as error:
                raise _unwritable(source, error) from None
        case _:
            raise SecretError(
                f"accounts.{source.account}: its sign-in comes from {source}, which is only read: put a refresh token there, or "
                f"remove that line and keep it in the keyring, or in a file: {source.key}.file = "
                f'"~/.config/hearback/{source.account}.secret"'
            )


def _check_free(source: FileSecret, path: Path) -> None:
    """Raise SecretError where another document stands than a sign-in, such as a client's file, perhaps behind a link."""
    try:
        with open(path, "rb", opener=open_at_once) as file:
            held = json.loads(file.read(_LARGEST))
    except (FileNotFoundError, PermissionError, ValueError, RecursionError):
        return
    if isinstance(held, dict) and held and not held.keys() & {"refresh_token", "access_token"}:
        raise SecretError(
            f"accounts.{source.account}: in {source} stands something else than a sign-in, which would be written over. Name "
            "another file, or move that one away"
        )


def store_grant(source: SecretSource, grant: Grant) -> None:
    """Keep it, in place of what was there. A file is of mode 0600, and is the old one or the new one at any moment.

    Raises SecretError.
    """
    register_secret(grant.refresh_token)
    text = grant.text()
    if not isinstance(source, FileSecret):
        store_secret(source, text)
        return
    try:
        path = _target(source)
        beside = _beside(path)
        try:
            with beside.open("wb") as file:
                file.write(text.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        _settle(path.parent)
    except OSError as error:
        raise _unwritable(source, error) from None


def forget_grant(source: SecretSource) -> None:
    """Remove what is kept; nothing there is forgotten already. Raises SecretError."""
    match source:
        case KeyringSecret():
            forget_secret(source)
        case FileSecret():
            try:
                _target(source).unlink(missing_ok=True)
            except OSError as error:
                raise _unwritable(source, error) from None
        case _:
            raise SecretError(f"accounts.{source.account}: its sign-in comes from {source}: remove it there")


def _target(source: FileSecret) -> Path:
    """Return the file itself where a link is named: the link stays."""
    path = Path(os.path.realpath(source.path))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _beside(path: Path) -> Path:
    """Make an empty file in the same folder, of mode 0600."""
    if path.is_dir():
        raise IsADirectoryError(0, "is a folder", str(path))
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(descriptor)
    return Path(name)


def _settle(folder: Path) -> None:
    """Let the new name survive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _unwritable(source: FileSecret, error: OSError) -> SecretError:
    return SecretError(
        f"accounts.{source.account}: {source} cannot be written ({error.strerror}). See to the rights of its folder, or name "
        "another file"
    )
