"""Which messages belong to which process: the clusters of `rules.threads` under names that last."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from rules.classify import Kind, Known, can_receive
from rules.classify.senders import is_relay
from rules.extract import company_domain
from rules.threads import Cluster, Linkable, link, name_key
from watcher.store import Connection
from watcher.store.corrections import CorrectionRow, Said, load_corrections, names_said, pins_said
from watcher.store.drafts import load_outbox
from watcher.store.links import LinkingRow, change_links, forget_processes, link_rows, linking_rows
from watcher.store.mail import EventRow, LinkRow, ProcessRow, load_processes, put_process

__all__ = ["Linked", "Linker", "process_id"]

_OPENS = frozenset({Kind.INTERVIEW_INVITE, Kind.INTERVIEW_CONFIRMATION, Kind.RESCHEDULE})
_ENDS = frozenset({Kind.REJECTION, Kind.OFFER})
_WORD = re.compile(r"[^\W\d_]+")
_NEVER = datetime.max.replace(tzinfo=UTC)


class Linked:
    """What a relinking found: the processes, the links, and the messages they are made of."""

    def __init__(
        self,
        processes: Sequence[ProcessRow],
        links: Sequence[LinkRow],
        messages: Mapping[str, Linkable],
        strangers: Iterable[str] = (),
        splits: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Take the state after the relinking; `strangers` are the messages that were read as mail of somebody unknown.

        `splits` are the processes that the user took apart, by name: what stayed, and what left to be one of its own.
        """
        self.splits = tuple(dict.fromkeys(splits))
        self.processes = tuple(processes)
        self.links = tuple(links)
        self.messages = messages
        self.identities = frozenset(row.identity for row in links)
        self.misread = frozenset(row.identity for row in links if not row.ambiguous).intersection(strangers)
        """Messages that were read as nothing that matters, of somebody unknown, and surely belong to one process."""

    def processes_of(self, identities: Iterable[str]) -> frozenset[str]:
        """Return the processes that hold any of these messages."""
        wanted = frozenset(identities)
        return frozenset(row.process for row in self.links if row.identity in wanted)

    def known(self, draft_ids: Iterable[str]) -> Known:
        """Return what marks a message as belonging to a process already tracked.

        `draft_ids` are the Message-IDs of our own drafts, which a reply may name.
        """
        domains: set[str] = set()
        addresses: set[str] = set()
        message_ids: set[str] = set(draft_ids)
        for identity in self.identities:
            item = self.messages[identity]
            message_ids.update(filter(None, (item.message_id, item.thread_id, *item.references)))
            if not item.own:
                addresses.update(item.addresses)
                domains.update(filter(None, map(company_domain, item.addresses)))
        return Known(frozenset(domains), frozenset(addresses), frozenset(message_ids))


def linkable(row: EventRow | LinkingRow, user: str = "") -> Linkable:
    """Return what the linking needs to see of a message; `user` is the name of the user, who is nobody of theirs."""
    people = [*row.facts.people, *(person for interview in row.facts.interviews for person in interview.interviewers)]
    if row.own:
        found, names = [*row.recipients], set[str]()
    elif row.facts.bounced:
        found, names = [*row.facts.bounced], set()  # a delivery report is about whom it did not reach, not from anybody
    else:
        found = [row.sender.address, *(person.address for person in people)]
        names = {*row.hints.names, *(name_key(person.name) for person in people)} - {"", name_key(user)}
        company = frozenset(_WORD.findall(row.facts.company.lower()))
        names = {name for name in names if not company.issuperset(name.split())}  # a relay writes in the company's name
    addresses = tuple(dict.fromkeys(filter(None, found)))
    return Linkable(
        identity=row.identity,
        message_id=row.thread.message_id,
        references=row.thread.references,
        thread_id=row.thread.thread_id,
        uids=tuple(i.uid.partition("/")[0] for i in row.facts.interviews if not i.uid.startswith("text:")),
        # What nobody reads is one address for the mail of many companies.
        addresses=tuple(address for address in addresses if can_receive(address)),
        domain=next(filter(None, map(company_domain, addresses)), ""),
        company=row.facts.company,
        role=row.facts.role,
        at=row.at,
        opens=row.kind in _OPENS,
        own=row.own,
        tokens=() if _is_idle(row) else row.hints.tokens,
        names=tuple(sorted(names)),
        ends=row.kind in _ENDS,
    )


def _is_idle(row: EventRow | LinkingRow) -> bool:
    """Say whether a mail was read as nothing that matters, from somebody unknown who sends for no company.

    Newsletters of all senders bear ids of those who send them out, and of the user there: they tie nothing.
    """
    return row.stranger and row.kind is Kind.NOISE and not is_relay(row.sender.address)


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:24].strip("-")


