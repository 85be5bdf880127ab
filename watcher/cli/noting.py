"""`note`: what the user remembers of an interview, in an editor, from standard input, or one point at a time."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from rules.notes.answers import told_in_points
from rules.notes.form import filled_form
from rules.notes.frame import Frame, frame_of, latest_round, round_of
from rules.notes.handed import read_file
from rules.notes.lines import Entry
from rules.notes.merge import merge
from rules.notes.points import People, read_point
from rules.notes.reading import is_empty, read_text
from rules.notes.types import Answers, Heading, Notes, Topic
from rules.process.bound import bound, rebound
from watcher.cli.exits import UsageError
from watcher.cli.opening import View, choose, open_config, open_store, view
from watcher.cli.printing import print_json, show, show_lines
from watcher.history import Assessment, assess
from watcher.lock import wake_daemon
from watcher.notes import told_of
from watcher.paths import StatePaths
from watcher.store import Store
from watcher.store.journal import LogRow, add_log
from watcher.store.mail import load_processes
from watcher.store.notes import NoteRow, drop_notes, notes_of, put_note

__all__ = ["Point", "note"]

_SAID = "said"
_MAX_READ = 1024 * 1024
_FOUND_OUT = frozenset({Topic.COMPANY, Topic.CULTURE, Topic.CHALLENGE})


@dataclass(frozen=True, slots=True)
class Point:
    """One point as it is given by command; what is empty follows from the text."""

    text: str = ""
    about: str = ""
    topic: str = ""
    under: str = ""


def note(path: Path, process: str, point: Point, number: int | None, *, only_show: bool, as_json: bool) -> None:
    """Take what the user remembers, wake the daemon if there is one, and say what was understood."""
    config = open_config(path)
    with open_store(config) as store:
        with store.read() as connection:
            seen = view(config, connection)
        found = choose(seen.processes, process)
        frame = _frame(found, seen, number)
        if only_show:
            _tell(found, frame, _noted(found, frame.round), stored=False, woken=None, as_json=as_json)
            return
        given = _one_point(point, frame, seen) if point.text else _written(frame, seen)
        if given is None:
            raise UsageError("nothing was noted: the text was left as it was.")
        stored = _store(store, found, given)
        with store.read() as connection:
            after = assess(connection, found.account, found.process.id, seen.now)
    woken = wake_daemon(StatePaths(config.state_dir).lock)
    _tell(after, frame, given if given.unclear else _noted(after, frame.round), stored=stored, woken=woken, as_json=as_json)


def _frame(found: Assessment, seen: View, number: int | None) -> Frame:
    """Return the form of the round that is meant: the interview that began last, unless one is named."""
    chosen = latest_round(found.process, seen.now) if number is None else number
    if chosen and round_of(found.process, chosen) is None:
        known = ", ".join(str(item.number) for item in found.process.rounds) or "none so far"
        raise UsageError(f"there is no interview {chosen} in this process; there are: {known}. 0 is what belongs to none.")
    return frame_of(found.process, chosen, found.account.profile, seen.now.astimezone(seen.zone).date())


def _noted(found: Assessment, number: int) -> Notes | None:
    return next((notes for notes in found.process.noted if notes.round == number), None)


def _choice(word: str, known: Sequence[str], option: str) -> str:
    folded = word.strip().lower().replace("-", "_").replace(" ", "_")
    if folded not in known:
        raise UsageError(f"{option} {word!r}: it is one of {', '.join(known)}.")
    return folded


def _one_point(point: Point, frame: Frame, seen: View) -> Notes:
    """Return the notes that one point makes. Raises UsageError for somebody who is not known, or may be several."""
    topic = Topic(_choice(point.topic, [item.value for item in Topic if item.value], "--topic")) if point.topic else Topic.ANY
    usual = Heading.STOOD_OUT if topic in _FOUND_OUT else Heading.WELL
    heading = Heading(_choice(point.under, [item.value for item in Heading], "--under")) if point.under else usual
    people = People.of(frame)
    read = read_point(Entry(heading.value, " ".join(point.text.split()), 0), heading, people)
    if not read.points:
        raise UsageError("there are no words in that point.")
    about = _address(point.about, people) if point.about else ""
    plain = not (point.about or point.topic or point.under)
    left, told = told_in_points(read.points, frame.day) if plain else (list(read.points), None)
    answers = Answers(promise=told)
    points = [replace(item, about=about or item.about, topic=topic if point.topic else item.topic) for item in left]
    made = merge(frame.round, [Notes(frame.round, seen.now, tuple(points), answers)])
    return made if made is not None else Notes(frame.round, seen.now)


def _address(name: str, people: People) -> str:
    found = people.called(name)
    if len(found) == 1:
        return found[0].address or found[0].name
    if found:
        raise UsageError(f"--about {name!r} may be {' or '.join(person.name or person.address for person in found)}.")
    known = ", ".join(dict.fromkeys(person.name or person.address for person in (*people.near, *people.far)))
    raise UsageError(f"--about {name!r}: nobody of that name is known; there are: {known or 'none so far'}.")


def _written(frame: Frame, seen: View) -> Notes | None:
    """Return what the user writes in the editor, or what standard input holds; None where nothing was changed."""
    form = filled_form(frame)
    if _at_terminal():
        import click  # noqa: PLC0415 - Typer rests on it; it knows which editor is meant

        try:
            text = click.edit(form, extension=".txt", require_save=True)
        except click.ClickException as error:
            raise UsageError(f"{error.message}. Set EDITOR, or give the text on standard input.") from error
        if text is None or text.strip() == form.strip():
            return None
        return replace(read_text(text, frame, seen.now), whole=True)
    octets = sys.stdin.buffer.read(_MAX_READ)
    if not octets.strip():
        raise UsageError("standard input is empty: give the notes there, or run the command at a terminal.")
    notes = read_file(octets, frame, seen.now)
    if is_empty(notes) and not notes.whole:
        raise UsageError("nothing in that text was understood as notes; `hearback note PROCESS --show` prints the form.")
    return notes


def _at_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _store(store: Store, found: Assessment, given: Notes) -> bool:
    """Store notes unless they say nothing new; say whether they did."""
    name, process, rounds = found.account.name, found.process.id, found.process.rounds
    accounts = found.account.names
    with store.write() as connection:
        rows = [row for row in notes_of(connection, accounts, process) if rebound(row.notes, rounds).round == given.round]
        before = merge(given.round, [row.notes for row in rows])
        last = max((row.at for row in rows), default=given.at - timedelta(microseconds=1))
        at = max(given.at, last + timedelta(microseconds=1))
        given = bound(replace(given, at=at), rounds)
        after = merge(given.round, [*(row.notes for row in rows), given])
        if before is None and is_empty(given):
            return False
        same = before is not None and after is not None and replace(before, at=at) == replace(after, at=at)
        if same:
            return False
        opener = next((row.opener for row in load_processes(connection, accounts) if row.id == process), "")
        if given.whole:
            drop_notes(connection, [row.id for row in rows if row.source == _SAID])
        put_note(connection, NoteRow(0, name, process, opener, _SAID, at, "", given))
        add_log(connection, [LogRow(at, name, process, found.process.company, "noted", told_of(given))])
    return True


def _tell(found: Assessment, frame: Frame, notes: Notes | None, *, stored: bool, woken: bool | None, as_json: bool) -> None:
    from watcher.report.notes import notes_text, notes_value  # noqa: PLC0415 -- not needed before there is something to tell

    if as_json:
        value = notes_value(notes) if notes is not None else None
        answer = {"process": found.process.id, "round": frame.round, "notes": value}
        print_json(answer if woken is None else {**answer, "stored": stored, "daemon": woken})
        return
    from rich.text import Text  # noqa: PLC0415

    from watcher.report.words import plain  # noqa: PLC0415

    if woken is None:
        show_lines(Text(filled_form(frame)))
        return
    head = Text(plain(found.process.company) or found.process.id, "bold")
    head.append(f", interview {frame.round}" if frame.round else ", of no interview")
    head.append("" if stored else ": known already, nothing was added", "dim")
    show(head)
    if notes is not None:
        names = {person.address: person.name for person in (*found.process.roster, *frame.people) if person.address}
        show(notes_text(notes, names))
    if stored and not woken:
        show(Text("No daemon is running: Drafts is brought in step by `hearback run` or `hearback once`.", "dim"))
