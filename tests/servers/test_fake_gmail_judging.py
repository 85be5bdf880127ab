"""The fake lets nothing pass that the description does not have, a grant does not cover, or the product must not do."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.auth.exceptions import RefreshError

from tests.connectors.letters import draft, draft_bytes, letter
from tests.servers.gmail import FakeGmail
from tests.servers.gmail.checking import FORBIDDEN
from tests.servers.gmail.discovery import Discovery
from tests.servers.gmail.methods import METHODS
from tests.servers.gmail.units import UNITS
from tests.servers.gmail_client import Client, base64url, refresh, refused

SAM = "sam@example.com"
SCOPE = "https://www.googleapis.com/auth/gmail."
NOW = datetime(2025, 3, 4, 9, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        """Begin at NOW."""
        self.now = NOW

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fake(clock: Clock) -> Iterator[FakeGmail]:
    with FakeGmail(clock=clock) as server:
        yield server


@pytest.fixture
def client(fake: FakeGmail) -> Iterator[Client]:
    asked = Client(fake.url, fake.credentials(SAM))
    yield asked
    asked.close()


# --- the description


GOOD = {"raw": base64url(draft_bytes(draft()))}


@pytest.mark.parametrize(
    ("verb", "target", "body", "word"),
    [
        ("GET", "messages?maxResult=5", None, "maxResult"),
        ("GET", "messages?maxResults=501", None, "maxResults"),
        ("GET", "messages?maxResults=0", None, "maxResults"),
        ("GET", "messages?maxResults=many", None, "maxResults"),
        ("GET", "messages?includeSpamTrash=yes", None, "includeSpamTrash"),
        ("GET", "messages?q=a&q=b", None, "twice"),
        ("GET", "messages/18aa?format=fullish", None, "format"),
        ("GET", "messages/18aa?metadataHeader=Subject", None, "metadataHeader"),
        ("GET", "history?startHistoryId=abc", None, "startHistoryId"),
        ("GET", "history?startHistoryId=1&historyTypes=messagesAdded", None, "historyTypes"),
        ("GET", "message", None, "no such method"),
        ("GET", "messages/", None, "no such method"),
        ("PUT", "messages/18aa/modify", None, "no such method"),
        ("GET", "messages/18aa/attachments", None, "no such method"),
        ("POST", "drafts", {"message": {"thread_id": "18aa", **GOOD}}, "body.message.thread_id"),
        ("POST", "drafts", {"message": {"raw": "a+b/"}}, "base64url"),
        ("POST", "drafts", {"message": {"raw": "abcde"}}, "base64url"),
        ("POST", "drafts", {"message": {"labelIds": "DRAFT", **GOOD}}, "body.message.labelIds"),
        ("POST", "drafts", {"message": {"labelIds": [1], **GOOD}}, "body.message.labelIds[0]"),
        ("POST", "drafts", {"message": [GOOD]}, "body.message"),
        ("POST", "drafts", {"message": {"sizeEstimate": "1", **GOOD}}, "sizeEstimate"),
        ("POST", "drafts", {"message": {"sizeEstimate": True, **GOOD}}, "sizeEstimate"),
        ("POST", "drafts", {"message": {"internalDate": "soon", **GOOD}}, "internalDate"),
        ("POST", "drafts", {"raw": "abcd"}, "body.raw"),
        ("POST", "drafts", None, "missing"),
        ("POST", "labels", {"name": "Mine"}, "labelListVisibility is missing"),
        ("POST", "labels", {"name": "x", "labelListVisibility": "show", "messageListVisibility": "show"}, "labelListVisibility"),
        ("POST", "messages/batchModify", {"ids": ["18aa"], "addLabels": ["x"]}, "body.addLabels"),
        ("DELETE", "drafts/r1", {"id": "r1"}, "no body"),
    ],
)
def test_what_the_description_does_not_have_is_answered_400_and_kept(
    fake: FakeGmail, client: Client, *, verb: str, target: str, body: Mapping[str, Any] | None, word: str
) -> None:
    status, told = client.plain(verb, f"/gmail/v1/users/me/{target}", body)

    assert status in {400, 404}
    assert word in json.loads(told)["error"]["message"]
    assert any(word in one for one in fake.violations)


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/gmail/v1/users/me/drafts", {"Content-Type": "text/plain"}),
        ("/gmail/v1/users/me/drafts", {"Content-Type": "application/json"}),
        ("/upload/gmail/v1/users/me/drafts", {"Content-Type": "message/rfc822"}),
        ("/upload/gmail/v1/users/me/drafts?uploadType=media", {"Content-Type": "text/plain"}),
        ("/upload/gmail/v1/users/me/drafts?uploadType=multipart", {"Content-Type": "multipart/related; boundary=x"}),
        ("/resumable/upload/gmail/v1/users/me/drafts?uploadType=resumable", {}),
        ("/gmail/v2/users/me/drafts", {}),
        ("/calendar/v3/calendars", {}),
        ("/batch", {"Content-Type": "multipart/mixed; boundary=x"}),
    ],
)
def test_a_body_of_another_kind_or_another_place_is_kept_as_well(
    fake: FakeGmail, client: Client, target: str, headers: dict[str, str]
) -> None:
    status, _ = client.plain("POST", target, b"Subject: x\r\n\r\n", headers)

    assert status in {400, 404}
    assert fake.violations


@pytest.mark.parametrize("method", sorted(FORBIDDEN))
def test_what_sends_or_takes_away_mail_is_refused_and_kept(fake: FakeGmail, client: Client, method: str) -> None:
    key = fake.mailbox(SAM).deliver(letter("one"))
    before = [(one.id, one.labels) for one in fake.mailbox(SAM).messages()]
    name = method.removeprefix("gmail.users.")
    resource = getattr(client.users, name.partition(".")[0])()
    call = getattr(resource, {"import": "import_"}.get(name.partition(".")[2], name.partition(".")[2]))
    bodies: dict[str, dict[str, Any]] = {
        "drafts.send": {"body": {"id": "r1"}},
        "messages.send": {"body": GOOD},
        "messages.insert": {"body": GOOD},
        "messages.import": {"body": GOOD},
        "messages.batchDelete": {"body": {"ids": [key]}},
    }
    more = bodies.get(name, {"id": key})

    assert refused(call(userId="me", **more).execute)[0] == 403
    assert fake.violations == [f"{method}: the product must never call this"]
    assert fake.calls[method] == 1
    assert [(one.id, one.labels) for one in fake.mailbox(SAM).messages()] == before


def _modifying(key: str) -> list[tuple[str, dict[str, Any]]]:
    return [("modify", {}), ("batchModify", {"ids": [key]})]


@pytest.mark.parametrize("label", ["TRASH", "SPAM", "INBOX", "UNREAD", "STARRED"])
def test_moving_or_reading_mail_by_its_labels_is_kept(fake: FakeGmail, client: Client, label: str) -> None:
    key = fake.mailbox(SAM).deliver(letter("one"))
    for method, body in _modifying(key):
        place = {} if body else {"id": key}
        call = getattr(client.users.messages(), method)
        assert refused(call(userId="me", body={"removeLabelIds": [label], **body}, **place).execute)[0] == 400
    assert len(fake.violations) == 2
    assert fake.mailbox(SAM).message(key).labels == {"INBOX", "UNREAD"}


def test_a_method_the_fake_does_not_have_is_kept_too(fake: FakeGmail, client: Client) -> None:
    assert refused(client.users.settings().getVacation(userId="me").execute)[0] == 501
    assert fake.violations == ["gmail.users.settings.getVacation: not known to be used"]


def test_every_method_here_is_in_the_description_and_has_a_price() -> None:
    known = Discovery.shipped().methods.keys()

    assert METHODS.keys() <= known
    assert known >= FORBIDDEN
    assert UNITS.keys() <= known
    assert METHODS.keys() <= UNITS.keys()
    assert not METHODS.keys() & FORBIDDEN


def test_calls_requests_and_units_are_counted(fake: FakeGmail, client: Client) -> None:
    keys = [fake.mailbox(SAM).deliver(letter(f"m{number}")) for number in range(3)]
    client.users.getProfile(userId="me").execute()
    client.batch({key: client.users.messages().get(userId="me", id=key) for key in keys})

    assert fake.calls == {"token": 1, "batch": 1, "gmail.users.getProfile": 1, "gmail.users.messages.get": 3}
    assert (fake.requests, fake.units) == (3, 1 + 3 * 20)


def test_the_quota_of_a_minute_is_enforced_when_there_is_one(clock: Clock) -> None:
    with FakeGmail(clock=clock, quota=40) as server:
        key = server.mailbox(SAM).deliver(letter("one"))
        client = Client(server.url, server.credentials(SAM))
        get = client.users.messages().get(userId="me", id=key, format="minimal")
        get.execute()
        clock.now += timedelta(seconds=30)
        get.execute()
        assert refused(get.execute) == (403, "userRateLimitExceeded")
        clock.now += timedelta(seconds=30)
        get.execute()
        assert refused(get.execute) == (403, "userRateLimitExceeded")
        client.close()


def test_an_answer_of_the_fakes_own_that_is_not_as_described_shows(fake: FakeGmail, client: Client) -> None:
    fake.mailbox(SAM).labels["INBOX"].shown["labelListVisibility"] = "sometimes"
    client.users.labels().list(userId="me").execute()

    assert len(fake.violations) == 1
    assert "labelListVisibility" in fake.violations[0]


def test_a_mistake_of_the_fakes_own_shows(fake: FakeGmail, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake.mailbox(SAM), "labels", None)

    assert refused(client.users.labels().list(userId="me").execute)[0] == 500
    assert "AttributeError" in fake.violations[0]


def test_a_client_that_takes_compressed_answers_gets_them(fake: FakeGmail, client: Client) -> None:
    key = fake.mailbox(SAM).deliver(letter("one", text="word " * 1000))
    target = f"/gmail/v1/users/me/messages/{key}?format=raw"
    plain = client.plain("GET", target)[1]
    pressed = client.plain("GET", target, headers={"Accept-Encoding": "gzip", "User-Agent": "tests (gzip)"})[1]

    assert gzip.decompress(pressed) == plain
    assert len(pressed) < len(plain) // 5


# --- grants


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("readonly", {"list", "profile", "drafts"}),
        ("metadata", {"list", "profile"}),
        ("compose", {"profile", "drafts", "create"}),
        ("labels", {"labels"}),
        ("modify", {"list", "profile", "drafts", "create", "labels"}),
    ],
)
def test_a_method_needs_one_of_its_scopes(fake: FakeGmail, scope: str, allowed: set[str]) -> None:
    client = Client(fake.url, fake.credentials(SAM, [SCOPE + scope]))
    shown = {"labelListVisibility": "labelShow", "messageListVisibility": "show"}
    calls = {
        "list": client.users.messages().list(userId="me"),
        "profile": client.users.getProfile(userId="me"),
        "drafts": client.users.drafts().list(userId="me"),
        "create": client.users.drafts().create(userId="me", body={"message": GOOD}),
        "labels": client.users.labels().create(userId="me", body={"name": "Mine", **shown}),
    }
    for name, call in calls.items():
        if name in allowed:
            call.execute()
        else:
            assert refused(call.execute) == (403, "insufficientPermissions")
    client.close()
    assert fake.violations == []


def test_the_scope_for_headers_gives_neither_text_nor_search(fake: FakeGmail) -> None:
    key = fake.mailbox(SAM).deliver(letter("one"))
    client = Client(fake.url, fake.credentials(SAM, [SCOPE + "metadata"]))
    messages = client.users.messages()

    assert messages.get(userId="me", id=key, format="metadata").execute()["payload"]["headers"]
    assert refused(messages.get(userId="me", id=key).execute)[0] == 403
    assert refused(messages.get(userId="me", id=key, format="full").execute)[0] == 403
    assert refused(messages.get(userId="me", id=key, format="raw").execute)[0] == 403
    assert refused(messages.list(userId="me", q="in:inbox").execute)[0] == 403
    client.close()


def test_access_tokens_run_out_and_are_renewed(fake: FakeGmail, client: Client, clock: Clock) -> None:
    for number in range(3):
        client.users.getProfile(userId="me").execute()
        clock.now += timedelta(seconds=3600)
        assert fake.calls["token"] == number + 1
    first = client.credentials.token
    fake.expire_tokens(SAM)
    client.users.getProfile(userId="me").execute()
    assert client.credentials.token != first


def test_a_revoked_grant_is_invalid_and_no_other_is(fake: FakeGmail, client: Client) -> None:
    other = fake.credentials("lee@example.com")
    client.users.getProfile(userId="me").execute()
    fake.revoke(SAM)

    assert client.plain("GET", "/gmail/v1/users/me/profile")[0] == 401
    with pytest.raises(RefreshError, match="invalid_grant"):
        client.users.getProfile(userId="me").execute()
    refresh(other)


def test_a_token_that_was_never_given_and_a_client_that_is_none_are_refused(fake: FakeGmail, client: Client) -> None:
    assert client.plain("GET", "/gmail/v1/users/me/profile", headers={"Authorization": "Bearer invented"})[0] == 401
    assert client.plain("GET", "/gmail/v1/users/me/profile", headers={"Authorization": "Basic c2Ft"})[0] == 401
    granted = fake.credentials(SAM)
    granted._client_secret = "wrong"
    with pytest.raises(RefreshError, match="invalid_client"):
        refresh(granted)


def test_less_can_be_granted_than_was_asked_for(fake: FakeGmail) -> None:
    granted = fake.credentials(SAM, [SCOPE + "readonly"])
    granted._scopes = [SCOPE + "modify"]
    refresh(granted)

    assert granted.granted_scopes == [SCOPE + "readonly"]
