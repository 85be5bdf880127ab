"""What the user says of which messages belong together: read in order, the last word counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rules.threads import Correction, Linkable, link, pins_of

_START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def _mail(identity: str, day: int, *, opens: bool = False, answers: tuple[str, ...] = (), **fields: Any) -> Linkable:
    fields.setdefault("addresses", ("rita@acme.example",))
    fields.setdefault("company", "Acme")
    return Linkable(
        identity, f"{identity}@x", tuple(f"{each}@x" for each in answers), at=_START + timedelta(days=day), opens=opens, **fields
    )


def _groups(items: list[Linkable], *corrections: Correction) -> list[set[str]]:
    return [{member.identity for member in cluster.members} for cluster in link(items, pins_of(corrections))]


THREAD = [
    _mail("a", 0, opens=True),
    _mail("b", 1, answers=("a",)),
    _mail("c", 2, answers=("a", "b")),
    _mail("d", 3, answers=("a", "b", "c")),
]
SPLIT = Correction("1", leaves=("c",), stays=("a", "b", "d"))


def test_what_is_taken_out_of_a_thread_is_a_process_though_nothing_in_it_opens_one() -> None:
    assert _groups(THREAD) == [{"a", "b", "c", "d"}]
    assert _groups(THREAD, SPLIT) == [{"a", "b", "d"}, {"c"}]


def test_an_answer_goes_with_what_it_answers_after_a_split() -> None:
    later = [_mail("e", 4, answers=("a", "b", "c")), _mail("f", 5, answers=("a", "b", "d"))]

    assert _groups([*THREAD, *later], SPLIT) == [{"a", "b", "d", "f"}, {"c", "e"}]


def test_merging_after_a_split_puts_things_back_and_a_split_after_that_counts_again() -> None:
    merge = Correction("2", stays=("a", "b", "d"), joins=("c",))

    assert _groups(THREAD, SPLIT, merge) == [{"a", "b", "c", "d"}]
    assert _groups(THREAD, SPLIT, merge, Correction("3", leaves=("c",), stays=("a", "b", "d"))) == [{"a", "b", "d"}, {"c"}]


def test_what_the_user_puts_together_stays_so_against_company_role_and_time() -> None:
    items = [
        _mail("x", 0, opens=True, role="Data Engineer"),
        _mail("y", 500, opens=True, role="Account Manager", company="Zeta", addresses=("p@zeta.example",)),
    ]

    assert _groups(items) == [{"x"}, {"y"}]
    (cluster,) = link(items, pins_of([Correction("1", stays=("x",), joins=("y",))]))
    assert [member.identity for member in cluster.members] == ["x", "y"]
    assert all("your word 1.00" in " ".join(member.why) for member in cluster.members)


def test_a_message_may_be_moved_to_another_process() -> None:
    items = [*THREAD, _mail("z", 4, opens=True, role="Chef", company="Zeta", addresses=("p@zeta.example",))]
    move = Correction("1", leaves=("c",), stays=("a", "b", "d"), joins=("z",))

    assert _groups(items, move) == [{"a", "b", "d"}, {"c", "z"}]


def test_taking_a_process_apart_leaves_the_others_of_the_company_alone() -> None:
    items = [
        _mail("data", 0, opens=True, role="Data Engineer"),
        _mail("chat", 1, answers=("data",)),
        _mail("sales", 5, opens=True, role="Account Manager", addresses=("paul@acme.example",)),
    ]

    assert _groups(items) == [{"data", "chat"}, {"sales"}]
    assert _groups(items, Correction("1", leaves=("chat",), stays=("data",))) == [{"data"}, {"chat"}, {"sales"}]


_NAMES = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=4, unique=True).map(tuple)
_SAID = st.lists(st.tuples(st.just(()) | _NAMES, _NAMES, st.just(()) | _NAMES), max_size=6)


@given(_SAID)
def test_the_last_word_holds(said: list[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]) -> None:
    corrections = [Correction(f"{number}", *one) for number, one in enumerate(said)]
    pins = pins_of(corrections)
    if not corrections:
        assert pins == {}
        return
    last = corrections[-1]
    leaving = set(last.leaves)
    stay = {pins[each] for each in last.stays if each not in leaving}
    gone = {pins[each] for each in last.leaves}
    joined = {pins[each] for each in last.joins if each not in leaving}
    if leaving:
        assert len(gone) == 1
        if not last.joins:
            assert gone.isdisjoint(stay)
        elif joined:
            assert joined == gone
    else:
        assert len(stay | joined) == 1
