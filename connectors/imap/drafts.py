"""Our own drafts: put, find, take back. Nothing else is ever written, and nothing is removed that was not just read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from connectors.base import DraftRef, Found, FoundState, Withdrawal
from connectors.errors import Conflict, Misconfigured, NotFound, Unavailable
from connectors.imap.compare import crlf, digest_of, same_words, says_the_same, subject_core
from connectors.imap.folders import Folder
from connectors.imap.listing import ref_prefix
from connectors.imap.refusal import refusal
from connectors.imap.rows import HEADER_ITEM, Place, row_of, section
from connectors.imap.session import Session
from connectors.imap.tokens import Token
from connectors.imap.wire import Literal, quoted
from rules.drafts.types import Draft
from rules.mail import Envelope, Role

__all__ = ["Drafts", "find_draft", "list_drafts", "put_draft", "read_whole", "withdraw_draft"]

_WHOLE_CAP = 1 << 20
_APPENDUID = re.compile(rb"\[APPENDUID (\d{1,10}) (\d{1,10})\]", re.IGNORECASE)
_LOOK_BACK = 500
"""How many of the newest drafts are compared with a draft that is looked for."""
_SENT_CAP = 200
_READ_BACK_TRIES = 3
_CLOCK_SLACK = timedelta(minutes=10)
_SERVER_SLACK = timedelta(hours=6)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class Drafts:
    """The open Drafts folder: where drafts stand at this moment."""

    def __init__(self, session: Session) -> None:
        """Open Drafts for writing, with a fresh look."""
        self.session = session
        self.folder = drafts_folder(session)
        self.state = session.select(self.folder)
        self.uidvalidity = self.state.uidvalidity or 0
        self.prefix = ref_prefix(self.folder, self.uidvalidity)

    def ref(self, uid: int, digest: str = "") -> DraftRef:
        """Return the reference of a draft that stands here."""
        return DraftRef(f"{self.prefix}{uid}", f"{self.uidvalidity}.{uid}", digest)

    def uid_of(self, ref: DraftRef | None) -> int | None:
        """Return the UID that a reference names, if it is of this folder and its present numbering."""
        if ref is None or not ref.ref.startswith(self.prefix):
            return None
        uid = ref.ref[len(self.prefix) :]
        return int(uid) if uid.isdigit() else None

    def headers(self, uids: Sequence[int] | bytes) -> dict[int, Envelope]:
        """Return the envelopes of drafts that are there and not marked as deleted, by UID."""
        return read_envelopes(self.session, uids, Role.DRAFTS, self.prefix)

    def by_message_id(self, message_id: str) -> list[int]:
        """Return the UIDs under which a Message-ID stands, oldest first.

        The search is only a hint: its index may lag behind, or match parts of words. So the newest are looked at as well.
        """
        found = set(self.session.search(b"HEADER", b"Message-ID", quoted(message_id.encode())) or [])
        newest = self.newest()
        rows = self.headers(sorted(found | set(newest)))
        return sorted(uid for uid, envelope in rows.items() if envelope.message_id == message_id)

    def newest(self) -> list[int]:
        """Return the newest UIDs, ascending, a bounded number."""
        if self.state.messages == 0:
            return []
        if self.state.messages is None:
            uids = self.session.search(b"ALL") or []
        else:
            first = max(1, self.state.messages - _LOOK_BACK + 1)
            answer = self.session.wire.ask(b"FETCH", b"%d:*" % first, b"(UID)")
            uids = [int(found[1]) for reply in answer.replies if (found := re.search(rb"\bUID (\d{1,10})", reply[0]))]
        return sorted(uids)[-_LOOK_BACK:]

    def raw(self, uid: int) -> bytes | None:
        """Return what stands at a UID, at most 1 MB of it; None when it is gone."""
        return read_whole(self.session, uid)

    def unchanged(self, draft: Draft, uid: int, digest: str) -> bool:
        """Say whether the draft at this UID is what we wrote."""
        raw = self.raw(uid)
        if raw is None:
            return False
        return digest_of(raw) == digest if digest else says_the_same(draft, raw)


def drafts_folder(session: Session) -> Folder:
    """Return the Drafts folder; there is always one after `open()`."""
    return session.folders[Role.DRAFTS]


def read_whole(session: Session, uid: int) -> bytes | None:
    """Return the raw message at a UID of the open folder, at most 1 MB; None when it is not there."""
    row = session.fetch([uid], b"(UID FLAGS BODY.PEEK[]<0.%d>)" % _WHOLE_CAP).get(uid, {})
    return section(row, b"BODY[]")


def read_envelopes(
    session: Session, uids: Sequence[int] | bytes, role: Role, prefix: str, *, deleted: bool = False
) -> dict[int, Envelope]:
    """Return the envelopes of messages of the open folder: those that are not marked as deleted, or those that are."""
    if not uids:
        return {}
    rows = session.fetch(uids, b"(UID FLAGS INTERNALDATE RFC822.SIZE " + HEADER_ITEM + b")")
    place = Place(role, prefix)
    return {
        uid: row_of(row, place).envelope
        for uid, row in rows.items()
        if _deleted(row) is deleted and section(row, b"BODY[") is not None
    }


def _deleted(row: dict[bytes, Token]) -> bool:
    flags = row.get(b"FLAGS")
    return isinstance(flags, list) and any(isinstance(flag, bytes) and flag.lower() == rb"\deleted" for flag in flags)


# -- put


def put_draft(session: Session, draft: Draft, raw: bytes, replacing: DraftRef | None) -> DraftRef:
    """Write a draft as `Connector.put_draft` promises."""
    place = Drafts(session)
    raw = crlf(raw)
    standing = [(uid, text) for uid in place.by_message_id(draft.message_id) if (text := place.raw(uid)) is not None]
    for uid, text in standing:
        if same_words(raw, text):
            _remove_replaced(place, replacing, keep=uid)
            return place.ref(uid, digest_of(text))
    if standing:
        raise Conflict(
            f"A draft to {draft.to.address} with this Message-ID stands in {place.folder.name} with other words: "
            "you have worked on it, so it is left alone."
        )
    if replacing is not None and not _is_ours(place, replacing):
        raise Conflict(f"The draft to {draft.to.address} that was to be replaced is not what it was; it is left alone.")
    uid = _append(place, draft, raw)
    text = place.raw(uid)
    if text is None:
        raise Unavailable(f"{session.wire.where} took the draft and does not show it yet; it is looked for again.")
    _flag_as_draft(place, uid)
    _remove_replaced(place, replacing, keep=uid)
    return place.ref(uid, digest_of(text))


def _is_ours(place: Drafts, ref: DraftRef) -> bool:
    uid = place.uid_of(ref)
    if uid is None or uid not in place.headers([uid]):
        return False
    raw = place.raw(uid)
    return raw is not None and (not ref.digest or digest_of(raw) == ref.digest)


def _remove_replaced(place: Drafts, ref: DraftRef | None, *, keep: int) -> None:
    if ref is None:
        return
    uid = place.uid_of(ref)
    if uid is None or uid == keep:
        return
    raw = place.raw(uid)
    # Marked as deleted by a removal that was cut short, it is not listed any more; the digest alone says that it is ours.
    if _is_ours(place, ref) or (raw is not None and ref.digest and digest_of(raw) == ref.digest):
        _remove(place, uid)


def _append(place: Drafts, draft: Draft, raw: bytes) -> int:
    """Append and return the UID. The server's clock stamps it: that is what every other message is stamped by."""
    session, wire = place.session, place.session.wire
    behind = place.state.uidnext
    answer = wire.ask(b"APPEND", place.folder.argument, rb"(\Draft \Seen)", Literal(raw))
    if answer.status == "NO" and b"[TRYCREATE]" in answer.text.upper():
        raise Misconfigured(
            f"The folder {place.folder.name} is gone from {wire.where}; see `hearback check` for those that are there."
        )
    if not answer.ok:
        error = refusal(wire.where, f"saving a draft (APPEND) in {place.folder.name}", answer.text)
        if isinstance(error, NotFound):
            raise Misconfigured(str(error))
        raise error
    told = _APPENDUID.search(answer.text)
    if told is not None and int(told[1]) == place.uidvalidity:
        uid = int(told[2])
        row = place.headers([uid]).get(uid)
        if row is not None and row.message_id == draft.message_id:
            return uid
    for _ in range(_READ_BACK_TRIES):
        wire.ask(b"NOOP")
        newer = [uid for uid in session.search(b"UID", b"%d:*" % behind) or [] if uid >= behind] if behind is not None else []
        rows = place.headers(newer) if newer else {}
        mine = [uid for uid, row in rows.items() if row.message_id == draft.message_id]
        place.state = session.state
        mine = mine or place.by_message_id(draft.message_id)
        if mine:
            return min(mine)
    raise Unavailable(f"{wire.where} took the draft and does not show it yet; it is looked for again.")


