"""Says of an envelope whether the text behind it may matter. Asked of every message of a mailbox, so every microsecond counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from rules.classify.senders import is_booking, is_relay
from rules.language import LANGUAGES
from rules.mail.types import Envelope, Role
from rules.phrases.load import load_of

__all__ = ["Known", "wants"]

_PUNCTUATION = str.maketrans(dict.fromkeys(".,:;!?()[]{}<>\"'|/\\#*_~=+\u2013\u2014\u2019\u201c\u201d&", " "))


@dataclass(frozen=True, slots=True)
class Known:
    """What the tracked processes consist of, as far as an envelope can touch it."""

    domains: frozenset[str] = frozenset()
    """Registrable domains of their companies (`rules.extract.company_domain`), lower-case."""
    addresses: frozenset[str] = frozenset()
    """Everybody on a roster, lower-case."""
    message_ids: frozenset[str] = frozenset()
    """Message-IDs of their messages, without brackets, and provider thread ids."""


@cache
def _words(kind: str) -> frozenset[str]:
    """Return the words of all languages: which one a subject is in is not asked, for that would take longer than the question."""
    return frozenset(word for language in LANGUAGES for word in load_of(language, "prefilter").get(kind, ()))


@lru_cache(maxsize=4096)
def _service(address: str) -> bool:
    return is_relay(address) or is_booking(address)


def wants(envelope: Envelope, known: Known) -> bool:
    """Say whether the text of a message is worth fetching. Pure; about two microseconds."""
    if envelope.role is Role.SENT:
        return _sent(envelope, known)
    if envelope.calendar or _continues(envelope, known) or _from_known(envelope.from_address, known):
        return True
    if _service(envelope.from_address):
        return True
    words = envelope.subject.lower().translate(_PUNCTUATION).split()
    if not _telling().isdisjoint(words):
        return True
    return not envelope.bulk and not _hinting().isdisjoint(words)


@cache
def _telling() -> frozenset[str]:
    return _words("telling")


@cache
def _hinting() -> frozenset[str]:
    return _words("hinting")


def _continues(envelope: Envelope, known: Known) -> bool:
    ids = known.message_ids
    if not ids:
        return False
    if envelope.in_reply_to in ids or envelope.thread_id in ids:
        return bool(envelope.in_reply_to or envelope.thread_id)
    return bool(envelope.references) and not ids.isdisjoint(envelope.references.split(" "))


def _from_known(address: str, known: Known) -> bool:
    if address in known.addresses:
        return True
    domain = address.rpartition("@")[2]
    while domain:
        if domain in known.domains:
            return True
        domain = domain.partition(".")[2]
    return False


def _sent(envelope: Envelope, known: Known) -> bool:
    """Say whether a mail of the user's own goes to a tracked process."""
    return _continues(envelope, known) or any(
        _from_known(address, known) for address in envelope.recipients.split(" ") if address
    )
