"""Ids of the other side's system, and persons by name: what ties mails that have nothing else in common."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.mail import Address, Message, Role, message_from_bytes
from rules.threads import Hints, hints_of, name_key, same_role
from rules.threads.companies import domain_spellings, name_words, resembles, spellings
from rules.threads.hints import tokens_of_address, tokens_of_link, tokens_of_text
from tests.letters import letter

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
UUID = "5ac21346-8e0c-4494-8e7a-3eb92ff77902"
OWN = frozenset({"sam@example.com"})


@pytest.mark.parametrize(
    ("address", "tokens"),
    [
        ("reply+abc123@relay.example", ["abc123"]),
        ("reply+4471902x8a@relay.example", ["4471902x8a"]),
        ("acme+c7f21d@in.relay.example", ["c7f21d"]),
        ("r-8134a77c@relay.example", ["8134a77c"]),
        ("x5y7z9@relay.example", ["x5y7z9"]),
        ("jobs+4012345@relay.example", ["4012345"]),
        ("anna.berger@acme.example", []),
        ("anna.berger84@acme.example", []),
        ("sam1985@mail.example", []),
        ("bewerbung2026@acme.example", []),
        ("anna+jobs@acme.example", []),
        ("no-reply@acme.example", []),
        ("", []),
    ],
)
def test_an_address_tells_the_id_it_was_made_for(address: str, tokens: list[str]) -> None:
    assert list(tokens_of_address(address)) == tokens


@pytest.mark.parametrize(
    ("link", "tokens"),
    [
        ("https://boards.relay.example/acme/jobs/4012345", ["4012345"]),
        ("https://relay.example/jobs/4012345-senior-backend-engineer", ["4012345"]),
        ("https://acme.relay.example/en-US/careers/job/Berlin/Data-Engineer_JR-0012345", ["0012345"]),
        ("https://acme.relay.example/apply?job=R0012345&lang=de", ["0012345"]),
        ("https://relay.example/candidates#id:7f3k9q2m", ["7f3k9q2m"]),
        ("https://acme.example/blog/2026/03/04/how-we-hire-in-2026", []),
        ("https://acme.example/news/20260304", []),
        ("https://booking.example/anna-berger/30min", []),
        ("https://a1b2c3d4e5.host.example/", []),
        ("https://host.example", []),
    ],
)
def test_a_link_tells_the_ids_in_its_path_whoever_the_service_is(link: str, tokens: list[str]) -> None:
    assert list(tokens_of_link(link)) == tokens


def test_a_long_id_is_kept_as_a_digest_the_same_wherever_it_stands() -> None:
    """It may be the key to somebody's account."""
    (in_link,) = tokens_of_link(f"https://jobs.relay.example/acme/{UUID}/apply")
    (in_address,) = tokens_of_address(f"acme-reply-{UUID}@relay.example")

    assert in_link == in_address
    assert in_link.startswith("~")
    assert UUID[:8] not in in_link


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Your application: Data Engineer (JR-104233)", ["104233"]),
        ("Ref. #40123", ["40123"]),
        ("Kennziffer 2026-0412", ["20260412"]),
        ("Requisition REQ-1234.", ["req1234"]),
        ("Apply at https://relay.example/jobs/4012345.", ["4012345"]),
        ("Interview on 2026-03-04 at 14:30, room B1204, 10115 Berlin", []),
        ("Call +49 30 5550100, 030-5550100 or 0351-5550100; EUR 60000; RFC5322", []),
    ],
)
def test_a_text_tells_references_and_no_other_numbers(text: str, tokens: list[str]) -> None:
    assert list(tokens_of_text(text)) == tokens


def _message(sender: str, text: str = "Hi Sam,\n\nsee you.\n", **fields: str) -> Message:
    raw = bytes(letter("Your interview", text, AT, message_id="a@x.example", sender=sender, headers=fields))
    return message_from_bytes(raw, ref="1", role=Role.INBOX, received_at=AT, size=len(raw))


