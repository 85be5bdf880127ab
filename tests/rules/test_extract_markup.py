"""What only machines read of a mail: schema.org in JSON-LD, microdata and RDFa Lite."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.extract.markup import MarkedEvent, MarkedPerson, Markup, read_markup
from rules.mail import Message
from rules.mail.html import RECORD
from tests.rules.mails import mail

RESERVATION = {
    "@context": "https://schema.org",
    "@type": "EventReservation",
    "reservationNumber": "R-4711",
    "reservationStatus": "https://schema.org/ReservationConfirmed",
    "reservationFor": {
        "@type": "Event",
        "name": "Interview: Data Analyst",
        "startDate": "2026-12-01T10:00:00+01:00",
        "endDate": "2026-12-01T10:45:00+01:00",
        "organizer": {"@type": "Person", "name": "Rita Chen", "email": "mailto:Rita@acme.example", "jobTitle": "Team Lead"},
        "location": {"@type": "VirtualLocation", "url": "https://meet.example/abc"},
    },
}
POSTING = {
    "@type": "JobPosting",
    "title": "Data Analyst",
    "hiringOrganization": {"@type": "Organization", "name": "Acme &amp; Sons"},
}


def page(html: str) -> Message:
    return mail(html, headers={"Content-Type": "text/html; charset=utf-8"})


def script(*values: object) -> Message:
    blocks = "".join(
        f'<script type="application/ld+json">{value if isinstance(value, str) else json.dumps(value)}</script>'
        for value in values
    )
    return page(f"<html><head>{blocks}</head><body><p>Hello</p></body></html>")


def one(message: Message, zone: str = "UTC") -> MarkedEvent:
    (event,) = read_markup(message, zone=zone).events
    return event


def test_a_reservation_says_when_where_with_whom_and_under_which_number() -> None:
    event = one(script(RESERVATION))
    assert event.start is not None
    assert event.end is not None
    assert (event.start.isoformat(), event.end.isoformat()) == ("2026-12-01T10:00:00+01:00", "2026-12-01T10:45:00+01:00")
    assert (event.uid, event.url, event.name) == ("R-4711", "https://meet.example/abc", "Interview: Data Analyst")
    assert event.people == (MarkedPerson("Rita Chen", "rita@acme.example", "Team Lead"),)
    assert not event.cancelled
    assert not event.floating


@pytest.mark.parametrize(
    "wrapped",
    [
        [RESERVATION],
        {"@context": "https://schema.org", "@graph": [{"@type": "Organization", "name": "Acme"}, RESERVATION]},
        [[RESERVATION], POSTING],
        {"@type": "EmailMessage", "about": RESERVATION},
    ],
)
def test_a_reservation_is_found_in_arrays_graphs_and_other_objects(wrapped: object) -> None:
    assert one(script(wrapped)).uid == "R-4711"


@pytest.mark.parametrize(
    "broken",
    [
        json.dumps(RESERVATION)[:-1] + ",}",
        f"<!-- {json.dumps(RESERVATION)} -->",
        f"//<![CDATA[\n{json.dumps(RESERVATION)}\n//]]>",
        json.dumps(RESERVATION).replace('"', "&quot;"),
        json.dumps(RESERVATION).replace("Interview: ", "Interview:\n"),
        json.dumps(RESERVATION) + ";",
    ],
)
def test_what_mailers_break_most_often_is_mended(broken: str) -> None:
    assert one(script(broken)).uid == "R-4711"


def test_a_block_that_cannot_be_read_costs_itself_only() -> None:
    assert one(script("{'@type': nonsense", RESERVATION, "[" * 5000)).uid == "R-4711"


@pytest.mark.parametrize(
    ("start", "zone", "wanted", "floating"),
    [
        ("2026-12-01T09:00:00Z", "", "2026-12-01T09:00:00+00:00", False),
        ("2026-12-01T10:00", "", "2026-12-01T10:00:00-08:00", True),
        ("2026-12-01 10:00:00", "Europe/Berlin", "2026-12-01T10:00:00+01:00", False),
        ("20261201T100000+0100", "", "2026-12-01T10:00:00+01:00", False),
        ("2026-12-01T09:00:00.000Z", "Europe/Berlin", "2026-12-01T10:00:00+01:00", False),
        ("2026-07-01T10:00", "America/Los_Angeles", "2026-07-01T10:00:00-07:00", False),
    ],
)
def test_a_time_is_read_with_its_offset_its_zone_or_in_the_users(start: str, zone: str, wanted: str, *, floating: bool) -> None:
    value: dict[str, object] = {"@type": "Event", "name": "Interview", "startDate": start}
    if zone:
        value["eventSchedule"] = {"@type": "Schedule", "scheduleTimezone": zone}
    event = one(script(value), zone="America/Los_Angeles")
    assert event.start is not None
    assert event.start.isoformat() == wanted
    assert event.floating is floating


def test_a_day_without_a_time_is_all_day() -> None:
    event = one(script({"@type": "Event", "name": "Assessment centre", "startDate": "2026-12-01"}))
    assert event.all_day
    assert not event.floating


def test_the_length_of_an_event_gives_its_end() -> None:
    event = one(script({"@type": "Event", "name": "x", "startDate": "2026-12-01T10:00:00Z", "duration": "PT1H30M"}))
    assert event.end is not None
    assert event.end.isoformat() == "2026-12-01T11:30:00+00:00"


def test_a_moved_and_a_cancelled_event_say_so() -> None:
    moved = one(
        script(
            {
                "@type": "Event",
                "name": "x",
                "startDate": "2026-12-02T10:00:00Z",
                "previousStartDate": "2026-12-01T10:00:00Z",
                "eventStatus": "https://schema.org/EventRescheduled",
            }
        )
    )
    assert moved.was is not None
    assert moved.was.isoformat() == "2026-12-01T10:00:00+00:00"
    assert one(script(RESERVATION | {"reservationStatus": "http://schema.org/ReservationCancelled"})).cancelled


def test_a_posting_names_company_and_role() -> None:
    found = read_markup(script(POSTING))
    assert (found.company, found.role, found.postings) == ("Acme & Sons", "Data Analyst", 1)


def test_many_postings_name_neither() -> None:
    other = {"@type": "JobPosting", "title": "Cook", "hiringOrganization": "Zeta"}
    found = read_markup(script([POSTING, other]))
    assert (found.company, found.role, found.postings) == ("", "", 2)


def test_the_organization_that_invites_is_the_company() -> None:
    event = {
        "@type": "Event",
        "name": "x",
        "startDate": "2026-12-01T10:00:00Z",
        "organizer": {"@type": "Organization", "name": "Acme"},
    }
    assert read_markup(script(event)).company == "Acme"


def test_the_action_by_which_a_time_is_picked_gives_the_link() -> None:
    found = read_markup(
        script(
            {
                "@type": "EmailMessage",
                "potentialAction": [
                    {"@type": "ViewAction", "url": "https://app.example/v"},
                    {"@type": "ScheduleAction", "target": {"@type": "EntryPoint", "urlTemplate": "https://book.example/t"}},
                    {"@type": "ConfirmAction", "handler": {"@type": "HttpActionHandler", "url": "https://app.example/ok"}},
                    {"@type": "ReserveAction", "target": "javascript:alert(1)"},
                ],
            }
        )
    )
    assert found.booking_link == "https://book.example/t"
    assert found.actions == (
        ("ViewAction", "https://app.example/v"),
        ("ScheduleAction", "https://book.example/t"),
        ("ConfirmAction", "https://app.example/ok"),
    )


MICRODATA = """<div itemscope itemtype="http://schema.org/EventReservation"><meta itemprop="reservationNumber" content="R-9">
<div itemprop="reservationFor" itemscope itemtype="http://schema.org/Event"><span itemprop="name">Interview <b>Acme</b></span>
<time itemprop="startDate" datetime="2026-12-01T10:00:00+01:00">Tuesday</time>
<div itemprop="location" itemscope itemtype="http://schema.org/Place"><span itemprop="name">Head office</span>
<div itemprop="address" itemscope itemtype="http://schema.org/PostalAddress"><span itemprop="streetAddress">1 Mill Lane</span>
</div></div></div></div>"""

RDFA = """<div vocab="https://schema.org/" typeof="EventReservation"><meta property="reservationNumber" content="R-9">
<div property="reservationFor" typeof="Event"><span property="name">Interview Acme</span>
<span property="startDate" content="2026-12-01T10:00:00+01:00">Tuesday</span>
<div property="location" typeof="Place"><span property="name">Head office</span>
<div property="address" typeof="PostalAddress"><span property="streetAddress">1 Mill Lane</span></div></div></div></div>"""


@pytest.mark.parametrize("html", [MICRODATA, RDFA], ids=["microdata", "rdfa"])
def test_attributes_say_the_same_as_json(html: str) -> None:
    event = one(page(f"<p>Hello</p>{html}"))
    assert event.start is not None
    assert event.start.isoformat() == "2026-12-01T10:00:00+01:00"
    assert (event.name, event.uid, event.place) == ("Interview Acme", "R-9", "Head office, 1 Mill Lane")


def test_markup_of_the_html_beside_a_text_is_read_whatever_its_encoding() -> None:
    """`ld+json` may be cut in two by a soft line break of quoted-printable."""
    html = f'<html><script type="application/ld+=\njson">{json.dumps(POSTING).replace("=", "=3D")}</script></html>'
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\n" + "Dear Sam, we have a job for you. " * 20 + "\r\n--b\r\n"
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + html + "\r\n--b--\r\n"
    )
    assert read_markup(mail(body, headers={"Content-Type": 'multipart/alternative; boundary="b"'})).role == "Data Analyst"


def test_a_mail_without_markup_says_nothing() -> None:
    assert read_markup(mail("Hello")) == Markup()


def test_deep_and_wide_markup_takes_no_time() -> None:
    deep = '{"@type":"Event","subEvent":' * 300 + "{}" + "}" * 300
    wide = [{"@type": "Event", "name": f"n{number}", "startDate": "2026-12-01T10:00:00Z"} for number in range(150)]
    assert len(read_markup(script(deep, wide)).events) <= 20


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=10)
    | st.sampled_from(["2026-12-01T10:00:00Z", "https://x.example"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["@type", "@graph", "startDate", "endDate", "location", "organizer", "email", "name", "url", "reservationFor"]
            ),
            inner | st.sampled_from(["Event", "EventReservation", "JobPosting", "Person", "RsvpAction"]),
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(st.lists(_JSON.map(json.dumps) | st.text(max_size=50), max_size=4))
def test_any_markup_is_read_without_an_exception(blocks: list[str]) -> None:
    message = mail("x")
    for event in read_markup(Message(message.envelope, message.sender, markup=RECORD.join(blocks))).events:
        assert event.start is None or event.start.tzinfo is not None
        assert event.end is None or (event.start is not None and event.start < event.end)
