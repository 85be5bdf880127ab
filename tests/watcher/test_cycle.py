"""The main job, played over a real Maildir by the daemon's own cycle."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rules.classify import Kind
from rules.drafts.types import DraftKind
from rules.mail import Message
from rules.process import State, Verb
from tests.letters import invitation, letter, out_of_office
from tests.watcher.desk import Desk
from watcher.account import Account
from watcher.history import Assessment, assess
from watcher.intake import read_message
from watcher.passes import Interrupted
from watcher.store import Connection
from watcher.store.journal import add_mark, load_log
from watcher.store.mail import EventRow
from watcher.store.spam import SpamRow

BERLIN = ZoneInfo("Europe/Berlin")
INVITED = datetime(2026, 9, 3, 10, 0, tzinfo=BERLIN)
INTERVIEW = datetime(2026, 9, 8, 14, 0, tzinfo=BERLIN)
"""A Tuesday."""
ENDS = INTERVIEW + timedelta(hours=1)
TWO = (("Rita Chen", "rita@acme.test"), ("Omar Haddad", "omar@acme.test"))


def day(month: int, number: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, number, hour, minute, tzinfo=BERLIN)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.close()


@pytest.fixture
def interviewed(desk: Desk) -> Desk:
    """After an interview with Rita, whose thank-you note was sent the same day."""
    desk.deliver(invitation(INVITED, INTERVIEW), INVITED)
    desk.look(INVITED)
    desk.look(ENDS)
    desk.user_sends("rita@acme.test", ENDS + timedelta(hours=2))
    desk.look(ENDS + timedelta(hours=2, minutes=5))
    return desk


def to(desk: Desk) -> list[str]:
    return sorted(str(draft["To"].addresses[0].addr_spec) for draft in desk.drafts())


def test_a_confirmation_with_a_calendar_part_becomes_a_process(desk: Desk) -> None:
    desk.deliver(invitation(INVITED, INTERVIEW, attendees=TWO), INVITED)
    desk.look(INVITED + timedelta(minutes=1))

    process = desk.process(INVITED + timedelta(minutes=1)).process
    (first,) = process.rounds

    assert (process.company, process.role, process.state) == ("Acme", "Backend Engineer", State.SCHEDULED)
    assert (first.interview.start, first.interview.end, first.number) == (INTERVIEW, ENDS, 1)
    assert {"rita@acme.test", "omar@acme.test"} == {person.address for person in first.interviewers}


def test_a_thank_you_note_for_each_interviewer_appears_when_the_interview_ends(desk: Desk) -> None:
    desk.deliver(invitation(INVITED, INTERVIEW, attendees=TWO), INVITED)
    desk.look(INVITED)
    report = desk.look(ENDS - timedelta(seconds=1))
    assert desk.drafts() == []
    assert report.next_check == ENDS

    desk.look(ENDS)

    assert to(desk) == ["omar@acme.test", "rita@acme.test"]
    for draft in desk.drafts():
        assert draft["In-Reply-To"] == "<invite-1@acme.test>"
        assert "Re: " in draft["Subject"]
    assert all("D" in path.name.partition(":2,")[2] for path in desk.draft_files())


def test_three_follow_ups_two_weeks_apart_and_then_nothing(interviewed: Desk) -> None:
    placed = []
    now = ENDS + timedelta(hours=3)
    end = datetime(2026, 12, 20, 12, 0, tzinfo=BERLIN)
    while now < end:
        report = interviewed.look(now)
        if interviewed.drafts():
            (row,) = [r for r in interviewed.process(now).outbox if r.key.kind is DraftKind.STATUS and r.state == "placed"]
            assert row.slot_opens is not None
            placed.append((now, row.slot_opens.astimezone(BERLIN)))
            sent_at = row.slot_opens + timedelta(minutes=30)
            interviewed.user_sends("rita@acme.test", sent_at, new_message_id=f"phone-{len(placed)}@example.com")
            now = sent_at + timedelta(minutes=1)
            continue
        now = min(now + timedelta(days=1), report.next_check or end)

    appeared, slots = zip(*placed, strict=True)
    assert [day(9, 22, 8), day(10, 6, 8), day(10, 20, 8)] == list(slots)
    assert [day(9, 21, 20), day(10, 5, 20), day(10, 19, 20)] == [at.astimezone(BERLIN) for at in appeared]
    assert interviewed.process(end).process.state is State.DORMANT
    assert "move_on" in {notice.kind for notice in interviewed.process(end).decision.notices}


@pytest.mark.parametrize(
    ("sender", "parents"),
    [("Rita Chen <rita@acme.test>", ["invite-1@acme.test"]), ("Jonas Okafor <jonas@mail.acme.test>", [])],
    ids=["in the thread", "another address of the company"],
)
def test_a_reply_pauses_and_takes_the_untouched_draft_back(interviewed: Desk, sender: str, parents: list[str]) -> None:
    interviewed.look(day(9, 21, 20))
    assert to(interviewed) == ["rita@acme.test"]

    reply = letter(
        "Re: Interview confirmation: Backend Engineer at Acme" if parents else "About our conversation",
        "Hi Sam,\n\nthank you for your patience. Could you send us two references?\n\nBest wishes\n",
        day(9, 22, 7),
        message_id="reply-1@acme.test",
        sender=sender,
        parents=parents,
    )
    interviewed.deliver(reply, day(9, 22, 7))
    interviewed.look(day(9, 22, 7, 1))

    assert interviewed.drafts() == []
    assert interviewed.process(day(9, 22, 8)).process.state is State.OUR_TURN
    assert not [r for r in interviewed.until(day(9, 22, 8), day(12, 1)) if "in Drafts" in r]


def test_a_reply_between_planning_and_writing_stops_the_draft(interviewed: Desk) -> None:
    """The thread is looked at once more before the write: a reply that has arrived by then wins."""
    reply = letter("Re: Interview", "Good news soon, could we talk tomorrow?", day(9, 21, 19), message_id="r@acme.test")
    put = interviewed.connector.find_draft
    calls = interviewed.connector.changes
    count = 0

    def changes(*args: object, **kwargs: object) -> object:
        nonlocal count
        count += 1
        if count == 2:
            interviewed.deliver(reply, day(9, 21, 19))
        return calls(*args, **kwargs)  # type: ignore[arg-type]

    interviewed.connector.changes = changes  # type: ignore[method-assign, assignment]
    interviewed.look(day(9, 21, 20))

    assert put is not None
    assert interviewed.drafts() == []
    assert count >= 2


def test_an_edited_draft_is_left_alone(interviewed: Desk) -> None:
    interviewed.look(day(9, 21, 20))
    edited = interviewed.user_edits("rita@acme.test", "My own words.\n").read_bytes()
    interviewed.look(day(9, 21, 21))
    reply = letter("Re: Interview", "Could you call me?", day(9, 22), message_id="r@acme.test", parents=["invite-1@acme.test"])
    interviewed.deliver(reply, day(9, 22))
    interviewed.until(day(9, 22), day(10, 10))

    assert [edited] == [path.read_bytes() for path in interviewed.draft_files()]


def test_a_deleted_draft_never_comes_back(interviewed: Desk) -> None:
    interviewed.look(day(9, 21, 20))
    interviewed.draft_file("rita@acme.test").unlink()
    told = interviewed.until(day(9, 21, 21), day(10, 5, 12))

    assert interviewed.drafts() == []
    assert any("deleted" in text for text in told)
    later = interviewed.until(day(10, 5, 12), day(10, 7))
    assert len([text for text in later if "is in Drafts" in text]) == 1, "the next step comes at its own time"


def test_a_draft_sent_under_a_new_message_id_counts(interviewed: Desk) -> None:
    interviewed.look(day(9, 21, 20))
    interviewed.user_sends("rita@acme.test", day(9, 22, 8, 40), new_message_id="from-the-phone@example.com")
    interviewed.look(day(9, 22, 9))

    wait = interviewed.process(day(9, 22, 9)).process.wait
    assert wait is not None
    assert [follow_up.vetoed for follow_up in wait.follow_ups] == [False]


def test_an_out_of_office_with_a_date_shifts_and_does_not_pause(interviewed: Desk) -> None:
    interviewed.look(day(9, 21, 20))
    interviewed.deliver(out_of_office(day(9, 21, 21), parents=["invite-1@acme.test"], until="5 October 2026"), day(9, 21, 21))
    interviewed.look(day(9, 21, 21, 1))

    assert interviewed.drafts() == []
    assert interviewed.process(day(9, 21, 22)).process.state is State.THEIR_TURN
    interviewed.until(day(9, 21, 22), day(10, 5, 20))
    assert to(interviewed) == ["rita@acme.test"]
    (row,) = [r for r in interviewed.process(day(10, 5, 20)).outbox if r.state == "placed"]
    assert row.slot_opens is not None
    assert day(10, 6, 8) == row.slot_opens.astimezone(BERLIN)


def test_a_rejection_stops_it_and_a_gracious_note_comes_the_next_business_morning(interviewed: Desk) -> None:
    interviewed.look(day(9, 21, 20))
    no = letter(
        "Your application at Acme",
        "Dear Sam,\n\nthank you for your time. Unfortunately, we have decided to go on with another candidate.\n\nRita Chen\n",
        day(9, 25, 16),
        message_id="no@acme.test",
        parents=["invite-1@acme.test"],
    )
    interviewed.deliver(no, day(9, 25, 16))
    interviewed.look(day(9, 25, 16, 1))
    assert interviewed.drafts() == []
    assert interviewed.process(day(9, 25, 17)).process.state is State.CLOSED

    interviewed.until(day(9, 25, 17), day(9, 28, 8))
    (row,) = [r for r in interviewed.process(day(9, 28, 8)).outbox if r.state == "placed"]
    assert row.key.kind is DraftKind.GRACIOUS
    interviewed.until(day(9, 28, 9), day(12, 1))
    assert {DraftKind.GRACIOUS} == {r.key.kind for r in interviewed.process(day(12, 1)).outbox if r.state == "placed"}


def test_a_cancelled_interview_gets_no_thank_you(desk: Desk) -> None:
    desk.deliver(invitation(INVITED, INTERVIEW), INVITED)
    desk.look(INVITED)
    off = day(9, 7)
    desk.deliver(invitation(off, INTERVIEW, message_id="off@acme.test", method="CANCEL", sequence=1), off)
    desk.until(off, ENDS + timedelta(days=3))

    assert desk.drafts() == []
    assert desk.process(ENDS).process.state is State.THEIR_TURN


def test_a_moved_interview_is_thanked_for_at_its_new_time(desk: Desk) -> None:
    desk.deliver(invitation(INVITED, INTERVIEW), INVITED)
    desk.look(INVITED)
    new = INTERVIEW + timedelta(days=1)
    desk.deliver(invitation(day(9, 4), new, message_id="moved@acme.test", sequence=1), day(9, 4))
    desk.until(day(9, 4), new + timedelta(minutes=59))
    assert desk.drafts() == []

    desk.look(new + timedelta(hours=1))
    assert to(desk) == ["rita@acme.test"]
    assert len(desk.process(new).process.rounds) == 1


def test_the_users_own_mail_is_never_a_reply(interviewed: Desk) -> None:
    interviewed.look(day(9, 21, 20))
    note = letter(
        "Re: Interview confirmation: Backend Engineer at Acme",
        "A note to myself.",
        day(9, 21, 21),
        message_id="me@example.org",
        sender="Sam <sam.rivers@example.org>",
        to="sam@example.com",
        parents=["invite-1@acme.test"],
    )
    interviewed.deliver(note, day(9, 21, 21))
    interviewed.look(day(9, 21, 21, 1))

    assert interviewed.process(day(9, 21, 22)).process.state is not State.OUR_TURN
    assert to(interviewed) == ["rita@acme.test"]


@pytest.mark.parametrize("verb", [Verb.PAUSE, Verb.CLOSE])
def test_what_the_user_says_takes_the_draft_back(interviewed: Desk, verb: Verb) -> None:
    interviewed.look(day(9, 21, 20))
    process = interviewed.process(day(9, 21, 20)).process.id
    with interviewed.store.write() as connection:
        add_mark(connection, "main", process, verb, day(9, 21, 21))
    interviewed.look(day(9, 21, 21, 1))

    assert interviewed.drafts() == []
    assert not [text for text in interviewed.until(day(9, 22), day(11, 20)) if "in Drafts" in text]


def test_a_second_look_changes_nothing(interviewed: Desk) -> None:
    interviewed.look(day(9, 21, 20))
    before = [(path.name, path.read_bytes()) for path in interviewed.draft_files()]
    with interviewed.store.read() as connection:
        told = len(load_log(connection, "main"))
    for _ in range(3):
        interviewed.look(day(9, 21, 20, 5))
        interviewed.restart()
    with interviewed.store.read() as connection:
        assert told == len(load_log(connection, "main"))
    assert before == [(path.name, path.read_bytes()) for path in interviewed.draft_files()]


def test_what_can_be_rebuilt_is_rebuilt_the_same(interviewed: Desk) -> None:
    """Everything but cursor, mark, outbox and log is derived from the mailbox."""
    interviewed.look(day(9, 21, 20))
    now = day(9, 21, 21)
    before = interviewed.process(now)
    with interviewed.store.write() as connection:
        for table in ("process_link", "process", "event", "message"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    interviewed.restart()
    interviewed.look(now)
    after = interviewed.process(now)

    assert (before.process, before.decision, before.outbox) == (after.process, after.decision, after.outbox)
    assert to(interviewed) == ["rita@acme.test"]


def test_a_lost_store_makes_no_second_draft(interviewed: Desk) -> None:
    interviewed.look(day(9, 21, 20))
    before = [path.read_bytes() for path in interviewed.draft_files()]
    interviewed.close()
    interviewed.state.unlink()
    interviewed.restart()
    interviewed.look(day(9, 21, 20))

    assert before == [path.read_bytes() for path in interviewed.draft_files()]


def test_the_clock_set_back_makes_no_second_draft(interviewed: Desk) -> None:
    for now in (day(9, 21, 20), day(9, 20), day(9, 21, 20), day(9, 1), day(9, 22, 8)):
        interviewed.look(now)
        assert len(interviewed.drafts()) <= 1
    assert to(interviewed) == ["rita@acme.test"]


def test_a_machine_that_slept_through_tuesday_catches_up_on_wednesday(interviewed: Desk) -> None:
    interviewed.look(day(9, 23, 7))
    (row,) = [r for r in interviewed.process(day(9, 23, 7)).outbox if r.state == "placed"]

    assert row.slot_opens is not None
    assert day(9, 23, 8) == row.slot_opens.astimezone(BERLIN)


def test_noise_from_strangers_and_newsletters_changes_nothing(interviewed: Desk) -> None:
    interviewed.look(day(9, 21, 20))
    before = interviewed.process(day(9, 21, 21)).process.state
    for number, (sender, headers) in enumerate(
        [
            ("Acme News <news@acme.test>", {"List-Unsubscribe": "<https://acme.test/u>", "Precedence": "bulk"}),
            ("A Friend <kim@example.net>", {}),
            ("Job Alerts <alerts@jobs.example>", {"List-Id": "<alerts.jobs.example>"}),
        ]
    ):
        at = day(9, 21, 21, number)
        mail = letter(
            "Ten new things for you",
            "Read all about it.",
            at,
            message_id=f"noise-{number}@x.test",
            sender=sender,
            headers=headers,
        )
        interviewed.deliver(mail, at)
    interviewed.look(day(9, 21, 22))

    assert before is interviewed.process(day(9, 21, 22)).process.state
    assert to(interviewed) == ["rita@acme.test"]


def test_times_in_the_log_are_aware(interviewed: Desk) -> None:
    with interviewed.store.read() as connection:
        assert {UTC} == {row.at.tzinfo for row in load_log(connection, "main")}


def test_no_pass_places_more_drafts_than_allowed(tmp_path: Path) -> None:
    desk = Desk(tmp_path, max_drafts=2)
    panel = [(f"Person {n}", f"person-{n}@acme.test") for n in range(5)]
    desk.deliver(invitation(INVITED, INTERVIEW, attendees=panel), INVITED)
    counts = []
    for minute in range(4):
        desk.look(ENDS + timedelta(minutes=minute))
        counts.append(len(desk.drafts()))
    desk.close()

    assert counts == [2, 4, 6, 6]


def second_role(desk: Desk) -> None:
    """Another process at Acme: an interview with Omar on the day after Rita's."""
    desk.deliver(
        invitation(
            day(9, 8, 18),
            INTERVIEW + timedelta(days=1),
            message_id="second@acme.test",
            uid="second@acme.test",
            summary="Interview: Data Analyst at Acme",
            organizer=("Omar Haddad", "omar@acme.test"),
            attendees=(("Omar Haddad", "omar@acme.test"),),
            subject="Interview confirmation: Data Analyst at Acme",
            role="Data Analyst",
            sender="Omar Haddad <omar@acme.test>",
        ),
        day(9, 8, 18),
    )


