"""What calendar parts make of a mail, whatever language its calendar speaks."""

from __future__ import annotations

import pytest

from rules.classify import Kind, classify
from tests.rules.mails import OWN, mail

_CONFIRMED, _MOVED, _OFF, _NONE = Kind.INTERVIEW_CONFIRMATION, Kind.RESCHEDULE, Kind.CANCELLATION, Kind.NOISE


def _part(summary: str, *, method: str = "REQUEST", sequence: int = 0, description: str = "", more: str = "") -> str:
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:e1@cal.example\r\nSEQUENCE:{sequence}\r\n"
        f"DTSTAMP:20261123T090000Z\r\nDTSTART:20261203T140000Z\r\nDTEND:20261203T150000Z\r\nSUMMARY:{summary}\r\n"
        f"DESCRIPTION:{description}\r\nORGANIZER;CN=Rita Chen:mailto:rita@acme.example\r\n{more}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


_CASES: list[tuple[str, str, str, Kind]] = [
    # subject, calendar part, text beside it, kind
    ("Invitation: Interview with Acme @ Thu Dec 3", _part("Interview with Acme"), "", _CONFIRMED),
    ("Invitation: Interview with Acme @ Thu Dec 3", _part("Interview with Acme", sequence=2), "", _CONFIRMED),
    ("Updated invitation: Interview with Acme @ Fri Dec 4", _part("Interview with Acme", sequence=1), "", _MOVED),
    ("Updated invitation: Interview with Acme @ Fri Dec 4", _part("Interview with Acme"), "", _MOVED),
    ("Canceled event: Interview with Acme", _part("Interview with Acme", method="CANCEL", sequence=1), "", _OFF),
    ("Interview with Acme", _part("Interview", more="STATUS:CANCELLED\r\n"), "", _OFF),
    ("Einladung: Vorstellungsgespräch Sam Doe", _part("Vorstellungsgespräch Sam Doe"), "", _CONFIRMED),
    ("Aktualisierte Einladung: Vorstellungsgespräch", _part("Vorstellungsgespräch", sequence=1), "", _MOVED),
    ("Abgesagt: Kennenlerngespräch", _part("Kennenlerngespräch", method="CANCEL"), "", _OFF),
    ("Invitation : Entretien Sam Doe", _part("Entretien Sam Doe / Exemple"), "", _CONFIRMED),
    ("Invitation modifiée : Entretien", _part("Entretien", sequence=1), "", _MOVED),
    ("Invitación: Entrevista Analista", _part("Entrevista Analista de datos"), "", _CONFIRMED),
    ("Convite: Entrevista - Exemplo", _part("Entrevista - Exemplo"), "", _CONFIRMED),
    ("Invito: Colloquio conoscitivo", _part("Colloquio conoscitivo"), "", _CONFIRMED),
    ("Uitnodiging: Sollicitatiegesprek", _part("Sollicitatiegesprek"), "", _CONFIRMED),
    (
        "Termin mit Anna Vogel",
        _part("Termin mit Anna Vogel"),
        "Hallo Sam,\n\nhiermit bestätige ich dir das Vorstellungsgespräch am 3. Dezember um 15 Uhr.\n\nAnna",
        _CONFIRMED,
    ),
    (
        "Sam / Omar",
        _part("Sam / Omar"),
        "Hi Sam,\n\nhere is the invitation for your interview on Thursday, December 3 at 2 pm. Good luck!\n\nRita",
        _CONFIRMED,
    ),
    ("Invitación: Comida y entrevista", _part("Comida y entrevista con Marta"), "", _CONFIRMED),
    ("Invitation: Dentist", _part("Dentist"), "", _NONE),
    ("Einladung: Zahnarzt", _part("Zahnarzt Dr. Novak"), "", _NONE),
    ("Invitation : Déjeuner", _part("Déjeuner avec Claire"), "", _NONE),
    ("Invitación: Cena de cumpleaños", _part("Cena de cumpleaños"), "", _NONE),
    ("Invitation: Webinar: how to hire", _part("Webinar: hiring in 2027"), "", _NONE),
    ("Weekly sync", _part("Weekly sync", description="Agenda: budget, roadmap"), "See you all on Thursday!", _NONE),
]


@pytest.mark.parametrize(("subject", "part", "body", "kind"), _CASES, ids=[f"{case[3]}: {case[0]}" for case in _CASES])
def test_a_calendar_part_is_read_in_the_language_of_its_owner(subject: str, part: str, body: str, kind: Kind) -> None:
    method = part.partition("METHOD:")[2].partition("\r\n")[0]
    found = classify(mail(body, subject=subject, calendar=part, method=method), own=OWN, known=False)
    assert found.kind is kind, found
    assert found.evidence[0].source == "calendar"


def test_another_time_that_an_attendee_proposes_is_a_wish_to_move() -> None:
    part = _part("Interview with Acme", method="COUNTER")
    found = classify(
        mail("", subject="New time proposed: Interview with Acme", calendar=part, method="COUNTER"), own=OWN, known=True
    )
    assert found.kind is Kind.RESCHEDULE


@pytest.mark.parametrize("method", ["REPLY", "REFRESH"])
def test_what_attendees_send_fixes_nothing(method: str) -> None:
    part = _part("Interview with Acme", method=method)
    found = classify(mail("", subject="Accepted: Interview with Acme", calendar=part, method=method), own=OWN, known=True)
    assert found.kind in {Kind.HUMAN_REPLY, Kind.NOISE}


def test_markup_tells_an_interview_when_there_is_no_calendar_part() -> None:
    data = (
        '{"@context":"http://schema.org","@type":"EventReservation","reservationStatus":"http://schema.org/ReservationConfirmed",'
        '"reservationFor":{"@type":"Event","name":"Interview: Data Engineer","startDate":"2026-12-03T15:00:00+01:00"}}'
    )
    page = f'<html><head><script type="application/ld+json">{data}</script></head><body><p>Details inside.</p></body></html>'
    letter = mail(page, subject="Acme", headers={"Content-Type": "text/html; charset=utf-8"})
    for known in (False, True):
        found = classify(letter, own=OWN, known=known)
        assert found.kind is _CONFIRMED
        assert found.evidence[0].source == "markup"


def test_markup_of_a_concert_is_no_interview() -> None:
    data = (
        '{"@context":"http://schema.org","@type":"EventReservation",'
        '"reservationFor":{"@type":"Event","name":"Concert in the park","startDate":"2026-12-03T20:00:00+01:00"}}'
    )
    page = f'<html><head><script type="application/ld+json">{data}</script></head><body><p>Your tickets.</p></body></html>'
    letter = mail(page, sender="Tickets <hello@tickets.example>", headers={"Content-Type": "text/html; charset=utf-8"})
    assert classify(letter, own=OWN, known=False).kind is _NONE


def test_many_postings_in_the_markup_are_an_alert() -> None:
    posting = '{"@type":"JobPosting","title":"Data Engineer","hiringOrganization":{"@type":"Organization","name":"Acme"}}'
    data = f'{{"@context":"http://schema.org","@graph":[{posting},{posting.replace("Acme", "Contoso")}]}}'
    page = f'<html><head><script type="application/ld+json">{data}</script></head><body><p>Two jobs for you.</p></body></html>'
    letter = mail(page, sender="Jobs <hello@jobs.example>", headers={"Content-Type": "text/html; charset=utf-8"})
    assert classify(letter, own=OWN, known=False).kind is Kind.JOB_ALERT
