"""Each way in which Outlook says no, or somebody else answers: one error of the right kind, with what to do next."""

from __future__ import annotations

import json
import logging
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Changes, WaitResult
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
from connectors.outlook import OutlookConnector, OutlookSettings
from connectors.outlook import delta as delta_module
from connectors.outlook import looking as looking_module
from connectors.outlook.batches import Answer, Part, carry_out, read_answers
from connectors.outlook.refusal import SyncLostError, broken_line, refusal
from connectors.outlook.service import Service
from tests.connectors.asking import nothing, pull
from tests.connectors.auth.tunnel import tunnel
from tests.connectors.letters import NOW, draft, draft_bytes, letter
from tests.connectors.outlook_harness import OutlookHarness
from tests.servers.certificates import certificate
from tests.servers.graph import FakeGraph
from watcher.wake import SocketWake

ADDRESS = "sam@example.com"
SETTINGS = OutlookSettings(address=ADDRESS, token=lambda force: "t", renew="sign in again with `hearback login`")  # noqa: ARG005 - the shape
SHARED = replace(SETTINGS, mailbox="jobs@example.com")
BEARER = {"www-authenticate": 'Bearer realm="", error="invalid_token"'}
CLAIMS = {"www-authenticate": 'Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="'}


@pytest.fixture
def harness() -> Iterator[OutlookHarness]:
    world = OutlookHarness()
    yield world
    world.close()


@pytest.fixture
def connector(harness: OutlookHarness) -> Iterator[OutlookConnector]:
    made = harness.connector()
    made.open()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _nothing_failed_before() -> None:
    delta_module._FAILED.clear()
    looking_module._FAILED.clear()


def body(code: str, message: str = "No.", *inner: str) -> bytes:
    error: dict[str, Any] = {"code": code, "message": message}
    place = error
    for one in inner:
        place["innerError"] = {"code": one}
        place = place["innerError"]
    return json.dumps({"error": error}).encode()


# -- refusals, as a table


@pytest.mark.parametrize(
    ("status", "content", "kind", "words"),
    [
        (
            401,
            body("InvalidAuthenticationToken", "Lifetime validation failed."),
            AuthNeeded,
            "sign in again with `hearback login`",
        ),
        (401, body("unauthenticated"), AuthNeeded, "does not accept the sign-in"),
        (403, body("ErrorAccessDenied", "Access is denied."), AuthNeeded, "Mail.ReadWrite"),
        (403, body("Authorization_RequestDenied", "Insufficient privileges"), AuthNeeded, "administrator"),
        (403, body("accessDenied"), AuthNeeded, "User.Read"),
        (404, body("ErrorItemNotFound"), NotFound, "does not have it any more"),
        (404, body("itemNotFound"), NotFound, "reading mail"),
        (404, body("MailboxNotEnabledForRESTAPI", "REST API is not yet supported"), Misconfigured, "IMAP"),
        (404, body("ErrorNonExistentMailbox"), Misconfigured, "no mailbox"),
        (403, body("extensionError"), Misconfigured, "licence"),
        (410, body("SyncStateNotFound", "generation=149"), SyncLostError, "any more"),
        (410, body("somethingElse"), SyncLostError, "any more"),
        (400, body("invalidRequest", "No.", "resyncRequired"), SyncLostError, "any more"),
        (400, body("SyncStateInvalid"), SyncLostError, "any more"),
        (404, body("ErrorSyncFolderNotFound"), SyncLostError, "any more"),
        (409, body("ErrorIrresolvableConflict"), Conflict, "changed"),
        (412, body("ErrorIrresolvableConflict"), Conflict, "changed"),
        (400, body("resourceModified"), Conflict, "changed"),
        (400, body("ErrorInvalidIdMalformed", "Id is malformed."), Refused, "Id is malformed"),
        (400, body("RequestBroker--ParseUri"), Refused, "refuses"),
        (413, b"", Refused, "refuses"),
        (405, body("Request_BadRequest"), Refused, "refuses"),
        (507, body("quotaLimitReached"), NoRoom, "Make room"),
        (400, body("ErrorQuotaExceeded"), NoRoom, "empty Deleted Items"),
        (429, body("ApplicationThrottled", "MailboxConcurrency"), Throttled, "patience"),
        (429, b"", Throttled, "patience"),
        (403, body("activityLimitReached"), Throttled, "patience"),
        (400, body("generalException", "No.", "serviceNotAvailable", "throttledRequest"), Throttled, "patience"),
        (509, body("x"), Throttled, "patience"),
        (500, body("ErrorInternalServerError"), Unavailable, "cannot do it now"),
        (502, b"<html>Bad Gateway</html>", Unavailable, "cannot do it now"),
        (503, body("serviceNotAvailable"), Unavailable, "cannot do it now"),
        (504, b"", Unavailable, "cannot do it now"),
        (408, body("x"), Unavailable, "cannot do it now"),
        (400, body("ErrorMailboxMoveInProgress"), Unavailable, "cannot do it now"),
        (302, b"", Unavailable, "accept its terms"),
        (403, b"<html>Blocked by policy</html>", Unavailable, "without saying why"),
        (404, b"{}", Unavailable, "without saying why"),
        (407, b"<html>proxy</html>", Misconfigured, "HTTPS_PROXY"),
    ],
)
def test_what_the_service_says_is_told_as_what_it_means(
    status: int, content: bytes, kind: type[ConnectorError], words: str
) -> None:
    error = refusal(status, {}, content, "reading mail", SETTINGS)

    assert type(error) is kind
    assert words in str(error)


