"""What a draft may say: the user's notes and strengths as facts with ids, fit to stand in a sentence (N2, C25)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz, utils

from rules.drafts.clean import one_line, phrase
from rules.drafts.mentioned import mentioned_in
from rules.drafts.names import given_name, greeting_name
from rules.drafts.points import Fitted, Form, Reader, better_answer, clean, fit, is_deed, lowered, noun_phrase, without_colons
from rules.drafts.types import Unused
from rules.extract.types import Person
from rules.lint.phrases import banned_phrases
from rules.lint.placeholders import placeholders, template_marks
from rules.lint.sentences import count_sentences
from rules.notes.types import Heading, Notes, Point, Topic
from rules.profile import Profile

__all__ = ["Fact", "Filled", "Shelf", "fact_of", "fill", "identity", "is_about", "strengths_of", "url_of"]

_MAX_STRENGTH = 160
_MAX_POINTS = 200
_SHOWN = 80
_ALIKE = 92
"""Of 100: two points this much alike say the same."""
_URL = re.compile(r"https?://[^\s<>\"\u201c\u201d]{3,500}", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:a|b|i|u|em|strong|span|p|br|div|li|ul|ol|font|small|sub|sup|mark|h[1-6])(?:\s[^<>]{0,80})?/?>", re.IGNORECASE
)
"""Markup that was pasted along, as of a profile page; `<vector>` is none."""
_URL_TAIL = ".,;:!?)]}'\u2019"


_SEVERAL = "it names more than one of them: write before a colon for whose note it is"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that may fill a place."""

    id: str
    """`note:1.well.2`, `profile:strengths.1`."""
    text: str
    topic: Topic = Topic.ANY
    heading: Heading = Heading.WELL
    about: str = ""


def fact_of(point: Point) -> Fact:
    """Return the fact that a point is."""
    return Fact(f"note:{point.id}", point.text, point.topic, point.heading, point.about)


@dataclass(frozen=True, slots=True)
class Filled:
    """A fact as it goes into a part: the cases whose templates suit it, best first, and the data they are rendered with."""

    fact: Fact
    cases: tuple[str, ...]
    values: Mapping[str, str]
    words: int
    """How long it is."""
    rest: str = ""
    """What of it was cut off."""


@dataclass(slots=True)
class Shelf:
    """The facts of one round that are still to be had, in the user's order; what is not used is told."""

    facts: list[Fact]
    unused: dict[str, str] = field(default_factory=dict)
    """By id of a fact: why it does not stand in a draft."""

    @classmethod
    def of(cls, notes: Iterable[Notes], people: Sequence[Person] = ()) -> Shelf:
        """Return the points of some notes, each that says the same as another one left out.

        What went well and names one of `people` is about that one, with a colon behind the name or without.
        """
        shelf = cls([])
        seen: list[tuple[str, Fact]] = []
        for one in notes:
            for point in one.points[:_MAX_POINTS]:
                fact = fact_of(point)
                words = utils.default_process(point.text[:1000])
                twin = next((other for text, other in seen if fuzz.ratio(text, words) >= _ALIKE), None)
                if twin is not None:
                    shelf.unused[fact.id] = f"it says the same as {twin.id}"
                    continue
                seen.append((words, fact))
                named = mentioned_in(fact.text, people) if fact.heading is Heading.WELL and not fact.about else []
                if len(named) > 1:
                    shelf.unused[fact.id] = _SEVERAL
                    continue
                shelf.facts.append(replace(fact, about=identity(named[0])) if named else fact)
        return shelf

    def take(self, filled: Filled) -> None:
        """Take a fact away: it is used, if perhaps not to its end."""
        self.facts.remove(filled.fact)
        self.unused.pop(filled.fact.id, None)
        if filled.rest:
            self.unused[filled.fact.id] = f"its end would be another sentence: {one_line(filled.rest, _SHOWN)!r}"

    def told(self, ids: Iterable[str] = ()) -> tuple[Unused, ...]:
        """Return what was not used, with the reasons; `ids` limits it."""
        wanted = set(ids)
        return tuple(Unused(fact, reason) for fact, reason in self.unused.items() if not wanted or fact in wanted)


def identity(person: Person) -> str:
    """Return what a person is known by: the address, else the name."""
    return person.address.casefold() or person.name.casefold()


def is_about(fact: Fact, person: Person) -> bool:
    """Say whether the user named this person before the point's colon."""
    return bool(fact.about) and fact.about.casefold() in {person.address.casefold(), person.name.casefold()}


def url_of(text: str) -> str:
    """Return the first address of a page in a text, without the punctuation behind it; empty when there is none."""
    found = _URL.search(one_line(text, 2000))
    return found.group().rstrip(_URL_TAIL) if found else ""


def _banned(text: str) -> str:
    found = banned_phrases(text)
    return found[0].words if found else ""


def _cases(form: Form) -> tuple[str, ...]:
    return {
        Form.NOUN: ("noun", "colon"),
        Form.CLAUSE: ("colon",),
        Form.QUESTION: ("question", "quoted"),
        Form.QUOTE: ("quoted",),
    }[form]


