"""Titles that are somebody else's, and forms of address that take one away (T10, C24)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.extract.types import Person
from rules.lint.context import Context
from rules.lint.phrases import plain
from rules.lint.roster import Roster, name_words
from rules.lint.types import Finding, Severity
from rules.lint.written import Sentence, Written

__all__ = ["check_titles"]

_DOCTOR = re.compile(r"\b(?:dr|prof(?:essor)?)\b\.?", re.IGNORECASE)
_PLAIN_FORM = re.compile(r"\b(?:mr|mrs|ms|miss|mx)\b\.?", re.IGNORECASE)
_AS = r"\b(?:you as|your (?:role|work|position|job|task) as|as|being)(?: (?:the|a|an|our|your))? "
_GAP = 3
"""Words between a name and a title that belong together (`Ann Kay, our Talent Partner`)."""


def check_titles(written: Written, context: Context) -> Iterator[Finding]:
    """Tell titles that are given to the wrong person, or taken from one."""
    addressee = context.addressee
    if addressee is not None and _DOCTOR.search(addressee.name) and _PLAIN_FORM.search(written.greeting):
        yield Finding(
            "title.dropped",
            Severity.WARN,
            f"The greeting leaves out the title of {addressee.name}.",
            f"Write `Dear {addressee.name},`.",
            place=written.line(written.text.find(written.greeting)),
            words=written.greeting,
            rules=("T10", "C24"),
        )
    holders: dict[str, list[Person]] = {}
    for person in Roster.of((*context.people, addressee) if addressee is not None else context.people).people:
        if len(title := plain(person.title)) > 1:
            holders.setdefault(title, []).append(person)
    job = plain(context.role)
    for sentence in written.sentences:
        folded = plain(sentence.text)
        for title, owners in holders.items():
            # The title of one may be part of another's (`analyst`, `senior analyst`), or of the job that is applied for.
            if title in folded and title not in job and not any(title in other for other in holders if other != title):
                yield from _given_to(sentence, folded, title, owners, addressee, context)


def _given_to(  # noqa: PLR0917 - one place, called once
    sentence: Sentence, folded: str, title: str, owners: list[Person], addressee: Person | None, context: Context
) -> Iterator[Finding]:
    owned = {word.casefold() for person in owners for word in name_words(person.name)}
    for person in context.people:
        if person in owners or not person.title:
            continue
        for name in name_words(person.name):
            if name.casefold() not in owned and _stand_together(folded, plain(name), title):
                yield _finding(sentence, title, owners[0], person)
                return
    if addressee is not None and addressee.title and addressee not in owners and re.search(_AS + re.escape(title), folded):
        named = any(re.search(rf"\b{re.escape(word)}\b", folded) for word in owned)
        if not named:
            yield _finding(sentence, title, owners[0], addressee)


def _stand_together(folded: str, name: str, title: str) -> bool:
    between = rf"(?:,|\W)?(?: \w+){{0,{_GAP - 1}}},? "
    return bool(
        re.search(rf"\b{re.escape(name)}(?: \w+)?{between}{re.escape(title)}\b", folded)
        or re.search(rf"\b{re.escape(title)}{between}{re.escape(name)}\b", folded)
    )


def _finding(sentence: Sentence, title: str, owner: Person, person: Person) -> Finding:
    return Finding(
        "title.other",
        Severity.BLOCK,
        f"`{title}` is what {owner.name or owner.address} is; {person.name or person.address} is {person.title}.",
        "Put right whichever of the two is wrong.",
        place=sentence.place,
        words=title,
        rules=("T10", "C24"),
    )
