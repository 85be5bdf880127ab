"""Drafts on the fake: one identifier around messages that follow one another, in a conversation only if all marks say so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.letters import HOSTILE, NOW, draft, draft_bytes, letter
from tests.servers.gmail import Mailbox
from tests.servers.gmail_client import Client, base64url, refused

SAM = "sam@example.com"


def start(client: Client) -> str:
    return str(client.users.getProfile(userId="me").execute()["historyId"])


def update(client: Client, key: str, raw: bytes, thread: str | None = None) -> dict[str, Any]:
    message: dict[str, Any] = {"raw": base64url(raw)} | ({"threadId": thread} if thread else {})
    made: dict[str, Any] = client.users.drafts().update(userId="me", id=key, body={"message": message}).execute()
    return made


def test_a_draft_carries_its_label_alone_and_keeps_every_octet(client: Client, box: Mailbox) -> None:
    for raw in (draft_bytes(draft()), *HOSTILE.values()):
        made = client.draft(raw)

        assert made["message"]["labelIds"] == ["DRAFT"]
        assert client.raw(made["message"]["id"]) == raw
        assert client.users.drafts().get(userId="me", id=made["id"], format="raw").execute()["message"]["raw"] == base64url(raw)
    listed = client.users.drafts().list(userId="me", maxResults=500).execute()["drafts"]
    assert [one["id"] for one in listed] == [one.id for one in reversed(box.drafts())]
    assert listed[0].keys() == {"id", "message"}
    assert listed[0]["message"].keys() == {"id", "threadId"}


def test_a_draft_joins_a_conversation_by_thread_references_and_subject_together(client: Client, box: Mailbox) -> None:
    thread = box.deliver(letter("thread"))
    other = box.deliver(letter("other"))

    def lands(raw: bytes, wanted: str | None) -> bool:
        return bool(client.draft(raw, wanted)["message"]["threadId"] == thread)

    assert lands(draft_bytes(draft()), thread)
    assert not lands(draft_bytes(draft()), None)
    assert not lands(draft_bytes(draft()), other)
    assert not lands(draft_bytes(draft(subject="Something else")), thread)
    assert not lands(draft_bytes(draft(in_reply_to="", references=())), thread)
    assert not lands(draft_bytes(draft(in_reply_to="x@y.example", references=("x@y.example",))), thread)
    box.delete(thread)
    for draft_there in [one for one in box.drafts() if one.message.thread_id == thread]:
        box.discard_draft(draft_there)
    assert refused(lambda: client.draft(draft_bytes(draft()), thread)) == (404, "notFound")


def test_an_update_keeps_the_draft_and_replaces_the_message_in_it(client: Client, box: Mailbox) -> None:
    thread = box.deliver(letter("thread"))
    made = client.draft(draft_bytes(draft()), thread)
    begin = start(client)
    again = update(client, made["id"], draft_bytes(draft(), text="Another text."), thread)

    assert again["id"] == made["id"]
    assert again["message"]["id"] != made["message"]["id"]
    assert again["message"]["threadId"] == thread
    assert refused(client.users.messages().get(userId="me", id=made["message"]["id"]).execute) == (404, "notFound")
    assert client.history(begin) == [
        ("messagesDeleted", made["message"]["id"], []),
        ("messagesAdded", again["message"]["id"], []),
    ]
    other = draft_bytes(draft(subject="Something else"))
    assert update(client, made["id"], other, thread)["message"]["threadId"] != thread
    assert update(client, made["id"], draft_bytes(draft()), thread)["message"]["threadId"] == thread
    assert update(client, made["id"], draft_bytes(draft()))["message"]["threadId"] != thread


def test_the_user_edits_a_draft_under_the_same_identifier_and_in_its_conversation(client: Client, box: Mailbox) -> None:
    thread = box.deliver(letter("thread"))
    made = client.draft(draft_bytes(draft()), thread)
    edited = draft_bytes(draft(subject="My own"), text="My own words.")
    key = box.edit_draft(box.draft_of(draft().message_id), edited)

    found = client.users.drafts().get(userId="me", id=made["id"]).execute()["message"]
    assert (found["id"], found["threadId"]) == (key, thread)
    assert client.raw(key) == edited


def test_a_sent_draft_is_destroyed_and_another_message_stands_in_sent(client: Client, box: Mailbox) -> None:
    thread = box.deliver(letter("thread"))
    made = client.draft(draft_bytes(draft()), thread)
    begin = start(client)
    sent = box.send_draft(box.draft_of(draft().message_id))

    assert refused(client.users.drafts().get(userId="me", id=made["id"]).execute) == (404, "notFound")
    message = client.users.messages().get(userId="me", id=sent, format="minimal").execute()
    assert (message["labelIds"], message["threadId"]) == (["SENT"], thread)
    assert sent != made["message"]["id"]
    assert client.history(begin) == [("messagesDeleted", made["message"]["id"], []), ("messagesAdded", sent, [])]


def test_a_client_that_touches_a_draft_of_the_users_is_found_out(client: Client, box: Mailbox) -> None:
    drafts = client.users.drafts()
    own = client.draft(draft_bytes(draft(1)))
    update(client, own["id"], draft_bytes(draft(1), text="Other words."))
    drafts.delete(userId="me", id=own["id"]).execute()
    assert box.trespasses == []

    edited = client.draft(draft_bytes(draft(2)))
    box.edit_draft(box.draft_of(draft(2).message_id), draft_bytes(draft(2), text="Words of the user."))
    update(client, edited["id"], draft_bytes(draft(2)))
    drafts.delete(userId="me", id=box.save_draft(letter("own", sender=SAM)).id).execute()
    assert ["Words of the user." in one for one in box.trespasses] == [True, False]
    assert ["<own@orchard.example>" in one for one in box.trespasses] == [False, True]


def test_what_is_sent_may_go_under_a_message_id_of_the_services_own(client: Client, box: Mailbox) -> None:
    box.quirks.renames_sent = True
    client.draft(draft_bytes(draft()))
    raw = client.raw(box.send_draft(box.draft_of(draft().message_id)))

    head = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert [line.endswith(b"@mail.gmail.com>") for line in head if line.startswith(b"Message-ID: ")] == [True]
    assert b"X-Google-Original-Message-ID: <%s>" % draft().message_id.encode() in head
    assert b"In-Reply-To: <thread@orchard.example>" in head


def test_a_deleted_draft_is_gone_for_good(client: Client, box: Mailbox) -> None:
    made = client.draft(draft_bytes(draft()))
    client.users.drafts().delete(userId="me", id=made["id"]).execute()

    assert box.size == 0
    assert refused(client.users.drafts().delete(userId="me", id=made["id"]).execute) == (404, "notFound")
    assert refused(lambda: update(client, made["id"], b"x: y\r\n\r\n")) == (404, "notFound")


def test_a_draft_takes_no_other_label(client: Client, box: Mailbox) -> None:
    made = client.draft(draft_bytes(draft()))
    label = box.make_label("Mine")
    body = {"addLabelIds": [label.id]}

    assert refused(client.users.messages().modify(userId="me", id=made["message"]["id"], body=body).execute)[0] == 400
    ids = {"ids": [made["message"]["id"]]}
    assert refused(client.users.messages().batchModify(userId="me", body=body | ids).execute)[0] == 400
    assert box.message(made["message"]["id"]).labels == {"DRAFT"}


def test_a_draft_may_be_written_otherwise_than_it_was_sent(client: Client, box: Mailbox) -> None:
    box.quirks.rewrites = lambda raw: b"X-Kept: yes\r\n" + raw
    made = client.draft(draft_bytes(draft()))

    assert client.raw(made["message"]["id"]) == b"X-Kept: yes\r\n" + draft_bytes(draft())


def test_a_draft_without_bytes_is_refused(client: Client) -> None:
    assert refused(client.users.drafts().create(userId="me", body={"message": {}}).execute)[0] == 400


@pytest.mark.parametrize("raw", [draft_bytes(draft()), b"Subject: x\r\n\r\n--edge\r\nline\n\nend", b"Subject: y\n\n"])
def test_a_draft_can_be_uploaded_as_media_with_its_conversation_beside_it(client: Client, box: Mailbox, raw: bytes) -> None:
    thread = box.deliver(letter("thread"), at=NOW)
    body = (
        b'--frame\r\nContent-Type: application/json\r\n\r\n{"message": {"threadId": "%s"}}\r\n' % thread.encode()
        + b"--frame\r\nContent-Type: message/rfc822\r\n\r\n%s\r\n--frame--\r\n" % raw
    )
    kind = {"Content-Type": "multipart/related; boundary=frame"}
    status, told = client.plain("POST", "/upload/gmail/v1/users/me/drafts?uploadType=multipart", body, kind)

    assert status == 200, told
    assert [one.message.raw for one in box.drafts()] == [raw]
    simple = {"Content-Type": "message/rfc822"}
    key = box.drafts()[0].id
    assert client.plain("PUT", f"/upload/gmail/v1/users/me/drafts/{key}?uploadType=media", raw + b"more", simple)[0] == 200
    assert [one.message.raw for one in box.drafts()] == [raw + b"more"]
