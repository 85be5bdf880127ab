"""Names as their owners write them, and each mail to the one whom it names (C24, C14, T1, T10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from rules.drafts.names import greeting_name
from rules.extract.types import Person
from rules.lint.context import Context
from rules.lint.placeholders import PLACE
from rules.lint.roster import Roster, is_given_name, is_near, is_nickname, key_of, name_words
from rules.lint.spelling import Lexicon, unmarked
from rules.lint.types import Finding, Severity
from rules.lint.words import load_words
from rules.lint.written import WORD, Written

__all__ = ["check_names", "check_recipient"]

_RARE = 500
"""How often a word is counted below which, within a sentence and with a capital, it is more likely a name."""
_COMPANY = 5
"""Letters of a word of the company's name from which on a misspelling is told from another word."""


def _called(person: Person) -> str:
    return person.name or person.address


def _with_addressee(context: Context) -> Roster:
    addressee = context.addressee
    return Roster.of((*context.people, addressee) if addressee is not None else context.people)


def check_recipient(written: Written, context: Context) -> Iterator[Finding]:
    """Tell a mail that goes to somebody else than it is meant for, or to several."""
    del written
    if context.kind is None or not context.to:
        return
    first, *others = context.to
    if others:
        yield Finding(
            "to.several",
            Severity.BLOCK,
            f"It goes to {len(context.to)} people; everybody gets a note of their own.",
            f"Leave {first.name or first.address} alone in To.",
            place="to",
            words=", ".join(each.address for each in others),
            rules=("T1",),
        )
    meant = context.recipient
    owner = next((person for person in context.people if person.address and person.address.lower() == first.address), None)
    if meant is not None and meant.address and meant.address.lower() not in {each.address for each in context.to}:
        whose = f", the address of {owner.name}" if owner is not None and owner.name else ""
        yield Finding(
            "to.other",
            Severity.BLOCK,
            f"It is meant for {_called(meant)}, and goes to {first.address}{whose}.",
            f"Put {meant.address} into To.",
            place="to",
            words=first.address,
            rules=("T10",),
        )
    elif owner is not None and first.name and owner.name and "@" not in first.name:
        shown, known = ({key_of(word) for word in name_words(name)} for name in (first.name, owner.name))
        if shown and known and not shown & known:
            yield Finding(
                "to.name",
                Severity.BLOCK,
                f"{first.address} is the address of {owner.name}, and To calls it {first.name}.",
                f"Write `{owner.name} <{first.address}>`.",
                place="to",
                words=first.name,
                rules=("T10", "C24"),
            )


def check_names(written: Written, context: Context, lexicon: Lexicon) -> Iterator[Finding]:
    """Tell names that are misspelled, or somebody else's."""
    roster = _with_addressee(context)
    yield from _greeting(written, context, roster)
    own = {key_of(word) for word in name_words(context.profile.name)} if context.profile is not None else set()
    yield from _body(written, context, roster, lexicon, own)


def _misspelled(word: str, right: str, place: str) -> Finding:
    marks = key_of(word) != key_of(right) and unmarked(key_of(word)) == unmarked(key_of(right))
    return Finding(
        "name.marks" if marks else "name.misspelled",
        Severity.BLOCK,
        f"`{word}` is written {right} by its owner.",
        f"Write `{right}`.",
        place=place,
        words=word,
        rules=("C24",),
    )


def _greeting(written: Written, context: Context, roster: Roster) -> Iterator[Finding]:
    """Hold the name in the greeting against the one whom the mail goes to."""
    addressee = context.addressee
    silent = {*load_words("en_parts")["greeting"], *(key_of(word) for word in WORD.findall(context.company))}
    greeting = PLACE.sub(" ", written.greeting)
    own = {key_of(word): word for word in name_words(addressee.name)} if addressee is not None else {}
    if addressee is None or not own:
        return
    named = [
        word
        for word in WORD.findall(greeting)
        # In small letters only what is nearly the name is meant for one.
        if word.casefold() not in silent
        and len(word) > 1
        and (word[:1].isupper() or any(_same_but(word, right) for right in own))
    ]
    place = written.line(written.text.find(written.greeting))
    called = greeting_name(addressee) != ""  # nobody is called `Acme Hiring`
    if (
        called
        and not named
        and greeting == written.greeting
        and greeting
        and not own.keys() & set(map(key_of, WORD.findall(greeting)))
    ):
        yield _nobody(written.greeting, addressee, place, grave=context.kind is not None)
    for word in named:
        folded = key_of(word)
        if folded in own:
            if _differs_in_case(word, own[folded]):
                yield _misspelled(word, own[folded], place)
            continue
        others = [person for person in roster.owners.get(folded, ()) if person != addressee]
        near = next((right for right in own.values() if _same_but(word, right)), "")
        nick = next((right for right in own.values() if is_nickname(word, right)), "")
        if others:
            yield Finding(
                "name.other",
                Severity.BLOCK,
                f"It greets {_called(others[0])}, and goes to {_called(addressee)}.",
                "Put right whichever of the two is wrong.",
                place=place,
                words=word,
                rules=("T10", "C24"),
            )
        elif near:
            yield _misspelled(word, near, place)
        elif nick:
            yield _nickname(word, nick, place)
        elif folded not in addressee.address.partition("@")[0]:
            yield Finding(
                "name.other",
                Severity.BLOCK,
                f"It greets `{word}`, and goes to {_called(addressee)}.",
                f"Write the name as its owner does: {addressee.name}.",
                place=place,
                words=word,
                rules=("T10", "C24"),
            )


