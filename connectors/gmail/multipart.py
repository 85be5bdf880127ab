"""Many calls in one round trip: multipart/mixed with an HTTP message in each part.

https://developers.google.com/workspace/gmail/api/guides/batch: a part's Content-ID comes back with `response-` before it, and the
answers may stand in any order. Where no answer has one at all, as from some proxies, they are taken in the order of the calls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, Protocol
from urllib.parse import urlsplit

from rules.mail.mime import parameters

__all__ = ["Part", "read_parts", "write_parts"]

_BOUNDARY: Final = "batch_of_calls"
_BLANK: Final = re.compile(rb"\r?\n\r?\n")
_PLACE: Final = re.compile(rb"^content-id:[^\r\n]*?call-(\d{1,4})[>\"' \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_NAMED: Final = re.compile(rb"^content-id:", re.IGNORECASE | re.MULTILINE)
_STATUS: Final = re.compile(rb"HTTP/[\d.]{1,5} (\d{3})\b")
_FOLD: Final = re.compile(rb"\r?\n[ \t]+")
_MOST_HEAD: Final = 100


class Part(NamedTuple):
    """The answer to one of the calls."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    content: bytes


class _Call(Protocol):
    @property
    def uri(self) -> str: ...
    @property
    def method(self) -> str: ...


def write_parts(calls: Sequence[_Call]) -> tuple[str, bytes]:
    """Return content type and body of a request that makes all of `calls`, which have no body of their own."""
    lines = []
    for place, call in enumerate(calls):
        target = urlsplit(call.uri)
        lines += [
            f"--{_BOUNDARY}",
            "Content-Type: application/http",
            f"Content-ID: <call-{place}>",
            "",
            f"{call.method} {target.path}{f'?{target.query}' if target.query else ''} HTTP/1.1",
            f"Host: {target.netloc}",
            "Accept: application/json",
            "",
            "",
        ]
    lines += [f"--{_BOUNDARY}--", ""]
    return f'multipart/mixed; boundary="{_BOUNDARY}"', "\r\n".join(lines).encode("ascii")


def read_parts(content_type: str, content: bytes, calls: int = 0) -> dict[int, Part] | None:
    """Return the answers by the place of their call; None when it is no such answer. What cannot be read is left out.

    Answers without any Content-ID count in their order if there are as many as `calls`; the caller sees whether each fits.
    """
    kind, params = parameters(content_type)
    boundary = params.get("boundary", "").encode("utf-8", "replace")
    if not kind.startswith("multipart/") or not boundary:
        return None
    found: dict[int, Part] = {}
    unnamed: list[Part] = []
    named = False
    for piece in re.split(rb"\r?\n--" + re.escape(boundary) + rb"(?:--)?[ \t]*(?=\r?\n|\Z)", b"\r\n" + content):
        outer, _, rest = _cut(piece.lstrip(b"\r\n"))
        outer = _FOLD.sub(b" ", outer)
        place = _PLACE.search(outer)
        named = named or _NAMED.search(outer) is not None
        head, complete, body = _cut(rest.lstrip(b"\r\n"))
        status = _STATUS.match(head)
        if status is None or not complete:
            continue
        part = Part(int(status[1]), _headers(head), body)
        if place is not None:
            found.setdefault(int(place[1]), part)
        else:
            unnamed.append(part)
    return dict(enumerate(unnamed)) if not named and len(unnamed) == calls else found


def _cut(data: bytes) -> tuple[bytes, bool, bytes]:
    """Return what stands before and behind the first empty line, and whether there is one."""
    blank = _BLANK.search(data)
    return (data, False, b"") if blank is None else (data[: blank.start()], True, data[blank.end() :])


def _headers(head: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in head.split(b"\n")[1 : _MOST_HEAD + 1]:
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon:
            found.setdefault(name.strip().lower(), value.strip())
    return found
