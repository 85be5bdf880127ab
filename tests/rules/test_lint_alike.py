"""Whether a note could go to anybody, and whether it is too much like another."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from rules.drafts.types import DraftKind
from rules.extract.types import Person
from rules.lint.check import check
from rules.lint.context import Context, Other
from rules.lint.specific import facts_used
from rules.lint.types import Finding, Severity
from rules.notes.types import Heading, Point
from tests.rules.drafts_cases import PANEL, RITA, SAM
from tests.rules.lint_cases import plain_note

ANN = PANEL[2]
CONTEXT = Context(DraftKind.THANK_YOU, people=PANEL, recipient=RITA, company="Acme Inc.", role="Data Analyst", profile=SAM)
DEPOTS = Point("1.well.1", Heading.WELL, "the three new depots in Galicia")
LEDGER = Point("1.well.2", Heading.WELL, "a ledger that closes within two days")
GENERIC = (
    "Thank you so much for your time and for the interview for the Data Analyst position at Acme Inc. I really enjoyed our "
    "conversation and learning more about the company, and I believe that my skills and experience would be a valuable "
    "contribution to your team. I look forward to hearing from you about the next steps."
)
SPECIFIC = (
    "Thank you for talking with me about the Data Analyst position at Acme Inc. The three new depots in Galicia have stayed with "
    "me. My experience with routing would help there, and I look forward to hearing from you."
)
OTHER = (
    "It was a pleasure to meet you. That the ledger closes within two days since last autumn tells me a lot about your culture. "
    "I would gladly add what I know of audits to the Data Analyst role, and I hope to continue with you."
)


def found(text: str, name: str, context: Context = CONTEXT) -> list[Finding]:
    return [finding for finding in check(plain_note(text), context) if finding.id.startswith(name)]


def note(text: str, person: Person = ANN, *, sent: bool = False, kind: DraftKind = DraftKind.THANK_YOU, round_: int = 1) -> Other:
    return Other(f"your note to {person.name}", plain_note(text), person.address, kind, round_, sent)


def test_c7_a_note_that_would_hold_with_another_name_in_it_blocks() -> None:
    (told,) = found(GENERIC, "generic")
    assert (told.severity, "C7" in told.rules) == (Severity.BLOCK, True)
    assert found(SPECIFIC, "generic") == []


@pytest.mark.parametrize(("name", "company"), [("Zoe Quill", "Fernhollow"), ("Rita Almeida", "Acme Inc.")])
def test_c7_name_company_and_job_make_no_note_specific(name: str, company: str) -> None:
    about = replace(CONTEXT, company=company, people=(), recipient=Person(name, "z@acme.example"), role="Lathe Operator")
    text = (
        GENERIC.replace("Acme Inc.", company).replace("Data Analyst", "Lathe Operator")
        + f" {name.split(maxsplit=1)[0]}, be well."
    )
    assert found(text, "generic", about)


def test_c7_one_fact_of_the_notes_is_enough_and_one_is_offered_where_none_is_used() -> None:
    assert found(SPECIFIC, "generic", replace(CONTEXT, points=(DEPOTS,))) == []
    (told,) = found(GENERIC, "generic", replace(CONTEXT, points=(DEPOTS,)))
    assert DEPOTS.text in told.remedy


def test_c7_what_is_still_to_be_filled_in_is_told_as_that() -> None:
    assert found(GENERIC + " I recall [what stayed with you].", "generic") == []


def test_facts_are_known_by_half_of_their_words_in_whatever_form() -> None:
    assert facts_used(["I liked how the ledgers close in two days."], [LEDGER, DEPOTS]) == (LEDGER,)
    assert facts_used(["The depot was", "new in Galicia."], [DEPOTS]) == (DEPOTS,)
    assert facts_used(["I liked it."], [LEDGER, DEPOTS]) == ()


def test_c11_the_same_fact_for_two_people_is_told_and_another_one_offered() -> None:
    about = replace(
        CONTEXT, points=(DEPOTS, LEDGER), others=(note(OTHER.replace("the ledger closes", "three depots in Galicia, new,")),)
    )
    (told,) = found(SPECIFIC, "fact", about)
    assert (told.severity, LEDGER.text in told.remedy) == (Severity.WARN, True)
    assert found(SPECIFIC, "fact", replace(about, others=(note(OTHER),))) == []


def test_c11_shared_facts_are_seen_without_notes_too() -> None:
    twin = OTHER + " The depots in Galicia, three of them and all new, would need lorries."
    about = replace(CONTEXT, others=(note(twin),))
    assert found(SPECIFIC.replace("in Galicia", "in Galicia and their lorries"), "fact", about)
    assert found(SPECIFIC, "fact", replace(CONTEXT, others=(note(OTHER),))) == []


def test_t2_two_notes_of_a_panel_that_are_alike_block() -> None:
    twin = (
        SPECIFIC.replace("would help there", "would be of help there")
        .replace("talking", "speaking")
        .replace("have stayed", "stay")
    )
    told = found(SPECIFIC, "alike", replace(CONTEXT, others=(note(twin),)))
    assert [(finding.id, finding.severity, finding.rules) for finding in told] == [("alike.note", Severity.BLOCK, ("T2",))]
    assert found(SPECIFIC, "alike", replace(CONTEXT, others=(note(OTHER),))) == []


def test_t2_a_sentence_that_stands_in_both_blocks_with_its_line() -> None:
    shared = "The three new depots in Galicia have stayed with me and my pen."
    told = found(f"{GENERIC}\n\n{shared}", "alike.sentence", replace(CONTEXT, others=(note(f"{OTHER} {shared}"),)))
    assert [(finding.place, finding.words) for finding in told] == [("line 5", shared)]
    assert found("I liked it very much.", "alike", replace(CONTEXT, others=(note(f"{OTHER} I liked it very much."),))) == []


def test_t2_greeting_and_closing_may_be_the_same() -> None:
    assert found(SPECIFIC, "alike", replace(CONTEXT, others=tuple(note(OTHER, person) for person in PANEL[1:]))) == []


def test_t3_a_later_note_differs_from_what_was_sent_in_an_earlier_round() -> None:
    before = note(SPECIFIC, RITA, sent=True)
    told = found(SPECIFIC, "alike", replace(CONTEXT, attempt=2, others=(before,)))
    assert told
    assert {finding.rules for finding in told} == {("T3",)}
    assert {finding.severity for finding in told} == {Severity.BLOCK}


def test_t3_a_follow_up_may_not_repeat_the_last_one_unnoticed() -> None:
    text = "I would be glad to know where the selection for the Data Analyst position stands."
    last = note(text, RITA, sent=True, kind=DraftKind.STATUS)
    told = found(text, "alike", replace(CONTEXT, kind=DraftKind.STATUS, attempt=2, others=(last,)))
    assert {finding.severity for finding in told} == {Severity.WARN}


def test_notes_of_a_whole_panel_written_by_hand_are_compared_pair_by_pair() -> None:
    texts = [SPECIFIC, OTHER, SPECIFIC.replace("Galicia", "Asturias")]
    alike = [
        (one, two)
        for one, two in combinations(range(3), 2)
        if found(texts[one], "alike", replace(CONTEXT, others=(note(texts[two]),)))
    ]
    assert alike == [(0, 2)]
