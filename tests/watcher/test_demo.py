"""The ten weeks of the demonstration, played by the real cycle over a real Maildir: what it tells is what must be true."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console
from typer.testing import CliRunner

from rules.process import State
from watcher.cli.app import app
from watcher.demo.closing import status_part
from watcher.demo.run import DemoError, next_monday, play, run_demo, stage
from watcher.demo.script import END, ZONE, Act, read_scripts
from watcher.history import assess_all
from watcher.store import Store
from watcher.store.journal import LogRow, load_log

WIDTH = 90
pytestmark = pytest.mark.xdist_group("demo")  # the two runs are shared by all tests of this file


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the log, with the time of the pass in the user's zone."""

    at: datetime
    company: str
    action: str
    text: str

    @classmethod
    def of(cls, row: LogRow, at: datetime) -> Told:
        return cls(at.astimezone(ZONE), row.company, row.action, row.text)


@dataclass(frozen=True, slots=True)
class Silent:
    """A run without a terminal, and without noise."""

    log: tuple[Told, ...]
    passes: int
    missed: tuple[str, ...]
    states: dict[str, State]
    status: dict[str, Any]
    end: str
    root: Path

    def of(self, company: str, *actions: str) -> list[tuple[str, str]]:
        """Return (day and time, text) of a company's rows, of these actions."""
        found = [told for told in self.log if told.company.startswith(company) and told.action in actions]
        return [(f"{told.at:%a %d %b %H:%M}", told.text) for told in found]

    def to_them(self, company: str, action: str) -> list[tuple[str, str]]:
        """Return the same of what is drafted to others than the user."""
        return [row for row in self.of(company, action) if not row[1].startswith("Form for your notes")]

    def days(self, company: str, action: str, word: str = "") -> list[str]:
        """Return the days on which such a row was told."""
        return [at[:10] for at, text in self.of(company, action) if word in text]

    def raws(self, folder: str) -> list[bytes]:
        return [path.read_bytes() for part in ("cur", "new") for path in (self.root / "Maildir" / folder / part).iterdir()]


@dataclass(frozen=True, slots=True)
class Loud:
    """A run as the command makes it, with noise."""

    text: str
    svg: str
    log: tuple[tuple[str, str, str, str], ...]


def _loud(root: Path) -> Loud:
    out = io.StringIO()
    svg = root.parent / f"{root.name}.svg"
    run_demo(root, console=Console(file=out, width=WIDTH), svg=svg)
    store = Store(root / "state" / "hearback.sqlite3")
    with store.read() as connection:
        log = tuple((f"{row.at}", row.company, row.action, row.text) for row in load_log(connection, "demo"))
    store.close()
    return Loud(out.getvalue().replace(str(root), "ROOT"), svg.read_text("utf-8"), log)


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Silent:
    root = tmp_path_factory.mktemp("silent")
    with stage(root, None) as on:
        reports = list(play(on))
        with on.cycle.store.read() as connection:
            found = assess_all(connection, on.cycle.account, END)
        missed = tuple(on.world.missed)
        out = io.StringIO()
        Console(file=out, width=WIDTH).print(status_part(on.cycle.store, on.cycle.account, END))
    log = tuple(Told.of(row, report.now) for report in reports for row in report.log)
    status = json.loads(CliRunner().invoke(app, ["status", "--json", "--config", str(root / "config.toml")]).stdout)
    return Silent(
        log, len(reports), missed, {one.process.company: one.process.state for one in found}, status, out.getvalue(), root
    )


@pytest.fixture(scope="module")
def loud(tmp_path_factory: pytest.TempPathFactory) -> Loud:
    return _loud(tmp_path_factory.mktemp("loud") / "demo")


def test_the_user_of_the_story_finds_every_draft_she_acts_on(silent: Silent) -> None:
    assert silent.missed == ()


def test_every_process_is_found_once(silent: Silent) -> None:
    found = [told.company for told in silent.log if told.action == "found"]
    assert len(found) == len(set(found)) == len(read_scripts()) == len(silent.states)


