"""Who the user is: what drafts are signed with, and which addresses are the user's own."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Profile"]


@dataclass(frozen=True, slots=True)
class Profile:
    """The user, from the configuration."""

    name: str
    email: str
    """The address drafts are written from, as configured for the account."""
    phone: str = ""
    addresses: frozenset[str] = frozenset()
    """All the user's own addresses, lower-case: mail from these is never a reply."""
    zone: str = "UTC"
    """IANA name of the user's zone."""
    country: str = ""
    """ISO 3166-1 alpha-2, optionally `-` and a subdivision code: whose public holidays count."""
    strengths: tuple[str, ...] = ()
    """What the user brings, in a few words each, in the user's order (C15)."""
    proofs: tuple[str, ...] = ()
    """What proves each of them, in the same order; an empty string, or none at all, where the user named no proof."""
