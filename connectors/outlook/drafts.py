"""Our own drafts: put, find, take back. Nothing else is ever written, and nothing is taken away that was not just read.

A draft is known by a property of ours, which holds its Message-ID and what proves its content (`proof.py`). Its handle is its
immutable id, its revision the changeKey: another one with the same words is no edit, for clients and the service itself save
drafts anew without a change. Every change depends on the etag that was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from connectors.base import DraftRef, Found, FoundState, Withdrawal
from connectors.errors import Conflict, NotFound, Refused, Unavailable
from connectors.matching import is_later, is_same_errand
from connectors.outlook.answers import records, text
from connectors.outlook.batches import Part
from connectors.outlook.held import EXPAND, LISTED, Held
from connectors.outlook.proof import short_digest
from connectors.outlook.reading import is_reference
from connectors.outlook.replies import Writer, message_path
from connectors.outlook.sent import Sent, is_in_thread
from connectors.outlook.service import Service, with_query
from rules.drafts.types import Draft
from rules.mail import Role

__all__ = ["DraftBox"]

_FOLDER: Final = "mailFolders/drafts"
_OUTBOX: Final = "mailFolders/outbox"
_BIN: Final = "deleteditems"
_PAGE: Final = 200
_MOST_PAGES: Final = 100
_MOST_RAW: Final = 32 << 20
"""Octets of a draft with what is attached to it."""
_TRIES: Final = 3
_LISTING: Final = "listing drafts"
_TAKING_BACK: Final = "taking a draft back"


@dataclass(slots=True)
class DraftBox:
    """Drafts, and what was sent, over one connection."""

    service: Service
    folder: str = ""
    """The id of Drafts; empty: it is asked for."""
    _writer: Writer = field(init=False)
    _sent: Sent = field(init=False)

    def __post_init__(self) -> None:
        """Write, and look at what was sent, over the same connection."""
        self._writer, self._sent = Writer(self.service), Sent(self.service)

    # -- looking

    def listed(self) -> list[tuple[str, DraftRef]]:
        """Return Message-ID and reference of what stands in Drafts, oldest first."""
        return [(one.message_id, one.spot) for one in self._standing()]

    def raw(self, ref: DraftRef) -> bytes:
        """Return a draft as RFC 5322 bytes: as the service puts it together where something is attached. Raises NotFound."""
        held = self._demand(ref)
        if not held.has_files:
            return held.raw
        return self.service.raw(message_path(held.ref, "$value"), _MOST_RAW, doing="reading a draft")

    def digest(self, ref: DraftRef) -> str:
        """Return what proves the content of a draft, as `Connector.digest_of` promises. Raises NotFound."""
        return self._demand(ref).digest

    def _demand(self, ref: DraftRef) -> Held:
        held = self._read(ref.ref)
        if held is None:
            raise NotFound("The draft does not stand in Drafts any more.")
        return held

    def _standing(self) -> list[Held]:
        """Return all that stands in Drafts, oldest first, without the bodies."""
        return [one for one in self._listed(_FOLDER) if one.is_draft]

    def _waiting(self, draft: Draft) -> Held | None:
        """Return a draft that the user has sent and that has not left yet: its time has not come, or there is no network.

        It waits in Outbox, or, for some clients, in Drafts and is none any more.
        """
        lying = [one for one in self._listed(_FOLDER) if not one.is_draft]
        with suppress(NotFound, Refused):
            lying += self._listed(_OUTBOX)
        return next((one for one in reversed(lying) if one.message_id == draft.message_id), None)

    def _listed(self, folder: str) -> list[Held]:
        """Return what lies in a folder, oldest first, without the bodies."""
        found: dict[str, Held] = {}
        link, seen = with_query(f"{folder}/messages", {"$select": LISTED, "$expand": EXPAND}), {""}
        for _ in range(_MOST_PAGES):
            answer = self.service.page(link, size=_PAGE, doing=_LISTING)
            held = (Held(item) for item in records(answer, "value"))
            found |= {one.ref: one for one in held if is_reference(one.ref)}
            link = text(answer, "@odata.nextLink")
            if link in seen:
                break
            seen.add(link)
        return sorted(found.values(), key=lambda one: one.listed_at)

    def _under(self, message_id: str, standing: Sequence[Held]) -> list[Held]:
        """Return the drafts that carry a Message-ID, oldest first, as they are now."""
        refs = [one.ref for one in standing if one.message_id == message_id]
        return [held for ref in refs if (held := self._read(ref)) is not None and held.message_id == message_id]

    def _read(self, ref: str) -> Held | None:
        """Return a draft as it stands; None when it is gone or in the bin, or is a draft no more."""
        held = self._writer.read(ref)
        if held is None or not held.is_draft or held.folder != self._drafts_folder():
            return None
        return held

    def _drafts_folder(self) -> str:
        if not self.folder:
            self.folder = text(self.service.get(_FOLDER, query={"$select": "id"}, doing=_LISTING), "id")
        return self.folder

    # -- putting

    def put(self, draft: Draft, raw: bytes, replacing: DraftRef | None) -> DraftRef:
        """Write a draft as `Connector.put_draft` promises."""
        standing = self._standing()
        under = self._under(draft.message_id, standing)
        for held in under:
            if (ours := self._as_written(held, draft, raw)) is not None:
                self._writer.restore_unread(ours, draft)
                self._remove_replaced(replacing, keep=ours.ref)
                return ours.place
        if under:
            raise Conflict(
                f"A draft to {draft.to.address} with this Message-ID stands in Drafts with other words: you have worked on it, "
                "so it is left alone."
            )
        if replacing is None:
            return self._writer.make(draft, raw, standing).place
        before = self._read(replacing.ref)
        if before is None or not before.is_as_in(replacing):
            raise Conflict(f"The draft to {draft.to.address} that was to be replaced is not what it was; it is left alone.")
        if before.proof is not None and before.proof.answers == short_digest(draft.in_reply_to):
            return self._writer.rewrite(before, draft, raw).place
        made = self._writer.make(draft, raw, standing)  # it answers another message now, or its mark was lost
        self._remove_replaced(replacing, keep=made.ref)
        return made.place

    def _as_written(self, held: Held, draft: Draft, raw: bytes) -> Held | None:
        """Return a draft under our Message-ID if it says what we write, marked as ours; None if somebody worked on it."""
        if held.is_untouched and (held.digest == sha256(raw).hexdigest() or held.says(draft)):
            return held
        if held.proof is None and held.says(draft):
            with suppress(Conflict, NotFound):
                return self._writer.mark_as_ours(held, draft, raw)
        return self._writer.resume(held, draft, raw)

    def _remove_replaced(self, ref: DraftRef | None, *, keep: str) -> None:
        if ref is None or ref.ref == keep:
            return
        held = self._read(ref.ref)
        if held is not None and held.is_as_in(ref):
            self._remove(held)

    # -- holding back

    def hold_back(self, draft: Draft, ref: DraftRef) -> DraftRef:
        """Let a draft leave no sooner than `draft.not_before`, as `Connector.hold_back_draft` promises."""
        held = self._demand(ref)
        if held.message_id != draft.message_id or not held.is_untouched or not held.is_as_in(ref):
            raise Conflict(f"The draft to {draft.to.address} is not what it was; it is left alone.")
        if draft.not_before is None or not self.service.settings.schedule_send:
            return held.place
        return self._writer.hold_back(held, draft.not_before).place

    # -- finding

    def find(self, draft: Draft, ref: DraftRef | None, besides: frozenset[str]) -> Found:
        """Say what has become of a draft as `Connector.find_draft` promises."""
        there = self._read(ref.ref) if ref is not None and ref.ref else None
        if there is not None and ref is not None and there.is_as_in(ref) and there.message_id == draft.message_id:
            return Found(FoundState.UNTOUCHED, there.place)
        standing = self._standing()
        edited: DraftRef | None = None
        for one in standing:
            if one.message_id != draft.message_id:
                continue
            held = there if there is not None and there.ref == one.ref else self._read(one.ref)
            if held is None:
                continue
            proven = ref is not None and (ref.digest or ref.revision)
            if (
                held.is_as_in(ref)
                if proven and ref is not None
                else held.is_untouched or (held.proof is None and held.says(draft))
            ):
                return Found(FoundState.UNTOUCHED, held.place)
            if ref is None and self._writer.begun((held,), draft):
                continue
            edited = held.place
        if edited is None and there is not None and _is_edited(there, draft):
            edited = there.place
        if edited is None:
            others = besides if there is None else besides | {there.ref}
            theirs = [one for one in reversed(standing) if _is_the_users(one, draft, others)]
            # What was not known to stand may have been begun by a process that died: that is no work of the user's.
            begun = {one.ref for one in self._writer.begun(theirs, draft)} if ref is None else set()
            edited = next((one.spot for one in theirs if one.ref not in begun), None)
        if edited is not None:
            return Found(FoundState.EDITED, edited)
        return self._elsewhere(draft, besides, written=ref is not None)

    def _elsewhere(self, draft: Draft, besides: frozenset[str], *, written: bool) -> Found:
        """Say what has become of a draft that does not stand in Drafts."""
        sent = self._sent.copy_of(draft, besides)
        if sent is not None:
            return Found(FoundState.SENT, sent=sent)
        waiting = self._waiting(draft) if written or self.service.settings.schedule_send else None
        return Found(FoundState.ABSENT) if waiting is None else Found(FoundState.EDITED, waiting.spot)

    # -- taking back

    def withdraw(self, draft: Draft, ref: DraftRef) -> Withdrawal:
        """Remove a draft as `Connector.withdraw_draft` promises."""
        held = self._read(ref.ref)
        if held is None:
            under = self._under(draft.message_id, self._standing())
            if not under:
                return Withdrawal.GONE
            held = next((one for one in under if one.is_as_in(ref)), under[0])
        if held.message_id != draft.message_id or not held.is_as_in(ref):
            return Withdrawal.EDITED
        return self._remove(held)

    def tidy_up(self, draft: Draft, ref: DraftRef) -> None:
        """Let the original be unread again, as `Connector.tidy_up` promises."""
        held = self._read(ref.ref)
        if held is not None and held.message_id == draft.message_id:
            self._writer.restore_unread(held, draft)

    def withdraw_begun(self, draft: Draft) -> None:
        """Remove what a dead process began, as `Connector.withdraw_begun` promises."""
        for held in self._writer.begun(self._standing(), draft):
            if held.is_draft and held.folder == self._drafts_folder():
                self._writer.leave_unread(held, draft)
                self._remove(held)

    def _remove(self, held: Held) -> Withdrawal:
        """Move a draft that was just read to Deleted Items, from where the user can take it back.

        If somebody worked on it in that moment all the same, it goes back to where it stood.
        """
        path, there = message_path(held.ref, "move"), {"destinationId": _BIN}
        bound = True
        for _ in range(_TRIES):
            headers = {"If-Match": held.etag} if held.etag and bound else {}
            answer = self.service.batch([Part("POST", path, there, headers)], doing=_TAKING_BACK)[0]
            try:
                if not answer.good:
                    self.service.value(answer, _TAKING_BACK)
            except NotFound:
                return Withdrawal.GONE
            except Conflict:
                again = self._read(held.ref)
                if again is None:
                    return Withdrawal.GONE
                if again.digest != held.digest:
                    return Withdrawal.EDITED
                bound = again.etag != held.etag  # what did not change is no reason: conditions are not understood here
                held = again
                continue
            return self._see_removed(held, text(answer.json, "id") or held.ref)
        raise Unavailable("Outlook changes the draft again and again while it is taken back; it is tried again.")

    def _see_removed(self, held: Held, moved: str) -> Withdrawal:
        """See that what lies in the bin now is what was meant."""
        gone = self._writer.read(moved)
        if gone is None or not gone.is_draft or gone.digest == held.digest:
            return Withdrawal.WITHDRAWN
        with suppress(NotFound, Refused):
            self.service.post(message_path(gone.ref, "move"), {"destinationId": "drafts"}, doing="putting a draft back")
        return Withdrawal.EDITED


def _is_edited(held: Held, draft: Draft) -> bool:
    """Say whether what stands at our place is still the letter that it was; to somebody else alone, it is another."""
    recipients = held.content.to | held.content.cc
    return held.message_id == draft.message_id or not recipients or draft.to.address.lower() in recipients


def _is_the_users(one: Held, draft: Draft, besides: frozenset[str]) -> bool:
    """Say whether a draft is what the user writes in the stead of ours."""
    envelope = one.envelope(Role.DRAFTS)
    if one.ref in besides or not is_later(envelope, draft):
        return False
    return is_same_errand(envelope, draft) or is_in_thread(envelope, draft)