@pytest.mark.parametrize(
    ("status", "headers", "content", "settings", "kind", "words"),
    [
        (401, BEARER, b"<html>", SETTINGS, AuthNeeded, "hearback login"),
        (401, {}, b"", SETTINGS, AuthNeeded, "hearback login"),
        (401, {"www-authenticate": 'Bearer error_description="It is worn."'}, b"", SETTINGS, AuthNeeded, "It is worn"),
        (401, {"www-authenticate": "Negotiate"}, b"", SETTINGS, Unavailable, "without saying why"),
        (401, {"content-type": "text/html"}, b"<html>Sign in to the network", SETTINGS, Unavailable, "without saying why"),
        (403, CLAIMS, body("AccessDenied", "Conditional access"), SETTINGS, AuthNeeded, "Conditional access"),
        (403, {}, body("ErrorAccessDenied"), SHARED, Misconfigured, "full access"),
        (404, {}, body("ErrorInvalidUser", "The requested user is invalid."), SHARED, Misconfigured, "jobs@example.com"),
        (404, {}, body("Request_ResourceNotFound"), SHARED, Misconfigured, "`mailbox` is right"),
        (404, {}, body("Request_ResourceNotFound"), SETTINGS, NotFound, "any more"),
        (302, {"location": "http://portal.example/terms"}, b"", SETTINGS, Unavailable, "portal.example"),
        (302, {"location": "http://[::1"}, b"", SETTINGS, Unavailable, "another place"),
    ],
)
def test_what_else_an_answer_carries_counts(
    status: int, headers: Mapping[str, str], content: bytes, settings: OutlookSettings, kind: type[ConnectorError], *, words: str
) -> None:
    error = refusal(status, headers, content, "reading mail", settings)

    assert type(error) is kind
    assert words in str(error)


@pytest.mark.parametrize(
    ("headers", "seconds", "named"),
    [
        ({}, 30, False),
        ({"retry-after": "17"}, 17, True),
        ({"retry-after": "0"}, 1, True),
        ({"retry-after": "2.5"}, 2, True),
        ({"retry-after": "-3"}, 30, False),
        ({"retry-after": "soon"}, 30, False),
        ({"retry-after": "999999999"}, 86_400, True),
        ({"retry-after": "9" * 40}, 30, False),
        ({"retry-after": "Tue, 04 Mar 2025 09:02:00 GMT", "date": "Tue, 04 Mar 2025 09:00:30 GMT"}, 90, True),
        ({"retry-after": "Tue, 04 Mar 2025 09:02:00 GMT"}, 30, False),
        ({"retry-after": "Tue, 04 Mar 2025 08:00:00 GMT", "date": "Tue, 04 Mar 2025 09:00:30 GMT"}, 1, True),
    ],
)
def test_the_service_says_how_long_to_wait(headers: dict[str, str], seconds: float, *, named: bool) -> None:
    error = refusal(429, headers, body("TooManyRequests"), "reading mail", SETTINGS)

    assert isinstance(error, Throttled)
    assert (error.retry_after, error.named) == (seconds, named)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b'{"error":' * 5000,
        b'{"error": null}',
        b'{"error": [1]}',
        b'{"error": {"code": 7, "innerError": 3}}',
        None,
        7,
        [],
    ],
)
def test_no_answer_is_too_odd_to_be_told(content: object) -> None:
    for status in (200, 301, 400, 401, 403, 404, 410, 429, 500, 599, 999):
        assert str(refusal(status, {}, content, "reading mail", SETTINGS))


