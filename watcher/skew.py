"""A clock that is off, as a provider's answers show: told in the log, once for each time that it happens."""

from __future__ import annotations

import logging
from datetime import timedelta

from connectors.auth.trouble import skew_words

__all__ = ["tell_skew"]

log = logging.getLogger(__name__)
_told: set[str] = set()
"""Accounts of which it was logged that the clock is off."""


def tell_skew(account: str, skew: timedelta, service: str) -> None:
    """Log that our clock is ahead of the service's (positive) or behind: once, and once more when it was right meanwhile."""
    words = skew_words(skew, service)
    if words and account not in _told:
        log.warning("%s: %s.", account, words)
    (_told.add if words else _told.discard)(account)