@pytest.mark.parametrize(
    "message",
    [
        _message("Anna Berger <reply+abc123@relay.example>"),
        _message("Anna Berger via Hirely <no-reply@relay.example>"),
        _message("Anna Berger (Hollin Optics) <no-reply@relay.example>"),
        _message("Hollin Optics <no-reply@relay.example>", "Hi Sam,\n\nsee you.\n\nBest regards,\nAnna Berger\nRecruiter\n"),
        _message("Recruiting <no-reply@relay.example>", **{"Reply-To": "Anna Berger <anna.berger@hollin.example>"}),
    ],
)
def test_a_person_is_known_by_name_wherever_it_stands(message: Message) -> None:
    assert "anna berger" in hints_of(message, own=OWN, user="Sam Rivers").names


def test_the_user_is_no_hint() -> None:
    message = _message("Sam Rivers <no-reply@relay.example>", Cc="sam@example.com")

    assert hints_of(message, own=OWN, user="Sam Rivers") == Hints()
    assert "sam rivers" in hints_of(message, own=OWN).names


def test_the_users_own_tagged_address_is_no_hint() -> None:
    own = frozenset({"sam+jobs2026x@example.com"})
    message = _message("Rita <rita@acme.example>")
    message = Message(message.envelope, message.sender, to=(Address("", "sam+jobs2026x@example.com"),), text=message.text)

    assert hints_of(message, own=own).tokens == ()


@given(st.text(max_size=300), st.text(max_size=80))
def test_whatever_the_text_hints_are_few_short_and_sorted(text: str, sender: str) -> None:
    message = _message("rita@acme.example")
    message = Message(
        message.envelope,
        Address(sender, f"{sender}@relay.example"),
        text=text * 50,
        links=tuple((text, f"https://x.example/{text}") for _ in range(60)),
    )

    found = hints_of(message, own=frozenset())

    assert list(found.tokens) == sorted(set(found.tokens))
    assert len(found.tokens) <= 32
    assert all(4 <= len(token) <= 24 for token in found.tokens)
    assert len(found.names) <= 8


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Anna Berger", "anna berger"),
        ("Berger, Anna", "anna berger"),
        ("Dr. Anna M. Berger", "anna berger"),
        ("Jörg Müller", "joerg mueller"),
        ("Joerg Mueller", "joerg mueller"),
        ("Ana Núñez", "ana nunez"),
        ("李 小龙", "李 小龙"),
        ("Anna", ""),
        ("", ""),
    ],
)
def test_names_are_compared_by_first_and_last(name: str, key: str) -> None:
    assert name_key(name) == key


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Data Engineer", "Senior Data Engineer", True),
        ("Data Engineer", "data engineer (remote)", True),
        ("Front-end Engineer", "Frontend Engineer", True),
        ("Softwareentwickler (m/w/d)", "Softwareentwicklerin", True),
        ("Data Engineer", "", True),
        ("Data Engineer", "Account Manager", False),
        ("Data Engineer", "Data Scientist", False),
        ("Senior Data Engineer", "Junior Data Engineer", False),
        ("Engineer II", "Engineer III", False),
        ("Backend Engineer", "Frontend Engineer", False),
        ("C++ Developer", "C# Developer", False),
        ("Product Manager", "Product Designer", False),
    ],
)
def test_roles_are_compared_with_some_tolerance(one: str, other: str, same: bool) -> None:
    assert same_role(one, other) is same
    assert same_role(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Acme", "Acme Robotics GmbH", True),
        ("Nova", "Novatech", False),
        ("Acme Robotics", "Acme Retail", False),
        ("The", "The Blue Harbour", False),
        ("Acme Inc.", "ACME", True),
    ],
)
def test_company_names_resemble_each_other_by_whole_words(one: str, other: str, alike: bool) -> None:
    assert resembles(name_words(one), name_words(other)) is alike


def test_a_name_is_found_under_the_spelling_of_its_domain() -> None:
    assert spellings("Müller & Söhne GmbH") & domain_spellings("mueller-soehne.example")
    assert not spellings("Nova") & domain_spellings("novatech.example")
