"""Thank-you notes: who of a round gets which facts and which words, so that each note is another one (T2, T3, C10 to C22)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rules.drafts.choose import Taken, rank
from rules.drafts.facts import Fact, Filled, Shelf, fill, identity, is_about, strengths_of
from rules.drafts.pieces import Case, Paragraphs, Piece, Words, body, resolve
from rules.drafts.similarity import THRESHOLD, likeness, shared_sentences
from rules.drafts.wording import Source, Wording, load_wording
from rules.extract.types import InterviewStatus, Person, RoleClass
from rules.notes.types import Answers, Heading, Topic
from rules.process.noted import talks_held, was_missed

__all__ = ["thank_you"]

_MAX_PANEL = 40
"""People of one round for whom words are handed out."""
_TRIES = 6
_LEADS = (RoleClass.HIRING_MANAGER, RoleClass.BOSS)
"""Who is told why one would thrive there (C20)."""

_CONVERSATION, _ADD = "conversation", "add"
# What a known part is worth where there is not room for all: the least goes first (X9).
_WORTH: Mapping[str, int] = {
    "conversation": 100, "add": 90, "company": 85, "culture": 85, "challenge": 80, "strength": 75, "personal": 70, "product": 60,
    "link": 65, "concern": 50, "card": 20,
}  # fmt: skip
_NO_ROOM = "there is no room for it within the sentences of this note"
_NOBODY = "it is about somebody who gets no note in this round"
_TOO_LONG = "with it this note would be longer than the hiring manager's"
_NOT_ASKED = "nobody of this round has a place for it"
_ONE_ADDED = "one sentence about what was forgotten or went badly is enough"
_WHOSE = "it is personal and does not say whom it is about: write the name before a colon"


@dataclass(slots=True)
class _Note:
    """One person's note while it is made."""

    person: Person
    facts: dict[str, Filled] = field(default_factory=dict)
    """By part."""
    extras: set[str] = field(default_factory=set)
    """Parts without a fact that are called for."""
    paragraphs: Paragraphs = field(default_factory=list)
    fixed: set[str] = field(default_factory=set)
    """Parts that have but one variant, as templates of the user's own may: choosing anew would not change them."""

    @property
    def lead(self) -> bool:
        return self.person.role is RoleClass.HIRING_MANAGER


def _in_order(people: Iterable[Person], seed: str) -> list[Person]:
    """Hiring managers first, they choose first; then by hash: not by name, or all panels would begin with the same words."""
    unique = {identity(person): person for person in people}
    ordered = sorted(
        unique.values(), key=lambda person: (person.role is not RoleClass.HIRING_MANAGER, rank(seed, identity(person)))
    )
    return ordered[:_MAX_PANEL]


def _with(people: Sequence[Person], recipient: Person) -> list[Person]:
    """Return the people with the recipient as the draft knows them: the role class of the draft counts."""
    return [person for person in people if identity(person) != identity(recipient)] + [recipient]


def _uses(fact: Fact) -> tuple[str, ...]:
    """Return the parts that a point may fill, best first."""
    if fact.heading in {Heading.BADLY, Heading.FORGOT} and fact.topic is not Topic.LINK:
        return (_ADD,)
    if fact.topic is Topic.ANY:
        return (_CONVERSATION,) if fact.heading is Heading.WELL else ("company", _CONVERSATION)
    return {
        Topic.COMPANY: ("company", _CONVERSATION),
        Topic.CULTURE: ("company", _CONVERSATION),
        Topic.CHALLENGE: ("challenge", _CONVERSATION),
        Topic.PERSONAL: ("personal",),
        Topic.LINK: ("link",),
        Topic.SINCE: (),
    }[fact.topic]


