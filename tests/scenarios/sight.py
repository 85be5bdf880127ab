"""What can be seen at one moment, and what of it is not as a story says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import lru_cache
from io import StringIO
from itertools import combinations
from typing import Any

from rich.console import Console, RenderableType

from rules.drafts.similarity import THRESHOLD, likeness, shared_sentences
from rules.drafts.types import DraftKey
from rules.intents import Decision
from rules.lint.sentences import body_of, split_sentences
from rules.mail import Role, message_from_bytes
from tests.scenarios.stage import Stage, plain_text
from watcher.marking import mark_of
from watcher.report.status import process_status
from watcher.report.table import status_view
from watcher.report.why import why_view
from watcher.store.accounts import all_accounts
from watcher.store.journal import load_log, marks_of
from watcher.store.mail import links_of

__all__ = ["Sight", "broken", "faults", "look", "mutants"]

_text = lru_cache(maxsize=64)(plain_text)
"""What is to be seen is looked at dozens of times, and never changed; each look parses the drafts anew."""
_QUIET = frozenset({"OUR_TURN", "PAUSED", "DORMANT", "CLOSED"})
_AFTER_THE_END = frozenset({"gracious", "keep_warm"})


@dataclass(frozen=True, slots=True)
class Sight:
    """What a user can see, and what a mail program shows."""

    stage: Stage
    status: dict[str, Any]
    """One process as `status --json` has it."""
    all_processes: tuple[str, ...]
    drafts: dict[str, EmailMessage]
    why: str
    table: str
    decision: Decision
    noted: tuple[str, ...]


def look(stage: Stage, word: str = "") -> Sight:
    """Return what is to be seen of a process now."""
    found, now = stage.process(word), stage.now
    zone = stage.story.zone
    with stage.store.read() as connection:
        log = load_log(connection, "main", found.process.id)
        marks = marks_of(connection, "main", found.process.id)
        links = links_of(connection, "main", found.process.id)
        accounts = all_accounts(connection)
    return Sight(
        stage=stage,
        status=process_status(found, now),
        all_processes=tuple(f"{one.process.company}, {one.process.role}: {one.process.state}" for one in stage.processes()),
        drafts=stage.drafts(),
        why=_drawn(why_view(found, now, log, marks, links)),
        table=_drawn(status_view(now, zone, accounts, stage.processes())),
        decision=found.decision,
        noted=tuple(point.text for notes in found.process.noted for point in notes.points),
    )


def _drawn(what: RenderableType) -> str:
    out = StringIO()
    Console(file=out, width=400, no_color=True).print(what)
    return " ".join(out.getvalue().split())


# --- what a story says ------------------------------------------------------------------------------------------------


def faults(sight: Sight, see: Mapping[str, Any]) -> list[str]:
    """Return what is not as the story says, in sentences; nothing where all is well."""
    found = []
    for key, wanted in see.items():
        if key != "process":
            found += [f"{key}: {fault}" for fault in _CHECKS[key](sight, wanted)]
    return found


def mutants(see: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the same expectations, each time with another one of them made false."""
    for key, wanted in see.items():
        if key == "draft":
            for number, one in enumerate(wanted):
                for inner, value in one.items():
                    if inner != "of":
                        wrong = [*wanted]
                        wrong[number] = {"of": one["of"], inner: _wrong(inner, value)}
                        yield {**see, "draft": wrong}
        elif key not in {"process", "longest", "as_planned"}:
            yield {**see, key: _wrong(key, wanted)}
    if "longest" in see:
        yield {**see, "longest": "nobody"}
    if "as_planned" in see:
        yield {**see, "as_planned": f"{see['as_planned']} and more"}


def _wrong(key: str, value: Any) -> Any:
    if key in {"lacks", "not_why", "not_status"}:
        return [*value, " "]  # stands in every text
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return f"{value}, but otherwise"
    return [*value, "what is not there"]


def _same(name: str) -> Callable[[Sight, Any], Iterator[str]]:
    def check(sight: Sight, wanted: Any) -> Iterator[str]:
        there = sight.status[name]
        if (there if there is not None else "") != wanted:
            yield f"is {there!r}, not {wanted!r}"

    return check


