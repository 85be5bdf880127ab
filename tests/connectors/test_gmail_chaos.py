"""The wire to Gmail is cut, reset, stalled or half open at any byte of an errand, or any call of it is refused.

After each the errand is done again over a new connection, everything that was on its way arrives, and twins are swept as the
daemon does it. Then exactly one draft of ours may stand, byte for byte what we wrote (or none, where it was taken back), the
user's own beside it untouched; and of what came nothing may be missing. `make crash` tries a hundred times as many bytes.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash.dialogue import Fault
from tests.crash.errands import Errand, Left, each_post, posts
from tests.crash.gmail_post import CREATE, GmailPost
from tests.servers.chaosproxy import Act, Way

pytestmark = pytest.mark.xdist_group("gmail_chaos")

AT_ONCE = 3
DEADLINE = 0.25
"""Seconds after which the connector gives up on a service that does not answer."""
PATIENT = 1.0
"""... where a slow machine must not be taken for that."""
READING = (Errand.FIRST_LOOK, Errand.CATCH_UP)
WRITING = (Errand.PUT, Errand.REPLACE, Errand.WITHDRAW)
SPARE = 16
"""Octets by which an errand may be shorter than the one that was measured: answers are pressed."""


@pytest.fixture(scope="module")
def mailboxes() -> Iterator[list[GmailPost]]:
    with posts(GmailPost, AT_ONCE) as found:
        yield found


def positions(post: GmailPost, errand: Errand, way: Way, count: int) -> list[int]:
    """Return so many places, spread over all that goes one way."""
    length = post.length(errand)[way] - SPARE
    return [length * number // count for number in range(count)]


def unhappy(results: list[tuple[Fault, Left]]) -> list[str]:
    return [f"{fault}: {left.problems}" for fault, left in results if left.problems]


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("errand", list(GmailPost.markers))
def test_a_cut_at_any_byte_leaves_what_a_clean_line_leaves(mailboxes: list[GmailPost], errand: Errand, way: Way) -> None:
    faults = [Fault(Act.CUT, k, way, GmailPost.markers[errand]) for k in positions(mailboxes[0], errand, way, 8)]
    results = each_post(mailboxes, errand, faults)
    assert unhappy(results) == []
    assert all(left.sprung for _, left in results)


@pytest.mark.parametrize("act", [Act.RESET, Act.STALL, Act.SWALLOW])
@pytest.mark.parametrize("errand", list(GmailPost.markers))
def test_other_faults_of_the_line_leave_it_too(mailboxes: list[GmailPost], errand: Errand, act: Act) -> None:
    faults = [Fault(act, k, way, GmailPost.markers[errand]) for way in Way for k in positions(mailboxes[0], errand, way, 3)]
    results = each_post(mailboxes, errand, faults, timeout=DEADLINE)
    assert unhappy(results) == []
    assert all(left.sprung for _, left in results)
    assert sum(left.raised for _, left in results) > len(results) / 2


def test_a_draft_that_comes_after_it_was_written_again_is_swept(mailboxes: list[GmailPost]) -> None:
    """Looking first does not help against a request that is still on its way."""
    faults = [Fault(Act.HOLD, k, marker=CREATE) for k in (0, 1, 300)]
    results = each_post(mailboxes, Errand.PUT, faults, timeout=PATIENT)
    assert unhappy(results) == []
    assert [left.raised for _, left in results] == [True] * len(faults)
    assert [left.standing for _, left in results] == [2] * len(faults), "without the sweep each would stand twice"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500, 503])
@pytest.mark.parametrize("errand", WRITING)
def test_any_call_that_is_refused_leaves_one_draft_or_none(mailboxes: list[GmailPost], errand: Errand, status: int) -> None:
    """Whether it was done all the same or not."""
    calls = range(1 + status % 2, 6, 2)
    results = [mailboxes[0].refuse(errand, status, skip, done=done) for skip in calls for done in (False, True)[: 1 + skip // 3]]
    assert [left.problems for left in results if left.problems] == []
    assert results[0].sprung


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 503])
@pytest.mark.parametrize("errand", READING)
def test_any_call_that_is_refused_loses_no_mail(mailboxes: list[GmailPost], errand: Errand, status: int) -> None:
    """Of a single message 404 and 400 are believed: it is not there any more."""
    results = [mailboxes[0].refuse(errand, status, skip, done=False) for skip in (1, 2, 7)]
    assert [left.problems for left in results if left.problems] == []
    assert all(left.sprung for left in results[:2])


def test_what_is_left_can_be_told_from_what_must_be_left(mailboxes: list[GmailPost]) -> None:
    """A user's draft that is touched, and a draft that the service loses, are seen."""
    post = mailboxes[0]
    post.box.quirks.rewrites = lambda raw: raw.replace(b"talk", b"walk")
    try:
        assert post.interrupt(Errand.PUT, Fault(Act.CUT, 0, marker=CREATE)).problems
    finally:
        post.box.quirks.rewrites = None
