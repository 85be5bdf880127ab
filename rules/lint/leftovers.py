"""What was left behind: places to fill in, marks of templates, doubled words (C23)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.lint.context import Context
from rules.lint.placeholders import place_spans, template_marks
from rules.lint.types import Finding, Severity
from rules.lint.words import load_words
from rules.lint.written import Written

__all__ = ["check_doubled", "check_leftovers"]

_RULES = ("C23",)
_DOUBLED = re.compile(
    r"(?<![\w'\u2019-])([^\W\d_]{1,40}(?:['\u2019][^\W\d_]{1,5})?)[ \t\n]{1,10}\1(?![\w'\u2019-])", re.IGNORECASE
)
_WHAT_IT_IS = re.compile(
    r"\b(?:fact|how|issue|point|problem|question|thing|trouble|truth|what|where|who)\b[^.!?]*$", re.IGNORECASE
)
_CLAUSE = 80
_MOST = 20


def check_leftovers(written: Written, context: Context) -> Iterator[Finding]:
    """Tell places still to be filled in, and what looks like the inside of a template."""
    for text, where in ((written.text, ""), (context.subject or "", "subject")):
        for position, words in place_spans(text)[:_MOST]:
            yield Finding(
                "place.open",
                Severity.BLOCK,
                f"A place is still to be filled in: {words}",
                "Put your own words there, or take the sentence out.",
                place=where or written.line(position),
                words=words,
                rules=(*_RULES, "N2"),
            )
        for mark in dict.fromkeys(template_marks(text)):
            yield Finding(
                "place.template",
                Severity.BLOCK,
                f"`{mark}` is left over from a template.",
                "Take it out.",
                place=where or written.line(text.index(mark)),
                words=mark,
                rules=_RULES,
            )
    if context.subject is not None and not context.subject.strip():
        yield Finding(
            "subject.empty",
            Severity.BLOCK,
            "It has no subject.",
            "Write one: `Thank You - YOUR NAME - JOB TITLE`, or answer in their thread.",
            place="subject",
            rules=("C3",),
        )


def check_doubled(written: Written, context: Context) -> Iterator[Finding]:
    """Tell a word that stands twice in a row, across a line break too; `had had` and names such as Walla Walla are none."""
    allowed = set(load_words("en_words")["doubles"])
    names = (context.company, context.role, *(person.name for person in context.people), *context.settings.words)
    known = " ".join(names).casefold()
    for found in _DOUBLED.finditer(written.body):
        word = found[1].casefold()
        # A line that begins with the last word of the line before, and with a capital, is another line and no slip.
        parted = "\n\n" in found.group() or ("\n" in found.group() and found.group().rsplit(maxsplit=1)[-1][:1].isupper())
        before = written.body[max(0, found.start() - _CLAUSE) : found.start()]
        right = word in allowed and (word != "is" or _WHAT_IT_IS.search(before) is not None)
        if right or parted or f"{word} {word}" in known:
            continue
        yield Finding(
            "doubled",
            Severity.BLOCK,
            f"`{' '.join(found.group().split())}`: a word stands twice.",
            f"Take one `{found[1]}` out.",
            place=written.line(written.begin + found.start()),
            words=" ".join(found.group().split()),
            rules=_RULES,
        )
