"""Drafts at Outlook that answer a message: in its conversation, with it quoted below, it as unread as before, whatever broke."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.base import DraftRef, FoundState, Withdrawal
from connectors.errors import Conflict, ConnectorError, Refused, Throttled
from connectors.outlook import OutlookConnector
from connectors.outlook.proof import PROPERTY, words_of
from rules.drafts.mime import draft_bytes
from rules.drafts.types import Draft
from rules.mail import Role
from tests.connectors.contract_changes import opened
from tests.connectors.letters import COMPANY, NOW, draft, letter
from tests.connectors.outlook_harness import OTHERWISE, OutlookHarness
from tests.servers.graph import Item, Quirks

PARENT = letter("thread", subject="Your application", text="We have read it with pleasure.\r\n\r\nDana")
QUIRKS: dict[str, Callable[[], Quirks]] = {
    "takes all": Quirks,
    "takes nothing": OTHERWISE,
    "takes the body alone": lambda: Quirks(
        reply_takes_recipients=False, reply_takes_subject=False, reply_takes_message_id=False, reply_takes_properties=False
    ),
    "takes all but the body": lambda: Quirks(reply_takes_body=False),
    "has message ids of its own": lambda: Quirks(takes_message_id=False, reply_takes_message_id=False),
    "saves once more": lambda: Quirks(settles=True, reply_takes_properties=False),
    "makes another conversation": lambda: Quirks(keeps_conversation=False, reply_takes_properties=False),
    "names the original late": lambda: Quirks(reply_names_original=False),
}


@pytest.fixture(params=list(QUIRKS))
def harness(request: pytest.FixtureRequest) -> Iterator[OutlookHarness]:
    world = OutlookHarness(QUIRKS[request.param]())
    yield world
    world.close()


@pytest.fixture(params=["takes all", "takes nothing", "takes all but the body", "saves once more"])
def breaking(request: pytest.FixtureRequest) -> Iterator[OutlookHarness]:
    """Start one of those that make a reply in different numbers of requests."""
    world = OutlookHarness(QUIRKS[request.param]())
    yield world
    world.close()


@pytest.fixture
def plain() -> Iterator[OutlookHarness]:
    world = OutlookHarness()
    yield world
    world.close()


@pytest.fixture
def connector(harness: OutlookHarness) -> Iterator[OutlookConnector]:
    with opened(harness) as one:
        assert isinstance(one, OutlookConnector)
        yield one


def answering(harness: OutlookHarness, *, read: bool = False, raw: bytes = PARENT) -> tuple[Draft, Item]:
    """Return a draft that answers a message that lies in the mailbox, and that message."""
    key = harness.mailbox.deliver(raw, "inbox", NOW)
    harness.follow(lambda: NOW - timedelta(hours=1))
    if read:
        harness.mailbox.set_read(key)
    harness.follow(lambda: NOW + timedelta(minutes=1))
    item = harness.mailbox.item(key)
    text = "Dear Dana,\n\nI enjoyed our talk and would like to hear how you decide.\n\nBest regards,\nSam Reed\n"
    return replace(draft(text=text), thread_id=item.conversation), item


def put(connector: OutlookConnector, one: Draft, replacing: DraftRef | None = None) -> DraftRef:
    return connector.put_draft(one, draft_bytes(one), replacing)


def standing(harness: OutlookHarness) -> Item:
    (one,) = harness.items(Role.DRAFTS)
    return one


def words(item: Item) -> str:
    return words_of(str(item.get("body")["content"]), html=item.get("body")["contentType"] == "html")


def addressed(item: Item, field: str = "toRecipients") -> list[str]:
    return [str(one["emailAddress"]["address"]) for one in item.get(field) or []]


def is_ours(harness: OutlookHarness, one: Draft) -> bool:
    """Say whether exactly one draft stands, complete and marked."""
    item = standing(harness)
    marked = [value for known, value in item.extended.items() if known.lower() == PROPERTY.lower()]
    return (
        len(marked) == 1
        and marked[0].split()[1] == one.message_id
        and words(item).startswith("Dear Dana, I enjoyed")
        and addressed(item) == [one.to.address]
        and item.subject == one.subject
    )


# -- the reply


def test_a_draft_stands_in_the_conversation_of_what_it_answers_with_that_quoted_below(
    harness: OutlookHarness, connector: OutlookConnector
) -> None:
    one, original = answering(harness)
    ref = put(connector, one)
    item = standing(harness)

    assert is_ours(harness, one)
    assert item.conversation == original.conversation or not harness.mailbox.quirks.keeps_conversation
    assert words(item).endswith("Subject: Your application We have read it with pleasure. Dana")
    assert (addressed(item, "ccRecipients"), addressed(item, "bccRecipients")) == ([], [])
    assert item.message_id == f"<{one.message_id}>" or not harness.mailbox.quirks.takes_message_id
    assert connector.find_draft(one, ref).state is FoundState.UNTOUCHED
    assert connector.list_drafts()[0][0] == one.message_id


@pytest.mark.parametrize("read", [True, False])
def test_the_original_is_as_read_as_it_was(harness: OutlookHarness, connector: OutlookConnector, read: bool) -> None:
    one, original = answering(harness, read=read)
    put(connector, one)

    assert harness.mailbox.item(original.key).read is read


def test_a_reply_takes_one_round_trip_to_make(plain: OutlookHarness) -> None:
    with opened(plain) as connector:
        assert isinstance(connector, OutlookConnector)
        one, _ = answering(plain)
        before, spent = plain.server.calls.copy(), connector.spent
        put(connector, one)
        made = plain.server.calls - before
        assert (connector.spent - spent).calls == 4, "Drafts, the original, the reply, and what became of it"

    assert made["batch"] == made["messages.createReply"] == made["messages.update"] == 1, "and the original is unread again"
    assert made["messages.create"] == 0


def test_nobody_else_gets_a_reply_to_a_message_to_many(harness: OutlookHarness, connector: OutlookConnector) -> None:
    more = {"Cc": "lee.park@orchard.example, all@orchard.example", "Reply-To": "jobs@orchard.example"}
    one, _ = answering(harness, raw=letter("thread", subject="Your application", more=more))
    put(connector, one)
    item = standing(harness)

    assert (addressed(item), addressed(item, "ccRecipients"), addressed(item, "bccRecipients")) == ([COMPANY], [], [])


def test_the_last_received_of_several_under_one_message_id_is_answered(plain: OutlookHarness) -> None:
    plain.mailbox.deliver(PARENT, "sentitems", NOW - timedelta(days=1))
    one, original = answering(plain)
    with opened(plain) as connector:
        connector.put_draft(one, draft_bytes(one))

    assert standing(plain).conversation == original.conversation


@pytest.mark.parametrize("status", [400, 403, 404])
def test_what_cannot_be_answered_gets_a_new_message_that_names_it(plain: OutlookHarness, status: int) -> None:
    one, original = answering(plain)
    plain.server.fail("messages.createReply", status, times=None)
    with opened(plain) as connector:
        ref = connector.put_draft(one, draft_bytes(one))

        assert connector.find_draft(one, ref).state is FoundState.UNTOUCHED
    item = standing(plain)
    assert is_ours(plain, one)
    assert item.extended["String 0x1042"] == f"<{one.in_reply_to}>"
    assert item.extended["String 0x1039"] == f"<{one.in_reply_to}>"
    assert "We have read it with pleasure." in words(item)
    assert plain.mailbox.item(original.key).read is False


def test_a_service_that_takes_no_properties_with_a_reply_gets_them_behind_it(plain: OutlookHarness) -> None:
    one, original = answering(plain)
    plain.server.fail("messages.createReply", 400, times=1)
    with opened(plain) as connector:
        connector.put_draft(one, draft_bytes(one))

    assert is_ours(plain, one)
    assert standing(plain).conversation == original.conversation
    assert plain.mailbox.item(original.key).read is False


def test_an_original_that_is_not_there_any_more_costs_the_quotation_only(
    harness: OutlookHarness, connector: OutlookConnector
) -> None:
    one, original = answering(harness)
    harness.mailbox.delete(original.key)
    put(connector, one)

    assert is_ours(harness, one)
    assert standing(harness).extended["String 0x1042"] == f"<{one.in_reply_to}>"


def test_a_draft_to_oneself_answers_nothing_and_is_plain_text(harness: OutlookHarness, connector: OutlookConnector) -> None:
    one = replace(draft(text="What went well?\n- \n"), key=replace(draft().key, step="notes-1"), in_reply_to="", references=())
    put(connector, one)

    assert standing(harness).get("body") == {"contentType": "text", "content": "What went well?\r\n- \r\n"}


def test_a_hostile_original_is_quoted_without_its_teeth(plain: OutlookHarness) -> None:
    html = '<p>Hi<img src="https://tracker.test/1.gif"><script>x</script><b onclick="y">there</b></p>'
    raw = letter("thread", text=html, more={"Content-Type": "text/html; charset=utf-8"})
    one, _ = answering(plain, raw=raw)
    with opened(plain) as connector:
        connector.put_draft(one, draft_bytes(one))
    kept = str(standing(plain).get("body")["content"])

    assert "there" in kept
    assert not any(bad in kept for bad in ("tracker.test", "<script", "onclick"))


def test_a_quote_in_a_message_id_does_not_break_out_of_the_question(plain: OutlookHarness) -> None:
    one = replace(draft(), in_reply_to="o'brien' or 1 eq 1@orchard.example".replace(" ", "."))
    plain.mailbox.deliver(PARENT.replace(b"thread@orchard.example", one.in_reply_to.encode()), "inbox", NOW)
    with opened(plain) as connector:
        connector.put_draft(one, draft_bytes(one))

    assert plain.server.calls["messages.createReply"] == 1


# -- replacing


def test_replacing_changes_the_draft_where_it_stands_and_keeps_what_is_quoted(
    harness: OutlookHarness, connector: OutlookConnector
) -> None:
    one, _ = answering(harness)
    old = put(connector, one)
    other = replace(one, message_id=draft(2).message_id, text=one.text.replace("enjoyed", "enjoyed so much"))
    new = put(connector, other, old)

    assert new.ref == old.ref
    assert is_ours(harness, other)
    assert words(standing(harness)).endswith("We have read it with pleasure. Dana")
    assert words(standing(harness)).count("From:") == 1
    assert connector.find_draft(other, new).state is FoundState.UNTOUCHED
    assert connector.withdraw_draft(other, new) is Withdrawal.WITHDRAWN


def test_a_draft_that_answers_another_message_now_moves_to_its_conversation(plain: OutlookHarness) -> None:
    one, _ = answering(plain)
    later = plain.mailbox.deliver(letter("later", subject="An update", text="Soon."), "inbox", NOW)
    other = replace(
        one, message_id=draft(2).message_id, in_reply_to="later@orchard.example", references=("later@orchard.example",)
    )
    with opened(plain) as connector:
        old = connector.put_draft(one, draft_bytes(one))
        new = connector.put_draft(other, draft_bytes(other), old)

        assert new.ref != old.ref
    assert standing(plain).conversation == plain.mailbox.item(later).conversation
    assert len(plain.items(Role.TRASH)) == 1


@pytest.mark.parametrize("read", [True, False])
def test_taking_a_reply_back_leaves_the_original_as_it_was(
    harness: OutlookHarness, connector: OutlookConnector, read: bool
) -> None:
    one, original = answering(harness, read=read)
    ref = put(connector, one)

    assert connector.withdraw_draft(one, ref) is Withdrawal.WITHDRAWN
    assert harness.items(Role.DRAFTS) == []
    assert [item.draft for item in harness.items(Role.TRASH)] == [True]
    assert harness.mailbox.item(original.key).read is read


# -- crashes: each request done or not done, its answer lost, and the same again by another process


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("skip", range(6))
def test_wherever_putting_a_reply_ends_the_next_process_finishes_it(breaking: OutlookHarness, skip: int, done: bool) -> None:
    one, original = answering(breaking)
    with opened(breaking) as connector:
        assert isinstance(connector, OutlookConnector)
        breaking.server.break_off("*", done=done, skip=skip)
        with suppress(ConnectorError):
            put(connector, one)
    breaking.server.heal()
    with opened(breaking) as connector:
        assert isinstance(connector, OutlookConnector)
        ref = put(connector, one)

        assert is_ours(breaking, one)
        assert connector.find_draft(one, ref).state is FoundState.UNTOUCHED
        assert connector.find_draft(one, None).state is FoundState.UNTOUCHED
    assert breaking.mailbox.item(original.key).read is False


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("skip", range(6))
def test_wherever_replacing_a_reply_ends_one_draft_stands_and_the_next_process_finishes_it(
    breaking: OutlookHarness, skip: int, done: bool
) -> None:
    one, _ = answering(breaking)
    other = replace(one, message_id=draft(2).message_id, text=one.text.replace("enjoyed", "enjoyed so much"))
    with opened(breaking) as connector:
        assert isinstance(connector, OutlookConnector)
        old = put(connector, one)
        breaking.server.break_off("*", done=done, skip=skip)
        with suppress(ConnectorError):
            put(connector, other, old)
    breaking.server.heal()
    assert len(breaking.items(Role.DRAFTS)) == 1
    with opened(breaking) as connector:
        assert isinstance(connector, OutlookConnector)
        new = put(connector, other, old)

        assert is_ours(breaking, other)
        assert connector.find_draft(other, new).state is FoundState.UNTOUCHED


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("skip", range(4))
def test_wherever_taking_a_reply_back_ends_nothing_of_it_is_left(breaking: OutlookHarness, skip: int, done: bool) -> None:
    one, _ = answering(breaking)
    with opened(breaking) as connector:
        assert isinstance(connector, OutlookConnector)
        ref = put(connector, one)
        breaking.server.break_off("*", done=done, skip=skip)
        with suppress(ConnectorError):
            connector.withdraw_draft(one, ref)
    breaking.server.heal()
    with opened(breaking) as connector:
        assert connector.withdraw_draft(one, ref) in {Withdrawal.WITHDRAWN, Withdrawal.GONE}
    assert breaking.items(Role.DRAFTS) == []


def test_an_original_that_could_not_be_set_unread_is_so_by_the_next_process(plain: OutlookHarness) -> None:
    one, original = answering(plain)
    plain.server.fail("messages.update", 429, times=None, retry_after=60)
    with opened(plain) as connector:
        with pytest.raises(Throttled):
            connector.put_draft(one, draft_bytes(one))
        assert plain.mailbox.item(original.key).read is True
    plain.server.heal()
    with opened(plain) as connector:
        connector.put_draft(one, draft_bytes(one))

    assert plain.mailbox.item(original.key).read is False
    assert is_ours(plain, one)


def test_an_original_that_the_user_read_later_stays_read(plain: OutlookHarness) -> None:
    now = NOW
    one, original = answering(plain)
    plain.follow(lambda: now)
    with opened(plain) as connector:
        connector.put_draft(one, draft_bytes(one))
        now = NOW + timedelta(minutes=5)
        plain.mailbox.set_read(original.key)
        connector.put_draft(one, draft_bytes(one))

    assert plain.mailbox.item(original.key).read is True


def test_a_reply_that_the_user_has_begun_is_not_taken_for_one_of_ours(plain: OutlookHarness) -> None:
    one, original = answering(plain)
    mine = draft_bytes(replace(one, message_id="f" * 32 + "@client.example", text="Dear Dana, let me think."))
    plain.mailbox.save_draft(mine, conversation=original.conversation)
    with opened(plain) as connector:
        connector.put_draft(one, draft_bytes(one))

    assert len(plain.items(Role.DRAFTS)) == 2
    assert any("let me think" in words(item) for item in plain.items(Role.DRAFTS))


def test_a_service_that_ignores_to_whom_a_draft_goes_gets_none(plain: OutlookHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of ours may stand with somebody else in To."""
    from tests.servers.graph import writing  # noqa: PLC0415 - what this test breaks

    one, _ = answering(plain, raw=letter("thread", sender="Lee Park <lee.park@orchard.example>"))
    plain.mailbox.quirks = Quirks(reply_takes_recipients=False)
    taken = writing._write

    def without_recipients(asked: object, item: Item, told: dict[str, object], *, taking: frozenset[str]) -> None:
        taken(asked, item, told, taking=taking - {"toRecipients"})  # type: ignore[arg-type]  # the fake's own types

    monkeypatch.setattr(writing, "_write", without_recipients)
    with opened(plain) as connector, pytest.raises(Refused, match="taken back"):
        connector.put_draft(one, draft_bytes(one))
    assert plain.items(Role.DRAFTS) == []


