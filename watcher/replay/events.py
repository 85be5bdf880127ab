"""What happened in a pass of a replay, as values: the lines of the daemon's log, with the draft each is about and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rules.process import State
from rules.reasons import Reason
from watcher.account import Account
from watcher.cycle import PassReport
from watcher.history import Assessment, assess
from watcher.outbox.ledger import title
from watcher.report.words import plain
from watcher.store import Store
from watcher.store.drafts import OutboxRow, load_outbox
from watcher.store.journal import LogRow
from watcher.store.mail import load_processes

__all__ = ["Event", "Recorder", "Totals", "event_values"]

Json = dict[str, Any]

_OF_DRAFTS = frozenset({"placed", "rewritten", "withdrawn", "sent", "edited", "discarded", "refused"})
_GOES_ON = frozenset({State.SCHEDULED, State.THEIR_TURN, State.DRAFTED})
_RESTS = frozenset({State.OUR_TURN, State.PAUSED})
_LONGEST = 1000
_LEFT = "{}: nobody has sent it in all this time, so it counts as one that you did not want"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that the daemon would have seen or done."""

    at: datetime
    action: str
    """As in the log (watcher/README.md); `paused` where a process comes to rest because they wrote last."""
    process: str
    company: str
    role: str
    text: str
    state: State | None = None
    """Where the process stands after it."""
    draft: OutboxRow | None = None
    why: tuple[Reason, ...] = ()


@dataclass(slots=True)
class Totals:
    """What happened, counted."""

    actions: Counter[str] = field(default_factory=Counter)
    drafted: Counter[str] = field(default_factory=Counter)
    """By kind of draft; one that was taken back and came again counts twice."""


@dataclass(slots=True)
class Recorder:
    """Turns the reports of passes into events."""

    account: Account
    store: Store
    totals: Totals = field(default_factory=Totals)
    _states: dict[str, State] = field(default_factory=dict)
    _outbox: dict[str, tuple[str, int, str]] = field(default_factory=dict)

    def events(self, report: PassReport) -> Iterator[Event]:
        """Yield what happened in one pass."""
        if not report.log:
            return
        found, outbox = self._look(report)
        for row in report.log:
            yield self._counted(self._event(row, report.now, found.get(row.process), outbox))
        for process, one in found.items():
            before, after = self._states.get(process), one.process.state
            self._states[process] = after
            if before in _GOES_ON and after in _RESTS:
                yield self._counted(_paused(one, report.now))
        self._outbox = {str(row.key): _mark(row) for row in outbox}

    def _look(self, report: PassReport) -> tuple[dict[str, Assessment], list[OutboxRow]]:
        """Return where the processes stand that the pass speaks of, and all drafts."""
        with self.store.read() as connection:
            there = {row.id for row in load_processes(connection, self.account.name)}
            named = dict.fromkeys(row.process for row in report.log if row.process in there)
            found = {name: assess(connection, self.account, name, report.now) for name in named}
            return found, load_outbox(connection, self.account.name)

    def _event(self, row: LogRow, now: datetime, one: Assessment | None, outbox: Iterable[OutboxRow]) -> Event:
        draft = self._draft(row, outbox) if row.action in _OF_DRAFTS else None
        why = row.reasons
        if one is not None and draft is not None and row.action in {"placed", "rewritten"}:
            why = next((place.reasons for place in one.decision.place if place.key == draft.key), ())
        process = one.process if one is not None else None
        return Event(
            at=now,
            action=row.action,
            process=row.process,
            company=(process.company if process is not None else "") or row.company,
            role=process.role if process is not None else "",
            text=_LEFT.format(title(draft)) if draft is not None and row.action == "discarded" else row.text,
            state=process.state if process is not None else None,
            draft=draft,
            why=why,
        )

    def _draft(self, row: LogRow, outbox: Iterable[OutboxRow]) -> OutboxRow | None:
        """Return the draft that a line of the log is about: of those it may mean the one that has changed."""
        meant = [one for one in outbox if one.process == row.process and row.text.startswith(title(one))]
        changed = [one for one in meant if self._outbox.get(str(one.key)) != _mark(one)]
        return next(iter([*changed, *meant]), None)

    def _counted(self, event: Event) -> Event:
        self.totals.actions[event.action] += 1
        if event.action == "placed" and event.draft is not None:
            self.totals.drafted[event.draft.key.kind.value] += 1
        return event


def _mark(row: OutboxRow) -> tuple[str, int, str]:
    return row.state.value, row.version, row.ref


def _paused(one: Assessment, now: datetime) -> Event:
    process = one.process
    text = "They put it on hold: paused" if process.on_hold else "They wrote last: paused until you answer"
    why = one.decision.reasons
    return Event(now, "paused", process.id, process.company, process.role, text, process.state, None, why)


def event_values(event: Event, zone: ZoneInfo) -> Json:
    """Return an event as `replay --json` prints it."""
    draft = event.draft
    return {
        "event": event.action,
        "at": _time(event.at, zone),
        "process": event.process or None,
        "company": plain(event.company) or None,
        "role": plain(event.role) or None,
        "text": plain(event.text, _LONGEST),
        "state": event.state.value if event.state is not None else None,
        "draft": None
        if draft is None
        else {
            "key": str(draft.key),
            "kind": draft.key.kind.value,
            "recipient": draft.key.recipient,
            "subject": plain(draft.draft.subject),
            "slot_opens": _time(draft.slot_opens, zone),
            "slot_closes": _time(draft.slot_closes, zone),
        },
        "why": [
            {"text": plain(reason.text, _LONGEST), "rules": list(reason.rules), "articles": list(reason.articles)}
            for reason in event.why
        ],
    }


def _time(at: datetime | None, zone: ZoneInfo) -> str | None:
    return None if at is None else at.astimezone(zone).isoformat(timespec="seconds")
