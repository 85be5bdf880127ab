"""The invariants of the design, as far as they live in the rules, over many made-up histories.

A history is a list of mails and words of the user on a time line of twelve weeks; a player keeps a Drafts folder as the daemon
would, and the user sends, edits or discards some of what appears there.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.classify.types import Kind
from rules.country import country_of_zone
from rules.decide import decide
from rules.drafts.types import DraftKey, DraftKind
from rules.extract.types import Facts, InterviewStatus, Outcome, Person, PromiseClass
from rules.intents import Decision, Place
from rules.policy import Policy, load_playbook
from rules.process import DraftChange, Event, Process, State, Verb, fold
from rules.process.noted import owed_by
from rules.process.schedule import cap_of
from rules.worktime import is_business_day
from tests.rules.timing import (
    BOB,
    FAST,
    NO_REPLY,
    PLAYBOOKS,
    POLICY,
    PROFILE,
    at_now,
    confirmed,
    drafted,
    mark,
    meeting,
    mine,
    noted,
    out_of_office,
    promised,
    theirs,
)

_TO_THEM = {kind for kind in DraftKind if not kind.to_self}
START = datetime(2026, 2, 23, 9, tzinfo=UTC)
WEEKS = 12
ANN_PERSON = Person("Ann Weber", "ann@corp.example", "Engineering Manager")

Make = Callable[[str, datetime, int], Event]


def _promise(kind: PromiseClass) -> Make:
    def make(name: str, at: datetime, salt: int) -> Event:
        day = at.date() + timedelta(days=1 + salt % 25)
        return theirs(name, at, facts=Facts(promise=promised(kind, at.date(), day)))

    return make


_UNSURE = (Kind.HUMAN_REPLY, Kind.REJECTION, Kind.OFFER, Kind.CANCELLATION)


def _period(name: str, at: datetime, salt: int) -> Event:
    promise = replace(promised(PromiseClass.HARD_DATE, at.date(), at.date() + timedelta(days=1 + salt % 40)), period=True)
    return theirs(name, at, facts=Facts(promise=promise))


def _round(uid: str) -> Make:
    def make(name: str, at: datetime, salt: int) -> Event:
        start = (at + timedelta(hours=20 + salt % 200)).replace(minute=0)
        people = (ANN_PERSON,) if salt % 2 else (ANN_PERSON, BOB)
        return confirmed(name, at, meeting(start, uid, people=people, sequence=salt % 3))

    return make


def _cancel(name: str, at: datetime, salt: int) -> Event:
    gone = meeting(at + timedelta(hours=30), "cal-1", sequence=salt % 4, status=InterviewStatus.CANCELLED)
    return theirs(name, at, Kind.CANCELLATION, Facts(interviews=(gone,) if salt % 2 else ()))


def _move(name: str, at: datetime, salt: int) -> Event:
    moved = meeting(at + timedelta(hours=40 + salt % 100), "cal-1", sequence=3, people=(ANN_PERSON,))
    return theirs(name, at, Kind.RESCHEDULE, Facts(interviews=(moved,) if salt % 2 else ()))


def _noted_promise(name: str, at: datetime, salt: int) -> Event:
    kind = list(PromiseClass)[salt % len(PromiseClass)]
    said = promised(kind, at.date(), at.date() + timedelta(days=1 + salt % 25))
    return noted(name, at, salt % 3, promise=said)


def _owed(number: int) -> str:
    event = noted("any", START, number, other_steps=("a sample",))
    return owed_by({number: event}, frozenset())[0].id


MAKERS: dict[str, Make] = {
    "round": _round("cal-1"),
    "another round": _round("cal-2"),
    "hard date": _promise(PromiseClass.HARD_DATE),
    "few days": _promise(PromiseClass.FEW_DAYS),
    "vague": _promise(PromiseClass.VAGUE),
    "away until": _promise(PromiseClass.AWAY_UNTIL),
    "reply": lambda name, at, _: theirs(name, at),
    "on hold": lambda name, at, _: theirs(name, at, facts=Facts(outcome=Outcome.ON_HOLD)),
    "invite": lambda name, at, _: theirs(name, at, Kind.INTERVIEW_INVITE),
    "acknowledged": lambda name, at, _: theirs(name, at, Kind.APPLICATION_ACK, sender=NO_REPLY, can_receive=False),
    "noise": lambda name, at, _: theirs(name, at, Kind.NOISE),
    "away": lambda name, at, salt: out_of_office(name, at, at.date() + timedelta(days=salt % 40)),
    "away, no date": lambda name, at, _: out_of_office(name, at),
    "bounce": lambda name, at, _: theirs(name, at, Kind.AUTO_REPLY, Facts(bounced=("bob@corp.example",)), sender=NO_REPLY),
    "delayed": lambda name, at, _: theirs(name, at, Kind.AUTO_REPLY, Facts(delayed=("ann@corp.example",)), sender=NO_REPLY),
    "may be another's": lambda name, at, salt: replace(theirs(name, at, _UNSURE[salt % len(_UNSURE)]), unsure=True),
    "end of a period": _period,
    "country": lambda _, at, salt: mark(Verb.COUNTRY, at, item=("DE", "US", "")[salt % 3]),
    "cancelled": _cancel,
    "moved": _move,
    "rejection": lambda name, at, _: theirs(name, at, Kind.REJECTION),
    "offer": lambda name, at, _: theirs(name, at, Kind.OFFER),
    "own mail": lambda name, at, salt: mine(name, at, "bob@corp.example" if salt % 2 else "ann@corp.example"),
    "asked to write": _promise(PromiseClass.CONTACT_DATE),
    "start date": lambda name, at, salt: theirs(name, at, facts=Facts(start_date=at.date() + timedelta(days=salt % 60))),
    "instructed": lambda name, at, _: theirs(name, at, facts=Facts(instructions=("No calls, please.",))),
    "noted a promise": _noted_promise,
    "noted a task": lambda name, at, salt: noted(name, at, salt % 3, other_steps=("a sample",)),
    "noted a start": lambda name, at, salt: noted(name, at, salt % 3, start_by=at.date() + timedelta(days=salt % 50)),
    "noted people": lambda name, at, salt: noted(name, at, 1 + salt % 2, people=(BOB, Person("Cem Acar"))),
    "done": lambda _, at, salt: mark(Verb.DONE, at, item=_owed(salt % 3)),
    "no-show": lambda _, at, __: mark(Verb.NO_SHOW, at),
    "pause": lambda _, at, __: mark(Verb.PAUSE, at),
    "snooze": lambda _, at, salt: mark(Verb.PAUSE, at, at + timedelta(hours=salt)),
    "resume": lambda _, at, __: mark(Verb.RESUME, at),
    "close": lambda _, at, __: mark(Verb.CLOSE, at),
    "reopen": lambda _, at, __: mark(Verb.REOPEN, at),
}
USUAL = [
    "round",
    "round",
    "round",
    "another round",
    "reply",
    "own mail",
    "resume",
    "hard date",
    "few days",
    "away",
    "away, no date",
    "noted a promise",
    "noted a task",
    "done",
]
PLAYBOOK = st.sampled_from(sorted(PLAYBOOKS))
WHOLE = st.sampled_from([load_playbook(name) for name in sorted(PLAYBOOKS)])
"""As they are shipped, with every kind of draft and every task."""


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Make a history that begins with an interview, for without one little happens."""
    names = st.sampled_from([*USUAL, *MAKERS])
    items = draw(st.lists(st.tuples(st.integers(0, WEEKS * 7 * 24), names, st.integers(0, 240)), max_size=7))
    events: list[Event] = [MAKERS["round"]("first", START, draw(st.integers(0, 240)))]
    for number, (hours, name, salt) in enumerate(items):
        events.append(MAKERS[name](f"m{number}", START + timedelta(hours=hours, minutes=number), salt))
    return events


