"""Who writes, who interviews, and what their titles make them, in seven languages."""

from __future__ import annotations

import pytest

from rules.extract.names import is_name, leading_name, plain_name
from rules.extract.panel import panel_of
from rules.extract.signature import read_signature
from rules.extract.titles import role_class
from rules.extract.types import RoleClass


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Mit freundlichen Grüßen\n\nAnna Berger\nPersonalreferentin\n\nNordwerk GmbH\nHafenstr. 5\nTel.: +49 40 1234567",
            ("Anna Berger", "Personalreferentin", "Nordwerk GmbH"),
        ),
        (
            "Viele Grüße, Jonas Vogel | Teamleiter Entwicklung | Nordwerk GmbH",
            ("Jonas Vogel", "Teamleiter Entwicklung", "Nordwerk GmbH"),
        ),
        (
            "Freundliche Grüße\ni. A. Dr. Petra Lang\nLeiterin Personal\nNordwerk AG",
            ("Dr. Petra Lang", "Leiterin Personal", "Nordwerk AG"),
        ),
        (
            "Cordialement,\n\nÉlodie Marchand\nChargée de recrutement\nAtelier Bleu SAS\n01 23 45 67 89",
            ("Élodie Marchand", "Chargée de recrutement", "Atelier Bleu SAS"),
        ),
        ("Bien à vous,\nJean-Luc DUPRÉ - DRH", ("Jean-Luc DUPRÉ", "DRH", "")),
        (
            "Un saludo,\n\nLucía Ortega Ruiz\nTécnica de selección\nTalleres Sol S.L.",
            ("Lucía Ortega Ruiz", "Técnica de selección", "Talleres Sol S.L"),
        ),
        (
            "Met vriendelijke groet,\n\nSanne van der Meer\nRecruiter\nZeewind BV\n06-12345678",
            ("Sanne van der Meer", "Recruiter", "Zeewind BV"),
        ),
        (
            "Atenciosamente,\n\nBeatriz Nunes\nAnalista de Recrutamento e Seleção\nGrupo Aurora",
            ("Beatriz Nunes", "Analista de Recrutamento e Seleção", "Grupo Aurora"),
        ),
        (
            "Cordiali saluti,\nMarta Ricci\nResponsabile Risorse Umane\nOfficine Lario S.p.A.",
            ("Marta Ricci", "Responsabile Risorse Umane", "Officine Lario S.p.A"),
        ),
        ("Best,\nRita", ("", "", "")),
        (
            "Regards,\nRita Chen\nVice President, Research\nAcme Robotics",
            ("Rita Chen", "Vice President, Research", "Acme Robotics"),
        ),
        (
            "Thanks!\nRita Chen (she/her)\nTalent Partner | Acme Robotics | +1 555 0100 | rita@acme.example",
            ("Rita Chen", "Talent Partner", "Acme Robotics"),
        ),
        ("See the plan.\n\nRita Chen\nHead of Data\nAcme Robotics", ("Rita Chen", "Head of Data", "Acme Robotics")),
        ("Groetjes,\nTeam Zeewind", ("", "", "")),
    ],
)
def test_a_signature_tells_name_title_and_company(text: str, found: tuple[str, str, str]) -> None:
    assert tuple(read_signature(f"Hello\n\nsome words to you.\n\n{text}")) == found


def test_of_forwarded_letters_the_first_signature_counts() -> None:
    text = "Please see below.\n\nBest regards,\nRita Chen\nRecruiter\n\n-----Original Message-----\nHi\n\nThanks,\nTom Poe\nCTO"
    assert read_signature(text).name == "Rita Chen"


def test_the_senders_first_name_under_a_letter_is_theirs() -> None:
    assert read_signature("Hi\n\nBest,\nRita\nTalent Partner, Acme Robotics", "Rita Chen") == (
        "Rita",
        "Talent Partner",
        "Acme Robotics",
    )


