"""What is said to somebody who waits: no reproach, no haste, figures named as whose they are, and what is usual."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from rules.classify.types import Kind
from rules.decide import decide
from rules.extract.types import Facts, Format, Person
from rules.lint.phrases import banned_phrases
from rules.notes.types import Answers, Notes
from rules.policy import load_playbook
from rules.process import DraftChange, Event, Mark, Noted, State, Verb, fold
from tests.rules.timing import PROFILE, confirmed, drafted, key, mark, meeting, mine, ny, theirs
from watcher.account import Account
from watcher.history import Assessment
from watcher.report.closing import USUAL_DAYS, USUAL_INTERVIEWS, WEIGH_THANKS, closing_card

ROOT = Path(__file__).parents[2]
POLICY = load_playbook("default")
BOOKED = confirmed("m1", ny(2, 25), meeting(ny(3, 2, 10), people=(Person("Ann Weber", "ann@corp.example"), Person("Kim Lee"))))

_GUILTY = (
    r"your fault|you failed|you have failed|failed to|you should have|should have (?:sent|written|done)|you forgot",
    r"why (?:have|did)(?:n't| not) you|still (?:have not|haven't)|neglect\w*|lazy|careless of you|disappoint\w*|asham\w*",
    r"sorry to say|unfortunately|too late|blame\w*|guilt\w*|embarrass\w*|hurry|at last|finally|ignored you|they ignore|ghost\w*",
    r"nobody wants|hopeless|desperate|(?:don't|do not) give up|you must|you have to|urgent\w*",
)
GUILT = re.compile(rf"\b(?:{'|'.join(_GUILTY)})\b|[a-z]!(?:\s|$)", re.IGNORECASE)
"""Words that would make somebody feel worse for waiting, or for having waited."""
SPOKEN = [
    *(ROOT / "rules" / "decide").glob("*.py"),
    *(ROOT / "rules" / "process").glob("*.py"),
    ROOT / "watcher" / "telling.py",
    *(ROOT / "watcher" / "report").glob("*.py"),
]


def strings_told(path: Path) -> Iterator[str]:
    """Yield every piece of text in a module that is no docstring: what may come to be shown."""
    tree = ast.parse(path.read_text("utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body and isinstance(node.body[0], ast.Expr)
    }
    docs |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs and " " in node.value:
            yield node.value


def found_at(now: datetime, events: Sequence[Event]) -> Assessment:
    process = fold("p", events, now=now, policy=POLICY, profile=PROFILE)
    account = Account("work", "imap", "robin@home.example", PROFILE, POLICY)
    return Assessment(account, process, decide(process, POLICY, PROFILE, now), (), ())


# --- the tone ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SPOKEN, ids=lambda path: path.stem)
def test_f24_no_text_for_the_user_makes_them_feel_guilty(path: Path) -> None:
    found = [text for text in strings_told(path) if GUILT.search(text)]

    assert found == []


def test_f24_the_words_that_would_are_caught() -> None:
    for text in (
        "You should have written sooner.",
        "You failed to send it",
        "They ghosted you",
        "You must answer!",
        "It is too late",
    ):
        assert GUILT.search(text), text
    assert sum(1 for path in SPOKEN for _ in strings_told(path)) > 200


def test_f24_what_is_told_through_a_whole_quiet_process_is_supportive() -> None:
    owed = Noted("n1", ny(3, 2, 12), Notes(1, ny(3, 2, 12), (), Answers(other_steps=("the test",), traditional=True)))
    histories: list[list[Event]] = [[BOOKED], [BOOKED, owed], [BOOKED, theirs("r", ny(3, 9), Kind.REJECTION)]]
    for events in histories:
        for days in range(0, 120, 2):
            now = ny(3, 2, 12) + timedelta(days=days)
            found = found_at(now, events)
            told = [notice.text for notice in found.decision.notices] + [task.text for task in found.decision.tasks]
            told += [reason.text for reason in (*found.decision.reasons, *closing_card(found, now))]
            assert [text for text in told if GUILT.search(text)] == []


# --- the card ---------------------------------------------------------------------------------------------------------


def rules_in(found: Assessment, now: datetime) -> list[str]:
    return [rule for reason in closing_card(found, now) for rule in reason.rules]


def test_b9_the_figures_are_named_as_those_of_their_article_and_count_what_was_here() -> None:
    now = ny(4, 10)
    (usual,) = [reason for reason in closing_card(found_at(now, [BOOKED]), now) if "B9" in reason.rules]

    assert usual.articles == ("S1",)
    assert f"S1 counts about {USUAL_INTERVIEWS} interviews" in usual.text
    assert f"about {USUAL_DAYS} days" in usual.text
    assert "here it was 1 interview in 39 days" in usual.text
    (weigh,) = closing_card(found_at(ny(3, 2, 12), [BOOKED]), ny(3, 2, 12))
    assert weigh.articles == ("S1",)
    assert f"{WEIGH_THANKS} %" in weigh.text


def test_b9_the_figures_never_stand_in_a_mail() -> None:
    for path in (ROOT / "rules" / "templates").rglob("*.toml"):
        text = path.read_text("utf-8")
        assert not re.search(rf"\b(?:{USUAL_DAYS} days|{WEIGH_THANKS} ?%|{WEIGH_THANKS} percent|three interviews)\b", text), path


def test_f24_a_long_silence_is_explained_without_the_user_and_a_short_one_is_left_alone() -> None:
    assert closing_card(found_at(ny(3, 8), [BOOKED, _thanked()]), ny(3, 8)) == ()
    told = closing_card(found_at(ny(3, 20), [BOOKED, _thanked()]), ny(3, 20))
    assert told[0].rules == ("F24",)
    assert "rarely about you" in told[0].text


def _thanked() -> Event:
    return mine("t1", ny(3, 2, 15), step=key("thank_you-1"))


def test_o3_a_rejection_is_said_to_be_no_verdict_on_the_user() -> None:
    found = found_at(ny(3, 12), [BOOKED, theirs("m2", ny(3, 10), Kind.REJECTION)])
    told = closing_card(found, ny(3, 12))

    assert told[0].rules == ("O3",)
    assert {"S0", "S1", "S4"} == set(told[0].articles)
    assert "O6" in rules_in(found, ny(3, 12))


def test_f21_whoever_waits_is_told_to_go_on_applying() -> None:
    offer = theirs("m2", ny(3, 10), Kind.OFFER)
    waiting: list[tuple[list[Event], datetime]] = [
        ([BOOKED], ny(4, 10)),
        ([BOOKED, offer], ny(3, 12)),
        ([BOOKED, mark(Verb.CLOSE, ny(3, 9))], ny(3, 12)),
    ]
    for events, now in waiting:
        assert "F21" in rules_in(found_at(now, events), now)
    taken = found_at(ny(3, 12), [BOOKED, offer, Mark("a", ny(3, 11), Verb.ACCEPTED)])
    assert closing_card(taken, ny(3, 12)) == ()


def _month() -> list[Event]:
    sent = [mine(f"s{n}", ny(month, day, 9), step=key(f"status-1.{n}")) for n, month, day in ((1, 3, 17), (2, 3, 31), (3, 4, 14))]
    return [BOOKED, _thanked(), *sent]


def test_f20_after_a_month_of_silence_closing_is_suggested_and_nothing_is_taken_away_unasked() -> None:
    standing = drafted(key("status-1.3"), ny(4, 13, 20), DraftChange.PLACED, ny(4, 14, 8))
    found = found_at(ny(4, 2), _month()[:-1])
    assert "month_of_silence" in {notice.kind for notice in found.decision.notices}
    assert {"F24", "B9", "F21"} <= set(rules_in(found, ny(4, 2)))
    late = found_at(ny(4, 13, 21), [*_month()[:-1], standing])
    assert late.decision.withdraw == ()
    assert [place.final for place in late.decision.place] == [True]


def test_f20_when_all_follow_ups_stay_unanswered_it_is_time_to_move_on() -> None:
    found = found_at(ny(5, 1), _month())

    assert found.process.state is State.DORMANT
    assert "move_on" in {notice.kind for notice in found.decision.notices}
    assert any(reason.articles == ("S3",) for reason in closing_card(found, ny(5, 1)))


def test_f25_how_they_answered_is_told_with_figures_from_the_events() -> None:
    replies: list[Event] = [theirs("r1", ny(3, 4, 11)), mine("o1", ny(3, 5, 9)), theirs("r2", ny(3, 11, 9), facts=Facts())]
    found = found_at(ny(3, 20), [BOOKED, *replies, mark(Verb.CLOSE, ny(3, 19))])

    assert found.process.answered == ((ny(3, 2, 11), ny(3, 4, 11)), (ny(3, 5, 9), ny(3, 11, 9)))
    (told,) = [reason.text for reason in found.decision.reasons if "F25" in reason.rules]
    assert re.search(r"answered twice, after about 4 days, and after 6 days at most", told), told


def test_what_is_said_to_the_user_about_writing_uses_none_of_the_phrases_we_ban() -> None:
    card = confirmed("m1", ny(2, 25), meeting(ny(3, 2, 10), format=Format.IN_PERSON))
    for events, now in (([BOOKED], ny(4, 2)), ([card], ny(3, 2, 12))):
        found = found_at(now, events)
        for text in [notice.text for notice in found.decision.notices] + [task.text for task in found.decision.tasks]:
            assert [each.words for each in banned_phrases(text)] == []
