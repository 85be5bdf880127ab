"""What the user has set for the checks; alone here, for every command reads the configuration."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user has set for the checks."""

    confidential: tuple[str, ...] = ()
    """Words and phrases that must not go out (L5)."""
    employer: tuple[str, ...] = ()
    """Names of the present employer (L5)."""
    words: tuple[str, ...] = ()
    """Words of the user's own that are spelled right (C23)."""
    off: frozenset[str] = frozenset()
    """Ids of checks that are not wanted: `spelling`, or with all of a family, `banned`."""