def _listed(there: Callable[[Sight], Sequence[str]]) -> Callable[[Sight, Any], Iterator[str]]:
    """Compare two lists, whatever the order; a `*` at the end of what is wanted stands for anything."""

    def check(sight: Sight, wanted: Any) -> Iterator[str]:
        found = [*there(sight)]
        for one in wanted:
            match = next((each for each in found if each == one or (one.endswith("*") and each.startswith(one[:-1]))), None)
            if match is None:
                yield f"{one!r} is not there; there are {sorted(there(sight))}"
            else:
                found.remove(match)
        if found:
            yield f"{sorted(found)} should not be there"

    return check


def _next(sight: Sight) -> str:
    place = sight.status["next"]
    if place is None:
        return "nothing"
    opens = datetime.fromisoformat(place["slot_opens"])
    who = "me" if place["kind"] in {"prep", "notes", "linkedin"} else place["recipient"]
    return f"{place['kind']} {who} {opens:%a %Y-%m-%d %H:%M}"


def _is_next(sight: Sight, wanted: Any) -> Iterator[str]:
    if _next(sight) != wanted:
        yield f"is {_next(sight)!r}, not {wanted!r}"


def _found(sight: Sight, *, grave: bool) -> list[str]:
    own = sight.stage.account.address
    return [
        f"{draft['key'].split('/')[2]} {'me' if draft['recipient'] == own else draft['recipient']}: {finding['id']}"
        for draft in sight.status["drafts"]
        for finding in draft["findings"]
        if finding["severity"] == "block" or not grave
    ]


def _has_findings(sight: Sight, wanted: Any) -> Iterator[str]:
    there = _found(sight, grave=False)
    for one in wanted:
        if one not in there:
            yield f"{one!r} was not found; found was {there}"


def _texts(of: Callable[[Sight], str], *, there: bool) -> Callable[[Sight, Any], Iterator[str]]:
    def check(sight: Sight, wanted: Any) -> Iterator[str]:
        text = f" {of(sight)} "
        for words in wanted:
            if (words in text) is not there:
                yield f"{words!r} {'does not stand' if there else 'stands'} in: {text}"

    return check


def _longest(sight: Sight, wanted: Any) -> Iterator[str]:
    notes = {key: len(body_of(_text(draft)).split()) for key, draft in sight.drafts.items() if key.startswith("thank_you")}
    longest = max(notes, key=lambda key: notes[key], default="")
    if longest != wanted or sorted(notes.values())[-2:].count(notes[longest]) > 1:
        yield f"is {longest!r} of {notes}, not {wanted!r}"


def _as_planned(sight: Sight, wanted: Any) -> Iterator[str]:
    """Compare what a plan foretold with what came of it."""
    if wanted not in sight.stage.foretold:
        yield f"there is no plan {wanted!r}"
        return
    lines, made, until = sight.stage.foretold[wanted]
    told = {key: opens for key, opens in lines if opens <= sight.stage.now}
    came = {
        key: opens
        for key, opens in sight.stage.placed.items()
        if key in told or (made <= opens <= min(until, sight.stage.now) and not DraftKey.parse(key).kind.to_self)
    }
    if not told:
        yield "nothing of it was to come so far"
    if came != told:
        yield f"came {_dated(came)}, foretold was {_dated(told)}"


def _dated(found: Mapping[str, datetime]) -> list[str]:
    return [f"{key} {opens:%a %Y-%m-%d %H:%M%z}" for key, opens in sorted(found.items())]


# --- drafts -----------------------------------------------------------------------------------------------------------


def _drafts(sight: Sight, wanted: Any) -> Iterator[str]:
    for one in wanted:
        draft = sight.drafts.get(one["of"])
        if draft is None:
            yield f"there is no draft {one['of']!r}; there are {sorted(sight.drafts)}"
            continue
        text = " ".join(_text(draft).split())
        wrong = (_of_draft(sight, draft, text, key, value) for key, value in one.items() if key != "of")
        yield from (f"{one['of']}: {fault}" for fault in wrong if fault)


