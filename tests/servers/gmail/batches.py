"""Several requests in one: multipart/mixed of application/http.

https://developers.google.com/workspace/gmail/api/guides/batch: at most 100 calls; parts are answered in the order in which they
came; each part's Content-ID comes back with `response-` before it; fields of the outer request hold for each part, Content-* left
out, unless the part has its own; n requests count n times against the quota.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from http import HTTPStatus

from tests.servers.gmail.answers import Answer, ApiError

__all__ = ["MOST", "Part", "joined", "split"]

MOST = 100


@dataclass(frozen=True)
class Part:
    """One request of a batch."""

    content_id: str
    """With its brackets; empty where there is none."""
    verb: str
    target: str
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes


def split(kind: str, body: bytes) -> list[Part]:
    """Return the requests of a batch; raises ApiError 400 for what is none, or too large a one."""
    if not kind.lower().startswith("multipart/mixed"):
        raise ApiError(400, "Failed to parse batch request: not multipart/mixed", reason="badRequest")
    whole = message_from_bytes(b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + body, policy=policy.compat32)
    pieces = whole.get_payload()
    if not isinstance(pieces, list) or not pieces:
        raise ApiError(400, "Failed to parse batch request, error: 0 items", reason="badRequest")
    if len(pieces) > MOST:
        raise ApiError(400, f"The batch request has more than {MOST} calls", reason="badRequest")
    parts = []
    for piece in pieces:
        assert isinstance(piece, Message)
        text = piece.get_payload(decode=True)
        if piece.get_content_type() != "application/http" or not isinstance(text, bytes):
            raise ApiError(400, "Failed to parse batch request: a part is not application/http", reason="badRequest")
        parts.append(_part(str(piece.get("Content-ID", "")), text))
    return parts


def _part(content_id: str, text: bytes) -> Part:
    head, _, body = text.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")
    line, _, rest = head.decode("latin-1").partition("\n")
    words = line.split(" ")
    if len(words) < 2:
        raise ApiError(400, f"Failed to parse batch request: {line!r}", reason="badRequest")
    fields = (field.partition(":") for field in rest.split("\n") if ":" in field)
    return Part(
        content_id,
        words[0],
        words[1],
        {name.strip().lower(): value.strip() for name, _, value in fields},
        body if body.strip() else b"",
    )


def joined(parts: Sequence[Part], answers: Sequence[Answer]) -> Answer:
    """Return the answers as one."""
    edge = f"batch_{secrets.token_urlsafe(16)}"
    pieces = []
    for part, answer in zip(parts, answers, strict=True):
        name = f"Content-ID: <response-{part.content_id.strip('<>')}>\r\n" if part.content_id else ""
        fields = {"Content-Type": answer.kind, **answer.headers, "Content-Length": str(len(answer.body))}
        told = "".join(f"{key}: {value}\r\n" for key, value in fields.items() if value)
        status = f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n"
        head = f"--{edge}\r\nContent-Type: application/http\r\n{name}\r\n{status}{told}\r\n"
        pieces.append(head.encode("latin-1") + answer.body + b"\r\n")
    return Answer(200, b"".join(pieces) + f"--{edge}--\r\n".encode(), {}, f'multipart/mixed; boundary="{edge}"')
