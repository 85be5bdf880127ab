"""The Message-ID of a draft: derived from its key, opaque to everybody without the salt, and recognisable with it."""

from __future__ import annotations

import hashlib
import hmac
import re

from rules.drafts.types import DraftKey

__all__ = ["is_ours", "message_id"]

_HALF = 8
"""Octets: half of the left side names the draft, the other half proves that it was made with this salt."""
_OURS = re.compile(r"([0-9a-f]{16})([0-9a-f]{16})@([!-;=?A-~]{1,255})")
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_MAX_DOMAIN = 253


def _keyed(salt: str, purpose: bytes, *fields: str) -> str:
    # The length before each field keeps ("ab", "c") and ("a", "bc") apart.
    data = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (text.encode("utf-8", "surrogatepass") for text in fields))
    key = hashlib.sha256(salt.encode("utf-8", "surrogatepass")).digest()
    return hashlib.blake2b(data, digest_size=_HALF, key=key, person=purpose).hexdigest()


def message_id(key: DraftKey, version: int, salt: str, domain: str) -> str:
    """Return `<32 hex digits>@domain`, without angle brackets: the same for the same arguments, for ever.

    It tells nothing of process, recipient or step to anyone who does not hold `salt` (a secret of the installation).
    `domain` may be internationalised; it is written as A-labels. Raises ValueError for what is no domain.
    """
    try:
        ascii_domain = domain.strip().rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise ValueError(f"not a domain: {domain!r}") from error
    if len(ascii_domain) > _MAX_DOMAIN or not _DOMAIN.fullmatch(ascii_domain):
        raise ValueError(f"not a domain: {domain!r}")
    name = _keyed(salt, b"hearback id", key.process, key.recipient, key.step, str(version))
    return f"{name}{_keyed(salt, b'hearback proof', name, ascii_domain)}@{ascii_domain}"


def is_ours(text: str, salt: str) -> bool:
    """Say whether `text` (without angle brackets) was made by `message_id` with this salt; chance of error 2 to the power -64.

    It does not say for which draft, and not that the message is still what we wrote: a mail client keeps the id of what it edits.
    """
    found = _OURS.fullmatch(text)
    if found is None:
        return False
    name, proof, domain = found.groups()
    return hmac.compare_digest(_keyed(salt, b"hearback proof", name, domain), proof)
