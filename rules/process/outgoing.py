"""What the user does to a process: mail of their own, what becomes of our drafts in their hands, and their words to us."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rules.drafts.types import DraftKey, DraftKind
from rules.process.interviews import is_cancelled
from rules.process.ledger import Ledger
from rules.process.people import interviewers_of
from rules.process.schedule import user_zone
from rules.process.table import Signal
from rules.process.types import UNDONE, DraftChange, DraftEvent, DraftView, Mark, Noted, Outgoing, State, Verb
from rules.worktime import local_day

__all__ = ["take_draft", "take_mark", "take_noted", "take_outgoing"]

_THANKS = timedelta(hours=48)
"""A mail of the user's own so soon after an interview is one of thanks, even where the playbook calls that late (T6)."""


def take_outgoing(ledger: Ledger, event: Outgoing) -> None:
    """Take a mail of the user's own: an answer, a note of thanks, or a follow-up."""
    if event.step is not None and event.step.kind.to_self:
        ledger.spent.add(event.step)
        ledger.own_drafts.pop(event.step, None)
        return
    recipients = tuple(address for address in event.recipients if address and address not in ledger.own)
    if not recipients and event.step is None:
        return
    ledger.conversations.add(event.thread, theirs=False)
    _take_sent(ledger, event.step, event.at, recipients or ((event.step.recipient,) if event.step else ()), event.id)


def take_noted(ledger: Ledger, event: Noted) -> None:
    """Take what the user wrote down: the newest word on a round holds.

    What was promised in an interview counts from its end on (the ledger knows the notes then). What the user wrote down of no
    interview, of a telephone call say, is a word of theirs when it is written down.
    """
    if ledger.noted.get(event.notes.round) != event:
        return
    answers = event.notes.answers
    if answers.start_by is not None:
        ledger.start_by, ledger.start_by_evidence = answers.start_by, (event.id,)
    promise = ledger.usable(answers.promise, local_day(event.at, user_zone(ledger.profile)))
    if event.notes.round == 0 and promise is not None:
        ledger.promise_of(event.at, promise, (event.id,))
        if ledger.go(Signal.PROMISED, "what you noted of their promise") and ledger.waiting:
            ledger.begin_wait(event.at, promise, "you noted when to expect word", (event.id,))


def _take_own_draft(ledger: Ledger, event: DraftEvent) -> None:
    """Take what happened to a draft that the user gets of us: a message to nobody, it changes no state."""
    if event.change in {DraftChange.SENT, DraftChange.DISCARDED}:
        ledger.spent.add(event.key)
    if event.change in {DraftChange.PLACED, DraftChange.EDITED}:
        view = ledger.own_drafts.get(event.key)
        edited = event.change is DraftChange.EDITED or (view is not None and view.edited)
        ledger.own_drafts[event.key] = DraftView(event.key, view.placed_at if view else event.at, event.slot_opens, edited)
    else:
        ledger.own_drafts.pop(event.key, None)


def take_draft(ledger: Ledger, event: DraftEvent) -> None:
    """Take what happened to a draft of ours."""
    if event.key.kind.to_self:
        _take_own_draft(ledger, event)
        return
    view = ledger.drafts.get(event.key)
    if event.change is DraftChange.SENT:
        _take_sent(ledger, event.key, event.at, (event.key.recipient,), event.id)
    elif event.change is DraftChange.DISCARDED:
        ledger.drafts.pop(event.key, None)
        _take_veto(ledger, event, view)
    elif event.change is DraftChange.WITHDRAWN:
        ledger.drafts.pop(event.key, None)
    else:
        edited = event.change is DraftChange.EDITED or (view is not None and view.edited)
        placed_at = view.placed_at if view is not None else event.at
        slot = event.slot_opens or (view.slot_opens if view is not None else None)
        ledger.drafts[event.key] = DraftView(event.key, placed_at, slot, edited)


def _take_sent(ledger: Ledger, key: DraftKey | None, at: datetime, recipients: tuple[str, ...], event_id: str) -> None:
    ledger.last_out = at
    ledger.wrote_to += [(address, at) for address in recipients]
    if key is not None:
        ledger.drafts.pop(key, None)
        ledger.spent.add(key)
        if key in ledger.sent:  # told twice: by the Sent folder and by the outbox
            return
        ledger.sent.add(key)
    kind = key.kind if key is not None else _kind_of(ledger, at, recipients)
    if kind is DraftKind.THANK_YOU:
        ledger.thanked += [(address, at) for address in recipients]
    elif kind is DraftKind.STATUS:
        ledger.status_sent.append(at)
    elif kind is DraftKind.KEEP_WARM and key is not None:
        ledger.warmed.append((key, at))
        return  # it answers nothing, and nothing is waited for
    if ledger.under is State.OUR_TURN:
        if ledger.go(Signal.ANSWERED, "your mail"):
            ledger.begin_wait_after(at, "you answered", (event_id,))
    elif kind is DraftKind.STATUS and ledger.waiting:
        ledger.count(key, at, None, vetoed=False)


