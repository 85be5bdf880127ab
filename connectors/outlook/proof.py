"""What proves that a draft is ours and says what we wrote, in a mailbox that keeps properties and not bytes.

Exchange writes HTML anew when it likes: when a draft is made, when a client opens it, when it is saved without a change. So what
is compared is what a reader sees: the recipients, the subject, the words of the body, pictures and files. One changed letter is a
change; another mark-up of the same words is none.

The proof stands in a named property of the draft (https://learn.microsoft.com/en-us/graph/api/resources/extended-properties-overview).
It may go along to a recipient of the same organisation, so it holds digests and no word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from rules.mail.html import MAX_CHARS, render

__all__ = ["PROPERTY", "Content", "Proof", "short_digest", "words_of"]

PROPERTY: Final = "String {993728e8-89ad-4bc6-8f3f-88d94aa166be} Name Hearback"
"""The id of the property in Graph's notation; the namespace is this program's own."""

_WRITTEN: Final = re.compile(r"1 (\S{1,998}) ([0-9a-f]{64}) ([0-9a-f]{64}) ([0-9a-f]{16}) ([ur]) ([0-9]{1,12})")
_LONGEST: Final = 1500
_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,20})([^<>]{0,2000})>")
_NAMES: Final = re.compile(r"""\s(?:class|id)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_PICTURE: Final = re.compile(r"<img\b", re.IGNORECASE)
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u034f\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\x00"))


def words_of(body: str, *, html: bool) -> str:
    """Return what a reader sees of a body, quotations included, with one blank where there is any white space. Never raises.

    Of HTML beyond 256 K characters the rest counts as it stands.
    """
    if not html:
        return _folded(body)
    seen = render(_TAG.sub(_plainer, body[:MAX_CHARS]))
    return _folded(f"{seen.text} {seen.quoted}") + body[MAX_CHARS:]


def _plainer(match: re.Match[str]) -> str:
    """Return a tag without what marks a quotation: clients rename those marks, and then the words would change their place."""
    name = "div" if match[2].lower() == "blockquote" else match[2]
    return f"<{match[1]}{name}{_NAMES.sub('', match[3])}>"


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text.translate(_INVISIBLE)).split())


def short_digest(text: str) -> str:
    """Return enough of a digest to tell two texts of one mailbox apart: 16 hexadecimal digits."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Content:
    """What a draft says to whom. Addresses are lower-case; their order does not matter, nor do the names that stand with them."""

    to: frozenset[str]
    subject: str
    words: str
    """As `words_of` tells them."""
    cc: frozenset[str] = frozenset()
    bcc: frozenset[str] = frozenset()
    pictures: int = 0
    """In the HTML; ours have none."""
    files: bool = False

    @property
    def digest(self) -> str:
        """Return SHA-256, hex, of all of it."""
        parts = (
            *(",".join(sorted(field)) for field in (self.to, self.cc, self.bcc)),
            _folded(self.subject),
            self.words,
            str(self.pictures),
            str(self.files),
        )
        return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()

    @staticmethod
    def pictures_in(body: str) -> int:
        """Count the pictures of an HTML body."""
        return sum(1 for _ in _PICTURE.finditer(body))


@dataclass(frozen=True, slots=True)
class Proof:
    """The value of our property."""

    message_id: str
    """Without angle brackets."""
    digest: str
    """SHA-256, hex, of the bytes that were given to be written."""
    content: str
    """`Content.digest` of what was written."""
    answers: str = short_digest("")
    """`short_digest` of the Message-ID that the draft answers."""
    unread: bool = False
    """Whether the message that it answers was unread before."""
    until: int = 0
    """The moment before which it shall not leave, in seconds since 1970 (UTC); 0 where none was set."""

    def __str__(self) -> str:
        """Return the value as it is stored."""
        read = "u" if self.unread else "r"
        return f"1 {self.message_id} {self.digest} {self.content} {self.answers} {read} {self.until}"

    @classmethod
    def parse(cls, value: str) -> Self | None:
        """Read a stored value; None for anything that is none."""
        match = _WRITTEN.fullmatch(value.strip()) if len(value) <= _LONGEST else None
        if match is None:
            return None
        return cls(match[1], match[2], match[3], match[4], unread=match[5] == "u", until=int(match[6]))
