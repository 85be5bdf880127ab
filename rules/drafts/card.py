"""The words of a handwritten card: the elements of the mail (H4), in other words (H3, X8)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import product

from rules.drafts.choose import rank
from rules.drafts.clean import one_line, phrase, title
from rules.drafts.facts import Filled, Shelf, fill, is_about, strengths_of
from rules.drafts.names import greeting_name
from rules.drafts.pieces import resolve, tidy
from rules.drafts.similarity import likeness, shared_sentences
from rules.drafts.wording import Layout, Source, Wording, load_wording, read_kind
from rules.extract.types import Person
from rules.notes.types import Heading, Topic
from rules.process import Process
from rules.profile import Profile

__all__ = ["card_words"]

_MAX_COMPANY, _MAX_ROLE, _MAX_NAME = 80, 100, 80
_SPECIFIC = frozenset({Topic.ANY, Topic.COMPANY, Topic.CULTURE, Topic.CHALLENGE})
_TRIED = 48
"""Ways to say it that are compared with the mail."""


@cache
def _templates(language: str) -> tuple[Layout, Mapping[str, Mapping[str, tuple[Source, ...]]]]:
    path = files("rules").joinpath("templates", language, "card.toml")
    layouts, pools = read_kind(tomllib.loads(path.read_text(encoding="utf-8")), "card.toml")
    return layouts["any"], pools


def _fact(process: Process, number: int, person: Person, language: str) -> Filled | None:
    """Return something of the talk: what is about this person first, else what is about nobody."""
    notes = [each for each in process.noted if each.round == number]
    alone = sum(len(each.interviewers) for each in process.rounds if each.number == number) <= 1
    facts = [
        fact
        for fact in Shelf.of(notes).facts
        if fact.topic in _SPECIFIC
        and fact.heading in {Heading.WELL, Heading.STOOD_OUT}
        and (not fact.about or is_about(fact, person))
    ]
    for fact in sorted(facts, key=lambda fact: not fact.about):
        made = fill("fact", fact, person, alone=alone, language=language)
        if not isinstance(made, str) and "question" not in made.cases:
            return made
    return None


def _choices(
    part: str, pools: Mapping[str, Mapping[str, tuple[Source, ...]]], fact: Filled | None, strength: str, *seed: str
) -> list[Source]:
    """Return the variants of a part, in an order of this user's and this person's own."""
    cases: Sequence[str] = ("any",)
    if part == "fact":
        cases = fact.cases if fact is not None else ("place",)
    elif part == "fit":
        cases = ("strength",) if strength else ("any",)
    found = next(pools[part][case] for case in cases if case in pools[part])
    return sorted(found, key=lambda source: rank(*seed, source.name))


def card_words(process: Process, number: int, person: Person, profile: Profile, *, beside: str = "", language: str = "en") -> str:
    """Return what may be written on a card to somebody of round `number`, to be copied by hand.

    `beside` is the text of the mail to them. Of all ways to say it the one is taken that is least like it, so that the two share
    no sentence. What is not known has a place in square brackets.
    """
    wording, (layout, pools) = load_wording(language), _templates(language)
    fact = _fact(process, number, person, language)
    strengths = strengths_of(profile)
    seed = (profile.email, process.id, str(number), person.address or person.name.casefold())
    strength = strengths[rank(*seed, "strength") % len(strengths)].values["point"] if strengths else ""
    company, role = phrase(process.company, _MAX_COMPANY), title(process.role, _MAX_ROLE)
    data = {"company": company, "role": role, "date": "", "strength": strength, **(fact.values if fact is not None else {})}
    data |= {name: wording.render(source, data) for name, source in wording.phrases.items()}
    parts = [part for paragraph in resolve(layout, ()) for part in paragraph]
    ways = product(*(_choices(part, pools, fact, strength, *seed, part) for part in parts))
    written = [_written(way, wording, data) for _, way in zip(range(_TRIED), ways, strict=False)]
    body = min(written, key=lambda text: (len(shared_sentences(text, beside)), likeness(text, beside))) if beside else written[0]
    name = greeting_name(person)
    opening = f"Dear {name}," if name else "Hello,"
    return "\n\n".join((opening, body, f"{_closing(wording, profile)},\n{one_line(profile.name, _MAX_NAME)}")) + "\n"


def _written(way: Sequence[Source], wording: Wording, data: Mapping[str, str]) -> str:
    return " ".join(tidy(wording.render(source, data)) for source in way)


def _closing(wording: Wording, profile: Profile) -> str:
    return wording.closings[rank(profile.email, "card") % len(wording.closings)]
