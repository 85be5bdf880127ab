"""Reading a configuration file: text to TOML to model, every problem of every section told at once."""

from __future__ import annotations

import dataclasses
import os.path
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rules.country import country_of_zone
from watcher.clock import system_zone
from watcher.config.checks import NO_CLIENT_ID, is_microsofts_id, is_named_id
from watcher.config.model import (
    GMAIL,
    GRAPH,
    Account,
    Config,
    Daemon,
    GmailAccount,
    ImapAccount,
    Lint,
    MaildirAccount,
    OutlookAccount,
    Rules,
    User,
)
from watcher.config.problems import ConfigError, Problem
from watcher.config.reporter import Reporter
from watcher.config.values import Reader
from watcher.paths import default_state_dir
from watcher.secrets import FileSecret

__all__ = ["KINDS", "load_config", "parse_config"]

KINDS: Mapping[str, type[Account]] = {
    "imap": ImapAccount,
    "maildir": MaildirAccount,
    "gmail": GmailAccount,
    "outlook": OutlookAccount,
}
"""Each kind of account, and what it is configured with."""

_SECTIONS: Mapping[str, type] = {"user": User, "rules": Rules, "lint": Lint, "daemon": Daemon}
_LARGEST = 1_000_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}")
_SYNTAX = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
_TELLTALES = {"path": "maildir", "host": "imap", "client_file": "gmail", "client_id": "outlook"}
"""Keys that one kind of account alone must have."""
_GMAIL_OVER_IMAP = frozenset({"imap.gmail.com", "imap.googlemail.com"})
_OUTLOOK_OVER_IMAP = frozenset({"outlook.office365.com", "imap-mail.outlook.com", "outlook.office.com", "imap.outlook.com"})
"""Where Microsoft's mailboxes are by IMAP: https://support.microsoft.com/office/d088b986-291d-42b8-9564-9c414e2aa040."""
_LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|::1|0:0:0:0:0:0:0:1", re.IGNORECASE)


