"""Reading back what the user wrote into a form of ours: once for each state of it, and never one that nobody touched."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from connectors.base import Connector, DraftRef
from connectors.errors import NotFound
from rules.notes.types import Answers, Notes
from rules.process.bound import bound, rebound
from watcher.history import assess
from watcher.outbox import Ledger
from watcher.store import StoreError
from watcher.store.drafts import RowState
from watcher.store.journal import LogRow, add_log
from watcher.store.notes import FormRow, NoteRow, forms_in_hand, notes_of, put_note, sent_to_oneself
from watcher.together import leave

__all__ = ["read_back", "told_of"]

log = logging.getLogger(__name__)

_SENT = "sent:"
_MOST_ROUNDS = 100


def read_back(ledger: Ledger, connector: Connector, now: datetime) -> frozenset[str]:
    """Read each form whose state was not read yet, keep what it says, and return the processes of which something new is known.

    A form that is gone keeps what was noted. Raises the connector's errors; what was kept before stays.
    """
    name = ledger.account.name
    with ledger.store.read() as connection:
        forms = forms_in_hand(connection, name)
        if not forms:
            return frozenset()
        known = {(row.process, row.source): row for row in notes_of(connection, name) if row.revision}
    changed: set[str] = set()
    for form in forms:
        before = known.get((form.process, form.key.step))
        found = _unread(ledger, connector, form, before)
        if found is not None and _keep(ledger, form, before, *found, now):
            changed.add(form.process)
    return frozenset(changed)


def _unread(ledger: Ledger, connector: Connector, form: FormRow, before: NoteRow | None) -> tuple[str, bytes] | None:
    """Return the state of a form and its bytes, unless that state was read before or is not there any more."""
    read = before.revision if before is not None else ""
    try:
        if form.state is RowState.EDITED:
            revision = f"{form.ref} {form.revision}"
            if not form.ref or revision == read:
                return None
            return revision, connector.read_draft(DraftRef(form.ref, form.revision))
        if read.startswith(_SENT):
            return None
        with ledger.store.read() as connection:
            sent = sent_to_oneself(connection, ledger.account.name, form.key)
        return (f"{_SENT}{sent[0]}", connector.fetch(sent[1])) if sent is not None else None
    except NotFound:
        return None  # it was moved or removed since Drafts was looked at


def _keep(  # noqa: PLR0917 - called once
    ledger: Ledger, form: FormRow, before: NoteRow | None, revision: str, raw: bytes, now: datetime
) -> bool:
    """Store what a form says; say whether that is news."""
    account = ledger.account
    try:
        from rules.notes.frame import frame_of  # noqa: PLC0415 - not needed before a form comes back
        from rules.notes.reading import frame_meant, is_empty, read_form  # noqa: PLC0415

        with ledger.store.read() as connection:
            process = assess(connection, account, form.process, now).process
        # The number in the key is that of the day on which the form was written: its text tells the day of its interview, and
        # what was read of it before knows the interview.
        today = now.astimezone(ZoneInfo(account.profile.zone)).date()
        if before is not None and before.notes.interview:
            frame = frame_of(process, rebound(before.notes, process.rounds).round, account.profile, today)
        else:
            numbers = sorted({item.number for item in process.rounds})[:_MOST_ROUNDS]
            meant = frame_meant(raw, [frame_of(process, number, account.profile, today) for number in numbers])
            frame = meant or frame_of(process, int(form.key.step.rpartition("-")[2]), account.profile, today)
        notes = bound(read_form(raw, frame, now), process.rounds)
    except StoreError:
        raise
    except Exception:
        log.exception("%s: the form %s could not be read", account.name, form.key)
        return False
    same = before is not None and replace(before.notes, at=notes.at, round=notes.round) == notes
    news = not same and not (before is None and is_empty(notes))
    kept = before.notes if same and before is not None else notes
    at = before.at if same and before is not None else now
    row = NoteRow(
        before.id if before is not None else 0, account.name, form.process, form.opener, form.key.step, at, revision, kept
    )
    with ledger.store.write() as connection:
        put_note(connection, row)
        leave(connection, account)
        if news:
            line = LogRow(now, account.name, form.process, process.company, "noted", told_of(notes))
            add_log(connection, [line])
    return news


def told_of(notes: Notes) -> str:
    """Say in one line what was understood of notes."""
    parts = [_count(len(notes.points), "point")] if notes.points else []
    answered = sum(getattr(notes.answers, name) != getattr(Answers(), name) for name in Answers.__slots__)
    parts += [_count(answered, "answer")] if answered else []
    parts += [f"{len(notes.unclear)} not clear"] if notes.unclear else []
    where = f" on interview {notes.round}" if notes.round else ""
    return f"Your notes{where} were read: {_listed(parts) or 'nothing is in them any more'}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
