"""`login`, `check`, `config show`, `config check`: what is needed before anything is watched."""

from __future__ import annotations

import dataclasses
import getpass
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import typer

from connectors.base import Spent
from connectors.errors import Misconfigured
from watcher.cli.exits import Exit, UsageError, explain, worst
from watcher.cli.printing import print_json, show
from watcher.config import Account as Settings
from watcher.config import Config, GmailAccount, ImapAccount, MaildirAccount, OutlookAccount, Password, Token, load_config
from watcher.grants import GoogleAccount, at_google, client_of, credentials_of, load_grant, transport_of
from watcher.lock import wake_daemon
from watcher.paths import StatePaths
from watcher.secrets import KeyringSecret, SecretSource, resolve_secret, store_secret
from watcher.secrets import forget_secret as remove_entry

__all__ = ["check_all", "check_config", "forget_secret", "put_secret", "show_config"]


def put_secret(path: Path, name: str, *, browser: bool = True) -> None:
    """Sign in at Google or Microsoft, or ask for a secret, on the terminal or by standard input, and put it into the keyring."""
    config = load_config(path)
    account = config.account(name)
    if isinstance(account, MaildirAccount):
        raise UsageError(f"{name} needs no password: it is a {account.kind} account.")
    if at_google(account):
        from watcher.cli.signing_in import sign_in  # noqa: PLC0415 - Google's libraries

        sign_in(account, StatePaths(config.state_dir).lock, browser=browser)
        return
    if isinstance(account, OutlookAccount):
        from watcher.cli import signing_in_microsoft  # noqa: PLC0415 - msal

        signing_in_microsoft.sign_in(account, StatePaths(config.state_dir).lock, browser=browser)
        return
    source = account.secret
    if not isinstance(source, KeyringSecret) or not isinstance(account, ImapAccount):
        raise UsageError(f"the secret of {name} comes from {source}: change it there. `hearback check` tries it out.")
    what = "access token" if account.auth == "xoauth2" else "password"
    if sys.stdin.isatty():
        secret = getpass.getpass(f"{what.capitalize()} of {source.username} at {account.host}: ")
    else:
        secret = sys.stdin.readline().rstrip("\r\n")
    if not secret:
        raise UsageError(f"no {what} was given; nothing was changed.")
    store_secret(source, secret)
    typer.echo(f"The {what} of {source.username} is in the keyring. `hearback check` tries it out.")
    wake_daemon(StatePaths(config.state_dir).lock)  # it may have been waiting for this


