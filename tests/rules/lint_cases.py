"""Drafts of ours of every kind, with what each is checked against; people and companies made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from rules.drafts.compose import compose
from rules.drafts.types import Draft, DraftKey, DraftKind
from rules.extract.types import Person, Promise, PromiseClass
from rules.intents import Place, Slot
from rules.lint.context import Context, Other
from rules.notes.types import Answers, Heading, Notes, Point, Topic
from rules.process import Process, Round, State
from rules.profile import Profile
from tests.rules.drafts_cases import HELD, NOW, PANEL, RITA, SAM, THREAD, interview, process

__all__ = ["NOTES", "context_for", "own_drafts", "plain_note"]

NOTES = Notes(
    1,
    HELD + timedelta(hours=2),
    (
        Point("1.well.1", Heading.WELL, "the move of the sales reports from spreadsheets to one warehouse", RITA.address),
        Point("1.well.2", Heading.WELL, "how the analysts review each other's queries every Friday", "zed@acme.example"),
        Point("1.well.3", Heading.WELL, "the plan for three new depots in Galicia", "bo@acme.example"),
        Point("1.well.4", Heading.WELL, "the schedule of the remaining talks", "ann@acme.example"),
        Point("1.stood_out.1", Heading.STOOD_OUT, "every forecast is published with its error", topic=Topic.COMPANY),
        Point("1.stood_out.2", Heading.STOOD_OUT, "people own what they ship", topic=Topic.CULTURE),
        Point("1.stood_out.3", Heading.STOOD_OUT, "late deliveries that nobody can explain", topic=Topic.CHALLENGE),
        Point("1.forgot.1", Heading.FORGOT, "I have kept a warehouse of forty tables in order for six years"),
    ),
    Answers(),
)
SOON = datetime(2026, 5, 26, 9, tzinfo=HELD.tzinfo)
STRONG = ("six years of building sales reports", "a course on statistics taught to forty colleagues")


def context_for(draft: Draft, there: Process, profile: Profile, others: list[Draft], place: Place) -> Context:
    """Return what a draft is checked against, as the daemon does it."""
    wait = there.wait
    return Context(
        kind=draft.key.kind,
        subject=draft.subject,
        to=(draft.to,),
        recipient=place.recipient,
        people=there.roster,
        company=there.company,
        role=there.role,
        profile=profile,
        promise=wait.promise if wait is not None and draft.key.kind is DraftKind.STATUS else None,
        day=place.slot.opens.date(),
        attempt=place.attempt,
        final=place.final,
        asks=place.asks,
        points=tuple(point for notes in there.noted for point in notes.points),
        trace=draft.trace,
        others=tuple(
            Other(f"your note to {other.to.name}", other.text, other.to.address, other.key.kind, 1)
            for other in others
            if other.key != draft.key
        ),
    )


def _place(recipient: Person, step: str, opens: datetime, **values: object) -> Place:
    key = DraftKey("p1", recipient.address, step)
    return replace(Place(key, recipient, Slot(opens, opens + timedelta(hours=3)), opens), **values)  # type: ignore[arg-type]


def _round(there: Process, places: list[Place], profile: Profile) -> Iterator[tuple[str, Draft, Context]]:
    made = [
        compose(place, there, profile, now=NOW, message_id="00112233445566778899aabbccddeeff@example.com") for place in places
    ]
    for place, draft in zip(places, made, strict=True):
        name = f"{profile.email} {there.id} {place.key.step} {place.recipient.role.value}"
        yield name, draft, context_for(draft, there, profile, made, place)


def own_drafts(user: int) -> Iterator[tuple[str, Draft, Context]]:
    """Yield drafts of every kind for one user of many, whose words are drawn by the hash of their address."""
    profile = Profile("Sam Doe", f"sam{user}@example.com", "+1 555 0100", zone="Europe/Madrid")
    strong = replace(profile, strengths=STRONG)
    bare, noted = process(), replace(process(), noted=(NOTES,))
    soon = HELD + timedelta(hours=1)
    for there in (bare, noted):
        for who in (profile, strong):
            yield from _round(there, [_place(person, "thank_you-1", soon) for person in PANEL], who)
    yield from _round(bare, [_place(person, "thank_you-1", HELD + timedelta(days=3), late=True) for person in PANEL], profile)
    second = replace(bare, rounds=(Round(1, interview(), PANEL), Round(2, interview(HELD + timedelta(days=9)), PANEL)))
    after = HELD + timedelta(days=9, hours=2)
    yield from _round(second, [_place(person, "thank_you-2", after, attempt=2) for person in PANEL], strong)
    for kind in (None, PromiseClass.HARD_DATE, PromiseClass.CONTACT_DATE, PromiseClass.AWAY_UNTIL):
        promise = None if kind is None else Promise(kind, HELD.date(), date(2026, 5, 15))
        there = replace(process(promise=promise), noted=(NOTES,) if user % 2 else ())
        for number in (1, 2, 3):
            opens = SOON + timedelta(days=14 * number)
            last = number == 3
            place = _place(RITA, f"status-1.{number}", opens, attempt=number, final=last, asks=last, thread=THREAD)
            yield from _round(there, [place], strong if user % 3 else profile)
    closed = replace(bare, state=State.CLOSED, closed_by="rejection")
    yield from _round(closed, [_place(person, "gracious", SOON) for person in PANEL], profile)
    yield from _round(bare, [_place(RITA, "no_show-1", soon)], profile)
    news = Point("0.since.1", Heading.WELL, "a course on forecasting that I have finished", topic=Topic.SINCE)
    later = replace(noted, news=((news, SOON + timedelta(days=80)),))
    yield from _round(later, [_place(RITA, "keep_warm-1", SOON + timedelta(days=90))], strong)


def plain_note(text: str) -> str:
    """Return a whole note around a body."""
    return f"Dear Rita,\n\n{text}\n\nBest regards,\n{SAM.name}\n{SAM.phone}\n{SAM.email}\n"
