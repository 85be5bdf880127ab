"""Which messages belong to one hiring process: weighted evidence, in two steps, independent of the order of arrival.

First conversations: messages tied by Message-ID references, a calendar UID or the provider's thread. Then processes: a
conversation that holds an opening message (an invitation, a confirmation, a calendar request) begins one, or continues one of the
same company and role; every other conversation joins what it fits. Two roles at one company stay two. What fits several, says no
role and stands in no thread of theirs joins all of them, marked ambiguous: pausing once too often is safe. Index maps keep the
work near-linear.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rapidfuzz.fuzz import token_set_ratio

from rules.extract.company import alike, company_key, company_of_domain

__all__ = ["Cluster", "Linkable", "Member", "link", "same_role"]

REFERENCES = 1.0
CALENDAR = 1.0
THREAD = 0.9
ADDRESS = 0.6
COMPANY = 0.5
DOMAIN = 0.45
ROLE = 0.3
THRESHOLD = 0.45

_BEFORE = timedelta(days=120)
"""An application may lie this long before the first invitation."""
_AFTER = timedelta(days=270)
"""A company may answer this long after the last word."""
_ROLE_ALIKE = 80.0
_MAX_CORES = 50


@dataclass(frozen=True, slots=True)
class Linkable:
    """What the linking needs to see of a message."""

    identity: str
    message_id: str = ""
    references: tuple[str, ...] = ()
    """In-Reply-To included; msg-ids without brackets."""
    thread_id: str = ""
    uids: tuple[str, ...] = ()
    """Calendar UIDs."""
    addresses: tuple[str, ...] = ()
    """The other side: sender and people named, or the recipients of a mail of the user's own. Never the user's own addresses."""
    domain: str = ""
    """`rules.extract.company_domain` of the other side; never a shared domain."""
    company: str = ""
    role: str = ""
    at: datetime = datetime.min  # noqa: DTZ901 -- a placeholder; every message has its time of receipt
    opens: bool = False
    """An interview invitation, a confirmation or a calendar request: it can begin a process."""
    own: bool = False
    """Written by the user."""


@dataclass(frozen=True, slots=True)
class Member:
    """A message in a process, with how surely and why."""

    identity: str
    weight: float
    """0 to 1."""
    why: tuple[str, ...]
    ambiguous: bool = False
    """It fitted several processes of the company, and stands in all of them."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One hiring process: its messages by time, the first opening one by name."""

    opener: str
    members: tuple[Member, ...]
    company: str = ""
    role: str = ""
    ambiguous: bool = False
    """It holds a member that stands in other processes too."""


@dataclass(slots=True)
class _Talk:
    """A conversation, or several that were found to be one process."""

    items: list[Linkable]
    why: dict[str, tuple[float, tuple[str, ...]]]
    first: datetime
    last: datetime
    companies: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    roles: list[str] = field(default_factory=list)
    opens: bool = False
    ambiguous: set[str] = field(default_factory=set)

    def names(self) -> set[str]:
        """Return the company keys by which this talk can be found."""
        return self.companies | {company_key(company_of_domain(domain)) for domain in self.domains}


def same_role(one: str, other: str) -> bool:
    """Say whether two job titles mean one position; an unknown one means any."""
    return not one or not other or token_set_ratio(one.lower(), other.lower()) >= _ROLE_ALIKE


def link(items: Sequence[Linkable]) -> list[Cluster]:
    """Cluster messages into hiring processes, oldest opener first. The order and repetition of `items` do not matter.

    A message may be in no cluster, in one, or, marked ambiguous, in several. Only clusters with an opening message are returned.
    """
    unique = {item.identity: item for item in sorted(items, key=_order, reverse=True)}
    ordered = sorted(unique.values(), key=_order)
    talks = [_talk(group, evidence) for group, evidence in _conversations(ordered)]
    talks.sort(key=lambda talk: (talk.first, talk.items[0].identity))
    cores = _cores([talk for talk in talks if talk.opens])
    index = _Index(cores)
    # Extended talks may draw in others (an address seen first in a joined mail): in order of time, each sees what came before.
    for talk in talks:
        if not talk.opens:
            _join(talk, index)
    return [_cluster(core) for core in sorted(cores, key=lambda core: _order(_opener(core)))]


def _order(item: Linkable) -> tuple[datetime, str, str]:
    return item.at, item.identity, item.message_id


