"""`run`, `once`, `demo`: the daemon, one pass over every account, and the demonstration."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import typer

from watcher.cli.exits import Exit, UsageError, explain, worst
from watcher.cli.options import parse_time
from watcher.cli.printing import console, print_json, show, warn
from watcher.clock import SystemClock
from watcher.config import Config, ConfigError, Problem, load_config
from watcher.log import configure_logging

if TYPE_CHECKING:
    from watcher.account import Account
    from watcher.config import Account as Settings
    from watcher.cycle import PassReport
    from watcher.passes import Reading
    from watcher.store import Store

__all__ = ["Outcome", "play_demo", "run_forever", "run_passes"]


_ROUNDS = 5
"""How often the accounts are gone through at most: one may have left word for another that had its turn already. For a draft
that moves from one to the other it takes three."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the pass over one account went."""

    account: str
    code: Exit
    report: PassReport | None = None
    error: str = ""


def run_forever(path: Path, *, debug: bool) -> None:
    """Watch until SIGTERM or SIGINT."""
    config = _watchable(load_config(path))
    configure_logging("debug" if debug else config.daemon.log_level, config.daemon.log_file)
    from watcher.daemon import run_daemon  # noqa: PLC0415 -- after the configuration is known to be good

    run_daemon(config, SystemClock())


def run_passes(path: Path, now: str | None, *, replay: bool, as_json: bool, debug: bool) -> None:
    """Do one pass over every account, each on its own: what fails for one is told, and the others go on.

    An account that another one, looked at later, has left word for is looked at once more.
    """
    if replay and now is None:
        raise UsageError("--replay lets --now go back in time: it needs --now TIME.")
    moment = parse_time(now) if now is not None else None
    config = _watchable(load_config(path))
    configure_logging("debug" if debug else "warning", config.daemon.log_file)
    from watcher.lock import Lock  # noqa: PLC0415
    from watcher.paths import StatePaths  # noqa: PLC0415
    from watcher.store import Store  # noqa: PLC0415 -- SQLAlchemy is not needed to refuse a configuration

    paths = StatePaths(config.state_dir).prepare()
    with Lock(paths.lock):
        store = Store(paths.database)
        try:
            _forward_only(store, config, moment, replay=replay)
            outcomes = _passes(store, config, moment)
        finally:
            store.close()
    zone = ZoneInfo(config.user.timezone)
    if as_json:
        print_json([_values(outcome, zone) for outcome in outcomes])
    else:
        for outcome in outcomes:
            _tell(outcome, zone, several=len(outcomes) > 1)
    if code := worst(outcome.code for outcome in outcomes):
        raise typer.Exit(int(code))


def _watchable(config: Config) -> Config:
    if not config.enabled:
        raise ConfigError(config.path, [Problem("every account is switched off", "Set enabled = true for one of them.")])
    return config


def _forward_only(store: Store, config: Config, moment: datetime | None, *, replay: bool) -> None:
    """Refuse to take an account back in time unasked. Raises UsageError; says so where the real time is behind."""
    from watcher.report.words import time_words  # noqa: PLC0415
    from watcher.store.accounts import all_accounts  # noqa: PLC0415

    zone = ZoneInfo(config.user.timezone)
    names = {account.name for account in config.enabled}
    with store.read() as connection:
        last = {row.name: row.last_now for row in all_accounts(connection) if row.name in names and row.last_now is not None}
    at = moment or SystemClock().now()
    behind = {name: when for name, when in last.items() if when > at}
    if not behind:
        return
    told = ", ".join(
        f"{name} was looked at as of {time_words(when, zone)} {when.astimezone(zone).year}" for name, when in behind.items()
    )
    if moment is None:
        warn(f"the last pass was told a later time than it is now ({told}).")
    elif not replay:
        raise UsageError(f"--now {moment.isoformat()} would go back in time: {told}. Give a later time, or add --replay.")


def _passes(store: Store, config: Config, moment: datetime | None) -> list[Outcome]:
    from watcher.accounts import build_account, read_policy  # noqa: PLC0415

    policy = read_policy(config)
    accounts = {settings.name: (build_account(config, settings, policy), settings) for settings in config.enabled}
    outcomes: dict[str, Outcome] = {}
    waiting = list(accounts)
    for _ in range(_ROUNDS):
        again: set[str] = set()
        for number, name in enumerate(waiting):
            outcome = _pass(store, *accounts[name], moment)
            outcomes[name] = _joined(outcomes[name], outcome) if name in outcomes else outcome
            if outcome.report is not None:
                again |= outcome.report.wake - set(waiting[number + 1 :])
        waiting = [name for name in accounts if name in again and outcomes[name].code is Exit.OK]
    return [*outcomes.values()]