def test_interviews_are_found_in_all_styles_with_their_times_in_the_users_zone(silent: Silent) -> None:
    found = {told.company: told.text for told in silent.log if told.action == "found"}
    assert "Wed 4 Mar, 10:00–10:45 with Jana Brandt" in found["Nordwind"]  # noqa: RUF001 - as it is told
    assert "Thu 5 Mar, 14:00–15:30 with Declan Voss, Hanna Lund and Mateo Ruiz" in found["Ostrel Maps"]  # noqa: RUF001
    assert "Mon 9 Mar, 13:00–13:45 with Joost Verhagen" in found["Pellwick Foods"]  # noqa: RUF001
    assert "Tue 3 Mar, 15:00–15:45 with Tomás Arden" in found["Kestrel & Pine"]  # noqa: RUF001
    assert "Thu 26 Mar, 11:00–11:45 with Nuala Whelan" in found["Saltmarsh Press"]  # noqa: RUF001


def test_a_panel_of_three_gets_three_thank_you_notes_when_the_interview_is_over(silent: Silent) -> None:
    notes = [text for at, text in silent.of("Ostrel", "placed") if at == "Thu 05 Mar 15:30"]
    assert [name in "".join(notes) for name in ("Declan Voss", "Hanna Lund", "Mateo Ruiz")] == [True] * 3
    assert len(notes) == 3


def test_what_she_notes_in_the_form_is_in_the_notes_that_she_sends(silent: Silent) -> None:
    assert next(at for at, text in silent.of("Ostrel", "placed") if "Form" in text) == "Thu 05 Mar 16:15"  # after the way home
    assert [at for at, _ in silent.of("Ostrel", "noted")] == ["Thu 05 Mar 17:05"]
    assert [at for at, _ in silent.of("Ostrel", "rewritten")] == ["Thu 05 Mar 17:05"] * 3
    sent = [message_from_bytes(raw, policy=policy.default) for raw in silent.raws(".Sent")]
    bodies = {
        str(mail["To"]): mail.get_body(("plain",)) for mail in sent if mail["Date"].datetime.date().isoformat() == "2026-03-05"
    }
    said = {who: " ".join(body.get_content().split()) for who, body in bodies.items() if body is not None}
    for name, words in (("Declan", "printed maps"), ("Hanna", "every new route"), ("Mateo", "hand-drawn legends")):
        assert [who.partition(" ")[0] for who, text in said.items() if words in text] == [name]


def test_a_form_that_she_leaves_empty_goes_after_two_weeks(silent: Silent) -> None:
    assert [at for at, text in silent.of("Nordwind", "withdrawn") if "Form" in text] == ["Wed 18 Mar 10:45"]


def test_a_slip_in_the_draft_that_she_edited_is_told_and_left_as_it_is(silent: Silent) -> None:
    ((at, _),) = silent.of("Brightmere", "checked")
    assert at == "Wed 29 Apr 08:50"
    (one,) = [row for row in silent.status["processes"] if row["company"] == "Brightmere"]
    assert "name.misspelled" in {finding["id"] for draft in one["drafts"] for finding in draft["findings"]}
    assert one["needs_you"] is True
    assert any(b"Dear Gidion" in raw for raw in silent.raws(".Drafts"))


def test_something_is_left_for_her_to_do(loud: Loud) -> None:
    end = loud.text[loud.text.index("Status on Friday 8 May 2026") :]
    assert "hearback done quillon" in end
    assert "to be filled in" in end


def test_three_unanswered_follow_ups_stand_two_weeks_apart_and_then_it_is_time_to_move_on(silent: Silent) -> None:
    # The recipient's morning begins an hour before the user's: the draft appears twelve hours ahead of that.
    assert silent.days("Nordwind", "placed", "Follow-up") == ["Tue 17 Mar", "Tue 31 Mar", "Tue 14 Apr"]
    assert silent.days("Nordwind", "sent", "Follow-up") == ["Wed 18 Mar", "Wed 01 Apr", "Wed 15 Apr"]
    assert silent.days("Nordwind", "notice:move_on") == ["Wed 29 Apr"]
    assert silent.states["Nordwind"] is State.DORMANT


def test_a_follow_up_moves_from_a_public_holiday_to_the_next_morning(silent: Silent) -> None:
    assert silent.to_them("Kestrel", "placed")[1][0] == "Tue 17 Mar 20:00"


def test_a_reply_in_the_thread_takes_the_draft_back(silent: Silent) -> None:
    # The reply proposes a time for another interview: it is told as an invitation.
    assert "Tue 24 Mar 08:05" in [at for at, _ in silent.of("Ostrel", "invited")]
    assert [at for at, _ in silent.of("Ostrel", "withdrawn")][:1] == ["Tue 24 Mar 08:05"]


