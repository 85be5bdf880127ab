"""The handwritten card: beside the mail, where the interview or their culture calls for one, if the post is fast enough."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from rules.decide.keeping import begins_at, each_once, held_rounds, name_digest
from rules.decide.part import Case, Part
from rules.extract.types import Format, Person, PromiseClass
from rules.intents import Notice, Reason, Task
from rules.notes.types import Answers
from rules.process import Round
from rules.process.people import reachable
from rules.process.schedule import country_of, user_zone
from rules.reasons import day_words
from rules.worktime import add_business_days, at, first_business_day, is_business_day, local_day, plus

__all__ = ["Card", "card_for", "handwritten_cards"]

_LAST_POST = time(17)
"""In the user's zone: what is posted later goes on the next day."""


class Card:
    """The days of one card (H1, X17): dates of the user's zone."""

    def __init__(self, round_: Round, case: Case, address: str) -> None:
        """Count them for a card to somebody at `address`, which may be unknown."""
        rules, zone = case.policy.tasks, user_zone(case.profile)
        country = country_of(case.process, case.profile, address)
        self.met = local_day(round_.interview.end, zone)
        self.wanted = self.met + timedelta(days=rules.arrive_within_days)
        """By then it should be with them."""
        self.post_on = first_business_day(self.met + timedelta(days=1), case.profile.country)
        """When it is best posted: on the next business day."""
        self.arrives = _arrival(self.post_on, rules.post_days, country)
        """When it is with them if it is posted then."""
        self.post_by = self._last_day(rules.post_days, case.profile.country, country)
        """The last day on which it can be posted to be there in time; never before the best one."""

    def _last_day(self, mail_days: int, here: str, there: str) -> date:
        day = self.wanted
        while day > self.post_on:
            if is_business_day(day, here) and _arrival(day, mail_days, there) <= self.wanted:
                return day
            day -= timedelta(days=1)
        return self.post_on


def _arrival(posted: date, mail_days: int, country: str) -> date:
    return add_business_days(posted, mail_days, country) if mail_days else first_business_day(posted, country)


def card_for(case: Case, round_: Round) -> str:
    """Return why this interview calls for a card, in words; empty where it does not (C2, H7, H9)."""
    known = [notes.answers for notes in case.process.noted if notes.round in {0, round_.number}]
    company = [notes.answers for notes in case.process.noted]
    if _last(company, "remote") or _last(company, "traditional") is False or _last(known, "traditional") is False:
        return ""
    if _last(company, "traditional"):
        return "They are of the kind that values a written card"
    if round_.interview.format is Format.IN_PERSON:
        return "You met in person"
    return ""


def _last(answers: list[Answers], name: str) -> bool | None:
    given = [value for each in answers if (value := getattr(each, name)) is not None]
    return given[-1] if given else None


def handwritten_cards(case: Case) -> Part:
    """Return a task for everybody met, and its reminders."""
    part = Part()
    rules = case.policy.tasks
    if not rules.handwritten:
        return part
    for round_ in held_rounds(case):
        why = card_for(case, round_)
        begins = begins_at(case, round_.interview.end)
        if not why or begins is None:
            continue
        zone = user_zone(case.profile)
        gives_up = at(local_day(round_.interview.end, zone) + timedelta(days=rules.arrive_within_days + 1), time(0), zone)
        if case.reached(gives_up) or _utc(begins) >= _utc(gives_up):
            continue
        part.moments.append(gives_up)
        left = []
        for person in each_once(round_.interviewers):
            task = _card(case, round_, person, Card(round_, case, person.address), why, begins, part)
            if task is not None:
                part.tasks.append(task)
                left.append(person.name.strip() or person.address)
        if left:
            _remind(case, round_, left, begins, part)
    return part


def _names(round_: Round, person: Person) -> tuple[str, str]:
    """Return the id of a card, and the one it had while the address was not known."""
    bare = f"handwritten-{round_.number}.{name_digest(person.name)}"
    return (f"handwritten-{round_.number}.{person.address}" if person.address else bare), bare


