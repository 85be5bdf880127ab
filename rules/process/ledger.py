"""The ledger of one process while its events are folded: what is known so far, and what time alone brings about."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from rules.drafts.types import DraftKey
from rules.extract.types import Person, Promise
from rules.mail import Address
from rules.notes.types import Point
from rules.policy import Policy
from rules.process.interviews import Meeting, Statement, is_cancelled, meetings_of, rounds_of
from rules.process.noted import owed_by, usable_promise, with_people, with_rounds
from rules.process.people import status_recipient
from rules.process.schedule import country_of, runs_out_at, used_up, user_zone
from rules.process.table import IllegalTransition, Signal, step
from rules.process.threads import Conversations
from rules.process.types import Aside, DraftView, FollowUp, Noted, Owed, Process, Round, State, Wait
from rules.profile import Profile
from rules.reasons import time_words
from rules.worktime import last_business_day, local_day

__all__ = ["Ledger"]

_OVERLAYS = (State.PAUSED, State.CLOSED)
_WAITING = (State.THEIR_TURN, State.DRAFTED)
_ON_TOP = frozenset({Signal.PAUSE, Signal.PAUSE_OVER, Signal.CLOSE, Signal.REOPEN, Signal.REVIVED})
"""Signals that change the overlay alone, never what goes on underneath."""
_INNER = {Signal.REJECTED: Signal.REPLIED, Signal.OFFERED: Signal.REPLIED}
"""A closing mail is a mail of theirs all the same: reopened, the process waits for the user."""
_MOST_NOTES = 100
_DAWN = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(slots=True)
class Ledger:
    """All that the fold knows after the events so far. `clock` is the time of the last event or of the last thing time did."""

    id: str
    policy: Policy
    profile: Profile
    clock: datetime = _DAWN
    state: State = State.THEIR_TURN
    under: State = State.THEIR_TURN
    """What goes on underneath an overlay; else the same as `state`."""
    wait: Wait | None = None
    waits: int = 0
    promises: list[tuple[datetime, Promise, tuple[str, ...]]] = field(default_factory=list)
    """What they promised, when, and by which mail or note; oldest first."""
    statements: dict[str, Statement] = field(default_factory=dict)
    ended: dict[str, datetime] = field(default_factory=dict)
    """When each interview that is over ended, by UID."""
    conversations: Conversations = field(default_factory=Conversations)
    roster: tuple[Person, ...] = ()
    correspondents: dict[str, tuple[Address, datetime]] = field(default_factory=dict)
    drafts: dict[DraftKey, DraftView] = field(default_factory=dict)
    own_drafts: dict[DraftKey, DraftView] = field(default_factory=dict)
    """Those addressed to the user."""
    spent: set[DraftKey] = field(default_factory=set)
    sent: set[DraftKey] = field(default_factory=set)
    wrote_to: list[tuple[str, datetime]] = field(default_factory=list)
    thanked: list[tuple[str, datetime]] = field(default_factory=list)
    declined: list[tuple[str, datetime]] = field(default_factory=list)
    status_sent: list[datetime] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)
    unreachable: set[str] = field(default_factory=set)
    asides: list[Aside] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    noted: dict[int, Noted] = field(default_factory=dict)
    """The last word of the user's on each round, known from the start: it speaks of what was said in the interview."""
    done: set[str] = field(default_factory=set)
    missed: dict[str, datetime] = field(default_factory=dict)
    """UIDs of the interviews to which they did not come, with the time at which the user said so."""
    company: str = ""
    role: str = ""
    company_from: str = ""
    role_from: str = ""
    not_before: datetime | None = None
    away_shifts: int = 0
    paused_until: datetime | None = None
    resumed_at: datetime | None = None
    closed_by: str = ""
    closed_at: datetime | None = None
    closing: tuple[str, ...] = ()
    rejected_by: Person | None = None
    rejections: list[datetime] = field(default_factory=list)
    last_in: datetime | None = None
    last_out: datetime | None = None
    zone: str = ""
    zone_offset: int | None = None
    country: str = ""
    """Set by hand (D20)."""
    no_contact: bool = False
    on_hold: bool = False
    start_by: date | None = None
    start_by_evidence: tuple[str, ...] = ()
    instructions: list[Aside] = field(default_factory=list)
    no_calls: bool = False
    answered: list[tuple[datetime, datetime]] = field(default_factory=list)
    warmed: list[tuple[DraftKey, datetime]] = field(default_factory=list)
    news: tuple[tuple[Point, datetime], ...] = ()
    _meetings: tuple[Meeting, ...] | None = None

    @property
    def own(self) -> frozenset[str]:
        """Return all addresses of the user's own."""
        return self.profile.addresses | {self.profile.email.lower()}

    @property
    def waiting(self) -> bool:
        """Return True if it is their turn, shown or underneath."""
        return self.under in _WAITING

    def meetings(self) -> tuple[Meeting, ...]:
        """Return the interviews as stated so far, by start."""
        if self._meetings is None:
            self._meetings = meetings_of(self.statements)
        return self._meetings

    def state_that(self, uid: str, statement: Statement) -> None:
        """Write down the word that holds on an interview."""
        self.statements[uid] = statement
        self._meetings = None

    def ahead(self, when: datetime) -> tuple[Meeting, ...]:
        """Return the interviews that are not over at `when`."""
        instant = when.astimezone(UTC)
        return tuple(
            item for item in self.meetings() if not is_cancelled(item.interview) and item.interview.end.astimezone(UTC) > instant
        )

    def note(self, text: str) -> None:
        """Write down what could not be used, for `why`."""
        if len(self.notes) < _MOST_NOTES:
            self.notes.append(f"{time_words(self.clock.astimezone(user_zone(self.profile)))}: {text}")

    def go(self, signal: Signal, what: str) -> bool:
        """Take a step of the table; one that is not in it changes nothing and becomes a note about `what`."""
        inner = _INNER.get(signal, signal)
        on_top = inner in _ON_TOP or (inner is Signal.RESUME and self.state is State.PAUSED)
        try:
            target = step(self.state, signal, self.under)
            under = self.under if on_top else step(self.under, inner)
        except IllegalTransition as error:
            self.note(f"{what} changed nothing: {error}")
            return False
        self.under = under
        self.state = target if target in _OVERLAYS else under
        if under in {State.SCHEDULED, State.OUR_TURN}:
            self.wait = None
        return True

    def begin_wait(self, since: datetime, promise: Promise | None, cause: str, evidence: tuple[str, ...]) -> None:
        """Begin a new stretch of waiting for them."""
        self.waits += 1
        self.away_shifts = 0
        self.wait = Wait(self.waits, since, promise, (), cause, evidence)

    def begin_wait_after(self, since: datetime, cause: str, evidence: tuple[str, ...]) -> None:
        """Begin a new stretch with the latest promise whose date is still ahead: it holds whatever happened in between."""
        day = local_day(since, user_zone(self.profile))
        held = (item for item in reversed(self.promises) if item[1].date is not None and item[1].date > day)
        _, promise, source = next(held, (None, None, ()))
        self.begin_wait(since, promise, cause, tuple(dict.fromkeys((*evidence, *source))))

    def promise_of(self, when: datetime, promise: Promise, evidence: tuple[str, ...]) -> None:
        """Write down what they promised, in the order in which it was said."""
        self.promises.append((when, promise, evidence))
        self.promises.sort(key=lambda item: item[0].astimezone(UTC))

    def owed(self) -> tuple[Owed, ...]:
        """Return what the user has still to do for them (B2)."""
        return owed_by(self.noted, frozenset(self.done))

    def rounds(self) -> tuple[Round, ...]:
        """Return the interviews, numbered, each with those who get a note, as far as mail and the user's notes name them."""
        rounds = rounds_of(self.meetings(), self.roster, self.own, self.ended)
        return with_rounds(rounds, self.noted, self.roster, self.own)

    def known_people(self) -> tuple[Person, ...]:
        """Return the roster with those whom the user's notes name."""
        people = self.roster
        for number in sorted(self.noted):
            named = self.noted[number].notes.answers.people
            people = with_people(people, (person for person in named if person.address not in self.own))
        return people

    def settle(self) -> None:
        """Bring the state in step with the interviews ahead and the drafts that stand."""
        ahead = self.ahead(self.clock)
        if ahead and self.under in {*_WAITING, State.DORMANT}:
            self.go(Signal.AHEAD, "an interview ahead")
        elif self.under is State.SCHEDULED and not ahead and not self._over(self.clock):
            self.go(Signal.CALLED_OFF, "the interview called off")
            self.begin_wait(self.clock, None, "the interview was called off", ())
        if self.under is State.THEIR_TURN and self.drafts:
            self.go(Signal.PLACED, "a draft")
        elif self.under is State.DRAFTED and not self.drafts:
            self.go(Signal.CLEARED, "the last draft gone")

    def _over(self, when: datetime) -> list[Meeting]:
        """Return the interviews that are over at `when` and were not yet taken as such."""
        instant = when.astimezone(UTC)
        return [
            item
            for item in self.meetings()
            if not is_cancelled(item.interview)
            and (end := item.interview.end.astimezone(UTC)) <= instant
            and not any(end <= self.ended[uid] for uid in item.uids if uid in self.ended)
        ]

    def advance(self, when: datetime) -> None:
        """Let time pass until `when`: interviews end, a snooze is over, the last follow-up stays unanswered."""
        while True:
            due = [(item.interview.end.astimezone(UTC), 0, item) for item in self._over(when)[:1]]
            pauses, runs = self.paused_until, None
            if self.wait is not None and self.waiting:
                runs = runs_out_at(self.wait, self.policy, self.profile)
            times = [(end, rank) for end, rank, _ in due]
            if pauses is not None and self.state is State.PAUSED:
                times.append((pauses.astimezone(UTC), 1))
            if runs is not None:
                times.append((runs.astimezone(UTC), 2))
            times = [item for item in times if item[0] <= when.astimezone(UTC)]
            if not times:
                break
            instant, rank = min(times)
            if rank == 0:
                self._end(due[0][2])
            elif rank == 1:
                self.clock = max(self.clock, instant)
                self.go(Signal.PAUSE_OVER, "the end of the pause")
                self.resumed_at, self.paused_until = instant, None
            else:
                self.clock = max(self.clock, instant)
                self.go(Signal.RAN_OUT, "the silence after the last follow-up")
            self.settle()
        self.clock = max(self.clock, when.astimezone(UTC))

    def _end(self, meeting: Meeting) -> None:
        """Take an interview as over. One that is learnt of only afterwards does not undo what happened since."""
        end = meeting.interview.end
        instant = end.astimezone(UTC)
        known = any(uid in self.ended for uid in meeting.uids)
        past = instant < self.clock
        self.ended |= dict.fromkeys(meeting.uids, instant)
        self.clock = max(self.clock, instant)
        later = self.wait is not None and self.wait.since.astimezone(UTC) >= instant
        if past and (known or later or self.under in {State.OUR_TURN, State.DORMANT}):
            return
        said, note = self._said_in(meeting)
        if said is not None:
            self.promise_of(end, said, (note,))
        if not self.go(Signal.ENDED, "the end of an interview"):
            return
        evidence = meeting.statement.evidence
        if said is not None:
            self.begin_wait(end, said, "the interview ended", (*evidence, note))
        else:
            self.begin_wait_after(end, "the interview ended", evidence)

    def _said_in(self, meeting: Meeting) -> tuple[Promise | None, str]:
        """Return what they promised in an interview by the user's notes of it (B4, B5, D11), and the id of the note."""
        if not self.noted:
            return None, ""
        rounds = rounds_of(self.meetings(), (), self.own, self.ended)
        number = next((item.number for item in rounds if item.interview.uid in meeting.uids), 0)
        if number not in self.noted:
            return None, ""
        note = self.noted[number]
        day = local_day(meeting.interview.end, user_zone(self.profile))
        return self.usable(note.notes.answers.promise, day), note.id

    def usable(self, promise: Promise | None, day: date) -> Promise | None:
        """Return a promise that was made on `day` if it can be used, the end of a period as its last business day there (D12)."""
        promise = usable_promise(promise, day)
        if promise is None or promise.date is None or not promise.period:
            return promise
        process = self.process()
        recipient = status_recipient(process)
        last = last_business_day(promise.date, country_of(process, self.profile, recipient.address if recipient else ""))
        return replace(promise, date=last) if last >= promise.made_on else promise

    def process(self) -> Process:
        """Return the process as it stands."""
        covered = self.state in _OVERLAYS
        running = self.waiting or self.under is State.DORMANT
        return Process(
            id=self.id,
            state=self.state,
            company=self.company,
            role=self.role,
            company_from=self.company_from,
            role_from=self.role_from,
            rounds=self.rounds(),
            roster=self.known_people(),
            wait=self.wait if running and self.state is not State.CLOSED else None,
            not_before=self.not_before,
            away_shifts=self.away_shifts,
            paused_until=self.paused_until,
            closed_by=self.closed_by,
            closed_at=self.closed_at,
            drafts=tuple(sorted((*self.drafts.values(), *self.own_drafts.values()), key=lambda view: view.key)),
            spent=frozenset(self.spent),
            wrote_to=tuple(self.wrote_to),
            threads=self.conversations.threads(),
            correspondents=tuple(sorted(self.correspondents.values(), key=lambda item: item[1].astimezone(UTC))),
            dead=frozenset(self.dead),
            last_in=self.last_in,
            last_out=self.last_out,
            zone=self.zone,
            zone_offset=self.zone_offset,
            country=self.country,
            no_contact=self.no_contact,
            on_hold=self.on_hold,
            under=self.under if covered else None,
            resumed_at=self.resumed_at,
            status_sent=tuple(self.status_sent),
            thanked=tuple(self.thanked),
            declined=tuple(self.declined),
            unreachable=frozenset(self.unreachable),
            rejected_by=self.rejected_by,
            rejections=tuple(self.rejections),
            closing=self.closing,
            asides=tuple(self.asides),
            noted=tuple(self.noted[number].notes for number in sorted(self.noted)),
            done=frozenset(self.done),
            missed=tuple(sorted(self.missed.items())),
            owed=self.owed(),
            start_by=self.start_by,
            start_by_evidence=self.start_by_evidence,
            instructions=tuple(self.instructions),
            no_calls=self.no_calls,
            answered=tuple(self.answered),
            news=self.news,
            warmed=tuple(sorted(self.warmed, key=lambda item: (item[1].astimezone(UTC), item[0]))),
            notes=tuple(self.notes),
        )

    def close(self, by: str, at: datetime, evidence: tuple[str, ...]) -> None:
        """Write down who closed the process, and when."""
        self.closed_by, self.closed_at, self.closing = by, at, evidence
        if by == "rejection":
            self.rejections.append(at)
        self.paused_until = None

    def open_again(self, at: datetime) -> None:
        """Forget the closing."""
        self.closed_by, self.closed_at, self.closing, self.rejected_by = "", None, (), None
        self.resumed_at = at

    def count(self, follow_up_key: DraftKey | None, at: datetime, slot: datetime | None, *, vetoed: bool) -> None:
        """Add a follow-up, sent or vetoed, to the wait that runs; never more than it may have (D15)."""
        if self.wait is None or used_up(self.wait, self.policy, self.profile):
            return
        zone = user_zone(self.profile)
        on = local_day(slot if slot is not None else at, zone)
        done = FollowUp(follow_up_key, on, at, vetoed)
        self.wait = replace(self.wait, follow_ups=(*self.wait.follow_ups, done))
