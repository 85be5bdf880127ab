"""Whether two addresses are one mailbox at Google."""

from __future__ import annotations

__all__ = ["one_form", "same_mailbox"]

_CONSUMER = frozenset({"gmail.com", "googlemail.com"})


def same_mailbox(one: str, other: str) -> bool:
    """Say whether mail to either lands in the same mailbox.

    In addresses of Gmail's own domains dots do not count (https://support.google.com/mail/answer/7436150), nor what follows a
    plus sign, nor which of the two domains it is. Of other domains both must be the same, but for upper and lower case.
    """
    return one_form(one) == one_form(other)


def one_form(address: str) -> str:
    """Return the form that all addresses of one mailbox share."""
    local, _, domain = address.strip().lower().rpartition("@")
    if domain in _CONSUMER:
        return f"{local.partition('+')[0].replace('.', '')}@gmail.com"
    return f"{local}@{domain}"
