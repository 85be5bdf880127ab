"""The configuration as frozen values; `config.example.toml` says what each key means to the user.

What a field's annotation says is held while a file is read (`values`). A field of type Path is absolute; an empty string or
None means that the user said nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from rules.lint.settings import Settings
from rules.profile import Profile
from watcher.config.checks import (
    Between,
    Check,
    PathText,
    check_address,
    check_authority,
    check_client_id,
    check_country,
    check_host,
    check_lint_id,
    check_one_line,
    check_optional_address,
    check_program,
    check_service,
    check_tenant,
    check_text,
    check_url,
    check_variable,
    check_zone,
)
from watcher.config.problems import ConfigError, Problem
from watcher.secrets import CommandSecret, FileSecret, KeyringSecret, SecretSource, VariableSecret

__all__ = [
    "AUTHORITY",
    "GMAIL",
    "GRAPH",
    "Account",
    "Config",
    "Daemon",
    "Folders",
    "GmailAccount",
    "ImapAccount",
    "Lint",
    "MaildirAccount",
    "OutlookAccount",
    "Password",
    "Rules",
    "Strength",
    "Token",
    "User",
]

MailAddress = Annotated[str, Check(check_address)]
OneLine = Annotated[str, Check(check_one_line)]
Text = Annotated[str, Check(check_text)]
OwnAddress = Annotated[str, Check(check_optional_address)]
RequiredPath = Annotated[Path, PathText()]
OptionalPath = Annotated[Path | None, PathText(optional=True)]
Url = Annotated[str, Check(check_url)]


GMAIL = "https://gmail.googleapis.com"
"""Where Google's own interface to Gmail is."""
GRAPH = "https://graph.microsoft.com"
"""Where Microsoft Graph is; national clouds have their own."""
AUTHORITY = "https://login.microsoftonline.com"
"""Where one signs in at Microsoft; national clouds have their own."""
_GOOGLE = "google:"
"""Begins the user names of sign-ins in the keyring, beside which the password of the same user may stand."""
_MICROSOFT = "microsoft:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """What the user brings, with what proves it."""

    what: Text
    proof: OneLine = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Who signs the drafts."""

    name: Text
    email: MailAddress
    phone: OneLine = ""
    addresses: tuple[MailAddress, ...] = ()
    """Further addresses of the user's own, lower-case."""
    timezone: Annotated[str, Check(check_zone)] = ""
    """IANA name; after loading never empty (the system's when the file says none)."""
    country: Annotated[str, Check(check_country)] = ""
    """After loading the country of the time zone when the file says none; may stay empty (`UTC` has no country)."""
    strengths: tuple[OneLine | Strength, ...] = ()

    @property
    def proven(self) -> tuple[Strength, ...]:
        """Return the strengths, each with its proof, which may be empty."""
        return tuple(one if isinstance(one, Strength) else Strength(what=one) for one in self.strengths)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Folder names as the user sees them; empty: found by special-use flags or well-known names."""

    inbox: OneLine = ""
    drafts: OneLine = ""
    sent: OneLine = ""
    archive: OneLine = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Password:
    """Where the password (or, with xoauth2, the access token) comes from; at most one is set, none means the keyring."""

    keyring: Text = "hearback"
    """Service name in the keyring; the entry's user name is the account's `username`."""
    command: Annotated[tuple[str, ...], Check(check_program)] = ()
    env: Annotated[str, Check(check_variable)] = ""
    file: OptionalPath = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Where a sign-in is kept; at most one is set, none means the keyring. Command and variable are only read."""

    keyring: Text = "hearback"
    """Service name in the keyring; the entry's user name is `google:` or `microsoft:` and the account's `username`."""
    command: Annotated[tuple[str, ...], Check(check_program)] = ()
    env: Annotated[str, Check(check_variable)] = ""
    file: OptionalPath = None