@dataclass
class Player:
    """A Drafts folder, and a user who does something with a draft now and then."""

    rng: random.Random
    events: list[Event]
    policy: Policy = POLICY
    live: dict[DraftKey, bool] = field(default_factory=dict)
    """Key to whether the user edited it."""
    vetoed: set[DraftKey] = field(default_factory=set)
    gone_out: set[DraftKey] = field(default_factory=set)
    placed: list[tuple[Place, Process]] = field(default_factory=list)
    status_sent: list[datetime] = field(default_factory=list)

    def cycle(self, now: datetime) -> Decision:
        """Do what one pass of the daemon would do, and check what must hold after it."""
        process, decision = at_now(now, self.events, policy=self.policy)
        assert decision == decide(process, self.policy, PROFILE, now)
        for item in decision.withdraw:
            assert self.live.get(item.key) is False, "only untouched drafts of ours are withdrawn"
            del self.live[item.key]
            self.events.append(drafted(item.key, now, DraftChange.WITHDRAWN))
        for place in decision.place:
            assert place.key not in self.vetoed
            assert place.key not in self.gone_out
            if place.key not in self.live:
                self.live[place.key] = False
                self.placed.append((place, process))
                self.events.append(drafted(place.key, now, slot=place.slot.opens))
        self._check(process)
        return decision

    def _check(self, process: Process) -> None:
        untouched = [key for key, edited in self.live.items() if not edited]
        if process.state in {State.OUR_TURN, State.PAUSED, State.DORMANT, State.CLOSED}:
            kept = process.state is State.CLOSED and process.closed_by == "rejection"
            quiet = [key for key in untouched if key.kind in _TO_THEM and not (kept and key.kind is DraftKind.GRACIOUS)]
            assert quiet == []
        if process.owed or process.no_contact or process.on_hold:
            assert not any(key.kind is DraftKind.STATUS for key in untouched)
        assert sum(key.kind is DraftKind.STATUS for key in untouched) <= 1
        if process.wait is not None:
            assert len(process.wait.follow_ups) <= cap_of(process.wait, self.policy)

    def act(self, now: datetime) -> None:
        """Let the user do something with one draft, or nothing."""
        if not self.live:
            return
        key = self.rng.choice(sorted(self.live))
        what = self.rng.choice(["send", "send", "discard", "edit", "leave"])
        if what == "edit":
            self.live[key] = True
            self.events.append(drafted(key, now, DraftChange.EDITED))
        elif what == "discard":
            del self.live[key]
            self.vetoed.add(key)
            self.events.append(drafted(key, now, DraftChange.DISCARDED))
        elif what == "send":
            del self.live[key]
            self.gone_out.add(key)
            self.events.append(mine(f"sent {key}", now, key.recipient, key))
            if key.kind is DraftKind.STATUS:
                self.status_sent.append(now)


