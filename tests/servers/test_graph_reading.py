"""The fake of Microsoft Graph answers as the public pages say: folders, listings, messages, changes."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.connectors.letters import HOSTILE, NOW, invitation, letter, with_attachment
from tests.servers.certificates import certificate
from tests.servers.graph import FakeGraph, Mailbox, facts
from tests.servers.graph.bulk import Bulk
from tests.servers.graph_client import Client

SAM = "sam@example.com"
ROOT = Path(__file__).parents[2]
DELTA = "mailFolders/inbox/messages/delta?$select=subject,isRead,receivedDateTime"


@pytest.fixture
def graph() -> Iterator[FakeGraph]:
    with FakeGraph() as server:
        yield server
        assert server.violations == []


@pytest.fixture
def box(graph: FakeGraph) -> Mailbox:
    return graph.mailbox(SAM)


@pytest.fixture
def client(graph: FakeGraph) -> Iterator[Client]:
    with Client(graph.url, graph.token(SAM)) as asked:
        yield asked


def fill(box: Mailbox, count: int) -> list[str]:
    return [
        box.deliver(letter(f"m{number}", subject=f"Letter {number}"), at=NOW + timedelta(minutes=number))
        for number in range(count)
    ]


# --- who, and folders


def test_the_user_is_told_with_what_was_selected(client: Client, box: Mailbox) -> None:
    box.aliases = ["sam.reed@example.com"]
    plain, chosen = client.get(""), client.get("", {"$select": "proxyAddresses,mail"})

    assert plain.body["mail"] == plain.body["userPrincipalName"] == SAM
    assert "proxyAddresses" not in plain.body
    assert chosen.body["proxyAddresses"] == ["SMTP:sam@example.com", "smtp:sam.reed@example.com"]
    assert "displayName" not in chosen.body


def test_folders_come_in_pages_with_the_hidden_ones_on_demand(client: Client, box: Mailbox) -> None:
    box.add_folder("Applications", "inbox")
    first = client.get("mailFolders", {"$top": "3"})
    names = [one["displayName"] for one in first.value]
    link = first.body["@odata.nextLink"]
    while link:
        said = client.get(link)
        names += [one["displayName"] for one in said.value]
        link = said.body.get("@odata.nextLink")

    assert {"Inbox", "Sent Items", "Drafts", "Archive", "Deleted Items", "Junk Email"} <= set(names)
    assert "Clutter" not in names
    assert "Clutter" in {
        one["displayName"] for one in client.get("mailFolders", {"includeHiddenFolders": "true", "$top": "50"}).value
    }
    assert [one["displayName"] for one in client.get("mailFolders/inbox/childFolders").value] == ["Applications"]
    assert client.get("mailFolders/INBOX", {"$select": "id"}).body["id"] == box.folder_id("inbox")


def test_a_mailbox_without_an_archive_says_so(client: Client, box: Mailbox) -> None:
    box.remove_folder("archive")

    assert (client.get("mailFolders/archive").status, client.get("mailFolders/archive").code) == (404, "ErrorItemNotFound")


def test_changes_of_folders_are_told_once(client: Client, box: Mailbox) -> None:
    rows, link = client.changes("mailFolders/delta")
    made = box.add_folder("Offers")
    box.rename_folder("archive", "Ablage")
    later, link = client.changes(link)
    box.remove_folder(made)
    gone, link = client.changes(link)

    assert "Inbox" in {one["displayName"] for one in rows}
    assert sorted(one["displayName"] for one in later) == ["Ablage", "Offers"]
    assert gone == [{"id": made, "@removed": {"reason": "deleted"}}]
    assert client.changes(link)[0] == []


# --- listings and messages


def test_messages_are_listed_newest_first_ten_on_a_page(client: Client, box: Mailbox) -> None:
    keys = fill(box, 23)
    seen: list[str] = []
    link = "messages?$select=id"
    sizes = []
    while link:
        said = client.get(link)
        seen += [one["id"] for one in said.value]
        sizes.append(len(said.value))
        link = said.body.get("@odata.nextLink", "")

    assert (seen, sizes) == (keys[::-1], [10, 10, 3])


def test_filters_find_what_they_name(client: Client, box: Mailbox) -> None:
    keys = fill(box, 6)
    box.categorize(keys[2], ["Own, with a comma", "Hearback: waiting"])
    box.set_read(keys[4])
    box.deliver(letter("it's"), at=NOW)

    def found(text: str, **more: str) -> list[str]:
        return [one["subject"] for one in client.get("messages", {"$filter": text, "$select": "subject", **more}).value]

    assert found("internetMessageId eq '<m3@orchard.example>'") == ["Letter 3"]
    assert found("internetMessageId eq '<it''s@orchard.example>'") == ["Your application"]
    assert found("internetMessageId eq '<none@orchard.example>'") == []
    assert found("categories/any(c:c eq 'Hearback: waiting')") == ["Letter 2"]
    assert found("isRead eq true") == ["Letter 4"]
    assert found("startswith(subject,'letter 5')") == ["Letter 5"]
    assert found("from/emailAddress/address eq 'dana.ortiz@orchard.example' and isRead eq true") == ["Letter 4"]
    since = (NOW + timedelta(minutes=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert found(f"receivedDateTime ge {since} and receivedDateTime le {since}") == ["Letter 3"]
    assert found(f"receivedDateTime gt {since}", **{"$orderby": "receivedDateTime"}) == ["Letter 4", "Letter 5"]


def test_an_order_that_the_filter_does_not_begin_with_is_too_complex(graph: FakeGraph, client: Client) -> None:
    said = client.get("messages", {"$filter": "isRead eq false", "$orderby": "receivedDateTime desc"})

    assert (said.status, said.code) == (400, "InefficientFilter")
    assert graph.violations.pop()


def test_a_message_has_its_properties_its_header_on_demand_and_its_bytes(client: Client, box: Mailbox) -> None:
    raw = letter(
        "one", subject="=?utf-8?q?Gespr=C3=A4ch?=", more={"Cc": "Lee <lee@orchard.example>", "In-Reply-To": "<x@y.example>"}
    )
    key = box.deliver(raw, at=NOW)
    whole = client.get(f"messages/{key}").body

    assert (whole["subject"], whole["internetMessageId"], whole["isRead"], whole["isDraft"]) == (
        "Gespräch",
        "<one@orchard.example>",
        False,
        False,
    )
    assert whole["from"] == {"emailAddress": {"name": "Dana Ortiz", "address": "dana.ortiz@orchard.example"}}
    assert whole["ccRecipients"] == [{"emailAddress": {"name": "Lee", "address": "lee@orchard.example"}}]
    assert whole["receivedDateTime"] == "2025-03-04T09:00:00Z"
    assert "internetMessageHeaders" not in whole
    chosen = client.get(f"messages/{key}", {"$select": "internetMessageHeaders"}).body
    assert {"name": "In-Reply-To", "value": "<x@y.example>"} in chosen["internetMessageHeaders"]
    assert client.get(f"messages/{key}/$value").body == raw
    assert client.get(f"messages/{key}", prefer=('IdType="ImmutableId"', 'outlook.body-content-type="text"')).body["body"] == {
        "contentType": "text",
        "content": "We have read it with pleasure.\r\n",
    }


def test_what_was_sent_from_here_has_no_header(client: Client, box: Mailbox) -> None:
    raw = letter("own", sender=SAM, more={"In-Reply-To": "<x@y.example>", "References": "<w@y.example> <x@y.example>"})
    key = box.deliver(raw, "sentitems")
    expand = "singleValueExtendedProperties($filter=id eq 'String 0x1042' or id eq 'String 0x1039' or id eq 'String 0x007D')"
    told = client.get(f"messages/{key}", {"$select": "internetMessageHeaders", "$expand": expand}).body

    assert "internetMessageHeaders" not in told
    assert {one["id"]: one["value"] for one in told["singleValueExtendedProperties"]} == {
        "String 0x1042": "<x@y.example>",
        "String 0x1039": "<w@y.example> <x@y.example>",
    }


@pytest.mark.parametrize("kind", HOSTILE)
def test_whatever_was_sent_is_a_message(client: Client, box: Mailbox, kind: str) -> None:
    key = box.deliver(HOSTILE[kind])

    assert client.get(f"messages/{key}").status == 200
    assert client.get(f"messages/{key}/$value").body == HOSTILE[kind]


def test_an_invitation_is_an_event_message_with_its_times_in_the_zone_that_was_preferred(client: Client, box: Mailbox) -> None:
    key = box.deliver(invitation("invite"), at=NOW)
    told = client.get(f"messages/{key}", prefer=('IdType="ImmutableId"', 'outlook.timezone="UTC"')).body
    elsewhere = client.get(f"messages/{key}").body
    cast = client.get(f"messages/{key}", {"$select": "subject,microsoft.graph.eventMessage/meetingMessageType"}).body

    assert (told["@odata.type"], told["meetingMessageType"]) == ("#microsoft.graph.eventMessageRequest", "meetingRequest")
    assert told["startDateTime"] == {"dateTime": "2025-03-11T14:00:00.0000000", "timeZone": "UTC"}
    assert elsewhere["startDateTime"]["timeZone"] == "Pacific Standard Time"
    assert cast["microsoft.graph.eventMessage/meetingMessageType"] == "meetingRequest"
    assert client.get(f"messages/{key}/attachments", {"$select": "contentType"}).value[0]["contentType"] == "application/pdf"


def test_attachments_come_with_their_octets(client: Client, box: Mailbox) -> None:
    key = box.deliver(with_attachment("file", 1000, ("text/calendar; charset=utf-8", "BEGIN:VCALENDAR\r\nEND:VCALENDAR")))
    listed = client.get(f"messages/{key}/attachments").value

    assert client.get(f"messages/{key}", {"$select": "hasAttachments"}).body["hasAttachments"] is True
    assert [one["contentType"] for one in listed] == ["application/pdf", "text/calendar"]
    assert client.get(f"messages/{key}/attachments/{listed[1]['id']}/$value").body.startswith(b"BEGIN:VCALENDAR")


# --- identifiers


def test_an_immutable_identifier_outlives_a_move_and_an_ordinary_one_does_not(
    graph: FakeGraph, client: Client, box: Mailbox
) -> None:
    key = box.deliver(letter("one"))
    ordinary = client.get(f"messages/{key}", prefer=()).body["id"]
    assert graph.violations.pop().endswith("asks for no immutable ids")
    box.move(key, "archive")

    assert client.get(f"messages/{ordinary}").status == 404
    assert client.get(f"messages/{key}", {"$select": "parentFolderId"}).body["parentFolderId"] == box.folder_id("archive")
    assert client.get("messages/nonsense").code == "ErrorInvalidIdMalformed"


# --- changes


def test_a_first_round_tells_all_and_later_ones_what_changed(client: Client, box: Mailbox) -> None:
    keys = fill(box, 5)
    first, link = client.changes(DELTA)
    box.set_read(keys[0])
    fresh = box.deliver(letter("fresh"))
    box.delete(keys[1])
    box.move(keys[2], "archive")
    later, after = client.changes(link)
    again, _ = client.changes(link)

    assert [one["id"] for one in first] == keys
    told = {one["id"]: one for one in later}
    assert set(told) == {keys[0], fresh, keys[1], keys[2]}
    assert told[keys[0]]["isRead"] is True
    assert told[keys[1]]["@removed"] == told[keys[2]]["@removed"] == {"reason": "deleted"}
    assert [one["id"] for one in again] == [one["id"] for one in later]
    assert client.changes(after)[0] == []


def test_a_filtered_round_tells_five_thousand_at_most_the_newest_where_that_was_asked(client: Client, box: Mailbox) -> None:
    box.fill(iter(Bulk(5200, NOW, only_inbox=True)))
    since = (NOW - timedelta(days=400)).strftime("%Y-%m-%dT%H:%M:%SZ")
    query = f"{DELTA}&$filter=receivedDateTime ge {since}&$orderby=receivedDateTime desc"
    rows, _ = client.changes(query, 1000)
    whole, _ = client.changes(DELTA, 1000)

    assert (len(rows), len(whole)) == (5000, 5200)
    assert rows[0]["receivedDateTime"] == "2025-03-04T09:00:00Z"
    assert rows == sorted(rows, key=lambda one: str(one["receivedDateTime"]), reverse=True)


def test_a_link_serves_its_own_folder_and_takes_no_more_options(graph: FakeGraph, client: Client, box: Mailbox) -> None:
    fill(box, 5)
    link = client.get(DELTA, prefer=('IdType="ImmutableId"', "odata.maxpagesize=2")).body["@odata.nextLink"]

    assert client.get(link.replace(box.folder_id("inbox"), box.folder_id("archive"))).code == "SyncStateInvalid"
    assert client.get(link + "&$select=subject").status == 400
    assert "takes no others" in graph.violations.pop()


def test_links_that_have_expired_are_gone(client: Client, box: Mailbox) -> None:
    fill(box, 2)
    _, link = client.changes(DELTA)
    box.expire_delta()

    assert (client.get(link).status, client.get(link).code) == (410, "SyncStateNotFound")


def test_rounds_can_repeat_come_empty_and_tell_little(client: Client, box: Mailbox) -> None:
    keys = fill(box, 6)
    quirks = box.quirks
    quirks.delta_repeats, quirks.delta_empty_pages, quirks.bare_changes, quirks.moves_untold = True, 2, True, True
    first, link = client.changes(DELTA)
    box.set_read(keys[3])
    box.move(keys[4], "archive")
    box.move(keys[4], "inbox")
    later, _ = client.changes(link)

    assert {one["id"] for one in first} == set(keys)
    assert len(first) > len(keys)
    told = {one["id"]: one for one in later}
    assert told[keys[3]] == {"@odata.type": "#microsoft.graph.message", "id": keys[3], "isRead": True}
    assert "@removed" in told[keys[4]], "it is back, and yet told as gone"


# --- the table of types


def test_what_is_not_as_described_is_told_of_answers_and_of_bodies() -> None:
    fine = {
        "@odata.etag": "x",
        "id": "A",
        "isRead": True,
        "from": {"emailAddress": {"name": "Lee", "address": "lee@orchard.example"}},
    }
    wrong = {
        "subject": 1,
        "isRead": "yes",
        "sentDateTime": "yesterday",
        "from": {"emailAddress": "lee"},
        "importance": "urgent",
        "x": 1,
    }

    assert facts.oddities(fine, "message") == facts.oddities({"value": [fine]}, "message") == []
    assert len(facts.oddities({"value": [fine, wrong]}, "message")) == len(wrong)
    assert facts.problems({"id": "String 0x007D", "value": "x"}, "singleValueLegacyExtendedProperty") == []
    assert facts.problems({"id": "0x007D", "value": "x"}, "singleValueLegacyExtendedProperty") != []
    assert facts.problems({"endDateTime": None, "recurrence": {}}, "eventMessage") == [
        "recurrence: the table of types does not have patternedRecurrence"
    ]
    assert facts.normal_id("String {ABCDEF00-0000-4000-8000-00000000C0DE} Name Test") == (
        "String {abcdef00-0000-4000-8000-00000000c0de} Name Test"
    )


# --- the service around it


def test_it_speaks_tls_where_it_has_a_certificate(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    proof = certificate(tmp_path, now - timedelta(days=1), now + timedelta(days=1))
    trust = ssl.create_default_context(cafile=str(proof))
    with FakeGraph(certificate=proof) as graph, Client(graph.url, graph.token(SAM), verify=trust) as client:
        assert graph.url.startswith("https://")
        assert client.get("").status == 200


def test_long_answers_are_compressed_for_who_takes_that(client: Client, box: Mailbox) -> None:
    key = box.deliver(letter("long", text="word " * 1000))
    told = client.get(f"messages/{key}")

    assert told.headers["content-encoding"] == "gzip"
    assert told.body["body"]["content"].count("word") == 1000
    assert "content-encoding" not in client.get(f"messages/{key}", headers={"Accept-Encoding": "identity"}).headers


def test_a_hundred_thousand_messages_are_there_at_once(box: Mailbox, client: Client) -> None:
    box.fill(iter(Bulk(100_000, NOW)))
    since = (NOW - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    rows, _ = client.changes(f"{DELTA},from,internetMessageHeaders&$filter=receivedDateTime ge {since}", 100)

    assert box.size == 100_000
    assert 50 < len(rows) < 300
    key = rows[0]["id"]
    assert client.get(f"messages/{key}/$value").body == box.item(key).raw()
    name = box.item(key).message_id
    assert [one["id"] for one in client.get("messages", {"$filter": f"internetMessageId eq '{name}'"}).value] == [key]


def test_it_runs_as_a_process_of_its_own_until_its_input_ends() -> None:
    command = [sys.executable, "-m", "tests.servers.graph", "--messages", "50"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        with Client(told["url"], told["token"]) as client:
            assert client.get("messages", {"$top": "1", "$count": "true"}).body["@odata.count"] == 50
        process.stdin.write("\n")
        process.stdin.flush()
        counted = json.loads(process.stdout.readline())
        process.stdin.close()
        process.wait(20)

    assert (counted["calls"], counted["violations"]) == ({"messages.list": 1}, [])
    assert process.returncode == 0
