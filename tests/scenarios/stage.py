"""Where a story is played: a real mailbox, the daemon's own cycle over it, and a user with a mail program of their own.

The clock is an argument. As the daemon does, a pass is made whenever one is due and whenever something happens in the mailbox.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from typing import Any

from connectors.guard import Guarded
from rules.lint.settings import Settings
from rules.mail import Role
from rules.policy import load_playbook, parse_policy
from rules.process import Verb, demand_allowed
from rules.profile import Profile
from tests.connectors.harness import Harness
from tests.letters import letter
from tests.rules.notes_clients import CLIENTS
from tests.scenarios.post import USER, answer_fields, report, written
from tests.scenarios.story import ME, Step, Story, moment
from watcher.account import Account
from watcher.cli.telling import chosen_task
from watcher.cycle import Cycle
from watcher.history import Assessment, assess_all, events_for
from watcher.proofread import here
from watcher.report.ahead import look_ahead
from watcher.report.steps import PLAN_DAYS, steps_of
from watcher.report.suppose import events_of, parse_supposition
from watcher.store import Store
from watcher.store.drafts import LIVE, OutboxRow, RowState
from watcher.store.journal import LogRow, add_mark

__all__ = ["Foretold", "Stage", "name_of", "plain_text"]

_CLIENTS = {client.__name__: client for client in CLIENTS}
_PASSES = 2000
"""More passes than any story has: one that never comes to rest is an error, not a hang."""
_TO_THEM = frozenset({"thank_you", "status", "gracious", "keep_warm", "no_show"})

Foretold = list[tuple[str, datetime]]
"""Keys of drafts, with when their slot opens."""


def name_of(draft: EmailMessage) -> str:
    """Return to whom a draft is, `me` for the user."""
    address = getaddresses([str(draft["To"])])[0][1]
    return "me" if address == ME else address


def plain_text(draft: EmailMessage) -> str:
    """Return the text of a draft in one line a paragraph."""
    body = draft.get_body(("plain", "html"))
    assert body is not None
    content: str = body.get_content().replace("\r\n", "\n")
    return content.replace(" \n", " ") if "flowed" in str(body["Content-Type"]) else content


def _parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


class Stage:
    """One user, one mailbox, one store."""

    def __init__(self, story: Story, mailbox: Harness, path: Path) -> None:
        """Make an empty store below `path` and sign in."""
        profile = Profile(
            "Sam Rivers",
            ME,
            story.phone,
            frozenset({ME, "sam.rivers@example.org"}),
            story.zone.key,
            story.country,
            story.strengths,
            story.proofs,
        )
        self.story = story
        self.mailbox = mailbox
        self.account = Account(
            "main",
            "imap",
            ME,
            profile,
            parse_policy(story.rules, load_playbook(story.playbook)),
            templates=story.templates,
            lint=Settings(confidential=story.confidential),
        )
        self.now = story.steps[0].at
        mailbox.follow(lambda: self.now)
        self.connector = Guarded(mailbox.connector())
        self.able = self.connector.open()
        self.store = Store(path / "hearback.sqlite3")
        self.cycle = Cycle(self.account, self.connector, self.store, proofread=here, marks=self.able.marks)
        self.letters: dict[str, EmailMessage] = {}
        """What was written so far, by the names that the story gives."""
        self.log: list[LogRow] = []
        self.placed: dict[str, datetime] = {}
        """When the slot of each draft opened that ever stood in Drafts, by its key."""
        self.foretold: dict[str, tuple[Foretold, datetime, datetime]] = {}
        """What plans and simulations said, with the span of time they spoke of."""
        self._typed: dict[str, str] = {}
        """What the user's mail program shows of each form that was written on."""
        self._on = True
        self._due: datetime | None = None

    def close(self) -> None:
        """Let go of the files."""
        self.connector.close()
        self.store.close()
        self.mailbox.close()

    # --- time ---------------------------------------------------------------------------------------------------------

    def play(self, step: Step) -> None:
        """Let time pass until a step, and do what it says; looking is for others."""
        self._until(step.at)
        self.now = step.at
        act = _ACTS.get(step.verb)
        if act is not None:
            act(self, step.given, step.at)
            if self._on:
                self._look(step.at)

    def _until(self, at: datetime) -> None:
        for _ in range(_PASSES):
            if not self._on or self._due is None or self._due > at:
                return
            self._look(self._due)
        raise AssertionError(f"{_PASSES} passes, and something is due still")

    def _look(self, now: datetime) -> None:
        self.now = now
        done = self.cycle.run_pass(now.astimezone(UTC))
        self.log += done.log
        self._due = done.next_check
        for found in self.processes():
            self.placed.update(
                {str(row.key): row.slot_opens for row in found.outbox if row.state in LIVE and row.slot_opens is not None}
            )

    # --- the company, and the user ------------------------------------------------------------------------------------

    def mail(self, given: dict[str, Any], at: datetime) -> None:
        """Let a mail come in."""
        made = report(given, at, self.letters) if "bounces" in given else written(given, at, self.letters, self.story.zone)
        self.letters[given["name"]] = made
        self.mailbox.deliver(bytes(made), received_at=at)

    def drafts(self) -> dict[str, EmailMessage]:
        """Return what stands in Drafts, by `STEP RECIPIENT`; `?` for a step that is none of ours.

        Where there are several processes, what is for the user has the role behind it: `notes-1 me, Editor`.
        """
        processes = self.processes()
        rows = [row for one in processes for row in one.outbox if row.state in LIVE]
        roles = {one.process.id: one.process.role for one in processes}
        found: dict[str, EmailMessage] = {}
        for raw in self.mailbox.raws(Role.DRAFTS):
            draft = _parsed(raw)
            name = name_of(draft)
            row = self._row_of(draft, rows)
            key = f"{row.key.step if row is not None else '?'} {name}"
            if row is not None and name == "me" and len(processes) > 1:
                key += f", {roles[row.process]}"
            if key in found:
                raise AssertionError(f"{key} stands twice in Drafts")
            found[key] = draft
        return found

    @staticmethod
    def _row_of(draft: EmailMessage, rows: Sequence[OutboxRow]) -> OutboxRow | None:
        by_id = [row for row in rows if f"<{row.draft.message_id}>" == draft["Message-ID"]]
        address = getaddresses([str(draft["To"])])[0][1]
        subject = str(draft["Subject"])
        edited = [row for row in rows if row.state is RowState.EDITED and row.key.recipient == address]
        by_words = [row for row in edited if row.draft.subject == subject] or edited
        return next(iter([*by_id, *by_words]), None)

    def _draft(self, key: str) -> tuple[str, EmailMessage]:
        found = self.drafts()
        if key not in found:
            raise AssertionError(f"there is no draft {key!r}; there are {sorted(found)}")
        return str(found[key]["Message-ID"]).strip("<> "), found[key]

    def send(self, given: dict[str, Any], at: datetime) -> None:
        """Send a draft, perhaps with words exchanged, perhaps under another Message-ID as some programs do."""
        message_id, draft = self._draft(given["draft"])
        if "swap" in given:
            _reword(draft, _swapped(plain_text(draft), given["swap"]))
        if given.get("new_id"):
            draft.replace_header("Message-ID", f"<sent-{int(at.timestamp())}@phone.example>")
        draft.replace_header("Date", at)
        self.mailbox.user_saves(message_id, bytes(draft), Role.SENT, at)
        self.letters[given.get("name", given["draft"])] = draft

    def edit(self, given: dict[str, Any], at: datetime) -> None:
        """Save a draft with other words."""
        message_id, draft = self._draft(given["draft"])
        text = given.get("text") or _swapped(plain_text(draft), given.get("swap", ()))
        if "add" in given:
            text = text.replace("\n\n", f"\n\n{given['add']}\n\n", 1)
        _reword(draft, text)
        draft.replace_header("Message-ID", f"<typed-{int(at.timestamp())}@client.example>")
        self.mailbox.user_saves(message_id, bytes(draft), Role.DRAFTS, at)

    def fill(self, given: dict[str, Any], at: datetime) -> None:
        """Write into a form: behind lines that begin so, or below a heading and its line of help; and save it with a program."""
        message_id, draft = self._draft(f"{given['form']} me")
        text = self._typed.get(given["form"]) or plain_text(draft)
        for begin, said in given.get("lines", {}).items():
            text = _after(text, begin, f" {said}")
        for heading, said in given.get("under", {}).items():
            text = _below(text, heading, said)
        self._typed[given["form"]] = text
        made = _parsed(_CLIENTS[given.get("client", "thunderbird_plain")](text))
        for name in ("Subject", "From", "To"):
            del made[name]
            made[name] = str(draft[name])
        made.replace_header("Message-ID", f"<typed-{int(at.timestamp())}@client.example>")
        made["Date"] = at
        self.mailbox.user_saves(message_id, bytes(made), Role.DRAFTS, at)

    def delete(self, given: dict[str, Any], at: datetime) -> None:
        """Throw a draft away."""
        del at
        self.mailbox.user_deletes(self._draft(given["draft"])[0])

    def write(self, given: dict[str, Any], at: datetime) -> None:
        """Write a mail by hand, and send it."""
        parents, subject = answer_fields(self.letters[given["answers"]]) if "answers" in given else ([], "")
        made = letter(
            given.get("subject", subject),
            given["text"],
            at,
            message_id=f"own-{int(at.timestamp())}@example.com",
            sender=USER,
            to=given["to"],
            parents=parents,
        )
        self.mailbox.deliver(bytes(made), Role.SENT, at)
        self.letters[given.get("name", f"own {at}")] = made

    def say(self, given: dict[str, Any], at: datetime) -> None:
        """Say a word about a process, as the command line does."""
        found = self.process(given.get("process", ""))
        verb = Verb(given["verb"])
        item = chosen_task(found, given.get("item")).id if verb is Verb.DONE else given.get("item", "")
        until = moment(given["until"], self.story.zone) if "until" in given else None
        demand_allowed(found.process, verb)
        with self.store.write() as connection:
            add_mark(connection, self.account.name, found.process.id, verb, at.astimezone(UTC), until, item)

    def computer(self, given: dict[str, Any], at: datetime) -> None:
        """Put the computer to sleep, or wake it up: mail comes in all the same, and nobody looks."""
        del at
        self._on = given["on"]

    def plan(self, given: dict[str, Any], at: datetime) -> None:
        """Keep what the plan says, or what it would say if they did something, to compare it with what comes."""
        found = self.process(given.get("process", ""))
        now = at.astimezone(UTC)
        with self.store.read() as connection:
            events = events_for(connection, self.account, found.process.id)[1]
        until = moment(given["until"], self.story.zone) if "until" in given else at + timedelta(days=PLAN_DAYS)
        supposed = [parse_supposition(text, now, self.story.zone) for text in given.get("if", ())]
        made_up = events_of(supposed, found.process, self.account.profile)
        ahead = look_ahead(found, events, now, now + timedelta(days=PLAN_DAYS), made_up)
        steps = steps_of([found], now, {found.process.id: ahead})
        lines = [(line.id, line.opens) for line in steps if line.kind in _TO_THEM and line.opens <= until]
        self.foretold[given["name"]] = (lines, at, until)

    # --- what there is to see -----------------------------------------------------------------------------------------

    def processes(self) -> list[Assessment]:
        """Return where every process stands."""
        with self.store.read() as connection:
            return assess_all(connection, self.account, self.now.astimezone(UTC))

    def process(self, word: str = "") -> Assessment:
        """Return the only process, or the one whose company or role has that word in it."""
        found = [one for one in self.processes() if word.casefold() in f"{one.process.company} {one.process.role}".casefold()]
        if len(found) != 1:
            names = [(one.process.company, one.process.role) for one in found]
            raise AssertionError(f"{word!r} names {len(found)} processes: {names}")
        return found[0]


