"""The lines under a letter: who wrote it, as what, for whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from rules.extract.company import ends_in_legal_form, plausible_company
from rules.extract.names import is_name, plain_name
from rules.extract.reading import clean
from rules.extract.titles import is_title, role_class
from rules.extract.types import RoleClass
from rules.extract.words import listed
from rules.phrases.load import load

__all__ = ["Signature", "is_institution", "read_signature"]

_PIECES = re.compile(
    r"\s+[|\u2022\u00b7\u2013\u2014/]+\s+|\s*\|\s*|\s+-\s+|\s+(?:at|bei|chez|bij|presso)\s+(?=[A-Z0-9])|\s+@\s+"
    r"|\t+|\s{3,}|\s*\u00b7\s*"
)
_REACH = re.compile(
    r"@\w|https?:|www\.|(?:\d\D{0,3}){6}|^(?:tel|t|m|mob|mobil|mobile|fax|phone|telefon|t\u00e9l|cell|email"
    r"|e-mail|mail|web)\b\s*[.:]",
    re.IGNORECASE,
)
_BEHALF = re.compile(
    r"^(?:i\.\s?a\.|i\.\s?v\.|ppa\.?|p\.\s?p\.|p\.?o\.?:?|im auftrag|in vertretung|for and on behalf of)\s+", re.IGNORECASE
)
_PRONOUNS = re.compile(
    r"\s*\((?:she|he|they|her|him|sie|er|elle|il|ella|\u00e9l|ela|ele|lei|lui|zij|hij)\b[^)]{0,20}\)", re.IGNORECASE
)
_END = re.compile(r"^(?:-{4,}|_{4,}|>|-----\s?original|from:|von:|de\s?:|on .{5,60} wrote:|am .{5,60} schrieb)", re.IGNORECASE)
_INSTITUTION = re.compile(
    r"\b(?:universit|hochschule|fachhochschule|klinik|krankenhaus|stiftung|verein|stadtwerke|landkreis"
    r"|h\u00f4pital|mairie|fondation|hospital|"
    r"ayuntamiento|fundaci\u00f3n|gemeente|ziekenhuis|stichting|c\u00e2mara municipal|prefeitura"
    r"|funda\u00e7\u00e3o|comune di|ospedale|fondazione|foundation"
    r"|institute?\b|ministr|ministerium|council\b)",
    re.IGNORECASE,
)
_MAX_LINES = 8
_NEAR = 3
_LAST_LINES = 40
_LONGEST_LINE = 140
_LONGEST_CLOSING = 60
_SHORT_NAME = 4
_COMPANY_WORDS = 5


class Signature(NamedTuple):
    """What the lines under a letter say of its writer."""

    name: str = ""
    title: str = ""
    company: str = ""


def read_signature(text: str, sender_name: str = "") -> Signature:
    """Read the signature under a mail: the lines behind a closing, or from the sender's name on; else a name above a title."""
    lines = [(_PRONOUNS.sub("", line) if "(" in line else line).strip(" *_|>") for line in text.split("\n")]
    lines = [line for line in lines if line]
    sender = clean(sender_name)
    for block in _blocks(lines[-_LAST_LINES:], sender.lower()):
        found = _read(block, sender)
        if found.name or found.title or found.company:
            return found
    return Signature()


def _blocks(lines: list[str], sender: str) -> Iterator[list[str]]:
    """Yield the lines that may be the signature, the likeliest first."""
    closings: list[list[str]] = []
    for index, line in enumerate(lines):
        rest = _behind_closing(line)
        if rest is not None:
            closings.append([*([rest] if rest else []), *lines[index + 1 : index + 1 + _MAX_LINES]])
    for block in closings:
        near = [piece for line in block[:_NEAR] for piece in _split(line)]
        if any(_names(piece, sender) for piece in near):
            yield block
    named = [index for index, line in enumerate(lines) if index and len(sender) > _SHORT_NAME and line.lower().startswith(sender)]
    if named and len(lines[named[-1]]) < _LONGEST_LINE:
        yield lines[named[-1] : named[-1] + _MAX_LINES]
    yield from closings[-1:]
    for index, line in enumerate(lines[:-1]):
        if index >= len(lines) - 2 * _MAX_LINES and is_name(line) and any(is_title(piece) for piece in _split(lines[index + 1])):
            yield lines[index : index + _MAX_LINES]


