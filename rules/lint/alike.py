"""Whether a note is too much like another to the same company (T2, T3): people compare what they got."""

from __future__ import annotations

from collections.abc import Iterator

from rules.drafts.similarity import THRESHOLD, likeness, shared_sentences
from rules.drafts.types import DraftKind
from rules.lint.context import Context, Other
from rules.lint.types import Finding, Severity
from rules.lint.written import Written

__all__ = ["check_alike"]

_COMPARED = frozenset({DraftKind.THANK_YOU, DraftKind.GRACIOUS})
"""Notes of which several people of a company get one."""
_MOST_OTHERS = 40


def check_alike(written: Written, context: Context) -> Iterator[Finding]:
    """Tell other notes that this one repeats, as a whole or in a sentence."""
    if context.kind is None or context.kind.to_self:
        return
    for other in context.others[:_MOST_OTHERS]:
        if other.kind is not None and other.kind.to_self:
            continue
        both = context.kind in _COMPARED and other.kind in _COMPARED
        grave = Severity.BLOCK if both else Severity.WARN
        rules = ("T3",) if other.sent or (other.round and other.round != context.round) else ("T2",)
        same = shared_sentences(written.text, other.text)
        for sentence in same:
            yield Finding(
                "alike.sentence",
                grave,
                f"A sentence of it stands word for word in {other.title}.",
                "Say it in other words, or say another thing.",
                place=next((each.place for each in written.sentences if each.text == sentence), ""),
                words=sentence,
                rules=rules,
            )
        if not same and _is_alike(written, other):
            yield Finding(
                "alike.note",
                grave,
                f"It is nearly the same note as {other.title}.",
                "Write this one about something else that was said: they compare.",
                rules=rules,
            )


def _is_alike(written: Written, other: Other) -> bool:
    return bool(other.text.strip()) and likeness(written.text, other.text) >= THRESHOLD
