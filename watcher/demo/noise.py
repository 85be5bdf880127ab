"""Mail that must not matter: letters of lists, job alerts, shops, acknowledgements of applications, and friends."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from watcher.demo.letters import noise_bytes
from watcher.demo.script import BEGIN, END, ZONE

__all__ = ["noise"]

_WEEK = timedelta(days=7)
_HOURS = (6, 23)
"""Between these hours of the user's day such mail comes."""


def noise(seed: int) -> list[tuple[datetime, bytes]]:
    """Return the times and bytes of all noise of the ten weeks; `seed` settles at which hours the weekly kinds come."""
    source = random.Random(seed)  # noqa: S311 - nothing secret: the same seed must give the same mail
    entries = tomllib.loads(files(__package__).joinpath("noise.toml").read_text("utf-8"))["mail"]
    drawn = [(at, entry) for entry in entries for at in _times(entry, source)]
    return [(at, _bytes(at, entry, number)) for number, (at, entry) in enumerate(sorted(drawn, key=lambda pair: pair[0]), 1)]


def _times(entry: dict[str, Any], source: random.Random) -> Iterator[datetime]:
    if "at" in entry:
        yield entry["at"].replace(tzinfo=ZONE)
        return
    week = BEGIN.replace(hour=0)
    while week < END:
        for _ in range(entry["weekly"]):
            day = week + timedelta(days=source.randrange(7))
            at = day.replace(hour=source.randrange(*_HOURS), minute=source.randrange(60), second=source.randrange(60))
            if BEGIN <= at < END:
                yield at
        week += _WEEK


def _bytes(at: datetime, entry: dict[str, Any], number: int) -> bytes:
    sender: str = entry["from"]
    domain = sender.rpartition("@")[2].rstrip(">")
    return noise_bytes(
        at,
        f"n{number}.{at:%Y%m%d%H%M%S}@{domain}",
        sender=sender,
        subject=entry["subject"].replace("{n}", str(number)),
        text=entry["text"].strip() + "\n",
        list_id=entry.get("list", ""),
        automatic=entry.get("automatic", False),
    )