@pytest.mark.parametrize(
    ("text", "people"),
    [
        (
            "Sie sprechen mit Frau Dr. Petra Lang (Bereichsleiterin Einkauf) und Herrn Jonas Vogel.",
            [("Dr. Petra Lang", "Bereichsleiterin Einkauf"), ("Jonas Vogel", "")],
        ),
        ("Das Gespräch findet mit unserem Entwicklungsleiter Jonas Vogel statt.", [("Jonas Vogel", "Entwicklungsleiter")]),
        (
            "Ihre Gesprächspartner sind: Anna Berger, Personalreferentin, und Jonas Vogel.",
            [("Anna Berger", "Personalreferentin"), ("Jonas Vogel", "")],
        ),
        ("Ihre Ansprechpartnerin ist Frau Berger.", [("Frau Berger", "")]),
        (
            "Vous rencontrerez Mme Claire Dubois, directrice technique, et M. Paul Lefèvre (chef de projet).",
            [("Claire Dubois", "directrice technique"), ("Paul Lefèvre", "chef de projet")],
        ),
        ("L'entretien aura lieu avec notre responsable produit, Inès Moreau.", [("Inès Moreau", "responsable produit")]),
        (
            "La entrevista será con Lucía Ortega (Jefa de Producto) y Pablo Gil.",
            [("Lucía Ortega", "Jefa de Producto"), ("Pablo Gil", "")],
        ),
        ("Te entrevistarás con el director de ingeniería, Mateo Ruiz.", [("Mateo Ruiz", "director de ingeniería")]),
        (
            "Je spreekt met Sanne van der Meer (teamleider) en Bram de Wit.",
            [("Sanne van der Meer", "teamleider"), ("Bram de Wit", "")],
        ),
        (
            "A entrevista será com a Beatriz Nunes (Gerente de Produto) e o João Prado.",
            [("Beatriz Nunes", "Gerente de Produto"), ("João Prado", "")],
        ),
        (
            "Il colloquio sarà con la dott.ssa Marta Ricci, responsabile HR, e Luca Serra.",
            [("dott.ssa Marta Ricci", "responsabile HR"), ("Luca Serra", "")],
        ),
        ("Dr. Lang, Jonas Vogel and Ada Moe will interview you.", [("Dr. Lang", ""), ("Jonas Vogel", ""), ("Ada Moe", "")]),
        ("Our CTO Ada Moe will call you on Monday.", [("Ada Moe", "CTO")]),
        (
            "The interviewers will be:\n\nAda Moe   Managing Director\nMax Poe\tDirector, Research\nP. V. Iyer  Manager",
            [("Ada Moe", "Managing Director"), ("Max Poe", "Director, Research"), ("P. V. Iyer", "Manager")],
        ),
        (
            "Interview panel:\n- Ada Moe (CTO)\n- Max Poe \u2013 Staff Engineer\n",
            [("Ada Moe", "CTO"), ("Max Poe", "Staff Engineer")],
        ),
        (
            "9:00 AM Ada Moe and Max Poe\n9:30 AM  Anouk, Vice President\n10:00 AM Break",
            [("Ada Moe", ""), ("Max Poe", ""), ("Anouk", "Vice President")],
        ),
        ("Friday:\n\nAda Moe  8:30 AM\nMax Poe 9:00 AM", [("Ada Moe", ""), ("Max Poe", "")]),
        ("You will meet with the Acme Robotics team and our hiring manager.", []),
        ("We look forward to meeting with you on Monday. Join with Google Meet.", []),
    ],
)
def test_those_one_will_meet_are_named_with_their_titles(text: str, people: list[tuple[str, str]]) -> None:
    assert [(person.name, person.title) for person in panel_of(text)[0]] == people


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Personalreferentin", RoleClass.RECRUITER),
        ("Geschäftsführer", RoleClass.BOSS),
        ("Teamleiterin Softwareentwicklung", RoleClass.HIRING_MANAGER),
        ("Softwareentwickler", RoleClass.PEER),
        ("Chargée de recrutement", RoleClass.RECRUITER),
        ("DRH", RoleClass.RECRUITER),
        ("Responsable d'équipe", RoleClass.HIRING_MANAGER),
        ("Directrice générale", RoleClass.BOSS),
        ("Développeuse", RoleClass.PEER),
        ("Reclutador", RoleClass.RECRUITER),
        ("Jefe de Proyecto", RoleClass.HIRING_MANAGER),
        ("Directora general", RoleClass.BOSS),
        ("Ingeniera de software", RoleClass.PEER),
        ("Recruitmentmedewerker", RoleClass.RECRUITER),
        ("Teamleider", RoleClass.HIRING_MANAGER),
        ("Algemeen directeur", RoleClass.BOSS),
        ("Softwareontwikkelaar", RoleClass.PEER),
        ("Recrutadora", RoleClass.RECRUITER),
        ("Gestor de Produto", RoleClass.HIRING_MANAGER),
        ("Sócio fundador", RoleClass.BOSS),
        ("Desenvolvedora", RoleClass.PEER),
        ("Selezionatrice", RoleClass.RECRUITER),
        ("Responsabile IT", RoleClass.HIRING_MANAGER),
        ("Amministratore delegato", RoleClass.BOSS),
        ("Sviluppatore", RoleClass.PEER),
        ("Head of People", RoleClass.RECRUITER),
        ("Barista", RoleClass.UNKNOWN),
    ],
)
def test_a_title_in_any_language_makes_somebody_something_to_the_process(title: str, role: RoleClass) -> None:
    assert role_class(title) is role


@pytest.mark.parametrize(
    "name",
    [
        "Łukasz Żak",
        "José María de la Cruz",
        "Иван Петров",
        "田中 太郎",
        "محمد علي",
        "Rita CHEN",
        "JANE DOE",
        "Marie-Claire d'Arcy",
        "Berger, Anna",
    ],
)
def test_names_of_many_lands_are_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "Guten Tag",
        "Vielen Dank",
        "Viele Grüße",
        "Müller GmbH",
        "Ressources Humaines",
        "Buenos Días",
        "P. V.",
        "Managing Director",
        "Ihr Team",
    ],
)
def test_greetings_and_companies_are_no_names(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Frau Anna Berger", "Anna Berger"),
        ("Mme Claire Dubois", "Claire Dubois"),
        ("Berger, Anna", "Anna Berger"),
        ("Frau Berger", "Frau Berger"),
        ("Dr. Petra Lang", "Dr. Petra Lang"),
    ],
)
def test_a_form_of_address_is_no_part_of_a_whole_name(text: str, name: str) -> None:
    assert plain_name(text) == name


def test_the_longest_name_at_the_beginning_of_a_text_ends_where_it_is_none() -> None:
    assert leading_name("Tanya Iyer Director, Research") == "Tanya Iyer"
    assert leading_name("the team") == ""
