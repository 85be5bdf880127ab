"""Who will interview, told in sentences, lists and tables; who is named and will not; who is meant by a first name or by `me`."""

from __future__ import annotations

from time import process_time

import pytest

from rules.classify import Classification, Kind
from rules.extract import Facts, extract
from rules.extract.panel import panel_of
from rules.extract.reading import Reading
from tests.rules.calendar_cases import event, google
from tests.rules.mails import ME, OWN, mail


def _panel(text: str) -> tuple[list[str], bool]:
    people, writing = panel_of(Reading("", text))
    return [person.name for person in people], writing


def _facts(body: str, *, cc: str = "", sender: str = "Rita Chen <rita@acme.example>", calendar: str = "") -> Facts:
    message = mail(body, sender=sender, headers={"Cc": cc} if cc else None, calendar=calendar)
    return extract(message, Classification(Kind.INTERVIEW_CONFIRMATION, 0.9), own=OWN, zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "names", "writing"),
    [
        ("You're seeing Nora Moe, Plant Manager, and Tilda Roe from HR.", ["Nora Moe", "Tilda Roe"], False),
        ("You will meet Nora, who bakes, on Friday.", ["Nora"], False),
        ("Could we get you on a call with Nora and Emil next week?", ["Nora", "Emil"], False),
        ("I'd love for you to meet me and Emil for an hour.", ["Emil"], True),
        ("It's just Emil and me, nothing formal.", ["Emil"], True),
        ("The panel will comprise Nora Moe (Head of Service) and Cllr T. Roe.", ["Nora Moe", "T. Roe"], False),
        ("Present will be our sales director Mr. Emil Roe and me as interpreter.", ["Emil Roe"], True),
        ("My colleagues Nora and Emil will do the interview.", ["Nora", "Emil"], False),
        ("My co-founder Dr. Roe and I will be there.", ["Dr. Roe"], True),
        ("You'll be meeting their treasurer (Nora Moe) at the bank.", ["Nora Moe"], False),
        ("Nora Moe has opened her calendar for you.", ["Nora Moe"], False),
        ("Mit dabei sind Nora (Architektin) und ich.", ["Nora"], True),
        ("Es freuen sich auf Sie\nDr. Emil Roe (Geschäftsführer) und Nora Moe", ["Dr. Emil Roe", "Nora Moe"], False),
        ("Nora vom Fachbereich Chemie schaltet sich später dazu.", ["Nora"], False),
        ("Frau Moe ist auch dabei.", ["Frau Moe"], False),
        ("Um zehn beginnt das Gespräch mit Betriebsleiter Roe.", ["Roe"], False),
        ("Das Vorstellungsgespräch bei Frau Dr. Moe dauert eine Stunde.", ["Frau Dr. Moe"], False),
        ("Seront présents M. Roe, président, et Mme Moe, actionnaire.", ["M. Roe", "Mme Moe"], False),
        ("Nora et Emil seront là aussi.", ["Nora", "Emil"], False),
        ("Ce sera Emil et moi, tout simplement.", ["Emil"], True),
        ("Pour le rendez-vous, tu verras Emil Roe, directeur, solutions.", ["Emil Roe"], False),
        ("Nora Moe, votre future manager, a ouvert ses créneaux.", ["Nora Moe"], False),
        ("Estaremos Nora y yo en la llamada.", ["Nora"], True),
        ("Conocerás a Nora Moe, jefa de obra, y a nadie más.", ["Nora Moe"], False),
        ("Mijn vennote Nora Moe sluit aan.", ["Nora Moe"], False),
        ("Je afspraak is om 10 uur bij dr. Moe op de tweede etage.", ["dr. Moe"], False),
        ("We plannen een gesprek met Emil en mij.", ["Emil"], True),
        ("Venerdì ci siamo io e Nora.", ["Nora"], True),
        ("Na sexta estaremos eu e Nora.", ["Nora"], True),
        ("An dem Gespräch nehmen Herr Dr. Emil Roe (Leiter Labor) und ich teil.", ["Dr. Emil Roe"], True),
        ("Am Gespräch nehmen neben mir Frau Nora Moe und Herr Roe teil.", ["Nora Moe", "Herr Roe"], True),
        ("A entrevista será por vídeo, com Nora Moe (líder de design) e comigo.", ["Nora Moe"], True),
        ("Je gesprek is met drs. Emil van der Roe (hoofd IT) en mij.", ["drs. Emil van der Roe"], True),
        ("The interview is with Nora Moe and me on Tuesday.", ["Nora Moe"], True),
        ("You'll meet Nora Moe and I wish you luck.", ["Nora Moe"], False),
        ("It's just Nora and I on the call.", ["Nora"], True),
        ("It is via Teams with Eng. Emil Al-Roe, Director of Contracts.", ["Emil Al-Roe"], False),
        ("Your interview is with Capt. Emil Roe and Sgt. Nora Moe.", ["Capt. Emil Roe", "Sgt. Nora Moe"], False),
        ("You will be meeting with Rev. Dr. Emil Roe and Sister Nora Moe.", ["Rev. Dr. Emil Roe", "Sister Nora Moe"], False),
        ("Vous rencontrerez Me Nora Moe (associée) et M. Emil Roe.", ["Me Nora Moe", "Emil Roe"], False),
        ("Interviewers: Shri Emil Roe, Smt. Nora Moe", ["Emil Roe", "Nora Moe"], False),
        ("You will meet Emil Roe, Head of Grid (emil@acme.example), and Nora Moe.", ["Emil Roe", "Nora Moe"], False),
    ],
)
def test_a_sentence_tells_whom_one_will_meet(text: str, names: list[str], writing: bool) -> None:
    assert _panel(text) == (names, writing)


