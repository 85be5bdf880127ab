"""A made-up past, laid out as the programs lay it out that mail is taken out of."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from tests.letters import COMPANY, USER, invitation, letter

__all__ = ["INTERVIEW", "INVITED", "REPLIED", "Past", "as_eml", "as_maildir", "as_mbox", "state_of", "story"]

INVITED = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
INTERVIEW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
REPLIED = datetime(2026, 3, 26, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Past:
    """One message with where it stands."""

    raw: bytes
    at: datetime
    sent: bool = False


def story(*, by_hand: datetime | None = None, replied: bool = True) -> list[Past]:
    """Return an invitation, small talk, perhaps a thank-you and a follow-up of the user's own making, and an answer to it all.

    `by_hand`: the user wrote a follow-up then, without any program's help.
    """
    mails = [
        Past(invitation(INVITED, INTERVIEW), INVITED),
        _letter("Lunch?", "Are you free on Friday?", INVITED + timedelta(days=1), "lunch", sender="Kim <kim@friends.test>"),
        _letter("Deals of the week", "Buy now.", INVITED + timedelta(days=2), "deals", sender="Shop <news@shop.test>"),
    ]
    if by_hand is not None:
        words = "Dear Rita,\n\nis there any news about the Backend Engineer role?\n\nBest,\nSam"
        mails.append(
            _letter(
                "Re: Interview", words, by_hand, "by-hand", sender=USER, to=COMPANY, parents=["invite-1@acme.test"], sent=True
            )
        )
    if replied:
        words = "Hi Sam,\n\nthank you for your patience. I will call you about it.\n\nBest,\nRita"
        mails.append(_letter("Re: Interview", words, REPLIED, "reply", parents=["invite-1@acme.test"]))
    return mails


def _letter(  # noqa: PLR0917 - as the letter it makes
    subject: str,
    text: str,
    at: datetime,
    name: str,
    sender: str = COMPANY,
    to: str = USER,
    parents: Iterable[str] = (),
    *,
    sent: bool = False,
) -> Past:
    message: EmailMessage = letter(subject, text, at, message_id=f"{name}@acme.test", sender=sender, to=to, parents=[*parents])
    return Past(message.as_bytes(), at, sent)


def as_mbox(path: Path, mails: Iterable[Past]) -> Path:
    """Write an mbox file as Google Takeout does: not in the order of time, with labels and threads."""
    with path.open("wb") as file:
        for number, mail in enumerate(reversed([*mails])):
            head = f"From {17 + number}@xxx {mail.at:%a %b %d %H:%M:%S} +0000 {mail.at:%Y}\nX-GM-THRID: {number}\n"
            labels = "Sent,Opened" if mail.sent else "Inbox,Opened,Category Personal"
            file.write(f"{head}X-Gmail-Labels: {labels}\n".encode() + mail.raw.replace(b"\r\n", b"\n") + b"\n")
    return path


def as_maildir(path: Path, mails: Iterable[Past]) -> Path:
    """Write a Maildir with the folder Sent beside the inbox."""
    for folder in ("", ".Sent"):
        for part in ("cur", "new", "tmp"):
            (path / folder / part).mkdir(parents=True)
    for number, mail in enumerate(mails):
        stamp = int(mail.at.timestamp())
        file = path / (".Sent/cur" if mail.sent else "cur") / f"{stamp}.M{number}.host:2,S"
        file.write_bytes(mail.raw)
        os.utime(file, (stamp, stamp))
    return path


def as_eml(path: Path, mails: Iterable[Past]) -> Path:
    """Write a folder of files, in and out together, in folders within."""
    for number, mail in enumerate(mails):
        file = path / f"{mail.at:%Y-%m}" / f"{97 - number}.eml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(mail.raw)
    return path


def state_of(top: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Return everything that a writer would change below `top`, or of the file `top`."""
    paths = [top, *sorted(top.rglob("*"))] if top.is_dir() else [top]
    found = {}
    for path in paths:
        state = path.stat()
        content = path.read_bytes() if path.is_file() else b"\n".join(sorted(os.fsencode(one.name) for one in path.iterdir()))
        found[str(path)] = (state.st_mode, state.st_mtime_ns, state.st_ctime_ns, content)
    return found
