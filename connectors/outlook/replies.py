"""Writing a draft: as an answer to the message that it answers, in one round trip, marked as ours from the start.

`createReply` takes the properties of the new message along (https://learn.microsoft.com/en-us/graph/api/message-createreply), and
the original, which counts as read by it, is set unread again in the same batch. What the service did not take is written right
behind it. `createReplyAll` is never right: a draft of ours goes to one person.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from connectors.errors import Conflict, NotFound, Refused, Unavailable
from connectors.outlook.answers import Json, flag, instant, records, text
from connectors.outlook.batches import Part
from connectors.outlook.held import DEFERRED, EXPAND, WHOLE, Held, seconds_of
from connectors.outlook.leftovers import AT_ONCE, is_bare, is_half_made, is_in_time, left_behind, was_unread
from connectors.outlook.page import standing_quotation
from connectors.outlook.proof import PROPERTY, Proof, short_digest
from connectors.outlook.reading import IN_REPLY_TO, REFERENCES, is_reference
from connectors.outlook.service import Service, segment
from connectors.outlook.wanted import Wanted, as_stored
from rules.drafts.references import is_msg_id
from rules.drafts.types import Draft

__all__ = ["Writer", "message_path"]

_DOING: Final = "saving a draft"
_LOOKING: Final = "looking for the message that is answered"
_ORIGINAL: Final = (
    "id,internetMessageId,conversationId,receivedDateTime,sentDateTime,lastModifiedDateTime,isDraft,isRead,subject,from,sender,"
    "toRecipients,ccRecipients,replyTo,body"
)
_SAME_NAME: Final = 10
"""Messages under one Message-ID that are looked at."""
_TRIES: Final = 3
_NEEDED: Final = frozenset({"body", "toRecipients", "ccRecipients", "bccRecipients"})
_NO_ANSWER: Final = frozenset({400, 403, 404, 405, 409, 410, 422, 501})
"""What is said to who wants to answer what cannot be answered."""
_NO_ID: Final = re.compile(r"malformed|ErrorInvalidId", re.IGNORECASE)
"""How a handle is refused that is none: ErrorInvalidIdMalformed, "Id is malformed."."""
_log = logging.getLogger(__name__)


def message_path(ref: str, *more: str) -> str:
    """Return the path of a message, or of what can be asked of it."""
    return "/".join(("messages", segment(ref), *more))


class Writer:
    """Makes drafts and changes them, over one connection."""

    def __init__(self, service: Service) -> None:
        """Take the connection."""
        self._service = service

    # -- reading

    def read(self, ref: str) -> Held | None:
        """Return a message as it stands now, wherever it is; None when it is gone, or the handle is none of this mailbox's."""
        if not is_reference(ref):
            return None
        try:
            item = self._service.get(message_path(ref), query={"$select": WHOLE, "$expand": EXPAND}, doing="reading a draft")
        except NotFound:
            return None
        except Refused as error:
            if not _NO_ID.search(str(error)):
                raise  # it may well be there
            return None
        held = Held(item)
        return held if held.ref == ref or not held.ref else None

    def _original(self, draft: Draft) -> Json | None:
        """Return the message that a draft answers, the last received under its Message-ID; None where there is none to answer."""
        found = [
            one for one in self._named(draft.in_reply_to) if flag(one, "isDraft") is not True and is_reference(text(one, "id"))
        ]
        return max(found, key=lambda one: instant(one, "receivedDateTime") or datetime.min.replace(tzinfo=UTC), default=None)

    def _named(self, message_id: str) -> Sequence[Json]:
        if not is_msg_id(message_id):
            return ()
        query = {
            "$filter": "internetMessageId eq '<{}>'".format(message_id.replace("'", "''")),
            "$select": _ORIGINAL,
            "$top": str(_SAME_NAME),
        }
        try:
            return records(self._service.get("messages", query=query, doing=_LOOKING), "value")
        except (NotFound, Refused):
            return ()
        except Unavailable as error:
            if type(error.__cause__).__name__ != "TooLargeError":
                raise
            return ()  # it stays too large, and so would a reply that quotes it: a new message names it

    # -- making

    def make(self, draft: Draft, raw: bytes, standing: Sequence[Held]) -> Held:
        """Write a draft that is not there yet. Raises from the tree in `connectors.errors`.

        `standing` is what stands in Drafts: a reply without a mark may be left from a crash.
        """
        answers = bool(draft.in_reply_to) and not draft.key.kind.to_self
        original = self._original(draft) if answers else None
        wanted = Wanted.of(draft, raw, original, schedule=self._service.settings.schedule_send)
        if original is not None:
            for left in left_behind(standing, draft, original):
                held = self.read(left.ref)
                if held is not None and held.proof is None and is_bare(held, wanted, original):
                    return self._resumed(held, wanted, original)
            ref = self._reply(wanted, original)
            if ref:
                return self._complete(self._made(ref), wanted)
            wanted = replace(wanted, proof=replace(wanted.proof, unread=False))
        return self._complete(self._made(self._compose(wanted)), wanted)

    def begun(self, standing: Sequence[Held], draft: Draft) -> list[Held]:
        """Return what of `standing` may be this draft, begun by a process that died before all was in it, as it is now."""
        marked = [one for one in standing if one.proof is not None and one.message_id == draft.message_id]
        answers = bool(draft.in_reply_to) and not draft.key.kind.to_self
        unmarked = [one for one in standing if answers and is_in_time(one, draft)]
        if not (marked or unmarked):
            return []
        original = self._original(draft) if answers else None
        if original is not None:
            marked += left_behind(unmarked, draft, original)
        wanted = Wanted.of(draft, b"", original)
        found = (self.read(one.ref) for one in marked)
        return [one for one in found if one is not None and is_half_made(one, wanted, original)]

    def resume(self, held: Held, draft: Draft, raw: bytes) -> Held | None:
        """Finish what was marked as ours and does not say what we write yet, for its maker died; None if it is none such."""
        if held.proof is None or held.proof.digest != sha256(raw).hexdigest():
            return None
        original = self._original(draft) if draft.in_reply_to and not draft.key.kind.to_self else None
        below = standing_quotation(held.body) if original is None and held.is_html else ""
        wanted = Wanted.of(draft, raw, original, below=below, schedule=self._service.settings.schedule_send)
        if not is_half_made(held, wanted, original):
            return None
        return self._complete(held, replace(wanted, proof=replace(wanted.proof, unread=held.proof.unread)))

    def _resumed(self, held: Held, wanted: Wanted, original: Json) -> Held:
        """Finish a reply without a mark."""
        made = self._complete(held, replace(wanted, proof=replace(wanted.proof, unread=was_unread(original, held))))
        self.restore_unread(made, wanted.draft)
        return made

    def _reply(self, wanted: Wanted, original: Json) -> str:
        """Make the answer, and let the original be unread again if it was; return the handle, empty where none can be made."""
        ref = text(original, "id")
        for message in (wanted.message(), {}):
            parts = [Part("POST", message_path(ref, "createReply"), {"message": message} if message else {})]
            if wanted.proof.unread:
                parts.append(Part("PATCH", message_path(ref), {"isRead": False}, after=(0,)))
            answer, *rest = self._service.batch(parts, doing=_DOING)
            if answer.status not in _NO_ANSWER:
                made = text(self._service.value(answer, _DOING), "id")
                if any(not one.good for one in rest):
                    self._set_unread(ref)
                if not is_reference(made):
                    raise Unavailable("Outlook took the draft and does not say where it is; it is looked for again.")
                return made
            if answer.status != 400:  # noqa: PLR2004 - Bad Request: perhaps only what came along is not taken
                break
        _log.info("%s cannot be answered where it stands: a new message is made", ref)
        return ""

    def _compose(self, wanted: Wanted) -> str:
        """Make a new message that names what it answers (https://learn.microsoft.com/en-us/graph/api/user-post-messages)."""
        draft, message = wanted.draft, wanted.message()
        named = [
            {"id": known, "value": " ".join(f"<{one}>" for one in ids)}
            for known, ids in ((IN_REPLY_TO, (draft.in_reply_to,)), (REFERENCES, draft.references))
            if any(ids)
        ]
        whole = message | {"singleValueExtendedProperties": [*wanted.properties(), *named]}
        try:
            made = self._service.post("messages", whole, doing=_DOING)
        except Refused:
            if not named:
                raise
            made = self._service.post("messages", message, doing=_DOING)  # it stands without its thread rather than not at all
        ref = text(made, "id")
        if not is_reference(ref):
            raise Unavailable("Outlook took the draft and does not say where it is; it is looked for again.")
        return ref

    def _made(self, ref: str) -> Held:
        held = self.read(ref)
        if held is None:
            raise Unavailable("Outlook took the draft and does not show it yet; it is looked for again.")
        return held

    # -- changing

    def rewrite(self, held: Held, draft: Draft, raw: bytes) -> Held:
        """Put other words in the place of an untouched draft of ours. Raises Conflict where somebody has touched it meanwhile."""
        below = standing_quotation(held.body) if held.is_html else ""
        answers = bool(draft.in_reply_to) and not draft.key.kind.to_self
        original = None if below or not answers else self._original(draft)
        schedule = self._service.settings.schedule_send
        wanted = Wanted.of(draft, raw, original, below=below, schedule=schedule, until=held.until)
        unread = held.proof.unread if held.proof is not None else False
        wanted = replace(wanted, proof=replace(wanted.proof, unread=unread))
        before = held.content.digest
        bound = True
        for _ in range(_TRIES):
            try:
                self._patch(held, wanted.message(), bound=bound)
            except Conflict:  # saved anew by the service or a client: with other words, or only so
                again = self.read(held.ref)
                if again is None or again.content.digest != before or not again.is_held_back_as_we_did:
                    raise
                bound = again.etag != held.etag  # what did not change is no reason: conditions are not understood here
                held = again
                continue
            return self._complete(self._made(held.ref), wanted)
        raise Unavailable("Outlook changes the draft again and again while it is written; it is tried again.")

    def mark_as_ours(self, held: Held, draft: Draft, raw: bytes) -> Held:
        """Leave the proof with a draft that carries our Message-ID and our words and has lost it."""
        original = None if draft.key.kind.to_self else self._original(draft)
        proof = Proof(
            message_id=draft.message_id,
            digest=sha256(raw).hexdigest(),
            content=held.content.digest,
            answers=short_digest(draft.in_reply_to),
            unread=original is not None and was_unread(original, held),
            until=held.until,
        )
        self._patch(held, {"singleValueExtendedProperties": [{"id": PROPERTY, "value": str(proof)}]})
        return self._made(held.ref)

    def hold_back(self, held: Held, until: datetime) -> Held:
        """Let an untouched draft of ours leave no sooner than `until` (aware)."""
        if held.proof is None or held.proof.until == seconds_of(until):
            return held
        proof = replace(held.proof, until=seconds_of(until))
        value = f"{until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        self._patch(
            held,
            {"singleValueExtendedProperties": [{"id": PROPERTY, "value": str(proof)}, {"id": DEFERRED, "value": value}]},
        )
        return self._made(held.ref)

    def restore_unread(self, held: Held, draft: Draft) -> None:
        """Let the original be unread again where the reply was made and a crash came between; not if somebody read it since."""
        if held.proof is None or not held.proof.unread:
            return
        for one in self._named(draft.in_reply_to):
            changed = instant(one, "lastModifiedDateTime")
            by_us = changed is not None and changed <= held.created + AT_ONCE
            if flag(one, "isRead") is True and flag(one, "isDraft") is not True and by_us and is_reference(text(one, "id")):
                self._set_unread(text(one, "id"))

    def leave_unread(self, held: Held, draft: Draft) -> None:
        """Let the original be unread again of a reply that was not finished, if it was before."""
        if held.proof is not None:
            self.restore_unread(held, draft)
            return
        original = self._original(draft) if draft.in_reply_to and not draft.key.kind.to_self else None
        if original is not None and flag(original, "isRead") is True and was_unread(original, held):
            self._set_unread(text(original, "id"))

    def _set_unread(self, ref: str) -> None:
        with suppress(NotFound, Refused, Conflict):
            self._service.patch(message_path(ref), {"isRead": False}, doing="leaving a message unread")

    def _patch(self, held: Held, change: Mapping[str, Any], *, bound: bool = True) -> None:
        """Change a draft, `bound` to the state in which it was read."""
        self._service.patch(message_path(held.ref), dict(change), etag=held.etag if bound else "", doing=_DOING)

    def _complete(self, held: Held, wanted: Wanted) -> Held:
        """Write what is not as it should be in a draft that was just made, and return it as it then stands.

        Words that the service changes while it stores them are taken as they are, and proved as such. A draft that would go to
        somebody else, or that cannot be known again, is taken back: raises Refused.
        """
        written = False
        lacking: dict[str, Any] = {}
        for _ in range(_TRIES):
            if written:
                wanted = as_stored(wanted, held)
            lacking = wanted.lacks(held)
            if written and lacking.keys() == {"internetMessageId"}:
                lacking = {}  # the service has one of its own; ours stands in the proof
            if not lacking:
                return held
            try:
                self._add(held, lacking)
                written = True
            except Conflict:
                pass  # saved once more by the service itself: it is looked at again
            except Refused:
                self._take_back(held)
                raise
            held = self._made(held.ref)
        if not written:
            raise Unavailable("Outlook changes the draft again and again while it is written; it is tried again.")
        lacking = as_stored(wanted, held).lacks(held)
        if held.message_id == wanted.draft.message_id and not lacking.keys() & _NEEDED:
            return held
        self._take_back(held)
        raise Refused("Outlook does not keep what makes the draft ours, or to whom it goes; it was taken back.")

    def _add(self, held: Held, lacking: Mapping[str, Any]) -> None:
        """Write what is lacking, without the Message-ID where that is what is refused: ours stands in the proof."""
        try:
            self._patch(held, lacking)
        except Refused:
            rest = {name: value for name, value in lacking.items() if name != "internetMessageId"}
            if len(rest) == len(lacking):
                raise
            if rest:
                self._patch(held, rest)

    def _take_back(self, held: Held) -> None:
        """Let no draft stand that was made just now and cannot be finished."""
        with suppress(NotFound):
            self._service.post(message_path(held.ref, "move"), {"destinationId": "deleteditems"}, doing="taking a draft back")
