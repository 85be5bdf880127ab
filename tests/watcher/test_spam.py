"""Mail that lies in spam: told once where it may be theirs, and nothing else comes of it, over Gmail's own interface."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from rules.process import State, Verb
from tests.letters import invitation, letter
from tests.watcher.gmail_desk import GmailDesk
from watcher.history import Assessment
from watcher.report.status import build_status
from watcher.report.table import status_view
from watcher.report.why import build_why
from watcher.store.accounts import forget_cursor
from watcher.store.journal import add_mark
from watcher.store.mail import all_events, search_messages
from watcher.store.spam import load_spam

BERLIN = ZoneInfo("Europe/Berlin")
INVITED = datetime(2026, 3, 2, 10, 0, tzinfo=BERLIN)
INTERVIEW = datetime(2026, 3, 4, 14, 0, tzinfo=BERLIN)
ENDS = INTERVIEW + timedelta(hours=1)
SENT = ENDS + timedelta(hours=2)
LATER = SENT + timedelta(days=1)
SPAM = ("SPAM", "UNREAD")
TOLD = "notice:spam"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[GmailDesk]:
    with GmailDesk(tmp_path) as desk:
        yield desk


@pytest.fixture
def waiting(desk: GmailDesk) -> GmailDesk:
    """After an interview with Rita at Acme, who has been thanked; now it is their turn."""
    desk.arrives(invitation(INVITED, INTERVIEW), INVITED)
    desk.look(INVITED)
    desk.look(ENDS)
    desk.sends("rita@acme.test", SENT)
    desk.look(SENT + timedelta(minutes=5))
    assert desk.process(SENT + timedelta(minutes=5)).process.state is State.THEIR_TURN
    return desk


def rejection(at: datetime = LATER, **changes: object) -> bytes:
    values: dict[str, object] = {
        "message_id": "no-1@acme.test",
        "sender": "Rita Chen <rita@acme.test>",
        **changes,
    }
    text = "Hi Sam,\n\nunfortunately we have decided to go with another candidate.\n\nBest wishes\nRita\n"
    return bytes(letter("Your application at Acme", text, at, **values))  # type: ignore[arg-type]


def notices(found: Assessment) -> list[str]:
    return [notice.text for notice in found.decision.notices if notice.kind == "spam"]


def drawn(desk: GmailDesk, now: datetime) -> str:
    out = StringIO()
    Console(file=out, width=200, no_color=True).print(status_view(now, BERLIN, [], desk.processes(now)))
    return out.getvalue()


def test_a_rejection_that_lies_in_spam_is_told_and_ends_nothing(waiting: GmailDesk) -> None:
    before = waiting.process(LATER)
    waiting.arrives(rejection(), LATER, *SPAM)
    report = waiting.look(LATER + timedelta(minutes=1))
    found = waiting.process(LATER + timedelta(minutes=1))

    assert found.process == before.process
    assert found.messages == before.messages
    (line,) = report.log
    assert line.action == TOLD
    assert line.text == notices(found)[0]
    assert line.text.startswith("A mail in spam says it is from rita@acme.test (“Your application at Acme”, ")
    assert line.text.endswith("Look at it, and move it to the inbox if it is theirs.")
    assert report.new == 0


def test_status_and_why_tell_of_it(waiting: GmailDesk) -> None:
    waiting.arrives(rejection(), LATER, *SPAM)
    waiting.look(LATER)
    found = waiting.process(LATER)

    (told,) = build_status(LATER, [], [found])["processes"][0]["notices"]
    assert (told["kind"], told["at"]) == ("spam", LATER.isoformat())
    assert told["text"] in drawn(waiting, LATER)
    assert build_why(found, LATER, [], [])["process"]["notices"] == [told]


def test_it_is_told_once_whatever_is_restarted_or_listed_anew(waiting: GmailDesk) -> None:
    waiting.arrives(rejection(), LATER, *SPAM)
    waiting.look(LATER)
    waiting.later(minutes=2)
    waiting.restart()
    waiting.later(minutes=2)
    waiting.box.expire_history()
    waiting.later(minutes=2)
    waiting.restart()
    waiting.later(minutes=2)

    assert len(waiting.logged(TOLD)) == 1
    assert len(notices(waiting.process(waiting.moment))) == 1


def test_each_further_one_is_told_and_status_says_it_in_one_line(waiting: GmailDesk) -> None:
    waiting.arrives(rejection(), LATER, *SPAM)
    waiting.look(LATER)
    again = LATER + timedelta(hours=1)
    waiting.arrives(rejection(again, message_id="no-2@acme.test", sender="hr@careers.acme.test"), again, *SPAM)
    waiting.look(again)
    waiting.later(minutes=2)

    first, second = waiting.logged(TOLD)
    (text,) = notices(waiting.process(waiting.moment))
    assert first.text != second.text == text
    assert text.startswith("2 mails in spam may be theirs; the last says it is from hr@careers.acme.test (")


def test_moved_to_the_inbox_it_counts_as_any_mail_and_the_notice_ends(waiting: GmailDesk) -> None:
    key = waiting.arrives(rejection(), LATER, *SPAM)
    waiting.look(LATER)
    waiting.box.relabel(key, add=("INBOX",), remove=("SPAM",))
    report = waiting.later(minutes=10)
    found = waiting.process(waiting.moment)

    assert found.process.state is State.CLOSED
    assert [line.action for line in report.log] == ["rejected"]
    assert found.messages[-1].at == LATER
    assert notices(found) == []
    assert len(waiting.logged(TOLD)) == 1


@pytest.mark.parametrize("ending", ["delete", "trash"])
def test_the_notice_ends_with_the_mail(waiting: GmailDesk, ending: str) -> None:
    key = waiting.arrives(rejection(), LATER, *SPAM)
    waiting.look(LATER)
    getattr(waiting.box, ending)(key)
    waiting.later(minutes=10)

    assert notices(waiting.process(waiting.moment)) == []
    with waiting.store.read() as connection:
        assert load_spam(connection, "main") == []


def test_a_listing_that_starts_over_tells_what_is_gone(waiting: GmailDesk) -> None:
    kept = waiting.arrives(rejection(), LATER, *SPAM)
    gone = waiting.arrives(rejection(LATER, message_id="no-2@acme.test"), LATER, *SPAM)
    waiting.look(LATER)
    waiting.box.delete(gone)
    waiting.box.expire_history()
    waiting.later(minutes=10)

    with waiting.store.read() as connection:
        (row,) = load_spam(connection, "main")
    assert row.message_id == waiting.box.message(kept).message_id


def test_a_mailbox_that_is_read_anew_from_nothing_tells_what_is_gone(waiting: GmailDesk) -> None:
    """As after the account has become one of another kind, which tells of no spam."""
    key = waiting.arrives(rejection(), LATER, *SPAM)
    waiting.look(LATER)
    waiting.box.delete(key)
    with waiting.store.write() as connection:
        forget_cursor(connection, "main")
    waiting.later(minutes=10)

    assert notices(waiting.process(waiting.moment)) == []


def test_it_grows_out_of_the_window(waiting: GmailDesk) -> None:
    waiting.arrives(rejection(), LATER, *SPAM)
    waiting.look(LATER)
    much_later = LATER + waiting.account.lookback + timedelta(days=1)
    waiting.arrives(letter("Hello", "Hello.\n", much_later, message_id="x@other.test", sender="x@other.test"), much_later)
    waiting.look(much_later)

    with waiting.store.read() as connection:
        assert load_spam(connection, "main") == []


@pytest.mark.parametrize(
    "sender",
    [
        "Acme Talent <acme.talent@gmail.com>",
        "Acme via Lever <no-reply@hire.lever.co>",
        "Rita Chen <rita@acme-careers.test>",
        "Sam Rivers <sam@example.com>",
        "Sam Rivers <sam.rivers@example.org>",
        "",
    ],
)
def test_what_names_the_company_but_is_from_elsewhere_is_not_told(waiting: GmailDesk, sender: str) -> None:
    waiting.arrives(rejection(sender=sender), LATER, *SPAM)
    waiting.look(LATER)

    assert waiting.logged(TOLD) == []
    assert notices(waiting.process(LATER)) == []


@pytest.mark.parametrize(("sender", "told"), [("rita.chen.acme@gmail.com", 1), ("rita.chen@gmail.com", 0)])
def test_somebody_of_theirs_with_an_address_at_a_shared_host_is_told_by_that_address(
    desk: GmailDesk, sender: str, told: int
) -> None:
    rita = ("Rita Chen", "rita.chen.acme@gmail.com")
    desk.arrives(invitation(INVITED, INTERVIEW, sender=f"{rita[0]} <{rita[1]}>", attendees=(rita,), organizer=rita), INVITED)
    desk.look(INVITED)
    desk.arrives(rejection(sender=f"Rita Chen <{sender}>"), LATER, *SPAM)
    desk.look(LATER)

    assert len(desk.logged(TOLD)) == told


def test_an_answer_to_what_the_user_sent_is_told_whoever_it_says_it_is_from(waiting: GmailDesk) -> None:
    (sent,) = waiting.box.messages("SENT")
    waiting.arrives(rejection(parents=(sent.message_id,), sender="Omar <omar@elsewhere.test>"), LATER, *SPAM)
    waiting.look(LATER)

    (text,) = notices(waiting.process(LATER))
    assert text.startswith("A mail in spam belongs to this conversation and says it is from omar@elsewhere.test (")


def test_the_mail_that_a_later_one_in_the_inbox_answers_belongs_to_the_conversation(waiting: GmailDesk) -> None:
    (sent,) = waiting.box.messages("SENT")
    first = rejection(parents=(sent.message_id,), sender="Omar <omar@elsewhere.test>")
    waiting.arrives(first, LATER, *SPAM)
    found = waiting.look(LATER)
    assert [line.action for line in found.log] == [TOLD]

    parents = (sent.message_id, "no-1@acme.test")
    said = letter("Re: Your application", "As I said.\n", LATER, message_id="no-2@acme.test", parents=parents)
    waiting.arrives(said, LATER + timedelta(hours=1))
    waiting.later(hours=1)

    assert "belongs to this conversation" in notices(waiting.process(waiting.moment))[0]


def test_what_came_before_its_process_was_known_is_told_when_it_is(desk: GmailDesk) -> None:
    desk.arrives(rejection(INVITED - timedelta(days=3)), INVITED - timedelta(days=3), *SPAM)
    desk.look(INVITED - timedelta(days=2))
    assert desk.logged(TOLD) == []

    desk.arrives(invitation(INVITED, INTERVIEW), INVITED)
    report = desk.look(INVITED)

    assert [line.action for line in report.log] == ["found", TOLD]
    assert len(notices(desk.process(INVITED))) == 1


def test_of_a_process_that_is_over_only_its_own_conversation_counts(waiting: GmailDesk) -> None:
    process = waiting.process(LATER).process.id
    with waiting.store.write() as connection:
        add_mark(connection, "main", process, Verb.CLOSE, LATER)
    waiting.arrives(rejection(message_id="no-1@acme.test"), LATER, *SPAM)
    waiting.look(LATER + timedelta(minutes=1))
    assert waiting.logged(TOLD) == []

    (sent,) = waiting.box.messages("SENT")
    waiting.arrives(rejection(message_id="no-2@acme.test", parents=(sent.message_id,)), LATER, *SPAM)
    waiting.later(minutes=1)
    assert len(waiting.logged(TOLD)) == 1
    assert notices(waiting.process(waiting.moment))[0] in drawn(waiting, waiting.moment)


def test_it_is_no_message_and_cannot_be_relabelled_into_one(waiting: GmailDesk) -> None:
    key = waiting.arrives(rejection(), LATER, *SPAM)
    asked = waiting.calls("messages.get")
    waiting.look(LATER)

    with waiting.store.read() as connection:
        assert search_messages(connection, "main", "no-1@acme.test") == []
        assert not [row for row in all_events(connection, "main") if row.thread.message_id == "no-1@acme.test"]
    assert waiting.calls("messages.get") - asked == 1, "its text was fetched as well"
    assert waiting.label_of(key) == ""


def test_what_the_user_puts_into_spam_after_it_was_read_is_not_told(waiting: GmailDesk) -> None:
    key = waiting.arrives(letter("News of Acme", "Hello Sam.\n", LATER, message_id="news@acme.test"), LATER)
    waiting.look(LATER)
    waiting.box.spam(key)
    waiting.later(minutes=5)
    waiting.box.expire_history()
    waiting.later(minutes=5)

    assert waiting.logged(TOLD) == []


def test_a_pass_that_dies_before_it_is_tied_to_its_process_loses_nothing(
    waiting: GmailDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        """The process is killed."""

    def die(*_: object) -> None:
        raise Died

    waiting.arrives(rejection(), LATER, *SPAM)
    with monkeypatch.context() as patch:
        patch.setattr("watcher.cycle.tie_spam", die)
        with pytest.raises(Died):
            waiting.look(LATER)
    waiting.restart()
    waiting.later(minutes=1)

    assert len(waiting.logged(TOLD)) == 1


def test_a_flood_in_spam_is_one_line(waiting: GmailDesk) -> None:
    """Of `status`, and of the log one a pass."""
    for number in range(60):
        at = LATER + timedelta(seconds=number)
        waiting.arrives(rejection(at, message_id=f"no-{number}@acme.test"), at, *SPAM)
    waiting.look(LATER + timedelta(minutes=2))

    assert len(waiting.logged(TOLD)) == 1
    assert notices(waiting.process(waiting.moment))[0].startswith("60 mails in spam may be theirs")


def test_a_mail_that_answers_endlessly_is_held_to_the_last_of_it(waiting: GmailDesk) -> None:
    (sent,) = waiting.box.messages("SENT")
    parents = [*(f"{number}@elsewhere.test" for number in range(300)), sent.message_id]
    waiting.arrives(rejection(parents=parents, sender="Omar <omar@elsewhere.test>"), LATER, *SPAM)
    waiting.look(LATER)

    assert len(waiting.logged(TOLD)) == 1
    with waiting.store.read() as connection:
        (row,) = load_spam(connection, "main")
    assert len(row.answers) <= 50


def test_of_a_flood_the_newest_are_looked_at(waiting: GmailDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.store.spam._MOST", 3)
    for number in range(5):
        at = LATER + timedelta(minutes=number)
        waiting.arrives(rejection(at, message_id=f"no-{number}@acme.test"), at, *SPAM)
    waiting.look(LATER + timedelta(hours=1))

    (text,) = notices(waiting.process(waiting.moment))
    assert text.startswith("3 mails in spam may be theirs")


def test_words_of_strangers_stand_on_one_line_in_it(waiting: GmailDesk) -> None:
    subject = "Hi\x1b[31m there\u202e " + "long " * 100
    raw = rejection().replace(b"Subject: Your application at Acme", f"Subject: {subject}".encode())
    waiting.arrives(raw, LATER.astimezone(UTC), *SPAM)
    waiting.look(LATER)

    (text,) = notices(waiting.process(LATER))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert len(text) < 300
