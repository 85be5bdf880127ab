"""What the address of a page says: a room of a call, a page where a time is picked. Lists in `rules/phrases/places.toml`."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from rules.phrases.load import load

__all__ = ["addresses_in", "is_booking_page", "is_scheduling_page", "is_video_page", "leads_nowhere", "unwrapped"]

_ADDRESS = re.compile(r"https?://[^\s<>\"'\u201c\u201d|\\^`{}]{4,2000}", re.IGNORECASE)
_HOST_END = re.compile(r"\.[a-z]{2,5}/", re.IGNORECASE)
_HOST = re.compile(r"(?<![\w@./:-])(?:[a-z0-9-]{1,40}\.){1,3}[a-z]{2,5}/$", re.IGNORECASE)
_REST = re.compile(r"[^\s<>\"'|\\^`{}]{2,500}")
_LONGEST_HOST = 130
_DEFENSE = re.compile(r"urldefense\.(?:com|us)/v3/__(https?:/{1,2}[^\s]*?)__;", re.IGNORECASE)
_CLOSERS = {")": "(", "]": "["}
_MOST = 60


@lru_cache(maxsize=512)
def unwrapped(address: str) -> str:
    """Return where an address leads that a mail filter rewrote (Safe Links, URL Defense, Google's redirect), else itself."""
    for _ in range(3):
        inner = _inner(address)
        if not inner:
            break
        address = inner
    return address


def _inner(address: str) -> str:
    match = _DEFENSE.search(address)
    if match:
        return re.sub(r"^(https?):/(?!/)", r"\1://", match[1])
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
        if host.endswith("safelinks.protection.outlook.com"):
            found = parse_qs(parts.query, max_num_fields=20).get("url", [""])[0]
        elif host in {"www.google.com", "google.com"} and parts.path == "/url":
            query = parse_qs(parts.query, max_num_fields=20)
            found = (query.get("q") or query.get("url") or [""])[0]
        elif host == "urldefense.proofpoint.com":
            found = unquote(parse_qs(parts.query, max_num_fields=20).get("u", [""])[0].replace("-", "%").replace("_", "/"))
        else:
            return ""
    except ValueError:
        return ""
    return found if found.lower().startswith(("http://", "https://")) else ""


def addresses_in(text: str, *, bare: bool = True) -> list[tuple[str, int]]:
    """Return (address, offset) of the pages that a text names, at most 60.

    `bare`: also without `https://`, where they are pages on which times are picked.
    """
    found: list[tuple[str, int]] = []
    for match in _ADDRESS.finditer(text) if "://" in text else ():
        found.append((_trimmed(match[0]), match.start()))
        if len(found) == _MOST:
            return found
    for match in _HOST_END.finditer(text) if bare and "/" in text else ():
        begin = max(0, match.start() - _LONGEST_HOST)
        host = _HOST.search(text[begin : match.end()])
        rest = _REST.match(text, match.end()) if host is not None else None
        if host is None or rest is None:
            continue
        address = f"https://{_trimmed(host[0] + rest[0])}"
        if is_booking_page(address):
            found.append((address, begin + host.start()))
            if len(found) == _MOST:
                break
    return sorted(found, key=lambda item: item[1])


def _trimmed(address: str) -> str:
    """Return an address without the punctuation of the sentence it stands in."""
    while address and (address[-1] in ".,;:!?*_'" or (address[-1] in _CLOSERS and _CLOSERS[address[-1]] not in address)):
        address = address[:-1]
    return address


@cache
def _listed(name: str) -> dict[str, tuple[str, ...]]:
    """Return for each host of a list the beginnings of paths under it (empty: all)."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in load("places")[name]:
        host, _, path = entry.partition("/")
        found[host] = (*found.get(host, ()), f"/{path}" if path else "")
    return found


def _split(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(unwrapped(address))
        return (parts.hostname or "").lower().rstrip("."), parts.path
    except ValueError:
        return "", ""


@lru_cache(maxsize=1024)
def _is(name: str, address: str) -> bool:
    host, path = _split(address)
    listed = _listed(name)
    pieces = host.split(".")
    for index in range(max(0, len(pieces) - 1)):
        starts = listed.get(".".join(pieces[index:]))
        if starts is not None and path.lower().startswith(starts):
            return True
    return False


def is_video_page(address: str) -> bool:
    """Say whether an address is that of a room of a video call."""
    return _is("video", address)


def is_booking_page(address: str) -> bool:
    """Say whether an address is of a service on whose pages times are picked."""
    return bool(_split(address)[1].strip("/")) and _is("booking", address) and not is_video_page(address)


def is_scheduling_page(address: str) -> bool:
    """Say whether an address is of an applicant-tracking system, and its path speaks of a time."""
    if not _is("scheduling", address):
        return False
    lower = unwrapped(address).lower().partition("://")[2].partition("/")[2]
    return any(word in lower for word in load("places")["paths"])


def leads_nowhere(address: str) -> bool:
    """Say whether an address is of a page on which no time is picked, whatever its words."""
    lower = unwrapped(address).lower()
    return any(word in lower for word in load("places")["never"])
