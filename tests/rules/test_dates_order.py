"""Day or month first, which zone: what decides it, and what stays in doubt and is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.dates import Ambiguous, ambiguous_days, ambiguous_moments, days, moments
from rules.extract.clock import day_order, sender_zone
from rules.phrases.load import load
from tests.rules.mails import mail

_TODAY = date(2026, 2, 20)
_BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("language", ["de", "fr", "es", "nl", "pt", "it"])
def test_the_day_comes_first_in_every_language_but_english(language: str) -> None:
    assert [day.day for day in days("03/04/2026", _TODAY, (language, "en"))] == [date(2026, 4, 3)]
    assert ambiguous_days("03/04/2026", _TODAY, (language, "en")) == []


def test_an_english_date_with_two_readings_is_told_not_believed() -> None:
    text = "your interview is on 03/04/2026 at 10:00"
    assert days(text, _TODAY) == []
    assert moments(text, _TODAY, _BERLIN) == []
    assert ambiguous_days(text, _TODAY) == [Ambiguous("03/04/2026", (date(2026, 3, 4), date(2026, 4, 3)), 21, 31)]


@pytest.mark.parametrize(
    ("text", "order", "told"),
    [
        ("03/04/2026", "dmy", [date(2026, 4, 3)]),
        ("03/04/2026", "mdy", [date(2026, 3, 4)]),
        ("03/03/2026", None, [date(2026, 3, 3)]),
        ("13/04/2026", "mdy", [date(2026, 4, 13)]),
        ("tuesday 03/03/2026 or 04/05/2026", None, [date(2026, 3, 3)]),
        ("wednesday 03/04/2026", None, [date(2026, 3, 4)]),
        ("friday 03/04/2026", "mdy", [date(2026, 4, 3)]),
        ("28/03/2026, then 03/04/2026", None, [date(2026, 3, 28), date(2026, 4, 3)]),
        ("03/28/2026, then 03/04/2026", "dmy", [date(2026, 3, 28), date(2026, 3, 4)]),
        ("03.04.2026", None, [date(2026, 4, 3)]),
        ("2026-04-03", None, [date(2026, 4, 3)]),
        ("31/31/2026 and 00/00/2026", None, []),
    ],
)
def test_the_hint_the_weekday_and_the_other_dates_decide(text: str, order: str | None, told: list[date]) -> None:
    assert [day.day for day in days(text, _TODAY, ("en",), order)] == told


@pytest.mark.parametrize(
    ("sender", "offset", "body", "order"),
    [
        ("rita@acme.example", "-0500", "We meet on the day that we agreed.", "mdy"),
        ("rita@acme.example", "+0100", "We meet on the day that we agreed.", "dmy"),
        ("rita@acme.example", "+0000", "We meet on the day that we agreed.", None),
        ("rita@acme.co.uk", "+0000", "We meet on the day that we agreed.", "dmy"),
        ("rita@acme.us", "+0000", "We meet on the day that we agreed.", "mdy"),
        ("rita@acme.ca", "-0500", "We meet on the day that we agreed.", None),
        ("no-reply@ashbyhq.com", "-0800", "We meet on the day that we agreed.", None),
        ("rita@acme.example", "-0500", "Wir treffen uns an dem Tag, den wir mit Ihnen vereinbart haben.", "dmy"),
    ],
)
def test_language_country_and_clock_tell_the_order(sender: str, offset: str, body: str, order: str | None) -> None:
    message = mail(body, sender=sender, headers={"Date": f"Fri, 20 Feb 2026 10:00:00 {offset}"})
    languages = ("de", "en") if body.startswith("Wir") else ("en",)
    assert day_order(message, languages) == order


@pytest.mark.parametrize(
    ("sender", "sent", "wall"),
    [
        # In summer this offset would be that of Chicago: the zone goes on through the change of clocks.
        ("rita@acme.example", "Fri, 20 Feb 2026 10:00:00 -0500", "-04:00"),
        ("rita@acme.example", "Fri, 20 Feb 2026 10:00:00 +0100", "+02:00"),
        ("rita@acme.de", "Fri, 20 Feb 2026 10:00:00 +0000", "+02:00"),
        ("rita@acme.co.uk", "Fri, 20 Feb 2026 10:00:00 +0000", "+01:00"),
        ("rita@acme.in", "Fri, 20 Feb 2026 10:00:00 +0530", "+05:30"),
        ("rita@acme.example", "Fri, 20 Feb 2026 10:00:00 +0545", "+05:45"),
        ("rita@acme.example", "Fri, 20 Feb 2026 10:00:00 +0000", "+09:00"),
        ("no-reply@ashbyhq.com", "Fri, 20 Feb 2026 10:00:00 -0800", "+09:00"),
    ],
)
def test_the_zone_of_the_sender_knows_of_summer_time(sender: str, sent: str, wall: str) -> None:
    zone = sender_zone(mail("See you then.", sender=sender, headers={"Date": sent}), "Asia/Tokyo")
    assert datetime(2026, 7, 1, 12, tzinfo=zone).isoformat()[-6:] == wall


@pytest.mark.parametrize(
    ("text", "near", "told"),
    [
        ("3 march 3 pm ist", "Asia/Kolkata", "2026-03-03T15:00:00+05:30"),
        ("3 march 3 pm ist", "Europe/Dublin", "2026-03-03T15:00:00+00:00"),
        ("3 march 3 pm cst", "America/New_York", "2026-03-03T15:00:00-06:00"),
        ("3 march 3 pm cst", "Asia/Shanghai", "2026-03-03T15:00:00+08:00"),
        ("3 march 3 pm est", "Europe/Berlin", "2026-03-03T15:00:00-05:00"),
        ("3 march 3 pm est", "Australia/Sydney", "2026-03-03T15:00:00+11:00"),
        ("3 march 3 pm bst", "Europe/Berlin", "2026-03-03T15:00:00+00:00"),
    ],
)
def test_an_abbreviation_with_several_meanings_is_settled_by_the_senders_offset(text: str, near: str, told: str) -> None:
    assert [moment.start.isoformat() for moment in moments(text, _TODAY, ZoneInfo(near))] == [told]


def test_an_abbreviation_that_stays_in_doubt_is_told_with_its_readings() -> None:
    text = "we meet on 3 march at 3 pm ist"
    assert moments(text, _TODAY, _BERLIN) == []
    (found,) = ambiguous_moments(text, _TODAY, _BERLIN)
    assert found.text == "3 pm ist"
    assert [reading.utcoffset() for reading in found.readings if isinstance(reading, datetime)] == [
        timedelta(hours=5, minutes=30),
        timedelta(hours=2),
        timedelta(0),
    ]


@pytest.mark.parametrize(
    ("language", "text", "zone"),
    [
        ("en", "3 march 14:00 europe/berlin", "Europe/Berlin"),
        ("en", "3 march 14:00 (gmt+1)", ""),
        ("en", "3 march 2 pm pacific time", "America/Los_Angeles"),
        ("en", "3 march 14:00 central european summer time", "Europe/Berlin"),
        ("en", "3 march 14:00 w. europe standard time", "Europe/Berlin"),
        ("en", "3 march 14:00, our berlin office", ""),
        ("en", "3 march 14:00 (berlin)", "Europe/Berlin"),
        ("en", "3 march 14:00 berlin time", "Europe/Berlin"),
        ("de", "3. märz 14 uhr mesz", "Europe/Berlin"),
        ("de", "3. märz 14 uhr ist gut", ""),
        ("fr", "3 mars 14h est possible", ""),
        ("fr", "3 mars 14h (est)", "America/New_York"),
        ("fr", "3 mars 14h heure de paris", "Europe/Paris"),
        ("es", "3 de marzo a las 14:00, hora de madrid", "Europe/Madrid"),
        ("nl", "3 maart 14.00 uur nederlandse tijd", "Europe/Amsterdam"),
        ("pt", "3 de março às 14h (hora de lisboa)", "Europe/Lisbon"),
        ("it", "3 marzo ore 14 (ora di roma)", "Europe/Rome"),
    ],
)
def test_a_zone_in_words_is_believed_where_it_is_one(language: str, text: str, zone: str) -> None:
    (found,) = moments(text, _TODAY, UTC, (language, "en"))
    assert found.zone == zone


def test_every_zone_that_words_name_is_one() -> None:
    table = load("spoken_zones")
    single = [zone for name in ("abbreviations", "names", "cities", "countries") for zone in table[name].values()]
    several = [zone for name in ("doubtful", "clocks") for zones in table[name].values() for zone in zones if zone]
    assert [zone for zone in {*single, *several} if zone != "UTC" and not ZoneInfo(zone).key] == []
