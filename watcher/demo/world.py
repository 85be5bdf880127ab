"""Everything that is not Hearback: it delivers mail into the Maildir and does there what the user does in her mail client.

It works on the files from outside, as a delivery agent and a mail client do (cr.yp.to/proto/maildir.html): a message is written
in `tmp` and renamed, its name begins with the second of its delivery, and its modification time is the same. It knows nothing
of the daemon; a draft is found by whom it is addressed to, as a user finds it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import format_datetime, parseaddr
from pathlib import Path

from watcher.demo.letters import Parent, letter_bytes
from watcher.demo.noise import noise
from watcher.demo.script import USER, ZONE, Act, Letter, Script

__all__ = ["World"]

_DRAFTS = ".Drafts"
_SENT = ".Sent"


@dataclass(slots=True)
class _Conversation:
    """The letters of one process so far, by name."""

    slug: str
    letters: dict[str, Parent] = field(default_factory=dict)
    count: int = 0


@dataclass(frozen=True, slots=True)
class _Occasion:
    """Something that happens at `at`: a letter or an act of a process, or mail that must not matter."""

    at: datetime
    what: Letter | Act | bytes
    within: _Conversation | None = None


class World:
    """Plays the scripts, and noise between them, into the Maildir at `path` (Maildir++ layout, made before)."""

    def __init__(self, path: Path, scripts: Iterable[Script], *, noise_seed: int | None = 0) -> None:
        """Take the mailbox and what will happen; `noise_seed` None leaves the noise out."""
        self._path = path
        self._serial = 0
        self.missed: list[str] = []
        """What the user wanted to do with a draft that was not there."""
        occasions = [_Occasion(at, raw) for at, raw in noise(noise_seed)] if noise_seed is not None else []
        for script in scripts:
            conversation = _Conversation(script.slug)
            occasions += [_Occasion(event.at, event, conversation) for event in script.events]
        # Sorted by instant; the sort is stable, so what happens in one minute keeps the order of the files.
        self._ahead = sorted(occasions, key=lambda occasion: occasion.at, reverse=True)

    @property
    def next_at(self) -> datetime | None:
        """Return when the next thing happens; None when nothing is left."""
        return self._ahead[-1].at if self._ahead else None

    def play(self, until: datetime) -> int:
        """Let everything happen up to and with `until`; return how many things did."""
        played = 0
        while self._ahead and self._ahead[-1].at <= until:
            self._happen(self._ahead.pop())
            played += 1
        return played

    def _happen(self, occasion: _Occasion) -> None:
        if isinstance(occasion.what, bytes):
            self._write("", occasion.what, occasion.at)
            return
        assert occasion.within is not None
        if isinstance(occasion.what, Letter):
            self._deliver(occasion.what, occasion.within)
        else:
            self._act(occasion.what)

    def _deliver(self, letter: Letter, conversation: _Conversation) -> None:
        """Write a letter into the inbox, or one of the user's own into Sent."""
        conversation.count += 1
        address = letter.sender.address if letter.sender else USER.email
        message_id = f"{conversation.slug}.{conversation.count}.{letter.at:%Y%m%d%H%M}@{address.rpartition('@')[2]}"
        raw = letter_bytes(letter, message_id, self._parent(letter, conversation))
        conversation.letters[letter.name] = _as_parent(raw)
        self._write("" if letter.sender else _SENT, raw, letter.at, seen=letter.sender is None)

    def _parent(self, letter: Letter, conversation: _Conversation) -> Parent | None:
        if letter.answers == "sent":
            assert letter.sender is not None
            found = self._addressed(_SENT, letter.sender.address)
            if found:
                return _as_parent(found[-1].read_bytes())
            self.missed.append(f"{letter.at:%d %b %H:%M} {letter.sender.name} has nothing to answer")
            return next(reversed(conversation.letters.values()), None)
        return conversation.letters[letter.answers] if letter.answers else None

    def _act(self, act: Act) -> None:
        """Do what the user does with the draft that has lain longest of those to that person."""
        found = [path for path in self._addressed(_DRAFTS, act.to.address) if act.subject in _subject(path)]
        if not found:
            self.missed.append(f"{act.at:%d %b %H:%M} {act.do}: no draft to {act.to.name}")
            return
        draft = found[0]
        if act.do == "delete":
            draft.unlink()
            return
        message = _parsed(draft.read_bytes())
        # The client writes the new file first, then removes the old one: at no moment is there none.
        if act.do == "fill":
            filled = _filled(message.get_content(), act.lines)
            message.clear_content()
            message.set_content(filled)
            self._write(_DRAFTS, message.as_bytes(policy=policy.default), act.at, seen=True, draft=True)
        elif act.do == "edit":
            _replace(message, "Message-ID", f"<edited.{act.at:%Y%m%d%H%M}@client.brannick.example>")
            message.clear_content()
            message.set_content(act.text + "\n")
            self._write(_DRAFTS, message.as_bytes(policy=policy.default), act.at, seen=True, draft=True)
        else:
            _replace(message, "Date", format_datetime(act.at))
            if act.from_phone:
                _replace(message, "Message-ID", f"<{act.at:%Y%m%d%H%M}.mobile@phone.brannick.example>")
                words = message.get_body(("plain",))
                said = words.get_content().rstrip() if words is not None else ""
                message.clear_content()
                message.set_content(said + "\n\nSent from my phone\n")
            self._write(_SENT, message.as_bytes(policy=policy.default), act.at, seen=True)
        draft.unlink()

    def _addressed(self, folder: str, address: str) -> list[Path]:
        """Return the messages of a folder to somebody, in the order in which they came there."""
        paths = [path for part in ("cur", "new") for path in (self._path / folder / part).iterdir() if path.name[0] != "."]
        return [path for path in sorted(paths, key=lambda path: path.name) if _recipient(path) == address]

    def _write(self, folder: str, raw: bytes, at: datetime, *, seen: bool = False, draft: bool = False) -> None:
        self._serial += 1
        stamp = int(at.timestamp())
        unique = f"{stamp}.M{self._serial:06}P1.{USER.email.rpartition('@')[2]}"
        flags = ("D" if draft else "") + ("S" if seen else "")
        target = self._path / folder / (f"cur/{unique}:2,{flags}" if flags else f"new/{unique}")
        written = self._path / folder / "tmp" / unique
        written.write_bytes(raw)
        os.utime(written, (stamp, stamp))
        written.rename(target)


