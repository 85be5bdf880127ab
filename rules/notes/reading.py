"""Reading a form back: from whatever a mail client made of it to `Notes`. Pure; never raises on mail; bounded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rules.drafts.clean import one_line
from rules.extract.types import Person, Promise
from rules.notes import answers as answering
from rules.notes.anchors import fold_words, pieces
from rules.notes.below import standing_below
from rules.notes.form import about_line, when_words
from rules.notes.frame import Frame
from rules.notes.lines import Entry, entries
from rules.notes.merge import MOST_POINTS, joined_people, numbered
from rules.notes.pages import Page, page_of_html, page_of_text, pages_of
from rules.notes.points import People, Read, opens_point, read_people, read_point
from rules.notes.types import Answers, Heading, Notes, Point
from rules.notes.wording import Words, load_words

__all__ = ["frame_meant", "is_empty", "read_form", "read_html", "read_pages", "read_text"]

_HEADINGS = {heading.value: heading for heading in Heading}
_TOP = {"top": Heading.WELL}
"""What stands above the first heading is taken for what was talked about."""
_MAX_TOLD, _MOST_UNCLEAR = 60, 20
_MAX_ABOUT = 1000
_SHOWN = {"aside", "about"}


def read_form(raw: bytes, frame: Frame, at: datetime) -> Notes:
    """Return what a draft (RFC 5322) that began as a form of ours says; `at` (aware) is when it was read.

    Of HTML and plain text the first that says anything counts: some programs change only one of them.
    """
    return read_pages(pages_of(raw), frame, at)


def read_pages(pages: Sequence[Page], frame: Frame, at: datetime) -> Notes:
    """Return what the first of some pages says that says anything."""
    found = [_read(page, frame, at) for page in pages]
    return next((notes for notes in found if not is_empty(notes)), found[0] if found else Notes(frame.round, at))


def read_text(text: str, frame: Frame, at: datetime) -> Notes:
    """Return what plain text says that began as a form of ours."""
    return _read(page_of_text(text), frame, at)


def read_html(html: str, frame: Frame, at: datetime) -> Notes:
    """Return what HTML says that began as a form of ours."""
    return _read(page_of_html(html), frame, at)


def frame_meant(raw: bytes, frames: Sequence[Frame]) -> Frame | None:
    """Return the interview that a form (RFC 5322) says it is about, by day and time; None where it says none or they are several.

    Its key holds the number which that interview had when the form was written.
    """
    said = " ".join(piece.text for page in pages_of(raw)[:1] for piece in pieces(page.lines) if piece.section == "about")
    words = f" {' '.join(fold_words(said[:_MAX_ABOUT]))} "
    found = [frame for frame in frames if frame.start is not None and f" {' '.join(fold_words(when_words(frame)))} " in words]
    return found[0] if len(found) == 1 else None


def is_empty(notes: Notes) -> bool:
    """Say whether nothing was filled in."""
    return not notes.points and notes.answers == Answers() and not notes.unclear


@dataclass(slots=True)
class _Draft:
    """Notes in the making."""

    words: Words
    points: list[Point] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)
    unclear: dict[str, str] = field(default_factory=dict)
    """What to tell, with the field that it was to be."""

    def doubt(self, kind: str, text: str, about: str = "", **more: str) -> None:
        told = self.words.unclear[kind].replace("{{ text }}", one_line(text, _MAX_TOLD))
        for name, value in more.items():
            told = told.replace(f"{{{{ {name} }}}}", value)
        if len(self.unclear) < _MOST_UNCLEAR:
            self.unclear.setdefault(told, about)

    def take(self, read: Read) -> None:
        self.points += read.points
        self.people += read.people
        if read.doubtful:
            self.doubt("name", read.doubtful)


def _read(page: Page, frame: Frame, at: datetime) -> Notes:
    words = load_words()
    known = People.of(frame)
    found = entries(page, frame.user, lambda text: opens_point(text, known, words))
    draft = _Draft(words)
    for read in read_people((item for item in found if item.section in {"people", "?people"}), frame, words):
        draft.take(read)
    people = People.of(frame, draft.people)
    titled = next((item.paragraph for item in found if item.section == "about"), 0)
    own = f" {' '.join(fold_words(about_line(frame, words)))} "
    for item, below in zip(found, standing_below(found, people), strict=True):
        heading = _HEADINGS.get(item.section) or _TOP.get(item.section)
        if item.section == "about" and item.paragraph != titled and f" {' '.join(fold_words(item.text))} " not in own:
            heading = Heading.WELL  # below the line that says what it is about
        if heading is not None:
            draft.take(read_point(item, heading, people, words, below=below))
    draft.points, told = answering.told_in_points(draft.points, frame.day)
    _answers(found, frame, draft)
    if told is not None:
        draft.said.setdefault("promise", told)
    if len(draft.points) > MOST_POINTS:
        draft.doubt("many", "")
    named = joined_people((), draft.people)
    return Notes(
        frame.round,
        at,
        numbered(frame.round, draft.points),
        Answers(people=named, **draft.said),
        tuple(draft.unclear),
        tuple(draft.unclear.values()),
    )


def _answers(found: Sequence[Entry], frame: Frame, draft: _Draft) -> None:
    """Read what stands behind the questions; of the short ones the first paragraph, what follows it is told of."""
    sections: dict[str, list[Entry]] = {}
    for item in found:
        if item.section.startswith("?") and item.section != "?people":
            sections.setdefault(item.section[1:], []).append(item)
        elif item.section in _SHOWN and item.section != "about":
            draft.doubt("stray", item.text)
    for name, some in sections.items():
        if name == "steps":
            owed, theirs = answering.steps((item.text for item in some), draft.words)
            _keep(draft, "other_steps", owed)
            _keep(draft, "further_steps", theirs)
            continue
        first = [item for item in some if item.paragraph == some[0].paragraph]
        for item in some[len(first) :]:
            draft.doubt("stray", item.text)
        _answer(name, " ".join(item.text for item in first), frame, draft)
    _promise(sections, frame, draft)


def _keep(draft: _Draft, name: str, value: object) -> None:
    if value not in {"", None, ()}:
        draft.said[name] = value


def _answer(name: str, text: str, frame: Frame, draft: _Draft) -> None:
    words = draft.words
    if name in {"encouraged", "remote", "traditional"}:
        _flag(name, text, draft)
        return
    if answering.is_unknown(text, words):
        return
    if name in {"rounds", "length", "next"}:
        field_name = {"rounds": "rounds_expected", "length": "length_expected", "next": "next_step"}[name]
        _keep(draft, field_name, answering.words_of(text, words))
    elif name == "start":
        day, soon = answering.start_date(text, frame.day, words)
        if day is not None and day > frame.day:
            draft.said["start_by"] = day
        elif soon or not answering.is_unknown(text, words, within=True):
            draft.doubt("start_soon" if soon else "start", text, "start_by")


def _flag(name: str, text: str, draft: _Draft) -> None:
    value = answering.flag(text, draft.words)
    if value is not None and (value or name != "encouraged"):
        draft.said[name] = value
    elif value is None and not answering.is_unknown(text, draft.words, within=True):
        draft.doubt("flag", text, name, question=draft.words.questions[name].partition(" (")[0])


def _promise(sections: dict[str, list[Entry]], frame: Frame, draft: _Draft) -> None:
    """Find when they answer: behind the question by when, else in what is said to come next."""
    asked = _first(sections.get("promise", ()))
    found: Promise | None = None
    if asked and not answering.is_unknown(asked, draft.words):
        found = answering.promise(asked, frame.day, asked=True)
        if found is None and not answering.is_unknown(asked, draft.words, within=True):
            draft.doubt("promise", asked, "promise")
    following = _first(sections.get("next", ()))
    if found is None and following:
        found = answering.promise(following, frame.day, asked=False)
    _keep(draft, "promise", found)


def _first(some: Iterable[Entry]) -> str:
    listed = list(some)
    return " ".join(item.text for item in listed if item.paragraph == listed[0].paragraph)
