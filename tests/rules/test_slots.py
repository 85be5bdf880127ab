"""Slots over ten thousand dates and zones (F3, D24), and in the weeks in which the clocks change."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from rules.country import country_of_zone, recipient_country
from rules.policy import load_playbook
from rules.process import Event
from rules.worktime import Hours, business_slot, holiday_name, is_weekend, plus
from tests.rules.timing import PLAYBOOKS, PROFILE, at_now, confirmed, meeting

COUNT = 10_000
SLOT = load_playbook("default").slot
ODD = (
    "Asia/Kathmandu",  # 45 minutes off
    "Australia/Lord_Howe",  # half an hour of summer time
    "Pacific/Chatham",
    "Asia/Kolkata",
    "America/St_Johns",
    "Pacific/Kiritimati",
    "Pacific/Apia",
    "Africa/Casablanca",  # summer time the other way round
    "Asia/Jerusalem",
    "Africa/Cairo",
    "Asia/Riyadh",
    "America/Sao_Paulo",
    "Europe/Dublin",
)


def _random_cases() -> list[tuple[date, ZoneInfo, str, set[int]]]:
    rng = random.Random(20260302)
    zones = [*sorted(available_timezones() - {"localtime", "Factory"}), *ODD * 20]
    cases = []
    for _ in range(COUNT):
        name = rng.choice(zones)
        country = recipient_country("", rng.choice(["corp.com", "corp.de", "corp.co.jp", "corp.il"]), name, "US-NY", "UTC")
        day = date(2024, 1, 1) + timedelta(days=rng.randrange(3 * 365))
        cases.append((day, ZoneInfo(name), country, set(rng.choice([(1, 2), (1, 2), (0, 1, 2, 3, 4), (4,), (0, 3)]))))
    return cases


def test_f3_ten_thousand_random_slots_are_mornings_of_allowed_business_days_in_the_zone_of_the_recipient() -> None:
    for day, zone, country, weekdays in _random_cases():
        slot = business_slot(day, SLOT.hours, zone, country, weekdays)
        opens, closes = slot.opens, slot.closes
        at_work = {weekday for weekday in weekdays if not is_weekend(date(2026, 3, 2) + timedelta(days=weekday), country)}
        case = (day, zone, country, weekdays, opens)
        assert opens.weekday() in (at_work or range(5)), case
        assert opens.date() == closes.date() >= day, case
        assert (opens.time(), closes.time()) == (time(8), time(11)), case
        assert not holiday_name(opens.date(), country), case
        assert not is_weekend(opens.date(), country), case
        assert opens.tzinfo is zone, case
        assert timedelta(hours=2) <= closes.astimezone(UTC) - opens.astimezone(UTC) <= timedelta(hours=4), case
        assert opens.date() - day < timedelta(days=36), case


def test_f3_a_missed_slot_is_followed_by_the_next_allowed_morning_at_any_instant() -> None:
    """F19: what is asked for is never over when it is given, and no open slot is passed by."""
    rng = random.Random(7)
    for day, zone, country, weekdays in _random_cases()[: COUNT // 5]:
        now = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=rng.randrange(3 * 24 * 60))
        slot = business_slot(day - timedelta(days=40), SLOT.hours, zone, country, weekdays, open_after=now)
        assert slot.closes.astimezone(UTC) > now
        earlier = business_slot(slot.opens.date() - timedelta(days=9), SLOT.hours, zone, country, weekdays)
        assert earlier.opens >= slot.opens or earlier.closes.astimezone(UTC) <= now


@pytest.mark.parametrize("name", ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Beirut"])
def test_f3_in_the_weeks_in_which_the_clocks_change_a_slot_stays_at_its_wall_time(name: str) -> None:
    zone = ZoneInfo(name)
    for year in (2025, 2026, 2027):
        noons = [datetime(year, 1, 1, 12, tzinfo=zone) + timedelta(days=ahead) for ahead in range(365)]
        changes = [b for a, b in pairwise(noons) if a.utcoffset() != b.utcoffset()]
        assert len(changes) == 2
        for change in changes:
            for ahead in range(-7, 8):
                day = change.date() + timedelta(days=ahead)
                slot = business_slot(day, Hours(time(0), time(3)), zone, country_of_zone(name))
                assert slot.opens.astimezone(UTC) < slot.closes.astimezone(UTC)
                morning = business_slot(day, SLOT.hours, zone, country_of_zone(name))
                assert (morning.opens.hour, morning.closes.hour) == (8, 11)


@pytest.mark.parametrize("name", sorted(PLAYBOOKS))
@pytest.mark.parametrize("day", [date(2026, 2, 23), date(2026, 3, 9), date(2026, 10, 19), date(2026, 10, 26)])
def test_d7_a_draft_appears_real_hours_before_its_slot_whenever_the_clocks_change(name: str, day: date) -> None:
    """In the zone of the recipient, who sits in Berlin while the user sits in New York: the two change on different days."""
    policy = PLAYBOOKS[name]
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(day.year, day.month, day.day, 15, tzinfo=berlin)
    events: list[Event] = [confirmed("m1", start - timedelta(days=2), meeting(start))]
    decision = at_now(start + timedelta(hours=2), events, policy=policy, profile=PROFILE)[1]
    (place,) = (item for item in decision.upcoming if item.kind == "status")
    assert str(place.slot.opens.tzinfo) == "Europe/Berlin"
    assert (place.slot.opens.hour, place.slot.closes.hour) == (8, 11)
    assert plus(place.appears_at, timedelta(hours=policy.slot.lead_hours)) == place.slot.opens