def _flag_as_draft(place: Drafts, uid: int) -> None:
    r"""Set \Draft where the server dropped it on APPEND and can keep it."""
    row = place.session.fetch([uid], b"(UID FLAGS)").get(uid, {})
    flags = row.get(b"FLAGS")
    known = {flag.lower() for flag in flags if isinstance(flag, bytes)} if isinstance(flags, list) else set()
    if rb"\draft" not in known and (not place.session.permanent or rb"\draft" in place.session.permanent):
        place.session.wire.ask(b"UID", b"STORE", b"%d" % uid, rb"+FLAGS.SILENT (\Draft \Seen)")


# -- find


def find_draft(session: Session, draft: Draft, ref: DraftRef | None, besides: frozenset[str]) -> Found:
    """Say what has become of a draft as `Connector.find_draft` promises."""
    place = Drafts(session)
    uid = place.uid_of(ref)
    if uid is not None and ref is not None:
        row = place.headers([uid]).get(uid)
        if row is not None:
            return Found(FoundState.UNTOUCHED, DraftRef(ref.ref, f"{place.uidvalidity}.{uid}", ref.digest))
    digest = ref.digest if ref is not None else ""
    edited: int | None = None
    for other in place.by_message_id(draft.message_id):
        text = place.raw(other)
        if text is None:
            continue
        if digest_of(text) == digest if digest else says_the_same(draft, text):
            return Found(FoundState.UNTOUCHED, place.ref(other, digest_of(text)))
        edited = other
    if edited is None:
        edited = _users_own(place, draft, besides)
    if edited is not None:
        return Found(FoundState.EDITED, place.ref(edited))
    sent = _find_sent(session, draft, besides)
    return Found(FoundState.ABSENT) if sent is None else Found(FoundState.SENT, sent=sent)


