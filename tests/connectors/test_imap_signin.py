"""Connecting and signing in to a real server, protected and not."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.errors import AuthNeeded, Misconfigured, Unavailable
from connectors.imap import Auth, ImapConnector, ImapSettings, Security
from connectors.imap.tls import context
from rules.mail import Role
from tests.connectors.imap_harness import fresh_user
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.tokeninfo import TokenInfo

TOKEN = "ya29.good-token"


@pytest.fixture(scope="module")
def token_dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """Run a Dovecot that takes access tokens."""
    folder = tmp_path_factory.mktemp("token")
    with TokenInfo({TOKEN: "sam@example.com"}) as info, Dovecot(folder, tokeninfo=info.url) as server:
        yield server


def settings(server: Dovecot, security: Security) -> ImapSettings:
    return ImapSettings(
        host="localhost",
        port=server.imaps if security is Security.TLS else server.imap,
        security=security,
        ca_file=None if security is Security.PLAIN else server.ca_file,
        username=fresh_user(),
        secret=lambda: PASSWORD,
        timeout=10,
    )


def opened(made: ImapSettings) -> set[Role]:
    connector = ImapConnector(made)
    try:
        return {role for role, _ in connector.open().folders}
    finally:
        connector.close()


@pytest.mark.parametrize("security", list(Security))
def test_a_mailbox_opens_over_each_kind_of_connection(dovecot: Dovecot, security: Security) -> None:
    assert opened(settings(dovecot, security)) >= {Role.INBOX, Role.DRAFTS, Role.SENT}


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_certificate_of_an_unknown_authority_is_refused_before_anything_is_said(dovecot: Dovecot, security: Security) -> None:
    asked: list[bool] = []

    def secret() -> str:
        asked.append(True)
        return PASSWORD

    with pytest.raises(Misconfigured, match="ca_file") as caught:
        opened(replace(settings(dovecot, security), ca_file=None, secret=secret))
    assert "localhost" in str(caught.value)
    assert not asked


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_certificate_for_another_name_is_refused(dovecot: Dovecot, security: Security) -> None:
    with pytest.raises(Misconfigured, match="certificate"):
        opened(replace(settings(dovecot, security), host="127.1"))  # the same machine by a name that is not in the certificate


def test_an_authority_file_that_is_none_is_a_matter_of_configuration(dovecot: Dovecot, tmp_path: Path) -> None:
    wrong = tmp_path / "ca.pem"
    wrong.write_text("no certificate")
    with pytest.raises(Misconfigured, match="ca_file"):
        opened(replace(settings(dovecot, Security.TLS), ca_file=wrong))
    with pytest.raises(Misconfigured, match="ca_file"):
        opened(replace(settings(dovecot, Security.TLS), ca_file=tmp_path / "missing.pem"))


def test_tls_to_a_port_without_it_is_a_matter_of_configuration(dovecot: Dovecot) -> None:
    with pytest.raises(Misconfigured, match="port"):
        opened(replace(settings(dovecot, Security.TLS), port=dovecot.imap))


def test_a_server_that_is_not_there_is_unavailable(dovecot: Dovecot) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(Unavailable, match="cannot be reached"):
        opened(replace(settings(dovecot, Security.PLAIN), port=port))


def test_a_name_that_nobody_knows_is_unavailable_and_says_which(dovecot: Dovecot) -> None:
    with pytest.raises(Unavailable, match=r"mail\.invalid"):
        opened(replace(settings(dovecot, Security.TLS), host="mail.invalid"))


def test_a_server_that_never_greets_is_unavailable_in_time(dovecot: Dovecot) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unavailable):
        opened(replace(settings(dovecot, Security.PLAIN), port=silent.getsockname()[1], timeout=0.3))


@pytest.mark.parametrize("security", [Security.TLS, Security.PLAIN])
def test_a_wrong_password_is_asked_for_anew_and_shown_nowhere(
    dovecot: Dovecot, security: Security, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "not-the-password-17"
    with caplog.at_level(logging.DEBUG), pytest.raises(AuthNeeded) as caught:
        opened(replace(settings(dovecot, security), secret=lambda: wrong))
    assert wrong not in str(caught.value)
    assert wrong not in caplog.text


def test_an_empty_password_is_never_sent(dovecot: Dovecot) -> None:
    with pytest.raises(AuthNeeded, match="hearback login"):
        opened(replace(settings(dovecot, Security.PLAIN), secret=lambda: ""))


def test_the_secret_is_asked_for_at_each_sign_in(dovecot: Dovecot) -> None:
    secrets = iter(["wrong", PASSWORD, PASSWORD])
    connector = ImapConnector(replace(settings(dovecot, Security.PLAIN), secret=lambda: next(secrets)))
    with pytest.raises(AuthNeeded):
        connector.open()
    connector.open()
    connector.open()
    connector.close()
    assert next(secrets, None) is None


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_an_access_token_signs_in(token_dovecot: Dovecot, security: Security) -> None:
    made = replace(settings(token_dovecot, security), username="sam@example.com", auth=Auth.XOAUTH2, secret=lambda: TOKEN)

    assert opened(made) >= {Role.INBOX, Role.DRAFTS}


def test_a_stale_access_token_needs_a_new_one_and_is_shown_nowhere(token_dovecot: Dovecot) -> None:
    stale = "ya29.stale-token-0123456789"
    made = replace(settings(token_dovecot, Security.TLS), username="sam@example.com", auth=Auth.XOAUTH2, secret=lambda: stale)
    with pytest.raises(AuthNeeded, match="token") as caught:
        opened(made)
    assert stale not in str(caught.value)


def test_tokens_for_a_server_without_them_are_a_matter_of_configuration(dovecot: Dovecot) -> None:
    with pytest.raises(Misconfigured, match="password"):
        opened(replace(settings(dovecot, Security.TLS), auth=Auth.XOAUTH2))


@pytest.mark.parametrize("host", ["imap.example.com", "192.0.2.7", "2001:db8::1", "localhost.example.com"])
def test_plain_to_another_machine_is_refused_unless_asked_for(host: str) -> None:
    with pytest.raises(Misconfigured, match="allow_plaintext"):
        ImapSettings(host=host, username="sam", secret=str, security=Security.PLAIN)
    assert ImapSettings(host=host, username="sam", secret=str, security=Security.PLAIN, allow_plaintext=True).number == 143


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1", "[::1]"])
def test_plain_to_this_machine_is_allowed(host: str) -> None:
    assert ImapSettings(host=host, username="sam", secret=str, security=Security.PLAIN).number == 143


def test_connections_to_one_authority_share_one_tls_context(dovecot: Dovecot) -> None:
    assert context(dovecot.ca_file) is context(dovecot.ca_file)
    assert context(None).check_hostname
