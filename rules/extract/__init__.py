"""What a message says."""

from rules.extract.company import company_domain
from rules.extract.facts import extract
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
