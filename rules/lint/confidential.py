"""Confidential words in a draft and in what goes along with it (L5)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from rules.lint.attached import Piece, look_into
from rules.lint.context import Attachment, Context
from rules.lint.phrases import Folded, fold
from rules.lint.types import Finding, Severity
from rules.lint.words import words_of
from rules.lint.written import Written

__all__ = ["check_attachments", "check_confidential"]

_RULES = ("L5",)
_MOST_LISTED = 500
_MOST_FOUND = 12
_GROUPED = re.compile(r"[^\W_]+")


def _pattern(word: str) -> re.Pattern[str] | None:
    """Return what finds a word or phrase in folded text, however its parts are joined (`blue-heron`, `BlueHeron`)."""
    parts = _GROUPED.findall(fold(unicodedata.normalize("NFC", word[:200])).text)
    if not parts:
        return None
    return re.compile(rf"(?<![^\W_]){'[^a-z0-9]{0,3}'.join(map(re.escape, parts))}(?:'?s)?(?![^\W_])")


def _patterns(words: Sequence[str]) -> list[tuple[str, re.Pattern[str]]]:
    pairs = ((word, _pattern(word)) for word in words[:_MOST_LISTED])
    return [(word, pattern) for word, pattern in pairs if pattern is not None]


def _listed(context: Context) -> list[tuple[str, re.Pattern[str], str]]:
    settings = context.settings
    return [
        *((word, pattern, "is on your list of confidential words") for word, pattern in _patterns(settings.confidential)),
        *((word, pattern, "is your present employer") for word, pattern in _patterns(settings.employer)),
    ]


def check_confidential(written: Written, context: Context) -> Iterator[Finding]:
    """Tell confidential words in subject and text, the signature included."""
    subject = fold(unicodedata.normalize("NFC", context.subject or ""))
    signature = fold(written.signature)
    behind: list[Folded] | None = None
    for word, pattern, why in _listed(context):
        for folded, place in ((subject, "subject"), (written.folded, ""), (signature, "signature")):
            found = next(folded.spans(pattern), None)
            if found is not None:
                yield Finding(
                    "confidential.text",
                    Severity.BLOCK,
                    f"`{word}` {why}.",
                    "Take it out, or describe it without the name.",
                    place=place or written.line(found[0]),
                    words=word,
                    rules=_RULES,
                )
                break
        else:
            behind = [fold(unicodedata.normalize("NFC", text)) for text in context.behind] if behind is None else behind
            if any(next(folded.spans(pattern), None) is not None for folded in behind):
                yield _unseen(word, why)


def _unseen(word: str, why: str) -> Finding:
    return Finding(
        "confidential.unseen",
        Severity.WARN,
        f"`{word}` {why}, and goes out below your text or hidden in it: in a quoted mail, or in the source of its HTML.",
        "Take the quoted mail out, or write the draft anew as plain text.",
        words=word,
        rules=_RULES,
    )


def check_attachments(written: Written, context: Context) -> Iterator[Finding]:
    """Tell confidential words in the text and the metadata of files that go along, and what cannot be looked into."""
    del written
    listed = _listed(context)
    for attachment in context.attachments:
        yield from _check_one(attachment, listed)


def _check_one(attachment: Attachment, listed: Sequence[tuple[str, re.Pattern[str], str]]) -> Iterator[Finding]:
    name = attachment.name or "the attachment"
    looked = look_into(attachment)
    for word, pattern, why in listed:
        if next(fold(unicodedata.normalize("NFC", name)).spans(pattern), None) is not None:
            yield _planted(word, why, name, "its name")
    count = 0
    marked: Piece | None = None
    for piece in looked.pieces:
        folded = fold(piece.text)
        for word, pattern, why in listed:
            if count < _MOST_FOUND and next(folded.spans(pattern), None) is not None:
                count += 1
                yield _planted(word, why, name, piece.where)
        if marked is None and _mark(folded):
            marked = piece
    if marked is not None:
        yield Finding(
            "confidential.marked",
            Severity.WARN,
            f"{name} is marked as confidential ({marked.where}): {_mark(fold(marked.text))}.",
            "Send only what is yours to show.",
            place=name,
            words=_mark(fold(marked.text)),
            rules=_RULES,
        )
    for what in looked.traces:
        yield Finding(
            "confidential.traces",
            Severity.WARN,
            f"{name} holds {what}.",
            "Remove them before you send it: the reader sees them.",
            place=name,
            rules=_RULES,
        )
    for why in looked.unread if listed else ():
        yield Finding(
            "confidential.unread",
            Severity.WARN,
            f"{name} could not be looked into: {why}.",
            "Look through it yourself, its comments and properties too, or send it as PDF or docx.",
            place=name,
            rules=_RULES,
        )


def _mark(folded: Folded) -> str:
    found = words_of("parts", "marked").search(folded.text)
    return found.group() if found is not None else ""


def _planted(word: str, why: str, name: str, where: str) -> Finding:
    return Finding(
        "confidential.attachment",
        Severity.BLOCK,
        f"`{word}` {why}, and stands in {name} ({where}).",
        "Take it out of the file, or do not attach it.",
        place=name,
        words=word,
        rules=_RULES,
    )
