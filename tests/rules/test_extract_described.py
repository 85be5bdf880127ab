"""What sentences say somebody is to the job: the hiring manager, whoever leads the team, a colleague; in every language."""

from __future__ import annotations

from time import process_time

import pytest

from rules.classify import Classification, Kind
from rules.extract import Facts, extract
from rules.extract.described import descriptions_in
from rules.extract.reading import Reading
from rules.extract.types import Person, RoleClass
from rules.process.people import interviewers_of, merge_people
from tests.rules.calendar_cases import event, google
from tests.rules.mails import ME, OWN, mail

MANAGER, PEER, UNKNOWN = RoleClass.HIRING_MANAGER, RoleClass.PEER, RoleClass.UNKNOWN


def _facts(body: str, calendar: str = "") -> Facts:
    message = mail(f"{body}\n\nRita Chen\nTalent Partner", sender="Rita Chen <rita@acme.example>", calendar=calendar)
    return extract(message, Classification(Kind.INTERVIEW_CONFIRMATION, 0.9), own=OWN, zone="Europe/Berlin")


@pytest.mark.parametrize(
    "sentence",
    [
        "Nora Moe is the hiring manager for this position.",
        "Nora would be your manager.",
        "You will report to Nora.",
        "You'd be reporting directly to Nora Moe in this role.",
        "The position reports to Nora Moe.",
        "The hiring manager is Nora Moe.",
        "Your direct manager in this role would be Nora.",
        "Nora leads the team.",
        "Nora heads up product design and is looking forward to it.",
        "Nora runs our Leeds office.",
        "Nora Moe (nora.moe@acme.example), who heads up the design department, looks forward to it.",
    ],
)
def test_a_sentence_tells_who_the_hiring_manager_is(sentence: str) -> None:
    found = _facts(f"Hi Sam,\n\nOn Tuesday 1 December at 10:00 you will meet Nora Moe and Emil Roe. {sentence}")
    assert {person.name: person.role for person in found.interviewers}["Nora Moe"] is MANAGER


@pytest.mark.parametrize(
    "text",
    [
        "Am Dienstag, 1. Dezember, um 10:00 Uhr sprechen Sie mit Nora Moe und Emil Roe. Nora Moe ist Ihre künftige Vorgesetzte.",
        "Am Dienstag, 1. Dezember, um 10:00 Uhr sprechen Sie mit Nora Moe. Sie berichten direkt an Nora Moe.",
        "Votre entretien avec Nora Moe aura lieu le mardi 1 décembre à 10h00. Nora Moe sera votre responsable.",
        "Tu entrevista con Nora Moe será el martes 1 de diciembre a las 10:00. Nora Moe sería tu jefa.",
        "Il colloquio con Nora Moe è confermato per martedì 1 dicembre alle 10:00. Nora Moe sarà la tua responsabile.",
        "Je gesprek met Nora Moe is op dinsdag 1 december om 10:00 uur. Nora Moe wordt je leidinggevende.",
        "A sua entrevista com Nora Moe será na terça-feira, 1 de dezembro, às 10:00. Nora Moe será a sua gestora.",
    ],
)
def test_other_languages_say_it_as_well(text: str) -> None:
    assert {person.name: person.role for person in _facts(text).interviewers}["Nora Moe"] is MANAGER


@pytest.mark.parametrize(
    ("sentence", "title", "role"),
    [
        ("Nora is a senior engineer on the team.", "senior engineer", PEER),
        ("Nora Moe is our Head of Data.", "Head of Data", MANAGER),
        ("Nora leads recruiting here.", "", RoleClass.RECRUITER),
        ("Nora leads the interview.", "", UNKNOWN),
        ("Please report to Nora Moe at the front desk.", "", UNKNOWN),
        ("You will report to Nora Moe at reception on arrival.", "", UNKNOWN),
        ("Nora is not the hiring manager.", "", UNKNOWN),
        ("Nora is on the road this week.", "", UNKNOWN),
    ],
)
def test_what_is_said_and_no_more_is_taken(sentence: str, title: str, role: RoleClass) -> None:
    found = _facts(f"Hi Sam,\n\nOn Tuesday 1 December at 10:00 you will meet Nora Moe and Emil Roe. {sentence}")
    nora = next(person for person in found.interviewers if person.name == "Nora Moe")
    assert (nora.title, nora.role) == (title, role)


def test_a_clause_about_somebody_does_not_end_the_list_of_people() -> None:
    found = _facts(
        "Hi Sam,\n\nTuesday 1 December at 10:00 with Nora Moe, who leads the team, and Emil Roe who is our Stage Designer."
    )
    assert [(person.name, person.title, person.role) for person in found.interviewers] == [
        ("Nora Moe", "", MANAGER),
        ("Emil Roe", "Stage Designer", PEER),
    ]


def test_a_clause_with_who_begins_no_list_and_a_name_in_other_letters_ends_none() -> None:
    found = _facts(
        "Hi Sam,\n\nTuesday 1 December at 10:00: you will meet Dr. Jean-Luc de la Moe, who would be your manager, "
        "\u738b\u5c0f\u660e (Bar Lead) and me. Dr. de la Moe likes to talk about wine lists."
    )
    assert [(person.name, person.title, person.address) for person in found.interviewers] == [
        ("Dr. Jean-Luc de la Moe", "", ""),
        ("\u738b\u5c0f\u660e", "Bar Lead", ""),
        ("Rita Chen", "Talent Partner", "rita@acme.example"),
    ]
    assert found.interviewers[0].told