def test_two_processes_at_one_company_do_not_get_mail_in_one_week(interviewed: Desk) -> None:
    """F15 counts over all threads of a company."""
    second_role(interviewed)
    interviewed.until(day(9, 8, 19), day(10, 1))
    slots = sorted(
        row.slot_opens.astimezone(BERLIN).date()
        for found in interviewed.processes(day(10, 1))
        for row in found.outbox
        if row.key.kind is DraftKind.STATUS and row.slot_opens is not None
    )

    assert len(interviewed.processes(day(10, 1))) == 2
    assert all(later - earlier >= timedelta(days=7) for earlier, later in itertools.pairwise(slots))


def test_of_two_follow_ups_to_one_company_the_first_stands_until_it_is_sent(interviewed: Desk) -> None:
    second_role(interviewed)
    for now in (day(9, 21, 20), day(9, 22, 9), day(10, 5, 20), day(10, 6, 20), day(10, 8), day(10, 20, 8)):
        interviewed.look(now)
        assert "rita@acme.test" in to(interviewed), now

    interviewed.user_sends("rita@acme.test", day(10, 20, 9))
    interviewed.until(day(10, 20, 10), day(10, 27, 12))

    assert "omar@acme.test" in to(interviewed)


def test_who_fixes_a_call_in_plain_words_and_names_nobody_is_thanked(desk: Desk) -> None:
    confirmed = letter(
        "Interview confirmed: Backend Engineer",
        "Hi Sam,\n\nyour interview is set for Tuesday, 8 September 2026 at 14:00 (Berlin time). I will call.\n\nRita Chen\n",
        INVITED,
        message_id="plain@acme.test",
    )
    desk.deliver(confirmed, INVITED)
    desk.look(INVITED)
    desk.look(ENDS)

    assert to(desk) == ["rita@acme.test"]


