"""`status`, `why`, `plan`, `drafts`: what is known, without touching a mailbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watcher.cli.exits import UsageError
from watcher.cli.opening import View, choose, open_config, open_store, view
from watcher.cli.options import parse_time
from watcher.cli.printing import print_bytes, print_json, show
from watcher.history import domains_of, events_for
from watcher.store.journal import load_log, marks_of
from watcher.store.mail import links_of
from watcher.together import links_once

if TYPE_CHECKING:
    from rich.console import RenderableType

    from watcher.report.steps import Aheads

__all__ = ["show_drafts", "show_origins", "show_plan", "show_simulation", "show_status", "show_why"]

_LOG_LINES = 30


def _looked(path: Path, now: str | None) -> View:
    moment = parse_time(now) if now is not None else None
    config = open_config(path)
    with open_store(config) as store, store.read() as connection:
        return view(config, connection, moment)


def _answer(seen: View, as_json: bool, values: Callable[[], Any], people: Callable[[], RenderableType]) -> None:
    if as_json:
        print_json(values())
        return
    show(_head(seen))
    show(people())


def _head(seen: View) -> RenderableType:
    from rich.text import Text  # noqa: PLC0415 -- not needed for JSON

    from watcher.report.words import time_words  # noqa: PLC0415

    text = Text(f" Hearback \N{MIDDLE DOT} {time_words(seen.now, seen.zone)} ({seen.zone.key})", "dim")
    if seen.assumed:
        text.append(" - not the real time", "yellow not dim")
    return text


def show_status(path: Path, now: str | None, *, as_json: bool) -> None:
    """Show every process."""
    from watcher.report.status import build_status  # noqa: PLC0415

    seen = _looked(path, now)

    def people() -> RenderableType:
        from watcher.report.table import status_view  # noqa: PLC0415 -- Rich's tables are not needed for JSON

        return status_view(seen.now, seen.zone, seen.accounts, seen.processes)

    _answer(seen, as_json, lambda: build_status(seen.now.astimezone(seen.zone), seen.accounts, seen.processes), people)


def show_plan(path: Path, now: str | None, ics: Path | None, *, as_json: bool) -> None:
    """Show what comes, or write it to an iCalendar file (`-`: standard output)."""
    from watcher.report.ahead import look_ahead_of_all  # noqa: PLC0415
    from watcher.report.plan import build_plan, plan_view  # noqa: PLC0415
    from watcher.report.steps import PLAN_DAYS  # noqa: PLC0415

    if ics is not None and as_json:
        raise UsageError("--ics and --json are two forms of the plan: give one of them.")
    moment = parse_time(now) if now is not None else None
    config = open_config(path)
    with open_store(config) as store, store.read() as connection:
        seen = view(config, connection, moment)
        until = seen.now + timedelta(days=PLAN_DAYS)
        known = [(one, events_for(connection, one.account, one.process.id)[1]) for one in seen.processes]
        ahead = look_ahead_of_all(known, seen.now, until)
    if ics is not None:
        _write_ics(ics, seen, ahead)
        return
    local = seen.now.astimezone(seen.zone)
    _answer(
        seen,
        as_json,
        lambda: build_plan(seen.processes, local, ahead),
        lambda: plan_view(seen.processes, seen.now, seen.zone, ahead),
    )


def _write_ics(path: Path, seen: View, ahead: Aheads) -> None:
    from watcher.report.ics import build_ics  # noqa: PLC0415 -- a library that nothing else here needs
    from watcher.report.steps import steps_of  # noqa: PLC0415

    content = build_ics(steps_of(seen.processes, seen.now, ahead), seen.now)
    if str(path) == "-":
        print_bytes(content)
        return
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name the file to be written.")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}. Name a file in one that is there.")
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)  # whole or not at all: a calendar may be subscribed to it
    finally:
        beside.unlink(missing_ok=True)


def show_simulation(path: Path, word: str, suppositions: Sequence[str], now: str | None, *, as_json: bool) -> None:
    """Show how the plan of a process would change. Nothing is stored."""
    from watcher.report.ahead import look_ahead_of_all  # noqa: PLC0415
    from watcher.report.simulation import build_simulation, simulation_view  # noqa: PLC0415
    from watcher.report.steps import PLAN_DAYS  # noqa: PLC0415
    from watcher.report.suppose import SuppositionError, events_of, parse_supposition  # noqa: PLC0415

    moment = parse_time(now) if now is not None else None
    config = open_config(path)
    with open_store(config) as store, store.read() as connection:
        seen = view(config, connection, moment)
        found = choose(seen.processes, word)
        shared = domains_of(found.process)
        known = [
            (one, events_for(connection, one.account, one.process.id)[1])
            for one in seen.processes
            if one is found or shared.intersection(domains_of(one.process))
        ]
    try:
        supposed = [parse_supposition(text, seen.now, seen.zone) for text in suppositions]
    except SuppositionError as error:
        raise UsageError(str(error)) from None
    until = seen.now + timedelta(days=PLAN_DAYS)
    made_up = events_of(supposed, found.process, found.account.profile)
    name = found.process.id
    before, after = (look_ahead_of_all(known, seen.now, until, {name: made})[name] for made in ((), made_up))
    plans = (before, after)
    local = seen.now.astimezone(seen.zone)
    _answer(
        seen,
        as_json,
        lambda: build_simulation(found, local, supposed, *plans),
        lambda: simulation_view(found, seen.now, seen.zone, supposed, plans),
    )


def show_drafts(path: Path, now: str | None, *, as_json: bool) -> None:
    """Show what stands in Drafts."""
    from watcher.report.plan import build_drafts, drafts_view  # noqa: PLC0415

    seen = _looked(path, now)
    local = seen.now.astimezone(seen.zone)
    _answer(seen, as_json, lambda: build_drafts(seen.processes, local), lambda: drafts_view(seen.processes, seen.now, seen.zone))


def show_origins(path: Path, word: str, key: str | None, now: str | None, *, as_json: bool) -> None:
    """Tell where each sentence of drafts comes from: of those that stand, or of the one that `key` means."""
    from watcher.report.origins import build_origins, drafts_meant, origins_view  # noqa: PLC0415

    seen = _looked(path, now)
    found = choose(seen.processes, word)
    try:
        rows = drafts_meant(found, key)
    except LookupError as error:
        raise UsageError(str(error)) from error
    _answer(seen, as_json, lambda: build_origins(found, rows), lambda: origins_view(found, rows))


def show_why(path: Path, word: str, now: str | None, *, as_json: bool) -> None:
    """Explain one process."""
    from watcher.report.why import build_why, why_view  # noqa: PLC0415

    moment = parse_time(now) if now is not None else None
    config = open_config(path)
    with open_store(config) as store, store.read() as connection:
        seen = view(config, connection, moment)
        found = choose(seen.processes, word)
        names = found.account.names
        log = load_log(connection, names, found.process.id, last=_LOG_LINES)
        marks = marks_of(connection, names, found.process.id)
        links = links_once(links_of(connection, names, found.process.id))
    _answer(
        seen,
        as_json,
        lambda: build_why(found, seen.now, log, marks, links),
        lambda: why_view(found, seen.now, log, marks, links),
    )
