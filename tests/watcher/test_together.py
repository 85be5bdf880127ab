"""Where a draft goes, and what one message is that several mailboxes have: pure functions of what is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rules.classify import Kind
from rules.drafts.types import DraftKey
from rules.extract.types import Facts
from rules.process import Thread
from tests.watcher.reporting import NOW, account, event, outbox_row, place
from watcher.account import Account, Beside
from watcher.store.drafts import RowState
from watcher.store.mail import EventRow
from watcher.together import each_once, home_of, profile_at, seat_of

WORK, HOME = "sam@example.com", "sam.rivers@example.org"


def mailbox(*, home_watched: bool = True) -> Account:
    return replace(account("work"), beside=(Beside("home", HOME, home_watched),))


def message(name: str, days: int, where: str = "work", kind: Kind | None = Kind.HUMAN_REPLY, **values: object) -> EventRow:
    """Return a message of so many days after the first, that lies in an account and is addressed to it."""
    row = replace(
        event(kind), account=where, identity=name, at=NOW + timedelta(days=days), thread=Thread(f"{name}@acme", (), "Hi")
    )
    return replace(row, recipients=(WORK if where == "work" else HOME,), **values)  # type: ignore[arg-type]


def test_a_message_belongs_to_the_account_it_is_addressed_to_and_came_when_it_first_did() -> None:
    sent_to_home = replace(message("a", 0, "home"), recipients=(HOME,))
    passed_on = replace(sent_to_home, account="work", at=NOW - timedelta(minutes=5), thread=Thread("a@acme", (), "Hi", "T9"))

    (once,) = each_once(mailbox(), [passed_on, sent_to_home])

    assert (once.account, once.at, once.thread.thread_id) == ("home", NOW - timedelta(minutes=5), "")


def test_a_message_to_neither_address_belongs_to_the_account_that_had_it_first() -> None:
    late = replace(message("a", 1, "home"), recipients=("jobs@list.example",))
    early = replace(late, account="work", at=NOW)

    assert [row.account for row in each_once(mailbox(), [late, early])] == ["work"]


def test_its_words_are_those_of_the_copy_that_was_read_as_known() -> None:
    unread = replace(message("a", 0), kind=Kind.NOISE, stranger=True)
    read = replace(message("a", 1, "home"), recipients=unread.recipients, step=None)

    (once,) = each_once(mailbox(), [unread, read])

    assert (once.account, once.kind, once.stranger) == ("work", Kind.HUMAN_REPLY, False)


def test_what_one_account_recognised_as_a_draft_is_one_whoever_else_has_it() -> None:
    sent = message("a", 0, kind=None)
    known = replace(sent, account="home", step="acme-1/dana@acme.example/thank_you-1")

    (once,) = each_once(mailbox(), [sent, known])

    assert once.step == known.step


@pytest.mark.parametrize(
    ("last", "seat"),
    [
        (message("b", 1, "home"), "home"),
        (message("b", 1, "home", Kind.AUTO_REPLY), "work"),
        (message("b", 1, "home", Kind.HUMAN_REPLY, facts=Facts(bounced=("x@acme.example",))), "work"),
        (message("b", 1, "home", Kind.HUMAN_REPLY, ambiguous=True), "work"),
        (message("b", 1, "home", None), "work"),
    ],
    ids=["a reply", "an automatic one", "a delivery report", "one that may be another's", "the user's own"],
)
def test_the_seat_is_where_their_last_word_came_to(last: EventRow, seat: str) -> None:
    assert seat_of(mailbox(), [message("a", 0), last]) == seat


def test_the_seat_is_never_where_nobody_looks_while_there_is_another() -> None:
    assert seat_of(mailbox(home_watched=False), [message("a", 0), message("b", 1, "home")]) == "work"
    assert seat_of(mailbox(home_watched=False), [message("b", 1, "home")]) == "home"


def test_a_draft_goes_where_the_mail_lies_that_it_answers() -> None:
    messages = [message("a", 0, "home"), message("b", 1)]
    reply = replace(place(), thread=messages[0].thread)

    assert home_of(mailbox(), reply, "work", messages, ()) == ("home", reply)
    assert home_of(mailbox(), place(), "work", messages, ()) == ("work", place())


def test_a_draft_that_would_answer_where_nobody_looks_is_a_new_mail() -> None:
    messages = [message("a", 0, "home"), message("b", 1)]
    reply = replace(place(), thread=messages[0].thread)

    assert home_of(mailbox(home_watched=False), reply, "work", messages, ()) == ("work", replace(reply, thread=None))


def test_a_form_stays_where_it_is_and_keeps_its_address() -> None:
    messages = [message("a", 0), message("b", 1, "home")]
    key = DraftKey("acme-1", WORK, "notes-1")
    form = replace(outbox_row(RowState.EDITED), key=key)
    wanted = replace(place(), key=key)

    assert home_of(mailbox(), wanted, "home", messages, [form])[0] == "work"
    assert home_of(mailbox(), wanted, "home", messages, ())[0] == "home"
    assert profile_at(mailbox(), "home", [form]).email == WORK
    assert profile_at(mailbox(), "home", ()).email == HOME


def test_with_one_account_there_is_nothing_to_choose() -> None:
    alone = account("work")
    messages = [message("a", 0)]

    assert each_once(alone, messages) == messages
    assert seat_of(alone, []) == "work"
    assert profile_at(alone, "work", ()) is alone.profile
    assert home_of(alone, place(), "work", (), ()) == ("work", place())