def test_a_mail_that_the_rules_fail_on_costs_only_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(account: Account, message: Message, at: datetime, *, known: bool, said: Kind | None) -> EventRow:
        if message.envelope.message_id == "poison@acme.test":
            raise ZeroDivisionError
        return read_message(account, message, at, known=known, said=said)

    monkeypatch.setattr("watcher.intake.read_message", read)
    desk.deliver(invitation(INVITED, INTERVIEW, message_id="poison@acme.test", uid="other@acme.test"), INVITED)
    desk.deliver(invitation(INVITED, INTERVIEW), INVITED)
    desk.look(INVITED)
    desk.restart()
    desk.look(ENDS)

    assert to(desk) == ["rita@acme.test"]


def test_a_process_that_the_rules_fail_on_costs_only_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def decided(
        connection: Connection, account: Account, process: str, now: datetime, *, spam: Sequence[SpamRow] | None
    ) -> Assessment:
        found = assess(connection, account, process, now, spam=spam)
        if found.process.role == "Data Analyst":
            raise ZeroDivisionError
        return found

    monkeypatch.setattr("watcher.cycle.assess", decided)
    other = invitation(
        INVITED,
        INTERVIEW,
        message_id="2@borealis.test",
        sender="Ida Berg <ida@borealis.test>",
        subject="Interview confirmation: Data Analyst at Borealis",
        role="Data Analyst",
        uid="2@borealis.test",
        summary="Interview: Data Analyst at Borealis",
        organizer=("Ida Berg", "ida@borealis.test"),
        attendees=[("Ida Berg", "ida@borealis.test")],
    )
    desk.deliver(other, INVITED)
    desk.deliver(invitation(INVITED, INTERVIEW), INVITED)
    desk.look(INVITED)
    desk.look(ENDS)

    assert to(desk) == ["rita@acme.test"]


