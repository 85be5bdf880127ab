"""A draft as it is to stand: what is asked of the service, and what is missing where it did not take all of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from connectors.outlook.answers import Json, flag, instant, record, records, text
from connectors.outlook.held import DEFERRED, Held, content_of, person, seconds_of, subject_of
from connectors.outlook.page import Original, own_html, own_part, page_of, quotation
from connectors.outlook.proof import PROPERTY, Proof, short_digest, words_of
from rules.drafts.types import Draft
from rules.mail.encoding import decode_transfer, to_text
from rules.mail.mime import read_tree
from rules.mail.structure import walk

__all__ = ["Wanted", "as_stored"]

_MAX_HTML: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Wanted:
    """A draft as it is to stand."""

    draft: Draft
    body: str
    html: bool
    own: str
    """The words of `body` that are ours, as `words_of` tells them."""
    proof: Proof

    @classmethod
    def of(
        cls, draft: Draft, raw: bytes, original: Json | None, *, below: str = "", schedule: bool = False, until: int = 0
    ) -> Wanted:
        """Put together what stands in the draft: our own part, and what is quoted `below` or else the original.

        `until` is the time before which what it replaces shall not leave: it has to be overwritten where none is wanted.
        """
        own = _own_html(draft, raw)
        if own is None:
            body, html = _plain(draft.text), False
        else:
            told = below or (quotation(_told(original), draft.date.tzinfo or UTC) if original is not None else "")
            body, html = page_of(own, told), True
        if schedule and _is_ahead(draft) and draft.not_before is not None:
            until = seconds_of(draft.not_before)
        elif until:
            until = min(until, seconds_of(draft.date))  # a time that is over holds nothing back
        proof = Proof(
            message_id=draft.message_id,
            digest=sha256(raw).hexdigest(),
            content="",
            answers=short_digest(draft.in_reply_to),
            unread=original is not None and flag(original, "isRead") is False,
            until=until,
        )
        made = cls(draft, body, html, words_of(body if own is None else own, html=html), proof)
        return replace(made, proof=replace(proof, content=content_of(made.message()).digest))

    def message(self) -> dict[str, Any]:
        """Return the draft as the service takes it."""
        kind = "html" if self.html else "text"
        return {
            "subject": subject_of(self.draft),
            "body": {"contentType": kind, "content": self.body},
            "toRecipients": [{"emailAddress": {"name": self.draft.to.name, "address": self.draft.to.address}}],
            "ccRecipients": [],
            "bccRecipients": [],
            "internetMessageId": f"<{self.draft.message_id}>",
            "singleValueExtendedProperties": self.properties(),
        }

    def properties(self) -> list[dict[str, str]]:
        """Return the proof, and the time before which the draft shall not leave."""
        found = [{"id": PROPERTY, "value": str(self.proof)}]
        if self.proof.until:
            found.append({"id": DEFERRED, "value": f"{datetime.fromtimestamp(self.proof.until, UTC):%Y-%m-%dT%H:%M:%SZ}"})
        return found

    def lacks(self, held: Held) -> dict[str, Any]:
        """Return what has to be written so that `held` is as it should be; empty when it is."""
        whole = self.message()
        meant, stands = content_of(whole), held.content
        differs = {
            "subject": stands.subject.split() != meant.subject.split(),
            "body": stands.words != meant.words or bool(stands.pictures),
            "toRecipients": stands.to != meant.to,
            "ccRecipients": bool(stands.cc),
            "bccRecipients": bool(stands.bcc),
            "internetMessageId": text(held.item, "internetMessageId") != whole["internetMessageId"],
            "singleValueExtendedProperties": held.proof != self.proof or (held.until != self.proof.until and self.proof.until),
        }
        return {name: whole[name] for name, is_other in differs.items() if is_other}


def as_stored(wanted: Wanted, held: Held) -> Wanted:
    """Return what is wanted with the words that the mailbox made of it: ours have to be among them, for nobody else."""
    meant, stands = content_of(wanted.message()), held.content
    same_people = (stands.to, stands.cc, stands.bcc) == (meant.to, meant.cc, meant.bcc)
    if not same_people or stands.pictures or stands.files or not stands.words.startswith(wanted.own):
        return wanted
    return replace(
        wanted,
        body=held.body,
        html=held.is_html,
        draft=replace(wanted.draft, subject=stands.subject),
        proof=replace(wanted.proof, content=stands.digest),
    )


def _is_ahead(draft: Draft) -> bool:
    return draft.not_before is not None and draft.not_before > draft.date


def _told(original: Json) -> Original:
    body = record(original, "body")
    return Original(
        sender=person(record(original, "from")) if record(original, "from") else person(record(original, "sender")),
        to=tuple(person(one) for one in records(original, "toRecipients")),
        cc=tuple(person(one) for one in records(original, "ccRecipients")),
        subject=text(original, "subject"),
        sent=instant(original, "sentDateTime") or instant(original, "receivedDateTime"),
        body=text(body, "content"),
        html=text(body, "contentType").lower() == "html",
    )


def _own_html(draft: Draft, raw: bytes) -> str | None:
    """Return our part of the body as HTML; None where it is to be plain text: what the user writes to themselves is filled in."""
    if draft.key.kind.to_self:
        return None
    tree = read_tree(raw)
    for part in walk(tree.root):
        if part.type == "text/html" and not part.children:
            return own_part(_decoded(tree.octets(raw, part, _MAX_HTML), part.encoding, part.charset))
    return own_html(draft.text, draft.links)


def _decoded(octets: bytes, encoding: str, charset: str) -> str:
    return to_text(decode_transfer(octets, encoding, truncated=False), charset, truncated=False)


def _plain(text_of: str) -> str:
    lines = text_of.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(one for one in lines if one in "\n\t" or one.isprintable()).replace("\n", "\r\n")
