"""One watched account: who the user is there, and by which rules the drafts are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from rules.lint.settings import Settings
from rules.policy import Policy
from rules.profile import Profile

__all__ = ["Account", "Beside"]


@dataclass(frozen=True, slots=True)
class Beside:
    """Another mailbox of the same user: hiring processes run over all of them."""

    name: str
    address: str
    watched: bool = True
    """Somebody looks at it. Where nobody does, what it told before counts, and nothing is drafted there."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a pass needs to know of an account."""

    name: str
    kind: str
    address: str
    profile: Profile
    policy: Policy
    lookback: timedelta = timedelta(days=120)
    max_drafts: int = 20
    """No pass places more drafts than this."""
    lint: Settings = field(default_factory=Settings)
    """What the checks on drafts go by."""
    templates: tuple[tuple[str, str], ...] = ()
    """Names and contents of the user's own files of templates (`watcher.wording`); empty: ours alone."""
    beside: tuple[Beside, ...] = ()
    """The user's other mailboxes, whose processes are the same ones."""
    watched: bool = True
    """Somebody looks at it."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all the user's accounts, this one's among them, in an order that is the same for each."""
        return (self.name,) if not self.beside else tuple(sorted({self.name, *(other.name for other in self.beside)}))

    @property
    def own(self) -> frozenset[str]:
        """Return all the user's addresses: mail from these is never a reply."""
        return self.profile.addresses | {self.address.lower(), self.profile.email.lower()}
