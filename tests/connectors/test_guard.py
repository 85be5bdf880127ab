"""What the guard lets through to a mailbox, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import DraftRef, FoundState, Withdrawal
from connectors.errors import Conflict
from connectors.guard import Guarded, check_bytes, looks_ours
from rules.drafts.message_ids import message_id
from rules.drafts.mime import draft_bytes as compose_bytes
from rules.mail import Address, Role
from tests.connectors.asking import EARLY, nothing
from tests.connectors.contract import ContractSuite
from tests.connectors.harness import Harness
from tests.connectors.letters import ADDRESS, NOW, draft, draft_bytes
from tests.connectors.maildir_harness import MaildirHarness


@pytest.fixture
def harness(tmp_path: Path) -> MaildirHarness:
    """Make an empty mailbox."""
    return MaildirHarness(tmp_path)


@pytest.fixture
def guarded(harness: MaildirHarness) -> Iterator[Guarded]:
    """Open it under guard."""
    connector = Guarded(harness.connector())
    connector.open()
    yield connector
    connector.close()


@pytest.fixture
def dry(harness: MaildirHarness) -> Iterator[Guarded]:
    """Open it for a dry run."""
    connector = Guarded(harness.connector(), dry_run=True)
    connector.open()
    yield connector
    connector.close()


class _GuardedHarness(Harness):
    """A Maildir whose connectors are all guarded."""

    def __init__(self, base: Path) -> None:
        self._inner = MaildirHarness(base)

    def connector(self) -> Guarded:
        return Guarded(self._inner.connector())

    def deliver(self, raw: bytes, role: Role = Role.INBOX, received_at: datetime | None = None) -> None:
        self._inner.deliver(raw, role, received_at)

    def raws(self, role: Role) -> Sequence[bytes]:
        return self._inner.raws(role)

    def flags(self, role: Role, message_id: str) -> frozenset[str]:
        return self._inner.flags(role, message_id)

    def user_edits(self, message_id: str, raw: bytes) -> None:
        self._inner.user_edits(message_id, raw)

    def user_deletes(self, message_id: str) -> None:
        self._inner.user_deletes(message_id)

    def user_sends(self, message_id: str, raw: bytes | None = None) -> None:
        self._inner.user_sends(message_id, raw)

    def expire_cursor(self) -> None:
        self._inner.expire_cursor()

    def cut(self) -> None:
        self._inner.cut()

    def close(self) -> None:
        self._inner.close()


class TestGuardedMaildir(ContractSuite):
    """A guarded connector keeps the contract of the one inside."""

    @pytest.fixture
    def harness(self, tmp_path: Path) -> Iterator[Harness]:
        """Make an empty mailbox."""
        mailbox = _GuardedHarness(tmp_path)
        yield mailbox
        mailbox.close()


def _with(field: bytes, before: bytes = b"To:") -> bytes:
    return draft_bytes(draft()).replace(before, field + b"\r\n" + before, 1)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(_with(b"Cc: everyone@example.com"), id="somebody in copy"),
        pytest.param(_with(b"bCC : everyone@example.com"), id="hidden recipient, written oddly"),
        pytest.param(_with(b"Bcc: everyone@example.com"), id="hidden recipient"),
        pytest.param(_with(b"Reply-To: else@example.com"), id="answers led elsewhere"),
        pytest.param(_with(b"Resent-To: else@example.com"), id="resent"),
        pytest.param(_with(b"X-Hearback: status-1.1"), id="a field of ours that would be mailed"),
        pytest.param(_with(b"To: else@example.com"), id="two recipients' fields"),
        pytest.param(_with(b"Subject: another"), id="two subjects"),
        pytest.param(_with(b"Message-ID: <0@example.com>"), id="two Message-IDs"),
        pytest.param(draft_bytes(draft()).replace(b"<dana.ortiz@", b"<lee@orchard.example>, <dana.ortiz@"), id="two recipients"),
        pytest.param(draft_bytes(draft()).replace(b"dana.ortiz@", b"dana.ortez@"), id="another recipient"),
        pytest.param(draft_bytes(draft()).replace(b"<sam@example.com>", b"<max@example.com>"), id="another sender"),
        pytest.param(draft_bytes(draft()).replace(b"Your application", b"Another application"), id="another subject"),
        pytest.param(draft_bytes(draft(2)), id="another Message-ID"),
        pytest.param(_with(b"\r", b"Subject"), id="a lone carriage return"),
        pytest.param(_with(b"Comment\x00s: x"), id="a zero octet"),
        pytest.param(_with(b"no field at all"), id="a line that is no field"),
        pytest.param(draft_bytes(draft()).replace(b"Your", b"Y\xc3\xb6ur"), id="8-bit header"),
        pytest.param(draft_bytes(draft()).replace(b"Subject: Re: Your application\r\n", b""), id="no subject"),
        pytest.param(draft_bytes(draft()).partition(b"\r\n\r\n")[0], id="a header without end"),
        pytest.param(b"\r\n" + draft_bytes(draft()), id="an empty header"),
        pytest.param(b" " + draft_bytes(draft()), id="a continuation of nothing"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_bytes_that_say_more_or_else_than_the_draft_are_not_written(
    harness: MaildirHarness, guarded: Guarded, raw: bytes
) -> None:
    with pytest.raises(ValueError, match="draft"):
        guarded.put_draft(draft(), raw)

    assert harness.raws(Role.DRAFTS) == []
    assert guarded.calls["put_draft"] == 0


_TEXT = st.text(max_size=60) | st.text(alphabet="a\r\n\t :<>@=?Bcc", max_size=60)


@given(subject=_TEXT, name=_TEXT, references=st.lists(_TEXT, max_size=4), body=st.text(max_size=200))
def test_what_the_rules_write_passes_whatever_stood_in_the_mail_it_answers(
    subject: str, name: str, references: list[str], body: str
) -> None:
    one = replace(draft(references=tuple(references), subject=subject, text=body), to=Address(name, "dana@b\u00fccher.example"))
    check_bytes(one, compose_bytes(one))


@given(insert=st.binary(min_size=1, max_size=30), at=st.integers(0, 250))
def test_whatever_is_put_into_the_header_nobody_else_is_written_to(insert: bytes, at: int) -> None:
    good = draft_bytes(draft())
    raw = good[:at] + insert + good[at:]
    try:
        check_bytes(draft(), raw)
    except ValueError:
        return
    header = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].lower()

    assert header.count(b"\nto:") == 1
    assert header.count(b"@") <= good.partition(b"\r\n\r\n")[0].count(b"@") + insert.count(b"@")
    assert not any(line.startswith((b"cc", b"bcc", b"resent")) for line in header.split(b"\n"))


@pytest.mark.parametrize(
    "mid", ["someone@mail.example", "", "0" * 31 + "@example.com", "G" * 32 + "@example.com", "0" * 32, "0" * 32 + "@"]
)
def test_nothing_is_written_or_removed_under_a_message_id_that_is_not_ours(
    harness: MaildirHarness, guarded: Guarded, mid: str
) -> None:
    ref = guarded.put_draft(draft(), draft_bytes(draft()))
    other = replace(draft(), message_id=mid)
    with pytest.raises(ValueError, match="not a Message-ID of ours"):
        guarded.put_draft(other, draft_bytes(other))
    with pytest.raises(ValueError, match="not a Message-ID of ours"):
        guarded.withdraw_draft(other, ref)

    assert len(harness.raws(Role.DRAFTS)) == 1


def test_the_message_ids_of_the_rules_look_ours() -> None:
    assert looks_ours(message_id(draft().key, 1, "salt", "b\u00fccher.example"))
    assert looks_ours(draft().message_id)


def test_who_knows_the_salt_can_demand_more_than_the_looks(harness: MaildirHarness) -> None:
    connector = Guarded(harness.connector(), is_ours=lambda text: text.startswith("f"))
    connector.open()
    with pytest.raises(ValueError, match="not a Message-ID of ours"):
        connector.put_draft(draft(), draft_bytes(draft()))


@pytest.mark.parametrize("ref", [DraftRef("", "proof", "proof"), DraftRef("place", "", "")])
def test_nothing_is_removed_without_its_place_and_its_proof(guarded: Guarded, ref: DraftRef) -> None:
    with pytest.raises(ValueError, match="place and the proof"):
        guarded.withdraw_draft(draft(), ref)
    with pytest.raises(ValueError, match="place and the proof"):
        guarded.put_draft(draft(2), draft_bytes(draft(2)), ref)


def test_a_draft_of_the_users_is_not_replaced_even_with_its_right_proof(harness: MaildirHarness, guarded: Guarded) -> None:
    harness.deliver(draft_bytes(draft(), message_id="theirs@client.example"), Role.DRAFTS, NOW)
    ((_, theirs),) = guarded.list_drafts()
    with pytest.raises(Conflict):
        guarded.put_draft(draft(2), draft_bytes(draft(2)), theirs)

    assert len(harness.raws(Role.DRAFTS)) == 1


def test_a_dry_run_writes_and_removes_nothing_and_says_so_in_its_references(harness: MaildirHarness, dry: Guarded) -> None:
    standing = Guarded(harness.connector())
    standing.open()
    ref = standing.put_draft(draft(1), draft_bytes(draft(1)))
    made_up = dry.put_draft(draft(2), draft_bytes(draft(2)))

    assert made_up.ref.startswith("dry-run:")
    assert dry.put_draft(draft(3), draft_bytes(draft(3)), ref).ref.startswith("dry-run:")
    assert dry.withdraw_draft(draft(1), ref) is Withdrawal.WITHDRAWN
    assert dry.withdraw_draft(draft(2), made_up) is Withdrawal.WITHDRAWN
    assert dry.find_draft(draft(1), ref).state is FoundState.UNTOUCHED
    assert [raw.replace(b"\n", b"\r\n") for raw in harness.raws(Role.DRAFTS)] == [draft_bytes(draft(1))]


def test_a_dry_run_checks_as_strictly_as_a_real_one(dry: Guarded) -> None:
    with pytest.raises(ValueError, match="draft"):
        dry.put_draft(draft(), _with(b"Bcc: everyone@example.com"))


def test_what_a_dead_process_left_is_only_ours_to_finish_or_to_remove(dry: Guarded, guarded: Guarded) -> None:
    theirs = replace(draft(), message_id="theirs@example.com")
    for connector in (dry, guarded):
        with pytest.raises(ValueError, match="not a Message-ID of ours"):
            connector.withdraw_begun(theirs)
        with pytest.raises(ValueError, match="not a Message-ID of ours"):
            connector.tidy_up(theirs, DraftRef("1", "1"))
        connector.withdraw_begun(draft())
        connector.tidy_up(draft(), DraftRef("1", "1"))
    assert dict(dry.calls) == {"open": 1}
    assert dict(guarded.calls) == {"open": 1, "withdraw_begun": 1, "tidy_up": 1}


def test_calls_are_counted_by_verb(guarded: Guarded) -> None:
    list(guarded.changes(None, EARLY, nothing))
    ref = guarded.put_draft(draft(), draft_bytes(draft()))
    guarded.find_draft(draft(), ref)
    guarded.withdraw_draft(draft(), ref)
    guarded.withdraw_draft(draft(), ref)

    assert dict(guarded.calls) == {"open": 1, "changes": 1, "put_draft": 1, "find_draft": 1, "withdraw_draft": 2}


def test_the_one_recipient_may_not_be_the_user_by_accident(guarded: Guarded) -> None:
    one = replace(draft(), to=Address("Sam Reed", ADDRESS))
    with pytest.raises(ValueError, match="recipient"):
        guarded.put_draft(one, draft_bytes(draft()))
