"""Labels on received mail, in step with where its process stands: over Gmail's own interface, and the table by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connectors.base import Connector, Mark
from connectors.errors import Throttled
from connectors.maildir import MaildirConnector
from rules.process import State, Verb
from tests.letters import invitation, letter
from tests.watcher.desk import Desk
from tests.watcher.gmail_desk import GmailDesk
from tests.watcher.reporting import assessment, outbox_row
from watcher.cycle import Cycle
from watcher.marking import mark_of
from watcher.store import Connection, Store
from watcher.store.drafts import Op, RowState
from watcher.store.journal import add_mark, load_log
from watcher.store.mail import search_messages
from watcher.store.marked import Wish, count_marked, marked_rows, put_marked, set_wish, wish_of

BERLIN = ZoneInfo("Europe/Berlin")
INVITED = datetime(2026, 3, 2, 10, 0, tzinfo=BERLIN)
INTERVIEW = datetime(2026, 3, 4, 14, 0, tzinfo=BERLIN)
ENDS = INTERVIEW + timedelta(hours=1)
SENT = ENDS + timedelta(hours=2)
LATER = SENT + timedelta(days=1)
MODIFYING = ("messages.modify", "messages.batchModify", "labels.create", "labels.list", "labels.delete")


class Died(BaseException):
    """The process is killed."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[GmailDesk]:
    with GmailDesk(tmp_path) as desk:
        yield desk


def invited(desk: GmailDesk) -> str:
    """Let an invitation come, and look; return its identifier."""
    key = desk.arrives(invitation(INVITED, INTERVIEW), INVITED)
    desk.look(INVITED)
    return key


def reply(at: datetime, number: int = 1, parent: str = "invite-1@acme.test") -> bytes:
    text = "Hi Sam,\n\ncould you send us your references?\n\nBest wishes\nRita\n"
    return bytes(letter("Re: Interview", text, at, message_id=f"reply-{number}@acme.test", parents=(parent,)))


# ------------------------------------------------------------------------------------------------------------ the table


def stood(state: State, *rows: tuple[RowState, str], on_hold: bool = False, op: Op = Op.NONE) -> Mark:
    """Return the mark of a process in a state, with drafts of these states and steps."""
    found = assessment(None, None, *(outbox_row(row, op, step) for row, step in rows))
    return mark_of(replace(found, process=replace(found.process, state=state, on_hold=on_hold)))


@pytest.mark.parametrize(
    ("state", "mark"),
    [
        (State.SCHEDULED, Mark.WAITING),
        (State.THEIR_TURN, Mark.WAITING),
        (State.DRAFTED, Mark.WAITING),
        (State.OUR_TURN, Mark.PAUSED),
        (State.PAUSED, Mark.PAUSED),
        (State.DORMANT, Mark.DONE),
        (State.CLOSED, Mark.DONE),
    ],
)
def test_each_state_has_its_mark_and_a_placed_draft_goes_before_all(state: State, mark: Mark) -> None:
    assert stood(state) is mark
    assert stood(state, (RowState.PLACED, "status-1.1")) is Mark.DRAFT_READY


def test_every_state_has_a_mark() -> None:
    assert [stood(state) for state in State]


@pytest.mark.parametrize("state", [RowState.PLANNED, RowState.SENT, RowState.DISCARDED, RowState.WITHDRAWN, RowState.REFUSED])
def test_a_draft_that_does_not_stand_is_not_ready(state: RowState) -> None:
    assert stood(State.THEIR_TURN, (state, "status-1.1")) is Mark.WAITING


def test_a_draft_that_is_about_to_be_taken_back_is_not_ready() -> None:
    assert stood(State.OUR_TURN, (RowState.PLACED, "status-1.1"), op=Op.WITHDRAW) is Mark.PAUSED


