"""What each article alone would have said of the same process (D1, X1 to X19): its playbook, asked about the same wait.

For `why` only: it plans six times what `decide` plans once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rules.decide.part import Case
from rules.decide.thanks import thank_you_slot
from rules.drafts.types import DraftKind
from rules.extract.types import InterviewStatus, PromiseClass
from rules.intents import Slot
from rules.policy import Policy, load_playbook
from rules.process import Process, Round, State, Wait
from rules.process.noted import was_missed
from rules.process.people import status_recipient
from rules.process.schedule import cap_of, country_of, plan_status, used_up
from rules.profile import Profile
from rules.reasons import day_words
from rules.worktime import plus

__all__ = ["ARTICLES", "Voice", "article_voices"]

ARTICLES = {"S0": "recruiters", "S1": "ama", "S2": "mastering", "S3": "epc", "S4": "king"}
"""Article to the playbook that holds what it alone would do."""

_NONE, _FEW, _VAGUE, _DATE, _AWAY, _CONTACT, _AGAIN = "none", "few", "vague", "date", "away", "contact", "again"
_CLASS = {
    PromiseClass.HARD_DATE: _DATE,
    PromiseClass.FEW_DAYS: _FEW,
    PromiseClass.VAGUE: _VAGUE,
    PromiseClass.AWAY_UNTIL: _AWAY,
    PromiseClass.CONTACT_DATE: _CONTACT,
}
_SAYS: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("S1", _NONE): ("every two weeks, on a Tuesday or Wednesday morning", ("F2", "F3", "X5")),
    ("S1", _VAGUE): ("two weeks after that, on a Tuesday or Wednesday morning", ("F1", "F3", "X4")),
    ("S1", _AWAY): ("not before they are back, then on a Tuesday or Wednesday morning", ("F26", "F3")),
    ("S1", _CONTACT): ("on the day that they asked for", ("B4", "H11")),
    ("S1", _AGAIN): ("two weeks after the last one, three at most", ("F2", "X6")),
    ("S2", _NONE): ("about a week after the thank-you note", ("F8", "X5")),
    ("S2", _FEW): ("once that has passed, about a week after the thank-you note", ("F8",)),
    ("S2", _VAGUE): ("once that has passed, about a week after the thank-you note", ("F8", "X4")),
    ("S2", _DATE): ("once that day has passed, about a week after the thank-you note", ("F8", "X4")),
    ("S2", _CONTACT): ("as they asked: their instructions come first", ("H11",)),
    ("S2", _AGAIN): ("no further one: it has one second touch", ("F12", "X6")),
    ("S3", _NONE): ("about 14 days after the interview", ("F6", "X5")),
    ("S3", _FEW): ("a week later", ("F9",)),
    ("S3", _VAGUE): ("about 14 days later, for that is no precise deadline", ("F6",)),
    ("S3", _DATE): ("one business day after the deadline", ("F4", "X4", "X14")),
    ("S3", _AGAIN): ("one more time after the deadline, and after a month on to other things", ("F5", "F20", "X6")),
    ("S4", _NONE): ("a week later", ("F7", "X5")),
    ("S4", _FEW): ("a week later, for that is no date", ("F7",)),
    ("S4", _VAGUE): ("a week later, for that is no date", ("F7",)),
    ("S4", _DATE): ("within 48 hours of the date", ("F10", "X4", "X14")),
}
"""What an article says of a class of wait; what is not in here it is silent about."""
_SAYS_THANKS = {
    "S0": ("within half an hour to an hour, at the latest within 24 hours", ("T4", "T5", "X1")),
    "S1": ("within 24 hours", ("T4", "X1")),
    "S2": ("within 24 hours", ("T4", "X1")),
    "S4": ("within 48 hours; after a Friday first thing on Monday", ("T6", "T7", "X2")),
}


@dataclass(frozen=True, slots=True)
class Voice:
    """What one article alone would do about the next step."""

    article: str
    """`S0` to `S4`."""
    playbook: str
    kind: DraftKind
    """THANK_YOU or STATUS."""
    speaks: bool
    """False: the article says nothing of it, and the slot is what its playbook takes from the default."""
    text: str
    slot: Slot | None = None
    """When its playbook would have it sent, in the recipient's zone; None: not at all."""
    rules: tuple[str, ...] = ()


def article_voices(process: Process, policy: Policy, profile: Profile, now: datetime) -> tuple[Voice, ...]:
    """Return what each article alone would do: about the notes of the last interview, and about the next status follow-up.

    The arguments are those of `decide`; `policy` only says how long notes of thanks are still spoken of.
    """
    case = Case(process, policy, profile, now)
    found: list[Voice] = []
    if process.state is State.CLOSED or process.no_contact:  # none of them writes to who does not want it (H11)
        return ()
    round_ = _round_of(case)
    if round_ is not None:
        found += [_thanks_of(case, article, round_) for article in ARTICLES]
    if process.wait is not None and not process.owed:
        found += [_status_of(case, article, process.wait) for article in ARTICLES]
    return tuple(found)


def _round_of(case: Case) -> Round | None:
    """Return the interview whose notes are open: the one that was over last, while its wait runs and no follow-up was sent."""
    process = case.process
    over = [
        item
        for item in process.rounds
        if item.interview.status is not InterviewStatus.CANCELLED
        and item.interviewers
        and not was_missed(process, item.interview)
        and case.reached(item.interview.end)
    ]
    if not over or process.wait is None or process.wait.follow_ups:
        return None
    last = max(over, key=lambda item: item.interview.end.astimezone(UTC))
    open_for = timedelta(days=case.policy.thank_you.place_days)
    return last if not case.reached(plus(last.interview.end, open_for)) else None


def _thanks_of(case: Case, article: str, round_: Round) -> Voice:
    policy = load_playbook(ARTICLES[article])
    country = country_of(case.process, case.profile, round_.interviewers[0].address)
    slot = thank_you_slot(round_.interview.end, case.zone, country, policy.thank_you)
    if article not in _SAYS_THANKS:
        return Voice(article, policy.name, DraftKind.THANK_YOU, False, "names no hour for the note of thanks", slot)
    text, rules = _SAYS_THANKS[article]
    return Voice(article, policy.name, DraftKind.THANK_YOU, True, text, slot, rules)


def _status_of(case: Case, article: str, wait: Wait) -> Voice:
    policy = load_playbook(ARTICLES[article])
    kind = _AGAIN if wait.follow_ups else _CLASS[wait.promise.kind] if wait.promise is not None else _NONE
    says = _SAYS.get((article, kind))
    planned = plan_status(case.process, policy, case.profile, case.now)
    slot = planned.first if planned is not None and status_recipient(case.process) is not None else None
    text, rules = says or ("says nothing of this", ())
    if says is not None and article == "S4" and kind == _DATE:
        text += _after_a_friday(wait, slot)
    if slot is None and kind == _AGAIN and article != "S2" and used_up(wait, policy, case.profile):
        cap = cap_of(wait, policy)
        text += f"; its {cap} are used up" if len(wait.follow_ups) >= cap else "; its month is over"
    return Voice(article, policy.name, DraftKind.STATUS, says is not None, text, slot, rules)


def _after_a_friday(wait: Wait, slot: Slot | None) -> str:
    """Say what becomes of the 48 hours where no business morning lies within them (X14)."""
    if wait.promise is None or wait.promise.date is None or slot is None:
        return ""
    last = wait.promise.date + timedelta(days=2)
    if slot.opens.date() <= last:
        return ""
    return f", which end on {day_words(last)} and hold no business morning: the next one"