class _Round:
    """Hands out the facts of one round."""

    def __init__(self, notes: list[_Note], shelf: Shelf, answers: Answers, language: str, *, alone: bool) -> None:
        self.notes, self.shelf, self.answers, self.language, self.alone = notes, shelf, answers, language, alone
        self.leads = [note for note in notes if note.lead]

    def _give(self, note: _Note, part: str, facts: Iterable[Fact]) -> bool:
        """Give a person the first of some facts that fits; say whether one did."""
        slot = "culture" if part == "company" and note.person.role in _LEADS else part
        if slot in note.facts:
            return False
        for fact in facts:
            made = fill(part, fact, note.person, alone=self.alone, language=self.language)
            if isinstance(made, str):
                self.shelf.unused[fact.id] = made
                continue
            note.facts[slot] = made
            self.shelf.take(made)
            return True
        return False

    def _for(self, note: _Note, part: str, *, named: bool) -> list[Fact]:
        """Return the facts that may fill a part of a note: those about the person, or those about nobody; the likeliest first."""
        found = [
            fact
            for fact in self.shelf.facts
            if part in _uses(fact) and (is_about(fact, note.person) if named else not fact.about)
        ]
        if part == "company" and note.person.role in _LEADS:
            found.sort(key=lambda fact: fact.topic is not Topic.CULTURE)
        return sorted(found, key=lambda fact: _uses(fact).index(part))

    def hand_out(self) -> None:
        """Give everybody one fact of the conversation, the hiring manager the most, and the others what is left."""
        for note in self.notes:
            self._give(note, _CONVERSATION, self._for(note, _CONVERSATION, named=True))
        for lead in self.leads[:1]:
            self._give(lead, "challenge", self._any(lead, "challenge"))
            self._give(lead, "company", self._reserve(lead))
        self._share()
        for part in ("company", "challenge", _ADD, "personal", "link"):
            for lead in self.leads:
                self._give(lead, part, self._any(lead, part))
        most = min((len(lead.facts) for lead in self.leads), default=99)
        others = [note for note in self.notes if not note.lead]
        for part in (_ADD, "personal", "company", "link"):
            for note in others:
                if len(note.facts) + 1 < most:
                    self._give(note, part, self._any(note, part))

    def _share(self) -> None:
        """Give everybody who has nothing of the conversation yet a point of it, as long as there are any."""
        waiting = [note for note in self.notes if _CONVERSATION not in note.facts]
        for note in waiting:
            first = [fact for fact in self._for(note, _CONVERSATION, named=False) if _uses(fact)[0] == _CONVERSATION]
            self._give(note, _CONVERSATION, first)
        for note in waiting:
            # Something that stood out serves where nothing of the talk is left; it makes a better first sentence of its own.
            if _CONVERSATION not in note.facts and not self._give(note, "company", self._any(note, "company")):
                self._give(note, _CONVERSATION, self._for(note, _CONVERSATION, named=False))

    def _reserve(self, lead: _Note) -> list[Fact]:
        """Return what the hiring manager is told of the company, unless just one point each is there to go round."""
        free = [fact for fact in self.shelf.facts if not fact.about and set(_uses(fact)) & {_CONVERSATION, "company"}]
        waiting = sum(_CONVERSATION not in note.facts for note in self.notes)
        return self._any(lead, "company") if len(free) != waiting else []

    def _any(self, note: _Note, part: str) -> list[Fact]:
        found = self._for(note, part, named=True) + self._for(note, part, named=False)
        if part == "personal" and not self.alone:
            found = [fact for fact in found if fact.about]
        return [] if part == _ADD and self._added() else found

    def _added(self) -> bool:
        return any(_ADD in note.facts for note in self.notes)

    def tell_the_rest(self) -> None:
        """Say of every point that was not used why it was not."""
        for fact in self.shelf.facts:
            if fact.id in self.shelf.unused:
                continue
            uses = _uses(fact)
            if fact.about and not any(is_about(fact, note.person) for note in self.notes):
                reason = _NOBODY
            elif _ADD in uses and self._added():
                reason = _ONE_ADDED
            elif "personal" in uses and not fact.about and not self.alone:
                reason = _WHOSE
            elif not uses:
                reason = "it is news for later, and this note is about the interview"
            else:
                reason = _NO_ROOM if any(note.facts for note in self.notes) else _NOT_ASKED
            self.shelf.unused[fact.id] = reason


def _strengths(notes: Sequence[_Note], strengths: Sequence[Filled], shift: int) -> None:
    """Give each strength to one person of a round: to the hiring manager where there is one, whose note is to be the longest."""
    managers = [note for note in notes if note.lead]
    takers = managers or [note for note in notes if note.person.role is not RoleClass.BOSS]
    for number in range(min(len(takers), len(strengths))):
        takers[number].facts["strength"] = strengths[(number + shift) % len(strengths)]


def _extras(case: Case, note: _Note, number: int, answers: Answers, *, noted: bool) -> None:
    """Note the parts without a fact that a note calls for."""
    if note.lead:
        if not noted:
            note.extras.add("challenge")
        if answers.encouraged or talks_held(case.process, number) >= case.rules.work_sample_from_round:
            note.extras.add("product")
    else:
        note.extras.add("concern")
    if f"handwritten-{number}.{note.person.address}" in case.tasks:
        note.extras.add("card")