def test_a_report_that_a_mail_did_not_arrive_takes_the_draft_to_that_address_back(interviewed: Desk) -> None:
    interviewed.look(day(9, 21, 20))
    assert to(interviewed) == ["rita@acme.test"]
    report = (
        b"From: Mail Delivery System <MAILER-DAEMON@mx.example.com>\r\nTo: sam@example.com\r\n"
        b"Subject: Undelivered Mail Returned to Sender\r\nDate: Mon, 21 Sep 2026 21:00:00 +0200\r\n"
        b"Message-ID: <report-1@mx.example.com>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        b"Final-Recipient: rfc822; rita@acme.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    )
    interviewed.deliver(report, day(9, 21, 21))
    interviewed.look(day(9, 21, 21, 1))

    found = interviewed.process(day(9, 21, 22))
    assert interviewed.drafts() == []
    assert found.process.state is State.THEIR_TURN
    assert {"bounced", "no_recipient"} <= {notice.kind for notice in found.decision.notices}


@pytest.mark.parametrize("real", [datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)], ids=["behind", "ahead"])
def test_a_pass_that_is_told_its_time_reads_mail_as_of_then(desk: Desk, real: datetime) -> None:
    """The mailbox's clock is years off the time that is told: rounds belong together, and `tomorrow` is the day after."""
    desk.deliver(invitation(INVITED, INTERVIEW), real)
    desk.cycle.run_pass(INVITED, wall=real)
    text = "Hi Sam,\n\nyour second interview is confirmed for tomorrow at 15:00.\n\nBest\nRita Chen\n"
    second = letter("Interview confirmed", text, day(9, 14), message_id="second@acme.test")
    desk.deliver(second, real)
    desk.cycle.run_pass(day(9, 14, 9, 5), wall=real)

    found = desk.process(day(9, 14, 9, 5)).process
    assert [round_.interview.start for round_ in found.rounds] == [INTERVIEW, day(9, 15, 15)]


