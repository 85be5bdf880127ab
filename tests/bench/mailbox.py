"""A seeded mailbox of realistic size and mix, written straight into a Maildir that a server then serves.

    python -m tests.bench.mailbox DIRECTORY --count 50000

The same seed, count, scale and newest moment give the same bytes and the same file names. By number: a third newsletters of
30 to 80 KB, a quarter text with HTML beside it, a quarter plain text, 7.5 % attachments, 3 % of hiring processes, and the rest
HTML alone, bounces, out-of-office answers and meetings; the user's own part of conversations stands in Sent. A few subjects in a
hundred have the words of a hiring process in them without being of one, and many more texts have. About 50 KB a message with
`scale` 1, which stretches newsletters and attachments only: what a client need not read.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import json
import os
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.bench.bodies import Bodies
from tests.bench.headers import OWNER, Headers, Stamp
from tests.bench.hiring import Hiring
from tests.bench.words import Person, Words, encoded

__all__ = ["Mail", "Mailbox", "Summary", "write"]

VERSION = 1
"""Of what the same arguments give."""
NEWEST: Stamp = 1_762_300_800
"""2025-11-05 00:00 UTC."""
SPAN = 3 * 365 * 86_400
"""Seconds that the mailbox goes back."""
DAY = 86_400
SHARES: tuple[tuple[str, float], ...] = (
    ("newsletter", 33.0),
    ("alternative", 23.0),
    ("plain", 27.0),
    ("attachment", 7.5),
    ("html_only", 4.0),
    ("bounce", 0.8),
    ("auto_reply", 0.7),
    ("meeting", 1.0),
)
HIRING_SHARE = 0.03


class Mail(NamedTuple):
    """One message as it is to lie in the mailbox."""

    kind: str
    raw: bytes
    """Lines end with LF, as Dovecot stores them."""
    received: Stamp
    sent: bool
    """It is the user's own and stands in Sent."""
    seen: bool


@dataclass
class Summary:
    """What was written."""

    version: int
    seed: int
    count: int
    scale: float
    newest: Stamp
    octets: int = 0
    """As IMAP counts them, with CRLF."""
    kinds: dict[str, int] = field(default_factory=dict)


@dataclass
class _Thread:
    """A conversation that may go on."""

    subject: str
    other: Person
    circle: tuple[Person, Person]
    """Others who get copies now and then."""
    ids: list[str]