def fill(part: str, fact: Fact, person: Person, *, alone: bool, language: str = "en") -> Filled | str:
    """Return a fact as `part` says it to `person`, or in words why it cannot.

    `alone`: nobody else was there, so that a third person in the notes is this one.
    """
    names = {greeting_name(person), given_name(person), person.name.strip()}
    reader = Reader(alone or is_about(fact, person), tuple(sorted(names - {""})))
    if bad := _banned(clean(fact.text)):
        return f"it holds words that a follow-up should not have: {bad!r}"
    if part == "link":
        return _link(fact, reader, language)
    if part == "add":
        return _added(fact, reader, language)
    made = fit(_done(fact.text, language) if part == "since" else fact.text, reader, language=language)
    return made if isinstance(made, str) else _checked(fact, made, _cases(made.form), {})


def _checked(fact: Fact, made: Fitted, cases: tuple[str, ...], values: dict[str, str]) -> Filled | str:
    text = " ".join([made.text, *values.values()])
    if placeholders(text):
        return "it holds square brackets"
    if count_sentences(f"So: {made.text.rstrip('?')}.") != 1:
        return "it would be more than one sentence"
    if "quoted" not in cases and count_sentences(f"So: {made.text}. And then.") != 2 and not made.text.endswith("?"):  # noqa: PLR2004
        # Behind an initial or an abbreviation the full stop of the sentence would be read as theirs; a quotation mark ends it.
        if "colon" not in cases:
            return "it ends like an abbreviation: write the word in full"
        cases = ("quoted",)
    return Filled(fact, cases, {"point": made.text, **values}, len(text.split()), made.rest)


def _link(fact: Fact, reader: Reader, language: str) -> Filled | str:
    url = url_of(fact.text)
    title = one_line(fact.text, 2000).replace(url, " ") if url else fact.text
    title = re.sub(r"\(\s*\)|<\s*>|\[\s*\]", " ", title).strip()
    if whole := re.fullmatch(r"\(([^()]+)\)|\[([^\[\]]+)\]", title):
        title = whole[1] or whole[2]  # the page first, and what it is in brackets behind it
    made = fit(title, reader, language=language) if any(character.isalpha() for character in title) else ""
    if not made:
        return Filled(fact, ("bare",), {"point": "", "url": url}, 1) if url else "it names no article, post or event"
    if isinstance(made, str):
        return made
    shown = Fitted(made.text.rstrip("?"), made.form, made.rest)
    cases = (("noun", "quoted") if made.form is Form.NOUN else ("quoted",)) if url else ("unlinked",)
    return _checked(fact, shown, cases, {"url": url})


def _added(fact: Fact, reader: Reader, language: str) -> Filled | str:
    if fact.heading is Heading.BADLY:
        return _put_right(fact, reader, language)
    asked = noun_phrase(fact.text, reader, lead="asked", language=language, demand_lead=True)
    if asked:
        return _checked(fact, Fitted(asked, Form.NOUN), ("asked",), {})
    made = fit(fact.text, reader, lead="forgot", language=language)
    if isinstance(made, str):
        return made
    cases = {Form.QUESTION: ("question",), Form.QUOTE: ("quoted",)}.get(made.form, ("colon",))
    return _checked(fact, made, cases, {})


def _put_right(fact: Fact, reader: Reader, language: str) -> Filled | str:
    """Return an answer that went badly as what it was about, and what should have been said; never the words of the failure."""
    went_badly, better = better_answer(one_line(fact.text, 2000), language)
    topic = noun_phrase(went_badly, reader, lead="badly", language=language)
    if not better:
        if not topic:
            return "it does not say what the answer was about: `the question about testing`, or `... should have said ...`"
        return _checked(fact, Fitted(topic, Form.NOUN), ("topic",), {})
    made = fit(better, reader, lead="", language=language, told=went_badly)
    if isinstance(made, str):
        return made
    if made.form is Form.QUESTION:
        made = Fitted(made.text.rstrip("?"), Form.CLAUSE)
    return _checked(fact, made, ("both", "better") if topic else ("better",), {"topic": topic})


def _done(text: str, language: str) -> str:
    """Return what the user has done since with its subject: `finished a course` is `I finished a course`."""
    line = clean(text)
    first = line.split(maxsplit=1)[0].casefold() if line else ""
    return f"I {line[0].lower()}{line[1:]}" if is_deed(first, language) else text


def strengths_of(profile: Profile) -> tuple[Filled, ...]:
    """Return the strengths that can stand behind a colon as one piece, each once, with their proof in round brackets."""
    found: dict[str, Filled] = {}
    for number, what in enumerate(profile.strengths, 1):
        proof = profile.proofs[number - 1] if number <= len(profile.proofs) else ""
        text = without_colons(lowered(phrase(_TAG.sub("", what), _MAX_STRENGTH).rstrip(".!?")))
        behind = phrase(_TAG.sub("", proof), _MAX_STRENGTH).rstrip(".!?")
        whole = f"{text} ({behind})" if text and behind else text
        fact = Fact(f"profile:strengths.{number}", what)
        for each in (whole, text):
            fits = count_sentences(f"Here: {each}.") == 1 and not placeholders(each) and not template_marks(each)
            if each and each not in found and fits:
                found[each] = Filled(fact, ("any",), {"point": each}, len(each.split()))
                break
    return tuple(found.values())
