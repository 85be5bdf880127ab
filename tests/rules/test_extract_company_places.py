"""The company and the role of a mail by the set places where vendors, boards and people put them. All letters are our own."""

from __future__ import annotations

import pytest

from rules.classify import Classification, Kind
from rules.extract import Facts, extract
from rules.extract.domains import company_domain, spells
from rules.extract.titles import is_title
from tests.rules.mails import mail

_OWN = frozenset({"sam@example.com"})


def _facts(sender: str, subject: str, body: str) -> Facts:
    message = mail(body, sender=sender, subject=subject)
    return extract(message, Classification(Kind.APPLICATION_ACK, 0.9), own=_OWN, zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("hrduero.example", "Hospital Regional del Duero"),
        ("oakandelm.example", "The Oak & Elm"),
        ("limayluz.example", "Lima & Luz Taller"),
        ("uni-elbau.example", "Universität Elbau"),
        ("coopmarea.example", "Cooperativa Marea"),
        ("brueckhausen.example", "Stadt Brückhausen"),
        ("tarnpay.example", "Tarnpay Services Ltd"),
        ("cm-ribeirola.example", "Câmara Municipal de Ribeirola"),
    ],
)
def test_a_domain_spells_the_name_it_is_cut_from(domain: str, name: str) -> None:
    assert spells(domain, name)


@pytest.mark.parametrize(
    ("domain", "name"),
    [("quillon.example", "Hiring Team"), ("tarnpay.example", "Rhone Valley Foods"), ("ibx.example", "I am busy")],
)
def test_a_domain_does_not_spell_another_name(domain: str, name: str) -> None:
    assert not spells(domain, name)


def test_a_domain_kept_for_documentation_is_nobodys_but_what_stands_below_it_is() -> None:
    assert company_domain("anna@example.org") == ""
    assert company_domain("anna@tidefield.example.org") == "tidefield.example.org"


@pytest.mark.parametrize(
    ("sender", "subject", "body", "company"),
    [
        ("Trac <noreply@trac.jobs>", "Your application", "Employer: Marsh End Dental Clinic\nPost: Dental Nurse\n",
         "Marsh End Dental Clinic"),
        ("Bewerbungsportal <noreply@b-ite.com>", "Ihre Bewerbung", "Guten Tag,\n\nArbeitgeber: Stadtwerke Elbau",
         "Stadtwerke Elbau"),
        ("Selezione <noreply@ncoreplat.com>", "La sua candidatura", "Azienda\nOfficine Maristella\n\nGrazie per la candidatura.",
         "Officine Maristella"),
        ("Calendly <notifications@calendly.com>", "Confirmed", "Hi Sam,\n\nEvent Type: First chat (Tarnfield Games, art team)\n",
         "Tarnfield Games"),
        ("LinkedIn <inmail-hit-reply@linkedin.com>", "Message", "Ada Moe (Talent Lead, Hollow Bay Foods) wrote.",
         "Hollow Bay Foods"),
        ("Ashby <no-reply@ashbyhq.com>", "See you tomorrow", "What: 30 min with Ada Moe, Talent @ Quillon\n", "Quillon"),
        ("Ada Moe <ada.moe.x7k2@inbox.workablemail.com>", "Re: Baker", "Thanks!\n\nAda\nRiverton Bakery", "Riverton Bakery"),
        ("Tempe Hotel via Harri <no-reply@harri.com>", "News", "Hi Sam, more soon.", "Tempe Hotel"),
        ("Ben from JOIN <no-reply@join.com>", "Lindwurm Studio wants to meet you", "Lindwurm Studio has read your letter.",
         "Lindwurm Studio"),
        ("OCC <avisos@occ.com.mx>", "Tu postulación", "Hola Sam,\n\nLa empresa Aceros Marisma la cerró.", "Aceros Marisma"),
        ("Personal, Kreisamt Elbau <personal@ka-elbau.example>", "Gespräch", "Sehr geehrte Frau Kern,\n\nbitte kommen Sie.",
         "Kreisamt Elbau"),
        ("Gasthof zum Krug (Resi) <resi@zum-krug-tal.example>", "Service", "Servus, komm halt vorbei. Resi", "Gasthof zum Krug"),
        ("Horno Ribas <amparo@hornoribas.example>", "mañana", "Te espero a las 8. Amparo", "Horno Ribas"),
        ("Luc Amiel <luc@coopmarea.example>", "Votre appel", "Bien à vous,\nLuc Amiel\nCoopérative Maréa", "Coopérative Maréa"),
    ],
)  # fmt: skip
def test_the_company_stands_in_its_place(sender: str, subject: str, body: str, company: str) -> None:
    assert _facts(sender, subject, body).company == company


