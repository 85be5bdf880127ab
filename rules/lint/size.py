"""How long a draft is: sentences (C1, X9) and words (C17)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rules.drafts.types import DraftKind
from rules.lint.context import Context
from rules.lint.types import Finding, Severity
from rules.lint.written import Written

__all__ = ["MAX_SENTENCES", "MAX_WORDS", "check_size"]

MAX_SENTENCES = 6
"""For everybody, the hiring manager too, whose note may use all of it (X9)."""
MAX_WORDS: Mapping[DraftKind, int] = {
    DraftKind.THANK_YOU: 190,
    DraftKind.STATUS: 150,
    DraftKind.GRACIOUS: 120,
    DraftKind.NO_SHOW: 110,
    DraftKind.KEEP_WARM: 130,
}
"""Words of the body that a reader takes in at one look; what our own templates need stands well below."""
_LONG_SENTENCE = 45


def check_size(written: Written, context: Context) -> Iterator[Finding]:
    """Tell what is too long."""
    count = len(written.sentences)
    if count > MAX_SENTENCES:
        yield Finding(
            "size.sentences",
            Severity.BLOCK,
            f"It has {count} sentences; more than {MAX_SENTENCES} are not read.",
            f"Take out {count - MAX_SENTENCES} of them, from here on if in doubt.",
            place=written.sentences[MAX_SENTENCES].place,
            words=written.sentences[MAX_SENTENCES].text,
            rules=("C1", "X9"),
        )
    if not count:
        yield Finding("size.empty", Severity.BLOCK, "It says nothing.", "Write it, or delete the draft.", rules=("C4",))
    words = len(written.body.split())
    most = MAX_WORDS.get(context.kind) if context.kind is not None else max(MAX_WORDS.values())
    if most is not None and words > most:
        yield Finding(
            "size.words",
            Severity.WARN,
            f"It has {words} words; {most} are the most for a note of this kind.",
            "Say less: one or two things are remembered, more are not.",
            rules=("C17",),
        )
    for sentence in written.sentences:
        if (length := len(sentence.text.split())) > _LONG_SENTENCE:
            yield Finding(
                "size.sentence",
                Severity.WARN,
                f"A sentence of {length} words is hard to follow.",
                "Make two of it, or leave half of it out.",
                place=sentence.place,
                words=sentence.text,
                rules=("C17",),
            )
