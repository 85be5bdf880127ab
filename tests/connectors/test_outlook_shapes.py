"""What Outlook may tell in more than one form, and what it may say of one thing without meaning the mailbox."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import certifi
import pytest

from connectors.errors import AuthNeeded, Misconfigured, NotFound, Refused, Unavailable
from connectors.outlook import OutlookConnector, looking, transport
from connectors.outlook.answers import instant
from connectors.outlook.batches import read_answers
from connectors.outlook.folders import Folders
from connectors.outlook.reading import envelope_of, is_event, is_reference
from connectors.outlook.refusal import SyncLostError, refusal
from connectors.outlook.transport import Reply, authorities
from rules.mail import Role
from tests.connectors.asking import nothing, pull
from tests.connectors.letters import NOW, invitation, letter
from tests.connectors.outlook_harness import OutlookHarness
from tests.servers.faults import Fault
from tests.servers.graph.answers import Answer, GraphError

JOBS = "jobs@example.com"
Json = dict[str, Any]


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
    looking._FAILED.clear()


@pytest.fixture
def reshaped(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Json], None]], None]:
    """Let every part of every batch be changed on its way."""

    def arm(change: Callable[[Json], None]) -> None:
        real = transport.ask

        def asked(*args: Any, **options: Any) -> Reply:
            reply = real(*args, **options)
            if not args[2].endswith("/$batch"):
                return reply
            told = json.loads(reply.content)
            for part in told["responses"]:
                change(part)
            return reply._replace(content=json.dumps(told).encode())

        monkeypatch.setattr(transport, "ask", asked)

    return arm


# -- what is closed to us


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("mailbox", ["", JOBS])
def test_a_message_that_is_closed_to_us_costs_its_text_and_not_the_mailbox(
    harness: OutlookHarness, count: int, mailbox: str
) -> None:
    box = harness.server.mailbox(mailbox) if mailbox else harness.mailbox
    harness.server.share(JOBS, harness.address)
    harness.scopes = frozenset({"User.Read", "Mail.ReadWrite", "Mail.ReadWrite.Shared"})
    for number in range(count):
        box.deliver(letter(f"m{number}"), at=NOW)
    connector = OutlookConnector(replace(harness.settings(), mailbox=mailbox))
    connector.open()
    harness.server.fail("messages.value", 403)
    pulled = pull(connector)
    connector.close()

    assert pulled.ids == {f"m{number}" for number in range(count)}
    assert sum(message.defects == ("its text could not be read from the server",) for message in pulled.messages) == 1


def test_a_message_that_is_closed_to_us_cannot_be_fetched(harness: OutlookHarness, connector: OutlookConnector) -> None:
    harness.deliver(letter("one"), received_at=NOW)
    ref = pull(connector, wants=nothing).envelope("one").ref
    harness.server.fail("messages.value", 403)

    with pytest.raises(NotFound):
        connector.fetch(ref)


@pytest.mark.parametrize("status", [403, 501])
def test_a_folder_that_nothing_needs_may_be_closed_to_us(harness: OutlookHarness, status: int) -> None:
    harness.deliver(letter("one"), received_at=NOW)
    harness.server.fail("mailFolders.get", status, skip=3)  # the archive, and all that hold no mail of the user's
    connector = harness.connector()
    roles = [role for role, _ in connector.open().folders]
    pulled = pull(connector)
    connector.close()

    assert Role.INBOX in roles
    assert pulled.ids == {"one"}


def test_an_inbox_that_is_closed_to_us_needs_the_user(harness: OutlookHarness) -> None:
    harness.server.fail("mailFolders.get", 403, times=None)
    with pytest.raises(AuthNeeded, match=r"Mail\.ReadWrite"):
        harness.connector().open()


@pytest.mark.parametrize("status", [403, 501])
def test_a_tree_that_is_closed_to_us_leaves_the_folders_of_the_service(harness: OutlookHarness, status: int) -> None:
    harness.deliver(letter("one"), received_at=NOW)
    harness.server.fail("mailFolders.delta", status, times=None)
    harness.server.fail("mailFolders.list", status, times=None)
    connector = harness.connector()
    connector.open()

    assert pull(connector).ids == {"one"}
    connector.close()


def test_what_closes_the_sign_in_is_no_matter_of_one_message(harness: OutlookHarness) -> None:
    challenge = {"www-authenticate": 'Bearer error="insufficient_claims", claims="e30="'}
    assert isinstance(refusal(403, challenge, b'{"error":{}}', "reading mail", harness.settings(), one=True), AuthNeeded)
    assert isinstance(refusal(403, {}, b'{"error":{"code":"x"}}', "reading mail", harness.settings(), one=True), Refused)
    shared = replace(harness.settings(), mailbox=JOBS)
    assert isinstance(refusal(403, {}, b'{"error":{"code":"x"}}', "reading mail", shared), Misconfigured)


# -- answers without words


def test_a_message_of_which_a_batch_only_says_404_is_gone(harness: OutlookHarness, connector: OutlookConnector) -> None:
    harness.deliver(letter("one"), received_at=NOW)
    pulled = pull(connector)
    ref = pulled.envelope("one").ref
    harness.mailbox.delete(ref)
    harness.server.arm(Fault("messages.get", times=None, answer=Answer(404, b"", {}, "")))

    assert [one for page in pull(connector, pulled.cursor).pages for one in page.removed] == [ref]


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        (410, {}, SyncLostError),
        (404, {}, Unavailable),
        (501, {}, Unavailable),
        (404, {"request-id": "7"}, NotFound),
        (501, {"request-id": "7"}, Refused),
    ],
)
def test_an_answer_without_words_is_the_services_where_it_is_signed(
    harness: OutlookHarness, status: int, headers: dict[str, str], kind: type[Exception]
) -> None:
    assert type(refusal(status, headers, b"", "reading mail", harness.settings())) is kind


# -- batches in other forms


def _numbers(part: Json) -> None:
    part["id"], part["status"] = int(part["id"]), str(part["status"])


def _plain(part: Json) -> None:
    part["body"] = json.dumps(part["body"]) if isinstance(part.get("body"), dict) else part.get("body")


def _packed(part: Json) -> None:
    if isinstance(part.get("body"), dict):
        part["body"] = base64.b64encode(json.dumps(part["body"]).encode()).decode()


def _bare(part: Json) -> None:
    part["headers"] = None


def _relative(part: Json) -> None:
    for name in ("@odata.nextLink", "@odata.deltaLink"):
        if isinstance(part.get("body"), dict) and name in part["body"]:
            part["body"][name] = part["body"][name].partition("/v1.0/")[2]


@pytest.mark.parametrize("change", [_numbers, _plain, _packed, _bare, _relative])
def test_a_batch_is_read_in_whatever_form_it_is_told(
    harness: OutlookHarness, reshaped: Callable[[Callable[[Json], None]], None], change: Callable[[Json], None]
) -> None:
    for name in ("one", "two", "three"):
        harness.deliver(letter(name), received_at=NOW)
    reshaped(change)
    connector = harness.connector()
    connector.open()
    pulled = pull(connector)
    harness.deliver(letter("four"), received_at=NOW)
    later = pull(connector, pulled.cursor)
    connector.close()

    assert pulled.ids == {"one", "two", "three"}
    assert {message.text.strip() != "" for message in pulled.messages} == {True}
    assert later.ids == {"four"}


@pytest.mark.parametrize("body", ["{", "{]", "ey", "eyJ", "ey===", "ew" * 9, "{" * 100_000, "eyé"])
def test_a_body_that_only_begins_like_an_object_stays_as_it_is(body: str) -> None:
    assert read_answers({"responses": [{"id": "1", "status": 200, "body": body}]}, 1)[0].body == body


# -- rows in other forms


@pytest.mark.parametrize(
    ("told", "hour"),
    [
        ("2025-03-04T09:00:00.1234567Z", 9),
        ("2025-03-04T09:00:00", 9),
        ("2025-03-04t09:00:00z", 9),
        ("2025-03-04 09:00:00Z", 9),
        ("2025-03-04T10:00:00+01:00", 9),
        ("2025-03-04T03:30:00.0000000-05:30", 9),
    ],
)
def test_a_moment_is_the_same_in_whatever_form(told: str, hour: int) -> None:
    assert instant({"at": told}, "at") == datetime(2025, 3, 4, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    "told", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2025-03-04T09:00:00+1:00", "٢٠٢٥-03-04T09:00:00Z"]
)
def test_what_is_no_moment_of_mail_is_none(told: str) -> None:
    assert instant({"at": told}, "at") is None


@pytest.mark.parametrize("missing", ["receivedDateTime", "isDraft"])
def test_a_message_of_which_not_all_is_told_comes_all_the_same(
    harness: OutlookHarness, reshaped: Callable[[Callable[[Json], None]], None], missing: str
) -> None:
    def strip(part: Json) -> None:
        body = part.get("body")
        for row in [body, *body.get("value", [])] if isinstance(body, dict) else []:
            row.pop(missing, None)

    harness.deliver(letter("one"), received_at=NOW)
    reshaped(strip)
    connector = harness.connector()
    connector.open()
    pulled = pull(connector)
    connector.close()

    assert pulled.ids == {"one"}


def test_half_a_character_upsets_nothing_that_is_stored_or_shown() -> None:
    told = {"receivedDateTime": "2025-03-04T09:00:00Z", "conversationId": "AAQ\ud83d" + "k" * 5000, "subject": "Talk \ud83d"}
    envelope = envelope_of(told, "AAk", Role.INBOX)
    folders = Folders({"inbox": "in"}, {})
    folders.take([{"id": "in", "displayName": "Job\ud83ds\u202e"}])

    assert envelope.thread_id.encode().startswith(b"AAQ")
    assert len(envelope.thread_id) <= 1000
    assert envelope.subject.encode()
    assert [name.encode().startswith(b"Job") for _, name in folders.named()] == [True]


@pytest.mark.parametrize("ref", ["AA:b", "msg.1", "msg~1", "+x", "{b}", "a,b", "a!b", "m" * 1024])
def test_an_id_may_be_of_any_letters_that_stand_for_themselves(ref: str) -> None:
    assert is_reference(ref)


@pytest.mark.parametrize("ref", [".", "..", ".a", "a..b", "a/../b", "a\\b", "a%2Fb", "a?b", "a#b", "m" * 1025])
def test_an_id_leads_nowhere_else(ref: str) -> None:
    assert not is_reference(ref)


@pytest.mark.parametrize(
    ("told", "event"),
    [
        ({"@odata.type": "#microsoft.graph.eventMessageRequest"}, True),
        ({"@odata.type": "microsoft.graph.eventMessage"}, True),
        ({"@odata.type": "https://graph.example/v1.0/$metadata#microsoft.graph.eventMessageResponse"}, True),
        ({"@odata.type": "#microsoft.graph.message"}, False),
        ({"meetingMessageType": "none"}, False),
        ({"singleValueExtendedProperties": [{"id": "String 0x1a", "value": "IPM.Schedule.Meeting.Request"}]}, True),
        ({"singleValueExtendedProperties": [{"id": "String 0x1a", "value": "IPM.Note"}]}, False),
    ],
)
def test_a_meeting_is_known_however_its_kind_is_told(told: Json, *, event: bool) -> None:
    assert is_event(told) is event


def test_a_meeting_whose_properties_can_never_be_had_keeps_nothing_else_waiting(
    harness: OutlookHarness, connector: OutlookConnector
) -> None:
    harness.deliver(invitation("bare"), received_at=NOW)
    listed = pull(connector, wants=nothing)
    outcomes: list[int] = []
    for _ in range(4):
        harness.server.replies("messages.value", letter("bare"), kind="text/plain")
        harness.server.arm(Fault("messages.get", times=None, answer=GraphError(500).answer))
        try:
            outcomes.append(len(connector.read(listed.envelopes)))
        except Unavailable:
            outcomes.append(-1)

    assert outcomes == [-1, -1, 1, 1]


# -- whom to trust


def test_authorities_are_read_once_by_a_thread_and_anew_when_they_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.pem"
    own.write_bytes(Path(certifi.where()).read_bytes())
    before = authorities()
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    named = authorities()
    assert authorities() is named is not before

    os.utime(own, (0, 0))
    changed = authorities()
    assert authorities() is changed is not named
    with ThreadPoolExecutor(1) as other:
        assert other.submit(authorities).result() is not changed

    own.write_text("no authorities")
    assert authorities() is not changed
