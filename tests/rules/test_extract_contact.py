"""What they ask about contact, and the day on which the work begins, in seven languages."""

from __future__ import annotations

from datetime import date

import pytest

from rules.classify.types import Classification, Kind
from rules.extract import extract
from rules.extract.instructions import instructions_in, says_yes, start_date_in, wants_no_calls, wants_no_contact
from rules.phrases.grammar import fold
from tests.rules.mails import OWN, mail

_RECEIVED = date(2026, 11, 23)


def _of(language: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((language, "en")))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Please refrain from contacting us about the status."),
        ("de", "Bitte sehen Sie von Rückfragen zum Stand ab."),
        ("fr", "Merci de ne pas nous relancer."),
        ("es", "Por favor, no nos contactes; te escribiremos nosotros."),
        ("nl", "Neem geen contact met ons op."),
        ("pt", "Pedimos que não entre em contato conosco."),
        ("it", "La preghiamo di non contattarci."),
    ],
)
def test_who_wants_no_contact_is_left_alone(language: str, text: str) -> None:
    assert wants_no_contact(fold(text), _of(language))
    assert instructions_in(f"Hello\n\n{text}", _of(language)) == (text,)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Please do not call our office."),
        ("en", "Please contact me at 555-0100 or by email."),
        ("en", "Please reply only to this address."),
        ("de", "Bitte rufen Sie uns nicht an."),
        ("de", "Sie erreichen mich am besten unter 040 123456."),
        ("fr", "Vous pouvez me joindre au 01 23 45 67 89."),
        ("es", "Puedes contactarme en el 600 000 000."),
        ("nl", "Gelieve niet te bellen."),
        ("pt", "Pode contactar-me através do 912 345 678."),
        ("it", "Può contattarmi al 333 1234567."),
    ],
)
def test_how_they_want_to_be_reached_is_an_instruction_and_no_end_of_it(language: str, text: str) -> None:
    assert instructions_in(f"Hello\n\n{text}", _of(language)) == (text,)
    assert not wants_no_contact(fold(text), _of(language))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Please do not reply to this email, this mailbox is not monitored."),
        ("en", "If you have any questions, feel free to ask."),
        ("de", "Bitte antworten Sie nicht auf diese E-Mail."),
        ("fr", "Merci de ne pas répondre à ce message."),
        ("es", "Por favor no respondas a este correo."),
        ("nl", "Gelieve niet op deze e-mail te antwoorden."),
        ("pt", "Por favor, não responda a este e-mail."),
        ("it", "Si prega di non rispondere a questa email."),
    ],
)
def test_what_concerns_the_mailbox_says_nothing_of_how_to_reach_them(language: str, text: str) -> None:
    assert instructions_in(text, _of(language)) == ()
    assert not wants_no_contact(fold(text), _of(language))


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "Your start date will be 1 March 2027.", date(2027, 3, 1)),
        ("en", "We would like you to start on January 4, 2027.", date(2027, 1, 4)),
        ("de", "Der Eintrittstermin ist der 1. März 2027.", date(2027, 3, 1)),
        ("de", "Ihr erster Arbeitstag ist am 01.02.2027.", date(2027, 2, 1)),
        ("fr", "Date de prise de poste : 4 janvier 2027", date(2027, 1, 4)),
        ("es", "La fecha de incorporación será el 1 de marzo de 2027.", date(2027, 3, 1)),
        ("nl", "Je treedt in dienst per 1 februari 2027.", date(2027, 2, 1)),
        ("pt", "Data de admissão: 01/02/2027", date(2027, 2, 1)),
        ("it", "La data di inizio è il 1 marzo 2027.", date(2027, 3, 1)),
        ("it", "L'assunzione decorrerà dal 15 gennaio 2027.", date(2027, 1, 15)),
        ("en", "The interview starts on December 1.", None),
        ("de", "Das Gespräch beginnt am 1. Dezember um 10 Uhr.", None),
        ("en", "Your start date may be 1 March 2027. Another start date is 1 April 2027.", None),
        ("en", "Your start date is to be agreed. The office closes on 24 December.", None),
        ("en", "Your start date was 1 March 2020.", None),
    ],
)
def test_the_first_day_is_the_one_that_is_named_for_it(language: str, text: str, day: date | None) -> None:
    assert start_date_in(fold(text), _RECEIVED, _of(language), "dmy") == day


def test_the_day_of_an_interview_is_not_the_first_day() -> None:
    text = fold("We would like you to start on January 4, 2027.")
    assert start_date_in(text, _RECEIVED, ("en",), "mdy", taken=(date(2027, 1, 4),)) is None


def test_an_offer_tells_the_first_day_and_how_to_answer() -> None:
    body = "We offer you the role of Data Engineer.\nYour start date is 1 March 2027.\nPlease reply only to this address."
    found = extract(mail(body, subject="Your offer"), Classification(Kind.OFFER, 1.0), own=OWN, zone="Europe/Berlin")
    assert found.start_date == date(2027, 3, 1)
    assert found.instructions == ("Please reply only to this address.",)
    assert not found.no_contact


def test_a_date_of_two_readings_is_said_to_be_one() -> None:
    body = "Could you come for an interview on 03/04/2027 at 10:00 Europe/Berlin?"
    message = mail(body, sender="Rita <no-reply@ashbyhq.com>", subject="Interview")
    found = extract(message, Classification(Kind.INTERVIEW_INVITE, 1.0), own=OWN, zone="Europe/Berlin")
    (doubtful,) = found.ambiguous
    assert doubtful.startswith("03/04")
    assert doubtful.endswith(": 2027-03-04 / 2027-04-03")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Please email only, no phone calls."),
        ("en", "Please don't call the office."),
        ("de", "Bitte rufen Sie nicht an. Keine Anrufe, bitte."),
        ("fr", "Merci de ne pas nous appeler."),
        ("es", "No se atenderán llamadas."),
        ("it", "Si prega di non telefonare."),
        ("nl", "Gelieve niet te bellen."),
        ("pt", "Não aceitamos ligações."),
    ],
)
def test_h11_who_wants_no_calls_may_still_be_written_to(language: str, text: str) -> None:
    assert wants_no_calls(fold(text), _of(language))
    assert not wants_no_contact(fold(text), _of(language))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Hi Robin,\n\nYes, please. We are still waiting for the budget."),
        ("en", "Hello, feel free to follow up next week."),
        ("en", "Sure, that would be great."),
        ("en", "Please do! It is a busy time."),
        ("de", "Hallo Robin,\n\nja gerne, melden Sie sich."),
        ("fr", "Bonjour, oui volontiers."),
        ("es", "Hola: sí, por favor."),
        ("it", "Buongiorno, sì grazie."),
        ("nl", "Dag Robin, ja graag."),
        ("pt", "Olá, sim, por favor."),
    ],
)
def test_x13_a_yes_is_heard_at_the_beginning_of_a_reply(language: str, text: str) -> None:
    assert says_yes(fold(text), _of(language))


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for your patience. We will let you know.",
        "Please do not wait for us.",
        "Would next week suit you? That works for me.",
        "No, there is no need to.",
        "We are sorry. " * 20 + "Yes, please.",
    ],
)
def test_x13_what_is_no_yes_is_not_heard_as_one(text: str) -> None:
    assert not says_yes(fold(text), ("en",))