@pytest.mark.parametrize(
    ("state", "step", "mark"),
    [
        (State.THEIR_TURN, "status-1.1", Mark.DRAFT_READY),
        (State.SCHEDULED, "thank_you-1", Mark.DRAFT_READY),
        (State.OUR_TURN, "status-1.1", Mark.PAUSED),
        (State.PAUSED, "status-1.1", Mark.PAUSED),
        (State.CLOSED, "status-1.1", Mark.DONE),
        (State.CLOSED, "gracious", Mark.DRAFT_READY),
        (State.CLOSED, "keep_warm-1", Mark.DRAFT_READY),
    ],
)
def test_an_edited_draft_is_ready_unless_sending_it_would_be_wrong(state: State, step: str, mark: Mark) -> None:
    assert stood(state, (RowState.EDITED, step)) is mark


def test_a_form_to_oneself_is_no_draft_to_them() -> None:
    assert stood(State.SCHEDULED, (RowState.PLACED, "prep-1")) is Mark.WAITING


def test_what_they_put_on_hold_waits_for_them() -> None:
    assert stood(State.OUR_TURN, on_hold=True) is Mark.WAITING
    assert stood(State.PAUSED, on_hold=True) is Mark.PAUSED


# ------------------------------------------------------------------------------------------------------------ over Gmail


def test_the_label_goes_with_the_state_from_the_interview_to_the_end(desk: GmailDesk) -> None:
    first = invited(desk)
    assert desk.label_of(first) == "Waiting"

    desk.look(ENDS)
    assert desk.label_of(first) == "Draft ready"
    (draft,) = desk.box.drafts()
    assert draft.message.labels == {"DRAFT"}

    sent = desk.sends("rita@acme.test", SENT)
    desk.look(SENT + timedelta(minutes=5))
    assert desk.label_of(first) == "Waiting"

    second = desk.arrives(reply(LATER), LATER)
    desk.look(LATER)
    assert (desk.label_of(first), desk.label_of(second)) == ("Paused", "Paused")

    with desk.store.write() as connection:
        add_mark(connection, "main", desk.process(LATER).process.id, Verb.CLOSE, LATER)
    desk.later(minutes=1)
    assert (desk.label_of(first), desk.label_of(second)) == ("Done", "Done")
    assert desk.box.message(sent).labels == {"SENT"}
    assert desk.calls("labels.create") == 4
    assert "UNREAD" in desk.box.message(first).labels


def test_an_edited_draft_is_still_ready(desk: GmailDesk) -> None:
    first = invited(desk)
    desk.look(ENDS)
    desk.edits("rita@acme.test", b"Sam Rivers", b"Sam R.")
    desk.later(minutes=5)

    assert desk.label_of(first) == "Draft ready"


def test_a_look_at_which_nothing_changes_asks_for_no_label(desk: GmailDesk) -> None:
    first = invited(desk)
    asked = desk.calls(*MODIFYING)
    desk.later(minutes=2)
    desk.arrives(letter("Lunch", "Pizza?\n", INVITED, message_id="lunch@home.test", sender="mum@home.test"), INVITED)
    desk.later(minutes=2)
    assert desk.calls(*MODIFYING) == asked

    desk.restart()
    desk.later(minutes=2)
    assert desk.calls(*MODIFYING) == asked, "what is marked is in the store"
    assert desk.label_of(first) == "Waiting"


def test_many_mails_take_few_calls(desk: GmailDesk) -> None:
    keys = [desk.arrives(invitation(INVITED, INTERVIEW), INVITED)]
    for number in range(30):
        at = INVITED + timedelta(minutes=number)
        keys.append(desk.arrives(reply(at, number), at))
    desk.look(INVITED + timedelta(hours=1))

    assert {desk.label_of(key) for key in keys} == {"Paused"}
    assert desk.calls("messages.modify", "messages.batchModify") == 1


