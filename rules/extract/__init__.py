"""What a message says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.deferred import deferred
from rules.extract.types import (
    Away,
    Facts,
    Format,
    Interview,
    InterviewStatus,
    Outcome,
    Person,
    Promise,
    PromiseClass,
    RoleClass,
)

if TYPE_CHECKING:
    from rules.extract.domains import company_domain
    from rules.extract.facts import extract

__all__ = [
    "Away",
    "Facts",
    "Format",
    "Interview",
    "InterviewStatus",
    "Outcome",
    "Person",
    "Promise",
    "PromiseClass",
    "RoleClass",
    "company_domain",
    "extract",
]

__getattr__ = deferred(__name__, {"company_domain": "domains", "extract": "facts"})