def process_id(account: str, company: str, opener: str) -> str:
    """Return a name a person can type, the same whenever the mailbox is read anew."""
    tail = hashlib.sha256(f"{account}\0{opener}".encode()).hexdigest()[:4]
    return f"{_slug(company) or 'process'}-{tail}"


class Linker:
    """The linking of one account. What it has read of the store it holds until `forget`: one look at each event a pass."""

    def __init__(self, account: str, user: str = "") -> None:
        """Take the name of the account, and that of the user."""
        self._account = account
        self._user = user
        self._messages: dict[str, Linkable] | None = None
        self._links: dict[tuple[str, str], LinkRow] | None = None
        self._strangers: set[str] = set()

    def take(self, rows: Iterable[EventRow]) -> None:
        """Take what was just stored, so that it need not be read back."""
        if self._messages is None:
            return
        for row in rows:
            self._messages[row.identity] = linkable(row, self._user)
            (self._strangers.add if row.stranger else self._strangers.discard)(row.identity)

    def forget(self) -> None:
        """Let go of what was read: others may write between two passes, and memory is wanted."""
        self._messages = self._links = None

    def relink(self, connection: Connection) -> Linked:
        """Cluster everything read so far and store which message belongs to which process.

        A process keeps its name whatever is found later: the one that the user's corrections gave it, else the name it had, else
        the one its drafts were written under, else a new one from its company and opening message.
        """
        if self._messages is None:
            rows = list(linking_rows(connection, self._account))
            self._messages = {row.identity: linkable(row, self._user) for row in rows}
            self._strangers = {row.identity for row in rows if row.stranger}
        if self._links is None:
            self._links = link_rows(connection, self._account)
        account, messages = self._account, self._messages
        corrections = load_corrections(connection, account)
        known = {row.id: row for row in load_processes(connection, account)}
        clusters = link(list(messages.values()), pins_said(corrections))
        names = self._names(connection, clusters, known, corrections)
        links: list[LinkRow] = []
        processes: list[ProcessRow] = []
        for cluster, name in zip(clusters, names, strict=True):
            created = known[name].created_at if name in known else messages[cluster.opener].at
            processes.append(ProcessRow(account, name, cluster.opener, created))
            links.extend(
                LinkRow(account, member.identity, name, member.weight, member.why, member.ambiguous) for member in cluster.members
            )
        for process in processes:
            if known.get(process.id) != process:
                put_process(connection, process)
        change_links(connection, account, self._links, links)
        forget_processes(connection, account, known.keys() - {row.id for row in processes})
        self._links = {(row.identity, row.process): row for row in links}
        splits = [(row.process, row.other) for row in corrections if row.verb is Said.SPLIT and not row.joins]
        return Linked(processes, links, messages, self._strangers, splits)

    def _names(
        self,
        connection: Connection,
        clusters: Sequence[Cluster],
        known: Mapping[str, ProcessRow],
        corrections: Sequence[CorrectionRow],
    ) -> list[str]:
        """Return the name of each cluster; those that the user spoke of choose first."""
        votes: dict[str, list[str]] = {}
        for identity, process in self._links or ():
            votes.setdefault(identity, []).append(process)
        busy: set[str] = set()
        for item in load_outbox(connection, self._account):
            busy.add(item.process)
            votes.setdefault(item.opener, []).append(item.process)
        said = names_said(corrections)
        names: dict[int, str] = {}
        taken: set[str] = set()
        for number, cluster in enumerate(clusters):
            _, name = max((said[m.identity] for m in cluster.members if m.identity in said), default=(0, ""))
            if cluster.label and name and name not in taken:
                names[number] = name
                taken.add(name)
        for number, cluster in enumerate(clusters):
            if number not in names:
                names[number] = self._name(cluster, votes, busy, known, taken)
                taken.add(names[number])
        return [names[number] for number in range(len(clusters))]

    def _name(
        self,
        cluster: Cluster,
        votes: Mapping[str, Sequence[str]],
        busy: set[str],
        known: Mapping[str, ProcessRow],
        taken: set[str],
    ) -> str:
        had = [name for member in cluster.members if not member.ambiguous for name in votes.get(member.identity, ())]
        candidates = [name for name in dict.fromkeys(had) if name not in taken]
        if candidates:
            return min(candidates, key=lambda name: (name not in busy, known[name].created_at if name in known else _NEVER, name))
        name = process_id(self._account, cluster.company, cluster.opener)
        while name in taken:
            name += "x"
        return name