def load_config(path: Path) -> Config:
    """Read and check the file at `path`. Touches no other file. Raises ConfigError with everything that is wrong."""
    path = path.expanduser().absolute()
    return parse_config(_read(path), path)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        remedy = "Copy config.example.toml there and edit it, or name another file with --config or HEARBACK_CONFIG"
        raise ConfigError(path, [Problem("there is no configuration file here", remedy)]) from None
    except IsADirectoryError:
        raise ConfigError(path, [Problem("is a folder", "Name the file in it with --config")]) from None
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise ConfigError(path, [Problem(reason, "Make it readable for this user")]) from None
    if len(data) > _LARGEST:
        raise ConfigError(path, [Problem("is larger than 1 MB", "This is no configuration of ours: name another with --config")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(path, [Problem("is not UTF-8 text", "Save the file as UTF-8", line=line)]) from None


def parse_config(text: str, path: Path) -> Config:
    """Check the TOML document `text`; `path` is where it lies: relative paths in it start there. Raises ConfigError."""
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(path, [_syntax(text, error)]) from None
    reporter = Reporter(text, _SECTIONS, KINDS)
    for key in raw:
        if key not in {*_SECTIONS, "accounts"}:
            reporter.unknown((key,))
    reader = Reader(path.parent, reporter)
    user = reader.table(User, _table(raw, "user", reporter), ("user",))
    rules = reader.table(Rules, _table(raw, "rules", reporter), ("rules",))
    lint = reader.table(Lint, _table(raw, "lint", reporter), ("lint",))
    daemon = reader.table(Daemon, _table(raw, "daemon", reporter), ("daemon",))
    accounts = tuple(_accounts(_table(raw, "accounts", reporter), reader, reporter))
    if reporter.problems or user is None or rules is None or lint is None or daemon is None:
        raise ConfigError(path, reporter.problems)
    user = _filled(user, reporter)
    config = _resolved(Config(path=path, user=user, accounts=accounts, rules=rules, lint=lint, daemon=daemon))
    _twins(config.accounts, reporter)
    _overwritten(config, reporter)
    if reporter.problems:
        raise ConfigError(path, reporter.problems)
    return config


def _syntax(text: str, error: Exception) -> Problem:
    match = _SYNTAX.fullmatch(str(error))
    if match is None:
        return Problem("is nested too deeply to be read", "Write tables and arrays flat")
    what = match[1][:1].lower() + match[1][1:200]
    if match[2] is None:
        last = text.rstrip().count("\n") + 1
        return Problem(f"the file ends too early: {what}", "Close the quote or bracket that is open, here or above", line=last)
    remedy = f"Look at column {match[3]}: texts stand in quotes, on one line; keys are written `key = value`"
    return Problem(f"is not TOML: {what}", remedy, line=int(match[2]))


def _table(raw: Mapping[str, Any], name: str, reporter: Reporter) -> Mapping[str, Any]:
    value = raw.get(name, {})
    if isinstance(value, dict):
        return value
    reporter.add((name,), "is not a table", f"Write [{name}] on a line of its own and its keys below")
    return {}


def _accounts(raw: Mapping[str, Any], reader: Reader, reporter: Reporter) -> Iterator[Account]:
    if not raw and not reporter.told(("accounts",)):
        reporter.add(("accounts",), "no account is configured", "Add a table such as [accounts.personal] with its `kind`")
    for name, table in raw.items():
        at = ("accounts", name)
        if not isinstance(table, dict):
            reporter.add(at, "is not an account", "Write [accounts.NAME] on a line of its own and its keys below")
            continue
        if not _NAME.fullmatch(name):
            reporter.add(at, "is not a name for an account", "Use up to 50 letters, digits, `-` and `_`")
        model = _kind(table, at, reporter)
        if model is None:
            continue
        _cross_checks(table, at, model, reporter)
        account = reader.table(model, table, at, name=name)
        if account is None:
            continue
        if isinstance(account, ImapAccount) and account.security != "tls" and "port" not in table:
            account = dataclasses.replace(account, port=143)
        yield _paced(account, at, reporter)


def _paced(account: Account, at: tuple[str, ...], reporter: Reporter) -> Account:
    """Return the account with the bounds of its polls; what does not lie around the usual interval is told."""
    if isinstance(account, MaildirAccount):
        return account
    usual = account.poll_seconds
    least, most = account.poll_shortest_seconds or usual / 4, account.poll_longest_seconds or usual * 5
    if least > usual:
        reporter.add((*at, "poll_shortest_seconds"), "is longer than poll_seconds", f"Choose {usual:g} at most")
    if most < usual:
        reporter.add((*at, "poll_longest_seconds"), "is shorter than poll_seconds", f"Choose {usual:g} at least")
    return dataclasses.replace(account, poll_shortest_seconds=least, poll_longest_seconds=most)


def _kind(table: Mapping[str, Any], at: tuple[str, ...], reporter: Reporter) -> type[Account] | None:
    """Return the model of an account; where its `kind` is wrong, the one it seems to be, so that the rest is checked too."""
    kind = table.get("kind")
    if isinstance(kind, str) and kind in KINDS:
        return KINDS[kind]
    guess = next((name for key, name in _TELLTALES.items() if key in table), None)
    if guess is None:
        *firsts, last = (f'"{name}"' for name in KINDS)
        known = f"{', '.join(firsts)} or {last}"
        if kind is None:
            reporter.add((*at, "kind"), "is missing", f"Write kind = {known}")
        else:
            reporter.add((*at, "kind"), f"{reporter.shown(kind)} is not a kind of account", f"Write {known}")
        return None
    return KINDS[guess]


def _mailbox(account: Account) -> tuple[object, ...]:
    """Return what makes two accounts one mailbox."""
    if isinstance(account, MaildirAccount):
        return ("maildir", account.path)
    if isinstance(account, OutlookAccount):
        return ("outlook", account.api_url.lower(), account.mailbox or account.username)
    if isinstance(account, GmailAccount) or account.host.lower() in _GMAIL_OVER_IMAP:
        from connectors.auth.google.identity import one_form  # noqa: PLC0415 -- only where there is such an account

        service = account.api_url if isinstance(account, GmailAccount) else GMAIL
        return ("gmail", service, one_form(account.username))
    if account.host.lower() in _OUTLOOK_OVER_IMAP:
        return ("outlook", GRAPH, account.username.lower())
    return ("imap", account.host.lower(), account.port, account.username)


def _twins(accounts: Iterable[Account], reporter: Reporter) -> None:
    """Tell accounts that are one mailbox."""
    seen: dict[tuple[object, ...], str] = {}
    for account in accounts:
        if (twin := seen.setdefault(_mailbox(account), account.name)) != account.name:
            reason = f"is the same mailbox as accounts.{twin}"
            reporter.add(("accounts", account.name), reason, "Remove one: two watchers would write every draft twice")


def _overwritten(config: Config, reporter: Reporter) -> None:
    """Tell files that a sign-in would be written over: those of clients, of other accounts, and the configuration."""
    named: list[tuple[str, tuple[str, ...], str]] = [(os.path.normpath(config.path), (), "the configuration itself")]
    for account in config.accounts:
        if isinstance(account, MaildirAccount):
            continue
        at = ("accounts", account.name)
        client: Path | None = None
        if isinstance(account, GmailAccount):
            client = account.client_file
        elif isinstance(account, ImapAccount):
            client = account.google_client_file
        if client is not None:
            named.append((os.path.normpath(client), (), f"the client's file of accounts.{account.name}"))
        if isinstance(source := account.secret, FileSecret):
            named.append((os.path.normpath(source.path), (*at, source.key, "file"), f"named in accounts.{account.name} too"))
    for account in config.accounts:
        if isinstance(account, MaildirAccount) or not isinstance(source := account.secret, FileSecret) or not source.grant:
            continue
        own, path = ("accounts", account.name, source.key, "file"), os.path.normpath(source.path)
        if what := next((what for other, at, what in named if other == path and at != own), ""):
            reporter.add(own, f"is {what}, which signing in would write over", "Name another file, of this account's own")


def _cross_checks(table: Mapping[str, Any], at: tuple[str, ...], model: type[Account], reporter: Reporter) -> None:
    """Tell what single keys cannot say; works on the raw table, so that it is told beside the faults of single keys."""
    for name in ("password", "token"):
        source = table.get(name)
        each = source.items() if isinstance(source, dict) else ()
        given = [key for key, value in each if key in {"keyring", "command", "env", "file"} and value]
        for key in given[1:]:
            reason = f"is one source of the {name} too many: {name}.{given[0]} is given above"
            reporter.add((*at, name, key), reason, "Keep exactly one of them")
    client_id = table.get("client_id")
    microsofts = model is OutlookAccount and "authority_url" not in table
    if microsofts and isinstance(client_id, str) and is_named_id(client_id) and not is_microsofts_id(client_id):
        reporter.add((*at, "client_id"), *NO_CLIENT_ID)
    if model is not ImapAccount:
        return
    if table.get("google_client_file") and table.get("auth") != "xoauth2":
        reason = "is for signing in at Google without a password"
        reporter.add((*at, "google_client_file"), reason, 'Add auth = "xoauth2", or remove it')
    host = table.get("host")
    local = isinstance(host, str) and _LOOPBACK.fullmatch(host)
    if table.get("security") == "plain" and host is not None and not local and table.get("allow_plaintext") is not True:
        reason = "would send the password readable over the network"
        remedy = 'Write "tls" or "starttls"; only if the line is safe by other means, add allow_plaintext = true'
        reporter.add((*at, "security"), reason, remedy)


def _filled(user: User, reporter: Reporter) -> User:
    """Return the user with time zone and country."""
    zone = user.timezone or system_zone()
    if not zone:
        reporter.add(("user", "timezone"), "is not set, and the system does not say it", 'Write a name such as "Europe/Berlin"')
    return dataclasses.replace(user, timezone=zone, country=user.country or country_of_zone(zone))


def _resolved(config: Config) -> Config:
    """Return the configuration with the defaults that depend on other keys."""
    accounts: list[Account] = []
    for account in config.accounts:
        address = account.address or config.user.email
        if isinstance(account, MaildirAccount):
            accounts.append(dataclasses.replace(account, address=address))
        elif isinstance(account, OutlookAccount) and account.mailbox:
            # What is drafted in a shared mailbox is written from it; who opens that signs in under their own name.
            address = account.address or account.mailbox
            accounts.append(dataclasses.replace(account, address=address, username=account.username or config.user.email))
        else:
            accounts.append(dataclasses.replace(account, address=address, username=account.username or address))
    daemon = dataclasses.replace(config.daemon, state_dir=config.daemon.state_dir or default_state_dir())
    return dataclasses.replace(config, accounts=tuple(accounts), daemon=daemon)
