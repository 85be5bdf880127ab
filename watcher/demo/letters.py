"""Raw messages (RFC 5322) as the world's mail programs write them: MIME structures, quoting habits and header fields differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr
from html import escape
from zoneinfo import ZoneInfo

from watcher.demo.calendars import applicant_system, desktop_suite, web_calendar
from watcher.demo.script import USER, Letter, Meeting

__all__ = ["Parent", "letter_bytes", "noise_bytes"]

_DIALECTS: dict[str, Callable[[Meeting, str, datetime], str]] = {
    "google": web_calendar,
    "outlook": desktop_suite,
    "relay": applicant_system,
}
_PREFIXES = {"REQUEST": "Invitation: ", "CANCEL": "Cancelled: "}


@dataclass(frozen=True, slots=True)
class Parent:
    """The message that a letter answers, as its sender sees it."""

    message_id: str
    references: tuple[str, ...]
    subject: str
    sender: str
    date: str
    text: str


def letter_bytes(letter: Letter, message_id: str, parent: Parent | None) -> bytes:
    """Return the bytes of a letter as they arrive; the same for the same arguments."""
    text = letter.text + ("\n\n" + _quote(letter, parent) if parent and letter.style != "away" else "\n")
    sender = letter.sender
    zone: ZoneInfo = sender.zone if sender else ZoneInfo(USER.zone)
    fields = [("Received", _trace(sender.address, letter.at))] if sender else []
    fields += [
        ("Date", format_datetime(letter.at.astimezone(zone))),
        ("From", _mailbox(sender.name, sender.address) if sender else _mailbox(USER.name, USER.email)),
        ("To", _mailbox(letter.to.name, letter.to.address) if letter.to else _mailbox(USER.name, USER.email)),
        ("Subject", _encoded(_subject(letter, parent))),
        ("Message-ID", f"<{message_id}>"),
    ]
    if sender and sender.reply_to:
        fields.append(("Reply-To", _mailbox(sender.name, sender.reply_to)))
    if parent:
        fields += [
            ("In-Reply-To", f"<{parent.message_id}>"),
            ("References", "\n ".join(f"<{one}>" for one in (*parent.references, parent.message_id))),
        ]
    return _assembled([*fields, *_habits(letter)], _body(letter, text))


def noise_bytes(at: datetime, message_id: str, *, sender: str, subject: str, text: str, list_id: str, automatic: bool) -> bytes:
    """Return the bytes of a mail that has nothing to do with an interview: a list's, a machine's or a friend's."""
    fields = [
        ("Received", _trace(sender.rstrip(">"), at)),
        ("Date", format_datetime(at)),
        ("From", sender),
        ("To", _mailbox(USER.name, USER.email)),
        ("Subject", _encoded(subject)),
        ("Message-ID", f"<{message_id}>"),
    ]
    if list_id:
        fields += [
            ("List-Id", f"<{list_id}>"),
            ("List-Unsubscribe", f"<https://{list_id}/unsubscribe>"),
            ("Precedence", "bulk"),
        ]
    if automatic:
        fields.append(("Auto-Submitted", "auto-generated"))
    return _assembled(fields, MIMEText(text, "plain", "us-ascii"))


def _assembled(fields: list[tuple[str, str]], body: Message) -> bytes:
    """Put the fields of the message before those of its content, as mail programs do."""
    content = [(name, str(value)) for name, value in body.items() if name != "MIME-Version"]
    for part in body.walk():
        del part["MIME-Version"]
    for name, _ in content:
        del body[name]
    for name, value in [*fields, ("MIME-Version", "1.0"), *content]:
        body[name] = value
    return body.as_bytes(policy=policy.compat32.clone(max_line_length=78))


def _trace(address: str, at: datetime) -> str:
    return f"from mx.{address.rpartition('@')[2]} by mail.brannick.example;\n {format_datetime(at)}"