def _chosen(note: _Note, limit: int, wording: Wording) -> set[str]:
    """Return the optional parts that find room within `limit` sentences, the worthiest first."""
    # One sentence on why they fit is called for (C16); where there is a fact for it, that one (C15).
    fits = "strength" in note.facts
    worth = {**_WORTH, "strength": 96 if fits else 0, "concern": 95 if not fits or note.person.role is RoleClass.BOSS else 10}
    known: set[str] = set()
    for part in sorted(set(note.facts) | note.extras, key=lambda part: (-worth.get(part, 40), part)):
        if sum(map(len, _parts(note, known | {part}, wording))) <= limit:
            known.add(part)
    return known


def _parts(note: _Note, known: set[str], wording: Wording) -> list[list[str]]:
    """Return the parts of a note, paragraph by paragraph, when these are known."""
    layouts = wording.layouts["thank_you"]
    parts = resolve(layouts.get(note.person.role.value, layouts["unknown"]), known)
    if _CONVERSATION not in note.facts and not note.lead and {"company", "culture"} & known & set(note.facts):
        # What stood out takes the place of what was said: nothing is left to fill in.
        parts = [[part for part in paragraph if part != _CONVERSATION] for paragraph in parts]
    return parts


def _pools(wording: Wording, note: _Note, part: str, first: Sequence[str]) -> list[tuple[Source, ...]]:
    """Return the variants that suit a part of a note, the best ones first."""
    filled = note.facts.get(part)
    if filled is not None:
        return [pool for case in filled.cases if (pool := wording.variants("thank_you", part, [case]))]
    role = note.person.role.value
    if part == "product":
        return [wording.variants("thank_you", part, [first[1]])]
    if part in {_CONVERSATION, "culture", "challenge"}:
        return [wording.variants("thank_you", part, ["place"])]
    pools = [wording.variants("thank_you", part, [first[0], role])]
    # A role class that runs out of words borrows those that suit everybody.
    return [*pools, wording.variants("thank_you", part, ["unknown"])] if part == "concern" else pools


def thank_you(case: Case, wording: Wording) -> Words:
    """Hand out facts and words round by round, person by person, up to the one whose note it is."""
    recipient, last = case.place.recipient, case.place.attempt
    seed = f"{case.profile.email}\x1f{case.place.key.process}"
    taken = Taken()
    rounds: dict[int, tuple[Person, ...]] = {
        entry.number: entry.interviewers
        for entry in sorted(case.process.rounds, key=lambda entry: entry.number)
        if entry.number < last
        and entry.interview.status is not InterviewStatus.CANCELLED
        and not was_missed(case.process, entry.interview)
    }
    rounds[last] = tuple(
        _with([person for entry in case.process.rounds if entry.number == last for person in entry.interviewers], recipient)
    )
    before: list[_Note] = []
    strengths = strengths_of(case.profile)
    for number, people in rounds.items():
        taken.next_round()
        # What is handed to somebody who can get no mail would stand in no note: they have words for LinkedIn.
        reached = [person for person in people if person.address or identity(person) == identity(recipient)]
        panel = _in_order(reached, f"{seed}\x1f{number}")
        if number == last and identity(recipient) not in map(identity, panel):
            panel.append(recipient)
        notes, shelf = _round(case, wording, panel, people, number, strengths)
        # What went out may be older than today's words; what was handed out for it then stays as it is.
        sent = case.sent if number == last else ()
        _Writer(case, wording, taken, shelf, seed, number).write(notes, before, sent)
        if number == last:
            mine = next(note for note in notes if identity(note.person) == identity(recipient))
            return Words(mine.paragraphs, shelf.told())
        before += notes
    raise AssertionError("the recipient is always on the panel")


