"""What a note of its kind has to say (C4, C6, C10, C12, C15, C16, C20, F12 to F14, O1), and in what measure (X10)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from rules.drafts.types import DraftKind
from rules.lint.context import Context
from rules.lint.phrases import plain
from rules.lint.placeholders import place_spans
from rules.lint.specific import facts_used
from rules.lint.types import Finding, Severity
from rules.lint.words import load_words, words_of
from rules.lint.written import Sentence, Written, read
from rules.notes.types import Topic

__all__ = ["PARTS", "check_parts", "kind_of"]

_MOST_OF_SELF = 1
_FIRST = 2
"""Sentences within which a note of thanks says thank you."""
_QUESTION_FROM = 3
"""From this follow-up on the question of rule F14 stands."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: how it is told, and in whose notes it must stand."""

    id: str
    kinds: frozenset[str]
    roles: frozenset[str]
    rules: tuple[str, ...]
    severity: Severity
    text: str
    remedy: str
    pattern: re.Pattern[str]


def _part(entry: Mapping[str, Any]) -> Part:
    return Part(
        id=entry["id"],
        kinds=frozenset(entry["kinds"]),
        roles=frozenset(entry.get("roles", ())),
        rules=tuple(entry["rules"]),
        severity=Severity(entry["severity"]),
        text=entry["text"],
        remedy=entry["remedy"],
        pattern=re.compile("|".join(f"(?:{pattern})" for pattern in entry["patterns"])),
    )


@cache
def _parts(language: str) -> tuple[Part, ...]:
    return tuple(_part(entry) for entry in load_words(f"{language}_parts")["parts"])


PARTS = ("thanks", "position", "interest", "fit", "forward", "culture", "ask", "offer", "respect", "later", "another_time")
"""The parts that a note may lack; the finding is `part.NAME`."""


def check_parts(written: Written, context: Context, language: str = "en") -> Iterator[Finding]:
    """Tell what a note of its kind lacks."""
    if context.kind is None or context.kind.to_self or not written.sentences:
        return
    sentences = [(sentence, plain(sentence.text)) for sentence in written.sentences]
    having: dict[str, list[Sentence]] = {}
    for part in _parts(language):
        having[part.id] = [sentence for sentence, folded in sentences if part.pattern.search(folded)]
    role = plain(context.role)
    if role:
        having["position"] += [sentence for sentence, folded in sentences if role in folded]
    strengths = [plain(strength) for strength in (context.profile.strengths if context.profile is not None else ())]
    having["fit"] += [sentence for sentence, folded in sentences if any(strength in folded for strength in strengths)]
    addressee = context.addressee
    for part in _parts(language):
        if context.kind.value not in part.kinds or having[part.id]:
            continue
        if part.roles and (addressee is None or addressee.role.value not in part.roles):
            continue
        yield Finding(f"part.{part.id}", part.severity, part.text, part.remedy, rules=part.rules)
    if context.kind is DraftKind.THANK_YOU:
        yield from _only_thanks(written, having)
        if not place_spans(written.body):  # what is still to be filled in may be about them
            yield from _company(written, context, sentences)
        yield from _measure(written, context, having)
    if context.kind is DraftKind.STATUS:
        yield from _question(written, context)


def kind_of(text: str, language: str = "en") -> DraftKind | None:
    """Return what a text seems to be for, where nothing but its words is known: thanks come first, a follow-up asks."""
    folded = [plain(sentence.text) for sentence in read(text).sentences]
    if not any(words_of("parts", "interview", language).search(sentence) for sentence in folded):
        return None
    by_id = {part.id: part.pattern for part in _parts(language)}
    if any(by_id["thanks"].search(sentence) for sentence in folded[:_FIRST]):
        return DraftKind.THANK_YOU
    return DraftKind.STATUS if any(by_id["ask"].search(sentence) for sentence in folded) else None


