"""Each way in which Gmail says no, or somebody else answers: one error of the right kind, with what to do next."""

from __future__ import annotations

import json
import logging
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.auth.google.client import GoogleClient
from connectors.auth.google.credentials import GoogleCredentials, build_credentials
from connectors.auth.google.grant import Grant
from connectors.auth.google.transport import Transport
from connectors.base import WaitResult
from connectors.errors import (
    AuthNeeded,
    Conflict,
    ConnectorError,
    Misconfigured,
    NoRoom,
    NotFound,
    Refused,
    Throttled,
    Unavailable,
)
from connectors.gmail import GmailConnector, GmailSettings
from connectors.gmail.refusal import broken_line, refusal
from tests.connectors.asking import nothing, pull
from tests.connectors.gmail_harness import FakeGmailHarness
from tests.connectors.letters import NOW, draft, draft_bytes, letter
from tests.servers.certificates import certificate
from tests.servers.gmail import FakeGmail
from tests.servers.gmail.renewing import renewing
from watcher.wake import SocketWake

ADDRESS = "sam@example.com"
CLIENT = GoogleClient("c", "s", Path("client.json"), token_url="http://127.0.0.1:9/token")


def signed_in() -> GoogleCredentials:
    """Return credentials that have an access token."""
    made = build_credentials(CLIENT, Grant("r"), (), Transport(lambda: NOW), "sign in again")
    made.token = "t"
    return made


SETTINGS = GmailSettings(address=ADDRESS, credentials=signed_in)


@pytest.fixture
def harness() -> Iterator[FakeGmailHarness]:
    world = FakeGmailHarness()
    yield world
    world.close()


def error_body(code: int, message: str, why: str = "", **detail: Any) -> bytes:
    error: dict[str, Any] = {"code": code, "message": message}
    if why:
        error["errors"] = [{"reason": why, "message": message, "domain": "global"}]
    if detail:
        error["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", **detail}]
    return json.dumps({"error": error}).encode()


# -- refusals, as a table


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (401, error_body(401, "Invalid Credentials", "authError"), AuthNeeded, "sign in again with `hearback login`"),
        (403, error_body(403, "Insufficient Permission", "insufficientPermissions"), AuthNeeded, "gmail.modify"),
        (403, error_body(403, "Denied", reason="ACCESS_TOKEN_SCOPE_INSUFFICIENT"), AuthNeeded, "tick every box"),
        (403, error_body(403, "Request had insufficient authentication scopes."), AuthNeeded, "gmail.modify"),
        (403, error_body(403, "No.", "domainPolicy"), Misconfigured, "administrator"),
        (403, error_body(403, "Delegation denied for sam@example.com", "forbidden"), AuthNeeded, "Delegation denied"),
        (403, error_body(403, "The user's storage quota is exceeded", "quotaExceeded"), NoRoom, "Make room"),
        (403, error_body(403, "Rate Limit Exceeded", "rateLimitExceeded"), Throttled, "patience"),
        (403, error_body(403, "User Rate Limit Exceeded", "userRateLimitExceeded"), Throttled, "patience"),
        (403, error_body(403, "Daily Limit Exceeded", "dailyLimitExceeded"), Throttled, "day's quota"),
        (404, error_body(404, "Requested entity was not found.", "notFound"), NotFound, "not found"),
        (410, error_body(410, "Resource has been deleted", "deleted"), NotFound, "has been deleted"),
        (409, error_body(409, "Conflict"), Conflict, "changed meanwhile"),
        (400, error_body(400, "Invalid To header", "invalidArgument"), Refused, "Invalid To header"),
        (400, error_body(400, "Mail service not enabled", "failedPrecondition"), Misconfigured, "no Gmail mailbox"),
        (413, b"too large", Refused, "413"),
        (429, b"<html>slow</html>", Throttled, "patience"),
        (429, error_body(429, "Too many concurrent requests for user"), Throttled, "concurrent"),
        (500, b"", Unavailable, "tried again"),
        (502, b"<html>Bad gateway</html>", Unavailable, "502"),
        (503, error_body(503, "The service is currently unavailable.", "backendError"), Unavailable, "currently unavailable"),
        (408, error_body(408, "Request timeout"), Unavailable, "timeout"),
        (404, b"<html>no such page</html>", Unavailable, "Something other than Gmail"),
        (401, b"", Unavailable, "Something other than Gmail"),
        (403, b"<html>Blocked by policy</html>", Unavailable, "proxy or a filter"),
        (407, b"", Misconfigured, "HTTPS_PROXY"),
        (302, b"", Unavailable, "login.hotel.example"),
        (451, b"[]", Unavailable, "451"),
        (400, b'{"error": "invalid_request"}', Refused, "invalid_request"),
        (400, b'{"error": [1, 2]}', Refused, "status 400"),
        (403, b"[" * 100_000, Unavailable, "403"),
    ],
)
def test_each_refusal_has_its_meaning_and_says_what_to_do(
    status: int, body: bytes, kind: type[ConnectorError], words: str
) -> None:
    error = refusal(status, {"location": "http://login.hotel.example/?next=x"}, body, "reading mail", SETTINGS)

    assert type(error) is kind
    assert words in str(error)
    assert "\n" not in str(error)
    assert len(str(error)) < 700


