"""A form comes back as the same notes from every mail program."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.drafts.flowed import flow
from rules.extract.types import Person, PromiseClass
from rules.notes.form import filled_form, notes_form, prep_form
from rules.notes.reading import is_empty, read_form, read_text
from rules.notes.types import Heading, Topic
from tests.rules.notes_cases import ANN, AT, FRAME, NOTES, OMAR, PREP, Filling, fill, frame
from tests.rules.notes_clients import CLIENTS, Client
from tests.rules.timing import FAST

FULL = Filling(
    points=(
        (
            Heading.WELL,
            "the talk about their move to weekly releases, which took them a year and a half and cost them two of their teams",
        ),
        (Heading.WELL, 'ann: she asked how I would "sell" a rewrite to finance'),
        (Heading.WELL, "Renee: personal: her marathon in May"),
        (
            Heading.BADLY,
            "my answer on index locks was thin, I should have spoken of the advisory ones that we used in the last project",
        ),
        (Heading.STOOD_OUT, "company: they publish what goes wrong, with dates & names"),
        (Heading.STOOD_OUT, "challenge: new people need two months until they ship anything at all"),
        (Heading.STOOD_OUT, "link: https://corp.example/blog/how-we-moved"),
        (Heading.FORGOT, "I didn't say that I have led the migration of forty tables"),
    ),
    answers=(
        ("next", "a talk with the whole team"),
        ("promise", "by Friday 13 March"),
        ("steps", "a take-home task; a writing sample"),
        ("rounds", "3"),
        ("length", "about four weeks"),
        ("start", "1 May"),
        ("encouraged", "yes, my dashboard"),
        ("remote", "no"),
        ("traditional", "No idea"),
        ("people", "Jonas Weber, CTO; Mia Park"),
    ),
    people=(("Omar Haddad:", "liked the pipeline story"),),
)


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
def test_n1_a_form_comes_back_as_the_same_notes_from_every_mail_program(client: Client) -> None:
    expected = read_text(fill(NOTES, FULL), FRAME, AT)
    found = read_form(client(fill(NOTES, FULL)), FRAME, AT)

    assert found == expected
    assert [(point.about, point.topic) for point in found.points if point.heading is Heading.WELL] == [
        ("", Topic.ANY),
        ("ann@corp.example", Topic.ANY),
        ("renee@corp.example", Topic.PERSONAL),
        ("omar@corp.example", Topic.ANY),
    ]
    assert len(found.points) == 9
    assert found.answers.promise is not None
    assert (found.answers.promise.kind, found.answers.promise.date) == (PromiseClass.HARD_DATE, date(2026, 3, 13))
    assert found.answers.start_by == date(2026, 5, 1)
    assert found.answers.other_steps == ("a take-home task", "a writing sample")
    assert [(person.name, person.title) for person in found.answers.people] == [("Jonas Weber", "CTO"), ("Mia Park", "")]
    assert (found.answers.encouraged, found.answers.remote, found.answers.traditional) == (True, False, None)
    assert found.unclear == ()


@pytest.mark.parametrize("text", [NOTES, PREP], ids=["notes", "prep"])
@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
def test_n2_a_form_that_nobody_filled_in_says_nothing(client: Client, text: str) -> None:
    assert is_empty(read_form(client(text), FRAME, AT))


_LONG = Person("Maximiliane Wetherington-Howe", "m@corp.example", "Senior Vice President of Platform Engineering and Reliability")


def _broken(text: str) -> str:
    """Break lines as a program does that shows a flowed paragraph (RFC 3676) and forgets that it was one."""
    return "\n".join(line.rstrip() for line in flow(text))


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
def test_n1_a_form_whose_lines_were_broken_before_it_was_typed_into_is_read_the_same(client: Client) -> None:
    where = frame(ANN, OMAR, _LONG)
    for text in (notes_form(where), prep_form(where)):
        assert is_empty(read_form(client(_broken(text)), where, AT))
    name = "Maximiliane Wetherington-Howe:\n"
    broken = _broken(notes_form(where))
    assert name in broken

    found = read_form(client(broken.replace(name, f"{name}likes plain language\n")), where, AT)

    assert [(point.about, point.text) for point in found.points] == [("m@corp.example", "likes plain language")]


_WORDS = [
    "the",
    "team",
    "moved",
    "a",
    "warehouse",
    "in",
    "Lisbon",
    "they",
    "ship",
    "weekly",
    "Postgres",
    "on-call",
    "budget",
    "two",
]
_SENTENCE = st.lists(st.sampled_from(_WORDS), min_size=2, max_size=30).map(" ".join)
_POINT = st.tuples(
    st.sampled_from(list(Heading)), st.sampled_from(["", "Ann: ", "omar haddad: ", "culture: ", "Dupont: company: "]), _SENTENCE
)


@FAST
@given(
    st.lists(_POINT, max_size=6),
    st.sampled_from(["- ", "* ", "\u2022 ", "", "1. ", "1) ", "\u2013 "]),
    st.sampled_from(CLIENTS),
    st.booleans(),
)
def test_n1_whatever_is_written_comes_back_the_same(
    points: list[tuple[Heading, str, str]], bullet: str, client: Client, bare: bool
) -> None:
    filling = Filling(points=tuple((heading, f"{who}{said}") for heading, who, said in points))
    text = fill(NOTES, filling, bullet)
    if bare:  # the help is gone: the user has cleared it away
        text = "\n".join(
            line
            for line in text.split("\n")
            if not line.startswith(("Whom did", "An answer that", "Where it is", "Something that"))
        )
    expected = read_text(fill(NOTES, filling), FRAME, AT)

    assert read_form(client(text), FRAME, AT) == expected


@FAST
@given(st.lists(_POINT, max_size=8))
def test_a_form_that_is_filled_in_by_us_is_read_as_what_it_was_filled_with(points: list[tuple[Heading, str, str]]) -> None:
    filling = Filling(
        points=tuple((heading, f"{who}{said}") for heading, who, said in points), answers=FULL.answers, people=FULL.people
    )
    notes = read_text(fill(NOTES, filling), FRAME, AT)
    known = replace(FRAME, known=notes.answers, points=notes.points)

    again = read_text(filled_form(known), known, AT)

    assert sorted(point.id for point in again.points) == sorted(point.id for point in notes.points)
    assert {(p.heading, p.text, p.about, p.topic) for p in again.points} == {
        (p.heading, p.text, p.about, p.topic) for p in notes.points
    }
    assert again.answers == notes.answers