def _only_thanks(written: Written, having: dict[str, list[Sentence]]) -> Iterator[Finding]:
    """Tell a note in which nothing is said but thanks (C12)."""
    thanks = having["thanks"]
    # What thanks and goes on to say something else counts for that, too: a look ahead alone says nothing.
    said = [sentence for sentence in written.sentences if sentence not in thanks and sentence not in having["forward"]]
    if thanks and not said and len(written.body.split()) <= _FEW_WORDS:
        yield Finding(
            "part.only_thanks",
            Severity.BLOCK,
            "It says nothing but thanks.",
            "Add one thing that was said, and why you want the job.",
            place=thanks[0].place,
            rules=("C12",),
        )


_FEW_WORDS = 55
"""Words of a note that can be nothing but thanks; a longer one has said something on the way."""


def _company(written: Written, context: Context, sentences: list[tuple[Sentence, str]]) -> Iterator[Finding]:
    """Tell a note that has nothing about the company (C10), or none of what the user noted about it."""
    noted = [point for point in context.points if point.topic in {Topic.COMPANY, Topic.CULTURE, Topic.CHALLENGE}]
    noted += [point for point in context.points if point.topic is Topic.ANY and point.heading.value == "stood_out"]
    about = any(words_of("parts", "theirs").search(folded) for _, folded in sentences) or _names_theirs(context, sentences)
    if noted and not about and not facts_used(written.lines, noted):
        text, remedy = (
            "It uses nothing of what you noted about the company.",
            f"Say why you want to be there, as with: {noted[0].text}",
        )
    elif (
        not noted and not about and not (context.company and sum(plain(context.company) in folded for _, folded in sentences) > 1)
    ):
        text, remedy = "It says nothing about the company.", "Say what you noticed about them, and why you want to be there."
    else:
        return
    # What was said between the two of them is of the company, too.
    grave = Severity.INFO if facts_used(written.lines, context.points) else Severity.WARN
    yield Finding("part.company", grave, text, remedy, rules=("C10",))


def _names_theirs(context: Context, sentences: list[tuple[Sentence, str]]) -> bool:
    """Say whether something of the company's is named by its name (`Acme's mission`), which is more than the job with them."""
    names = {plain(context.company), *plain(context.company).split()[:1]}
    named = "|".join(re.escape(name) for name in names if len(name) > 2)  # noqa: PLR2004 - two letters are of any word
    if not named:
        return False
    theirs = re.compile(rf"\b(?:{named})'s? (?!(?:\w+ ){{0,4}}(?:job|opening|position|role|vacancy)\b)")
    return any(theirs.search(folded) for _, folded in sentences)


def _measure(written: Written, context: Context, having: dict[str, list[Sentence]]) -> Iterator[Finding]:
    """Tell a note that speaks more of the writer than of them (X10): what they need comes first, one sentence of fit after."""
    own = [sentence for sentence in having["fit"] if words_of("parts", "own").search(plain(sentence.text))]
    theirs = [sentence for sentence in written.sentences if sentence not in own]
    if len(own) > max(_MOST_OF_SELF, len(theirs)):
        yield Finding(
            "ratio",
            Severity.WARN,
            f"{len(own)} of {len(written.sentences)} sentences are about what you have done.",
            "Say first what you saw in them; one sentence of fit is enough.",
            place=own[1].place,
            rules=("X10",),
        )
    del context


def _question(written: Written, context: Context) -> Iterator[Finding]:
    """Hold the last follow-up to its question, and keep that out of the earlier ones (F14)."""
    asked = [sentence for sentence in written.sentences if sentence.text.rstrip("\"'\u201d\u2019)").endswith("?")]
    last = context.final or context.attempt >= _QUESTION_FROM if context.asks is None else context.asks
    timed = [sentence for sentence in asked if words_of("parts", "next_week").search(plain(sentence.text))]
    if last and not timed:
        yield Finding(
            "part.question",
            Severity.WARN,
            "The last follow-up asks no question with a time in it.",
            "Ask whether you may write once more next week: a question gets an answer.",
            rules=("F14",),
        )
    elif not last and timed:
        yield Finding(
            "part.question_early",
            Severity.INFO,
            "It announces the next follow-up already.",
            "Keep that question for the third.",
            place=timed[0].place,
            words=timed[0].text,
            rules=("F14",),
        )
