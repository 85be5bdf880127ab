"""A word of the user's about one process: `pause`, `snooze`, `resume`, `close`, `reopen`, `done`, `no-show` and their like."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from rules.intents import Task
from rules.process import UNDONE, IllegalTransition, Verb, demand_allowed
from rules.process.bound import meant_by
from watcher.cli.exits import UsageError
from watcher.cli.opening import View, choose, open_config, open_store, view
from watcher.cli.options import parse_day, parse_until
from watcher.cli.printing import print_json, show
from watcher.history import Assessment, assess
from watcher.lock import wake_daemon
from watcher.paths import StatePaths
from watcher.report.words import plain
from watcher.store.journal import add_mark

__all__ = ["chosen_task", "tell", "tell_accepted", "tell_country", "tell_done", "tell_no_show"]

Say = Callable[[View, Assessment], tuple[datetime | None, str]]
"""What else is written down beside the verb: a time, and the id of a task. Raises UsageError."""


def tell(path: Path, verb: str, word: str, until: str | None, *, as_json: bool) -> None:
    """Tell a process one of the plain verbs."""

    def say(seen: View, found: Assessment) -> tuple[datetime | None, str]:
        del found
        return (parse_until(until, seen.now, seen.zone) if until is not None else None), ""

    _tell(path, Verb(verb), word, say, as_json=as_json)


def tell_done(path: Path, word: str, task: str | None, *, as_json: bool) -> None:
    """Write down that a task is done; without a word for it the only one that stands."""

    def say(seen: View, found: Assessment) -> tuple[datetime | None, str]:
        del seen
        return None, chosen_task(found, task).id

    _tell(path, Verb.DONE, word, say, as_json=as_json)


def tell_no_show(path: Path, word: str, *, undo: bool, as_json: bool) -> None:
    """Write down that they did not come to the interview that was over last, or that they did after all."""

    def say(seen: View, found: Assessment) -> tuple[datetime | None, str]:
        over = [each for each in found.process.rounds if each.interview.status.value != "cancelled"]
        if not any(each.interview.end <= seen.now for each in over):
            raise UsageError(f"{_name(found)}: no interview of it is over. Say it when its time has passed.")
        if undo and not found.process.missed:
            raise UsageError(f"{_name(found)}: you have not said that nobody came; there is nothing to take back.")
        return None, UNDONE if undo else ""

    _tell(path, Verb.NO_SHOW, word, say, as_json=as_json)


def tell_accepted(path: Path, word: str, starts: str | None, *, as_json: bool) -> None:
    """Write down that the user has taken this job, and when it begins."""

    def say(seen: View, found: Assessment) -> tuple[datetime | None, str]:
        del found
        return (parse_day(starts, seen.zone) if starts is not None else None), ""

    _tell(path, Verb.ACCEPTED, word, say, as_json=as_json)


def tell_country(path: Path, word: str, code: str, *, as_json: bool) -> None:
    """Write down in which country they are, for its public holidays (D20); `auto` leaves it to domain and zone again."""
    from watcher.config.checks import check_country  # noqa: PLC0415 - it reads the tz database

    def say(seen: View, found: Assessment) -> tuple[datetime | None, str]:
        del seen, found
        if code.strip().casefold() == "auto":
            return None, ""
        try:
            country = check_country(code)
        except ValueError as error:
            raise UsageError(f"{plain(code)!r} {error}.") from None
        if not country:
            raise UsageError("the country is empty. Write two letters, or `auto` to leave it to their address again.")
        return None, country

    _tell(path, Verb.COUNTRY, word, say, as_json=as_json)


def _name(found: Assessment) -> str:
    return plain(found.process.company) or found.process.id


def chosen_task(found: Assessment, word: str | None) -> Task:
    """Return the task that is meant: by id, the beginning of an id, or whom it is for. Raises UsageError with the choices."""
    tasks = [*found.decision.tasks, *found.decision.upcoming_tasks]
    if word is None:
        if len(found.decision.tasks) == 1:
            return found.decision.tasks[0]
        if found.decision.tasks:
            raise UsageError(f"{_name(found)}: which one? Name it:\n{_listed([*found.decision.tasks])}")
    folded = (word or "").strip().casefold()
    tests = (
        lambda task: task.id.casefold() == folded,
        lambda task: task.id.casefold().startswith(folded),
        lambda task: task.recipient is not None and folded in task.recipient.name.casefold(),
    )
    for test in tests if folded else ():
        matches = [task for task in tasks if test(task)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise UsageError(f"{word!r} may be any of these tasks; name one by its id:\n{_listed(matches)}")
    if not tasks or word is None:
        raise UsageError(f"{_name(found)}: there is nothing for you to do that could be done.")
    raise UsageError(f"{_name(found)}: there is no task {word!r}. These are there:\n{_listed(tasks)}")


def _listed(tasks: list[Task]) -> str:
    return "\n".join(f"  {task.id}  {plain(task.text, 80)}" for task in tasks)


def _tell(path: Path, said: Verb, word: str, say: Say, *, as_json: bool) -> None:
    """Write the word down, wake the daemon if there is one, and say where the process stands now."""
    from watcher.report.status import process_status  # noqa: PLC0415

    config = open_config(path)
    with open_store(config) as store:
        with store.read() as connection:
            seen = view(config, connection)
        found = choose(seen.processes, word)
        end, item = say(seen, found)
        try:
            demand_allowed(found.process, said)
        except IllegalTransition as error:
            raise UsageError(f"{found.process.company or found.process.id}: {error}") from None
        with store.write() as connection:
            about = meant_by(said, item, found.process.rounds, seen.now)
            add_mark(connection, found.account.name, found.process.id, said, seen.now, end, item, about)
            after = assess(connection, found.account, found.process.id, seen.now)
    woken = wake_daemon(StatePaths(config.state_dir).lock)
    if as_json:
        print_json({"process": process_status(after, seen.now), "daemon": woken})
        return
    from rich.text import Text  # noqa: PLC0415 -- not needed for JSON

    from watcher.report.table import state_text  # noqa: PLC0415

    line = Text(_name(after), "bold")
    line.append(": ")
    line.append_text(state_text(after, seen.zone, seen.now.astimezone(seen.zone).date()))
    show(line)
    if not woken:
        show(Text("No daemon is running: Drafts is brought in step by `hearback run` or `hearback once`.", "dim"))
