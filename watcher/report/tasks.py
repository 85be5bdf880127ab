"""Tasks as `why` tells them: with their reasons, and for a card the words to copy by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from rules.intents import Task
from watcher.history import Assessment
from watcher.report.table import due_words
from watcher.report.words import plain

__all__ = ["card_texts", "task_lines", "task_values"]

_LONGEST = 1000


def card_texts(found: Assessment) -> dict[str, str]:
    """Return the words for each card that stands to be written, by task; unlike the mail to the same person."""
    cards = [task for task in found.decision.tasks if task.kind == "handwritten" and task.recipient is not None]
    if not cards:
        return {}
    from rules.drafts.card import card_words  # noqa: PLC0415 - the templates' engine, needed only here

    mails = {(row.key.step, row.key.recipient): row.draft.text for row in found.outbox}
    texts: dict[str, str] = {}
    for task in cards:
        if task.recipient is not None:
            beside = mails.get((f"thank_you-{task.round}", task.recipient.address), "")
            texts[task.id] = card_words(
                found.process, task.round, task.recipient, found.account.profile, beside=beside, others=[*texts.values()]
            )
    return texts


def task_values(found: Assessment, words: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the tasks with reasons and words, those to come included."""
    return [
        {
            "id": task.id,
            "text": plain(task.text, _LONGEST),
            "stands": task in found.decision.tasks,
            "words": words.get(task.id),
            "reasons": [
                {"text": plain(reason.text, _LONGEST), "rules": list(reason.rules), "articles": list(reason.articles)}
                for reason in task.reasons
            ],
        }
        for task in (*found.decision.tasks, *found.decision.upcoming_tasks)
    ]


def task_lines(found: Assessment, words: Mapping[str, str], now: datetime, zone: ZoneInfo) -> Iterator[RenderableType]:
    """Yield the tasks for people: when, why, and what to write."""
    for task in (*found.decision.tasks, *found.decision.upcoming_tasks):
        head = Text(plain(task.text, _LONGEST), "cyan" if task in found.decision.tasks else "dim")
        head.append(due_words(task, now, zone), "dim")
        lines: list[RenderableType] = [head, *(Padding(line, (0, 0, 0, 2)) for line in _reasons(task))]
        if task.id in words:
            lines.append(Padding(Text(words[task.id], "italic"), (1, 0, 1, 4)))
        lines.append(Padding(Text(f"hearback done {found.process.id} {task.id}", "dim cyan"), (0, 0, 0, 2)))
        yield Group(*lines)


def _reasons(task: Task) -> Iterator[Text]:
    for reason in task.reasons:
        text = Text(plain(reason.text, _LONGEST), "dim")
        sources = [*reason.rules, *reason.articles]
        if sources:
            text.append(f"  [{' '.join(sources)}]", "dim cyan")
        yield text
