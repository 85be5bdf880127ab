"""Conversations: messages tied for certain, by Message-ID references, a calendar UID or the provider's thread.

A conversation is cut where the user said that messages of it belong to different processes, and where it is taken up for
another interview after most of a year.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rules.threads.companies import domain_spellings, name_words, spellings
from rules.threads.corrections import Pins
from rules.threads.types import Linkable

__all__ = ["AFTER", "Evidence", "Talk", "absorb", "in_order", "opens", "talk_of", "talks_of"]

REFERENCES = 1.0
CALENDAR = 1.0
THREAD = 0.9
YOUR_WORD = 1.0

AFTER = timedelta(days=270)
"""A company may answer this long after the last word."""

Evidence = tuple[float, tuple[str, ...]]
"""A weight, and what it is made of."""


@dataclass(slots=True)
class Talk:
    """A conversation, or several that were found to be one process."""

    items: list[Linkable]
    why: dict[str, Evidence]
    first: datetime
    last: datetime
    stated: set[str] = field(default_factory=set)
    """Keys of the companies that are named."""
    words: set[tuple[str, ...]] = field(default_factory=set)
    """Words of those names."""
    domains: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    roles: list[str] = field(default_factory=list)
    opened: datetime | None = None
    """When it was opened last."""
    ended: datetime | None = None
    """When they last said no, or yes."""
    label: str = ""
    ambiguous: set[str] = field(default_factory=set)

    def companies(self) -> set[str]:
        """Return the company keys by which this talk can be found."""
        return self.stated.union(*(domain_spellings(domain) for domain in self.domains))

    def over_before(self, when: datetime) -> bool:
        """Say whether it had come to its end by then."""
        return self.ended is not None and self.ended < when and (self.opened is None or self.opened <= self.ended)


def in_order(item: Linkable) -> tuple[datetime, str, str]:
    """Return by what messages are sorted: their time, else something that does not change."""
    return item.at, item.identity, item.message_id


def opens(item: Linkable) -> bool:
    """Say whether a message can begin a process."""
    return item.opens and not item.own


def talk_of(group: list[Linkable], why: dict[str, Evidence], label: str = "") -> Talk:
    """Return a conversation of messages in order of time."""
    return Talk(
        items=group,
        why=why,
        first=group[0].at,
        last=group[-1].at,
        stated={key for item in group if item.company for key in spellings(item.company)},
        words={name_words(item.company) for item in group if item.company},
        domains={item.domain for item in group if item.domain},
        addresses={address for item in group for address in item.addresses},
        tokens={token for item in group for token in item.tokens},
        people={name for item in group for name in item.names},
        roles=list(dict.fromkeys(item.role for item in group if item.role)),
        opened=max((item.at for item in group if opens(item)), default=None),
        ended=max((item.at for item in group if item.ends and not item.own), default=None),
        label=label,
    )


def absorb(core: Talk, talk: Talk, evidence: Evidence, *, ambiguous: bool = False) -> None:
    """Make a conversation part of a process. A guess teaches the process nothing."""
    weight, told = evidence
    for item in talk.items:
        tie, tied = talk.why[item.identity]
        core.why[item.identity] = (min(weight, tie), (*told, *(tied if len(talk.items) > 1 else ())))
        if ambiguous:
            core.ambiguous.add(item.identity)
    core.items.extend(talk.items)
    if ambiguous:
        return
    core.first = min(core.first, talk.first)
    core.last = max(core.last, talk.last)
    core.stated |= talk.stated
    core.words |= talk.words
    core.domains |= talk.domains
    core.addresses |= talk.addresses
    core.tokens |= talk.tokens
    core.people |= talk.people
    core.roles.extend(role for role in talk.roles if role not in core.roles)
    core.opened = max(filter(None, (core.opened, talk.opened)), default=None)
    core.ended = max(filter(None, (core.ended, talk.ended)), default=None)


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


def talks_of(ordered: Sequence[Linkable], pins: Pins) -> list[Talk]:
    """Return the conversations of messages in order of time, by their beginning."""
    union = _Union()
    ids = {item.message_id for item in ordered if item.message_id}
    hubs = _hubs(ordered, ids)
    for item in ordered:
        for name in _names(item, hubs):
            union.join(f"m:{item.identity}", name)
    groups: dict[str, list[Linkable]] = {}
    for item in ordered:
        groups.setdefault(union.root(f"m:{item.identity}"), []).append(item)
    talks = []
    for group in groups.values():
        for label, part in _parts(group, pins):
            why = {item.identity: _tie(item, ids, shared=len(part) > 1, pinned=item.identity in pins) for item in part}
            talks.append(talk_of(part, why, label))
    return sorted(talks, key=lambda talk: (talk.first, talk.items[0].identity))


def _hubs(ordered: Iterable[Linkable], ids: set[str]) -> set[str]:
    """Return the references that say nothing: to messages nobody has, from mail of different companies. Relays write such."""
    seen: dict[str, frozenset[str]] = {}
    hubs: set[str] = set()
    for item in ordered:
        keys = spellings(item.company) if item.company else frozenset()
        for reference in item.references if keys else ():
            if reference not in ids:
                known = seen.setdefault(reference, keys)
                if known.isdisjoint(keys):
                    hubs.add(reference)
    return hubs


def _names(item: Linkable, hubs: set[str]) -> Iterator[str]:
    """Yield what ties a message to others: ids (of messages never seen as well), calendar UIDs, the provider's thread."""
    yield f"m:{item.identity}"
    company = min(spellings(item.company), default="")
    for message_id in (item.message_id, *item.references):
        if message_id:
            yield f"r:{message_id}:{company}" if message_id in hubs else f"r:{message_id}"
    yield from (f"u:{uid}" for uid in item.uids if uid)
    for thread_id in filter(None, (item.thread_id, *item.also_in)):
        # Providers thread by subject too: receipts of two companies under one subject are not one conversation.
        yield f"t:{thread_id}:{'' if item.references else company}"


