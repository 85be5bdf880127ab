"""Which kind a mail is: letters as people and machines write them, all our own."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from rules.classify import Kind, classify
from rules.mail import Message, Role
from tests.rules.calendar_cases import event, exchange, google
from tests.rules.mails import ME, OWN, mail

_NEWS = {"List-Unsubscribe": "<https://x.example/u>", "Precedence": "bulk"}

_LETTERS = tomllib.loads((Path(__file__).parent / "letters.toml").read_text(encoding="utf-8"))


def _read(letter: dict[str, Any]) -> Message:
    headers = _NEWS if letter["bulk"] else None
    return mail(letter["body"], sender=letter["from"], subject=letter["subject"], headers=headers)


@pytest.mark.parametrize("letter", _LETTERS["letter"], ids=lambda letter: letter["name"])
def test_a_letter_is_of_its_kind(letter: dict[str, Any]) -> None:
    found = classify(_read(letter), own=OWN, known=False)
    assert found.kind is Kind(letter["kind"]), found
    assert found.evidence
    assert 0.5 <= found.confidence <= 1


@pytest.mark.parametrize("letter", _LETTERS["noise"], ids=lambda letter: letter["subject"])
def test_what_is_no_business_of_ours_never_changes_a_process(letter: dict[str, Any]) -> None:
    found = classify(_read(letter), own=OWN, known=False)
    assert found.kind in {Kind.NOISE, Kind.JOB_ALERT, Kind.RECRUITER_OUTREACH, Kind.APPLICATION_ACK}, found


@pytest.mark.parametrize(
    "body",
    [
        "Thanks Sam, got it.\nRita",
        "Hi Sam, we are still deciding and you will hear from us by Friday.\nRita",
        (
            "Hi Sam,\n\nI was on vacation last week, sorry for the delay. "
            "Ada liked your work sample. When do you want to talk?\n\nRita"
        ),
        "I am out of the office on Thursday, but let me know if Friday suits you for the call with Ada?\nRita",
        "Hi Sam, I will be on leave from Monday; Ada will take over your application.\nRita",
    ],
)
def test_a_person_who_answers_in_a_tracked_process_is_never_taken_for_a_machine(body: str) -> None:
    found = classify(mail(body, subject="Re: Data Engineer", headers={"In-Reply-To": "<x@example.com>"}), own=OWN, known=True)
    assert found.kind not in {Kind.AUTO_REPLY, Kind.NOISE, Kind.JOB_ALERT}, found


def test_a_persons_letter_through_a_relay_is_a_reply_though_it_carries_list_headers() -> None:
    letter = mail(
        "Hi Sam,\n\nthanks for your note. Ada is back on Monday and we will talk then.\n\nBest regards,\nRita Chen\nRecruiter",
        sender="Rita Chen <notification@smartrecruiters.com>",
        subject="Re: Data Engineer",
        headers={"List-Unsubscribe": "<https://x.example/u>", "In-Reply-To": "<x@example.com>"},
    )
    assert classify(letter, own=OWN, known=True).kind is Kind.HUMAN_REPLY


def test_a_newsletter_of_a_tracked_company_is_no_reply() -> None:
    letter = mail(
        "Read what is new at Acme this month. Unsubscribe.",
        sender="Acme <news@acme.example>",
        subject="Acme monthly",
        headers=_NEWS,
    )
    assert classify(letter, own=OWN, known=True).kind is Kind.NOISE


@pytest.mark.parametrize("role", [Role.SENT, Role.INBOX])
def test_the_users_own_mail_is_never_theirs(role: Role) -> None:
    letter = mail("Unfortunately I will not be moving forward.", sender=f"Sam <{ME}>", role=role)
    assert classify(letter, own=OWN, known=True).kind is Kind.NOISE
    sent = mail("Unfortunately I will not be moving forward.", sender="Sam <other@example.com>", role=Role.SENT)
    assert classify(sent, own=OWN, known=True).kind is Kind.NOISE


def _invitation(summary: str, *lines: str, method: str = "REQUEST", sequence: int = 0, body: str = "") -> tuple[str, str]:
    start = ("DTSTART:20261201T150000Z", "DTEND:20261201T160000Z")
    return google(event(*start, *lines, summary=summary, sequence=sequence), method=method), body


@pytest.mark.parametrize(
    ("summary", "method", "sequence", "known", "kind"),
    [
        ("Interview: Data Engineer", "REQUEST", 0, False, Kind.INTERVIEW_CONFIRMATION),
        ("Phone screen Sam Doe", "REQUEST", 0, False, Kind.INTERVIEW_CONFIRMATION),
        ("Interview: Data Engineer", "REQUEST", 1, False, Kind.RESCHEDULE),
        ("Interview: Data Engineer", "CANCEL", 1, False, Kind.CANCELLATION),
        ("Interview: Data Engineer", "PUBLISH", 0, False, Kind.INTERVIEW_CONFIRMATION),
        ("Interview: Data Engineer", "COUNTER", 0, True, Kind.RESCHEDULE),
        ("Interview: Data Engineer", "REPLY", 0, True, Kind.NOISE),
        ("Interview: Data Engineer", "REFRESH", 0, True, Kind.NOISE),
        ("Sam / Ada", "REQUEST", 0, True, Kind.INTERVIEW_CONFIRMATION),
        ("Sam / Ada", "REQUEST", 0, False, Kind.NOISE),
        ("Dentist", "REQUEST", 0, False, Kind.NOISE),
        ("Team lunch", "REQUEST", 0, False, Kind.NOISE),
        ("Webinar: acing the panel", "REQUEST", 0, False, Kind.NOISE),
        ("Team lunch", "REQUEST", 0, True, Kind.NOISE),
        ("Weekly standup", "REQUEST", 0, True, Kind.NOISE),
        ("Lunch interview with the team", "REQUEST", 0, False, Kind.INTERVIEW_CONFIRMATION),
    ],
)
def test_a_calendar_part_says_the_kind(summary: str, method: str, sequence: int, known: bool, kind: Kind) -> None:
    text, body = _invitation(summary, method=method, sequence=sequence)
    found = classify(mail(body, subject=summary, calendar=text, method=method), own=OWN, known=known)
    assert found.kind is kind, found
    assert found.evidence[0].source == "calendar"


def test_a_reply_that_declines_is_a_word_of_theirs() -> None:
    text = google(event("DTSTART:20261201T150000Z", "ATTENDEE;PARTSTAT=DECLINED;CN=Ada:mailto:ada@acme.example"), method="REPLY")
    assert classify(mail("", subject="Declined", calendar=text, method="REPLY"), own=OWN, known=True).kind is Kind.HUMAN_REPLY


def test_a_calendar_with_an_interview_and_a_cancelled_one_is_not_a_cancellation() -> None:
    text = exchange(event("DTSTART:20261201T150000Z", uid="a"), event("DTSTART:20261201T160000Z", "STATUS:CANCELLED", uid="b"))
    assert classify(mail("", calendar=text), own=OWN, known=False).kind is Kind.INTERVIEW_CONFIRMATION


def test_a_calendar_part_that_cannot_be_read_leaves_the_words_to_speak() -> None:
    letter = mail(
        "Your interview is confirmed for Tuesday, December 1st at 10:00 AM ET.",
        subject="Interview confirmation",
        calendar="nonsense",
    )
    assert classify(letter, own=OWN, known=False).kind is Kind.INTERVIEW_CONFIRMATION


_MODERN = tomllib.loads((Path(__file__).parent / "modern.toml").read_text(encoding="utf-8"))["letter"]


@pytest.mark.parametrize("letter", _MODERN, ids=lambda letter: f"{letter['kind']}: {letter['subject'][:50]}")
def test_mail_of_systems_and_people_of_today_is_of_its_kind(letter: dict[str, Any]) -> None:
    headers = {**(_NEWS if letter.get("bulk") else {}), **({"In-Reply-To": "<x@example.com>"} if letter.get("reply") else {})}
    message = mail(letter["body"].strip(), sender=letter["from"], subject=letter["subject"], headers=headers)
    found = classify(message, own=OWN, known=letter.get("known", False))
    assert found.kind is Kind(letter["kind"]), found


def test_a_time_is_fixed_whichever_of_the_zones_it_may_mean_is_meant() -> None:
    """`CST` is a zone of America and one of China: where no clock tells which, the time is stated all the same."""
    letter = mail(
        "Hi Sam,\n\nThis is to confirm our phone screen on Tuesday, December 1 at 2:00 PM CST. I'll call you.",
        subject="Phone screen - Data Engineer",
    )
    assert classify(letter, own=OWN, known=False).kind is Kind.INTERVIEW_CONFIRMATION
