"""BODYSTRUCTURE (RFC 9051 section 7.5.2) into the tree of parts that the rules choose from."""

from __future__ import annotations

from urllib.parse import unquote

from connectors.imap.tokens import Token, as_text
from rules.mail import Part

__all__ = ["part_tree"]

_DEPTH_CAP = 20
_CHILDREN_CAP = 200
_BASIC = 7
"""Fields that every single part has: type, subtype, parameters, id, description, encoding, octets."""


def part_tree(structure: Token) -> Part:
    """Return the root part; what cannot be read becomes application/octet-stream, which nothing reads. Never raises."""
    return _part(structure, "", 0)


def _part(node: Token, path: str, depth: int) -> Part:
    if not isinstance(node, list) or not node:
        return Part(path or "1", "application/octet-stream")
    if isinstance(node[0], list):
        return _multipart(node, path, depth)
    main, sub = as_text(node[0]).lower(), as_text(node[1] if len(node) > 1 else None).lower()
    params = _params(node[2] if len(node) > 2 else None)  # noqa: PLR2004 - the third field
    encoding = as_text(node[5] if len(node) > 5 else None).lower()  # noqa: PLR2004 - the sixth field
    size = node[6] if len(node) >= _BASIC else None
    disposition, more = _disposition(node[_BASIC:])
    return Part(
        path=path or "1",
        type=f"{main}/{sub}",
        params=params,
        encoding=encoding,
        size=int(size) if isinstance(size, bytes) and size.isdigit() and len(size) < 20 else 0,  # noqa: PLR2004 - 64 bits
        disposition=disposition,
        filename=more.get("filename") or params.get("name", ""),
    )


def _multipart(node: list[Token], path: str, depth: int) -> Part:
    children: list[Part] = []
    index = 0
    while index < len(node) and isinstance(node[index], list):
        if depth < _DEPTH_CAP and len(children) < _CHILDREN_CAP:
            below = f"{path}.{index + 1}" if path else str(index + 1)
            children.append(_part(node[index], below, depth + 1))
        index += 1
    subtype = as_text(node[index] if index < len(node) else None).lower() or "mixed"
    params = _params(node[index + 1] if index + 1 < len(node) else None)
    disposition, _ = _disposition(node[index + 2 :])
    return Part(path=path, type=f"multipart/{subtype}", params=params, disposition=disposition, children=tuple(children))


def _params(node: Token) -> dict[str, str]:
    """Read an attribute list; RFC 2231 values are decoded and joined, and their stars taken off the names."""
    if not isinstance(node, list):
        return {}
    found: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, str]]] = {}
    for i in range(0, len(node) - 1, 2):
        name, value = as_text(node[i]).lower(), as_text(node[i + 1])
        base, star, rest = name.partition("*")
        if not star:
            found.setdefault(name, value)
            continue
        number = rest.rstrip("*")
        pieces.setdefault(base, []).append((int(number) if number.isdigit() and len(number) < 4 else 0, _extended(name, value)))  # noqa: PLR2004
    for base, parts in pieces.items():
        found[base] = "".join(text for _, text in sorted(parts))
    return found


def _extended(name: str, value: str) -> str:
    if not name.endswith("*"):
        return value
    charset, quote, rest = value.partition("'")
    text = rest.partition("'")[2] if quote else value
    try:
        return unquote(text, encoding=(charset if quote else "") or "utf-8", errors="replace")
    except LookupError:
        return unquote(text, errors="replace")


def _disposition(tail: list[Token]) -> tuple[str, dict[str, str]]:
    """Find the disposition among the extension fields: their place depends on the type, their shape does not."""
    for field in tail:
        if isinstance(field, list) and len(field) == 2 and isinstance(field[0], bytes) and not isinstance(field[1], bytes):  # noqa: PLR2004
            kind = as_text(field[0]).lower()
            if kind in {"inline", "attachment", "form-data"}:
                return kind, _params(field[1])
    return "", {}
