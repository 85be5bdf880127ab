"""Our labels on received mail: one at a time, made once, and gone without a trace on request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from connectors.base import Mark
from connectors.errors import ConnectorError, Refused
from connectors.gmail import GmailConnector
from connectors.gmail.labels import LABELS
from rules.mail import Role
from tests.connectors.asking import pull, settle
from tests.connectors.contract_changes import opened
from tests.connectors.gmail_harness import FakeGmailHarness
from tests.connectors.letters import ADDRESS, NOW, draft, draft_bytes, letter
from tests.servers.gmail import Quirks


@pytest.fixture(params=[0, 404, 400])
def harness(request: pytest.FixtureRequest) -> Iterator[FakeGmailHarness]:
    """Start a server that passes over what is gone in a batchModify, or refuses all of it."""
    world = FakeGmailHarness(Quirks(missing_ids=request.param))
    yield world
    world.close()


@pytest.fixture
def connector(harness: FakeGmailHarness) -> Iterator[GmailConnector]:
    with opened(harness) as one:
        assert isinstance(one, GmailConnector)
        yield one


def deliver(harness: FakeGmailHarness, count: int, *labels: str) -> list[str]:
    return [harness.mailbox.deliver(letter(f"m{number}"), labels or ("INBOX", "UNREAD"), NOW) for number in range(count)]


def ours_on(harness: FakeGmailHarness, key: str) -> set[str]:
    names = {label.id: label.name for label in harness.mailbox.labels.values() if label.type == "user"}
    return {names[one] for one in harness.mailbox.message(key).labels if one in names}


def names(harness: FakeGmailHarness) -> list[str]:
    return sorted(label.name for label in harness.mailbox.labels.values() if label.type == "user")


@pytest.mark.parametrize("count", [1, 3, 30])
def test_mail_carries_one_of_our_labels_and_then_another(
    harness: FakeGmailHarness, connector: GmailConnector, count: int
) -> None:
    keys = deliver(harness, count)
    for mark in Mark:
        connector.mark(keys, mark)
        assert [ours_on(harness, key) for key in keys] == [{LABELS[mark]}] * count
    connector.mark(keys, None)
    changes = harness.server.calls["gmail.users.messages.batchModify"] + harness.server.calls["gmail.users.messages.modify"]

    assert [ours_on(harness, key) for key in keys] == [set()] * count
    assert changes == 5 * (1 if count > 10 else count), "many are changed in one call"
    assert all({"INBOX", "UNREAD"} <= harness.mailbox.message(key).labels for key in keys), "unread it stays"
    assert names(harness) == sorted(LABELS.values())


def test_a_mark_that_stands_already_changes_nothing(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    keys = deliver(harness, 12)
    connector.mark(keys, Mark.WAITING)
    before = harness.mailbox.history_id
    connector.mark(keys, Mark.WAITING)

    assert harness.mailbox.history_id == before
    assert harness.server.calls["gmail.users.labels.create"] == 1


def test_no_label_is_made_before_it_is_needed(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    keys = deliver(harness, 2)
    connector.mark(keys, None)
    connector.mark([], Mark.DONE)

    assert names(harness) == []
    assert harness.server.calls["gmail.users.messages.get"] == 0


def test_messages_that_are_gone_are_passed_over(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    for count in (4, 20):
        keys = deliver(harness, count)
        harness.mailbox.delete(keys[1])
        connector.mark([*keys, "18f00000000000aa", "not an id", "../x", ""], Mark.PAUSED)

        assert [ours_on(harness, key) for key in keys if key != keys[1]] == [{LABELS[Mark.PAUSED]}] * (count - 1)
    harness.server.violations.clear()


def test_drafts_sent_mail_and_the_bin_are_never_labelled(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    connector.put_draft(draft(), draft_bytes(draft()))
    standing = harness.mailbox.draft_of(draft().message_id).message.id
    sent = harness.mailbox.send(letter("sent", sender=ADDRESS))
    binned, (received,) = deliver(harness, 1, "TRASH")[0], deliver(harness, 1)
    connector.mark([standing, sent, binned, received], Mark.WAITING)

    assert [ours_on(harness, key) for key in (standing, sent, binned, received)] == [set(), set(), set(), {"Hearback/Waiting"}]


def test_labels_that_exist_in_another_case_or_twice_are_used_and_cleared(
    harness: FakeGmailHarness, connector: GmailConnector
) -> None:
    for name in ("hearback/waiting", "Hearback/Waiting", "Hearback/Mine"):
        harness.mailbox.make_label(name)
    other = next(label for label in harness.mailbox.labels.values() if label.name == "Hearback/Waiting")
    (key,) = deliver(harness, 1)
    harness.mailbox.relabel(key, add=[other.id])
    connector.mark([key], Mark.WAITING)
    assert len(ours_on(harness, key)) == 1
    connector.mark([key], Mark.DONE)

    assert ours_on(harness, key) == {"Hearback/Done"}
    assert connector.remove_marks() == 3
    assert names(harness) == ["Hearback/Mine"]


def test_a_label_that_the_user_deletes_meanwhile_is_made_again(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    keys = deliver(harness, 12)
    connector.mark(keys[:1], Mark.WAITING)
    for label in [label for label in harness.mailbox.labels.values() if label.type == "user"]:
        harness.mailbox.remove_label(label)
    connector.mark(keys, Mark.WAITING)

    assert [ours_on(harness, key) for key in keys] == [{"Hearback/Waiting"}] * 12


def test_a_label_that_the_user_gives_another_name_is_theirs_from_then_on(
    harness: FakeGmailHarness, connector: GmailConnector
) -> None:
    old, new = deliver(harness, 2)
    connector.mark([old], Mark.WAITING)
    next(label for label in harness.mailbox.labels.values() if label.name == LABELS[Mark.WAITING]).name = "Jobs"
    connector.mark([old, new], Mark.DONE)
    connector.mark([new], Mark.WAITING)

    assert ours_on(harness, old) == {"Jobs", LABELS[Mark.DONE]}
    assert ours_on(harness, new) == {LABELS[Mark.WAITING]}
    assert connector.remove_marks() == 2
    assert names(harness) == ["Jobs"]


def test_a_label_that_another_program_makes_in_the_same_moment_is_used(
    harness: FakeGmailHarness, connector: GmailConnector
) -> None:
    (key,) = deliver(harness, 1)
    harness.server.fail("labels.create", 409, done=True)
    connector.mark([key], Mark.WAITING)

    assert ours_on(harness, key) == {"Hearback/Waiting"}
    assert names(harness) == ["Hearback/Waiting"]


def test_a_label_that_cannot_be_made_is_told(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    keys = deliver(harness, 1)
    harness.server.fail("labels.create", 400, times=None)
    with pytest.raises(Refused, match="labels = false"):
        connector.mark(keys, Mark.WAITING)


def test_a_change_that_is_refused_again_and_again_is_told(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    keys = deliver(harness, 1)
    harness.server.fail("messages.modify", 400, times=None)
    with pytest.raises(Refused):
        connector.mark(keys, Mark.WAITING)


@pytest.mark.parametrize("method", ["labels.list", "labels.create", "messages.get", "messages.modify", "messages.batchModify"])
def test_trouble_while_labelling_is_over_with_the_next_try(
    harness: FakeGmailHarness, connector: GmailConnector, method: str
) -> None:
    keys = deliver(harness, 12)
    for done in (False, True):
        harness.server.fail(method, 503, done=done)
        for mark in (Mark.WAITING, Mark.DONE):
            try:
                connector.mark(keys, mark)
            except ConnectorError:
                connector.mark(keys, mark)
            assert [ours_on(harness, key) for key in keys] == [{LABELS[mark]}] * 12
    assert len(names(harness)) == 2


def test_labels_wake_nobody_and_leave_nothing_touched(harness: FakeGmailHarness, connector: GmailConnector) -> None:
    deliver(harness, 3)
    cursor = settle(connector)
    connector.mark([one.id for one in harness.mailbox.messages()], Mark.WAITING)
    connector.remove_marks()
    pulled = pull(connector, cursor)

    assert (pulled.envelopes, pulled.touched) == ([], frozenset())


def test_labels_are_left_out_where_the_settings_say_so(harness: FakeGmailHarness) -> None:
    keys = deliver(harness, 1)
    connector = GmailConnector(replace(harness.settings(), labels=False))
    assert connector.open().marks is False
    connector.mark(keys, Mark.WAITING)

    assert names(harness) == []
    assert connector.remove_marks() == 0
    connector.close()


def test_opening_says_that_mail_can_be_labelled_and_what_folders_are_called(harness: FakeGmailHarness) -> None:
    with opened(harness) as connector:
        told = connector.open()

        assert (told.marks, told.server_threads, told.atomic_ids, told.keeps_message_id, told.push) == (
            True,
            True,
            True,
            True,
            False,
        )
        assert dict(told.folders)[Role.DRAFTS] == "Drafts"
