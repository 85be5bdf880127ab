"""Whom a mail did not reach: from a delivery report, from a header field, or from the usual wordings of mail systems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rules.classify.machine import is_bounce
from rules.classify.text import text_of
from rules.extract.absence_words import found
from rules.mail.types import Message
from rules.phrases.grammar import fold, words_of

__all__ = ["bounced_addresses", "delayed_addresses"]

_FAILED = re.compile(r"^(?:final-recipient|original-recipient)\s*:\s*(?:[^;\n]{0,40};)?\s*<?([^\s<>;]{3,320})", re.IGNORECASE)
_ACTION = re.compile(r"^action\s*:\s*(\w+)", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,190}\.[a-z]{2,24}")
_LEADING = re.compile(r"[\s<(\"'*\u2022-]{0,12}(?:mailto:)?[a-z0-9._%+-]{1,64}@")
_LABELLED = re.compile(r"^\W{0,4}(?:[^\W\d_]+[ -]?){1,4}\s?:\s")
_MOST = 20
_LINES = 60
_SHORT = 160


def bounced_addresses(message: Message, own: frozenset[str]) -> tuple[str, ...]:
    """Return the recipients that failed for good (RFC 3464 section 2.3), lower-case; `Action: delayed` stops nothing (D25).

    Where no delivery-status part tells them: those of X-Failed-Recipients, or those that the text of a sure report names.
    """
    addresses = dict.fromkeys(_reported(message, "failed"))
    for address in _ADDRESS.findall(message.headers.get("x-failed-recipients", "").lower()):
        addresses.setdefault(address)
    if not addresses and not message.delivery_status.strip() and is_bounce(message, text_of(message)) is not None:
        addresses.update(dict.fromkeys(_told(message)))
    return _others(addresses, message, own)


def delayed_addresses(message: Message, own: frozenset[str]) -> tuple[str, ...]:
    """Return the recipients whom a mail has not reached yet (RFC 3464 `Action: delayed`), lower-case: it is still being tried."""
    addresses = dict.fromkeys(_reported(message, "delayed"))
    if not message.delivery_status.strip() and is_bounce(message, text_of(message)) is not None:
        addresses.update(dict.fromkeys(_told_delayed(message)))
    return _others(addresses, message, own)


def _others(addresses: Iterable[str], message: Message, own: frozenset[str]) -> tuple[str, ...]:
    known = {*own, message.sender.address}
    return tuple(address for address in addresses if "@" in address and address not in known)[:_MOST]


def _reported(message: Message, action: str) -> Iterator[str]:
    """Yield the recipients of the delivery-status part with one action."""
    block: list[str] = []
    meant = False
    for line in [*message.delivery_status.split("\n"), ""]:
        if not line.strip():
            if meant:
                yield from block
            block, meant = [], False
        elif match := _FAILED.match(line.strip()):
            block.append(match[1].lower())
        elif match := _ACTION.match(line.strip()):
            meant = match[1].lower() == action


def _told_delayed(message: Message) -> Iterator[str]:
    """Yield the addresses of the lines that speak of a delay, before the copy of the message."""
    languages = text_of(message).languages
    for line in message.text.split("\n")[:_LINES]:
        folded = fold(line.strip())
        words = words_of(folded)
        if next(found("copy", folded, words, languages), None) is not None:
            return
        if next(found("delayed", folded, words, languages), None) is not None:
            yield from (address.strip(".") for address in _ADDRESS.findall(folded))


def _told(message: Message) -> list[str]:
    """Return the addresses that the text of a report says a mail did not reach.

    They stand in the sentence that says so, in the line behind it, or begin a line, before the copy of the message.
    """
    languages = text_of(message).languages
    told: list[str] = []
    said = False
    reach = 0
    for raw in message.text.split("\n")[:_LINES]:
        line = raw.strip()
        folded = fold(line)
        words = words_of(folded)
        if next(found("copy", folded, words, languages), None) is not None:
            break
        if not said and next(found("delayed", folded, words, languages), None) is not None:
            return []
        fails = next(found("failed", folded, words, languages), None) is not None
        if fails:
            said, reach = True, 2
        addresses = _ADDRESS.findall(folded)
        if addresses and ((said and _LEADING.match(folded)) or (not told and (fails or reach > 0) and _names(line, folded))):
            told.append(addresses[0].strip("."))
        if folded and not fails:
            reach -= 1
    return told


def _names(line: str, folded: str) -> bool:
    """Say whether a line near the words of failure is about an address: it is short, or not a field of the copied header."""
    return len(line) <= _SHORT and not (
        _LABELLED.match(folded) and "@" not in folded.partition(":")[0] and "mailto:" not in folded
    )
