"""`lint`: the checks on one draft, a mail or plain text, alone or against what is known of a process."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from watcher.cli.exits import Exit, UsageError
from watcher.cli.printing import print_json, show

if TYPE_CHECKING:
    from rules.drafts.types import DraftKind
    from rules.lint.context import Context
    from rules.lint.mail import Mail
    from rules.lint.types import Finding
    from watcher.history import Assessment

__all__ = ["lint_file"]

_MOST = 64 * 1024 * 1024
_STDIN = "-"


def lint_file(path: Path, config: Path, process: str | None, kind: str | None, *, named: bool, as_json: bool) -> None:
    """Check one draft and print what is found. Ends with FINDINGS when something should be put right before it is sent."""
    from rules.lint.check import blocks  # noqa: PLC0415 - the rules are needed only here
    from rules.lint.mail import text_of  # noqa: PLC0415
    from watcher.proofread import Job, apart  # noqa: PLC0415

    octets = _octets(path)
    mail = _mail(octets)
    text = "" if mail is not None else text_of(octets)
    context = _context(config, process, _kind(kind), mail, text, named=named)
    job = Job(context, raw=octets) if mail is not None else Job(context, text=text)
    findings = apart([job])[0].findings
    if as_json:
        from watcher.report.proofs import finding_values  # noqa: PLC0415

        told: dict[str, Any] = {"file": str(path), "kind": context.kind.value if context.kind is not None else None}
        print_json({**told, "blocks": blocks(findings), "findings": finding_values(findings)})
    else:
        _tell(path, findings)
    if blocks(findings):
        raise typer.Exit(Exit.FINDINGS)


def _octets(path: Path) -> bytes:
    """Return the file (`-`: standard input). Raises UsageError, OSError."""
    if str(path) == _STDIN:
        octets = sys.stdin.buffer.read(_MOST + 1)
    else:
        with path.open("rb") as file:
            octets = file.read(_MOST + 1)
    if len(octets) > _MOST:
        raise UsageError(f"{path}: is larger than 64 MB, and no draft.")
    wide = octets.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if octets.startswith((b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0")) or (b"\0" in octets[:1000] and not wide):
        raise UsageError(
            f"{path}: is no mail and no text. Save the draft from your mail client, with this file attached, as .eml."
        )
    return octets


def _mail(octets: bytes) -> Mail | None:
    """Return the mail that a file is, or None for a text."""
    from rules.lint.mail import is_mail, read_mail  # noqa: PLC0415

    return read_mail(octets) if is_mail(octets) else None


def _kind(word: str | None) -> DraftKind | None:
    """Return the kind that was asked for. Raises UsageError with those there are."""
    from rules.drafts.types import DraftKind  # noqa: PLC0415

    if word is None:
        return None
    try:
        return DraftKind(word.strip().lower().replace("-", "_"))
    except ValueError:
        kinds = ", ".join(each.value for each in DraftKind if not each.to_self)
        raise UsageError(f"{word!r} is no kind of draft. There are: {kinds}.") from None


def _context(path: Path, process: str | None, kind: DraftKind | None, mail: Mail | None, text: str, *, named: bool) -> Context:
    """Return what a draft is checked against: the configuration where there is one, and the process that was named."""
    from rules.lint.context import Context  # noqa: PLC0415
    from rules.lint.parts import kind_of  # noqa: PLC0415

    text = mail.text if mail is not None else text
    if process is None and not named and not path.is_file():
        return replace(_of_mail(Context(), mail), kind=kind or _guess(mail, None) or kind_of(text))
    from watcher.cli.opening import choose, open_config, open_store, view  # noqa: PLC0415

    config = open_config(path)
    plain = Context(profile=config.profile(config.accounts[0]), settings=config.lint.settings)
    if process is None:
        return replace(_of_mail(plain, mail), kind=kind or _guess(mail, None) or kind_of(text))
    with open_store(config) as store, store.read() as connection:
        found = choose(view(config, connection).processes, process)
    from watcher.proofing import context_of_mail  # noqa: PLC0415

    kind = kind or _guess(mail, found)
    return context_of_mail(found, kind, mail.to if mail is not None else (), mail.subject if mail is not None else None)


def _of_mail(context: Context, mail: Mail | None) -> Context:
    return context if mail is None else replace(context, subject=mail.subject, to=mail.to)


def _guess(mail: Mail | None, found: Assessment | None) -> DraftKind | None:
    """Return what a draft seems to be for: by its subject, by the draft of ours that it was, or by where the process stands."""
    from rules.drafts.subjects import base_subject  # noqa: PLC0415
    from rules.drafts.types import DraftKind  # noqa: PLC0415

    subject = base_subject(mail.subject).casefold() if mail is not None else ""
    if found is None:
        kinds = {"thank you": DraftKind.THANK_YOU, "following up": DraftKind.STATUS}
        return next((kind for start, kind in kinds.items() if subject.startswith(start)), None)
    addresses = {each.address for each in mail.to} if mail is not None else set()
    ours = [row for row in found.outbox if row.key.recipient in addresses and not row.key.kind.to_self]
    if ours:
        return ours[-1].key.kind
    if found.process.closed_by == "rejection":
        return DraftKind.GRACIOUS
    thanked = {address for address, _ in found.process.thanked}
    held = any(one.interview.status.value != "cancelled" for one in found.process.rounds)
    if subject.startswith("thank you") or (held and not thanked & addresses and not found.process.status_sent):
        return DraftKind.THANK_YOU
    return DraftKind.STATUS


def _tell(path: Path, findings: Sequence[Finding]) -> None:
    from rich.text import Text  # noqa: PLC0415 - not needed for JSON

    from rules.lint.types import Severity  # noqa: PLC0415
    from watcher.report.proofs import finding_lines  # noqa: PLC0415

    name = "standard input" if str(path) == _STDIN else path.name
    if not findings:
        show(Text(f"{name}: no fault found.", "green"))
        return
    for line in finding_lines(findings):
        show(line)
    show(Text(f"{name}: {_counted(findings, Severity.BLOCK, Severity.WARN, Severity.INFO)}.", "dim"))


def _counted(findings: Iterable[Finding], *severities: str) -> str:
    words = {"block": "to put right before you send it", "warn": "to think about", "info": "to know"}
    counts = [(sum(finding.severity == severity for finding in findings), words[severity]) for severity in severities]
    return ", ".join(f"{count} {what}" for count, what in counts if count)
