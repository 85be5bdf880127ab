"""The chain of a reply (RFC 5322 section 3.6.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["MAX_TAIL", "chain", "is_msg_id"]

MAX_TAIL = 20
"""The newest ids that are kept beside the first one."""
# An id that some system made may break the grammar of RFC 5322; it is kept as long as it can stand between angle brackets.
_MSG_ID = re.compile(r"[!-;=?-~]{1,400}")


def is_msg_id(text: str) -> bool:
    """Say whether `text` (without angle brackets) can stand in a header field as a msg-id."""
    return _MSG_ID.fullmatch(text) is not None


def chain(references: Iterable[str], parent: str = "") -> tuple[str, ...]:
    """Return the parent's references and the parent itself, oldest first, each once, at most 1 + MAX_TAIL of them.

    The first id names the thread and the last ones its newest branch: clients thread by these, and what lies between may go.
    """
    ids = dict.fromkeys(text for text in references if is_msg_id(text) and text != parent)
    if is_msg_id(parent):
        ids[parent] = None
    kept = tuple(ids)
    return kept if len(kept) <= 1 + MAX_TAIL else (kept[0], *kept[-MAX_TAIL:])
