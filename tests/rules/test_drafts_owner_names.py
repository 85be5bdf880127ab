"""Greeted by the name as its owner writes it, however a calendar spells it; answered in the thread, or in a new mail."""

from __future__ import annotations

from itertools import permutations

import pytest

from rules.classify.types import Kind
from rules.decide import decide
from rules.drafts.compose import compose
from rules.drafts.types import Draft, DraftKind
from rules.extract.types import Facts, Person
from rules.mail import Address
from rules.policy import Policy
from rules.process import Event, Process, fold
from tests.rules.timing import BOB, NO_REPLY, PLAYBOOKS, POLICY, PROFILE, confirmed, meeting, ny, theirs

RITA = "rita@corp.example"
CALENDAR = Person("izaguirre rita", RITA)
BOOKED = confirmed("m1", ny(2, 25), meeting(ny(3, 2, 10), people=(CALENDAR, BOB)))
FROM = theirs("m2", ny(2, 26), Kind.INTERVIEW_CONFIRMATION, sender=Address("Ritá Izaguirre", RITA))
MENTIONED = theirs("m3", ny(2, 27), Kind.INTERVIEW_CONFIRMATION, Facts(people=(Person("Rita Isaguirre", RITA),)))


def after(*events: Event) -> Process:
    return fold("p", events, now=ny(3, 2, 12), policy=POLICY, profile=PROFILE)


def drafts_of(process: Process, policy: Policy = POLICY) -> dict[str, Draft]:
    decision = decide(process, policy, PROFILE, ny(3, 2, 12))
    return {
        place.key.recipient: compose(place, process, PROFILE, now=ny(3, 2, 12), message_id="a@example.com")
        for place in decision.place
        if place.kind is DraftKind.THANK_YOU
    }


@pytest.mark.parametrize(
    "order", list(permutations((BOOKED, FROM, MENTIONED))), ids=lambda order: "-".join(each.id for each in order)
)
def test_t10_the_name_of_the_senders_field_outranks_calendar_and_hearsay_in_any_order(order: tuple[Event, ...]) -> None:
    one = drafts_of(after(*order))[RITA]
    assert one.to.name == "Ritá Izaguirre"
    assert " Ritá,\n" in one.text


def test_a_signature_of_their_own_is_how_they_write_themselves() -> None:
    signed = theirs(
        "m4",
        ny(2, 28),
        Kind.INTERVIEW_CONFIRMATION,
        Facts(people=(Person("Dr. Ritá Izaguirre", RITA),)),
        sender=Address("ri", RITA),
    )
    one = drafts_of(after(BOOKED, signed))[RITA]
    assert one.to.name == "Dr. Ritá Izaguirre"
    assert " Dr. Ritá Izaguirre,\n" in one.text, "a title that its owner uses stays"


def test_d3_a_reply_goes_into_the_thread_of_the_recipient_and_a_new_mail_to_anybody_else() -> None:
    drafts = drafts_of(after(BOOKED, FROM))
    assert drafts[RITA].in_reply_to == "m2"
    assert drafts[RITA].subject == "Re: Interview"
    assert drafts[BOB.address].in_reply_to == ""
    assert drafts[BOB.address].subject == f"Thank You - {PROFILE.name} - Analyst"


def test_c3_a_playbook_may_want_a_mail_of_its_own_for_what_the_user_begins_and_answers_stay_where_they_were_asked_for() -> None:
    mastering = PLAYBOOKS["mastering"]
    declined = theirs("m9", ny(3, 4), Kind.REJECTION, sender=Address("Ritá Izaguirre", RITA))
    waiting, refused = after(BOOKED, FROM), fold("p", (BOOKED, FROM, declined), now=ny(3, 5), policy=mastering, profile=PROFILE)

    thanks = drafts_of(waiting, mastering)[RITA]
    assert (thanks.in_reply_to, thanks.subject) == ("", f"Thank You - {PROFILE.name} - Analyst")
    for policy, answered in ((POLICY, True), (mastering, False)):
        status = [one for one in decide(waiting, policy, PROFILE, ny(4, 1)).place if one.kind is DraftKind.STATUS]
        assert [one.thread is not None for one in status] == [answered]
    gracious = [one for one in decide(refused, mastering, PROFILE, ny(3, 5)).place if one.kind is DraftKind.GRACIOUS]
    assert {one.recipient.address: one.thread is not None for one in gracious} == {RITA: True, BOB.address: False}


def test_d3_nothing_is_ever_addressed_to_a_mailbox_that_nobody_reads() -> None:
    relay = theirs("m5", ny(2, 26), Kind.INTERVIEW_CONFIRMATION, sender=NO_REPLY, can_receive=False)
    robot = Person("Corp Hiring", NO_REPLY.address)
    booked = confirmed("m1", ny(2, 25), meeting(ny(3, 2, 10), people=(CALENDAR, robot)))
    assert set(drafts_of(after(booked, relay))) == {RITA}
