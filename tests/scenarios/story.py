"""A story as it stands in its file: who the user is, and what happens when. Read strictly: a word nobody knows is an error."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

__all__ = ["ME", "STORIES", "Step", "Story", "moment", "read_story"]

STORIES = Path(__file__).parent / "stories"
ME = "sam@example.com"
_STAMP = "%a %Y-%m-%d %H:%M"
_TOP = {
    "title",
    "rules",
    "playbook",
    "zone",
    "country",
    "strengths",
    "proofs",
    "phone",
    "templates",
    "confidential",
    "dovecot",
    "step",
}
_VERBS: Mapping[str, frozenset[str]] = {
    "mail": frozenset(
        {"name", "from", "to", "cc", "subject", "text", "answers", "headers", "automatic", "bounces", "invite", "clock"}
    ),
    "send": frozenset({"draft", "name", "new_id", "swap"}),
    "edit": frozenset({"draft", "swap", "add", "text"}),
    "fill": frozenset({"form", "client", "lines", "under"}),
    "delete": frozenset({"draft"}),
    "write": frozenset({"to", "subject", "text", "answers", "name"}),
    "say": frozenset({"verb", "until", "item", "process"}),
    "computer": frozenset({"on"}),
    "plan": frozenset({"name", "if", "until", "process"}),
    "see": frozenset({
        "process", "processes", "state", "drafts", "next", "tasks", "notices", "findings", "blocked", "needs_you", "promised_by",
        "followups_sent", "cap", "not_before", "why", "not_why", "status", "not_status", "draft", "longest", "as_planned",
        "noted", "rounds",
    }),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens, or is looked at."""

    at: datetime
    """Aware, in the user's zone."""
    verb: str
    given: dict[str, Any]
    number: int
    """From 1, as it stands in the file."""


@dataclass(frozen=True, slots=True)
class Story:
    """A whole hiring process, or several."""

    name: str
    title: str
    steps: tuple[Step, ...]
    zone: ZoneInfo
    country: str = "DE"
    phone: str = "+49 30 5550100"
    rules: str = ""
    playbook: str = "default"
    strengths: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    templates: tuple[tuple[str, str], ...] = ()
    """Files of the user's own templates, by name."""
    confidential: tuple[str, ...] = ()
    dovecot: bool = False
    """Played over Dovecot, Gmail and Outlook, too."""


def moment(text: str, zone: ZoneInfo) -> datetime:
    """Return `Mon 2026-03-02 10:00` as a time of `zone`. Raises ValueError where that day is not that weekday."""
    at = datetime.strptime(text, _STAMP).replace(tzinfo=zone)
    if at.strftime(_STAMP) != text:
        raise ValueError(f"{text!r} is {at.strftime(_STAMP)!r}")
    return at


def _step(number: int, given: dict[str, Any], zone: ZoneInfo) -> Step:
    found = sorted(set(given) & set(_VERBS))
    if len(found) != 1 or set(given) != {"at", found[0]}:
        raise ValueError(f"step {number}: a time and one of {', '.join(_VERBS)}; there are {', '.join(given)}")
    verb, words = found[0], given[found[0]]
    if unknown := set(words) - _VERBS[verb]:
        raise ValueError(f"step {number}: {verb} knows no {', '.join(sorted(unknown))}")
    return Step(moment(given["at"], zone), verb, words, number)


def read_story(path: Path) -> Story:
    """Return the story in a file. Raises ValueError for whatever is not understood, or stands in the wrong order."""
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    if unknown := set(values) - _TOP:
        raise ValueError(f"{path.name}: there is no {', '.join(sorted(unknown))}")
    zone = ZoneInfo(values.get("zone", "Europe/Berlin"))
    steps = tuple(_step(number, given, zone) for number, given in enumerate(values["step"], 1))
    for one, then in pairwise(steps):
        if then.at < one.at:
            raise ValueError(f"{path.name}: step {then.number} is earlier than the one before it")
    return Story(
        name=path.stem,
        title=values["title"],
        steps=steps,
        zone=zone,
        country=values.get("country", "DE"),
        phone=values.get("phone", "+49 30 5550100"),
        rules=values.get("rules", ""),
        playbook=values.get("playbook", "default"),
        strengths=tuple(values.get("strengths", ())),
        proofs=tuple(values.get("proofs", ())),
        templates=tuple(sorted(values.get("templates", {}).items())),
        confidential=tuple(values.get("confidential", ())),
        dovecot=values.get("dovecot", False),
    )
