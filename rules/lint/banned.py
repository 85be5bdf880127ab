"""Banned phrases as findings: how grave each is in a draft of this kind, and where it is no fault (C7 to C9, C14, F16 to F18)."""

from __future__ import annotations

from collections.abc import Iterator

from rules.lint.context import Context
from rules.lint.phrases import Family, families, plain
from rules.lint.types import Finding, Severity
from rules.lint.written import Written

__all__ = ["check_banned"]

_COUNTED = frozenset({"apology"})
"""Families that are no fault once (`rules.lint.tone`)."""


def _is_lifted(family: Family, context: Context) -> bool:
    if context.kind is not None and family.kinds and context.kind.value not in family.kinds:
        return True
    match family.gate:
        case "offer":
            return context.offer
        case "encouraged":
            return context.encouraged or context.round >= context.work_from
        case "round":
            return context.round >= context.plan_from
        case _:
            return False


def check_banned(written: Written, context: Context, language: str = "en") -> Iterator[Finding]:
    """Tell every phrase of these families, each place once; what is part of the company's name or the job's is none."""
    names = [plain(text) for text in (context.company, context.role, *context.terms) if text.strip()]
    for family in families(language):
        if family.id in _COUNTED or _is_lifted(family, context):
            continue
        for begin, end, words in written.folded.spans(family.pattern):
            if begin >= written.end or any(words.strip() in name for name in names):
                continue
            shown = " ".join(written.text[begin:end].split())
            yield Finding(
                f"banned.{family.id}",
                Severity(family.severity),
                f"`{shown}` {family.text}.",
                family.remedy,
                place=written.line(begin),
                words=shown,
                rules=family.rules,
            )
