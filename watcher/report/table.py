"""The status table: states in colour, how long it has been quiet, what comes next, which drafts wait; readable on 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rules.drafts.types import DraftKind
from rules.extract.types import PromiseClass
from rules.intents import Place, Task
from rules.process import State
from rules.reasons import day_words as day_in_full
from watcher.history import Assessment
from watcher.report.away import on_their_way_out
from watcher.report.proofs import SEVERITY_STYLES, findings_of, needs_you, summary
from watcher.report.status import cap_of, next_place, quiet_days, shown_drafts
from watcher.report.words import KIND_WORDS, STATE_STYLES, STATE_WORDS, day_words, days_away, plain, span_words, time_words
from watcher.store.accounts import AccountRow
from watcher.store.drafts import LIVE, OutboxRow, RowState
from watcher.telling import ASKED_AFTER

__all__ = [
    "draft_line",
    "draft_words",
    "due_words",
    "place_words",
    "standing_line",
    "state_text",
    "status_table",
    "status_view",
]

_FORMS = frozenset({DraftKind.PREP, DraftKind.NOTES})

_ORDER = (State.DRAFTED, State.OUR_TURN, State.SCHEDULED, State.THEIR_TURN, State.PAUSED, State.DORMANT, State.CLOSED)
"""What needs the user comes first."""

_PROMISED = {PromiseClass.AWAY_UNTIL: "away until", PromiseClass.CONTACT_DATE: "to be written to on"}
_CLOSED_BY = {"rejection": "they said no", "offer": "offer", "accepted": "you took the job", "user": "by you"}


def status_view(now: datetime, zone: ZoneInfo, accounts: Iterable[AccountRow], found: Sequence[Assessment]) -> Group:
    """Return head, table, troubles of accounts and notices; `zone` is the user's."""
    parts: list[RenderableType] = [
        Padding(Text.assemble(("! ", "bold red"), (f"{row.name}: ", "bold"), plain(row.trouble, 1000)), (0, 1))
        for row in accounts
        if row.trouble
    ]
    if not found:
        parts.append(Padding(Text("No hiring process found so far."), (0, 1)))
        return Group(*parts)
    parts.append(status_table(now, zone, found))
    notices = [
        Text.assemble(("▲ ", "yellow"), (f"{_company(one)}: ", "bold"), plain(notice.text, 1000))
        for one in _sorted(found)
        for notice in one.decision.notices
        if one.process.state is not State.CLOSED or notice.kind in ASKED_AFTER
    ]
    parts.extend(Padding(notice, (0, 1)) for notice in notices)
    parts.extend(Padding(_task(one, task, zone, now), (0, 1)) for one in _sorted(found) for task in one.decision.tasks)
    parts.append(Padding(Text(_summary(found), "dim"), (0, 1)))
    return Group(*parts)


def status_table(now: datetime, zone: ZoneInfo, found: Sequence[Assessment]) -> Table:
    """Return one row a process, those that need the user first."""
    today = now.astimezone(zone).date()
    table = Table(box=SIMPLE_HEAD, header_style="bold")
    table.add_column("Company, role", max_width=24)
    table.add_column("State", no_wrap=True)
    table.add_column("Quiet", justify="right", no_wrap=True)
    table.add_column("Next")
    for one in _sorted(found):
        process = one.process
        quiet = quiet_days(process, now, zone)
        name = Text(_company(one), "bold" if process.state is not State.CLOSED else "dim")
        name.append(f"\n{plain(process.role) or process.id}", "dim not bold")
        days = "" if quiet is None else "1 day" if quiet == 1 else f"{quiet} days"
        table.add_row(name, state_text(one, zone, today), days, _next(one, now, zone))
    return table


def state_text(one: Assessment, zone: ZoneInfo, today: date) -> Text:
    """Return the state in words and colour, with what belongs to it."""
    process = one.process
    if _rests(one):
        return Text("on hold there", STATE_STYLES[State.PAUSED])
    text = Text(STATE_WORDS[process.state], STATE_STYLES[process.state])
    if process.state is State.PAUSED and process.paused_until is not None:
        text.append(f"\nuntil {day_words(process.paused_until.astimezone(zone).date(), today)}", "dim not bold")
    elif process.state is State.CLOSED and process.closed_by:
        text.append(f"\n{_CLOSED_BY.get(process.closed_by, process.closed_by)}", "dim not bold")
    elif process.state in {State.THEIR_TURN, State.DRAFTED} and process.wait is not None and process.wait.promise is not None:
        promise = process.wait.promise
        if promise.date is not None:
            text.append(f"\n{_PROMISED.get(promise.kind, 'promised')} {day_words(promise.date, today)}", "dim not bold")
    return text


def place_words(place: Place, one: Assessment) -> str:
    """Return `Follow-up 2 of 3 to Dana Whitfield`, or what a form of the user's own is called.

    One that is the last before there were as many as there may be (D17) says so: `Follow-up 2, the last, to Dana Whitfield`.
    """
    what = KIND_WORDS[place.kind]
    if place.kind in _FORMS:
        return what
    if place.kind is DraftKind.STATUS:
        most = place.of or cap_of(one.process, one.account.policy)
        what = (
            f"{what} {place.attempt}, the last," if place.final and place.attempt < most else f"{what} {place.attempt} of {most}"
        )
    name = plain(place.recipient.name) or place.recipient.address
    return f"{what} to {name}" if name else what