def _users_own(place: Drafts, draft: Draft, besides: frozenset[str]) -> int | None:
    """Return the newest draft that is not ours, to the same recipient in the same conversation."""
    rows = place.headers(place.newest())
    for uid in sorted(rows, reverse=True):
        envelope = rows[uid]
        if envelope.ref not in besides and _same_conversation(draft, envelope):
            return uid
    return None


def _same_conversation(draft: Draft, envelope: Envelope) -> bool:
    if draft.to.address.lower() not in envelope.recipients.split():
        return False
    if draft.in_reply_to or draft.references:
        ours = {draft.in_reply_to, *draft.references} - {""}
        return bool(ours & {envelope.in_reply_to, *envelope.references.split()})
    return subject_core(draft.subject) == subject_core(envelope.subject)


def _find_sent(session: Session, draft: Draft, besides: frozenset[str]) -> Envelope | None:
    """Look in Sent (where there is none: in the folder of all mail) by Message-ID, then by conversation and recipient."""
    folder = session.folders.get(Role.SENT) or session.folders.get(Role.ALL)
    if folder is None:
        return None
    try:
        state = session.examine(folder, fresh=True)
    except NotFound:
        return None
    prefix = ref_prefix(folder, state.uidvalidity or 0)
    by_id = session.search(b"HEADER", b"Message-ID", quoted(draft.message_id.encode())) or []
    for envelope in read_envelopes(session, by_id[-_SENT_CAP:], folder.role, prefix).values():
        if envelope.message_id == draft.message_id:
            return envelope
    day = (draft.date.astimezone(UTC) - timedelta(days=2)).date()
    since = f"{day.day:02}-{_MONTHS[day.month - 1]}-{day.year:04}".encode()
    recent = session.search(b"TO", quoted(draft.to.address.encode()), b"SINCE", since)
    if recent is None:
        recent = session.search(b"ALL") or []
    later = [
        (uid, row)
        for uid, row in sorted(read_envelopes(session, recent[-_SENT_CAP:], folder.role, prefix).items())
        if row.identity not in besides and _same_conversation(draft, row)
    ]
    dates = _dates(session, [uid for uid, _ in later])
    for uid, row in later:
        if _is_later(draft.date, dates.get(uid, row.received_at), row.received_at):
            return row
    return None