def _opener(core: _Talk) -> Linkable:
    return min((item for item in core.items if item.opens and not item.own), key=_order)


class _Union:
    """Union-find over names, with the smallest name of a set as its root, so that the result does not depend on the order."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def root(self, node: str) -> str:
        """Return the name of the set that a node is in."""
        parent = self.parent
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def join(self, one: str, other: str) -> None:
        """Make two sets one."""
        first, second = sorted((self.root(one), self.root(other)))
        self.parent[second] = first


def _names(item: Linkable) -> Iterable[str]:
    """Yield what ties a message to others: ids (of messages never seen as well), calendar UIDs, the provider's thread."""
    yield from (f"r:{message_id}" for message_id in (item.message_id, *item.references) if message_id)
    yield from (f"u:{uid}" for uid in item.uids if uid)
    if item.thread_id:
        # Providers thread by subject too: receipts of two companies under one subject are not one conversation.
        yield f"t:{item.thread_id}:{'' if item.references else company_key(item.company)}"


def _conversations(ordered: list[Linkable]) -> Iterable[tuple[list[Linkable], dict[str, tuple[float, tuple[str, ...]]]]]:
    """Yield the messages of each conversation, by time, and what ties each of them to it."""
    union = _Union()
    for item in ordered:
        for name in (f"m:{item.identity}", *_names(item)):
            union.join(f"m:{item.identity}", name)
    groups: dict[str, list[Linkable]] = {}
    for item in ordered:
        groups.setdefault(union.root(f"m:{item.identity}"), []).append(item)
    ids = {item.message_id for item in ordered if item.message_id}
    for group in groups.values():
        yield group, {item.identity: _tie(item, ids, shared=len(group) > 1) for item in group}


def _tie(item: Linkable, ids: set[str], *, shared: bool) -> tuple[float, tuple[str, ...]]:
    if not shared:
        return 1.0, ("stands alone",)
    if item.references:
        told = "answers a message of it" if ids.intersection(item.references) else "shares a thread with it"
        return REFERENCES, (f"references {REFERENCES:.2f}: {told}",)
    if item.uids:
        return CALENDAR, (f"calendar UID {CALENDAR:.2f}",)
    if item.thread_id:
        return THREAD, (f"provider thread {THREAD:.2f}",)
    return REFERENCES, (f"references {REFERENCES:.2f}: a message of it answers this one",)


def _talk(group: list[Linkable], evidence: dict[str, tuple[float, tuple[str, ...]]]) -> _Talk:
    return _Talk(
        items=group,
        why=evidence,
        first=group[0].at,
        last=group[-1].at,
        companies={key for item in group if (key := company_key(item.company))},
        domains={item.domain for item in group if item.domain},
        addresses={address for item in group for address in item.addresses},
        roles=list(dict.fromkeys(item.role for item in group if item.role)),
        opens=any(item.opens and not item.own for item in group),
    )


def _absorb(core: _Talk, talk: _Talk, weight: float, why: tuple[str, ...], *, ambiguous: bool = False) -> None:
    for item in talk.items:
        tie, told = talk.why[item.identity]
        core.why[item.identity] = (min(weight, tie), (*why, *(told if len(talk.items) > 1 else ())))
        if ambiguous:
            core.ambiguous.add(item.identity)
    core.items.extend(talk.items)
    if ambiguous:
        return  # a guess teaches nothing
    core.first = min(core.first, talk.first)
    core.last = max(core.last, talk.last)
    core.companies |= talk.companies
    core.domains |= talk.domains
    core.addresses |= talk.addresses
    core.roles.extend(role for role in talk.roles if role not in core.roles)


def _cores(talks: list[_Talk]) -> list[_Talk]:
    """Unite opening conversations of one company and one role; they come in order of time."""
    cores: list[_Talk] = []
    index = _Index(cores)
    for talk in talks:
        fits = [
            (weight, why, core)
            for core in index.near(talk)
            if (found := _fit(talk, core)) is not None
            for weight, why in (found,)
        ]
        named = [entry for entry in fits if talk.roles and entry[2].roles]
        chosen = named or fits
        if chosen and (named or len(chosen) == 1):
            weight, why, core = max(chosen, key=lambda entry: (entry[0], entry[2].last))
            _absorb(core, talk, weight, why)
            index.add(core)
        elif len(chosen) > 1:
            # An invitation without a role, at a company with several processes: by address, else the one that spoke last.
            weight, why, core = max(chosen, key=lambda entry: (len(entry[2].addresses & talk.addresses), entry[2].last))
            _absorb(core, talk, weight, why)
            index.add(core)
        else:
            cores.append(talk)
            index.add(talk)
    return cores


