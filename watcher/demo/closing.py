"""What stands at the end of the ten weeks: the status, the drafts that can be opened, where they lie, and what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rules.process import State
from watcher.account import Account
from watcher.history import Assessment, assess_all
from watcher.report.status import quiet_days, shown_drafts
from watcher.report.table import draft_line, draft_words, status_table, status_view
from watcher.report.words import plain
from watcher.store import Store
from watcher.store.accounts import all_accounts

__all__ = ["drafts_part", "next_part", "quiet_waits", "status_part", "table_part", "where_part"]

_WAITING = frozenset({State.THEIR_TURN, State.DRAFTED})
_FEW = 3
"""Silence of fewer days is not worth a word."""


def quiet_waits(store: Store, account: Account, now: datetime) -> list[tuple[str, int]]:
    """Return the companies that are waited for and for how many days, the longest silence first."""
    waits = [
        (plain(one.process.company), days)
        for one in _found(store, account, now)
        if one.process.state in _WAITING and (days := quiet_days(one.process, now, _zone(account))) is not None and days >= _FEW
    ]
    return sorted(waits, key=lambda wait: (-wait[1], wait[0]))


def status_part(store: Store, account: Account, now: datetime) -> Group:
    """Return what `hearback status` shows as of `now`."""
    with store.read() as connection:
        accounts = all_accounts(connection)
    return Group(_title_of_status(now), status_view(now, _zone(account), accounts, _found(store, account, now)))


def table_part(store: Store, account: Account, now: datetime) -> Group:
    """Return the table of `status_part` alone."""
    return Group(_title_of_status(now), status_table(now, _zone(account), _found(store, account, now)))


def drafts_part(store: Store, account: Account, now: datetime) -> Group:
    """Return the drafts that stand in Drafts: to whom, when each is best sent, and under which subject."""
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(style="bold blue", no_wrap=True)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for one in _found(store, account, now):
        for row in shown_drafts(one):
            words = (draft_words(row), draft_line(row, now, _zone(account)), plain(row.draft.subject))
            table.add_row(*map(Text, words))
    return _headed("In Drafts, unsent", Padding(table, (0, 2)) if table.row_count else Padding(Text("Nothing."), (0, 2)))


def where_part(mailbox: Path) -> Group:
    """Return where the mailbox lies and how its drafts are opened."""
    drafts = mailbox / ".Drafts"
    return _headed(
        "Open them",
        _commands(
            (
                ("With any mail client that reads a Maildir", str(mailbox)),
                ("With mutt", f"mutt -f {shlex.quote(str(drafts))}"),
                ("With a pager", f"less {shlex.quote(str(drafts / 'cur'))}/*"),
            )
        ),
    )


def next_part(steps: Sequence[tuple[str, str]]) -> Group:
    """Return what to do next: pairs of a purpose and a command."""
    return _headed("Next", _commands(steps))


def _commands(pairs: Sequence[tuple[str, str]]) -> RenderableType:
    """Return each command on a line of its own, under what it is for."""
    lines: list[Text] = []
    for purpose, command in pairs:
        lines.append(Text(f"    {purpose}", "dim"))
        lines.append(Text(f"      {command}", "cyan"))
    return Group(*lines)


def _title_of_status(now: datetime) -> Text:
    return Text(f"  Status on {now:%A} {now.day} {now:%B %Y}", "bold")


def _headed(title: str, body: RenderableType) -> Group:
    return Group(Text(f"  {title}", "bold"), body)


def _found(store: Store, account: Account, now: datetime) -> list[Assessment]:
    with store.read() as connection:
        return assess_all(connection, account, now)


def _zone(account: Account) -> ZoneInfo:
    return ZoneInfo(account.profile.zone)
