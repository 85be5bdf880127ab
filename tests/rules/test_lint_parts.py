"""What a note of its kind has to say, how long it may be, and how it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rules.drafts.types import DraftKind, Traced
from rules.extract.types import Person, Promise, PromiseClass, RoleClass
from rules.lint.check import check
from rules.lint.context import Context, Other
from rules.lint.types import Finding, Severity
from rules.notes.types import Heading, Point, Topic
from rules.profile import Profile
from tests.rules.drafts_cases import PANEL, RITA, SAM
from tests.rules.lint_cases import NOTES, plain_note

THANKS = Context(DraftKind.THANK_YOU, people=PANEL, recipient=RITA, company="Acme Inc.", role="Data Analyst", profile=SAM)
STATUS = replace(THANKS, kind=DraftKind.STATUS, day=date(2026, 6, 2))
GOOD = (
    "Thank you for talking with me about the Data Analyst position at Acme Inc. How your team moved the sales reports off its "
    "nightly batch has stayed with me.\n\nI share the values behind that, and I would help with the depots first, for I kept a "
    "warehouse of forty tables in order.\n\nI would very much like to join you and look forward to hearing from you."
)
FOLLOW_UP = (
    "I enjoyed the interview on 5 May for the Data Analyst position at Acme Inc. I would be glad to know where the selection "
    "stands.\n\nThe work interests me as much as ever, and my experience with warehouses would be of use. I am happy to answer "
    "questions and can name references.\n\nI look forward to your reply."
)


def ids(text: str, context: Context = THANKS) -> list[str]:
    return [finding.id for finding in check(text, context)]


def only(text: str, name: str, context: Context = THANKS) -> Finding:
    (found,) = [finding for finding in check(text, context) if finding.id == name]
    return found


def test_a_good_note_of_each_kind_has_no_fault() -> None:
    assert ids(plain_note(GOOD)) == []
    assert ids(plain_note(FOLLOW_UP), STATUS) == []


def test_c1_seven_sentences_block_and_six_do_not() -> None:
    six = GOOD + " I can come on any day. Mornings suit me."
    assert "size.sentences" not in ids(plain_note(six))
    found = only(plain_note(six + " So do evenings."), "size.sentences")
    assert (found.severity, found.place, found.words) == (Severity.BLOCK, "line 7", "So do evenings.")


def test_c1_titles_abbreviations_and_addresses_of_pages_split_no_sentence() -> None:
    text = "I met Dr. Smith of Acme Inc. and spoke, e.g. of tables, at 3 p.m. about https://acme.example/a.b?c=d. Good."
    assert "size.sentences" not in ids(plain_note(f"{text} {text} {text}"))


def test_x9_the_hiring_manager_may_have_all_of_the_six_and_no_more() -> None:
    assert THANKS.addressee is not None
    assert THANKS.addressee.role is RoleClass.HIRING_MANAGER
    assert "size.sentences" in ids(plain_note(GOOD + " One. Two. Three."))


@pytest.mark.parametrize("kind", [kind for kind in DraftKind if not kind.to_self])
def test_c17_every_kind_has_its_budget_of_words(kind: DraftKind) -> None:
    long = "word " * 250
    assert only(plain_note(f"{long}."), "size.words", replace(THANKS, kind=kind)).severity is Severity.WARN
    assert "size.words" not in ids(plain_note("word " * 90 + "."), replace(THANKS, kind=kind))


def test_c17_a_sentence_that_nobody_can_follow_is_told() -> None:
    assert only(plain_note("word " * 60 + "."), "size.sentence").place == "line 3"


def test_an_empty_draft_blocks() -> None:
    assert ids("") == ["size.empty", "signature.email", "signature.name", "signature.phone", "signature.closing"] or set(
        ids("")
    ) >= {"size.empty"}


@pytest.mark.parametrize(
    ("below", "lacking"),
    [
        ("Best regards,\nSam Doe\n+1 555 0100\nsam@example.com", set()),
        ("Sincerely,\nSam Doe\n(1) 555-0100 | SAM@EXAMPLE.COM", set()),
        ("Best regards,\nSam Doe\nsam@example.com", {"signature.phone"}),
        ("Best regards,\nSam Doe\n+1 555 0100", {"signature.email"}),
        ("Best regards,\n+1 555 0100\nsam@example.com", {"signature.name"}),
        ("Best regards,\nSam\n+1 555 0100\nsam@example.com", {"signature.name"}),
        ("Best regards,\nSam Doe\n+1 555 0199\nsam@example.com", {"signature.phone"}),
        ("Best regards,\nSam Doe\n+1 555 0100\nsam@example.org", {"signature.email"}),
        ("Sam Doe\n+1 555 0100\nsam@example.com", {"signature.closing"}),
        ("Warmly,\nSam Doe\n+1 555 0100\nsam@example.com", set()),
        ("Best, Sam Doe\n+1 555 0100\nsam@example.com", set()),
        ("Kind regards -\nSam Doe\n+1 555 0100\nsam@example.com", set()),
        ("With every good wish to you both,\nSam Doe\n+1 555 0100 | sam@example.com", set()),
        ("Thank you again!\n\nSam Doe, MSc\n+1 555 0100\nsam@example.com", set()),
        ("Sincerely,\nDr Sam M. Doe\n+1 555 0100\nsam@example.com", set()),
        ("Until soon,\nSam Doe\n+1 555 0100\nsam@example.com\nhttps://sam.example.com\nSent from my phone", set()),
        ("Best regards,\nSam\n\n-- \nSam Doe\nAnalyst\nTel. +1 (555) 0100\nMail: sam@example.com", set()),
    ],
)
def test_c5_name_telephone_and_address_stand_below_a_polite_closing(below: str, lacking: set[str]) -> None:
    found = set(ids(f"Dear Rita,\n\n{GOOD}\n\n{below}\n"))
    assert {name for name in found if name.startswith("signature")} == lacking
    assert not [name for name in found if name.startswith("size")]


def test_c5_a_telephone_number_however_short_that_is_the_users_own_is_found() -> None:
    mine = replace(THANKS, profile=replace(SAM, phone="ext. 12"))

    assert "signature.phone" not in ids(f"Dear Rita,\n\n{GOOD}\n\nBest regards,\nSam Doe\next. 12\nsam@example.com\n", mine)


def test_c5_the_key_of_the_configuration_is_named_where_no_telephone_is_known() -> None:
    found = only(
        "Dear Rita,\n\nGood.\n\nBest regards,\nSam Doe\nsam@example.com\n",
        "signature.phone",
        replace(THANKS, profile=Profile("Sam Doe", "sam@example.com")),
    )
    assert found.severity is Severity.BLOCK
    assert "user.phone" in found.remedy


@pytest.mark.parametrize(
    ("without", "part"),
    [
        ("Thank you for talking with me about the Data Analyst position at Acme Inc. ", "part.thanks"),
        ("the Data Analyst position", "part.position"),
        (", and I would help with the depots first, for I kept a warehouse of forty tables in order", "part.fit"),
        ("I would very much like to join you and look forward to hearing from you.", "part.interest"),
        ("look forward to hearing from you", "part.forward"),
    ],
)
def test_c4_each_part_that_is_missing_has_an_id_of_its_own(without: str, part: str) -> None:
    text = GOOD.replace(without, "it" if without.startswith("the ") else "")
    found = [finding for finding in check(plain_note(text), THANKS) if finding.id == part]
    assert [finding.severity for finding in found] == [Severity.WARN]
    assert part not in ids(plain_note(GOOD))


def test_c6_looking_forward_to_hearing_from_them_is_the_last_word() -> None:
    text = GOOD.replace("and look forward to hearing from you", "and can continue on any day")
    assert only(plain_note(text), "part.lookahead").severity is Severity.INFO


def test_c10_a_note_says_why_they_and_nobody_else() -> None:
    bare = (
        "Thank you for the talk about the Data Analyst position. I liked the depots in Galicia and could help, so I look forward."
    )
    assert only(plain_note(bare), "part.company").severity is Severity.WARN
    noted = replace(THANKS, points=(Point("1.stood_out.1", Heading.STOOD_OUT, "open forecasts", topic=Topic.COMPANY),))
    assert "open forecasts" in only(plain_note(bare), "part.company", noted).remedy


def test_c12_a_note_of_nothing_but_thanks_blocks() -> None:
    text = "Thank you so much for the interview for the Data Analyst position. I look forward to hearing from you."
    assert only(plain_note(text), "part.only_thanks").severity is Severity.BLOCK
    assert "part.only_thanks" not in ids(plain_note(GOOD))


def test_c15_interest_and_a_reason_are_asked_for_in_a_note_of_thanks() -> None:
    text = "Thank you for the talk about the Data Analyst position at Acme Inc. The depots in Galicia were news."
    assert {"part.interest", "part.fit"} <= set(ids(plain_note(text)))


@pytest.mark.parametrize("kind", [DraftKind.THANK_YOU, DraftKind.STATUS])
def test_c16_interest_fit_and_a_way_on_stand_in_every_message(kind: DraftKind) -> None:
    context = replace(THANKS, kind=kind)
    told = ids(plain_note("Here is the address of the depot in Galicia."), context)
    assert {"part.interest", "part.fit", "part.forward"} <= set(told)


@pytest.mark.parametrize("kind", [DraftKind.GRACIOUS, DraftKind.KEEP_WARM, DraftKind.NO_SHOW])
def test_c16_a_way_on_stands_in_those_that_are_no_application_too(kind: DraftKind) -> None:
    context = replace(THANKS, kind=kind)
    assert {"part.interest", "part.forward"} <= set(ids(plain_note("Here is the address of the depot in Galicia."), context))


@pytest.mark.parametrize("person", PANEL)
def test_c20_culture_is_asked_for_where_it_counts_and_nowhere_else(person: Person) -> None:
    text = plain_note(GOOD.replace("I share the values behind that, and I", "I")).replace("Dear Rita", "Hello")
    wanted = person.role in {RoleClass.HIRING_MANAGER, RoleClass.BOSS}
    assert ("part.culture" in ids(text, replace(THANKS, recipient=person))) is wanted


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("I had noted 15 May as your date.", []),
        ("I had noted May 15th as your date.", []),
        ("I had noted Friday, the 15th of May, as your date.", []),
        ("You spoke of the 15th.", []),
        ("You spoke of that Friday.", []),
        ("You spoke of 2026-05-15.", []),
        ("You spoke of 15/05.", []),
        ("You spoke of 5/15.", []),
        ("You spoke of 15.5. or so.", []),
        ("You spoke of the fifteenth of May.", []),
        ("You spoke of Friday; I am free again on 20 May.", []),
        ("You spoke of the end of last week.", []),
        ("You spoke of 15 people and 5/16 of them.", ["promise.missing"]),
        ("You spoke of Friday, 22 May.", ["promise.wrong"]),
        ("I had noted 16 May as your date.", ["promise.wrong"]),
        ("You spoke of the middle of the month.", ["promise.missing"]),
        ("", ["promise.missing"]),
    ],
)
def test_f11_their_date_is_recalled_and_is_the_right_one(said: str, found: list[str]) -> None:
    promise = Promise(PromiseClass.HARD_DATE, date(2026, 5, 5), date(2026, 5, 15), "We will tell you by Friday, 15 May.")
    told = check(
        plain_note(FOLLOW_UP.replace("I would be glad", f"{said} I would be glad")),
        replace(STATUS, promise=promise, day=date(2026, 5, 19)),
    )
    assert [finding.id for finding in told if finding.id.startswith("promise")] == found
    assert all(finding.severity is Severity.BLOCK for finding in told if finding.id.startswith("promise"))


def test_f11_a_vague_promise_has_no_date_to_recall() -> None:
    vague = Promise(PromiseClass.VAGUE, date(2026, 5, 5))
    assert ids(plain_note(FOLLOW_UP), replace(STATUS, promise=vague)) == []
    assert (
        ids(plain_note(GOOD), replace(THANKS, promise=Promise(PromiseClass.HARD_DATE, date(2026, 5, 5), date(2026, 5, 15)))) == []
    )


def test_f12_a_follow_up_asks_where_things_stand() -> None:
    text = FOLLOW_UP.replace("I would be glad to know where the selection stands.", "It was a good hour.")
    assert only(plain_note(text), "part.ask", STATUS).severity is Severity.WARN


def test_f13_a_follow_up_offers_answers_and_references() -> None:
    text = FOLLOW_UP.replace("I am happy to answer questions and can name references.", "I am in town.")
    assert only(plain_note(text), "part.offer", STATUS).severity is Severity.INFO


@pytest.mark.parametrize(
    ("attempt", "asks", "wanted"), [(1, None, False), (2, None, False), (3, None, True), (2, True, True), (3, False, False)]
)
def test_f14_the_question_stands_in_the_third_and_in_no_earlier_one(attempt: int, asks: bool | None, wanted: bool) -> None:
    context = replace(STATUS, attempt=attempt, asks=asks)
    with_question = FOLLOW_UP.replace("I look forward to your reply.", "May I write once more next week?")
    assert ("part.question" in ids(plain_note(FOLLOW_UP), context)) is wanted
    assert "part.question" not in ids(plain_note(with_question), context)
    assert ("part.question_early" in ids(plain_note(with_question), context)) is not wanted


def test_x10_one_sentence_of_fit_is_enough() -> None:
    text = (
        "Thank you for the talk about the Data Analyst position at Acme Inc. I led a team of nine. I built forty tables. "
        "I managed a budget. My experience is long, and I look forward to your reply."
    )
    found = only(plain_note(text), "ratio")
    assert (found.severity, found.rules) == (Severity.WARN, ("X10",))
    assert "ratio" not in ids(plain_note(GOOD))


def test_o1_a_gracious_note_leaves_a_door_open() -> None:
    context = replace(THANKS, kind=DraftKind.GRACIOUS)
    assert "part.later" in ids(plain_note("Thank you for considering me. I enjoyed it and wish you well."), context)
    assert "part.later" not in ids(
        plain_note("Thank you for considering me. I admire Acme, and please keep me in mind."), context
    )


def test_c25_a_claim_that_nothing_supports_is_told_and_a_noted_one_is_not() -> None:
    context = replace(
        THANKS,
        trace=(Traced("Thank you for talking with me about the Data Analyst position at Acme Inc.", "thank_you.toml"),),
        points=NOTES.points,
        profile=replace(SAM, strengths=("twelve years of reporting",)),
    )
    text = (
        "Thank you for talking with me about the Data Analyst position at Acme Inc. I have thought about the move of the sales "
        "reports from spreadsheets to one warehouse. I bring twelve years of reporting. I won 3 prizes in nine years of chess."
    )
    found = [finding for finding in check(plain_note(text), context) if finding.id == "source.unknown"]
    assert [(finding.severity, finding.words) for finding in found] == [(Severity.INFO, "I won 3 prizes in nine years of chess.")]
    assert "stands in no note" in found[0].text


def test_c25_two_sentences_of_ours_that_read_as_one_are_ours() -> None:
    """`Inc.` does not end a sentence for a reader who cannot know the company."""
    first, second = "I would love to put my experience to work for Acme Inc.", "Tell me if you need references of mine."
    context = replace(
        THANKS, trace=(Traced(first, "status.toml"), Traced(second, "status.toml")), profile=replace(SAM, strengths=("SQL",))
    )
    for text in (f"{first} {second}", f"{second} {first}"):
        assert not [finding for finding in check(plain_note(text), context) if finding.id == "source.unknown"]


def test_n2_an_open_place_blocks_and_says_which() -> None:
    text = plain_note(GOOD + " I recall [one thing\nthat stayed with you].")
    found = only(text, "place.open")
    assert (found.severity, found.words) == (Severity.BLOCK, "[one thing that stayed with you]")


@pytest.mark.parametrize("place", ["text", "subject"])
def test_c23_what_is_left_of_a_template_blocks(place: str) -> None:
    for mark in ("{{ name }}", "{% if x %}", "{TODO}", "TODO", "<COMPANY>", "[ ]", "{company}"):
        text, subject = (plain_note(f"{GOOD} {mark}"), "Hello") if place == "text" else (plain_note(GOOD), f"Thank You - {mark}")
        found = [finding for finding in check(text, replace(THANKS, subject=subject)) if finding.id.startswith("place")]
        assert found, mark
        assert all(finding.severity is Severity.BLOCK for finding in found)


def test_a_missing_subject_blocks() -> None:
    assert only(plain_note(GOOD), "subject.empty", replace(THANKS, subject="  ")).place == "subject"


def test_a_check_that_is_not_wanted_is_silent_alone_or_with_its_family() -> None:
    text = "Dear Rita,\n\nGood.\n\nBye\n"
    off = replace(THANKS, settings=replace(THANKS.settings, off=frozenset({"signature", "part.fit"})))
    told = ids(text, off)
    assert not [name for name in told if name.startswith("signature")]
    assert "part.fit" not in told
    assert "part.interest" in told


def test_drafts_to_oneself_are_not_held_to_what_others_read() -> None:
    context = replace(THANKS, kind=DraftKind.NOTES, others=(Other("x", plain_note(GOOD), "sam@example.com", DraftKind.NOTES),))
    assert not [name for name in ids(plain_note(GOOD), context) if name.partition(".")[0] in {"part", "alike", "signature"}]
