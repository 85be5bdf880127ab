"""The emulator behind the front answers as the fake does: the same questions, by the same client, to both."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from google.auth.exceptions import RefreshError
from googleapiclient.errors import HttpError

from tests.connectors.letters import HOSTILE, NOW, draft, draft_bytes, invitation, letter, with_attachment
from tests.servers.gmail import FakeGmail
from tests.servers.gmail.emulator import Emulator
from tests.servers.gmail.front import Front
from tests.servers.gmail_client import Client, base64url, refresh, refused

SCOPE = "https://www.googleapis.com/auth/gmail."
SHOWN = {"labelListVisibility": "labelShow", "messageListVisibility": "show"}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as server:
        yield server


class Stage:
    """A server, a user of it, the world's hands on the mailbox, and a client."""

    def __init__(self, server: FakeGmail | Front, address: str) -> None:
        """Let the user sign in."""
        self.server, self.address = server, address
        self.world: Any = server.mailbox(address)
        self.client = Client(server.url, server.credentials(address))
        self.users: Any = self.client.users

    def start(self) -> str:
        """Return where history stands."""
        return str(self.users.getProfile(userId="me").execute()["historyId"])

    def listed(self, **more: Any) -> list[str]:
        """Return the identifiers of messages."""
        return [one["id"] for one in self.users.messages().list(userId="me", **more).execute().get("messages", [])]