def _joined(one: Outcome, then: Outcome) -> Outcome:
    """Return how two passes over one account went."""
    if one.report is None or then.report is None:
        return replace(then, report=one.report or then.report)
    report = replace(
        then.report,
        log=one.report.log + then.report.log,
        new=one.report.new + then.report.new,
        first=one.report.first,
        spent=one.report.spent + then.report.spent,
        active=one.report.active or then.report.active,
    )
    return replace(then, report=report)


def _pass(store: Store, account: Account, settings: Settings, moment: datetime | None) -> Outcome:
    """Do one pass; a mailbox's trouble is written down and returned, trouble with the store is raised."""
    from watcher.accounts import build_connector  # noqa: PLC0415
    from watcher.cycle import Cycle  # noqa: PLC0415
    from watcher.proofread import apart  # noqa: PLC0415
    from watcher.store import StoreError  # noqa: PLC0415

    clock = SystemClock()
    connector = build_connector(settings)
    try:
        able = connector.open()
        wall = clock.now()
        with _progress(account.name) as on_page:
            cycle = Cycle(account, connector, store, proofread=apart, marks=able.marks, on_page=on_page)
            report = cycle.run_pass(moment or wall, wall=None if moment is None else wall)
    except StoreError:
        raise
    except Exception as error:
        explained = explain(error)
        if explained is None:
            raise
        code, text = explained
        _note(store, account, code, text, moment or clock.now())
        return Outcome(account.name, code, error=text)
    finally:
        connector.close()
    return Outcome(account.name, Exit.OK, report)


@contextmanager
def _progress(name: str) -> Iterator[Callable[[Reading], None]]:
    """Draw how far the reading of a mailbox has come, where somebody looks on and it takes more than a page."""
    drawn: list[Callable[[Reading], None]] = []
    with ExitStack() as stack:

        def tell(reading: Reading) -> None:
            from watcher.cli.progress import reading_bar  # noqa: PLC0415 - Rich's bars are needed by few passes

            if not drawn:
                drawn.append(stack.enter_context(reading_bar(name)))
            drawn[0](reading)

        yield tell if sys.stderr.isatty() else lambda _reading: None


def _note(store: Store, account: Account, code: Exit, text: str, now: datetime) -> None:
    """Write down why the account cannot be watched, for `status`."""
    from watcher.store.accounts import ensure_account, note_trouble  # noqa: PLC0415

    kind = {Exit.SIGN_IN: "sign_in", Exit.USAGE: "misconfigured", Exit.UNREACHABLE: "unavailable"}.get(code, "refused")
    with store.write() as connection:
        ensure_account(connection, account.name, account.kind, account.address)
        note_trouble(connection, account.name, kind, text, now)


def _values(outcome: Outcome, zone: ZoneInfo) -> dict[str, Any]:
    def at(instant: datetime | None) -> str | None:
        return None if instant is None else instant.astimezone(zone).isoformat(timespec="seconds")

    from watcher.report.status import spent_values  # noqa: PLC0415

    report = outcome.report
    return {
        "account": outcome.account,
        "now": at(report.now) if report is not None else None,
        "new": report.new if report is not None else None,
        "next_check": at(report.next_check) if report is not None else None,
        "spent": spent_values(report.spent) if report is not None else None,
        "log": [
            {
                "at": at(row.at),
                "process": row.process or None,
                "company": row.company or None,
                "action": row.action,
                "text": row.text,
            }
            for row in (report.log if report is not None else ())
        ],
        "error": outcome.error or None,
    }


def _tell(outcome: Outcome, zone: ZoneInfo, *, several: bool) -> None:
    from rich.text import Text  # noqa: PLC0415 -- not needed for JSON

    from watcher.report.words import plain, spent_words, time_words  # noqa: PLC0415

    name = f"{outcome.account}: " if several else ""
    if outcome.error:
        warn(f"{outcome.account}: {outcome.error}")
    if outcome.report is None:
        return
    report = outcome.report
    for row in report.log:
        show(
            Text.assemble(
                (f"{time_words(row.at, zone)}  ", "dim"),
                (f"{plain(row.company, 60)}: " if row.company else "", "bold"),
                plain(row.text, 1000),
            )
        )
    mails = "1 new message" if report.new == 1 else f"{report.new or 'no'} new messages"
    then = f"; next due {time_words(report.next_check, zone)}" if report.next_check is not None else ""
    show(Text(f"{name}{mails}{then}{spent_words(report.spent)}", "dim"))


def play_demo(path: Path | None, *, seed: int, pace: float, svg: Path | None) -> None:
    """Play the ten weeks."""
    from watcher.demo.run import run_demo  # noqa: PLC0415 -- brings everything

    run_demo(path, console=console(), seed=seed, svg=svg, pace=pace)
