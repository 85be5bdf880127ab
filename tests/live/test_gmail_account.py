"""What stands for the rest of the world on a real account does what it says, on the emulator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from google.oauth2.credentials import Credentials

from tests.connectors.letters import NOW, draft, draft_bytes, letter
from tests.live.gmail_account import LiveMailbox, NotEmptyError, dated
from tests.servers.gmail.emulator import Emulator, world_token


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as server:
        yield server


@pytest.fixture
def signed_in(emulator: Emulator) -> Credentials:
    return Credentials(token=world_token(emulator.user()))  # type: ignore[no-untyped-call]  # the library has no types here


@pytest.fixture
def url(emulator: Emulator) -> str:
    host, port = emulator.address
    return f"http://{host}:{port}"


def test_mail_comes_into_a_folder_now_or_when_its_date_says(signed_in: Credentials, url: str) -> None:
    mailbox = LiveMailbox(signed_in, url)
    mailbox.deliver(letter("old"), at=NOW - timedelta(days=3))
    mailbox.deliver(letter("own", sender="sam@example.com"), ["SENT"])

    assert [one.message_id for one in mailbox.messages()] == ["old@orchard.example", "own@orchard.example"]
    assert [one.message_id for one in mailbox.messages("SENT")] == ["own@orchard.example"]
    assert dated(letter("old"), NOW - timedelta(days=3)) == letter("old", date=NOW - timedelta(days=3))
    assert dated(b"Subject: no date\r\n\r\n", NOW) == b"Subject: no date\r\n\r\n"


def test_a_draft_is_saved_edited_sent_to_nobody_and_discarded(signed_in: Credentials, url: str) -> None:
    mailbox = LiveMailbox(signed_in, url)
    mailbox.save_draft(draft_bytes(draft(1)))
    mailbox.save_draft(draft_bytes(draft(2)))
    mailbox.edit_draft(mailbox.draft_of(draft(1).message_id), draft_bytes(draft(1), text="Other words."))
    mailbox.send_draft(mailbox.draft_of(draft(2).message_id))

    (left,) = mailbox.drafts()
    assert b"Other words." in left.message.raw
    assert [one.message_id for one in mailbox.messages("SENT")] == [draft(2).message_id]
    mailbox.discard_draft(left)
    with pytest.raises(LookupError):
        mailbox.draft_of(draft(1).message_id)


def test_what_was_made_goes_away_and_what_came_by_itself_stays(signed_in: Credentials, url: str) -> None:
    mailbox, other = LiveMailbox(signed_in, url), LiveMailbox(signed_in, url)
    other.deliver(letter("a-notice-of-the-provider"))
    users = b"From: Sam <sam@home.invalid>\r\nSubject: Note\r\n\r\nOf the user's own.\r\n"
    other.save_draft(users)
    mailbox.deliver(letter("made"))
    mailbox.save_draft(draft_bytes(draft()))
    mailbox.close()

    assert [one.message.raw for one in other.drafts()] == [users]
    left = [one.message_id for one in other.messages("INBOX")]
    assert left == ["a-notice-of-the-provider@orchard.example"]


def test_a_mailbox_with_mail_in_it_is_not_touched(signed_in: Credentials, url: str) -> None:
    LiveMailbox(signed_in, url).deliver(letter("there-before"), at=datetime(2025, 1, 1, tzinfo=UTC))
    with pytest.raises(NotEmptyError, match="1 messages lie in this mailbox"):
        LiveMailbox(signed_in, url)
