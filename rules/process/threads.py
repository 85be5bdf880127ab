"""The conversations of a process: which messages belong together, and the newest of theirs in each (RFC 5322 section 3.6.4)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rules.process.types import Thread

__all__ = ["Conversations"]


_MOST = 200
"""No process has more conversations; the oldest are forgotten."""


@dataclass(slots=True)
class _Conversation:
    ids: set[str]
    thread_ids: set[str]
    newest: Thread | None = None


class Conversations:
    """Conversations as they grow, message by message, oldest first."""

    def __init__(self) -> None:
        """Begin with none."""
        self._held: list[_Conversation] = []

    def add(self, thread: Thread, *, theirs: bool) -> None:
        """Add a message; it joins what it refers to, by the provider's thread or by any msg-id in common."""
        ids = {thread.message_id, *thread.references} - {""}
        thread_ids = {thread.thread_id} - {""}
        same = [held for held in self._held if held.ids & ids or held.thread_ids & thread_ids]
        joined = _Conversation(ids, thread_ids)
        participants: dict[str, None] = {}
        for held in same:
            joined.ids |= held.ids
            joined.thread_ids |= held.thread_ids
            if held.newest is not None:
                joined.newest = held.newest
                participants |= dict.fromkeys(held.newest.participants)
        if theirs:
            participants |= dict.fromkeys(thread.participants)
            joined.newest = thread
        if joined.newest is not None:
            joined.newest = replace(joined.newest, participants=tuple(participants))
        self._held = [held for held in self._held if held not in same]
        self._held.append(joined)
        del self._held[:-_MOST]

    def threads(self) -> tuple[Thread, ...]:
        """Return the newest message of theirs in each conversation, the newest conversation last."""
        return tuple(held.newest for held in self._held if held.newest is not None)
