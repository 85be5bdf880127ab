"""Running the checks on drafts: in this process, or in one of its own.

The daemon does it apart: the dictionary and the reader of PDFs would stay in its memory, and a file that makes a reader run away
is ended with its process. Jobs go there and findings come back as JSON.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import msgspec

from rules.lint.context import Context
from rules.lint.types import Finding, Severity

__all__ = ["Job", "Proof", "Proofread", "apart", "here"]

_SECONDS = 60.0
"""Seconds that all drafts together may take, and half of it one alone; one without files takes a hundredth of a second."""
_MEMORY = 1024 * 1024 * 1024
_CPU_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Job:
    """One draft to be checked: as a message, of which text, subject, recipients and attachments are taken, or as its text."""

    context: Context
    text: str = ""
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found in one draft, and the text that was checked."""

    text: str
    findings: tuple[Finding, ...]


Proofread = Callable[[Sequence[Job]], list[Proof]]
"""Checks drafts; gives one answer for each, in their order. Never raises for what stands in them."""

_UNDONE = Finding(
    "unchecked",
    Severity.WARN,
    "The checks came to no end on this draft, perhaps for a file that goes along.",
    "Read it, and what you attach, once more yourself.",
)


def here(jobs: Sequence[Job]) -> list[Proof]:
    """Check in this process; the dictionary stays loaded."""
    from rules.lint.check import check  # noqa: PLC0415 - needed only where a draft is checked
    from rules.lint.mail import read_mail  # noqa: PLC0415

    proofs = []
    for job in jobs:
        text, context = job.text, job.context
        if job.raw:
            mail = read_mail(job.raw)
            text = mail.text
            context = replace(context, subject=mail.subject, to=mail.to, attachments=mail.attachments, behind=mail.behind)
        proofs.append(Proof(text, check(text, context)))
    return proofs


def apart(jobs: Sequence[Job]) -> list[Proof]:
    """Check in a process of its own, which is ended when it takes too long; then one by one, to find which it was."""
    if not jobs:
        return []
    done = _asked(jobs, _SECONDS if len(jobs) > 1 else _SECONDS / 2)
    if done is not None:
        return done
    if len(jobs) == 1:
        return [Proof(jobs[0].text, (_UNDONE,))]
    return [apart([job])[0] for job in jobs]


def _asked(jobs: Sequence[Job], seconds: float) -> list[Proof] | None:
    command = [sys.executable, "-m", "watcher.proofread"]
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command, input=msgspec.json.encode(list(jobs)), capture_output=True, check=False, timeout=seconds
        )
        answer = msgspec.json.decode(done.stdout, type=list[Proof]) if not done.returncode else []
    except (subprocess.TimeoutExpired, msgspec.DecodeError, OSError):
        return None
    return answer if len(answer) == len(jobs) else None


def _limit() -> None:
    """Take no more memory and time than any draft needs, where the system can see to that."""
    try:
        import resource  # noqa: PLC0415 - Unix
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CPU, _CPU_SECONDS)):
        hard = resource.getrlimit(kind)[1]
        if hard == resource.RLIM_INFINITY or hard > most:
            with suppress(ValueError, OSError):  # some systems know the limit and do not set it
                resource.setrlimit(kind, (most, hard))


def main() -> None:
    """Answer the jobs on standard input."""
    _limit()
    jobs = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Job])
    sys.stdout.buffer.write(msgspec.json.encode(here(jobs)))


if __name__ == "__main__":
    main()
