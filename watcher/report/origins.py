"""`why --draft`: where each sentence of a draft comes from: its template, and the facts with their source (C25)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rules.drafts.types import Draft, Traced
from watcher.history import Assessment
from watcher.report.words import plain, time_words
from watcher.store.drafts import LIVE, Op, OutboxRow, RowState

__all__ = ["build_origins", "drafts_meant", "origins_view"]

_LONGEST = 1000
_STATES = {
    RowState.PLACED: "stands in Drafts as we wrote it",
    RowState.EDITED: "is yours now; this is what we had written",
    RowState.SENT: "was sent by you; this is what we had written",
    RowState.PLANNED: "is about to be placed",
    RowState.WITHDRAWN: "was taken back",
    RowState.DISCARDED: "was thrown away by you",
    RowState.REFUSED: "was refused by the server",
}


@dataclass(frozen=True, slots=True)
class _Origin:
    """One fact: what was said, and where."""

    id: str
    words: str
    source: str
    """In words: `your notes on interview 1`, a message's subject and sender, `user.strengths in the configuration`."""
    message: str = ""
    """Identity of the message; empty for what is no mail."""


def drafts_meant(found: Assessment, word: str | None) -> list[OutboxRow]:
    """Return the drafts of a process that are meant by a key, a step or part of an address; without a word those that stand.

    Raises LookupError, which names those there are.
    """
    rows = [row for row in found.outbox if row.draft.text]
    if not word:
        standing = [row for row in rows if row.state in LIVE or row.op is Op.PUT]
        if not standing:
            raise LookupError(f"No draft stands for {found.process.id}.{_known(rows)}")
        return standing
    folded = word.strip().casefold()
    tests = (str, lambda row: row.step, lambda row: row.recipient)
    for test in tests:
        if matches := [row for row in rows if test(row.key).casefold() == folded]:
            return matches
    if folded and (matches := [row for row in rows if folded in str(row.key).casefold()]):
        return matches
    raise LookupError(f"No draft of {found.process.id} goes by {word!r}.{_known(rows)}")


def _known(rows: Sequence[OutboxRow]) -> str:
    return f" There are: {', '.join(str(row.key) for row in rows)}." if rows else ""


def _text_and_origins(row: OutboxRow) -> Draft:
    """Return what is told of: the wording that is about to take the place of the other one, if there is one."""
    return row.next_draft if row.op is Op.REPLACE and row.next_draft is not None else row.draft


def _origin(found: Assessment, fact: str) -> _Origin:
    kind, _, name = fact.partition(":")
    if kind == "note":
        points = [(point, one.at) for one in found.process.noted for point in one.points] + list(found.process.news)
        for point, at in points:
            if point.id == name:
                zone = ZoneInfo(found.account.profile.zone)
                number = name.partition(".")[0]
                which = f"your notes on interview {number}" if number != "0" else "your notes"
                return _Origin(fact, plain(point.text, _LONGEST), f"{which}, read {time_words(at, zone)}")
        return _Origin(fact, "", "your notes, which have changed since")
    if kind == "profile":
        number = name.rpartition(".")[2]
        strengths, proofs = found.account.profile.strengths, found.account.profile.proofs
        place = int(number) - 1 if number.isdecimal() else -1
        words = strengths[place] if 0 <= place < len(strengths) else ""
        proof = proofs[place] if 0 <= place < len(proofs) else ""
        return _Origin(fact, plain(f"{words} ({proof})" if proof else words, _LONGEST), "user.strengths in the configuration")
    if kind == "mail":
        for row in found.messages:
            if row.identity == name:
                who = "you" if row.own else plain(row.sender.name) or row.sender.address
                zone = ZoneInfo(found.account.profile.zone)
                return _Origin(fact, plain(row.thread.subject), f"{row.short}, {who}, {time_words(row.at, zone)}", name)
        return _Origin(fact, "", "a message that is not there any more", name)
    return _Origin(fact, "", "a word of yours" if kind == "mark" else fact)


def build_origins(found: Assessment, rows: Sequence[OutboxRow]) -> dict[str, Any]:
    """Return sentences, templates and facts as values."""
    return {"process": found.process.id, "drafts": [_draft_values(found, row) for row in rows]}


def _draft_values(found: Assessment, row: OutboxRow) -> dict[str, Any]:
    draft = _text_and_origins(row)
    return {
        "key": str(row.key),
        "state": row.state.value,
        "to": draft.to.address,
        "subject": plain(draft.subject, _LONGEST),
        "sentences": [
            {
                "sentence": plain(one.sentence, _LONGEST),
                "template": one.template,
                "facts": [_values(_origin(found, fact)) for fact in one.facts],
            }
            for one in draft.trace
        ],
        "unused": [{**_values(_origin(found, one.fact)), "reason": plain(one.reason, _LONGEST)} for one in draft.unused],
    }


def _values(origin: _Origin) -> dict[str, Any]:
    return {"id": origin.id, "words": origin.words or None, "source": origin.source, "message": origin.message or None}


def origins_view(found: Assessment, rows: Sequence[OutboxRow]) -> RenderableType:
    """Return the same for people."""
    return Group(*(each for row in rows for each in _draft_view(found, row)))


def _draft_view(found: Assessment, row: OutboxRow) -> Iterator[RenderableType]:
    draft = _text_and_origins(row)
    head = Text(plain(draft.subject) or "(no subject)", "bold")
    head.append(f"   to {plain(draft.to.name) or draft.to.address}", "not bold")
    head.append(f"   {row.key}", "dim not bold")
    yield Padding(head, (1, 0, 0, 0))
    yield Padding(Text(f"It {_STATES[row.state]}.", "dim"), (0, 0, 0, 2))
    if not draft.trace:
        yield Padding(Text("It is a form to fill in, or older than the keeping of origins: none are known.", "dim"), (0, 0, 0, 2))
    for number, one in enumerate(draft.trace, 1):
        yield Padding(_sentence_view(found, number, one), (1, 0, 0, 2))
    if draft.unused:
        yield Padding(Text("Not used", "bold"), (1, 0, 0, 2))
        for left in draft.unused:
            origin = _origin(found, left.fact)
            text = Text.assemble((f"{left.fact}  ", "cyan"), plain(origin.words, _LONGEST), (f"  {plain(left.reason)}", "yellow"))
            yield Padding(text, (0, 0, 0, 4))


def _sentence_view(found: Assessment, number: int, one: Traced) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(f"{number}.", Text(plain(one.sentence, _LONGEST)))
    table.add_row("", Text(one.template, "dim"))
    for fact in one.facts:
        origin = _origin(found, fact)
        shown = fact if len(fact) <= 30 else f"{fact[:29]}…"  # noqa: PLR2004 - the identity of a message is a long digest
        text = Text.assemble((f"{shown}  ", "cyan"), (f"“{origin.words}”  " if origin.words else "", ""), (origin.source, "dim"))
        table.add_row("", text)
    return table