@pytest.fixture(params=["fake", "emulator"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    if request.param == "fake":
        server: FakeGmail | Front = FakeGmail()
        address = "sam@example.com"
    else:
        emulator: Emulator = request.getfixturevalue("emulator")
        server, address = Front(emulator), emulator.user()
    with server:
        one = Stage(server, address)
        yield one
        one.client.close()


def test_the_profile_and_the_addresses_are_those_of_who_signed_in(stage: Stage) -> None:
    stage.world.deliver(letter("one"))
    profile = stage.users.getProfile(userId="me").execute()

    assert (profile["emailAddress"], profile["messagesTotal"], profile["threadsTotal"]) == (stage.address, 1, 1)
    assert int(profile["historyId"]) > 2**64
    aliases = stage.users.settings().sendAs().list(userId="me").execute()["sendAs"]
    assert [one["sendAsEmail"] for one in aliases] == [stage.address]
    assert stage.server.violations == []


@pytest.mark.parametrize("kind", ["an invitation", *HOSTILE])
def test_a_message_has_its_whole_header_and_every_octet(stage: Stage, kind: str) -> None:
    raw = HOSTILE.get(kind, invitation("invite"))
    key = stage.world.deliver(raw, at=NOW)
    message = stage.users.messages().get(userId="me", id=key, format="full").execute()

    assert stage.client.raw(key) == raw
    assert (message["sizeEstimate"], message["internalDate"]) == (len(raw), str(int(NOW.timestamp() * 1000)))
    if kind == "an invitation":
        names = [field["name"] for field in message["payload"]["headers"]]
        assert names == [line.partition(":")[0] for line in raw.decode().partition("\r\n\r\n")[0].split("\r\n")]
    assert stage.server.violations == []


def test_masks_attachments_and_formats_are_honoured(stage: Stage) -> None:
    key = stage.world.deliver(with_attachment("file", 3000))
    get = stage.users.messages().get

    assert get(userId="me", id=key, fields="id,payload/parts/filename").execute() == {
        "id": key,
        "payload": {"parts": [{"filename": ""}, {"filename": "plan.pdf"}]},
    }
    part = get(userId="me", id=key).execute()["payload"]["parts"][1]
    body = stage.users.messages().attachments().get(userId="me", messageId=key, id=part["body"]["attachmentId"]).execute()
    assert urlsafe_b64decode(body["data"])[:256] == bytes(range(256))
    picked = get(userId="me", id=key, format="metadata", metadataHeaders=["subject"]).execute()["payload"]["headers"]
    assert picked == [{"name": "Subject", "value": "Your application"}]
    assert refused(get(userId="me", id=key, fields="nothing").execute)[0] == 400


def test_listings_go_by_time_label_and_operators_in_pages(stage: Stage) -> None:
    keys = [stage.world.deliver(letter(f"m{number}"), at=NOW + timedelta(hours=number)) for number in range(5)]
    sent = stage.world.deliver(letter("sent"), ("SENT",), NOW + timedelta(hours=9))
    spam = stage.world.deliver(letter("spam"), ("SPAM",), NOW + timedelta(hours=10))
    at = int((NOW + timedelta(hours=2)).timestamp())

    assert stage.listed() == [sent, *reversed(keys)]
    assert stage.listed(includeSpamTrash=True)[0] == spam
    assert stage.listed(labelIds=["SENT"]) == [sent]
    assert stage.listed(q=f"after:{at - 1} -in:chats -in:sent") == [keys[4], keys[3], keys[2]]
    assert stage.listed(q=f"after:{at}", maxResults=2) == [sent, keys[4]]
    request = stage.users.messages().list(userId="me", maxResults=2)
    found: list[str] = []
    while request is not None:
        answer = request.execute()
        found += [one["id"] for one in answer["messages"]]
        request = stage.users.messages().list_next(request, answer)
    assert found == [sent, *reversed(keys)]


def test_history_tells_what_came_what_changed_and_what_went(stage: Stage) -> None:
    old = stage.world.deliver(letter("old"))
    begin = stage.start()
    new = stage.world.deliver(letter("new"))
    stage.world.relabel(old, add=("STARRED",), remove=("INBOX",))
    stage.world.delete(new)

    told = sorted(stage.client.history(begin, maxResults=1))  # what happens within a millisecond the emulator tells in any order
    added = [one for one in told if one[0] == "messagesAdded"]
    assert [one[1] for one in added] == [new]
    assert [one for one in told if one not in added] == [
        ("labelsAdded", old, ["STARRED"]),
        ("labelsRemoved", old, ["INBOX"]),
        ("messagesDeleted", new, []),
    ]
    assert stage.client.history(stage.start()) == []
    records = stage.users.history().list(userId="me", startHistoryId=begin).execute()["history"]
    (gone,) = (one for record in records for one in record.get("messagesDeleted", ()))
    assert gone["message"].keys() == {"id", "threadId"}


@pytest.mark.parametrize(
    "q", ["rfc822msgid:one@orchard.example", "-from:dana", "after:2025/03/01", "-after:1", "is:unread", "word"]
)
def test_a_search_that_the_emulator_would_take_for_another_is_refused(emulator: Emulator, q: str) -> None:
    with Front(emulator) as server:
        stage = Stage(server, emulator.user())
        assert refused(stage.users.messages().list(userId="me", q=q).execute)[0] == 400
        stage.client.close()


def test_a_history_identifier_that_is_out_of_date_is_not_found(stage: Stage) -> None:
    begin = stage.start()
    stage.world.deliver(letter("one"))
    now = stage.start()
    stage.world.expire_history()
    later = stage.start()
    listed = stage.users.history().list

    for dead in (begin, now, "1", "9" * 22):
        assert refused(listed(userId="me", startHistoryId=dead).execute) == (404, "notFound")
    assert stage.client.history(later) == []


def test_a_draft_joins_a_conversation_only_by_all_three_marks(stage: Stage) -> None:
    thread = stage.world.deliver(letter("thread"))

    def lands(raw: bytes, wanted: str | None) -> bool:
        return bool(stage.client.draft(raw, wanted)["message"]["threadId"] == thread)

    assert lands(draft_bytes(draft()), thread)
    assert not lands(draft_bytes(draft()), None)
    assert not lands(draft_bytes(draft(subject="Something else")), thread)
    assert not lands(draft_bytes(draft(in_reply_to="", references=())), thread)
    assert refused(lambda: stage.client.draft(draft_bytes(draft()), "18aa")) == (404, "notFound")
    ids = [one["id"] for one in stage.users.threads().get(userId="me", id=thread, format="minimal").execute()["messages"]]
    assert len(ids) == 2


def test_a_draft_keeps_its_identifier_while_messages_in_it_follow_one_another(stage: Stage) -> None:
    thread = stage.world.deliver(letter("thread"))
    made = stage.client.draft(draft_bytes(draft()), thread)
    seen = {made["message"]["id"]}
    drafts = stage.users.drafts()
    begin = stage.start()

    raw = draft_bytes(draft(), text="By the program.")
    body = {"message": {"raw": base64url(raw), "threadId": thread}}
    again = drafts.update(userId="me", id=made["id"], body=body).execute()
    assert (again["id"], again["message"]["threadId"]) == (made["id"], thread)
    seen.add(again["message"]["id"])
    seen.add(stage.world.edit_draft(stage.world.draft_of(draft().message_id), draft_bytes(draft(), text="By the user.")))
    assert len(seen) == 3
    found = drafts.get(userId="me", id=made["id"], format="raw").execute()
    assert b"By the user." in urlsafe_b64decode(found["message"]["raw"])
    assert [one["id"] for one in drafts.list(userId="me").execute()["drafts"]] == [made["id"]]
    kinds = [kind for kind, *_ in stage.client.history(begin)]
    assert kinds == ["messagesDeleted", "messagesAdded"] * 2


def test_a_draft_that_is_sent_or_deleted_is_gone(stage: Stage) -> None:
    thread = stage.world.deliver(letter("thread"))
    made = stage.client.draft(draft_bytes(draft()), thread)
    sent = stage.world.send_draft(stage.world.draft_of(draft().message_id))
    drafts = stage.users.drafts()

    assert stage.users.messages().get(userId="me", id=sent, format="minimal").execute()["labelIds"] == ["SENT"]
    assert refused(drafts.get(userId="me", id=made["id"]).execute) == (404, "notFound")
    other = stage.client.draft(draft_bytes(draft()))
    drafts.delete(userId="me", id=other["id"]).execute()
    assert refused(drafts.delete(userId="me", id=other["id"]).execute) == (404, "notFound")
    assert stage.listed(labelIds=["DRAFT"]) == []


def test_a_draft_can_be_uploaded_as_media(stage: Stage) -> None:
    raw = draft_bytes(draft())
    kind = {"Content-Type": "message/rfc822"}
    status, told = stage.client.plain("POST", "/upload/gmail/v1/users/me/drafts?uploadType=media", raw, kind)

    assert status == 200, told
    assert [one.message.raw for one in stage.world.drafts()] == [raw]
    assert stage.server.violations == []


def test_labels_are_made_once_put_on_mail_and_never_on_drafts(stage: Stage) -> None:
    labels, messages = stage.users.labels(), stage.users.messages()
    made = labels.create(userId="me", body={"name": "Hearback/Waiting", **SHOWN}).execute()
    keys = [stage.world.deliver(letter(name)) for name in ("one", "two")]
    own = stage.client.draft(draft_bytes(draft()))["message"]["id"]
    messages.batchModify(userId="me", body={"ids": [*keys, "18aa"], "addLabelIds": [made["id"]]}).execute()

    assert made == {"id": made["id"], "name": "Hearback/Waiting", "type": "user", **SHOWN}
    assert refused(labels.create(userId="me", body={"name": "Hearback/Waiting", **SHOWN}).execute)[0] == 409
    assert labels.get(userId="me", id=made["id"]).execute()["messagesTotal"] == 2
    assert refused(messages.modify(userId="me", id=own, body={"addLabelIds": [made["id"]]}).execute)[0] == 400
    modified = messages.modify(userId="me", id=keys[0], body={"removeLabelIds": [made["id"]]}).execute()
    assert sorted(modified["labelIds"]) == ["INBOX", "UNREAD"]
    labels.delete(userId="me", id=made["id"]).execute()
    assert made["id"] not in {one["id"] for one in labels.list(userId="me").execute()["labels"]}
    assert stage.server.violations == []


def test_parts_of_a_batch_are_answered_each_for_itself(stage: Stage) -> None:
    keys = [stage.world.deliver(letter(f"m{number}")) for number in range(3)]
    stage.server.fail("messages.get", 429, skip=1)
    get = stage.users.messages().get
    found = stage.client.batch({key: get(userId="me", id=key, fields="id") for key in keys})

    assert isinstance(found[keys[1]], HttpError)
    assert (found[keys[0]], found[keys[2]]) == ({"id": keys[0]}, {"id": keys[2]})
    assert stage.server.calls["gmail.users.messages.get"] == 3


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda users: users.messages().send(userId="me", body={"raw": "abcd"}), "never call"),
        (lambda users: users.drafts().create(userId="me", body={"message": {"thread_id": "1", "raw": "abcd"}}), "thread_id"),
        (lambda users: users.messages().modify(userId="me", id="18aa", body={"addLabelIds": ["TRASH"]}), "TRASH"),
        (lambda users: users.settings().getImap(userId="me"), "not known"),
    ],
)
def test_what_must_not_be_asked_for_is_kept_and_goes_no_further(stage: Stage, call: Callable[[Any], Any], word: str) -> None:
    assert refused(call(stage.users).execute)[0] in {400, 403, 501}
    assert len(stage.server.violations) == 1
    assert word in stage.server.violations[0]
    assert stage.listed(includeSpamTrash=True) == []


def test_a_grant_is_enforced_renewed_and_revoked(stage: Stage) -> None:
    reading = Client(stage.server.url, stage.server.credentials(stage.address, frozenset({SCOPE + "readonly"})))
    assert reading.users.messages().list(userId="me").execute()["resultSizeEstimate"] == 0
    body = {"message": {"raw": base64url(draft_bytes(draft()))}}
    assert refused(reading.users.drafts().create(userId="me", body=body).execute) == (403, "insufficientPermissions")
    reading.close()
    before = stage.client.credentials.token
    refresh(stage.client.credentials)
    assert stage.client.credentials.token != before
    assert stage.client.plain("GET", "/gmail/v1/users/me/profile", headers={"Authorization": "Bearer invented"})[0] == 401
    stage.server.revoke(stage.address)
    assert stage.client.plain("GET", "/gmail/v1/users/me/profile")[0] == 401
    with pytest.raises(RefreshError, match="invalid_grant"):
        refresh(stage.client.credentials)
