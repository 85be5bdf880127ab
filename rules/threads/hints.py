"""What a mail holds that ties it to others and is no fact of the process: ids of the sender's system, and persons by name.

Applicant-tracking systems write the number of a job, an application or a candidate into reply addresses, links and subjects. No
list of systems is needed: what looks like an id is one, and counts only where the same stands in a second mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice

from rules.classify.senders import can_receive
from rules.extract.company import name_from_display
from rules.extract.people import is_name, read_signature
from rules.mail.types import Message
from rules.threads.names import name_key
from rules.threads.types import Hints

__all__ = ["hints_of", "tokens_of_address", "tokens_of_link", "tokens_of_text"]

_MOST_TOKENS = 32
_MOST_NAMES = 8
_MOST_LINKS = 60
_SCANNED = 16 * 1024
_LONGEST = 96
_PLAIN = 12
"""Longer ones are kept as a digest: a link may hold a key to somebody's account."""
_LINK = re.compile(r"[^\s<>\"')\]}]{4,2000}")
_PIECES = re.compile(r"[/?&=#;,:.~!$*+%|]+")
_PARTS = re.compile(r"[-_]+")
_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)
_NUMBER = re.compile(r"\d{6,24}")
_NUMBERED = re.compile(r"[a-z]{1,4}(\d{5,16})", re.IGNORECASE)
"""A number under the initials of a list: counted without them, for a link may leave them out."""
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?")
_MIXED = re.compile(r"(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{8,96}", re.IGNORECASE)
_WORD_AND_YEAR = re.compile(r"[a-z]{3,}\d{1,4}", re.IGNORECASE)
_SHORT = re.compile(r"(?=(?:[a-z]*\d){2})(?=\d*[a-z])[a-z0-9]{5,7}", re.IGNORECASE)
_TAG = re.compile(r"(?=[a-z]*\d)[a-z0-9]{5,96}", re.IGNORECASE)
_DIGITS = re.compile(r"\d{4,14}")
_BEFORE = re.compile(r"(?:^|[^\w/@.-])(?:([A-Z]{1,5})([-_]?)|(#)|((?:[A-Z]{1,5}-)?(?:19|20)\d\d)-)$")
"""What stands before the number of a reference: initials (`JR-104233`), a hash, initials and a year (`2026-0412`)."""
_BEHIND = re.compile(r"[\w@/-]|[.:,]\d")
_BACK = 12
_MOST_NUMBERS = 300
_NUMBER_ALONE = 5
"""Digits from which on a number means the same without its initials."""
_FORWARDED = re.compile(r"\s+(?:via|through|over|\u00fcber|par|por|tramite)\s+.*$", re.IGNORECASE)


def hints_of(message: Message, *, own: frozenset[str], user: str = "") -> Hints:
    """Return what ties a message to others. Pure; never raises on any mail.

    `own` are the user's addresses, lower-case, `user` is their name: neither is a hint.
    """
    people = [message.sender, *message.reply_to, *message.to, *message.cc]
    tokens = {token for person in people if person.address not in own for token in tokens_of_address(person.address)}
    tokens.update(tokens_of_text(f"{message.envelope.subject}\n{message.text}"))
    for _, address in message.links[:_MOST_LINKS]:
        tokens.update(tokens_of_link(address))
    mine = name_key(user)
    names = {key for name in _named(message, own) if (key := name_key(name)) and key != mine}
    return Hints(tuple(sorted(tokens)[:_MOST_TOKENS]), tuple(sorted(names)[:_MOST_NAMES]))


def _named(message: Message, own: frozenset[str]) -> Iterator[str]:
    sender = message.sender
    if sender.address in own:
        return
    display = _FORWARDED.sub("", sender.name)
    person = name_from_display(display, sender.address)[0] or display
    told = [name for name in (person, *(item.name for item in message.reply_to)) if is_name(name)]
    # Who writes under their own name signs with it; a relay writes in the company's, or names nobody.
    yield from told
    if not told or not can_receive(sender.address):
        signed = read_signature(message.text, person).name
        if is_name(signed):
            yield signed


def tokens_of_address(address: str) -> Iterator[str]:
    """Yield the ids in the local part of an address: `reply+abc123@`, `r-8134a77c@`; none in `anna.berger84@`."""
    local, _, tag = address.rpartition("@")[0][-_LONGEST * 2 :].partition("+")
    for piece in _PIECES.split(tag):
        found = list(_ids(piece, short=True))
        yield from found or _kept(part for part in _PARTS.split(piece) if _TAG.fullmatch(part))
    for piece in _PIECES.split(local):
        yield from _ids(piece, short=True)


def tokens_of_link(address: str) -> Iterator[str]:
    """Yield the ids in path, query and fragment of an address of the web."""
    _, _, rest = address[:2048].partition("://")
    _, slash, path = rest.partition("/")
    if slash:
        for piece in _PIECES.split(path):
            yield from _ids(piece)


def tokens_of_text(text: str) -> Iterator[str]:
    """Yield the ids of links and references (`JR-104233`, `#40123`) in a text of which the first 16 K characters are read."""
    text = text[:_SCANNED]
    start = -1
    for _ in range(_MOST_LINKS):
        start = text.find("://", start + 1)
        if start < 0:
            break
        if (link := _LINK.match(text, start + 3)) is not None:
            yield from tokens_of_link(f"://{link[0]}")
    for digits in islice(_DIGITS.finditer(text), _MOST_NUMBERS):
        begins, ends = digits.span()
        before = _BEFORE.search(text[max(0, begins - _BACK) : begins])
        if before is None or _BEHIND.match(text, ends):
            continue
        initials, joint, hashed, year = before.groups()
        if hashed or year:
            yield from _kept([f"{(year or '').replace('-', '')}{digits[0]}"])
        elif len(digits[0]) >= _NUMBER_ALONE:
            yield from _kept([digits[0]])
        elif joint:
            yield from _kept([f"{initials}{digits[0]}"])


def _ids(piece: str, *, short: bool = False) -> Iterator[str]:
    """Yield what in a piece looks like an id: a UUID, a number, letters and digits mixed as no word mixes them.

    `short`: down to five signs, as in addresses; what a link holds of that length is mostly words.
    """
    piece = piece.strip("-_")
    if not 5 <= len(piece) <= 4 * _LONGEST:  # noqa: PLR2004 -- no id is shorter
        return
    for match in _UUID.finditer(piece):
        yield from _kept([match[0].replace("-", "")])
    for part in _PARTS.split(_UUID.sub("-", piece)):
        if numbered := _NUMBERED.fullmatch(part):
            yield from _kept([numbered[1]])
        elif _is_id(part, short=short):
            yield from _kept([part])


def _is_id(part: str, *, short: bool) -> bool:
    if _NUMBER.fullmatch(part):
        return not _DAY.fullmatch(part)
    if _WORD_AND_YEAR.fullmatch(part):
        return False
    return _MIXED.fullmatch(part) is not None or (short and _SHORT.fullmatch(part) is not None)


def _kept(found: Iterable[str]) -> Iterator[str]:
    for token in found:
        plain = token.lower()
        if len(plain) <= _PLAIN:
            yield plain
        else:
            yield f"~{sha256(plain.encode('utf-8', 'replace')).hexdigest()[:_PLAIN]}"
