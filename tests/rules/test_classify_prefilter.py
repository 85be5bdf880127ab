"""The question that is asked of every envelope."""

from __future__ import annotations

import pytest

from rules.classify import Known, can_receive, wants
from rules.mail import Envelope, Role, envelope_from_header
from tests.rules.mails import RECEIVED

_KNOWN = Known(frozenset({"acme.example"}), frozenset({"rita@mail.example"}), frozenset({"m1@acme.example", "t-77"}))


def _envelope(header: str, *, role: Role = Role.INBOX, calendar: bool = False, thread_id: str = "") -> Envelope:
    return envelope_from_header(
        header.encode(), ref="r", role=role, received_at=RECEIVED, size=1, calendar=calendar, thread_id=thread_id
    )


@pytest.mark.parametrize(
    "header",
    [
        "From: x@x.example\nSubject: Interview on Tuesday",
        "From: x@x.example\nSubject: Re: your application",
        "From: x@x.example\nSubject: [Acme] Next steps!",
        "From: ada@acme.example\nSubject: Hi",
        "From: ada@hr.acme.example\nSubject: Hi",
        "From: rita@mail.example\nSubject: Hi",
        "From: x@x.example\nSubject: Re: Hi\nIn-Reply-To: <m1@acme.example>",
        "From: x@x.example\nSubject: Re: Hi\nReferences: <other@x.example> <m1@acme.example>",
        "From: no-reply@us.greenhouse-mail.io\nSubject: Hi\nList-Unsubscribe: <https://x.example>",
        "From: notifications@calendly.com\nSubject: Hi",
        "From: MAILER-DAEMON@x.example\nSubject: Undelivered Mail Returned to Sender",
        "From: news@x.example\nPrecedence: bulk\nSubject: Interview availability",
    ],
)
def test_what_may_matter_is_wanted(header: str) -> None:
    assert wants(_envelope(header), _KNOWN)


@pytest.mark.parametrize(
    "header",
    [
        "From: news@x.example\nSubject: Our best offer\nList-Unsubscribe: <https://x.example>",
        "From: news@x.example\nSubject: Your weekly update\nPrecedence: bulk",
        "From: ada@friends.example\nSubject: Photos",
        "From: ada@notacme.example\nSubject: Photos",
        "From: x@x.example",
        "From: x@x.example\nSubject: Re: Photos\nIn-Reply-To: <else@x.example>",
    ],
)
def test_what_cannot_matter_is_not_fetched(header: str) -> None:
    assert not wants(_envelope(header), _KNOWN)


def test_a_calendar_part_is_always_wanted() -> None:
    assert wants(_envelope("From: news@x.example\nPrecedence: bulk", calendar=True), Known())


def test_a_providers_thread_that_is_tracked_is_wanted() -> None:
    assert wants(_envelope("From: x@x.example\nSubject: Hi", thread_id="t-77"), _KNOWN)
    assert not wants(_envelope("From: x@x.example\nSubject: Hi", thread_id="t-78"), _KNOWN)


@pytest.mark.parametrize(
    ("to", "wanted"), [("Rita <rita@mail.example>", True), ("x@x.example, ada@acme.example", True), ("x@x.example", False)]
)
def test_a_mail_of_the_users_own_is_wanted_when_it_goes_to_a_tracked_process(to: str, wanted: bool) -> None:
    assert wants(_envelope(f"From: sam@example.com\nTo: {to}\nSubject: Interview", role=Role.SENT), _KNOWN) is wanted


@pytest.mark.parametrize(
    "address",
    [
        "no-reply@acme.example",
        "noreply@acme.example",
        "do-not-reply+abc@acme.example",
        "NoReply.Jobs@acme.example",
        "mailer-daemon@acme.example",
        "notifications@acme.example",
        "no-reply@us.greenhouse-mail.io",
        "rita@hire.lever.co",
        "x@myworkday.com",
        "notifications@calendly.com",
        "ne-pas-repondre@acme.example",
        "nichtantworten@acme.example",
        "bounces+1@acme.example",
        "rita",
        "",
        "rita@localhost",
        "a b@acme.example",
    ],
)
def test_nobody_reads_mail_to_a_machine(address: str) -> None:
    assert not can_receive(address)


@pytest.mark.parametrize(
    "address",
    [
        "rita@acme.example",
        "rita.chen+jobs@acme.co.uk",
        "careers@acme.example",
        "rita@gmail.com",
        "norbert.reply@acme.example",
        "jane.moe@google.com",
    ],
)
def test_a_person_or_a_team_can_be_written_to(address: str) -> None:
    assert can_receive(address)
