"""Whether what was read of a mail is what its label says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from tests.detection.measure import Reading

__all__ = ["FIELDS", "judge", "stated"]

_WORD = re.compile(r"[^\W_]+")
_LEGAL = frozenset(
    {
        "inc",
        "llc",
        "ltd",
        "limited",
        "corp",
        "corporation",
        "co",
        "plc",
        "gmbh",
        "ag",
        "se",
        "kg",
        "sa",
        "sas",
        "sarl",
        "bv",
        "nv",
    }
    | {"srl", "spa", "lda", "the"}
)

FIELDS = ("interview_at", "company", "role", "promise")


def stated(reading: Reading, field: str) -> bool:
    """Say whether the label tells a field."""
    fields = reading.row.fields
    if field == "interview_at":
        return bool(fields.get("interview_at_iso") or _iso(fields.get("interview_at")))
    if field == "promise":
        return isinstance(fields.get("deadline"), dict)
    return bool(fields.get(field))


def judge(reading: Reading, field: str) -> bool:
    """Say whether a field that the label tells was read right."""
    fields = reading.row.fields
    if field == "interview_at":
        wanted = datetime.fromisoformat(fields.get("interview_at_iso") or fields["interview_at"])
        starts = [item.start for item in reading.facts.interviews]
        return any(start == wanted if wanted.tzinfo else start.replace(tzinfo=None) == wanted for start in starts)
    if field == "promise":
        promise, deadline = reading.facts.promise, fields["deadline"]
        if promise is None or promise.kind.value not in deadline["class"].split("|"):
            return False
        return not deadline.get("date") or (promise.date is not None and promise.date.isoformat() == deadline["date"])
    return same_name(getattr(reading.facts, field), fields[field])


def same_name(found: str, wanted: str) -> bool:
    """Say whether two names mean one: the same words but legal forms, or all the words of one within the other."""
    left, right = _words(found), _words(wanted)
    return bool(left and right) and (left <= right or right <= left)


def misread(readings: Sequence[Reading], field: str) -> list[tuple[Reading, str, str]]:
    """Return the readings of a field that are wrong, with what was read and what is right."""
    return [
        (item, _shown(item, field), str(item.row.fields.get("deadline" if field == "promise" else field)))
        for item in readings
        if stated(item, field) and not judge(item, field)
    ]


def _shown(reading: Reading, field: str) -> str:
    facts = reading.facts
    if field == "interview_at":
        return ", ".join(item.start.isoformat() for item in facts.interviews)
    if field == "promise":
        return f"{facts.promise.kind} {facts.promise.date}" if facts.promise else ""
    return str(getattr(facts, field))


def _words(name: str) -> frozenset[str]:
    words = _WORD.findall(name.casefold())
    return frozenset(word for word in words if word not in _LEGAL) or frozenset(words)


def _iso(value: object) -> bool:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return True
