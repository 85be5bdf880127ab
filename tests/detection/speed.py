"""How fast mail is read from its octets, and whether memory stays where it is."""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass

from rules.classify import classify
from rules.extract import extract
from rules.mail import Role, message_from_bytes
from rules.mail.record import raw_from_record
from tests.detection.rows import NOW, OWN, Row

__all__ = ["Speed", "memory", "speed"]

_UNTIL_WARM = 5_000


@dataclass(frozen=True, slots=True)
class Speed:
    """Messages a second of processor time on one core, from octets to facts; and what a noise mail of 2 KB costs."""

    per_second: float
    classify_ms: float
    """Milliseconds of processor time for the kind alone, mean."""
    noise_ms: float
    """The same for a mail that concerns no application, of about 2 KB."""


def _raw(rows: Sequence[Row]) -> list[bytes]:
    return [raw_from_record(row.record, now=NOW) for row in rows]


def _read(raw: bytes) -> None:
    message = message_from_bytes(raw, ref="r", role=Role.INBOX, received_at=NOW, size=len(raw))
    found = classify(message, own=OWN, known=False)
    extract(message, found, own=OWN, zone="UTC")


def _cost(raws: Sequence[bytes], rounds: int) -> tuple[float, float]:
    """Return (seconds a message from octets to facts, seconds a message for the kind alone)."""
    for raw in raws:
        _read(raw)
    begun = time.process_time()
    for _ in range(rounds):
        for raw in raws:
            _read(raw)
    whole = (time.process_time() - begun) / (rounds * len(raws))
    messages = [message_from_bytes(raw, ref="r", role=Role.INBOX, received_at=NOW, size=len(raw)) for raw in raws]
    begun = time.process_time()
    for _ in range(rounds):
        for message in messages:
            classify(message, own=OWN, known=False)
    return whole, (time.process_time() - begun) / (rounds * len(raws))


def speed(rows: Sequence[Row], rounds: int = 3) -> Speed:
    """Measure over rows, each read several times; the texts kept from one reading to the next are too few to matter."""
    whole, kind = _cost(_raw(rows), rounds)
    noise = [row for row in rows if row.label == "noise" and 1_000 <= len(row.record.get("body", "")) <= 3_000]
    return Speed(1 / whole, kind * 1000, _cost(_raw(noise), rounds)[1] * 1000 if noise else 0.0)


def memory(rows: Sequence[Row], messages: int = 50_000) -> tuple[int, int]:
    """Return the highest resident size in KB when warm, and after that many messages, no two of them the same."""
    raws = _raw(rows)
    warm = 0
    for number in range(messages):
        raw = raws[number % len(raws)]
        _read(b"X-Number: %d\r\n%s\r\n%d\r\n" % (number, raw, number))
        if number == _UNTIL_WARM:
            warm = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return warm, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
