"""`split`, `merge`, `relabel`: what the user corrects. It is remembered, and wins over all that is found later."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rules.classify import Kind
from rules.mail import Envelope
from watcher.account import Account
from watcher.accounts import build_account, read_policy
from watcher.cli.exits import UsageError
from watcher.cli.opening import View, choose, open_config, open_store, view
from watcher.cli.printing import print_json, show
from watcher.config import Config
from watcher.corrections import CannotCorrect, Held, merging, splitting, unmerging
from watcher.following import follow_said
from watcher.history import Assessment, assess
from watcher.linking import Linker
from watcher.lock import wake_daemon
from watcher.paths import StatePaths
from watcher.relabelling import as_said, reading_of
from watcher.report.words import plain
from watcher.store import Connection
from watcher.store.corrections import CorrectionRow, Said, add_correction, kinds_said, load_corrections
from watcher.store.links import processes_with
from watcher.store.mail import EventRow, events_named, links_of, load_processes, put_events, search_messages
from watcher.together import each_once, links_once

__all__ = ["merge", "relabel", "split"]

_SHORTEST = 4
_AUTO = "auto"


def split(path: Path, process: str, messages: Sequence[str], target: str | None, *, from_here: bool, as_json: bool) -> None:
    """Let messages leave a process; without any, take its last merging back."""
    config = open_config(path)
    if from_here and len(messages) != 1:
        raise UsageError("--from-here takes one MESSAGE: it leaves with all that came after it.")
    if target is not None and not messages:
        raise UsageError("--to needs the MESSAGE that belongs there.")
    with open_store(config) as store:
        with store.read() as connection:
            seen = view(config, connection)
        found = choose(seen.processes, process)
        other = choose(seen.processes, target) if target is not None else None
        with store.write() as connection:
            held = _held(connection, found)
            taken = [row.id for row in load_processes(connection)]
            try:
                if messages:
                    leaving = _leaving(held, messages, from_here=from_here)
                    beside = _beside(connection, seen, held, leaving)
                    goal = _held(connection, other) if other is not None else None
                    row = splitting(held, leaving, seen.now, taken=taken, target=goal, shared=beside)
                else:
                    row = unmerging(held, load_corrections(connection, found.account.names), seen.now, taken=taken)
            except CannotCorrect as error:
                raise UsageError(str(error)) from None
            after = _store(connection, found.account, row, seen, (row.process, row.other))
    _tell(config, seen, after, as_json=as_json)


def merge(path: Path, process: str, other: str, *, as_json: bool) -> None:
    """Make two processes one."""
    config = open_config(path)
    with open_store(config) as store:
        with store.read() as connection:
            seen = view(config, connection)
        one, two = choose(seen.processes, process), choose(seen.processes, other)
        with store.write() as connection:
            try:
                row = merging(_held(connection, one), _held(connection, two), seen.now)
            except CannotCorrect as error:
                raise UsageError(str(error)) from None
            after = _store(connection, one.account, row, seen, (row.process,))
    _tell(config, seen, after, as_json=as_json)


def relabel(path: Path, message: str, kind: str, *, as_json: bool) -> None:
    """Say what kind a message is, or that the rules may judge."""
    said = _kind(kind)
    config = open_config(path)
    with open_store(config) as store:
        with store.read() as connection:
            seen = view(config, connection)
            account, envelope = _message(connection, config, seen, message)
        with store.write() as connection:
            before = kinds_said(load_corrections(connection, account.names)).get(envelope.identity)
            copies = [row for name in account.names for row in events_named(connection, name, [envelope.identity])]
            known = next(iter(each_once(account, copies)), None)
            _demand_news(known, before, said)
            kept = before is not None and before.kind is not None
            was = before.was if kept and before is not None else reading_of(known) if known is not None else None
            row = CorrectionRow(0, account.name, seen.now, Said.RELABEL, leaves=(envelope.identity,), kind=said, was=was)
            put_events(connection, [as_said(copy, row) for copy in copies])
            after = _store(connection, account, row, seen, processes_with(connection, account.names, envelope.identity))
    told = {"id": envelope.identity, "subject": plain(envelope.subject) or None, "kind": said.value if said is not None else None}
    _tell(config, seen, after, as_json=as_json, message=told)


def _held(connection: Connection, found: Assessment) -> Held:
    links = links_once(links_of(connection, found.account.names, found.process.id))
    return Held(found.account.name, found.process.id, found.process.company, found.messages, tuple(links))


def _beside(connection: Connection, seen: View, held: Held, leaving: Sequence[str]) -> dict[str, Held]:
    """Return the other processes in which any of these messages stand."""
    shared = [one for one in seen.processes if one.process.id != held.id and any(row.identity in leaving for row in one.messages)]
    return {one.process.id: _held(connection, one) for one in shared}


def _leaving(held: Held, names: Sequence[str], *, from_here: bool) -> list[str]:
    rows = [_row(held, name) for name in names]
    if from_here:
        rows = list(held.messages[held.messages.index(rows[0]) :])
    return list(dict.fromkeys(row.identity for row in rows))


def _row(held: Held, name: str) -> EventRow:
    """Return the message of a process that is meant. Raises UsageError with the choices."""
    word = name.strip().strip("<>")
    found = [row for row in held.messages if row.thread.message_id == word] or [
        row for row in held.messages if len(word) >= _SHORTEST and row.identity.startswith(word.lower())
    ]
    if len(found) == 1:
        return found[0]
    listed = "\n".join(f"  {row.short}  {plain(row.thread.subject, 60)}" for row in (found or held.messages))
    why = "may be any of these" if found else f"is no message of {held.id}. These are"
    raise UsageError(f"{name!r} {why}; name one by its id:\n{listed}")


def _message(connection: Connection, config: Config, seen: View, name: str) -> tuple[Account, Envelope]:
    """Return the message that is meant, of whatever mailbox. Raises UsageError with the choices."""
    word = name.strip().strip("<>")
    if len(word) < _SHORTEST:
        raise UsageError(
            f"{name!r} is too short to name a message: give at least {_SHORTEST} characters of its id, or its Message-ID."
        )
    mailboxes = {row.name for row in seen.accounts}
    named = [
        (account, envelope)
        for account in config.accounts
        if account.name in mailboxes
        for envelope in search_messages(connection, account.name, word)
    ]
    found = [*{envelope.identity: (account, envelope) for account, envelope in reversed(named)}.values()][::-1]
    if len(found) == 1:
        account, envelope = found[0]
        return build_account(config, account, read_policy(config)), envelope
    if not found:
        raise UsageError(
            f"there is no message {name!r}. `hearback why PROCESS` prints the ids of messages; a Message-ID will do too."
        )
    listed = "\n".join(
        f"  {envelope.identity[:12]}  {envelope.received_at:%Y-%m-%d}  {plain(envelope.subject, 60)} ({account.name})"
        for account, envelope in found
    )
    raise UsageError(f"{name!r} may be any of these; name one by more of its id:\n{listed}")


def _kind(word: str) -> Kind | None:
    folded = word.strip().lower().replace("-", "_").replace(" ", "_")
    if folded == _AUTO:
        return None
    try:
        return Kind(folded)
    except ValueError:
        kinds = ", ".join(kind.value for kind in Kind)
        raise UsageError(f"{word!r} is no kind of message. There are: {kinds}; `auto` takes back what you said.") from None


def _demand_news(known: EventRow | None, before: CorrectionRow | None, said: Kind | None) -> None:
    """Refuse what would change nothing. Raises UsageError."""
    if known is not None and known.own:
        raise UsageError("that message is your own: only mail of theirs has a kind.")
    if said is None and (before is None or before.kind is None):
        raise UsageError("nothing was said of that message: its kind is what the rules read.")
    if said is not None and before is not None and before.kind is said:
        raise UsageError(f"you said so already: it is {said.value}.")


def _store(connection: Connection, account: Account, row: CorrectionRow, seen: View, names: Sequence[str]) -> list[Assessment]:
    """Store a correction, link anew, and return where the processes stand that it is about."""
    add_correction(connection, row)
    linked = Linker(account.name, account.profile.name, account.names, account.own).relink(connection)
    wanted = dict.fromkeys([*names, *sorted(linked.processes_of(row.leaves))])
    if row.verb is not Said.RELABEL:  # what is read anew may yet change whose they are: the next pass knows
        follow_said(connection, account.names, linked)
    there = {process.id for process in linked.processes}
    return [assess(connection, account, name, seen.now) for name in wanted if name in there]


def _tell(
    config: Config, seen: View, after: Sequence[Assessment], *, as_json: bool, message: dict[str, Any] | None = None
) -> None:
    woken = wake_daemon(StatePaths(config.state_dir).lock)
    if as_json:
        from watcher.report.status import process_status  # noqa: PLC0415

        print_json(
            {
                **({"message": message} if message is not None else {}),
                "processes": [process_status(one, seen.now) for one in after],
                "daemon": woken,
            }
        )
        return
    from rich.text import Text  # noqa: PLC0415 -- not needed for JSON

    from watcher.report.table import state_text  # noqa: PLC0415

    today = seen.now.astimezone(seen.zone).date()
    if message is not None:
        kind = message["kind"] or "as the rules read it"
        show(Text.assemble((f"“{message['subject'] or 'no subject'}”", "italic"), f": {kind}"))
    for one in after:
        role = f", {plain(one.process.role)}" if one.process.role else ""
        head = Text.assemble((plain(one.process.company) or "company unknown", "bold"), role, (f" ({one.process.id}): ", "dim"))
        show(head.append_text(state_text(one, seen.zone, today)))
    if not woken:
        show(Text("No daemon is running: Drafts is brought in step by `hearback run` or `hearback once`.", "dim"))