def test_a_reply_from_another_address_of_the_company_takes_the_draft_back(silent: Silent) -> None:
    (replied,) = silent.of("Kestrel", "replied")
    (withdrawn,) = silent.to_them("Kestrel", "withdrawn")
    assert replied[0] == withdrawn[0] == "Wed 18 Mar 07:55"
    assert "Maeve Doran" in replied[1]
    assert "Tomás Arden" in withdrawn[1]


def test_a_promise_by_friday_makes_a_follow_up_on_monday(silent: Silent) -> None:
    assert silent.days("Pellwick", "placed", "Follow-up") == ["Sun 15 Mar"]
    assert silent.days("Pellwick", "sent", "Follow-up") == ["Mon 16 Mar"]


def test_a_promise_by_friday_before_easter_monday_makes_a_follow_up_on_tuesday(silent: Silent) -> None:
    assert silent.days("Saltmarsh", "placed", "Follow-up")[0] == "Mon 06 Apr"
    assert silent.days("Saltmarsh", "sent", "Follow-up")[0] == "Tue 07 Apr"


def test_an_out_of_office_shifts_the_follow_up_and_does_not_pause(silent: Silent) -> None:
    assert silent.days("Quillon", "away") == ["Mon 09 Mar"]
    assert silent.days("Quillon", "placed", "Follow-up") == ["Mon 30 Mar"]  # two weeks would have been 24 March
    assert silent.days("Brightmere", "away") == ["Wed 08 Apr"]
    assert silent.days("Brightmere", "placed", "Follow-up") == ["Tue 28 Apr"]  # two weeks would have been 22 April


def test_a_moved_interview_gets_its_note_at_the_new_time_and_a_cancelled_one_none(silent: Silent) -> None:
    assert next(at for at, _ in silent.of("Lumenhaven", "placed")) == "Mon 23 Mar 11:45"
    assert silent.days("Fernhollow", "cancelled") == ["Tue 14 Apr"]
    assert silent.of("Fernhollow", "placed") == []
    assert silent.states["Fernhollow"] is State.SCHEDULED


def test_a_deleted_draft_never_comes_back_and_the_next_step_comes_at_its_own_time(silent: Silent) -> None:
    assert silent.days("Lumenhaven", "discarded") == ["Tue 07 Apr"]
    assert silent.days("Lumenhaven", "placed", "Follow-up") == ["Mon 06 Apr", "Mon 20 Apr", "Mon 04 May"]


def test_an_edited_draft_is_left_alone_by_a_reply(silent: Silent) -> None:
    assert silent.days("Brightmere", "edited") == ["Wed 29 Apr"]
    assert silent.days("Brightmere", "replied") == ["Thu 07 May"]
    assert silent.to_them("Brightmere", "withdrawn") == []
    assert any(b"three-step launch plan" in raw for raw in silent.raws(".Drafts"))


def test_rejections_get_one_gracious_note_each_to_a_human(silent: Silent) -> None:
    assert silent.days("Kestrel", "rejected") == ["Thu 09 Apr"]
    assert [at for at, _ in silent.of("Kestrel", "placed")][-1] == "Fri 10 Apr 08:00"
    assert [at for at, _ in silent.of("Saltmarsh", "placed")][-1] == "Fri 08 May 08:00"
    assert "Gracious note to Tomás Arden" in silent.of("Kestrel", "placed")[-1][1]
    assert silent.states["Kestrel & Pine"] is silent.states["Saltmarsh Press"] is State.CLOSED


def test_an_offer_ends_the_follow_ups(silent: Silent) -> None:
    assert silent.days("Ostrel", "offer") == ["Wed 06 May"]
    assert [at[:10] for at, _ in silent.to_them("Ostrel", "withdrawn")] == ["Tue 24 Mar", "Wed 06 May"]
    assert silent.states["Ostrel Maps"] is State.CLOSED


def test_each_draft_that_was_sent_is_recognised_once_even_from_the_phone(silent: Silent) -> None:
    sends = [event for script in read_scripts() for event in script.events if isinstance(event, Act) and event.do == "send"]
    told = [row for row in silent.log if row.action == "sent"]
    assert [row.at for row in told] == sorted(event.at for event in sends)
    assert any(event.from_phone for event in sends)


