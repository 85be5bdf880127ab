"""A mail that is not from whom it names is told, and nobody is written to on its word."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.extract.types import Facts, Interview, Person
from rules.mail import Role, message_from_bytes
from rules.mail.types import Message
from rules.trust import doubts, without_addresses

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def mail(sender: str = "Rita Chen <rita@acme.test>", *fields: str) -> Message:
    header = "\r\n".join((f"From: {sender}", "To: sam@example.com", "Subject: Interview", *fields))
    raw = f"{header}\r\n\r\nSee you on Tuesday.\r\n".encode()
    return message_from_bytes(raw, ref="1", role=Role.INBOX, received_at=NOW, size=len(raw))


def results(text: str) -> str:
    return f"Authentication-Results: mx.provider.example; {text}"


@pytest.mark.parametrize(
    "found",
    [
        "dmarc=fail (p=REJECT) header.from=acme.test",
        "spf=pass smtp.mailfrom=bulk.test; dkim=pass header.d=bulk.test; dmarc=fail header.from=acme.test",
        "spf=fail smtp.mailfrom=acme.test; dkim=none",
        "spf=softfail smtp.mailfrom=acme.test;\r\n dkim=fail (bad signature) header.d=acme.test",
        "DKIM=FAIL header.d=acme.test",
    ],
)
def test_a_mail_that_its_provider_could_not_confirm_is_told(found: str) -> None:
    (told,) = doubts(mail("Rita Chen <rita@acme.test>", results(found)))
    assert "acme.test" in told
    assert "=" in told


@pytest.mark.parametrize(
    "found",
    [
        "dmarc=pass header.from=acme.test",
        "spf=fail smtp.mailfrom=list.test; dkim=pass header.d=acme.test",
        "spf=softfail; dkim=fail; dkim=pass; dmarc=pass",
        "spf=none; dkim=none",
        "spf=neutral smtp.mailfrom=acme.test",
        "none",
        "spf=pass (dmarc=fail was said by somebody else)",
        "",
    ],
)
def test_a_mail_that_was_confirmed_or_of_which_nothing_is_said_is_not_doubted(found: str) -> None:
    assert doubts(mail("Rita Chen <rita@acme.test>", results(found))) == ()


def test_only_the_topmost_field_is_believed() -> None:
    """Whoever writes a mail can write this field too; the user's provider puts its own above it."""
    forged = results("dmarc=pass header.from=acme.test")
    assert doubts(mail("Rita <rita@acme.test>", results("dmarc=fail"), forged))
    assert not doubts(mail("Rita <rita@acme.test>", forged, results("dmarc=fail")))


@pytest.mark.parametrize(
    ("sender", "reply", "doubted"),
    [
        ("rita@acme.test", "rita@acme-careers.test", True),
        ("rita@acme.test", "rita.chen@gmail.com", True),
        ("rita@gmail.com", "rita@acme.test", True),
        ("rita@acme.test", "jobs@mail.acme.test", False),
        ("no-reply@us.greenhouse-mail.io", "rita@acme.test", False),
        ("notifications@calendly.com", "rita@acme.test", False),
        ("rita@acme.test", "reply+c7f21d@hire.lever.co", False),
        ("rita@acme.test", "", False),
    ],
)
def test_answers_that_would_go_elsewhere_are_told(sender: str, reply: str, doubted: bool) -> None:
    fields = [f"Reply-To: {reply}"] if reply else []
    assert bool(doubts(mail(sender, *fields))) is doubted


@pytest.mark.parametrize(
    ("sender", "doubted"),
    [
        ('"rita@acme.test" <x@elsewhere.test>', True),
        ('"rita@acme.test" <rita@mail.acme.test>', False),
        ("Rita <rita@\u0430cme.test>", True),  # a Cyrillic letter among Latin ones
        ("Rita <rita@xn--cme-7cd.test>", True),  # the same, encoded
        ("Rita <rita@m\u00fcller.test>", False),
        ("Rita <rita@xn--mller-kva.test>", False),
        ("Rita <rita@\u044f\u043d\u0434\u0435\u043a\u0441.test>", False),
    ],
)
def test_a_sender_that_looks_like_another_is_told(sender: str, doubted: bool) -> None:
    assert bool(doubts(mail(sender))) is doubted


def test_names_stay_and_addresses_go() -> None:
    rita = Person("Rita Chen", "rita@acme.test", "Recruiter")
    nameless = Person("", "x@acme.test")
    interview = Interview("u", NOW, NOW + timedelta(hours=1), organizer=rita, interviewers=(rita, nameless))
    found = without_addresses(Facts(company="Acme", people=(rita, nameless), interviews=(interview,)))
    assert found.people == (replace(rita, address=""),)
    assert found.interviews[0].interviewers == (replace(rita, address=""),)
    assert found.interviews[0].organizer == replace(rita, address="")
    assert found.company == "Acme"


@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=60))
def test_nothing_is_raised_whatever_the_fields_say(found: str, domain: str, reply: str) -> None:
    fields = [field.encode("utf-8", "replace") for field in (f"a@{domain}", results(found), f"Reply-To: {reply}")]
    raw = b"From: %s\r\n%s\r\n%s\r\n\r\n" % tuple(fields)
    doubts(message_from_bytes(raw, ref="1", role=Role.INBOX, received_at=NOW, size=len(raw)))
