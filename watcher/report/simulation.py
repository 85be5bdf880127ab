"""`simulate`: the plan of one process as it is, beside the plan as it would be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rules.process import Process
from watcher.history import Assessment
from watcher.report.ahead import Ahead
from watcher.report.plan import when_words
from watcher.report.steps import PLAN_DAYS, Step, step_values, steps_of
from watcher.report.suppose import Supposition
from watcher.report.words import STATE_WORDS, plain, time_words

__all__ = ["build_simulation", "simulation_view"]

_HAPPENS = {
    "reply": "They reply",
    "promise": "They write when they will answer",
    "auto-reply": "They are away, says an automatic answer",
    "rejection": "They say no",
    "offer": "They make an offer",
}


def _moved(before: Sequence[Step], after: Sequence[Step]) -> list[tuple[Step, Step]]:
    """Return the steps that come at another time."""
    then = {step.id: step for step in after}
    return [(step, then[step.id]) for step in before if step.id in then and then[step.id].opens != step.opens]


def build_simulation(
    found: Assessment, now: datetime, supposed: Sequence[Supposition], before: Ahead, after: Ahead
) -> dict[str, Any]:
    """Return both plans as values, and what is between them."""
    name, zone = found.process.id, now.tzinfo
    first, then = steps_of([found], now, {name: before}), steps_of([found], now, {name: after})
    stays = {step.id for step in first} & {step.id for step in then}
    return {
        "now": now.isoformat(timespec="seconds"),
        "until": (now + timedelta(days=PLAN_DAYS)).isoformat(timespec="seconds"),
        "process": name,
        "company": plain(found.process.company) or None,
        "if": [
            {
                "text": one.text,
                "what": one.what,
                "at": one.at.astimezone(zone).isoformat(timespec="seconds"),
                "until": None if one.until is None else one.until.isoformat(),
            }
            for one in supposed
        ],
        "before": {"state": before.process.state.value, "steps": [step_values(step) for step in first]},
        "after": {"state": after.process.state.value, "steps": [step_values(step) for step in then]},
        "gone": [step.id for step in first if step.id not in stays],
        "new": [step.id for step in then if step.id not in stays],
        "moved": [
            {
                "id": old.id,
                "from": old.opens.isoformat(timespec="seconds"),
                "to": new.opens.isoformat(timespec="seconds"),
            }
            for old, new in _moved(first, then)
        ],
    }


def simulation_view(
    found: Assessment, now: datetime, zone: ZoneInfo, supposed: Sequence[Supposition], plans: tuple[Ahead, Ahead]
) -> RenderableType:
    """Return both plans side by side, for people."""
    name = found.process.id
    first, then = (steps_of([found], now, {name: ahead}) for ahead in plans)
    table = Table(box=SIMPLE_HEAD, header_style="bold")
    table.add_column("When", min_width=18, overflow="fold")
    table.add_column("As it is", min_width=20, overflow="fold")
    table.add_column("If so", min_width=20, overflow="fold")
    today = now.astimezone(zone).date()
    rows = [
        (one.at, 0, time_words(one.at, zone, today), Text(""), Text(_HAPPENS[one.what], "bold magenta"))
        for one in supposed
        if one.what in _HAPPENS
    ]
    later = {(step.id, step.opens): step for step in then}
    for step in first:
        same = later.pop((step.id, step.opens), None)
        gone = Text("") if same is None else _words(same)
        rows.append((step.opens, 1, when_words(step, now, zone), _words(step, gone=same is None), gone))
    rows += [(step.opens, 2, when_words(step, now, zone), Text(""), _words(step, new=True)) for step in later.values()]
    for _, _, when, left, right in sorted(rows, key=lambda row: (row[0].astimezone(UTC), row[1], row[2])):
        table.add_row(Text(when), left, right)
    table.add_row(Text("in the end", "dim"), _state(plans[0].process), _state(plans[1].process))
    head = Text(plain(found.process.company) or name, "bold")
    head.append("  if ", "not bold").append("; ".join(one.text for one in supposed), "bold magenta")
    return Group(Padding(head, (0, 1)), table)


def _words(step: Step, *, gone: bool = False, new: bool = False) -> Text:
    return Text(f"{step.words} *" if step.assumes_sent else step.words, "dim" if gone else "bold green" if new else "default")


def _state(process: Process) -> Text:
    return Text(STATE_WORDS[process.state], "dim")
