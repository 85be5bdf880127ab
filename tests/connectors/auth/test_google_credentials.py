"""Renewing a sign-in over real HTTP: what comes back becomes a token or one of our errors, at once and without a second try."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.auth.google import FULL_MAIL, Grant, gmail_scopes, read_client
from connectors.auth.google.credentials import GoogleCredentials, build_credentials
from connectors.auth.google.transport import Transport
from connectors.auth.trouble import skew_words
from connectors.errors import AuthNeeded, ConnectorError, Misconfigured, Throttled, Unavailable
from tests.connectors.auth.secure_server import secure_server
from tests.connectors.auth.tunnel import tunnel
from tests.servers.certificates import certificate
from tests.servers.consent import CLIENT_SECRET, GoogleSignIn
from tests.servers.sign_in import Answer

REFRESH = "1//refresh-token-0123456789"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AGAIN = "sign in again with `hearback login gmail`"


@pytest.fixture
def google() -> Iterator[GoogleSignIn]:
    """Give a Google that knows one refresh token."""
    with GoogleSignIn() as server:
        server.refresh_tokens[REFRESH] = server.owner
        yield server


def credentials(
    path: Path, *, token_url: str = "", grant: Grant | None = None, told: list[str] | None = None
) -> GoogleCredentials:
    client = read_client(path / "client.json", token_url=token_url)
    transport = Transport(lambda: NOW, timeout=5)
    kept = [] if told is None else told
    return build_credentials(client, grant or Grant(REFRESH), gmail_scopes(labels=True), transport, AGAIN, kept.append)


def refusal(made: GoogleCredentials) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        made.refresh(None)
    assert REFRESH not in str(caught.value)
    assert CLIENT_SECRET not in str(caught.value)
    return caught.value


def test_a_grant_becomes_an_access_token_that_is_told_before_it_is_used(google: GoogleSignIn, tmp_path: Path) -> None:
    told: list[str] = []
    google.client_file(tmp_path / "client.json")
    made = credentials(tmp_path, told=told)
    made.refresh(None)

    assert told == [made.token]
    assert made.token in google.access_tokens
    assert made.valid
    assert google.forms[0] == {
        "grant_type": "refresh_token",
        "client_id": "hearback.apps.example",
        "client_secret": CLIENT_SECRET,
        "refresh_token": REFRESH,
    }


def test_a_copy_renews_itself_the_same_way(google: GoogleSignIn, tmp_path: Path) -> None:
    google.client_file(tmp_path / "client.json")
    google.refresh_tokens.clear()
    copy = credentials(tmp_path).with_quota_project("other")

    assert isinstance(refusal(copy), AuthNeeded)


def test_a_revoked_grant_says_whose_it_is_and_names_the_trap_of_testing(google: GoogleSignIn, tmp_path: Path) -> None:
    google.client_file(tmp_path / "client.json")
    google.refresh_tokens.clear()
    made = credentials(tmp_path, grant=Grant(REFRESH, address="sam@gmail.com", granted=NOW - timedelta(days=7)))
    error = refusal(made)

    assert isinstance(error, AuthNeeded)
    for words in ("sam@gmail.com from 2026-02-23", "expired or revoked", AGAIN, "Testing", "Publish app"):
        assert words in str(error)
    assert str(refusal(made)) == str(error)  # the same each time, so that it is told once
    assert len(google.forms) == 2


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        (Answer(400, '{"error": "invalid_grant", "error_subtype": "invalid_rapt"}'), AuthNeeded, "organisation"),
        (
            Answer(400, '{"error": "invalid_grant", "error_description": "reauth related error (invalid_rapt)"}'),
            AuthNeeded,
            "organisation",
        ),
        (Answer(401, '{"error": "invalid_client", "error_description": "Unauthorized"}'), Misconfigured, "client.json"),
        (Answer(401, '{"error": "deleted_client"}'), Misconfigured, "deleted in the console"),
        (Answer(400, '{"error": "invalid_request"}'), Misconfigured, "invalid_request"),
        (Answer(400, '{"error": "something_new", "error_description": "x"}'), AuthNeeded, "something_new: x"),
        (Answer(400, '{"error": "temporarily_unavailable"}'), Unavailable, "just now"),
        (Answer(400, '{"error": "internal_failure"}'), Unavailable, "just now"),
        (Answer(400, "{}"), Unavailable, "without an access token"),
        (Answer(200, "{}"), Unavailable, "without an access token"),
        (Answer(200, '{"access_token": "a", "expires_in": "soon"}'), Unavailable, "cannot be read"),
        (Answer(200, '{"access_token": "a", "expires_in": [1]}'), Unavailable, "cannot be read"),
        (Answer(200, '{"access_token": {"a": 1}, "expires_in": 9}'), Unavailable, "access token that is none"),
        (Answer(200, '{"access_token": "a\\r\\nX: y", "expires_in": 9}'), Unavailable, "access token that is none"),
        (Answer(500, "oops", "text/plain"), Unavailable, "status 500"),
        (Answer(503, "{}", headers={"Retry-After": "120"}), Throttled, "status 503"),
        (Answer(429, "{}"), Throttled, "patience"),
        (Answer(200, "<html>", "text/html"), Unavailable, "hotel"),
        (Answer(403, "<html>", "text/html"), Unavailable, "hotel"),
        (Answer(302, "", headers={"Location": "https://portal.example/"}), Unavailable, "redirected"),
    ],
    ids=lambda value: f"{value.status} {value.body[:40]}" if isinstance(value, Answer) else None,
)
def test_each_refusal_is_one_of_ours_after_one_request(
    google: GoogleSignIn, tmp_path: Path, answer: Answer, kind: type[ConnectorError], told: str
) -> None:
    google.client_file(tmp_path / "client.json")
    google.token = answer
    error = refusal(credentials(tmp_path))

    assert type(error) is kind
    assert told in str(error)
    assert len(google.forms) == 1


@pytest.mark.parametrize(("header", "seconds"), [("120", 120.0), ("", 60.0), ("soon", 60.0), ("99999999", 3600.0), ("٣", 60.0)])
def test_patience_is_what_google_asks_for_within_reason(
    google: GoogleSignIn, tmp_path: Path, header: str, seconds: float
) -> None:
    google.client_file(tmp_path / "client.json")
    google.token = Answer(429, "{}", headers={"Retry-After": header} if header.isascii() else {"Retry-After": "3 days"})
    error = refusal(credentials(tmp_path))

    assert isinstance(error, Throttled)
    assert error.retry_after == seconds


def test_no_network_is_told_as_such(google: GoogleSignIn, tmp_path: Path) -> None:
    google.client_file(tmp_path / "client.json")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        closed = f"http://127.0.0.1:{probe.getsockname()[1]}/token"

    assert "cannot be reached (Connection refused)" in str(refusal(credentials(tmp_path, token_url=closed)))
    assert "The name tokens.invalid was not found" in str(
        refusal(credentials(tmp_path, token_url="https://tokens.invalid/token"))
    )


def test_a_server_that_hangs_up_is_unavailable(google: GoogleSignIn, tmp_path: Path) -> None:
    google.client_file(tmp_path / "client.json")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.listen()
        made = credentials(tmp_path, token_url=f"https://127.0.0.1:{silent.getsockname()[1]}/token")
        made._transport.timeout = 0.3
        error = refusal(made)

    assert isinstance(error, Unavailable)
    assert "0.3 s" in str(error)


def test_a_certificate_outside_its_time_points_at_the_clock(
    google: GoogleSignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    google.client_file(tmp_path / "client.json")
    long_ago = datetime(2001, 1, 1, tzinfo=UTC)
    far_ahead = datetime(2150, 1, 1, tzinfo=UTC)
    for begins, ends in ((long_ago, long_ago + timedelta(days=1)), (far_ahead, far_ahead + timedelta(days=1))):
        path = certificate(tmp_path, begins, ends)
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        with secure_server(path) as url:
            error = refusal(credentials(tmp_path, token_url=f"{url}/token"))
        assert isinstance(error, Misconfigured)
        assert "clock" in str(error)


def test_an_authority_that_nobody_knows_is_told_and_can_be_named(
    google: GoogleSignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    google.client_file(tmp_path / "client.json")
    path = certificate(tmp_path, datetime(2020, 1, 1, tzinfo=UTC), datetime(2150, 1, 1, tzinfo=UTC))
    with secure_server(path) as url:
        error = refusal(credentials(tmp_path, token_url=f"{url}/token"))
        assert isinstance(error, Misconfigured)
        assert "SSL_CERT_FILE" in str(error)
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        made = credentials(tmp_path, token_url=f"{url}/token")
        made.refresh(None)
        assert made.token == "ya29.over-tls"


def behind(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", proxy)


def test_the_authority_of_a_companys_filter_is_trusted_through_its_proxy_too(
    google: GoogleSignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    google.client_file(tmp_path / "client.json")
    path = certificate(tmp_path, datetime(2020, 1, 1, tzinfo=UTC), datetime(2150, 1, 1, tzinfo=UTC))
    with secure_server(path) as url, tunnel() as (proxy, asked):
        behind(monkeypatch, proxy)
        error = refusal(credentials(tmp_path, token_url=f"{url}/token"))
        assert isinstance(error, Misconfigured)
        assert "SSL_CERT_FILE" in str(error)
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        made = credentials(tmp_path, token_url=f"{url}/token")
        made.refresh(None)

    assert made.token == "ya29.over-tls"
    assert set(asked) == {url.removeprefix("https://")}


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "403 Forbidden"])
def test_a_proxy_that_lets_nobody_through_is_told(
    google: GoogleSignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    google.client_file(tmp_path / "client.json")
    with tunnel(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()) as (proxy, _):
        behind(monkeypatch, proxy)
        error = refusal(credentials(tmp_path, token_url="https://127.0.0.1:9/token"))

    assert isinstance(error, Unavailable)
    assert "HTTPS_PROXY" in str(error)


def test_a_file_of_authorities_that_is_not_there_is_named(
    google: GoogleSignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    google.client_file(tmp_path / "client.json")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/bundle.pem")

    assert "/no/such/bundle.pem" in str(refusal(credentials(tmp_path, token_url="https://127.0.0.1:9/token")))


@pytest.mark.parametrize(
    ("grant", "told"),
    [
        (Grant(REFRESH, client_id="another.apps.example", address="sam@gmail.com"), "another client than the one in"),
        (Grant(REFRESH, scopes=gmail_scopes(labels=False)), "gmail.modify"),
    ],
)
def test_a_grant_that_will_not_do_is_told_without_asking(google: GoogleSignIn, tmp_path: Path, grant: Grant, told: str) -> None:
    google.client_file(tmp_path / "client.json")
    with pytest.raises(AuthNeeded, match="hearback login gmail") as caught:
        credentials(tmp_path, grant=grant)

    assert told in str(caught.value)
    assert google.forms == []


def test_the_right_for_all_mail_covers_the_smaller_ones(google: GoogleSignIn, tmp_path: Path) -> None:
    google.client_file(tmp_path / "client.json")
    credentials(tmp_path, grant=Grant(REFRESH, scopes=(FULL_MAIL,))).refresh(None)


@pytest.mark.parametrize(
    ("off", "told"),
    [
        (timedelta(seconds=0), ""),
        (timedelta(seconds=299), ""),
        (timedelta(seconds=-299), ""),
        (timedelta(minutes=5), "5 minutes ahead of"),
        (timedelta(minutes=-90), "90 minutes behind"),
        (timedelta(hours=3), "3 hours ahead of"),
        (timedelta(days=-400), "400 days behind"),
    ],
)
def test_a_clock_counts_as_wrong_from_five_minutes_on(off: timedelta, told: str) -> None:
    assert told in skew_words(off, "Google")
    assert bool(told) == bool(skew_words(off, "Google"))


def test_the_clock_is_compared_with_the_date_of_each_answer(google: GoogleSignIn, tmp_path: Path) -> None:
    google.client_file(tmp_path / "client.json")
    made = credentials(tmp_path)
    made._transport.clock.note({"Date": "Mon, 02 Mar 2026 08:30:00 GMT"})
    assert made._transport.skew == timedelta(minutes=30)
    for nonsense in ("", "soon", "Mon, 99 Mar 2026 08:30:00 GMT", "Mon, 02 Mar 2026 08:30:00 -0000"):
        made._transport.clock.note({"Date": nonsense})
        assert made._transport.skew == timedelta(minutes=30)


def test_what_goes_over_the_line_is_in_no_log(google: GoogleSignIn, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "google"):  # a program that ran before in this process may have silenced them
        caplog.set_level(logging.DEBUG, name)
    google.client_file(tmp_path / "client.json")
    made = credentials(tmp_path)
    made.refresh(None)

    assert caplog.text
    for secret in (REFRESH, CLIENT_SECRET, str(made.token)):
        assert secret not in caplog.text
    assert json.dumps(Grant(REFRESH).text()) not in repr(made)
    assert REFRESH not in repr(Grant(REFRESH))
    assert CLIENT_SECRET not in repr(read_client(tmp_path / "client.json"))
