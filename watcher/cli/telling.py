"""`pause`, `snooze`, `resume`, `close`, `reopen`: a word of the user's about one process."""

from __future__ import annotations

from pathlib import Path

from rules.process import IllegalTransition, Verb, demand_allowed
from watcher.cli.exits import UsageError
from watcher.cli.opening import choose, open_config, open_store, view
from watcher.cli.options import parse_until
from watcher.cli.printing import print_json, show
from watcher.history import assess
from watcher.lock import wake_daemon
from watcher.paths import StatePaths
from watcher.store.journal import add_mark

__all__ = ["tell"]


def tell(path: Path, verb: str, word: str, until: str | None, *, as_json: bool) -> None:
    """Write the word down, wake the daemon if there is one, and say where the process stands now."""
    from watcher.report.status import process_status  # noqa: PLC0415

    said = Verb(verb)
    config = open_config(path)
    with open_store(config) as store:
        with store.read() as connection:
            seen = view(config, connection)
        found = choose(seen.processes, word)
        end = parse_until(until, seen.now, seen.zone) if until is not None else None
        try:
            demand_allowed(found.process, said)
        except IllegalTransition as error:
            raise UsageError(f"{found.process.company or found.process.id}: {error}") from None
        with store.write() as connection:
            add_mark(connection, found.account.name, found.process.id, said, seen.now, end)
            after = assess(connection, found.account, found.process.id, seen.now)
    woken = wake_daemon(StatePaths(config.state_dir).lock)
    if as_json:
        print_json({"process": process_status(after, seen.now), "daemon": woken})
        return
    from rich.text import Text  # noqa: PLC0415 -- not needed for JSON

    from watcher.report.table import state_text  # noqa: PLC0415
    from watcher.report.words import plain  # noqa: PLC0415

    line = Text(plain(after.process.company) or after.process.id, "bold")
    line.append(": ")
    line.append_text(state_text(after, seen.zone, seen.now.astimezone(seen.zone).date()))
    show(line)
    if not woken:
        show(Text("No daemon is running: Drafts is brought in step by `hearback run` or `hearback once`.", "dim"))
