"""Which messages belong to one hiring process: weighted evidence, in two steps, independent of the order of arrival.

First conversations (`talks`): messages tied for certain. Then processes: a conversation that holds an opening message (an
invitation, a confirmation, a calendar request) begins one, or continues one that it fits (`fit`); every other conversation
joins what it fits. Two roles at one company stay two. What fits several equally well joins all of them, marked ambiguous: pausing
once too often is safe. What the user said (`corrections`) wins over all evidence. Index maps keep the work near-linear.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rules.threads.companies import beginnings, domain_spellings
from rules.threads.corrections import Pins
from rules.threads.fit import Fit, fit, latest
from rules.threads.talks import YOUR_WORD, Talk, absorb, in_order, opens, talks_of
from rules.threads.types import Cluster, Linkable, Member

__all__ = ["link"]

_MOST_CORES = 50
_MANY = 4
_MARGIN = 0.25
"""What fits one process by so much more than the others belongs to it alone."""
_YOUR_WORD = (YOUR_WORD, (f"your word {YOUR_WORD:.2f}: you put it together with this process",))
_NO_PINS: Pins = {}


def link(items: Sequence[Linkable], pins: Pins = _NO_PINS) -> list[Cluster]:
    """Cluster messages into hiring processes, oldest opener first. The order and repetition of `items` do not matter.

    A message may be in no cluster, in one, or, marked ambiguous, in several. Only clusters with an opening message are returned,
    and those that the user made: messages of one label in `pins` are in one cluster, those of two labels in two.
    """
    unique = {item.identity: item for item in sorted(items, key=in_order, reverse=True)}
    talks = talks_of(sorted(unique.values(), key=in_order), pins)
    _forget_shared(talks)
    cores = _said(talks)
    index = _Index(cores)
    left = _open(talks, cores, index)
    # Extended talks may draw in others (an address seen first in a joined mail): in order of time, each sees what came before.
    for talk in left:
        _join(talk, index)
    return [_cluster(core) for core in sorted(cores, key=lambda core: in_order(_opener(core)))]


def _forget_shared(talks: Iterable[Talk]) -> None:
    """Take away what stands in mail of different companies: ids of the user or of a page's furniture, domains of relays.

    A domain that spells the name of one of them is that company's, whatever else its mail names. A person's name may stand in
    mail of a few companies, for an agency has several clients; one that stands in many is no evidence.
    """
    named = [talk for talk in talks if talk.stated]
    spelled = {domain for talk in named for domain in talk.domains if not domain_spellings(domain).isdisjoint(talk.stated)}
    common = {name for name, count in _others((talk.tokens | talk.domains, talk.stated) for talk in named).items() if count}
    common |= {name for name, count in _others((talk.people, talk.stated) for talk in named).items() if count >= _MANY}
    common -= spelled
    for talk in talks if common else ():
        talk.tokens -= common
        talk.domains -= common
        talk.people -= common


def _others(found: Iterable[tuple[set[str], set[str]]]) -> Counter[str]:
    """Count for each name in how many conversations it stands beside companies that it did not stand beside before."""
    seen: dict[str, set[str]] = {}
    count: Counter[str] = Counter()
    for names, stated in found:
        for name in names:
            known = seen.setdefault(name, set(stated))
            count[name] += known.isdisjoint(stated)
            known |= stated
    return count


def _said(talks: Iterable[Talk]) -> list[Talk]:
    """Return the processes that the user spoke of, each out of its conversations."""
    found: dict[str, Talk] = {}
    for talk in talks:
        if talk.label:
            core = found.setdefault(talk.label, talk)
            if core is not talk:
                absorb(core, talk, _YOUR_WORD)
    return list(found.values())


def _open(talks: Iterable[Talk], cores: list[Talk], index: _Index) -> list[Talk]:
    """Let each opening conversation, in order of time, continue a process of the same company and role, or begin one.

    A refusal or an offer joins the process that it ends on the way: what opens long after it is another one. Return the rest.
    """
    left = []
    for talk in talks:
        if talk.label:
            continue
        if talk.opened is None:
            if talk.ended is None or not _join(talk, index):
                left.append(talk)
            continue
        fits = index.fits(talk)
        named = [one for one in fits if talk.roles and one.core.roles]
        if chosen := named or fits:
            best = max(chosen, key=latest)
            absorb(best.core, talk, best.evidence)
            index.add(best.core, talk)
        else:
            cores.append(talk)
            index.add(talk, talk)
    return left


def _join(talk: Talk, index: _Index) -> bool:
    """Let a conversation without an opening message join what it fits; say whether there is anything."""
    fits = index.fits(talk)
    if not fits:
        return False
    best = max(one.score for one in fits)
    fits = [one for one in fits if best - one.score < _MARGIN]
    if len(fits) > 1:
        fits = [one for one in fits if not one.core.over_before(talk.first)] or fits
    if len(fits) == 1:
        absorb(fits[0].core, talk, fits[0].evidence)
        index.add(fits[0].core, talk)
        return True
    for one in fits:
        weight, why = one.evidence
        told = f"shared: it fits {len(fits)} processes equally well, and counts half"
        absorb(one.core, talk, (weight / 2, (*why, told)), ambiguous=True)
    return True


class _Index:
    """Finds processes by all that can be evidence for one: at most fifty by each, those that grew last."""

    def __init__(self, cores: Iterable[Talk]) -> None:
        self.by_key: dict[str, dict[int, Talk]] = {}
        for core in cores:
            self.add(core, core)

    @staticmethod
    def _keys(talk: Talk) -> Iterable[str]:
        yield from (f"c:{key}" for key in talk.companies())
        yield from (f"d:{domain}" for domain in talk.domains)
        yield from (f"a:{address}" for address in talk.addresses)
        yield from (f"t:{token}" for token in talk.tokens)
        yield from (f"p:{person}" for person in talk.people)

    def add(self, core: Talk, talk: Talk) -> None:
        """Make a process findable under all the keys of a conversation that is part of it."""
        longer = (f"w:{key}" for words in talk.words for key in beginnings(words))
        for key in (*self._keys(talk), *longer):
            held = self.by_key.setdefault(key, {})
            held.pop(id(core), None)
            held[id(core)] = core
            if len(held) > _MOST_CORES:
                del held[next(iter(held))]

    def fits(self, talk: Talk) -> list[Fit]:
        """Return the processes that a conversation fits, of the fifty that spoke last."""
        found: dict[int, Talk] = {}
        shorter = (f"c:{key}" for words in talk.words for key in beginnings(words))
        longer = (f"w:{''.join(words)}" for words in talk.words)
        for key in (*self._keys(talk), *shorter, *longer):
            found.update(self.by_key.get(key, {}))
        near = sorted(found.values(), key=lambda core: (core.last, core.items[0].identity), reverse=True)[:_MOST_CORES]
        return [one for core in near if (one := fit(talk, core)) is not None]


def _opener(core: Talk) -> Linkable:
    """Return the first message that opens, else, where the user made the process, the first of theirs."""
    first = min((item for item in core.items if opens(item) and item.identity not in core.ambiguous), key=in_order, default=None)
    theirs = (item for item in core.items if not item.own and item.identity not in core.ambiguous)
    return first or min(theirs, key=in_order, default=None) or min(core.items, key=in_order)


def _cluster(core: Talk) -> Cluster:
    items = sorted({item.identity: item for item in core.items}.values(), key=in_order)
    members = tuple(
        Member(item.identity, round(core.why[item.identity][0], 3), core.why[item.identity][1], item.identity in core.ambiguous)
        for item in items
    )
    return Cluster(
        opener=_opener(core).identity,
        members=members,
        company=next((item.company for item in items if item.company and item.identity not in core.ambiguous), ""),
        role=core.roles[0] if core.roles else "",
        ambiguous=bool(core.ambiguous),
        label=core.label,
    )
