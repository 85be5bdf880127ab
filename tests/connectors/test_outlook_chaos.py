"""The wire to Outlook is cut, reset, stalled or half open at any byte of an errand, or any call or part of a batch is refused.

After each the errand is done again over a new connection, everything that was on its way arrives, and twins are swept as the
daemon does it. Then exactly one draft of ours may stand, marked, and saying what we wrote to whom (or none, where it was taken
back); what it answers is unread as before, the user's own draft untouched, and of what came nothing may be missing. On a service
that takes with a reply what it is given, and on one that takes nothing of it. `make crash` tries a hundred times as many bytes.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash.dialogue import Fault
from tests.crash.errands import Errand, Left, each_post, posts
from tests.crash.outlook_post import MAKE, OutlookPost, OutlookPostOtherwise, can_be
from tests.servers.chaosproxy import Act, Way

pytestmark = pytest.mark.xdist_group("outlook_chaos")

AT_ONCE = 3
DEADLINE = 0.25
"""Seconds after which the connector gives up on a service that does not answer."""
PATIENT = 1.0
"""... where a slow machine must not be taken for that."""
MARKERS = OutlookPost.markers
READING = (Errand.FIRST_LOOK, Errand.CATCH_UP)
WRITING = tuple(errand for errand in MARKERS if errand not in READING)
SPARE = 16
"""Octets by which an errand may be shorter than the one that was measured."""
TO_SIGN_ON = 14
"""Calls before an errand begins, most of them parts of one batch."""


@pytest.fixture(scope="module", params=[OutlookPost, OutlookPostOtherwise], ids=lambda kind: kind.name)
def mailboxes(request: pytest.FixtureRequest) -> Iterator[list[OutlookPost]]:
    with posts(request.param, AT_ONCE) as found:
        yield found


@pytest.fixture(scope="module")
def usual() -> Iterator[list[OutlookPost]]:
    """Give mailboxes at the service that takes what it is given."""
    with posts(OutlookPost, AT_ONCE) as found:
        yield found


def positions(post: OutlookPost, errand: Errand, way: Way, count: int) -> list[int]:
    """Return so many places, spread over all that goes one way."""
    length = post.length(errand)[way] - SPARE
    return [length * number // count for number in range(count)]


def unhappy(results: list[tuple[Fault, Left]]) -> list[str]:
    return [f"{fault}: {left.problems}" for fault, left in results if left.problems]


@pytest.mark.parametrize("errand", list(MARKERS))
def test_a_cut_at_any_byte_leaves_what_a_clean_line_leaves(mailboxes: list[OutlookPost], errand: Errand) -> None:
    faults = [Fault(Act.CUT, k, way, MARKERS[errand]) for way in Way for k in positions(mailboxes[0], errand, way, 5)]
    results = each_post(mailboxes, errand, faults)
    assert unhappy(results) == []
    assert all(left.sprung for _, left in results)


@pytest.mark.parametrize("act", [Act.RESET, Act.STALL, Act.SWALLOW])
@pytest.mark.parametrize("errand", list(MARKERS))
def test_other_faults_of_the_line_leave_it_too(usual: list[OutlookPost], errand: Errand, act: Act) -> None:
    faults = [Fault(act, k, way, MARKERS[errand]) for way in Way for k in positions(usual[0], errand, way, 2)]
    results = each_post(usual, errand, faults, timeout=DEADLINE)
    assert unhappy(results) == []
    assert all(left.sprung for _, left in results)
    assert sum(left.raised for _, left in results) > len(results) / 2


def test_a_reply_that_comes_after_it_was_made_again_is_swept(usual: list[OutlookPost]) -> None:
    """Looking first does not help against a request that is still on its way."""
    faults = [Fault(Act.HOLD, k, marker=MAKE) for k in (0, 1, 300)]
    results = each_post(usual, Errand.ANSWER, faults, timeout=PATIENT)
    assert unhappy(results) == []
    assert [left.raised for _, left in results] == [True] * len(faults)
    assert [left.standing for _, left in results] == [2] * len(faults), "without the sweep each would stand twice"


@pytest.mark.parametrize("status", [400, 404, 429, 503])
@pytest.mark.parametrize("errand", WRITING)
def test_any_call_that_is_refused_leaves_one_draft_or_none(mailboxes: list[OutlookPost], errand: Errand, status: int) -> None:
    """Whether it was done all the same or not, as far as the answer leaves that open."""
    ways = [done for done in (False, True) if can_be(errand, status, done=done)]
    calls = range(TO_SIGN_ON, TO_SIGN_ON + 5)
    results = [mailboxes[0].refuse(errand, status, skip, done=done) for skip in calls for done in ways]
    assert [left.problems for left in results if left.problems] == []
    assert results[0].sprung


@pytest.mark.parametrize("errand", WRITING)
def test_any_batch_that_is_refused_as_a_whole_leaves_it_too(mailboxes: list[OutlookPost], errand: Errand) -> None:
    ways = [(401, False), (429, False), (503, False), (503, True)]
    results = [mailboxes[0].refuse(errand, status, skip, done=done, method="batch") for skip in (0, 1) for status, done in ways]
    assert [left.problems for left in results if left.problems] == []
    assert results[0].sprung


@pytest.mark.parametrize("status", [401, 429, 503])
@pytest.mark.parametrize("errand", READING)
def test_any_call_that_is_refused_loses_no_mail(usual: list[OutlookPost], errand: Errand, status: int) -> None:
    """Of a single message 404 and 400 are believed: it is not there any more."""
    skips = (1, TO_SIGN_ON + 1, TO_SIGN_ON + status % 13, TO_SIGN_ON + 13)
    results = [usual[0].refuse(errand, status, skip, done=False) for skip in skips]
    results += [usual[0].refuse(errand, status, skip, done=False, method="batch") for skip in (0, 1, 2)]
    assert [left.problems for left in results if left.problems] == []
    assert all(left.sprung for left in results[:2])


def test_what_is_left_can_be_told_from_what_must_be_left(usual: list[OutlookPost]) -> None:
    """A letter that counts as read, and a draft of the user's that was saved once more, are seen."""
    post = usual[0]
    fault = Fault(Act.CUT, 0, marker=MAKE)
    assert post.interrupt(Errand.ANSWER, fault).problems == ()
    (letter, *_) = post.box.items("inbox")
    post.box.set_read(letter.key)
    assert any("counts as read" in one for one in post.interrupt(Errand.ANSWER, fault).problems)
    users = next(one for one in post.box.items("drafts") if one.users)
    post.box.look_at(users.key)
    assert any("was touched" in one for one in post.interrupt(Errand.ANSWER, fault).problems)
