"""Whether a mail that the user has sent is a draft of ours, or another mail.

A client may send a draft under a new Message-ID, convert it, and the user may have rewritten half of it. What remains is the
recipient, the thread and some of the words.
"""

from __future__ import annotations

from rules.drafts.subjects import base_subject
from rules.drafts.types import Draft
from rules.lint.placeholders import placeholders
from rules.lint.sentences import body_of
from rules.mail import Message

__all__ = ["BEGAN", "SENT", "matches", "score"]

SENT = 0.5
"""From this score on, the message is taken to be the draft."""
BEGAN = 0.6
"""From this score on, words of the draft stand in the message, or it bears its Message-ID: it began as the draft."""
_RUN = 3
"""Words in a row that make one piece of evidence: two texts on one subject share words, seldom three in a row."""
_KEPT = 0.12
"""Share of the draft's runs that still stand in a mail which began as the draft: about one sentence of five."""
_BRIEF = 12
"""Words of a quick answer by hand, too few to be a follow-up that was rewritten."""


def _runs(text: str) -> set[tuple[str, ...]]:
    from rapidfuzz import utils  # noqa: PLC0415 -- 3 MB that only mail of the user's own needs

    words = utils.default_process(text).split()
    return {tuple(words[n : n + _RUN]) for n in range(len(words) - _RUN + 1)}


def _kept(outgoing: str, draft: str) -> float:
    """Return which share of the draft's runs of words stands in the outgoing text, 0 to 1; places to fill in are left out."""
    own = body_of(draft)
    for place in placeholders(own):
        own = own.replace(place, "\n\n")
    wanted = set[tuple[str, ...]]().union(*(_runs(piece) for piece in own.split("\n\n")))
    return len(wanted & _runs(outgoing)) / len(wanted) if wanted else 0.0


def _same_thread(message: Message, draft: Draft) -> bool:
    """Say whether the mail answers the message that the draft answers."""
    parents = {message.envelope.in_reply_to, *message.envelope.references.split()[-1:]}
    return bool(draft.in_reply_to) and draft.in_reply_to in parents


def score(outgoing: Message, draft: Draft) -> float:
    """Return how surely `outgoing`, a mail of the user's own, is `draft`: 0 to 1, SENT and above is yes.

    1.0 the same Message-ID. Otherwise the recipient of the draft must be in To or Cc, else 0.0. Then, strongest first: words of
    the draft are kept; thread (or, for a new mail, subject) is the same and the text is unknown; a new mail under our own
    subject, rewritten. A mail in the same thread without any of the words stays under SENT: it may be something else that the
    user had to say there.
    """
    if outgoing.envelope.message_id and outgoing.envelope.message_id == draft.message_id:
        return 1.0
    recipients = {each.address for each in (*outgoing.to, *outgoing.cc)} | set(outgoing.envelope.recipients.split())
    if draft.to.address.lower() not in recipients:
        return 0.0
    same_subject = base_subject(outgoing.envelope.subject).casefold() == base_subject(draft.subject).casefold()
    thread = _same_thread(outgoing, draft)
    in_place = thread if draft.in_reply_to else same_subject
    if not outgoing.text.strip():
        return 0.55 if in_place else 0.1
    kept = _kept(outgoing.text, draft.text)
    if kept >= _KEPT:
        # The words alone are proof enough: the user may have put them into another thread or under another subject.
        return min(0.99, (0.75 if in_place else 0.6) + 0.4 * kept)
    if in_place and not draft.in_reply_to and len(outgoing.text.split()) > _BRIEF:
        return 0.5
    return 0.3 if in_place and len(outgoing.text.split()) > _BRIEF else 0.15 if in_place else 0.05


def matches(outgoing: Message, draft: Draft) -> bool:
    """Say whether the user sent this draft, perhaps edited, perhaps under another Message-ID."""
    return score(outgoing, draft) >= SENT