def test_an_access_token_that_is_refused_without_a_word_in_json_is_known_by_the_challenge() -> None:
    challenge = {"www-authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'}

    assert type(refusal(401, challenge, b"<html>Unauthorized</html>", "reading mail", SETTINGS)) is AuthNeeded
    assert type(refusal(401, {"www-authenticate": 'Basic realm="hotel"'}, b"", "reading mail", SETTINGS)) is Unavailable


def test_an_api_that_is_switched_off_is_told_with_the_page_that_switches_it_on() -> None:
    body = error_body(
        403,
        "Gmail API has not been used in project 123456789012 before or it is disabled.",
        "accessNotConfigured",
        reason="SERVICE_DISABLED",
        metadata={"consumer": "projects/123456789012", "service": "gmail.googleapis.com"},
    )
    error = refusal(403, {}, body, "reading mail", SETTINGS)

    assert type(error) is Misconfigured
    assert "gmail.googleapis.com/overview?project=123456789012" in str(error)
    assert "?project" not in str(refusal(403, {}, error_body(403, "Off.", "accessNotConfigured"), "", SETTINGS))


def test_the_scopes_that_are_missing_are_those_of_the_settings() -> None:
    body = error_body(403, "Insufficient Permission", "insufficientPermissions")

    assert "gmail.readonly and gmail.compose" in str(refusal(403, {}, body, "", replace(SETTINGS, labels=False)))


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"retry-after": "17"}, "", 17.0),
        ({"retry-after": "99999999"}, "", 86_400.0),
        ({"retry-after": "-3"}, "", 30.0),
        ({"retry-after": "soon"}, "", 30.0),
        ({"retry-after": "²"}, "", 30.0),
        ({"retry-after": "1" * 50}, "", 30.0),
        ({}, "", 30.0),
        (
            {"date": "Tue, 04 Mar 2025 09:00:00 GMT"},
            "User-rate limit exceeded.  Retry after 2025-03-04T09:15:30.123Z",
            930.0,
        ),
        ({"date": "Tue, 04 Mar 2025 09:00:00 GMT"}, "Retry after 2025-03-04T08:00:00Z", 1.0),
        ({"date": "Tue, 04 Mar 2025 09:00:00 GMT"}, "Retry after 2025-99-99T99:99:99Z", 30.0),
        ({"date": "once"}, "Retry after 2025-03-04T09:15:30Z", 30.0),
        ({"date": "Tue, 04 Mar 2025 09:00:00 GMT", "retry-after": "Tue, 04 Mar 2025 09:01:00 GMT"}, "", 60.0),
    ],
)
def test_the_service_is_left_alone_for_as_long_as_it_asks(headers: Mapping[str, str], message: str, seconds: float) -> None:
    """Times are compared with the service's own clock and not with that of the machine."""
    error = refusal(429, headers, error_body(429, message or "Slow down"), "", SETTINGS)

    assert isinstance(error, Throttled)
    assert error.retry_after == seconds


def test_what_a_server_says_is_shown_on_one_line_and_cut() -> None:
    error = refusal(400, {}, error_body(400, "x\r\n\x1b[31m" + "y" * 5000), "reading mail", SETTINGS)

    assert "\x1b" not in str(error)
    assert len(str(error)) < 400


# -- settings


