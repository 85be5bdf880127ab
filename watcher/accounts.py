"""From the configuration to what a pass needs: the account's rules, and a connector to its mailbox."""

from __future__ import annotations

from datetime import timedelta

from connectors.base import Connector
from rules.mail import Role
from rules.policy import Policy, PolicyError, load_playbook, parse_policy
from watcher.account import Account
from watcher.config import Account as Settings
from watcher.config import Config, ConfigError, Folders, ImapAccount, MaildirAccount, Problem
from watcher.secrets import resolve_secret
from watcher.wording import read_templates

__all__ = ["build_account", "build_connector", "read_policy"]


def read_policy(config: Config) -> Policy:
    """Return the playbook with the user's file laid over it. Raises ConfigError with every problem."""
    try:
        policy = load_playbook(config.rules.playbook)
    except PolicyError as error:
        raise ConfigError(config.path, [Problem(f"rules.playbook: {error}", "Choose one of those named.")]) from error
    if config.rules.file is None:
        return policy
    path = config.rules.file
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            config.path, [Problem(f"rules.file: {path} cannot be read: {error}", "Correct the path, or remove the key.")]
        ) from error
    try:
        return parse_policy(text, policy)
    except PolicyError as error:
        raise ConfigError(path, [Problem(str(error), "See rules/playbooks/default.toml for every key.")]) from error


def build_account(config: Config, settings: Settings, policy: Policy) -> Account:
    """Return what the rules need to know of one account."""
    return Account(
        name=settings.name,
        kind=settings.kind,
        address=settings.address,
        profile=config.profile(settings),
        policy=policy,
        lookback=timedelta(days=settings.lookback_days),
        max_drafts=config.daemon.max_drafts_per_pass,
        templates=read_templates(config),
        lint=config.lint.settings,
    )


def _folders(folders: Folders) -> dict[Role, str]:
    named = {Role.INBOX: folders.inbox, Role.DRAFTS: folders.drafts, Role.SENT: folders.sent, Role.ARCHIVE: folders.archive}
    return {role: name for role, name in named.items() if name}


def build_connector(settings: Settings) -> Connector:
    """Return a guarded connector, not yet opened; only the library of its own kind is imported."""
    from connectors.guard import Guarded  # noqa: PLC0415 - `status` needs no connector

    if isinstance(settings, MaildirAccount):
        from connectors.maildir import MaildirConnector, MaildirSettings  # noqa: PLC0415

        return Guarded(MaildirConnector(MaildirSettings(settings.path, _folders(settings.folders))))
    return Guarded(_imap(settings))


def _imap(settings: ImapAccount) -> Connector:
    from connectors.imap import Auth, ImapConnector, ImapSettings, Security  # noqa: PLC0415

    return ImapConnector(
        ImapSettings(
            host=settings.host,
            port=settings.port,
            username=settings.username,
            secret=lambda: resolve_secret(settings.secret),
            renew=settings.secret.renewal,
            security=Security(settings.security),
            allow_plaintext=settings.allow_plaintext,
            ca_file=settings.ca_file,
            auth=Auth(settings.auth),
            folders=_folders(settings.folders),
            timeout=settings.timeout_seconds,
            idle=settings.idle,
            idle_refresh=settings.idle_refresh_seconds,
            poll_interval=settings.poll_seconds,
        )
    )
