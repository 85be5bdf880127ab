"""The wire to the server is cut, stalled, half closed or slow at every byte of the dialogue; what counts is what is left.

After each fault the draft is put again over a new connection, everything that was still on its way arrives, and twins are
swept as the daemon does it. Then exactly one draft with our Message-ID may stand, byte for byte what we wrote, and the user's
own draft beside it untouched. `make crash` tries every byte with every fault; here the literal's inside is sampled.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash.dialogue import LITERAL, Box, Fault, Outcome, each
from tests.servers.chaosproxy import Act, Way
from tests.servers.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.xdist_group("imap_chaos")

AT_ONCE = 4
DEADLINE = 0.25
"""Seconds after which the connector gives up on a server that does not answer."""
PATIENT = 1.0
"""... where a slow machine must not be taken for that."""


@pytest.fixture(scope="module")
def boxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Box]]:
    with Dovecot(tmp_path_factory.mktemp("chaos")) as server:
        users = [f"chaos{number}" for number in range(AT_ONCE)]
        yield [Box(server.imap, server.maildir(user).parent, user, PASSWORD) for user in users]


def positions(box: Box, way: Way) -> list[int]:
    """Return every byte of the APPEND line and its answers, with samples of the literal and of the reading back behind it."""
    length = box.length()[way]
    if way is Way.DOWN:
        return [*range(96), *range(96, length, 64)]
    line = len(rb" APPEND Drafts (\Draft \Seen) {000}") + 4
    behind = line + box.literal()
    edges = [*range(line + 4), *range(behind - 6, behind + 6)]
    return sorted({*edges, *range(line, behind, 23), *range(behind, length, 41)})


def unhappy(results: list[tuple[Fault, Outcome]]) -> list[str]:
    return [f"{fault}: {outcome}" for fault, outcome in results if not outcome.fine]


def half_removed(results: list[tuple[Fault, Outcome]]) -> list[str]:
    return [f"{fault}: {outcome}" for fault, outcome in results if outcome.marked]


@pytest.mark.parametrize("way", list(Way))
def test_a_cut_behind_any_byte_of_an_append_leaves_one_draft(boxes: list[Box], way: Way) -> None:
    faults = [Fault(Act.CUT, k, way) for k in positions(boxes[0], way)]
    results = each(boxes, faults, lambda box, fault: box.put(fault))
    assert unhappy(results) == []
    assert half_removed(results) == []
    assert all(outcome.sprung for _, outcome in results)
    assert sum(outcome.raised for _, outcome in results) > len(results) * 0.9


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("act", [Act.RESET, Act.STALL, Act.SWALLOW])
def test_other_faults_at_telling_bytes_of_an_append_leave_one_draft(boxes: list[Box], act: Act, way: Way) -> None:
    faults = [Fault(act, k, way) for k in positions(boxes[0], way)[:: 12 if act is Act.RESET else 24]]
    results = each(boxes, faults, lambda box, fault: box.put_patiently(fault, timeout=DEADLINE))
    assert unhappy(results) == []
    assert all(outcome.sprung or outcome.raised for _, outcome in results), (
        "on a busy machine the deadline may pass before the byte"
    )
    assert sum(outcome.sprung for _, outcome in results) > len(results) / 2


def test_an_append_that_lands_after_it_was_repeated_is_swept(boxes: list[Box]) -> None:
    faults = [Fault(Act.HOLD, k, marker=LITERAL) for k in (0, 1, 100, boxes[0].literal(), boxes[0].literal() + 1)]
    results = each(boxes, faults, lambda box, fault: box.put_patiently(fault, timeout=PATIENT))
    assert unhappy(results) == []
    assert [outcome.raised for _, outcome in results] == [True] * len(faults)
    assert [outcome.standing for _, outcome in results] == [2] * len(faults), "without the sweep each would stand twice"


@pytest.mark.parametrize("way", list(Way))
def test_a_cut_while_a_draft_is_replaced_leaves_the_new_one(boxes: list[Box], way: Way) -> None:
    length = boxes[0].length(replacing=True)[way]
    faults = [Fault(Act.CUT, k, way) for k in range(0, length, 47)]
    results = each(boxes, faults, lambda box, fault: box.put(fault, replacing=True))
    assert unhappy(results) == []


def test_a_replacement_that_was_cut_half_way_is_finished_by_the_next_one(boxes: list[Box]) -> None:
    faults = [Fault(Act.CUT, k, Way.DOWN, marker=rb"(?= UID STORE )") for k in (0, 1, 20)]
    results = each(boxes, faults, lambda box, fault: box.put(fault, replacing=True))
    assert unhappy(results) == []
    assert half_removed(results) == []


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("settled", [False, True])
def test_a_cut_while_a_draft_is_taken_back_leaves_none_and_hits_no_other(boxes: list[Box], way: Way, settled: bool) -> None:
    faults = [Fault(act, k, way, marker=rb"(?= UID STORE )") for act in (Act.CUT, Act.RESET) for k in range(0, 60, 3)]
    results = each(boxes, faults, lambda box, fault: box.withdraw(fault, settled=settled))
    assert unhappy(results) == []
    assert not settled or half_removed(results) == []


def test_a_fault_while_signing_in_writes_nothing_twice(boxes: list[Box]) -> None:
    faults = [Fault(Act.CUT, k, way, marker=b"") for way in Way for k in range(0, 240, 12)]
    results = each(boxes, faults, lambda box, fault: box.put(fault))
    assert unhappy(results) == []
