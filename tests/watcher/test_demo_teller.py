"""The teller on made-up rows: what a reader sees in the terminal."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

from rich.console import Console
from rich.text import Text

from watcher.demo.script import ZONE
from watcher.demo.teller import Teller, Told, picture

TUESDAY = datetime(2026, 3, 17, 20, 0, tzinfo=ZONE)


def told(
    at: datetime, action: str = "placed", text: str = "Follow-up to Jana Brandt is in Drafts", company: str = "Nordwind"
) -> Told:
    return Told(at, company, action, text)


class Stage:
    """A console that writes into memory, and a teller on it."""

    def __init__(self, *, width: int = 90, encoding: str = "utf-8", color: bool = False) -> None:
        """Take what the terminal can do."""
        self.file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
        self.console = Console(file=self.file, width=width, force_terminal=color, color_system="standard" if color else None)
        self.teller = Teller(self.console, ZONE, lambda day: "Saint Patrick's Day" if day == date(2026, 3, 17) else "")

    @property
    def lines(self) -> list[str]:
        """Return what was written."""
        self.file.flush()
        self.file.seek(0)
        return self.file.read().splitlines()


def test_a_day_has_one_header_with_weekday_and_holiday() -> None:
    stage = Stage()
    stage.teller.tell(told(TUESDAY))
    stage.teller.tell(told(TUESDAY + timedelta(hours=1), company="Halden"))
    heads = [line for line in stage.lines if "17 March" in line]
    assert heads == ["  Tue 17 March  (Saint Patrick's Day)"]


def test_a_week_is_announced_once_before_its_first_day() -> None:
    stage = Stage()
    stage.teller.tell(told(TUESDAY))
    stage.teller.tell(told(TUESDAY + timedelta(days=1)))
    stage.teller.tell(told(TUESDAY + timedelta(days=7)))
    assert [" ".join(line.replace("─", "").split()) for line in stage.lines if "week" in line] == [
        "week 12, from 16 March",
        "week 13, from 23 March",
    ]


def test_company_and_text_stand_in_columns() -> None:
    stage = Stage()
    stage.teller.tell(told(TUESDAY))
    stage.teller.tell(told(TUESDAY, company="A company with quite a long name"))
    first, second = [line for line in stage.lines if "20:00" in line]
    assert first.index("Follow-up") == second.index("Follow-up")
    assert first.index("Nordwind") == second.index("A company")


def test_a_long_text_is_wrapped_under_itself_within_the_width() -> None:
    stage = Stage(width=80)
    stage.teller.tell(told(TUESDAY, text="word " * 40))
    lines = [line for line in stage.lines if "word" in line]
    assert len(lines) > 1
    assert all(len(line) <= 80 for line in lines)
    assert {line.index("word") for line in lines} == {lines[0].index("word")}


def test_the_first_day_after_the_change_of_the_clocks_says_so() -> None:
    stage = Stage()
    stage.teller.tell(told(datetime(2026, 3, 27, 9, 0, tzinfo=ZONE)))
    stage.teller.tell(told(datetime(2026, 3, 31, 9, 0, tzinfo=ZONE)))
    stage.teller.tell(told(datetime(2026, 4, 1, 9, 0, tzinfo=ZONE)))
    assert [line for line in stage.lines if "clocks" in line] == ["  Tue 31 March  (clocks went forward on Sun 29 March)"]


def test_times_are_shown_in_the_users_zone() -> None:
    stage = Stage()
    stage.teller.tell(told(datetime.fromisoformat("2026-04-01T08:10:00+00:00")))
    assert any("09:10" in line for line in stage.lines)


def test_quiet_days_stand_on_one_line_and_nothing_is_said_when_nobody_is_waited_for() -> None:
    stage = Stage()
    stage.teller.quiet(TUESDAY, [])
    assert stage.lines == []
    stage.teller.quiet(TUESDAY, [("Nordwind", 9), ("Halden", 1)])
    assert any(line.strip() == "quiet for: Nordwind 9 days, Halden 1 day" for line in stage.lines)


def test_an_ascii_terminal_gets_ascii_signs() -> None:
    stage = Stage(encoding="ascii")
    stage.teller.tell(told(TUESDAY))
    stage.teller.tell(told(TUESDAY, action="replied"))
    assert all(line.isascii() for line in stage.lines)


def test_colour_changes_no_word() -> None:
    bare, coloured = Stage(), Stage(color=True)
    for stage in (bare, coloured):
        stage.teller.tell(told(TUESDAY))
        stage.teller.tell(told(TUESDAY, action="notice:final"))
    assert any("\x1b[" in line for line in coloured.lines)
    assert [Text.from_ansi(line).plain.rstrip() for line in coloured.lines] == [line.rstrip() for line in bare.lines]


def test_a_picture_holds_the_chosen_days_and_the_end() -> None:
    stage = Stage()
    for days in range(4):
        stage.teller.tell(told(TUESDAY + timedelta(days=days), text=f"day number {days}"))
    sheet = Stage()
    sheet.console.print(picture(stage.teller.scenes, [date(2026, 3, 17), date(2026, 3, 19)], [Text("the end")]))
    text = "\n".join(sheet.lines)
    assert [number for number in range(4) if f"day number {number}" in text] == [0, 2]
    assert text.count("⋮") == 2
    assert "the end" in text
