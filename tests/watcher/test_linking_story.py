"""Two roles at one company, through a relay and then from people's own addresses: two processes, in whatever order the mail comes.

Then the user corrects what was read, in one command each.
"""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.letters import calendar, letter
from tests.watcher.desk import Desk
from watcher.store.links import link_rows

DAY = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
RELAY = "Hollin Optics <no-reply@greenhouse-mail.io>"
ANNA = "Anna Berger <anna.berger@hollin-optics.example>"


def on(day: int, hour: int = 8) -> datetime:
    return DAY + timedelta(days=day, hours=hour - 8)


def story() -> list[tuple[str, EmailMessage, datetime]]:
    """Return name, letter and time of receipt of each mail."""
    data, sales = "https://app.greenhouse-mail.io/jobs/4471902", "https://app.greenhouse-mail.io/jobs/5530188"
    found = [
        (
            "data ack",
            letter(
                "Thank you for applying to Hollin Optics",
                "Hi Sam,\n\nthank you for applying for the Data Engineer position at Hollin Optics. We have received your application.\n"
                f"\n{data}\n",
                on(0),
                message_id="da@greenhouse-mail.io",
                sender=RELAY,
            ),
            on(0),
        ),
        (
            "sales ack",
            letter(
                "Thank you for applying to Hollin Optics",
                "Hi Sam,\n\nthank you for applying for the Account Manager position at Hollin Optics. We have received your "
                f"application.\n\n{sales}\n",
                on(1),
                message_id="sa@greenhouse-mail.io",
                sender=RELAY,
            ),
            on(1),
        ),
        (
            "data invite",
            letter(
                "Interview with Hollin Optics - Data Engineer",
                "Hi Sam,\n\nwe would like to invite you to an interview for the Data Engineer position. Please send us your "
                f"availability for next week.\n\n{data}\n\nBest regards,\nAnna Berger\nRecruiter\n",
                on(6),
                message_id="di@greenhouse-mail.io",
                sender="Anna Berger (Hollin Optics) <reply+4471902x8a@greenhouse-mail.io>",
            ),
            on(6),
        ),
        (
            "sales invite",
            letter(
                "Interview with Hollin Optics - Account Manager",
                "Hi Sam,\n\nwe would like to invite you to an interview for the Account Manager position. Please send us your "
                f"availability.\n\n{sales}\n\nBest regards,\nPaul Okoro\nRecruiter\n",
                on(8),
                message_id="si@greenhouse-mail.io",
                sender="Paul Okoro (Hollin Optics) <reply+5530188k2c@greenhouse-mail.io>",
            ),
            on(8),
        ),
        (
            "anna herself",
            letter(
                "Your conversation next week",
                "Hi Sam,\n\na short word ahead of our conversation: the team will ask about pipelines. Write to me any time.\n\n"
                "Best regards,\nAnna Berger\nRecruiter\n",
                on(9),
                message_id="an@hollin-optics.example",
                sender=ANNA,
            ),
            on(9),
        ),
    ]
    confirmation = letter(
        "Confirmed: interview for Data Engineer",
        "Hi Sam,\n\nyour interview is confirmed.\n\nBest regards,\nAnna Berger\n",
        on(10),
        message_id="dc@hollin-optics.example",
        sender=ANNA,
    )
    confirmation.add_attachment(
        calendar(
            on(14, 12),
            uid="data-1@hollin-optics.example",
            summary="Interview: Data Engineer at Hollin Optics",
            attendees=(("Anna Berger", "anna.berger@hollin-optics.example"),),
            organizer=("Anna Berger", "anna.berger@hollin-optics.example"),
        ).encode(),
        maintype="text",
        subtype="calendar",
    )
    confirmation.get_payload()[-1].set_param("method", "REQUEST")  # type: ignore[index, union-attr]
    found.append(("data confirmed", confirmation, on(10)))
    found.append(
        (
            "sales refused",
            letter(
                "Your application at Hollin Optics",
                "Dear Sam,\n\nthank you for your interest in the Account Manager position. Unfortunately, we have decided not to move "
                f"forward with your application.\n\n{sales}\n\nKind regards,\nPaul Okoro\n",
                on(12),
                message_id="sr@greenhouse-mail.io",
                sender="Hollin Optics <no-reply@greenhouse-mail.io>",
            ),
            on(12),
        )
    )
    return found


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


def test_two_roles_stay_two_and_a_recruiter_who_leaves_the_relay_stays_in_hers(desk: Desk) -> None:
    for _, mail, at in story():
        desk.deliver(mail, at)
        desk.look(at)

    assert sorted(map(sorted, groups(desk).values())) == [["an", "da", "dc", "di"], ["sa", "si", "sr"]]