def test_a_mailbox_full_of_old_mail_is_marked_over_several_looks_the_newest_first(
    desk: GmailDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.marking._GROUP", 2)
    monkeypatch.setattr("watcher.marking._PER_PASS", 4)
    keys = [desk.arrives(invitation(INVITED, INTERVIEW), INVITED)]
    for number in range(8):
        at = INVITED + timedelta(minutes=number + 1)
        keys.append(desk.arrives(reply(at, number), at))
    desk.look(INVITED + timedelta(hours=1))
    assert [desk.label_of(key) for key in keys] == [""] * 5 + ["Paused"] * 4

    desk.later(minutes=1)
    desk.later(minutes=1)
    assert {desk.label_of(key) for key in keys} == {"Paused"}


def test_a_label_that_the_user_takes_off_stays_off_until_something_changes(desk: GmailDesk) -> None:
    first = invited(desk)
    desk.box.relabel(first, remove=(desk.box.label_id("Hearback/Waiting"),))
    desk.restart()
    desk.later(minutes=2)
    assert desk.label_of(first) == ""

    desk.look(ENDS)
    assert desk.label_of(first) == "Draft ready"


def test_mail_that_belongs_to_no_process_any_more_loses_the_label(desk: GmailDesk) -> None:
    """As after a split, or when a later mail tells where an earlier one belongs."""
    first = invited(desk)
    lunch = letter("Lunch", "Pizza?\n", INVITED, message_id="lunch@home.test", sender="mum@home.test")
    left = desk.arrives(lunch, INVITED)
    desk.later(minutes=1)
    desk.box.relabel(left, add=(desk.box.label_id("Hearback/Waiting"),))
    with desk.store.write() as connection:
        (envelope,) = search_messages(connection, "main", "lunch@home.test")
        put_marked(connection, "main", [(envelope.identity, left)], Mark.WAITING)
    desk.look(ENDS)

    assert (desk.label_of(first), desk.label_of(left)) == ("Draft ready", "")
    with desk.store.read() as connection:
        assert [row.ref for row in marked_rows(connection, "main").values()] == [first]


@pytest.mark.parametrize("dies_in", ["watcher.marking.put_marked", "connectors.gmail.labels.Labels.put"])
def test_a_pass_that_dies_while_it_labels_is_made_good(desk: GmailDesk, monkeypatch: pytest.MonkeyPatch, dies_in: str) -> None:
    def die(*_: object) -> None:
        raise Died

    first = desk.arrives(invitation(INVITED, INTERVIEW), INVITED)
    with monkeypatch.context() as patch:
        patch.setattr(dies_in, die)
        with pytest.raises(Died):
            desk.look(INVITED)
    desk.restart()
    desk.later(minutes=1)

    assert desk.label_of(first) == "Waiting"
    with desk.store.read() as connection:
        assert count_marked(connection, "main") == {Mark.WAITING: 1}


def test_a_program_that_dies_at_every_write_in_turn_comes_to_the_same_end(
    desk: GmailDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each start gets one write further than the one before; mail, spam, log and labels are those of a pass that lives."""
    write, left = Store.write, 0

    @contextmanager
    def dying(store: Store) -> Iterator[Connection]:
        nonlocal left
        with write(store) as connection:
            yield connection
            if left == 0:
                raise Died
            left -= 1

    first = desk.arrives(invitation(INVITED, INTERVIEW), INVITED)
    spam = letter("News", "Hello.\n", INVITED, message_id="spam-1@acme.test", sender="x@acme.test")
    desk.arrives(spam, INVITED, "SPAM")
    second = desk.arrives(reply(INVITED), INVITED)
    deaths = 0
    with monkeypatch.context() as patch:
        patch.setattr(Store, "write", dying)
        while True:
            left = deaths
            try:
                desk.look(INVITED)
            except Died:
                deaths += 1
                desk.restart()
            else:
                break

    assert deaths >= 5
    assert (desk.label_of(first), desk.label_of(second)) == ("Paused", "Paused")
    with desk.store.read() as connection:
        actions = [row.action for row in load_log(connection, "main")]
        assert count_marked(connection, "main") == {Mark.PAUSED: 2}
    assert sorted(actions) == ["found", "notice:spam", "notice:your_turn", "replied"]


@pytest.mark.parametrize(
    ("method", "status"), [("labels.list", 500), ("labels.create", 403), ("messages.modify", 404), ("messages.modify", 403)]
)
def test_labels_that_fail_hold_up_no_draft_and_come_later(desk: GmailDesk, method: str, status: int) -> None:
    first = desk.arrives(invitation(INVITED, INTERVIEW), INVITED)
    desk.server.fail(method, status, times=None)
    desk.look(INVITED)
    report = desk.look(ENDS)

    assert len(desk.box.drafts()) == 1
    assert report.next_check is not None
    assert desk.label_of(first) == ""

    desk.server.heal()
    desk.later(hours=1)
    assert desk.label_of(first) == "Draft ready"


def test_what_fails_is_left_alone_for_a_while(desk: GmailDesk) -> None:
    desk.arrives(invitation(INVITED, INTERVIEW), INVITED)
    desk.server.fail("labels.list", 500, times=None)
    desk.look(INVITED)
    asked = desk.calls("labels.list")
    desk.later(minutes=1)
    assert desk.calls("labels.list") == asked

    desk.later(minutes=10)
    assert desk.calls("labels.list") > asked


def test_mail_that_is_deleted_is_forgotten_without_a_call(desk: GmailDesk) -> None:
    first = invited(desk)
    second = desk.arrives(reply(INVITED), INVITED)
    desk.later(minutes=1)
    desk.box.delete(second)
    desk.arrives(reply(INVITED, 2), INVITED)
    desk.later(minutes=1)

    with desk.store.read() as connection:
        assert {row.ref for row in marked_rows(connection, "main").values()} == {
            one.id for one in desk.box.messages() if desk.label_of(one.id)
        }
    assert desk.label_of(first) == "Paused"


# ------------------------------------------------------------------------------------------------------- the user's word


def say(desk: GmailDesk, wish: Wish) -> None:
    with desk.store.write() as connection:
        set_wish(connection, "main", wish)


def test_labels_that_are_removed_stay_away_until_they_are_wanted_again(desk: GmailDesk) -> None:
    first = invited(desk)
    say(desk, Wish.REMOVE)
    desk.later(minutes=2)
    assert desk.own_labels() == []
    with desk.store.read() as connection:
        assert wish_of(connection, "main") is Wish.NONE
        assert marked_rows(connection, "main") == {}

    asked = desk.calls(*MODIFYING)
    desk.look(ENDS)
    desk.restart()
    desk.later(minutes=2)
    assert desk.calls(*MODIFYING) == asked
    assert desk.own_labels() == []

    say(desk, Wish.RESTORE)
    desk.later(minutes=2)
    assert desk.label_of(first) == "Draft ready"


def test_to_put_them_back_reaches_a_daemon_for_which_nothing_else_has_changed(desk: GmailDesk) -> None:
    first = invited(desk)
    for _ in range(3):
        desk.box.relabel(first, remove=(desk.box.label_id("Hearback/Waiting"),))
        say(desk, Wish.RESTORE)
        desk.later(minutes=2)
        assert desk.label_of(first) == "Waiting"


def test_a_removal_that_fails_is_made_good_at_a_later_look(desk: GmailDesk) -> None:
    invited(desk)
    say(desk, Wish.REMOVE)
    desk.server.fail("labels.delete", 500, times=None)
    desk.later(minutes=2)
    assert desk.own_labels() == ["Hearback/Waiting"]

    desk.server.heal()
    desk.later(minutes=10)
    assert desk.own_labels() == []


def test_labels_that_are_wanted_back_while_they_are_removed_come_back(desk: GmailDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = invited(desk)
    say(desk, Wish.REMOVE)
    remove = desk.connector.remove_marks

    def remove_and_hear() -> int:
        kinds = remove()
        say(desk, Wish.RESTORE)
        return kinds

    monkeypatch.setattr(desk.connector, "remove_marks", remove_and_hear)
    desk.later(minutes=2)
    assert desk.label_of(first) == ""

    desk.later(minutes=2)
    assert desk.label_of(first) == "Waiting"


def test_without_labels_in_the_configuration_none_are_asked_for(tmp_path: Path) -> None:
    with GmailDesk(tmp_path, labels=False) as desk:
        invited(desk)
        desk.look(ENDS)

        assert len(desk.box.drafts()) == 1
        assert desk.calls(*MODIFYING) == 0


# ----------------------------------------------------------------------------------------------------- any other mailbox


class Keywords(MaildirConnector):
    """Mail in files that can carry a word of ours, and a mailbox that may be in a bad mood."""

    def __init__(self, inner: MaildirConnector) -> None:
        """Take the mailbox."""
        super().__init__(inner._settings)
        self.words: dict[str, Mark] = {}
        self.calls: list[tuple[int, Mark | None]] = []
        self.mood: Exception | None = None

    def mark(self, refs: Sequence[str], mark: Mark | None) -> None:
        """Note the word."""
        if self.mood is not None:
            raise self.mood
        self.calls.append((len(refs), mark))
        for ref in refs:
            if mark is None:
                self.words.pop(ref, None)
            else:
                self.words[ref] = mark


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Desk]:
    def wrap(connector: Connector) -> Connector:
        assert isinstance(connector, MaildirConnector)
        return Keywords(connector)

    desk = Desk(tmp_path, wrap=wrap)
    yield desk
    desk.close()


def marking(desk: Desk) -> Keywords:
    assert isinstance(desk.connector, Keywords)
    desk.cycle = Cycle(desk.account, desk.connector, desk.store, marks=True)
    return desk.connector


def test_a_mailbox_that_cannot_carry_marks_is_never_asked_to(files: Desk) -> None:
    files.deliver(invitation(INVITED, INTERVIEW), INVITED)
    files.look(INVITED)

    assert isinstance(files.connector, Keywords)
    assert files.connector.calls == []


def test_any_mailbox_that_can_is(files: Desk) -> None:
    mailbox = marking(files)
    files.deliver(invitation(INVITED, INTERVIEW), INVITED)
    files.deliver(reply(INVITED), INVITED)
    files.look(INVITED)

    assert mailbox.calls == [(2, Mark.PAUSED)]


def test_a_mailbox_that_asks_for_patience_is_left_alone_for_that_long(files: Desk) -> None:
    mailbox = marking(files)
    mailbox.mood = Throttled("slowly.", 3600)
    files.deliver(invitation(INVITED, INTERVIEW), INVITED)
    files.look(INVITED)
    mailbox.mood = None
    files.look(INVITED + timedelta(minutes=59))
    assert mailbox.calls == []

    files.look(INVITED + timedelta(minutes=61))
    assert mailbox.calls == [(1, Mark.WAITING)]


def test_a_clock_that_is_put_back_does_not_keep_labels_away_for_ever(files: Desk) -> None:
    mailbox = marking(files)
    mailbox.mood = Throttled("slowly.", 10**6)
    files.deliver(invitation(INVITED, INTERVIEW), INVITED)
    files.look(INVITED + timedelta(days=1))
    mailbox.mood = None
    files.look(INVITED)

    assert mailbox.calls == [(1, Mark.WAITING)]


def test_a_mistake_in_marking_ends_no_pass(files: Desk, caplog: pytest.LogCaptureFixture) -> None:
    mailbox = marking(files)
    mailbox.mood = TypeError("oops")
    files.deliver(invitation(INVITED, INTERVIEW), INVITED)
    files.look(INVITED)
    files.look(ENDS)

    assert len(files.drafts()) == 1
    assert "TypeError" in caplog.text
