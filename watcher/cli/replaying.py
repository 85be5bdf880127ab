"""`replay`: the past of a mailbox, as if Hearback had watched it. Reads the mailbox, writes to none."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from watcher.cli.classifying import check_addresses, check_zone
from watcher.cli.exits import UsageError
from watcher.cli.printing import console, show, warn
from watcher.log import configure_logging

if TYPE_CHECKING:
    from types import FrameType

    from connectors.archive import Archive
    from watcher.config import Config
    from watcher.replay.events import Event
    from watcher.replay.person import Person
    from watcher.replay.play import Replay, Window

__all__ = ["Asked", "replay_mailbox"]

_TERMINATED = 128 + signal.SIGTERM
_SKIPPED_WORDS = {
    "draft": "drafts",
    "spam": "in spam",
    "trash": "in the bin",
    "chat": "chats",
    "broken": "no mail at all",
    "undated": "without any time",
    "unreadable": "files that cannot be read",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command was given."""

    mailbox: Path
    config: Path
    named: bool
    """The configuration was named, so that it must be there."""
    own: tuple[str, ...] = ()
    zone: str | None = None
    since: str | None = None
    until: str | None = None


def replay_mailbox(asked: Asked, *, as_json: bool, debug: bool) -> None:
    """Play a mailbox and tell what would have been done."""
    since, until = (parse_day(name, text) for name, text in (("--since", asked.since), ("--until", asked.until)))
    own = check_addresses(list(asked.own))
    config = _config(asked)
    zone = check_zone(asked.zone or (config.user.timezone if config is not None else None))
    configure_logging("debug" if debug else "warning")
    from connectors.archive import Archive  # noqa: PLC0415 -- after what was asked for is known to be good
    from watcher.replay.person import person_of  # noqa: PLC0415
    from watcher.replay.play import opened, window_of  # noqa: PLC0415

    archive = Archive(asked.mailbox)
    with _terminable(), _bar() as bar:
        archive.scan(bar.octets)
        person = person_of(archive.census, config, own, zone)
        archive.own = person.account.own
        window = window_of(archive, ZoneInfo(zone), since, until)
        with opened(archive, person.account, window) as replay:
            events = replay.play(bar.messages(replay.total))
            if as_json:
                _print_lines(replay, events, archive, person, window)
            else:
                _tell(replay, events, archive, person, window)


def parse_day(option: str, text: str | None) -> date | None:
    """Return a day. Raises UsageError for what is none."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{option} {text!r} is not a day of the calendar. Write it such as 2026-03-10.") from None


def _config(asked: Asked) -> Config | None:
    if not asked.named and not asked.config.is_file():
        return None
    from watcher.config import load_config  # noqa: PLC0415 -- not needed without one

    return load_config(asked.config)


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end the command as Ctrl-C does: with everything put away."""

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise SystemExit(_TERMINATED)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


# --- how far it is ----------------------------------------------------------------------------------------------------


class _Bar(Protocol):
    """What is told while it takes its time."""

    def octets(self, done: int, total: int) -> None:
        """Tell how much of the mailbox was looked through."""

    def messages(self, total: int) -> Callable[[int], None]:
        """Return what is told how many messages have come."""


class _NoBar:
    """Says nothing: standard error is no terminal."""

    def octets(self, done: int, total: int) -> None:
        """Take it."""

    def messages(self, total: int) -> Callable[[int], None]:
        """Return what says nothing."""
        del total
        return lambda _done: None


@contextmanager
def _bar() -> Iterator[_Bar]:
    if not sys.stderr.isatty():
        yield _NoBar()
        return
    from watcher.cli.progress import bar  # noqa: PLC0415 -- only where somebody looks

    with bar() as drawn:
        yield drawn


# --- for programs -----------------------------------------------------------------------------------------------------


def _print_lines(replay: Replay, events: Iterable[Event], archive: Archive, person: Person, window: Window) -> None:
    """Print one JSON object a line: the events, then the summary."""
    from watcher.replay.events import event_values  # noqa: PLC0415

    zone = ZoneInfo(person.account.profile.zone)
    for event in events:
        _line(event_values(event, zone))
    _line(_summary(replay, archive, person, window))


