"""Two roles at one company, through a relay and from people's own addresses: two processes, in whatever order the mail comes."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from rules.classify import Kind
from rules.process import State
from tests.letters import calendar, letter
from tests.watcher.desk import Desk
from watcher.store.links import link_rows

DAY = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
RELAY = "Hollin Optics <no-reply@hirelane.example>"
ANNA_RELAYED = "Anna Berger (Hollin Optics) <reply+4471902x8a@hirelane.example>"
PAUL_RELAYED = "Paul Okoro (Hollin Optics) <reply+5530188k2c@hirelane.example>"
JOBS = "https://app.hirelane.example/jobs"
ANNA = "Anna Berger <anna.berger@hollin-optics.example>"


def on(day: int, hour: int = 8) -> datetime:
    return DAY + timedelta(days=day, hours=hour - 8)


def _mail(name: str, subject: str, text: str, day: int, sender: str) -> tuple[EmailMessage, datetime]:
    domain = "hollin-optics.example" if sender is ANNA else "hirelane.example"
    return letter(subject, f"Hi Sam,\n\n{text}\n", on(day), message_id=f"{name}@{domain}", sender=sender), on(day)


def _confirmed() -> tuple[EmailMessage, datetime]:
    text = "your interview is confirmed.\n\nBest regards,\nAnna Berger\n"
    message, at = _mail("dc", "Confirmed: interview for Data Engineer", text, 10, ANNA)
    person = ("Anna Berger", "anna.berger@hollin-optics.example")
    ics = calendar(
        on(14, 12),
        uid="d1@hollin.example",
        summary="Interview: Data Engineer at Hollin Optics",
        attendees=[person],
        organizer=person,
    )
    message.add_alternative(ics, subtype="calendar", params={"method": "REQUEST"})
    return message, at


def story() -> list[tuple[EmailMessage, datetime]]:
    """Return each mail with its time of receipt."""
    data, sales = f"{JOBS}/4471902", f"{JOBS}/5530188"
    applied = "Thank you for applying to Hollin Optics"
    received = "thank you for applying for the {} position at Hollin Optics. We have received your application.\n\n{}\n"
    invited = "we are pleased to ask you to an interview for the {} position. Please send us your availability.\n\n{}\n\n{}\n"
    anna, paul = "Best regards,\nAnna Berger\nRecruiter", "Best regards,\nPaul Okoro\nRecruiter"
    ahead = "a short word ahead of our conversation: the team will ask about pipelines, and I will tell them of your note."
    refused = "thank you for your interest in the Account Manager position. Unfortunately, we will not move forward with you."
    return [
        _mail("da", applied, received.format("Data Engineer", data), 0, RELAY),
        _mail("sa", applied, received.format("Account Manager", sales), 1, RELAY),
        _mail("di", "Interview with Hollin Optics: Data Engineer", invited.format("Data Engineer", data, anna), 6, ANNA_RELAYED),
        _mail("si", "Interview with Hollin: Account Manager", invited.format("Account Manager", sales, paul), 8, PAUL_RELAYED),
        _mail("an", "Your conversation next week", f"{ahead}\n\n{anna}", 9, ANNA),
        _confirmed(),
        _mail("sr", "Your application at Hollin Optics", f"{refused}\n\n{sales}\n\nKind regards,\nPaul Okoro", 12, RELAY),
    ]


def groups(desk: Desk) -> dict[str, set[str]]:
    """Return the messages of each process, by Message-ID."""
    with desk.store.read() as connection:
        links = link_rows(connection, "main").values()
    names = {message.identity: message.thread.message_id for one in desk.processes(on(13)) for message in one.messages}
    return {
        process: {names[row.identity].partition("@")[0] for row in rows}
        for process, rows in itertools.groupby(sorted(links, key=lambda row: row.process), key=lambda row: row.process)
    }


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize("seed", range(4))
def test_mail_that_is_found_all_at_once_in_whatever_order_is_read_and_linked_the_same(tmp_path: Path, seed: int) -> None:
    """A first look reads a letter before it knows of the process that it belongs to."""
    day_by_day, at_once = Desk(tmp_path / "one"), Desk(tmp_path / "other")
    for mail, at in story():
        day_by_day.deliver(mail, at)
        day_by_day.look(at)
    shuffled = story()
    random.Random(seed).shuffle(shuffled)
    for mail, at in shuffled:
        at_once.deliver(mail, at)
    at_once.look(on(13))

    assert groups(at_once) == groups(day_by_day)
    kinds = [
        {row.thread.message_id: row.kind for one in desk.processes(on(13)) for row in one.messages}
        for desk in (day_by_day, at_once)
    ]
    assert kinds[0] == kinds[1]
    assert kinds[1]["an@hollin-optics.example"] is Kind.HUMAN_REPLY


def test_two_roles_stay_two_and_a_recruiter_who_leaves_the_relay_stays_in_hers(desk: Desk) -> None:
    for mail, at in story():
        desk.deliver(mail, at)
        desk.look(at)

    assert sorted(map(sorted, groups(desk).values())) == [["an", "da", "dc", "di"], ["sa", "si", "sr"]]


def test_a_refusal_that_may_be_of_either_role_pauses_both_and_asks_whose_it_is(desk: Desk) -> None:
    refused = "thank you for your interest in Hollin Optics. Unfortunately, we will not move forward with you."
    either = _mail("either", "Your application at Hollin Optics", f"{refused}\n\nKind regards,\nHollin Optics", 12, RELAY)
    received = "thank you for applying for the {} position at Hollin Optics. Please send us your availability for an interview."
    invitations = [
        _mail(name, f"Interview with Hollin Optics: {role}", received.format(role), 8, sender)
        for name, role, sender in (("di", "Data Engineer", ANNA_RELAYED), ("si", "Account Manager", PAUL_RELAYED))
    ]
    for mail, at in [*invitations, either]:
        desk.deliver(mail, at)
        desk.look(at)

    found = desk.processes(on(12, 9))
    assert {one.process.state for one in found} == {State.OUR_TURN}
    asked = [[notice.text for notice in one.decision.notices if notice.kind == "unsure"] for one in found]
    assert [len(texts) for texts in asked] == [1, 1]
    assert all("hearback split" in text for texts in asked for text in texts)
    assert [place for one in found for place in one.decision.place] == []