def _tie(item: Linkable, ids: set[str], *, shared: bool, pinned: bool) -> Evidence:
    if pinned:
        return YOUR_WORD, (f"your word {YOUR_WORD:.2f}: you said that it belongs here",)
    if not shared:
        return 1.0, ("opens it 1.00: an interview is asked for or fixed in it",)
    if item.references:
        told = "answers a message of it" if ids.intersection(item.references) else "shares a thread with it"
        return REFERENCES, (f"references {REFERENCES:.2f}: {told}",)
    if item.uids:
        return CALENDAR, (f"calendar UID {CALENDAR:.2f}: {min(item.uids)}",)
    if thread_id := item.thread_id or next(iter(item.also_in), ""):
        return THREAD, (f"provider thread {THREAD:.2f}: {thread_id}",)
    return REFERENCES, (f"references {REFERENCES:.2f}: a message of it answers this one",)


def _parts(group: list[Linkable], pins: Pins) -> Iterator[tuple[str, list[Linkable]]]:
    """Yield a conversation with its label, in parts where it has several."""
    labels = {pins[item.identity] for item in group if item.identity in pins}
    if len(labels) == 1:
        yield labels.pop(), group
    elif labels:
        yield from _divided(group, pins)
    else:
        yield from (("", part) for part in _taken_up(group))


def _divided(group: list[Linkable], pins: Pins) -> Iterable[tuple[str, list[Linkable]]]:
    """Divide a conversation: what was not spoken of goes with what it answers, else with what came before it."""
    of_id = {item.message_id: pins[item.identity] for item in group if item.identity in pins and item.message_id}
    of_uid = {uid: pins[item.identity] for item in group if item.identity in pins for uid in item.uids}
    last = next(pins[item.identity] for item in group if item.identity in pins)
    parts: dict[str, list[Linkable]] = {}
    for item in group:
        label = pins.get(item.identity, "")
        if not label:
            above = [of_id[each] for each in reversed(item.references) if each in of_id]
            beside = [of_uid[uid] for uid in item.uids if uid in of_uid]
            label = next(iter([*above, *beside, last]))
        last = label
        if item.message_id:
            of_id.setdefault(item.message_id, label)
        for uid in item.uids:
            of_uid.setdefault(uid, label)
        parts.setdefault(label, []).append(item)
    return parts.items()


def _taken_up(group: list[Linkable]) -> list[list[Linkable]]:
    """Cut a conversation where it opens anew after a silence that no process lasts."""
    parts = [[group[0]]]
    for item in group[1:]:
        if item.at - parts[-1][-1].at > AFTER:
            parts.append([])
        parts[-1].append(item)
    kept = [parts[0]]
    for part in parts[1:]:
        if any(opens(item) for item in part):
            kept.append(part)
        else:
            kept[-1].extend(part)
    return kept
