"""A playbook as frozen values. Each key of its TOML file is a field here, which says what it means and what it may be."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from rules.worktime import Hours

__all__ = [
    "SECTIONS",
    "AwayRules",
    "DraftRules",
    "GapRules",
    "GraciousRules",
    "KeepWarmRules",
    "NotesRules",
    "Policy",
    "PrepRules",
    "PromiseRules",
    "SilenceRules",
    "SlotRules",
    "StatusRules",
    "TaskRules",
    "ThankYouRules",
    "WaitRules",
]

_DAY_NAMES = ("mon", "tue", "wed", "thu", "fri")
_MOST_HOURS = 10


def _count(low: int, high: int) -> Any:
    return field(metadata={"read": lambda value: _read_count(value, low, high)})


def _read_count(value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"must be a whole number from {low} to {high}")
    return value


def _hours(high: int) -> Any:
    return field(metadata={"read": lambda value: _read_hours(value, high)})


def _read_hours(value: object, high: int) -> tuple[int, ...]:
    if isinstance(value, list) and len(value) <= _MOST_HOURS:
        try:
            return tuple(sorted({_read_count(each, 1, high) for each in value}))
        except ValueError:
            pass
    raise ValueError(f"must be a list of at most {_MOST_HOURS} whole numbers from 1 to {high}")


def _wall_time() -> Any:
    return field(metadata={"read": _read_clock})


def _read_clock(value: object) -> time:
    if isinstance(value, str) and re.fullmatch(r"\d\d:\d\d", value):
        try:
            return time.fromisoformat(value)
        except ValueError:
            pass
    if isinstance(value, time) and value.tzinfo is None:
        return value
    raise ValueError('must be a time of day, as 08:00:00 or "08:00"')


def _weekdays() -> Any:
    return field(metadata={"read": _read_weekdays})


def _read_weekdays(value: object) -> tuple[int, ...]:
    if isinstance(value, list) and value and all(day in _DAY_NAMES for day in value):
        return tuple(sorted({_DAY_NAMES.index(day) for day in value}))
    raise ValueError("must be a list of at least one of " + ", ".join(_DAY_NAMES))


def _flag() -> Any:
    return field(metadata={"read": _read_flag})


def _read_flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("must be true or false")


@dataclass(frozen=True, slots=True)
class SlotRules:
    """When a status follow-up is best sent, in the recipient's zone (F3, D7, D24)."""

    weekdays: tuple[int, ...] = _weekdays()
    """As `date.weekday()` counts, ascending."""
    opens: time = _wall_time()  # noqa: RUF009 - it is a field
    closes: time = _wall_time()  # noqa: RUF009 - it is a field
    lead_hours: int = _count(0, 72)
    max_slip_days: int = _count(0, 60)
    """Where the next of `weekdays` that is a business day is more days off than this, any business morning serves (X18).
    0: `weekdays` hold however far off (D1)."""

    @property
    def hours(self) -> Hours:
        """Return the window of a day."""
        return Hours(self.opens, self.closes)


@dataclass(frozen=True, slots=True)
class WaitRules:
    """How long the first status follow-up waits, in days (D2, F1, F8, F9)."""

    no_date_days: int = _count(1, 120)
    few_days_days: int = _count(1, 120)
    vague_days: int = _count(1, 120)
    after_thank_you_days: int = _count(0, 60)


@dataclass(frozen=True, slots=True)
class PromiseRules:
    """What a hard promised date does (F4, F5, F10, D9)."""

    business_days: int = _count(0, 20)
    prefer_within_hours: int = _count(0, 336)
    any_weekday: bool = _flag()
    """False: after a promised date too only the weekdays of the slot serve."""
    cap: int = _count(0, 10)
    """0: the cap of `StatusRules`."""


@dataclass(frozen=True, slots=True)
class StatusRules:
    """How many status follow-ups one wait has, and how far apart (F2)."""

    cap: int = _count(0, 10)
    cadence_days: int = _count(1, 120)
    begin_within_days: int = _count(1, 366)
    """A draft that never stood is not begun later than this after its slot: an old mailbox wakes no dead process."""
    question_from: int = _count(0, 10)
    """From this follow-up of a wait on, the draft asks whether to write again next week (F14). 0: never."""


@dataclass(frozen=True, slots=True)
class GapRules:
    """The least distance of messages (F15, X19)."""

    between_status_days: int = _count(0, 120)
    after_thank_you_business_days: int = _count(0, 30)


@dataclass(frozen=True, slots=True)
class SilenceRules:
    """What ends the follow-ups of a silent process (F20, F22, D17)."""

    ask_after_days: int = _count(0, 366)
    """0: never."""
    stop_at_start_date: bool = _flag()
    """True: no status follow-up from the day on that they named for the start of the work (F22)."""


@dataclass(frozen=True, slots=True)
class AwayRules:
    """Out-of-office answers (D18)."""

    cap_days: int = _count(1, 120)
    shift_days: int = _count(1, 60)
    shifts: int = _count(0, 10)


