"""The header blocks that real mail drags along: traces, signatures, lists. About 3 KB, of which a client wants 0.7 KB."""

from __future__ import annotations

import base64
import random
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

from tests.bench.words import Person

__all__ = ["OWNER", "Headers", "Stamp"]

OWNER = Person("Sam Doe", "sam@example.com")
"""The user whose mailbox it is."""
OFFSETS = (0, 60, 120, -300, -420, 330, 540)
"""Minutes east of UTC that senders live in."""
RELAYS = ("mx1", "mx2", "relay-eu-3", "out-17.smtp", "a27-42.smtp-out", "edge4", "mail-yw1-f172")

Stamp = int
"""Seconds since 1970, UTC."""


class Headers:
    """Makes header fields; the same generator gives the same fields."""

    def __init__(self, rng: random.Random) -> None:
        """Prepare what looks like signatures: lines of base64."""
        self.rng = rng
        noise = base64.b64encode(rng.randbytes(200_000)).decode()
        self._noise = [noise[start : start + 68] for start in range(0, len(noise) - 68, 68)]
        self._hosts = [
            f"{relay}.{provider}" for relay in RELAYS for provider in ("bulkpost.example", "mailhaus.example", "corp.test")
        ]
        self._zones = [timezone(timedelta(minutes=minutes)) for minutes in OFFSETS]

    def token(self, digits: int = 16) -> str:
        """Return so many hexadecimal digits."""
        return f"{self.rng.getrandbits(4 * digits):0{digits}x}"

    def message_id(self, domain: str) -> str:
        """Return a new msg-id with its angle brackets."""
        return f"<{self.token(20)}.{self.token(8)}@{domain}>"

    def date(self, at: Stamp) -> str:
        """Return the moment as a sender somewhere in the world would write it."""
        return format_datetime(datetime.fromtimestamp(at, UTC).astimezone(self.rng.choice(self._zones)))

    def signature(self, lines: int) -> str:
        """Return folded base64 of so many lines."""
        start = self.rng.randrange(len(self._noise) - lines)
        return "\n        ".join(self._noise[start : start + lines])

    def trace(self, sender: Person, at: Stamp, *, weight: int = 2) -> str:
        """Return what servers add on the way: Return-Path, Received, ARC, DKIM, Authentication-Results; `weight` 0 to 2."""
        rng = self.rng
        domain = sender.address.rpartition("@")[2]
        when = format_datetime(datetime.fromtimestamp(at, UTC))
        lines = [f"Return-Path: <{sender.address}>", f"Delivered-To: {OWNER.address}"]
        for hop in range(2 + weight):
            host, following = rng.choice(self._hosts), rng.choice(self._hosts)
            lines.append(
                f"Received: from {host} ({host}. [198.51.100.{rng.randrange(256)}])\n"
                f"        by {following} with ESMTPS id {self.token(18)}\n"
                f"        for <{OWNER.address}>\n"
                f"        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);\n        {when if hop else self.date(at)}"
            )
        if weight == 2:
            lines.append(
                f"ARC-Seal: i=1; a=rsa-sha256; t={at}; cv=none; d=mailhaus.example; s=arc-2;\n        b={self.signature(5)}"
            )
            lines.append(
                "ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=mailhaus.example; s=arc-2;\n"
                "        h=to:subject:message-id:date:from:mime-version:dkim-signature;\n"
                f"        bh={self.token(40)}=;\n        b={self.signature(5)}"
            )
            lines.append(
                f"ARC-Authentication-Results: i=1; mx.mailhaus.example;\n        dkim=pass header.i=@{domain} header.s=s1;\n"
                f"        spf=pass smtp.mailfrom={sender.address};\n        dmarc=pass (p=REJECT) header.from={domain}"
            )
        lines += [
            f"DKIM-Signature: v=1; a=rsa-sha256; d={domain}; s=s1; t={at};\n"
            f"        h=from:to:subject:date:message-id:mime-version; bh={self.token(40)}=;\n        b={self.signature(5)}"
            for _ in range(weight)
        ]
        lines.append(
            f"Authentication-Results: mx.mailhaus.example;\n        dkim=pass header.i=@{domain};\n"
            f"        spf=pass smtp.mailfrom={sender.address}"
        )
        return "\n".join(lines) + "\n"

    def bulk(self, domain: str) -> str:
        """Return the fields of a bulk sender (RFC 2369, RFC 8058)."""
        return (
            f"List-Unsubscribe: <mailto:out+{self.token()}@{domain}>,\n        <https://{domain}/u/{self.token(64)}>\n"
            f"List-Unsubscribe-Post: List-Unsubscribe=One-Click\nList-Id: <news.{domain}>\nPrecedence: bulk\n"
            f"Feedback-ID: {self.token(6)}:{self.token(6)}:campaign:bulkpost\nX-Mailer: Bulkpost 7.2\n"
        )
