"""One watched account: who the user is there, and by which rules the drafts are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from rules.lint.settings import Settings
from rules.policy import Policy
from rules.profile import Profile

__all__ = ["Account"]


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

    @property
    def own(self) -> frozenset[str]:
        """Return all the user's addresses: mail from these is never a reply."""
        return self.profile.addresses | {self.address.lower(), self.profile.email.lower()}