def _is_later(drafted: datetime, claimed: datetime, received: datetime) -> bool:
    """Say whether a sent message may be the draft, by its Date field and by the server's clock.

    A Date before the draft's rules it out. The draft's own Date proves nothing, for clients keep it, and so do copies of
    older mail: then the server must have received it since.
    """
    if claimed < drafted - _CLOCK_SLACK:
        return False
    return claimed > drafted or received >= drafted - _SERVER_SLACK


def _dates(session: Session, uids: Sequence[int]) -> dict[int, datetime]:
    """Return the Date fields of messages: when the user's own client says it was sent."""
    if not uids:
        return {}
    found = {}
    for uid, row in session.fetch(uids, b"(UID BODY.PEEK[HEADER.FIELDS (DATE)])").items():
        value = section(row, b"BODY[HEADER")
        if value is None:
            continue
        try:
            date = parsedate_to_datetime(value.decode("ascii", "replace").partition(":")[2].strip())
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        found[uid] = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
    return found


# -- take back


def withdraw_draft(session: Session, draft: Draft, ref: DraftRef) -> Withdrawal:
    """Remove a draft as `Connector.withdraw_draft` promises."""
    place = Drafts(session)
    _finish_removal(place, draft, ref)
    standing = place.by_message_id(draft.message_id)
    if not standing:
        uid = place.uid_of(ref)
        there = uid is not None and uid in place.headers([uid])
        return Withdrawal.EDITED if there else Withdrawal.GONE
    named = place.uid_of(ref)
    if named is not None and named not in standing and named in place.headers([named]):
        return Withdrawal.EDITED  # the reference is of another draft
    target = named if named is not None and named in standing else standing[0]
    if not place.unchanged(draft, target, ref.digest):
        return Withdrawal.EDITED
    _remove(place, target)
    return Withdrawal.WITHDRAWN


def _remove(place: Drafts, uid: int) -> None:
    r"""Remove exactly this message.

    Gmail only unlabels what is expunged from its Drafts: there it goes to Trash. Without UIDPLUS an EXPUNGE would take
    every message marked \Deleted with it: then it goes to Trash too, or stays behind marked, which mail clients hide.
    """
    session = place.session
    connection, wire = session.connection, session.wire
    trash = session.folders.get(Role.TRASH)
    number = b"%d" % uid
    doing = f"taking a draft back from {place.folder.name}"
    if trash is not None and connection.can(b"MOVE") and (connection.can(b"X-GM-EXT-1") or not connection.can(b"UIDPLUS")):
        wire.do(doing, b"UID", b"MOVE", number, trash.argument)
        return
    wire.do(doing, b"UID", b"STORE", number, rb"+FLAGS.SILENT (\Deleted)")
    if connection.can(b"UIDPLUS"):
        wire.do(doing, b"UID", b"EXPUNGE", number)
        return
    marked = session.search(b"DELETED")
    if marked is not None and set(marked) <= {uid}:
        wire.do(doing, b"EXPUNGE")


def _finish_removal(place: Drafts, draft: Draft, ref: DraftRef) -> None:
    """Expunge what an earlier removal of this draft, cut short, has left behind marked as deleted."""
    session = place.session
    if not session.connection.can(b"UIDPLUS"):
        return
    for uid in session.search(b"DELETED", b"HEADER", b"Message-ID", quoted(draft.message_id.encode())) or []:
        row = read_envelopes(session, [uid], Role.DRAFTS, place.prefix, deleted=True).get(uid)
        if row is not None and row.message_id == draft.message_id and place.unchanged(draft, uid, ref.digest):
            session.wire.ask(b"UID", b"EXPUNGE", b"%d" % uid)


# -- list


def list_drafts(session: Session) -> list[tuple[str, DraftRef]]:
    """Return Message-ID and reference of all drafts, oldest first."""
    place = Drafts(session)
    if place.state.messages == 0:
        return []
    rows = place.headers(b"1:*")
    return [(rows[uid].message_id, place.ref(uid)) for uid in sorted(rows)]
