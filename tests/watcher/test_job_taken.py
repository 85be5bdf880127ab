"""The daemon that goes on running: a word that concerns every process, a no-show, words for LinkedIn, keeping in touch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rules.drafts.types import DraftKind
from rules.process import Verb
from tests.letters import invitation, letter
from tests.watcher.desk import Desk
from watcher.store.drafts import RowState
from watcher.store.journal import add_mark

INVITED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
INTERVIEW = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 17, 8, 30, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, rules="prep.enabled = false\nnotes.enabled = false\n")
    yield made
    made.close()


def two_interviews(desk: Desk) -> tuple[str, str]:
    """Let two companies invite; return the ids of both processes."""
    desk.deliver(invitation(INVITED, INTERVIEW), INVITED)
    desk.deliver(
        invitation(
            INVITED,
            INTERVIEW + timedelta(hours=2),
            message_id="i2@umbrella.example",
            subject="Interview confirmation: Data Engineer at Umbrella",
            role="Data Engineer",
            sender="Ada Voss <ada@umbrella.example>",
            uid="u2@umbrella.example",
            summary="Interview: Data Engineer at Umbrella",
            attendees=[("Ada Voss", "ada@umbrella.example")],
            organizer=("Ada Voss", "ada@umbrella.example"),
        ),
        INVITED,
    )
    desk.look(INVITED + timedelta(hours=1))
    first, second = sorted(one.process.id for one in desk.processes(INVITED + timedelta(hours=1)))
    return first, second


def standing(desk: Desk, now: datetime) -> set[tuple[str, DraftKind]]:
    return {(one.process.id, row.key.kind) for one in desk.processes(now) for row in one.outbox if row.state is RowState.PLACED}


def test_f21_a_running_daemon_takes_every_draft_back_on_the_first_day_in_the_new_job(desk: Desk) -> None:
    acme, umbrella = two_interviews(desk)
    desk.look(TUESDAY)
    assert {(acme, DraftKind.STATUS), (umbrella, DraftKind.STATUS)} <= standing(desk, TUESDAY)

    begins = TUESDAY + timedelta(days=1)
    with desk.store.write() as connection:
        add_mark(connection, "main", acme, Verb.ACCEPTED, TUESDAY + timedelta(minutes=1), begins)
    report = desk.look(TUESDAY + timedelta(minutes=2))
    assert (umbrella, DraftKind.STATUS) in standing(desk, TUESDAY)
    assert (acme, DraftKind.STATUS) not in standing(desk, TUESDAY)
    assert report.next_check is not None
    assert report.next_check <= begins

    gone = desk.look(begins)
    assert standing(desk, begins) == set()
    assert [row.text for row in gone.log if row.action == "withdrawn"] != []
    assert desk.drafts() == []

    with desk.store.write() as connection:
        add_mark(connection, "main", acme, Verb.REOPEN, begins + timedelta(minutes=1))
    desk.look(begins + timedelta(minutes=2))
    assert (umbrella, DraftKind.STATUS) in standing(desk, begins + timedelta(minutes=2))


def test_t9_words_for_linkedin_stand_in_drafts_addressed_to_the_user_and_go_when_the_task_is_done(desk: Desk) -> None:
    raw = letter(
        "Interview confirmation: Backend Engineer at Acme",
        "Hi Sam,\n\nyour interview for the Backend Engineer role at Acme is confirmed for Tuesday, 3 March 2026 at 3:00 pm by "
        "video. You will meet Kim Lee, Head of Platform.\n\nBest wishes\nRita Chen\nRecruiter, Acme\n",
        INVITED,
        message_id="text@acme.test",
    )
    desk.deliver(raw, INVITED)
    desk.look(INVITED + timedelta(hours=1))
    now = INTERVIEW + timedelta(hours=3)
    desk.look(now)
    (found,) = desk.processes(now)
    tasks = [task for task in found.decision.tasks if task.kind == "linkedin"]
    assert [task.recipient.name for task in tasks if task.recipient is not None] == ["Kim Lee"]
    (draft,) = [draft for draft in desk.drafts() if "LinkedIn" in str(draft["Subject"])]
    assert "sam@example.com" in str(draft["To"])
    assert "Kim" in draft.get_body(("plain",)).get_content()  # type: ignore[union-attr] # it has a text
    assert all("kim" not in str(each["To"]).lower() for each in desk.drafts())

    with desk.store.write() as connection:
        add_mark(connection, "main", found.process.id, Verb.DONE, now + timedelta(minutes=1), item=tasks[0].id)
    desk.look(now + timedelta(minutes=2))
    assert [draft for draft in desk.drafts() if "LinkedIn" in str(draft["Subject"])] == []


def test_after_a_no_show_the_draft_asks_for_another_time_without_a_thank_you(desk: Desk) -> None:
    desk.deliver(invitation(INVITED, INTERVIEW), INVITED)
    desk.look(INVITED + timedelta(hours=1))
    said = INTERVIEW + timedelta(minutes=40)
    desk.look(INTERVIEW + timedelta(minutes=1))
    with desk.store.write() as connection:
        add_mark(connection, "main", desk.process(said).process.id, Verb.NO_SHOW, said + timedelta(hours=1))
    desk.look(said + timedelta(hours=1, minutes=1))
    assert [each for each in desk.drafts() if "rita@acme.test" in str(each["To"])] == []

    morning = datetime(2026, 3, 4, 7, 0, tzinfo=UTC)
    desk.look(morning)
    (draft,) = [each for each in desk.drafts() if "rita@acme.test" in str(each["To"])]
    text = draft.get_body(("plain",)).get_content()  # type: ignore[union-attr] # it has a text
    assert "thank" not in text.lower()
    assert "time" in text


def test_a_keep_in_touch_note_tells_what_is_new_and_is_sent_once(desk: Desk) -> None:
    from rules.notes.types import Heading, Notes, Point, Topic  # noqa: PLC0415 - only here
    from watcher.store.notes import NoteRow, put_note  # noqa: PLC0415 - only here

    desk.deliver(invitation(INVITED, INTERVIEW), INVITED)
    desk.look(INVITED + timedelta(hours=1))
    desk.look(INTERVIEW + timedelta(hours=2))
    said_no = datetime(2026, 3, 10, 9, tzinfo=UTC)
    desk.deliver(
        letter(
            "Re: Interview confirmation: Backend Engineer at Acme",
            "Hi Sam,\n\nwe regret to inform you that we have decided to move forward with another candidate.\n\nRita Chen\n",
            said_no,
            message_id="no@acme.test",
            parents=["invite-1@acme.test"],
        ),
        said_no,
    )
    desk.look(said_no + timedelta(hours=1))
    noted = datetime(2026, 5, 1, 9, tzinfo=UTC)
    process = desk.process(noted).process.id
    point = Point("1.stood_out.1", Heading.STOOD_OUT, "a course in distributed systems", topic=Topic.SINCE)
    with desk.store.write() as connection:
        put_note(connection, NoteRow(0, "main", process, "", "said", noted, "", Notes(1, noted, (point,))))
    desk.look(noted + timedelta(minutes=1))
    assert all("Staying" not in str(each["Subject"]) for each in desk.drafts())

    evening = datetime(2026, 6, 8, 18, 0, tzinfo=UTC)
    desk.look(evening)
    (draft,) = [each for each in desk.drafts() if "rita@acme.test" in str(each["To"])]
    text = " ".join(draft.get_body(("plain",)).get_content().split())  # type: ignore[union-attr] # it has a text
    assert "a course in distributed systems" in text
    assert "[" not in text

    desk.user_sends("rita@acme.test", datetime(2026, 6, 9, 7, tzinfo=UTC))
    desk.look(datetime(2026, 6, 9, 8, tzinfo=UTC))
    for days in (30, 100, 200):
        desk.look(datetime(2026, 6, 9, 8, tzinfo=UTC) + timedelta(days=days))
        assert [each for each in desk.drafts() if "rita@acme.test" in str(each["To"])] == []
