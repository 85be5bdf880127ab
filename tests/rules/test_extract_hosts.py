"""Whom the set places of a mail name, and the times that only its other parts tell: what is quoted, what an attendee accepts."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from rules.classify import Kind
from rules.extract.agenda import people_of_agenda
from rules.extract.clock import sender_zone
from rules.extract.meetings import read_meetings
from rules.extract.panel import panel_of
from rules.extract.reading import Reading
from rules.extract.types import InterviewStatus
from tests.rules.calendar_cases import event, google
from tests.rules.mails import ME, OWN, mail

_BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Your interview is booked.\n\nWith: Nell, floor lead\nWhere: our shop", ["Nell"]),
        ("Interview panel:\n- Ada Moe (CTO)\n- Max Roe (Product Manager)\n\nBring a pen.", ["Ada Moe", "Max Roe"]),
        ("Interviewer(s): Ada Moe, Max Roe", ["Ada Moe", "Max Roe"]),
        ("Organised by Ada Moe\nat noon", ["Ada Moe"]),
        ("Guests:\nAda Moe - organizer\nMax Roe\n\nReply for ada@acme.example", ["Ada Moe", "Max Roe"]),
        (
            "Ihr Gespräch ist bestätigt.\n\nGesprächspartner: Frau Roth (Personal), Herr Kahl (Technik)",
            ["Frau Roth", "Herr Kahl"],
        ),
        (
            "Ihr Gespräch ist bestätigt.\n\nMitglieder der Kommission: Prof. Dr. A. Moe (Vorsitz), Frau Roth (Personalrat)",
            ["Prof. Dr. A. Moe", "Frau Roth"],
        ),
        ("Ada Moe lädt Sie zu einem geplanten Zoom-Meeting ein.\n\nZeit: 24. Nov. 2026", ["Ada Moe"]),
        ("Ada Moe hat das folgende Ereignis verlegt.", ["Ada Moe"]),
        ("Composition du jury :\n- Mme Odile Moe, adjointe\n- M. Karim Roe, directeur", ["Odile Moe", "Karim Roe"]),
        ("Ada Moe vous invite à une réunion.", ["Ada Moe"]),
        ("Entrevistadores: Ada Moe y Max Roe", ["Ada Moe", "Max Roe"]),
        ("Com quem: Ada Moe, Tech Lead\nLink: https://meet.example/a", ["Ada Moe"]),
        ("Con chi: Ada Moe (direttrice)", ["Ada Moe"]),
        ("Gesprekspartners Ada Moe (teamleider)\nMax Roe (directeur)\n\nTot dan!", ["Ada Moe", "Max Roe"]),
        ("You will talk with Ro (founder) at eleven.", ["Ro"]),
        ("Je spreekt met Jeroen en mij.", ["Jeroen"]),
        ("una call con Matilde, la nostra Talent Partner, sul ruolo", ["Matilde"]),
    ],
)
def test_people_are_read_from_labels_and_from_who_invites(text: str, names: list[str]) -> None:
    assert [person.name for person in panel_of(text)[0]] == names


@pytest.mark.parametrize(
    "text",
    [
        "Your interview with Acme is confirmed.",
        "With: Zoom\nWhere: online",
        "Panel: to be announced",
        "Who: you",
        "Mit freundlichen Grüßen",
        "Please talk with Google (engineering manager role) first.",
    ],
)
def test_what_is_no_person_is_not_met(text: str) -> None:
    assert panel_of(text)[0] == []


def test_the_title_of_a_booking_names_who_is_met() -> None:
    reading = Reading("Updated: 30 Minute Interview with Ada Moe on Monday", "The time of your booking has changed.")
    assert [person.name for person in panel_of(reading)[0]] == ["Ada Moe"]


def test_an_agenda_in_columns_and_one_without_times_name_their_people() -> None:
    columns = "10:00 - 10:15   Welcome            Ada Moe (Recruiter)\n10:15 - 11:15   Systems   Max Roe, Kim Poe"
    assert [person.name for person in people_of_agenda(columns)] == ["Ada Moe", "Max Roe", "Kim Poe"]
    numbered = "1. Debugging (60 min) - Ada Moe\n2. Architecture (45 min) - Max Roe, Kim Poe"
    assert [person.name for person in people_of_agenda(numbered)] == ["Ada Moe", "Max Roe", "Kim Poe"]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (
            "Perfect, that works!\n\nOn Sun, 22 Nov 2026 at 10:00, Sam wrote:\n> Tuesday 1 December at 10:00?",
            1,
        ),
        ("Perfect!\n\nOn Sun, 22 Nov 2026 at 10:00, Sam <sam@example.com> wrote:\n> Could you do tomorrow at 10:00?", 0),
        (
            "Perfect!\n\nOn Sun, 22 Nov 2026 at 10:00, Sam wrote:\n> Tuesday 1 December at 10:00 or Wednesday at 11:00 would do.",
            0,
        ),
        (
            "See below.\n\n--- Forwarded message ---\nFrom: Ada\nSubject: Call\nTo: Rita\n\n1 December, 10:00 it is.",
            1,
        ),
    ],
)
def test_a_time_that_only_the_quotation_tells_is_agreed_to(body: str, wanted: int) -> None:
    found = read_meetings(mail(body), Kind.INTERVIEW_CONFIRMATION, own=OWN, zone="Europe/Berlin", local=_BERLIN)
    assert [one.start.isoformat() for one in found.interviews] == ["2026-12-01T10:00:00+01:00"] * wanted


def test_a_time_that_is_quoted_is_not_the_new_one() -> None:
    body = "I have to move it, sorry!\n\nOn Sun, 22 Nov 2026 at 10:00, Sam wrote:\n> See you Tuesday 1 December at 10:00."
    found = read_meetings(mail(body), Kind.RESCHEDULE, own=OWN, zone="Europe/Berlin", local=_BERLIN)
    assert found.interviews == ()


@pytest.mark.parametrize(
    ("answer", "method", "count"), [("ACCEPTED", "REPLY", 1), ("DECLINED", "REPLY", 0), ("ACCEPTED", "COUNTER", 0)]
)
def test_who_accepts_the_users_own_event_confirms_it(answer: str, method: str, count: int) -> None:
    lines = (
        f"ORGANIZER;CN=Sam Doe:mailto:{ME}",
        f"ATTENDEE;PARTSTAT={answer};CN=Rita Chen:mailto:rita@acme.example",
        "DTSTART:20261201T090000Z",
        "DTEND:20261201T094500Z",
    )
    message = mail("Fine!", calendar=google(event(*lines), method=method), method=method)
    found = read_meetings(message, Kind.INTERVIEW_CONFIRMATION, own=OWN, zone="Europe/Berlin", local=_BERLIN).interviews
    assert [(one.start.hour, one.status) for one in found] == [(9, InterviewStatus.CONFIRMED)] * count


@pytest.mark.parametrize(
    ("date", "text", "headers", "zone"),
    [
        ("Mon, 23 Nov 2026 10:00:00 +0000", "Thank you, we would like to meet you in our office.", {}, "Europe/London"),
        (
            "Mon, 23 Nov 2026 10:00:00 +0000",
            "Obrigado, gostaríamos de conhecer o senhor no nosso escritório.",
            {},
            "Europe/Lisbon",
        ),
        (
            "Mon, 23 Nov 2026 10:00:00 +0000",
            "Thank you, we would like to meet you in our office.",
            {"Message-ID": "<a1@eur05.prod.outlook.com>"},
            "Europe/Berlin",
        ),
        ("Mon, 23 Nov 2026 10:00:00 +0000", "Vielen Dank, wir möchten Sie gern bei uns im Büro treffen.", {}, "Europe/Berlin"),
        (
            "Wed, 01 Jul 2026 10:00:00 +0100",
            "Thank you, we would like to meet you in our office.",
            {"From": "Acme <noreply@greenhouse.io>"},
            "Europe/London",
        ),
        (
            "Wed, 01 Jul 2026 10:00:00 -0700",
            "Thank you, we would like to meet you in our office.",
            {"From": "Acme <noreply@greenhouse.io>"},
            "Europe/Berlin",
        ),
    ],
)
def test_a_clock_that_only_one_country_has_tells_the_zone(date: str, text: str, headers: dict[str, str], zone: str) -> None:
    found = sender_zone(mail(text, headers={"Date": date, **headers}), "Europe/Berlin")
    assert found == ZoneInfo(zone)
