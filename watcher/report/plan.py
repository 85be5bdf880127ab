"""`plan` and `drafts`: what comes next in every process if nothing happens, and what stands in Drafts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rules.extract.types import InterviewStatus
from rules.intents import Place
from watcher.history import Assessment
from watcher.report.status import next_place, process_status, shown_drafts
from watcher.report.table import draft_line, draft_words, place_words
from watcher.report.words import plain, span_words, time_words
from watcher.store.drafts import LIVE

__all__ = ["PLAN_DAYS", "Ahead", "build_drafts", "build_plan", "drafts_view", "plan_view"]

PLAN_DAYS = 60
_WIDEST_ADDRESS = 38


@dataclass(frozen=True, slots=True)
class _Step:
    """One line of the plan."""

    opens: datetime
    closes: datetime
    found: Assessment
    kind: str
    """`interview`, or the kind of a draft."""
    words: str
    recipient: str | None
    appears_at: datetime | None
    assumes_sent: bool = False
    """It comes only if the drafts before it are sent."""


Ahead = Mapping[str, Sequence[Place]]
"""Process id to what `look_ahead` says of it."""


def _steps(found: Sequence[Assessment], now: datetime, ahead: Ahead) -> list[_Step]:
    """Return what lies ahead within the coming days, by time."""
    until = now + timedelta(days=PLAN_DAYS)
    return sorted(
        (
            step
            for one in found
            for step in (*_interviews(one), *_places(one, ahead.get(one.process.id, ())))
            if step.closes > now and step.opens <= until
        ),
        key=lambda step: (step.opens, step.found.process.id, step.words),
    )


def _interviews(one: Assessment) -> Iterator[_Step]:
    for each in one.process.rounds:
        interview = each.interview
        if interview.status is not InterviewStatus.CANCELLED:
            yield _Step(interview.start, interview.end, one, "interview", f"Interview, round {each.number}", None, None)


def _places(one: Assessment, ahead: Sequence[Place]) -> Iterator[_Step]:
    standing = {row.key for row in one.outbox if row.state in LIVE}
    decided = (*one.decision.place, *one.decision.upcoming)
    sure = {place.key for place in decided}
    for place in (*decided, *(place for place in ahead if place.key not in sure)):
        words = place_words(place, one) + (" (in Drafts)" if place.key in standing else "")
        recipient = place.recipient.address or None
        assumed = place.key not in sure
        yield _Step(place.slot.opens, place.slot.closes, one, place.kind.value, words, recipient, place.appears_at, assumed)


def build_plan(found: Sequence[Assessment], now: datetime, ahead: Ahead) -> dict[str, Any]:
    """Return the plan as values, by time."""
    return {
        "now": now.isoformat(timespec="seconds"),
        "until": (now + timedelta(days=PLAN_DAYS)).isoformat(timespec="seconds"),
        "steps": [
            {
                "process": step.found.process.id,
                "account": step.found.account.name,
                "company": plain(step.found.process.company) or None,
                "kind": step.kind,
                "recipient": step.recipient,
                "opens": step.opens.isoformat(timespec="seconds"),
                "closes": step.closes.isoformat(timespec="seconds"),
                "appears_at": None if step.appears_at is None else step.appears_at.isoformat(timespec="seconds"),
                "assumes_sent": step.assumes_sent,
                "text": step.words,
            }
            for step in _steps(found, now, ahead)
        ],
    }


def plan_view(found: Sequence[Assessment], now: datetime, zone: ZoneInfo, ahead: Ahead) -> RenderableType:
    """Return the plan for people."""
    today = now.astimezone(zone).date()
    steps = _steps(found, now, ahead)
    if not steps:
        return Text(f"Nothing is planned within {PLAN_DAYS} days.")
    table = Table(box=SIMPLE_HEAD, header_style="bold")
    table.add_column("When", min_width=18, overflow="fold")
    table.add_column("Company", min_width=14, overflow="fold")
    table.add_column("What, if they stay silent", min_width=24, overflow="fold")
    for step in steps:
        table.add_row(
            Text(span_words(step.opens, step.closes, zone, today), "cyan" if step.kind == "interview" else "default"),
            Text(plain(step.found.process.company, 60) or "company unknown", "bold"),
            Text(f"{step.words} *" if step.assumes_sent else step.words, "dim" if step.assumes_sent else "default"),
        )
    if any(step.assumes_sent for step in steps):
        return Group(table, Padding(Text("* if the drafts before it are sent", "dim"), (0, 2)))
    return table


def build_drafts(found: Sequence[Assessment], now: datetime) -> dict[str, Any]:
    """Return the drafts as values: those of `status --json`, each with its process."""
    return {
        "now": now.isoformat(timespec="seconds"),
        "drafts": [
            {"process": status["id"], "account": status["account"], "company": status["company"], **draft}
            for status in (process_status(one, now) for one in found)
            for draft in status["drafts"]
        ],
    }


def drafts_view(found: Sequence[Assessment], now: datetime, zone: ZoneInfo) -> RenderableType:
    """Return the drafts for people, and when the next one comes where there is none."""
    rows = [(one, row) for one in found for row in shown_drafts(one)]
    if not rows:
        ahead = [place for one in found if (place := next_place(one)) is not None]
        if not ahead:
            return Text("No draft of ours stands in Drafts, and none is planned.")
        first = min(ahead, key=lambda place: place.appears_at)
        when = time_words(first.appears_at, zone, now.astimezone(zone).date())
        return Text(f"No draft of ours stands in Drafts. The next one appears {when}.")
    table = Table(box=SIMPLE_HEAD, header_style="bold")
    table.add_column("Company", min_width=14, overflow="fold")
    widest = max(len(part) for _, row in rows for part in _address(row.draft.to.address).split("\n"))
    table.add_column("Draft", min_width=max(22, widest), overflow="fold")
    table.add_column("When", min_width=18, overflow="fold")
    for one, row in sorted(rows, key=lambda pair: (pair[1].slot_opens or now, str(pair[1].key))):
        words = Text(draft_words(row), "bold blue")
        words.append(f"\n{_address(row.draft.to.address)}\n“{plain(row.draft.subject)}”", "dim not bold")
        table.add_row(Text(plain(one.process.company, 60) or "company unknown", "bold"), words, Text(draft_line(row, now, zone)))
    return table


def _address(address: str) -> str:
    """Return an address on one line of a table of 80 columns, or broken before its `@` when it is too long for that."""
    local, at, domain = address.rpartition("@")
    return address if len(address) <= _WIDEST_ADDRESS else f"{local}\n{at}{domain}"
