"""Two drafts of the user's for one step: they worked on a newer wording, and on one that had stood open since before."""

from __future__ import annotations

from dataclasses import replace

from rules.intents import Notice
from watcher.history import Assessment
from watcher.store.drafts import OutboxRow, RowState

__all__ = ["KIND", "with_twice"]

KIND = "two_drafts"
"""Of the notice."""


def with_twice(found: Assessment) -> Assessment:
    """Return a process with a notice for each step of which the user has two drafts."""
    notices = [
        Notice(KIND, _text(row), row.placed_at or row.planned_at)
        for row in found.outbox
        if row.state is RowState.EDITED and row.beside
    ]
    if not notices:
        return found
    return replace(found, decision=replace(found.decision, notices=(*found.decision.notices, *notices)))


def _text(row: OutboxRow) -> str:
    if row.key.kind.to_self:
        return (
            f'"{row.draft.subject}" stands in your Drafts twice, and you have written on both. One of them is read: '
            "put what is missing into that one, and delete the other."
        )
    return (
        f"Two drafts to {row.draft.to.name or row.draft.to.address} stand in Drafts that began as one, and you have worked on "
        "both. Send one, and delete the other."
    )
