"""What they said about when (B4, D11, D12): classes, days, and what is no promise of theirs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rules.extract import PromiseClass
from rules.extract.promise import find_promise

_MONDAY = date(2026, 11, 23)
_H, _F, _V, _A, _C = (
    PromiseClass.HARD_DATE,
    PromiseClass.FEW_DAYS,
    PromiseClass.VAGUE,
    PromiseClass.AWAY_UNTIL,
    PromiseClass.CONTACT_DATE,
)


@pytest.mark.parametrize(
    ("sentence", "kind", "day"),
    [
        ("We will let you know by Friday.", _H, date(2026, 11, 27)),
        ("You should hear from us by Friday, December 4.", _H, date(2026, 12, 4)),
        ("I'll get back to you on 4 December.", _H, date(2026, 12, 4)),
        ("I will follow up tomorrow.", _H, date(2026, 11, 24)),
        ("We expect to make a decision by the end of the week.", _H, date(2026, 11, 27)),
        ("We are still deciding and will be in touch by the end of next week.", _H, date(2026, 12, 4)),
        ("You will hear from us by the end of the month.", _H, date(2026, 11, 30)),
        ("Expect an update from us no later than January 8.", _H, date(2027, 1, 8)),
        ("We hope to have feedback for you by Wednesday.", _H, date(2026, 11, 25)),
        ("The committee meets on Thursday, so we will have a decision for you on Friday.", _H, date(2026, 11, 27)),
        ("Sorry for the delay, decision by Friday 4 December.", _H, date(2026, 12, 4)),
        ("I hope to have an answer by 12/22.", _H, date(2026, 12, 22)),
        ("Thank you for coming in on Thursday, we will let you know by Friday.", _H, date(2026, 11, 27)),
        ("We will make up our minds after the holidays.", _V, None),
        ("We'll get back to you within a few days.", _F, None),
        ("You can expect to hear from us in the next couple of days.", _F, None),
        ("I will let you know later this week.", _F, None),
        ("We will be in touch within 3-5 business days.", _F, None),
        ("We'll update you in the next 48 hours.", _F, None),
        ("You should hear from us next week.", _V, None),
        ("We will be in touch soon.", _V, None),
        ("Our team will get back to you within two weeks.", _V, None),
        ("I'll get back to you in a couple of weeks.", _V, None),
        ("We will make a decision after the holidays.", _V, None),
        ("We should know more in early January.", _V, None),
        ("Our VP is out until Friday, so there is no decision before then.", _A, date(2026, 11, 27)),
        ("Ada is on vacation until December 7, we will talk after that.", _A, date(2026, 12, 7)),
        ("The hiring manager is back on Thursday.", _A, date(2026, 11, 26)),
        ("If you have not heard from us by the 15th, please write to me.", _C, date(2026, 12, 15)),
        ("Feel free to reach out to me on December 15.", _C, date(2026, 12, 15)),
        ("If you don't hear from me by next Friday, give me a call.", _C, date(2026, 12, 4)),
        ("Follow up with me on Tuesday.", _C, date(2026, 11, 24)),
    ],
)
def test_a_promise_is_of_its_class_and_names_its_day(sentence: str, kind: PromiseClass, day: date | None) -> None:
    found = find_promise(f"Hi Sam,\n\nthank you for coming in. {sentence}\n\nRita", _MONDAY)
    assert found is not None
    assert (found.kind, found.date, found.made_on) == (kind, day, _MONDAY)
    assert found.sentence == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "Please send us your availability by Friday.",
        "Let us know by Friday whether the time suits you.",
        "Could you complete the assessment by Wednesday?",
        "You have until Friday to accept.",
        "I look forward to hearing from you by Friday.",
        "We look forward to meeting you on Tuesday.",
        "Your interview is on Tuesday at 10:00.",
        "As you said, you need an answer by Friday.",
        "Thank you for coming in on Monday.",
        "The position starts on January 4.",
        "Thanks, and have a good week.",
        "The application closes on Friday.",
    ],
)
def test_what_they_ask_or_recall_is_no_promise(sentence: str) -> None:
    assert find_promise(f"Hi Sam,\n\n{sentence}\n\nRita", _MONDAY) is None


def test_the_day_of_the_interview_is_no_promise() -> None:
    text = "We will give you feedback on Tuesday."
    assert find_promise(text, _MONDAY, [date(2026, 11, 24)]) is None
    assert find_promise(text, _MONDAY) is not None


def test_the_more_exact_promise_counts() -> None:
    found = find_promise("We will be in touch soon. You will hear from us by Friday.", _MONDAY)
    assert found is not None
    assert found.kind is _H


@pytest.mark.parametrize(
    ("text", "language", "made_on", "begins"),
    [
        ("We will get back to you after the holidays.", "en", date(2026, 12, 15), date(2027, 1, 2)),
        ("Wir melden uns nach den Feiertagen.", "de", date(2026, 12, 15), date(2027, 1, 2)),
        ("Nous reviendrons vers vous apr\u00e8s les f\u00eates.", "fr", date(2026, 12, 15), date(2027, 1, 2)),
        ("We will get back to you after the holidays.", "en", date(2026, 7, 15), None),
        ("Wir melden uns nach Ostern.", "de", date(2026, 3, 20), date(2026, 4, 7)),
        ("We'll be in touch after Thanksgiving.", "en", date(2026, 11, 10), date(2026, 11, 27)),
        ("Nous reviendrons vers vous \u00e0 la rentr\u00e9e.", "fr", date(2026, 7, 20), date(2026, 9, 1)),
        ("We'll be in touch in January.", "en", date(2026, 12, 15), date(2027, 1, 1)),
        ("We may get back to you soon.", "en", date(2026, 3, 1), None),
        ("You will hear from us in three to four weeks.", "en", date(2026, 3, 1), date(2026, 3, 29)),
        ("You will hear from us next month.", "en", date(2026, 3, 2), date(2026, 4, 1)),
        ("Wir entscheiden Mitte April.", "de", date(2026, 3, 2), date(2026, 4, 11)),
        ("Te llamaremos en abril.", "es", date(2026, 3, 2), date(2026, 4, 1)),
        ("We'll get back to you early next week.", "en", date(2026, 3, 2), date(2026, 3, 9)),
        ("We will let you know by Friday.", "en", date(2026, 3, 2), None),
    ],
)
def test_b4_a_promise_without_a_day_tells_when_what_it_names_begins(
    text: str, language: str, made_on: date, begins: date | None
) -> None:
    found = find_promise(text, made_on, languages=("en",) if language == "en" else (language, "en"))
    assert found is not None
    assert found.begins == begins


@pytest.mark.parametrize(
    "sunday", ["2008-03-23", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2038-04-25"]
)
def test_easter_is_that_of_the_calendar(sunday: str) -> None:
    day = date.fromisoformat(sunday)
    found = find_promise("We will decide after Easter.", date(day.year, 3, 10))
    assert found is not None
    assert found.begins == day + timedelta(days=2)
