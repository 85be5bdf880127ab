"""Mail to two addresses, the user, faults and crashes in every order that Hypothesis thinks of: one process over two accounts.

`HEARBACK_SOAK=N` plays N times as many stories, at random.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from rules.drafts.types import DraftKey, DraftKind
from rules.process import State, Verb
from tests.letters import invitation, letter, out_of_office
from tests.watcher.desk import NO_FORMS
from tests.watcher.machine import Faults
from tests.watcher.pair import ADDRESSES, Pair
from watcher.store import Store
from watcher.store.drafts import Op, OutboxRow, RowState
from watcher.store.journal import add_mark, load_log

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 9, 3, 10, tzinfo=BERLIN)
QUIET = frozenset({State.OUR_TURN, State.PAUSED, State.DORMANT, State.CLOSED})
LATER = frozenset({DraftKind.GRACIOUS, DraftKind.KEEP_WARM})
SHM = Path("/dev/shm")
SOAK = int(os.environ.get("HEARBACK_SOAK", "0"))
PEOPLE = (("Rita Chen", "rita@acme.test"), ("Omar Haddad", "omar@acme.test"))
WHERE = st.sampled_from(sorted(ADDRESSES))
PERSON = st.integers(0, 1)
PICK = st.integers(0, 3)
VERBS = ["changes", "read", "put_draft", "find_draft", "withdraw_draft", "list_drafts"]
WORDS = {
    "a question": "Hi Sam,\n\nthank you for your patience. Could you send us two references?\n\nBest wishes\n",
    "a promise": "Hi Sam,\n\nthank you for the conversation. We will decide within the next two weeks and then write to you.\n",
    "a refusal": "Dear Sam,\n\nthank you for your time. Unfortunately, we have decided to go on with another candidate.\n",
}


class Machine(RuleBasedStateMachine):
    """Two mailboxes and what can happen to them."""

    template: Path
    playbook: str

    def __init__(self) -> None:
        """Make them, empty."""
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="hearback-pair-", dir=SHM if SHM.is_dir() else None))
        self.pair = Pair(self.folder, self.template, START, self.playbook)
        self.thread: list[str] = []
        self.sequence = 0
        self.settled = False
        """Nothing has happened since both accounts came to rest."""
        self.never_again: set[str] = set()

    def teardown(self) -> None:
        """Finish what is open, and see that more passes change nothing."""
        self.both_look()
        before = self.picture()
        self.both_look()
        assert before == self.picture()
        self.pair.close()
        shutil.rmtree(self.folder)

    def picture(self) -> Any:
        """Return what stands in Drafts and in the outbox, and what was told."""
        with self.pair.store.read() as connection:
            told = load_log(connection, tuple(ADDRESSES))
        files = [(path.name, path.read_bytes()) for name in ADDRESSES for path, _ in self.pair.ours(name)]
        return files, self.pair.rows(), told

    def happens(self) -> Pair:
        """Say that something happens between two passes."""
        self.settled = False
        return self.pair

    def passes(self, name: str, faults: Faults | None = None) -> frozenset[str]:
        """Make a pass over one account; return whom it wakes. No draft may be written to them where it is not their turn."""
        self.settled = False
        before = {one.process.id: one.process.state for one in self.pair.processes()}
        stood = {path for path, _ in self.pair.ours(name)}
        report = self.pair.tries(name, faults or Faults())
        after = {one.process.id: one.process.state for one in self.pair.processes()}
        keys = self.pair.keys()
        for path, message_id in self.pair.ours(name):
            key = DraftKey.parse(keys[message_id])
            if path not in stood and not key.kind.to_self and key.kind not in LATER:
                assert {before.get(key.process), after.get(key.process)} - QUIET, f"{key} was written out of turn"
        return report.wake if report is not None else frozenset()

    def draft(self, pick: int) -> tuple[str, Path, OutboxRow] | None:
        """Choose a draft of ours that stands as we wrote it."""
        rows = {(row.account, row.draft.message_id): row for row in self.pair.rows() if row.state is RowState.PLACED}
        there = [(name, *each) for name in ADDRESSES for each in self.pair.ours(name)]
        found = [(name, path, rows[name, known]) for name, path, known in there if (name, known) in rows]
        return found[pick % len(found)] if found else None

    def invites(self, where: str, start: datetime) -> None:
        """Let the company send the calendar part of its interview to one of the addresses."""
        pair = self.happens()
        name = pair.name("acme.test")
        raw = invitation(pair.now, start, message_id=name, sequence=self.sequence, attendees=PEOPLE)
        pair.arrives(where, raw.replace(b"sam@example.com", ADDRESSES[where].encode()))
        self.sequence += 1
        self.thread.append(name)

    # --- what happens -------------------------------------------------------------------------------------------------

    @initialize(where=WHERE, further=st.sampled_from([0, 0, 1, 15, 30]))
    def an_interview_is_fixed(self, where: str, further: int) -> None:
        at = (START + timedelta(days=4)).replace(hour=14)
        self.invites(where, at)
        self.both_look()
        self.pair.now = at + timedelta(hours=1, days=further)
        self.both_look()

    @rule(where=WHERE, hours=st.integers(2, 200))
    def they_fix_another_time(self, where: str, hours: int) -> None:
        self.invites(where, (self.pair.now + timedelta(hours=hours)).replace(minute=0))

    @rule(where=WHERE, person=PERSON, what=st.sampled_from(sorted(WORDS)), threaded=st.booleans(), both=st.booleans())
    def they_write(self, where: str, person: int, what: str, threaded: bool, both: bool) -> None:
        pair = self.happens()
        name = pair.name("acme.test")
        sender, address = PEOPLE[person]
        mail = letter(
            "Re: Interview confirmation" if threaded else "About us",
            WORDS[what],
            pair.now,
            message_id=name,
            sender=f"{sender} <{address}>",
            to=f"Sam Rivers <{ADDRESSES[where]}>",
            parents=self.thread[-1:] if threaded else [],
        )
        for each in ADDRESSES if both else [where]:
            pair.arrives(each, mail)
        self.thread.append(name)

    @rule(where=WHERE, before=st.booleans())
    def an_older_mail_turns_up(self, where: str, before: bool) -> None:
        """Of before the interview, to which the note of thanks is then the answer; or of soon after it, with a promise."""
        pair = self.happens()
        at = START + (timedelta(days=2) if before else timedelta(days=4, hours=6))
        name = pair.name("acme.test")
        text = "Hi Sam,\n\nwe look forward to meeting you.\n\nRita\n" if before else WORDS["a promise"]
        mail = letter(
            "Re: Interview confirmation", text, at, message_id=name, to=f"Sam <{ADDRESSES[where]}>", parents=self.thread[:1]
        )
        pair.arrives(where, mail, at=at)
        self.passes(where)  # alone: what stands in the other account is still there

    @rule(where=WHERE, days=st.integers(1, 20))
    def somebody_is_away(self, where: str, days: int) -> None:
        pair = self.happens()
        until = f"{pair.now + timedelta(days=days):%d %B %Y}"
        pair.arrives(where, out_of_office(pair.now, parents=self.thread[-1:], until=until))

    @rule(where=WHERE, to_them=st.booleans())
    def the_user_writes_by_hand(self, where: str, to_them: bool) -> None:
        pair = self.happens()
        mail = letter(
            "Re: Interview confirmation",
            "A thought of my own.",
            pair.now,
            message_id=pair.name("example.org"),
            sender=f"Sam Rivers <{ADDRESSES[where]}>",
            to="Rita Chen <rita@acme.test>" if to_them else f"Sam Rivers <{ADDRESSES['work']}>",
            parents=self.thread[-1:],
        )
        pair.arrives(where, mail, ".Sent")
        if not to_them:
            pair.arrives("work", mail)

    @rule(pick=PICK, elsewhere=st.booleans())
    def the_user_sends(self, pick: int, elsewhere: bool) -> None:
        """Send a draft from where it stands, or through the other account, leaving it where it stood."""
        if (chosen := self.draft(pick)) is None:
            return
        name, path, row = chosen
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        message.replace_header("Date", self.pair.now)
        pair = self.happens()
        if elsewhere:
            other = next(each for each in ADDRESSES if each != name)
            message.replace_header("Message-ID", f"<{pair.name('example.org')}>")
            pair.arrives(other, bytes(message), ".Sent")
        else:
            pair.arrives(name, bytes(message), ".Sent")
            path.unlink()
        self.never_again.add(str(row.key))

    @rule(pick=PICK)
    def the_user_edits(self, pick: int) -> None:
        if (chosen := self.draft(pick)) is not None:
            name, path, row = chosen
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            message.clear_content()
            message.set_content("In words of my own.\n")
            path.unlink()
            self.happens().arrives(name, bytes(message), ".Drafts")
            self.never_again.add(str(row.key))

    @rule(pick=PICK)
    def the_user_deletes(self, pick: int) -> None:
        if (chosen := self.draft(pick)) is not None:
            chosen[1].unlink()
            self.happens()
            self.never_again.add(str(chosen[2].key))

    @rule(verb=st.sampled_from([Verb.PAUSE, Verb.RESUME, Verb.CLOSE, Verb.REOPEN]))
    def the_user_says(self, verb: Verb) -> None:
        for found in self.pair.processes()[:1]:
            with self.happens().store.write() as connection:
                add_mark(connection, found.account.name, found.process.id, verb, self.pair.now)

    # --- the clock and the program ------------------------------------------------------------------------------------

    @rule()
    def both_look(self) -> None:
        """Let the accounts look until none has left word for the other."""
        waiting = [*ADDRESSES, *ADDRESSES]
        for _ in range(30):
            if not waiting:
                self.settled = True
                return
            waiting += sorted(self.passes(waiting.pop(0)) - {*waiting})
        raise AssertionError("thirty passes, and one account wakes the other still")

    @rule(where=WHERE)
    def one_looks(self, where: str) -> None:
        self.passes(where)

    @rule(hours=st.one_of(st.integers(1, 30), st.integers(24, 24 * 20)), where=WHERE)
    def time_passes_and_one_is_away(self, hours: int, where: str) -> None:
        self.pair.now += timedelta(hours=hours)
        self.passes(where)

    @rule(where=WHERE, at=st.integers(1, 50), due=st.booleans())
    def it_dies(self, where: str, at: int, due: bool) -> None:
        if due:
            self.until_due()
        self.passes(where, Faults(die_at=at))

    @rule(where=WHERE, verb=st.sampled_from(VERBS), after=st.booleans(), due=st.booleans())
    def a_mailbox_goes_away(self, where: str, verb: str, after: bool, due: bool) -> None:
        if due:
            self.until_due()
        self.passes(where, Faults(verb=verb, after=after))

    def until_due(self) -> None:
        """Let time pass until something is due."""
        self.settled = False
        due = [one.decision.next_check for one in self.pair.processes() if one.decision.next_check is not None]
        if due and min(due) > self.pair.now:
            self.pair.now = min(due).astimezone(BERLIN)

    # --- what always holds --------------------------------------------------------------------------------------------

    @invariant()
    def nothing_of_the_users_is_touched(self) -> None:
        for path, raw in self.pair.mine.items():
            assert path.read_bytes() == raw, path.name

    @invariant()
    def no_key_stands_in_both(self) -> None:
        keys = self.pair.keys()
        where: dict[str, set[str]] = defaultdict(set)
        for name in ADDRESSES:
            for _, message_id in self.pair.ours(name):
                where[keys[message_id]].add(name)
        assert not {key: names for key, names in where.items() if len(names) > 1}

    @invariant()
    def no_two_follow_ups_to_one_person_stand_in_two_places(self) -> None:
        keys = self.pair.keys()
        where: dict[str, set[str]] = defaultdict(set)
        for name in ADDRESSES:
            for _, message_id in self.pair.ours(name):
                key = DraftKey.parse(keys[message_id])
                if key.kind is DraftKind.STATUS:
                    where[key.recipient].add(name)
        assert not {person: names for person, names in where.items() if len(names) > 1}

    @invariant()
    def there_is_one_process(self) -> None:
        assert len(self.pair.processes()) == 1

    @precondition(lambda self: self.settled)
    @invariant()
    def a_key_stands_once_and_one_follow_up_in_all(self) -> None:
        keys = self.pair.keys()
        standing = Counter(keys[message_id] for name in ADDRESSES for _, message_id in self.pair.ours(name))
        assert not [key for key, count in standing.items() if count > 1]
        assert not standing.keys() & self.never_again
        assert sum(DraftKey.parse(key).kind is DraftKind.STATUS for key in standing) <= 1

    @precondition(lambda self: self.settled)
    @invariant()
    def what_is_decided_is_done_where_they_write_to(self) -> None:
        for found in self.pair.processes():
            placed = [row for row in found.outbox if row.state is RowState.PLACED]
            assert {row.key for row in placed} <= {place.key for place in found.decision.place}
            live = {row.key for row in found.outbox if row.state in {RowState.PLACED, RowState.EDITED} and row.op is Op.NONE}
            assert {place.key for place in found.decision.place} <= live
            homes = {row.thread.message_id: row.account for row in found.messages}
            for row in placed:
                assert str(row.draft.sender.address) == ADDRESSES[row.account]
                assert homes.get(row.draft.in_reply_to, row.account) == row.account

    @precondition(lambda self: self.settled)
    @invariant()
    def no_untouched_draft_stands_when_it_is_not_their_turn(self) -> None:
        for found in self.pair.processes():
            if found.process.state in QUIET:
                placed = {row.key.kind for row in found.outbox if row.state is RowState.PLACED and not row.key.kind.to_self}
                assert placed <= LATER, found.process.state


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "hearback.sqlite3"
    Store(path).close()
    return path


@pytest.mark.parametrize("playbook", [NO_FORMS, ""], ids=["drafts to them", "drafts to oneself as well"])
def test_the_invariants_hold_over_two_accounts(template: Path, playbook: str) -> None:
    Machine.template, Machine.playbook = template, playbook
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=8 * max(SOAK, 1),
            stateful_step_count=20,
            derandomize=not SOAK,
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