def test_a_reply_that_cannot_be_finished_does_not_stay_behind(breaking: OutlookHarness) -> None:
    one, original = answering(breaking, read=True)
    bare = not breaking.mailbox.quirks.reply_takes_body
    breaking.server.fail("messages.update", 400, times=None, message="Not so.")
    with opened(breaking) as connector, suppress(Refused):
        connector.put_draft(one, draft_bytes(one))
        assert not bare

    assert len(breaking.items(Role.DRAFTS)) == (0 if bare or breaking.mailbox.quirks.settles else 1)
    assert breaking.mailbox.item(original.key).read


def test_a_message_id_that_the_service_will_not_have_costs_that_alone(
    plain: OutlookHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.servers.graph import writing  # noqa: PLC0415 - what this test breaks
    from tests.servers.graph.answers import GraphError  # noqa: PLC0415

    one, _ = answering(plain)
    plain.mailbox.quirks = OTHERWISE()
    taken = writing._write

    def without_name(asked: object, item: Item, told: dict[str, object], *, taking: frozenset[str]) -> None:
        if "internetMessageId" in told and "internetMessageId" in taking:
            raise GraphError(400, "internetMessageId is read-only.")
        taken(asked, item, told, taking=taking)  # type: ignore[arg-type]  # the fake's own types

    monkeypatch.setattr(writing, "_write", without_name)
    with opened(plain) as connector:
        ref = connector.put_draft(one, draft_bytes(one))

        assert connector.find_draft(one, ref).state is FoundState.UNTOUCHED
        assert connector.list_drafts()[0][0] == one.message_id
    assert is_ours(plain, one)
    assert plain.server.violations
    assert all("read-only" in told for told in plain.server.violations)
    plain.server.violations.clear()


def test_an_original_that_is_too_large_to_be_read_gets_a_new_message_that_names_it(
    plain: OutlookHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, original = answering(plain, raw=letter("thread", text="word " * 40_000))
    monkeypatch.setattr("connectors.outlook.service._MOST", 100_000)
    with opened(plain) as connector:
        ref = connector.put_draft(one, draft_bytes(one))

        assert connector.find_draft(one, ref).state is FoundState.UNTOUCHED
    assert is_ours(plain, one)
    assert standing(plain).extended["String 0x1042"] == f"<{one.in_reply_to}>"
    assert not plain.mailbox.item(original.key).read


def test_a_draft_that_the_user_changes_while_it_is_replaced_is_a_conflict(plain: OutlookHarness) -> None:
    one, _ = answering(plain)
    other = replace(one, message_id=draft(2).message_id, text=one.text.replace("enjoyed", "enjoyed so much"))
    with opened(plain) as connector:
        old = connector.put_draft(one, draft_bytes(one))
        key = standing(plain).key
        fault = plain.server.hold("messages.update")
        failures: list[Exception] = []

        def replace_it() -> None:
            try:
                connector.put_draft(other, draft_bytes(other), old)
            except ConnectorError as error:
                failures.append(error)

        thread = threading.Thread(target=replace_it)
        thread.start()
        assert fault.reached.wait(10)
        plain.mailbox.edit_body(key, lambda html: html.replace("enjoyed", "quite enjoyed"))
        fault.released.set()
        thread.join(20)

    assert [type(error) for error in failures] == [Conflict]
    assert "quite enjoyed" in words(standing(plain))
