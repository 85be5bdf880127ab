"""The forms, word for word: UPDATE_GOLDEN=1 writes them anew, and a change of a word is a change of the file."""

from __future__ import annotations

import os
from pathlib import Path

from rules.drafts.mime import draft_bytes
from rules.extract.types import Format
from rules.notes.form import filled_form, notes_form, prep_form, subject_of
from rules.notes.reading import read_text
from rules.notes.types import Heading
from tests.rules.notes_cases import ANN, AT, FRAME, OMAR, RENEE, Filling, fill, frame, known_of
from tests.rules.test_decide_forms import END, EVE, INVITE, NOTES, PREP, worded

GOLDEN = Path(__file__).parent / "golden" / "forms.txt"


def _text() -> str:
    remote = frame(ANN, OMAR, RENEE, form=Format.VIDEO)
    filling = Filling(
        points=((Heading.BADLY, "index locks"), (Heading.STOOD_OUT, "challenge: two months until anybody ships")),
        answers=(("promise", "by Friday 13 March"), ("start", "1 May"), ("remote", "no"), ("people", "Jonas Weber, CTO")),
        people=(("Ann Weber", "how her team left the monolith"),),
    )
    known = known_of(FRAME, read_text(fill(notes_form(FRAME), filling), FRAME, AT))
    parts = {
        f"before an interview in person: {subject_of('prep', FRAME)}": prep_form(FRAME),
        f"before one by video, some of it known: {subject_of('prep', remote)}": prep_form(known_of(remote, known)),
        f"after it: {subject_of('notes', FRAME)}": notes_form(FRAME),
        "after it, some of it known": notes_form(known),
        "at the command line, with what is known": filled_form(known),
        "as it is written into Drafts, before": draft_bytes(worded(EVE, PREP, INVITE)).decode("ascii").replace("\r\n", "\n"),
        "as it is written into Drafts, after": draft_bytes(worded(END, NOTES, INVITE)).decode("ascii").replace("\r\n", "\n"),
    }
    return "\n".join(f"=== {title}\n\n{text}" for title, text in parts.items())


def test_the_forms_are_worded_as_they_were_looked_at() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(_text(), encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == _text()
