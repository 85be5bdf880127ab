"""Accounts at Outlook, as the configuration has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.config import ConfigError, OutlookAccount
from watcher.config.load import parse_config
from watcher.microsoft import registration_of, scopes_of
from watcher.secrets import CommandSecret, FileSecret, KeyringSecret, VariableSecret

USER = '[user]\nname = "Sam Rivera"\nemail = "sam@example.com"\ntimezone = "Europe/Berlin"\n'
ID = "11112222-bbbb-3333-cccc-4444dddd5555"
OUTLOOK = f'[accounts.outlook]\nkind = "outlook"\nclient_id = "{ID}"\n'
AT = Path("/home/sam/.config/hearback/config.toml")


def outlook(lines: str = "") -> OutlookAccount:
    account = parse_config(USER + OUTLOOK + lines, AT).accounts[0]
    assert isinstance(account, OutlookAccount)
    return account


def faults(text: str) -> dict[str, tuple[str, str]]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, AT)
    assert "hunter2" not in str(caught.value)
    return {problem.key: (problem.reason, problem.remedy) for problem in caught.value.problems}


def test_the_id_of_a_registration_is_all_that_it_needs() -> None:
    account = outlook()

    assert (account.address, account.username, account.mailbox) == ("sam@example.com", "sam@example.com", "")
    assert (account.categories, account.category_colors, account.schedule_send) == (True, False, False)
    assert registration_of(account).authority == "https://login.microsoftonline.com/common"
    assert account.api_url == "https://graph.microsoft.com"
    assert set(faults(USER + '[accounts.outlook]\nkind = "outlook"\n')) == {"accounts.outlook.client_id"}


def test_the_sign_in_is_kept_where_the_configuration_says() -> None:
    assert outlook().secret == KeyringSecret("outlook", "hearback", "microsoft:sam@example.com", "token", grant=True)
    assert outlook('token.file = "t"\n').secret == FileSecret("outlook", AT.parent / "t", "token", grant=True)
    assert outlook('token.command = ["pass", "x"]\n').secret == CommandSecret("outlook", ("pass", "x"), "token", grant=True)
    assert outlook('token.env = "T"\n').secret == VariableSecret("outlook", "T", "token", grant=True)


def test_rights_are_the_smallest_that_do_and_never_one_that_sends() -> None:
    base = "https://graph.microsoft.com"

    assert scopes_of(outlook()) == (f"{base}/User.Read", f"{base}/Mail.ReadWrite")
    assert scopes_of(outlook('mailbox = "jobs@example.com"\n')) == (f"{base}/User.Read", f"{base}/Mail.ReadWrite.Shared")
    assert scopes_of(outlook("category_colors = true\n"))[2:] == (f"{base}/MailboxSettings.ReadWrite",)
    assert not scopes_of(outlook("category_colors = true\ncategories = false\n"))[2:]


def test_rights_are_those_of_the_cloud_that_is_named() -> None:
    account = outlook('api_url = "https://graph.microsoft.us"\nauthority_url = "https://login.microsoftonline.us/"\n')

    assert scopes_of(account)[0] == "https://graph.microsoft.us/User.Read"
    assert registration_of(account).authority == "https://login.microsoftonline.us/common"


def test_a_shared_mailbox_is_written_from_and_opened_by_its_user() -> None:
    account = outlook('mailbox = "Jobs@Example.com"\n')
    assert (account.mailbox, account.address, account.username) == ("jobs@example.com", "jobs@example.com", "sam@example.com")

    other = outlook('mailbox = "jobs@example.com"\naddress = "hr@example.com"\nusername = "sam@corp.example"\n')
    assert (other.address, other.username) == ("hr@example.com", "sam@corp.example")


def test_mail_of_all_its_addresses_is_the_users_own() -> None:
    text = USER + OUTLOOK + 'mailbox = "jobs@example.com"\naddress = "hr@example.com"\nusername = "sam@corp.example"\n'

    assert parse_config(text, AT).profile("outlook").addresses >= {"jobs@example.com", "hr@example.com", "sam@corp.example"}


@pytest.mark.parametrize("client", [ID, ID.upper(), "00000000480728c5"])
def test_ids_have_the_forms_that_microsoft_gives_them(client: str) -> None:
    text = f'[accounts.outlook]\nkind = "outlook"\nclient_id = "{client}"\n'

    assert isinstance(account := parse_config(USER + text, AT).accounts[0], OutlookAccount)
    assert account.client_id == client.lower()


def test_a_sign_in_server_of_ones_own_may_give_ids_of_other_forms() -> None:
    text = '[accounts.outlook]\nkind = "outlook"\nclient_id = "Hearback-app.1"\nauthority_url = "https://login.example.com"\n'

    assert isinstance(account := parse_config(USER + text, AT).accounts[0], OutlookAccount)
    assert account.client_id == "Hearback-app.1"


@pytest.mark.parametrize(
    "tenant", ["common", "organizations", "consumers", "Example.com", "contoso.onmicrosoft.com", ID, "xn--bcher-kva.example"]
)
def test_a_tenant_is_one_word_an_id_or_a_domain(tenant: str) -> None:
    assert outlook(f'tenant = "{tenant}"\n').tenant == tenant.lower()


@pytest.mark.parametrize(
    ("line", "key", "words"),
    [
        ('client_id = "Hearback"', "client_id", "'Application (client) ID'"),
        ('client_id = "hunter2~secret.value"', "client_id", "not the id of an application"),
        ('client_id = ""', "client_id", "not the id of an application"),
        ('tenant = "my company"', "tenant", '"common"'),
        ('tenant = ""', "tenant", "is not a tenant"),
        ('tenant = "https://login.microsoftonline.com/common"', "tenant", "is not a tenant"),
        ('tenant = "../common"', "tenant", "is not a tenant"),
        ('tenant = "nowhere"', "tenant", "is not a tenant"),
        ('api_url = "https://graph.microsoft.com/v1.0"', "api_url", "Write https://graph.microsoft.com"),
        ('api_url = "http://graph.microsoft.com"', "api_url", "over the network"),
        ('api_url = ""', "api_url", "is empty"),
        (
            'authority_url = "https://login.microsoftonline.com/common"',
            "authority_url",
            "Write https://login.microsoftonline.com",
        ),
        ('authority_url = "http://127.0.0.1:9"', "authority_url", "Write https"),
        ('authority_url = "https://user:hunter2@login.example"', "authority_url", "is not an address"),
        ('mailbox = "jobs"', "mailbox", "not a mail address"),
        ("labels = true", "labels", "[accounts.NAME]"),
        ('token = "hunter2"', "token", "No token belongs in this file"),
    ],
)
def test_what_can_never_work_is_told_with_what_to_write(line: str, key: str, words: str) -> None:
    base = '[accounts.outlook]\nkind = "outlook"\n' + ("" if key == "client_id" else f'client_id = "{ID}"\n')
    told = faults(f"{USER}{base}{line}\n")

    assert set(told) == {f"accounts.outlook.{key}"}
    assert words in " ".join(told[f"accounts.outlook.{key}"])


def test_an_account_whose_kind_is_not_written_is_known_by_its_keys() -> None:
    told = faults(f'{USER}[accounts.outlook]\nclient_id = "{ID}"\ntennant = "common"\n')

    assert set(told) == {"accounts.outlook.kind", "accounts.outlook.tennant"}
    assert "tenant" in told["accounts.outlook.tennant"][1]


@pytest.mark.parametrize(
    ("lines", "same"),
    [
        ("", True),
        ('username = "SAM@example.com"\n', True),
        ('username = "other@example.com"\n', False),
        ('mailbox = "jobs@example.com"\n', False),
        ('mailbox = "sam@example.com"\n', True),
        ('api_url = "https://graph.microsoft.us"\n', False),
    ],
)
def test_the_same_mailbox_twice_is_told(lines: str, same: bool) -> None:
    text = f'{USER}{OUTLOOK}[accounts.second]\nkind = "outlook"\nclient_id = "{ID}"\n{lines}'
    if same:
        assert "same mailbox as accounts.outlook" in faults(text)["accounts.second"][0]
    else:
        assert len(parse_config(text, AT).accounts) == 2


@pytest.mark.parametrize(
    ("host", "username", "same"),
    [
        ("outlook.office365.com", "Sam@Example.com", True),
        ("IMAP-mail.outlook.com", "sam@example.com", True),
        ("outlook.office365.com", "other@example.com", False),
        ("imap.example.com", "sam@example.com", False),
    ],
)
def test_the_same_mailbox_by_imap_is_told_too(host: str, username: str, same: bool) -> None:
    text = f'{USER}{OUTLOOK}[accounts.second]\nkind = "imap"\nhost = "{host}"\nusername = "{username}"\n'
    if same:
        assert "same mailbox as accounts.outlook" in faults(text)["accounts.second"][0]
    else:
        assert len(parse_config(text, AT).accounts) == 2


def test_two_accounts_do_not_keep_their_sign_ins_in_one_file() -> None:
    second = f'[accounts.second]\nkind = "outlook"\nclient_id = "{ID}"\nusername = "a@example.com"\ntoken.file = "t"\n'

    assert set(faults(f'{USER}{OUTLOOK}token.file = "t"\n{second}')) == {
        "accounts.outlook.token.file",
        "accounts.second.token.file",
    }