class Mailbox:
    """Makes the mails of one mailbox, oldest first."""

    def __init__(self, count: int, *, seed: int = 1, scale: float = 1.0, newest: Stamp = NEWEST) -> None:
        """Prepare the pools."""
        self.count, self.scale, self.newest = count, scale, newest
        self.rng = random.Random(f"{VERSION}/{seed}/{count}")
        self.words = Words(self.rng)
        self.headers = Headers(self.rng)
        self.bodies = Bodies(self.rng, self.words, self.headers)
        self._threads: list[_Thread] = []
        self._serial = itertools.count()
        self._planned: list[tuple[Stamp, int, Hiring, str]] = []

    def __iter__(self) -> Iterator[Mail]:
        """Yield exactly `count` mails in the order in which they arrived."""
        names = [name for name, _ in SHARES]
        makers = {name: getattr(self, f"_{name}") for name in names}
        limits = list(itertools.accumulate(share for _, share in SHARES))
        step = SPAN / self.count
        hiring = 0
        for index in range(self.count):
            at = int(self.newest - SPAN + step * (index + self.rng.random()))
            if self._planned and self._planned[0][0] <= at:
                yield self._go_on(at)
                hiring += 1
                continue
            if hiring + len(self._planned) < HIRING_SHARE * (index + 1):
                self._begin_hiring(at)
                yield self._go_on(at)
                hiring += 1
                continue
            kind = self.rng.choices(names, cum_weights=limits)[0]
            raw, sent = makers[kind](at)
            yield Mail(kind, raw, at, sent, sent or self.rng.random() < 0.9)

    # --- hiring processes ---

    def _begin_hiring(self, at: Stamp) -> None:
        process = Hiring.new(self.words, self.headers, self.bodies)
        rng = self.rng
        steps = ["acknowledgement", "opening", "answer", "confirmation"][: rng.choice((1, 4, 4, 4))]
        if len(steps) == 4:
            steps += rng.choice(((), ("reply",), ("reply", "rejection"), ("rejection",), ("reply", "answer", "offer")))
        moment = at
        for name in steps:
            heapq.heappush(self._planned, (moment, next(self._serial), process, name))
            moment += int(DAY * (0.02 if name == "opening" else rng.uniform(0.5, 9)))

    def _go_on(self, at: Stamp) -> Mail:
        _, _, process, name = heapq.heappop(self._planned)
        raw: bytes
        if name == "confirmation":
            raw = process.confirmation(at, at - at % 3_600 + int(DAY * self.rng.randint(1, 6)))
        else:
            raw = getattr(process, name)(at)
        return Mail(f"hiring_{name}", raw, at, name == "answer", seen=True)

    # --- everything else ---

    def _size(self, low: int, high: int) -> int:
        """Return a size between the two, small ones more often."""
        return int(low * (high / low) ** self.rng.random() * self.scale)

    def _head(self, sender: Person, at: Stamp, subject: str, extra: str = "", *, weight: int = 2) -> bytes:
        domain = sender.address.rpartition("@")[2]
        trace = self.headers.trace(sender, at, weight=weight) if weight >= 0 else ""
        return (
            f"{trace}MIME-Version: 1.0\nDate: {self.headers.date(at)}\nFrom: {sender.header}\nTo: {OWNER.header}\n"
            f"Subject: {subject}\nMessage-ID: {self.headers.message_id(domain)}\n{extra}"
        ).encode()

    def _newsletter(self, at: Stamp) -> tuple[bytes, bool]:
        company = self.rng.choice(self.words.companies)
        domain = f"news.{self.words.domain(company)}"
        sender = Person(company, f"hello@{domain}")
        head = self._head(sender, at, self.rng.choice(self.words.subjects), self.headers.bulk(domain))
        size = int(self.rng.uniform(30_000, 80_000) * self.scale)
        if self.rng.random() < 0.6:
            return head + self.bodies.alternative(self.words.text(3), size), False
        return head + self.bodies.markup(size), False

    def _conversation(self, at: Stamp, body: bytes) -> tuple[bytes, bool]:
        """Return `body` as the next mail of a running conversation, or as the first of a new one."""
        rng = self.rng
        if self._threads and rng.random() < 0.6:
            thread = self._threads[rng.randrange(len(self._threads))]
        else:
            subject = rng.choice(self.words.subjects)
            people = self.words.people
            number = rng.randrange(len(people))
            thread = _Thread(subject, people[number], (people[number ^ 1], people[number ^ 2]), [])
            self._threads.append(thread)
            if len(self._threads) > 60:
                self._threads.pop(rng.randrange(60))
        mine = bool(thread.ids) and rng.random() < 0.3
        sender, to = (OWNER, thread.other) if mine else (thread.other, OWNER)
        own = self.headers.message_id(sender.address.rpartition("@")[2])
        chain = ""
        if thread.ids:
            references = "\n ".join(thread.ids[-12:])
            chain = f"In-Reply-To: {thread.ids[-1]}\nReferences: {references}\n"
        trace = "" if mine else self.headers.trace(sender, at, weight=rng.randrange(3))
        copies = f"Cc: {thread.circle[0].header},\n {thread.circle[1].header}\n" if rng.random() < 0.2 else ""
        prefix = "Re: " if thread.ids else ""
        thread.ids.append(own)
        head = (
            f"{trace}MIME-Version: 1.0\nDate: {self.headers.date(at)}\nFrom: {sender.header}\nTo: {to.header}\n{copies}"
            f"Subject: {prefix}{thread.subject}\nMessage-ID: {own}\n{chain}User-Agent: Postbox 11.2\n"
        )
        return head.encode() + body, mine

    def _quoting(self) -> str:
        text = self.words.text(self.rng.randint(1, 5))
        if self.rng.random() < 0.5:
            quoted = "\n".join(f"> {line}" for line in self.words.text(2).splitlines())
            text += f"\n\nOn Monday somebody wrote:\n{quoted}\n"
        return text

    def _alternative(self, at: Stamp) -> tuple[bytes, bool]:
        return self._conversation(at, self.bodies.alternative(self._quoting(), self.rng.randint(5_000, 22_000)))

    def _plain(self, at: Stamp) -> tuple[bytes, bool]:
        if self.rng.random() < 0.55:
            return self._conversation(at, self.bodies.plain(self._quoting()))
        company = self.rng.choice(self.words.companies)
        sender = Person(company, f"notify@{self.words.domain(company)}")
        extra = "Auto-Submitted: auto-generated\n" if self.rng.random() < 0.5 else "Precedence: list\n"
        head = self._head(sender, at, self.rng.choice(self.words.subjects), extra)
        return head + self.bodies.plain(self.words.text(2)), False

    def _attachment(self, at: Stamp) -> tuple[bytes, bool]:
        parts = [self.bodies.alternative(self._quoting(), 6_000), self.bodies.attachment(self._size(20_000, 1_300_000))]
        return self._conversation(at, self.bodies.multipart("mixed", parts))

    def _html_only(self, at: Stamp) -> tuple[bytes, bool]:
        company = self.rng.choice(self.words.companies)
        sender = Person(f"{company} Orders", f"orders@shop.{self.words.domain(company)}")
        head = self._head(sender, at, self.rng.choice(self.words.subjects))
        return head + self.bodies.markup(self.rng.randint(8_000, 25_000)), False

    def _bounce(self, at: Stamp) -> tuple[bytes, bool]:
        other = self.rng.choice(self.words.people)
        domain = other.address.rpartition("@")[2]
        sender = Person("Mail Delivery System", f"mailer-daemon@{domain}")
        report = (
            "Content-Type: message/delivery-status\n\n"
            f"Reporting-MTA: dns; mx.{domain}\n\nFinal-Recipient: rfc822; {other.address}\nAction: failed\nStatus: 5.1.1\n"
            "Diagnostic-Code: smtp; 550 5.1.1 no such mailbox\n"
        )
        lost = f"Content-Type: text/rfc822-headers\n\nFrom: {OWNER.header}\nTo: {other.header}\nSubject: Keys\n"
        text = f"I could not deliver your message to <{other.address}>, and I have given up.\n"
        parts = [self.bodies.plain(text), report.encode(), lost.encode()]
        extra = f"Auto-Submitted: auto-replied\nX-Failed-Recipients: {other.address}\n"
        head = self._head(sender, at, "Undelivered Mail Returned to Sender", extra, weight=0)
        return head + self.bodies.multipart("report; report-type=delivery-status", parts), False

    def _auto_reply(self, at: Stamp) -> tuple[bytes, bool]:
        other = self.rng.choice(self.words.people)
        extra = "Auto-Submitted: auto-replied\nX-Autoreply: yes\nPrecedence: auto_reply\n"
        head = self._head(other, at, encoded("Out of office: Keys"), extra, weight=1)
        return head + self.bodies.plain("I am away until Monday week and read no mail. My colleagues will help.\n"), False

    def _meeting(self, at: Stamp) -> tuple[bytes, bool]:
        other = self.rng.choice(self.words.people)
        day = time.strftime("%Y%m%d", time.gmtime(at + 3 * DAY))
        event = (
            "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Postbox//11.2//EN\nMETHOD:REQUEST\nBEGIN:VEVENT\n"
            f"UID:{self.headers.token(20)}\nDTSTAMP:{day}T080000Z\nDTSTART:{day}T130000Z\nDTEND:{day}T133000Z\n"
            f"SUMMARY:Budget\nORGANIZER:mailto:{other.address}\nEND:VEVENT\nEND:VCALENDAR\n"
        )
        parts = [self.bodies.plain(self.words.text(1)), self.bodies.calendar(event, "REQUEST")]
        head = self._head(other, at, "Invitation: Budget", weight=1)
        return head + self.bodies.multipart("alternative", parts), False


