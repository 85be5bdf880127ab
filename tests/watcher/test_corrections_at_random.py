"""The user corrects again and again, deletes and sends drafts: nothing doubles, nothing comes back, the last word holds.

`HEARBACK_SOAK=N` plays N times as many stories (`make soak`).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from rules.classify import Kind
from rules.drafts.types import DraftKind
from tests.letters import invitation, letter
from tests.watcher.clidesk import INTERVIEW, INVITED
from tests.watcher.desk import Desk
from watcher.corrections import CannotCorrect, Held, merging, splitting
from watcher.linking import Linker
from watcher.store.corrections import CorrectionRow, Said, add_correction, load_corrections, pins_said
from watcher.store.drafts import LIVE, load_outbox
from watcher.store.links import link_rows
from watcher.store.mail import links_of

PEOPLE = [
    ("Rita Chen", "rita@acme.test", "Backend Engineer"),
    ("Omar Haddad", "omar@acme.test", "Account Manager"),
    ("Bo Lind", "bo@zeta.test", "Backend Engineer"),
]
SOAK = int(os.environ.get("HEARBACK_SOAK", "0"))
PICK = st.integers(0, 30)
STEP = st.one_of(
    st.tuples(st.just("merge"), PICK, PICK),
    st.tuples(st.just("split"), PICK, PICK),
    st.tuples(st.just("relabel"), PICK, st.sampled_from([Kind.NOISE, Kind.REJECTION, Kind.HUMAN_REPLY, None])),
    st.tuples(st.just("delete"), PICK, st.none()),
    st.tuples(st.just("send"), PICK, st.none()),
    st.tuples(st.just("lose"), st.none(), st.none()),
)


class Story:
    """Three interviews with three people, a note of thanks for each, and some mail that answers nothing."""

    def __init__(self, path: Path) -> None:
        """Play it up to the evening of the interviews."""
        self.desk = Desk(path)
        self.now = INTERVIEW + timedelta(hours=2)
        self.done: set[str] = set()
        """Who got a note of thanks, or must get none."""
        for number, (name, address, role) in enumerate(PEOPLE):
            raw = invitation(
                INVITED,
                INTERVIEW,
                message_id=f"invite-{number}@x.test",
                subject=f"Interview confirmation: {role}",
                role=role,
                sender=f"{name} <{address}>",
                uid=f"u{number}@x.test",
                summary=f"Interview: {role}",
                attendees=((name, address),),
                organizer=(name, address),
            )
            self.desk.deliver(raw, INVITED)
            mail = letter(
                "News", "Hi Sam,\n\nplease rate our canteen.\n", INVITED, message_id=f"n{number}@x.test", sender=address
            )
            self.desk.deliver(mail, INVITED)
        self.passes()

    def passes(self) -> None:
        self.now += timedelta(minutes=10)
        self.desk.look(self.now)

    def held(self) -> list[Held]:
        with self.desk.store.read() as connection:
            return [
                Held(
                    "main", one.process.id, one.process.company, one.messages, tuple(links_of(connection, "main", one.process.id))
                )
                for one in self.desk.processes(self.now)
            ]

    def deal(self, recipient: str, *, delete: bool) -> None:
        if self.kind_of(self.desk.draft_file(recipient)) is DraftKind.THANK_YOU:
            self.done.add(recipient)
        if delete:
            self.desk.draft_file(recipient).unlink()
        else:
            self.desk.user_sends(recipient, self.now)

    def kind_of(self, file: Path) -> DraftKind:
        """Return what a file in Drafts is for."""
        name = str(message_from_bytes(file.read_bytes())["Message-ID"]).strip("<>")
        with self.desk.store.read() as connection:
            return next(row.key.kind for row in load_outbox(connection, "main") if row.draft.message_id == name)

    def says(self, row: CorrectionRow) -> None:
        with self.desk.store.write() as connection:
            add_correction(connection, row)
            Linker("main", "Sam Rivers").relink(connection)

    def step(self, what: str, one: Any, other: Any) -> None:
        held = self.held()
        drafts = self.desk.drafts()
        if what == "lose":
            with self.desk.store.write() as connection:
                for table in ("process_link", "process", "event", "message"):
                    connection.exec_driver_sql(f"DELETE FROM {table}")
            self.desk.restart()
        elif what in {"delete", "send"}:
            if drafts:
                self.deal(str(drafts[one % len(drafts)]["To"].addresses[0].addr_spec), delete=what == "delete")
        elif held and what == "relabel":
            rows = [row for each in held for row in each.messages if not row.own]
            row = rows[one % len(rows)]
            self.says(CorrectionRow(0, "main", self.now, Said.RELABEL, leaves=(row.identity,), kind=other))
        elif held:
            process = held[one % len(held)]
            try:
                if what == "merge":
                    self.says(merging(process, held[other % len(held)], self.now))
                else:
                    leaving = [process.messages[other % len(process.messages)].identity]
                    taken = [each.id for each in held]
                    self.says(splitting(process, leaving, self.now, taken=taken, target=None, shared={}))
            except CannotCorrect:
                return


@settings(
    max_examples=6 * max(SOAK, 1), deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@example([("delete", 30, None), ("delete", 22, None), ("split", 11, 13), ("lose", None, None), ("delete", 3, None)])
@example([("relabel", 12, Kind.NOISE), ("delete", 1, None), ("relabel", 18, Kind.REJECTION), ("lose", None, None)])
@example(
    [
        ("relabel", 12, Kind.REJECTION),
        ("delete", 20, None),
        ("relabel", 11, None),
        ("send", 28, None),
        ("delete", 7, None),
        ("relabel", 22, Kind.NOISE),
    ]
)
@example([("send", 4, None), ("split", 3, 20), ("relabel", 3, Kind.HUMAN_REPLY), ("split", 3, 20)])
@given(st.lists(STEP, min_size=2, max_size=6))
def test_nothing_doubles_and_the_last_word_holds(steps: list[tuple[str, Any, Any]]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="hearback-corrections-"))
    story = Story(folder)
    desk = story.desk
    try:
        for step in steps:
            story.step(*step)
            story.passes()
            with desk.store.read() as connection:
                live = [row for row in load_outbox(connection, "main") if row.state in LIVE]
            assert len(desk.draft_files()) == len(live)
            standing = Counter((row.key.recipient, row.key.kind) for row in live)
            assert not [each for each, count in standing.items() if count > 1]
            assert not [who for who, kind in standing if who in story.done and kind is DraftKind.THANK_YOU]
            assert_the_users_word_holds(desk)
            before = [path.read_bytes() for path in desk.draft_files()]
            story.passes()
            assert before == [path.read_bytes() for path in desk.draft_files()]
    finally:
        desk.close()
        shutil.rmtree(folder)


def assert_the_users_word_holds(desk: Desk) -> None:
    with desk.store.read() as connection:
        pins = pins_said(load_corrections(connection, "main"))
        homes: dict[str, set[str]] = {}
        for identity, process in link_rows(connection, "main"):
            homes.setdefault(identity, set()).add(process)
    for one, label in pins.items():
        assert len(homes[one]) == 1
        for other, another in pins.items():
            assert (homes[one] == homes[other]) is (label == another)


def test_the_story_has_a_note_for_each(tmp_path: Path) -> None:
    story = Story(tmp_path)

    assert len(story.desk.drafts()) == len(PEOPLE)
    story.desk.close()
