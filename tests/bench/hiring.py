"""The mail of one hiring process, as a company and its tools would send it; for the mailbox and for mail delivered live."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.bench.bodies import Bodies
from tests.bench.headers import OWNER, Headers, Stamp
from tests.bench.words import Person, Words, encoded

__all__ = ["Hiring"]

BOTH = 0.03
"""Share of employers that also send newsletters or notices."""
INVITE = """BEGIN:VCALENDAR
PRODID:-//Calendar Desk//Invitations 3.2//EN
VERSION:2.0
METHOD:REQUEST
BEGIN:VEVENT
UID:{uid}
SEQUENCE:0
DTSTAMP:{stamp}
DTSTART:{start}
DTEND:{end}
SUMMARY:Interview: {role} at {company}
ORGANIZER;CN={name}:mailto:{address}
ATTENDEE;CN={name};ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:{address}
ATTENDEE;CN=Sam Doe;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{owner}
LOCATION:https://meet.{domain}/r/{room}
STATUS:CONFIRMED
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""


@dataclass
class Hiring:
    """One process: a company, a role, somebody who writes. Each method returns a whole message, lines ended by LF."""

    words: Words
    headers: Headers
    bodies: Bodies
    company: str
    role: str
    contact: Person
    thread: list[str] = field(default_factory=list)
    """Message-IDs so far, with angle brackets, oldest first."""

    @classmethod
    def new(cls, words: Words, headers: Headers, bodies: Bodies, company: str | None = None) -> Hiring:
        """Begin a process at `company`, or at one drawn from the pools."""
        pool = words.companies if words.rng.random() < BOTH else words.employers
        name = company or words.rng.choice(pool)
        role = words.rng.choice(words.roles)
        return cls(words, headers, bodies, name, role, words.person(words.domain(name)))

    @property
    def domain(self) -> str:
        """Return the company's domain."""
        return self.words.domain(self.company)

    def _mail(self, sender: Person, at: Stamp, subject: str, body: bytes, extra: str = "", *, weight: int = 2) -> bytes:
        own = self.headers.message_id(self.domain)
        chain = ""
        if self.thread:
            references = "\n ".join(self.thread[-8:])
            chain = f"In-Reply-To: {self.thread[-1]}\nReferences: {references}\n"
        self.thread.append(own)
        trace = self.headers.trace(sender, at, weight=weight) if weight >= 0 else ""
        head = (
            f"{trace}MIME-Version: 1.0\nDate: {self.headers.date(at)}\nFrom: {sender.header}\n"
            f"To: {self.contact.header if sender is OWNER else OWNER.header}\n"
            f"Subject: {encoded(subject)}\nMessage-ID: {own}\n{chain}{extra}"
        )
        return head.encode() + body

    def _signed(self, text: str) -> str:
        return f"Hi Sam,\n\n{text}\n\nKind regards\n{self.contact.name}\n{self.company}\n"

    def acknowledgement(self, at: Stamp) -> bytes:
        """Return the robot's receipt of an application."""
        robot = Person(f"{self.company} Careers", f"no-reply@jobs.{self.domain}")
        text = (
            f"Hello Sam,\n\nyour application for the position of {self.role} has reached us. Our recruiting team reads every\n"
            "one of them and will be in touch about the next steps. Please do not answer this message.\n"
        )
        extra = "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n"
        body = self.bodies.alternative(text, 9_000)
        mail = self._mail(robot, at, f"We have received your application: {self.role}", body, extra)
        self.thread.clear()
        return mail

    def opening(self, at: Stamp) -> bytes:
        """Return the first mail of the recruiter, who asks for times."""
        text = self._signed(
            f"thanks for applying as {self.role}. We would like to get to know you in an interview by video.\n"
            "Which times would suit you next week? An hour should do."
        )
        return self._mail(self.contact, at, f"Interview for {self.role} at {self.company}", self.bodies.alternative(text, 7_000))

    def answer(self, at: Stamp) -> bytes:
        """Return the user's own answer, for Sent."""
        text = f"Hello {self.contact.name},\n\nthat works for me, thank you. I look forward to our conversation.\n\nSam\n"
        subject = f"Re: Interview for {self.role} at {self.company}"
        return self._mail(OWNER, at, subject, self.bodies.plain(text), weight=-1)

    def confirmation(self, at: Stamp, start: Stamp, minutes: int = 60) -> bytes:
        """Return the confirmation with its calendar part; the interview starts at `start`."""
        opens = datetime.fromtimestamp(start, UTC)
        shape = "%Y%m%dT%H%M%SZ"
        event = INVITE.format(
            uid=f"{self.headers.token(24)}@{self.domain}",
            stamp=datetime.fromtimestamp(at, UTC).strftime(shape),
            start=opens.strftime(shape),
            end=(opens + timedelta(minutes=minutes)).strftime(shape),
            role=self.role,
            company=self.company,
            name=self.contact.name,
            address=self.contact.address,
            owner=OWNER.address,
            domain=self.domain,
            room=self.headers.token(10),
        )
        text = self._signed(
            f"your interview for the {self.role} position is confirmed for {opens:%A, %d %B %Y at %H:%M} UTC.\n"
            f"It will take {minutes} minutes; the link is in the invitation."
        )
        inner = self.bodies.multipart(
            "alternative", [self.bodies.plain(text), self.bodies.markup(6_000), self.bodies.calendar(event, "REQUEST")]
        )
        subject = f"Confirmed: interview for {self.role} at {self.company}"
        return self._mail(self.contact, at, subject, inner)

    def reply(self, at: Stamp, *, weight: int = 2) -> bytes:
        """Return a person's answer in the thread."""
        text = self._signed(
            "it was good to talk to you. Two colleagues are still on holiday, so give us until the end of next week,\n"
            "please; I will write as soon as we have talked about it."
        )
        subject = f"Re: Interview for {self.role} at {self.company}"
        return self._mail(self.contact, at, subject, self.bodies.alternative(text, 7_000), weight=weight)

    def rejection(self, at: Stamp) -> bytes:
        """Return the no."""
        text = self._signed(
            f"thank you for the time you took. Unfortunately we have decided to go on with other candidates for the\n"
            f"{self.role} position. We wish you every success with your search."
        )
        return self._mail(self.contact, at, f"Your application as {self.role}", self.bodies.plain(text))

    def offer(self, at: Stamp) -> bytes:
        """Return the yes."""
        text = self._signed(f"good news: we are pleased to offer you the position of {self.role}. The contract is attached.")
        parts = [self.bodies.plain(text), self.bodies.attachment(180_000)]
        return self._mail(self.contact, at, f"Offer: {self.role} at {self.company}", self.bodies.multipart("mixed", parts))
