"""Banned phrases as findings: how grave each is in a draft of this kind, and where it is no fault (C7 to C9, C14, F16 to F18)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from rules.lint.context import Context
from rules.lint.phrases import Family, families, plain
from rules.lint.types import Finding, Severity
from rules.lint.words import words_of
from rules.lint.written import Written

__all__ = ["check_banned"]

_COUNTED = frozenset({"apology"})
"""Families that are no fault once (`rules.lint.tone`)."""


def _is_lifted(family: Family, written: Written, context: Context) -> bool:
    if context.kind is not None and family.kinds and context.kind.value not in family.kinds:
        return True
    match family.gate:
        case "offer":
            return context.offer
        case "encouraged":
            return context.encouraged or context.round >= context.work_from
        case "round":
            return context.round >= context.plan_from
        case "refused":  # of a mail of no known kind its own words say whether it answers a refusal
            return context.kind is None and not words_of("parts", "refused").search(written.folded.text)
        case _:
            return False


_SHOWN = 8
"""Finds of one sentence that are told."""


def _overlap(one: tuple[int, str, Family], other: tuple[int, str, Family]) -> bool:
    return one[0] < other[0] + len(other[1]) and other[0] < one[0] + len(one[1])


def check_banned(written: Written, context: Context, language: str = "en") -> Iterator[Finding]:
    """Tell the phrases of these families, once for each sentence; what is part of the company's name or the job's is none."""
    names = [plain(text) for text in (context.company, context.role, *context.terms) if text.strip()]
    starts = [sentence.position for sentence in written.sentences]
    found: dict[tuple[str, int], list[tuple[int, str, Family]]] = {}
    for family in families(language):
        if family.id in _COUNTED or _is_lifted(family, written, context):
            continue
        for begin, end, words in family.spans(written.folded):
            if begin >= written.end or any(words.strip() in name for name in names):
                continue
            while not written.text[begin].isalnum() and begin < end - 1:
                begin += 1  # noqa: PLW2901 - a full stop that was needed to find it, perhaps on the line before
            shown = " ".join(written.text[begin:end].split())
            found.setdefault((family.id, bisect_right(starts, begin)), []).append((begin, shown, family))
    for finds in found.values():
        each = finds[:_SHOWN]
        # What overlaps is one phrase to its reader.
        pieces = [piece for n, piece in enumerate(each) if not any(_overlap(piece, other) for other in each[:n])]
        begin, shown, family = pieces[0]
        yield Finding(
            f"banned.{family.id}",
            Severity(family.severity),
            f"{', '.join(dict.fromkeys(f'`{words}`' for _, words, _ in pieces))} {family.text}.",
            family.remedy,
            place=written.line(begin),
            words=shown,
            rules=family.rules,
        )