def draft_words(row: OutboxRow) -> str:
    """Return `Thank-you note to Dana Whitfield`, or what a form of the user's own is called."""
    if row.key.kind in _FORMS:
        return KIND_WORDS[row.key.kind]
    if row.key.kind is DraftKind.LINKEDIN:
        return plain(row.draft.subject)  # it stands in the user's own Drafts, and its subject says for whom it is
    return f"{KIND_WORDS[row.key.kind]} to {plain(row.draft.to.name) or row.draft.to.address}"


def standing_line(found: Assessment, row: OutboxRow, now: datetime, zone: ZoneInfo) -> str:
    """Return what is to be done with a draft of a process: that it is not to be sent, or when it is."""
    if row in on_their_way_out(found):
        return "not called for any more" if row.key.kind in _FORMS else "do not send it: it is taken back"
    return draft_line(row, now, zone)


def draft_line(row: OutboxRow, now: datetime, zone: ZoneInfo) -> str:
    """Return when a draft is best sent, and whose it is."""
    if row.state is RowState.REFUSED:
        return f"the server would not take it: {plain(row.error) or 'no reason given'}"
    if row.state is RowState.EDITED:
        return "yours since you edited it"
    if row.state is not RowState.PLACED:
        return f"has to wait: {plain(row.error)}" if row.error else "about to be written"
    if row.key.kind in _FORMS or row.slot_opens is None:
        return "to be filled in" if row.key.kind in _FORMS else "ready to be sent"
    when = time_words(row.slot_opens, zone, now.astimezone(zone).date())
    if row.slot_closes is not None and row.slot_closes < now:
        return f"late: was best sent by {time_words(row.slot_closes, zone, now.astimezone(zone).date())}"
    return "best sent now" if row.slot_opens <= now else f"best sent {when}"


def _next(one: Assessment, now: datetime, zone: ZoneInfo) -> Text:
    """Return the drafts that wait, else the interview ahead, then what comes next."""
    today = now.astimezone(zone).date()
    text = Text()
    for row in shown_drafts(one):
        style = "red" if row.state is RowState.REFUSED else "bold blue"
        text.append("\n" if text else "").append(draft_words(row), style)
        text.append(f"\n{standing_line(one, row, now, zone)}", "dim")
        if (told := summary(findings_of(one, row))) is not None:
            text.append(f"\n{told[0]}", SEVERITY_STYLES[told[1]])
    ahead = [each for each in one.process.rounds if each.interview.status.value != "cancelled" and each.interview.end > now]
    if one.process.state is State.SCHEDULED and ahead:
        interview = ahead[0].interview
        who = ", ".join(plain(person.name) or person.address for person in ahead[0].interviewers)
        text.append("\n" if text else "").append(f"Interview {span_words(interview.start, interview.end, zone, today)}")
        text.append(f"\n{days_away(interview.start.astimezone(zone).date(), today)}{f', with {who}' if who else ''}", "dim")
    following = next_place(one)
    if following is not None and not text:
        text.append(place_words(following, one))
        day = following.slot.opens.astimezone(zone).date()
        text.append(
            f"\n  {span_words(following.slot.opens, following.slot.closes, zone, today)} ({days_away(day, today)})", "dim"
        )
    if not text:
        text.append(_nothing(one), "dim")
    return text


def _rests(one: Assessment) -> bool:
    """Say whether they put the process on hold, so that neither side has anything to do."""
    return one.process.on_hold and one.process.state in {State.OUR_TURN, State.THEIR_TURN, State.DRAFTED}


def _nothing(one: Assessment) -> str:
    if _rests(one):
        return "rests until they are heard of"
    match one.process.state:
        case State.OUR_TURN:
            return "they wrote last: answer them"
        case State.DORMANT:
            return "time to move on"
        case _:
            return "nothing planned"


def _sorted(found: Sequence[Assessment]) -> list[Assessment]:
    def rank(one: Assessment) -> int:
        return -1 if needs_you(one) else _ORDER.index(State.PAUSED if _rests(one) else one.process.state)

    return sorted(found, key=lambda one: (rank(one), _company(one).casefold()))


def _company(one: Assessment) -> str:
    return plain(one.process.company, 60) or "company unknown"


def due_words(task: Task, now: datetime, zone: ZoneInfo) -> str:
    """Return by when a task is best done, where its own text does not say so: ` By Fri 6 Mar, 17:00.`, else nothing."""
    if task.due is None or day_in_full(task.due.astimezone(zone).date()) in task.text:
        return ""
    return f" By {time_words(task.due, zone, now.astimezone(zone).date())}."


def _task(one: Assessment, task: Task, zone: ZoneInfo, now: datetime) -> Text:
    """Return a task, by when it is best done, and what is typed when it is."""
    text = Text.assemble(("\N{BALLOT BOX} ", "cyan"), (f"{_company(one)}: ", "bold"), plain(task.text, 1000))
    text.append(due_words(task, now, zone), "dim")
    return text.append(f"  hearback done {one.process.id} {task.id}", "dim cyan")


def _summary(found: Sequence[Assessment]) -> str:
    going = [len(on_their_way_out(one)) for one in found]
    ready = sum(row.state in LIVE for one in found for row in shown_drafts(one)) - sum(going)
    turn = sum(one.process.state is State.OUR_TURN and not _rests(one) for one in found)
    parts = [f"{len(found)} {'process' if len(found) == 1 else 'processes'}"]
    if ready:
        parts.append(f"{ready} {'draft' if ready == 1 else 'drafts'} in Drafts: press Send there, or edit, or delete")
    if sum(going):
        parts.append(f"{sum(going)} to be taken back")
    if waiting := sum(needs_you(one) for one in found):
        parts.append(f"{waiting} with something to put right first")
    if turn:
        parts.append(f"{turn} waiting for your answer")
    return " · ".join(parts)
