"""What is read from a letter: company, role, people, interview, absence, bounces."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.classify import classify
from rules.extract import Facts, Format, InterviewStatus, Outcome, RoleClass, company_domain, extract
from rules.extract.company import name_from_display
from rules.extract.domains import company_key
from rules.extract.names import is_name
from rules.extract.panel import panel_of
from rules.extract.titles import clean_role, is_title
from rules.mail import Message
from tests.rules.calendar_cases import event, google
from tests.rules.mails import ME, OWN, mail

_ZONE = "Europe/Berlin"


def _facts(message: Message, *, known: bool = False) -> Facts:
    return extract(message, classify(message, own=OWN, known=known), own=OWN, zone=_ZONE)


_CONFIRMATION = """Hi Sam,

your interview for the Senior Data Engineer position at Acme Robotics is confirmed for Tuesday, December 1st at 10:00 AM ET
(45 minutes) on Zoom. You will meet with Jane Doe, VP Engineering, and John Roe (Staff Engineer).

We will let you know our decision by Friday, December 4.

Best regards,
Rita Chen
Talent Partner | Acme Robotics
+1 555 0100
"""


def test_a_confirmation_in_words_gives_all_its_facts() -> None:
    found = _facts(mail(_CONFIRMATION, subject="Second interview confirmed: Senior Data Engineer"))
    assert (found.company, found.role, found.round) == ("Acme Robotics", "Senior Data Engineer", 2)
    (interview,) = found.interviews
    assert interview.start == datetime.fromisoformat("2026-12-01T10:00:00-05:00")
    assert interview.end == datetime.fromisoformat("2026-12-01T10:45:00-05:00")
    assert (interview.zone, interview.format, interview.source, interview.sequence) == (
        "America/New_York",
        Format.VIDEO,
        "text",
        -1,
    )
    assert [(person.name, person.title, person.role) for person in interview.interviewers] == [
        ("Jane Doe", "VP Engineering", RoleClass.BOSS),
        ("John Roe", "Staff Engineer", RoleClass.PEER),
    ]
    assert [(person.name, person.title, person.address) for person in found.people] == [
        ("Rita Chen", "Talent Partner", "rita@acme.example")
    ]
    assert found.promise is not None
    assert found.promise.date == date(2026, 12, 4)
    assert found.zone_offset == -300


def _invitation(*lines: str, summary: str = "Interview: Data Engineer - Acme", method: str = "REQUEST") -> str:
    return google(
        event("DTSTART;TZID=Europe/Berlin:20261201T100000", "DTEND;TZID=Europe/Berlin:20261201T110000", *lines, summary=summary),
        method=method,
    )


_RITA = "ORGANIZER;CN=Rita Chen:mailto:rita@acme.example"
_ADA = "ATTENDEE;CN=Ada Moe:mailto:ada@acme.example"
_SAM = "ATTENDEE;CN=Sam Doe:mailto:sam@example.com"
_ROOM = "ATTENDEE;CUTYPE=ROOM;CN=Blue:mailto:blue@acme.example"
_TEAM = "ORGANIZER;CN=Acme Recruiting:mailto:recruiting@acme.example"
_GROUP = "ORGANIZER;CN=Interviews:mailto:c_123@group.calendar.google.com"


@pytest.mark.parametrize(
    ("lines", "body", "names"),
    [
        ((_RITA, _SAM), "", ["Rita Chen"]),
        ((_RITA, _ADA, _SAM, _ROOM), "", ["Rita Chen", "Ada Moe"]),
        ((_RITA, _ADA, _SAM), "Best regards,\nRita Chen\nRecruiting Coordinator\nAcme", ["Ada Moe"]),
        ((_TEAM, _ADA, _SAM), "", ["Ada Moe"]),
        ((_GROUP, _ADA, _SAM), "", ["Ada Moe"]),
        ((_RITA.replace("rita@acme.example", "sam@example.com"), _ADA), "", ["Ada Moe"]),
        ((_RITA, _ADA.replace("ada@", "ada.recruiting@"), _SAM), "", ["Rita Chen"]),
        ((_GROUP, _SAM), "You will meet with Ada Moe, Director of Data.", ["Ada Moe"]),
    ],
)
def test_interviewers_are_neither_the_user_nor_rooms_nor_coordinators(
    lines: tuple[str, ...], body: str, names: list[str]
) -> None:
    found = _facts(mail(body, sender="Rita Chen <rita@acme.example>", calendar=_invitation(*lines)))
    interviewers = found.interviews[0].interviewers
    assert [person.name for person in interviewers] == names


def test_a_calendar_part_gives_the_interview() -> None:
    found = _facts(
        mail(
            "", calendar=_invitation(_RITA, _ADA, "LOCATION:https://meet.google.com/abc"), sender="Rita Chen <rita@acme.example>"
        )
    )
    (interview,) = found.interviews
    assert (interview.uid, interview.source, interview.zone, interview.format) == (
        "case@acme.example",
        "calendar",
        _ZONE,
        Format.VIDEO,
    )
    assert (found.company, found.role) == ("Acme", "Data Engineer")
    assert interview.organizer is not None
    assert interview.organizer.address == "rita@acme.example"


def test_a_cancellation_names_what_it_cancels() -> None:
    found = _facts(mail("", calendar=_invitation(_RITA, method="CANCEL"), method="CANCEL"))
    assert [(item.uid, item.status) for item in found.interviews] == [("case@acme.example", InterviewStatus.CANCELLED)]


def test_an_invitation_passed_on_by_a_private_address_is_of_its_organizers_company() -> None:
    karl = "ORGANIZER;CN=Karl Ott:mailto:karl@steelworks.example"
    text = _invitation(karl, "ATTENDEE;CN=Greta Sun:mailto:greta@gmail.com", summary="Interview Sam Doe")
    found = _facts(mail("Here you are!", sender="Greta Sun <greta@gmail.com>", subject="Fwd: Interview Sam Doe", calendar=text))
    assert found.company == "Steelworks"


def test_a_counter_fixes_nothing() -> None:
    found = _facts(mail("", calendar=_invitation(_RITA, method="COUNTER"), method="COUNTER"), known=True)
    assert found.interviews == ()


def test_a_text_with_several_times_fixes_none() -> None:
    found = _facts(
        mail(
            "Your interview is confirmed: Tuesday, December 1 at 10:00 AM or Wednesday, December 2 at 11:00 AM.",
            subject="Interview confirmed",
        )
    )
    assert found.interviews == ()


def test_the_agenda_of_one_day_is_one_interview() -> None:
    body = (
        "Your interview schedule for Tuesday, December 1:\n9:00 - 9:30 Ada\n"
        "9:30 - 10:30 Max\n11:00 - 12:00 Zoe\nYour interview is confirmed."
    )
    (found,) = _facts(mail(body, subject="Interview schedule")).interviews
    assert (found.start.hour, found.end.hour) == (9, 12)


def test_a_persons_clock_gives_the_zone_and_a_relays_does_not() -> None:
    body = "Your interview is confirmed for Tuesday, December 1 at 10:00."
    (person,) = _facts(mail(body, subject="Interview confirmed")).interviews
    (relay,) = _facts(mail(body, subject="Interview confirmed", sender="Acme <no-reply@ashbyhq.com>")).interviews
    assert person.start.isoformat() == "2026-12-01T10:00:00-05:00"
    assert relay.start.isoformat() == "2026-12-01T10:00:00+01:00"


@pytest.mark.parametrize(
    ("sender", "subject", "body", "company"),
    [
        ("Rita Chen (Acme) <no-reply@ashbyhq.com>", "Interview", "", "Acme"),
        ("Acme Recruiting <no-reply@us.greenhouse-mail.io>", "Interview", "", "Acme"),
        ("The Acme Talent Team <no-reply@hire.lever.co>", "Interview", "", "Acme"),
        ("Hiring Team at Acme <no-reply@hire.lever.co>", "Interview", "", "Acme"),
        ("no-reply@myworkday.com", "Your application to Acme Robotics", "", "Acme Robotics"),
        ("Rita Chen <rita@acme-robotics.example>", "Interview", "", "Acme Robotics"),
        (
            "Rita Chen <rita@gmail.com>",
            "Interview",
            "We would like to schedule an interview with Acme Robotics.",
            "Acme Robotics",
        ),
        ("Rita Chen <rita@gmail.com>", "Interview", "When are you available for an interview?", ""),
        ("Rita Chen <rita@mail.acme.example>", "Interview", "", "Acme"),
        ("Ada Moe <notifications@calendly.com>", "Interview: Sam and Ada", "", ""),
        ("Jörg Moe <j@moe-soehne.example>", "Interview", "We are Moe & Söhne. Thank you for your application.", "Moe & Söhne"),
        ("Tom <t@brownandsons.co.uk>", "Interview", "Thank you for your application.\n\nOffice, Brown & Sons", "Brown & Sons"),
        ("Tom <t@zephyrlabs.example>", "Interview", "Thanks for applying! The Zephyr Labs team", "Zephyr Labs"),
        ("Mia <mia@talenthunters.example>", "Interview with Brightwell", "", "Brightwell"),
        (
            "Mia <mia@hunt.example>",
            "Next steps",
            "Our client liked your interview with Brightwell and would like to schedule a second interview.",
            "Brightwell",
        ),
        ("Mia <mia@talenthunters.example>", "Interview with Talent Hunters", "", "Talent Hunters"),
    ],
)
def test_a_company_is_named_by_its_people_and_never_by_a_shared_domain(
    sender: str, subject: str, body: str, company: str
) -> None:
    text = body or "Thank you for your application. We would like to schedule an interview for the position."
    assert _facts(mail(text, sender=sender, subject=subject)).company == company


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("rita@acme.example", "acme.example"),
        ("rita@mail.hr.acme.co.uk", "acme.co.uk"),
        ("acme.com", "acme.com"),
        ("rita@gmail.com", ""),
        ("no-reply@us.greenhouse-mail.io", ""),
        ("notifications@calendly.com", ""),
        ("jane.moe@google.com", "google.com"),
        ("jane@calendar.google.com", ""),
        ("jobs-noreply@linkedin.com", ""),
        ("jane.moe@linkedin.com", "linkedin.com"),
        ("x@myworkday.com", ""),
        ("rita", ""),
        ("rita@localhost", ""),
        ("", ""),
        ("rita@xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("rita@bücher.example", "bücher.example"),
        ("rita@..example", ""),
    ],
)
def test_a_companys_domain_is_the_registrable_one(address: str, domain: str) -> None:
    assert company_domain(address) == domain


@pytest.mark.parametrize(
    ("display", "person", "company"),
    [
        ("Rita Chen", "Rita Chen", ""),
        ("Rita Chen (Acme)", "Rita Chen", "Acme"),
        ("Rita Chen (Recruiter)", "Rita Chen", ""),
        ("Rita from Acme", "Rita", "Acme"),
        ("Rita at Acme", "Rita", "Acme"),
        ("Rita Chen | Acme", "Rita Chen", "Acme"),
        ("Rita Chen via Lever", "Rita Chen", ""),
        ("Chen, Rita", "Rita Chen", ""),
        ("Acme Recruiting Team", "", "Acme"),
        ("Careers at Acme", "", "Acme"),
        ("rita@acme.example", "", ""),
        ("", "", ""),
    ],
)
def test_a_display_name_holds_person_and_company(display: str, person: str, company: str) -> None:
    assert name_from_display(display, "rita@acme.example") == (person, company)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Senior Data Engineer", "Senior Data Engineer"),
        ("the Data Engineer position", "Data Engineer"),
        ("Data Engineer (m/f/d)", "Data Engineer"),
        ("Data Engineer (Remote)", "Data Engineer"),
        ("Product Manager - #12345", "Product Manager"),
        ("VP of Sales", "VP of Sales"),
        ("Tuesday", ""),
        ("Acme", ""),
        ("next steps", ""),
        ("our conversation", ""),
    ],
)
def test_a_role_is_a_job_title(text: str, role: str) -> None:
    assert clean_role(text) == role


@pytest.mark.parametrize(
    ("subject", "body", "role"),
    [
        ("Interview: Data Engineer", "", "Data Engineer"),
        ("Acme | Data Engineer | Interview", "", "Data Engineer"),
        ("Your application for Data Engineer at Acme", "", "Data Engineer"),
        ("Interview with Acme", "We would like to interview you for the Data Engineer role.", "Data Engineer"),
        ("Interview with Acme", "Thank you for applying to the position of Data Engineer.", "Data Engineer"),
        ("Interview with Acme", "Position: Data Engineer (m/f/d)\nTime: tomorrow", "Data Engineer"),
        (
            "Interview with Acme",
            "This is the invite of Acme for the Data Engineer position. It is an interview.",
            "Data Engineer",
        ),
        ("Interview with Acme", "When are you available?", ""),
        ("Interview with our hiring manager", "When are you available for an interview?", ""),
    ],
)
def test_a_role_is_found_in_subject_or_text(subject: str, body: str, role: str) -> None:
    text = body or "We would like to schedule an interview. When are you available?"
    assert _facts(mail(text, subject=subject), known=True).role == role


def test_people_are_named_with_their_titles() -> None:
    found, _ = panel_of("You will speak with Jane Doe (CTO), Max van der Berg, Head of Data, and Zoë O'Neil on Tuesday.")
    assert [(person.name, person.title) for person in found] == [
        ("Jane Doe", "CTO"),
        ("Max van der Berg", "Head of Data"),
        ("Zoë O'Neil", ""),
    ]


def test_the_people_of_an_agenda_are_named() -> None:
    found, _ = panel_of(
        "Here is the plan:\n\n10:00 - 10:45 Jane Doe, Engineering Manager\n- 10:45 - 11:30: Max Moe\n2:00 PM - 3:00 PM CEST\n"
        "Interviewer: Ada Poe, CTO\n"
    )
    assert [(person.name, person.title) for person in found] == [
        ("Jane Doe", "Engineering Manager"),
        ("Max Moe", ""),
        ("Ada Poe", "CTO"),
    ]


@pytest.mark.parametrize(
    ("sender", "reply_to", "name", "address", "role"),
    [
        ("Dana Frost <notifications@calendly.com>", "dana@acme.example", "Dana Frost", "dana@acme.example", RoleClass.UNKNOWN),
        (
            "Acme <no-reply@us.greenhouse-mail.io>",
            "Dana Frost <x1@acme.example>",
            "Dana Frost",
            "x1@acme.example",
            RoleClass.UNKNOWN,
        ),
        ("Acme <no-reply@us.greenhouse-mail.io>", "d.frost@acme.example", "", "d.frost@acme.example", RoleClass.RECRUITER),
        ("Ada Moe <notifications@calendly.com>", "dana@acme.example", "", "dana@acme.example", RoleClass.RECRUITER),
    ],
)
def test_behind_a_relay_the_answer_goes_to_a_human(sender: str, reply_to: str, name: str, address: str, role: RoleClass) -> None:
    body = "Your interview is confirmed for Tuesday, December 1st at 10:00 AM ET."
    found = _facts(mail(body, sender=sender, subject="Interview confirmed", headers={"Reply-To": reply_to}))
    assert [(person.name, person.address, person.role) for person in found.people] == [(name, address, role)]


@pytest.mark.parametrize(
    "reply_to",
    [
        "no-reply@acme.example",
        "recruiting@acme.example",
        "reply+12@ashbyhq.com",
        "acme+c7f21d@acme.example",
        "anne@reply.hirelane.example",
        f"Sam <{ME}>",
    ],
)
def test_behind_a_relay_no_address_is_guessed(reply_to: str) -> None:
    body = "Your interview is confirmed for Tuesday, December 1st at 10:00 AM ET."
    found = _facts(
        mail(body, sender="Acme <no-reply@ashbyhq.com>", subject="Interview confirmed", headers={"Reply-To": reply_to})
    )
    assert found.people == ()


@pytest.mark.parametrize(
    "text",
    ["Google Meet", "Tuesday Morning", "Data Engineer", "Acme Robotics", "our team", "Jane", "JANE DOE WAS HERE TODAY AND"],
)
def test_what_is_no_name_is_not_taken_for_one(text: str) -> None:
    assert not is_name(text)


def test_a_title_is_not_a_sentence() -> None:
    assert is_title("Head of Data")
    assert not is_title("Are you a manager?")
    assert not is_title("we will talk about what the lead engineer of the team said to the other people")


@pytest.mark.parametrize(
    ("body", "back"),
    [
        ("I am out of the office and will be back on Monday, December 7.", date(2026, 12, 7)),
        ("I am out of office until December 4th.", date(2026, 12, 7)),
        ("I am on vacation from November 23 to December 2, 2026.", date(2026, 12, 3)),
        ("I am out of the office and will return on 3 December.", date(2026, 12, 3)),
        ("I am away and will return to the office on Thursday.", date(2026, 11, 26)),
        ("I am out of the office with limited access to mail.", None),
        ("I will be back in the office on January 4, 2027.", date(2027, 1, 4)),
        ("Out of office 12/14 - 12/18. Back 12/21.", date(2026, 12, 21)),
        ("On PTO thru 12/18, answers will be slow!", date(2026, 12, 21)),
        ("Our offices are closed from December 24th through January 1st. We will be back on January 4th.", date(2027, 1, 4)),
        ("I am at a conference this week and will answer when I return on Monday 30th November.", date(2026, 11, 30)),
        ("I am out sick today.", None),
        ("I'm off for the holidays and will be back in the new year.", None),
    ],
)
def test_an_absence_ends_on_the_first_day_back(body: str, back: date | None) -> None:
    found = _facts(mail(body, subject="Automatic reply: Hello", headers={"Auto-Submitted": "auto-replied"}))
    assert found.away is not None
    assert found.away.back_on == back


def test_who_stands_in_is_named() -> None:
    body = "I am out of the office until Friday. In urgent cases please contact Max Moe (max@acme.example)."
    found = _facts(mail(body, headers={"Auto-Submitted": "auto-replied"}))
    assert found.away is not None
    assert found.away.delegate is not None
    assert (found.away.delegate.name, found.away.delegate.address) == ("Max Moe", "max@acme.example")


def test_who_left_for_good_is_not_just_away() -> None:
    body = "I no longer work at Acme as of 1 December. Please write to max@acme.example instead."
    found = _facts(mail(body, headers={"Auto-Submitted": "auto-replied"}))
    assert found.away is not None
    assert (found.away.left, found.away.back_on) == (True, None)
    assert found.away.delegate is not None
    assert found.away.delegate.address == "max@acme.example"


def test_an_automatic_answer_about_something_else_is_no_absence() -> None:
    assert _facts(mail("Your request has the number 12.", headers={"Auto-Submitted": "auto-replied"})).away is None


def _report(*recipients: tuple[str, str]) -> Message:
    blocks = "".join(
        f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: 5.1.1\r\n\r\n" for address, action in recipients
    )
    body = (
        "--x\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
        f"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n{blocks}\r\n--x--"
    )
    headers = {"Content-Type": 'multipart/report; report-type=delivery-status; boundary="x"', "Return-Path": "<>"}
    return mail(body, sender="mailer-daemon@acme.example", subject="Undelivered", headers=headers)


def test_only_what_failed_for_good_has_bounced() -> None:
    found = _facts(_report(("Rita@acme.example", "failed"), ("ada@acme.example", "delayed")))
    assert found.bounced == ("rita@acme.example",)
    assert found.away is None


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("Hi Sam, the role is on hold for now because of a hiring freeze.", Outcome.ON_HOLD),
        ("Hi Sam, we are still deciding and need a few more days.", Outcome.STILL_DECIDING),
        ("Hi Sam, our CFO has frozen all hiring for now.", Outcome.ON_HOLD),
        ("Hi Sam, we are not able to proceed until the budget is approved.", Outcome.ON_HOLD),
        ("Hi Sam, we simply need more time.", Outcome.STILL_DECIDING),
        ("Hi Sam, thank you.", None),
    ],
)
def test_a_reply_may_say_where_things_stand(body: str, outcome: Outcome | None) -> None:
    assert _facts(mail(body, subject="Re: Hello"), known=True).outcome is outcome


def test_an_instruction_not_to_write_is_heard() -> None:
    assert _facts(
        mail("Thank you for the interview. Please do not contact us, we will write.", subject="Re: Interview"), known=True
    ).no_contact


def test_noise_says_nothing() -> None:
    found = _facts(mail("Read our news about Acme by Friday.", headers={"Precedence": "bulk"}))
    assert (found.company, found.promise, found.people) == ("", None, ())


@pytest.mark.parametrize(
    ("one", "other"), [("Acme, Inc.", "ACME"), ("Acme GmbH", "acme"), ("Acme Co. Ltd.", "Acme"), ("A.C.M.E.", "acme")]
)
def test_a_company_is_the_same_under_its_legal_form(one: str, other: str) -> None:
    assert company_key(one) == company_key(other)


_WORDS = st.sampled_from(
    [
        "interview",
        "with",
        "Jane Doe,",
        "on",
        "Tuesday",
        "10:00",
        "-",
        "by",
        "the end of",
        "next week",
        "\n",
        "we",
        "will",
        "let you know",
        "if you",
        "(",
        ")",
        "at",
        "Acme",
        ",",
        "position",
        "for",
        "the",
        "regards,",
        "2026-13-45",
        "until",
        "out of office",
        "@",
        "<",
        "http://x",
    ]
)


@settings(max_examples=150)
@given(st.lists(st.one_of(_WORDS, st.text(max_size=8)), max_size=80).map(" ".join), st.text(max_size=40), st.booleans())
def test_any_letter_is_read(body: str, subject: str, known: bool) -> None:
    _facts(mail(body, subject=" ".join(subject.encode("ascii", "ignore").decode().split())), known=known)


@pytest.mark.parametrize(
    "piece",
    ["with Jane Doe, ", "interview at Acme Robotics ", "for the Data ", "Jane ", "A.", "we will by ", "if you ", "position of "],
)
def test_a_long_letter_of_beginnings_costs_little(piece: str) -> None:
    _facts(mail(piece * 2000, subject="Interview confirmed " + piece * 20), known=True)


@pytest.mark.parametrize(
    "text",
    [
        "Lamentablemente hemos tenido que congelar todas las contrataciones hasta nuevo aviso.",
        "El puesto est\u00e1 parado hasta septiembre por temas de presupuesto.",
        "Wir mussten alle Einstellungen bis auf Weiteres pausieren.",
        "Nous avons d\u00fb geler les recrutements jusqu'\u00e0 nouvel ordre.",
        "De procedure ligt voorlopig stil.",
        "Infelizmente as contrata\u00e7\u00f5es foram congeladas.",
        "Purtroppo le assunzioni sono bloccate fino a nuovo avviso.",
        "Unfortunately we've had to put a freeze on all hiring for now.",
        "The role has been paused while we restructure.",
        "We've been asked to pause recruitment until the autumn.",
        "Hiring is on ice until the merger closes.",
    ],
)
def test_d26_a_freeze_is_told_in_many_words(text: str) -> None:
    assert _facts(mail(f"Hi Sam,\n\n{text}\n\nRita", subject="Re: your interview"), known=True).outcome is Outcome.ON_HOLD


@pytest.mark.parametrize(
    "text",
    [
        "We are moving fast: the role is open, and we will pause for lunch at noon.",
        "Wir mussten leider zwei Gespr\u00e4che verschieben, melden uns aber am Freitag.",
        "We enjoyed the talk and will call you about the hiring process on Friday.",
        "El puesto sigue abierto y el proceso contin\u00faa la semana que viene.",
    ],
)
def test_d26_what_goes_on_is_not_on_hold(text: str) -> None:
    assert _facts(mail(f"Hi Sam,\n\n{text}\n\nRita", subject="Re: your interview"), known=True).outcome is not Outcome.ON_HOLD
