"""What holds for every kind of mailbox, checked once, around whichever connector is in use.

A draft goes in only if another reader finds in its bytes exactly what the `Draft` says, to nobody else. A draft goes out only
with a reference and under a Message-ID of the shape that we give. A ValueError from here is a mistake of the program, and
nothing has been written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final

from connectors.base import Capabilities, Changes, Connector, DraftRef, Found, Mark, Spent, WaitResult, Wake, Withdrawal
from connectors.errors import Conflict, NotFound
from rules.drafts.clean import one_line
from rules.drafts.types import Draft
from rules.mail import Envelope, Message, Wants
from rules.mail.encoding import decode_words
from rules.mail.headers import addresses, message_ids, split_fields
from rules.mail.mime import header_of

__all__ = ["Guarded", "check_bytes", "looks_ours"]

_OURS: Final = re.compile(r"[0-9a-f]{32}@[a-z0-9][a-z0-9.-]*")
_ONCE: Final = ("From", "To", "Subject", "Message-ID")
_ALLOWED: Final = frozenset(
    {
        *(name.lower() for name in _ONCE),
        "date",
        "in-reply-to",
        "references",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
        "content-language",
    }
)
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f-\xff]")
_FIELD: Final = re.compile(rb"([!-9;-~]{1,76}):")
_SUBJECT: Final = 400
"""Characters of the subject that are compared: longer ones are cut when a draft is written."""
_DRY: Final = "dry-run:"


def looks_ours(message_id: str) -> bool:
    """Say whether a Message-ID has the shape of those that `rules.drafts.message_ids` makes."""
    return _OURS.fullmatch(message_id) is not None


def check_bytes(draft: Draft, raw: bytes) -> None:
    """Raise ValueError unless `raw` is a message from, to and about what `draft` says, for one recipient, with nothing added.

    Read line by line, not by the parser that wrote it: each line of the header is a field of a known name or the continuation
    of one, in ASCII without control characters (RFC 5322, section 2.2).
    """
    _check_names(raw)
    fields = split_fields(header_of(raw))
    if [one.address for one in addresses(fields["from"])] != [_ascii(draft.sender.address)]:
        raise ValueError("the draft is not from the sender that it says")
    if [one.address for one in addresses(fields["to"])] != [_ascii(draft.to.address)]:
        raise ValueError("the draft is not to its one recipient")
    if message_ids(fields["message-id"]) != (draft.message_id,):
        raise ValueError("the draft carries another Message-ID")
    if one_line(decode_words(fields["subject"]), _SUBJECT) != one_line(draft.subject, _SUBJECT):
        raise ValueError("the draft carries another subject")


def _ascii(address: str) -> str:
    """Return an address as it stands in a header: lower-case, an internationalised domain as A-labels."""
    local, at, domain = address.lower().rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address.lower()


def _check_names(raw: bytes) -> None:
    header, blank, _ = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    if not blank or _CONTROL.search(header):
        raise ValueError("the header of the draft has no end, or holds control or 8-bit characters")
    counts: Counter[str] = Counter()
    for line in header.split(b"\n"):
        if line.startswith((b" ", b"\t")) and counts:
            continue
        match = _FIELD.match(line)
        if match is None:
            raise ValueError(f"the header of the draft holds a line that is no field: {line[:40]!r}")
        counts[match[1].decode("ascii").lower()] += 1
    if strangers := counts.keys() - _ALLOWED:
        raise ValueError(f"the draft carries header fields that it must not have: {', '.join(sorted(strangers))}")
    if doubled := sorted(name for name, count in counts.items() if count > 1):
        raise ValueError(f"the draft carries header fields twice: {', '.join(doubled)}")
    if missing := [name for name in _ONCE if name.lower() not in counts]:
        raise ValueError(f"the draft lacks header fields: {', '.join(missing)}")


class Guarded(Connector):
    """A connector that checks, counts and, in a dry run, does not write; reading goes through as it is."""

    kind: ClassVar[str] = "guarded"

    def __init__(self, connector: Connector, *, dry_run: bool = False, is_ours: Callable[[str], bool] = looks_ours) -> None:
        """Wrap a connector. `is_ours` says of a Message-ID whether this program made it."""
        self._inner = connector
        self._dry_run = dry_run
        self._is_ours = is_ours
        self._calls: Counter[str] = Counter()

    @property
    def wrapped(self) -> Connector:
        """Return the connector inside."""
        return self._inner

    @property
    def calls(self) -> Mapping[str, int]:
        """Return how often each verb reached the mailbox."""
        return self._calls

    def open(self) -> Capabilities:
        """Pass through."""
        self._calls["open"] += 1
        return self._inner.open()

    def close(self) -> None:
        """Pass through."""
        self._inner.close()

    def changes(self, cursor: str | None, since: datetime, wants: Wants) -> Iterator[Changes]:
        """Pass through."""
        self._calls["changes"] += 1
        return self._inner.changes(cursor, since, wants)

    def wait(self, timeout: float, wake: Wake) -> WaitResult:
        """Pass through."""
        self._calls["wait"] += 1
        return self._inner.wait(timeout, wake)

    def fetch(self, ref: str) -> bytes:
        """Pass through."""
        self._calls["fetch"] += 1
        return self._inner.fetch(ref)

    def read(self, envelopes: Sequence[Envelope]) -> list[Message]:
        """Pass through."""
        self._calls["read"] += 1
        return self._inner.read(envelopes)

    def put_draft(self, draft: Draft, raw: bytes, replacing: DraftRef | None = None) -> DraftRef:
        """Write a draft of ours that says what it should. Raises ValueError, and what the connector raises."""
        self._check_own(draft)
        check_bytes(draft, raw)
        if replacing is not None:
            self._check_replacing(replacing)
        if self._dry_run:
            return DraftRef(f"{_DRY}{draft.message_id}", _DRY)
        self._calls["put_draft"] += 1
        return self._inner.put_draft(draft, raw, replacing)

    def find_draft(self, draft: Draft, ref: DraftRef | None, besides: frozenset[str] = frozenset()) -> Found:
        """Pass through."""
        self._calls["find_draft"] += 1
        return self._inner.find_draft(draft, ref, besides)

    def withdraw_draft(self, draft: Draft, ref: DraftRef) -> Withdrawal:
        """Take back a draft of ours. Raises ValueError, and what the connector raises."""
        self._check_own(draft)
        _check_reference(ref)
        if self._dry_run:
            return Withdrawal.WITHDRAWN
        self._calls["withdraw_draft"] += 1
        return self._inner.withdraw_draft(draft, ref)

    def tidy_up(self, draft: Draft, ref: DraftRef) -> None:
        """Pass through, except in a dry run. Raises ValueError, and what the connector raises."""
        self._check_own(draft)
        if not self._dry_run:
            self._calls["tidy_up"] += 1
            self._inner.tidy_up(draft, ref)

    def withdraw_begun(self, draft: Draft) -> None:
        """Take back what was begun of a draft of ours, except in a dry run. Raises ValueError, and what the connector raises."""
        self._check_own(draft)
        if not self._dry_run:
            self._calls["withdraw_begun"] += 1
            self._inner.withdraw_begun(draft)

    def list_drafts(self) -> Sequence[tuple[str, DraftRef]]:
        """Pass through."""
        self._calls["list_drafts"] += 1
        return self._inner.list_drafts()

    def read_draft(self, ref: DraftRef) -> bytes:
        """Pass through."""
        self._calls["read_draft"] += 1
        return self._inner.read_draft(ref)

    def digest_of(self, ref: DraftRef) -> str:
        """Pass through."""
        self._calls["read_draft"] += 1
        return self._inner.digest_of(ref)

    @property
    def holds_back(self) -> bool:
        """Pass through."""
        return self._inner.holds_back

    def hold_back_draft(self, draft: Draft, ref: DraftRef) -> DraftRef:
        """Set when a draft of ours may leave, except in a dry run. Raises ValueError, and what the connector raises."""
        self._check_own(draft)
        _check_reference(ref)
        if self._dry_run:
            return ref
        self._calls["hold_back_draft"] += 1
        return self._inner.hold_back_draft(draft, ref)

    @property
    def spent(self) -> Spent:
        """Pass through."""
        return self._inner.spent

    def mark(self, refs: Sequence[str], mark: Mark | None) -> None:
        """Mark received mail, except in a dry run."""
        if not self._dry_run:
            self._calls["mark"] += 1
            self._inner.mark(refs, mark)

    def remove_marks(self) -> int:
        """Remove our marks, except in a dry run."""
        if self._dry_run:
            return 0
        self._calls["remove_marks"] += 1
        return self._inner.remove_marks()

    def _check_own(self, draft: Draft) -> None:
        if not self._is_ours(draft.message_id):
            raise ValueError(f"{draft.message_id!r} is not a Message-ID of ours: nothing is written or removed under it")

    def _check_replacing(self, ref: DraftRef) -> None:
        """Raise Conflict when what stands there carries a Message-ID that we never gave: then it is the user's."""
        _check_reference(ref)
        if ref.ref.startswith(_DRY):
            return
        try:
            standing = split_fields(header_of(self.read_draft(ref)))
        except NotFound:
            return  # gone, or moved: the connector finds out, and knows what to do
        if not all(self._is_ours(one) for one in message_ids(standing.get("message-id", "")) or ("",)):
            raise Conflict("The draft that was to be replaced carries a Message-ID that is not ours; nothing was written.")


def _check_reference(ref: DraftRef) -> None:
    if not ref.ref or not (ref.revision or ref.digest):
        raise ValueError("a draft is removed only with its place and the proof of its content")
