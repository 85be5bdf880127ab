"""Company and role of letters of the sort that relays, boards, services and offices send."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rules.classify import Classification, Kind
from rules.extract import extract
from rules.mail.record import message_from_record

_NOW = datetime(2027, 3, 3, 9, tzinfo=UTC)
_LETTERS = [
    (
        "Sophie Bernard <s.bernard@cro.test>",
        "Votre candidature",
        "Bonjour,\n\nje reviens vers vous.\n\nSophie Bernard\nResponsable RH\nCrédit Rural de l'Ouest",
        "Crédit Rural de l'Ouest",
        "",
    ),
    ("Université de Brassac <concours@univ-brassac.test>", "Votre dossier", "Bien reçu, merci.", "Université de Brassac", ""),
    ("Teamtailor <no-reply@teamtailor-mail.com>", "Brindille t'a envoyé un message", "Bonjour Sam.", "Brindille", ""),
    (
        "Wolkenfeld <no-reply@smartrecruiters.com>",
        "Deine Bewerbung als Data Engineer",
        "Hallo Sam,\n\ndeine Bewerbung als Data Engineer bei Wolkenfeld ist eingegangen.",
        "Wolkenfeld",
        "Data Engineer",
    ),
    (
        "Bruma Digital <no-reply@teamtailor-mail.com>",
        "Tu candidatura: oferta Analista de Datos",
        "Hola Sam:\n\nHemos recibido tu candidatura a la oferta Analista de Datos en Bruma Digital.",
        "Bruma Digital",
        "Analista de Datos",
    ),
    (
        "Nordkap Finance <no-reply@us.greenhouse-mail.io>",
        "Application received: Product Manager, Payments",
        "Hi Sam,\n\nWe have your application for Product Manager, Payments.",
        "Nordkap Finance",
        "Product Manager, Payments",
    ),
    (
        "Workday <auenbank@myworkday.com>",
        "Auenbank: Status zu Ihrer Bewerbung R0815",
        "Guten Tag Sam,\n\nIhre Bewerbung R0815 Referent Risikocontrolling wurde gesichtet. Leider reicht es nicht.",
        "Auenbank",
        "Referent Risikocontrolling",
    ),
    (
        "Lindner Optik <no-reply@personio.de>",
        "Dein Gespräch",
        "Hallo Sam,\n\ndein Profil als Produktmanager hat uns überzeugt. Wir möchten dich kennenlernen.",
        "Lindner Optik",
        "Produktmanager",
    ),
    (
        "Halde Logistik <no-reply@softgarden.io>",
        "Absage",
        "Guten Tag,\n\nwir haben entschieden, die Position Leiter Einkauf in diesem Quartal nicht zu besetzen.",
        "Halde Logistik",
        "Leiter Einkauf",
    ),
    (
        "Indeed <noreply@indeed.com>",
        "Application submitted: Warehouse Supervisor",
        "Your application for Warehouse Supervisor at Pennock Freight has been sent. Good luck!",
        "Pennock Freight",
        "Warehouse Supervisor",
    ),
    (
        "LinkedIn <jobs-noreply@linkedin.com>",
        "Sam, your application was sent to Pennock Freight",
        "Your application was sent to Pennock Freight\n\nWarehouse Supervisor\nPennock Freight\nLeeds",
        "Pennock Freight",
        "Warehouse Supervisor",
    ),
    (
        "StepStone <noreply@stepstone.de>",
        "Ihre Bewerbung als Bilanzbuchhalter",
        "Guten Tag Sam,\n\nIhre Bewerbung als Bilanzbuchhalter (m/w/d) bei der Halde Logistik GmbH ging raus.",
        "Halde Logistik GmbH",
        "Bilanzbuchhalter",
    ),
    (
        "HelloWork <noreply@emails.hellowork.com>",
        "Votre candidature a été transmise",
        (
            "Bonjour Sam,\n\nVotre candidature au poste de Comptable général chez Valmorel Industrie a bien "
            "été transmise au recruteur."
        ),
        "Valmorel Industrie",
        "Comptable général",
    ),
    (
        "Welcome to the Jungle <no-reply@welcometothejungle.com>",
        "Candidature envoyée !",
        "Hello Sam,\n\nTa candidature pour Growth Manager chez Kiosque Bleu est bien partie.",
        "Kiosque Bleu",
        "Growth Manager",
    ),
    (
        "Valmorel Industrie <no-reply@taleez.com>",
        "Votre candidature - Chargé de recrutement",
        "Bonjour Sam,\n\nNous avons bien reçu votre candidature pour le poste de Chargé de recrutement H/F basé à Lyon.",
        "Valmorel Industrie",
        "Chargé de recrutement",
    ),
    (
        "Ines Roca <ines@talleresurbasa.test>",
        "Entrevista",
        "Hola Sam, has pasado a la segunda fase para Jefe de almacén. ¿Cuándo puedes?\n\nInés Roca\nTalleres Urbasa",
        "Talleres Urbasa",
        "Jefe de almacén",
    ),
    (
        "Talleres Urbasa <seleccion@talleresurbasa.test>",
        "Proceso de selección Jefe de almacén",
        "Estimado Sam:\n\nen relación con el proceso para Jefe de almacén, lamentamos comunicarle que no continúa.",
        "Talleres Urbasa",
        "Jefe de almacén",
    ),
    (
        "Ada Quill <ada@lantern-labs.test>",
        "Interview - Backend Engineer - Sam",
        "Hi Sam,\n\nconfirming Thursday at 3. \n\nAda",
        "Lantern Labs",
        "Backend Engineer",
    ),
    (
        "Google Calendar <calendar-notification@google.com>",
        "Invitation: First interview - QA Engineer @ Thu Mar 11, 2027 3pm - 4pm (CET) (sam@example.com)",
        "First interview - QA Engineer\nWhen: Thu Mar 11, 2027 3pm - 4pm\nWhere: https://meet.google.com/abc",
        "",
        "QA Engineer",
    ),
    (
        "Lantern Labs <no-reply@hire.lever.co>",
        "Your application for Staff Engineer, Platform",
        "Hi Sam,\n\nThanks for your interest in the Staff Engineer, Platform position at Lantern Labs.",
        "Lantern Labs",
        "Staff Engineer, Platform",
    ),
    (
        "Halde Logistik Karriere <karriere@halde-logistik.test>",
        "Eingangsbestätigung",
        "Sehr geehrter Herr Example,\n\nvielen Dank für Ihre Bewerbung auf die Stelle Sachbearbeiter Zoll am Standort Bremen.",
        "Halde Logistik",
        "Sachbearbeiter Zoll",
    ),
    (
        "Halde Logistik <bewerbung@halde-logistik.test>",
        "Ihre Bewerbung um die Stelle als Teamleiter Versand",
        "Guten Tag, wir danken für Ihre Bewerbung um die Stelle als Teamleiter Versand (w/m/d).",
        "Halde Logistik",
        "Teamleiter Versand",
    ),
    (
        "Jobvite <no-reply@jobvite.com>",
        "Your application to Pennock Freight",
        (
            "Sam, thanks for applying to our open Fleet Coordinator position. Pennock Freight will be in "
            "touch.\n\nThe Pennock Freight Talent Team"
        ),
        "Pennock Freight",
        "Fleet Coordinator",
    ),
    (
        "Pennock Freight <no-reply@ashbyhq.com>",
        "Update on your application",
        "Hi Sam,\n\nYour application for R-55120 Transport Planner, Hull has moved to the next stage.",
        "Pennock Freight",
        "Transport Planner",
    ),
    (
        "Valmorel Industrie <ne-pas-repondre@valmorel-industrie.test>",
        "Candidature 20417 Ingénieur méthodes",
        "Bonjour,\n\nvotre candidature n° 20417 Ingénieur méthodes n'a pas été retenue.",
        "Valmorel Industrie",
        "Ingénieur méthodes",
    ),
    (
        "Kestrel Assess <noreply@kestrel-assess.test>",
        "Pennock Freight: your online test",
        (
            "Hi Sam,\n\nas part of your application to Pennock Freight we ask you to take an online "
            "test.\n\nKestrel Assess on behalf of Pennock Freight"
        ),
        "Pennock Freight",
        "",
    ),
    (
        "Signalia <no-reply@signalia.test>",
        "Documento para firmar: contrato Talleres Urbasa",
        (
            "Hola Sam,\n\nTalleres Urbasa te ha enviado un contrato para firmar. Con la firma aceptas "
            "incorporarte a Talleres Urbasa."
        ),
        "Talleres Urbasa",
        "",
    ),
    (
        "Stadt Auenrode <personalamt@auenrode.test>",
        "Stelle Verwaltungsfachwirt",
        "Sehr geehrte Damen und Herren,\n\nIhre Bewerbung ist eingegangen.\n\nStadt Auenrode",
        "Stadt Auenrode",
        "Verwaltungsfachwirt",
    ),
    (
        "Mairie de Bellac <rh@bellac.test>",
        "Votre candidature",
        "Madame, Monsieur,\n\nnous accusons réception de votre candidature au poste d'agent d'accueil.",
        "Mairie de Bellac",
        "agent d'accueil",
    ),
    (
        "Hospital Vall Clara <rrhh@vallclara.test>",
        "Solicitud registrada",
        "Su solicitud para la plaza de enfermero ha quedado registrada.\n\nHospital Vall Clara",
        "Hospital Vall Clara",
        "enfermero",
    ),
    (
        "Calendly <notifications@calendly.com>",
        "New Event: Sam Example - 15:00 Thu, 11 Mar 2027 - Intro call with Lantern Labs",
        "Hi Sam,\n\nYour Intro call with Lantern Labs is scheduled.",
        "Lantern Labs",
        "",
    ),
    (
        "Jo Marsh <jo@quillfeather.test>",
        "Re: your application",
        "Hi Sam, can you do Tuesday?\n\nJo Marsh\nHead of Studio, Quillfeather Games",
        "Quillfeather Games",
        "",
    ),
]


@pytest.mark.parametrize(("sender", "subject", "body", "company", "role"), _LETTERS)
def test_company_and_role_are_told(sender: str, subject: str, body: str, company: str, role: str) -> None:
    record = {"id": "1", "from": sender, "subject": subject, "body": body, "date": "2027-03-03T09:00:00+01:00"}
    message = message_from_record(record, now=_NOW)
    found = extract(message, Classification(Kind.APPLICATION_ACK, 1.0), own=frozenset({"sam@example.com"}), zone="Europe/Berlin")
    assert (found.company, found.role) == (company, role)
