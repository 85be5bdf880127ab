"""What the checks found in drafts, for `status` and `why`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rules.lint.types import Finding, Severity
from watcher.history import Assessment
from watcher.report.away import on_their_way_out
from watcher.report.words import plain
from watcher.store.drafts import LIVE, OutboxRow

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["SEVERITY_STYLES", "finding_lines", "finding_values", "findings_of", "needs_you", "summary"]

SEVERITY_STYLES = {Severity.BLOCK: "bold red", Severity.WARN: "yellow", Severity.INFO: "dim"}
SEVERITY_MARKS = {Severity.BLOCK: "!", Severity.WARN: "▲", Severity.INFO: "·"}
_OPEN = "place.open"
_LONGEST = 300


def findings_of(found: Assessment, row: OutboxRow) -> tuple[Finding, ...]:
    """Return what was found in one draft that stands, gravest first; nothing has to be put right in one that is taken back."""
    if row.state not in LIVE or row in on_their_way_out(found):
        return ()
    return next((proof.findings for proof in found.proofs if proof.key == row.key), ())


def needs_you(found: Assessment) -> bool:
    """Say whether something has to be put right in a draft of the process before it is sent."""
    return any(finding.severity is Severity.BLOCK for row in found.outbox for finding in findings_of(found, row))


def finding_values(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings as `--json` has them."""
    return [
        {
            "id": finding.id,
            "severity": finding.severity.value,
            "place": finding.place or None,
            "text": plain(finding.text, _LONGEST),
            "remedy": plain(finding.remedy, _LONGEST),
            "words": plain(finding.words, _LONGEST) or None,
            "rules": list(finding.rules),
        }
        for finding in findings
    ]


def summary(findings: Sequence[Finding]) -> tuple[str, Severity] | None:
    """Return in a few words what is to be seen to in a draft, and how grave it is; None where nothing is."""
    grave = [finding for finding in findings if finding.severity is Severity.BLOCK]
    if not grave:
        count = sum(finding.severity is Severity.WARN for finding in findings)
        return (f"{count} {'remark' if count == 1 else 'remarks'}", Severity.WARN) if count else None
    places = sum(finding.id == _OPEN for finding in grave)
    others = [finding for finding in grave if finding.id != _OPEN]
    parts = [f"{places} {'place' if places == 1 else 'places'} to fill in"] if places else []
    if others:
        parts.append(plain(others[0].text, 90).rstrip("."))
    if len(others) > 1:
        parts.append(f"{len(others) - 1} more")
    return f"needs you: {', '.join(parts)}", Severity.BLOCK


def finding_lines(findings: Sequence[Finding]) -> Iterator[Text]:
    """Yield findings for people, each with where it stands, what to do, and its rules."""
    from rich.text import Text  # noqa: PLC0415 - not needed for JSON

    for finding in findings:
        line = Text.assemble((f"{SEVERITY_MARKS[finding.severity]} ", SEVERITY_STYLES[finding.severity]))
        if finding.place:
            line.append(f"{plain(finding.place, 80)}: ", "bold")
        line.append(plain(finding.text, _LONGEST))
        if finding.remedy:
            line.append(f" {plain(finding.remedy, _LONGEST)}", "green")
        line.append(f"  [{' '.join((finding.id, *finding.rules))}]", "dim cyan")
        yield line
