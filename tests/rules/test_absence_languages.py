"""Out-of-office answers and delivery reports as mailboxes send them, in seven languages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.extract.absence import read_automatic
from rules.extract.types import Away, Facts, Person
from tests.rules.mails import OWN, mail

_ABSENT: list[tuple[str, str, date | None, tuple[str, str]]] = [
    # English
    (
        "Automatic reply: Application",
        (
            "Thank you for your message. I am on annual leave from Monday 23 November to Friday 4 December "
            "inclusive. For anything urgent, "
            "please contact my colleague Ben Okafor at ben.okafor@acme.example."
        ),
        date(2026, 12, 7),
        ("Ben Okafor", "ben.okafor@acme.example"),
    ),
    ("Automatic reply: Hello", "I'm travelling with limited access to email this week.\n\nAda", date(2026, 11, 30), ("", "")),
    ("Out of office", "I'm out until next week and back online on 12/8/2026.", date(2026, 12, 8), ("", "")),
    ("Out of office", "OOO 23 Nov - 27 Nov. Please call Ben Okafor instead.", date(2026, 11, 30), ("Ben Okafor", "")),
    ("Automatic reply", "I am away. You can reach me at ada.private@mail.example if it is urgent.", None, ("", "")),
    ("Automatic reply", "I will be out of the office December 10-18. Back on the 21st.", date(2026, 12, 21), ("", "")),
    (
        "Out of office",
        "I am away Wednesday, 2 December through Friday, 4 December, returning on Monday.",
        date(2026, 12, 7),
        ("", ""),
    ),
    # German
    (
        "Automatische Antwort",
        "Ich bin bis einschließlich Freitag, 04.12. im Urlaub. Ab Montag bin ich wieder da.",
        date(2026, 12, 7),
        ("", ""),
    ),
    (
        "Automatische Antwort: Bewerbung",
        (
            "Guten Tag,\n\nvielen Dank für Ihre Nachricht. Ich bin vom 23.11.2026 bis einschließlich 04.12.2026 "
            "im Urlaub. Ab dem 07.12.2026 bin "
            "ich wieder für Sie da. In dringenden Fällen wenden Sie sich bitte an meine Kollegin Frau Anna "
            "Müller (anna.mueller@acme.example)."
        ),
        date(2026, 12, 7),
        ("Anna Müller", "anna.mueller@acme.example"),
    ),
    ("Abwesenheitsnotiz: Hallo", "Ich bin bis zum 4. Dezember nicht im Büro.", date(2026, 12, 7), ("", "")),
    ("Automatische Antwort", "Ich bin am Montag, den 7. Dezember wieder erreichbar.", date(2026, 12, 7), ("", "")),
    (
        "Automatische Antwort",
        "Leider bin ich diese Woche krank. Meine Vertretung übernimmt Jan Kurz.",
        date(2026, 11, 30),
        ("Jan Kurz", ""),
    ),
    ("Automatische Antwort", "Ich bin ab Donnerstag wieder im Haus.", date(2026, 11, 26), ("", "")),
    # French
    (
        "Réponse automatique : Candidature",
        (
            "Bonjour,\n\nJe suis en congés du 23 novembre au 4 décembre inclus. Je serai de retour le lundi 7 "
            "décembre. En cas d'urgence, vous "
            "pouvez contacter ma collègue Anne Dupont : anne.dupont@acme.example.\n\nBien cordialement"
        ),
        date(2026, 12, 7),
        ("Anne Dupont", "anne.dupont@acme.example"),
    ),
    ("Réponse automatique", "Je suis absente jusqu'au 4 décembre.", date(2026, 12, 7), ("", "")),
    ("Absence du bureau", "Actuellement en déplacement, je reviens jeudi.", date(2026, 11, 26), ("", "")),
    # Spanish
    (
        "Respuesta automática: Candidatura",
        (
            "Gracias por tu mensaje. Estaré fuera de la oficina del 23 de noviembre al 4 de diciembre. Para "
            "cualquier asunto urgente, puedes "
            "escribir a mi compañero Luis Prado (luis.prado@acme.example)."
        ),
        date(2026, 12, 7),
        ("Luis Prado", "luis.prado@acme.example"),
    ),
    ("Respuesta automática", "Estoy de vacaciones hasta el 4 de diciembre.", date(2026, 12, 7), ("", "")),
    ("Respuesta automática", "Me encuentro de viaje. Regreso el lunes 7 de diciembre.", date(2026, 12, 7), ("", "")),
    # Dutch
    (
        "Automatisch antwoord: Sollicitatie",
        (
            "Bedankt voor je bericht. Ik ben afwezig van 23 november tot en met 4 december. Op maandag 7 "
            "december ben ik weer aanwezig. Voor "
            "dringende zaken kun je contact opnemen met Jan de Vries via jan.devries@acme.example."
        ),
        date(2026, 12, 7),
        ("Jan de Vries", "jan.devries@acme.example"),
    ),
    ("Automatisch antwoord", "Ik ben met vakantie t/m 4 december.", date(2026, 12, 7), ("", "")),
    (
        "Automatisch antwoord",
        "Ik ben op 7 december weer bereikbaar. Bij spoed kun je mijn collega Piet Jansen mailen: piet@acme.example",
        date(2026, 12, 7),
        ("Piet Jansen", "piet@acme.example"),
    ),
    ("Afwezig", "Ik ben vandaag niet bereikbaar, donderdag ben ik weer terug.", date(2026, 11, 26), ("", "")),
    # Portuguese
    (
        "Resposta automática: Candidatura",
        (
            "Obrigado pela sua mensagem. Estou de férias de 23 de novembro a 4 de dezembro. Em caso de urgência, "
            "por favor contacte a minha colega "
            "Rita Sousa através do e-mail rita.sousa@acme.example."
        ),
        date(2026, 12, 7),
        ("Rita Sousa", "rita.sousa@acme.example"),
    ),
    ("Resposta automática", "Estarei ausente até 4 de dezembro.", date(2026, 12, 7), ("", "")),
    ("Resposta automática", "Estou fora do escritório. Retorno no dia 07/12/2026.", date(2026, 12, 7), ("", "")),
    # Italian
    (
        "Risposta automatica: Candidatura",
        (
            "Gentile mittente, sono in ferie dal 23 novembre al 4 dicembre compreso. Per urgenze può contattare "
            "la mia collega Giulia Neri "
            "all'indirizzo giulia.neri@acme.example."
        ),
        date(2026, 12, 7),
        ("Giulia Neri", "giulia.neri@acme.example"),
    ),
    ("Risposta automatica", "Sono fuori ufficio fino al 4 dicembre.", date(2026, 12, 7), ("", "")),
    ("Risposta automatica", "Oggi sono assente. Rientrerò giovedì.", date(2026, 11, 26), ("", "")),
]


def _read(subject: str, body: str, sender: str = "Rita Chen <rita@acme.example>") -> Facts:
    headers = {"Auto-Submitted": "auto-replied"}
    return read_automatic(mail(body, subject=subject, sender=sender, headers=headers), own=OWN, zone="Europe/Berlin")


@pytest.mark.parametrize(("subject", "body", "back", "delegate"), _ABSENT)
def test_until_when_and_who_stands_in_is_understood(
    subject: str, body: str, back: date | None, delegate: tuple[str, str]
) -> None:
    away = _read(subject, body).away
    assert away is not None
    assert not away.left
    assert away.back_on == back
    assert away.delegate == (Person(*delegate) if any(delegate) else None)


@pytest.mark.parametrize(
    "body",
    [
        "I have left Acme. Please write to jobs@acme.example.",
        "Ich bin nicht mehr für Acme tätig. Bitte wenden Sie sich an jobs@acme.example.",
        "Je ne travaille plus chez Acme. Vous pouvez contacter jobs@acme.example.",
        "Ya no trabajo en Acme. Por favor, escriba a jobs@acme.example.",
        "Ik ben niet meer werkzaam bij Acme. Neem contact op met jobs@acme.example.",
        "Já não trabalho na Acme. Por favor contacte jobs@acme.example.",
        "Non lavoro più per Acme. Si prega di contattare jobs@acme.example.",
    ],
)
def test_who_has_left_is_told_in_every_language(body: str) -> None:
    assert _read("Automatic reply", body).away == Away(None, Person("", "jobs@acme.example"), left=True)


_REPORTS = [
    (
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Failure)",
        (
            "** Address not found **\n\nYour message wasn't delivered to rita@acme.example because the address "
            "couldn't be found.\n\n"
            "The response was:\n\n550 5.1.1 No such user help@other.example"
        ),
    ),
    (
        "postmaster@acme.example",
        "Undeliverable: Thank you",
        (
            "Delivery has failed to these recipients or "
            "groups:\n\nrita@acme.example<mailto:rita@acme.example>\nThe address was not found.\n\n"
            "Diagnostic information for administrators:\n\nadmin@acme.example\n"
        ),
    ),
    (
        "MAILER-DAEMON@mx.acme.example (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        (
            "The mail system writes.\n\nYour mail could not be delivered to some "
            "recipients.\n\n<rita@acme.example>: host said: 550\n"
            "    user unknown\n\nReporting-MTA: dns; mx.acme.example\nada@acme.example\n"
        ),
    ),
    (
        "Mailer-Daemon@mx.acme.example",
        "Mail delivery failed: returning message to sender",
        (
            "The message that you sent could not be delivered. The following address(es) failed:\n\n  "
            "rita@acme.example\n    SMTP error: 550\n\n"
            "------ This is a copy of the message ------\n\nFrom: other@acme.example\n"
        ),
    ),
    (
        "postmaster@acme.example",
        "Unzustellbar: Danke",
        (
            "Fehler bei der Nachrichtenzustellung an folgende Empfänger:\n\nIhre Nachricht konnte nicht "
            "zugestellt werden.\nrita@acme.example\n"
        ),
    ),
    (
        "MAILER-DAEMON@acme.example",
        "failure notice",
        "I wasn't able to deliver your message.\n\n<rita@acme.example>:\nSorry, no mailbox.\n",
    ),
    (
        "postmaster@acme.example",
        "Non remis : Merci",
        "Échec de la remise pour ces destinataires :\n\nrita@acme.example\nL'adresse est introuvable.\n",
    ),
    (
        "postmaster@acme.example",
        "No se puede entregar: Gracias",
        "No se pudo entregar el mensaje a estos destinatarios:\n\nrita@acme.example\nNo se encontró la dirección.\n",
    ),
]


@pytest.mark.parametrize(("sender", "subject", "body"), _REPORTS)
def test_a_report_in_words_names_whom_it_is_about(sender: str, subject: str, body: str) -> None:
    found = _read(subject, body, sender)
    assert found.bounced == ("rita@acme.example",)
    assert found.away is None


def test_a_delay_has_bounced_nobody() -> None:
    body = "Your message to rita@acme.example has been delayed. The server will keep trying for 46 hours.\n"
    assert _read("Delivery Status Notification (Delay)", body, "mailer-daemon@googlemail.com").bounced == ()


@pytest.mark.parametrize(
    "body",
    [
        "Sorry, my last message could not be delivered to you. Please write to rita@acme.example instead.",
        "Your mail was not delivered to ben@acme.example, he has moved to another team.\nrita@acme.example",
    ],
)
def test_a_person_who_speaks_of_a_failure_is_no_report(body: str) -> None:
    assert _read("Undeliverable: your mail", body).bounced == ()


@given(st.text(alphabet="bis zum.,0123456789/-@<>:\n back wieder contact Ada Moe until", max_size=300), st.booleans())
def test_no_automatic_answer_is_too_odd_to_be_read(body: str, daemon: bool) -> None:
    sender = "mailer-daemon@acme.example" if daemon else "rita@acme.example"
    found = _read("Undeliverable: x", body, sender)
    assert all("@" in address for address in found.bounced)


@pytest.mark.parametrize(
    "piece", ["until 5 march ", "contact Ada Moe ", "a@b.example ", "Ada ", "back back ", "1.", "bis zum ", "<" * 40]
)
def test_a_long_answer_costs_little(piece: str) -> None:
    _read("Automatic reply", piece * (12_000 // len(piece)))
