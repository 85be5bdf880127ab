"""What a process that died between two requests may have left: a reply that is not marked yet, or holds none of our words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from connectors.outlook.answers import Json, flag, instant, record, records, text
from connectors.outlook.held import Held, content_of, person
from connectors.outlook.page import standing_quotation
from connectors.outlook.proof import words_of
from connectors.outlook.wanted import Wanted
from rules.drafts.types import Draft

__all__ = ["AT_ONCE", "is_bare", "is_half_made", "is_in_time", "left_behind", "was_unread"]

AT_ONCE: Final = timedelta(seconds=2)
"""Within which two changes are the doing of one request."""
_SLACK: Final = timedelta(minutes=2)
"""By which the clocks of service and program may differ."""
_ANSWER: Final = re.compile(r"^(?:\s*\w{1,5}\s?:)+")
_LONGEST_SUBJECT: Final = 1000


def left_behind(standing: Sequence[Held], draft: Draft, original: Json) -> list[Held]:
    """Return what may be a reply that was made and not yet marked when its maker died, oldest first."""
    conversation = text(original, "conversationId")
    return [
        one
        for one in standing
        if is_in_time(one, draft)
        and ((conversation and one.conversation == conversation) or one.in_reply_to == draft.in_reply_to)
    ]


def is_in_time(one: Held, draft: Draft) -> bool:
    """Say whether a draft has no mark of ours and was made when `draft` may have been begun."""
    return one.proof is None and one.created >= draft.date - _SLACK


def is_half_made(held: Held, wanted: Wanted, original: Json | None) -> bool:
    """Say whether a draft is `wanted` as its maker left it that died, and nobody's work."""
    if held.proof is None:
        return original is not None and is_bare(held, wanted, original)
    ours = held.proof.message_id == wanted.draft.message_id and held.is_held_back_as_we_did
    return ours and is_bare(held, wanted, original or {})


def is_bare(held: Held, wanted: Wanted, original: Json) -> bool:
    """Say whether a draft is a reply as the service makes it, with nothing in it of anybody's, or with what we wrote."""
    content, meant = held.content, content_of(wanted.message())
    if content.cc or content.bcc or content.files or content.pictures:
        return False
    asked = {person(one)[1] for one in (record(original, "from"), record(original, "sender"), *records(original, "replyTo"))}
    same_people = content.to == meant.to
    same_subject = content.subject.split() == meant.subject.split()
    subjects = {_bare_subject(text(original, "subject")), _bare_subject(meant.subject)}
    if not (same_people or content.to <= asked) or not (same_subject or _bare_subject(content.subject) in subjects):
        return False
    if content.words == meant.words:  # what differs besides is the service's doing only if nobody has saved it since
        return (same_people and same_subject) or held.modified - held.created <= AT_ONCE
    below = standing_quotation(held.body)
    above = held.body[: held.body.find(below)] if below else held.body
    return not words_of(above, html=held.is_html)


def _bare_subject(subject: str) -> str:
    """Return a subject without what mail programs put before it in an answer, in whichever language."""
    return " ".join(_ANSWER.sub("", subject[:_LONGEST_SUBJECT]).split()).casefold()


def was_unread(original: Json, held: Held) -> bool:
    """Say whether a message was unread before a reply to it was made that did not come to say so.

    It was if the making of the reply is what changed it last. A doubt means unread: no mail is missed by it.
    """
    changed = instant(original, "lastModifiedDateTime")
    return flag(original, "isRead") is not True or (changed is not None and abs(changed - held.created) <= AT_ONCE)
