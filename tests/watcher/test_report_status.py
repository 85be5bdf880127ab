"""`status`: the JSON contract, and the table made of the same values."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from rich.console import Console, RenderableType

from rules.extract.types import Person
from rules.intents import Decision, Notice
from rules.process import Process, State
from tests.watcher.reporting import DANA, NOW, ZONE, assessment, outbox_row, place, waiting
from watcher.history import Assessment
from watcher.report.status import build_status, next_place, process_status
from watcher.report.table import draft_line, status_view
from watcher.report.words import plain
from watcher.store.accounts import AccountRow
from watcher.store.drafts import Op, RowState

CONTRACT = {
    "id",
    "account",
    "company",
    "role",
    "state",
    "quiet_days",
    "interviews",
    "promised_by",
    "not_before",
    "followups_sent",
    "cap",
    "next",
    "drafts",
    "needs_you",
    "tasks",
    "notices",
}


def drawn(what: RenderableType, width: int = 80) -> str:
    out = StringIO()
    Console(file=out, width=width, no_color=True).print(what)
    return out.getvalue()


def row(**values: Any) -> AccountRow:
    given: dict[str, Any] = {
        "name": "work",
        "kind": "imap",
        "address": "sam@example.com",
        "last_now": NOW,
        "assumed": False,
        "trouble": "",
        "trouble_kind": "",
        "trouble_at": None,
    }
    return AccountRow(**{**given, **values})


def test_the_contract_of_one_process() -> None:
    told = process_status(assessment(None, None, outbox_row()), NOW)

    assert told == {
        "id": "acme-1",
        "account": "work",
        "company": "Acme Robotics",
        "role": "Backend Engineer",
        "state": "THEIR_TURN",
        "quiet_days": 12,
        "interviews": [
            {
                "start": "2026-03-04T14:00:00+01:00",
                "end": "2026-03-04T15:00:00+01:00",
                "round": 1,
                "status": "confirmed",
                "interviewers": [
                    {"name": "Dana Whitfield", "address": "dana@acme.example", "title": "Head of Platform"},
                    {"name": "Kim Lee", "address": None, "title": None},
                ],
            }
        ],
        "promised_by": "2026-03-20",
        "not_before": "2026-03-18T01:00:00+01:00",
        "followups_sent": 1,
        "cap": 3,
        "next": {
            "kind": "status",
            "recipient": "dana@acme.example",
            "slot_opens": "2026-03-24T08:30:00+01:00",
            "slot_closes": "2026-03-24T11:00:00+01:00",
            "appears_at": "2026-03-23T20:30:00+01:00",
        },
        "drafts": [
            {
                "key": "acme-1/dana@acme.example/thank_you-1",
                "kind": "thank_you",
                "recipient": "dana@acme.example",
                "subject": "Thank you",
                "slot_opens": "2026-03-17T10:00:00+01:00",
                "state": "placed",
                "findings": [],
            }
        ],
        "needs_you": False,
        "tasks": [],
        "notices": [{"kind": "ask_close", "text": "A month of silence is near.", "at": "2026-03-16T10:00:00+01:00"}],
    }


def test_what_is_unknown_is_null() -> None:
    empty = Process("x-1", State.OUR_TURN)

    told = process_status(assessment(empty, Decision()), NOW)

    assert set(told) == CONTRACT
    for key in ("company", "role", "quiet_days", "promised_by", "not_before", "next"):
        assert told[key] is None, key
    for key in ("interviews", "drafts", "notices"):
        assert told[key] == [], key
    assert told["followups_sent"] == 0


def test_the_whole_is_json_and_every_time_has_an_offset() -> None:
    trouble = row(trouble="Sign-in was refused.", trouble_kind="sign_in", trouble_at=NOW)

    told = json.loads(json.dumps(build_status(NOW, [trouble], [assessment(None, None, outbox_row())])))

    assert set(told) == {"now", "accounts", "processes"}
    assert told["accounts"][0]["trouble"]["kind"] == "sign_in"
    times = [told["now"], told["accounts"][0]["last_pass"], told["processes"][0]["next"]["appears_at"]]
    assert all(datetime.fromisoformat(time).utcoffset() is not None for time in times)


def test_quiet_days_are_calendar_days_of_the_user() -> None:
    just_before_midnight = datetime(2026, 3, 16, 22, 59, tzinfo=UTC)

    assert process_status(assessment(), just_before_midnight)["quiet_days"] == 12
    assert process_status(assessment(), just_before_midnight + timedelta(minutes=1))["quiet_days"] == 13


def test_a_draft_that_is_due_and_not_yet_written_is_what_comes_next() -> None:
    due, later = place("status-1.2"), place("status-1.3", attempt=3)
    decision = Decision(place=(due,), upcoming=(later,))

    assert next_place(assessment(None, decision)) == due
    assert next_place(assessment(None, decision, outbox_row(step="status-1.2"))) == later


@pytest.mark.parametrize(
    ("state", "op", "shown"),
    [
        (RowState.PLACED, Op.NONE, True),
        (RowState.EDITED, Op.NONE, True),
        (RowState.PLANNED, Op.PUT, True),
        (RowState.REFUSED, Op.NONE, True),
        (RowState.PLANNED, Op.NONE, False),
        (RowState.WITHDRAWN, Op.NONE, False),
        (RowState.DISCARDED, Op.NONE, False),
        (RowState.SENT, Op.NONE, False),
    ],
)
def test_only_drafts_that_stand_or_will_stand_are_told(state: RowState, op: Op, shown: bool) -> None:
    told = process_status(assessment(None, None, outbox_row(state, op)), NOW)

    assert [draft["state"] for draft in told["drafts"]] == ([state.value] if shown else [])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "best sent Tue 17 Mar, 10:00"),
        ({"slot_opens": NOW - timedelta(hours=1), "slot_closes": NOW + timedelta(hours=1)}, "best sent now"),
        (
            {"slot_opens": NOW - timedelta(hours=3), "slot_closes": NOW - timedelta(hours=1)},
            "late: was best sent by Mon 16 Mar, 09:00",
        ),
        ({"slot_opens": None}, "ready to be sent"),
        ({"state": RowState.EDITED}, "yours since you edited it"),
        ({"state": RowState.REFUSED, "error": "Quota\nexceeded"}, "the server would not take it: Quota exceeded"),
        ({"state": RowState.PLANNED, "op": Op.PUT}, "about to be written"),
    ],
)
def test_a_draft_says_when_it_is_best_sent(values: dict[str, Any], words: str) -> None:
    assert draft_line(outbox_row(**values), NOW, ZONE) == words


def states() -> list[Assessment]:
    quiet = Decision()
    return [
        assessment(),
        assessment(waiting(id="b-1", company="Blue Harbour", state=State.DRAFTED), quiet, outbox_row()),
        assessment(waiting(id="c-1", company="Copperfield", state=State.OUR_TURN, wait=None), quiet),
        assessment(waiting(id="d-1", company="Delta", state=State.PAUSED, paused_until=NOW + timedelta(days=20)), quiet),
        assessment(waiting(id="e-1", company="Elm Street", state=State.CLOSED, closed_by="rejection", wait=None), quiet),
        assessment(waiting(id="f-1", company="Foxglove", state=State.DORMANT), quiet),
        assessment(Process("g-1", State.SCHEDULED, rounds=waiting().rounds), Decision()),
    ]


def test_the_table_tells_every_state_on_80_columns_without_colour() -> None:
    text = drawn(status_view(NOW, ZONE, [row(trouble="Sign-in was refused.")], states()))

    assert max(len(line.rstrip()) for line in text.splitlines()) <= 80
    for words in (
        "! work: Sign-in was refused.",
        "waiting for them",
        "promised Fri 20 Mar",
        "draft ready",
        "Thank-you note to Dana",
        "your turn",
        "until Sun 5 Apr",
        "they said no",
        "gone quiet",
        "interview ahead",
        "company unknown",
        "Follow-up 2 of 3 to",
        "12 days",
        "A month of silence is near.",
        "7 processes",
    ):
        assert words in text, text


def test_what_needs_the_user_comes_first() -> None:
    text = drawn(status_view(NOW, ZONE, [], states()), 120)

    places = [
        text.index(name) for name in ("Blue Harbour", "Copperfield", "company unknown", "Acme", "Delta", "Foxglove", "Elm Street")
    ]
    assert places == sorted(places)


def test_a_process_on_hold_waits_for_nobodys_answer() -> None:
    held = waiting(id="h-1", company="Heron", state=State.OUR_TURN, wait=None, on_hold=True)
    text = drawn(status_view(NOW, ZONE, [], [assessment(held, Decision(notices=()))]))

    assert "on hold there" in text
    assert "answer" not in text
    assert "your turn" not in text


def test_an_empty_state_says_so() -> None:
    assert "No hiring process" in drawn(status_view(NOW, ZONE, [], []))


def test_an_interview_ahead_is_told_with_its_day() -> None:
    before = datetime(2026, 3, 3, 9, tzinfo=UTC)

    text = drawn(status_view(before, ZONE, [], [assessment(waiting(state=State.SCHEDULED, wait=None), Decision())]), 120)

    assert "Interview Wed 4 Mar, 14:00\N{EN DASH}15:00" in text
    assert "tomorrow, with Dana Whitfield, Kim Lee" in text


def test_text_from_mail_cannot_command_the_terminal() -> None:
    evil = "Acme\x1b[2J\x1b]0;owned\x07\n\u202egnitrop\x9b31m"
    found = assessment(waiting(company=evil, role=evil, state=State.OUR_TURN), Decision(notices=(Notice("x", evil, NOW),)))

    text = drawn(status_view(NOW, ZONE, [row(trouble=evil)], [found]), 200)
    told = process_status(found, NOW)

    assert not any(character in text for character in "\x1b\x07\u202e\x9b")
    assert told["company"] == "Acme [2J ]0;owned gnitrop 31m"


def test_markup_in_mail_stays_text() -> None:
    text = drawn(status_view(NOW, ZONE, [], [assessment(waiting(company="[bold red]Acme[/]"), Decision())]), 120)

    assert "[bold red]Acme[/]" in text


def test_long_text_is_cut() -> None:
    assert plain("word " * 100, 20) == "word word word word…"


def test_people_without_a_name_are_named_by_address() -> None:
    nameless = replace(place(), recipient=Person("", DANA.address))

    text = drawn(status_view(NOW, ZONE, [], [assessment(None, Decision(upcoming=(nameless,)))]), 120)

    assert "to dana@acme.example" in text
