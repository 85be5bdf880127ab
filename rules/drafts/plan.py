"""Which sentences a draft is made of: its layout, a variant for every part of it, and the facts that fill them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC

from rules.drafts.choose import Taken, freshest, rank, turn
from rules.drafts.facts import Fact, Filled, Shelf, fact_of, fill, identity, is_about, strengths_of
from rules.drafts.pieces import Case, Paragraphs, Piece, Words, body, resolve
from rules.drafts.thanks import thank_you
from rules.drafts.types import DraftKind, Unused
from rules.drafts.wording import Wording
from rules.extract.types import Person, RoleClass
from rules.intents import Place
from rules.notes.types import Heading, Topic

__all__ = ["sentences_of"]

_PER_WAIT = 3
"""Follow-ups that a wait has at most, for counting on over the waits of a process."""
_MAX_ROSTER = 40
_MOST_REFUSALS = 5
LINKEDIN_LIMIT = 300
"""Characters that a note with an invitation to connect may have (T9)."""
_EXCITING = (Topic.COMPANY, Topic.CULTURE)


def _wait_and_attempt(place: Place) -> int:
    """Return an ordinal that grows by one from follow-up to follow-up, over the waits of a process."""
    wait, _, attempt = place.key.step.partition("-")[2].partition(".")
    first = int(wait) if wait.isdecimal() and len(wait) < 6 else 1  # noqa: PLR2004 - no process has 100,000 waits
    count = int(attempt) if attempt.isdecimal() and len(attempt) < 6 else place.attempt  # noqa: PLR2004 - the same
    return (first - 1) * _PER_WAIT + count


def _fitting(
    part: str, facts: Iterable[Fact], person: Person, *, alone: bool, language: str
) -> tuple[list[Filled], tuple[Unused, ...]]:
    """Return the facts that can be said to a person, and why the others cannot."""
    made, unused = [], []
    for fact in facts:
        filled = fill(part, fact, person, alone=alone, language=language)
        if isinstance(filled, str):
            unused.append(Unused(fact.id, filled))
        else:
            made.append(filled)
    return made, tuple(unused)


def _met(case: Case) -> list[Person]:
    """Return who interviewed, each once."""
    return list({identity(person): person for entry in case.process.rounds for person in entry.interviewers}.values())


def _alone(case: Case) -> bool:
    return len(_met(case)) <= 1


def _status(case: Case, wording: Wording) -> Words:
    place = case.place
    ordinal = _wait_and_attempt(place)
    manner = "final" if place.asks else "first" if place.attempt <= 1 else "second"
    layout = manner
    if case.missed:
        layout, manner = "missed_final" if place.asks else "missed", "missed"
    seed = (case.profile.email, place.key.process)
    shelf = Shelf.of(case.process.noted, _met(case))
    wanted = [
        fact
        for fact in shelf.facts
        if (fact.topic in _EXCITING or (fact.topic is Topic.ANY and fact.heading is Heading.STOOD_OUT))
        and (not fact.about or is_about(fact, place.recipient))
    ]
    facts, unused = _fitting("fact", wanted, place.recipient, alone=_alone(case), language=wording.language)
    facts = [one for one in facts if "question" not in one.cases]
    strengths = strengths_of(case.profile)
    # A fact is told in every other follow-up, so that none repeats itself; strengths take the other turns.
    fact = turn(facts, ordinal, *seed, "fact") if facts and (not strengths or ordinal % 2 or len(facts) > 1) else None
    strength = turn(strengths, ordinal, *seed, "which") if strengths else None
    known = {part for part, there in (("promise", case.promise), ("fact", fact), ("strength", strength)) if there}
    if "fact" in known and "promise" in known and manner != "final":
        known.discard("strength")  # six sentences, and the one with the fact says why they fit as well
    filled = {"fact": fact, "strength": strength}
    paragraphs: Paragraphs = []
    for parts in resolve(wording.layouts["status"][layout], known):
        pieces: list[Piece] = []
        for part in parts:
            one = filled.get(part)
            opening = "called_off" if case.called_off else manner if case.held or case.missed else "no_interview"
            cases = {"opening": (opening,), "promise": (case.promise,), "ask": (manner,)}.get(part, ("any",))
            variants = wording.variants("status", part, one.cases if one is not None else cases)
            said = [piece.source for paragraph in [*paragraphs, pieces] for piece in paragraph]
            pieces.append(Piece(part, freshest(variants, ordinal, said, *seed, part), one))
        paragraphs.append(pieces)
    return Words(paragraphs, unused)


def _panel(case: Case, seed: str) -> list[Person]:
    recipient = case.place.recipient
    people = [person for person in case.process.roster if identity(person) != identity(recipient)] + [recipient]
    unique = {identity(person): person for person in people}
    ordered = sorted(
        unique.values(), key=lambda person: (person.role is not RoleClass.HIRING_MANAGER, rank(seed, identity(person)))
    )[:_MAX_ROSTER]
    return ordered if recipient in ordered else [*ordered, recipient]


def _gracious(case: Case, wording: Wording) -> Words:
    recipient = case.place.recipient
    seed = f"{case.profile.email}\x1f{case.place.key.process}\x1fgracious"
    taken = Taken()
    shelf = Shelf.of(case.process.noted, _met(case))
    shelf.facts = [
        fact
        for fact in shelf.facts
        if fact.topic in {Topic.ANY, Topic.PERSONAL} and fact.heading is Heading.WELL and (fact.topic is Topic.ANY or fact.about)
    ]
    alone = _alone(case)
    refusals = min(max(case.place.attempt, 1), _MOST_REFUSALS)
    panel = _panel(case, seed)
    for number, person in ((number, person) for number in range(1, refusals + 1) for person in panel):
        if identity(person) == identity(panel[0]):
            taken.next_round()  # what they read after an earlier refusal they do not read again
        fact = _memory(shelf, person, case, alone=alone, language=wording.language)
        pools: Mapping[str, Sequence[str]] = {"fact": fact.cases} if fact is not None else {}
        paragraphs = [
            [
                Piece(
                    part,
                    taken.give(
                        [wording.variants("gracious", part, [one]) for one in pools.get(part, ("any",))],
                        identity(person), seed, part,
                    ),
                    fact if part == "fact" else None,
                )
                for part in parts
            ]
            for parts in resolve(wording.layouts["gracious"]["any"], {"fact"} if fact is not None else ())
        ]  # fmt: skip
        if number == refusals and identity(person) == identity(recipient):
            return Words(paragraphs)
    raise AssertionError("the recipient is always on the panel")


def _memory(shelf: Shelf, person: Person, case: Case, *, alone: bool, language: str) -> Filled | None:
    """Return something of the talk for the last note to somebody, and take it off the shelf: what is about them first."""
    met = any(identity(person) == identity(one) for entry in case.process.rounds for one in entry.interviewers)
    offers = [fact for fact in shelf.facts if is_about(fact, person)]
    offers += [fact for fact in shelf.facts if not fact.about] if met else []
    for fact in offers:
        made = fill("fact", fact, person, alone=alone, language=language)
        if not isinstance(made, str) and "question" not in made.cases:
            shelf.take(made)
            return made
    return None


def _no_show(case: Case, wording: Wording) -> Words:
    return Words(_in_turn(case, wording, ("no_show", "any"), {}))


def _in_turn(
    case: Case, wording: Wording, layout: tuple[str, str], filled: Mapping[str, Filled], known: Iterable[str] = ()
) -> Paragraphs:
    """Return a draft of one layout (kind, manner) whose variants go round from step to step."""
    kind, manner = layout
    number = case.place.key.step.partition("-")[2].partition(".")[0]
    ordinal = int(number) if number.isdecimal() and len(number) < 6 else case.place.attempt  # noqa: PLR2004 - no process has so many
    seed = (case.profile.email, case.place.key.process, identity(case.place.recipient), kind)
    return [
        [
            Piece(
                part,
                turn(wording.variants(kind, part, filled[part].cases if part in filled else (manner,)), ordinal, *seed, part),
                filled.get(part),
            )
            for part in parts
        ]
        for parts in resolve(wording.layouts[kind][manner], {*filled, *known})
    ]


def _keep_warm(case: Case, wording: Wording) -> Words:
    """Tell what the user has noted since the last such note (O4), a link with it where there is one (O5)."""
    process, person = case.process, case.place.recipient
    manner = "rejected" if process.closed_by == "rejection" else "on_hold"
    holds = [aside.at for aside in process.asides if aside.kind == "on_hold"]
    words = [at for _, at in process.warmed] + ([process.closed_at] if process.closed_at is not None else holds[-1:])
    last = max((at.astimezone(UTC) for at in words), default=None)
    fresh = [point for point, at in process.news if last is None or at.astimezone(UTC) > last]
    filled: dict[str, Filled] = {}
    unused: tuple[Unused, ...] = ()
    for part, topic in (("since", Topic.SINCE), ("link", Topic.LINK)):
        facts = [fact_of(point) for point in reversed(fresh) if point.topic is topic]
        facts = [fact for fact in facts if not fact.about or is_about(fact, person)]
        made, left = _fitting(part, facts, person, alone=True, language=wording.language)
        made = [one for one in made if "question" not in one.cases]
        unused += left
        if made:
            filled[part] = made[0]
    return Words(_in_turn(case, wording, ("keep_warm", manner), filled, () if filled else {"new"}), unused)


def _linkedin(case: Case, wording: Wording) -> Words:
    """Word a note to somebody without an address; with a fact if it fits the few characters there are."""
    person = case.place.recipient
    shelf = Shelf.of(case.process.noted, _met(case))
    wanted = [fact for fact in shelf.facts if fact.topic is Topic.ANY and fact.heading is Heading.WELL and is_about(fact, person)]
    facts, unused = _fitting("fact", wanted, person, alone=_alone(case), language=wording.language)
    for one in [fact for fact in facts if "question" not in fact.cases]:
        paragraphs = _in_turn(case, wording, ("linkedin", "any"), {"fact": one})
        if len(body(paragraphs, wording, case.data)) <= LINKEDIN_LIMIT - 60:
            return Words(paragraphs, unused)
        unused = (*unused, Unused(one.fact.id, f"a note on LinkedIn may have {LINKEDIN_LIMIT} characters at most"))
    return Words(_in_turn(case, wording, ("linkedin", "any"), {}), unused)


def sentences_of(case: Case, wording: Wording) -> Words:
    """Return the templates of a draft, paragraph by paragraph, with the facts that fill them."""
    choose = {
        DraftKind.THANK_YOU: thank_you,
        DraftKind.STATUS: _status,
        DraftKind.GRACIOUS: _gracious,
        DraftKind.NO_SHOW: _no_show,
        DraftKind.KEEP_WARM: _keep_warm,
        DraftKind.LINKEDIN: _linkedin,
    }
    return choose[case.place.kind](case, wording)
