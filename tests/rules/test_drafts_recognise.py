"""Whether a mail that was sent is the draft."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.drafts.recognise import SENT, matches, score
from rules.drafts.types import Draft
from rules.lint.placeholders import placeholders
from rules.lint.sentences import body_of, split_sentences
from tests.rules.drafts_cases import PANEL, THREAD, draft, outgoing, place, process, status_place

REPLY = draft(place(thread=THREAD))
FRESH = draft(place())
STATUS = draft(status_place(1, thread=THREAD))
PARENT = THREAD.message_id


def _filled(one: Draft) -> str:
    text = one.text
    for gap in placeholders(text):
        text = text.replace(gap, "the plan to rebuild the reports before autumn")
    return text


def test_the_same_message_id_is_the_draft_whatever_else_it_says() -> None:
    assert score(outgoing("x", to="other@acme.example", message_id=REPLY.message_id), REPLY) == 1.0


@pytest.mark.parametrize("one", [REPLY, FRESH, STATUS], ids=["reply", "new mail", "status"])
def test_a_draft_sent_under_a_new_message_id_is_recognised(one: Draft) -> None:
    sent = outgoing(_filled(one), subject=one.subject, in_reply_to=one.in_reply_to, references=" ".join(one.references))
    assert matches(sent, one)
    assert score(sent, one) > 0.8


@pytest.mark.parametrize("one", [REPLY, FRESH, STATUS], ids=["reply", "new mail", "status"])
def test_a_draft_rewritten_to_its_first_two_sentences_is_recognised(one: Draft) -> None:
    kept = " ".join(split_sentences(body_of(_filled(one)))[:2])
    text = f"Dear Ms Almeida,\n{kept}\nAnd now something that only I could have added, at some length and in my own words.\nSam"
    assert matches(outgoing(text, subject=one.subject, in_reply_to=one.in_reply_to), one)


def test_the_thread_may_be_known_from_references_alone() -> None:
    assert matches(outgoing(_filled(REPLY), references=f"a@b.example {PARENT}"), REPLY)


def test_a_client_that_changes_spacing_quotes_and_case_changes_nothing() -> None:
    text = _filled(REPLY).replace("\n\n", "\r\n \r\n").replace(" ", "\u00a0").upper()
    assert matches(outgoing(text, in_reply_to=PARENT), REPLY)


@pytest.mark.parametrize(
    "text",
    [
        "Yes, Tuesday at ten works for me. Thanks, Sam",
        (
            "Hello Rita, thank you for the invitation. Please find my documents attached: the certificate, the form with my "
            "address, and the two work samples that you asked for on the phone. I will bring the originals. Best regards, Sam Doe"
        ),
        "Hello Rita, could we move the interview by an hour? My train arrives late that morning, and I would not like to rush.",
    ],
)
def test_another_mail_in_the_same_thread_is_another_mail(text: str) -> None:
    sent = outgoing(text, in_reply_to=PARENT, subject=REPLY.subject)
    assert not matches(sent, REPLY)
    assert not matches(sent, STATUS)


def test_a_mail_to_somebody_else_is_never_the_draft() -> None:
    assert score(outgoing(_filled(REPLY), to="bo@acme.example", in_reply_to=PARENT), REPLY) == 0.0


def test_a_mail_whose_text_is_unknown_goes_by_thread_and_recipient() -> None:
    assert matches(outgoing("", in_reply_to=PARENT), REPLY)
    assert not matches(outgoing("", in_reply_to="else@acme.example"), REPLY)
    assert matches(outgoing("", subject=FRESH.subject), FRESH)


def test_our_own_subject_on_a_rewritten_new_mail_is_enough() -> None:
    text = "Dear Rita, I wrote this one myself from the first word to the last, without keeping anything that was in the draft."
    assert matches(outgoing(text, subject=f"Re: {FRESH.subject}"), FRESH)
    assert not matches(outgoing(text, subject="Lunch"), FRESH)


def test_notes_to_one_panel_are_not_taken_for_each_other() -> None:
    notes = [draft(place(person, thread=THREAD)) for person in PANEL]
    for note in notes:
        sent = outgoing(_filled(note), to=note.to.address, in_reply_to=PARENT)
        assert [other for other in notes if matches(sent, other)] == [note]


@given(st.text(max_size=500), st.text(max_size=80))
def test_no_text_upsets_it(text: str, subject: str) -> None:
    found = score(outgoing(text, subject=subject, in_reply_to=PARENT), REPLY)
    assert 0.0 <= found <= 1.0
    assert (found >= SENT) is matches(outgoing(text, subject=subject, in_reply_to=PARENT), REPLY)


def test_of_several_drafts_the_right_one_scores_highest() -> None:
    thanks, status = draft(place(thread=THREAD)), draft(status_place(2, thread=THREAD))
    others = [draft(place(person, thread=THREAD), process()) for person in PANEL[1:]]
    sent = outgoing(_filled(status), in_reply_to=PARENT)
    assert all(score(sent, other) < score(sent, status) for other in (thanks, *others))
    assert all(score(outgoing("Yes, fine.", in_reply_to=PARENT), each) < SENT for each in (thanks, status))