@pytest.mark.parametrize(
    "endpoint",
    [
        "", "gmail.googleapis.com", "http://gmail.googleapis.com", "ftp://127.0.0.1", "http://127.0.0.1.evil.example", "https://",
        "http://localhost@evil.example", "https://me:secret@gmail.googleapis.com", "https://[", "https://x.example/?a=b",
    ],
)  # fmt: skip
def test_the_sign_in_is_shown_to_no_address_that_others_can_listen_to(endpoint: str) -> None:
    with pytest.raises(Misconfigured):
        replace(SETTINGS, endpoint=endpoint)


@pytest.mark.parametrize(
    "endpoint",
    ["https://gmail.googleapis.com", "http://127.0.0.1:4600", "http://localhost:1", "http://[::1]:1", "https://proxy.example/a"],
)
def test_a_service_on_this_machine_or_behind_tls_will_do(endpoint: str) -> None:
    assert replace(SETTINGS, endpoint=endpoint).endpoint == endpoint


@pytest.mark.parametrize("wrong", [{"address": ""}, {"timeout": 0}, {"page_size": 0}, {"page_size": 501}])
def test_settings_that_can_never_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Misconfigured):
        replace(SETTINGS, **wrong)


# -- the line


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (TimeoutError("timed out"), Unavailable, "30 seconds"),
        (ConnectionRefusedError(111, "Connection refused"), Unavailable, "refused"),
        (AuthNeeded("as it is"), AuthNeeded, "as it is"),
        (ssl.SSLError(1, "[SSL] wrong version number"), Unavailable, "wrong version"),
    ],
)
def test_each_way_in_which_the_line_fails_has_its_meaning(error: Exception, kind: type[ConnectorError], words: str) -> None:
    known = broken_line(error, SETTINGS)

    assert type(known) is kind
    assert words in str(known)


def test_a_mistake_of_the_program_is_not_called_trouble_of_the_line() -> None:
    assert broken_line(TypeError("no"), SETTINGS) is None
    assert broken_line(KeyError("no"), SETTINGS) is None


# -- over HTTP


def test_the_mailbox_of_somebody_else_is_refused(harness: FakeGmailHarness) -> None:
    connector = GmailConnector(replace(harness.settings(), address="lee@example.com"))
    with pytest.raises(AuthNeeded, match=r"is of user.* but this account is lee@example\.com"):
        connector.open()
    with pytest.raises(Unavailable):
        connector.list_drafts()


def test_a_grant_that_was_taken_back_needs_the_user(harness: FakeGmailHarness) -> None:
    connector = harness.connector()
    connector.open()
    harness.server.revoke(harness.account)
    with pytest.raises(AuthNeeded, match="hearback login"):
        pull(connector)
    with pytest.raises(AuthNeeded):
        harness.connector().open()
    connector.close()


def test_an_access_token_that_runs_out_in_between_is_renewed_and_nobody_notices(harness: FakeGmailHarness) -> None:
    harness.deliver(letter("one"), received_at=NOW)
    connector = harness.connector()
    connector.open()
    harness.server.expire_tokens(harness.account)

    assert pull(connector).ids == {"one"}
    assert harness.server.calls["token"] == 2
    connector.close()


def test_an_access_token_that_is_refused_within_a_batch_is_renewed_once_and_its_parts_asked_for_again(
    harness: FakeGmailHarness,
) -> None:
    for name in ("one", "two", "three"):
        harness.deliver(letter(name), received_at=NOW)
    connector = harness.connector()
    connector.open()
    harness.server.fail("messages.get", 401, times=2, skip=1)

    assert pull(connector, wants=nothing).ids == {"one", "two", "three"}
    assert harness.server.calls["token"] == 2
    assert harness.server.calls["gmail.users.messages.get"] == 5
    connector.close()


def test_a_batch_whose_parts_are_refused_with_a_new_access_token_too_needs_the_user(harness: FakeGmailHarness) -> None:
    harness.deliver(letter("one"), received_at=NOW)
    connector = harness.connector()
    connector.open()
    harness.server.fail("messages.get", 401, times=None)

    with pytest.raises(AuthNeeded, match="hearback login"):
        pull(connector)
    assert harness.server.calls["token"] == 2
    connector.close()


