"""The general grammar of replies (RFC 9051 section 9), read without recursion and within bounds; for what is not hot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from connectors.imap.wire import Reply

__all__ = ["Token", "Unreadable", "as_text", "pairs", "parse"]

Token: TypeAlias = "bytes | list[Token] | None"  # noqa: S105 - no secret: a word of grammar
"""A string or atom, a list, or NIL."""

_LEXEME = re.compile(
    rb"[ \t\r\n]*(?:"
    rb"(?P<open>\()|(?P<close>\))"
    rb'|"(?P<string>[^"\\]*(?:\\.[^"\\]*)*)"'
    rb"|(?P<literal>~?\{\d+\+?\})$"
    rb'|(?P<atom>[^ \t\r\n()"\[\]]*\[[^\]]*\](?:<\d+>)?|[^ \t\r\n()"]+)'
    rb")",
    re.DOTALL,
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_DEPTH_CAP = 200
_TOKENS_CAP = 100_000


class Unreadable(ValueError):
    """A reply that keeps to no grammar."""


def parse(pieces: Reply) -> list[Token]:
    """Read a reply's pieces into nested lists. Raises Unreadable."""
    root: list[Token] = []
    stack = [root]
    for count, (kind, value) in enumerate(_tokens(pieces)):
        if count > _TOKENS_CAP:
            raise Unreadable("too many tokens")
        if kind == "open":
            if len(stack) > _DEPTH_CAP:
                raise Unreadable("nested too deeply")
            inner: list[Token] = []
            stack[-1].append(inner)
            stack.append(inner)
        elif kind == "close":
            if len(stack) == 1:
                raise Unreadable("a list is closed that was not opened")
            stack.pop()
        else:
            stack[-1].append(value)
    if len(stack) != 1:
        raise Unreadable("a list is not closed")
    return root


def _tokens(pieces: Reply) -> Iterator[tuple[str, bytes | None]]:
    for index in range(0, len(pieces), 2):
        text = pieces[index]
        position = 0
        while position < len(text):
            found = _LEXEME.match(text, position)
            if found is None:
                if text[position:].strip():
                    raise Unreadable(f"not a token at {text[position : position + 20]!r}")
                break
            position = found.end()
            kind = found.lastgroup or ""
            value: bytes | None = found[kind]
            if kind == "literal":
                value = pieces[index + 1] if index + 1 < len(pieces) else b""
            elif kind == "string" and b"\\" in found[kind]:
                value = _ESCAPED.sub(rb"\1", found[kind])
            elif kind == "atom" and found[kind].upper() == b"NIL":
                value = None
            yield kind, value


def pairs(items: list[Token]) -> dict[bytes, Token]:
    """Read `name value name value` into a mapping with upper-case names; a last name without value is dropped."""
    return {name.upper(): items[i + 1] for i in range(0, len(items) - 1, 2) if isinstance(name := items[i], bytes)}


def as_text(token: Token) -> str:
    """Return a string token as text, an empty string for anything else."""
    return token.decode("utf-8", "replace") if isinstance(token, bytes) else ""
