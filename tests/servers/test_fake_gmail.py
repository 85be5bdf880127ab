"""The fake answers as the public pages say: messages, listings, search, conversations, history, labels."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.oauth2.credentials import Credentials

from tests.connectors.letters import HOSTILE, NOW, invitation, letter, with_attachment
from tests.servers.gmail import Bulk, FakeGmail, Look, Mailbox
from tests.servers.gmail.units import UNITS
from tests.servers.gmail_client import Client, refused

ROOT = Path(__file__).parents[2]
SAM = "sam@example.com"


def ids(answer: dict[str, Any], name: str = "messages") -> list[str]:
    return [one["id"] for one in answer.get(name, [])]


def start(client: Client) -> str:
    return str(client.users.getProfile(userId="me").execute()["historyId"])


# --- the mailbox


def test_the_profile_names_the_address_and_a_history_identifier_beyond_64_bits(client: Client, box: Mailbox) -> None:
    box.deliver(letter("one"))
    profile = client.users.getProfile(userId="me").execute()

    assert (profile["emailAddress"], profile["messagesTotal"], profile["threadsTotal"]) == (SAM, 1, 1)
    assert isinstance(profile["historyId"], str)
    assert int(profile["historyId"]) > 2**64


def test_two_mailboxes_know_nothing_of_each_other(fake: FakeGmail, client: Client) -> None:
    key = fake.mailbox("lee@example.com").deliver(letter("other"))

    assert client.users.messages().list(userId="me").execute() == {"resultSizeEstimate": 0}
    assert refused(client.users.messages().get(userId="me", id=key).execute) == (404, "notFound")
    assert refused(client.users.messages().list(userId="lee@example.com").execute) == (403, "forbidden")


@pytest.mark.parametrize("key", ["nothing", "../../etc", "18c0ffee18c0ffee18"])
def test_an_identifier_that_cannot_be_one_is_a_bad_request(client: Client, key: str) -> None:
    assert refused(client.users.messages().get(userId="me", id=key).execute) == (400, "invalidArgument")


def test_a_message_comes_back_octet_for_octet_in_the_format_raw(client: Client, box: Mailbox) -> None:
    for raw in HOSTILE.values():
        assert client.raw(box.deliver(raw)) == raw


@pytest.mark.parametrize("kind", HOSTILE)
def test_whatever_was_sent_has_a_resource(client: Client, box: Mailbox, kind: str) -> None:
    message = client.users.messages().get(userId="me", id=box.deliver(HOSTILE[kind]), format="full").execute()

    assert message["sizeEstimate"] == len(HOSTILE[kind])
    assert "mimeType" in message["payload"]


def test_each_format_shows_what_its_page_says(client: Client, box: Mailbox) -> None:
    key = box.deliver(invitation("invite"), at=NOW)

    def got(**more: Any) -> Any:
        return client.users.messages().get(userId="me", id=key, **more).execute()

    minimal, raw, full = got(format="minimal"), got(format="raw"), got()
    assert minimal["internalDate"] == str(int(NOW.timestamp() * 1000))
    assert minimal["labelIds"] == ["INBOX", "UNREAD"]
    assert not {"payload", "raw"} & minimal.keys()
    assert "payload" not in raw
    assert [part["mimeType"] for part in full["payload"]["parts"]] == ["text/plain", "application/pdf", "text/calendar"]
    assert urlsafe_b64decode(full["payload"]["parts"][0]["body"]["data"]) == b"Please find it enclosed."
    picked = got(format="metadata", metadataHeaders=["subject", "MESSAGE-ID"])["payload"]["headers"]
    assert picked == [
        {"name": "Subject", "value": "Your application"},
        {"name": "Message-ID", "value": "<invite@orchard.example>"},
    ]


def test_header_values_come_decoded_or_as_they_were_but_never_folded(client: Client, box: Mailbox) -> None:
    key = box.deliver(letter("words", subject="=?utf-8?q?Gespr=C3=A4ch?=\r\n in =?utf-8?q?K=C3=B6ln?="))

    def subject() -> str:
        fields = client.users.messages().get(userId="me", id=key, format="metadata").execute()["payload"]["headers"]
        return next(str(field["value"]) for field in fields if field["name"] == "Subject")

    assert subject() == "Gespräch in Köln"
    box.quirks.look = Look(decoded=False)
    assert subject() == "=?utf-8?q?Gespr=C3=A4ch?= in =?utf-8?q?K=C3=B6ln?="


def test_an_attachment_is_fetched_by_an_identifier_that_every_answer_gives_anew(client: Client, box: Mailbox) -> None:
    key = box.deliver(with_attachment("file", 5000))

    def identifier() -> str:
        message = client.users.messages().get(userId="me", id=key).execute()
        return str(message["payload"]["parts"][1]["body"]["attachmentId"])

    first, second = identifier(), identifier()
    assert first != second
    get = client.users.messages().attachments().get
    for one in (first, second):
        body = get(userId="me", messageId=key, id=one).execute()
        assert urlsafe_b64decode(body["data"])[:256] == bytes(range(256))
        assert body["size"] == len(urlsafe_b64decode(body["data"]))
    assert refused(get(userId="me", messageId=key, id="nothing").execute)[0] == 400
    assert refused(get(userId="me", messageId=box.deliver(letter("other")), id=first).execute)[0] == 400


def test_only_what_the_mask_selects_is_answered(client: Client, box: Mailbox) -> None:
    key = box.deliver(invitation("invite"))

    def got(fields: str) -> Any:
        return client.users.messages().get(userId="me", id=key, fields=fields).execute()

    assert got("id,labelIds") == {"id": key, "labelIds": ["INBOX", "UNREAD"]}
    assert got("payload(mimeType,parts/mimeType)")["payload"]["parts"][2] == {"mimeType": "text/calendar"}
    assert got("payload/parts(filename,body/size)")["payload"]["parts"][1]["filename"] == "plan.pdf"
    assert "data" not in got("payload/parts(filename,body/size)")["payload"]["parts"][0]["body"]
    assert got("payload/headers/name")["payload"]["headers"][0] == {"name": "From"}
    assert got("*").keys() == got("id,threadId,labelIds,historyId,internalDate,sizeEstimate,snippet,payload").keys()
    kinds = [{"mimeType": kind} for kind in ("text/plain", "application/pdf", "text/calendar")]
    assert got("payload/*/mimeType") == {"payload": {"parts": kinds}}
    assert got("payload/parts/*")["payload"]["parts"][1]["filename"] == "plan.pdf"
    long = ",".join(["payload(mimeType,headers(name,value),parts(mimeType,filename))"] * 40)
    assert got(long)["payload"].keys() == {"mimeType", "headers", "parts"}


@pytest.mark.parametrize(
    "fields", ["nothing", "id,", "payload(", "payload)", "payload/nothing", "id/more", "payload(id)", "a b", "(id)"]
)
def test_a_mask_that_selects_nothing_the_resource_has_is_a_bad_request(client: Client, box: Mailbox, fields: str) -> None:
    key = box.deliver(letter("one"))

    assert refused(client.users.messages().get(userId="me", id=key, fields=fields).execute)[0] == 400


# --- listings


def test_messages_are_listed_newest_first_in_pages_that_new_mail_does_not_move(client: Client, box: Mailbox) -> None:
    keys = [box.deliver(letter(f"m{number}"), at=NOW + timedelta(minutes=number)) for number in range(12)]
    request = client.users.messages().list(userId="me", maxResults=5)
    found: list[str] = []
    while request is not None:
        answer = request.execute()
        found += ids(answer)
        box.deliver(letter(f"late{len(found)}"), at=NOW + timedelta(days=1))
        if len(found) == 5:
            box.delete(keys[7])
        request = client.users.messages().list_next(request, answer)

    assert found == keys[::-1]


def test_listings_may_be_in_disorder_and_yet_hold_every_message_once(client: Client, box: Mailbox) -> None:
    box.quirks.disorder = timedelta(hours=12)
    keys = [box.deliver(letter(f"m{number}"), at=NOW + timedelta(hours=number)) for number in range(40)]
    request = client.users.messages().list(userId="me", maxResults=7, q=f"after:{int(NOW.timestamp()) - 1}")
    found: list[str] = []
    while request is not None:
        answer = request.execute()
        found += ids(answer)
        request = client.users.messages().list_next(request, answer)

    assert sorted(found) == sorted(keys)
    assert found != keys[::-1]
    assert all(abs(place - keys[::-1].index(key)) <= 12 for place, key in enumerate(found))
    assert [one.id for one in box.messages()] == keys


def test_a_page_token_serves_its_own_question_until_it_is_refused(client: Client, box: Mailbox) -> None:
    for number in range(4):
        box.deliver(letter(f"m{number}"))

    def listed(**more: Any) -> Any:
        return client.users.messages().list(userId="me", maxResults=2, **more)

    token = listed().execute()["nextPageToken"]
    assert len(ids(listed(pageToken=token).execute())) == len(ids(listed(pageToken=token).execute())) == 2
    assert refused(listed(pageToken=token, q="in:inbox").execute)[0] == 400
    assert refused(listed(pageToken="nonsense").execute)[0] == 400
    box.refuse_page_tokens()
    assert refused(listed(pageToken=token).execute)[0] == 400


def test_spam_and_the_bin_are_listed_only_when_asked_for(client: Client, box: Mailbox) -> None:
    plain, spam, bin_ = (box.deliver(letter(name)) for name in ("plain", "spam", "bin"))
    box.spam(spam)
    box.trash(bin_)

    def listed(**more: Any) -> set[str]:
        return set(ids(client.users.messages().list(userId="me", **more).execute()))

    assert listed() == {plain}
    assert listed(includeSpamTrash=True) == {plain, spam, bin_}
    assert listed(includeSpamTrash=True, labelIds=["SPAM"]) == {spam}
    assert listed(q="in:spam") == {spam}
    assert listed(q="in:anywhere -in:trash") == {plain, spam}


def test_the_operators_of_the_search_find_what_they_say(client: Client, box: Mailbox) -> None:
    first = box.deliver(letter("first", sender="Lee <lee@orchard.example>"), at=NOW)
    second = box.deliver(with_attachment("second", 300), labels=(), at=NOW + timedelta(days=3))
    sent = box.send(letter("third", sender=SAM), at=NOW + timedelta(days=5))
    label = box.make_label("Hearback/Draft ready")
    box.relabel(second, add=(label.id,))

    def found(q: str) -> list[str]:
        return ids(client.users.messages().list(userId="me", q=q).execute())

    at = int(NOW.timestamp())
    assert found(f"after:{at - 1}") == [sent, second, first]
    assert found(f"after:{at}") == [sent, second]
    assert found(f"before:{at + 1} after:{at - 1}") == [first]
    assert found("after:2025/03/05 before:2025/03/08") == [second]
    assert found("in:inbox") == [first]
    assert found("-in:inbox -in:sent -in:chats") == [second]
    assert found("label:hearback-draft-ready") == found('label:"Hearback/Draft ready"') == [second]
    assert found("from:lee@orchard.example") == [first]
    assert found("rfc822msgid:first@orchard.example") == found("rfc822msgid:<first@orchard.example>") == [first]
    assert found("filename:pdf") == found("has:attachment") == found("filename:plan.pdf") == [second]
    assert found("in:inbox nothing-like-it") == []


@pytest.mark.parametrize("q", ["frm:lee", "after:tomorrow", "from:a OR from:b", "{a b}", "newer_than:2d"])
def test_an_operator_that_the_fake_does_not_know_is_never_guessed_at(client: Client, q: str) -> None:
    assert refused(client.users.messages().list(userId="me", q=q).execute)[0] == 400


def test_the_search_index_may_lag_and_listing_by_label_does_not(client: Client, box: Mailbox) -> None:
    box.quirks.index_lags = True
    key = box.send(letter("sent", sender=SAM))

    def found(**more: Any) -> list[str]:
        return ids(client.users.messages().list(userId="me", **more).execute())

    assert found(q="in:sent") == []
    assert found(labelIds=["SENT"]) == [key]
    box.index()
    assert found(q="in:sent") == [key]


# --- conversations


def test_mail_joins_the_conversation_it_answers_if_the_subject_matches(client: Client, box: Mailbox) -> None:
    first = box.deliver(letter("first"))
    reply = box.deliver(letter("reply", subject="RE: your  application", more={"In-Reply-To": "<first@orchard.example>"}))
    other = box.deliver(letter("other", subject="Lunch", more={"References": "<first@orchard.example>"}))

    threads = client.users.threads()
    assert ids(threads.get(userId="me", id=first, format="minimal").execute()) == [first, reply]
    assert ids(threads.get(userId="me", id=other).execute()) == [other]
    assert sorted(ids(threads.list(userId="me", q="in:inbox").execute(), "threads")) == sorted([first, other])
    assert refused(threads.get(userId="me", id="18aa").execute) == (404, "notFound")


def test_labels_are_put_on_a_whole_conversation_but_never_on_a_draft_in_it(client: Client, box: Mailbox) -> None:
    first = box.deliver(letter("first"))
    answer = letter("reply", subject="Re: Your application", more={"In-Reply-To": "<first@orchard.example>"})
    draft = box.save_draft(answer, first)
    label = box.make_label("Mine")
    client.users.threads().modify(userId="me", id=first, body={"addLabelIds": [label.id]}).execute()

    assert draft.message.thread_id == first
    assert label.id in box.message(first).labels
    assert draft.message.labels == {"DRAFT"}


# --- history


def test_history_tells_every_change_in_order_after_where_one_starts(client: Client, box: Mailbox) -> None:
    old = box.deliver(letter("old"))
    begin = start(client)
    new = box.deliver(letter("new"))
    box.archive(old)
    box.trash(new)
    box.delete(old)

    assert client.history(begin, maxResults=1) == [
        ("messagesAdded", new, []),
        ("labelsRemoved", old, ["INBOX"]),
        ("labelsRemoved", new, ["INBOX"]),
        ("labelsAdded", new, ["TRASH"]),
        ("messagesDeleted", old, []),
    ]
    assert [kind for kind, *_ in client.history(begin, historyTypes=["messageAdded", "messageDeleted"])] == [
        "messagesAdded",
        "messagesDeleted",
    ]
    assert client.history(begin, labelId="TRASH") == [("labelsAdded", new, ["TRASH"])]
    assert client.history(start(client)) == []


def test_a_history_identifier_that_is_out_of_date_or_invented_is_not_found(fake: FakeGmail, client: Client, box: Mailbox) -> None:
    begin = start(client)
    box.deliver(letter("one"))
    now = start(client)
    fake.expire_history(SAM)
    later = start(client)
    listed = client.users.history().list

    for dead in (begin, now, "1", str(int(later) + 1_000_000)):
        assert refused(listed(userId="me", startHistoryId=dead).execute) == (404, "notFound")
    assert refused(listed(userId="me").execute)[0] == 400
    key = box.deliver(letter("two"))
    assert client.history(later) == [("messagesAdded", key, [])]


def test_pages_of_history_may_be_empty_endless_repeated_and_without_progress(client: Client, box: Mailbox) -> None:
    begin = start(client)
    key = box.deliver(letter("one"))
    box.quirks.empty_pages = 2
    listed = client.users.history().list
    empty = listed(userId="me", startHistoryId=begin).execute()

    assert "history" not in empty
    assert empty["nextPageToken"]
    assert client.history(begin) == [("messagesAdded", key, [])]
    box.quirks.repeats_history = True
    assert client.history(begin) == [("messagesAdded", key, [])] * 2
    box.quirks.stuck_history = True
    assert listed(userId="me", startHistoryId=begin).execute()["historyId"] == begin
    box.quirks.endless_pages = True
    last = listed(userId="me", startHistoryId=begin).execute()
    assert listed(userId="me", startHistoryId=begin, pageToken=last["nextPageToken"]).execute()["nextPageToken"]


# --- labels and settings


def test_a_label_is_made_once_renamed_and_taken_off_all_mail_when_it_goes(client: Client, box: Mailbox) -> None:
    labels = client.users.labels()
    shown = {"labelListVisibility": "labelShow", "messageListVisibility": "show"}
    made = labels.create(userId="me", body={"name": "Hearback/Waiting", **shown}).execute()
    keys = [box.deliver(letter(name)) for name in ("one", "two")]
    client.users.messages().batchModify(userId="me", body={"ids": [*keys, "18aa"], "addLabelIds": [made["id"]]}).execute()

    assert made == {"id": made["id"], "name": "Hearback/Waiting", "type": "user", **shown}
    assert refused(labels.create(userId="me", body={"name": "hearback/WAITING", **shown}).execute) == (409, "aborted")
    assert refused(labels.create(userId="me", body={"name": "inbox", **shown}).execute)[0] == 400
    assert refused(labels.create(userId="me", body={"name": "/", **shown}).execute)[0] == 400
    assert labels.get(userId="me", id=made["id"]).execute()["messagesTotal"] == 2
    assert labels.patch(userId="me", id=made["id"], body={"name": "Other"}).execute()["name"] == "Other"
    assert {"INBOX", "Other"} <= {one["name"] for one in labels.list(userId="me").execute()["labels"]}
    begin = start(client)
    labels.delete(userId="me", id=made["id"]).execute()
    assert all(box.message(key).labels == {"INBOX", "UNREAD"} for key in keys)
    assert {kind for kind, *_ in client.history(begin)} == {"labelsRemoved"}
    assert refused(labels.delete(userId="me", id="INBOX").execute)[0] == 400
    assert refused(labels.get(userId="me", id=made["id"]).execute)[0] == 404


def test_a_label_that_is_unknown_or_fixed_is_refused(client: Client, fake: FakeGmail, box: Mailbox) -> None:
    key = box.deliver(letter("one"))
    modify = client.users.messages().modify

    assert refused(modify(userId="me", id=key, body={"addLabelIds": ["Label_1"]}).execute)[0] == 400
    assert refused(modify(userId="me", id=key, body={}).execute)[0] == 400
    assert refused(modify(userId="me", id=key, body={"addLabelIds": ["SENT"]}).execute)[0] == 400
    assert fake.violations == ["gmail.users.messages.modify: the system's label SENT is changed"]
    fake.violations.clear()


def test_the_addresses_one_can_send_as_are_listed(client: Client, box: Mailbox) -> None:
    box.aliases.append("sam.reed@example.org")
    found = client.users.settings().sendAs().list(userId="me").execute()["sendAs"]

    assert [(one["sendAsEmail"], one.get("isPrimary", False)) for one in found] == [(SAM, True), ("sam.reed@example.org", False)]


# --- a large one


def test_ten_thousand_messages_are_there_without_being_kept(client: Client, box: Mailbox) -> None:
    box.fill(Bulk(10_000, datetime(2025, 3, 4, tzinfo=UTC)))
    last = ids(client.users.messages().list(userId="me", maxResults=500, q="after:1700000000 -in:chats").execute())

    assert len(last) == 500
    assert client.users.getProfile(userId="me").execute()["messagesTotal"] == 10_000
    message = client.users.messages().get(userId="me", id=last[0]).execute()
    assert message["internalDate"] == str(int(datetime(2025, 3, 4, tzinfo=UTC).timestamp() * 1000))
    assert client.raw(last[0]) == client.raw(last[0])
    assert client.history(start(client)) == []


def test_it_runs_as_a_process_of_its_own_that_tells_what_was_asked_of_it() -> None:
    command = [sys.executable, "-m", "tests.servers.gmail", "--messages", "30"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        asked = Client(told["url"], Credentials(token=None, **told["credentials"]))  # type: ignore[no-untyped-call]  # no types
        assert len(ids(asked.users.messages().list(userId="me").execute())) == 30
        asked.close()
        process.stdin.write("\n")
        process.stdin.flush()
        counted = json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait(10) == 0

    assert counted == {
        "requests": 2,
        "calls": {"token": 1, "gmail.users.messages.list": 1},
        "units": UNITS["gmail.users.messages.list"],
        "violations": [],
    }