def test_mail_that_turns_up_late_counts_from_the_day_it_was_received(desk: Desk) -> None:
    """In a pass that is told its time, too, a stamp that is not of the real present is believed."""
    real = datetime(2031, 1, 1, tzinfo=UTC)
    desk.deliver(invitation(INVITED, INTERVIEW), INVITED)
    for now in (INVITED, ENDS, day(9, 10)):
        desk.cycle.run_pass(now, wall=real)
    said = "Hi Sam,\n\nI will get back to you in a few days.\n\nBest\nRita Chen\n"
    desk.deliver(letter("Re: Interview", said, day(9, 9), message_id="r@acme.test", parents=["invite-1@acme.test"]), day(9, 9))
    desk.cycle.run_pass(day(9, 10, 12), wall=real)

    wait = desk.process(day(9, 10, 12)).process.wait
    assert wait is not None
    assert wait.since == day(9, 9)


def test_who_has_left_is_told_once_and_loses_the_draft(interviewed: Desk) -> None:
    interviewed.look(day(9, 21, 20))
    gone = letter(
        "Automatic reply: Interview",
        "I no longer work at Acme. Please write to hr@acme.test instead.\n",
        day(9, 21, 21),
        message_id="gone@acme.test",
        parents=["invite-1@acme.test"],
        headers={"Auto-Submitted": "auto-replied"},
    )
    interviewed.deliver(gone, day(9, 21, 21))
    report = interviewed.look(day(9, 21, 21, 1))

    assert "Rita Chen does not work there any more" in [row.text for row in report.log]
    assert interviewed.drafts() == []
    assert interviewed.process(day(9, 21, 22)).process.state is State.THEIR_TURN