def test_a_mistake_of_the_program_is_not_told_as_trouble_on_the_line() -> None:
    assert broken_line(KeyError("x"), SETTINGS) is None
    assert broken_line(ZeroDivisionError(), SETTINGS) is None


# -- signing in


def test_an_access_token_that_ran_out_is_renewed_once(harness: OutlookHarness, connector: OutlookConnector) -> None:
    harness.deliver(letter("one"), received_at=NOW)
    harness.server.expire_tokens(ADDRESS)
    before = connector.spent.calls

    assert pull(connector, wants=nothing).ids == {"one"}
    assert connector.spent.calls - before == 2


def test_a_token_that_is_refused_again_needs_the_user_and_says_why(harness: OutlookHarness) -> None:
    why = "The access grant has been revoked."
    harness.server.fail("user.get", 401, times=None, code="InvalidAuthenticationToken", message=why)
    harness.server.fail("batch", 401, times=None, code="InvalidAuthenticationToken", message=why)
    asked: list[bool] = []

    def token(force: bool) -> str:
        asked.append(force)
        return "a token that nobody knows"

    connector = OutlookConnector(replace(harness.settings(), token=token))
    with pytest.raises(AuthNeeded, match=rf"does not accept .*{why[:-1]}"):
        connector.open()
    assert asked == [False, True]
    assert connector.spent.calls == 1  # the same once more would be refused as well


def test_a_part_of_a_batch_that_is_refused_for_its_token_is_asked_again(
    harness: OutlookHarness, connector: OutlookConnector
) -> None:
    harness.deliver(letter("one"), received_at=NOW)
    harness.server.fail("messages.delta", 401, times=3)

    assert pull(connector, wants=nothing).ids == {"one"}


def test_another_account_than_the_one_that_is_meant_is_refused(harness: OutlookHarness) -> None:
    settings = replace(harness.settings(), address="lee@example.com")
    with pytest.raises(AuthNeeded, match=r"sign-in is of sam@example\.com, but this account is lee@example\.com"):
        OutlookConnector(settings).open()


def test_the_case_of_an_address_does_not_matter(harness: OutlookHarness) -> None:
    connector = OutlookConnector(replace(harness.settings(), address="Sam@Example.COM"))
    connector.open()
    connector.close()


def test_a_sign_in_without_the_rights_says_which_it_needs(harness: OutlookHarness) -> None:
    harness.scopes = frozenset({"User.Read"})
    with pytest.raises(AuthNeeded, match=r"Mail\.ReadWrite"):
        harness.connector().open()


def test_an_account_without_a_mailbox_says_so(harness: OutlookHarness) -> None:
    harness.server.fail("mailFolders.get", 404, times=None, code="MailboxNotEnabledForRESTAPI")
    with pytest.raises(Misconfigured, match="licence"):
        harness.connector().open()
    harness.server.heal()
    harness.server.fail("mailFolders.get", 404)
    with pytest.raises(Misconfigured, match="no folder that Outlook calls inbox"):
        harness.connector().open()


def test_a_token_that_can_be_no_header_needs_the_user(harness: OutlookHarness) -> None:
    connector = OutlookConnector(replace(harness.settings(), token=lambda force: f"two\r\nlines {force}"))
    with pytest.raises(AuthNeeded, match="can be shown"):
        connector.open()


