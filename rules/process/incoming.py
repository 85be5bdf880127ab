"""What each kind of mail of theirs does to a process: part 3 of the rules, the pause rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta

from rules.classify import Kind, can_receive
from rules.extract.domains import better_name
from rules.extract.types import Interview, InterviewStatus, Outcome, Person, Promise, PromiseClass
from rules.process.automatic import take_auto_reply
from rules.process.interviews import Meeting, Statement, believable, newer
from rules.process.ledger import Ledger
from rules.process.people import merge_people
from rules.process.schedule import SAID_YES, user_zone
from rules.process.table import Signal
from rules.process.types import CALLED_OFF, Aside, Incoming, State
from rules.reasons import day_words
from rules.worktime import known_zone, local_day, plus

__all__ = ["take_incoming"]

_IGNORED = frozenset({Kind.RECRUITER_OUTREACH, Kind.JOB_ALERT, Kind.NOISE})
_FROM_MACHINES = frozenset({Kind.APPLICATION_ACK, Kind.AUTO_REPLY})
_GRAVE = frozenset({Kind.REJECTION, Kind.OFFER, Kind.CANCELLATION})
_NEAR = timedelta(hours=24)
_MOST_INTERVIEWS = 60
_MOST_INSTRUCTIONS = 10


def take_incoming(ledger: Ledger, event: Incoming) -> None:
    """Take a message of theirs."""
    if event.sender.address in ledger.own:
        ledger.note("a mail of your own was not taken as one of theirs")
        return
    if event.kind in _IGNORED:
        return
    if event.kind is Kind.AUTO_REPLY:
        ledger.conversations.add(event.thread, theirs=False)
        take_auto_reply(ledger, event)
        return
    _take_names(ledger, event)
    _take_manner(ledger, event)
    if event.kind in _FROM_MACHINES:
        ledger.conversations.add(event.thread, theirs=False)
        return
    _take_people(ledger, event)
    _take_place(ledger, event)
    ledger.conversations.add(event.thread, theirs=True)
    if ledger.waiting and ledger.wait is not None:
        ledger.answered.append((ledger.wait.since, event.at))
    ledger.last_in = event.at
    ledger.not_before = None  # whoever writes is back
    ledger.away_shifts = 0
    if event.facts.no_contact:
        ledger.no_contact = True
        text = f"On {day_words(_day(ledger, event))} they asked not to be contacted: no draft is written to them."
        ledger.asides.append(Aside("no_contact", text, event.at, (event.id,)))
    promise = _promise(ledger, event)
    if promise is not None:
        ledger.promise_of(event.at, promise, (event.id,))
    if event.unsure and _asks_whose(ledger, event):
        return
    _TAKE[event.kind](ledger, event, promise)


def _take_names(ledger: Ledger, event: Incoming) -> None:
    company = better_name(ledger.company, event.facts.company)
    if company != ledger.company:
        ledger.company, ledger.company_from = company, event.id
    if event.facts.role and event.facts.role != ledger.role:
        ledger.role, ledger.role_from = event.facts.role, event.id


def _asks_whose(ledger: Ledger, event: Incoming) -> bool:
    """Ask to which process a mail belongs that fits several; return True if nothing else comes of it but a pause.

    A mistaken pause costs little. What would close the process or call an interview off waits for the user's word, and so does an
    interview, for which each process would thank. That it counts nowhere is told as long as it could be thanked for, though they
    write on: nothing else would tell of it.
    """
    who = event.sender.name or event.sender.address or "somebody"
    met = [] if event.kind in _GRAVE else _meetings_of(event)
    day = day_words(_day(ledger, event))
    fits = f"The mail of {who} on {day} may belong to another process as well, so it stopped the follow-ups in each of them"
    asked = f"`hearback why {ledger.id}` shows it, and `hearback split` says where it belongs."
    if met:
        fits += ". It speaks of an interview, for which nobody is thanked until you say whose it is"
        last = max(interview.end.astimezone(UTC) for interview in met)
        until = plus(last, timedelta(days=ledger.policy.thank_you.place_days))
    else:
        until = None
    ledger.asides.append(Aside("unsure", f"{fits}: {asked}", event.at, (event.id,), until))
    if event.kind not in _GRAVE and not met:
        return False
    ledger.go(Signal.REPLIED, "a mail that may be another process's")
    return True


def _meetings_of(event: Incoming) -> list[Interview]:
    """Return the interviews that a mail would bring into its process; the times in a mere reply are no more than offered."""
    texts = event.kind in {Kind.INTERVIEW_CONFIRMATION, Kind.RESCHEDULE}
    return [one for one in event.facts.interviews if (texts or one.source != "text") and believable(one, event.at)]


def _take_manner(ledger: Ledger, event: Incoming) -> None:
    """Learn how they want to be written to (H11), and when the work is to begin (F22)."""
    for sentence in event.facts.instructions[:_MOST_INSTRUCTIONS]:
        if len(ledger.instructions) < _MOST_INSTRUCTIONS and all(known.text != sentence for known in ledger.instructions):
            ledger.instructions.append(Aside("instruction", sentence, event.at, (event.id,)))
    ledger.no_calls = ledger.no_calls or event.facts.no_calls
    if event.facts.start_date is not None:
        ledger.start_by, ledger.start_by_evidence = event.facts.start_date, (event.id,)


def _day(ledger: Ledger, event: Incoming) -> date:
    return local_day(event.at, user_zone(ledger.profile))


def _take_people(ledger: Ledger, event: Incoming) -> None:
    sender = event.sender
    human = bool(sender.address) and event.can_receive and can_receive(sender.address)
    if sender.address and not human:
        ledger.unreachable.add(sender.address)
    people = [
        replace(person, signed=human and person.address == sender.address)
        for person in event.facts.people
        if person.address not in ledger.own
    ]
    for interview in event.facts.interviews:
        people += [person for person in interview.interviewers if person.address not in ledger.own]
        if interview.organizer is not None and interview.organizer.address not in ledger.own:
            people.append(interview.organizer)
    people = [person for person in people if not person.address or can_receive(person.address)]
    if human:
        people.insert(0, Person(sender.name, sender.address, signed=bool(sender.name)))
        ledger.correspondents[sender.address] = (sender, event.at)
    ledger.roster = merge_people(ledger.roster, people)


def _take_place(ledger: Ledger, event: Incoming) -> None:
    """Learn where they are (D7): a zone that an invitation names, else the offset of the sender's clock.

    An offset of zero says nothing, for mail systems write it whatever the place; nor does the offset that the user's own zone had
    at that instant: the user's zone, which knows of summer time, serves better.
    """
    named = [interview.zone for interview in event.facts.interviews if known_zone(interview.zone) is not None]
    ledger.zone = named[-1] if named else ledger.zone
    offset = event.facts.zone_offset
    if offset is not None and event.can_receive:
        own = event.at.astimezone(user_zone(ledger.profile)).utcoffset()
        ledger.zone_offset = None if offset == 0 or own == timedelta(minutes=offset) else offset


def _promise(ledger: Ledger, event: Incoming) -> Promise | None:
    """Return the promise of a mail if it can be used."""
    promise = ledger.usable(event.facts.promise, _day(ledger, event))
    if promise is None and event.facts.promise is not None:
        ledger.note("a promised date that is missing, over or more than two years off was not used")
    return promise


def _tell(ledger: Ledger, event: Incoming, *, texts: bool) -> list[Interview]:
    """Write down what a mail states about interviews; return those of its statements that hold now.

    Times in running text are believed only where `texts` is True: an invitation may offer several.
    """
    told: list[Interview] = []
    for interview in event.facts.interviews:
        if not texts and interview.source == "text":
            continue
        if not believable(interview, event.at):
            ledger.note("an interview at a time that no interview has was not used")
            continue
        statement = Statement(interview, event.at, (event.id,))
        if len(ledger.statements) >= _MOST_INTERVIEWS and interview.uid not in ledger.statements:
            ledger.note("more interviews than a process can have: this one was not used")
        elif newer(ledger.statements.get(interview.uid), statement):
            ledger.state_that(interview.uid, statement)
            told.append(interview)
        else:
            ledger.note("an older statement about an interview was not used")
    return told


def _still_ahead(ledger: Ledger, event: Incoming, told: list[Interview]) -> bool:
    uids = {interview.uid for interview in told}
    return any(meeting.uids & uids for meeting in ledger.ahead(event.at))


def _replace_by(ledger: Ledger, meeting: Meeting) -> None:
    for uid in meeting.uids:
        ledger.state_that(uid, replace(ledger.statements[uid], replaced=True))


def _take_reply(ledger: Ledger, event: Incoming, promise: Promise | None) -> None:
    """Take the mail of a human: our turn, unless they said when they will be back with word, or that we shall write again."""
    cause = "they said when to expect word"
    if event.facts.agreed and (promise is None or promise.date is None) and _was_asked(ledger):
        promise, cause = _next_week(ledger, event), SAID_YES
        ledger.promise_of(event.at, promise, (event.id,))
    held = event.facts.outcome is Outcome.ON_HOLD and (promise is None or promise.date is None)
    ledger.on_hold = held
    if held:
        text = f"On {day_words(_day(ledger, event))} they put the process on hold: the follow-ups rest until they write again."
        ledger.asides.append(Aside("on_hold", text, event.at, (event.id,)))
    if _still_ahead(ledger, event, _tell(ledger, event, texts=False)):
        _confirm(ledger, event)
    elif promise is not None and not held:
        if ledger.go(Signal.PROMISED, "their promise") and ledger.waiting:
            ledger.begin_wait(event.at, promise, cause, (event.id,))
    else:
        ledger.go(Signal.REPLIED, "their mail")


def _was_asked(ledger: Ledger) -> bool:
    """Return True if the last follow-up of the wait that they answer asked whether to write again next week (F14)."""
    first = ledger.policy.status.question_from
    follow_ups = ledger.wait.follow_ups if ledger.wait is not None else ()
    return 0 < first <= len(follow_ups) and not follow_ups[-1].vetoed


def _next_week(ledger: Ledger, event: Incoming) -> Promise:
    """Return the day in the week after their yes on which they expect a mail (X13): the first allowed weekday of it."""
    day = _day(ledger, event)
    monday = day + timedelta(days=7 - day.weekday())
    weekday = ledger.policy.slot.weekdays[0]
    return Promise(PromiseClass.CONTACT_DATE, day, monday + timedelta(days=weekday))


def _revive(ledger: Ledger, event: Incoming) -> None:
    if ledger.state is State.CLOSED and ledger.closed_by == "rejection" and ledger.go(Signal.REVIVED, "their invitation"):
        ledger.open_again(event.at)
        ledger.note("they asked for another interview after the rejection: the process is open again")


def _confirm(ledger: Ledger, event: Incoming) -> None:
    _revive(ledger, event)
    if ledger.go(Signal.CONFIRMED, "the confirmation of an interview"):
        ledger.on_hold = False
        ledger.no_contact = event.facts.no_contact


def _invite(ledger: Ledger, event: Incoming) -> None:
    _revive(ledger, event)
    if ledger.go(Signal.INVITED, "the invitation to an interview"):
        ledger.on_hold = False
        ledger.no_contact = event.facts.no_contact


def _take_invite(ledger: Ledger, event: Incoming, promise: Promise | None) -> None:
    del promise  # it holds on, and counts once the interview is over
    if _still_ahead(ledger, event, _tell(ledger, event, texts=False)):
        _confirm(ledger, event)
    else:
        _invite(ledger, event)


def _take_confirmation(ledger: Ledger, event: Incoming, promise: Promise | None) -> None:
    told = _tell(ledger, event, texts=True)
    if _still_ahead(ledger, event, told):
        _confirm(ledger, event)
    elif event.facts.interviews:
        ledger.note("a confirmation of an interview that is over or cancelled changed nothing")
    elif ledger.ahead(event.at):
        _confirm(ledger, event)
    else:
        ledger.note("a confirmation without a time that could be read: it is your turn to look at it")
        _take_reply(ledger, event, promise)


def _take_reschedule(ledger: Ledger, event: Incoming, promise: Promise | None) -> None:
    if event.facts.countered:
        ledger.note("they propose another time for the interview; the one that stands stands until it is moved")
        _take_reply(ledger, event, promise)
        return
    before = ledger.ahead(event.at)
    told = _tell(ledger, event, texts=True)
    uids = {interview.uid for interview in told}
    others = [meeting for meeting in before if not meeting.uids & uids]
    if event.facts.interviews and not told:
        ledger.note("a change of an interview that was known already changed nothing")
        return
    if len(others) == 1 and len(before) == 1:
        _replace_by(ledger, others[0])
    elif others and not uids:
        ledger.note("which of several interviews is to be moved could not be read")
    if _still_ahead(ledger, event, told):
        _confirm(ledger, event)
    elif not told:
        _take_invite(ledger, event, promise)


def _take_cancellation(ledger: Ledger, event: Incoming, promise: Promise | None) -> None:
    before = ledger.ahead(event.at)
    texts = [interview for interview in event.facts.interviews if interview.source == "text"]
    others = [interview for interview in event.facts.interviews if interview.source != "text"]
    _tell(ledger, replace(event, facts=replace(event.facts, interviews=tuple(others))), texts=False)
    if not others:
        meant = [meeting for meeting in before if any(_near(meeting, interview) for interview in texts)] or list(before)
        if len(meant) == 1:
            _cancel(ledger, event, meant[0])
        elif meant:
            ledger.note("which of several interviews is cancelled could not be read: it is your turn to look at it")
            ledger.go(Signal.REPLIED, "their mail")
            return
    if ledger.ahead(event.at) or (not before and ledger.under is State.OUR_TURN):
        return
    if ledger.go(Signal.CALLED_OFF, "the cancellation"):
        ledger.begin_wait(event.at, promise, CALLED_OFF, (event.id,))


def _near(meeting: Meeting, interview: Interview) -> bool:
    return abs(meeting.interview.start.astimezone(UTC) - interview.start.astimezone(UTC)) <= _NEAR


def _cancel(ledger: Ledger, event: Incoming, meeting: Meeting) -> None:
    for uid in meeting.uids:
        held = ledger.statements[uid]
        interview = replace(held.interview, status=InterviewStatus.CANCELLED)
        ledger.state_that(uid, Statement(interview, event.at, (*held.evidence, event.id)))


def _take_rejection(ledger: Ledger, event: Incoming, promise: Promise | None) -> None:
    del promise
    human = event.sender.address in ledger.correspondents
    taken_back = ledger.closed_by == "offer" and human  # a machine may speak of another opening of theirs
    if taken_back:
        ledger.note("they took their offer back")
    if taken_back or (ledger.state is not State.CLOSED and ledger.go(Signal.REJECTED, "the rejection")):
        ledger.close("rejection", event.at, (event.id,))
        if human:
            ledger.rejected_by = Person(event.sender.name, event.sender.address)


def _take_offer(ledger: Ledger, event: Incoming, promise: Promise | None) -> None:
    del promise
    if ledger.closed_by not in {"user", "accepted"} and ledger.go(Signal.OFFERED, "the offer"):
        ledger.close("offer", event.at, (event.id,))


_TAKE = {
    Kind.INTERVIEW_INVITE: _take_invite,
    Kind.INTERVIEW_CONFIRMATION: _take_confirmation,
    Kind.RESCHEDULE: _take_reschedule,
    Kind.CANCELLATION: _take_cancellation,
    Kind.REJECTION: _take_rejection,
    Kind.OFFER: _take_offer,
    Kind.HUMAN_REPLY: _take_reply,
}