def test_rights_that_are_missing_are_told_with_those_that_are_needed() -> None:
    with FakeGmail() as server:
        granted = renewing(server.credentials(ADDRESS, ["https://www.googleapis.com/auth/gmail.readonly"]))
        connector = GmailConnector(GmailSettings(address=ADDRESS, credentials=granted, endpoint=server.url))
        connector.open()
        with pytest.raises(AuthNeeded, match=r"gmail\.modify"):
            connector.put_draft(draft(), draft_bytes(draft()))
        connector.close()


def test_the_sign_in_page_of_a_network_is_told_as_what_it_is(harness: FakeGmailHarness) -> None:
    for method in ("getProfile", "token"):
        harness.server.portal(method)
        with pytest.raises(Unavailable, match="sign-in page of"):
            harness.connector().open()
    connector = harness.connector()
    connector.open()
    cursor = pull(connector).cursor
    harness.server.portal("history.list")
    with pytest.raises(Unavailable, match="accept its terms"):
        pull(connector, cursor)
    harness.deliver(letter("one"))
    harness.server.portal("batch")
    with pytest.raises(Unavailable, match="accept its terms"):
        pull(connector, cursor)
    assert pull(connector, cursor).ids == {"one"}
    connector.close()


def test_a_drafts_folder_is_not_taken_for_empty_behind_a_page_of_the_network(harness: FakeGmailHarness) -> None:
    connector = harness.connector()
    connector.open()
    ref = connector.put_draft(draft(), draft_bytes(draft()))
    harness.server.portal("*", times=None)
    for act in (
        connector.list_drafts,
        lambda: connector.find_draft(draft(), ref),
        lambda: connector.withdraw_draft(draft(), ref),
        lambda: connector.read_draft(ref),
        lambda: connector.put_draft(draft(2), draft_bytes(draft(2)), ref),
    ):
        with pytest.raises(Unavailable):
            act()
    harness.server.heal()
    assert len(harness.mailbox.drafts()) == 1
    connector.close()


def test_nothing_of_mail_or_sign_in_is_logged(harness: FakeGmailHarness, caplog: pytest.LogCaptureFixture) -> None:
    harness.deliver(letter("secret-letter", text="a very private word"), received_at=NOW)
    with caplog.at_level(logging.DEBUG):
        connector = harness.connector()
        connector.open()
        cursor = pull(connector).cursor
        connector.put_draft(draft(), draft_bytes(draft()))
        harness.server.fail("history.list", 403, reason="forbidden")
        with suppress(ConnectorError):
            pull(connector, cursor)
        connector.close()

    for word in ("private", "secret-letter", "Bearer", "ya29", str(connector._settings.credentials().refresh_token)):
        assert word not in caplog.text
    assert "credentials" not in repr(connector._settings)


# -- sockets


class Answerer:
    """A server that takes connections and answers each request with the same octets, or with none."""

    def __init__(self, answer: bytes | None, context: ssl.SSLContext | None = None) -> None:
        """Listen, with TLS where there is a context for it."""
        self._answer = answer
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._held: list[socket.socket] = []
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                plain, _ = self._socket.accept()
                self._held.append(plain)
                with suppress(OSError):
                    self._talk(plain)

    def _talk(self, plain: socket.socket) -> None:
        line = plain if self._context is None else self._context.wrap_socket(plain, server_side=True)
        self._held.append(line)
        if line.recv(65_536) and self._answer is not None:
            line.sendall(self._answer)
            line.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)
        for one in self._held:
            one.close()


def settings_for(endpoint: str) -> GmailSettings:
    return replace(SETTINGS, endpoint=endpoint, timeout=10)