def _parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def _recipient(path: Path) -> str:
    with path.open("rb") as file:
        return parseaddr(str(BytesHeaderParser().parse(file)["To"]))[1].lower()


def _subject(path: Path) -> str:
    with path.open("rb") as file:
        return str(BytesParser(policy=policy.default).parse(file, headersonly=True)["Subject"])


def _filled(text: str, lines: Iterable[tuple[str, str]]) -> str:
    """Write something behind lines of a form, as a client saves it that shows flowed text whole (RFC 3676 section 4.2)."""
    said = dict(lines)
    shown = text.replace(" \r\n", " ").replace(" \n", " ").splitlines()
    return "".join(f"{line.rstrip()} {said[line.strip()]}\n" if line.strip() in said else f"{line}\n" for line in shown)


def _replace(message: EmailMessage, name: str, value: str) -> None:
    del message[name]
    message[name] = value


def _as_parent(raw: bytes) -> Parent:
    message = _parsed(raw)
    body = message.get_body(("plain",))
    date = message["Date"].datetime.astimezone(ZONE)
    return Parent(
        message_id=str(message["Message-ID"]).strip("<> "),
        references=tuple(one.strip("<>") for one in str(message["References"] or "").split()),
        subject=str(message["Subject"]),
        sender=str(message["From"]),
        date=f"{date:%a, %d %b %Y at %H:%M}",
        text=body.get_content() if body else "",
    )
