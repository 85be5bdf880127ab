"""Labelled mail to measure with: a corpus beside the project, where there is one, and letters of our own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rules.classify import Kind

__all__ = ["NOW", "OWN", "Row", "corpus", "corpus_path", "held", "letters", "read_rows"]

_HERE = Path(__file__).parent
_PROJECT = _HERE.parent.parent
_COUNTED = frozenset({"candidate", "other"})
OWN = frozenset({"sam@example.com"})
"""The address that our letters go to."""
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""The time of receipt of a row that states none: a Monday."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled mail."""

    record: Mapping[str, Any]
    """The fields of the mail (`rules.mail.record`) and those of the label."""
    source: str
    """Short name of where it comes from; what is left out is left out by it."""

    @property
    def id(self) -> str:
        """Return its name."""
        return str(self.record["id"])

    @property
    def kind(self) -> str:
        """Return `mailbox` (real mail), `dataset`, `template` or `letter`."""
        return str(self.record.get("kind", "letter"))

    @property
    def label(self) -> Kind:
        """Return the kind that it is."""
        return Kind(self.record["label"])

    @property
    def right(self) -> frozenset[Kind]:
        """Return the kinds that are right answers."""
        also = self.record.get("alt_label")
        return frozenset({self.label, *((Kind(also),) if also else ())})

    @property
    def counts(self) -> bool:
        """Say whether it is mail as a job seeker gets it, which alone is judged."""
        return self.record.get("audience", "candidate") in _COUNTED

    @property
    def known(self) -> bool:
        """Say whether it belongs to a tracked process; only letters of ours say so."""
        return bool(self.record.get("known", False))

    @property
    def fields(self) -> Mapping[str, Any]:
        """Return what it says, as far as the label tells."""
        found = self.record.get("fields")
        return found if isinstance(found, Mapping) else {}


def read_rows(path: Path, source: str = "") -> Iterator[Row]:
    """Yield the rows of a file, one JSON object a line; the source is the beginning of their id where none is given."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            record = json.loads(line)
            yield Row(record, source or str(record["id"]).partition("-")[0])


def corpus_path() -> Path:
    """Return where the corpus is looked for: HEARBACK_CORPUS, a file or its folder, else beside the project."""
    given = os.environ.get("HEARBACK_CORPUS")
    path = Path(given) if given else _PROJECT.parent / "shared" / "corpus"
    return path / "dev.jsonl" if path.is_dir() or not path.suffix else path


def corpus() -> list[Row]:
    """Return the rows of the corpus that are judged; none where there is no corpus."""
    path = corpus_path()
    return [row for row in read_rows(path) if row.counts] if path.is_file() else []


def letters() -> list[Row]:
    """Return our own letters, the source being the name of their file."""
    return [
        row for path in sorted((_HERE / "letters").glob("*.jsonl")) for row in read_rows(path, f"own:{path.stem}") if row.counts
    ]


def held() -> list[Row]:
    """Return the mail kept apart, the source being its language."""
    return [
        row for path in sorted((_HERE / "held").glob("*.jsonl")) for row in read_rows(path, f"held:{path.stem}") if row.counts
    ]
