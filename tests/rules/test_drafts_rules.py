"""Rules of following up that drafts keep, one test each, where no larger test is named after the rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rules.drafts.compose import compose
from rules.drafts.types import Draft
from rules.extract.types import PromiseClass, RoleClass
from rules.lint.placeholders import placeholders
from rules.lint.sentences import body_of, count_sentences
from rules.notes.types import Answers, Heading, Topic
from rules.process import Process, Round
from tests.rules.drafts_cases import HELD, NOW, PANEL, RITA, SAM, interview, place, process, promised, status_place
from tests.rules.test_drafts_facts import FULL, STRONG, everyone, made, noted, notes, of_notes, point

W, S = Heading.WELL, Heading.STOOD_OUT


def parts_of(one: Draft) -> list[str]:
    return [traced.template.split()[1].split(".")[0] for traced in one.trace]


def in_round(number: int, answers: Answers = Answers()) -> Process:  # noqa: B008 - it is frozen
    rounds = tuple(Round(n, interview(HELD + timedelta(days=n)), PANEL) for n in range(1, number + 1))
    given = notes(point(W, 1, "the rota", number=number), number=number, answers=answers)
    return noted(given, rounds=rounds)


def note_of_round(number: int, answers: Answers = Answers()) -> Draft:  # noqa: B008 - the same
    where = place(RITA, f"thank_you-{number}", attempt=number, opens=HELD + timedelta(days=9))
    return compose(where, in_round(number, answers), SAM, now=NOW, message_id="a@example.com")


def test_t2_a_panel_of_six_gets_six_notes_that_differ() -> None:
    texts = {body_of(one.text) for one in everyone(noted(FULL), STRONG)}
    assert len(texts) == len(PANEL)


def test_c10_the_hiring_manager_reads_something_noticed_about_the_company() -> None:
    one = made(RITA, noted(notes(point(W, 1, "the rota"), point(S, 1, "everyone writes tests"))))
    (sentence,) = [traced.sentence for traced in one.trace if "note:1.stood_out.1" in traced.facts]
    assert "everyone writes tests" in sentence
    assert "Acme" in sentence


def test_x10_one_sentence_on_why_they_fit_follows_why_one_wants_to_be_there() -> None:
    one = made(RITA, noted(FULL), STRONG)
    parts = parts_of(one)
    assert parts.index("culture") < parts.index("strength")
    assert parts.count("strength") + parts.count("fit") == 1


def test_x11_a_personal_detail_never_takes_more_than_one_sentence() -> None:
    many = notes(
        *(point(W, n, f"the trip to {city}", RITA.address, Topic.PERSONAL) for n, city in enumerate(("Rome", "Oslo", "Graz"), 1))
    )
    one = made(RITA, noted(many))
    assert parts_of(one).count("personal") <= 1
    assert sum(city in one.text for city in ("Rome", "Oslo", "Graz")) <= 1


def test_x12_a_sample_of_work_is_for_later_rounds_or_where_it_is_welcome() -> None:
    assert "product" not in parts_of(note_of_round(1))
    assert "product" in parts_of(note_of_round(1, Answers(encouraged=True)))
    assert "product" in parts_of(note_of_round(2))


def test_l1_in_the_second_round_a_sample_of_work_is_offered_to_the_hiring_manager() -> None:
    assert "product" in parts_of(note_of_round(2))
    assert "product" not in parts_of(note_of_round(1))


def test_l2_who_has_no_sample_at_hand_may_offer_thoughts_instead() -> None:
    said = set()
    for number in range(30):
        where = place(RITA, "thank_you-2", attempt=2, opens=HELD + timedelta(days=9))
        profile = replace(SAM, email=f"user{number}@example.com")
        one = compose(where, in_round(2), profile, now=NOW, message_id="a@example.com")
        said |= {traced.sentence for traced in one.trace if "product" in traced.template}
    assert any("my thoughts on something you are planning" in sentence for sentence in said)


def test_f11_the_date_they_gave_is_recalled_and_not_held_against_them() -> None:
    for kind in (PromiseClass.HARD_DATE, PromiseClass.CONTACT_DATE, PromiseClass.AWAY_UNTIL):
        for attempt in (1, 2, 3):
            one = compose(
                status_place(attempt),
                process(promise=promised(kind, date(2026, 5, 15))),
                SAM,
                now=NOW,
                message_id="a@example.com",
            )
            (sentence,) = [traced.sentence for traced in one.trace if traced.template.startswith("status.toml promise.")]
            assert "15 May" in sentence
            assert not any(word in sentence.casefold() for word in ("promised", "deadline", "still", "passed", "should have"))


def test_f13_what_excites_why_it_suits_references_and_the_will_to_go_on_are_all_there() -> None:
    for attempt in (1, 2):
        text = compose(status_place(attempt), noted(FULL), STRONG, now=NOW, message_id="a@example.com").text.casefold()
        assert "reference" in text
        assert "everyone writes tests" in text or "no meetings on fridays" in text
        assert "reports" in text or "course" in text


def test_o2_a_gracious_note_asks_to_stay_in_touch_and_bears_no_grudge() -> None:
    for number in range(40):
        where = place(RITA, "gracious", opens=HELD + timedelta(days=20))
        one = compose(where, process(), replace(SAM, email=f"u{number}@example.com"), now=NOW, message_id="a@example.com")
        future = one.trace[-1].sentence.casefold()
        assert any(word in future for word in ("touch", "contact", "mind", "remember", "hear from", "think of me", "call"))
        assert "unfortunately" not in one.text.casefold()


def test_o5_on_hold_the_word_in_between_shares_something() -> None:
    page = point(S, 1, "Streaming Days https://example.org/days", topic=Topic.LINK, number=0)
    there = replace(process(), news=((page, NOW),))
    one = compose(place(RITA, "keep_warm-1", opens=HELD + timedelta(days=90)), there, SAM, now=NOW, message_id="a@example.com")
    assert "https://example.org/days" in one.text
    assert one.links == ("https://example.org/days",)


def test_c1_no_note_has_more_than_six_sentences() -> None:
    for there in (process(), noted(FULL)):
        assert all(count_sentences(body_of(one.text)) <= 6 for one in everyone(there, STRONG))


def test_c19_the_hiring_managers_note_is_the_longest_for_any_user() -> None:
    for number in range(60):
        profile = replace(STRONG, email=f"user{number}@example.com")
        for there in (process(), noted(FULL)):
            words = [len(body_of(one.text).split()) for one in everyone(there, profile)]
            assert words[0] > max(words[1:])


@pytest.mark.parametrize("role", [role for role in RoleClass if role is not RoleClass.HIRING_MANAGER])
def test_c20_without_a_fact_only_the_hiring_manager_is_asked_for_one_about_the_culture(role: RoleClass) -> None:
    person = replace(PANEL[3], role=role)
    assert "culture" in parts_of(made(RITA, process()))
    assert len(placeholders(made(person, process()).text)) == 1


def test_n2_without_notes_nothing_of_the_conversation_is_claimed() -> None:
    for one in everyone(process(), STRONG):
        assert not [fact for fact in of_notes(one) if fact.startswith("note:")]
        (said,) = [traced for traced in one.trace if " conversation." in traced.template]
        assert placeholders(said.sentence)