def _names(piece: str, sender: str) -> bool:
    bare = _BEHALF.sub("", piece)
    return is_name(bare) or (bool(sender) and bare.lower() == sender.lower().split(" ", maxsplit=1)[0])


@cache
def _closings() -> frozenset[str]:
    return listed("signature", "closing")


def _behind_closing(line: str) -> str | None:
    """Return what stands on a line behind its closing words (mostly nothing), or None where it has none."""
    if line in {"--", "-- "}:
        return ""
    bare = line.lower().strip(" ,.!;:-\u2013")
    if bare in _closings():
        return ""
    head, comma, rest = line.partition(",")
    if comma and len(head) < _LONGEST_CLOSING and head.lower().strip(" .!") in _closings() and len(rest) < _LONGEST_LINE:
        return rest.strip()
    return None


def _split(line: str) -> list[str]:
    """Return the pieces of a line, but those with addresses, links and telephone numbers."""
    if len(line) > _LONGEST_LINE:
        return []
    pieces = [piece.strip(" ,*_") for piece in _PIECES.split(line)]
    return [piece for piece in pieces if piece and not _REACH.search(piece)]


def _read(block: list[str], sender: str) -> Signature:
    name = title = company = ""
    for line in block:
        if _END.match(line):
            break
        if _behind_closing(line) == "" and (name or title):
            break
        for piece in _parted(line):
            bare = _BEHALF.sub("", piece)
            if not name and _names(bare, sender):
                name = plain_name(bare) if is_name(bare) else bare
            elif is_name(bare) and not is_institution(bare) and not (title and not company):
                continue
            elif not title and (is_title(piece) or _is_function(piece)) and not ends_in_legal_form(piece):
                title = piece
            elif not company and _may_be_company(piece, titled=bool(title)):
                company = plausible_company(piece)
    return Signature(name, title, company)


def _is_function(piece: str) -> bool:
    """Say whether a piece tells that somebody hires, without the name of a job: `Talent Acquisition`, `Recursos Humanos`."""
    words = piece.lower().split()
    return len(words) > 1 and role_class(piece) is RoleClass.RECRUITER and not plausible_company(piece) and "team" not in words


def _parted(line: str) -> Iterator[str]:
    """Yield the pieces of a line; one that a comma parts in title and department stays whole (`Vice President, Research`)."""
    for piece in _split(line):
        head, comma, rest = piece.partition(", ")
        if not comma or (is_title(head) and _is_beside(rest)):
            yield piece
        elif is_name(piece):
            yield piece  # `Chen, Rita`
        else:
            yield head
            yield from (part for part in rest.split(", ") if part)


def _is_beside(text: str) -> bool:
    """Say whether words behind a title and a comma belong to it: a department, a place."""
    lower = text.lower()
    words = re.split(r"[\s,&/]+", lower)
    return lower in _places() or all(word in _units() or word in {"and", "und", "et", ""} for word in words)


@cache
def _places() -> frozenset[str]:
    from rules.language import LANGUAGES  # noqa: PLC0415 -- read once

    return frozenset(place for language in LANGUAGES for place in load(f"{language}/titles")["place"])


@cache
def _units() -> frozenset[str]:
    return listed("company", "unit")


def is_institution(name: str) -> bool:
    """Say whether a name says by itself that it is an organization's: a legal form, a word like `University`."""
    return ends_in_legal_form(name) or _INSTITUTION.search(name) is not None


def _may_be_company(piece: str, *, titled: bool) -> bool:
    """Say whether a piece of a signature is a company: by its legal form, else by standing behind a title."""
    if any(char.isdigit() for char in piece) and not is_institution(piece):
        return False
    if is_institution(piece):
        return True
    words = piece.split()
    lower = piece.lower()
    return (
        titled
        and len(words) <= _COMPANY_WORDS
        and (piece[0].isupper() or piece[:1].isdigit())
        and lower not in _places()
        and not _is_beside(piece)
        and not piece.endswith((".", "!", "?", ":"))
    )
