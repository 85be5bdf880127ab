"""Message-IDs: stable, opaque, ours."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.drafts.message_ids import is_ours, message_id
from rules.drafts.references import is_msg_id
from rules.drafts.types import DraftKey

KEY = DraftKey("acme-analyst", "rita@acme.example", "status-1.2")


def test_an_id_never_changes_from_release_to_release() -> None:
    """A draft of an earlier release must be found again."""
    assert message_id(KEY, 1, "salt", "example.com") == "2b88cafa29d0d7e0cfa984bd891e10cd@example.com"


def test_an_id_tells_nothing() -> None:
    found = message_id(KEY, 1, "salt", "Example.COM.")
    assert re.fullmatch(r"[0-9a-f]{32}@example\.com", found)
    assert is_msg_id(found)


def test_key_version_salt_and_domain_all_count() -> None:
    ids = {
        message_id(key, version, salt, domain)
        for key in (
            KEY,
            DraftKey("acme-analyst", "rita@acme.example", "status-1.3"),
            DraftKey("acme-analystr", "ita@acme.example", "status-1.2"),
        )
        for version in (1, 2)
        for salt in ("salt", "pepper")
        for domain in ("example.com", "example.org")
    }
    assert len(ids) == 24


@given(st.text(), st.text(), st.text(), st.integers(0, 10**9), st.text())
def test_ours_are_recognised_with_the_salt_and_only_with_it(
    process: str, recipient: str, step: str, version: int, salt: str
) -> None:
    found = message_id(DraftKey(process, recipient, step), version, salt, "example.com")
    assert is_ours(found, salt)
    assert not is_ours(found, f"{salt}x")
    first = "1" if found[0] == "0" else "0"
    assert not is_ours(first + found[1:], salt)
    assert not is_ours(found.replace("example.com", "example.org"), salt)


@pytest.mark.parametrize(
    "text", ["", "a@b", "0" * 32, "0" * 31 + "@example.com", "<" + "0" * 32 + "@example.com>", "G" * 32 + "@example.com"]
)
def test_other_ids_are_not_ours(text: str) -> None:
    assert not is_ours(text, "salt")


def test_an_international_domain_is_written_as_a_labels() -> None:
    assert message_id(KEY, 1, "salt", "bücher.example").endswith("@xn--bcher-kva.example")


@pytest.mark.parametrize("domain", ["", ".", "a b", "a\r\nb", "-a.example", "a@b", "x" * 300, "a..b"])
def test_what_is_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(ValueError, match="not a domain"):
        message_id(KEY, 1, "salt", domain)


@pytest.mark.parametrize("recipient", ["dana@acme.test", "dana/hr@acme.test", "c=us/o=acme/s=kim@x400.test", ""])
def test_the_key_of_a_draft_is_read_as_it_was_written_whatever_the_address(recipient: str) -> None:
    key = DraftKey("acme-1", recipient, "status-1.2")
    assert DraftKey.parse(str(key)) == key


@pytest.mark.parametrize("text", ["", "acme-1", "acme-1/status", "/a@b.test/status-1.1", "acme-1/a@b.test/"])
def test_what_is_no_key_of_a_draft_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        DraftKey.parse(text)