def _line(values: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def _summary(replay: Replay, archive: Archive, person: Person, window: Window) -> dict[str, Any]:
    from watcher.report.status import process_status  # noqa: PLC0415

    zone = ZoneInfo(person.account.profile.zone)
    actions = replay.totals.actions
    return {
        "event": "summary",
        "from": window.begin.astimezone(zone).isoformat(timespec="seconds"),
        "until": window.end.astimezone(zone).isoformat(timespec="seconds"),
        "own": sorted(person.account.own),
        "timezone": zone.key,
        "messages": replay.total,
        "passed_over": {why.value: count for why, count in sorted(archive.skipped.items()) if count},
        "broken": list(archive.told),
        "drafted": dict(replay.totals.drafted),
        "rewritten": actions["rewritten"],
        "withdrawn": actions["withdrawn"],
        "paused": actions["paused"],
        "sent": actions["sent"],
        "processes": [process_status(one, window.end) for one in replay.processes()],
        "notes": list(person.notes),
    }


# --- for people -------------------------------------------------------------------------------------------------------


def _tell(replay: Replay, events: Iterable[Event], archive: Archive, person: Person, window: Window) -> None:
    """Tell it day by day, then where everything stands."""
    from rich.padding import Padding  # noqa: PLC0415 -- not needed for JSON
    from rich.text import Text  # noqa: PLC0415

    from watcher.demo.teller import Teller  # noqa: PLC0415
    from watcher.report.table import status_view  # noqa: PLC0415

    zone = ZoneInfo(person.account.profile.zone)
    teller = Teller(console(), zone, lambda _day: "", years=True)
    teller.open(
        f"What Hearback would have done in {archive.path}, had it watched from {_day(window.begin.astimezone(zone).date())} "
        f"to {_day(window.end.astimezone(zone).date())}. Nothing was written there, and no draft was sent."
    )
    for note in person.notes:
        show(Padding(Text(note, "dim"), (0, 2)))
    _tell_skipped(archive)
    spoken: tuple[object, set[str]] = (None, set())
    for event in events:
        if spoken[0] != event.at:
            spoken = (event.at, set())
        if event.process not in spoken[1] or not _restates(event):
            teller.tell(_told(event, zone))
        if _is_news(event):
            spoken[1].add(event.process)
    found = replay.processes()
    last = window.end.astimezone(zone)
    teller.end([Text(f"  Where it all stood on {_day(last.date())}", "bold"), status_view(window.end, zone, (), found)], ())
    show(Padding(Text(_counts(replay), "dim"), (0, 1)))


def _tell_skipped(archive: Archive) -> None:
    from rich.padding import Padding  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    parts = [f"{count} {_SKIPPED_WORDS[why.value]}" for why, count in sorted(archive.skipped.items()) if count]
    if parts:
        show(Padding(Text(f"Passed over: {', '.join(parts)}.", "dim"), (0, 2)))
    for words in archive.told:
        warn(words)


_NEWS = frozenset({"replied", "promised", "invited", "away", "rejected", "offer", "cancelled", "moved"})


def _is_news(event: Event) -> bool:
    return event.action in _NEWS


def _restates(event: Event) -> bool:
    """Say whether an event tells what the mail of the same pass has told already."""
    return event.action == "paused" or event.action.startswith("notice:")


def _told(event: Event, zone: ZoneInfo) -> Any:
    from watcher.demo.teller import Told  # noqa: PLC0415
    from watcher.report.words import plain, span_words, time_words  # noqa: PLC0415

    more = []
    draft = event.draft
    if draft is not None and event.action == "placed":
        subject = plain(draft.draft.subject, 120)
        more.append(f"to {draft.key.recipient}, \N{LEFT DOUBLE QUOTATION MARK}{subject}\N{RIGHT DOUBLE QUOTATION MARK}")
        if draft.slot_opens is not None:
            local = event.at.astimezone(zone).date()
            closes = draft.slot_closes
            when = span_words(draft.slot_opens, closes, zone, local) if closes else time_words(draft.slot_opens, zone, local)
            more.append(f"best sent {when}")
        more += [plain(reason.text, 300) for reason in event.why[:2]]
    return Told(event.at, plain(event.company, 60), event.action, plain(event.text, 1000), "\n".join(more))


def _counts(replay: Replay) -> str:
    actions, drafted = replay.totals.actions, replay.totals.drafted
    words = {"thank_you": "thank-you note", "status": "follow-up", "gracious": "gracious note"}
    parts = [_several(count, words[kind]) for kind, count in drafted.items()]
    told = f"Drafted: {', '.join(parts) or 'nothing'}. Taken back: {actions['withdrawn']}."
    told += f" Paused: {_several(actions['paused'], 'time')}."
    sent = f" Recognised as sent by you: {actions['sent']}." if actions["sent"] else ""
    return f"{_several(replay.total, 'message')}. {told}{sent}"


def _several(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