def _play(
    events: Iterable[Event],
    seed: int,
    *,
    policy: Policy = POLICY,
    look: Callable[[Player, datetime, Decision], None] | None = None,
) -> Player:
    """Play a history to its end, waking up when mail comes and when the last decision said."""
    rng = random.Random(seed)
    ahead = sorted(events, key=lambda event: event.at)
    player = Player(rng, [], policy)
    now, end = START - timedelta(hours=1), START + timedelta(weeks=WEEKS + 6)
    for _ in range(150):
        while ahead and ahead[0].at <= now:
            player.events.append(ahead.pop(0))
        decision = player.cycle(now)
        if look is not None:
            look(player, now, decision)
        check = decision.next_check
        assert check is None or check > now
        wakes = [when for when in (check, ahead[0].at if ahead else None) if when is not None]
        if rng.random() < 0.5 and player.live:
            player.act(now + timedelta(minutes=1))
            wakes.append(now + timedelta(minutes=2))
        if not wakes or min(wakes) > end:
            break
        now = min(wakes).astimezone(UTC)
    return player


@FAST
@given(histories(), st.integers(0, 10**6), PLAYBOOK)
def test_no_history_leaves_a_draft_that_must_not_stand(events: list[Event], seed: int, name: str) -> None:
    """The veto and the cap hold in any order of events, in every playbook (F2, D15, invariants 1 to 3)."""
    _play(events, seed, policy=PLAYBOOKS[name])


@FAST
@given(histories(), st.integers(0, 10**6), PLAYBOOK)
def test_f15_status_mails_keep_their_distance(events: list[Event], seed: int, name: str) -> None:
    policy = PLAYBOOKS[name]
    player = _play(events, seed, policy=policy)
    zone = PROFILE.zone
    assert zone == "America/New_York"
    for place, process in player.placed:
        sent = [when for when in process.status_sent if when < place.slot.opens]
        if place.kind is DraftKind.STATUS and sent:
            gap = place.slot.opens.date() - max(sent).astimezone(place.slot.opens.tzinfo).date()
            assert process.wait is not None
            promise = process.wait.promise
            if promise is None or promise.kind is not PromiseClass.CONTACT_DATE:  # they asked for that day themselves (H11)
                assert gap >= timedelta(days=policy.gap.between_status_days)


