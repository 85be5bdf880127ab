"""From the configuration to what a pass needs: the account's rules, and a connector to its mailbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from connectors.base import Connector
from rules.mail import Role
from rules.policy import Policy, PolicyError, load_playbook, parse_policy
from watcher.account import Account, Beside
from watcher.config import Account as Settings
from watcher.config import Config, ConfigError, Folders, GmailAccount, ImapAccount, MaildirAccount, OutlookAccount, Problem
from watcher.pacing import Pace
from watcher.secrets import resolve_secret
from watcher.wording import read_templates

__all__ = ["build_account", "build_connector", "build_imap", "pace_of", "read_policy"]


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
    """Return what the rules need to know of one account; the other ones of the configuration stand beside it."""
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
        beside=tuple(
            Beside(other.name, other.address, other.enabled) for other in config.accounts if other.name != settings.name
        ),
        watched=settings.enabled,
    )


def pace_of(settings: Settings) -> Pace:
    """Return how often an account is looked at where its mailbox cannot notify."""
    if isinstance(settings, MaildirAccount):
        return Pace(settings.poll_seconds)
    return Pace(settings.poll_seconds, settings.poll_shortest_seconds, settings.poll_longest_seconds)


def _folders(folders: Folders) -> dict[Role, str]:
    named = {Role.INBOX: folders.inbox, Role.DRAFTS: folders.drafts, Role.SENT: folders.sent, Role.ARCHIVE: folders.archive}
    return {role: name for role, name in named.items() if name}


def build_connector(settings: Settings, pause: Callable[[float], None] | None = None) -> Connector:
    """Return a guarded connector, not yet opened; only the library of its own kind is imported.

    `pause` waits so many seconds before something is asked for again that the server refused for the moment, and may raise to end
    the work; None: nobody has to be able to end it.
    """
    from connectors.guard import Guarded  # noqa: PLC0415 - `status` needs no connector

    if isinstance(settings, MaildirAccount):
        from connectors.maildir import MaildirConnector, MaildirSettings  # noqa: PLC0415

        return Guarded(MaildirConnector(MaildirSettings(settings.path, _folders(settings.folders))))
    if isinstance(settings, GmailAccount):
        return Guarded(_gmail(settings, pause))
    if isinstance(settings, OutlookAccount):
        return Guarded(_outlook(settings, pause))
    return Guarded(build_imap(settings))


def _gmail(settings: GmailAccount, pause: Callable[[float], None] | None) -> Connector:
    from connectors.gmail import GmailConnector, GmailSettings  # noqa: PLC0415
    from watcher.grants import credentials_of, renewal  # noqa: PLC0415

    found = GmailSettings(
        address=settings.username,
        credentials=partial(credentials_of, settings),
        renew=renewal(settings.secret),
        endpoint=settings.api_url,
        labels=settings.labels,
        timeout=settings.timeout_seconds,
    )
    made: Connector = GmailConnector(found if pause is None else replace(found, pause=pause))
    return made


def _outlook(settings: OutlookAccount, pause: Callable[[float], None] | None) -> Connector:
    from connectors.outlook import OutlookConnector, OutlookSettings  # noqa: PLC0415
    from watcher.keeping import renewal  # noqa: PLC0415
    from watcher.microsoft import tokens_of  # noqa: PLC0415

    found = OutlookSettings(
        address=settings.username,
        token=tokens_of(settings),
        renew=renewal(settings.secret),
        mailbox=settings.mailbox,
        endpoint=settings.api_url,
        categories=settings.categories,
        category_colors=settings.category_colors,
        schedule_send=settings.schedule_send,
        timeout=settings.timeout_seconds,
    )
    made: Connector = OutlookConnector(found if pause is None else replace(found, pause=pause))
    return made


def build_imap(settings: ImapAccount, secret: Callable[[], str] | None = None) -> Connector:
    """Return a connector, not yet opened, that signs in with `secret`; None: with what the configuration names."""
    from connectors.imap import Auth, ImapConnector, ImapSettings, Security  # noqa: PLC0415

    renew = settings.secret.renewal
    if settings.google_client_file is not None:
        from watcher.grants import access_token, renewal  # noqa: PLC0415 - what most accounts do without

        renew, secret = renewal(settings.secret), secret or partial(access_token, settings)
    return ImapConnector(
        ImapSettings(
            host=settings.host,
            port=settings.port,
            username=settings.username,
            secret=secret or (lambda: resolve_secret(settings.secret)),
            renew=renew,
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
