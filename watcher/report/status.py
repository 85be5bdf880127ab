"""`status --json`: the contract that watcher/README.md documents.

Times are ISO 8601 with offset; days (`promised_by`) are ISO 8601 dates; what is unknown is null.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from connectors.base import Spent
from rules.extract.types import Person
from rules.intents import Place, Task
from rules.policy import Policy
from rules.process import Process, Round
from rules.process.schedule import cap_of as most_of
from watcher.history import Assessment
from watcher.report.proofs import finding_values, findings_of, needs_you
from watcher.report.words import plain
from watcher.store.accounts import AccountRow
from watcher.store.drafts import LIVE, Op, OutboxRow, RowState

__all__ = ["build_status", "cap_of", "next_place", "process_status", "quiet_days", "shown_drafts", "spent_values"]

Json = dict[str, Any]

_SHOWN = LIVE | {RowState.REFUSED}


def build_status(now: datetime, accounts: Iterable[AccountRow], found: Sequence[Assessment]) -> Json:
    """Return the whole state as of `now` (aware), oldest process first within each account."""
    return {
        "now": _time(now),
        "accounts": [_account(row) for row in accounts],
        "processes": [process_status(one, now) for one in found],
    }


def process_status(found: Assessment, now: datetime) -> Json:
    """Return one process as of `now`."""
    process, zone = found.process, ZoneInfo(found.account.profile.zone)
    wait = process.wait
    following = next_place(found)
    sent = sum(not follow_up.vetoed for follow_up in wait.follow_ups) if wait is not None else 0
    promised = wait.promise.date if wait is not None and wait.promise is not None else None
    return {
        "id": process.id,
        "account": found.account.name,
        **({"accounts": sorted(found.accounts)} if found.account.beside else {}),
        "company": plain(process.company) or None,
        "role": plain(process.role) or None,
        "state": process.state.value,
        "quiet_days": quiet_days(process, now, zone),
        "interviews": [_round(one) for one in process.rounds],
        "promised_by": promised.isoformat() if promised is not None else None,
        "not_before": _time(process.not_before, zone),
        "followups_sent": sent,
        "cap": cap_of(process, found.account.policy),
        "next": None if following is None else _place(following, zone),
        "drafts": [
            {**_draft(row, zone), **_lies_in(found, row.account), "findings": finding_values(findings_of(found, row))}
            for row in shown_drafts(found)
        ],
        "needs_you": needs_you(found),
        "tasks": [_task(task, zone) for task in found.decision.tasks],
        "notices": [
            {"kind": notice.kind, "text": plain(notice.text, 1000), "at": _time(notice.at, zone)}
            for notice in found.decision.notices
        ],
    }


def quiet_days(process: Process, now: datetime, zone: ZoneInfo) -> int | None:
    """Return for how many calendar days of the user's (D10) an answer has been waited for; None when none is waited for."""
    if process.wait is None:
        return None
    return max((now.astimezone(zone).date() - process.wait.since.astimezone(zone).date()).days, 0)


def cap_of(process: Process, policy: Policy) -> int:
    """Return how many follow-ups the wait that runs may have; without one, what a wait may have at most."""
    return most_of(process.wait, policy) if process.wait is not None else policy.status.cap


def next_place(found: Assessment) -> Place | None:
    """Return what comes next if nothing happens: a draft that is due and not yet in Drafts, else the soonest to come."""
    standing = {row.key for row in found.outbox if row.state in LIVE}
    due = [place for place in found.decision.place if place.key not in standing]
    return next(iter([*due, *found.decision.upcoming]), None)


def shown_drafts(found: Assessment) -> list[OutboxRow]:
    """Return the drafts that stand in Drafts, are about to, or were refused by the server."""
    return [row for row in found.outbox if row.state in _SHOWN or row.op is Op.PUT]


def _time(at: datetime | None, zone: ZoneInfo | None = None) -> str | None:
    if at is None:
        return None
    local = at.astimezone(zone) if zone is not None else at
    return local.isoformat(timespec="seconds")


def _lies_in(found: Assessment, account: str) -> Json:
    """Return in which account something lies, where there are several."""
    return {"account": account} if found.account.beside else {}


def _account(row: AccountRow) -> Json:
    trouble = {"kind": row.trouble_kind, "text": plain(row.trouble, 1000), "at": _time(row.trouble_at)} if row.trouble else None
    return {
        "name": row.name,
        "kind": row.kind,
        "address": row.address,
        "last_pass": _time(row.last_now),
        "trouble": trouble,
        "spent": spent_values(Spent(row.calls, row.units)),
    }


def spent_values(spent: Spent) -> Json | None:
    """Return what a provider was asked for; None where it does not count."""
    return {"calls": spent.calls, "units": spent.units} if spent.calls else None


def _round(one: Round) -> Json:
    interview = one.interview
    return {
        "start": _time(interview.start),
        "end": _time(interview.end),
        "round": one.number,
        "status": interview.status.value,
        "interviewers": [_person(person) for person in one.interviewers],
    }


def _person(person: Person) -> Json:
    return {"name": plain(person.name) or None, "address": person.address or None, "title": plain(person.title) or None}


def _place(place: Place, zone: ZoneInfo) -> Json:
    return {
        "kind": place.kind.value,
        "recipient": place.recipient.address or plain(place.recipient.name) or None,
        "slot_opens": _time(place.slot.opens),
        "slot_closes": _time(place.slot.closes),
        "appears_at": _time(place.appears_at, zone),
    }


def _task(task: Task, zone: ZoneInfo) -> Json:
    who = task.recipient
    return {
        "id": task.id,
        "kind": task.kind,
        "text": plain(task.text, 1000),
        "since": _time(task.since, zone),
        "due": _time(task.due, zone),
        "recipient": None if who is None else _person(who),
        "round": task.round or None,
        "reasons": [
            {"text": plain(reason.text, 1000), "rules": list(reason.rules), "articles": list(reason.articles)}
            for reason in task.reasons
        ],
    }


def _draft(row: OutboxRow, zone: ZoneInfo) -> Json:
    return {
        "key": str(row.key),
        "kind": row.key.kind.value,
        "recipient": row.draft.to.address,
        "subject": plain(row.draft.subject),
        "slot_opens": _time(row.slot_opens, zone),
        "state": row.state.value,
    }
