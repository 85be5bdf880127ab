"""Letters in French, Spanish, Italian and Portuguese, all our own: each is of its kind, and other people's business is none."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from rules.classify import Kind, Known, classify, wants
from rules.mail import Message
from tests.rules.calendar_cases import event, google
from tests.rules.mails import OWN, mail

_LANGUAGES = ("fr", "es", "it", "pt")
_HARMLESS = {Kind.NOISE, Kind.JOB_ALERT, Kind.RECRUITER_OUTREACH}
_NEWS = {"List-Unsubscribe": "<https://x.example/u>", "Precedence": "bulk"}
_ANSWER = {"In-Reply-To": "<x@example.com>"}


def _letters() -> list[tuple[str, dict[str, Any]]]:
    folder = Path(__file__).parent
    return [
        (language, letter)
        for language in _LANGUAGES
        for letter in tomllib.loads((folder / f"letters_{language}.toml").read_text(encoding="utf-8"))["letter"]
    ]


def _read(letter: dict[str, Any]) -> Message:
    headers = {**(_NEWS if letter.get("bulk") else {}), **(_ANSWER if letter.get("answer") else {}), **letter.get("headers", {})}
    return mail(letter["body"], sender=letter["from"], subject=letter["subject"], headers=headers)


_EACH = _letters()


@pytest.mark.parametrize(("language", "letter"), _EACH, ids=[f"{language}: {letter['name']}" for language, letter in _EACH])
def test_a_letter_is_of_its_kind(language: str, letter: dict[str, Any]) -> None:
    found = classify(_read(letter), own=OWN, known=letter.get("known", False))
    expected = Kind(letter["kind"])
    assert found.kind in (_HARMLESS if expected is Kind.NOISE else {expected}), (language, found)
    assert 0.5 <= found.confidence <= 1


@pytest.mark.parametrize("language", _LANGUAGES)
def test_every_language_has_letters_of_most_kinds_and_a_fifth_that_are_none_of_ours(language: str) -> None:
    kinds = [Kind(letter["kind"]) for found, letter in _EACH if found == language]
    assert set(kinds) == set(Kind)
    assert sum(kind in _HARMLESS for kind in kinds) * 5 >= len(kinds)


_SENTENCES = tomllib.loads((Path(__file__).parent / "sentences_romance.toml").read_text(encoding="utf-8"))
_SAID = [
    (language, kind, said) for language, kinds in _SENTENCES.items() for kind, sentences in kinds.items() for said in sentences
]
_FRAMES = {
    "fr": ("Bonjour Sam,", "Bien cordialement", "Re: Confirmation de votre entretien : Data Engineer chez Acme"),
    "es": ("Hola Sam:", "Un saludo", "Re: Confirmación de entrevista: Data Engineer en Acme"),
    "it": ("Buongiorno Sam,", "Cordiali saluti", "Re: Conferma colloquio: Data Engineer in Acme"),
    "pt": ("Olá Sam,", "Cumprimentos", "Re: Confirmação de entrevista: Data Engineer na Acme"),
}


@pytest.mark.parametrize(("language", "kind", "said"), _SAID, ids=[f"{language} {said[:60]}" for language, _, said in _SAID])
def test_a_sentence_in_the_thread_is_of_its_kind_and_a_strangers_is_none(language: str, kind: str, said: str) -> None:
    hello, bye, subject = _FRAMES[language]
    if Kind(kind) is Kind.NOISE:
        found = classify(mail(f"{hello}\n\n{said}\n\n{bye}\nRita Chen\n", subject=hello), own=OWN, known=False)
        assert found.kind in _HARMLESS, found
        return
    letter = mail(f"{hello}\n\n{said}\n\n{bye}\nRita Chen\nTalent Partner\n", subject=subject, headers=_ANSWER)
    found = classify(letter, own=OWN, known=True)
    assert found.kind is Kind(kind), found


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Réponse automatique : Candidature", "Je suis absente du bureau jusqu'au 7 décembre."),
        ("Absence du bureau : Candidature", "Je serai de retour lundi et répondrai à votre message à mon retour."),
        ("Reponse automatique: Candidature", "Actuellement en conges, je vous repondrai des mon retour."),
        ("Respuesta automática: Candidatura", "Me encuentro fuera de la oficina hasta el lunes."),
        ("Fuera de la oficina: Candidatura", "Estoy de vacaciones y responderé a mi regreso."),
        ("Risposta automatica: Candidatura", "Sono fuori ufficio fino a lunedì."),
        ("Fuori sede: Candidatura", "Sono in ferie, risponderò al mio rientro."),
        ("Resposta automática: Candidatura", "Encontro-me de férias até segunda-feira."),
        ("Ausência temporária: Candidatura", "Estou fora do escritório e responderei quando regressar."),
    ],
)
def test_a_machine_that_answers_for_an_absent_person_is_told_by_its_subject(subject: str, body: str) -> None:
    letter = mail(body, subject=subject, headers=_ANSWER)
    assert classify(letter, own=OWN, known=True).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "body",
    [
        "Bonjour Sam, j'étais en congés la semaine dernière, pardon du délai. Quand souhaitez-vous échanger avec Ada ?\n\nRita",
        "Je suis absente jeudi, mais vendredi me conviendrait pour l'appel avec Ada. Et vous ?\n\nRita",
        "Hola Sam, he estado de vacaciones, perdona el retraso. Ada revisará tu candidatura esta semana.\n\nRita",
        "Ciao Sam, ero in ferie, scusa il ritardo. Ada ha apprezzato la tua prova.\n\nRita",
        "Olá Sam, estive de férias, desculpa a demora. A Ada gostou do teu teste.\n\nRita",
    ],
)
def test_a_person_back_from_holiday_is_no_machine(body: str) -> None:
    found = classify(mail(body, subject="Re: Data Engineer", headers=_ANSWER), own=OWN, known=True)
    assert found.kind not in {Kind.AUTO_REPLY, Kind.NOISE, Kind.JOB_ALERT}, found


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (
            "Confirmation de votre entretien",
            "Votre entretien est confirmé le mardi 1er décembre à 10h. Vous pouvez le reporter ou l'annuler ici.",
        ),
        (
            "Confirmación de entrevista",
            "Tu entrevista está confirmada para el martes 1 de diciembre a las 10:00. Para cancelar tu entrevista, pulsa aquí.",
        ),
        (
            "Conferma colloquio",
            "Il colloquio è confermato per martedì 1 dicembre alle 10:00. Per annullare o spostare il colloquio clicca qui.",
        ),
        (
            "Confirmação de entrevista",
            "A sua entrevista está confirmada para terça-feira, 1 de dezembro, às 10:00. Para remarcar a entrevista clique aqui.",
        ),
    ],
)
def test_telling_how_to_cancel_or_move_does_neither(subject: str, body: str) -> None:
    letter = mail(f"Sam,\n\n{body}\n", sender="Acme <no-reply@teamtailor-mail.com>", subject=subject)
    assert classify(letter, own=OWN, known=False).kind is Kind.INTERVIEW_CONFIRMATION


@pytest.mark.parametrize(
    "subject",
    [
        "Entretien de recrutement",
        "Votre candidature chez Acme",
        "Invitation à l\u2019entretien",
        "Tu candidatura en Acme",
        "Entrevista: Data Engineer",
        "La tua candidatura",
        "Colloquio Data Engineer",
        "Sua candidatura na Acme",
        "Processo seletivo Acme",
    ],
)
def test_a_subject_that_speaks_of_an_application_is_worth_reading_from_anybody(subject: str) -> None:
    letter = mail("", sender="Acme <no-reply@acme.example>", subject=subject, headers=_NEWS)
    assert wants(letter.envelope, Known())


@pytest.mark.parametrize(
    ("summary", "method", "kind"),
    [
        ("Entretien Sam Doe / Acme", "REQUEST", Kind.INTERVIEW_CONFIRMATION),
        ("Échange RH - Sam Doe", "REQUEST", Kind.INTERVIEW_CONFIRMATION),
        ("Entretien technique", "CANCEL", Kind.CANCELLATION),
        ("Entretien annuel", "REQUEST", Kind.NOISE),
        ("Entretien véhicule", "REQUEST", Kind.NOISE),
        ("Déjeuner avec Paul", "REQUEST", Kind.NOISE),
        ("Entrevista con Acme", "REQUEST", Kind.INTERVIEW_CONFIRMATION),
        ("Cita dentista", "REQUEST", Kind.NOISE),
        ("Colloquio Sam Doe", "REQUEST", Kind.INTERVIEW_CONFIRMATION),
        ("Colloquio con i docenti", "REQUEST", Kind.NOISE),
        ("Pranzo di team", "REQUEST", Kind.NOISE),
        ("Entrevista Acme - vaga Dev", "REQUEST", Kind.INTERVIEW_CONFIRMATION),
        ("Bate-papo com RH", "REQUEST", Kind.INTERVIEW_CONFIRMATION),
        ("Consulta médica", "REQUEST", Kind.NOISE),
    ],
)
def test_the_summary_of_a_calendar_entry_tells_an_interview_from_private_things(summary: str, method: str, kind: Kind) -> None:
    sequence = int(method == "CANCEL")
    times = ("DTSTART:20261201T150000Z", "DTEND:20261201T160000Z")
    entry = google(event(*times, summary=summary, sequence=sequence), method=method)
    assert classify(mail("", subject=summary, calendar=entry, method=method), own=OWN, known=False).kind is kind
