"""The drafts to oneself: the questions before an interview, and the form after it. `rules.notes` words and reads them."""

from __future__ import annotations

from datetime import datetime, timedelta

from rules.drafts.clean import one_line
from rules.drafts.types import Draft, DraftKind
from rules.intents import Place
from rules.mail import Address
from rules.notes.form import notes_form, prep_form, subject_of
from rules.notes.frame import frame_of
from rules.process import Process
from rules.process.schedule import user_zone
from rules.profile import Profile

__all__ = ["FORMS", "compose_form"]

FORMS = frozenset({DraftKind.PREP, DraftKind.NOTES})
"""The kinds that are worded here."""
_MAX_NAME = 80


def compose_form(place: Place, process: Process, profile: Profile, *, now: datetime, message_id: str) -> Draft:
    """Return the form of one round, from the user to the user; `now` (aware) only becomes its Date.

    What is noted of the round already is not asked again. Raises ValueError for a `now` without a zone.
    """
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    zone = user_zone(profile)
    frame = frame_of(process, place.attempt, profile, place.appears_at.astimezone(zone).date())
    text = prep_form(frame) if place.kind is DraftKind.PREP else notes_form(frame)
    me = Address(one_line(profile.name, _MAX_NAME), profile.email)
    return Draft(
        key=place.key,
        message_id=message_id,
        sender=me,
        to=Address(me.name, place.recipient.address),
        subject=subject_of(place.kind.value, frame),
        text=text,
        date=now.astimezone(zone) - timedelta(microseconds=now.microsecond),
    )
