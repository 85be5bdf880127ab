"""Machines are told by the headers that standards give them; persons are never taken for one."""

from __future__ import annotations

import pytest

from rules.classify import Kind, classify
from tests.rules.mails import OWN, mail

_AWAY = "I am out of the office until Friday."

_AUTOMATIC: list[tuple[dict[str, str], str, str]] = [
    ({"Auto-Submitted": "auto-replied"}, "Re: Hello", _AWAY),
    ({"Auto-Submitted": "auto-replied (vacation)"}, "Re: Hello", _AWAY),
    ({"Auto-Submitted": "Auto-Replied; owner-email=rita@acme.example"}, "Re: Hello", _AWAY),
    ({"X-Autoreply": "yes"}, "Re: Hello", _AWAY),
    ({"X-Autorespond": "vacation"}, "Re: Hello", _AWAY),
    ({"Precedence": "auto_reply"}, "Re: Hello", _AWAY),
    ({"X-MS-Exchange-Inbox-Rules-Loop": "rita@acme.example"}, "Automatic reply: Hello", _AWAY),
    ({"Return-Path": "<>"}, "Re: Hello", _AWAY),
    ({}, "Automatic reply: Hello", _AWAY),
    ({}, "Out of office: Hello", _AWAY),
    ({}, "Re: Out of Office", _AWAY),
    ({}, "Re: Hello", "Thank you for your message. I am currently out of the office and will answer after my return."),
    ({"Content-Type": 'multipart/report; report-type=delivery-status; boundary="x"'}, "Undelivered Mail", "It did not arrive."),
    ({"X-Failed-Recipients": "rita@acme.example"}, "Mail delivery failed", "It did not arrive."),
]


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("case", _AUTOMATIC, ids=range(len(_AUTOMATIC)))
def test_an_automatic_answer_is_told_by_its_headers_or_its_subject(case: tuple[dict[str, str], str, str], known: bool) -> None:
    headers, subject, body = case
    found = classify(mail(body, subject=subject, headers={"In-Reply-To": "<x@example.com>", **headers}), own=OWN, known=known)
    assert found.kind is Kind.AUTO_REPLY, found


@pytest.mark.parametrize("sender", ["Mail Delivery Subsystem <mailer-daemon@acme.example>", "postmaster@acme.example"])
def test_a_bounce_without_a_report_is_told_by_sender_and_subject(sender: str) -> None:
    found = classify(mail("550 no such user", sender=sender, subject="Undeliverable: Hello"), own=OWN, known=False)
    assert found.kind is Kind.AUTO_REPLY


_BY_PERSONS: list[dict[str, str]] = [
    {},
    {"Auto-Submitted": "no"},
    {"X-Auto-Response-Suppress": "All"},
    {"X-Auto-Response-Suppress": "OOF, AutoReply"},
    {"X-Autoreply": "no"},
    {"Precedence": "first-class"},
    {"Return-Path": "<rita@acme.example>"},
]


@pytest.mark.parametrize("headers", _BY_PERSONS, ids=range(len(_BY_PERSONS)))
def test_a_persons_mail_is_a_reply_whatever_its_system_adds(headers: dict[str, str]) -> None:
    letter = mail("Hi Sam, thank you. I am back from vacation and will call you.\nRita", subject="Re: Hello", headers=headers)
    assert classify(letter, own=OWN, known=True).kind is Kind.HUMAN_REPLY


def test_a_receipt_marked_as_automatic_is_a_receipt_and_nobody_is_away() -> None:
    letter = mail(
        "Thank you for applying to Acme. We have received your application.",
        subject="Thank you for applying",
        headers={"Auto-Submitted": "auto-replied"},
    )
    assert classify(letter, own=OWN, known=False).kind is Kind.APPLICATION_ACK


def test_a_generated_mail_is_no_reply_but_may_say_something() -> None:
    headers = {"Auto-Submitted": "auto-generated"}
    assert classify(mail("Your profile was viewed.", headers=headers), own=OWN, known=True).kind is Kind.NOISE
    refusal = mail("Thank you for applying. We decided not to move forward with you this time.", headers=headers)
    assert classify(refusal, own=OWN, known=True).kind is Kind.REJECTION