def failure(endpoint: str, timeout: float = 10) -> ConnectorError:
    connector = GmailConnector(replace(settings_for(endpoint), timeout=timeout))
    with pytest.raises(ConnectorError) as caught:
        connector.open()
    return caught.value


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "did not answer within 0.3 seconds"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://login.hotel.example/\r\nContent-Length: 0\r\n\r\n", "login.hotel.example"),
        (b"HTTP/1.1 308 Gone\r\nLocation: https://127.0.0.1/other\r\nContent-Length: 0\r\n\r\n", "127.0.0.1"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "another place"),
        (b"SSH-2.0-OpenSSH\r\n", "broke"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{}", "broke"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n[[[[[[[[[", "cut off"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]", "broken"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "cut off"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", "whose mailbox"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope", "broke"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Ty", "cut off"),
        (b"", "broke"),
    ],
    ids=["silence", "a portal", "a redirect", "a redirect to nowhere", "another service", "too short", "cut off", "no object",
         "empty", "nothing in it", "no gzip", "half a header", "hung up"],
)  # fmt: skip
def test_whatever_answers_is_told_within_the_time_that_is_set(answer: bytes | None, words: str) -> None:
    server = Answerer(answer)
    try:
        error = failure(f"http://127.0.0.1:{server.port}", 0.3 if answer is None else 10)
    finally:
        server.close()

    assert isinstance(error, Unavailable)
    assert words in str(error)


def test_a_name_that_does_not_exist_and_a_port_that_is_closed_are_told() -> None:
    assert "cannot be looked up" in str(failure("https://mail.nowhere.test"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for scheme in ("http", "https"):
        error = failure(f"{scheme}://127.0.0.1:{port}")
        assert isinstance(error, Unavailable)
        assert "refused" in str(error)


LONG_AGO, LONG_HENCE = datetime(2001, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("valid", "trusted", "words"),
    [
        ((LONG_AGO, LONG_HENCE), False, "virus scanner"),
        ((LONG_AGO, LONG_AGO + timedelta(days=1)), True, "date and time"),
        ((LONG_HENCE - timedelta(days=1), LONG_HENCE), True, "date and time"),
    ],
    ids=["unknown", "expired", "not yet valid"],
)
def test_a_certificate_that_is_not_to_be_trusted_says_why_and_names_the_clock_where_it_is_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, valid: tuple[datetime, datetime], trusted: bool, words: str
) -> None:
    path = certificate(tmp_path, *valid, host="localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
    server = Answerer(b"", context)
    try:
        error = failure(f"https://localhost:{server.port}")
    finally:
        server.close()

    assert type(error) is Misconfigured
    assert words in str(error)


def test_a_certificate_for_another_name_is_told_as_the_page_of_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = certificate(tmp_path, LONG_AGO, LONG_HENCE, "login.hotel.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    server = Answerer(b"", context)
    try:
        error = failure(f"https://localhost:{server.port}")
    finally:
        server.close()

    assert type(error) is Unavailable
    assert "accept its terms" in str(error)


def test_the_authorities_of_the_system_are_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = certificate(tmp_path, LONG_AGO, LONG_HENCE, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    body = b'{"emailAddress": "sam@example.com", "historyId": "7"}'
    server = Answerer(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body), context
    )
    try:
        connector = GmailConnector(settings_for(f"https://localhost:{server.port}"))
        assert connector.open().marks
        connector.close()
    finally:
        server.close()


def test_closing_lets_go_of_every_socket(harness: FakeGmailHarness) -> None:
    connector = harness.connector()
    connector.open()
    pull(connector)
    assert connector._service is not None
    lines = list(connector._service._http.connections.values())
    connector.close()

    assert lines
    assert all(line.sock is None for line in lines)


def test_no_socket_is_kept_over_a_long_wait_and_the_next_pass_has_a_new_one(harness: FakeGmailHarness) -> None:
    connector = harness.connector()
    connector.open()
    cursor = pull(connector).cursor
    wake = SocketWake()
    assert connector._service is not None
    timer = threading.Timer(0.05, wake.set)
    timer.start()
    assert connector.wait(0.01, wake) is WaitResult.TIMEOUT
    assert len(connector._service._http.connections) == 1, "not worth it for a moment"
    assert connector.wait(60, wake) is WaitResult.WOKEN
    timer.join()
    wake.close()

    assert connector._service._http.connections == {}
    harness.deliver(letter("one"))
    assert pull(connector, cursor).ids == {"one"}
    connector.close()


def test_nothing_of_google_is_loaded_before_a_mailbox_is_opened() -> None:
    script = (
        "import sys; from connectors.gmail import GmailConnector, GmailSettings; import connectors.gmail.refusal;"
        "GmailConnector(GmailSettings('sam@example.com', lambda: None)).close();"
        "print([name for name in sys.modules if name.split('.')[0] in ('google', 'googleapiclient', 'httplib2', 'tenacity')])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"\[\]\s*", done.stdout)