# -- how far it was read


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (410, "SyncStateNotFound"),
        (410, "resyncRequired"),
        (410, ""),
        (400, "SyncStateInvalid"),
        (400, "resyncRequired"),
        (400, "ErrorInvalidUrlQuery"),
        (400, "BadRequest"),
        (404, "ErrorItemNotFound"),
    ],
)
def test_one_folder_that_was_forgotten_is_listed_anew_with_a_reset_and_the_others_are_not(
    harness: OutlookHarness, connector: OutlookConnector, status: int, code: str
) -> None:
    harness.deliver(letter("inbox"), received_at=NOW)
    box = harness.mailbox
    box.deliver(letter("archived"), "archive", NOW)
    box.deliver(letter("old"), "inbox", NOW - timedelta(days=90))
    since = NOW - timedelta(days=30)
    cursor = pull(connector, since=since, wants=nothing).cursor
    harness.deliver(letter("new"), received_at=NOW)
    harness.server.fail("messages.delta", status, code=code)
    pulled = pull(connector, cursor, since=since, wants=nothing)

    assert pulled.ids == {"inbox", "new"}
    assert [page.reset for page in pulled.pages] == [True] + [False] * (len(pulled.pages) - 1)
    assert pull(connector, pulled.cursor, since=since).envelopes == []


@pytest.mark.parametrize("skip", range(1, 12))
def test_a_listing_that_is_forgotten_on_any_page_starts_again_and_loses_nothing(harness: OutlookHarness, skip: int) -> None:
    names = {f"mail{number}" for number in range(40)}
    for name in names:
        harness.deliver(letter(name), received_at=NOW)
    connector = harness.connector()
    connector.open()
    harness.server.fail("messages.delta", 410, skip=skip)
    pulled = pull(connector, wants=nothing)
    more = {f"more{number}" for number in range(40)}
    for name in more:
        harness.deliver(letter(name), received_at=NOW)
    harness.server.fail("messages.delta", 410, skip=skip)
    later = pull(connector, pulled.cursor, wants=nothing)
    connector.close()

    assert pulled.ids == names
    assert not any(page.reset for page in pulled.pages)  # it was the first listing
    assert later.ids >= more


def test_a_service_that_forgets_all_the_time_ends_the_pass(harness: OutlookHarness, connector: OutlookConnector) -> None:
    for number in range(30):
        harness.deliver(letter(f"mail{number}"), received_at=NOW)
    fault = harness.server.fail("messages.delta", 410, times=None, skip=6)
    with pytest.raises(Unavailable):
        pull(connector, wants=nothing)

    assert fault.struck < 40


# -- patience


def test_parts_of_a_batch_that_are_throttled_are_asked_again_and_the_others_are_not(harness: OutlookHarness) -> None:
    harness.deliver(letter("one"), received_at=NOW)
    pauses: list[float] = []
    patient = OutlookConnector(replace(harness.settings(), pause=pauses.append))
    patient.open()
    before = harness.server.calls["messages.delta"]
    harness.server.fail("messages.delta", 429, times=3, retry_after=3)
    pulled = pull(patient, wants=nothing)
    patient.close()

    assert pulled.ids == {"one"}
    assert harness.server.calls["messages.delta"] - before == 5 + 3
    assert [pause >= 3 for pause in pauses] == [True]


def test_a_service_that_lets_through_four_at_a_time_is_asked_until_all_is_there(harness: OutlookHarness) -> None:
    for number in range(15):
        harness.mailbox.deliver(letter(f"mail{number}"), harness.mailbox.add_folder(f"Firm {number}"), NOW)
    connector = harness.connector()
    connector.open()
    harness.server.fail("messages.delta", 429, times=16)
    pulled = pull(connector, wants=nothing)
    connector.close()

    assert len(pulled.ids) == 15


def test_a_long_wait_is_the_callers(harness: OutlookHarness, connector: OutlookConnector) -> None:
    harness.deliver(letter("one"), received_at=NOW)
    harness.server.fail("messages.delta", 429, retry_after=120)
    with pytest.raises(Throttled) as caught:
        pull(connector)
    assert caught.value.retry_after == 120
    harness.server.fail("batch", 503, retry_after=40)
    with pytest.raises(Throttled) as caught:
        pull(connector)
    assert caught.value.retry_after == 40
    assert pull(connector).ids == {"one"}