def _nobody(greeting: str, addressee: Person, place: str, *, grave: bool) -> Finding:
    return Finding(
        "name.nobody",
        Severity.WARN if grave else Severity.INFO,
        f"It greets nobody by name, and goes to {_called(addressee)}.",
        f"Greet {addressee.name}.",
        place=place,
        words=greeting,
        rules=("C24", "C7"),
    )


def _differs_in_case(word: str, right: str) -> bool:
    """Say whether a name is written with other capitals than by its owner (`priya`, `Mcdonald`); all capitals say nothing."""
    word, right = (each.replace("\u2019", "'").replace("\u02bc", "'") for each in (word, right))
    return word != right and not any(each.isupper() for each in (word, right)) and not right.islower()


def _nickname(word: str, name: str, place: str) -> Finding:
    return Finding(
        "name.nickname",
        Severity.WARN,
        f"`{word}` is short for {name}, who does not sign so.",
        f"Write `{name}`.",
        place=place,
        words=word,
        rules=("C14", "C24"),
    )


def _same_letters(word: str, right: str) -> bool:
    return unmarked(key_of(word)) == unmarked(key_of(right))


def _same_but(word: str, right: str) -> bool:
    return key_of(word) == key_of(right) or _same_letters(word, right) or is_near(word, right, greeted=True)


def _is_ordinary(word: str, folded: str, lexicon: Lexicon, *, beside: bool) -> bool:
    """Say whether a word with a capital is an ordinary one, although it looks like a name."""
    if beside or is_given_name(word):
        return False
    return lexicon.lists(folded) and not 0 < lexicon.frequency(folded) < _RARE


def _body(written: Written, context: Context, roster: Roster, lexicon: Lexicon, own: set[str]) -> Iterator[Finding]:
    """Hold every word with a capital against the names that are known; names of companies, too."""
    terms = {key_of(word) for text in (context.company, context.role, *context.terms) for word in WORD.findall(text)}
    terms |= {key_of(word) for person in roster.people for word in WORD.findall(person.title)}
    terms |= own | {key_of(word) for word in context.settings.words}
    terms |= {key_of(word) for point in context.points for word in WORD.findall(point.text)}
    company = [word for word in WORD.findall(context.company) if len(word) >= _COMPANY]
    words = [(word.text.removesuffix("'s").removesuffix("\u2019s"), word.position) for word in written.words]
    seen: set[str] = set()
    yield from _in_other_capitals(written, context, roster, lexicon, words)
    for index, (word, position) in enumerate(words):
        folded = key_of(word)
        if not word[:1].isupper() or folded in roster.owners or folded in terms or folded in seen:
            continue
        neighbours = (key_of(words[at][0]) for at in (index - 1, index + 1) if 0 <= at < len(words))
        beside = any(each in roster.owners for each in neighbours)
        right = next((name for name in roster.spelled.values() if _nearly(word, name)), "")
        if not right:
            right = next((name for name in company if is_near(word, name)), "")
            beside = False
        if not right or _is_ordinary(word, folded, lexicon, beside=beside):
            continue
        seen.add(folded)
        if is_given_name(word) and not beside and not is_nickname(word, right) and not _same_letters(word, right):
            yield replace(
                _misspelled(word, right, written.line(position)),
                severity=Severity.WARN,
                text=f"`{word}` is one letter away from {right}, and nobody known here is called so.",
                remedy=f"Write `{right}`, if nobody else is meant.",
            )
        elif is_nickname(word, right) and not is_near(word, right):
            yield _nickname(word, right, written.line(position))
        else:
            yield _misspelled(word, right, written.line(position))


def _in_other_capitals(
    written: Written, context: Context, roster: Roster, lexicon: Lexicon, words: list[tuple[str, int]]
) -> Iterator[Finding]:
    """Tell names in small letters, or with other capitals than their owner's (`HubSpot`, `McKay`)."""
    spelled = {key_of(word): word for word in WORD.findall(context.company) if len(word) >= _COMPANY}
    spelled |= roster.spelled
    seen_so = {word for text in (context.company, context.role, *context.terms) for word in WORD.findall(text)}
    told: set[str] = set()
    for word, position in words:
        folded = key_of(word)
        right = spelled.get(folded, "")
        if not right or folded in told or word in seen_so or not _differs_in_case(word, right):
            continue
        in_address = any(mark in "@/._" for mark in _beside(written.text, position, word))
        if word[:1].islower() and (in_address or lexicon.lists(folded)):
            continue
        told.add(folded)
        yield _misspelled(word, right, written.line(position))
    for (one, position), (other, _) in pairwise(words):
        right = spelled.get(key_of(one + other), "")
        if right and right not in told and one[:1].isupper() and other[:1].isupper() and one not in seen_so:
            told.add(right)
            yield _misspelled(f"{one} {other}", right, written.line(position))


def _beside(text: str, position: int, word: str) -> str:
    return text[max(0, position - 1) : position] + text[position + len(word) : position + len(word) + 1].rstrip(".")


def _nearly(word: str, name: str) -> bool:
    return unmarked(key_of(word)) == unmarked(key_of(name)) or is_near(word, name) or is_nickname(word, name)