class _Index:
    """Finds processes by domain, company and address."""

    def __init__(self, cores: Iterable[_Talk]) -> None:
        self.by_key: dict[str, dict[int, _Talk]] = {}
        for core in cores:
            self.add(core)

    @staticmethod
    def _keys(talk: _Talk) -> Iterable[str]:
        yield from (f"c:{key}" for key in talk.names() if key)
        yield from (f"d:{domain}" for domain in talk.domains)
        yield from (f"a:{address}" for address in talk.addresses)

    def add(self, core: _Talk) -> None:
        """Make a core findable under all its keys."""
        for key in self._keys(core):
            self.by_key.setdefault(key, {})[id(core)] = core

    def near(self, talk: _Talk) -> list[_Talk]:
        """Return the cores that share a key with a talk, the latest ones first, at most fifty."""
        found: dict[int, _Talk] = {}
        for key in self._keys(talk):
            found.update(self.by_key.get(key, {}))
        return sorted(found.values(), key=lambda core: (core.last, core.items[0].identity), reverse=True)[:_MAX_CORES]


def _fit(talk: _Talk, core: _Talk) -> tuple[float, tuple[str, ...]] | None:
    """Return how well a conversation fits a process, and why; None when it does not."""
    if talk.last < core.first - _BEFORE or talk.first > core.last + _AFTER:
        return None
    if talk.roles and core.roles and not any(same_role(one, other) for one in talk.roles for other in core.roles):
        return None
    if _other_company(talk, core):
        return None
    weight = 0.0
    why: list[str] = []
    for name, value, shared in (
        ("address", ADDRESS, talk.addresses & core.addresses),
        ("company", COMPANY, talk.names() & core.names()),
        ("domain", DOMAIN, talk.domains & core.domains),
    ):
        if shared:
            weight += value
            why.append(f"{name} {value:.2f}: {min(shared)}")
    if talk.roles and core.roles:
        weight += ROLE
        why.append(f"role {ROLE:.2f}: {talk.roles[0]}")
    return (min(1.0, weight), tuple(why)) if weight >= THRESHOLD else None


def _other_company(talk: _Talk, core: _Talk) -> bool:
    """Say whether both name companies, and different ones: an agency's recruiter writes for several from one address."""
    if not talk.companies or not core.companies:
        return False
    if any(alike(one, other) for one in talk.companies for other in core.companies):
        return False
    # The name on one side may be that of the mail domain on the other (`Acme` and rita@acme.example).
    domains = {company_key(company_of_domain(domain)) for domain in talk.domains ^ core.domains}
    return not any(alike(name, domain) for name in talk.companies | core.companies for domain in domains)


def _join(talk: _Talk, index: _Index) -> None:
    """Let a conversation without an opening message join what it fits."""
    fits = [
        (weight, why, core) for core in index.near(talk) if (found := _fit(talk, core)) is not None for weight, why in (found,)
    ]
    if not fits:
        return
    if len(fits) > 1:
        by_role = [entry for entry in fits if talk.roles and entry[2].roles]
        by_address = [entry for entry in fits if entry[2].addresses & talk.addresses]
        fits = by_role or by_address or fits
    if len(fits) == 1:
        weight, why, core = fits[0]
        _absorb(core, talk, weight, why)
        index.add(core)
        return
    for weight, why, core in fits:
        _absorb(core, talk, weight / 2, (*why, "fits several processes of this company"), ambiguous=True)


def _cluster(core: _Talk) -> Cluster:
    items = sorted({item.identity: item for item in core.items}.values(), key=_order)
    members = tuple(
        Member(item.identity, round(core.why[item.identity][0], 3), core.why[item.identity][1], item.identity in core.ambiguous)
        for item in items
    )
    company = next((item.company for item in items if item.company and item.identity not in core.ambiguous), "")
    return Cluster(
        opener=_opener(core).identity,
        members=members,
        company=company,
        role=core.roles[0] if core.roles else "",
        ambiguous=bool(core.ambiguous),
    )
