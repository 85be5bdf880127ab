"""What can be wrong with a configuration, told all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ConfigError", "Problem"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and what to do about it."""

    reason: str
    """What is wrong, without the value where that may be a secret."""
    remedy: str
    """What to write instead, or to do."""
    key: str = ""
    """Dotted, as in the file; empty when it is about the whole file."""
    line: int = 0
    """1-based; 0 when it is about the whole file."""

    def text(self, path: Path) -> str:
        """Return `FILE:LINE: KEY: REASON. REMEDY` in the form that editors jump to."""
        place = f"{path}:{self.line}" if self.line else str(path)
        subject = f"{place}: {self.key}" if self.key else place
        return f"{subject}: {self.reason}. {self.remedy}"


class ConfigError(Exception):
    """The configuration cannot be used; `problems` holds everything that is wrong with it, in the order of the file."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        """Take the file and at least one problem."""
        self.path = path
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(problem.text(path) for problem in self.problems))
