"""Messages are linked into hiring processes by weighted evidence, whatever order they come in."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.threads import Cluster, Linkable, clusters, link, same_role

_START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_RITA = "rita@acme.example"
_ADA = "ada@acme.example"


def _item(identity: str, day: int = 0, **fields: Any) -> Linkable:
    fields.setdefault("addresses", (_RITA,))
    fields.setdefault("domain", "acme.example")
    fields.setdefault("company", "Acme")
    fields.setdefault("message_id", f"{identity}@x.example")
    return Linkable(identity=identity, at=_START + timedelta(days=day), **fields)


def _groups(items: list[Linkable]) -> list[set[str]]:
    return [{member.identity for member in cluster.members} for cluster in link(items)]


def test_without_an_opening_message_there_is_no_process() -> None:
    assert link([_item("ack"), _item("news", 1)]) == []
    assert link([]) == []


def test_a_mail_of_the_users_own_opens_nothing() -> None:
    assert link([_item("mine", own=True, opens=True)]) == []


def test_a_thread_is_one_process_though_a_message_of_it_was_never_seen() -> None:
    items = [
        _item("invite", opens=True, references=("lost@x.example",)),
        _item("other", 1, references=("lost@x.example",), addresses=("x@elsewhere.example",), domain="", company=""),
    ]
    assert _groups(items) == [{"invite", "other"}]


def test_a_calendar_uid_ties_an_update_from_another_system() -> None:
    items = [
        _item("invite", opens=True, uids=("u1",)),
        _item("update", 1, opens=True, uids=("u1",), addresses=("c@calendar.example",), domain="", company=""),
    ]
    assert _groups(items) == [{"invite", "update"}]


def test_a_providers_thread_ties_but_not_two_companies_under_one_subject() -> None:
    together = [_item("a", opens=True, thread_id="t"), _item("b", 1, thread_id="t", company="", domain="", addresses=())]
    assert _groups([*together, _item("c", 2, thread_id="t", company="Acme", domain="")]) == [{"a", "c"}]
    apart = [
        _item("a", opens=True, thread_id="t", company="Acme", domain="", addresses=()),
        _item("b", opens=True, thread_id="t", company="Zeta", domain="", addresses=()),
    ]
    assert len(link(apart)) == 2


def test_a_reply_from_another_address_of_the_company_joins() -> None:
    items = [_item("invite", opens=True), _item("reply", 9, addresses=(_ADA,), company="")]
    (cluster,) = link(items)
    assert [member.identity for member in cluster.members] == ["invite", "reply"]
    assert not cluster.ambiguous
    assert cluster.members[1].why
    assert 0 < cluster.members[1].weight <= 1


def test_a_recruiter_who_moves_from_the_relay_to_her_own_address_stays_one() -> None:
    items = [
        _item("invite", opens=True, addresses=(), domain="", role="Data Engineer"),
        _item("own address", 3, company="Acme Robotics", role="", opens=True),
        _item("by domain", 5, company="", role="", addresses=(_ADA,)),
    ]
    assert _groups(items) == [{"invite", "own address", "by domain"}]


def test_two_roles_at_one_company_stay_two() -> None:
    items = [
        _item("data", opens=True, role="Data Engineer"),
        _item("sales", 1, opens=True, role="Account Manager"),
        _item("data 2", 8, opens=True, role="Senior Data Engineer"),
        _item("no to sales", 9, role="Account Manager", addresses=(_ADA,)),
    ]
    assert _groups(items) == [{"data", "data 2"}, {"sales", "no to sales"}]


def test_a_reply_that_fits_both_roles_stands_in_both_and_says_so() -> None:
    items = [
        _item("data", opens=True, role="Data Engineer"),
        _item("sales", 1, opens=True, role="Account Manager", addresses=(_ADA,)),
        _item("which", 9, addresses=("max@acme.example",), company=""),
    ]
    clusters = link(items)
    assert [{member.identity for member in cluster.members} for cluster in clusters] == [{"data", "which"}, {"sales", "which"}]
    assert all(cluster.ambiguous for cluster in clusters)
    assert all(member.ambiguous == (member.identity == "which") for cluster in clusters for member in cluster.members)


def test_a_reply_from_an_address_of_one_of_the_roles_joins_that_one() -> None:
    items = [
        _item("data", opens=True, role="Data Engineer"),
        _item("sales", 1, opens=True, role="Account Manager", addresses=(_ADA,)),
        _item("ada", 9, addresses=(_ADA,), company=""),
    ]
    assert _groups(items) == [{"data"}, {"sales", "ada"}]


def test_an_agencys_recruiter_keeps_her_clients_apart() -> None:
    agency: dict[str, Any] = {"addresses": ("kim@agency.example",), "domain": "agency.example"}
    items = [
        _item("acme", opens=True, company="Acme", role="Data Engineer", **agency),
        _item("zeta", 1, opens=True, company="Zeta", role="Data Engineer", **agency),
        _item("zeta again", 2, company="Zeta", **agency),
    ]
    assert _groups(items) == [{"acme"}, {"zeta", "zeta again"}]


def test_other_companies_do_not_join() -> None:
    other = _item("other", 1, company="Zeta", domain="zeta.example", addresses=("x@zeta.example",))
    nobody = _item("nobody", 2, company="", domain="", addresses=("friend@mail.example",))
    assert _groups([_item("invite", opens=True), other, nobody]) == [{"invite"}]


def test_the_application_before_it_belongs_to_it_and_last_years_does_not() -> None:
    items = [_item("old", -400), _item("ack", -20), _item("invite", 0, opens=True), _item("much later", 400)]
    assert _groups(items) == [{"ack", "invite"}]


def test_the_same_role_a_year_later_is_a_new_process() -> None:
    items = [_item("first", opens=True, role="Data Engineer"), _item("again", 400, opens=True, role="Data Engineer")]
    assert _groups(items) == [{"first"}, {"again"}]


def test_what_the_user_sends_to_somebody_of_the_roster_belongs_to_it() -> None:
    items = [_item("invite", opens=True, addresses=(_RITA, _ADA)), _item("thanks", 2, own=True, addresses=(_ADA,), company="")]
    assert _groups(items) == [{"invite", "thanks"}]


def test_the_opener_is_the_first_opening_message_and_members_come_by_time() -> None:
    items = [_item("ack", -3), _item("invite", 0, opens=True), _item("confirmation", 1, opens=True)]
    (cluster,) = link(list(reversed(items)))
    assert cluster.opener == "invite"
    assert [member.identity for member in cluster.members] == ["ack", "invite", "confirmation"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Data Engineer", "Senior Data Engineer", True),
        ("Data Engineer", "data engineer (remote)", True),
        ("Data Engineer", "", True),
        ("Data Engineer", "Account Manager", False),
        ("Data Engineer", "Data Scientist", False),
        ("Product Manager", "Product Designer", False),
    ],
)
def test_roles_are_compared_with_some_tolerance(one: str, other: str, same: bool) -> None:
    assert same_role(one, other) is same


_ITEMS = st.builds(
    Linkable,
    identity=st.sampled_from([f"i{number}" for number in range(14)]),
    message_id=st.sampled_from(["", *(f"m{number}" for number in range(8))]),
    references=st.lists(st.sampled_from([f"m{number}" for number in range(8)]), max_size=2).map(tuple),
    thread_id=st.sampled_from(["", "", "t1", "t2"]),
    uids=st.sampled_from([(), (), ("u1",), ("u2",)]),
    addresses=st.lists(st.sampled_from([_RITA, _ADA, "x@zeta.example"]), max_size=2).map(tuple),
    domain=st.sampled_from(["", "acme.example", "zeta.example"]),
    company=st.sampled_from(["", "Acme", "Acme Robotics", "Zeta"]),
    role=st.sampled_from(["", "", "Data Engineer", "Account Manager"]),
    at=st.integers(0, 300).map(lambda day: _START + timedelta(days=day)),
    opens=st.booleans(),
    own=st.booleans(),
)


def _strip(clusters: list[Cluster]) -> list[tuple[str, tuple[tuple[str, float, bool], ...]]]:
    return [(cluster.opener, tuple((m.identity, m.weight, m.ambiguous) for m in cluster.members)) for cluster in clusters]


@given(st.lists(_ITEMS, max_size=14, unique_by=lambda item: item.identity), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matters(items: list[Linkable], chance: random.Random) -> None:
    shuffled = [*items, *items[:3]]
    chance.shuffle(shuffled)
    assert link(shuffled) == link(items)


@given(st.lists(_ITEMS, max_size=14, unique_by=lambda item: item.identity))
def test_every_process_has_an_opener_and_only_ambiguous_messages_stand_in_two(items: list[Linkable]) -> None:
    clusters = link(items)
    opening = {item.identity for item in items if item.opens and not item.own}
    placed: list[str] = []
    for cluster in clusters:
        assert cluster.opener in opening
        assert cluster.opener in {member.identity for member in cluster.members}
        assert all(0 < member.weight <= 1 and member.why for member in cluster.members)
        placed += [member.identity for member in cluster.members if not member.ambiguous]
    assert len(placed) == len(set(placed))
    assert opening <= {member.identity for cluster in clusters for member in cluster.members}


def test_thousands_of_messages_take_near_linear_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: comparisons of a conversation with a process grow with the mailbox, not with its square."""
    calls = [0]
    fit = vars(clusters)["fit"]

    def counted(talk: Any, core: Any) -> Any:
        calls[0] += 1
        return fit(talk, core)

    monkeypatch.setattr(clusters, "fit", counted)

    def work(size: int) -> int:
        calls[0] = 0
        items = [
            _item(
                f"{number}",
                number % 90,
                company=f"Company {number % (size // 20)}",
                domain=f"c{number % (size // 20)}.example",
                addresses=(f"p@c{number % (size // 20)}.example",),
                opens=number % 5 == 0,
            )
            for number in range(size)
        ]
        link(items)
        return calls[0]

    assert work(4000) <= 2.5 * work(2000)
