"""Business days, slots and zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.country import country_of_domain, country_of_zone, recipient_country, region_of_zone
from rules.holiday_library import country_holidays
from rules.worktime import (
    WEEKDAYS,
    Hours,
    add_business_days,
    after_promised_day,
    at,
    business_slot,
    holiday_name,
    is_business_day,
    is_weekend,
    known_zone,
    last_business_day,
    plus,
    recipient_zone,
)
from tests.rules.timing import BERLIN, FAST, NEW_YORK

MORNING = Hours(time(8), time(11))
TUE_WED = (1, 2)


def test_a_wall_time_that_the_clocks_skip_moves_forward_by_the_gap() -> None:
    assert at(date(2026, 3, 8), time(2, 30), NEW_YORK).isoformat() == "2026-03-08T03:30:00-04:00"


def test_a_wall_time_that_happens_twice_can_be_had_both_ways() -> None:
    first, second = (at(date(2026, 11, 1), time(1, 30), NEW_YORK, fold=fold) for fold in (0, 1))
    assert (first.isoformat(), second.isoformat()) == ("2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00")


def test_spans_are_real_hours_over_a_change_of_the_clocks() -> None:
    before = datetime(2026, 3, 7, 20, tzinfo=NEW_YORK)
    assert plus(before, timedelta(hours=24)).isoformat() == "2026-03-08T21:00:00-04:00"


def test_a_slot_at_the_change_of_the_clocks_still_opens_before_it_closes() -> None:
    slot = business_slot(date(2026, 3, 9), Hours(time(2), time(3)), NEW_YORK, "US")
    assert slot.opens < slot.closes


def test_a_day_that_a_zone_skips_is_no_slot_day() -> None:
    """Samoa crossed the date line: Friday 30 December 2011 did not happen."""
    slot = business_slot(date(2011, 12, 30), MORNING, ZoneInfo("Pacific/Apia"), "")
    assert slot.opens.isoformat() == "2012-01-02T08:00:00+14:00"


@FAST
@given(
    st.dates(date(2015, 1, 1), date(2037, 12, 1)),
    st.sampled_from(sorted(available_timezones())),
    st.sets(st.integers(0, 4), min_size=1),
    st.sampled_from(["", "US", "GB", "DE-BY", "JP", "CN", "IL", "ZZ"]),
)
def test_a_slot_is_a_morning_of_an_allowed_business_day_not_before_the_day_asked_for(
    day: date, name: str, weekdays: set[int], country: str
) -> None:
    zone = ZoneInfo(name)
    slot = business_slot(day, MORNING, zone, country, weekdays)
    assert slot.opens.date() == slot.closes.date() >= day
    assert slot.opens.date() <= day + timedelta(days=45)
    assert (slot.opens.time(), slot.closes.time()) == (time(8), time(11))
    possible = {weekday for weekday in weekdays if not is_weekend(date(2026, 3, 2) + timedelta(days=weekday), country)}
    assert slot.opens.weekday() in (possible or WEEKDAYS)
    assert is_business_day(slot.opens.date(), country)
    skipped = [day + timedelta(days=ahead) for ahead in range((slot.opens.date() - day).days)]
    assert all(passed.weekday() not in (possible or WEEKDAYS) or not is_business_day(passed, country) for passed in skipped)


@FAST
@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - Hypothesis adds the zone
def test_the_slot_after_an_instant_closes_later_than_it(now: datetime) -> None:
    slot = business_slot(date(2020, 1, 1), MORNING, BERLIN, "DE", TUE_WED, open_after=now)
    assert slot.closes > now
    assert slot.opens - now < timedelta(days=22)


@pytest.mark.parametrize(
    ("promised", "expected"),
    [
        (date(2026, 3, 2), date(2026, 3, 3)),
        (date(2026, 3, 3), date(2026, 3, 4)),
        (date(2026, 3, 4), date(2026, 3, 5)),
        (date(2026, 3, 5), date(2026, 3, 6)),
        (date(2026, 3, 6), date(2026, 3, 9)),
        (date(2026, 3, 7), date(2026, 3, 9)),
        (date(2026, 3, 8), date(2026, 3, 10)),
        (date(2026, 5, 22), date(2026, 5, 26)),
        (date(2026, 5, 25), date(2026, 5, 26)),
        (date(2026, 12, 24), date(2026, 12, 28)),
    ],
)
def test_the_day_after_a_promised_date(promised: date, expected: date) -> None:
    assert after_promised_day(promised, "US", TUE_WED) == expected


def test_business_days_leave_out_weekends_and_holidays() -> None:
    assert add_business_days(date(2026, 5, 22), 1, "US") == date(2026, 5, 26)
    assert add_business_days(date(2026, 5, 22), 1, "DE") == date(2026, 5, 26)
    assert add_business_days(date(2026, 6, 3), 1, "DE") == date(2026, 6, 4)
    assert add_business_days(date(2026, 6, 3), 1, "DE-BY") == date(2026, 6, 5)
    assert last_business_day(date(2026, 5, 31), "US") == date(2026, 5, 29)
    assert holiday_name(date(2026, 8, 31), "GB")
    assert is_business_day(date(2026, 12, 25), "ZZ")


@pytest.mark.parametrize("name", ["", "Nowhere/Land", "../../etc/passwd", "/etc/passwd", "A" * 5000, "\0", "Europe", "America/"])
def test_a_zone_name_from_a_mail_never_raises(name: str) -> None:
    assert known_zone(name) is None


def test_the_recipients_zone_is_the_named_one_else_the_offset_else_the_users() -> None:
    assert recipient_zone("Europe/Berlin", 60, "America/New_York") == BERLIN
    assert recipient_zone("Nowhere/Land", 330, "America/New_York") == timezone(timedelta(minutes=330))
    assert recipient_zone("", 10_000, "America/New_York") == NEW_YORK
    assert recipient_zone("", None, "Nowhere/Land") == UTC


@pytest.mark.parametrize(
    ("by_hand", "domain", "zone", "expected"),
    [
        ("FR", "corp.de", "America/New_York", "FR"),
        ("", "corp.de", "America/New_York", "DE"),
        ("", "corp.co.uk", "America/New_York", "GB"),
        ("", "corp.io", "Europe/Madrid", "ES"),
        ("", "corp.com", "Europe/Madrid", "ES"),
        ("", "corp.com", "US/Pacific", "US-NY"),
        ("", "corp.com", "UTC", "US-NY"),
        ("", "", "", "US-NY"),
        ("", "corp.com.au", "Australia/Brisbane", "AU-QLD"),
        ("AU", "corp.com", "Australia/Perth", "AU-WA"),
        ("AU-VIC", "corp.com", "Australia/Perth", "AU-VIC"),
        ("", "corp.com", "America/Phoenix", "US-AZ"),
        ("", "corp.com.au", "Europe/Berlin", "AU"),
        ("", "corp.es", "Atlantic/Canary", "ES-CN"),
    ],
)
def test_d20_whose_holidays_count(by_hand: str, domain: str, zone: str, expected: str) -> None:
    assert recipient_country(by_hand, domain, zone, "US-NY", "America/New_York") == expected


def test_without_a_country_of_their_own_the_users_zone_tells_it() -> None:
    assert recipient_country("", "corp.com", "", "", "Europe/Paris") == "FR"
    assert country_of_zone("Etc/GMT-2") == ""
    assert country_of_domain("corp.example") == ""


def test_a_region_of_a_zone_lies_in_the_country_of_the_zone_and_is_known_to_the_calendar() -> None:
    regions = {zone: region for zone in available_timezones() if (region := region_of_zone(zone))}
    assert len(regions) > 40
    for zone, region in regions.items():
        country, _, part = region.partition("-")
        assert country_of_zone(zone) == country
        assert country_holidays(country, part) is not None


@pytest.mark.parametrize(
    ("country", "off", "next_day"),
    [
        ("", "Sat Sun", date(2026, 3, 6)),
        ("DE", "Sat Sun", date(2026, 3, 6)),
        ("IL", "Fri Sat", date(2026, 3, 9)),
        ("SA", "Fri Sat", date(2026, 3, 9)),
        ("BN", "Fri Sun", date(2026, 3, 9)),
        ("IR", "Fri", date(2026, 3, 9)),
        ("AE", "Sat Sun", date(2026, 3, 6)),
    ],
)
def test_d24_a_business_day_is_one_from_monday_to_friday_on_which_people_there_work(
    country: str, off: str, next_day: date
) -> None:
    week = [date(2026, 3, 2) + timedelta(days=ahead) for ahead in range(7)]
    assert " ".join(f"{day:%a}" for day in week if is_weekend(day, country)) == off
    assert [is_business_day(day, country) for day in week][5:] == [False, False]
    assert add_business_days(date(2026, 3, 5), 1, country) == next_day


def test_a_weekday_that_people_there_never_work_on_gives_way_to_any_other() -> None:
    assert business_slot(date(2026, 3, 3), MORNING, BERLIN, "SA", (4,)).opens.date() == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("day", "country", "expected"),
    [
        (date(2025, 12, 24), "GB", date(2025, 12, 29)),
        (date(2026, 4, 2), "DE", date(2026, 4, 7)),
        (date(2026, 4, 30), "JP", date(2026, 5, 1)),
        (date(2026, 5, 1), "JP", date(2026, 5, 7)),
        (date(2026, 12, 23), "DE-BY", date(2026, 12, 24)),
        (date(2026, 11, 25), "US", date(2026, 11, 27)),
        (date(2026, 7, 2), "US", date(2026, 7, 6)),
        (date(2026, 8, 11), "AU-QLD", date(2026, 8, 13)),
        (date(2026, 8, 11), "AU-NSW", date(2026, 8, 12)),
    ],
)
def test_f4_chains_of_days_off_are_jumped_as_one(day: date, country: str, expected: date) -> None:
    """Christmas and Boxing Day, Easter, Golden Week, Thanksgiving, the Fourth on a Saturday, the day of one city's show."""
    assert add_business_days(day, 1, country) == expected


def test_any_weekday_serves_where_none_is_asked_for() -> None:
    assert business_slot(date(2026, 3, 7), MORNING, NEW_YORK, "US", WEEKDAYS).opens.date() == date(2026, 3, 9)