@dataclass(frozen=True, slots=True)
class ThankYouRules:
    """When a thank-you note is best sent, late, and no longer begun (T4 to T8)."""

    golden_minutes: int = _count(0, 1440)
    """Until so long after the end it is fresh in their mind: told as a notice (T5). 0: not told."""
    soft_hours: int = _count(1, 336)
    hard_hours: int = _count(1, 336)
    remind_hours: tuple[int, ...] = _hours(336)
    """So long after the end a note that was not sent is told of again, each time (T8); ascending, may be empty."""
    place_days: int = _count(1, 60)
    weekend_opens: time = _wall_time()  # noqa: RUF009 - it is a field
    weekend_closes: time = _wall_time()  # noqa: RUF009 - it is a field
    next_business_day: bool = _flag()
    quiet_from: time = _wall_time()  # noqa: RUF009 - it is a field
    quiet_until: time = _wall_time()  # noqa: RUF009 - it is a field

    @property
    def weekend_hours(self) -> Hours:
        """Return the window of the business day after a Friday, a weekend or a holiday."""
        return Hours(self.weekend_opens, self.weekend_closes)


@dataclass(frozen=True, slots=True)
class GraciousRules:
    """The note after a rejection (D6)."""

    min_delay_hours: int = _count(0, 72)
    place_days: int = _count(1, 60)


@dataclass(frozen=True, slots=True)
class TaskRules:
    """What only the user can do, beside the mail (H1 to H10, T9, L1, L2)."""

    handwritten: bool = _flag()
    """Suggest a handwritten card where the interview or their culture calls for one (C2, H3, H7)."""
    arrive_within_days: int = _count(1, 60)
    """Calendar days after the interview by which a card should be with them (H1)."""
    post_days: int = _count(0, 30)
    """Business days that the post takes (H1, H8)."""
    write_within_hours: int = _count(1, 336)
    """After the interview a card is best written and posted within this (H2, X17)."""
    remind_hours: tuple[int, ...] = _hours(336)
    """So long after the interview a card that is not done is told of again (H2)."""
    linkedin: bool = _flag()
    """Suggest a message and a connection where no address of an interviewer is known (T9)."""
    call: bool = _flag()
    """Suggest a telephone call, once a process, beside the first status follow-up (H10, X15)."""
    work_sample: bool = _flag()
    """Suggest to choose or make a sample of work from `DraftRules.work_sample_from_round` on (L1, L2)."""


@dataclass(frozen=True, slots=True)
class KeepWarmRules:
    """Now and then a word after a rejection, or while all is on hold (O4, O5, X16)."""

    enabled: bool = _flag()
    every_days: int = _count(1, 366)
    per_year: int = _count(0, 12)
    """At most so many within any 365 days."""


@dataclass(frozen=True, slots=True)
class PrepRules:
    """The draft to oneself on the evening before an interview (B1)."""

    enabled: bool = _flag()
    hour: time = _wall_time()  # noqa: RUF009 - it is a field
    """On the eve, in the user's zone."""


@dataclass(frozen=True, slots=True)
class NotesRules:
    """The draft to oneself after an interview (N1)."""

    enabled: bool = _flag()
    travel_minutes: int = _count(0, 1440)
    """After an interview in person it appears so much later than its end."""
    begin_within_days: int = _count(1, 60)
    place_days: int = _count(1, 366)
    """So long after the interview a form goes that nobody touched; one that came late stands at least as long as it may begin."""
    """One that never stood in Drafts is not begun later than this."""


@dataclass(frozen=True, slots=True)
class DraftRules:
    """What may stand in a draft to them (C3, D3, X9, X12, L1, L4)."""

    reply_in_thread: bool = _flag()
    """True: in a conversation in which the recipient takes part (D3); False: a new mail with its own subject (C3).

    What answers a mail of theirs, or comes of an appointment that nobody kept, stays in its conversation.
    """
    sentences: int = _count(1, 12)
    """At most so many in a thank-you note to anybody but the hiring manager, greeting and signature left out (C1, X9)."""
    hm_sentences: int = _count(1, 12)
    """The same for the hiring manager, whose note uses them all (C19, X9)."""
    work_sample_from_round: int = _count(1, 10)
    """A sample of work may be sent from this round on (L1)."""
    plan_from_round: int = _count(1, 10)
    """A plan for the first months (30/60/90 days) may be sent after this round, never before (L4)."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A playbook."""

    name: str
    slot: SlotRules
    wait: WaitRules
    promise: PromiseRules
    status: StatusRules
    gap: GapRules
    silence: SilenceRules
    away: AwayRules
    thank_you: ThankYouRules
    gracious: GraciousRules
    tasks: TaskRules
    keep_warm: KeepWarmRules
    prep: PrepRules
    notes: NotesRules
    draft: DraftRules


SECTIONS: dict[str, Callable[..., Any]] = {
    "slot": SlotRules,
    "wait": WaitRules,
    "promise": PromiseRules,
    "status": StatusRules,
    "gap": GapRules,
    "silence": SilenceRules,
    "away": AwayRules,
    "thank_you": ThankYouRules,
    "gracious": GraciousRules,
    "tasks": TaskRules,
    "keep_warm": KeepWarmRules,
    "prep": PrepRules,
    "notes": NotesRules,
    "draft": DraftRules,
}
"""The tables of a playbook file, by name."""
