"""Which messages belong to which process: the clusters of `rules.threads` under names that last.

The messages are those of all the user's accounts. Each account has rows of its own for the processes that it has a part in, under
the same names, so that it stands by itself where another one is taken away.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from rules.classify import Kind, Known, can_receive
from rules.classify.senders import is_relay
from rules.extract import company_domain
from rules.threads import Cluster, Linkable, link, name_key
from watcher.store import Connection
from watcher.store.corrections import CorrectionRow, Said, load_corrections, names_said, pins_said
from watcher.store.drafts import OutboxRow, load_outbox
from watcher.store.links import LinkingRow, change_links, forget_processes, link_rows, linking_rows
from watcher.store.mail import EventRow, LinkRow, ProcessRow, load_processes, put_process
from watcher.together import links_once, parts_in

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
        *,
        parts: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        """Take the state after the relinking; `strangers` are the messages that were read as mail of somebody unknown.

        `splits` are the processes that the user took apart, by name: what stayed, and what left to be one of its own.
        `parts` are the accounts in which the mail of each process lies, or a draft of it; None: there is one account.
        """
        self.parts = parts
        self.splits = tuple(dict.fromkeys(splits))
        self.processes = tuple(processes)
        self.links = tuple(links)
        self.messages = messages
        self.identities = frozenset(row.identity for row in links)
        self.misread = frozenset(row.identity for row in links if not row.ambiguous).intersection(strangers)
        """Messages that were read as nothing that matters, of somebody unknown, and surely belong to one process."""

    def openers(self, account: str) -> dict[str, str]:
        """Return the identity of the message that opened it for each process in which an account has a part."""
        return {row.id: row.opener for row in self.processes if self.parts is None or account in self.parts[row.id]}

    def shared(self, account: str) -> frozenset[str]:
        """Return those in which other accounts have a part as well."""
        return frozenset(row.id for row in self.processes if self.parts is not None and {account} < self.parts[row.id])

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
            message_ids.update(filter(None, (item.message_id, item.thread_id, *item.also_in, *item.references)))
            if not item.own:
                addresses.update(item.addresses)
                domains.update(filter(None, map(company_domain, item.addresses)))
        return Known(frozenset(domains), frozenset(addresses), frozenset(message_ids))


def linkable(row: EventRow | LinkingRow, user: str = "", own: Collection[str] = ()) -> Linkable:
    """Return what the linking needs to see of a message; `user` is the name of the user, who is nobody of theirs.

    Nor are the addresses in `own`, the user's, to one of which they may have written from another.
    """
    people = [*row.facts.people, *(person for interview in row.facts.interviews for person in interview.interviewers)]
    if row.own:
        found, names = [address for address in row.recipients if address not in own], set[str]()
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


_Links = dict[tuple[str, str], LinkRow]


class Linker:
    """The linking as one account does it. What it has read of the store it holds until `forget`: one look at each event a pass.

    Where there are several accounts nothing is held: any of them may have stored something since.
    """

    def __init__(self, account: str, user: str = "", names: Sequence[str] = (), own: Collection[str] = ()) -> None:
        """Take the names of the account, of the user and, where there are several, of all accounts, and the user's addresses."""
        self._account = account
        self._names = tuple(names) if len(names) > 1 else (account,)
        self._user = user
        self._own = frozenset(own)
        self._messages: dict[str, Linkable] | None = None
        self._links: dict[str, _Links] | None = None
        self._strangers: set[str] = set()
        self._homes: dict[str, list[str]] = {}
        """The accounts in which a message lies, where there are several, the one that had it first leading."""

    def take(self, rows: Iterable[EventRow]) -> None:
        """Take what was just stored, so that it need not be read back."""
        if self._messages is None or len(self._names) > 1:
            return
        for row in rows:
            self._messages[row.identity] = linkable(row, self._user, self._own)
            (self._strangers.add if row.stranger else self._strangers.discard)(row.identity)

    def forget(self) -> None:
        """Let go of what was read: others may write between two passes, and memory is wanted."""
        self._messages = self._links = None

    def relink(self, connection: Connection) -> Linked:
        """Cluster everything read so far and store which message belongs to which process.

        A process keeps its name whatever is found later: the one that the user's corrections gave it, else the name it had, else
        the one its drafts were written under, else a new one from its company and opening message.
        """
        if len(self._names) > 1:
            self.forget()
        if self._messages is None:
            self._messages = self._read(connection)
        if self._links is None:
            self._links = {name: link_rows(connection, name) for name in self._names}
        messages = self._messages
        corrections = load_corrections(connection, self._names)
        before = {(row.account, row.id): row for row in load_processes(connection, self._names)}
        known = {row.id: row for row in reversed(before.values())}
        outbox = load_outbox(connection, self._names)
        clusters = link(list(messages.values()), pins_said(corrections))
        names = self._named(clusters, known, outbox, corrections)
        processes: list[ProcessRow] = []
        links: dict[str, list[LinkRow]] = {name: [] for name in self._names}
        parts: dict[str, set[str]] = parts_in(outbox)
        rows: dict[tuple[str, str], ProcessRow] = {}
        for cluster, name in zip(clusters, names, strict=True):
            created = known[name].created_at if name in known else messages[cluster.opener].at
            for member in cluster.members:
                for account in self._homes.get(member.identity, (self._account,)):
                    links[account].append(LinkRow(account, member.identity, name, member.weight, member.why, member.ambiguous))
                    rows[account, name] = ProcessRow(account, name, cluster.opener, created)
                    parts[name].add(account)
            processes.append(rows.get((self._account, name)) or next(row for row in rows.values() if row.id == name))
        self._write(connection, rows, links, before)
        splits = [(row.process, row.other) for row in corrections if row.verb is Said.SPLIT and not row.joins]
        shared = {name: frozenset(some) for name, some in parts.items()} if len(self._names) > 1 else None
        once = links_once(row for some in links.values() for row in some)
        return Linked(processes, once, messages, self._strangers, splits, parts=shared)

    def _read(self, connection: Connection) -> dict[str, Linkable]:
        """Return every message as the linking sees it, each once, though it came to several accounts."""
        mine = list(linking_rows(connection, self._account))
        self._strangers = {row.identity for row in mine if row.stranger}
        if len(self._names) == 1:
            return {row.identity: linkable(row, self._user, self._own) for row in mine}
        copies: dict[str, list[tuple[bool, datetime, str, Linkable]]] = defaultdict(list)
        for name in self._names:
            for row in mine if name == self._account else linking_rows(connection, name):
                copies[row.identity].append((row.stranger, row.at, name, linkable(row, self._user, self._own)))
        self._homes = {}
        found: dict[str, Linkable] = {}
        for identity, some in copies.items():
            self._homes[identity] = [name for _, _, name, _ in sorted(some, key=lambda one: one[1:3])]
            best = min(some, key=lambda one: one[:3])[-1]
            threads = {one[-1].thread_id for one in some} - {"", best.thread_id}
            found[identity] = replace(best, at=min(one[1] for one in some), also_in=tuple(sorted(threads)))
        return found

    def _write(
        self,
        connection: Connection,
        rows: Mapping[tuple[str, str], ProcessRow],
        links: Mapping[str, list[LinkRow]],
        before: Mapping[tuple[str, str], ProcessRow],
    ) -> None:
        """Store what has changed, each account its own share."""
        for key, row in rows.items():
            if before.get(key) != row:
                put_process(connection, row)
        for name, kept in links.items():
            change_links(connection, name, (self._links or {})[name], kept)
            forget_processes(connection, name, {process for account, process in before.keys() - rows.keys() if account == name})
        self._links = {name: {(row.identity, row.process): row for row in kept} for name, kept in links.items()}

    def _named(
        self,
        clusters: Sequence[Cluster],
        known: Mapping[str, ProcessRow],
        outbox: Iterable[OutboxRow],
        corrections: Sequence[CorrectionRow],
    ) -> list[str]:
        """Return the name of each cluster; those that the user spoke of choose first."""
        votes: dict[str, list[str]] = {}
        for identity, process in (pair for some in (self._links or {}).values() for pair in some):
            votes.setdefault(identity, []).append(process)
        busy: set[str] = set()
        for item in outbox:
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
        home = self._homes.get(cluster.opener, (self._account,))[0]
        name = process_id(home, cluster.company, cluster.opener)
        while name in taken:
            name += "x"
        return name