@pytest.mark.parametrize(
    ("text", "names", "writing"),
    [
        ("|Date|3 May|\n|With|Emil Roe, MD|\n|How|Phone, he rings|", ["Emil Roe"], False),
        ("When Tuesday, 3 May\nWho Emil Roe, floor manager\nWhere our office", ["Emil Roe"], False),
        ("Present: Emil Roe (chair), two teachers, Nora Moe and me\nRoom: 4", ["Emil Roe", "Nora Moe"], True),
        (
            "Wir bestätigen es.\nWann Dienstag\nGesprächspartner Dr. Nora Moe, Leiterin Labor\nEmil Roe, Referent",
            ["Dr. Nora Moe", "Emil Roe"],
            False,
        ),
        ("Jury: Nora Moe, Emil Roe, ich\nOrt: Aula", ["Nora Moe", "Emil Roe"], True),
        ("Quand demain, 11 h\nQui Nora Moe, directrice qualité\nOù Lyon", ["Nora Moe"], False),
        ("En présence de : Nora Moe et Emil Roe", ["Nora Moe", "Emil Roe"], False),
        ("Día lunes 4 de mayo\nHora 13:00 h\nCon quién Nora Moe, gobernanta", ["Nora Moe"], False),
        ("Aanwezig: Nora (teamleider), Emil en ik", ["Nora", "Emil"], True),
        ("Il colloquio è confermato.\nPresenti: Nora Moe, io", ["Nora Moe"], True),
        ("Banca: Nora Moe e Emil Roe", ["Nora Moe", "Emil Roe"], False),
    ],
)
def test_a_row_of_particulars_tells_whom_one_will_meet(text: str, names: list[str], writing: bool) -> None:
    assert _panel(text) == (names, writing)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for talking with Nora Moe and Emil Roe last week.",
        "After your call with Nora and Emil we need some days.",
        "Nach Ihrem Gespräch mit Nora Moe melden wir uns.",
        "Suite à votre entretien avec Nora Moe, nous revenons vers vous.",
        "Tras la entrevista con Nora Moe te escribiremos.",
        "Na je gesprek met Nora Moe hoor je van ons.",
        "I am writing to you with Nora Moe in copy.",
        "Ich schreibe Ihnen mit Nora Moe in Kopie.",
        "You have worked with Docker and Kubernetes for years.",
        "You'll meet Monday at ten. You'll be meeting in London.",
        "It's Berlin and London where we have offices.",
        "Three of us will be there. Everyone will join. Reception will be there.",
        "Wir freuen uns auf Sie. Es freuen sich auf Sie und Ihre Ideen alle Kolleginnen.",
        "Das Gespräch bei Siemens dauert eine Stunde.",
        "Das Gespräch führen Sie am Montag in Hamburg.",
        "Seront présents plusieurs collègues. Ce sera lundi et mardi.",
        "Estaremos en Madrid. La entrevista será con todo el equipo.",
        "Het gesprek is met het team. Aanwezig zijn de collega's van Sales.",
        "Hi Sam,\n\nSam and the team will be there. You'll meet the team.",
        "Sehr geehrter Herr Roe,\n\nHerr Roe, es freut uns, dass Sie dabei sind.",
        "Who is it? When we know, we write. With Zoom it is easy.",
    ],
)
def test_who_is_named_otherwise_is_no_interviewer(text: str) -> None:
    assert _panel(text) == ([], False)