@FAST
@given(histories(), st.integers(0, 10**6), PLAYBOOK)
def test_f3_status_slots_are_mornings_of_business_days_and_of_the_weekdays_of_the_playbook_without_a_promised_date(
    events: list[Event], seed: int, name: str
) -> None:
    policy = PLAYBOOKS[name]
    for place, process in _play(events, seed, policy=policy).placed:
        if place.kind is not DraftKind.STATUS:
            continue
        opens, closes = place.slot.opens, place.slot.closes
        assert (opens.hour, closes.hour) == (8, 11)
        assert is_business_day(opens.date(), country_of_zone(str(opens.tzinfo)))
        assert process.wait is not None
        promise = process.wait.promise
        if promise is None or promise.kind not in {PromiseClass.HARD_DATE, PromiseClass.CONTACT_DATE}:
            assert opens.weekday() in policy.slot.weekdays
        assert place.asks is (0 < policy.status.question_from <= place.attempt)


@FAST
@given(histories(), st.integers(0, 10**6), st.randoms(use_true_random=False), WHOLE)
def test_the_fold_depends_neither_on_order_of_arrival_nor_on_duplicates(
    events: list[Event], seed: int, rng: random.Random, policy: Policy
) -> None:
    events = _play(events, seed, policy=policy).events
    now = START + timedelta(days=rng.randrange(90))
    shuffled = [*events, *rng.choices(events, k=5)]
    rng.shuffle(shuffled)
    kwargs = {"now": now, "policy": policy, "profile": PROFILE}
    assert fold("p", shuffled, **kwargs) == fold("p", events, **kwargs)  # type: ignore[arg-type] # one type a keyword


@FAST
@given(histories(), st.integers(0, 10**6), WHOLE)
def test_nothing_changes_before_the_next_check_and_something_does_at_it(events: list[Event], seed: int, policy: Policy) -> None:
    rng = random.Random(seed)

    def look(player: Player, now: datetime, _: Decision) -> None:
        decision = at_now(now, player.events, policy=policy)[1]
        check = decision.next_check or now + timedelta(days=400)
        span = (check - now).total_seconds()
        if decision.next_check is not None:
            then = at_now(decision.next_check, player.events, policy=policy)[1]
            assert replace(then, next_check=None) != replace(decision, next_check=None)
        for part in (rng.random() * 0.1, rng.random(), 1 - 1e-9):
            later = now + timedelta(seconds=span * part)
            if later < check:
                assert at_now(later, player.events, policy=policy)[1] == decision, (now, later, check)

    _play(events, seed, policy=policy, look=look)


@FAST
@given(histories(), st.integers(0, 10**6))
def test_a_clock_set_back_makes_no_second_draft(events: list[Event], seed: int) -> None:
    def look(player: Player, now: datetime, _: Decision) -> None:
        back = now - timedelta(hours=1 + player.rng.randrange(24 * 20))
        decision = player.cycle(back)
        steps = [(place.key.recipient, place.key.step) for place in decision.place]
        assert len(steps) == len(set(steps))

    player = _play(events, seed, look=look)
    keys = [place.key for place, _ in player.placed if place.key in player.gone_out]
    assert set(keys) == player.gone_out


def test_the_made_up_histories_reach_every_state_and_every_kind_of_draft() -> None:
    states: set[State] = set()
    kinds: set[DraftKind] = set()

    def look(player: Player, now: datetime, _: Decision) -> None:
        states.add(at_now(now, player.events)[0].state)
        kinds.update(key.kind for key in player.live)

    for seed in range(60):
        rng = random.Random(seed)
        events: list[Event] = [MAKERS["round"]("first", START, seed)]
        for number in range(5):
            name = rng.choice([*USUAL, *MAKERS])
            events.append(
                MAKERS[name](f"m{number}", START + timedelta(hours=rng.randrange(24 * 84), minutes=number), rng.randrange(240))
            )
        _play(events, seed, look=look)
    assert states == set(State)
    assert kinds >= _TO_THEM - {DraftKind.KEEP_WARM, DraftKind.NO_SHOW}