def _card(  # noqa: PLR0917 - one card, called once
    case: Case, round_: Round, person: Person, card: Card, why: str, begins: datetime, part: Part
) -> Task | None:
    process, zone = case.process, user_zone(case.profile)
    name, bare = _names(round_, person)
    who = person.name.strip() or person.address
    if name in process.done or bare in process.done:
        return None
    against = _against(case, card, who)
    if against is not None:
        if case.reached(begins) and against not in part.reasons:
            part.reasons.append(against)
        return None
    rules = case.policy.tasks
    due = at(card.post_by, _LAST_POST, zone)
    written = case.words(plus(round_.interview.end, timedelta(hours=rules.write_within_hours)))
    mail = reachable(process, person.address)
    beside = "beside the mail and in other words" if mail else "for no mail is known to reach them"
    text = (
        f"Write {who} a card by hand, {beside}, and post it to the company: written by {written} and "
        f"posted on {day_words(card.post_on)} it is there about {day_words(card.arrives)}; post it by {day_words(card.post_by)} "
        "at the latest. Good paper, and legible."
    )
    reasons = [
        Reason(
            f"{why}: a card by hand {'comes in addition to the' if mail else 'reaches them without a'} mail.",
            ("C2", "H3", "H4", "H7"),
            ("S0", "S1"),
            round_.evidence,
        ),
        Reason(
            f"It should be with them by {day_words(card.wanted)}, {rules.arrive_within_days} days after the interview; the post "
            f"takes {rules.post_days} business days.",
            ("H1", "H2", "H6", "H9", "X17"),
            ("S0", "S2"),
        ),
    ]
    if mail:
        reasons.append(Reason("It says the same as the mail in other words.", ("X8", "H3", "H4"), ("S1", "S2")))
    return Task(name, "handwritten", text, begins.astimezone(zone), due, person, round_.number, tuple(reasons))


def _against(case: Case, card: Card, who: str) -> Reason | None:
    """Say why a card to somebody would be a mistake: an instruction of theirs (H11), or a decision before it is there (H8)."""
    process = case.process
    if process.instructions:
        said = process.instructions[-1]
        text = f"No card to {who}: they wrote how they want to be reached."
        return Reason(text, ("H11",), ("S2",), said.evidence)
    promise = process.wait.promise if process.wait is not None else None
    if promise is None:
        return None
    if promise.kind is PromiseClass.HARD_DATE and promise.date is not None and card.met <= promise.date < card.arrives:
        text = (
            f"No card to {who}: they decide by {day_words(promise.date)}, and posted on {day_words(card.post_on)} it would be "
            f"there about {day_words(card.arrives)}. The mail alone is fast enough."
        )
    elif promise.kind is PromiseClass.FEW_DAYS and promise.made_on >= card.met - timedelta(days=1):
        text = f"No card to {who}: they decide within a few days, and the post takes until {day_words(card.arrives)}."
    else:
        return None
    return Reason(text, ("H8",), ("S0", "S2"), process.wait.evidence if process.wait is not None else ())


def _remind(case: Case, round_: Round, left: list[str], begins: datetime, part: Part) -> None:
    """Tell of the cards that are not done, so long after the interview (H2); of several reminders the latest."""
    whom = " and ".join(filter(None, [", ".join(left[:-1]), left[-1]]))
    text = (
        f"The {'card' if len(left) == 1 else 'cards'} to {whom} {'is' if len(left) == 1 else 'are'} best written and posted now."
    )
    times = [
        max(plus(round_.interview.end, timedelta(hours=hours)), begins, key=_utc) for hours in case.policy.tasks.remind_hours
    ]
    past = [when for when in times if case.reached(when)]
    ahead = [when for when in times if not case.reached(when)]
    for when in [*past[-1:], *ahead]:
        part.notices.append(Notice("handwritten_reminder", text, when))


def _utc(when: datetime) -> datetime:
    return when.astimezone(UTC)
