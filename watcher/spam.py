"""Mail in spam that may belong to a process: it is told, and nothing else comes of it.

Whoever wants to stop a follow-up, or to be answered, need only write in a company's name; the provider has put that aside. So
what lies in spam is no message: it is never read, begins nothing, ends nothing and is not answered. But a provider errs, too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rules.classify import Known
from rules.classify.senders import is_freemail, is_shared
from rules.drafts.clean import one_line
from rules.drafts.types import DraftKey
from rules.extract import company_domain
from rules.intents import Notice
from rules.mail import Envelope, Role
from rules.process import Process, State
from watcher.store import Connection
from watcher.store.accounts import load_cursor
from watcher.store.spam import (
    SpamRow,
    Tie,
    drop_spam,
    drop_spam_at,
    has_spam,
    load_spam,
    note_ties,
    put_spam,
    tidy_spam,
    unlist_spam,
)

if TYPE_CHECKING:
    from connectors.base import Changes
    from watcher.linking import Linked
    from watcher.store.drafts import VersionRow

__all__ = ["KIND", "spam_notice", "take_spam", "tie_spam"]

KIND = "spam"
"""Of the notice."""

_LONGEST = 80


def take_spam(  # noqa: PLR0917 - the page, and what it is judged by
    connection: Connection, account: str, page: Changes, since: datetime, known: Known, own: Collection[str]
) -> tuple[tuple[Envelope, ...], bool]:
    """Put aside what a page holds of spam, in the transaction that stores it; return the other envelopes.

    Also returns whether any of it may belong to a process, by what is `known`. What has left spam is forgotten.
    """
    kept = tuple(envelope for envelope in page.envelopes if envelope.role is not Role.JUNK)
    if len(kept) == len(page.envelopes) and not has_spam(connection, account):
        return kept, False
    if page.reset or load_cursor(connection, account) is None:
        unlist_spam(connection, account)
    here = {envelope.identity for envelope in kept}
    lying = [e for e in page.envelopes if e.role is Role.JUNK and e.identity not in here and e.from_address not in own]
    drop_spam(connection, account, here)
    drop_spam_at(connection, account, page.removed)
    put_spam(connection, account, lying)
    if not page.more:
        tidy_spam(connection, account, since)
    return kept, any(_may_concern(envelope, known) for envelope in lying)


def _may_concern(envelope: Envelope, known: Known) -> bool:
    ids = (envelope.message_id, envelope.thread_id, *envelope.in_reply_to.split(), *envelope.references.split())
    return (
        not known.message_ids.isdisjoint(filter(None, ids))
        or (envelope.from_address in known.addresses and _is_somebodys(envelope.from_address))
        or company_domain(envelope.from_address) in known.domains
    )


def _is_somebodys(address: str) -> bool:
    """Say whether an address is of one person or company: that of a service by which many companies write tells nothing."""
    return is_freemail(address) or not is_shared(address)


@dataclass(frozen=True, slots=True)
class _Marks:
    """By what a mail may belong to which process."""

    ids: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)

    def tied(self, row: SpamRow) -> SpamRow:
        """Return the row with the process it may belong to, by the surest sign."""
        for one in filter(None, (*row.answers, row.thread_id, row.message_id)):
            if one in self.ids:
                return replace(row, process=self.ids[one], tie=Tie.THREAD)
        if _is_somebodys(row.from_address) and row.from_address in self.addresses:
            return replace(row, process=self.addresses[row.from_address], tie=Tie.ADDRESS)
        process = self.domains.get(company_domain(row.from_address), "")
        return replace(row, process=process, tie=Tie.DOMAIN if process else Tie.NONE)


def _marks(linked: Linked, draft_ids: Mapping[str, str]) -> _Marks:
    """Return what the processes are known by; of several with the same mark the newest has it."""
    marks = _Marks()
    there = {process.id: number for number, process in enumerate(linked.processes)}
    marks.ids.update((message_id, process) for message_id, process in draft_ids.items() if process in there)
    for link in sorted(linked.links, key=lambda one: there.get(one.process, -1)):
        item = linked.messages[link.identity]
        marks.ids.update(dict.fromkeys(filter(None, (item.message_id, item.thread_id, *item.references)), link.process))
        if not item.own:
            marks.addresses.update(dict.fromkeys(item.addresses, link.process))
            marks.domains.update(dict.fromkeys(filter(None, map(company_domain, item.addresses)), link.process))
    return marks


def tie_spam(connection: Connection, account: str, linked: Linked, drafts: Mapping[str, VersionRow]) -> frozenset[str]:
    """Find out anew to which process each mail in spam may belong; return the processes for which that has changed.

    `drafts` are the Message-IDs that were given to drafts of ours, which an answer may name.
    """
    rows = load_spam(connection, account)
    if not rows:
        return frozenset()
    marks = _marks(linked, {message_id: DraftKey.parse(row.key).process for message_id, row in drafts.items()})
    pairs = [(row, marks.tied(row)) for row in rows]
    changed = [(before, after) for before, after in pairs if (before.process, before.tie) != (after.process, after.tie)]
    note_ties(connection, account, (after for _, after in changed))
    return frozenset(row.process for pair in changed for row in pair if row.process)


def spam_notice(process: Process, rows: Sequence[SpamRow], zone: str) -> Notice | None:
    """Return what to tell of the mail in spam that may belong to a process, oldest first; None where there is none.

    Who sent it is told as what it says, for nothing here has proved it. Of a process that is over only its own conversation
    counts.
    """
    telling = [row for row in rows if process.state is not State.CLOSED or row.tie is Tie.THREAD]
    if not telling:
        return None
    last = telling[-1]
    at = last.received_at.astimezone(ZoneInfo(zone))
    whose = f"says it is from {one_line(last.from_address, _LONGEST) or 'nobody'}"
    subject = one_line(last.subject, _LONGEST)
    what = f" (\N{LEFT DOUBLE QUOTATION MARK}{subject}\N{RIGHT DOUBLE QUOTATION MARK}, " if subject else " ("
    dated = f"{what}{at:%a} {at.day} {at:%b})"
    where = " belongs to this conversation and" if last.tie is Tie.THREAD else ""
    if len(telling) == 1:
        text = f"A mail in spam{where} {whose}{dated}. Look at it, and move it to the inbox if it is theirs."
    else:
        text = (
            f"{len(telling)} mails in spam may be theirs; the last{where} {whose}{dated}. "
            "Look at them, and move to the inbox what is."
        )
    return Notice(KIND, text, last.received_at)
