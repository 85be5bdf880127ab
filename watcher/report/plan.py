"""`plan` and `drafts`: what comes next in every process if nothing happens, and what stands in Drafts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from watcher.history import Assessment
from watcher.report.proofs import SEVERITY_STYLES, findings_of, summary
from watcher.report.status import next_place, process_status, shown_drafts
from watcher.report.steps import PLAN_DAYS, Aheads, Step, step_values, steps_of
from watcher.report.table import draft_words, standing_line
from watcher.report.words import day_words, plain, span_words, time_words

__all__ = ["build_drafts", "build_plan", "drafts_view", "plan_view", "when_words"]

_WIDEST_ADDRESS = 38
_STYLES = {"interview": "cyan", "task": "yellow", "question": "magenta", "promised": "green"}


def build_plan(found: Sequence[Assessment], now: datetime, ahead: Aheads) -> dict[str, Any]:
    """Return the plan as values, by time."""
    return {
        "now": now.isoformat(timespec="seconds"),
        "until": (now + timedelta(days=PLAN_DAYS)).isoformat(timespec="seconds"),
        "steps": [step_values(step) for step in steps_of(found, now, ahead)],
    }


def when_words(step: Step, now: datetime, zone: ZoneInfo) -> str:
    """Return when a step is, in words: a day, a span, or until when a task is best done."""
    today = now.astimezone(zone).date()
    if step.all_day:
        return day_words(step.opens.astimezone(zone).date(), today)
    if step.overdue:
        return "now"
    if step.kind == "task":
        begins = "now" if step.opens <= now else f"from {time_words(step.opens, zone, today)}"
        return begins if step.due is None else f"{begins}, by {time_words(step.due, zone, today)}"
    return span_words(step.opens, step.closes, zone, today)


def plan_view(found: Sequence[Assessment], now: datetime, zone: ZoneInfo, ahead: Aheads) -> RenderableType:
    """Return the plan for people."""
    steps = steps_of(found, now, ahead)
    if not steps:
        return Text(f"Nothing is planned within {PLAN_DAYS} days.")
    table = Table(box=SIMPLE_HEAD, header_style="bold")
    table.add_column("When", min_width=18, overflow="fold")
    table.add_column("Company", min_width=14, overflow="fold")
    table.add_column("What, if they stay silent", min_width=24, overflow="fold")
    for step in steps:
        table.add_row(
            Text(when_words(step, now, zone), _STYLES.get(step.kind, "default")),
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
        sent = Text(standing_line(one, row, now, zone))
        if (told := summary(findings_of(one, row))) is not None:
            sent.append(f"\n{told[0]}", SEVERITY_STYLES[told[1]])
        table.add_row(Text(plain(one.process.company, 60) or "company unknown", "bold"), words, sent)
    return table


def _address(address: str) -> str:
    """Return an address on one line of a table of 80 columns, or broken before its `@` when it is too long for that."""
    local, at, domain = address.rpartition("@")
    return address if len(address) <= _WIDEST_ADDRESS else f"{local}\n{at}{domain}"
