"""Lists of services: well formed, and read as what they are."""

from __future__ import annotations

import re

import pytest

from rules.classify.senders import (
    can_receive,
    is_board,
    is_booking,
    is_freemail,
    is_inmail,
    is_mass,
    is_relay,
    is_shared,
)
from rules.phrases.load import load

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_DOMAINS = ("relays", "booking", "boards", "shared", "employers", "freemail")


@pytest.mark.parametrize("name", _DOMAINS)
def test_a_list_of_services_holds_domains_each_once(name: str) -> None:
    found = load("senders")[name]
    assert [domain for domain in found if not _DOMAIN.fullmatch(domain)] == []
    assert len(found) == len(set(found))


def test_a_domain_is_of_one_sort_of_service() -> None:
    lists = [set(load("senders")[name]) for name in ("relays", "booking", "boards", "freemail")]
    assert sum(map(len, lists)) == len(set().union(*lists))


def test_who_employs_people_is_a_service() -> None:
    services = {domain for name in ("relays", "booking", "boards", "shared") for domain in load("senders")[name]}
    assert [domain for domain in load("senders")["employers"] if domain not in services] == []


@pytest.mark.parametrize("name", ["deaf", "team", "mass", "inmail"])
def test_local_parts_are_bare(name: str) -> None:
    assert [part for part in load("senders")[name] if not re.fullmatch(r"[a-z0-9]+\*?", part)] == []


@pytest.mark.parametrize(
    ("address", "relay", "booking", "board"),
    [
        ("no-reply@us.greenhouse-mail.io", True, False, False),
        ("acme+c7f21d@reply.recruitee.com", True, False, False),
        ("notifications@calendly.com", False, True, False),
        ("jobs-noreply@linkedin.com", False, False, True),
        ("jane.moe@linkedin.com", False, False, False),
        ("jane.moe@greenhouse.io", False, False, False),
        ("jane.moe@acme.example", False, False, False),
        ("jane@notlinkedin.com", False, False, False),
    ],
)
def test_a_service_is_told_from_those_who_work_there(address: str, relay: bool, booking: bool, board: bool) -> None:
    assert (is_relay(address), is_booking(address), is_board(address)) == (relay, booking, board)
    if relay or booking or board:
        assert is_shared(address)
        assert not can_receive(address)


def test_local_parts_tell_strangers_letters_and_newsletters() -> None:
    assert is_inmail("inmail-hit-reply@linkedin.com")
    assert not is_inmail("inmail@acme.example")
    assert is_mass("newsletter-7@acme.example")
    assert is_mass("News@acme.example")
    assert not is_mass("newsom@acme.example")
    assert is_freemail("zoe@gmail.com")


@pytest.mark.parametrize(
    "address", ["reply+k2j4h5@hirelane.example", "conversation+1@desk.example", "acme+0b93c1d7e2f84a6b@hirelane.example"]
)
def test_an_address_made_for_one_conversation_receives_nothing_of_ours(address: str) -> None:
    assert not can_receive(address)


@pytest.mark.parametrize("address", ["anna+jobs@acme.example", "anna.lee+hiring2026@acme.example", "rrhh@acme.example"])
def test_a_tag_that_a_person_chose_keeps_an_address_a_person_s(address: str) -> None:
    assert can_receive(address)
