"""Conventions of mail that a follow-up must keep to: what our drafts never carry, and which addresses are nobody's."""

from __future__ import annotations

import email
import email.policy

import pytest

from rules.classify import can_receive, classify
from rules.drafts.mime import draft_bytes
from rules.drafts.types import DraftKind
from rules.extract import company_domain, extract
from rules.process.people import reachable
from tests.rules.drafts_cases import RITA, THREAD, draft, place, process
from tests.rules.mails import OWN, mail

STEPS = {
    DraftKind.THANK_YOU: "thank_you-1",
    DraftKind.STATUS: "status-1.1",
    DraftKind.GRACIOUS: "gracious",
    DraftKind.NO_SHOW: "no_show-1",
    DraftKind.KEEP_WARM: "keep_warm-1",
    DraftKind.PREP: "prep-1",
    DraftKind.NOTES: "notes-1",
    DraftKind.LINKEDIN: "linkedin-1.00000000",
}
OURS = {"from", "to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type"}
OURS |= {"content-transfer-encoding"}


@pytest.mark.parametrize("kind", DraftKind)
def test_no_draft_of_any_kind_carries_a_field_that_would_schedule_mark_or_answer_by_itself(kind: DraftKind) -> None:
    """X-Send-Later-Uuid would send it, Auto-Submitted deny that a person does, and any X- field go out with it."""
    for thread in (None, THREAD):
        raw = draft_bytes(draft(place(RITA, STEPS[kind], thread=thread)))
        fields = {name.lower() for name in email.message_from_bytes(raw, policy=email.policy.default)}
        assert fields <= OURS


RELAYS = (
    "no-reply@ashbyhq.com",
    "notifications@calendly.com",
    "dse@docusign.net",
    "no-reply@greenhouse.io",
    "7f3c@hire.lever.co",
    "noreply@icims.com",
    "x@invalidemail.taleo.net",
    "do-not-reply@jobvite.com",
    "hit-reply@linkedin.com",
    "inmail-hit-reply@linkedin.com",
    "conversations@message.teamtailor.com",
    "acme@myworkday.com",
    "notification@smartrecruiters.com",
    "system@successfactors.com",
    "no-reply@us.greenhouse-mail.io",
)


@pytest.mark.parametrize("address", RELAYS)
def test_the_address_of_a_relay_is_never_a_recipient_and_identifies_no_company(address: str) -> None:
    assert not can_receive(address)
    assert not reachable(process(), address)
    assert not company_domain(address)


def test_behind_a_booking_page_the_host_is_met_and_written_to() -> None:
    letter = mail(
        "Hi Sam,\n\nyour interview with Rita Chen is confirmed.\n",
        sender="Calendly <notifications@calendly.com>",
        subject="Confirmed: interview with Rita Chen",
        headers={"Reply-To": "Rita Chen <rita@acme.example>"},
    )
    facts = extract(letter, classify(letter, own=OWN, known=True), own=OWN, zone="UTC")
    assert [person.address for person in facts.people] == ["rita@acme.example"]