def test_sent_holds_what_the_user_sent_and_nothing_else(silent: Silent) -> None:
    expected = sorted(
        event.at
        for script in read_scripts()
        for event in script.events
        if getattr(event, "do", "") == "send" or not _theirs(event)
    )
    dates = [message_from_bytes(raw, policy=policy.default)["Date"].datetime for raw in silent.raws(".Sent")]
    assert sorted(dates) == expected


def _theirs(event: object) -> bool:
    return isinstance(event, Act) or getattr(event, "sender", None) is not None


def test_follow_ups_without_a_promised_date_appear_on_the_eve_of_a_tuesday_or_wednesday(silent: Silent) -> None:
    rows = [told for told in silent.log if told.action == "placed" and told.text.startswith("Follow-up")]
    assert {f"{told.at:%a}" for told in rows if told.company != "Pellwick Foods"} == {"Mon", "Tue"}
    assert len(rows) >= 14


def test_the_clock_steps_from_happening_to_happening(silent: Silent) -> None:
    assert silent.passes < 200


def test_status_speaks_of_the_last_evening(silent: Silent) -> None:
    assert datetime.fromisoformat(silent.status["now"]) == END
    assert len(silent.status["processes"]) == len(read_scripts())


def test_mail_that_must_not_matter_does_not(silent: Silent, loud: Loud) -> None:
    assert [row[1:] for row in loud.log] == [(told.company, told.action, told.text) for told in silent.log]


def test_two_runs_end_with_the_same_status_word_for_word(silent: Silent, loud: Loud) -> None:
    assert silent.end in loud.text
    assert len(silent.end.splitlines()) > 20


def test_the_terminal_shows_every_day_once_and_nothing_twice(loud: Loud) -> None:
    lines = loud.text.splitlines()
    heads = [line for line in lines if re.match(r"  (Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ \w+", line)]
    assert len(heads) == len(set(heads)) > 30
    rows = list(_rows(lines))
    assert len(rows) == len(set(rows)) > 60


def _rows(lines: list[str]) -> Iterator[tuple[str, str]]:
    head = ""
    for line in lines:
        if re.match(r"  (Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ \w+", line):
            head = line
        elif re.match(r"  \d\d:\d\d ", line):
            yield head, line


def test_the_terminal_ends_with_status_drafts_and_where_they_lie(loud: Loud) -> None:
    end = loud.text[loud.text.index("Status on Friday 8 May 2026") :]
    for word in ("Nordwind", "time to move on", "In Drafts, unsent", "Gracious note to Nuala Whelan", "ROOT/Maildir/.Drafts"):
        assert word in end


@pytest.mark.parametrize("hour", [0, 7, 8, 9, 23])
def test_the_next_monday_morning_is_ahead_and_not_a_week_too_far(hour: int) -> None:
    for day in range(2, 16):
        at = datetime(2026, 3, day, hour, tzinfo=ZONE)
        found = next_monday(at)
        assert (found.weekday(), found.hour) == (0, 8)
        assert timedelta(0) < found - at <= timedelta(days=7)


def test_silence_is_told_on_every_monday(loud: Loud) -> None:
    mondays = re.findall(r"^  Mon \d+ \w+.*$", loud.text, re.MULTILINE)
    quiet = re.findall(r"^  Mon \d+ \w+.*\n +quiet for: ", loud.text, re.MULTILINE)
    assert len(mondays) == 10
    assert len(quiet) >= 8  # nobody is waited for on the first, and all have written of late on another


def test_a_holiday_and_the_change_of_the_clocks_are_told(loud: Loud) -> None:
    assert "Tue 17 March  (Saint Patrick's Day)" in loud.text
    assert "(clocks went forward on Sun 29 March)" in loud.text


def test_no_line_is_wider_than_the_terminal_but_paths(loud: Loud) -> None:
    assert [line for line in loud.text.splitlines() if len(line) > WIDTH and "ROOT" not in line] == []


def test_the_picture_is_svg_and_names_no_place_on_this_machine_or_on_the_net(loud: Loud) -> None:
    ET.fromstring(loud.svg)
    assert "hearback&#160;demo" in loud.svg or "hearback demo" in loud.svg
    assert "Maildir" not in loud.svg
    assert "Ostrel" in loud.svg
    assert re.findall(r"(?:url\(|href=|src=)[\"']?\w+:", loud.svg) == []


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(DemoError, match="not empty"):
        run_demo(tmp_path, console=Console(file=io.StringIO()))