def _kind_of(ledger: Ledger, at: datetime, recipients: tuple[str, ...]) -> DraftKind | None:
    """Say what a mail of the user's own is taken for: thanks soon after an interview (D23), later a follow-up, else neither."""
    instant = at.astimezone(UTC)
    over = [
        item for item in ledger.meetings() if not is_cancelled(item.interview) and item.interview.end.astimezone(UTC) <= instant
    ]
    soon = max(_THANKS, timedelta(hours=ledger.policy.thank_you.hard_hours))
    for item in reversed(over):
        met = {person.address for person in interviewers_of(item.interview, ledger.roster, ledger.own)}
        if instant <= item.interview.end.astimezone(UTC) + soon and met.intersection(recipients):
            return DraftKind.THANK_YOU
    if not ledger.waiting or ledger.wait is None:
        return None
    begins = [ledger.wait.since.astimezone(UTC), *(item.interview.end.astimezone(UTC) for item in over)]
    return DraftKind.STATUS if instant > max(begins) + soon else None


def _take_veto(ledger: Ledger, event: DraftEvent, view: DraftView | None) -> None:
    """Take a discarded draft: skipped for ever (invariant 3), it counts as one of the wait it was placed in (D15)."""
    if event.key in ledger.spent:
        return
    ledger.spent.add(event.key)
    placed_at = view.placed_at if view is not None else event.at
    if event.key.kind is DraftKind.THANK_YOU:
        ledger.declined.append((event.key.recipient, placed_at))
    elif event.key.kind is DraftKind.KEEP_WARM:
        slot = event.slot_opens or (view.slot_opens if view is not None else None)
        ledger.warmed.append((event.key, slot or event.at))
    wait = ledger.wait
    if event.key.kind is not DraftKind.STATUS or wait is None or not ledger.waiting:
        return
    here = placed_at.astimezone(UTC) >= wait.since.astimezone(UTC) if view is not None else False
    here = here or _wait_number(event.key) == wait.number
    if here:
        slot = event.slot_opens or (view.slot_opens if view is not None else None)
        ledger.count(event.key, event.at, slot, vetoed=True)


def _wait_number(key: DraftKey) -> int:
    number = key.step.partition("-")[2].partition(".")[0]
    return int(number) if number.isdecimal() else 0


def _take_report(ledger: Ledger, event: Mark) -> None:
    """Take what the user reports: a task that is done, or that they did not come to the last interview that was over by then."""
    if event.verb is Verb.DONE:
        before = ledger.owed()
        ledger.done.add(event.item)
        if before and not ledger.owed() and ledger.waiting:
            ledger.begin_wait_after(event.at, "you handed in what they had asked for", (event.id,))
        return
    instant = event.at.astimezone(UTC)
    over = [
        item for item in ledger.meetings() if not is_cancelled(item.interview) and item.interview.end.astimezone(UTC) <= instant
    ]
    if not over:
        ledger.note("`no-show` changed nothing: no interview is over")
        return
    if event.item == UNDONE:
        ledger.missed.pop(over[-1].interview.uid, None)
    else:
        ledger.missed[over[-1].interview.uid] = event.at


def take_mark(ledger: Ledger, event: Mark) -> None:
    """Take a word of the user's."""
    if event.verb in {Verb.DONE, Verb.NO_SHOW}:
        _take_report(ledger, event)
    elif event.verb is Verb.COUNTRY:
        ledger.country = event.item
    elif event.verb is Verb.ACCEPTED:
        if ledger.state is State.CLOSED or ledger.go(Signal.CLOSE, "`accepted`"):
            ledger.close("accepted", event.at, (event.id,))
    else:
        _take_command(ledger, event)


def _take_command(ledger: Ledger, event: Mark) -> None:
    if event.verb is Verb.PAUSE:
        if event.until is not None and event.until.astimezone(UTC) <= event.at.astimezone(UTC):
            ledger.note("a snooze until a time that was already over changed nothing")
        elif ledger.go(Signal.PAUSE, "`pause`"):
            ledger.paused_until = event.until
    elif event.verb is Verb.RESUME:
        paused = ledger.state is State.PAUSED
        if not ledger.go(Signal.RESUME, "`resume`"):
            return
        ledger.paused_until, ledger.resumed_at, ledger.on_hold = None, event.at, False
        if not paused:
            ledger.begin_wait_after(event.at, "you said that they were answered", (event.id,))
    elif event.verb is Verb.CLOSE:
        if ledger.go(Signal.CLOSE, "`close`"):
            ledger.close("user", event.at, (event.id,))
    elif ledger.go(Signal.REOPEN, "`reopen`"):
        ledger.open_again(event.at)
        ledger.no_contact = False
