"""The tone beyond single phrases: emoji, exclamation marks, capitals (C14), and how much is apologised (N4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from rules.lint.context import Context
from rules.lint.phrases import families, plain
from rules.lint.types import Finding, Severity
from rules.lint.written import WORD, Written

__all__ = ["check_apologies", "check_tone"]

_EMOTICON = re.compile(r"(?<![\w:])(?:[:;=8]['^o-]?[)(DPp/\\|*3>\]]|<3|\^\^|:-\))(?!\w)")
_PICTURES = ((0x1F000, 0x1FAFF), (0x2600, 0x27BF), (0x2B00, 0x2BFF), (0xFE0F, 0xFE0F))
_ORDINARY = frozenset("\u2713\u2714\u2022\u2605\u2606\u2192")
_SHORT_FORM = 3
"""Letters of a short form (`AWS`)."""
_SHOUTED = 3
"""Words in capitals in a row."""
_LONG_APOLOGY = 20
"""Words (N4)."""


def _is_picture(character: str) -> bool:
    code = ord(character)
    return any(low <= code <= high for low, high in _PICTURES) and character not in _ORDINARY


def check_tone(written: Written, context: Context) -> Iterator[Finding]:
    """Tell emoji, more than one exclamation mark, and shouting."""
    text = written.text[: written.end]
    found = next((n for n, character in enumerate(text) if _is_picture(character)), -1)
    smile = _EMOTICON.search(text)
    if found >= 0 or smile is not None:
        position = found if found >= 0 else smile.start() if smile is not None else 0
        words = text[position] if found >= 0 else smile.group() if smile is not None else ""
        yield Finding(
            "tone.emoji",
            Severity.WARN,
            f"`{words}` is for people you know well.",
            "Take it out.",
            place=written.line(position),
            words=words,
            rules=("C14",),
        )
    marks = [n for n, character in enumerate(text) if unicodedata.normalize("NFKC", character) == "!"]
    marks = [n for n in marks if n >= written.begin]
    if len(marks) > 1:
        yield Finding(
            "tone.exclamation",
            Severity.WARN,
            f"It has {len(marks)} exclamation marks; one is the most that a note bears.",
            "Put full stops in their place.",
            place=written.line(marks[1]),
            words="!",
            rules=("C14",),
        )
    known = {word for part in (context.company, context.role) for word in WORD.findall(part)}
    run: list[str] = []
    end = 0
    for word in (*written.words, None):
        # What commas or slashes part is a list of short forms.
        goes_on = word is not None and not (run and written.text[end : word.position].strip())
        if word is not None and goes_on and len(word.text) > 1 and word.text.isupper() and word.text not in known:
            run.append(word.text)
            end = word.position + len(word.text)
            continue
        if len(run) >= _SHOUTED and max(map(len, run)) > _SHORT_FORM:
            yield Finding(
                "tone.capitals",
                Severity.WARN,
                f"`{' '.join(run)}`: capitals are read as shouting.",
                "Write it in small letters.",
                words=" ".join(run),
                rules=("C14",),
            )
            return
        if word is None or len(word.text) > 1 or word.text != "I":
            run = []


def check_apologies(written: Written, context: Context, language: str = "en") -> Iterator[Finding]:
    """Tell more than one apology, or a long one (N4)."""
    del context
    pattern = next(family.pattern for family in families(language) if family.id == "apology")
    sorry = [sentence for sentence in written.sentences if pattern.search(plain(sentence.text))]
    long = [sentence for sentence in sorry if len(sentence.text.split()) > _LONG_APOLOGY]
    count = sum(1 for sentence in sorry for _ in pattern.finditer(plain(sentence.text)))
    if count > 1 or long:
        worst = long[0] if long else sorry[-1]
        yield Finding(
            "apology",
            Severity.WARN,
            "It apologises more than once." if count > 1 else "It makes a long apology.",
            "One short word of regret is enough; say what you want to add instead.",
            place=worst.place,
            words=worst.text,
            rules=("N4",),
        )
