"""One draft as it stands in the mailbox, read from the service's JSON. Nothing in here raises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property
from hashlib import sha256
from typing import Final

from connectors.base import DraftRef
from connectors.outlook.answers import Json, flag, instant, record, records, text
from connectors.outlook.page import own_html, plain_text_of, standing_quotation
from connectors.outlook.proof import PROPERTY, Content, Proof, words_of
from connectors.outlook.reading import IN_REPLY_TO, REFERENCES, change_key, envelope_of
from rules.drafts.headers import address_list, is_addressable, msg_ids, unstructured
from rules.drafts.types import Draft
from rules.mail import Address, Envelope, Role
from rules.mail.headers import message_ids

__all__ = ["DEFERRED", "EXPAND", "LISTED", "WHOLE", "Held", "bare_id", "content_of", "person", "seconds_of", "subject_of"]

DEFERRED: Final = "SystemTime 0x3FEF"
"""PidTagDeferredSendTime (https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-oxomsg, section 2.2.3.4)."""
LISTED: Final = (
    "id,changeKey,internetMessageId,conversationId,createdDateTime,receivedDateTime,sentDateTime,isDraft,parentFolderId,subject,"
    "from,toRecipients,ccRecipients"
)
"""What is asked of every draft."""
WHOLE: Final = f"{LISTED},bccRecipients,lastModifiedDateTime,hasAttachments,body"
EXPAND: Final = "singleValueExtendedProperties($filter={})".format(
    " or ".join(f"id eq '{one}'" for one in (PROPERTY, IN_REPLY_TO, REFERENCES, DEFERRED))
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TAG: Final = re.compile(r"(\w+) 0x0*([0-9a-f]{1,8})", re.IGNORECASE)
_STAMP: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d{1,9})?(?:Z|[+-]00:00)?")
_SLACK: Final = 60
"""Seconds by which a time that is kept may differ from the one that was set."""
_MOST_PEOPLE: Final = 500
_LONGEST_SUBJECT: Final = 255


def bare_id(message_id: str) -> str:
    """Return a Message-ID without its angle brackets."""
    return next(iter(message_ids(message_id)), "") if "<" in message_id else message_id.strip()


def subject_of(draft: Draft) -> str:
    """Return the subject as the mailbox can hold it: one line of 255 characters.

    https://learn.microsoft.com/en-us/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits
    """
    return " ".join(draft.subject.split())[:_LONGEST_SUBJECT].rstrip()


def person(recipient: Json) -> tuple[str, str]:
    """Return name and address, lower-case, of a recipient."""
    address = record(recipient, "emailAddress")
    return " ".join(text(address, "name").split()), text(address, "address").strip().lower()


def seconds_of(at: datetime) -> int:
    """Return a moment (aware) as whole seconds since 1970."""
    return int(at.timestamp())


def _name_of(known: str) -> str:
    """Return the id of an extended property in one spelling: numbers come back in another one than they were asked for."""
    tag = _TAG.fullmatch(known.strip())
    return f"{tag[1]} 0x{tag[2]}".lower() if tag is not None else known.strip().lower()


def _recipients(message: Json, field: str) -> frozenset[str]:
    people = (person(one) for one in records(message, field)[:_MOST_PEOPLE])
    return frozenset(address or name for name, address in people)


@dataclass(frozen=True)
class Held:
    """A draft, or a message in Sent, as it was just read. Of one from a listing the body is not known."""

    item: Json

    @property
    def ref(self) -> str:
        """Return its handle."""
        return text(self.item, "id")

    @property
    def revision(self) -> str:
        """Return its changeKey: every change gives another one, and so do some that change nothing."""
        return change_key(self.item)

    @property
    def etag(self) -> str:
        """Return what a change can be made to depend on."""
        return text(self.item, "@odata.etag") or (f'W/"{self.revision}"' if self.revision else "")

    @cached_property
    def properties(self) -> Mapping[str, str]:
        """Return the extended properties that were asked for."""
        items = records(self.item, "singleValueExtendedProperties")
        return {_name_of(text(one, "id")): text(one, "value") for one in items}

    def extended(self, known: str) -> str:
        """Return an extended property; empty where there is none."""
        return self.properties.get(_name_of(known), "")

    @cached_property
    def proof(self) -> Proof | None:
        """Return what we left with it."""
        return Proof.parse(self.extended(PROPERTY))

    @property
    def message_id(self) -> str:
        """Return the Message-ID that we gave; of what is not ours the one that it has."""
        return self.proof.message_id if self.proof is not None else bare_id(text(self.item, "internetMessageId"))

    @property
    def in_reply_to(self) -> str:
        """Return the Message-ID that it answers, as far as the mailbox says it."""
        return bare_id(self.extended(IN_REPLY_TO))

    @property
    def conversation(self) -> str:
        """Return the conversation that it belongs to."""
        return text(self.item, "conversationId")

    @property
    def created(self) -> datetime:
        """Return when it was made."""
        return instant(self.item, "createdDateTime") or instant(self.item, "receivedDateTime") or _EPOCH

    @property
    def modified(self) -> datetime:
        """Return when it was last saved."""
        return instant(self.item, "lastModifiedDateTime") or self.created

    @property
    def listed_at(self) -> datetime:
        """Return the time by which drafts are put in order."""
        return instant(self.item, "receivedDateTime") or self.created

    @property
    def is_draft(self) -> bool:
        """Say whether it is one, still."""
        return flag(self.item, "isDraft") is True

    @property
    def folder(self) -> str:
        """Return the folder that it stands in."""
        return text(self.item, "parentFolderId")

    @property
    def is_html(self) -> bool:
        """Say whether its body is HTML."""
        return text(record(self.item, "body"), "contentType").lower() == "html"

    @property
    def body(self) -> str:
        """Return its body."""
        return text(record(self.item, "body"), "content")

    @property
    def has_files(self) -> bool:
        """Say whether something is attached to it."""
        return flag(self.item, "hasAttachments") is True

    @cached_property
    def content(self) -> Content:
        """Return what it says to whom."""
        return Content(
            to=_recipients(self.item, "toRecipients"),
            cc=_recipients(self.item, "ccRecipients"),
            bcc=_recipients(self.item, "bccRecipients"),
            subject=text(self.item, "subject"),
            words=words_of(self.body, html=self.is_html),
            pictures=Content.pictures_in(self.body) if self.is_html else 0,
            files=self.has_files,
        )

    @cached_property
    def until(self) -> int:
        """Return the moment before which it shall not leave, in seconds since 1970; 0 where none is set."""
        stamp = _STAMP.fullmatch(self.extended(DEFERRED).strip())
        if stamp is None:
            return 0
        try:
            return seconds_of(datetime.fromisoformat(f"{stamp[1]}T{stamp[2]}+00:00"))
        except (ValueError, OverflowError):
            return 0

    @property
    def is_held_back_as_we_did(self) -> bool:
        """Say whether nobody has set another time for it to leave; that a client dropped ours is nobody's wish."""
        ours = self.proof.until if self.proof is not None else 0
        return not self.until or abs(self.until - ours) <= _SLACK

    @cached_property
    def is_untouched(self) -> bool:
        """Say whether it is ours and says what we wrote, in whatever mark-up."""
        return self.proof is not None and self.content.digest == self.proof.content and self.is_held_back_as_we_did

    @cached_property
    def raw(self) -> bytes:
        """Return it as RFC 5322 bytes, made of its properties, the same for the same ones; without what is attached."""
        answers = message_ids(self.extended(IN_REPLY_TO))[:1]
        plain = plain_text_of(self.body) if self.is_html else self.body
        fields = [
            ("From", _addresses("From", (record(self.item, "from"),))),
            ("To", _addresses("To", records(self.item, "toRecipients"))),
            ("Cc", _addresses("Cc", records(self.item, "ccRecipients"))),
            ("Bcc", _addresses("Bcc", records(self.item, "bccRecipients"))),
            ("Subject", unstructured("Subject", text(self.item, "subject"))),
            ("Date", format_datetime(instant(self.item, "sentDateTime") or self.created)),
            ("Message-ID", msg_ids("Message-ID", [self.message_id])),
            ("In-Reply-To", msg_ids("In-Reply-To", answers)),
            ("References", msg_ids("References", message_ids(self.extended(REFERENCES)))),
            ("MIME-Version", "1.0"),
            ("Content-Type", f'text/{"html" if plain is None else "plain"}; charset="utf-8"'),
            ("Content-Transfer-Encoding", "8bit"),
        ]
        head = "".join(f"{name}: {value}\r\n" for name, value in fields if value)
        body = re.sub(r"\r\n?|\n", "\r\n", self.body if plain is None else plain)
        return f"{head}\r\n{body}".encode("utf-8", "replace")

    @cached_property
    def digest(self) -> str:
        """Return what proves its content: the digest of what was written while it says that, else that of what it says now."""
        if self.proof is not None and self.is_untouched:
            return self.proof.digest
        return sha256(self.raw).hexdigest()

    @property
    def place(self) -> DraftRef:
        """Return where it stands, with its proof."""
        return DraftRef(self.ref, self.revision, self.digest)

    @property
    def spot(self) -> DraftRef:
        """Return where it stands, of one from a listing."""
        return DraftRef(self.ref, self.revision)

    def is_as_in(self, ref: DraftRef) -> bool:
        """Say whether this is what `ref` stands for: by its content where that is known, else by its revision."""
        return self.digest == ref.digest if ref.digest else bool(ref.revision) and self.revision == ref.revision

    def says(self, draft: Draft) -> bool:
        """Say whether it says what `draft` says, to its one recipient: for a draft whose bytes were lost."""
        below = standing_quotation(self.body) if self.is_html else ""
        mine = self.body[: self.body.find(below)] if below else self.body
        return (
            self.content.to == {draft.to.address.lower()}
            and not (self.content.cc or self.content.bcc or self.content.pictures or self.content.files)
            and self.content.subject.split() == subject_of(draft).split()
            and words_of(mine, html=self.is_html) in words_of_text(draft)
        )

    def envelope(self, role: Role) -> Envelope:
        """Return it as other messages are told, under the Message-ID that it has."""
        made = envelope_of(self.item, self.ref, role)
        answers = self.in_reply_to
        known = made if made.in_reply_to or not answers else made._replace(in_reply_to=answers)
        return known._replace(references=" ".join(message_ids(self.extended(REFERENCES)))) if not known.references else known


def words_of_text(draft: Draft) -> frozenset[str]:
    """Return the words of a draft, as plain text and as the HTML that is made of it tell them."""
    return frozenset({words_of(draft.text, html=False), words_of(own_html(draft.text, draft.links), html=True)})


def _addresses(field: str, people: object) -> str:
    """Return the body of an address field with all that can stand in one."""
    told = []
    for name, address in (person(one) for one in people if isinstance(one, Mapping)) if isinstance(people, (list, tuple)) else ():
        if is_addressable(address):
            told.append(address_list(field, Address("" if name.lower() == address else name, address)))
    return ",\r\n ".join(told)


def content_of(message: Json) -> Content:
    """Return what a message says that is about to be written."""
    return Held(message).content