def test_what_the_other_folders_hold_comes_before_one_that_fails(harness: OutlookHarness, connector: OutlookConnector) -> None:
    harness.deliver(letter("one"), received_at=NOW)
    harness.mailbox.deliver(letter("two"), "archive", NOW)
    _break(harness, connector, harness.mailbox.folder_id("archive"))
    pages: list[Changes] = []
    with pytest.raises(Unavailable):
        pages.extend(connector.changes(None, NOW - timedelta(days=1), nothing))
    harness.server.heal()
    seen = [one.message_id for page in pages for one in page.envelopes]

    assert seen == ["one@orchard.example"]
    assert pull(connector, pages[-1].cursor).ids == {"two"}


def test_a_folder_of_the_users_that_always_fails_does_not_keep_the_others_waiting_for_ever(harness: OutlookHarness) -> None:
    bad = harness.mailbox.add_folder("Broken")
    harness.mailbox.deliver(letter("lost"), bad, NOW)
    connector = harness.connector()
    connector.open()
    cursor = None
    outcomes = []
    for number in range(5):
        harness.server.heal()
        harness.deliver(letter(f"mail{number}"), received_at=NOW)
        _break(harness, connector, bad)
        try:
            cursor = pull(connector, cursor, wants=nothing).cursor
            outcomes.append("done")
        except Unavailable:
            outcomes.append("failed")
    connector.close()

    assert outcomes[-1] == "done"
    assert outcomes[0] == "failed"


def _break(harness: OutlookHarness, connector: OutlookConnector, folder: str) -> None:
    """Let one folder fail whenever it is asked about, for as long as a pass takes."""
    assert connector._folders is not None
    followed = list(connector._folders.followed())
    place = followed.index(folder)
    harness.server.fail("messages.delta", 500, skip=place, times=1)
    harness.server.fail("messages.delta", 500, skip=len(followed) - 1, times=20)


def test_a_message_that_cannot_be_had_is_left_out_after_some_passes_and_the_others_come(harness: OutlookHarness) -> None:
    for name in ("one", "two", "three"):
        harness.mailbox.deliver(letter(name), "sentitems", NOW)
    connector = harness.connector()
    connector.open()
    harness.server.fail("messages.get", 500, times=None)
    failures = 0
    for _ in range(6):
        try:
            pulled = pull(connector, wants=nothing)
            break
        except Unavailable:
            failures += 1
    connector.close()

    assert failures == 2
    assert pulled.ids == {"one", "two", "three"}  # without what only their header would tell


# -- somebody else answers, or nobody does


def test_the_sign_in_page_of_a_network_is_told_as_what_it_is(harness: OutlookHarness, connector: OutlookConnector) -> None:
    cursor = pull(connector).cursor
    harness.deliver(letter("one"))
    harness.server.portal("batch", times=2)
    with pytest.raises(Unavailable, match="accept its terms"):
        harness.connector().open()
    with pytest.raises(Unavailable, match="accept its terms"):
        pull(connector, cursor)
    harness.server.portal("batch", redirect="http://portal.example/")
    with pytest.raises(Unavailable, match=r"portal\.example"):
        pull(connector, cursor)
    assert pull(connector, cursor).ids == {"one"}
    ref = pull(connector).envelope("one").ref
    harness.server.portal("messages.value")
    with pytest.raises(Unavailable, match="accept its terms"):
        connector.fetch(ref)


@pytest.mark.parametrize("after", [0, 1, 20, 150, 400])
def test_an_answer_that_breaks_off_is_asked_for_again_by_the_caller(
    harness: OutlookHarness, connector: OutlookConnector, after: int
) -> None:
    harness.deliver(letter("one"), received_at=NOW)
    harness.server.break_off("batch", after=after)
    with pytest.raises(Unavailable):
        pull(connector)
    assert pull(connector).ids == {"one"}


def test_a_service_that_says_nothing_is_given_up_in_time(harness: OutlookHarness, connector: OutlookConnector) -> None:
    hasty = OutlookConnector(replace(harness.settings(), timeout=0.9))
    hasty.open()
    fault = harness.server.hold("batch")
    with pytest.raises(Unavailable, match=r"within 0\.9 seconds"):
        pull(hasty)
    fault.released.set()
    hasty.close()
    assert pull(connector).envelopes == []


