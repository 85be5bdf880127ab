"""Below whose name a line stands: the form asks to write behind a name or below it, and a line there need not name anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rules.extract.types import Person
from rules.notes.anchors import fold_words
from rules.notes.form import name_line, person_line
from rules.notes.lines import Entry
from rules.notes.points import Opening, People, opening

__all__ = ["standing_below"]

_MAX_NAME = 80


@dataclass(frozen=True, slots=True)
class _Name:
    """The last line that named somebody."""

    entry: Entry
    opening: Opening
    holds: bool
    """Lines right below it belong to it."""


def standing_below(found: Sequence[Entry], people: People) -> list[tuple[Person, ...]]:
    """Return for each entry whom it stands below; nobody where it names somebody itself, or where it may be about all.

    A name with nothing behind it has what follows up to the next blank line, and up to the next name where one follows in the
    section; a line that the form gave has what follows right below, too. What is in a list with a name is beside it, not below.
    """
    openings = [opening(entry.text, people) for entry in found]
    last = {entry.section: place for place, entry in enumerate(found) if openings[place] is not None}
    owners: list[tuple[Person, ...]] = []
    name: _Name | None = None
    for place, entry in enumerate(found):
        begins = openings[place]
        if name is not None and entry.section != name.entry.section:
            name = None
        if begins is not None:
            name = _Name(entry, begins, not begins.rest.strip() or _is_of_the_form(entry, begins))
            owners.append(())
            continue
        below = name is not None and _is_below(entry, name, between=place < last.get(entry.section, 0))
        whom = name.opening.people if name is not None and below else ()
        owners.append(() if _begins_with_another(entry.text, whom, people) else whom)
    return owners


def _is_of_the_form(entry: Entry, begins: Opening) -> bool:
    """Say whether a line begins as the form wrote it."""
    return any(entry.text.startswith((name_line(person), f"{person_line(person)}:")) for person in begins.people)


def _begins_with_another(text: str, whom: Sequence[Person], people: People) -> bool:
    """Say whether the first word of a line is the name of somebody else: `Omar's point was another`."""
    first = fold_words(text[:_MAX_NAME])[:1]
    called = people.called(first[0].removesuffix("'s")) if first and whom else []
    return any(person not in whom for person in called)


def _is_below(entry: Entry, name: _Name, *, between: bool) -> bool:
    """Say whether a line belongs to the name above it; `between`: another name follows in the section."""
    if not name.holds or (name.entry.listed and entry.listed):
        return False
    return entry.paragraph == name.entry.paragraph or (between and not name.opening.rest.strip())
