"""The fake of Microsoft Graph writes as the public pages say: drafts, replies, categories, and never anything else."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from tests.connectors.letters import NOW, draft, draft_bytes, letter
from tests.servers.graph import SCOPES, FakeGraph, Mailbox
from tests.servers.graph_client import IMMUTABLE, Client

SAM = "sam@example.com"
LEE = "lee@orchard.example"
PROPERTY = "String {5A1B7C1E-0000-4000-8000-00000000C0DE} Name Test"
PLAIN = "String {5a1b7c1e-0000-4000-8000-00000000c0de} Name Test"


def to(address: str) -> list[dict[str, Any]]:
    return [{"emailAddress": {"address": address}}]


def html(text: str) -> dict[str, str]:
    return {"contentType": "html", "content": text}


@pytest.fixture
def graph() -> Iterator[FakeGraph]:
    with FakeGraph() as server:
        yield server


@pytest.fixture
def box(graph: FakeGraph) -> Mailbox:
    return graph.mailbox(SAM)


@pytest.fixture
def client(graph: FakeGraph) -> Iterator[Client]:
    with Client(graph.url, graph.token(SAM)) as asked:
        yield asked


def said_of(client: Client, key: str) -> dict[str, Any]:
    expand = f"singleValueExtendedProperties($filter=id eq '{PROPERTY}' or id eq 'String 0x1042')"
    body: dict[str, Any] = client.get(f"messages/{key}", {"$expand": expand}).body
    body["properties"] = {one["id"]: one["value"] for one in body.get("singleValueExtendedProperties", ())}
    return body


# --- drafts


def test_a_new_draft_is_what_was_told_and_the_rest_is_the_services_own(graph: FakeGraph, client: Client, box: Mailbox) -> None:
    said = client.post(
        "messages",
        {
            "subject": "A question",
            "body": html('<p style="color:red" class="x">Hello  you</p>'),
            "toRecipients": to(LEE),
            "internetMessageId": "<own@example.com>",
            "singleValueExtendedProperties": [
                {"id": PROPERTY, "value": "mine"},
                {"id": "String 0x1042", "value": "<x@y.example>"},
            ],
        },
    )
    told = said_of(client, said.body["id"])

    assert said.status == 201
    assert (told["isDraft"], told["isRead"], told["parentFolderId"]) == (True, True, box.folder_id("drafts"))
    assert (told["subject"], told["internetMessageId"]) == ("A question", "<own@example.com>")
    assert told["toRecipients"] == [{"emailAddress": {"name": LEE, "address": LEE}}]
    assert told["from"]["emailAddress"]["address"] == SAM
    assert '<p class="x" style="color:red">Hello&nbsp; you</p>' in told["body"]["content"]
    assert told["body"]["content"].startswith("<html><head>")
    assert told["properties"] == {PLAIN: "mine", "String 0x1042": "<x@y.example>"}
    raw = client.get(f"messages/{said.body['id']}/$value").body
    assert b"In-Reply-To: <x@y.example>" in raw
    assert b"Hello" in raw
    assert graph.violations == []


def test_a_draft_can_be_made_of_mime(graph: FakeGraph, client: Client, box: Mailbox) -> None:
    raw = draft_bytes(draft())
    plain = {"Content-Type": "text/plain"}
    said = client.post("messages", base64.b64encode(raw), headers=plain)

    assert (said.status, said.body["subject"], said.body["isDraft"]) == (201, draft().subject, True)
    assert box.item(said.body["id"]).raw() == raw
    assert client.post("messages", b"no base64!", headers=plain).code == "ErrorMimeContentInvalidBase64String"
    assert graph.violations == []


def test_a_draft_is_found_by_a_property_of_its_own(client: Client) -> None:
    made = client.post("messages", {"subject": "x", "singleValueExtendedProperties": [{"id": PROPERTY, "value": "Mine"}]}).body[
        "id"
    ]
    client.post("messages", {"subject": "y"})

    def found(test: str) -> list[str]:
        text = f"singleValueExtendedProperties/any(p:p/id eq '{PROPERTY}' and {test})"
        return [one["id"] for one in client.get("messages", {"$filter": text}).value]

    assert found("p/value eq 'mine'") == found("startswith(p/value, 'mi')") == found("p/value ne 'other'") == [made]
    assert found("p/value eq 'other'") == []


def test_a_change_needs_the_version_that_it_names(graph: FakeGraph, client: Client, box: Mailbox) -> None:
    made = client.post("messages", {"subject": "x", "body": html("<p>One</p>")}).body
    changed = client.patch(f"messages/{made['id']}", {"subject": "y"}, headers={"If-Match": made["@odata.etag"]})
    late = client.patch(f"messages/{made['id']}", {"subject": "z"}, headers={"If-Match": made["@odata.etag"]})
    moved = client.post(
        f"messages/{made['id']}/move", {"destinationId": "deleteditems"}, headers={"If-Match": made["@odata.etag"]}
    )

    assert changed.body["changeKey"] != made["changeKey"]
    assert (late.status, late.code, moved.status) == (412, "ErrorIrresolvableConflict", 412)
    assert box.item(made["id"]).subject == "y"
    assert graph.violations == []


def test_a_draft_that_is_moved_or_deleted_lies_in_deleted_items(graph: FakeGraph, client: Client, box: Mailbox) -> None:
    keys = [client.post("messages", {"subject": "x"}).body["id"] for _ in range(2)]
    moved = client.post(f"messages/{keys[0]}/move", {"destinationId": "deleteditems"})

    assert (moved.status, moved.body["id"]) == (201, keys[0])
    assert client.ask("DELETE", f"messages/{keys[1]}").status == 204
    assert {one.key for one in box.items("deleteditems")} == set(keys)
    assert box.items("drafts") == []
    assert graph.violations == []


def test_a_draft_may_be_saved_once_more_by_the_service_itself(client: Client, box: Mailbox) -> None:
    box.quirks.settles = True
    made = client.post("messages", {"subject": "x"}).body
    first = client.get(f"messages/{made['id']}").body

    assert first["changeKey"] != made["changeKey"]
    assert client.get(f"messages/{made['id']}").body["changeKey"] == first["changeKey"]


# --- replies


def test_a_reply_quotes_the_original_and_stands_in_its_conversation(graph: FakeGraph, client: Client, box: Mailbox) -> None:
    key = box.deliver(letter("one", text="Words of theirs."), at=NOW)
    said = client.post(f"messages/{key}/createReply")
    told = said_of(client, said.body["id"])

    assert said.status == 201
    assert (told["subject"], told["conversationId"]) == ("RE: Your application", box.item(key).conversation)
    assert told["toRecipients"][0]["emailAddress"]["address"] == "dana.ortiz@orchard.example"
    assert "divRplyFwdMsg" in told["body"]["content"]
    assert "Words of theirs." in told["body"]["content"]
    assert told["properties"] == {"String 0x1042": "<one@orchard.example>"}
    assert box.item(key).read, "making a reply counts as having read"
    assert graph.violations == []


@pytest.mark.parametrize("takes", [True, False])
def test_a_reply_takes_what_it_is_given_or_not(graph: FakeGraph, client: Client, box: Mailbox, takes: bool) -> None:
    quirks = box.quirks
    quirks.reply_takes_body = quirks.reply_takes_recipients = quirks.reply_takes_subject = takes
    quirks.reply_takes_message_id = quirks.reply_takes_properties = quirks.reply_reads = takes
    key = box.deliver(letter("one"), at=NOW)
    given = {
        "subject": "Mine",
        "body": html("<p>Own words</p>"),
        "toRecipients": to(LEE),
        "internetMessageId": "<own@example.com>",
        "singleValueExtendedProperties": [{"id": PROPERTY, "value": "v"}],
    }
    made = client.post(f"messages/{key}/createReply", {"message": given}).body["id"]
    told = said_of(client, made)

    taken = (
        told["subject"] == "Mine",
        "Own words" in told["body"]["content"],
        told["toRecipients"][0]["emailAddress"]["address"] == LEE,
        told["internetMessageId"] == "<own@example.com>",
        PLAIN in told["properties"],
        box.item(key).read,
    )
    assert taken == (takes,) * 6
    assert client.patch(f"messages/{made}", given).status == 200
    told = said_of(client, made)
    assert (told["subject"], told["internetMessageId"], told["properties"][PLAIN]) == ("Mine", "<own@example.com>", "v")
    assert graph.violations == []


def test_a_comment_and_a_body_together_are_refused(client: Client, box: Mailbox) -> None:
    key = box.deliver(letter("one"))
    said = client.post(f"messages/{key}/createReply", {"comment": "Thanks", "message": {"body": html("x")}})

    assert said.status == 400
    assert box.items("drafts") == []


def test_a_reply_goes_where_replies_are_wanted_and_to_all_with_everybody_else(client: Client, box: Mailbox) -> None:
    key = box.deliver(letter("one", more={"Reply-To": f"Lee <{LEE}>", "Cc": f"other@orchard.example, {SAM}"}))
    told = client.post(f"messages/{key}/createReplyAll").body

    assert [one["emailAddress"]["address"] for one in told["toRecipients"]] == [LEE]
    assert [one["emailAddress"]["address"] for one in told["ccRecipients"]] == ["other@orchard.example"]


# --- batches


def test_parts_of_a_batch_are_done_in_their_order_and_answered_in_another(graph: FakeGraph, client: Client, box: Mailbox) -> None:
    key = box.deliver(letter("one"))
    told = client.batch(
        ("POST", f"messages/{key}/createReply", {"message": {"subject": "Mine"}}),
        ("PATCH", f"messages/{key}", {"isRead": False}),
        ("GET", f"messages/{key}/$value"),
        chained=True,
    )

    assert [told[number]["status"] for number in "123"] == [201, 200, 200]
    assert told["2"]["body"]["isRead"] is False
    assert base64.b64decode(told["3"]["body"]) == box.item(key).raw()
    assert graph.calls["batch"] == 1
    assert graph.units == 3
    assert graph.violations == []


def test_what_depends_on_a_failed_part_fails_with_it(graph: FakeGraph, client: Client, box: Mailbox) -> None:
    key = box.deliver(letter("one"))
    graph.fail("messages.createReply", 429, retry_after=7)
    told = client.batch(
        ("POST", f"messages/{key}/createReply", {}), ("PATCH", f"messages/{key}", {"isRead": False}), chained=True
    )

    assert (told["1"]["status"], told["1"]["headers"]["Retry-After"]) == (429, "7")
    assert told["2"]["status"] == 424


@pytest.mark.parametrize(
    "requests",
    [
        [],
        [{"id": str(number), "method": "GET", "url": "/me"} for number in range(21)],
        [{"id": "1", "method": "GET", "url": "/me"}, {"id": "1", "method": "GET", "url": "/me"}],
        [{"id": 1, "method": "GET", "url": "/me"}],
        [{"id": "1", "method": "GET", "url": "https://graph.microsoft.com/v1.0/me"}],
        [{"id": "1", "method": "POST", "url": "/me/messages", "body": {}}],
        [{"id": "1", "method": "GET", "url": "/me", "dependsOn": ["9"]}],
        [{"id": "1", "method": "GET", "url": "/me", "unknown": 1}],
    ],
)
def test_a_batch_that_is_none_is_refused_whole(graph: FakeGraph, client: Client, requests: list[Any]) -> None:
    assert client.post("/$batch", {"requests": requests}).status == 400
    assert len(graph.violations) == 1


# --- categories


def test_categories_have_colours_where_that_right_was_given(graph: FakeGraph, box: Mailbox) -> None:
    with Client(graph.url, graph.token(SAM, SCOPES | {"MailboxSettings.ReadWrite"})) as client:
        body = {"displayName": "Hearback: waiting", "color": "preset7"}
        made = client.post("outlook/masterCategories", body)
        again = client.post("outlook/masterCategories", body)
        listed = client.get("outlook/masterCategories").value

        assert (made.status, again.status) == (201, 409)
        assert [(one["displayName"], one["color"]) for one in listed] == [("Hearback: waiting", "preset7")]
        assert client.ask("DELETE", f"outlook/masterCategories/{made.body['id']}").status == 204
    with Client(graph.url, graph.token(SAM)) as client:
        assert client.get("outlook/masterCategories").code == "ErrorAccessDenied"
        assert client.post("outlook/masterCategories", body).status == 403
    assert box.master == {}
    assert graph.violations == []


# --- the user's side


def test_a_draft_that_is_sent_lies_in_sent_under_another_identifier(client: Client, box: Mailbox) -> None:
    key = box.deliver(letter("one"))
    made = client.post(f"messages/{key}/createReply", {"message": {"internetMessageId": "<own@example.com>"}}).body["id"]
    sent = box.send_draft(made)

    assert client.get(f"messages/{made}").status == 404
    told = said_of(client, sent)
    assert (told["isDraft"], told["internetMessageId"]) == (False, "<own@example.com>")
    assert b"In-Reply-To: <one@orchard.example>" in box.item(sent).raw()


@pytest.mark.parametrize(("in_place", "name"), [(True, None), (True, "another@mail.example"), (False, None)])
def test_what_the_user_saves_is_the_same_draft_or_another_one(
    client: Client, box: Mailbox, in_place: bool, name: str | None
) -> None:
    box.quirks.edits_in_place = in_place
    body = {"internetMessageId": f"<{draft().message_id}>", "singleValueExtendedProperties": [{"id": PROPERTY, "value": "v"}]}
    made = client.post("messages", body).body
    edited = box.edit_draft(made["id"], draft_bytes(draft(), text="Other words", message_id=name))
    told = said_of(client, edited)

    assert (edited == made["id"]) is (in_place and name is None)
    assert (PLAIN in told["properties"]) is (in_place and name is None)
    assert "Other words" in told["body"]["content"]
    assert told["changeKey"] != made["changeKey"]
    assert len(box.items("drafts")) == 1


# --- what must not be asked for


FORBIDDEN: dict[str, tuple[object, str]] = {
    "POST sendMail": ({"message": {}}, "never call"),
    "POST messages/KEY/send": (None, "never call"),
    "POST messages/KEY/reply": ({"comment": "x"}, "never call"),
    "POST messages/KEY/microsoft.graph.forward": ({}, "never call"),
    "POST messages/KEY/permanentDelete": (None, "never call"),
    'GET messages?$search="x"': (None, "no option $search"),
    "GET messages?$select=subjekt": (None, "subjekt"),
    "GET messages?$filter=subjekt eq 'x'": (None, "subjekt"),
    "GET messages?$filter=subject eq": (None, "Invalid filter"),
    "GET messages?$top=5000": (None, "$top=5000"),
    "GET messages?$expand=attachments": (None, "Select and Expand"),
    "GET mailFolders/inbox/messages/delta?$filter=isRead eq true": (None, "not supported for delta"),
    "GET mailFolders/inbox/messages/delta?$orderby=subject": (None, "not supported for delta"),
    "GET calendar": (None, "Resource not found"),
    "PUT messages/KEY": ({}, "Resource not found"),
    "POST messages": ({"subjekt": "x"}, "no property subjekt"),
    "POST  messages": ({"subject": 1}, "no Edm.String"),
    "POST   messages": ({"body": {"contentType": "markdown"}}, "none of bodyType"),
    "POST    messages": ({"isDraft": False}, "cannot be written"),
    "POST     messages": ({"toRecipients": "x@y.example"}, "not a list"),
    "POST      messages": ({"singleValueExtendedProperties": [{"id": "Name X", "value": ""}]}, "identifier"),
    "POST messages/KEY/createReply": ({"message": {"id": "x"}}, "cannot be written"),
    "POST  messages/KEY/createReply": ({"coment": "x"}, "no parameter"),
    "POST messages/KEY/move": ({"destination": "inbox"}, "destination"),
    "POST  messages/KEY/move": ({"destinationId": "archive"}, "no draft was moved"),
    "DELETE messages/KEY": (None, "no draft was moved"),
    "PATCH messages/KEY": ({"changeKey": "x"}, "cannot be written"),
    "PATCH  messages/KEY": ({"isRead": True}, "marked as read"),
}
"""What no client of ours may ask for: the body, and a word of what is said to it."""


@pytest.mark.parametrize("asked", FORBIDDEN)
def test_what_must_not_be_asked_for_is_kept(graph: FakeGraph, client: Client, box: Mailbox, asked: str) -> None:
    key = box.deliver(letter("one"))
    verb, _, path = asked.partition(" ")
    body, word = FORBIDDEN[asked]
    client.ask(verb, path.strip().replace("KEY", key), None, body)

    assert word in " ".join(graph.violations)
    assert box.items("sentitems") == []


def test_a_page_size_out_of_bounds_an_unknown_preference_and_ordinary_identifiers_are_kept(
    graph: FakeGraph, client: Client
) -> None:
    client.get("messages", prefer=(IMMUTABLE, "odata.maxpagesize=5000"))
    client.get("messages", prefer=(IMMUTABLE, "odata.maxpagesze=5"))
    client.get("messages", prefer=())

    assert [
        word in told for word, told in zip(("page size", "odata.maxpagesze", "immutable"), graph.violations, strict=True)
    ] == [True] * 3


def test_what_the_user_wrote_is_guarded(graph: FakeGraph, client: Client, box: Mailbox) -> None:
    key = box.save_draft(letter("own", sender=SAM))
    client.patch(f"messages/{key}", {"subject": "Mine now"})
    client.post(f"messages/{key}/move", {"destinationId": "deleteditems"})

    assert len(graph.violations) == len(box.trespasses) == 2


def test_only_a_draft_has_words_that_can_be_changed(client: Client, box: Mailbox) -> None:
    key = box.deliver(letter("one"))

    assert client.patch(f"messages/{key}", {"subject": "x"}).code == "ErrorInvalidPropertySet"
    assert client.patch(f"messages/{key}", {"categories": ["One", "Two"]}).body["categories"] == ["One", "Two"]


# --- rights, faults


def test_tokens_are_checked_and_mailboxes_kept_apart(graph: FakeGraph, client: Client) -> None:
    key = graph.mailbox(LEE).deliver(letter("theirs"))
    with Client(graph.url, "invented") as stranger:
        assert stranger.get("messages").code == "InvalidAuthenticationToken"
    assert client.get(f"messages/{key}").status == 404
    assert client.get(f"/users/{LEE}/messages").status == 403
    graph.share(LEE, SAM)
    assert client.get(f"/users/{LEE}/messages").status == 403, "Mail.ReadWrite alone does not open the mailbox of another"
    with Client(graph.url, graph.token(SAM, {"User.Read", "Mail.ReadWrite.Shared"}), root=f"/users/{LEE}") as shared:
        assert shared.get(f"messages/{key}").body["subject"] == "Your application"
        link = shared.changes("mailFolders/inbox/messages/delta")[1]
        assert f"/users/{LEE}/" in link
        assert shared.changes(link)[0] == []
        assert shared.get("").status == 403
    graph.expire_tokens(SAM)
    assert client.get("").status == 401
    assert graph.violations == []


def test_faults_strike_as_they_are_armed(graph: FakeGraph, client: Client) -> None:
    graph.fail("user.get", 503, retry_after=3, times=2, skip=1)
    seen = [client.get("") for _ in range(4)]

    assert [one.status for one in seen] == [200, 503, 503, 200]
    assert (seen[1].headers["Retry-After"], seen[1].code) == ("3", "ErrorServerBusy")
    graph.portal()
    assert b"<html>" in client.get("").body
    graph.fail("messages.create", 500, done=True)
    assert client.post("messages", {"subject": "done and yet failed"}).status == 500
    assert len(graph.mailbox(SAM).items("drafts")) == 1


def test_the_limit_of_requests_counts_each_part(graph: FakeGraph) -> None:
    del graph
    with FakeGraph(quota=3) as limited, Client(limited.url, limited.token(SAM)) as client:
        told = client.batch(*[("GET", "messages")] * 4)

        assert [told[number]["status"] for number in "1234"] == [200, 200, 200, 429]