def test_the_writer_may_be_the_hiring_manager() -> None:
    found = _facts("Hi Sam,\n\nTuesday 1 December at 10:00 works, just you and me. I would be your manager in this role.")
    assert [(person.address, person.role) for person in found.people] == [("rita@acme.example", MANAGER)]


def test_a_pronoun_is_no_name_and_stands_for_the_one_named_before() -> None:
    found = _facts("Hi Sam,\n\nThe hiring manager is Nora Moe. She will interview you on Tuesday 1 December at 10:00.")
    assert [(person.name, person.role) for person in found.interviewers] == [("Nora Moe", MANAGER)]


def test_a_pronoun_that_may_mean_two_people_means_nobody() -> None:
    told = "On Tuesday 1 December at 10:00 you will meet Nora Moe"
    alone = _facts(f"Hi Sam,\n\n{told}. She is also your future line manager.")
    both = _facts(f"Hi Sam,\n\n{told} and Emil Roe. She is also your future line manager.")
    assert [person.role for person in alone.interviewers] == [MANAGER]
    assert [person.role for person in both.interviewers] == [UNKNOWN, UNKNOWN]


def test_who_is_told_of_and_not_met_yet_is_known_when_they_are() -> None:
    found = _facts("Hi Sam,\n\nOn Tuesday 1 December at 10:00 you will meet Emil Roe. You would report to Nora Moe.")
    assert [(person.name, person.address, person.role, person.told) for person in found.people[1:]] == [
        ("Nora Moe", "", MANAGER, True)
    ]
    later = Person("Nora Moe", "nora.moe@acme.example", "VP Design", RoleClass.BOSS)
    (nora,) = (person for person in merge_people(found.people, [later]) if person.name == "Nora Moe")
    assert (nora.address, nora.title, nora.role) == ("nora.moe@acme.example", "VP Design", MANAGER)


def test_c19_beside_the_hiring_manager_another_manager_is_of_another_department() -> None:
    found = _facts(
        "Hi Sam,\n\nOn Tuesday 1 December at 10:00 you will meet Nora Moe, Head of Data, and Emil Roe, Head of Sales. "
        "Nora is the hiring manager."
    )
    people = interviewers_of(found.interviews[0], (), OWN)
    assert [(person.name, person.role) for person in people] == [("Nora Moe", MANAGER), ("Emil Roe", RoleClass.OTHER)]


def _invited(body: str, *attendees: str) -> list[tuple[str, str]]:
    lines = (
        "ORGANIZER;CN=Rita Chen:mailto:rita@acme.example",
        f"ATTENDEE;CN=Sam Doe:mailto:{ME}",
        *(f"ATTENDEE;{attendee}" for attendee in attendees),
        "DTSTART:20261201T090000Z",
        "DTEND:20261201T094500Z",
    )
    found = _facts(body, calendar=google(event(*lines)))
    people = interviewers_of(found.interviews[0], merge_people((), found.people), OWN)
    return sorted((person.name, person.address) for person in people)


_NORA, _EMIL = "CN=Nora Moe:mailto:nora@acme.example", "CN=Emil Roe:mailto:emil@acme.example"
NORA, EMIL, RITA = ("Nora Moe", "nora@acme.example"), ("Emil Roe", "emil@acme.example"), ("Rita Chen", "rita@acme.example")


@pytest.mark.parametrize(
    ("body", "attendees", "wanted"),
    [
        ("You will meet Nora Moe, Emil Roe and me.", (_NORA, _EMIL), [EMIL, NORA, RITA]),
        ("You will meet Nora Moe and Emil Roe.", (_NORA, _EMIL), [EMIL, NORA]),
        ("You will meet Nora Moe and Kim Poe.", (_NORA,), [("Kim Poe", ""), NORA]),
        ("You will meet Nora Moe and Emil Roe.", ("PARTSTAT=NEEDS-ACTION:mailto:nora@acme.example", _EMIL), [EMIL, NORA]),
        ("You will meet Nora Moe and Emil Roe.", (_NORA, f"PARTSTAT=DECLINED;{_EMIL}"), [NORA]),
    ],
)  # fmt: skip
def test_an_entry_and_the_text_beside_it_name_the_panel_together(
    body: str, attendees: tuple[str, ...], wanted: list[tuple[str, str]]
) -> None:
    assert _invited(f"Hi Sam,\n\n{body}", *attendees) == wanted


@pytest.mark.parametrize(
    "piece", ["Nora, ", "who leads ", "is the hiring manager ", "report to ", "She is our ", "you will report to Nora. "]
)
def test_long_texts_take_no_long_time(piece: str) -> None:
    reading = Reading("", f"You'll meet Nora Moe. {piece * (16000 // len(piece))}")
    begin = process_time()
    descriptions_in(reading, [Person("Nora Moe"), Person("Emil Roe")])
    assert process_time() - begin < 1.0
