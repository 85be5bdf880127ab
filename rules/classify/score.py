"""Counts what speaks for each kind in the words of a mail."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rules.classify.lists import kind_index
from rules.classify.text import Text
from rules.classify.types import Evidence, Kind
from rules.mail.types import Message

__all__ = ["ENOUGH", "ORDER", "PROCESS_KINDS", "STRONG", "Scores", "is_answer", "none_found", "placed", "score"]

STRONG = 3.0
"""Weight of a phrase in the subject, and of a strong one in the text; a plain one has the weight 1."""
ENOUGH = 3.0
"""What a kind needs to be believed."""
_PLAIN_CAP = 3.0
_ALONE = 0.3
"""What plain phrases are worth where no strong one stands by them."""
_OBLIQUE = 4
"""So many plain phrases of a refusal make one, though it is said outright nowhere."""
_MOST_EVIDENCE = 6
_ANSWER = re.compile(r"(?:re|aw|antw|sv|vs|tr|odp|ref|rif|res|r|i|rv|enc)\s*(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*:")

ORDER = (
    Kind.OFFER,
    Kind.REJECTION,
    Kind.CANCELLATION,
    Kind.RESCHEDULE,
    Kind.INTERVIEW_CONFIRMATION,
    Kind.INTERVIEW_INVITE,
    Kind.HUMAN_REPLY,
    Kind.APPLICATION_ACK,
    Kind.JOB_ALERT,
    Kind.RECRUITER_OUTREACH,
)
"""The kinds that words tell; at equal score the one that changes more comes first."""
PROCESS_KINDS = ORDER[:7]
"""Those that change a process."""


@dataclass(slots=True)
class Scores:
    """What was found for each kind, and how much it weighs."""

    weight: dict[Kind, float]
    evidence: dict[Kind, tuple[Evidence, ...]]
    strong: dict[Kind, int]
    """How many strong phrases stand in the text."""
    titled: frozenset[Kind]
    """The kinds that the subject speaks for, where it is the mail's own."""


def is_answer(message: Message, text: Text) -> bool:
    """Say whether a mail answers another one, by its subject or its In-Reply-To."""
    return bool(message.envelope.in_reply_to) or _ANSWER.match(text.subject) is not None


def none_found() -> Scores:
    """Return the scores of a mail in which nothing was found."""
    return Scores(dict.fromkeys(ORDER, 0.0), dict.fromkeys(ORDER, ()), dict.fromkeys(ORDER, 0), frozenset())


def score(text: Text) -> Scores:
    """Look up the phrases of every kind in the languages of a mail."""
    found = none_found()
    text.index()
    inherited = _ANSWER.match(text.subject) is not None
    titled = []
    spans = _in_text(text)
    subjects = _in_subject(text)
    for kind in ORDER:
        strong, plain = _evidence(text, spans.get((kind, True)), STRONG), _evidence(text, spans.get((kind, False)), 1.0)
        subject = subjects.get(kind)
        found.strong[kind] = len(strong)
        if subject is not None and inherited:  # an answer carries the subject of what it answers, whatever it says itself
            plain.insert(0, subject)
        elif subject is not None:
            strong.insert(0, replace(subject, weight=STRONG))
            titled.append(kind)
        weak = min(_PLAIN_CAP, float(len(plain))) * (1.0 if strong else _ALONE)
        if kind is Kind.REJECTION and not strong and len(plain) >= _OBLIQUE:
            weak = ENOUGH
        found.weight[kind] = sum(item.weight for item in strong) + weak
        found.evidence[kind] = tuple(strong + plain)[:_MOST_EVIDENCE]
    found.titled = frozenset(titled)
    refusing = [item for item in found.evidence[Kind.REJECTION] if item.weight >= STRONG]
    if found.weight[Kind.CANCELLATION] >= ENOUGH and all("cancel" in item.detail for item in refusing):
        found.weight[Kind.REJECTION] = (
            0.0  # `your interview for the position has been cancelled`: the interview, not the position
        )
    return found


def _in_text(text: Text) -> dict[tuple[str, bool], list[tuple[int, int]]]:
    """Return where in the text the phrases of each kind stand, strong ones and plain ones apart."""
    found: dict[tuple[str, bool], list[tuple[int, int]]] = {}
    for language in text.languages:
        for item in kind_index(language, subject=False).among(text.words):
            match = text.find(item.phrase, item.rules if item.strong else None)
            if match is not None:
                found.setdefault((item.kind, item.strong), []).append(match.span())
    return found


def _evidence(text: Text, spans: list[tuple[int, int]] | None, weight: float) -> list[Evidence]:
    """Return what was found, in the order of the text; of phrases that overlap, in one language or two, the longest counts."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans or (), key=lambda span: span[0] - span[1]):
        if all(end <= begin or start >= until for begin, until in kept):
            kept.append((start, end))
    return [Evidence("text", text.folded[start:end][:200], weight, start) for start, end in sorted(kept)]


def _in_subject(text: Text) -> dict[str, Evidence]:
    """Return the first words of the subject that speak for each kind."""
    found: dict[str, Evidence] = {}
    for language in text.languages:
        for item in kind_index(language, subject=True).among(text.subject_words):
            match = None if item.kind in found else item.phrase.search(text.subject)
            if match is not None:
                found[item.kind] = Evidence("subject", match[0][:200], 1.0, match.start())
    return found


def placed(message: Message, text: Text, evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return evidence with the offsets of its words in the text of the message, which the folded text has not."""
    return tuple(
        replace(item, at=_offset(message.text, text.folded, item.at))
        if item.source in {"text", "model"} and item.at is not None
        else item
        for item in evidence
    )


def _offset(original: str, folded: str, at: int) -> int:
    """Return where in a text the character stands that stands at `at` once it is folded: folding changes white space alone."""
    before = sum(map(len, folded[:at].split()))
    seen = 0
    for word in re.finditer(r"\S+", original):
        length = word.end() - word.start()
        if seen + length > before:
            return word.start() + before - seen
        seen += length
    return len(original)
