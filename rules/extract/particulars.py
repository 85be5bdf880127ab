"""Companies that stand in set places of a mail: in lines of particulars, beside a person's name, above and below the letter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise

from rules.extract.company import is_organization, plausible_company
from rules.extract.labels import labelled
from rules.extract.mentions import RUN, Mention, may_be_company, without_unit
from rules.extract.names import is_name
from rules.extract.reading import Reading, lowered
from rules.extract.signature import is_institution
from rules.extract.titles import is_title
from rules.extract.words import listed

__all__ = ["events_in", "particular_mentions"]

_ASIDE = re.compile(r"\((?P<inner>[^()\n]{3,80})\)")
_PIECES = re.compile(r",\s+|\s+[|\u2022\u00b7\u2013\u2014/-]+\s+|\s*\|\s*|\s+@\s*|\s+(?:at|bei|chez|bij|presso)\s+(?=[A-Z0-9])")
_AT = re.compile(r"(?<![\w.])@ ?(?P<name>[^\W\d_a-z][^@,.;:|()\n]{1,50})")
_FURNITURE = re.compile(
    r"https?:|www\.|@|\u00a9|(?:\d\D{0,3}){5}|powered|unsubscribe|privacy|datenschutz|impressum|confidential|copyright|versendet"
    r"|gesendet|\bsent\b|envoy\u00e9|enviado|inviato|verstuurd|verzonden|geschickt",
    re.IGNORECASE,
)
_LONGEST = 70
_FIRST_LINES = 3
_LAST_LINES = 9
_MOST_WORDS = 7
_MOST = 40
_FEW_DIGITS = 3


def particular_mentions(reading: Reading, role: str = "") -> Iterator[Mention]:
    """Yield the companies of lines of particulars, of what stands beside a person's name, of letterhead and last lines."""
    told = [
        *((name, 5.0) for name in _employers_in(reading)),
        *((name, 2.5) for name in _beside_persons(reading)),
        *_undersigned(reading),
        (_banner(reading), 2.5),
        *((name, 3.0) for name in _below_role(reading, role)),
        *((name, 1.2) for name in _organizations_in(reading)),
    ]
    for name, weight in told:
        if name and may_be_company(name, reading.languages):
            yield Mention(name, weight)


def _employers_in(reading: Reading) -> Iterator[str]:
    """Yield the names that lines like `Employer: Acme` give."""
    for value, sure in labelled(reading, listed("company", "label", reading.languages)):
        head = value if is_institution(value) else value.partition(", ")[0]
        name = plausible_company(head)
        if name and (name[0].isupper() or name[0].isdigit()) and (sure or is_organization(name)):
            yield name


@lru_cache(maxsize=4)
def events_in(reading: Reading) -> tuple[str, ...]:
    """Return the titles of events that lines like `Event type: First interview, Acme` give."""
    told = labelled(reading, listed("company", "event", reading.languages))
    return tuple(dict.fromkeys(value for value, sure in told if value and (sure or value[0].isupper())))


def _beside_persons(reading: Reading) -> Iterator[str]:
    """Yield where persons work by what stands behind their names: `Ada Moe (Talent, Acme)`, `Ada Moe, CTO, Acme`."""
    count = 0
    for line in (reading.subject, *reading.lines):
        if count > _MOST:
            return
        for match in _AT.finditer(line) if "@" in line else ():
            yield _cleaned(match["name"])
        for match in _ASIDE.finditer(line) if "(" in line else ():
            count += 1
            words = line[: match.start()].split()
            behind_person = any(is_name(" ".join(words[-number:]).strip(",")) for number in (2, 3)) or (
                bool(words) and words[-1][:1].isupper() and is_organization(match["inner"])
            )
            if behind_person:
                yield _workplace(match["inner"].split(", "))
        pieces = line.split(", ") if "," in line and len(line) < 2 * _LONGEST else []
        if len(pieces) > 1 and any(is_name(" ".join(pieces[0].split()[-number:])) for number in (2, 3)):
            yield _workplace([piece.rstrip(" .") for piece in pieces[1:]])


def _workplace(pieces: Sequence[str]) -> str:
    """Return the last of some pieces that may be an organization, and is no title."""
    named = [name for piece in pieces if (name := _cleaned(piece)) and not is_title(name)]
    sure = [name for name in named if is_organization(name)]
    return (sure or named or [""])[-1]


