"""The demonstration: the daemon's own passes over a real Maildir, with the clock of the story as their argument.

The clock goes from one moment at which something happens to the next: the world's next mail or act, or the instant at which
the daemon has said that something will be due. What is told is the daemon's log, nothing else.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from time import sleep

from rich.console import Console, Group

from connectors.maildir import create_maildir
from watcher.accounts import build_account, build_connector, read_policy
from watcher.config import load_config
from watcher.cycle import Cycle, PassReport
from watcher.demo.closing import drafts_part, next_part, quiet_waits, status_part, table_part, where_part
from watcher.demo.script import BEGIN, END, USER, ZONE, read_scripts
from watcher.demo.teller import Teller, Told, picture
from watcher.demo.world import World
from watcher.paths import StatePaths
from watcher.proofread import here
from watcher.store import Store

__all__ = ["DemoError", "Stage", "next_monday", "play", "run_demo", "stage"]

_STEP = timedelta(seconds=1)
_NEWS = frozenset({"replied", "promised", "invited", "away", "rejected", "offer", "cancelled"})
_WIDTH = 96
_PICTURE_DAYS = (date(2026, 3, 5), date(2026, 3, 9), date(2026, 3, 17), date(2026, 3, 18))
_WEB_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_CONFIG = f"""\
# The mailbox of the demonstration. `status`, `why`, `plan` and `drafts` show it as it stood on the last evening.
[user]
name = "{USER.name}"
email = "{USER.email}"
phone = "{USER.phone}"
timezone = "{USER.zone}"
country = "{USER.country}"

[accounts.demo]
kind = "maildir"
path = "Maildir"

[rules]
file = "rules.toml"

[daemon]
state_dir = "state"
"""
_RULES = """\
# The questions of the evening before are left out, so that ten weeks can be read at one sitting.
[prep]
enabled = false
"""


class DemoError(Exception):
    """The demonstration cannot be played there; `str()` says what to do."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The daemon's part and the world around it, on one mailbox."""

    cycle: Cycle
    world: World


def run_demo(path: Path | None, *, console: Console, seed: int = 0, svg: Path | None = None, pace: float = 0.0) -> None:
    """Play the ten weeks into a mailbox below `path` (None: a new temporary directory) and tell them on `console`.

    `seed` settles when the mail comes that must not matter. `pace` is a pause after each day, in seconds. With `svg`, a
    picture of a few days and the end is written there. Raises DemoError when `path` is not empty, OSError when it or `svg`
    cannot be written.
    """
    root = _prepared(path)
    teller = Teller(console, ZONE, _holidays())
    teller.open(
        f"Ten weeks of {USER.name}'s search for a job, in time-lapse. Mail arrives in a local mailbox, and she sends, edits and "
        "deletes drafts there, and writes down what was said. All that is told below is what Hearback saw and did. It never "
        "sends anything: she does."
    )
    with stage(root, seed) as on:
        day = BEGIN.date()
        for report in play(on):
            if pace and day != (day := report.now.astimezone(ZONE).date()):
                sleep(pace)
            if report.now == _monday(report.now):
                teller.quiet(report.now, quiet_waits(on.cycle.store, on.cycle.account, report.now))
            for told in _told(report):
                teller.tell(told)
        of = (on.cycle.store, on.cycle.account, END)
        end, table = (status_part(*of), drafts_part(*of)), table_part(*of)
    teller.end(end, (where_part(root / "Maildir"), next_part(_steps(root / "config.toml"))))
    if svg is not None:
        _write_picture(svg, teller, table)


@contextmanager
def stage(root: Path, seed: int | None = 0) -> Iterator[Stage]:
    """Make the mailbox, its configuration and the store below `root`, and the world around them (seed None: no noise)."""
    mailbox = root / "Maildir"
    create_maildir(mailbox)
    (root / "rules.toml").write_text(_RULES, encoding="utf-8")
    (root / "config.toml").write_text(_CONFIG, encoding="utf-8")
    config = load_config(root / "config.toml")
    (settings,) = config.accounts
    store = Store(StatePaths(config.state_dir).prepare().database)
    connector = build_connector(settings)
    try:
        connector.open()
        cycle = Cycle(build_account(config, settings, read_policy(config)), connector, store, proofread=here)
        yield Stage(cycle, World(mailbox, read_scripts(), noise_seed=seed))
    finally:
        connector.close()
        store.close()


def play(on: Stage) -> Iterator[PassReport]:
    """Yield the report of each pass, from the first morning to the last evening."""
    now = BEGIN
    while True:
        on.world.play(now)
        # The pass is told its time, so that `status` on this mailbox speaks of that time too.
        report = on.cycle.run_pass(now, wall=END)
        yield report
        if now == END:
            return
        moments = (on.world.next_at, report.next_check, next_monday(now), END)
        # A moment that is not ahead would hold the clock: what is due and could not be done is tried again a second later.
        now = min(max(min(moment for moment in moments if moment is not None), now + _STEP), END)


def _prepared(path: Path | None) -> Path:
    if path is None:
        return Path(tempfile.mkdtemp(prefix="hearback-demo-"))
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise DemoError(f"{path} is there already and not empty. Name a new folder, or none to use a temporary one.")
    path.mkdir(parents=True, exist_ok=True)
    return path.resolve()


def _monday(at: datetime) -> datetime:
    """Return eight in the morning of the Monday of the week of `at`."""
    local = at.astimezone(ZONE)
    return (local - timedelta(days=local.weekday())).replace(hour=8, minute=0, second=0, microsecond=0)


def next_monday(at: datetime) -> datetime:
    """Return the first of these mornings after `at`."""
    return next(monday for week in range(2) if (monday := _monday(at + timedelta(weeks=week))) > at)


def _told(report: PassReport) -> Iterator[Told]:
    """Yield the log of a pass, each thing once: a notice that restates a mail of the same pass is left to `status`."""
    news = {row.process for row in report.log if row.action in _NEWS}
    for row in report.log:
        if row.action.startswith("notice:") and row.process in news:
            continue
        yield Told(report.now, row.company, row.action, row.text)


def _steps(config: Path) -> tuple[tuple[str, str], ...]:
    """Return what to try on this mailbox, and how to begin with one's own."""
    program = Path(sys.argv[0])
    name = str(program) if program.name == "hearback" and shutil.which("hearback") is None else "hearback"
    file = shlex.quote(str(config))
    return (
        ("Why does a process stand as it does?", f"{name} why nordwind --config {file}"),
        ("What comes in the weeks after?", f"{name} plan --config {file}"),
        ("Watch your own mailbox: put it into a copy of config.example.toml, then", f"{name} check --config FILE"),
    )


def _holidays() -> Callable[[date], str]:
    from holidays import country_holidays  # noqa: PLC0415 - heavy, and only here

    known = country_holidays(USER.country, years=range(BEGIN.year, END.year + 1))
    return lambda day: known.get(day, "")


def _write_picture(svg: Path, teller: Teller, table: Group) -> None:
    """Write what one screen can hold as SVG, without references to fonts of other hosts."""
    sheet = Console(width=_WIDTH, record=True, file=StringIO(), force_terminal=True, color_system="truecolor")
    sheet.print(picture(teller.scenes, _PICTURE_DAYS, [table]))
    drawn = sheet.export_svg(title="hearback demo", unique_id="hearback")
    svg.write_text(_WEB_FONTS.sub("", drawn), encoding="utf-8")
