"""Accounts that sign in at Google, as the configuration has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.config import ConfigError, GmailAccount, ImapAccount
from watcher.config.load import parse_config
from watcher.grants import at_google, renewal, scopes_of
from watcher.secrets import CommandSecret, FileSecret, KeyringSecret, VariableSecret

USER = '[user]\nname = "Sam Rivera"\nemail = "sam@example.com"\ntimezone = "Europe/Berlin"\n'
GMAIL = '[accounts.gmail]\nkind = "gmail"\nclient_file = "client.json"\n'
IMAP = '[accounts.imap]\nkind = "imap"\nhost = "imap.gmail.com"\n'
AT = Path("/home/sam/.config/hearback/config.toml")


def gmail(lines: str = "") -> GmailAccount:
    account = parse_config(USER + GMAIL + lines, AT).accounts[0]
    assert isinstance(account, GmailAccount)
    return account


def imap(lines: str) -> ImapAccount:
    account = parse_config(USER + IMAP + lines, AT).accounts[0]
    assert isinstance(account, ImapAccount)
    return account


def faults(text: str) -> dict[str, tuple[int, str, str]]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, AT)
    assert "hunter2" not in str(caught.value)
    return {problem.key: (problem.line, problem.reason, problem.remedy) for problem in caught.value.problems}


def test_a_client_file_is_all_that_an_account_at_gmail_needs() -> None:
    account = gmail()

    assert account.client_file == AT.parent / "client.json"
    assert (account.address, account.username, account.labels) == ("sam@example.com", "sam@example.com", True)
    assert account.api_url == "https://gmail.googleapis.com"
    assert at_google(account)
    assert set(faults(USER + '[accounts.gmail]\nkind = "gmail"\n')) == {"accounts.gmail.client_file"}


def test_the_sign_in_is_kept_where_the_configuration_says() -> None:
    assert gmail().secret == KeyringSecret("gmail", "hearback", "google:sam@example.com", "token", grant=True)
    assert gmail('token.keyring = "x"\nusername = "SAM@work.example"\n').secret == KeyringSecret(
        "gmail", "x", "google:sam@work.example", "token", grant=True
    )
    assert gmail('token.file = "t"\n').secret == FileSecret("gmail", AT.parent / "t", "token", grant=True)
    assert gmail('token.command = ["pass", "x"]\n').secret == CommandSecret("gmail", ("pass", "x"), "token", grant=True)
    assert gmail('token.env = "T"\n').secret == VariableSecret("gmail", "T", "token", grant=True)


def test_a_password_of_the_same_user_has_an_entry_of_its_own() -> None:
    plain = imap("").secret
    signed = imap('auth = "xoauth2"\ngoogle_client_file = "client.json"\n')

    assert plain == KeyringSecret("imap", "hearback", "sam@example.com")
    assert signed.secret == KeyringSecret("imap", "hearback", "google:sam@example.com", grant=True)
    assert at_google(signed)
    assert not at_google(imap('auth = "xoauth2"\n'))


def test_rights_are_the_smallest_that_do() -> None:
    base = "https://www.googleapis.com/auth/gmail."

    assert scopes_of(gmail()) == (f"{base}modify",)
    assert scopes_of(gmail("labels = false\n")) == (f"{base}readonly", f"{base}compose")
    assert scopes_of(imap('auth = "xoauth2"\ngoogle_client_file = "client.json"\n')) == ("https://mail.google.com/",)


def test_a_sign_in_is_renewed_where_it_was_made() -> None:
    assert renewal(gmail().secret) == "sign in again with `hearback login gmail`"
    assert renewal(gmail('token.file = "t"\n').secret) == "sign in again with `hearback login gmail`"
    assert "environment variable T" in renewal(gmail('token.env = "T"\n').secret)
    assert "token.command (pass)" in renewal(gmail('token.command = ["pass", "hunter2"]\n').secret)


@pytest.mark.parametrize(
    ("lines", "key", "told"),
    [
        ('token = "hunter2"\n', "token", "hearback login gmail"),
        ('token.refresh_token = "hunter2"\n', "token.refresh_token", ""),
        ('token.env = "hunter2 x"\n', "token.env", "name of an environment variable"),
        ('token.env = "X"\ntoken.file = "y"\n', "token.file", "exactly one"),
        ('api_url = "http://gmail.example"\n', "api_url", "http is for a server on this machine"),
        ('api_url = "gmail.example"\n', "api_url", "such as https"),
        ('token_url = "ftp://x"\n', "token_url", "such as https"),
        ('auth_url = "https://u:hunter2@x.example"\n', "auth_url", "such as https"),
        ('labels = "yes"\n', "labels", "true or false"),
        ("lables = true\n", "lables", "Did you mean labels?"),
        ('client-file = "x"\n', "client-file", "Did you mean client_file?"),
        ('host = "imap.gmail.com"\n', "host", "[accounts.NAME]"),
        ('folders.drafts = "x"\n', "folders", ""),
        ("timeout_seconds = 0\n", "timeout_seconds", "1 to 600"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_no_secret(lines: str, key: str, told: str) -> None:
    found = faults(USER + GMAIL + lines)
    line, reason, remedy = found[f"accounts.gmail.{key}"]

    assert line == 7 + lines.count("\n")
    assert told in f"{reason}. {remedy}"


def test_a_client_for_imap_is_for_access_tokens() -> None:
    assert 'auth = "xoauth2"' in faults(USER + IMAP + 'google_client_file = "c"\n')["accounts.imap.google_client_file"][2]


@pytest.mark.parametrize(
    "other",
    [
        GMAIL.replace("accounts.gmail", "accounts.again"),
        IMAP,
        IMAP.replace("imap.gmail.com", "IMAP.googlemail.com"),
    ],
)
def test_one_mailbox_is_watched_once_whatever_the_way(other: str) -> None:
    assert len(faults(USER + GMAIL + other)) == 1


def test_other_mailboxes_at_google_may_stand_beside_it() -> None:
    both = USER + GMAIL + GMAIL.replace("accounts.gmail", "accounts.again") + 'username = "other@example.com"\n'

    assert len(parse_config(both, AT).accounts) == 2
    assert "other@example.com" in parse_config(both, AT).profile("gmail").addresses


def test_an_account_is_taken_for_what_its_keys_say() -> None:
    found = faults(USER + '[accounts.gmail]\nkind = "gmial"\nclient_file = "c"\n')

    assert set(found) == {"accounts.gmail.kind"}
    assert '"gmail"' in found["accounts.gmail.kind"][2]


@pytest.mark.parametrize(
    ("kept", "beside", "told"),
    [
        ("client.json", "", "the client's file of accounts.gmail"),
        ("./x/../config.toml", "", "the configuration itself"),
        (
            "other.json",
            'username = "o@gmail.com"\nclient_file = "other.json"\nkind = "gmail"\n',
            "the client's file of accounts.other",
        ),
        ("pw", 'host = "imap.example.com"\nkind = "imap"\npassword.file = "pw"\n', "named in accounts.other too"),
        ("t", 'username = "o@gmail.com"\nclient_file = "client.json"\nkind = "gmail"\ntoken.file = "t"\n', "accounts.other too"),
    ],
)
def test_a_sign_in_is_never_written_over_another_file_of_the_configuration(kept: str, beside: str, told: str) -> None:
    other = f"[accounts.other]\n{beside}" if beside else ""
    _, reason, remedy = faults(f'{USER}{GMAIL}token.file = "{kept}"\n{other}')["accounts.gmail.token.file"]

    assert told in reason
    assert "another file" in remedy


def test_accounts_may_share_a_client_and_a_password() -> None:
    passwords = "".join(f'[accounts.{x}]\nkind = "imap"\nhost = "{x}.example.com"\npassword.file = "pw"\n' for x in "ab")
    both = GMAIL + 'token.file = "t"\n' + GMAIL.replace("s.gmail", "s.more") + 'username = "o@gmail.com"\ntoken.file = "u"\n'

    assert len(parse_config(USER + passwords + both, AT).accounts) == 4
