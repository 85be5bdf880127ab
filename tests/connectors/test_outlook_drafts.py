"""Drafts at Outlook: proven by what they say, whatever is made of their bytes, and left alone once somebody worked on them."""

from __future__ import annotations

import ast
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import outlook
from connectors.base import DraftRef, FoundState, Withdrawal
from connectors.errors import Conflict, NotFound, Refused
from connectors.outlook import OutlookConnector
from connectors.outlook.held import WHOLE, Held
from connectors.outlook.proof import PROPERTY
from rules.drafts.mime import draft_bytes
from rules.drafts.types import Draft
from rules.mail import Role
from rules.mail.headers import split_fields
from rules.mail.mime import header_of
from rules.notes.reading import read_form, read_text
from tests.connectors.contract_changes import opened
from tests.connectors.letters import ADDRESS, COMPANY, NOW, draft, letter
from tests.connectors.outlook_harness import OTHERWISE, OutlookHarness
from tests.rules.notes_cases import AT, FRAME, NOTES, fill
from tests.rules.notes_clients import CLIENTS, Client
from tests.rules.test_notes_clients import FULL
from tests.servers.faults import Fault
from tests.servers.graph import Item, Quirks
from tests.servers.graph.answers import Answer
from tests.servers.graph.mime import taken

DEFERRED = "SystemTime 0x3fef"
"""As the service spells it."""
TEXT = "Dear Dana,\n\nI enjoyed our talk.\n\nBest regards,\nSam Reed\n"
SUNDAY = datetime(2025, 3, 9, 20, 0, tzinfo=UTC)
TUESDAY = datetime(2025, 3, 11, 9, 0, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture(params=[Quirks, OTHERWISE], ids=["one way", "other way"])
def harness(request: pytest.FixtureRequest) -> Iterator[OutlookHarness]:
    world = OutlookHarness(request.param())
    yield world
    world.close()


@pytest.fixture
def connector(harness: OutlookHarness) -> Iterator[OutlookConnector]:
    with opened(harness) as one:
        assert isinstance(one, OutlookConnector)
        yield one


NAMES = [*WHOLE.split(","), "@odata.etag", "singleValueExtendedProperties", "emailAddress", "address", "name"]
NAMES += ["contentType", "content", "value"]


def letter_of_ours(harness: OutlookHarness) -> Draft:
    """Return a draft that answers what lies in the inbox."""
    harness.mailbox.deliver(letter("thread", text="We have read it."), "inbox", NOW)
    return draft(text=TEXT)


def put(connector: OutlookConnector, one: Draft) -> DraftRef:
    return connector.put_draft(one, draft_bytes(one))


def standing(harness: OutlookHarness) -> Item:
    (one,) = harness.items(Role.DRAFTS)
    return one


# -- what is no edit


@pytest.mark.parametrize("saved", ["look_at", "settle", "rewritten"])
def test_a_draft_that_was_saved_anew_with_the_same_words_is_untouched(
    harness: OutlookHarness, connector: OutlookConnector, saved: str
) -> None:
    one = letter_of_ours(harness)
    ref = put(connector, one)
    item = standing(harness)
    if saved == "rewritten":
        body = item.get("body")
        made = (
            str(body["content"])
            .replace("<p>", '<p class="MsoNormal"><span lang="EN-US">')
            .replace("</p>", "<o:p></o:p></span></p>")
        )
        item.set["body"] = body | {"content": made.replace("divRplyFwdMsg", "x_divRplyFwdMsg").replace(" talk", "\r\ntalk")}
        harness.mailbox.look_at(item.key)
    elif saved == "settle":
        item.settled = False
        harness.mailbox.settle()
    else:
        harness.mailbox.look_at(item.key)
    found = connector.find_draft(one, ref)

    assert found.state is FoundState.UNTOUCHED
    assert found.ref is not None
    assert found.ref.revision != ref.revision
    assert found.ref.digest == ref.digest == sha256(draft_bytes(one)).hexdigest() == connector.digest_of(ref)
    assert connector.put_draft(one, draft_bytes(one)).ref == ref.ref
    assert connector.withdraw_draft(one, ref) is Withdrawal.WITHDRAWN


# -- what is one

EDITS: dict[str, Callable[[str], str]] = {
    "one letter": lambda html: html.replace("talk", "walk"),
    "a word within what is quoted": lambda html: html.replace("We have read it", "We have (yes!) read it"),
    "the quotation deleted": lambda html: html[: html.find("<hr")] + "</body></html>",
    "a picture put in": lambda html: html.replace("Sam Reed</p>", 'Sam Reed<img src="cid:photo"></p>', 1),
    "a word struck out": lambda html: html.replace("enjoyed", "<s>enjoyed</s>"),
    "a line more": lambda html: html.replace("<p>Best", "<p>P.S.</p><p>Best"),
}


@pytest.mark.parametrize("edit", list(EDITS))
def test_whatever_the_user_changes_makes_it_theirs(harness: OutlookHarness, connector: OutlookConnector, edit: str) -> None:
    one = letter_of_ours(harness)
    ref = put(connector, one)
    before = str(standing(harness).get("body")["content"])
    harness.mailbox.edit_body(standing(harness).key, EDITS[edit])
    assert str(standing(harness).get("body")["content"]) != before

    other = replace(one, message_id=draft(2).message_id, text="Other words")
    assert connector.digest_of(ref) != ref.digest
    assert connector.find_draft(one, ref).state is FoundState.EDITED
    assert connector.find_draft(one, None).state is FoundState.EDITED
    assert connector.withdraw_draft(one, ref) is Withdrawal.EDITED
    with pytest.raises(Conflict):
        connector.put_draft(other, draft_bytes(other), ref)
    with pytest.raises(Conflict):
        put(connector, one)
    with pytest.raises(Conflict):
        connector.hold_back_draft(one, ref)
    assert str(standing(harness).get("body")["content"]) != before


def test_somebody_else_in_to_is_the_users_work_and_stays(harness: OutlookHarness, connector: OutlookConnector) -> None:
    one = replace(letter_of_ours(harness), to=replace(draft().to, address="rita@orchard.example"))
    ref = put(connector, one)
    item = standing(harness)
    item.set["toRecipients"] = [{"emailAddress": {"name": "Dana", "address": COMPANY}}]
    item.users, item.modified = True, item.modified + timedelta(minutes=1)
    harness.mailbox.touched(item, at=item.modified)
    with pytest.raises(Conflict):
        put(connector, one)

    assert connector.find_draft(one, ref).state is FoundState.EDITED
    assert standing(harness).get("toRecipients")[0]["emailAddress"]["address"] == COMPANY


@pytest.mark.parametrize("field", ["toRecipients", "ccRecipients", "bccRecipients", "subject", "hasAttachments"])
def test_whom_it_goes_to_and_what_goes_along_are_the_users_work_too(
    harness: OutlookHarness, connector: OutlookConnector, field: str
) -> None:
    one = letter_of_ours(harness)
    ref = put(connector, one)
    item = standing(harness)
    lee = [{"emailAddress": {"name": "Lee", "address": "lee.park@orchard.example"}}]
    value = {"subject": "Another subject", "hasAttachments": True}.get(field, lee)
    item.set[field] = [*(item.get(field) or []), *lee] if value is lee else value
    item.users = True
    harness.mailbox.look_at(item.key)

    assert connector.find_draft(one, ref).state is FoundState.EDITED
    assert connector.withdraw_draft(one, ref) is Withdrawal.EDITED
    with pytest.raises(Conflict):
        put(connector, one)


def test_a_time_that_the_user_set_for_it_to_leave_makes_it_theirs(harness: OutlookHarness, connector: OutlookConnector) -> None:
    one = letter_of_ours(harness)
    ref = put(connector, one)
    standing(harness).extended[DEFERRED] = "2025-04-01T08:00:00Z"
    harness.mailbox.look_at(standing(harness).key)
    standing(harness).users = True

    assert connector.find_draft(one, ref).state is FoundState.EDITED
    assert connector.withdraw_draft(one, ref) is Withdrawal.EDITED


def test_a_draft_that_the_user_changes_while_it_is_taken_back_stays(harness: OutlookHarness, connector: OutlookConnector) -> None:
    one = letter_of_ours(harness)
    ref = put(connector, one)
    key = standing(harness).key
    held = harness.server.hold("messages.move")
    done: list[Withdrawal] = []
    thread = threading.Thread(target=lambda: done.append(connector.withdraw_draft(one, ref)))
    thread.start()
    assert held.reached.wait(10)
    harness.mailbox.edit_body(key, EDITS["one letter"])
    held.released.set()
    thread.join(20)

    assert done == [Withdrawal.EDITED]
    assert standing(harness).key == key


def test_what_is_saved_anew_while_it_is_taken_back_goes_all_the_same(
    harness: OutlookHarness, connector: OutlookConnector
) -> None:
    one = letter_of_ours(harness)
    ref = put(connector, one)
    key = standing(harness).key
    held = harness.server.hold("messages.move")
    done: list[Withdrawal] = []
    thread = threading.Thread(target=lambda: done.append(connector.withdraw_draft(one, ref)))
    thread.start()
    assert held.reached.wait(10)
    harness.mailbox.look_at(key)
    held.released.set()
    thread.join(20)

    assert done == [Withdrawal.WITHDRAWN]
    assert harness.items(Role.DRAFTS) == []


# -- the proof


def test_the_property_says_nothing_of_the_letter(harness: OutlookHarness, connector: OutlookConnector) -> None:
    one = letter_of_ours(harness)
    put(connector, one)
    (value,) = [value for known, value in standing(harness).extended.items() if known.lower() == PROPERTY.lower()]

    assert not any(word in value for word in ("talk", "Dana", "orchard", one.in_reply_to))
    assert one.message_id in value


def test_a_draft_that_lost_its_mark_is_known_by_its_message_id_and_its_words_and_marked_again(
    harness: OutlookHarness, connector: OutlookConnector
) -> None:
    one = letter_of_ours(harness)
    ref = put(connector, one)
    item = standing(harness)
    for known in [known for known in item.extended if "Hearback" in known]:
        del item.extended[known]
    assert connector.find_draft(one, ref).state is FoundState.EDITED, "nothing proves it"
    assert connector.find_draft(one, None).state is FoundState.UNTOUCHED, "it says what we would write"
    again = put(connector, one)

    assert again.ref == ref.ref
    assert again.digest == ref.digest
    assert connector.find_draft(one, ref).state is FoundState.UNTOUCHED


def test_a_draft_of_the_users_that_bears_our_message_id_is_a_conflict(
    harness: OutlookHarness, connector: OutlookConnector
) -> None:
    one = letter_of_ours(harness)
    mine = draft_bytes(replace(one, text="Something of my own."))
    harness.mailbox.save_draft(mine, NOW)
    with pytest.raises(Conflict):
        put(connector, one)
    assert len(harness.items(Role.DRAFTS)) == 1


@pytest.mark.parametrize(
    "ref", [DraftRef("", "", "0" * 64), DraftRef("../x", "1"), DraftRef("AAkALg", "1"), DraftRef("a b", "1")]
)
def test_a_reference_that_is_none_removes_nothing(harness: OutlookHarness, connector: OutlookConnector, ref: DraftRef) -> None:
    one = letter_of_ours(harness)
    put(connector, one)

    assert connector.withdraw_draft(one, ref) is not Withdrawal.WITHDRAWN
    with pytest.raises(NotFound):
        connector.read_draft(ref)
    assert len(harness.items(Role.DRAFTS)) == 1


def test_a_draft_in_the_bin_is_one_that_the_user_deleted(harness: OutlookHarness, connector: OutlookConnector) -> None:
    one = letter_of_ours(harness)
    ref = put(connector, one)
    harness.mailbox.move(standing(harness).key, "deleteditems")

    assert connector.find_draft(one, ref).state is FoundState.ABSENT
    assert connector.withdraw_draft(one, ref) is Withdrawal.GONE
    assert connector.list_drafts() == []
    with pytest.raises(NotFound):
        connector.read_draft(ref)


def test_a_draft_is_taken_back_also_where_nothing_is_said_to_it(harness: OutlookHarness, connector: OutlookConnector) -> None:
    one = letter_of_ours(harness)
    ref = put(connector, one)
    harness.server.arm(Fault("messages.move", answer=Answer(204), done=True))

    assert connector.withdraw_draft(one, ref) is Withdrawal.WITHDRAWN
    assert harness.items(Role.DRAFTS) == []
    assert len(harness.items(Role.TRASH)) == 1


# -- reading


def test_a_draft_is_read_as_a_mail_with_its_thread(harness: OutlookHarness, connector: OutlookConnector) -> None:
    one = replace(letter_of_ours(harness), subject="Re: Gespräch, 東京")
    ref = put(connector, one)
    raw = connector.read_draft(ref)
    read = message_from_bytes(raw, policy=policy.default)

    assert split_fields(header_of(raw))["message-id"] == f"<{one.message_id}>"
    assert read["Subject"] == one.subject
    assert [each.addr_spec for each in read["To"].addresses] == [COMPANY]
    assert [each.addr_spec for each in read["From"].addresses] == [ADDRESS]
    assert read["Cc"] is read["Bcc"] is None
    assert connector.read_draft(ref) == raw
    if harness.mailbox.quirks.reply_names_original:
        assert read["In-Reply-To"] == f"<{one.in_reply_to}>"


def test_names_that_are_none_cannot_add_a_field(harness: OutlookHarness, connector: OutlookConnector) -> None:
    one = letter_of_ours(harness)
    ref = put(connector, one)
    item = standing(harness)
    evil = "Dana\r\nBcc: all@orchard.example"
    item.set["toRecipients"] = [
        {"emailAddress": {"name": evil, "address": COMPANY}},
        {"emailAddress": {"name": evil, "address": evil}},
    ]
    item.set["subject"] = f"Hello\r\n{evil}"
    item.users = True
    harness.mailbox.look_at(item.key)
    fields = message_from_bytes(connector.read_draft(ref))

    assert fields["Bcc"] is None
    assert COMPANY in str(fields["To"])


def test_a_draft_with_a_file_is_read_with_it(harness: OutlookHarness, connector: OutlookConnector) -> None:
    raw = letter(
        "own",
        sender=ADDRESS,
        to=COMPANY,
        more={"Content-Type": 'multipart/mixed; boundary="edge"'},
        text=(
            "--edge\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n--edge\r\nContent-Type: application/pdf\r\n"
            'Content-Disposition: attachment; filename="cv.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--edge--'
        ),
    )
    harness.mailbox.save_draft(raw, NOW)
    ((_, ref),) = connector.list_drafts()

    assert b"JVBERg==" in connector.read_draft(ref)


def test_a_form_to_oneself_comes_back_as_it_was_filled_in(harness: OutlookHarness, connector: OutlookConnector) -> None:
    """Its lines are lines, in plain text and where the service tells that as HTML."""
    form = "Acme: interview 1.\n\nWhat went well?\nRita Chen:\nOmar Haddad:\n\nWhat did they tell you?\nNext step:\n"
    one = replace(draft(text=form, in_reply_to="", references=(), to=ADDRESS), key=replace(draft().key, step="notes-1"))
    ref = put(connector, one)
    assert connector.find_draft(one, ref).state is FoundState.UNTOUCHED
    from rules.notes.pages import pages_of  # noqa: PLC0415 - how forms are read

    asked = [line for page in pages_of(connector.read_draft(ref))[:1] for line in page.lines if line]
    assert asked == [line for line in form.split("\n") if line]

    body = standing(harness).get("body")
    standing(harness).set["body"] = body | {"content": str(body["content"]).replace("Rita Chen:", "Rita Chen: my talk")}
    standing(harness).users = True
    harness.mailbox.look_at(standing(harness).key)
    found = connector.find_draft(one, ref)
    assert found.state is FoundState.EDITED
    assert found.ref is not None
    assert "Rita Chen: my talk" in [line for page in pages_of(connector.read_draft(found.ref)) for line in page.lines]


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
def test_a_form_comes_back_as_the_same_notes_whatever_client_saved_it(harness: OutlookHarness, client: Client) -> None:
    one = replace(draft(text=NOTES, in_reply_to="", references=(), to=ADDRESS), key=replace(draft().key, step="notes-1"))
    with opened(harness) as connector:
        ref = connector.put_draft(one, draft_bytes(one))
        assert read_form(connector.read_draft(ref), FRAME, AT) == read_text(NOTES, FRAME, AT)
        item = standing(harness)
        item.set["body"] = taken(client(fill(NOTES, FULL))).properties["body"]
        item.users = True
        harness.mailbox.look_at(item.key)
        found = connector.find_draft(one, ref)

        assert found.state is FoundState.EDITED
        assert found.ref is not None
        assert read_form(connector.read_draft(found.ref), FRAME, AT).points == read_text(fill(NOTES, FULL), FRAME, AT).points


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_whatever_the_service_says_of_a_draft_it_can_be_read(item: dict[str, object]) -> None:
    held = Held(item)

    assert held.raw == Held(dict(item)).raw
    assert held.digest
    assert held.place.ref == held.ref
    assert not held.says(draft())
    assert held.envelope(Role.DRAFTS).role is Role.DRAFTS
    assert isinstance(held.is_untouched, bool)


# -- what was sent


@pytest.mark.parametrize("renames", [True, False])
def test_a_draft_that_was_sent_is_known_by_the_mark_that_went_along(harness: OutlookHarness, renames: bool) -> None:
    """As Outlook on the desktop sends: under a Message-ID of its own."""
    harness.mailbox.quirks = replace(harness.mailbox.quirks, renames_sent=renames)
    one = letter_of_ours(harness)
    with opened(harness) as connector:
        ref = connector.put_draft(one, draft_bytes(one))
        harness.mailbox.send_draft(standing(harness).key)
        found = connector.find_draft(one, ref, frozenset({"0" * 24}))

        assert found.state is FoundState.SENT
        assert found.sent is not None
        assert (found.sent.message_id == one.message_id) is not renames
        assert connector.withdraw_draft(one, ref) is Withdrawal.GONE
    assert len(harness.items(Role.SENT)) == 1


def test_sent_mail_is_looked_through_as_far_back_as_the_draft_page_by_page(
    harness: OutlookHarness, connector: OutlookConnector
) -> None:
    one = letter_of_ours(harness)
    ref = put(connector, one)
    harness.mailbox.send_draft(standing(harness).key, at=NOW)
    for number in range(250):
        at = NOW + timedelta(minutes=number + 1)
        harness.mailbox.deliver(letter(f"s{number}", sender=ADDRESS, to="lee.park@orchard.example"), "sentitems", at)
    before = harness.server.calls["messages.list"]

    assert connector.find_draft(one, ref).state is FoundState.SENT
    assert 1 < harness.server.calls["messages.list"] - before < 9


@pytest.mark.parametrize("times", [1, None])
def test_nothing_is_concluded_from_a_listing_that_is_refused(harness: OutlookHarness, times: int | None) -> None:
    one = letter_of_ours(harness)
    with opened(harness) as connector:
        ref = connector.put_draft(one, draft_bytes(one))
        harness.mailbox.send_draft(standing(harness).key)
        harness.server.fail("messages.list", 400, times=times, skip=1, code="InefficientFilter")
        if times is None:
            with pytest.raises(Refused):
                connector.find_draft(one, ref)
        else:
            assert connector.find_draft(one, ref).state is FoundState.SENT


def test_a_draft_that_cannot_be_read_for_another_reason_is_not_gone(harness: OutlookHarness, connector: OutlookConnector) -> None:
    one = letter_of_ours(harness)
    ref = put(connector, one)
    harness.server.fail("messages.get", 400, times=None, code="ErrorInvalidRequest", message="Not this way.")
    for ask in (lambda: connector.find_draft(one, ref), lambda: connector.withdraw_draft(one, ref)):
        with pytest.raises(Refused):
            ask()


def test_a_service_that_knows_no_conditions_is_asked_without_one(harness: OutlookHarness, connector: OutlookConnector) -> None:
    one = letter_of_ours(harness)
    other = replace(one, message_id=draft(2).message_id, text=TEXT.replace("talk", "long talk"))
    old = put(connector, one)
    harness.server.fail("messages.update", 412, code="ErrorIrresolvableConflict")
    new = connector.put_draft(other, draft_bytes(other), old)
    assert connector.find_draft(other, new).state is FoundState.UNTOUCHED
    harness.server.fail("messages.move", 412, code="ErrorIrresolvableConflict")

    assert connector.withdraw_draft(other, new) is Withdrawal.WITHDRAWN


# -- when it leaves


@pytest.fixture
def scheduling(harness: OutlookHarness, monkeypatch: pytest.MonkeyPatch) -> Iterator[OutlookConnector]:
    told = harness.settings()
    monkeypatch.setattr(harness, "settings", lambda: replace(told, schedule_send=True))
    with opened(harness) as one:
        assert isinstance(one, OutlookConnector)
        yield one


def at_slot(harness: OutlookHarness, opens: datetime | None) -> Draft:
    return replace(letter_of_ours(harness), date=SUNDAY, not_before=opens)


def test_a_draft_leaves_when_its_slot_opens(harness: OutlookHarness, scheduling: OutlookConnector) -> None:
    one = at_slot(harness, TUESDAY)
    ref = put(scheduling, one)

    assert scheduling.holds_back
    assert standing(harness).extended[DEFERRED] == "2025-03-11T08:00:00Z"
    assert scheduling.find_draft(one, ref).state is FoundState.UNTOUCHED


@pytest.mark.parametrize("opens", [None, SUNDAY, SUNDAY - timedelta(days=1)])
def test_a_slot_that_is_open_holds_nothing_back(
    harness: OutlookHarness, scheduling: OutlookConnector, opens: datetime | None
) -> None:
    put(scheduling, at_slot(harness, opens))

    assert DEFERRED not in standing(harness).extended


def test_nothing_is_held_back_unless_the_user_wants_it(harness: OutlookHarness, connector: OutlookConnector) -> None:
    one = at_slot(harness, TUESDAY)
    ref = put(connector, one)

    assert not connector.holds_back
    assert connector.hold_back_draft(one, ref).ref == ref.ref
    assert DEFERRED not in standing(harness).extended


def test_a_slot_that_moves_takes_the_time_along(harness: OutlookHarness, scheduling: OutlookConnector) -> None:
    one = at_slot(harness, TUESDAY)
    ref = put(scheduling, one)
    later = replace(one, not_before=TUESDAY + timedelta(days=7))
    moved = scheduling.hold_back_draft(later, ref)
    calls = harness.server.calls["messages.update"]

    assert standing(harness).extended[DEFERRED] == "2025-03-18T08:00:00Z"
    assert (moved.ref, moved.digest) == (ref.ref, ref.digest)
    assert scheduling.hold_back_draft(later, ref) == moved, "as after a crash that came before it was written down"
    assert harness.server.calls["messages.update"] == calls
    assert scheduling.find_draft(one, moved).state is FoundState.UNTOUCHED
    assert scheduling.withdraw_draft(one, moved) is Withdrawal.WITHDRAWN


def test_a_client_that_drops_the_time_has_not_edited_the_draft(harness: OutlookHarness, scheduling: OutlookConnector) -> None:
    one = at_slot(harness, TUESDAY)
    ref = put(scheduling, one)
    del standing(harness).extended[DEFERRED]
    harness.mailbox.look_at(standing(harness).key)

    assert scheduling.find_draft(one, ref).state is FoundState.UNTOUCHED


@pytest.mark.parametrize("date", [SUNDAY, TUESDAY + timedelta(days=1)])
def test_a_draft_that_is_written_anew_when_its_slot_is_open_is_held_back_no_more(
    harness: OutlookHarness, scheduling: OutlookConnector, date: datetime
) -> None:
    one = at_slot(harness, TUESDAY)
    old = put(scheduling, one)
    other = replace(one, message_id=draft(2).message_id, text=TEXT.replace("talk", "long talk"), date=date, not_before=SUNDAY)
    new = scheduling.put_draft(other, draft_bytes(other), old)

    assert datetime.fromisoformat(standing(harness).extended[DEFERRED]) <= date
    assert Held(harness_item(scheduling, new)).is_untouched
    assert scheduling.find_draft(other, None).state is FoundState.UNTOUCHED
    assert put(scheduling, other).ref == new.ref, "as after a crash that came before it was written down"


def harness_item(connector: OutlookConnector, ref: DraftRef) -> dict[str, object]:
    """Return a draft as the service tells it."""
    held = connector._box()._read(ref.ref)
    assert held is not None
    return dict(held.item)


@pytest.mark.parametrize("folder", ["outbox", "drafts"])
def test_a_draft_that_waits_to_be_sent_is_not_one_that_the_user_deleted(
    harness: OutlookHarness, scheduling: OutlookConnector, folder: str
) -> None:
    one = at_slot(harness, TUESDAY)
    ref = put(scheduling, one)
    item = standing(harness)
    item.draft = False
    harness.mailbox.move(item.key, folder)

    assert scheduling.find_draft(one, ref).state is FoundState.EDITED
    assert scheduling.find_draft(one, DraftRef("", "", ref.digest)).state is FoundState.EDITED, "and it stays so"
    assert scheduling.find_draft(one, None).state is FoundState.EDITED, "even if nobody wrote down that it stood"
    assert scheduling.withdraw_draft(one, ref) is Withdrawal.GONE
    assert scheduling.list_drafts() == []
    assert harness.mailbox.item(item.key).folder == harness.mailbox.folder_id(folder)


def test_a_draft_that_outlook_will_not_take_is_refused(harness: OutlookHarness, connector: OutlookConnector) -> None:
    harness.server.fail("messages.create", 400, times=None, message="The recipient is not valid.")
    with pytest.raises(Refused, match="recipient is not valid"):
        put(connector, replace(draft(), in_reply_to="", references=()))


# -- nothing is sent


def test_no_path_of_the_connector_names_what_would_send_or_destroy() -> None:
    """Paths are put together of segments: none of them, and no end of one, is a verb that we must not use."""
    forbidden = re.compile(r"(?:.*/)?(?:send|sendMail|reply|replyAll|forward|createForward|permanentDelete)")
    sources = list(Path(outlook.__file__).parent.rglob("*.py"))
    found = [
        (path.name, node.value)
        for path in sources
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and forbidden.fullmatch(node.value)
    ]

    assert len(sources) > 15
    assert found == []