def _round(  # noqa: PLR0917 - what a round is made of
    case: Case, wording: Wording, panel: Sequence[Person], met: Sequence[Person], number: int, strengths: Sequence[Filled]
) -> tuple[list[_Note], Shelf]:
    """Give the people of a round their facts, as many as there is room for; `met` are all who were there."""
    noted = [one for one in case.process.noted if one.round == number]
    answers = noted[-1].answers if noted else Answers()
    shelf = Shelf.of(noted, met)
    there = bool(shelf.facts)
    notes = [_Note(person) for person in panel]
    _strengths(notes, strengths, number - 1)
    hand = _Round(notes, shelf, answers, wording.language, alone=len(met) <= 1)
    hand.hand_out()
    hand.tell_the_rest()
    for note in notes:
        _extras(case, note, number, answers, noted=there)
        limit = case.rules.hm_sentences if note.lead else min(case.rules.sentences, case.rules.hm_sentences)
        chosen = _chosen(note, limit, wording)
        _put_back(note, chosen, shelf)
        note.extras &= chosen
    most = min((len(note.facts) for note in notes if note.lead), default=99)
    for note in notes:
        while not note.lead and len(note.facts) > max(1, most - 1):
            part = min(note.facts, key=lambda part: _WORTH.get(part, 0))
            shelf.unused[note.facts.pop(part).fact.id] = _TOO_LONG
    return notes, shelf


def _put_back(note: _Note, kept: set[str], shelf: Shelf) -> None:
    """Take the facts away for which there is no room, and tell it."""
    always = {_CONVERSATION, "culture"} if note.lead else {_CONVERSATION}
    for part in set(note.facts) - kept - always:
        fact = note.facts.pop(part).fact
        if not fact.id.startswith("profile:"):
            shelf.unused[fact.id] = _NO_ROOM


@dataclass(slots=True)
class _Writer:
    """Chooses the words of a round."""

    case: Case
    wording: Wording
    taken: Taken
    shelf: Shelf
    seed: str
    number: int

    def write(self, notes: list[_Note], before: Sequence[_Note], sent: Sequence[str]) -> None:
        """Choose words for everybody; no note is like another one, and the hiring manager's is the longest (C19, T2, T3)."""
        for note in notes:
            self._words(note)
        if not sent and not any(note.facts for note in notes) and self.wording is load_wording(self.wording.language):
            return  # our own words alone are as different as they must be: the tests of the templates prove it
        others = [*sent, *map(self._text, before)]
        longest = 0
        for note in notes:
            text = self._differing(note, others, longest)
            others.append(text)
            if note.lead:
                longest = min(longest or len(text.split()), len(text.split()))

    def _differing(self, note: _Note, others: Sequence[str], longest: int) -> str:
        """Return the text of a note, its words chosen anew while it is like another one, or not shorter than the longest."""
        text = self._text(note)
        for _ in range(_TRIES):
            while not note.lead and longest and len(text.split()) >= longest and self._shorten(note):
                self._words(note)
                text = self._text(note)
            free = self._text(note, but=note.fixed)
            if not any(likeness(text, other) >= THRESHOLD or shared_sentences(free, other) for other in others):
                break
            self._words(note)
            text = self._text(note)
        return text

    def _text(self, note: _Note, but: Collection[str] = ()) -> str:
        """Return the text of a note, some parts left out."""
        paragraphs = [[piece for piece in paragraph if piece.part not in but] for paragraph in note.paragraphs]
        return body(paragraphs, self.wording, self.case.data)

    def _shorten(self, note: _Note) -> bool:
        """Take the least important optional part away, at last the longest fact; return False when nothing is left to take."""
        there = set(note.facts) | note.extras
        spare = [
            part for part in ("card", "link", "personal", "company", "culture", "strength", _ADD, _CONVERSATION) if part in there
        ]
        if "concern" not in note.extras and "strength" in spare:
            spare.remove("strength")  # nothing else would say why they fit (C16)
        if not spare:
            return False
        gone = note.facts.pop(spare[0], None)
        note.extras.discard(spare[0])
        if gone is not None:
            self.shelf.unused[gone.fact.id] = _TOO_LONG
        return True

    def _words(self, note: _Note) -> None:
        first = "late" if self.case.place.late else "first" if talks_held(self.case.process, self.number) <= 1 else "later"
        encouraged = any(one.answers.encouraged for one in self.case.process.noted if one.round == self.number)
        cases = (first, "encouraged" if encouraged else "later")
        parts = _parts(note, set(note.facts) | note.extras, self.wording)
        note.fixed = {
            part for paragraph in parts for part in paragraph if sum(map(len, _pools(self.wording, note, part, cases))) <= 1
        }
        note.paragraphs = [
            [
                Piece(
                    part,
                    self.taken.give(_pools(self.wording, note, part, cases), identity(note.person), self.seed, part),
                    note.facts.get(part),
                )
                for part in paragraph
            ]
            for paragraph in parts
        ]