def _swapped(text: str, pairs: Sequence[Sequence[str]]) -> str:
    for old, new in pairs:
        if old not in text:
            raise AssertionError(f"{old!r} does not stand in the draft:\n{text}")
        text = text.replace(old, new, 1)
    return text


def _after(text: str, begin: str, said: str) -> str:
    lines = text.split("\n")
    place = next((number for number, line in enumerate(lines) if line.startswith(begin)), None)
    if place is None:
        raise AssertionError(f"no line of the form begins with {begin!r}:\n{text}")
    lines[place] += said
    return "\n".join(lines)


def _below(text: str, heading: str, said: Sequence[str]) -> str:
    """Put lines where the section of a heading ends: before the next blank line."""
    lines = text.split("\n")
    if heading not in lines:
        raise AssertionError(f"the form has no line {heading!r}:\n{text}")
    end = lines.index("", lines.index(heading))
    return "\n".join([*lines[:end], *said, *lines[end:]])


def _reword(draft: EmailMessage, text: str) -> None:
    draft.clear_content()
    draft.set_content(text)


_ACTS: Mapping[str, Callable[[Stage, dict[str, Any], datetime], None]] = {
    "mail": Stage.mail,
    "send": Stage.send,
    "edit": Stage.edit,
    "fill": Stage.fill,
    "delete": Stage.delete,
    "write": Stage.write,
    "say": Stage.say,
    "computer": Stage.computer,
    "plan": Stage.plan,
}
