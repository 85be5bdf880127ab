"""Sentences of which nothing tells where they come from (C25): what they claim is the user's to answer for."""

from __future__ import annotations

from collections.abc import Iterator

from rules.lint.context import Context
from rules.lint.phrases import plain
from rules.lint.specific import facts_used
from rules.lint.types import Finding, Severity
from rules.lint.words import words_of
from rules.lint.written import Sentence, Written

__all__ = ["check_sources"]

_FEW_WORDS = 5


def check_sources(written: Written, context: Context) -> Iterator[Finding]:
    """Tell sentences that are neither a template's nor rest on a fact of the notes, the mails or the profile."""
    traced = {plain(entry.sentence) for entry in context.trace}
    strengths = [plain(strength) for strength in (context.profile.strengths if context.profile is not None else ())]
    whole = f" {' '.join(plain(entry.sentence) for entry in context.trace)} "
    known = bool(strengths or context.points)  # where nothing is noted, nothing can stand there
    for sentence in written.sentences:
        folded = plain(sentence.text)
        # `at Acme Inc. Please ...` reads as one sentence and is two.
        ours = folded in traced or (len(folded.split()) >= _FEW_WORDS and f" {folded} " in whole)
        if ours or any(strength in folded for strength in strengths) or _rests_on_a_note(sentence, context):
            continue
        claim = words_of("parts", "claims").search(folded)
        if not context.trace and (claim is None or not known):
            continue
        text = (
            f"`{claim.group()}` stands in no note and not in your profile."
            if claim is not None
            else "This sentence is your own: nothing tells what it rests on."
        )
        yield Finding(
            "source.unknown",
            Severity.INFO,
            text,
            "See that it is true as it stands.",
            place=sentence.place,
            words=sentence.text,
            rules=("C25",),
        )


def _rests_on_a_note(sentence: Sentence, context: Context) -> bool:
    return bool(context.points) and bool(facts_used([sentence.text], context.points))
