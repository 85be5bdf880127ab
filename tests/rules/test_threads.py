"""Messages are linked into hiring processes by weighted evidence, whatever order they come in."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.threads import Cluster, Linkable, clusters, link

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


def test_a_message_that_stands_in_threads_of_two_providers_ties_both() -> None:
    bare: dict[str, Any] = {"company": "", "domain": "", "addresses": ()}
    one = _item("a", opens=True, thread_id="t", **bare)
    both = _item("b", 1, thread_id="u", also_in=("t",), **bare)
    other = _item("c", 2, thread_id="u", **bare)
    assert _groups([one, both, other]) == [{"a", "b", "c"}]
    assert _groups([one, other]) == [{"a"}]


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


def test_an_id_of_the_senders_system_ties_what_nothing_else_does() -> None:
    bare: dict[str, Any] = {"addresses": (), "domain": "", "company": ""}
    items = [_item("invite", opens=True, role="Data Engineer", tokens=("4012345",)), _item("no", 40, tokens=("4012345",), **bare)]
    (cluster,) = link(items)
    assert [member.identity for member in cluster.members] == ["invite", "no"]
    assert cluster.members[1].why[0] == "token 0.80: 4012345"


def test_an_id_that_several_companies_share_ties_nothing() -> None:
    bare: dict[str, Any] = {"addresses": (), "domain": "", "tokens": ("9001234",)}
    items = [
        _item("acme", opens=True, company="Acme", **bare),
        _item("zeta", 1, opens=True, company="Zeta", **bare),
        _item("nobody", 2, company="", **bare),
    ]
    assert _groups(items) == [{"acme"}, {"zeta"}]


def test_the_domain_of_a_relay_that_nobody_listed_is_no_evidence() -> None:
    relay: dict[str, Any] = {"addresses": (), "domain": "hirelane.example"}
    items = [
        _item("acme", opens=True, company="Acme", **relay),
        _item("zeta", 1, opens=True, company="Zeta", **relay),
        _item("newsletter", 2, company="", **relay),
        _item("acme 2", 3, company="Acme", **relay),
    ]
    clusters = link(items)
    assert [{member.identity for member in cluster.members} for cluster in clusters] == [{"acme", "acme 2"}, {"zeta"}]
    assert not any("hirelane" in why for cluster in clusters for member in cluster.members for why in member.why)


def test_two_roles_with_one_id_stay_two() -> None:
    items = [
        _item("data", opens=True, role="Data Engineer", tokens=("9001234",)),
        _item("sales", 1, opens=True, role="Account Manager", tokens=("9001234",)),
    ]
    assert _groups(items) == [{"data"}, {"sales"}]


def test_a_recruiter_is_known_by_name_where_the_relay_names_no_company() -> None:
    items = [
        _item("relay", opens=True, addresses=(), domain="", company="", names=("anna berger",)),
        _item("own", 3, addresses=("anna.berger@acme.example",), names=("anna berger",)),
        _item("colleague", 5, addresses=(_ADA,), company="", names=("ada lund",)),
    ]
    assert _groups(items) == [{"relay", "own", "colleague"}]


def test_companies_with_similar_names_stay_two() -> None:
    def of(name: str, day: int, company: str, domain: str) -> Linkable:
        return _item(
            name,
            day,
            opens=True,
            role="Data Engineer",
            company=company,
            domain=domain,
            addresses=(f"p@{domain}",) if domain else (),
        )

    assert (
        len(
            link([of("a", 0, "Northwind", "northwind.example"), of("b", 1, "Northwind Analytics", "northwind-analytics.example")])
        )
        == 2
    )
    assert len(link([of("a", 0, "Northwind", ""), of("b", 1, "Northwind Analytics", "northwind-analytics.example")])) == 2
    assert len(link([of("a", 0, "Nova", ""), of("b", 1, "Novatech", "")])) == 2
    assert len(link([of("a", 0, "Acme Robotics", ""), of("b", 1, "Acme Retail", "")])) == 2
    assert len(link([of("a", 0, "Northwind", ""), of("b", 1, "Northwind GmbH", "")])) == 1


def test_a_shared_persons_name_does_not_tie_two_companies() -> None:
    items = [
        _item("acme", opens=True, company="Acme", domain="acme.example", names=("anna berger",)),
        _item(
            "zeta", 1, opens=True, company="Zeta", domain="zeta.example", addresses=("x@zeta.example",), names=("anna berger",)
        ),
    ]
    assert len(link(items)) == 2


def test_a_name_that_stands_in_mail_of_many_companies_is_no_evidence() -> None:
    items = [
        _item(f"{number}", number, opens=True, company=f"Firm {number}", domain="", addresses=(), names=("rita chen",))
        for number in range(6)
    ]
    nobody = _item("nobody", 7, company="", domain="", addresses=(), names=("rita chen",))
    assert _groups([*items, nobody]) == [{item.identity} for item in items]
    assert _groups([*items[:1], nobody]) == [{"0", "nobody"}]


def test_an_agency_that_names_its_client_only_later_is_one_process_for_one_role() -> None:
    agency: dict[str, Any] = {"addresses": ("kim@agency.example",), "domain": "agency.example", "opens": True}
    items = [
        _item("unnamed", company="Agency", role="Data Engineer", **agency),
        _item("named", 3, company="Zeta", role="Data Engineer", **agency),
        _item("another", 4, company="Zeta", role="Account Manager", **agency),
    ]
    assert _groups(items) == [{"unnamed", "named"}, {"another"}]


def test_an_invitation_long_after_a_refusal_is_another_process_and_a_reply_goes_to_it() -> None:
    items = [
        _item("first", opens=True),
        _item("refused", 10, ends=True),
        _item("soon again", 40, opens=True),
        _item("refused again", 50, ends=True),
        _item("much later", 200, opens=True),
        _item("reply", 205, addresses=(_ADA,)),
    ]
    assert _groups(items) == [{"first", "refused", "soon again", "refused again"}, {"much later", "reply"}]


def test_an_old_thread_that_invites_anew_after_most_of_a_year_is_another_process() -> None:
    items = [
        _item("first", opens=True),
        _item("thanks", 2, own=True, references=("first@x.example",)),
        _item("again", 400, opens=True, references=("first@x.example", "thanks@x.example")),
        _item("answer", 401, own=True, references=("again@x.example",)),
    ]
    assert _groups(items) == [{"first", "thanks"}, {"again", "answer"}]
    late = [*items[:2], _item("late no", 400, references=("first@x.example",))]
    assert _groups(late) == [{"first", "thanks", "late no"}]


def test_a_reference_that_a_relay_writes_into_all_its_mail_ties_nothing() -> None:
    relay: dict[str, Any] = {"references": ("thread@relay.example",), "addresses": (), "domain": "", "opens": True}
    items = [
        _item("acme", company="Acme", **relay),
        _item("zeta", 1, company="Zeta", **relay),
        _item("acme 2", 2, company="Acme", **relay),
    ]
    assert _groups(items) == [{"acme", "acme 2"}, {"zeta"}]


def test_every_link_shows_weights_that_add_up() -> None:
    items = [_item("invite", opens=True, role="Data Engineer"), _item("reply", 9, company="", role="Senior Data Engineer")]
    (cluster,) = link(items)
    told = [float(why.partition(":")[0].rpartition(" ")[2]) for why in cluster.members[1].why]
    assert len(told) > 2
    assert cluster.members[1].weight == min(1.0, sum(told))


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
    tokens=st.sampled_from([(), (), ("4012345",), ("4012345", "5530188")]),
    names=st.sampled_from([(), (), ("anna berger",)]),
    ends=st.booleans(),
)
_PINS = st.dictionaries(st.sampled_from([f"i{number}" for number in range(14)]), st.sampled_from(["a", "b", "c"]), max_size=6)


@given(st.lists(_ITEMS, max_size=14, unique_by=lambda item: item.identity), _PINS, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matters(items: list[Linkable], pins: dict[str, str], chance: random.Random) -> None:
    shuffled = [*items, *items[:3]]
    chance.shuffle(shuffled)
    assert link(shuffled, pins) == link(items, pins)


@given(st.lists(_ITEMS, max_size=14, unique_by=lambda item: item.identity), _PINS)
def test_the_users_word_wins_over_all_evidence(items: list[Linkable], pins: dict[str, str]) -> None:
    there = {item.identity for item in items}
    clusters = [{member.identity for member in cluster.members} for cluster in link(items, pins)]
    for one, label in pins.items():
        if one not in there:
            continue
        homes = [cluster for cluster in clusters if one in cluster]
        assert len(homes) == 1
        for other, another in pins.items():
            assert other not in there or (other in homes[0]) is (label == another)


@given(st.lists(_ITEMS, max_size=10, unique_by=lambda item: item.identity), st.lists(_ITEMS, max_size=4), _PINS)
def test_no_later_mail_undoes_what_the_user_said(items: list[Linkable], later: list[Linkable], pins: dict[str, str]) -> None:
    known = {item.identity for item in items}
    more = [*items, *(item for item in later if item.identity not in known)]
    said = {identity: label for identity, label in pins.items() if identity in known}

    def homes(found: list[Cluster]) -> dict[str, int]:
        return {member.identity: number for number, one in enumerate(found) for member in one.members if member.identity in said}

    before, after = homes(link(items, said)), homes(link(more, said))
    for one in said:
        assert {other for other in said if before[other] == before[one]} == {
            other for other in said if after[other] == after[one]
        }


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
