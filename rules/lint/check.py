"""All checks on one draft, gathered into one report."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rules.language import ENGLISH, languages_of
from rules.lint.alike import check_alike
from rules.lint.banned import check_banned
from rules.lint.confidential import check_attachments, check_confidential
from rules.lint.context import Context
from rules.lint.leftovers import check_doubled, check_leftovers
from rules.lint.names import check_names, check_recipient
from rules.lint.parts import check_parts
from rules.lint.promise import check_promise
from rules.lint.proofread import check_slips, check_spelling
from rules.lint.signature import check_signature
from rules.lint.size import check_size
from rules.lint.sources import check_sources
from rules.lint.specific import check_shared, check_specific
from rules.lint.spelling import Lexicon, lexicon
from rules.lint.titles import check_titles
from rules.lint.tone import check_apologies, check_tone
from rules.lint.types import Finding, Severity
from rules.lint.written import WORD, Written, read

__all__ = ["blocks", "check", "language_of"]

Check = Callable[[Written, Context], Iterator[Finding]]

_IN_ANY_LANGUAGE: tuple[Check, ...] = (
    check_leftovers, check_recipient, check_titles, check_promise, check_signature, check_size, check_alike, check_shared,
    check_confidential, check_attachments, check_sources,
)  # fmt: skip
_IN_ENGLISH: tuple[Check, ...] = (check_specific, check_parts, check_banned, check_apologies, check_doubled, check_slips)
_GRAVITY = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFO: 2}
_CLOSER = ("place.", "name.", "slip.")
_VAGUER = ("banned.", "tone.", "name.")
_MOST = 100
_FEW_WORDS = 15


def language_of(written: Written) -> str:
    """Return the language a draft is in (ISO 639-1), as far as its small words tell; of a few words English is believed."""
    words = {word.text.casefold() for word in written.words}
    return languages_of(words)[0] if len(words) >= _FEW_WORDS else ENGLISH


def blocks(findings: tuple[Finding, ...]) -> bool:
    """Say whether a draft with these findings needs the user before it is sent."""
    return any(finding.severity is Severity.BLOCK for finding in findings)


def check(text: str, context: Context, words: Lexicon | None = None) -> tuple[Finding, ...]:
    """Return what is wrong with a draft, gravest first, then by place.

    `text` is what its reader sees: without quoted mails (`rules.lint.mail` takes a whole message apart). `words` is the
    dictionary; without it the one of `rules.lint.spelling` is loaded, and stays for the next draft. Never raises, whatever the
    text; its length is capped, and no check takes more than linear time in it.
    """
    written = read(text, context.profile)
    english = language_of(written) == ENGLISH
    found: list[Finding] = []
    for each in (*_IN_ANY_LANGUAGE, *(_IN_ENGLISH if english else ())):
        found += each(written, context)
    if english or context.people or context.recipient is not None:
        words = words or lexicon()
        found += check_names(written, context, words)
        found += check_spelling(written, context, words) if english else ()
    found += check_tone(written, context)
    if not english:
        found.append(
            Finding(
                "language",
                Severity.INFO,
                "It is not in English: spelling and wording were not checked.",
                "Read it once more yourself.",
                rules=("C23",),
            )
        )
    found = _told_once(found)
    off = context.settings.off
    wanted = [finding for finding in dict.fromkeys(found) if finding.id not in off and finding.id.partition(".")[0] not in off]
    return tuple(sorted(wanted, key=lambda finding: (_GRAVITY[finding.severity], _line(finding.place))))[:_MOST]


def _told_once(found: list[Finding]) -> list[Finding]:
    """Leave out what concerns the very words of a graver or closer finding: a placeholder is no misspelling as well."""
    closer = [finding for finding in found if finding.id.startswith(_CLOSER) and finding.words]
    told = [finding for finding in closer if finding.id.startswith(("place.", "name.nobody"))]
    kept = []
    for finding in found:
        over = closer if finding.id == "spelling" else told if finding.id.startswith(_VAGUER) else ()
        if not any(each is not finding and _same_words(finding, each) for each in over):
            kept.append(finding)
    return kept


def _same_words(finding: Finding, other: Finding) -> bool:
    same_place = not finding.place or finding.place == other.place
    return same_place and f" {finding.words.casefold()} " in f" {' '.join(WORD.findall(other.words.casefold()))} "


def _line(place: str) -> int:
    """Return the line of a place: what concerns the whole draft comes first."""
    number = place.removeprefix("line ")
    return int(number) if place.startswith("line ") and number.isdecimal() else 0
