"""The words of a handwritten card: the elements of the mail, in other words."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations

import pytest

from rules.drafts.card import card_words
from rules.drafts.compose import compose
from rules.drafts.similarity import THRESHOLD, likeness, shared_sentences
from rules.drafts.types import DraftKind
from rules.extract.types import Format, Person, RoleClass
from rules.lint.phrases import banned_phrases
from rules.lint.placeholders import placeholders
from rules.lint.sentences import body_of, count_sentences
from rules.notes.types import Heading, Notes, Point, Topic
from rules.process import Event, Noted
from rules.profile import Profile
from tests.rules.timing import POLICY, PROFILE, at_now, confirmed, meeting, ny

PEOPLE = tuple(
    Person(f"{first} {last}", f"{first.lower()}@corp.example", role=role)
    for first, last, role in [
        ("Ann", "Weber", RoleClass.HIRING_MANAGER),
        ("Bob", "Osei", RoleClass.PEER),
        ("Mia", "Roth", RoleClass.BOSS),
        ("Zoe", "Lane", RoleClass.RECRUITER),
        ("Kim", "Lee", RoleClass.UNKNOWN),
        ("Tom", "Hart", RoleClass.OTHER),
    ]
)
POINTS = (
    Point("1.well.1", Heading.WELL, "how the team moved the reports to a new warehouse"),
    Point("1.stood_out.1", Heading.STOOD_OUT, "the quiet office", topic=Topic.COMPANY),
)
BOOKED = confirmed("m1", ny(2, 25), meeting(ny(3, 2, 10), people=PEOPLE, format=Format.IN_PERSON))
SKILLED = replace(PROFILE, strengths=("six years of building sales reports", "a degree in statistics"))


@pytest.mark.parametrize("points", [(), POINTS])
@pytest.mark.parametrize("profile", [PROFILE, SKILLED, replace(SKILLED, name="Ada Voss", email="ada@home.example")])
def test_h3_a_card_is_unlike_the_mail_to_the_same_person_and_shares_no_sentence_with_it(
    points: tuple[Point, ...], profile: Profile
) -> None:
    events: list[Event] = [BOOKED, Noted("n1", ny(3, 2, 12), Notes(1, ny(3, 2, 12), points))]
    process, decision = at_now(ny(3, 2, 12), events, policy=POLICY, profile=profile)
    notes = [place for place in decision.place if place.kind is DraftKind.THANK_YOU]
    assert len(notes) == len(PEOPLE)
    for place in notes:
        mail = compose(place, process, profile, now=ny(3, 2, 12), message_id="x@home.example").text
        card = card_words(process, 1, place.recipient, profile, beside=mail)
        assert likeness(card, mail) < THRESHOLD, (card, mail)
        assert shared_sentences(card, mail) == ()


def test_h4_a_card_thanks_names_the_position_and_a_point_of_the_talk_says_why_they_fit_and_closes_politely() -> None:
    process = at_now(ny(3, 2, 12), [BOOKED, Noted("n1", ny(3, 2, 12), Notes(1, ny(3, 2, 12), POINTS))])[0]
    card = card_words(process, 1, PEOPLE[0], SKILLED)

    assert card.startswith("Dear Ann,\n\n")
    assert "thank" in card.lower()
    assert "the Analyst position at Corp" in card
    assert "warehouse" in card or "quiet office" in card
    assert any(strength in card for strength in SKILLED.strengths)
    assert card.rstrip().endswith("Robin Ferrer")
    assert count_sentences(body_of(card)) == 4


def test_what_is_not_known_has_a_place_to_fill_in_and_nothing_is_made_up() -> None:
    process = at_now(ny(3, 2, 12), [BOOKED])[0]
    card = card_words(replace(process, company="", role=""), 1, Person(""), PROFILE)

    assert len(placeholders(card)) == 1
    assert card.startswith("Hello,")
    assert "the position" in card


def test_the_words_of_a_card_are_ours_free_of_stock_phrases_and_the_same_every_time() -> None:
    process = at_now(ny(3, 2, 12), [BOOKED, Noted("n1", ny(3, 2, 12), Notes(1, ny(3, 2, 12), POINTS))])[0]
    seen: set[str] = set()
    for number in range(60):
        profile = replace(SKILLED, email=f"user{number}@home.example")
        card = card_words(process, 1, PEOPLE[number % len(PEOPLE)], profile)
        assert card == card_words(process, 1, PEOPLE[number % len(PEOPLE)], profile)
        assert list(banned_phrases(card)) == []
        assert not re.search(r"\{|\}|  |\.\.", card), card
        seen.add(re.split(r"(?<=[.:]) ", body_of(card))[0])
    assert len(seen) > 3


def test_the_point_about_the_person_themselves_is_taken_first() -> None:
    points = (*POINTS, Point("1.well.2", Heading.WELL, "her plan for the data course", about="mia@corp.example"))
    process = at_now(ny(3, 2, 12), [BOOKED, Noted("n1", ny(3, 2, 12), Notes(1, ny(3, 2, 12), points))])[0]

    assert "plan for the data course" in card_words(process, 1, PEOPLE[2], PROFILE)
    assert "plan for the data course" not in card_words(process, 1, PEOPLE[1], PROFILE)


@pytest.mark.parametrize("points", [(), POINTS])
@pytest.mark.parametrize("number", range(8))
def test_t2_colleagues_who_compare_their_cards_find_no_sentence_twice(points: tuple[Point, ...], number: int) -> None:
    profile = replace(SKILLED, email=f"user{number}@home.example")
    process = at_now(ny(3, 2, 12), [BOOKED, Noted("n1", ny(3, 2, 12), Notes(1, ny(3, 2, 12), points))])[0]
    cards: list[str] = []
    for person in PEOPLE:
        cards.append(card_words(process, 1, person, profile, others=cards))
    for one, other in combinations(cards, 2):
        assert shared_sentences(one, other) == (), (one, other)
        assert likeness(one, other) < THRESHOLD, (one, other)
