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
_TRIED = 2
"""Of each part, the variants that are put together and compared with the mail."""


@cache
def _templates(language: str) -> tuple[Layout, Mapping[str, Mapping[str, tuple[Source, ...]]]]:
    path = files("rules").joinpath("templates", language, "card.toml")
    layouts, pools = read_kind(tomllib.loads(path.read_text(encoding="utf-8")), "card.toml")
    return layouts["any"], pools


def _fact(process: Process, number: int, person: Person, others: Sequence[str], language: str) -> Filled | None:
    """Return something of the talk: what is about this person first, then what stands on no other card (C11)."""
    notes = [each for each in process.noted if each.round == number]
    met = [one for each in process.rounds if each.number == number for one in each.interviewers]
    alone = len(met) <= 1
    facts = [
        fact
        for fact in Shelf.of(notes, met).facts
        if fact.topic in _SPECIFIC
        and fact.heading in {Heading.WELL, Heading.STOOD_OUT}
        and (not fact.about or is_about(fact, person))
    ]
    made = [(fact, fill("fact", fact, person, alone=alone, language=language)) for fact in facts]
    fit = [(fact, one) for fact, one in made if not isinstance(one, str) and "question" not in one.cases]
    fit.sort(key=lambda pair: (not pair[0].about, any(pair[1].values["point"] in other for other in others)))
    return fit[0][1] if fit else None


def card_words(
    process: Process,
    number: int,
    person: Person,
    profile: Profile,
    *,
    beside: str = "",
    others: Sequence[str] = (),
    language: str = "en",
) -> str:
    """Return what may be written on a card to somebody of round `number`, to be copied by hand.

    `beside` is the text of the mail to them, `others` are the cards to their colleagues: no sentence of those is taken while
    there is another, and of what is left the way to say it that is least like the mail. What is not known has a place in
    square brackets.
    """
    wording, (layout, pools) = load_wording(language), _templates(language)
    fact = _fact(process, number, person, others, language)
    strengths = [one.values["point"] for one in strengths_of(profile)]
    seed = (profile.email, process.id, str(number), person.address or person.name.casefold())
    strengths.sort(key=lambda text: (any(text in other for other in others), rank(*seed, text)))
    strength = strengths[0] if strengths else ""
    company, role = phrase(process.company, _MAX_COMPANY), title(process.role, _MAX_ROLE)
    data = {"company": company, "role": role, "date": "", "strength": strength, **(fact.values if fact is not None else {})}
    data |= {name: wording.render(source, data) for name, source in wording.phrases.items()}
    cases = {"fact": fact.cases if fact is not None else ("place",), "fit": ("strength",) if strength else ("any",)}

    def sentences(part: str) -> list[str]:
        variants = next(pools[part][case] for case in cases.get(part, ("any",)) if case in pools[part])
        order = sorted(variants, key=lambda source: (_used(source, others, wording, data), rank(*seed, source.name)))
        return [tidy(wording.render(source, data)) for source in order[:_TRIED]]

    parts = [part for paragraph in resolve(layout, ()) for part in paragraph]
    written = [" ".join(way) for way in product(*map(sentences, parts))]
    texts = [text for text in (beside, *others) if text]
    body = min(written, key=lambda text: _likeness(text, texts)) if texts else written[0]
    name = greeting_name(person)
    opening = f"Dear {name}," if name else "Hello,"
    closing = wording.closings[rank(profile.email, "card") % len(wording.closings)]
    return f"{opening}\n\n{body}\n\n{closing},\n{one_line(profile.name, _MAX_NAME)}\n"


def _used(source: Source, others: Sequence[str], wording: Wording, data: Mapping[str, str]) -> int:
    """Return how often this way to say it stands on another card, whatever fact or strength it was filled with there."""
    frame = str(source).partition("{{ point }}")[0].partition("{{ strength }}")[0]
    tail = str(source).rpartition("{{ point }}")[2].rpartition("{{ strength }}")[2]
    piece = max((wording.render(part, data).strip() for part in (frame, tail)), key=len)
    return sum(piece in other for other in others)


def _likeness(text: str, texts: Sequence[str]) -> tuple[int, float]:
    return sum(len(shared_sentences(text, other)) for other in texts), max(likeness(text, other) for other in texts)
