"""No mail is refused, none runs away, and what is wrong with one is told of that one alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.chain import NOW, bounded, lean, read_all
from tests.fuzz.hostile import BOMBS, SPOOFS, mail
from tests.fuzz.mails import mails
from tests.letters import invitation
from tests.watcher.desk import Desk

_ROOM = 40_000_000


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_read_within_bounds(kind: str) -> None:
    raw = BOMBS[kind]()
    with bounded():
        read_all(raw)


@pytest.mark.parametrize(
    "kind", ["an attachment of 50 MB", "a page of 20 MB", "a text of 50 MB on one line", "ten thousand parts"]
)
def test_what_is_huge_takes_no_more_room_than_what_is_read_of_it(kind: str) -> None:
    raw = BOMBS[kind]()
    with bounded(30), lean(_ROOM):
        read_all(raw)


@pytest.mark.parametrize("kind", SPOOFS)
def test_a_broken_or_lying_mail_is_read_like_any_other(kind: str) -> None:
    with bounded():
        read_all(SPOOFS[kind]())


def test_an_interview_before_a_huge_attachment_is_found() -> None:
    row = read_all(BOMBS["an attachment of 50 MB"]())
    assert [interview.start.isoformat() for interview in row.facts.interviews] == ["2026-03-10T10:00:00+01:00"]


def test_what_was_too_big_or_broken_is_said() -> None:
    for kind in ("five thousand nested multiparts", "ten thousand parts", "a calendar that is a picture"):
        assert read_all((BOMBS.get(kind) or SPOOFS[kind])()).defects, kind


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(mails())
def test_any_mail_is_read(raw: bytes) -> None:
    with bounded():
        read_all(raw)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_are_read(raw: bytes) -> None:
    with bounded():
        read_all(raw)
        read_all(mail(raw))
        read_all(mail(raw, kind="text/html"))
        read_all(mail(raw, kind="text/calendar; method=REQUEST"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


def test_hostile_mail_holds_nothing_up(desk: Desk) -> None:
    """With all of it in the inbox, an interview among them is found, its note placed, and the next look is quiet."""
    for make in (*SPOOFS.values(), *(BOMBS[kind] for kind in BOMBS if "MB" not in kind)):
        desk.deliver(make(), NOW)
    desk.deliver(invitation(NOW, NOW + timedelta(hours=2)), NOW)
    first = desk.look(NOW + timedelta(minutes=1))
    assert first.new >= len(SPOOFS)
    desk.look(NOW + timedelta(hours=4))
    assert any("rita@acme.test" in str(draft["To"]) for draft in desk.drafts())
    for draft in desk.drafts():
        assert draft["Bcc"] is None
    assert desk.look(NOW + timedelta(hours=4)).new == 0