def _of_draft(sight: Sight, draft: EmailMessage, text: str, key: str, wanted: Any) -> str:
    """Return what is wrong with one draft, empty where nothing is."""
    body = body_of(_text(draft))
    if key == "has":
        return ", ".join(f"no {words!r} in: {text}" for words in wanted if words not in text)
    if key == "lacks":
        return ", ".join(f"{words!r} in: {text}" for words in wanted if words in text)
    if key == "answers":
        earlier = sight.stage.letters.get(wanted)
        expected = None if wanted == "nothing" else earlier["Message-ID"] if earlier is not None else "?"
        return "" if draft["In-Reply-To"] == expected else f"answers {draft['In-Reply-To']}, not {wanted!r}"
    asked: Mapping[str, Callable[[], object]] = {
        "subject": lambda: str(draft["Subject"]),
        "asks": lambda: "?" in body,
        "html": lambda: draft.get_body(("html",)) is not None,
        "sentences": lambda: len(split_sentences(body)),
    }
    there = asked[key]()
    return "" if there == wanted else f"{key} is {there!r}, not {wanted!r}: {text}"


_CHECKS: Mapping[str, Callable[[Sight, Any], Iterator[str]]] = {
    "processes": _listed(lambda sight: sight.all_processes),
    "state": _same("state"),
    "promised_by": _same("promised_by"),
    "not_before": _same("not_before"),
    "followups_sent": _same("followups_sent"),
    "cap": _same("cap"),
    "needs_you": _same("needs_you"),
    "next": _is_next,
    "drafts": _listed(lambda sight: tuple(sight.drafts)),
    "tasks": _listed(lambda sight: [task["id"] for task in sight.status["tasks"]]),
    "notices": _listed(lambda sight: [notice["kind"] for notice in sight.status["notices"]]),
    "rounds": _listed(lambda sight: [f"{one['round']} {one['status']} {one['start']}" for one in sight.status["interviews"]]),
    "findings": _has_findings,
    "blocked": _listed(lambda sight: _found(sight, grave=True)),
    "why": _texts(lambda sight: sight.why, there=True),
    "not_why": _texts(lambda sight: sight.why, there=False),
    "status": _texts(lambda sight: sight.table, there=True),
    "not_status": _texts(lambda sight: sight.table, there=False),
    "noted": _listed(lambda sight: sight.noted),
    "longest": _longest,
    "as_planned": _as_planned,
    "draft": _drafts,
}


# --- what holds in every story ----------------------------------------------------------------------------------------


def broken(sight: Sight) -> list[str]:
    """Return which promises are broken that hold whenever one looks, whatever the story."""
    return [
        *(f"two notes are alike: {one}, {other}" for one, other in _alike(sight)),
        *(f"{key} goes to {draft['To']}" for key, draft in sight.drafts.items() if _recipients(draft) != 1),
        *(f"{key} has copies" for key, draft in sight.drafts.items() if draft["Cc"] or draft["Bcc"]),
        *(f"{key} is made in a state in which there is none" for key in _out_of_place(sight)),
        *(f"{name} carries {there}, not {wanted}" for name, there, wanted in _marked_wrongly(sight)),
    ]


def _recipients(draft: EmailMessage) -> int:
    return len(str(draft["To"]).split("@")) - 1


def _alike(sight: Sight) -> Iterator[tuple[str, str]]:
    notes = {key: _text(draft) for key, draft in sight.drafts.items() if key.startswith("thank_you")}
    for one, other in combinations(notes, 2):
        if likeness(notes[one], notes[other]) >= THRESHOLD or shared_sentences(notes[one], notes[other]):
            yield one, other


def _out_of_place(sight: Sight) -> Iterator[str]:
    if len(sight.all_processes) > 1 or sight.status["state"] not in _QUIET:
        return
    for draft in sight.status["drafts"]:
        if draft["state"] == "placed" and draft["kind"] not in _AFTER_THE_END | {"prep", "notes", "linkedin"}:
            yield draft["key"]


def _marked_wrongly(sight: Sight) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield mail that does not carry the one mark of its process, or carries one and belongs to none; where there are marks."""
    stage = sight.stage
    if not stage.able.marks:
        return
    wanted: dict[str, set[str]] = {}
    for found in stage.processes():
        for row in found.messages:
            if not row.own:
                wanted.setdefault(row.identity, set()).add(mark_of(found).value)
    for raw, marks in stage.mailbox.marks():
        message = message_from_bytes(raw, ref="", role=Role.INBOX, received_at=stage.now, size=len(raw))
        allowed = wanted.get(message.envelope.identity, set())
        if len(marks) != bool(allowed) or not marks <= allowed:
            yield f"{message.envelope.subject!r}", sorted(marks), sorted(allowed)
