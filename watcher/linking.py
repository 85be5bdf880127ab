"""Which messages belong to which process: the clusters of `rules.threads` under names that last."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from rules.classify import Kind
from rules.extract import company_domain
from rules.threads import Cluster, Linkable, link
from watcher.store import Connection
from watcher.store.drafts import load_outbox
from watcher.store.mail import EventRow, LinkRow, ProcessRow, all_events, links_of, load_processes, put_links, put_process

__all__ = ["Linked", "relink"]

_OPENS = frozenset({Kind.INTERVIEW_INVITE, Kind.INTERVIEW_CONFIRMATION, Kind.RESCHEDULE})


class Linked:
    """What a relinking found: the links, the processes, and which of them are new or got new messages."""

    def __init__(self, processes: Sequence[ProcessRow], events: Sequence[EventRow], links: Sequence[LinkRow]) -> None:
        """Take the state after the relinking."""
        self.processes = tuple(processes)
        self.events = tuple(events)
        self.links = tuple(links)
        self.identities = frozenset(row.identity for row in links)

    def processes_of(self, identities: Iterable[str]) -> frozenset[str]:
        """Return the processes that hold any of these messages."""
        wanted = frozenset(identities)
        return frozenset(row.process for row in self.links if row.identity in wanted)


def linkable(row: EventRow) -> Linkable:
    """Return what the linking needs to see of a message."""
    people = (
        [*row.recipients]
        if row.own
        else [*row.facts.bounced]  # a delivery report is about whom it did not reach, not from anybody
        if row.facts.bounced
        else [
            row.sender.address,
            *(p.address for p in row.facts.people),
            *(p.address for i in row.facts.interviews for p in i.interviewers),
        ]
    )
    addresses = tuple(dict.fromkeys(a for a in people if a))
    domains = [d for a in addresses if (d := company_domain(a))]
    return Linkable(
        identity=row.identity,
        message_id=row.thread.message_id,
        references=row.thread.references,
        thread_id=row.thread.thread_id,
        uids=tuple(i.uid.partition("/")[0] for i in row.facts.interviews if not i.uid.startswith("text:")),
        addresses=addresses,
        domain=domains[0] if domains else "",
        company=row.facts.company,
        role=row.facts.role,
        at=row.at,
        opens=row.kind in _OPENS,
        own=row.own,
    )


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:24].strip("-")


def process_id(account: str, company: str, opener: str) -> str:
    """Return a name a person can type, the same whenever the mailbox is read anew."""
    tail = hashlib.sha256(f"{account}\0{opener}".encode()).hexdigest()[:4]
    return f"{_slug(company) or 'process'}-{tail}"


def relink(connection: Connection, account: str) -> Linked:
    """Cluster everything read so far and store which message belongs to which process.

    A process keeps its name whatever is found later: the name it had, else the one its drafts were written under, else a
    new one from its company and opening message.
    """
    events = all_events(connection, account)
    by_identity = {row.identity: row for row in events}
    known = {row.id: row for row in load_processes(connection, account)}
    named: dict[str, list[str]] = {}
    for row in links_of(connection, account):
        named.setdefault(row.identity, []).append(row.process)
    drafted: dict[str, str] = {}
    for item in load_outbox(connection, account):
        drafted.setdefault(item.opener, item.process)
        named.setdefault(item.opener, []).append(item.process)
    busy = frozenset(drafted.values())
    links: list[LinkRow] = []
    processes: list[ProcessRow] = []
    taken: set[str] = set()
    for cluster in link([linkable(row) for row in events]):
        name = _name(account, cluster, by_identity, named, busy, known, taken)
        taken.add(name)
        opener = by_identity[cluster.opener]
        created: datetime = known[name].created_at if name in known else opener.at
        processes.append(ProcessRow(account, name, cluster.opener, created))
        links.extend(
            LinkRow(account, member.identity, name, member.weight, member.why, member.ambiguous) for member in cluster.members
        )
    for process in processes:
        put_process(connection, process)
    put_links(connection, account, links)
    return Linked(processes, events, links)


def _name(  # noqa: PLR0917 - one place, called once
    account: str,
    cluster: Cluster,
    events: dict[str, EventRow],
    named: dict[str, list[str]],
    busy: frozenset[str],
    known: dict[str, ProcessRow],
    taken: set[str],
) -> str:
    votes = [name for member in cluster.members if not member.ambiguous for name in named.get(member.identity, ())]
    candidates = [name for name in dict.fromkeys(votes) if name not in taken]
    if candidates:
        first = max(datetime.max.replace(tzinfo=row.created_at.tzinfo) for row in known.values()) if known else None
        return min(candidates, key=lambda name: (name not in busy, known[name].created_at if name in known else first, name))
    company = next((events[m.identity].facts.company for m in cluster.members if events[m.identity].facts.company), "")
    name = process_id(account, company, cluster.opener)
    while name in taken:
        name += "x"
    return name
