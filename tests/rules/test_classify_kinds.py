"""Which kind a mail is: letters as people and machines write them, all our own."""

from __future__ import annotations

import pytest

from rules.classify import Kind, classify
from rules.mail import Role
from tests.rules.calendar_cases import event, exchange, google
from tests.rules.mails import ME, OWN, mail

_PERSON = "Rita Chen <rita@acme.example>"
_ATS = "Acme Recruiting <no-reply@us.greenhouse-mail.io>"
_NEWS = {"List-Unsubscribe": "<https://x.example/u>", "Precedence": "bulk"}

_LETTERS: list[tuple[str, str, str, str, Kind]] = [
    ("asks for times", _PERSON, "Data Engineer at Acme", "Hi Sam,\n\nwe liked your application. When would you be available for a first interview next week?\n\nRita", Kind.INTERVIEW_INVITE),
    ("booking link", _PERSON, "Next steps", "Hi Sam, thanks for applying to Acme. Please pick a time for a call with our hiring manager: https://calendly.com/rita\n\nRita", Kind.INTERVIEW_INVITE),
    ("relay invites", _ATS, "Acme: invitation to interview", "Hello Sam,\nwe would like to invite you to an interview for the Data Engineer role. Please share your availability.", Kind.INTERVIEW_INVITE),
    ("fixed time", _PERSON, "Interview confirmation", "Hi Sam,\n\nyour interview with Ada Moe is confirmed for Tuesday, December 1st at 10:00 AM ET on Zoom.\n\nRita", Kind.INTERVIEW_CONFIRMATION),
    ("fixed by answer", _PERSON, "Re: Interview", "Great, that works for us. I have scheduled your interview for Thursday, 26 November at 14:00 CET. Ada will call you.\n\nRita", Kind.INTERVIEW_CONFIRMATION),
    ("day is missing", _PERSON, "Interview", "Hi Sam, we would like to schedule an interview for the Data Engineer position. Rita", Kind.INTERVIEW_INVITE),
    ("moves", _PERSON, "Re: Interview on Tuesday", "Hi Sam, sorry, we need to reschedule your interview. Could we move it to Thursday, 3 December at 11:00?\nRita", Kind.RESCHEDULE),
    ("calls off", _PERSON, "Interview on Tuesday", "Hi Sam, I am afraid we have to cancel your interview on Tuesday at 10:00. I will write again soon.\nRita", Kind.CANCELLATION),
    ("refuses", _ATS, "Your application to Acme", "Dear Sam,\n\nthank you for applying to Acme. After careful thought we have decided not to move forward with your application.\n\nThe Acme Team", Kind.REJECTION),
    ("refuses after interview", _PERSON, "Re: Data Engineer", "Hi Sam, thank you for the interview on Tuesday. Unfortunately we have chosen another candidate whose experience is closer to what we need.\nRita", Kind.REJECTION),
    ("role is filled", _PERSON, "Data Engineer", "Hi Sam, the position has been filled in the meantime. We wish you all the best in your job search.", Kind.REJECTION),
    ("offers", _PERSON, "Your offer from Acme", "Dear Sam, we are delighted to offer you the position of Data Engineer. The offer letter is attached.", Kind.OFFER),
    ("acknowledges", _ATS, "Thank you for applying to Acme", "Hi Sam,\nwe have received your application. If your profile fits, we will contact you to schedule an interview. If you are not selected, we may keep your resume on file.", Kind.APPLICATION_ACK),
    ("alerts", "Jobs <alerts@jobs.linkedin.com>", "12 new jobs for you", "New jobs matching Data Engineer: Acme, Example Corp. View all jobs. Manage your alerts.", Kind.JOB_ALERT),
    ("reaches out", _PERSON, "Opportunity", "Hi Sam, I came across your profile and we are looking for a data engineer to join our team. Would you be interested in hearing more about this role?", Kind.RECRUITER_OUTREACH),
]  # fmt: skip


@pytest.mark.parametrize("letter", _LETTERS, ids=[letter[0] for letter in _LETTERS])
def test_a_letter_is_of_its_kind(letter: tuple[str, str, str, str, Kind]) -> None:
    _, sender, subject, body, kind = letter
    headers = _NEWS if kind is Kind.JOB_ALERT else None
    found = classify(mail(body, sender=sender, subject=subject, headers=headers), own=OWN, known=False)
    assert found.kind is kind, found
    assert found.evidence
    assert 0.5 <= found.confidence <= 1


_NOISE = [
    ("News <news@paper.example>", "Interview with the mayor", "Unfortunately the council decided not to move forward with the plan. An interview with the mayor about job offers. Candidates for the role spoke.", _NEWS),
    ("Shop <deals@shop.example>", "Our best offer", "We are pleased to offer you 20 % off. Confirm your appointment for a fitting on Tuesday at 10:00.", _NEWS),
    ("Coach <tips@coach.example>", "How to follow up after an interview", "If you were not selected for a role, here is how to get the next interview. Candidates who follow up get offers. Unsubscribe below.", _NEWS),
    ("Ada <ada@friends.example>", "Saturday", "Hi Sam, dinner on Saturday at 19:00? I got a new role at work. Ada", None),
    ("Dentist <office@dentist.example>", "Appointment confirmed", "Your appointment is confirmed for Tuesday, December 1st at 10:00 AM.", None),
    ("Bank <service@bank.example>", "Your application for a card", "We could not accept your card. Please confirm your address.", _NEWS),
]  # fmt: skip


@pytest.mark.parametrize("letter", _NOISE, ids=[letter[1] for letter in _NOISE])
def test_what_is_no_business_of_ours_never_changes_a_process(letter: tuple[str, str, str, dict[str, str] | None]) -> None:
    sender, subject, body, headers = letter
    found = classify(mail(body, sender=sender, subject=subject, headers=headers), own=OWN, known=False)
    assert found.kind in {Kind.NOISE, Kind.JOB_ALERT, Kind.RECRUITER_OUTREACH, Kind.APPLICATION_ACK}, found


@pytest.mark.parametrize(
    "body",
    [
        "Thanks Sam, got it.\nRita",
        "Hi Sam, we are still deciding and you will hear from us by Friday.\nRita",
        "Hi Sam,\n\nI was on vacation last week, sorry for the delay. Ada liked your work sample. When do you want to talk?\n\nRita",
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
        ("Interview: Data Engineer", "COUNTER", 0, True, Kind.HUMAN_REPLY),
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
