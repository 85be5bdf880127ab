"""Telling the ten weeks in a terminal: a header for a day, a line for a happening, now and then who has been quiet how long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

__all__ = ["Scene", "Teller", "Told", "picture"]


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that the daemon saw or did, as its log has it."""

    at: datetime
    company: str
    action: str
    text: str
    more: str = ""
    """Details, on lines of their own."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What was shown of one day, kept for the picture."""

    day: date
    lines: tuple[RenderableType, ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    symbol: str
    plain: str
    """The symbol where the terminal knows ASCII only."""
    style: str


_MARKS: dict[str, _Mark] = {
    "paused": _Mark("‖", "=", "bold green"),
    "found": _Mark("◆", "*", "bold cyan"),
    "interview": _Mark("◆", "*", "bold cyan"),
    "invited": _Mark("●", "!", "bold green"),
    "moved": _Mark("◇", "*", "cyan"),
    "cancelled": _Mark("◇", "x", "cyan"),
    "placed": _Mark("✎", "+", "bold blue"),
    "rewritten": _Mark("✎", "+", "blue"),
    "withdrawn": _Mark("↩", "<", "bold magenta"),
    "edited": _Mark("✎", "~", "yellow"),
    "noted": _Mark("✎", "~", "bold yellow"),
    "checked": _Mark("▲", "^", "bold red"),
    "discarded": _Mark("✕", "x", "yellow"),
    "sent": _Mark("→", ">", "green"),
    "replied": _Mark("●", "!", "bold green"),
    "promised": _Mark("●", "!", "green"),
    "away": _Mark("☾", "z", "yellow"),
    "rejected": _Mark("■", "#", "red"),
    "offer": _Mark("★", "$", "bold yellow"),
    "bounced": _Mark("✕", "x", "red"),
    "refused": _Mark("✕", "x", "red"),
}
_NOTICE = _Mark("▲", "^", "yellow")
_OTHER = _Mark("·", "-", "dim")
_COMPANY_WIDTH = 15
_MARGIN = 9
"""Columns before the symbol: two of margin, the time, two of space."""


class Teller:
    """Writes the story to a console, and keeps its scenes for the picture. Knows nothing but what it is told."""

    def __init__(self, console: Console, zone: ZoneInfo, holiday: Callable[[date], str], *, years: bool = False) -> None:
        """Take where to write, whose time to show, and what names a public holiday (an empty string for other days).

        `years`: the story may be longer than one, so each week names its own.
        """
        self._console = console
        self._zone = zone
        self._holiday = holiday
        self._plain = console.options.ascii_only
        self._years = years
        self._day: date | None = None
        self._week: date | None = None
        """Its Monday."""
        self._scenes: dict[date, list[RenderableType]] = {}

    @property
    def scenes(self) -> tuple[Scene, ...]:
        """Return what was shown so far, day by day."""
        return tuple(Scene(day, tuple(lines)) for day, lines in self._scenes.items())

    def open(self, lead: str) -> None:
        """Say what is about to be shown."""
        self._console.print(Padding(Text(lead), (1, 2, 0, 2)))

    def tell(self, told: Told) -> None:
        """Show one happening, under the header of its day."""
        local = told.at.astimezone(self._zone)
        self._turn_to(local)
        mark = self._mark(told.action)
        line = Table.grid(padding=0)
        for width in (_MARGIN, 2, _COMPANY_WIDTH + 1):
            line.add_column(width=width, no_wrap=True)
        line.add_column(overflow="fold")
        line.add_row(
            Text(f"  {local:%H:%M}", "dim"),
            Text(mark.plain if self._plain else mark.symbol, mark.style),
            Text(_shortened(told.company, _COMPANY_WIDTH), "bold"),
            Text.assemble(told.text, (f"\n{told.more}" if told.more else "", "dim")),
        )
        self._show(local.date(), line)

    def quiet(self, at: datetime, waits: Sequence[tuple[str, int]]) -> None:
        """Show who has been quiet for how many days; nothing when nobody is waited for."""
        if not waits:
            return
        local = at.astimezone(self._zone)
        self._turn_to(local)
        words = ", ".join(f"{company} {_days(days)}" for company, days in waits)
        line = Table.grid(padding=0)
        line.add_column(width=_MARGIN + 2)
        line.add_column(overflow="fold")
        line.add_row("", Text(f"quiet for: {words}", "dim italic"))
        self._show(local.date(), line)

    def end(self, parts: Sequence[RenderableType], commands: Sequence[RenderableType]) -> None:
        """Show what the story ends with; commands are never wrapped or cut: they are there to be copied."""
        self._console.print()
        self._console.print(Rule(style="dim"))
        for part in parts:
            self._console.print()
            self._console.print(part)
        for part in commands:
            self._console.print()
            self._console.print(part, soft_wrap=True)

    def _turn_to(self, local: datetime) -> None:
        """Show the header of the day, once, and of the week before its first day."""
        day = local.date()
        if day == self._day:
            return
        notes = [note for note in (self._holiday(day), self._clock_change(local)) if note]
        year, week, _ = day.isocalendar()
        monday = date.fromisocalendar(year, week, 1)
        if monday != self._week:
            self._show(day, Text(""))
            name = f"week {week}, from {_day(monday)}{f' {monday.year}' if self._years else ''}"
            self._show(day, Rule(Text(name, "bold"), align="left", style="dim"))
        self._week = monday
        self._day = day
        head = Text("  " + f"{day:%a} {_day(day)}", "bold")
        head.append("".join(f"  ({note})" for note in notes), "italic not bold yellow")
        self._show(day, head)

    def _clock_change(self, local: datetime) -> str:
        """Say that the clocks went forward or back since the day shown before."""
        if self._day is None:
            return ""
        day = self._day
        while day < local.date():
            before, day = datetime.combine(day, local.timetz()), day + timedelta(days=1)
            after = datetime.combine(day, local.timetz())
            was, now = before.utcoffset(), after.utcoffset()
            if was is not None and now is not None and was != now:
                return f"clocks went {'forward' if now > was else 'back'} on {after:%a} {_day(day)}"
        return ""

    def _mark(self, action: str) -> _Mark:
        return _NOTICE if action.startswith("notice:") else _MARKS.get(action, _OTHER)

    def _show(self, day: date, what: RenderableType) -> None:
        self._scenes.setdefault(day, []).append(what)
        self._console.print(what)


def picture(scenes: Sequence[Scene], days: Sequence[date], end: Sequence[RenderableType]) -> Group:
    """Put chosen days and the end together, with a mark where something was left out."""
    parts: list[RenderableType] = []
    left_out = False
    for scene in scenes:
        if scene.day not in days:
            left_out = True
            continue
        if left_out and parts:
            parts.append(Text("  ⋮", "dim"))
        parts += scene.lines
        left_out = False
    return Group(*parts, Text("  ⋮", "dim"), Text(""), *end)


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _shortened(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1].rstrip() + "."
