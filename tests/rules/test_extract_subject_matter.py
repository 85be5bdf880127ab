"""Company and role, as relays, boards, calendars and people write them in seven languages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.classify.types import Classification, Kind
from rules.extract import extract
from rules.extract.company import name_from_display, plausible_company, slug_of, whole_name
from rules.extract.domains import company_key
from rules.extract.reading import Reading
from rules.extract.roles import role_of, without_company
from rules.extract.titles import clean_role
from rules.extract.types import Facts
from tests.rules.mails import OWN, mail


def _facts(sender: str, subject: str, body: str, kind: Kind = Kind.APPLICATION_ACK) -> Facts:
    found = Classification(kind, 1.0)
    return extract(mail(body, sender=sender, subject=subject), found, own=OWN, zone="Europe/Berlin")


_RELAYS = [
    (
        "Larkfield Hiring Team <no-reply@greenhouse.io>",
        "Thank you for applying to Larkfield",
        "Hi Sam,\n\nThank you for your interest in Larkfield. We have your application for the Senior Data Engineer role.",
        ("Larkfield", "Senior Data Engineer"),
    ),
    (
        "Larkfield via Greenhouse <no-reply@us.greenhouse-mail.io>",
        "We have received your application",
        "Hello Sam,\n\nthanks for applying for Backend Developer (Remote) at Larkfield!",
        ("Larkfield", "Backend Developer"),
    ),
    (
        "Anna Berger (Nordwerk GmbH) <no-reply@personio.de>",
        "Ihre Bewerbung bei der Nordwerk GmbH als Data Engineer (m/w/d)",
        "Sehr geehrter Herr Doe,\n\nvielen Dank für Ihre Bewerbung.\n\nMit freundlichen Grüßen\nAnna Berger",
        ("Nordwerk GmbH", "Data Engineer"),
    ),
    (
        "no-reply@larkfield.recruitee.com",
        "Je sollicitatie bij Larkfield",
        "Beste Sam,\n\nBedankt voor je sollicitatie voor de functie van Softwareontwikkelaar bij Larkfield.",
        ("Larkfield", "Softwareontwikkelaar"),
    ),
    (
        "Workday <larkfield@myworkday.com>",
        "Application update",
        "Dear Sam,\n\nThank you for your interest in the position Staff Engineer, R-12345.",
        ("Larkfield", "Staff Engineer"),
    ),
    (
        "Larkfield <notifications@smartrecruiters.com>",
        "Votre candidature chez Larkfield \u2013 Développeur Python H/F",
        "Bonjour Sam,\n\nNous avons bien reçu votre candidature.\n\nCordialement,\nL'équipe recrutement",
        ("Larkfield", "Développeur Python"),
    ),
    (
        "Equipo de Talento Larkfield <no-reply@factorialhr.com>",
        "Tu candidatura a Larkfield: Analista de datos",
        "Hola Sam:\n\nGracias por tu interés en Larkfield.\n\nUn saludo,\nEquipo de selección de Larkfield",
        ("Larkfield", "Analista de datos"),
    ),
    (
        "Larkfield <noreply@gupy.com.br>",
        "A sua candidatura à Larkfield",
        "Olá Sam,\n\nRecebemos a sua candidatura para a vaga de Desenvolvedor Backend Pleno na Larkfield.",
        ("Larkfield", "Desenvolvedor Backend Pleno"),
    ),
    (
        "Selezione Larkfield <jobs@inrecruiting.com>",
        "La tua candidatura per il ruolo di Sviluppatore Java presso Larkfield",
        "Gentile Sam,\n\ngrazie per la tua candidatura.\n\nCordiali saluti,\nUfficio Risorse Umane",
        ("Larkfield", "Sviluppatore Java"),
    ),
    (
        "LinkedIn <jobs-noreply@linkedin.com>",
        "Sam, your application was sent to Copperline Traders",
        "Your application was sent to Copperline Traders\n\nProduct Designer\nCopperline Traders · Berlin",
        ("Copperline Traders", "Product Designer"),
    ),
    (
        "Indeed Apply <indeedapply@indeed.com>",
        "Indeed Application: Warehouse Supervisor",
        "Application submitted\n\nWarehouse Supervisor\n\nThe following items were sent to Grey Harbor Logistics.",
        ("Grey Harbor Logistics", "Warehouse Supervisor"),
    ),
    (
        "StepStone <noreply@stepstone.de>",
        "Deine Bewerbung als Projektleiter (m/w/d) bei Nordlicht Energie AG",
        "Hallo Sam,\n\ndeine Bewerbung wurde an Nordlicht Energie AG gesendet.",
        ("Nordlicht Energie AG", "Projektleiter"),
    ),
    (
        "InfoJobs <no-reply@infojobs.net>",
        "Te has inscrito en la oferta Administrativo/a contable",
        "Hola Sam,\n\nTe has inscrito en la oferta Administrativo/a contable de la empresa Gestiones Levante S.L.",
        ("Gestiones Levante S.L", "Administrativo/a contable"),
    ),
    (
        "Welcome to the Jungle <no-reply@welcomekit.co>",
        "Ta candidature pour le poste d'Ingénieur DevOps chez Nuage",
        "Bonjour Sam,\n\nMerci d'avoir postulé chez Nuage.\n\nL'équipe Nuage",
        ("Nuage", "Ingénieur DevOps"),
    ),
    (
        "SAP SuccessFactors <system@successfactors.eu>",
        "Bestätigung Ihrer Bewerbung",
        (
            "Guten Tag,\n\nwir bestätigen den Eingang Ihrer Bewerbung auf die Stelle Sachbearbeiter Buchhaltung (w/m/d).\n\n"
            "Ihr Recruiting-Team der Hanse Logistik SE"
        ),
        ("Hanse Logistik SE", "Sachbearbeiter Buchhaltung"),
    ),
    (
        "Taleo <orion@taleo.net>",
        "Orion Pharma: Application status",
        "Dear Sam,\n\nThank you for applying for the following position:\n\n2200345 - Clinical Research Associate",
        ("Orion Pharma", "Clinical Research Associate"),
    ),
    (
        "Teamtailor <no-reply@teamtailor-mail.com>",
        "Your application to Fjord & Co",
        "Thanks for applying to Fjord & Co as Office Manager!",
        ("Fjord & Co", "Office Manager"),
    ),
    (
        "BambooHR <notifications@app.bamboohr.com>",
        "Application received - Harvest Foods",
        "Dear Sam,\n\nThis is to confirm that Harvest Foods has received your application for Line Cook.",
        ("Harvest Foods", "Line Cook"),
    ),
    (
        "calendar-notification@google.com",
        "Invitation: Pinecone Bikes | Phone screen | Supply Chain Planner @ Tue Nov 24, 2026 10am - 11am (CET) (sam@example.com)",
        "You have been invited to the following event.",
        ("Pinecone Bikes", "Supply Chain Planner"),
    ),
]


@pytest.mark.parametrize(("sender", "subject", "body", "found"), _RELAYS)
def test_the_mail_of_relays_and_boards_tells_company_and_role(
    sender: str, subject: str, body: str, found: tuple[str, str]
) -> None:
    facts = _facts(sender, subject, body)
    assert (facts.company, facts.role) == found


@pytest.mark.parametrize(
    ("sender", "subject", "body", "found"),
    [
        (
            "Marie Aubert <m.aubert@banquedunord.fr>",
            "Entretien - Chargé de clientèle (H/F)",
            "Bonjour,\n\nJe vous propose un entretien.\n\nCordialement,\n\nMarie Aubert\nChargée de recrutement\nBanque du Nord",
            ("Banque du Nord", "Chargé de clientèle"),
        ),
        (
            "Rosa Vidal <rosa.vidal@gmail.com>",
            "Entrevista",
            (
                "Hola Sam, nos gustaría hacerte una entrevista para el puesto de Jefe de obra.\n\nUn saludo,\nRosa Vidal\n"
                "Técnica de selección\nConstrucciones Aragón"
            ),
            ("Construcciones Aragón", "Jefe de obra"),
        ),
        (
            "Carolin Weber <c.weber@muster-technik.de>",
            "Einladung zum Vorstellungsgespräch",
            (
                "Guten Tag, danke für Ihr Interesse an der Position Teamleiter Einkauf (w/m/d).\n\nMit freundlichen Grüßen\n\n"
                "Carolin Weber\nHR Business Partner\n\nMuster Technik GmbH"
            ),
            ("Muster Technik GmbH", "Teamleiter Einkauf"),
        ),
    ],
)
def test_the_mail_of_people_tells_company_and_role(sender: str, subject: str, body: str, found: tuple[str, str]) -> None:
    facts = _facts(sender, subject, body, Kind.INTERVIEW_INVITE)
    assert (facts.company, facts.role) == found


def test_structured_markup_outweighs_words() -> None:
    posting = (
        '{"@context": "https://schema.org", "@type": "JobPosting", "title": "Site Reliability Engineer (f/m/d)",'
        ' "hiringOrganization": {"@type": "Organization", "name": "Basalt Systems"}}'
    )
    body = (
        f'<html><script type="application/ld+json">{posting}</script><p>Thank you for your interest in joining Basalt.</p></html>'
    )
    message = mail(
        body, sender="Jobs <no-reply@lever.co>", subject="Application", headers={"Content-Type": "text/html; charset=utf-8"}
    )
    found = extract(message, Classification(Kind.APPLICATION_ACK, 1.0), own=OWN, zone="Europe/Berlin")
    assert (found.company, found.role) == ("Basalt Systems", "Site Reliability Engineer")


@pytest.mark.parametrize(
    ("display", "address", "found"),
    [
        ("Acme via Greenhouse", "no-reply@greenhouse.io", ("", "Acme")),
        ("Das Acme Team", "no-reply@personio.de", ("", "Acme")),
        ("Karriere bei Acme", "no-reply@personio.de", ("", "Acme")),
        ("L'équipe recrutement Acme", "no-reply@teamtailor.com", ("", "Acme")),
        ("Time de Recrutamento da Acme", "x@gupy.com.br", ("", "Acme")),
        ("Recruitment Acme", "no-reply@recruitee.com", ("", "Acme")),
        ("Acme Careers (no-reply)", "no-reply@icims.com", ("", "Acme")),
        ("Acme | Rita Chen", "rita@acme.example", ("Rita Chen", "Acme")),
        ("Berger, Anna (Acme)", "anna@acme.example", ("Anna Berger", "Acme")),
        ("Frau Anna Berger", "anna@acme.example", ("Anna Berger", "")),
        ("Workday", "acme@myworkday.com", ("", "")),
    ],
)
def test_display_names_of_relays_hold_a_company(display: str, address: str, found: tuple[str, str]) -> None:
    assert name_from_display(display, address) == found


@pytest.mark.parametrize(
    ("address", "slug"),
    [
        ("acme@myworkday.com", "acme"),
        ("no-reply@acme.recruitee.com", "acme"),
        ("jobs@acme-labs.teamtailor-mail.com", "acme-labs"),
        ("acme+autoreply@talent.icims.com", "acme"),
        ("notifications@smartrecruiters.com", ""),
        ("no-reply@us.greenhouse-mail.io", ""),
        ("reply+8f3a91c2@ashbyhq.com", ""),
        ("rita@acme.example", ""),
    ],
)
def test_the_address_at_a_relay_may_hold_the_company(address: str, slug: str) -> None:
    assert slug_of(address) == slug


@pytest.mark.parametrize(
    "name",
    [
        "\u0410cme",  # a Cyrillic capital
        "Ac\u03bfme",  # a Greek letter
        "A" * 80,
        "Acme <script>",
        "http://acme.example",
        "Unsere Personalabteilung",
        "one two three four five six seven",
        "LinkedIn",
        "",
        "...",
    ],
)
def test_what_is_no_company_or_pretends_to_be_one_is_refused(name: str) -> None:
    assert plausible_company(name) == ""


def test_a_name_is_cleaned_of_signs_that_turn_or_hide_letters() -> None:
    assert plausible_company("Ac\u200bme\u202e Robo\u00adtics") == "Acme Robotics"


@pytest.mark.parametrize(
    ("one", "other"), [("The Hollow Group", "Hollow"), ("Officine Lario S.p.A.", "officine lario"), ("Lda Sol, Lda", "LDA Sol")]
)
def test_articles_and_legal_forms_make_no_difference(one: str, other: str) -> None:
    assert company_key(one) == company_key(other)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Data Engineer (m/w/d) - Berlin / Remote", "Data Engineer"),
        ("Senior Entwickler:in (all genders) in Vollzeit", "Senior Entwickler:in"),
        ("Développeur Python H/F", "Développeur Python"),
        ("Chargé(e) de recrutement F/H - Paris", "Chargé(e) de recrutement"),
        ("Analista de Dados Pleno (Remoto) - São Paulo/SP", "Analista de Dados Pleno"),
        ("Desarrollador/a Python - Madrid (Híbrido)", "Desarrollador/a Python"),
        ("Medewerker Klantenservice (m/v/x) 32-40 uur", "Medewerker Klantenservice"),
        ("Addetto/a alla selezione - Milano", "Addetto/a alla selezione"),
        ("Software Engineer I-304417", "Software Engineer I"),
        ("118204 Junior Firmware Engineer", "Junior Firmware Engineer"),
        ("Backend Engineer (Java), R-2093", "Backend Engineer (Java)"),
        ("Referent Öffentlichkeitsarbeit (m/w/d) (Ref. 2023-17)", "Referent Öffentlichkeitsarbeit"),
        ("Kubernetes Engineer \u2013 US Remote", "Kubernetes Engineer"),
        ("C++ Developer", "C++ Developer"),
        ("Head of Data, EMEA", "Head of Data"),
        ("Dank", ""),
    ],
)
def test_a_role_is_shown_without_marks_numbers_and_places(text: str, role: str) -> None:
    assert clean_role(text) == role


@pytest.mark.parametrize(
    ("subject", "body", "role"),
    [
        (
            "",
            "Vielen Dank für Ihre Bewerbung als Mitarbeiterin im Kundenservice (m/w/d) bei uns.",
            "Mitarbeiterin im Kundenservice",
        ),
        ("", "Stelle: Koordination Ehrenamt (m/w/d)\nOrt: Ulm", "Koordination Ehrenamt"),
        (
            "",
            "Merci pour votre candidature au poste de chef de projet digital. Nous revenons vers vous.",
            "chef de projet digital",
        ),
        ("", "Poste : Responsable logistique\nLieu : Lyon", "Responsable logistique"),
        ("", "Gracias por inscribirte en nuestra vacante de Técnico de soporte. Un saludo", "Técnico de soporte"),
        ("", "Bedankt voor je sollicitatie op de vacature Teamleider Logistiek. We nemen contact op.", "Teamleider Logistiek"),
        ("", "Obrigado pela sua candidatura à função de Gestor de Produto. Entraremos em contacto.", "Gestor de Produto"),
        (
            "",
            "Grazie per esserti candidato alla posizione di Addetto alla logistica. Ti faremo sapere.",
            "Addetto alla logistica",
        ),
        (
            "",
            "We would like to interview you for the Safety, Quality, and Supplier Assurance position.",
            "Safety, Quality, and Supplier Assurance",
        ),
        ("", "Thank you for applying for our Software Engineer, Platform opening.", "Software Engineer, Platform"),
        ("", 'You applied for the "Software Developer I" position.', "Software Developer I"),
        ("Your application for R-0098 Process Engineer at Acme", "", "Process Engineer"),
        ("[Groupe Marceau] Candidature - Conseiller de vente (H/F)", "", "Conseiller de vente"),
        ("Technical Interview - Technical Writer", "", "Technical Writer"),
        ("Interview with our hiring manager", "When are you free?", ""),
        ("Your interview", "The position is filled. Other positions are open.", ""),
        ("Ihre Bewerbung", "Leider ist die Stelle schon besetzt.", ""),
    ],
)
def test_a_role_is_found_by_the_words_around_it(subject: str, body: str, role: str) -> None:
    assert role_of(Reading(subject, body)) == role


def test_a_role_is_told_without_the_company_beside_it() -> None:
    assert without_company("Acme - Data Engineer", "Acme") == "Data Engineer"
    assert without_company("Data Engineer @ Acme", "Acme") == "Data Engineer"
    assert without_company("Acme", "Acme") == ""
    assert without_company("Data Engineer", "") == "Data Engineer"


@pytest.mark.parametrize(
    "piece",
    [
        "Interview with Acme ",
        "position of ",
        "Acme GmbH ",
        "the the the ",
        "(m/w/d) ",
        "Bewerbung bei ",
        "Jane Doe and ",
        "A & ",
        "- ",
        "1. A",
    ],
)
def test_endless_repetition_is_read_in_no_time(piece: str) -> None:
    _facts("Acme <no-reply@lever.co>", "Interview " + piece * 30, piece * 3000, Kind.INTERVIEW_INVITE)


@settings(max_examples=120)
@given(
    st.text(max_size=200),
    st.lists(
        st.sampled_from(
            [
                "interview",
                "with",
                "Acme",
                "GmbH",
                "als",
                "Data Engineer",
                "(m/w/d)",
                "\n",
                ":",
                "-",
                "|",
                "poste de",
                "\u202e",
                "İ",
                "ß",
            ]
        ),
        max_size=60,
    ),
)
def test_any_subject_and_body_is_read(subject: str, words: list[str]) -> None:
    reading = Reading(subject, " ".join(words))
    assert len(reading.body) == len(reading.folded)
    role_of(reading)


@pytest.mark.parametrize("role", ["Stage Designer", "Stage Manager"])
def test_a_title_that_begins_like_a_foreign_word_for_hiring_is_whole(role: str) -> None:
    found = extract(
        mail(f"Hi Sam,\n\nwe would like to talk about the {role} position with you.", subject=f"Interview: {role}"),
        Classification(Kind.INTERVIEW_INVITE, 0.9),
        own=OWN,
        zone="Europe/Berlin",
    )
    assert found.role == role


@pytest.mark.parametrize(
    ("text", "name", "whole"),
    [
        ("gesprek voor Teamleider Logistiek bij Wilg Ziekenhuis", "Wilg Ziekenhuis", "Wilg Ziekenhuis"),
        ("Gespräch als Leiter Logistik bei Wilg", "Wilg", "Wilg"),
        ("Head of Logistics at Willow", "Willow", "Willow"),
        ("ein Termin bei Grupo Sauce", "Sauce", "Grupo Sauce"),
        ("the University of Willow", "Willow", "University of Willow"),
    ],
)
def test_the_post_in_front_of_a_company_is_no_part_of_its_name(text: str, name: str, whole: str) -> None:
    assert whole_name(name, text) == whole