def _cleaned(piece: str) -> str:
    """Return a piece as a name, or an empty string: capitals but for small words, no numbers; a comma parts names."""
    apart = "," in piece and not is_institution(piece)
    name = plausible_company(piece) if not apart and sum(map(str.isdigit, piece)) < _FEW_DIGITS else ""
    words = name.split()
    proper = [word for word in words if len(word) > 3]  # noqa: PLR2004 -- articles and prepositions are short
    return (
        name
        if name
        and len(words) <= _MOST_WORDS
        and name[0].isupper()
        and all(not word[0].islower() or word[0] == "d" for word in proper)
        else ""
    )


def _undersigned(reading: Reading) -> Iterator[tuple[str, float]]:
    """Yield (name, weight) of what the last lines hold: an organization below or beside a name, a title, a department."""
    lines = [line.strip(" *_-") for line in reading.lines if line]
    closings = listed("signature", "closing", reading.languages)
    closed = named = False
    first = max(0, len(lines) - _LAST_LINES)
    for place, line in enumerate(lines[first:], first):
        bare = lowered(line).strip(" ,.!")
        if bare in closings:
            closed = True
            continue
        if len(line) > _LONGEST or _FURNITURE.search(line) or ":" in line[:30]:
            continue
        if line.endswith((",", "?", "!")) or (line.endswith(".") and len(line.split()) > _MOST_WORDS):
            continue
        pieces = [piece.strip(" .") for piece in _PIECES.split(line) if piece.strip(" .")]
        person = bool(pieces) and (
            is_name(pieces[0]) or (closed and len(pieces[0].split()) == 1 and not is_organization(pieces[0]))
        )
        for piece in pieces[1 if person and len(pieces) > 1 else 0 :]:
            name = _cleaned(piece)
            if not name or (is_title(name) and not is_organization(name)):
                continue
            if is_organization(name) or is_institution(name):
                yield name, 3.5 if closed or named else 2.5
            elif (named or (person and len(pieces) > 1)) and (len(name.split()) > 1 or piece is pieces[-1]) and place > first:
                yield name, 2.0 if is_name(name) else 2.5
            elif closed and not is_name(name) and len(name.split()) > 1 and not _is_department(name):
                yield name, 2.0
        named = named or (closed and person) or (person and len(pieces) == 1)


def _below_role(reading: Reading, role: str) -> Iterator[str]:
    """Yield what stands on the line below the role, as boards list applications: title, employer, place."""
    lines = [line.strip(" *_-\u2022") for line in reading.lines if line] if role else []
    for line, following in pairwise(lines):
        if line.startswith(role) and len(line) < len(role) + _LONGEST // 3 and not _FURNITURE.search(following):
            pieces = [piece for piece in _PIECES.split(following) if piece.strip()]
            if pieces and len(following) <= _LONGEST and ":" not in following:
                yield _cleaned(pieces[0].strip(" ."))


def _organizations_in(reading: Reading) -> Iterator[str]:
    """Yield the runs of capitalised words that hold a word for organizations: a hint where nothing else is told."""
    for count, match in enumerate(RUN.finditer(reading.body)):
        if count > _MOST:
            return
        if " " in match["name"] and is_organization(match["name"]):
            yield without_unit(plausible_company(match["name"].removeprefix("The ")), reading.languages)


@cache
def _about() -> frozenset[str]:
    return listed("company", "unit") | listed("company", "team") | listed("company", "heading")


def _is_department(name: str) -> bool:
    words = [word.strip("&.,").lower() for word in name.split()]
    about = _about()
    return all(word in about or not word for word in words)


def _banner(reading: Reading) -> str:
    """Return a name that fills one of the first lines, as a letterhead, and is told again below or in the subject."""
    lines = [line.strip(" *_-|") for line in reading.lines if line][:_FIRST_LINES]
    for line in lines:
        if len(line) > _LONGEST // 2 or line.endswith((",", ".", "!", "?", ":")) or _FURNITURE.search(line):
            continue
        name = _cleaned(line)
        if (
            name
            and not is_title(name)
            and (is_organization(name) or f"{reading.folded_subject}\n{reading.folded}".count(lowered(name)) > 1)
        ):
            return name
    return ""