def test_a_note_sent_before_is_never_taken_for_the_follow_up(desk: Desk) -> None:
    """A mailbox whose clock is far ahead of the time a pass is told: all that is sent looks later than any draft."""
    real = datetime(2031, 1, 1, tzinfo=UTC)
    desk.deliver(invitation(INVITED, INTERVIEW), real)
    for now in (INVITED, ENDS):
        desk.cycle.run_pass(now, wall=real)
    desk.user_sends("rita@acme.test", ENDS, stamp=real)
    desk.cycle.run_pass(ENDS + timedelta(hours=3), wall=real)

    desk.cycle.run_pass(day(9, 21, 20), wall=real)

    assert to(desk) == ["rita@acme.test"]


def test_a_pass_that_is_told_to_stop_ends_behind_a_page_and_is_taken_up_there(desk: Desk) -> None:
    desk.deliver(invitation(INVITED, INTERVIEW), INVITED)
    desk.cycle.stopping = lambda: True
    with pytest.raises(Interrupted):
        desk.look(INVITED)

    desk.restart()
    report = desk.look(INVITED)
    assert report.new == 0  # the page was kept
    assert any("Acme" in row.company for row in report.log)
    assert desk.look(INVITED).log == ()


def test_nobody_is_written_to_on_the_word_of_a_mail_that_its_provider_could_not_confirm(desk: Desk) -> None:
    forged = message_from_bytes(invitation(INVITED, INTERVIEW))
    forged["Authentication-Results"] = "mx.example; dmarc=fail header.from=acme.test"
    desk.deliver(forged.as_bytes(), INVITED)
    for day in range(30):
        desk.look(INTERVIEW + timedelta(days=day))
    assert desk.drafts() == []
    seen = desk.process(INTERVIEW + timedelta(days=30))
    assert any("dmarc=fail" in defect for message in seen.messages for defect in message.defects)