def test_a_service_that_is_not_there_is_unavailable() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as held:
        port = held.getsockname()[1]
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1"):
        OutlookConnector(replace(SETTINGS, endpoint=f"http://127.0.0.1:{port}")).open()
    with pytest.raises(Unavailable, match="cannot be looked up"):
        OutlookConnector(replace(SETTINGS, endpoint="https://no-such-host.invalid")).open()


@pytest.mark.parametrize(
    ("begin", "end", "trusted", "words"),
    [(-1, 1, False, "not to be trusted"), (-20, -10, True, "clock"), (10, 20, True, "clock")],
)
def test_a_certificate_that_will_not_do_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begin: int, end: int, words: str, *, trusted: bool
) -> None:
    now = datetime.now(UTC)
    path = certificate(tmp_path, now + timedelta(days=begin), now + timedelta(days=end))
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with FakeGraph(certificate=path) as graph, pytest.raises(Misconfigured, match=words):
        OutlookConnector(replace(SETTINGS, endpoint=graph.url)).open()


def test_a_certificate_for_another_name_is_the_page_of_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = ssl.SSLCertVerificationError("x")
    error.verify_code, error.verify_message = 62, "Hostname mismatch"
    outer = OSError("wrapped")
    outer.__cause__ = error
    del tmp_path, monkeypatch

    assert "accept its terms" in str(broken_line(outer, SETTINGS))


def test_a_proxy_is_asked_for_a_tunnel_and_told_where_it_lets_nothing_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    now = datetime.now(UTC)
    path = certificate(tmp_path, now - timedelta(days=1), now + timedelta(days=1))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with FakeGraph(certificate=path) as graph, tunnel() as (proxy, asked):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        connector = OutlookConnector(replace(SETTINGS, token=lambda force: graph.token(ADDRESS), endpoint=graph.url))  # noqa: ARG005 - the shape
        connector.open()
        connector.close()
        assert asked == [graph.url.removeprefix("https://")]
        monkeypatch.setenv("HTTPS_PROXY", "http://sam:hunter2@127.0.0.1:1")
        with pytest.raises(Unavailable) as refused:
            connector.open()
        monkeypatch.setenv("HTTPS_PROXY", "gopher://sam:hunter2@127.0.0.1:1")
        with pytest.raises(Misconfigured, match="HTTPS_PROXY") as caught:
            connector.open()

    assert "hunter2" not in str(refused.value) + str(caught.value)