def _prepare(root: Path, owner: tuple[int, int] | None) -> None:
    for folder in (root, root / ".Sent"):
        for directory in (folder, folder / "cur", folder / "new", folder / "tmp"):
            directory.mkdir(mode=0o700, exist_ok=True)
            if owner:
                os.chown(directory, *owner)


def write(
    root: Path,
    count: int,
    *,
    seed: int = 1,
    scale: float = 1.0,
    newest: Stamp = NEWEST,
    owner: tuple[int, int] | None = None,
) -> Summary:
    """Write a mailbox of `count` messages into the Maildir `root` (inbox and `.Sent`), whose parent exists.

    `owner` is who the files shall belong to, as (uid, gid). File times are INTERNALDATE (Dovecot's Maildir); the sizes stand in
    the names, so that the server need not read a file to tell RFC822.SIZE.
    """
    _prepare(root, owner)
    summary = Summary(VERSION, seed, count, scale, newest)
    folders = {False: f"{root}/cur/", True: f"{root}/.Sent/cur/"}
    for index, mail in enumerate(Mailbox(count, seed=seed, scale=scale, newest=newest)):
        size = len(mail.raw)
        octets = size + mail.raw.count(b"\n")
        name = f"{mail.received}.M{index:06d}P1.bench,S={size},W={octets}:2,{'S' if mail.seen else ''}"
        handle = os.open(folders[mail.sent] + name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, mail.raw)
            if owner:
                os.fchown(handle, *owner)
            os.utime(handle, (mail.received, mail.received))
        finally:
            os.close(handle)
        summary.octets += octets
        summary.kinds[mail.kind] = summary.kinds.get(mail.kind, 0) + 1
    return summary


def main() -> None:
    """Write a mailbox and tell what is in it."""
    parser = argparse.ArgumentParser(description="Write a seeded mailbox into a Maildir.")
    parser.add_argument("directory", type=Path, help="the Maildir; its parent must exist")
    parser.add_argument("--count", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0, help="factor for the size of newsletters and attachments")
    asked = parser.parse_args()
    begun = time.perf_counter()
    summary = write(asked.directory, asked.count, seed=asked.seed, scale=asked.scale)
    print(json.dumps({**asdict(summary), "seconds": round(time.perf_counter() - begun, 2)}, indent=1))  # noqa: T201 - it is a tool


if __name__ == "__main__":
    main()