def _source(account: str, given: Password | Token, username: str, provider: str = "") -> SecretSource:
    """Return where a secret comes from; `provider` begins the user name of a sign-in there, and is empty for a password."""
    grant = bool(provider)
    key = "token" if isinstance(given, Token) else "password"
    if given.command:
        return CommandSecret(account, given.command, key, grant)
    if given.env:
        return VariableSecret(account, given.env, key, grant)
    if given.file is not None:
        return FileSecret(account, given.file, key, grant)
    return KeyringSecret(account, given.keyring, f"{provider}{username}", key, grant)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    """What every kind of account has."""

    name: str
    """The NAME of `[accounts.NAME]`."""
    address: OwnAddress = ""
    """What drafts are written from; after loading never empty."""
    enabled: bool = True
    lookback_days: Annotated[int, Between(1, 3650)] = 120
    poll_seconds: Annotated[float, Between(1, 86_400)] = 120
    """Beside notifications; the usual interval where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served(_Account):
    """A mailbox on a server, which may not be able to notify: then these are the bounds of the interval (`watcher.pacing`)."""

    poll_shortest_seconds: Annotated[float, Between(0, 86_400)] = 0
    """After loading never 0: a quarter of the usual."""
    poll_longest_seconds: Annotated[float, Between(0, 86_400)] = 0
    """After loading never 0: five times the usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapAccount(_Served):
    """A mailbox on an IMAP server."""

    kind: Literal["imap"]
    host: Annotated[str, Check(check_host)]
    port: Annotated[int, Between(1, 65_535)] = 993
    """After loading 143 when the file says none and `security` is not `tls`."""
    security: Literal["tls", "starttls", "plain"] = "tls"
    allow_plaintext: bool = False
    ca_file: OptionalPath = None
    username: OneLine = ""
    """After loading never empty."""
    auth: Literal["password", "xoauth2"] = "password"
    google_client_file: OptionalPath = None
    """With xoauth2: the client that signs in at Google. `password` then keeps that sign-in, and access tokens come of it."""
    password: Password = Password()
    idle: bool = True
    idle_refresh_seconds: Annotated[float, Between(1, 1740)] = 300
    """RFC 2177 asks for less than 29 minutes."""
    timeout_seconds: Annotated[float, Between(1, 600)] = 30
    folders: Folders = Folders()

    @property
    def secret(self) -> SecretSource:
        """Return where the password, the token or the sign-in at Google comes from."""
        return _source(self.name, self.password, self.username, _GOOGLE if self.google_client_file is not None else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class MaildirAccount(_Account):
    """A mailbox in local files."""

    kind: Literal["maildir"]
    path: RequiredPath
    folders: Folders = Folders()


@dataclass(frozen=True, slots=True, kw_only=True)
class GmailAccount(_Served):
    """A mailbox at Gmail, over Google's own interface."""

    kind: Literal["gmail"]
    client_file: RequiredPath
    """The client's JSON file, as Google's console gives it."""
    username: OwnAddress = ""
    """Whose mailbox it is; after loading never empty. Another one than `address` where that is an alias."""
    labels: bool = True
    """Whether received mail may be labelled; it takes a wider right."""
    token: Token = Token()
    timeout_seconds: Annotated[float, Between(1, 600)] = 30
    api_url: Url = GMAIL
    auth_url: Url = ""
    """Empty: what the client's file says."""
    token_url: Url = ""

    @property
    def secret(self) -> SecretSource:
        """Return where the sign-in is kept."""
        return _source(self.name, self.token, self.username, _GOOGLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookAccount(_Served):
    """A mailbox at Outlook.com or Microsoft 365, over Microsoft Graph."""

    kind: Literal["outlook"]
    client_id: Annotated[str, Check(check_client_id)]
    """The id of the application that the user, or an administrator, has registered; it is no secret."""
    tenant: Annotated[str, Check(check_tenant)] = "common"
    username: OwnAddress = ""
    """Who signs in; after loading never empty. Another one than `address` where that is an alias, or a shared mailbox's."""
    mailbox: OwnAddress = ""
    """A shared or delegated mailbox that `username` may open; empty: their own."""
    categories: bool = True
    """Whether received mail may carry categories of ours."""
    category_colors: bool = False
    """Whether those get colours, which takes a further right (MailboxSettings.ReadWrite)."""
    schedule_send: bool = False
    """Whether a draft carries the time before which it shall not leave."""
    token: Token = Token()
    timeout_seconds: Annotated[float, Between(1, 600)] = 30
    api_url: Annotated[str, Check(check_service)] = GRAPH
    authority_url: Annotated[str, Check(check_authority)] = AUTHORITY

    @property
    def secret(self) -> SecretSource:
        """Return where the sign-in is kept."""
        return _source(self.name, self.token, self.username, _MICROSOFT)


Account = ImapAccount | MaildirAccount | GmailAccount | OutlookAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Which playbook decides."""

    playbook: OneLine = "default"
    file: OptionalPath = None
    """The user's own TOML, laid over the playbook."""
    templates: OptionalPath = None
    """A folder of the user's own templates, laid over ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """What the checks on drafts go by."""

    confidential: tuple[Text, ...] = ()
    """Words that must not go out, in text or attachment."""
    employer: tuple[Text, ...] = ()
    """Names of the present employer, who must not be named either."""
    words: tuple[Text, ...] = ()
    """Words of the user's own that are spelled right."""
    off: tuple[Annotated[str, Check(check_lint_id)], ...] = ()
    """Checks that are not wanted, by id or by the first part of it."""

    @property
    def settings(self) -> Settings:
        """Return them as the rules take them."""
        return Settings(self.confidential, self.employer, self.words, frozenset(self.off))


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon:
    """How the program runs."""

    state_dir: OptionalPath = None
    """After loading never None."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_file: OptionalPath = None
    """None: messages go to standard error only."""
    max_drafts_per_pass: Annotated[int, Between(1, 1000)] = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A whole configuration, defaults filled in."""

    path: Path
    """The file it was read from."""
    user: User
    accounts: tuple[Account, ...]
    """In the order of the file, disabled ones included; names are unique."""
    rules: Rules = Rules()
    lint: Lint = Lint()
    daemon: Daemon = Daemon()

    @property
    def enabled(self) -> tuple[Account, ...]:
        """Return the accounts that are watched."""
        return tuple(account for account in self.accounts if account.enabled)

    @property
    def state_dir(self) -> Path:
        """Return where the state lies."""
        assert self.daemon.state_dir is not None  # load_config fills it in
        return self.daemon.state_dir

    def account(self, name: str) -> Account:
        """Return the account of that name. Raises ConfigError, which names those that are there."""
        for account in self.accounts:
            if account.name == name:
                return account
        known = ", ".join(account.name for account in self.accounts)
        raise ConfigError(self.path, [Problem(f"there is no account {name!r}", f"Known accounts: {known}")])

    def profile(self, account: Account | str) -> Profile:
        """Return who the user is on that account, for the rules."""
        chosen = self.account(account) if isinstance(account, str) else account
        own = {self.user.email, *self.user.addresses, *(each.address for each in self.accounts), chosen.address}
        own |= {each.mailbox for each in self.accounts if isinstance(each, OutlookAccount) and each.mailbox}
        own |= {each.username.lower() for each in self.accounts if not isinstance(each, MaildirAccount) and "@" in each.username}
        return Profile(
            name=self.user.name,
            email=chosen.address,
            phone=self.user.phone,
            addresses=frozenset(own),
            zone=self.user.timezone,
            country=self.user.country,
            strengths=tuple(one.what for one in self.user.proven),
            proofs=tuple(one.proof for one in self.user.proven),
        )
