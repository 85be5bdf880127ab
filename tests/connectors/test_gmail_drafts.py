"""Drafts at Gmail: in their conversation, proven before they are touched, and found again whatever broke."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import TypeVar

import pytest

from connectors.base import Connector, DraftRef, FoundState, Withdrawal
from connectors.errors import Conflict, ConnectorError, NotFound, Refused, Unavailable
from connectors.gmail import GmailConnector
from rules.drafts.mime import draft_bytes as made
from rules.drafts.types import Draft
from rules.mail import Role
from tests.connectors.contract_changes import opened
from tests.connectors.gmail_harness import FakeGmailHarness
from tests.connectors.letters import ADDRESS, COMPANY, NOW, draft, draft_bytes, letter
from tests.servers.gmail import Quirks, StoredDraft, methods, resources

T = TypeVar("T")
PARENT = letter("thread", subject="Your application")


@pytest.fixture
def harness() -> Iterator[FakeGmailHarness]:
    world = FakeGmailHarness()
    yield world
    world.close()


@pytest.fixture
def connector(harness: FakeGmailHarness) -> Iterator[GmailConnector]:
    with opened(harness) as one:
        assert isinstance(one, GmailConnector)
        yield one


def put(connector: Connector, one: Draft) -> DraftRef:
    return connector.put_draft(one, draft_bytes(one))


def in_thread(harness: FakeGmailHarness) -> Draft:
    """Return a draft that answers a message that lies in the mailbox."""
    harness.deliver(PARENT, received_at=NOW)
    return replace(draft(), thread_id=harness.mailbox.messages()[0].thread_id)


# -- the conversation


def test_a_draft_stands_in_the_conversation_that_it_answers(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    one = in_thread(harness)
    put(connector, one)
    stored = harness.mailbox.draft_of(one.message_id).message

    assert stored.thread_id == one.thread_id
    assert stored.raw == draft_bytes(one)


def test_a_draft_that_is_replaced_stays_in_its_conversation(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    one = in_thread(harness)
    old = put(connector, one)
    other = replace(draft(2), thread_id=one.thread_id)
    new = connector.put_draft(other, draft_bytes(other), old)
    nameless = replace(draft(3), thread_id="")
    newest = connector.put_draft(nameless, draft_bytes(nameless), new)

    assert [found.message.thread_id for found in harness.mailbox.drafts()] == [one.thread_id]
    assert old.ref == new.ref == newest.ref, "the container stays"
    assert len({old.revision, new.revision, newest.revision}) == 3


@pytest.mark.parametrize("thread", ["18f00000000000aa", "1699999999999999999", "not an id", "../1", "zz"])
def test_a_conversation_that_is_not_there_any_more_does_not_keep_the_draft_from_standing(
    harness: FakeGmailHarness, connector: GmailConnector, thread: str
) -> None:
    one = replace(draft(), thread_id=thread)
    ref = put(connector, one)

    assert connector.find_draft(one, ref).state is FoundState.UNTOUCHED
    assert len(harness.mailbox.drafts()) == 1


def test_a_draft_that_gmail_will_not_take_is_refused(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    harness.server.fail("drafts.create", 400, times=None, message="Invalid To header")
    with pytest.raises(Refused, match="Invalid To header"):
        put(connector, in_thread(harness))


def test_what_the_user_wrote_in_the_same_conversation_is_known_without_references(
    harness: FakeGmailHarness, connector: GmailConnector
) -> None:
    """By the conversation that Gmail sees, where the program that wrote it gave no References."""
    one = in_thread(harness)
    ref = put(connector, one)
    harness.user_deletes(one.message_id)
    own = letter("own", sender=ADDRESS, to=COMPANY, subject="Re: Your application")
    harness.mailbox.deliver(own, ["SENT"], thread_id=one.thread_id)

    assert connector.find_draft(one, ref).state is FoundState.SENT
    assert connector.find_draft(replace(one, thread_id=""), ref).state is FoundState.ABSENT


def test_a_service_that_does_not_tell_labels_with_a_message_is_believed_where_it_lists_it(
    harness: FakeGmailHarness, connector: GmailConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message is in the folder that it was listed in, or in the draft that it was read from."""
    told = resources.message_resource
    monkeypatch.setattr(
        methods, "message_resource", lambda *of: {name: value for name, value in told(*of).items() if name != "labelIds"}
    )
    one = draft()
    ref = put(connector, one)

    assert connector.find_draft(one, ref).state is FoundState.UNTOUCHED
    assert connector.find_draft(one, None).state is FoundState.UNTOUCHED
    assert connector.withdraw_draft(one, ref) is Withdrawal.WITHDRAWN
    again = put(connector, one)
    harness.user_sends(one.message_id)
    assert connector.find_draft(one, again).state is FoundState.SENT


