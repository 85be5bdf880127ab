"""How well a conversation fits a process: weights of what both share, unless companies, roles or times keep them apart."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from rules.threads.companies import domain_spellings, resembles
from rules.threads.roles import same_role
from rules.threads.talks import AFTER, Evidence, Talk

__all__ = ["THRESHOLD", "Fit", "fit", "latest"]

TOKEN = 0.8
"""An id of the sender's system, in an address, a link or a reference."""
ADDRESS = 0.6
COMPANY = 0.5
PERSON = 0.5
"""First and last name."""
DOMAIN = 0.45
ROLE = 0.3
RESEMBLANCE = 0.25
"""One company's name is the beginning of the other's, and no domain tells whose it is."""
TIME = 0.1
THRESHOLD = 0.45
"""Each of the above down to the domain is enough alone; role, resemblance and time are not, nor are role and time together."""

_BEFORE = timedelta(days=120)
"""An application may lie this long before the first invitation."""
_OVER = timedelta(days=90)
"""An invitation this long after a rejection or an offer is another process."""
_DIRECT = frozenset({"token", "address", "person"})
_SOON = timedelta(days=45)
_NO_TIME = timedelta(0)


class Fit(NamedTuple):
    """A process that a conversation fits."""

    score: float
    """The sum of the weights; not capped, so that fits can be compared."""
    why: tuple[str, ...]
    core: Talk

    @property
    def evidence(self) -> Evidence:
        """Return weight (at most 1) and evidence."""
        return min(1.0, self.score), self.why


def fit(talk: Talk, core: Talk) -> Fit | None:
    """Return how well a conversation fits a process, and why; None when it does not."""
    if (talk.label and core.label and talk.label != core.label) or _out_of_reach(talk, core):
        return None
    both = bool(talk.roles and core.roles)
    role = next((one for one in talk.roles if any(same_role(one, other) for other in core.roles)), "") if both else ""
    if both and not role:
        return None
    company, resembling = _companies(talk, core, same=bool(role))
    if talk.stated and core.stated and not company and not resembling:
        return None  # an agency's recruiter writes for several companies from one address
    found = [
        ("token", TOKEN, min(talk.tokens & core.tokens, default="")),
        ("address", ADDRESS, min(talk.addresses & core.addresses, default="")),
        ("company", COMPANY, company),
        ("person", PERSON, min(talk.people & core.people, default="")),
        ("domain", DOMAIN, min(talk.domains & core.domains, default="")),
        ("role", ROLE, role),
        ("company name", RESEMBLANCE, "" if company or _borne_out(talk, core) else resembling),
        ("time", TIME, _near(talk, core)),
    ]
    score = sum(weight for _, weight, shared in found if shared)
    direct = any(shared for name, _, shared in found if name in _DIRECT)
    if score < THRESHOLD or (_kept_apart(talk, core) and not direct and not role):
        return None
    return Fit(score, tuple(f"{name} {weight:.2f}: {shared}" for name, weight, shared in found if shared), core)


def _kept_apart(talk: Talk, core: Talk) -> bool:
    """Say whether the company alone does not do: the user took a process apart, and what is left of it says no role.

    Else it would take in what opens another process of the company, which was none of its before.
    """
    return bool(core.label) and talk.opened is not None and (core.opened is None or bool(talk.roles))


def _out_of_reach(talk: Talk, core: Talk) -> bool:
    if talk.last < core.first - _BEFORE or talk.first > core.last + AFTER:
        return True
    return talk.opened is not None and core.over_before(talk.first - _OVER)


def _companies(talk: Talk, core: Talk, *, same: bool) -> tuple[str, str]:
    """Return the company that both speak for, and two names of which one begins as the other; each may be empty.

    A mail domain stands for a name where that is on the other side alone: an agency's domain is on both, whoever its clients are.
    Where one side names the agency itself, a role in common (`same`) must bear it out.
    """
    if not talk.stated or not core.stated:
        shared = talk.companies() & core.companies()
    else:
        mine, theirs = _keys(talk.domains - core.domains), _keys(core.domains - talk.domains)
        shared = (talk.stated & core.stated) | (talk.stated & theirs) | (core.stated & mine)
        if not shared and same:
            shared = talk.companies() & core.companies() & (talk.stated | core.stated)
    if shared:
        return min(shared), ""
    for one in sorted(talk.words):
        for other in sorted(core.words):
            if resembles(one, other):
                return "", f"{' '.join(one)}, {' '.join(other)}"
    return "", ""


def _keys(domains: set[str]) -> set[str]:
    return {key for domain in domains for key in domain_spellings(domain)}


def _borne_out(talk: Talk, core: Talk) -> bool:
    """Say whether a mail domain tells one of two like names to be a company's own."""
    names = {"".join(words) for words in talk.words | core.words}
    return not names.isdisjoint(_keys(talk.domains | core.domains))


def _near(talk: Talk, core: Talk) -> str:
    gap = max(talk.first - core.last, core.first - talk.last, _NO_TIME)
    if gap > _SOON:
        return ""
    return f"{gap.days} days apart" if gap.days > 1 else "within a day" if gap.days else "at the same time"


def latest(one: Fit) -> tuple[float, datetime, str]:
    """Return by what the best of several fits is chosen: its score, else who spoke last."""
    return round(one.score, 6), one.core.last, one.core.items[0].identity
