"""Which sentences a draft is made of: its layout, and a variant for every part of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rules.drafts.choose import Taken, rank, turn
from rules.drafts.types import DraftKind
from rules.drafts.wording import Layout, Wording
from rules.extract.types import InterviewStatus, Person, RoleClass
from rules.intents import Place
from rules.process import Process
from rules.profile import Profile

__all__ = ["Case", "sentences_of"]

_QUESTION_FROM = 3
"""From this attempt on a status mail asks its question (F14)."""
_MAX_PANEL = 40
"""People of one round, and of a roster, for whom words are handed out."""


@dataclass(frozen=True, slots=True)
class Case:
    """What the choice of words depends on."""

    place: Place
    process: Process
    profile: Profile
    held: bool
    """An interview is known to be over."""
    promise: str
    """Case of the part `promise`; empty when there is no date to recall."""
    strengths: tuple[str, ...]
    """Cleaned, none of them empty."""


def _identity(person: Person) -> str:
    return person.address.casefold() or person.name.casefold()


def _resolve(layout: Layout, known: Iterable[str]) -> list[list[str]]:
    """Settle `a|b` and `a?` for the parts whose data are known."""
    settled = []
    for paragraph in layout:
        parts = []
        for entry in paragraph:
            first, _, second = entry.rstrip("?").partition("|")
            optional = entry.endswith("?") or bool(second)
            part = first if not optional or first in known else second
            if part:
                parts.append(part)
        settled.append(parts)
    return settled


def _in_order(people: Iterable[Person], seed: str) -> list[Person]:
    """Hiring managers first, they choose first; then by hash: not by name, or all panels would begin with the same words."""
    unique = {_identity(person): person for person in people}
    ordered = sorted(
        unique.values(), key=lambda person: (person.role is not RoleClass.HIRING_MANAGER, rank(seed, _identity(person)))
    )
    return ordered[:_MAX_PANEL]


def _with(people: Sequence[Person], recipient: Person) -> list[Person]:
    """Return the people with the recipient as the draft knows them: the role class of the draft counts."""
    return [person for person in people if _identity(person) != _identity(recipient)] + [recipient]


def _strength_of(case: Case, people: Sequence[Person], round_number: int) -> dict[str, str]:
    """Give each strength to one person of a round: to the hiring manager where there is one, whose note is to be the longest."""
    managers = [person for person in people if person.role is RoleClass.HIRING_MANAGER]
    takers = managers or [person for person in people if person.role is not RoleClass.BOSS]
    shift = round_number - 1
    count = min(len(takers), len(case.strengths))
    return {_identity(takers[n]): case.strengths[(n + shift) % len(case.strengths)] for n in range(count)}


def _thank_you(case: Case, wording: Wording) -> tuple[list[list[str]], str]:
    """Hand out words round by round, person by person, up to the one whose note it is."""
    recipient, last = case.place.recipient, case.place.attempt
    seed = f"{case.profile.email}\x1f{case.place.key.process}"
    taken = Taken()
    rounds: dict[int, tuple[Person, ...]] = {
        entry.number: entry.interviewers
        for entry in sorted(case.process.rounds, key=lambda entry: entry.number)
        if entry.number < last and entry.interview.status is not InterviewStatus.CANCELLED
    }
    rounds[last] = tuple(
        _with([person for entry in case.process.rounds if entry.number == last for person in entry.interviewers], recipient)
    )
    for number, people in rounds.items():
        taken.next_round()
        panel = _in_order(people, f"{seed}\x1f{number}")
        if number == last and recipient not in panel:
            panel.append(recipient)
        strengths = _strength_of(case, panel, number)
        for person in panel:
            strength = strengths.get(_identity(person), "")
            cases = ["late" if case.place.late else "first" if number == 1 else "later", person.role.value]
            layouts = wording.layouts["thank_you"]
            layout = layouts.get(person.role.value, layouts["unknown"])
            paragraphs = [
                [
                    taken.give(
                        [wording.variants("thank_you", part, cases), *_borrowed(wording, part)], _identity(person), seed, part
                    )
                    for part in parts
                ]
                for parts in _resolve(layout, {"strength"} if strength else ())
            ]
            if number == last and _identity(person) == _identity(recipient):
                return paragraphs, strength
    raise AssertionError("the recipient is always on the panel")


def _borrowed(wording: Wording, part: str) -> list[tuple[str, ...]]:
    """Return what a role class may use when its own words are all given away."""
    return [wording.variants("thank_you", part, ["unknown"])] if part == "concern" else []


def _wait_and_attempt(place: Place) -> int:
    """Return an ordinal that grows by one from follow-up to follow-up, over the waits of a process."""
    wait, _, attempt = place.key.step.partition("-")[2].partition(".")
    first = int(wait) if wait.isdecimal() and len(wait) < 6 else 1  # noqa: PLR2004 - no process has 100,000 waits
    count = int(attempt) if attempt.isdecimal() and len(attempt) < 6 else place.attempt  # noqa: PLR2004 - the same
    return (first - 1) * _QUESTION_FROM + count


def _status(case: Case, wording: Wording) -> tuple[list[list[str]], str]:
    place = case.place
    ordinal = _wait_and_attempt(place)
    manner = "final" if place.final or place.attempt >= _QUESTION_FROM else "first" if place.attempt <= 1 else "second"
    known = {part for part, there in (("promise", case.promise), ("strength", case.strengths)) if there}
    seed = (case.profile.email, place.key.process)
    paragraphs = []
    for parts in _resolve(wording.layouts["status"][manner], known):
        sources = []
        for part in parts:
            cases = {"opening": manner if case.held else "no_interview", "promise": case.promise}
            variants = wording.variants("status", part, [cases.get(part, "any")])
            sources.append(turn(variants, ordinal, *seed, part))
        paragraphs.append(sources)
    return paragraphs, turn(case.strengths, ordinal, *seed, "which") if case.strengths else ""


def _gracious(case: Case, wording: Wording) -> tuple[list[list[str]], str]:
    recipient = case.place.recipient
    seed = f"{case.profile.email}\x1f{case.place.key.process}\x1fgracious"
    taken = Taken()
    panel = _in_order(_with(case.process.roster, recipient), seed)
    if recipient not in panel:
        panel.append(recipient)
    for person in panel:
        paragraphs = [
            [taken.give([wording.variants("gracious", part, ["any"])], _identity(person), seed, part) for part in parts]
            for parts in _resolve(wording.layouts["gracious"]["any"], ())
        ]
        if _identity(person) == _identity(recipient):
            return paragraphs, ""
    raise AssertionError("the recipient is always on the panel")


def sentences_of(case: Case, wording: Wording) -> tuple[list[list[str]], str]:
    """Return the templates of a draft, paragraph by paragraph, and the strength it names (empty for none)."""
    choose = {DraftKind.THANK_YOU: _thank_you, DraftKind.STATUS: _status, DraftKind.GRACIOUS: _gracious}
    return choose[case.place.kind](case, wording)