def test_a_message_that_keeps_its_id_when_the_draft_is_replaced_is_looked_at_again(
    harness: FakeGmailHarness, connector: GmailConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = draft(), draft(2)
    old = put(connector, one)
    assert connector.find_draft(one, None).state is FoundState.UNTOUCHED

    def kept(stored: StoredDraft, raw: bytes, thread: str | None) -> None:
        del thread
        stored.message.source = raw

    monkeypatch.setattr(harness.mailbox, "replace_draft", kept)
    connector.put_draft(two, draft_bytes(two), old)
    assert connector.find_draft(two, None).state is FoundState.UNTOUCHED
    assert connector.find_draft(one, None).state is not FoundState.UNTOUCHED


# -- what proves that it is ours


def test_the_revision_is_that_of_the_message_inside(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    ref = put(connector, draft())
    standing = harness.mailbox.draft_of(draft().message_id)

    assert (ref.ref, ref.revision, ref.digest) == (standing.id, standing.message.id, sha256(draft_bytes(draft())).hexdigest())


def test_a_draft_that_was_saved_again_without_a_change_is_untouched(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    ref = put(connector, draft())
    harness.user_edits(draft().message_id, draft_bytes(draft()))
    found = connector.find_draft(draft(), ref)

    assert found.state is FoundState.UNTOUCHED
    assert found.ref is not None
    assert (found.ref.ref, found.ref.digest) == (ref.ref, ref.digest)
    assert found.ref.revision != ref.revision


def test_a_draft_whose_bytes_gmail_rewrites_is_ours_by_what_is_read_back(harness: FakeGmailHarness) -> None:
    harness.mailbox.quirks = Quirks(rewrites=lambda raw: b"X-Received: by mail.example\r\n" + raw)
    one = draft()
    with opened(harness) as connector:
        ref = connector.put_draft(one, made(one))

        assert ref.digest == sha256(connector.read_draft(ref)).hexdigest()
        assert connector.find_draft(one, ref).state is FoundState.UNTOUCHED
        assert connector.put_draft(one, made(one)).ref == ref.ref
        assert connector.find_draft(one, None).state is FoundState.UNTOUCHED
        assert connector.withdraw_draft(one, ref) is Withdrawal.WITHDRAWN


def test_a_draft_of_the_users_that_has_our_message_id_is_a_conflict(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    put(connector, draft())
    harness.user_edits(draft().message_id, draft_bytes(draft(), text="Something of my own."))
    with pytest.raises(Conflict):
        put(connector, draft())
    assert len(harness.mailbox.drafts()) == 1


def test_a_draft_that_was_sent_and_left_its_container_behind_is_never_removed(
    harness: FakeGmailHarness, connector: GmailConnector
) -> None:
    """The message inside is sent mail now: to delete the draft would delete it."""
    ref = put(connector, draft())
    standing = harness.mailbox.draft_of(draft().message_id)
    harness.mailbox.relabel(standing.message.id, add=["SENT"], remove=["DRAFT"])

    assert connector.find_draft(draft(), ref).state is FoundState.SENT
    assert connector.withdraw_draft(draft(), ref) is Withdrawal.GONE
    with pytest.raises(Conflict):
        connector.put_draft(draft(2), draft_bytes(draft(2)), ref)
    with pytest.raises(NotFound):
        connector.read_draft(ref)
    assert harness.server.calls["gmail.users.drafts.delete"] == harness.server.calls["gmail.users.drafts.update"] == 0
    assert len(harness.raws(Role.SENT)) == 1


def test_a_draft_in_the_bin_is_a_draft_that_the_user_deleted(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    ref = put(connector, draft())
    harness.mailbox.trash(harness.mailbox.draft_of(draft().message_id).message.id)

    assert connector.find_draft(draft(), ref).state is FoundState.ABSENT
    assert connector.withdraw_draft(draft(), ref) is Withdrawal.GONE
    assert list(connector.list_drafts()) == []
    assert len(harness.mailbox.messages("TRASH")) == 1


def test_an_edit_that_begins_with_an_empty_recipient_is_an_edit(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    """A web page saves while one types."""
    ref = put(connector, draft())
    raw = draft_bytes(draft(), text="Half a", message_id="made-by-the-client@mail.example")
    harness.user_edits(draft().message_id, raw.replace(b"To: Dana Ortiz <dana.ortiz@orchard.example>\r\n", b"To: \r\n"))

    assert connector.find_draft(draft(), ref).state is FoundState.EDITED


def test_a_draft_of_the_users_from_before_ours_is_not_an_edit_of_it(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    harness.deliver(draft_bytes(draft(), message_id="older@mail.example"), Role.DRAFTS, NOW - timedelta(days=3))

    assert connector.find_draft(draft(), None).state is FoundState.ABSENT


def test_a_reference_that_is_none_removes_nothing(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    put(connector, draft())
    for ref in (DraftRef("", "", "0" * 64), DraftRef("../x", "1"), DraftRef("r1", "1")):
        assert connector.withdraw_draft(draft(), ref) is not Withdrawal.WITHDRAWN
    assert len(harness.mailbox.drafts()) == 1


# -- Sent


def test_sent_mail_is_found_although_the_search_index_lags_behind(harness: FakeGmailHarness) -> None:
    with opened(harness) as connector:
        ref = put(connector, draft())
        harness.mailbox.quirks = Quirks(index_lags=True)
        harness.user_sends(draft().message_id, draft_bytes(draft(), message_id="new@mail.example"))

        assert connector.find_draft(draft(), ref).state is FoundState.SENT


def test_what_was_sent_for_another_step_is_not_taken_for_this_one(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    ref = put(connector, draft())
    harness.user_sends(draft().message_id, draft_bytes(draft(), message_id="new@mail.example"))
    sent = connector.find_draft(draft(), ref).sent
    assert sent is not None

    assert connector.find_draft(draft(2), None, frozenset({sent.identity})).state is FoundState.ABSENT
    assert connector.find_draft(draft(2), None).state is FoundState.SENT


def test_sent_mail_is_looked_through_only_as_far_back_as_the_draft(harness: FakeGmailHarness) -> None:
    for number in range(300):
        harness.mailbox.deliver(letter(f"sent{number}", sender=ADDRESS), ["SENT"], NOW - timedelta(days=10, minutes=number))
    with opened(harness) as connector:
        before = connector.spent.units
        assert connector.find_draft(draft(), None).state is FoundState.ABSENT
        first = connector.spent.units - before
        assert connector.find_draft(draft(), None).state is FoundState.ABSENT
        second = connector.spent.units - before - first

        assert first <= 5 + 5 + 50 * 20
        assert second <= 5 + 5, "what was looked at once is known"


def test_where_very_much_was_sent_since_the_index_finds_what_is_further_back(
    harness: FakeGmailHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.gmail.sent._MOST", 100)
    sent = draft_bytes(draft(), text="My own words.", message_id="new@mail.example")
    harness.mailbox.deliver(sent, ["SENT"], NOW + timedelta(hours=1))
    for number in range(120):
        harness.mailbox.deliver(letter(f"later{number}", sender=ADDRESS), ["SENT"], NOW + timedelta(hours=2, minutes=number))
    with opened(harness) as connector:
        assert connector.find_draft(draft(), None).state is FoundState.SENT
        assert connector.find_draft(draft(2, to="lee@orchard.example"), None).state is FoundState.ABSENT


# -- very many


def test_very_many_drafts_of_the_users_are_listed_by_and_by_and_ours_is_known_at_once(
    harness: FakeGmailHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.gmail.drafts._HEADERS_AT_ONCE", 50)
    monkeypatch.setattr("connectors.gmail.drafts._LISTED", 40)
    for number in range(110):
        harness.mailbox.save_draft(letter(f"own{number}", sender=ADDRESS), at=NOW - timedelta(minutes=number))
    with opened(harness) as connector:
        ref = put(connector, draft())

        assert [name for name, _ in connector.list_drafts()][-1] == draft().message_id
        counts = [len(connector.list_drafts()) for _ in range(2)]
        assert counts == [111, 111]
        units = connector.spent.units
        assert len(connector.list_drafts()) == 111
        assert connector.spent.units - units == 3 * 5
        assert connector.find_draft(draft(), ref).state is FoundState.UNTOUCHED


def test_the_oldest_of_very_many_drafts_is_known_by_its_reference(harness: FakeGmailHarness) -> None:
    with opened(harness) as connector:
        ref = put(connector, draft())
    for number in range(100):
        harness.mailbox.save_draft(letter(f"own{number}", sender=ADDRESS))
    with opened(harness) as connector:
        units = connector.spent.units
        assert connector.find_draft(draft(), ref).state is FoundState.UNTOUCHED
        assert connector.withdraw_draft(draft(), ref) is Withdrawal.WITHDRAWN
        assert connector.spent.units - units < 100


def test_an_edit_of_the_oldest_of_very_many_drafts_is_known_by_its_reference(
    harness: FakeGmailHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.gmail.drafts._HEADERS_AT_ONCE", 10)
    with opened(harness) as connector:
        ref = put(connector, draft())
    standing = harness.mailbox.draft_of(draft().message_id)
    edited = draft_bytes(draft(), text="My own words.", message_id="made-by-the-client@mail.example")
    harness.mailbox.edit_draft(standing, edited, at=NOW)
    for number in range(30):
        harness.mailbox.save_draft(letter(f"own{number}", sender=ADDRESS))
    with opened(harness) as connector:
        found = connector.find_draft(draft(), ref)

        assert found.state is FoundState.EDITED
        assert found.ref is not None
        assert connector.read_draft(found.ref) == edited


# -- faults


FAULTS: dict[str, Callable[[FakeGmailHarness, int], object]] = {
    "503 and nothing done": lambda harness, skip: harness.server.fail("*", 503, skip=skip),
    "503 and yet done": lambda harness, skip: harness.server.fail("*", 503, skip=skip, done=True),
    "no answer, and yet done": lambda harness, skip: harness.server.break_off("*", skip=skip),
    "no answer, and nothing done": lambda harness, skip: harness.server.break_off("*", skip=skip, done=False),
    "half an answer": lambda harness, skip: harness.server.break_off("*", skip=skip, after=60),
    "a page of the network": lambda harness, skip: harness.server.portal() if not skip else harness.server.portal("batch"),
}


def until_it_works(harness: FakeGmailHarness, act: Callable[[Connector], T]) -> T:
    """Do something as the daemon does: after trouble over a new connection, the same again."""
    for _ in range(10):
        try:
            with opened(harness) as connector:
                return act(connector)
        except Unavailable:
            continue
    raise AssertionError("it never worked")


def in_trouble(harness: FakeGmailHarness, fault: str, skip: int, act: Callable[[Connector], T]) -> T:
    FAULTS[fault](harness, skip)
    outcome = until_it_works(harness, act)
    harness.server.heal()
    return outcome


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("skip", range(9))
def test_trouble_at_any_call_leaves_one_draft_then_another_in_its_place_then_none(
    harness: FakeGmailHarness, fault: str, skip: int
) -> None:
    own, one, other = letter("own", sender=ADDRESS), draft(1), draft(2)
    harness.deliver(own, Role.DRAFTS, NOW)

    ref = in_trouble(harness, fault, skip, lambda connector: put(connector, one))
    assert harness.raws(Role.DRAFTS) == [own, draft_bytes(one)]

    ref = in_trouble(harness, fault, skip, lambda connector: connector.put_draft(other, draft_bytes(other), ref))
    assert harness.raws(Role.DRAFTS) == [own, draft_bytes(other)]

    outcome = in_trouble(harness, fault, skip, lambda connector: connector.withdraw_draft(other, ref))
    assert outcome in {Withdrawal.WITHDRAWN, Withdrawal.GONE}
    assert harness.raws(Role.DRAFTS) == [own]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("state", FoundState)
def test_trouble_at_any_call_never_gives_a_wrong_word_on_a_draft(
    harness: FakeGmailHarness, fault: str, state: FoundState
) -> None:
    with opened(harness) as connector:
        ref = put(connector, draft())
    if state is FoundState.EDITED:
        harness.user_edits(draft().message_id, draft_bytes(draft(), text="Mine.", message_id="mine@mail.example"))
    elif state is FoundState.SENT:
        harness.user_sends(draft().message_id, draft_bytes(draft(), text="Mine.", message_id="mine@mail.example"))
    elif state is FoundState.ABSENT:
        harness.user_deletes(draft().message_id)
    for skip in range(8):
        for known in (ref, DraftRef("", "", ref.digest)):
            harness.server.heal()
            FAULTS[fault](harness, skip)
            with suppress(Unavailable), opened(harness) as connector:
                assert connector.find_draft(draft(), known).state is state
    harness.server.heal()


def test_a_draft_whose_answer_was_lost_is_not_written_again_by_itself(harness: FakeGmailHarness) -> None:
    with opened(harness) as connector:
        assert isinstance(connector, GmailConnector)
        harness.server.break_off("drafts.create")
        with pytest.raises(Unavailable):
            put(connector, draft())

        assert harness.server.calls["gmail.users.drafts.create"] == 1
        assert len(harness.mailbox.drafts()) == 1
        put(connector, draft())
        assert harness.server.calls["gmail.users.drafts.create"] == 1


def test_absent_is_never_said_while_sent_cannot_be_looked_at(harness: FakeGmailHarness) -> None:
    with opened(harness) as connector:
        harness.server.fail("messages.list", 503, times=None)
        with pytest.raises(ConnectorError):
            connector.find_draft(draft(), None)


def test_gone_is_never_said_while_drafts_cannot_be_listed(harness: FakeGmailHarness) -> None:
    with opened(harness) as connector:
        harness.server.fail("drafts.list", 503, times=None)
        with pytest.raises(ConnectorError):
            connector.withdraw_draft(draft(), DraftRef("r123", "1", "0" * 64))