@pytest.mark.parametrize(
    ("address", "company"),
    [("ada@tarnfilms.example", "Tarn Films"), ("ada@moeandsons.example", "Moe & Sons"), ("ada@quillon.example", "Quillon")],
)
def test_a_domain_alone_is_parted_before_a_word_for_organizations(address: str, company: str) -> None:
    assert _facts(f"Ada Moe <{address}>", "tomorrow", "See you then!").company == company


def test_a_service_that_never_names_itself_writes_for_somebody_else() -> None:
    body = "Gentile Sam,\n\ngrazie per la candidatura.\n\nCordiali saluti,\nUfficio Personale\nCantieri Maristella"
    assert _facts("Ricevute <noreply@vantorhr.example>", "Candidatura ricevuta", body).company == "Cantieri Maristella"


@pytest.mark.parametrize(
    ("subject", "body", "role"),
    [
        ("Re: Dreherstelle", "Guten Tag, kommen Sie vorbei.", "Dreher"),
        ("Sachstand Forstwirt-Stelle", "Guten Tag, wir melden uns.", "Forstwirt"),
        ("Your interview", "Hi Sam,\n\nRole\nQuest Designer\n\nWhen\nTuesday", "Quest Designer"),
        ("Sua entrevista", "Oi, Sam!\n\nVaga Engenheira de Dados\nData 25/03/2026", "Engenheira de Dados"),
        ("Votre rendez-vous", "Bonjour,\n\nvotre rendez-vous « Entretien RH - Chef·fe de rayon frais » est annulé.",
         "Chef·fe de rayon frais"),
        ("Rappel", "Bonjour, rappel de votre entretien (poste : Chargé de projet culturel).", "Chargé de projet culturel"),
        ("News", "Dear Sam,\n\nwith the sift for 418233, Land Surveyor we are done.", "Land Surveyor"),
        ("Re: Ticket Desk role", "Hi Sam, you will hear on Friday.", "Ticket Desk"),
        ("Bewerbung", 'Guten Tag, Ihre Bewerbung zur Position "Kältetechniker" (Ref. K-88) liegt vor.', "Kältetechniker"),
        ("hello", "Hi Sam, thanks for throwing your hat in the ring for Assistant Brewer at ours.", "Assistant Brewer"),
    ],
)  # fmt: skip
def test_the_role_stands_in_its_place(subject: str, body: str, role: str) -> None:
    assert _facts("Ada Moe <ada@quillon.example>", subject, body).role == role


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Re: Candidatura espontánea", "Hola Sam, gracias por escribir."),
        ("tomorrow", "Dear Sam, see you then.\n\nBest,\nAda Moe\nHead of Design"),
        ("Prezado(a)", "Prezado(a) Sam, recebemos seu contato."),
    ],
)
def test_no_role_is_told_where_there_is_none(subject: str, body: str) -> None:
    assert _facts("Ada Moe <ada@quillon.example>", subject, body).role == ""


@pytest.mark.parametrize(
    "title",
    ["Développeur.se web", "Brigadier(ère) scolaire", "Technicien(ne) lumière", "Técnico/a de sonido", "assistant·e de direction",
     "Koch/Köchin", "orologiaio/a", "verpleegkundige", "Head brewer", "gardener"],
)  # fmt: skip
def test_inclusive_spellings_and_trades_are_titles(title: str) -> None:
    assert is_title(title)


@pytest.mark.parametrize("name", ["Ada Baker", "Frau Berger", "Tom Gardener"])
def test_a_trade_that_ends_a_persons_name_is_no_title(name: str) -> None:
    assert not is_title(name)
