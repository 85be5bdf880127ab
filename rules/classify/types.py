"""What kind of mail a message is, and what says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Classification", "Evidence", "Kind"]


class Kind(StrEnum):
    """Every incoming message gets one of these."""

    INTERVIEW_INVITE = "interview_invite"
    """Asks for availability, invites, offers slots or a booking link."""
    INTERVIEW_CONFIRMATION = "interview_confirmation"
    """A time is fixed."""
    RESCHEDULE = "reschedule"
    CANCELLATION = "cancellation"
    REJECTION = "rejection"
    OFFER = "offer"
    APPLICATION_ACK = "application_ack"
    HUMAN_REPLY = "human_reply"
    AUTO_REPLY = "auto_reply"
    """Out-of-office, bounce or another answer of a machine (RFC 3834)."""
    RECRUITER_OUTREACH = "recruiter_outreach"
    JOB_ALERT = "job_alert"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for a kind."""

    source: str
    """`calendar`, `markup`, `header`, `sender`, `link`, `subject` or `text`."""
    detail: str
    """Which header, which part, which words; never more than 200 characters."""
    weight: float = 1.0
    at: int | None = None
    """Where the words begin: an offset in characters in the subject or in `Message.text`; None for all else."""


@dataclass(frozen=True, slots=True)
class Classification:
    """A kind with its confidence (0 to 1), the runner-up and the evidence, strongest first."""

    kind: Kind
    confidence: float
    runner_up: Kind | None = None
    evidence: tuple[Evidence, ...] = ()