def forget_secret(path: Path, name: str) -> None:
    """Remove an account's secret from where Hearback put it; at Google, take the access back as well."""
    config = load_config(path)
    account = config.account(name)
    if isinstance(account, MaildirAccount):
        raise UsageError(f"{name} has no password: it is a {account.kind} account.")
    if at_google(account):
        from watcher.cli.signing_in import sign_out  # noqa: PLC0415 - Google's libraries

        sign_out(account)
        return
    if isinstance(account, OutlookAccount):
        from watcher.cli import signing_in_microsoft  # noqa: PLC0415 - msal

        signing_in_microsoft.sign_out(account)
        return
    source = account.secret
    if not isinstance(source, KeyringSecret):
        raise UsageError(f"the secret of {name} comes from {source}: remove it there.")
    remove_entry(source)
    typer.echo(f"Nothing of {source.username} is in the keyring any more.")


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one trial gave."""

    what: str
    code: Exit
    text: str


def check_all(path: Path, *, as_json: bool) -> None:
    """Try out state, playbook, secrets and servers; exit with the gravest trouble."""
    config = load_config(path)
    findings = list(_findings(config))
    if as_json:
        print_json([{"check": one.what, "ok": one.code is Exit.OK, "text": one.text} for one in findings])
    else:
        _show_findings(findings)
    if code := worst(one.code for one in findings):
        raise typer.Exit(int(code))
    wake_daemon(StatePaths(config.state_dir).lock)  # what was wrong before may be right now


def _findings(config: Config) -> Iterator[_Finding]:
    yield _Finding("configuration", Exit.OK, f"{config.path}: {len(config.enabled)} of {len(config.accounts)} accounts watched")
    yield _tried("playbook", partial(_try_policy, config))
    if config.rules.templates is not None:
        yield _tried("templates", partial(_try_templates, config))
    yield _tried("state", partial(_try_state, config))
    for account in config.enabled:
        for what, trial in _trials(config, account):
            found = _tried(f"{account.name}: {what}", trial)
            yield found
            if found.code is not Exit.OK:
                break  # what comes after it rests on it


def _trials(config: Config, account: Settings) -> Iterator[tuple[str, Callable[[], str]]]:
    """Yield what is tried of an account, each with its name."""
    if isinstance(account, MaildirAccount):
        pass
    elif at_google(account):
        yield "client", partial(_try_client, account)
        yield "secret", partial(_try_grant, account)
        yield "sign-in", partial(_try_sign_in, account)
    elif isinstance(account, OutlookAccount):
        yield "secret", partial(_try_microsoft_grant, account)
        yield "sign-in", partial(_try_microsoft, account)
    else:
        yield "secret", partial(_try_secret, account.secret)
    yield "mailbox", partial(_try_mailbox, config, account)


def _tried(what: str, trial: Callable[[], str]) -> _Finding:
    try:
        return _Finding(what, Exit.OK, trial())
    except Exception as error:
        explained = explain(error)
        if explained is None:
            raise
        return _Finding(what, *explained)


def _try_policy(config: Config) -> str:
    from watcher.accounts import read_policy  # noqa: PLC0415

    policy = read_policy(config)
    own = f", with {config.rules.file}" if config.rules.file is not None else ""
    return f"{policy.name}{own}: up to {policy.status.cap} follow-ups, {policy.status.cadence_days} days apart"


def _try_templates(config: Config) -> str:
    from watcher.wording import check_templates  # noqa: PLC0415

    count = check_templates(config)
    return f"{count} of your own in {config.rules.templates}" if count else "ours"


def _try_state(config: Config) -> str:
    from watcher.store import Store  # noqa: PLC0415

    paths = StatePaths(config.state_dir).prepare()
    store = Store(paths.database)
    try:
        with store.write():
            pass
    finally:
        store.close()
    return str(paths.root)


def _try_secret(source: SecretSource) -> str:
    resolve_secret(source, interactive=sys.stdin.isatty())
    return f"found: {source}"


def _try_client(account: GoogleAccount) -> str:
    client = client_of(account)
    return f"{client.path}: {client.client_id}" + (f", project {client.project}" if client.project else "")


def _try_grant(account: GoogleAccount) -> str:
    grant = load_grant(account.secret, interactive=sys.stdin.isatty())
    made = f", from {grant.granted.date()}" if grant.granted else ""
    ends = f", ends on {grant.ends.date()}" if grant.ends else ""
    return f"found: {account.secret}{made}{ends}"


def _try_sign_in(account: GoogleAccount) -> str:
    """Renew the sign-in; a clock that is far off is told as what it is."""
    from connectors.auth.trouble import skew_words  # noqa: PLC0415

    transport = transport_of(account)
    credentials_of(account, transport, interactive=sys.stdin.isatty()).refresh(None)
    if words := skew_words(transport.skew, "Google"):
        raise Misconfigured(f"{words}.")
    return f"Google renews the sign-in of {account.username}"


def _try_microsoft_grant(account: OutlookAccount) -> str:
    from watcher.microsoft import load_grant  # noqa: PLC0415

    grant = load_grant(account.secret, interactive=sys.stdin.isatty())
    made = f", from {grant.granted.date()}" if grant.granted else ""
    return f"found: {account.secret}{made}"


def _try_microsoft(account: OutlookAccount) -> str:
    """Renew the sign-in; a clock that is far off is told as what it is."""
    from connectors.auth.trouble import skew_words  # noqa: PLC0415
    from watcher.microsoft import Tokens, registration_of, transport_of  # noqa: PLC0415

    transport = transport_of(account)
    Tokens(account, transport, interactive=sys.stdin.isatty())()
    if words := skew_words(transport.skew, "Microsoft"):
        raise Misconfigured(f"{words}.")
    return f"Microsoft renews the sign-in of {account.username}, at {registration_of(account).authority}"


def _who(account: Settings) -> str:
    """Return whom a mailbox is opened for, and whose it is where that is another."""
    if isinstance(account, OutlookAccount) and account.mailbox:
        return f"{account.username}, for the mailbox of {account.mailbox}"
    return account.username if isinstance(account, (GmailAccount, OutlookAccount)) else account.address


def _try_mailbox(config: Config, account: Settings) -> str:
    from watcher.accounts import build_connector  # noqa: PLC0415

    connector = build_connector(account)
    try:
        found = connector.open()
        connector.list_drafts()  # opens Drafts as for writing
        spent = connector.spent
    finally:
        connector.close()
    folders = ", ".join(f"{role.value} = {name}" for role, name in found.folders)
    push = "tells us of new mail" if found.push else "is asked for new mail"
    return f"signed in as {_who(account)}; {push}" + (f"; {folders}" if folders else "") + _quota(config, account, spent)


def _quota(config: Config, account: Settings, spent: Spent) -> str:
    """Return what this look cost, and the last pass that was written down, where the provider counts it."""
    from watcher.report.words import spent_words  # noqa: PLC0415
    from watcher.store import Store  # noqa: PLC0415
    from watcher.store.accounts import all_accounts  # noqa: PLC0415

    if not spent.calls:
        return ""
    store = Store(StatePaths(config.state_dir).prepare().database)
    try:
        with store.read() as connection:
            row = next((row for row in all_accounts(connection) if row.name == account.name), None)
    finally:
        store.close()
    last = spent_words(Spent(row.calls, row.units)).removeprefix("; ") if row is not None else ""
    return f"; this look: {spent_words(spent).removeprefix('; ')}" + (f"; the last pass: {last}" if last else "")


def _show_findings(findings: list[_Finding]) -> None:
    from rich.table import Table  # noqa: PLC0415 -- not needed for JSON
    from rich.text import Text  # noqa: PLC0415

    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in findings:
        good = one.code is Exit.OK
        said = one.text.partition("\n")[0]
        table.add_row(Text("ok" if good else "no", "bold green" if good else "bold red"), Text(one.what, "bold"), Text(said))
    show(table)
    for more in dict.fromkeys(one.text.partition("\n")[2] for one in findings):
        if more:  # lines to copy: they stand below, as they are
            typer.echo(f"\n{more}")


def check_config(path: Path) -> None:
    """Read configuration and playbook; raise what is wrong, else say that all is well."""
    config = load_config(path)
    _try_policy(config)
    _try_templates(config)
    typer.echo(f"{config.path}: no fault found.")


def show_config(path: Path, *, as_json: bool) -> None:
    """Print what is in force."""
    config = load_config(path)
    values = _shown(config)
    if as_json:
        print_json(values)
        return
    lines = [f"# {config.path}, defaults filled in"]
    for section in ("user", "rules", "lint", "daemon"):
        lines += ["", f"[{section}]", *_lines(values[section])]
    for name, account in values["accounts"].items():
        lines += ["", f"[accounts.{name}]", *_lines(account)]
    typer.echo("\n".join(lines))


def _shown(config: Config) -> dict[str, Any]:
    """Return the configuration as its file would have it, without the arguments of a password command: they may be secret."""
    accounts: dict[str, Any] = {}
    for account in config.accounts:
        values = {key: value for key, value in dataclasses.asdict(account).items() if key != "name"}
        if isinstance(account, ImapAccount):
            values["password"] = _source(account.password)
        if isinstance(account, (GmailAccount, OutlookAccount)):
            values["token"] = _source(account.token)
        accounts[account.name] = _plain(values)
    return {
        "user": _plain(dataclasses.asdict(config.user)),
        "accounts": accounts,
        "rules": _plain(dataclasses.asdict(config.rules)),
        "lint": _plain(dataclasses.asdict(config.lint)),
        "daemon": _plain(dataclasses.asdict(config.daemon)),
    }


def _source(given: Password | Token) -> dict[str, Any]:
    if given.command:
        rest = ["…"] if len(given.command) > 1 else []
        return {"command": [given.command[0], *rest]}
    if given.env:
        return {"env": given.env}
    if given.file is not None:
        return {"file": given.file}
    return {"keyring": given.keyring}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    return "" if value is None else value


def _lines(values: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield `key = value` lines; JSON's texts, numbers, booleans and arrays are TOML's too."""
    import json  # noqa: PLC0415

    for key, value in values.items():
        if isinstance(value, dict):
            yield from _lines(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key} = {json.dumps(value, ensure_ascii=False)}"