def test_a_first_name_is_the_one_colleague_whom_the_fields_name_in_full() -> None:
    found = _facts(
        "Hi Sam,\n\nTuesday 1 December at 10:00 it is. You'll be meeting Emil and Nora.\n\nRita",
        cc="Emil Roe <emil.roe@acme.example>",
    )
    people = [(person.name, person.address) for person in found.interviewers]
    assert people == [("Emil Roe", "emil.roe@acme.example"), ("Nora", "")]


def test_a_first_name_that_two_colleagues_have_is_nobodys_address() -> None:
    found = _facts(
        "Hi Sam,\n\nTuesday 1 December at 10:00 it is. You'll be meeting Emil.\n\nRita",
        cc="Emil Roe <emil.roe@acme.example>, Emil Poe <emil.poe@acme.example>",
    )
    assert [(person.name, person.address) for person in found.interviewers] == [("Emil", "")]


def test_the_writer_who_will_be_there_is_an_interviewer_with_their_address() -> None:
    found = _facts("Hi Sam,\n\nTuesday 1 December at 10:00 works, it's Emil and me.\n\nRita")
    assert [(person.name, person.address) for person in found.interviewers] == [("Emil", ""), ("Rita Chen", "rita@acme.example")]


def test_the_writer_who_only_arranges_is_none() -> None:
    found = _facts("Hi Sam,\n\nTuesday 1 December at 10:00 works. You're seeing Emil Roe.\n\nRita")
    assert [person.name for person in found.interviewers] == ["Emil Roe"]


@pytest.mark.parametrize(
    ("stated", "address"),
    [
        ("(emil.roe@acme.example)", "emil.roe@acme.example"),
        ("<E.Roe@acme.example>", "e.roe@acme.example"),
        ("(questions to nora.moe@acme.example)", ""),
        ("(jobs@acme.example)", ""),
        (f"({ME})", ""),
    ],
)
def test_an_address_behind_a_name_counts_if_it_spells_the_name(stated: str, address: str) -> None:
    found = _facts(f"Hi Sam,\n\nTuesday 1 December at 10:00. You will meet Emil Roe {stated}.\n\nRita")
    assert [(person.name, person.address) for person in found.interviewers] == [("Emil Roe", address)]


@pytest.mark.parametrize(
    ("organizer", "wanted"),
    [
        ("mailto:emil.roe@acme.example", [("Emil Roe", "emil.roe@acme.example")]),
        ("mailto:bookings@acme.example", [("Emil Roe", "")]),
        ("CN=Nora Moe:mailto:nora.moe@acme.example", [("Nora Moe", "nora.moe@acme.example"), ("Emil Roe", "")]),
    ],
)
def test_the_text_beside_a_calendar_entry_names_whom_the_entry_does_not(organizer: str, wanted: list[tuple[str, str]]) -> None:
    mark = ";" if organizer.startswith("CN") else ":"
    lines = (
        f"ORGANIZER{mark}{organizer}",
        f"ATTENDEE;CN=Sam Doe:mailto:{ME}",
        "DTSTART:20261201T090000Z",
        "DTEND:20261201T094500Z",
    )
    found = _facts("Your booking is confirmed.\n\nWith: Emil Roe\nWhere: online", calendar=google(event(*lines)))
    assert [(person.name, person.address) for person in found.interviewers] == wanted


@pytest.mark.parametrize("piece", ["Nora, ", "with Nora and ", "Frau Dr. ", "(a, ", "You'll meet ", "Who Nora Moe\n", "our old "])
def test_long_lists_take_no_long_time(piece: str) -> None:
    text = "You'll meet " + piece * (6000 // len(piece))
    begin = process_time()
    panel_of(Reading("", text))
    assert process_time() - begin < 1.0


@pytest.mark.parametrize(
    "text",
    [
        "You will meet Emil Roe (Head of Networks, emil.roe@acme.example) and Nora Moe.",
        "You will meet Emil Roe, Head of Networks (emil.roe@acme.example), and Nora Moe.",
        "The interview is with Emil Roe (Head of Networks; +44 20 7946 0000) and Nora Moe.",
    ],
)
def test_a_title_is_read_beside_an_address_or_a_number(text: str) -> None:
    people, _ = panel_of(Reading("", text))
    assert [(person.name, person.title) for person in people] == [("Emil Roe", "Head of Networks"), ("Nora Moe", "")]
