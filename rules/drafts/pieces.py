"""What a draft is put together from: a template for each sentence, with the fact that fills it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rules.drafts.facts import Filled
from rules.drafts.types import Unused
from rules.drafts.wording import Layout, Source, Wording
from rules.intents import Place
from rules.policy import DraftRules
from rules.process import Process
from rules.profile import Profile

__all__ = ["Case", "Paragraphs", "Piece", "Words", "resolve", "tidy"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence to be: its part, its template, and the data of its fact."""

    part: str
    source: Source
    filled: Filled | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        """Return the ids of the facts that fill it."""
        return (self.filled.fact.id,) if self.filled is not None else ()

    @property
    def values(self) -> Mapping[str, str]:
        """Return the data of its fact."""
        return self.filled.values if self.filled is not None else {}


Paragraphs = list[list[Piece]]


@dataclass(frozen=True, slots=True)
class Case:
    """What the choice of words depends on."""

    place: Place
    process: Process
    profile: Profile
    rules: DraftRules
    held: bool
    """An interview is known to be over."""
    promise: str
    """Case of the part `promise`; empty when there is no date to recall."""
    data: Mapping[str, str]
    """What the templates are rendered with, for measuring how long a note becomes."""
    tasks: Collection[str] = ()
    """Ids of the tasks that stand for the user."""
    sent: Sequence[str] = ()
    """Bodies of notes of this process that were sent before (T3)."""
    missed: bool = False
    """They did not come to the interview that was over last, or called the only one off, and nothing has come of it since."""
    called_off: bool = False
    """Of those two it is the latter."""


@dataclass(slots=True)
class Words:
    """The sentences of a draft, and what could not stand in it."""

    paragraphs: Paragraphs
    unused: tuple[Unused, ...] = field(default=())

    def __iter__(self) -> Iterator[Piece]:
        """Yield the sentences in order."""
        return (piece for paragraph in self.paragraphs for piece in paragraph)


def resolve(layout: Layout, known: Collection[str]) -> list[list[str]]:
    """Settle `a|b` and `a?` for the parts that are known; no part stands twice."""
    settled: list[list[str]] = []
    done: set[str] = set()
    for paragraph in layout:
        parts = []
        for entry in paragraph:
            *firsts, last = entry.rstrip("?").split("|")
            optional = entry.endswith("?")
            part = next((first for first in firsts if first in known), last if not optional or last in known else "")
            if part and part not in done:
                parts.append(part)
                done.add(part)
        settled.append(parts)
    return settled


def tidy(sentence: str) -> str:
    """Take away the second full stop that a company such as `Acme Inc.` leaves at the end of a sentence."""
    return sentence[:-1] if sentence.endswith("..") and not sentence.endswith("...") else sentence


def body(paragraphs: Paragraphs, wording: Wording, data: Mapping[str, str]) -> str:
    """Return the text of the paragraphs, one blank line between them."""
    return "\n\n".join(
        " ".join(tidy(wording.render(piece.source, {**data, **piece.values})) for piece in paragraph)
        for paragraph in paragraphs
        if paragraph
    )