def _subject(letter: Letter, parent: Parent | None) -> str:
    if parent and not letter.subject:
        if letter.style == "away":
            return f"Automatic reply: {parent.subject}"
        return parent.subject if parent.subject.lower().startswith("re:") else f"Re: {parent.subject}"
    if letter.meeting and letter.style in ("google", "outlook"):
        prefix = _PREFIXES[letter.meeting.method]
        if letter.meeting.sequence and letter.meeting.method == "REQUEST":
            prefix = "Updated invitation: "
        # The desktop suite marks a cancellation only; its invitations carry the bare subject.
        return prefix + letter.subject if letter.style == "google" or letter.meeting.method == "CANCEL" else letter.subject
    return letter.subject


def _habits(letter: Letter) -> list[tuple[str, str]]:
    """Return the fields by which the sender's software can be told, and which readers must not stumble over."""
    match letter.style:
        case "google" if letter.meeting:
            # Web calendars send in the organizer's name and call it automatic: that alone makes no mail unimportant.
            return [("Sender", "Calendar <calendar-notification@calendar.example>"), ("Auto-Submitted", "auto-generated")]
        case "outlook":
            return [("Thread-Topic", _encoded(letter.subject or "Re")), ("X-MS-Has-Attach", ""), ("Accept-Language", "en-GB")]
        case "relay":
            return [("Auto-Submitted", "auto-generated"), ("Feedback-ID", "candidate:hirelane")]
        case "away":
            return [("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"), ("Precedence", "auto_reply")]
        case _:
            return []


def _quote(letter: Letter, parent: Parent) -> str:
    """Quote what is answered, below the answer, as the sender's program does."""
    if letter.style == "outlook":
        head = f"From: {parent.sender}\nSent: {parent.date}\nTo: {USER.name}\nSubject: {parent.subject}\n\n"
        return "________________________________\n" + head + parent.text + "\n"
    lines = "".join(f"> {line}".rstrip() + "\n" for line in parent.text.splitlines())
    return f"On {parent.date}, {parent.sender} wrote:\n\n{lines}"


def _body(letter: Letter, text: str) -> Message:
    if letter.style in ("plain", "away"):
        return _text(text, "plain", letter.charset)
    boundary = f"=_{letter.style}_{letter.at:%Y%m%d%H%M}"
    alternatives = MIMEMultipart("alternative", boundary=f"{boundary}_alt")
    alternatives.attach(_text(text, "plain"))
    alternatives.attach(_text(_html(text), "html"))
    if letter.meeting is None:
        return alternatives
    calendar = _DIALECTS[letter.style](letter.meeting, letter.subject, letter.at)
    if letter.style == "outlook":
        alternatives.attach(_calendar_part(calendar, letter.meeting.method))
        return alternatives
    mixed = MIMEMultipart("mixed", boundary=f"{boundary}_mix")
    mixed.attach(alternatives)
    if letter.style == "google":
        alternatives.attach(_calendar_part(calendar, letter.meeting.method))
    # A web calendar sends its invitation twice; an applicant system only as a file, and names no method on it.
    mixed.attach(_file(calendar, "invite.ics" if letter.style == "google" else "interview.ics"))
    return mixed


def _text(text: str, subtype: str, charset: str = "utf-8") -> MIMEText:
    """Make a text part that stays readable in a pager: as it is when it is ASCII, else quoted-printable."""
    if text.isascii():
        return MIMEText(text, subtype, "us-ascii")
    readable = Charset(charset)
    readable.body_encoding = QP
    return MIMEText(text, subtype, readable)  # type: ignore[arg-type] # the stub knows names of character sets only


def _calendar_part(calendar: str, method: str) -> MIMEText:
    part = MIMEText(calendar, "calendar", "utf-8")
    part.set_param("method", method)
    return part


def _file(calendar: str, name: str) -> MIMENonMultipart:
    part = MIMENonMultipart("application", "ics", name=name)
    part.set_payload(calendar, "utf-8")
    part["Content-Disposition"] = f'attachment; filename="{name}"'
    return part


def _html(text: str) -> str:
    paragraphs = "".join(f"<p>{escape(one).replace(chr(10), '<br>')}</p>\n" for one in text.strip().split("\n\n"))
    return f"<html><body>\n{paragraphs}</body></html>\n"


def _mailbox(name: str, address: str) -> str:
    return formataddr((name, address))


def _encoded(subject: str) -> str:
    return subject if subject.isascii() else Header(subject, "utf-8").encode()
