"""What people write within a process, in many words for one thing: refusals, and what only sounds like one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from rules.classify import Kind, classify
from tests.rules.mails import OWN, mail

_SENTENCES = tomllib.loads((Path(__file__).parent / "sentences.toml").read_text(encoding="utf-8"))
_EACH = [(kind, sentence) for kind, sentences in _SENTENCES.items() for sentence in sentences]


@pytest.mark.parametrize(("kind", "sentence"), _EACH, ids=[sentence[:60] for _, sentence in _EACH])
def test_a_letter_in_the_thread_is_of_its_kind(kind: str, sentence: str) -> None:
    letter = mail(
        f"Hi Sam,\n\n{sentence}\n\nBest regards\nRita Chen\nTalent Partner\n",
        subject="Re: Interview confirmation: Data Engineer at Acme",
        headers={"In-Reply-To": "<x@example.com>"},
    )
    assert classify(letter, own=OWN, known=True).kind is Kind(kind)


@pytest.mark.parametrize(
    "advice",
    [
        "Need to reschedule or cancel your interview? Use this link: https://app.acme.example/x",
        "To cancel your interview, go to https://app.acme.example/x",
        "You can reschedule your interview or cancel your interview at any time.",
        "Please click here to cancel your interview.",
    ],
)
def test_telling_how_to_cancel_cancels_nothing(advice: str) -> None:
    letter = mail(
        f"Hi Sam,\n\nYour interview with Acme is confirmed for Thursday, December 17 at 2:00 PM ET.\n\n{advice}\n",
        sender="Acme Recruiting <no-reply@us.greenhouse-mail.io>",
        subject="Confirmed: Data Engineer interview",
    )
    assert classify(letter, own=OWN, known=False).kind is Kind.INTERVIEW_CONFIRMATION


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (
            "Chat on Thursday",
            "This is to confirm our chat on Thursday, 17 December at 15:30. You will meet Omar.\n\nRita\nRecruiter",
        ),
        ("Interview next week", "We look forward to welcoming you on Friday, 18 December 2026 at 10 a.m. in our Leeds office."),
        ("Fwd: Interview Sam Doe", "See below, you are on for Thursday at 14:00!"),
        ("Your application", "Thursday the 17th at 3 pm it is. Omar will ring you on your mobile."),
        ("Interview plan", "Here is the agenda for your onsite on Thursday, December 17: 10:00 - 10:45 Omar, 10:45 - 11:30 Lea."),
    ],
)
def test_a_time_is_fixed_in_many_words(subject: str, body: str) -> None:
    assert classify(mail(f"Hi Sam,\n\n{body}\n", subject=subject), own=OWN, known=False).kind is Kind.INTERVIEW_CONFIRMATION


def test_an_answer_is_not_what_the_subject_it_carries_on_says() -> None:
    letter = mail(
        "Omar is travelling: could we shift your interview to Wednesday, 16 December at 15:00?",
        subject="Re: Interview confirmation",
        headers={"In-Reply-To": "<x@example.com>"},
    )
    assert classify(letter, own=OWN, known=True).kind is Kind.RESCHEDULE