def test_a_service_on_this_machine_is_asked_without_a_proxy(harness: OutlookHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    connector = harness.connector()
    connector.open()
    connector.close()


def test_authorities_that_cannot_be_read_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certifi.where", lambda: "/nowhere/cacert.pem")
    with pytest.raises(Misconfigured, match="SSL_CERT_FILE"):
        OutlookConnector(SETTINGS).open()


def test_an_answer_without_end_is_not_read_to_its_end(harness: OutlookHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    connector = harness.connector()
    connector.open()
    monkeypatch.setattr("connectors.outlook.service._MOST", 10_000)
    harness.server.replies("batch", b" " * 2_000_000)
    with pytest.raises(Unavailable, match="more than"):
        pull(connector)
    connector.close()


def test_a_long_wait_keeps_no_connection(harness: OutlookHarness, connector: OutlookConnector) -> None:
    wake = SocketWake()
    wake.set()
    assert connector.wait(600, wake) is WaitResult.WOKEN
    service = connector._service
    assert service is not None
    service.close()
    assert service._http is None
    assert pull(connector).envelopes == []
    wake.close()
    del harness


def test_nothing_of_mail_or_sign_in_is_logged(harness: OutlookHarness, caplog: pytest.LogCaptureFixture) -> None:
    harness.deliver(letter("secret-letter", text="a very private word"), received_at=NOW)
    with caplog.at_level(logging.DEBUG):
        connector = harness.connector()
        connector.open()
        cursor = pull(connector).cursor
        connector.put_draft(draft(), draft_bytes(draft()))
        harness.server.fail("messages.delta", 403)
        with suppress(ConnectorError):
            pull(connector, cursor)
        connector.close()

    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("connectors"))
    for word in ("private", "secret-letter", "Bearer", harness.token(False)):
        assert word not in ours
    assert harness.token(False) not in caplog.text
    assert "token" not in repr(connector._settings)


# -- batches


def test_a_post_of_which_nobody_knows_whether_it_was_carried_out_is_not_made_again() -> None:
    rounds: list[list[str]] = []

    def once(parts: Any) -> dict[int, Answer]:
        rounds.append([part.method for part in parts])
        return {place: Answer(504) for place, _ in enumerate(parts)}

    answers = carry_out([Part("POST", "a"), Part("GET", "b"), Part("PATCH", "c")], once, lambda seconds: None)  # noqa: ARG005

    assert [answer.status for answer in answers] == [504, 504, 504]
    assert rounds[0] == ["POST", "GET", "PATCH"]
    assert rounds[1:] == [["GET", "PATCH"]] * (len(rounds) - 1)
    assert len(rounds) == 6


def test_what_waits_for_a_request_that_is_made_again_is_made_again_with_it() -> None:
    rounds: list[list[tuple[str, tuple[int, ...]]]] = []

    def once(parts: Any) -> dict[int, Answer]:
        rounds.append([(part.path, part.after) for part in parts])
        if len(rounds) == 1:
            return {0: Answer(200), 1: Answer(429), 2: Answer(424)}
        return {place: Answer(201) for place, _ in enumerate(parts)}

    parts = [Part("GET", "a"), Part("POST", "b", {}), Part("PATCH", "c", {}, after=(1,))]
    answers = carry_out(parts, once, lambda seconds: None)  # noqa: ARG005 - the shape of a pause

    assert [answer.status for answer in answers] == [200, 201, 201]
    assert rounds[1] == [("b", ()), ("c", (0,))]


def test_answers_of_a_batch_are_known_by_their_ids_in_any_order_and_what_is_left_out_is_missing() -> None:
    told = [
        {"id": "3", "status": 200, "body": "text"},
        {"id": "1", "status": 404, "headers": {"Retry-After": "3"}},
        {"id": "9"},
        7,
    ]
    found = read_answers({"responses": told}, 3)

    assert {place: answer.status for place, answer in found.items()} == {2: 200, 0: 404}
    assert found[0].headers == {"retry-after": "3"}
    assert read_answers({"responses": {"id": "1"}}, 3) == {}


def test_a_stop_during_a_pause_ends_the_batch(harness: OutlookHarness) -> None:
    class StopError(Exception):
        """The program is to end."""

    def pause(seconds: float) -> None:
        assert 0 < seconds <= 8
        raise StopError

    connector = OutlookConnector(replace(harness.settings(), pause=pause))
    connector.open()
    harness.server.fail("messages.delta", 503)
    with pytest.raises(StopError):
        pull(connector)
    connector.close()


# -- addresses


@pytest.mark.parametrize(
    ("link", "own"),
    [
        ("messages/x", True),
        ("https://graph.microsoft.com/v1.0/me/mailFolders('A')/messages/delta?$deltatoken=a", True),
        ("https://GRAPH.microsoft.com:443/v1.0/users('b')/mailFolders/x", True),
        ("https://graph.microsoft.com/v1.0/me", True),
        ("http://graph.microsoft.com/v1.0/me", False),
        ("https://graph.microsoft.com:8443/v1.0/me", False),
        ("https://graph.microsoft.com.example.net/v1.0/me", False),
        ("https://graph.microsoft.com@example.net/v1.0/me", False),
        ("https://sam@graph.microsoft.com/v1.0/me", False),
        ("https://graph.microsoft.com/v1.0/groups/x", False),
        ("https://graph.microsoft.com/v1.0/me/../../beta/me", False),
        ("https://graph.microsoft.com/beta/me", False),
        ("//graph.example.net/v1.0/me", False),
        ("https://[::1", False),
        ("https://graph.microsoft.com:port/v1.0/me", False),
    ],
)
def test_only_the_services_own_addresses_are_shown_the_sign_in(link: str, *, own: bool) -> None:
    service = Service(SETTINGS, lambda: pytest.fail("nobody is asked"), "t")

    assert service.is_own(link) is own
    if not own:
        with pytest.raises(Unavailable, match="another place"):
            service.page(link)
