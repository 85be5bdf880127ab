"""What may be supposed of them, read strictly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.classify import Kind
from rules.extract.types import PromiseClass
from rules.process import Incoming
from tests.watcher.reporting import NOW, ZONE, account, waiting
from watcher.report.suppose import SuppositionError, events_of, parse_supposition


def at_ten(days: int) -> datetime:
    return datetime(2026, 3, 16, 10, tzinfo=ZONE) + timedelta(days=days)


@pytest.mark.parametrize(
    ("text", "what", "at", "until"),
    [
        ("reply day 9", "reply", at_ten(9), None),
        ("reply on day 9", "reply", at_ten(9), None),
        ("Reply  in 2 weeks", "reply", at_ten(14), None),
        ("reply in 1 day", "reply", at_ten(1), None),
        ("rejection on 2026-03-20", "rejection", at_ten(4), None),
        ("offer day 0", "offer", NOW + timedelta(minutes=1), None),
        ("reply", "reply", NOW + timedelta(minutes=1), None),
        ("nothing", "nothing", NOW + timedelta(minutes=1), None),
        ("nothing day 3", "nothing", at_ten(3), None),
        ("promise 2026-04-03", "promise", NOW + timedelta(minutes=1), date(2026, 4, 3)),
        ("promise by 2026-04-03 day 2", "promise", at_ten(2), date(2026, 4, 3)),
        ("auto-reply until 2026-04-03", "auto-reply", NOW + timedelta(minutes=1), date(2026, 4, 3)),
        ("auto reply until 2026-04-03 day 5", "auto-reply", at_ten(5), date(2026, 4, 3)),
        ("autoreply for 3 days on 2026-03-17", "auto-reply", at_ten(1), date(2026, 3, 19)),
        ("auto-reply for 1 week day 1", "auto-reply", at_ten(1), date(2026, 3, 23)),
        ("auto-reply day 4", "auto-reply", at_ten(4), None),
        ("reply day 13", "reply", at_ten(13), None),
        ("reply day 60", "reply", at_ten(60), None),
        ("reply on Friday", "reply", at_ten(4), None),
        ("reply on Monday", "reply", at_ten(7), None),
        ("reply on Wednesday", "reply", at_ten(2), None),
        ("reply on 18 March", "reply", at_ten(2), None),
        ("reply on Mar 18, 2026", "reply", at_ten(2), None),
        ("answer after 2 days", "reply", at_ten(2), None),
        ("reply tomorrow", "reply", at_ten(1), None),
        ("rejection 2026-03-20", "rejection", at_ten(4), None),
        ("rejection in a week", "rejection", at_ten(7), None),
        ("out of office until Friday day 1", "auto-reply", at_ten(1), date(2026, 3, 20)),
        ("ooo until 1 April", "auto-reply", NOW + timedelta(minutes=1), date(2026, 4, 1)),
        ("away for a week", "auto-reply", NOW + timedelta(minutes=1), date(2026, 3, 22)),
        ("promise by 2 January", "promise", NOW + timedelta(minutes=1), date(2027, 1, 2)),
        ("silence", "nothing", NOW + timedelta(minutes=1), None),
    ],
)
def test_the_grammar_is_read(text: str, what: str, at: datetime, until: date | None) -> None:
    found = parse_supposition(text, NOW, ZONE)

    assert (found.what, found.at, found.until) == (what, at.astimezone(UTC), until)


def test_ten_in_the_morning_stays_ten_when_the_clocks_change() -> None:
    """Berlin goes to summer time on 29 March."""
    assert parse_supposition("reply day 20", NOW, ZONE).at == datetime(2026, 4, 5, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not understood"),
        ("they reply", "is not understood"),
        ("reply someday", "is not understood"),
        ("reply on 31 June", "31 June is not a day of the calendar"),
        ("promise friday the 13th", "is not understood"),
        ("reply day nine", "is not understood"),
        ("reply day 61", "not within the 60 days"),
        ("reply on 2026-03-15", "not within the 60 days from today on (2026-03-16)"),
        ("reply on 2026-02-30", "2026-02-30 is not a day of the calendar"),
        ("reply until 2026-04-03", "a day behind `reply` is written `on 2026-04-03`"),
        ("offer for 3 days", "a day behind `offer`"),
        ("rejection 2026-04-03 day 4", "is written `on 2026-04-03`"),
        ("promise", "needs the day"),
        ("promise day 3", "needs the day"),
        ("promise 2026-03-20 day 9", "lies before the mail"),
        ("auto-reply 2026-04-03", "say `until`"),
        ("auto-reply until 2026-03-17 day 9", "would be back before"),
        ("reply day 9; offer day 10", "is not understood"),
        ("x" * 5000, "is not understood"),
    ],
)
def test_what_is_not_understood_names_what_is(text: str, reason: str) -> None:
    with pytest.raises(SuppositionError) as caught:
        parse_supposition(text, NOW, ZONE)

    assert reason in str(caught.value)
    assert "auto-reply until 2026-04-10" in str(caught.value)
    assert len(str(caught.value)) < 1400


@given(st.text(max_size=80))
def test_whatever_is_typed_is_either_read_or_refused_in_words(text: str) -> None:
    try:
        found = parse_supposition(text, NOW, ZONE)
    except SuppositionError as error:
        assert str(error)  # noqa: PT017 - a refusal is as good as a reading
    else:
        assert found.at > NOW


def test_the_mails_come_from_whom_the_next_follow_up_goes_to() -> None:
    process = waiting()
    texts = ["reply", "auto-reply until 2026-04-03", "promise 2026-04-03", "rejection", "offer", "nothing"]
    events = events_of([parse_supposition(text, NOW, ZONE) for text in texts], process, account().profile)

    assert [event.kind for event in events if isinstance(event, Incoming)] == [
        Kind.HUMAN_REPLY,
        Kind.AUTO_REPLY,
        Kind.HUMAN_REPLY,
        Kind.REJECTION,
        Kind.OFFER,
    ]
    assert {event.sender.address for event in events if isinstance(event, Incoming)} == {"dana@acme.example"}
    away, promise = events[1], events[2]
    assert isinstance(away, Incoming)
    assert isinstance(promise, Incoming)
    assert away.facts.away is not None
    assert away.facts.away.back_on == date(2026, 4, 7)  # Easter Monday is the 6th
    assert promise.facts.promise is not None
    assert (promise.facts.promise.kind, promise.facts.promise.date) == (PromiseClass.HARD_DATE, date(2026, 4, 3))
