"""A mail's words made ready for finding names in them: as they were written, and folded, letter for letter at the same places."""

from __future__ import annotations

import re
from functools import lru_cache

from rules.classify.text import text_of
from rules.language import languages_of
from rules.mail.types import Message
from rules.phrases.grammar import unwrap, words_of

__all__ = ["Reading", "clean", "lowered", "reading_of"]

_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+"
)
_CONTROLS = re.compile("[\u0000-\u0008\u000b-\u001f\u007f]")
"""What of them is ASCII."""
_SPACES = re.compile(r"[ \t\u2000-\u200a\u3000]{2,}|[\t\u2000-\u200a\u3000]")
"""All but a single blank, which may stay."""
_MAYBE_MANY = re.compile(r"\((?<=\w\()(?:s|es|n|en)\)")
_MARKS = tuple(
    {
        **dict.fromkeys("\u2019\u2018\u02bc\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2013\u2014\u2011\u2010\u2212", "-"),
        **dict.fromkeys("\xa0\u202f", " "),
    }.items()
)
_PREFIX = re.compile(
    r"^(?:(?:re|fwd?|fw|aw|wg|antw|tr|rv|res|enc|rif|i|r|sv|vs|updated invitation(?: with note)?|invitation"
    r"|accepted|declined|tentative"
    r"|cancel(?:l?ed)?(?: event)?|canceled event with note|aktualisierte einladung|einladung|abgesagt|zugesagt"
    r"|angenommen|invitation mise \u00e0 jour"
    r"|annul\u00e9e?|accept\u00e9e?|invitaci\u00f3n actualizada|invitaci\u00f3n|cancelado|aceptado|geannuleerd"
    r"|geaccepteerd|uitnodiging|bijgewerkte uitnodiging|convite|convite atualizado"
    r"|invito|invito aggiornato|annullato|new event|event confirmed|reminder|erinnerung|rappel|recordatorio"
    r"|herinnering|lembrete|promemoria|external|ext|automatic reply)"
    r"\s*(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*:\s*|\[(?:external|extern|ext|externe|externo|esterno|spam|caution|bulk|newsletter)\]\s*)+",
    re.IGNORECASE,
)
_WHEN = re.compile(r"\s+[@-]\s+[^@\n]{2,24}\d{4}\b[^@\n]{0,60}(?:\([^()\n]{3,80}@[^()\n]{3,80}\))?$")
"""The day and the address that a calendar puts behind the title of an invitation."""
_MAX = 6 * 1024
_MAX_SUBJECT = 300


def clean(text: str) -> str:
    """Return text without control and direction characters (they can hide or turn what a reader sees), blanks made single."""
    return " ".join(_HIDDEN.sub("", text).split())


def lowered(text: str) -> str:
    """Return text in lower case, of the same length: a letter whose small form is longer stays."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _straight(text: str) -> str:
    """Return text without what is hidden, in straight quotes and hyphens; most English text is so already."""
    if text.isascii() and _CONTROLS.search(text) is None:
        return text
    text = _HIDDEN.sub("", text)
    for mark, plain in _MARKS:  # far faster than `translate`, for few of them are there
        text = text.replace(mark, plain)
    return text


def _plain(text: str) -> str:
    return _MAYBE_MANY.sub("s", _SPACES.sub(" ", _straight(text)))


class Reading:
    """Subject and body of a mail, at most 6 KB, in straight quotes and hyphens, with wrapped lines joined."""

    __slots__ = ("body", "folded", "folded_subject", "languages", "lines", "subject", "words", "words_of_subject")

    def __init__(self, subject: str, body: str, languages: tuple[str, ...] | None = None) -> None:
        """Take subject and body as they stand; `languages` (ISO 639-1) are told by the words where they are not given."""
        self.subject = _WHEN.sub("", _PREFIX.sub("", _plain(subject[:_MAX_SUBJECT]).strip()))
        cut = body[:_MAX]
        self.lines = [line.strip() for line in _straight(cut).split("\n")]
        """The lines as they were wrapped, with the wide gaps that part the cells of a table."""
        self.body = _plain(unwrap(cut))
        self.folded_subject, self.folded = lowered(self.subject), lowered(self.body)
        self.words_of_subject = words_of(self.folded_subject)
        self.words = words_of(self.folded)
        self.languages = languages or languages_of(self.words | self.words_of_subject)


@lru_cache(maxsize=8)
def _reading(subject: str, body: str, languages: tuple[str, ...]) -> Reading:
    return Reading(subject, body, languages)


def reading_of(message: Message) -> Reading:
    """Return the words of a message, in the languages that are told by all of them (`Text.languages`)."""
    return _reading(message.envelope.subject, message.text, text_of(message).languages)
