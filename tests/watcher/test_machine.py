"""Mail, the user, faults, restarts and the clock in every order that Hypothesis thinks of, over a real Maildir, cycle and store.

After each step the invariants of the design hold. `HEARBACK_SOAK=N` plays N times as many stories, at random (`make soak`).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from rules.drafts.types import DraftKind
from rules.extract import PromiseClass
from rules.process import State, Verb
from rules.process.schedule import cap_of
from rules.worktime import is_business_day
from tests.letters import invitation, letter, out_of_office
from tests.watcher.desk import NO_FORMS
from tests.watcher.machine import COMPANIES, Company, Faults, Office
from watcher.history import Assessment
from watcher.outbox.ledger import sha256
from watcher.store import Store
from watcher.store.accounts import save_cursor
from watcher.store.drafts import LIVE, Op, OutboxRow, RowState
from watcher.store.journal import add_mark, load_log

BERLIN = ZoneInfo("Europe/Berlin")
STARTS = [
    datetime(2026, 9, 3, 10, tzinfo=BERLIN),
    datetime(2026, 10, 14, 10, tzinfo=BERLIN),
    datetime(2027, 3, 17, 10, tzinfo=BERLIN),
]
"""An autumn, and eleven days before either change of the clocks."""
QUIET = frozenset({State.OUR_TURN, State.PAUSED, State.DORMANT, State.CLOSED})
SHM = Path("/dev/shm")
SOAK = int(os.environ.get("HEARBACK_SOAK", "0"))
WHO = st.integers(0, len(COMPANIES) - 1)
PERSON = st.integers(0, 1)
PICK = st.integers(0, 5)
VERBS = ["changes", "read", "put_draft", "put_draft", "find_draft", "withdraw_draft", "list_drafts"]

REPLIES = {
    "a question": "Hi Sam,\n\nthank you for your patience. Could you send us two references?\n\nBest wishes\n",
    "a promise": "Hi Sam,\n\nthank you for the conversation. We will decide within the next two weeks and then write to you.\n",
}
REFUSAL = (
    "Dear Sam,\n\nthank you for your time. Unfortunately, we have decided to go on with another candidate.\n\nKind regards\n"
)


class Machine(RuleBasedStateMachine):
    """One mailbox and everything that can happen to it."""

    template: Path
    playbook: str

    def __init__(self) -> None:
        """Make an empty office."""
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="hearback-machine-", dir=SHM if SHM.is_dir() else None))
        self.office = Office(self.folder, self.template, STARTS[0], self.playbook)
        self.came_through = False
        """The last thing that happened was a pass that came through."""
        self.assessed: list[Assessment] | None = None
        """Where every process stands since then, when that was asked."""
        self.deleted: set[str] = set()
        """Keys of drafts that the user deleted at one time or another."""
        self.never_again: set[str] = set()
        """Keys of drafts that the user deleted or sent."""
        self.sent: dict[str, bool] = {}
        """Key of a draft the user sent, and whether it must be recognised as sent."""
        self.went_back = False

    def teardown(self) -> None:
        """Finish what is open, and see that one more pass changes nothing."""
        for _ in range(2):
            self.passes()
        before = self.picture()
        self.passes()
        assert before == self.picture()
        self.office.close()
        shutil.rmtree(self.folder)

    # --- helpers ------------------------------------------------------------------------------------------------------

    def passes(self, faults: Faults | None = None) -> None:
        """Make a pass, in which `faults` happen."""
        self.assessed = None
        self.came_through = self.office.tries(faults or Faults()) is not None

    def happens(self) -> Office:
        """Say that something happens between two passes."""
        self.came_through = False
        return self.office

    def picture(self) -> Any:
        """Return what stands in Drafts and in the outbox, and what was told."""
        with self.office.store.read() as connection:
            told = load_log(connection, "main")
        return [(path.name, path.read_bytes()) for path in self.office.draft_files()], self.office.rows(), told

    def found(self) -> list[Assessment]:
        """Return where every process stands."""
        return self.office.processes(self.office.now)

    def standing(self) -> list[Assessment]:
        """Return the same after a pass, behind which nothing happened yet: asked once for all that must hold."""
        assert self.came_through
        if self.assessed is None:
            self.assessed = self.found()
        return self.assessed

    def at_rest(self) -> list[tuple[Path, OutboxRow]]:
        """Return the drafts of ours that stand as we wrote them and about which nothing is planned."""
        rows = {row.draft.message_id: row for row in self.office.rows() if row.state is RowState.PLACED and row.op is Op.NONE}
        return [(path, rows[name]) for path, name in self.office.ours() if name in rows]

    def draft(self, pick: int) -> tuple[Path, OutboxRow] | None:
        """Choose a draft of ours."""
        found = self.at_rest()
        return found[pick % len(found)] if found else None

    def writes(self, who: int, person: int, subject: str, text: str, *, threaded: bool = True) -> None:
        """Let somebody of a company write."""
        office, company = self.happens(), self.office.companies[who]
        name = office.name(company.domain)
        parents = company.thread[-1:] if threaded else []
        sender = company.person(person)
        office.arrives(letter(subject, text, office.now, message_id=name, sender=sender, parents=parents))
        company.thread.append(name)

    def invites(self, company: Company, start: datetime, method: str = "REQUEST") -> None:
        """Let a company send the calendar part of its interview."""
        office = self.happens()
        name = office.name(company.domain)
        raw = invitation(
            office.now,
            start,
            message_id=name,
            uid=f"interview@{company.domain}",
            method=method,
            sequence=company.sequence,
            summary=f"Interview: {company.role} at {company.name}",
            attendees=company.people,
            organizer=company.people[0],
        )
        office.arrives(raw.replace(b"rita@acme.test>", f"{company.people[0][1]}>".encode(), 1))
        company.sequence += 1
        company.thread.append(name)

    def alarmed(self) -> bool:
        """Say whether a mailbox listed anew showed none of our drafts."""
        with self.office.store.read() as connection:
            return any(row.action == "notice:mailbox_reset" for row in load_log(connection, "main"))

    # --- what happens -------------------------------------------------------------------------------------------------

    @initialize(start=st.sampled_from(STARTS), days=st.integers(1, 6), further=st.sampled_from([0, 0, 1, 15, 30]))
    def an_interview_is_fixed(self, start: datetime, days: int, further: int) -> None:
        """Begin where something is about to happen; `further` days after the interview."""
        office = self.office
        office.now = start
        at = (start + timedelta(days=days)).replace(hour=14)
        self.invites(office.companies[0], at)
        self.passes()
        office.now = at + timedelta(hours=1, days=further)
        self.passes()

    @rule(who=WHO, hours=st.integers(2, 200))
    def they_fix_or_move_an_interview(self, who: int, hours: int) -> None:
        start = (self.office.now + timedelta(hours=hours)).replace(minute=0)
        self.invites(self.office.companies[who], start)

    @rule(who=WHO)
    def they_call_it_off(self, who: int) -> None:
        if self.office.companies[who].sequence:
            self.invites(self.office.companies[who], self.office.now + timedelta(hours=20), "CANCEL")

    @rule(who=WHO, person=PERSON, what=st.sampled_from(sorted(REPLIES)), threaded=st.booleans())
    def a_human_replies(self, who: int, person: int, what: str, threaded: bool) -> None:
        self.writes(who, person, "Re: Interview confirmation" if threaded else "About us", REPLIES[what], threaded=threaded)

    @rule(who=WHO, person=PERSON)
    def they_say_no(self, who: int, person: int) -> None:
        self.writes(who, person, "Your application", REFUSAL)

    @rule(who=WHO, person=PERSON, days=st.one_of(st.none(), st.integers(1, 40)))
    def somebody_is_away(self, who: int, person: int, days: int | None) -> None:
        office, company = self.happens(), self.office.companies[who]
        until = "" if days is None else f"{office.now + timedelta(days=days):%d %B %Y}"
        office.arrives(out_of_office(office.now, parents=company.thread[-1:], until=until, sender=company.person(person)))

    @rule(domain=st.sampled_from(["acme.test", "jobs.example"]))
    def a_newsletter_comes(self, domain: str) -> None:
        office = self.happens()
        office.arrives(
            letter(
                "Ten new things for you",
                "Read all about it.",
                office.now,
                message_id=office.name(domain),
                sender=f"News <news@{domain}>",
                headers={"List-Id": f"<news.{domain}>", "List-Unsubscribe": f"<https://{domain}/u>", "Precedence": "bulk"},
            )
        )

    @rule(who=WHO, to_them=st.booleans())
    def the_user_writes_by_hand(self, who: int, to_them: bool) -> None:
        office, company = self.happens(), self.office.companies[who]
        to = company.person(0) if to_them else "sam@example.com"
        mail = letter(
            "Re: Interview confirmation",
            "A thought of my own.",
            office.now,
            message_id=office.name("example.org"),
            sender="Sam <sam.rivers@example.org>",
            to=to,
            parents=company.thread[-1:],
        )
        office.arrives(mail, ".Sent" if to_them else "")

    @rule(about=st.sampled_from(["kim@example.net", "rita@acme.test"]))
    def the_user_begins_a_letter(self, about: str) -> None:
        self.happens().own_draft("Half a sentence", about, "Something else entirely")

    # --- what the user does to drafts ---------------------------------------------------------------------------------

    @rule(pick=PICK, renamed=st.booleans())
    def the_user_sends(self, pick: int, renamed: bool) -> None:
        if (chosen := self.draft(pick)) is None:
            return
        path, row = chosen
        self.happens().sends(path, renamed=renamed)
        self.never_again.add(str(row.key))
        self.sent[str(row.key)] = not renamed and not self.went_back

    @rule(pick=PICK)
    def the_user_edits(self, pick: int) -> None:
        if (chosen := self.draft(pick)) is not None:
            self.happens().edits(chosen[0], "In words of my own.\n")

    @rule(pick=PICK)
    def the_user_deletes(self, pick: int) -> None:
        if (chosen := self.draft(pick)) is not None:
            self.happens().deletes(chosen[0])
            self.never_again.add(str(chosen[1].key))
            self.deleted.add(str(chosen[1].key))

    @rule(pick=PICK)
    def the_user_opens_one_in_a_window(self, pick: int) -> None:
        if (chosen := self.draft(pick)) is not None:
            self.office.opens(chosen[0])

    @precondition(lambda self: self.office.open)
    @rule(pick=PICK, renamed=st.booleans())
    def the_user_saves_what_was_open(self, pick: int, renamed: bool) -> None:
        self.happens().saves(pick, renamed=renamed and not self.went_back)

    @precondition(lambda self: self.office.bin)
    @rule()
    def the_user_takes_one_out_of_the_bin(self) -> None:
        office = self.happens()
        self.never_again.discard(office.keys()[office.restores()])

    @rule(verb=st.sampled_from(list(Verb)), pick=PICK, hours=st.integers(1, 400), snooze=st.booleans())
    def the_user_says(self, verb: Verb, pick: int, hours: int, snooze: bool) -> None:
        found = self.found()
        if found:
            until = self.office.now + timedelta(hours=hours) if snooze and verb is Verb.PAUSE else None
            with self.happens().store.write() as connection:
                add_mark(connection, "main", found[pick % len(found)].process.id, verb, self.office.now, until)

    # --- the clock and the program ------------------------------------------------------------------------------------

    @rule()
    def a_pass(self) -> None:
        self.passes()

    @rule(minutes=st.integers(0, 3))
    def it_waits_for_what_is_due(self, minutes: int) -> None:
        self.until_due(minutes)
        self.passes()

    def until_due(self, minutes: int = 0) -> None:
        """Let time pass until something is due."""
        due = [found.decision.next_check for found in self.found() if found.decision.next_check is not None]
        if due and min(due) > self.office.now:
            self.office.now = min(due).astimezone(BERLIN) + timedelta(minutes=minutes)

    @rule(hours=st.one_of(st.integers(1, 30), st.integers(24, 24 * 20)))
    def time_passes(self, hours: int) -> None:
        self.office.ahead(timedelta(hours=hours))
        self.passes()

    @rule(hours=st.integers(1, 24 * 10))
    def the_clock_is_set_back(self, hours: int) -> None:
        self.went_back = True
        self.office.ahead(-timedelta(hours=hours))
        self.passes()

    @rule()
    def the_program_is_started_anew(self) -> None:
        self.office.restart()
        self.passes()

    @rule(at=st.integers(1, 40), due=st.booleans())
    def it_dies(self, at: int, due: bool) -> None:
        if due:
            self.until_due()
        self.passes(Faults(die_at=at))

    @rule(verb=st.sampled_from(VERBS), after=st.booleans(), due=st.booleans())
    def the_mailbox_goes_away(self, verb: str, after: bool, due: bool) -> None:
        if due:
            self.until_due()
        self.passes(Faults(verb=verb, after=after))

    @rule(due=st.booleans())
    def the_mailbox_refuses(self, due: bool) -> None:
        if due:
            self.until_due()
        self.passes(Faults(verb="put_draft", refused=True))

    @rule(who=WHO, person=PERSON)
    def they_reply_while_the_program_is_at_it(self, who: int, person: int) -> None:
        def reply() -> None:
            self.writes(who, person, "Re: Interview confirmation", REPLIES["a question"])

        self.until_due()
        faults = Faults(meanwhile=reply)
        self.passes(faults)
        people = {address for _, address in self.office.companies[who].people}
        stale = [key for key in faults.written if key.recipient in people and key.kind is not DraftKind.GRACIOUS]
        assert not stale, "a draft was written after their reply"

    @rule()
    def a_draft_is_late(self) -> None:
        self.until_due()
        self.passes(Faults(late=True))

    @precondition(lambda self: self.office.under_way)
    @rule(pick=PICK)
    def a_late_draft_arrives(self, pick: int) -> None:
        self.happens().lands(pick, self.never_again)

    @rule()
    def the_cursor_dies(self) -> None:
        with self.office.store.write() as connection:
            save_cursor(connection, "main", "dead")
        self.passes()

    @rule()
    def what_can_be_rebuilt_is_lost(self) -> None:
        with self.office.store.write() as connection:
            for table in ("process_link", "process", "event", "message"):
                connection.exec_driver_sql(f"DELETE FROM {table}")
        self.office.restart()
        self.passes()

    @rule()
    def the_drafts_are_gone_for_a_while(self) -> None:
        """Invariant 9: a mailbox that is listed anew and shows none of our drafts proves nothing."""
        self.passes()
        self.passes()
        office = self.office
        placed = [row for row in office.rows() if row.state is RowState.PLACED and row.op is Op.NONE]
        if not placed or not self.came_through:
            return
        away = self.folder / "away"
        (office.mailbox / ".Drafts").rename(away)
        for part in ("cur", "new", "tmp"):
            (office.mailbox / ".Drafts" / part).mkdir(parents=True)
        with office.store.write() as connection:
            save_cursor(connection, "main", "dead")
        office.tries(Faults())
        states = {row.key: row.state for row in office.rows()}
        assert {states[row.key] for row in placed} == {RowState.PLACED}
        assert self.alarmed()
        shutil.rmtree(office.mailbox / ".Drafts")
        away.rename(office.mailbox / ".Drafts")
        with office.store.write() as connection:
            save_cursor(connection, "main", "dead")
        self.passes()

    # --- what always holds --------------------------------------------------------------------------------------------

    @invariant()
    def nothing_of_the_users_is_touched(self) -> None:
        for path, raw in self.office.mine.items():
            assert path.read_bytes() == raw, path.name

    @precondition(lambda self: self.came_through)
    @invariant()
    def what_the_user_deleted_or_sent_never_comes_back(self) -> None:
        keys = self.office.keys()
        assert not [keys[name] for _, name in self.office.ours() if name in keys and keys[name] in self.never_again]

    @precondition(lambda self: self.came_through)
    @invariant()
    def a_key_stands_once_and_for_a_live_row(self) -> None:
        keys = self.office.keys()
        rows = {str(row.key): row for row in self.office.rows()}
        standing = Counter(keys[name] for _, name in self.office.ours())
        assert not [key for key, count in standing.items() if count > 1]
        for path, name in self.office.ours():
            row = rows[keys[name]]
            assert row.state in LIVE
            assert row.draft.message_id == name
            if row.state is RowState.PLACED:
                assert sha256(path.read_bytes().replace(b"\n", b"\r\n")) == sha256(row.raw)
        placed = {key for key, row in rows.items() if row.state is RowState.PLACED}
        if not standing and placed and self.alarmed():
            return  # the user was told that nothing is concluded from that
        assert placed <= set(standing), "a draft that should stand is lost"

    @precondition(lambda self: self.came_through)
    @invariant()
    def beside_what_the_user_went_on_with_stands_none_of_ours(self) -> None:
        rows = {str(row.key): row for row in self.office.rows()}
        keys = self.office.keys()
        standing = {keys[name] for _, name in self.office.ours() if name in keys}
        for name in self.office.went_on.values():
            assert keys[name] not in standing, "two drafts of one step"
            assert rows[keys[name]].state in {RowState.EDITED, RowState.SENT}

    @precondition(lambda self: self.came_through)
    @invariant()
    def what_is_decided_is_done(self) -> None:
        for found in self.standing():
            rows = {row.key: row for row in found.outbox}
            for place in found.decision.place:
                row = rows[place.key]
                refused = row.op is Op.PUT and row.attempts > 0
                assert row.state not in {RowState.WITHDRAWN, RowState.PLANNED} or refused, place.key
            wanted = {place.key for place in found.decision.place}
            assert not [key for key, row in rows.items() if row.state is RowState.PLACED and key not in wanted]

    @precondition(lambda self: self.came_through)
    @invariant()
    def no_untouched_draft_stands_when_it_is_not_their_turn(self) -> None:
        for found in self.standing():
            if found.process.state in QUIET:
                placed = [row.key for row in found.outbox if row.state is RowState.PLACED and not row.key.kind.to_self]
                assert {key.kind for key in placed} <= {DraftKind.GRACIOUS}, found.process.state

    @precondition(lambda self: self.came_through)
    @invariant()
    def follow_ups_stay_below_the_cap_and_for_the_right_mornings(self) -> None:
        policy = self.office.account.policy
        for found in self.standing():
            wait = found.process.wait
            if wait is not None:
                assert len(wait.follow_ups) <= cap_of(wait, policy)
            rows = [row for row in found.outbox if row.key.kind is DraftKind.STATUS and row.state is RowState.PLACED]
            assert len(rows) <= 1
            for row in rows:
                assert row.slot_opens is not None
                opens = row.slot_opens.astimezone(BERLIN)
                assert opens.hour == 8
                assert is_business_day(opens.date(), "DE")
                if wait is not None and (wait.promise is None or wait.promise.kind is not PromiseClass.HARD_DATE):
                    assert opens.weekday() in policy.slot.weekdays

    @invariant()
    def only_the_user_discards(self) -> None:
        discarded = {str(row.key) for row in self.office.rows() if row.state is RowState.DISCARDED}
        assert discarded <= self.deleted | {key for key, surely in self.sent.items() if not surely}

    @precondition(lambda self: self.came_through)
    @invariant()
    def no_mail_of_theirs_stays_unread(self) -> None:
        assert not self.office.unread()

    @precondition(lambda self: self.came_through)
    @invariant()
    def what_the_user_sent_counts_as_sent(self) -> None:
        states = {str(row.key): row.state for row in self.office.rows()}
        for key, surely in self.sent.items():
            if not surely:
                assert states[key] in {RowState.SENT, RowState.DISCARDED, RowState.EDITED}, key
            else:
                assert states[key] is RowState.SENT, key


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "hearback.sqlite3"
    Store(path).close()
    return path


@pytest.mark.parametrize("playbook", [NO_FORMS, ""], ids=["drafts to them", "drafts to oneself as well"])
def test_the_invariants_hold_whatever_happens_in_whatever_order(template: Path, playbook: str) -> None:
    Machine.template, Machine.playbook = template, playbook
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=40 * max(SOAK, 1),
            stateful_step_count=30,
            derandomize=not SOAK,
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
